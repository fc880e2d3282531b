//! Where learned words are kept: a file for each kind of call, in the target's cache.

use super::learned::{Key, Learned};
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::zig::find::Zig;
use std::fs;
use std::path::PathBuf;

/// What is kept of a kind of call, or will be.
#[derive(Debug)]
pub struct Record {
    key: Key,
    place: PathBuf,
}

impl Record {
    /// Of the calls that these words of a shape stand for.
    pub fn of(words: &[Vec<u8>], zig: &Zig, cache: &TargetCache) -> Record {
        let key = Key { zig: zig.said.clone(), words: words.to_vec() };
        let place = cache.learned().join(key.file_name());
        Record { key, place }
    }

    /// What was learned, when it is kept whole and holds for these calls and this zig.
    pub fn read(&self) -> Option<Learned> {
        Learned::from_bytes(&fs::read(&self.place).ok()?, &self.key)
    }

    /// Keeps it. Where that cannot be, it is learned again.
    pub fn write(&self, learned: &Learned, store: &Store) {
        let _ = store.write(&self.place, &learned.to_bytes(&self.key));
    }

    /// Forgets it.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.place);
    }
}
