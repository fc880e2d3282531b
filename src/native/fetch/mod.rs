//! An archive into the store: fetched once however many links ask, verified before it is unpacked, shown whole.
//!
//! ```text
//!  material   which files are kept, what a library begins with        pure
//!  route      addresses, consent, tokens; the transfer
//!  unpacked   a verified archive → files
//!  mod        the store's lock, the order of all that
//! ```
//!
//! What is there costs one `stat` for each library and each header, no lock and no connection.

mod material;
mod route;
mod unpacked;

use super::artifact::{ArchiveKind, Artifact, Pin};
use super::consent::Declarer;
use super::manifest::is_sha256;
use crate::digest::hex_digest;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::store::libraries::Stored;
use crate::store::lock::Patience;
use crate::sys::env::Env;
use crate::zig::find::Search;
use crate::zig::install::patience;
use route::Route;
use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use unpacked::Archive;

pub use route::{Missed, file_name, token};

/// Bytes per second, with which those who wait for another's download reckon.
const SLOW: u64 = 128 << 10;

/// How many paths a message lists.
const LISTED: usize = 5;

/// The folder in the store that holds the archive's files, each under its path in the archive; fetched when it is not there.
pub fn ensure(search: &Search, by: Declarer, artifact: &Artifact, pin: &Pin) -> Result<PathBuf, Failure> {
    into_store(search, artifact, pin, || {
        route::put_by_hand(search, artifact, pin).map(Source::File).or_else(|other| {
            let route = Route::find(search, by, artifact, Some(pin)).map(Source::Route);
            route.map_err(|failure| Failure { what: failure.what + &other, ..failure })
        })
    })
}

/// Brings an archive whose hash is not known yet into `file`, and says what came.
pub fn download(search: &Search, by: Declarer, artifact: &Artifact, file: &mut File) -> Result<Pin, Missed> {
    Route::find(search, by, artifact, None)?.bring(file, None)
}

/// Brings an archive itself into a file in the user's `folder`: one that the user put into the store's downloads, else from the network.
pub fn archive(
    search: &Search,
    by: Declarer,
    artifact: &Artifact,
    pin: &Pin,
    (file, folder): (&mut File, &Path),
) -> Result<(), Failure> {
    if let Ok(mut found) = route::put_by_hand(search, artifact, pin) {
        let copied = found.rewind().and_then(|()| io::copy(&mut found, file));
        return copied.map(drop).map_err(|error| Failure::store("write into", folder, &error));
    }
    Route::find(search, by, artifact, Some(pin))?.into(folder).bring(file, Some(pin))?;
    Ok(())
}

/// Puts what [`download`] has brought into the store, so that no build fetches it again.
pub fn keep(search: &Search, artifact: &Artifact, pin: &Pin, file: File) -> Result<PathBuf, Failure> {
    into_store(search, artifact, pin, || {
        if route::is_archive(&file, pin) {
            Ok(Source::File(file))
        } else {
            Err(route::no(artifact, "what was downloaded has changed", "do it again"))
        }
    })
}

/// The folder with the archive's files where all that is named is there, and as it was unpacked: one `stat` for each library
/// and each header, or a look at all bytes with `always_hash`. No lock, no connection.
pub fn present(store: &Store, artifact: &Artifact, pin: &Pin, always_hash: bool) -> Option<PathBuf> {
    let mut stored = stored(store, artifact, pin)?;
    let is_named = |path: &str| {
        artifact.libs.values().any(|library| library == path)
            || artifact.include.iter().any(|folder| is_in(folder, path))
    };
    let is_whole = stored.archive_size() == pin.size
        && lacking(&stored, artifact).is_none()
        && (!always_hash || stored.is_unchanged())
        && stored.is_whole(is_named, store);
    is_whole.then(|| stored.folder().to_path_buf())
}

/// Why the store does not serve an archive that is not [`present`].
pub fn why_absent(store: &Store, artifact: &Artifact, pin: &Pin) -> String {
    match stored(store, artifact, pin) {
        None => "they are not in the store".into(),
        Some(stored) => match lacking(&stored, artifact) {
            Some(path) => format!("`{path}` is not in its archive"),
            None => format!("`{}` has changed since they were unpacked into it", stored.folder().display()),
        },
    }
}

/// What the store has of an archive, in whatever state.
pub fn stored(store: &Store, artifact: &Artifact, pin: &Pin) -> Option<Stored> {
    Stored::open(store.library(&key(artifact, pin)))
}

/// Whether the user wants every library hashed each time.
pub fn always_hash(env: &Env) -> bool {
    env.text("CGOZIG_VERIFY").is_some_and(|value| value == "always")
}

/// Where an archive comes from.
enum Source<'a> {
    File(File),
    Route(Route<'a>),
}

impl Source<'_> {
    /// The archive, verified; from the network into the folder `work`.
    fn bring(self, work: &Path, pin: &Pin) -> Result<Archive, Failure> {
        match self {
            Source::File(file) => Ok(Archive { file, own: None }),
            Source::Route(route) => {
                let path = work.join("archive");
                let options = File::options().read(true).write(true).create_new(true).clone();
                let mut file = options.open(&path).map_err(|error| Failure::store("write", &path, &error))?;
                route.bring(&mut file, Some(pin))?;
                Ok(Archive { file, own: Some(path) })
            }
        }
    }
}

/// Puts an archive into the store, unless it is there or another process just did that.
fn into_store<'a>(
    search: &Search,
    artifact: &Artifact,
    pin: &Pin,
    source: impl FnOnce() -> Result<Source<'a>, Failure>,
) -> Result<PathBuf, Failure> {
    if !is_sha256(&pin.sha256) {
        let what = format!("fetch {}: `{}` is no sha256", artifact.shown(), pin.sha256);
        return Err(Failure::new(OwnExit::Request, what, "`cgozig lock` writes it"));
    }
    let store = &search.store;
    let always_hash = always_hash(search.env);
    let there = || present(store, artifact, pin, always_hash);
    if let Some(folder) = there() {
        return Ok(folder);
    }
    let lock_key = format!("lib-{}", pin.sha256);
    let waiting = |holder: &str| search.telling.waiting(&format!("{holder} fetches {}", artifact.shown()));
    // Whoever fetches it may need a while for a large one.
    let limit = patience(search.env) + Duration::from_secs(pin.size / SLOW);
    let lock = store.lock(&lock_key, &Patience { limit, waiting: &waiting })?;
    if let Some(folder) = there() {
        return Ok(folder);
    }
    let place = store.library(&key(artifact, pin));
    match Stored::open(place.clone()).filter(Stored::is_unchanged) {
        Some(stored) => return complete(&stored, artifact, pin),
        None if place.exists() => log::warn!("`{}` has changed and is made anew", place.display()),
        None => {}
    }
    let owned = lock.owned();
    store.sweep(owned.as_deref());
    let source = source()?;
    let work = store.workplace(owned.as_deref().unwrap_or(&lock_key))?;
    install(search, artifact, pin, source, work, &place)?;
    let stored = Stored::open(place.clone());
    let missing = || Failure::store("find what was just put into", &place, &io::ErrorKind::NotFound.into());
    complete(&stored.ok_or_else(missing)?, artifact, pin)
}

/// Unpacks beside the store, and shows the whole as `place`.
fn install(
    search: &Search,
    artifact: &Artifact,
    pin: &Pin,
    source: Source,
    work: TempDir,
    place: &Path,
) -> Result<(), Failure> {
    let store = &search.store;
    let archive = source.bring(work.path(), pin)?;
    let folder = work.path().join("unpacked");
    let entries = unpacked::unpack(archive, artifact, pin, &folder, search.telling)?;
    store.record_library(&folder, (&artifact.shown(), pin.size), &entries)?;
    // What has changed goes. Where there are no locks, another process may have shown a good one meanwhile.
    if place.exists() && !Stored::open(place.into()).is_some_and(|stored| stored.is_unchanged()) {
        store.remove(place)?;
    }
    store.show(work, &folder, place)
}

/// What the store calls the archive: its sha256; a bare library has its name from the manifest, so that is part of it.
fn key(artifact: &Artifact, pin: &Pin) -> String {
    let name = unpacked::bare_name(artifact).filter(|_| artifact.kind == ArchiveKind::Bare);
    match name {
        Some(name) => format!("{}-{}", pin.sha256, &hex_digest([name.as_bytes()])[..8]),
        None => pin.sha256.clone(),
    }
}

/// The folder, when the archive is of the pinned size and has all that the manifest names.
fn complete(stored: &Stored, artifact: &Artifact, pin: &Pin) -> Result<PathBuf, Failure> {
    if stored.archive_size() != pin.size {
        let why = format!("its archive has {} bytes, and {} are pinned", stored.archive_size(), pin.size);
        return Err(route::no(artifact, &why, "`cgozig lock` writes the right size"));
    }
    let Some(path) = lacking(stored, artifact) else { return Ok(stored.folder().to_path_buf()) };
    let (mut paths, others): (Vec<&str>, Vec<&str>) =
        stored.paths().partition(|path| material::is_library(path));
    paths.extend(others);
    let rest = if paths.len() > LISTED { ", …" } else { "" };
    let listed: Vec<String> = paths.iter().take(LISTED).map(|path| format!("`{path}`")).collect();
    let has = if paths.is_empty() { "no library material".into() } else { listed.join(", ") };
    let what = format!("use {}: `{path}` is not in its archive, which has {has}{rest}", artifact.shown());
    Err(Failure::new(
        OwnExit::Request,
        what,
        "`libs` and `include` of the manifest name paths in the archive",
    ))
}

/// A path that the manifest names and the archive does not have.
fn lacking<'a>(stored: &Stored, artifact: &'a Artifact) -> Option<&'a str> {
    let library = artifact.libs.values().find(|library| !stored.paths().any(|path| path == library.as_str()));
    let folder = || artifact.include.iter().find(|folder| !stored.paths().any(|path| is_in(folder, path)));
    library.or_else(folder).map(String::as_str)
}

/// Whether a path of an archive is in one of its folders.
fn is_in(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}
