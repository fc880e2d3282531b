//! Facts of files, read once: kept in the store by path, size and time, and for one link in memory.

use super::clues::Clue;
use super::facts::{self, Facts};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::sys;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What is kept of a file.
#[derive(Serialize, Deserialize)]
struct Record {
    path: PathBuf,
    stamp: String,
    /// The telling names: facts that another version wrote may lack what this one asks for.
    clues: String,
    facts: Facts,
}

/// Reading a file of this size takes no longer than finding out that it is known.
const SMALL: u64 = 64 << 10;

/// The facts of the files of one link: several questions about a file take one look.
#[derive(Debug)]
pub struct Known<'s> {
    /// Where facts are kept from link to link.
    pub store: &'s Store,
    seen: RefCell<HashMap<PathBuf, Rc<Facts>>>,
}

impl<'s> Known<'s> {
    /// Nothing is known yet but what the store remembers.
    pub fn new(store: &'s Store) -> Known<'s> {
        Known { store, seen: RefCell::default() }
    }

    /// The facts of a file.
    pub fn facts(&self, path: &Path) -> Result<Rc<Facts>, Failure> {
        if let Some(facts) = self.seen.borrow().get(path) {
            return Ok(facts.clone());
        }
        let facts = Rc::new(facts(path, self.store)?);
        self.seen.borrow_mut().insert(path.into(), facts.clone());
        Ok(facts)
    }
}

/// The facts of a file: those that are remembered, or from the file itself.
fn facts(path: &Path, store: &Store) -> Result<Facts, Failure> {
    let failed = |error: io::Error| {
        let what = format!("link `{}`: {error}", path.display());
        Failure::new(OwnExit::Request, what, "put the library there, or take it out of the link")
    };
    let path = &std::path::absolute(path).map_err(failed)?;
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(io::Error::other("it is not a file")));
    }
    let stamp = stamp(&metadata);
    let place = store.archive_record(path);
    if let Some(record) =
        read(&place).filter(|record| record.stamp == stamp && record.clues == Clue::digest())
    {
        return Ok(record.facts);
    }
    let file = File::open(path).map_err(failed)?;
    let facts = facts::read(&sys::map(&file).map_err(failed)?);
    let metadata = file.metadata().map_err(failed)?;
    // What changed while it was read is not remembered; a store that cannot be written costs only time.
    if metadata.len() > SMALL && self::stamp(&metadata) == stamp {
        let record = Record { path: path.clone(), stamp, clues: Clue::digest().into(), facts: facts.clone() };
        if let Ok(text) = serde_json::to_vec(&record) {
            let _ = store.write(&place, &text);
        }
    }
    Ok(facts)
}

/// Hands the contents of all files to `work`; `None` when one of them cannot be read.
pub fn with_contents<T>(paths: &[&PathBuf], work: impl FnOnce(&[&[u8]]) -> Option<T>) -> Option<T> {
    let maps: Vec<_> =
        paths.iter().map(|path| sys::map(&File::open(path)?)).collect::<io::Result<_>>().ok()?;
    let contents: Vec<&[u8]> = maps.iter().map(|map| &map[..]).collect();
    work(&contents)
}

/// Removes the records of files that are gone or have changed.
pub fn forget_gone(store: &Store) {
    for entry in fs::read_dir(store.archive_records()).into_iter().flatten().flatten() {
        let kept = read(&entry.path()).is_some_and(|record| {
            fs::metadata(&record.path).is_ok_and(|metadata| stamp(&metadata) == record.stamp)
        });
        if !kept {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn read(place: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(place).ok()?).ok()
}

fn stamp(metadata: &Metadata) -> String {
    format!("{} {}", metadata.len(), sys::time_of(metadata))
}
