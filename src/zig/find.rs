//! Which zig: `CGOZIG_ZIG`, then `zig` on PATH, then the one in Python's `ziglang` package.
//!
//! A zig is asked for its version once and remembered by path, size and time; afterwards a look-up is a
//! `stat` and a small file. Python is asked for its package once and remembered as well.

use super::ZigVersion;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
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
    /// Its version.
    pub version: ZigVersion,
    /// Where it came from, as `doctor` says it.
    pub from: Origin,
}

impl Zig {
    /// This zig with the environment that it shall have: its caches in our store, and no compiler to call
    /// back.
    pub fn command(&self, cache: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.env("ZIG_GLOBAL_CACHE_DIR", cache).env("ZIG_LOCAL_CACHE_DIR", cache).env("CGOZIG_DEPTH", "1");
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

/// Where a zig came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `CGOZIG_ZIG`.
    Variable,
    /// PATH.
    Path,
    /// Python's `ziglang`.
    Python,
}

/// Finds the first zig that can serve `target`, or any supported one without a target.
pub fn find(target: Option<Target>, env: &Env, store: &Store) -> Result<Zig, Failure> {
    let port = target.and_then(|target| crate::target::Port::find(target.os(), target.arch()));
    let oldest = port.map_or(ZigVersion::oldest(), |port| port.zig.max(ZigVersion::oldest()));
    let mut too_old = None;
    if let Some(path) = env.path("CGOZIG_ZIG") {
        let zig = asked_for(&path, store)?;
        return if zig.version >= oldest { Ok(zig) } else { Err(older(&zig, oldest, target)) };
    }
    let on_path = on_path(env, "zig").filter_map(|path| look_at(&path, Origin::Path, store).ok().flatten());
    for zig in on_path.chain(from_python(env, store)) {
        if zig.version >= oldest {
            return Ok(zig);
        }
        too_old.get_or_insert(zig);
    }
    Err(too_old.map_or_else(none, |zig| older(&zig, oldest, target)))
}

/// The zig that `CGOZIG_ZIG` names.
fn asked_for(path: &Path, store: &Store) -> Result<Zig, Failure> {
    let hint = "set CGOZIG_ZIG to the absolute path of a zig program, or unset it";
    let no = |why: &str| {
        Failure::new(OwnExit::NoToolchain, format!("use CGOZIG_ZIG=`{}`: {why}", path.display()), hint)
    };
    if !path.is_absolute() {
        return Err(no("it is not an absolute path"));
    }
    if is_ourselves(path) {
        return Err(no("it is cgozig itself"));
    }
    look_at(path, Origin::Variable, store)?.ok_or_else(|| no("it is no zig that runs here"))
}

/// The programs called `name` in PATH's absolute entries.
fn on_path(env: &Env, name: &str) -> impl Iterator<Item = PathBuf> {
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
fn from_python(env: &Env, store: &Store) -> Option<Zig> {
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
    if let Some((version, program)) =
        fs::read_to_string(&record).ok().and_then(|text| read_record(&text, &stamp))
    {
        return Ok(Some(Zig { program, version, from }));
    }
    let Some((version, program)) = ask(path) else { return Ok(None) };
    store.write(&record, format!("{stamp}\n{version}\n{}", program.display()).as_bytes())?;
    Ok(Some(Zig { program, version, from }))
}

/// A record is three lines: size and time, version, program.
fn read_record(text: &str, stamp: &str) -> Option<(ZigVersion, PathBuf)> {
    let mut lines = text.splitn(3, '\n');
    if lines.next()? != stamp {
        return None;
    }
    Some((ZigVersion::parse(lines.next()?)?, PathBuf::from(lines.next()?)))
}

/// Asks a zig for its version and for the program behind it: a script or a version manager's shim is
/// left out of every later call.
fn ask(path: &Path) -> Option<(ZigVersion, PathBuf)> {
    let output = Command::new(path).arg("env").env_remove("CC").env_remove("CXX").output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let version = ZigVersion::parse(&field(&text, "version")?)?;
    let program = field(&text, "zig_exe").map(PathBuf::from).filter(|program| program.is_file());
    Some((version, program.unwrap_or_else(|| path.to_path_buf())))
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
        format!("zig {oldest} or later is needed: `python3 -m pip install -U ziglang`, or set CGOZIG_ZIG"),
    )
}

fn none() -> Failure {
    Failure::new(
        OwnExit::NoToolchain,
        "find zig: it is not on PATH and Python has no `ziglang`",
        "`python3 -m pip install ziglang==0.15.2`, or install zig and set CGOZIG_ZIG to its path",
    )
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
