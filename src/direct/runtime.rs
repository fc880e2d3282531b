//! The files that learned links name, in the target's runtime folder: `SHA16/NAME`, and `checked`, a line for each file that
//! was hashed, by which it is known without hashing whether it is the same still.

use super::learned::{Learned, RuntimeFile};
use crate::store::target::TargetCache;
use crate::store::{Store, manifest};
use crate::sys;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The file with a line for each file that was hashed.
pub const CHECKED: &str = "checked";

/// Copies a file that zig has built to the runtime folder, under its own name: lld exports nothing of libmingw32, and
/// `--exclude-libs` goes by names.
pub fn keep(path: &Path, cache: &TargetCache, store: &Store) -> Option<RuntimeFile> {
    let contents = fs::read(path).ok()?;
    let file = RuntimeFile::of(path.file_name()?.to_str()?, &contents);
    let place = cache.runtime().join(&file.name);
    let is_there = fs::read(&place).is_ok_and(|kept| kept == contents);
    if !is_there {
        store.write(&place, &contents).ok()?;
    }
    Some(file)
}

/// Whether all files are there and hold what was learned: hashed when they are new or were touched. One that holds something
/// else is removed.
pub fn is_whole(files: &[RuntimeFile], cache: &TargetCache, store: &Store) -> bool {
    let place = cache.runtime().join(CHECKED);
    let known = fs::read_to_string(&place).unwrap_or_default();
    let mut added = String::new();
    for file in files {
        let path = cache.runtime().join(&file.name);
        let Ok(metadata) = fs::metadata(&path) else { return false };
        let line = format!("{} {}\n", sys::stamp(&metadata), file.name);
        if known.split_inclusive('\n').any(|known| known == line) {
            continue;
        }
        if !manifest::hash(&path).is_ok_and(|hash| hash == file.sha256) {
            let _ = fs::remove_file(&path);
            return false;
        }
        added.push_str(&line);
    }
    if !added.is_empty() {
        // Where it cannot be kept, they are hashed again.
        let _ = store.write(&place, (known + &added).as_bytes());
    }
    true
}

/// The files that are not what was learned, each once, by their names. The next link hashes all of them again, and has those made anew.
pub fn wrong(cache: &TargetCache) -> Vec<String> {
    let records = fs::read_dir(cache.learned()).into_iter().flatten().flatten();
    let learned = records.filter_map(|entry| Some(Learned::read(&fs::read(entry.path()).ok()?)?.1));
    let files: BTreeMap<String, String> =
        learned.flat_map(|learned| learned.files).map(|file| (file.name, file.sha256)).collect();
    let is_wrong = |(name, sha256_then): &(String, String)| {
        manifest::hash(&cache.runtime().join(name)).is_ok_and(|hash| hash != *sha256_then)
    };
    let wrong: Vec<String> = files.into_iter().filter(is_wrong).map(|(name, _)| name).collect();
    if !wrong.is_empty() {
        let _ = fs::remove_file(cache.runtime().join(CHECKED));
    }
    wrong
}
