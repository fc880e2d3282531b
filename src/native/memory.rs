//! What the last links of a main module used, so that the next `go build` links again when it has changed.
//!
//! Go hashes packages, not the archives that a link takes in, nor the lock: a replaced `.a` leaves the old program. What is
//! returned here becomes part of who we are to Go, and of the note in its objects, so that Go compiles and links again.
//!
//! A record holds the files that were linked, and what was answered for each state of theirs. A state that was linked keeps
//! its answer: a first link must not make the second build start anew, and a file that is what it once was finds its objects
//! in Go's cache.

use super::link::Libraries;
use super::{lock, manifest, modules};
use crate::digest::hex_digest;
use crate::store::Store;
use crate::store::lock::{Lock, Patience};
use crate::store::manifest::hash;
use crate::sys::{self, env::Env};
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is known of one main module and target.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    files: Vec<File>,
    /// What was answered when the files were in a state: the state, then the answer; the latest last.
    answers: Vec<(String, String)>,
}

/// A file that was linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    path: PathBuf,
    /// Its size and time when it was hashed.
    stamp: String,
    /// Its sha256 at that time.
    sha256: String,
}

/// How many states keep their answers.
const REMEMBERED: usize = 16;

/// Stands for the hash of a file that is not there.
const GONE: &str = "gone";

/// The state of the prebuilt libraries of the main module: a text that changes when one of them or a lock has changed.
pub fn state(env: &Env, target: Target, store: &Store) -> String {
    let Some(anchor) = modules::anchor(env) else { return String::new() };
    let mut folders = modules::own_folders(env);
    folders.sort();
    let deciding = folders.iter().flat_map(|folder| [folder.join(manifest::NAME), folder.join(lock::NAME)]);
    let locks: Vec<Vec<u8>> = deciding.filter_map(|path| fs::read(path).ok()).collect();
    let store = &store.for_notes();
    let place = place(&anchor, target, store);
    let mut record = read(&place).unwrap_or_default();
    if record.look_again() {
        record = record.renew(&place, store);
    }
    let answer = record.answer();
    if locks.is_empty() && answer.is_empty() {
        return answer;
    }
    hex_digest(locks.iter().map(Vec::as_slice).chain([answer.as_bytes()]))
}

/// Remembers what a final link is about to use.
pub fn remember(env: &Env, target: Target, store: &Store, libraries: &Libraries) {
    let Some(anchor) = modules::anchor(env) else { return };
    let used = libraries.archives.iter().map(|linked| &linked.path).chain(&libraries.deciding);
    // What lies in the store is named by its hash already.
    let own: Vec<&PathBuf> = used.filter(|path| !path.starts_with(store.root())).collect();
    let store = &store.for_notes();
    let place = place(&anchor, target, store);
    if own.is_empty() && !place.exists() {
        return;
    }
    add(&place, store, own, |record| record.files.retain(|file| file.sha256 != GONE));
}

/// Remembers a manifest whose headers a compile is about to use: no link may ever name it.
pub fn remember_manifest(env: &Env, target: Target, store: &Store, manifest: &PathBuf) {
    let Some(anchor) = modules::anchor(env) else { return };
    let store = &store.for_notes();
    let place = place(&anchor, target, store);
    // Every compile of the package comes here.
    let is_known = |record: Record| record.files.iter().any(|file| file.path == *manifest);
    if !read(&place).is_some_and(is_known) {
        add(&place, store, vec![manifest], |_| {});
    }
}

/// Adds files to a record, after `before`: what they are now is what the last answer was given for.
fn add(place: &Path, store: &Store, paths: Vec<&PathBuf>, before: impl Fn(&mut Record)) {
    let _lock = lock_of(place, store);
    let mut record = read(place).unwrap_or_default();
    record.look_again();
    let answer = record.answer();
    before(&mut record);
    for path in paths {
        record.add(path);
    }
    record.keep(answer);
    record.write(place, store);
}

/// The sha256 of the files outside the store that the links of the main module used, as they were looked at last.
pub fn hashes(env: &Env, target: Target, store: &Store) -> Vec<(PathBuf, String)> {
    let store = &store.for_notes();
    let record = modules::anchor(env).and_then(|anchor| read(&place(&anchor, target, store)));
    let files = record.unwrap_or_default().files.into_iter();
    files.filter(|file| file.sha256 != GONE).map(|file| (file.path, file.sha256)).collect()
}

/// Whoever changes a record is alone with it, as far as there are locks.
fn lock_of(place: &Path, store: &Store) -> Option<Lock> {
    let patience = Patience { limit: Duration::from_secs(5), waiting: &|_| {} };
    store.lock(&format!("links-{}", place.file_name()?.display()), &patience).ok()
}

/// Where the record is.
fn place(main: &Path, target: Target, store: &Store) -> PathBuf {
    let triple = target.triple();
    let parts = [main.as_os_str().as_encoded_bytes(), triple.as_str().as_bytes()];
    store.root().join("links-v1").join(&hex_digest(parts)[..24])
}

fn read(place: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(place).ok()?).ok()
}

impl Record {
    /// Hashes what has another size or time than before; true when something had.
    fn look_again(&mut self) -> bool {
        let mut changed = false;
        for file in &mut self.files {
            let stamp = stamp(&file.path);
            if stamp != file.stamp {
                file.sha256 = hash(&file.path).unwrap_or_else(|_| GONE.into());
                file.stamp = stamp;
                changed = true;
            }
        }
        changed
    }

    /// The record as it is now, with the hashes of this one: a link may have written it meanwhile.
    fn renew(self, place: &Path, store: &Store) -> Record {
        let _lock = lock_of(place, store);
        let mut now = read(place).unwrap_or_default();
        for file in &mut now.files {
            if let Some(seen) = self.files.iter().find(|seen| seen.path == file.path) {
                *file = seen.clone();
            }
        }
        now.write(place, store);
        now
    }

    /// The state of the files.
    fn state(&self) -> String {
        let parts =
            self.files.iter().map(|file| [file.path.as_os_str().as_encoded_bytes(), file.sha256.as_bytes()]);
        hex_digest(parts.flatten())
    }

    /// The answer that the state had when it was linked; else one that is made of it.
    fn answer(&self) -> String {
        if self.files.is_empty() {
            return String::new();
        }
        let state = self.state();
        let known = self.answers.iter().find(|(own, _)| *own == state);
        known.map_or(state, |(_, answer)| answer.clone())
    }

    /// The files are linked as they are now, under this answer.
    fn keep(&mut self, answer: String) {
        let state = self.state();
        self.answers.retain(|(own, _)| *own != state);
        self.answers.push((state, answer));
        let beyond = self.answers.len().saturating_sub(REMEMBERED);
        self.answers.drain(..beyond);
    }

    fn add(&mut self, path: &Path) {
        if self.files.iter().any(|file| file.path == path) {
            return;
        }
        let stamp = stamp(path);
        let sha256 = hash(path).unwrap_or_else(|_| GONE.into());
        self.files.push(File { path: path.to_path_buf(), stamp, sha256 });
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
    }

    fn write(&self, place: &Path, store: &Store) {
        // Without a record a change goes unnoticed, as with any other compiler; a build does not end for that.
        match serde_json::to_vec(self).map(|text| store.write(place, &text)) {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => log::warn!("could not {}", failure.what),
            Err(error) => log::warn!("no record of the link: {error}"),
        }
    }
}

/// A file's size and time.
fn stamp(path: &Path) -> String {
    fs::metadata(path)
        .map_or_else(|_| GONE.into(), |metadata| format!("{} {}", metadata.len(), sys::time_of(&metadata)))
}
