//! The folder in which `go` was started, where the system does not show it: macOS, and a `/proc` that hides other processes.
//!
//! A process of Go asks who we are before it compiles anything, once, in its own folder, as our parent; the answer is kept in no
//! cache of Go's. So that answer leaves the folder in the store, under the number of the process. A compile that Go starts finds
//! it by its parent. What `cgo` and `link` start does not see Go's number: there it is the process of our own process group that
//! left a folder and still runs. When several have, in different folders, none of them is taken.
//!
//! A number may be used again. Whoever leaves a folder removes those of processes that have ended, and a Go that compiles has
//! always left its own, so what is found is of this Go, or of one that still runs.

use crate::store::Store;
use crate::sys::{self, env::Env};
use std::fs;
use std::path::{Path, PathBuf};

/// Notes the current folder for the process that asks who we are, where that is Go and the system does not show its folder.
pub fn leave(env: &Env, store: &Store) {
    if !is_under_go(env) || sys::go_folder().is_some() {
        return;
    }
    let (Some(go), Ok(folder)) = (sys::parent(), std::env::current_dir()) else { return };
    let store = &store.for_notes();
    let place = place(store);
    for (process, file) in left(&place) {
        if !sys::is_running(process) {
            let _ = fs::remove_file(file);
        }
    }
    // Without it a change of an archive goes unnoticed where this is needed; a build does not end for that.
    if let Err(failure) = store.write(&place.join(go.to_string()), folder.as_os_str().as_encoded_bytes()) {
        log::warn!("could not {}", failure.what);
    }
}

/// The folder that the `go` command which called us has left.
pub fn folder(env: &Env) -> Option<PathBuf> {
    if !is_under_go(env) {
        return None;
    }
    let place = place(&Store::of(env).ok()?.for_notes());
    let by_parent = sys::parent().and_then(|parent| read(&place.join(parent.to_string())));
    by_parent.or_else(|| {
        let ours = left(&place).filter(|(process, _)| sys::is_in_our_group(*process));
        let mut folders = ours.filter_map(|(_, file)| read(&file));
        let first = folders.next()?;
        folders.all(|other| other == first).then_some(first)
    })
}

/// Whether Go has set the variables that it sets for all that it starts: a shell asks such a question as well, and changes its
/// folder afterwards.
fn is_under_go(env: &Env) -> bool {
    env.raw("GOVERSION").is_some()
}

fn place(store: &Store) -> PathBuf {
    store.root().join("started-v1")
}

/// The processes that have left a folder, with the file that holds it.
fn left(place: &Path) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
}

fn read(file: &Path) -> Option<PathBuf> {
    sys::os_string(fs::read(file).ok()?).map(PathBuf::from)
}
