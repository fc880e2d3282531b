//! Prebuilt libraries: one folder for each archive, with a record of what was unpacked.
//!
//! A file is taken for what the record says as long as its size and time are those; another time costs one more look at
//! all of its bytes. The record's own time says when the library was used last.

use super::Store;
use super::manifest::{self, Line};
use crate::failure::Failure;
use crate::sys;
use crate::unpack::Entry;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The record's name. No file of a library ends like it.
const RECORD: &str = "record.json";

/// A use is noted at most that often.
const NOTED: Duration = Duration::from_secs(1);

/// A link that looked its libraries up may still be fetching others, with no compiler running yet.
const HELD: Duration = Duration::from_mins(10);

/// The longest that a compiler runs.
const LINKING: Duration = Duration::from_hours(24);

/// The libraries of one archive.
#[derive(Debug)]
pub struct Stored {
    folder: PathBuf,
    record: Record,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    what: String,
    /// The archive's size.
    size: u64,
    files: Vec<Recorded>,
}

/// A file as it was when it was verified last.
#[derive(Debug, Serialize, Deserialize)]
struct Recorded {
    line: Line,
    time: String,
}

impl Store {
    /// The folder of all libraries.
    pub fn libraries(&self) -> PathBuf {
        self.root().join("libs-v1")
    }

    /// The folder of the archive `key`.
    pub fn library(&self, key: &str) -> PathBuf {
        self.libraries().join(key)
    }

    /// Writes the record of what was just unpacked into `folder`: its name for messages, its archive's size, its files.
    pub fn record_library(
        &self,
        folder: &Path,
        (what, size): (&str, u64),
        entries: &[Entry],
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::store("write", folder, &error);
        let recorded = |entry: &Entry| -> io::Result<Recorded> {
            let time = time_of(&folder.join(&entry.path))?;
            Ok(Recorded { line: Line::of(entry), time })
        };
        let files = entries.iter().map(recorded).collect::<io::Result<_>>().map_err(failed)?;
        Record { what: what.into(), size, files }.write(folder).map_err(failed)
    }
}

impl Record {
    fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(RECORD), serde_json::to_vec(self)?)
    }
}

impl Stored {
    /// The libraries in that folder of the store, when it has any.
    pub fn open(folder: PathBuf) -> Option<Stored> {
        let record = fs::read(folder.join(RECORD)).ok()?;
        Some(Stored { record: serde_json::from_slice(&record).ok()?, folder })
    }

    /// Their folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What they are, as messages call it.
    pub fn what(&self) -> &str {
        &self.record.what
    }

    /// The size of the archive that they were in.
    pub fn archive_size(&self) -> u64 {
        self.record.size
    }

    /// The files, by their paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.record.files.iter().map(|file| file.line.path.as_str())
    }

    /// Whether the files that are wanted are as they were verified, and notes that they are used. Without a need to look
    /// into them that is one `stat` for each.
    pub fn is_whole(&mut self, is_wanted: impl Fn(&str) -> bool, store: &Store) -> bool {
        let mut is_new = false;
        for file in self.record.files.iter_mut().filter(|file| is_wanted(&file.line.path)) {
            match file.look(&self.folder) {
                Look::Same => {}
                Look::Touched(time) => {
                    file.time = time;
                    is_new = true;
                }
                Look::Other => return false,
            }
        }
        if is_new {
            self.rewrite(store);
        }
        self.note_use();
        true
    }

    /// Whether every byte of every file is as it was unpacked.
    pub fn is_unchanged(&self) -> bool {
        self.record.files.iter().all(|file| file.has_its_bytes(&self.folder))
    }

    /// What is wrong with them, a line each.
    pub fn check(&self) -> io::Result<Vec<String>> {
        manifest::compare(&self.folder, RECORD, self.record.files.iter().map(|file| &file.line))
    }

    /// When they were used last.
    pub fn used(&self) -> SystemTime {
        let time = fs::metadata(self.folder.join(RECORD)).and_then(|metadata| metadata.modified());
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Whether a running build may use them: it looked them up a moment ago, or today and a compiler of ours is running.
    pub fn may_be_in_use(&self, store: &Store) -> bool {
        // A time in the future is no older than now.
        let age = self.used().elapsed().unwrap_or_default();
        age < HELD || (age < LINKING && store.may_be_building())
    }

    /// Writes the record with new times, beside the folder first. A store that cannot be written costs only time.
    fn rewrite(&self, store: &Store) {
        let Ok(work) = store.workplace("record") else { return };
        let made = self.record.write(work.path());
        let moved = made.and_then(|()| fs::rename(work.path().join(RECORD), self.folder.join(RECORD)));
        if let Err(error) = moved {
            log::info!("no new record in `{}`: {error}", self.folder.display());
        }
    }

    fn note_use(&self) {
        if self.used().elapsed().is_ok_and(|age| age > NOTED) {
            let record = File::open(self.folder.join(RECORD));
            let _ = record.and_then(|record| record.set_modified(SystemTime::now()));
        }
    }
}

/// What a file turns out to be.
enum Look {
    /// What the record says.
    Same,
    /// The same bytes, with this other time.
    Touched(String),
    /// Something else, or nothing.
    Other,
}

impl Recorded {
    fn look(&self, folder: &Path) -> Look {
        let Ok(metadata) = fs::symlink_metadata(folder.join(&self.line.path)) else { return Look::Other };
        let time = sys::time_of(&metadata).to_string();
        if !metadata.is_file() || metadata.len() != self.line.size {
            Look::Other
        } else if is_same_time(&time, &self.time) {
            Look::Same
        } else if self.has_its_bytes(folder) {
            Look::Touched(time)
        } else {
            Look::Other
        }
    }

    fn has_its_bytes(&self, folder: &Path) -> bool {
        manifest::hash(&folder.join(&self.line.path)).is_ok_and(|seen| seen == self.line.sha256)
    }
}

/// Whether two times are the same; one without parts of a second, as layers of images keep it, is any in that second.
fn is_same_time(one: &str, other: &str) -> bool {
    const SECOND: i128 = 1_000_000_000;
    let (Ok(first), Ok(second)) = (one.parse::<i128>(), other.parse::<i128>()) else { return one == other };
    let is_cut = first % SECOND == 0 || second % SECOND == 0;
    first == second || (is_cut && first.div_euclid(SECOND) == second.div_euclid(SECOND))
}

fn time_of(path: &Path) -> io::Result<String> {
    Ok(sys::time_of(&fs::metadata(path)?).to_string())
}

#[cfg(test)]
mod tests {
    use super::is_same_time;

    #[test]
    fn a_time_that_was_cut_to_seconds_is_the_same() {
        for (one, other, expected) in [
            ("1700000000123456789", "1700000000123456789", true),
            ("1700000000123456789", "1700000000000000000", true),
            ("1700000000123456789", "1700000000123456788", false),
            ("1700000000123456789", "1700000001000000000", false),
            ("none", "none", true),
            ("none", "1700000000000000000", false),
        ] {
            assert_eq!(is_same_time(one, other), expected, "{one} {other}");
        }
    }
}
