//! Which zig: `CGOZIG_ZIG`, then our store, then `zig` on PATH, then the one in Python's `ziglang` package, then one that
//! is installed.
//!
//! On PATH and in Python only a zig that cgozig was tested with counts; another one is used when its path is asked for.
//!
//! A zig in the store is found by one `stat`. Another is asked for its version once and remembered by path, size and
//! time. Python is asked for its package once and remembered as well.

use super::choice::Choice;
use super::install::{self, Telling};
use super::{ZigVersion, version};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::store::Store;
use crate::store::target::{self, TargetCache};
use crate::sys::{self, env::Env};
use crate::target::Target;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// A zig that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zig {
    /// The program itself, behind links and shims.
    pub program: PathBuf,
    /// Its library: beside it in zig's own releases, elsewhere in distributions' packages.
    pub library: PathBuf,
    /// Its version.
    pub version: ZigVersion,
    /// Its version as it says it: `0.16.0-dev.1354+94e98bfe8`.
    pub said: String,
    /// Where it came from, as `doctor` says it.
    pub from: Origin,
}

impl Zig {
    fn stored(program: PathBuf, version: ZigVersion) -> Zig {
        let library = beside(&program);
        Zig { program, library, version, said: version.to_string(), from: Origin::Store }
    }

    /// Why cgozig was not tested with it, as a clause.
    pub fn untested(&self) -> Option<String> {
        self.version.untested(&self.said)
    }

    /// Why it does not serve where it was not asked for by its path, as a sentence.
    fn passed_over(&self, oldest: ZigVersion) -> Option<String> {
        let too_old = || (self.version < oldest).then(|| format!("is older than {oldest}"));
        let why = self.untested().or_else(too_old)?;
        Some(format!("zig {} at `{}` {why}", self.said, self.program.display()))
    }

    /// This zig with the environment that it shall have: its caches in our store, and no compiler to call
    /// back.
    pub fn command(&self, cache: &TargetCache) -> Command {
        let mut command = Command::new(&self.program);
        command.env(target::SHOWN_BY, cache.global()).env("ZIG_LOCAL_CACHE_DIR", cache.local());
        command.env("CGOZIG_DEPTH", "1");
        if cache.is_portable() {
            match sys::lend_folder(sys::LENT_LIBRARY, &self.library) {
                Ok(()) => drop(command.env("ZIG_LIB_DIR", sys::LENT_LIBRARY.path)),
                Err(error) => log::warn!("the cache from another machine will not serve: {error}"),
            }
        }
        for name in ["CC", "CXX", "SDKROOT"] {
            command.env_remove(name);
        }
        command
    }

    /// The failure to start this zig.
    pub fn not_started(&self, error: &io::Error) -> Failure {
        let what = format!("start zig at `{}`: {error}", self.program.display());
        Failure::new(OwnExit::Start, what, "`cgozig doctor` looks at the installation")
    }
}

/// Where zig's releases have the library.
fn beside(program: &Path) -> PathBuf {
    program.with_file_name("lib")
}

/// Where a zig came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `CGOZIG_ZIG`.
    Variable,
    /// Our store.
    Store,
    /// PATH.
    Path,
    /// Python's `ziglang`.
    Python,
}

impl Origin {
    /// As a user would say it.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Variable => "CGOZIG_ZIG",
            Origin::Store => "installed by cgozig",
            Origin::Path => "PATH",
            Origin::Python => "Python's ziglang",
        }
    }
}

/// Who looks for a zig.
pub struct Search<'a> {
    /// The variables.
    pub env: &'a Env,
    /// The store.
    pub store: Store,
    /// The user's configuration.
    pub settings: Settings,
    /// What to tell of an install.
    pub telling: &'a dyn Telling,
}

impl<'a> Search<'a> {
    /// With the store and the configuration that the environment names.
    pub fn open(env: &'a Env, telling: &'a dyn Telling) -> Result<Search<'a>, Failure> {
        let store = Store::of(env)?;
        store.must_be_trusted()?;
        let settings = Settings::load(env, &store)?;
        Ok(Search { env, store, settings, telling })
    }

    /// The zig that serves a target, and the target as that zig can serve it.
    pub fn zig_for(&self, target: Target) -> Result<(Zig, Target), Failure> {
        let zig = self.zig(Some(target))?;
        let target = target.served_by(zig.version)?;
        Ok((zig, target))
    }

    /// Finds the zig that is wanted and can serve `target`, or any without a target; installs one when there is none.
    pub fn zig(&self, target: Option<Target>) -> Result<Zig, Failure> {
        let oldest = oldest_for(target);
        let zig = match self.settings.choice(self.env)? {
            Choice::Program(path) => asked_for(&path, &self.store)?,
            Choice::Release(version) => self.release(version)?,
            Choice::Path => serving(self.on_path(), oldest).ok_or_else(|| {
                let failure = none("on PATH", "install zig there, or set CGOZIG_ZIG to a zig or to `auto`");
                self.not_found(failure, oldest)
            })?,
            Choice::Auto => match self.existing(oldest) {
                Some(zig) => zig,
                None => self
                    .install(version::preferred(oldest))
                    .map_err(|failure| self.not_found(failure, oldest))?,
            },
            Choice::Off => self.existing(oldest).ok_or_else(|| {
                let hint = "`cgozig zig install`, or set CGOZIG_ZIG to a zig or to `auto`";
                self.not_found(none("and CGOZIG_ZIG=off forbids to install one", hint), oldest)
            })?,
        };
        if zig.version >= oldest { Ok(zig) } else { Err(older(&zig, oldest, target)) }
    }

    /// The first that is there and new enough: in the store, on PATH, in Python.
    pub fn existing(&self, oldest: ZigVersion) -> Option<Zig> {
        let stored = self.stored(version::preferred(oldest));
        stored.or_else(|| serving(self.foreign(), oldest)).or_else(|| self.any_stored(oldest))
    }

    /// The oldest in the store that is new enough.
    fn any_stored(&self, oldest: ZigVersion) -> Option<Zig> {
        let names = fs::read_dir(self.store.zigs()).into_iter().flatten().flatten();
        let versions = names.filter_map(|entry| ZigVersion::parse(entry.file_name().to_str()?));
        versions.filter(|version| *version >= oldest).min().and_then(|version| self.stored(version))
    }

    /// That very release, from wherever it is.
    fn release(&self, version: ZigVersion) -> Result<Zig, Failure> {
        self.existing_release(version).map_or_else(|| self.install(version), Ok)
    }

    /// That very release, where it is there already.
    pub fn existing_release(&self, version: ZigVersion) -> Option<Zig> {
        let is_it = |zig: &Zig| zig.version == version && !version::is_unreleased(&zig.said);
        self.stored(version).or_else(|| self.foreign().find(is_it))
    }

    fn stored(&self, version: ZigVersion) -> Option<Zig> {
        let program = install::program(&self.store.zig(version));
        program.is_file().then(|| Zig::stored(program, version))
    }

    /// The zigs that we did not install and that do not serve: a sentence for each.
    pub fn passed_over(&self, oldest: ZigVersion) -> Vec<String> {
        self.foreign().filter_map(|zig| zig.passed_over(oldest)).collect()
    }

    /// A failure to find a zig, with those that are there and do not serve.
    pub fn not_found(&self, mut failure: Failure, oldest: ZigVersion) -> Failure {
        for why in self.passed_over(oldest) {
            failure.what = format!("{}; {why}", failure.what);
        }
        failure
    }

    /// The zigs that we did not install.
    fn foreign(&self) -> impl Iterator<Item = Zig> {
        self.on_path().chain(std::iter::once_with(|| from_python(self.env, &self.store)).flatten())
    }

    fn on_path(&self) -> impl Iterator<Item = Zig> {
        on_path(self.env, "zig").filter_map(|path| self.look_at(&path, Origin::Path))
    }

    fn look_at(&self, path: &Path, from: Origin) -> Option<Zig> {
        look_at(path, from, &self.store).ok().flatten()
    }

    fn install(&self, version: ZigVersion) -> Result<Zig, Failure> {
        let program = install::install(self, version)?;
        Ok(Zig::stored(program, version))
    }
}

/// The oldest zig that can serve a target, or any.
pub fn oldest_for(target: Option<Target>) -> ZigVersion {
    let port = target.and_then(|target| crate::target::Port::find(target.os(), target.arch()));
    port.map_or(ZigVersion::oldest(), |port| port.zig.max(ZigVersion::oldest()))
}

/// The first that serves.
fn serving(mut zigs: impl Iterator<Item = Zig>, oldest: ZigVersion) -> Option<Zig> {
    zigs.find(|zig| {
        let passed = zig.passed_over(oldest);
        passed.iter().for_each(|why| log::info!("passed over: {why}"));
        passed.is_none()
    })
}

/// The zig that `CGOZIG_ZIG` names.
fn asked_for(path: &Path, store: &Store) -> Result<Zig, Failure> {
    let hint = "set CGOZIG_ZIG to the absolute path of a zig program, or unset it";
    let no = |why: &str| {
        Failure::new(OwnExit::NoToolchain, format!("use CGOZIG_ZIG=`{}`: {why}", path.display()), hint)
    };
    if is_ourselves(path) {
        return Err(no("it is cgozig itself"));
    }
    look_at(path, Origin::Variable, store)?.ok_or_else(|| no("it is no zig that runs here"))
}

/// The programs called `name` in PATH's absolute entries.
pub fn on_path(env: &Env, name: &str) -> impl Iterator<Item = PathBuf> {
    let entries: Vec<PathBuf> =
        env.raw("PATH").map(|path| env::split_paths(path).collect()).unwrap_or_default();
    let file = format!("{name}{}", sys::EXE);
    let found = entries.into_iter().filter(|entry| entry.is_absolute()).map(move |entry| entry.join(&file));
    found.filter(|path| path.is_file() && !is_ourselves(path))
}

/// Whether `path` is this very program: linking `zig` to cgozig must not make it call itself.
fn is_ourselves(path: &Path) -> bool {
    if !path.is_symlink() {
        return false;
    }
    match (fs::canonicalize(path), env::current_exe().and_then(fs::canonicalize)) {
        (Ok(path), Ok(own)) => path == own,
        _ => false,
    }
}

/// The zig of Python's `ziglang`, asked for once and remembered.
pub fn from_python(env: &Env, store: &Store) -> Option<Zig> {
    let python = on_path(env, "python3").next()?;
    let record = store.zig_record(&python.join("ziglang"));
    let remembered = fs::read_to_string(&record).ok().map(PathBuf::from).filter(|path| path.is_file());
    let program = remembered.or_else(|| {
        let program = ask_python(&python, store)?;
        let _ = store.write(&record, program.to_str()?.as_bytes());
        Some(program)
    })?;
    look_at(&program, Origin::Python, store).ok().flatten()
}

/// Runs Python in a folder of ours, so that no module of the current folder is taken for `ziglang`.
fn ask_python(python: &Path, store: &Store) -> Option<PathBuf> {
    const SCRIPT: &str = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    store.make_dir(store.root()).ok()?;
    let output = Command::new(python).args(["-c", SCRIPT]).current_dir(store.root()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let program = PathBuf::from(format!("{}{}", text.trim_end(), sys::EXE));
    program.is_file().then_some(program)
}

/// What is known of the zig at `path`: from its record, or from itself.
fn look_at(path: &Path, from: Origin, store: &Store) -> Result<Option<Zig>, Failure> {
    let Ok(metadata) = fs::metadata(path) else { return Ok(None) };
    let stamp = format!("{} {}", metadata.len(), sys::time_of(&metadata));
    let record = store.zig_record(path);
    let remembered = fs::read_to_string(&record).ok().and_then(|text| read_record(&text, &stamp, from));
    if let Some(zig) = remembered.filter(|zig| zig.program.is_file()) {
        return Ok(Some(zig));
    }
    let Some(zig) = ask(path, from, store) else { return Ok(None) };
    // A store that cannot be written costs only time.
    let text = format!("{stamp}\n{}\n{}\n{}", zig.said, zig.library.display(), zig.program.display());
    let _ = store.write(&record, text.as_bytes());
    Ok(Some(zig))
}

/// A record is four lines: size and time, version, library, program.
fn read_record(text: &str, stamp: &str, from: Origin) -> Option<Zig> {
    let mut lines = text.splitn(4, '\n');
    if lines.next()? != stamp {
        return None;
    }
    let said = lines.next()?.to_string();
    let (library, program) = (PathBuf::from(lines.next()?), PathBuf::from(lines.next()?));
    Some(Zig { version: ZigVersion::parse(&said)?, said, program, library, from })
}

/// Asks a zig for its version and for the program behind it: a script or a version manager's shim is
/// left out of every later call. It is asked in a folder of ours: some shims go by files of the folder they run in.
fn ask(path: &Path, from: Origin, store: &Store) -> Option<Zig> {
    let mut command = Command::new(path);
    command.arg("env").env_remove("CC").env_remove("CXX").env("CGOZIG_DEPTH", "1");
    if store.make_dir(store.root()).is_ok() {
        command.current_dir(store.root());
    }
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let said = field(&text, "version").filter(|said| !said.contains('\n'))?;
    let program = field(&text, "zig_exe").map(PathBuf::from).filter(|program| program.is_file());
    let program = program.unwrap_or_else(|| path.to_path_buf());
    let library = field(&text, "lib_dir").map(PathBuf::from).filter(|library| library.is_absolute());
    let library = library.unwrap_or_else(|| beside(&program));
    Some(Zig { version: ZigVersion::parse(&said)?, said, program, library, from })
}

/// A field of what `zig env` prints, which is JSON up to 0.14 and ZON from 0.15 on.
fn field(text: &str, name: &str) -> Option<String> {
    let at = [format!("\"{name}\":"), format!(".{name} =")].iter().find_map(|key| {
        let start = text.find(key.as_str())?;
        Some(start + key.len())
    })?;
    let quoted = text[at..].trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => return Some(value),
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
}

fn older(zig: &Zig, oldest: ZigVersion, target: Option<Target>) -> Failure {
    let target = target.map(|target| format!(" for {target}")).unwrap_or_default();
    Failure::new(
        OwnExit::NoToolchain,
        format!("use zig {} at `{}`{target}: it is too old", zig.version, zig.program.display()),
        format!("zig {oldest} or later is needed: unset CGOZIG_ZIG, or set it to such a release"),
    )
}

fn none(why: &str, hint: &str) -> Failure {
    Failure::new(OwnExit::NoToolchain, format!("find zig: there is none {why}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_of_zig_env_are_read() {
        let json = r#"{ "zig_exe": "/opt/zig/zig", "version": "0.14.1" }"#;
        let zon = ".{\n    .zig_exe = \"C:\\\\zig\\\\zig.exe\",\n    .version = \"0.15.2\",\n}";
        assert_eq!(field(json, "zig_exe").as_deref(), Some("/opt/zig/zig"));
        assert_eq!(field(zon, "zig_exe").as_deref(), Some("C:\\zig\\zig.exe"));
        assert_eq!(field(zon, "version").as_deref(), Some("0.15.2"));
    }
}
