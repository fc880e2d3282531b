//! What a program was linked from, so that `cgozig sbom` can tell later.
//!
//! ```text
//!  build_id    the id by which Go knows a program, in go.o and in the program       pure
//!  cyclonedx   a record as CycloneDX                                                pure
//!  mod         the records: written by the final link, found by program or module
//! ```
//!
//! A final link writes the same record twice: under the first part of Go's build ID, which the program carries too, and as
//! the last one of its main module and target. Without an id (`-ldflags=-buildid=`) there is only the second.

mod build_id;
pub mod cyclonedx;

use crate::argv::{Argv, bytes};
use crate::digest::hex_digest;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::native::link::{Libraries, Linked, Origin};
use crate::native::{memory, modules};
use crate::store::{Store, manifest};
use crate::target::{Libc, System, Target};
use crate::zig::find::{Search, Zig};
use object::ReadCache;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a link is remembered at least.
const KEPT: Duration = Duration::from_hours(180 * 24);

/// What a link took in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The main module's path, where it is known.
    pub module: Option<String>,
    /// The target as zig's triple.
    pub target: String,
    /// zig's version.
    pub zig: String,
    /// The C library.
    pub libc: Part,
    /// The archives, in the order of the line.
    pub libraries: Vec<Part>,
}

/// One thing that a link took in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its version, where it is known.
    pub version: Option<String>,
    /// What else is to be said of it.
    pub about: String,
    /// Its sha256: of the archive as it was published, or of the user's own file.
    pub sha256: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
}

/// Remembers what the final link of a Go program is about to take in. What cannot be remembered ends no build.
pub fn remember(search: &Search, target: Target, zig: &Zig, libraries: &Libraries, argv: &Argv) {
    let own = memory::hashes(search.env, target, &search.store);
    let store = &search.store.for_notes();
    let main = modules::own_folders(search.env).into_iter().next();
    let record = Record {
        module: main.as_deref().and_then(modules::module_path),
        target: target.triple().as_str().to_string(),
        zig: zig.said.clone(),
        libc: libc(target),
        libraries: libraries.archives.iter().map(|linked| part(linked, &own)).collect(),
    };
    let Ok(text) = serde_json::to_vec(&record) else { return };
    let go_object = argv.inputs().map(|(_, path)| path).find(|path| bytes::file_name(path) == "go.o");
    let id = go_object.and_then(|path| build_id(Path::new(path)));
    let places = id.map(|id| of_id(store, &id)).into_iter();
    for place in places.chain(main.map(|main| of_module(store, &main, target))) {
        if let Err(failure) = store.write(&place, &text) {
            log::warn!("could not {}", failure.what);
        }
    }
}

/// What the program at `path` was linked from.
pub fn of_program(store: &Store, path: &Path) -> Result<Record, Failure> {
    let no = |why: &str, hint: &str| {
        Failure::new(OwnExit::Request, format!("tell what `{}` was linked from: {why}", path.display()), hint)
    };
    File::open(path).map_err(|error| no(&error.to_string(), "name a program that Go has built, or `.`"))?;
    let id = build_id(path).ok_or_else(|| {
        no(
            "it has no build ID of Go's",
            "build it without -ldflags=-buildid=, or run `cgozig sbom .` in its module right after the build",
        )
    })?;
    read(&of_id(&store.for_notes(), &id)).ok_or_else(|| {
        no(
            "no link of it is remembered in the store",
            "remove it and build it here with CC=cgozig; what Go links by itself takes in no native library",
        )
    })
}

/// What the last program of the main module at `main` was linked from, for a target.
pub fn of_main(store: &Store, main: &Path, target: Target) -> Result<Record, Failure> {
    read(&of_module(&store.for_notes(), main, target)).ok_or_else(|| {
        let what = format!(
            "tell what `{}` was linked from: no link of it for {target} is remembered",
            main.display()
        );
        Failure::new(
            OwnExit::Request,
            what,
            "build it with CC=cgozig, with the same GOOS, GOARCH and CGOZIG_LIBC",
        )
    })
}

/// Removes the records of links long ago.
pub fn forget_old(store: &Store) {
    for entry in fs::read_dir(store.linked()).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
        if age.is_ok_and(|age| age.is_ok_and(|age| age > KEPT)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn of_id(store: &Store, id: &str) -> PathBuf {
    store.linked().join(&hex_digest([id.as_bytes()])[..32])
}

fn of_module(store: &Store, main: &Path, target: Target) -> PathBuf {
    let triple = target.triple();
    let parts = [b"module", main.as_os_str().as_encoded_bytes(), triple.as_str().as_bytes()];
    store.linked().join(&hex_digest(parts)[..32])
}

fn read(place: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(place).ok()?).ok()
}

/// The first part of the build ID: it is the same in go.o, when a link begins, and in the finished program.
fn build_id(path: &Path) -> Option<String> {
    let file = ReadCache::new(File::open(path).ok()?);
    let id = build_id::of(&file)?;
    id.split('/').next().filter(|part| !part.is_empty()).map(String::from)
}

fn part(linked: &Linked, own: &[(PathBuf, String)]) -> Part {
    let name = linked.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Origin::Fetched(fetched) = &linked.origin {
        let (artifact, Pin { sha256, .. }) = fetched.as_ref();
        return Part {
            name: artifact.library.clone(),
            version: Some(artifact.version.clone()),
            about: format!("{name}, for {}", artifact.variant),
            sha256: Some(sha256.clone()),
            url: Some(artifact.url.clone()),
        };
    }
    let known = own.iter().find(|(path, _)| *path == linked.path).map(|(_, sha256)| sha256.clone());
    let sha256 = known.or_else(|| manifest::hash(&linked.path).ok());
    Part { name, about: "a static library of the user's own".into(), sha256, ..Part::default() }
}

/// The C library of a target.
fn libc(target: Target) -> Part {
    let (name, version, about) = match target.system() {
        System::Linux(Libc::Gnu(floor)) => {
            ("glibc", Some(floor.to_string()), "the oldest that the program runs with")
        }
        System::Linux(Libc::Musl) => ("musl", None, "as zig ships it"),
        System::Darwin(oldest) => {
            ("libSystem", Some(oldest.to_string()), "of the oldest macOS that the program runs on")
        }
        System::Windows => ("mingw-w64", None, "as zig ships it, over ucrt"),
        System::Freebsd | System::Netbsd | System::Openbsd => ("libc", None, "the system's own"),
    };
    Part { name: name.into(), version, about: about.into(), ..Part::default() }
}
