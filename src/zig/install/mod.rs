//! Installing a zig: from an archive that a user put into the store, from zig's releases, from the `ziglang` wheel.
//!
//! Nothing is believed but what is compiled in: the sha256 of each known archive and wheel, and the zig project's key.
//! The archive is verified before it is unpacked; the folder appears by one rename, whole. A lock keeps others from
//! fetching the same; where there are no locks, the first rename wins.

mod archive;
pub mod wheel;

use super::pins::{self, Pin, Pinned};
use super::{ZigVersion, mirrors};
use crate::exit::OwnExit;
use crate::failure::{self, Failure};
use crate::settings::Source;
use crate::store::lock::Patience;
use crate::sys;
use crate::zig::find::Search;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What is told of an install: by a subcommand to its user, by a compiler to nobody.
pub trait Telling: Sync {
    /// A step begins.
    fn step(&self, text: &str);
    /// So many bytes of that many have come.
    fn bytes(&self, done: u64, all: Option<u64>);
    /// Somebody else is at it; we wait.
    fn waiting(&self, text: &str);
}

/// An archive that has been verified.
pub struct Verified {
    /// The file, at its start.
    pub file: File,
    /// Its name, which says what kind of archive it is.
    pub name: String,
}

/// The program in a zig's folder.
pub fn program(folder: &Path) -> PathBuf {
    folder.join(format!("zig{}", sys::EXE))
}

/// Installs a release, unless another process just did, and says where its program is.
pub fn install(search: &Search, version: ZigVersion) -> Result<PathBuf, Failure> {
    let place = search.store.zig(version);
    let installed = || Some(program(&place)).filter(|program| program.is_file());
    if let Some(program) = installed() {
        return Ok(program);
    }
    let key = format!("zig-{version}");
    let waiting = |holder: &str| search.telling.waiting(&format!("{holder} installs zig {version}"));
    let limit = patience(search.env);
    let lock = search.store.lock(&key, &Patience { limit, waiting: &waiting })?;
    if let Some(program) = installed() {
        return Ok(program);
    }
    let owned = lock.owned();
    search.store.sweep(owned.as_deref());
    if place.exists() && installed().is_none() {
        // Somebody took its program away; half an entry is none.
        search.store.remove(&place)?;
    }
    let work = search.store.workplace(owned.as_deref().unwrap_or(&key))?;
    let verified = obtain(search, version, work.path())?;
    search.telling.step("unpacking");
    let folder = work.path().join("zig");
    archive::unpack(&verified, &folder, search.telling)?;
    runs_here(&program(&folder), version)?;
    search.store.show(work, &folder, &place)?;
    installed().ok_or_else(|| {
        let missing = std::io::ErrorKind::NotFound.into();
        Failure::store("find zig, which was just installed, in", &place, &missing)
    })
}

/// How long to wait for a lock.
pub fn patience(env: &sys::env::Env) -> Duration {
    let seconds = env.text("CGOZIG_LOCK_TIMEOUT").and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(300))
}

/// A verified archive: one that lies in the store's downloads, else one from the network.
fn obtain(search: &Search, version: ZigVersion, work: &Path) -> Result<Verified, Failure> {
    let pin = Pin::find(version, sys::HOST);
    if let Some(found) = pin.and_then(|pin| archive::downloaded(&search.store, pin)) {
        return Ok(found);
    }
    if let Some(setting) = search.settings.offline(search.env) {
        return Err(missing(search, version, pin, &format!("and {setting} forbids the network")));
    }
    let source = search.settings.zig.source.unwrap_or_default();
    let mut faults = Vec::new();
    if source != Source::Wheel {
        match mirrors::fetch(search, version, work) {
            Ok(verified) => return Ok(verified),
            Err(fault) => faults.push(format!("release: {fault}")),
        }
    }
    if source == Source::Wheel || (source == Source::Auto && search.settings.zig.mirror.is_none()) {
        match wheel::fetch(search, version, pin, work) {
            Ok(verified) => return Ok(verified),
            Err(fault) => faults.push(format!("wheel: {fault}")),
        }
    }
    Err(missing(search, version, pin, &format!("({})", faults.join("; "))))
}

/// What could not be had, and what a user without network can do about it.
fn missing(search: &Search, version: ZigVersion, pin: Option<&Pin>, why: &str) -> Failure {
    if failure::is_full(why) {
        let root = search.store.root().display();
        let what = format!("install zig {version}, some 400 MB, into the store `{root}` {why}");
        return Failure::new(OwnExit::Store, what, failure::ROOM);
    }
    let name = pins::release_name(version, sys::HOST);
    let hint = match pin {
        Some(Pin { release: Pinned { sha256, size }, .. }) => format!(
            "put https://ziglang.org/download/{version}/{name} (sha256 {sha256}, {size} bytes) into `{}`, or set CGOZIG_ZIG \
             to a zig",
            search.store.downloads().display()
        ),
        None => "set CGOZIG_ZIG to the path of a zig".into(),
    };
    Failure::new(OwnExit::NoToolchain, format!("install zig {version}: it is not there {why}"), hint)
}

/// A zig for another libc or processor unpacks as well as the right one.
fn runs_here(program: &Path, version: ZigVersion) -> Result<(), Failure> {
    let output = Command::new(program).arg("version").env_remove("CC").env_remove("CXX").output();
    let no = |why: String| {
        let what = format!("install zig {version}: what was unpacked {why}");
        Err(Failure::new(OwnExit::NoToolchain, what, "set CGOZIG_ZIG to a zig that runs on this machine"))
    };
    match output {
        Ok(output) if String::from_utf8_lossy(&output.stdout).trim() == version.to_string() => Ok(()),
        Ok(output) => no(format!("says `{}`", String::from_utf8_lossy(&output.stdout).trim())),
        Err(error) => no(format!("does not start: {error}")),
    }
}
