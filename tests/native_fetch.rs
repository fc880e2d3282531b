//! Libraries arrive in the store: whatever servers, archives and disks do, and however many ask at once.

#[path = "support/archives.rs"]
mod archives;
#[path = "native_fetch/crowd.rs"]
mod crowd;
#[path = "native_fetch/entries.rs"]
mod entries;
#[path = "native_fetch/faults.rs"]
mod faults;
#[path = "native_fetch/interrupted.rs"]
mod interrupted;
#[path = "native_fetch/network.rs"]
mod network;
#[path = "native_fetch/sources.rs"]
mod sources;
mod support;
#[path = "native_fetch/trust.rs"]
mod trust;

use archives::*;
use cgozig::native::artifact::{ArchiveKind, Artifact, Pin};
use cgozig::native::fetch;
use cgozig::unpack::Kind;
use std::fs;
use support::native::{Sandbox, artifact, library, pin};
use support::server::{self, Connection, Request, Server, body, status};

/// The kinds of archives, as manifests and as the unpacker call them.
const ARCHIVES: [(ArchiveKind, Kind); 4] = [
    (ArchiveKind::Zip, Kind::Zip),
    (ArchiveKind::TarGz, Kind::TarGz),
    (ArchiveKind::TarXz, Kind::TarXz),
    (ArchiveKind::TarZst, Kind::TarZst),
];

/// A zip with one library, its pin, and what a manifest says of it at `url`.
fn thing(url: &str) -> (Vec<u8>, Pin, Artifact) {
    let bytes = zip(&[file("lib/libthing.a", library("members"))]);
    let pin = pin(&bytes);
    (bytes, pin, artifact(url, ArchiveKind::Zip, &[("thing", "lib/libthing.a")]))
}

/// Before the tests' own main, so that a process that a test starts does nothing but fetch.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = fetch_if_asked_to;

extern "C" fn fetch_if_asked_to() {
    if std::env::var_os(support::native::ASKED).is_some() {
        support::native::in_a_process();
    }
}
