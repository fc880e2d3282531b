//! What the subcommands for prebuilt libraries share: for whom, and files of a module that are written whole.

use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::declared::{Declared, Entry, Wanted};
use crate::native::variant::Variant;
use crate::sys::{self, env::Env};
use std::io::{self, Write};
use std::path::Path;

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

/// The failure of an archive without a usable hash.
pub fn unpinned(entry: &Entry, why: &str) -> Failure {
    let what = format!("fetch {} of `{}`: {why}", entry.artifact.shown(), entry.source.module);
    Failure::new(OwnExit::Request, what, "`cgozig lock` fetches it once and writes its hash into cgozig.lock")
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
