//! Files that zig does not take as they are, under another name or as another file, for as long as a link lasts.
//!
//! - `x.syso`, `libx.a.1`: `unrecognized file extension` (zig 0.14.1 to 0.17.0); a link to them by a usual name.
//! - A thin archive: zig 0.15.2 reads it as a linker script for ELF, every zig as a text stub for macOS; a whole archive
//!   of its members.

use super::link::{Libraries, Linked, Origin};
use super::modules::cleaned;
use crate::archive::{self, Known};
use crate::argv::{Argv, InputKind, bytes, input_kind};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys;
use crate::zig::find::Zig;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Puts other files in the places of those that zig does not take; the folder has to live as long as the link.
pub fn put(
    argv: &Argv,
    libraries: &mut Libraries,
    zig: &Zig,
    known: &Known,
) -> Result<Option<TempDir>, Failure> {
    let named: Vec<&OsStr> =
        argv.inputs().map(|(_, path)| path).filter(|path| usual_end(path).is_some()).collect();
    let is_thin = |linked: &Linked| archive::is_thin(&linked.path, known);
    let thin: Vec<usize> =
        (0..libraries.archives.len()).filter(|at| is_thin(&libraries.archives[*at])).collect();
    if named.is_empty() && thin.is_empty() {
        return Ok(None);
    }
    let folder = known.store.for_notes().workplace("link")?;
    for (at, path) in named.into_iter().enumerate() {
        let place = link_to(path, at, folder.path())?;
        libraries.found.push((path.into(), place.into()));
    }
    for at in thin {
        let linked = &mut libraries.archives[at];
        let whole = folder.path().join(format!("thin-{at:03}.a"));
        copy(&linked.path, &whole, zig)?;
        // The members change without the archive.
        libraries.deciding.extend(archive::thin_members(&linked.path));
        linked.whole = Some(whole.clone());
        let mut words = words_of(argv, &linked.path);
        let found = libraries.found.iter().filter(|(_, path)| Path::new(path) == linked.path);
        words.extend(found.map(|(word, _)| word.clone()));
        if let Origin::Folder(name) = &linked.origin {
            words.push(name.clone());
        }
        libraries.found.retain(|(word, _)| !words.contains(word));
        libraries.found.extend(words.into_iter().map(|word| (word, whole.clone().into())));
    }
    Ok(Some(folder))
}

/// A link with a usual end to the file that a word names.
fn link_to(path: &OsStr, at: usize, folder: &Path) -> Result<PathBuf, Failure> {
    let file = cleaned(Path::new(path)).unwrap_or_else(|| path.into());
    let stem = bytes::join(file.file_stem().unwrap_or_default(), usual_end(path).unwrap_or(".o"));
    let place = folder.join(bytes::join(format!("{at:03}-"), stem));
    sys::link(&file, &place).map_err(|error| Failure::store("write", &place, &error))?;
    Ok(place)
}

/// The usual end of a name whose end zig does not know.
fn usual_end(path: &OsStr) -> Option<&'static str> {
    let ends = |end| bytes::ends_with(path, end);
    match input_kind(path) {
        InputKind::Object if ends(".syso") => Some(".o"),
        InputKind::Archive if !ends(".a") && !ends(".lib") => Some(".a"),
        _ => None,
    }
}

/// The words of the line that name an archive's file.
fn words_of(argv: &Argv, file: &Path) -> Vec<OsString> {
    let archives = argv.inputs().filter(|(kind, _)| *kind == InputKind::Archive).map(|(_, path)| path);
    archives
        .filter(|path| cleaned(Path::new(path)).as_deref() == Some(file))
        .map(OsStr::to_os_string)
        .collect()
}

/// Writes a whole archive of the members of a thin one.
fn copy(thin: &Path, whole: &Path, zig: &Zig) -> Result<(), Failure> {
    let output = Command::new(&zig.program).args(["ar", "qcsL"]).args([whole, thin]).output();
    let output = output.map_err(|error| zig.not_started(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let why =
        said.lines().next().unwrap_or("zig ar says nothing").trim_start_matches("ar: error: ").to_string();
    let what = format!("link `{}`: it is a thin archive, which names its objects, and {why}", thin.display());
    Err(Failure::new(
        OwnExit::Request,
        what,
        "make the archive again beside its objects, or without `T` (`ar crs`)",
    ))
}

#[cfg(test)]
mod tests {
    use super::usual_end;
    use std::ffi::OsStr;

    #[test]
    fn only_ends_that_zig_does_not_know_get_another() {
        let end = |path: &str| usual_end(OsStr::new(path));
        assert_eq!(
            (end("x.syso"), end("d.1/libx.a.1"), end("libx.a.1.2.3")),
            (Some(".o"), Some(".a"), Some(".a"))
        );
        assert_eq!(
            (end("x.o"), end("libx.a"), end("libx.a.txt"), end("x.a.1/y.o"), end("libx.a.")),
            (None, None, None, None, None)
        );
    }
}
