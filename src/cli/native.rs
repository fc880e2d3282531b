//! What the subcommands for prebuilt libraries share: for whom, what is left out, and files that are written whole.

use crate::compiler;
use crate::digest::hex_digest;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::declared::{Declared, Entry, Wanted};
use crate::native::lock::Locked;
use crate::native::variant::Variant;
use crate::settings;
use crate::store::{self, lock::Patience};
use crate::sys::{self, env::Env};
use crate::zig::find::Search;
use crate::zig::install;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use toml_edit::DocumentMut;

/// Those that the user names; none is none, not all.
pub fn wanted(named: &[String], env: &Env) -> Result<Vec<Wanted>, Failure> {
    let one = |text: &String| match Variant::parse(text) {
        Ok(variant) => Ok(Wanted::Variant(variant)),
        Err(_) => compiler::named_target(Some(text), None, env).map(Wanted::Target),
    };
    named.iter().map(one).collect()
}

/// Those that the user names, else the environment's target; with `all`, no limit.
pub fn wanted_or_here(named: &[String], all: bool, env: &Env) -> Result<Option<Vec<Wanted>>, Failure> {
    if all {
        return Ok(None);
    }
    let here = || Ok(vec![Wanted::Target(compiler::named_target(None, None, env)?)]);
    if named.is_empty() { here().map(Some) } else { wanted(named, env).map(Some) }
}

/// Whether an archive is for one of those.
pub fn is_for(entry: &Entry, wanted: &[Wanted]) -> bool {
    wanted.iter().any(|wanted| wanted.of(entry.library) == Some(entry.artifact.variant))
}

/// The declared archives for those; all without a limit, but not what a known module's release lacks.
pub fn chosen<'a>(declared: &'a Declared, wanted: Option<&[Wanted]>) -> Result<Vec<Entry<'a>>, Failure> {
    let mut entries = declared.entries()?;
    match wanted {
        Some(wanted) => entries.retain(|entry| is_for(entry, wanted)),
        None => entries.retain(|entry| !declared.is_left_out(entry)),
    }
    Ok(entries)
}

/// A line for each archive that is declared or locked and yet passed over, with the command that mends it. What the user has
/// named is a failure.
pub fn left_out(
    declared: &Declared,
    wanted: Option<&[Wanted]>,
    is_named: bool,
) -> Result<Vec<String>, Failure> {
    let unclaimed = unclaimed(declared, wanted)?;
    if let Some(locked) = unclaimed.first().filter(|_| is_named) {
        return Err(not_here(declared, locked));
    }
    let mut lines = Vec::new();
    if wanted.is_none() {
        let entries = declared.entries()?.into_iter().filter(|entry| declared.is_left_out(entry));
        lines.extend(entries.map(|entry| {
            let (shown, module) = (entry.artifact.shown(), &entry.source.module);
            format!("left out {shown} of {module}: it has no hash; `cgozig lock` asks its release again")
        }));
    }
    for locked in unclaimed {
        lines.push(format!("left out {}: {UNCLAIMED}; `go mod download`", locked.shown()));
    }
    let absent = declared.absent();
    if !absent.is_empty() {
        let more = absent.len().saturating_sub(LISTED);
        let names = absent.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!(
            "left out whatever {names}{more} may declare: the files are not here; `go mod download`"
        ));
    }
    Ok(lines)
}

/// How many modules a line names.
const LISTED: usize = 5;

/// What is said of an archive that a lock has, and whose module may be one that is not here.
const UNCLAIMED: &str = "cgozig.lock has it, and no module whose files are here declares it";

/// The lines of the lock for those that nobody declares, while somebody may who is not here.
fn unclaimed<'a>(declared: &'a Declared, wanted: Option<&[Wanted]>) -> Result<Vec<&'a Locked>, Failure> {
    let mut lines = if declared.is_complete { Vec::new() } else { declared.undeclared()? };
    let is_wanted = |locked: &Locked| {
        wanted.is_none_or(|wanted| wanted.iter().any(|wanted| wanted.may_be(locked.variant)))
    };
    lines.retain(|locked| is_wanted(locked));
    Ok(lines)
}

/// A line for each library that is declared and has nothing for one of those.
pub fn without_variant(declared: &Declared, wanted: &[Wanted]) -> Vec<String> {
    let mut lines = Vec::new();
    for source in &declared.modules.sources {
        for library in &source.manifest.libraries {
            for wanted in wanted.iter().filter(|wanted| wanted.of(library).is_none()) {
                let target = match wanted {
                    Wanted::Variant(variant) => variant.to_string(),
                    Wanted::Target(target) => target.triple().as_str().to_string(),
                };
                let (name, version, module) = (&library.name, &library.version, &source.module);
                lines.push(format!("{name} {version} of {module} has nothing for {target}"));
            }
        }
    }
    lines
}

/// The failure of an archive that the user has named and that nobody here declares.
fn not_here(declared: &Declared, locked: &Locked) -> Failure {
    let what = format!("find the manifest of {}: {UNCLAIMED}", locked.shown());
    let hint = format!("`go mod download` has to work in `{}`", declared.main.display());
    Failure::new(OwnExit::Request, what, hint)
}

/// The failure of an archive without a usable hash.
pub fn unpinned(entry: &Entry, why: &str) -> Failure {
    let what = format!("fetch {} of `{}`: {why}", entry.artifact.shown(), entry.source.module);
    Failure::new(OwnExit::Request, what, "`cgozig lock` fetches it once and writes its hash into cgozig.lock")
}

/// Whoever changes a file of a module is alone with it, as far as there are locks: it is read again and written while this is
/// held. The lock is in the store, so that nothing lies about in the module.
pub fn alone(search: &Search, path: &Path) -> Result<store::lock::Lock, Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let parts = [Some(folder.as_os_str()), path.file_name()].into_iter().flatten();
    let key = hex_digest(parts.map(OsStr::as_encoded_bytes));
    let waiting = |holder: &str| search.telling.waiting(&format!("{holder} writes {}", path.display()));
    let patience = Patience { limit: install::patience(search.env), waiting: &waiting };
    search.store.lock(&format!("file-{}", &key[..24]), &patience)
}

/// Changes the user's configuration; two at once change it one after the other.
pub fn edit_settings(search: &Search, change: &dyn Fn(&mut DocumentMut)) -> Result<PathBuf, Failure> {
    let _alone = settings::path(search.env).map(|path| alone(search, &path)).transpose()?;
    settings::edit(search.env, change)
}

/// Writes a file of a module: readers see the old one or the new one.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let what = format!("write `{}`: {error}", path.display());
        Failure::new(OwnExit::Request, what, "the module's folder has to be writable")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let made = builder.prefix(".cgozig-").make_in(folder, |path| sys::create_file(path, false));
    let mut file = made.map_err(failed)?;
    file.as_file_mut().write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
