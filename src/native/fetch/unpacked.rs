//! A verified archive, unpacked: the files that are library material, each under its path.

use super::material;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::{Artifact, Pin};
use crate::sys;
use crate::unpack::{self, Caps, Entry, Why};
use crate::zig::install::Telling;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// A verified archive.
pub struct Archive {
    /// The file.
    pub file: File,
    /// Where it is, when it is ours to move.
    pub own: Option<PathBuf>,
}

/// Unpacks into the new folder `folder`, and gives up the archive.
pub fn unpack(
    archive: Archive,
    artifact: &Artifact,
    pin: &Pin,
    folder: &Path,
    telling: &dyn Telling,
) -> Result<Vec<Entry>, Failure> {
    let failed = |error: io::Error| Failure::store("write", folder, &error);
    sys::create_dir(folder).map_err(failed)?;
    let entries = match artifact.kind.unpacker() {
        Some(kind) => {
            telling.step("unpacking");
            let caps = Caps { executables: false, ..Caps::default() };
            let place = |path: &str| material::is_kept(path).then(|| path.to_string());
            let entries = unpack::unpack(kind, &archive.file, folder, &caps, &place, &mut |done| {
                telling.bytes(done, Some(pin.size));
            });
            let entries = entries.map_err(|error| refused(artifact, folder, &error))?;
            // Before what is left is brought to disk, and this with it.
            archive.own.map_or(Ok(()), fs::remove_file).map_err(failed)?;
            entries
        }
        None => vec![bare(archive, artifact, pin, folder)?],
    };
    for entry in entries.iter().filter(|entry| material::is_library(&entry.path)) {
        judge(artifact, &entry.path, &folder.join(&entry.path))?;
    }
    Ok(entries)
}

/// The library itself, under the one name that the manifest gives it.
fn bare(mut archive: Archive, artifact: &Artifact, pin: &Pin, folder: &Path) -> Result<Entry, Failure> {
    let Some(name) = bare_name(artifact) else {
        let what = format!("use {}: it is one file, and `libs` names none or several", artifact.shown());
        return Err(Failure::new(OwnExit::Request, what, "`libs` of a bare archive has one name for it"));
    };
    let to = folder.join(name);
    let failed = |error: io::Error| Failure::store("write", &to, &error);
    fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(failed)?;
    if let Some(own) = archive.own {
        fs::rename(own, &to).map_err(failed)?;
    } else {
        let mut file = sys::create_file(&to, false).map_err(failed)?;
        let copied = archive.file.rewind().and_then(|()| io::copy(&mut archive.file, &mut file));
        copied.map_err(failed)?;
    }
    Ok(Entry { path: name.into(), size: pin.size, sha256: pin.sha256.clone(), executable: false })
}

/// The name that a bare archive's file gets.
pub fn bare_name(artifact: &Artifact) -> Option<&str> {
    let mut names = artifact.libs.values();
    let name = names.next().filter(|name| unpack::path::judge(name).is_ok())?;
    names.all(|other| other == name).then_some(name)
}

/// Refuses what is called a library and is none.
fn judge(artifact: &Artifact, path: &str, file: &Path) -> Result<(), Failure> {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(material::MAGIC as u64).read_to_end(&mut start));
    read.map_err(|error| Failure::store("read", file, &error))?;
    material::judge(&start).map_err(|why| {
        let what = format!("use `{path}` of {}: it {why}", artifact.shown());
        Failure::new(OwnExit::Request, what, "its author can publish the archive that `ar` makes")
    })
}

fn refused(artifact: &Artifact, folder: &Path, error: &unpack::UnpackError) -> Failure {
    let what = format!("unpack {}: {error}", artifact.shown());
    match error.why {
        Why::Write(_) => Failure::new(
            OwnExit::Store,
            format!("{what}, into `{}`", folder.display()),
            "the disk may be full; CGOZIG_CACHE_DIR names a folder on another",
        ),
        _ => Failure::new(
            OwnExit::Request,
            what,
            "its hash is right, so the archive was published like this: tell its author",
        ),
    }
}
