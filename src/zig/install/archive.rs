//! The archives that a zig comes in: known by hash, unpacked into a folder with a manifest.

use super::{Telling, Verified};
use crate::digest::sha256;
use crate::exit::OwnExit;
use crate::failure::{self, Failure};
use crate::store::{Store, manifest};
use crate::sys;
use crate::unpack::{self, Caps, Kind};
use crate::zig::pins::{self, Pin};
use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;

/// The archive that a user put into the store, when it is the right one: release or wheel.
pub fn downloaded(store: &Store, pin: &Pin) -> Option<Verified> {
    let release = (pins::release_name(pin.version, pin.host), pin.release);
    let wheel = pin.wheel.map(|(tag, pinned)| (pins::wheel_name(pin.version, tag), pinned));
    std::iter::once(release).chain(wheel).find_map(|(name, pinned)| {
        let file = File::open(store.downloads().join(&name)).ok()?;
        verified(file, name, pinned.sha256).ok()
    })
}

/// A file whose bytes have that sha256; else the one that they have.
pub fn verified(mut file: File, name: String, expected: &str) -> Result<Verified, String> {
    let seen = file.rewind().and_then(|()| sha256(&mut file)).and_then(|seen| file.rewind().map(|()| seen));
    let seen = seen.map_err(|error| error.to_string())?;
    if seen == expected {
        Ok(Verified { file, name })
    } else {
        Err(format!("`{name}` has the sha256 {seen}, not {expected}"))
    }
}

/// Unpacks a verified archive, without the folder that everything in it lies in.
pub fn unpack(verified: &Verified, folder: &Path, telling: &dyn Telling) -> Result<(), Failure> {
    let (kind, place): (_, fn(&str) -> Option<String>) = match verified.name.rsplit('.').next() {
        Some("whl") => (Kind::Zip, wheel_file),
        Some("zip") => (Kind::Zip, below_first),
        _ => (Kind::TarXz, below_first),
    };
    let failed = |error: io::Error| Failure::store("write", folder, &error);
    sys::create_dir(folder).map_err(failed)?;
    let entries = unpack::unpack(kind, &verified.file, folder, &Caps::default(), &place, &mut |done| {
        telling.bytes(done, None);
    });
    let entries = entries.map_err(|error| {
        let what = format!("unpack `{}` into `{}`: {error}", verified.name, folder.display());
        Failure::new(OwnExit::Store, what, failure::ROOM)
    })?;
    manifest::write(folder, &entries).map_err(failed)
}

/// A path without its first part.
fn below_first(path: &str) -> Option<String> {
    path.split_once('/').map(|(_, rest)| rest.to_string()).filter(|rest| !rest.is_empty())
}

/// What of a wheel is zig: all but the package's own two files.
fn wheel_file(path: &str) -> Option<String> {
    path.strip_prefix("ziglang/").filter(|rest| !rest.starts_with("__")).map(str::to_string)
}
