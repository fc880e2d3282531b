//! Writes what an archive holds into the folder, each file once, and hashes it on the way.

use super::names::Names;
use super::{Caps, Entry, Why, path};
use crate::digest::hex;
use crate::sys;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// The folder, and what was written into it so far.
pub struct Output<'a> {
    into: &'a Path,
    caps: &'a Caps,
    place: &'a dyn Fn(&str) -> Option<String>,
    /// The archive's own paths, with those that are left out.
    listed: Names,
    /// The paths below the folder.
    written: Names,
    buffer: Vec<u8>,
    /// The files, in the archive's order.
    pub entries: Vec<Entry>,
}

/// A file that an archive holds.
pub struct Contents<'a> {
    /// Its path in the archive.
    pub path: &'a str,
    /// Its size.
    pub size: u64,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// The bytes.
    pub bytes: &'a mut dyn Read,
}

impl<'a> Output<'a> {
    /// An output into the folder `into`.
    pub fn new(into: &'a Path, caps: &'a Caps, place: &'a dyn Fn(&str) -> Option<String>) -> Output<'a> {
        let (listed, written) = (Names::default(), Names::default());
        Output { into, caps, place, listed, written, buffer: vec![0; CHUNK], entries: Vec::new() }
    }

    /// Makes a folder.
    pub fn folder(&mut self, path: &str) -> Result<(), Why> {
        self.placed(path, true).map(|_| ())
    }

    /// Writes a file; `progress` hears how much of it was read.
    pub fn file(&mut self, contents: Contents, progress: &mut dyn FnMut(u64)) -> Result<(), Why> {
        let Contents { path, size, executable, bytes } = contents;
        let executable = executable && self.caps.executables;
        let place = self.placed(path, false)?;
        let written = |error: io::Error| Why::Write(error.to_string());
        let mut file: Option<File> = match &place {
            Some(place) => Some(sys::create_file(&self.into.join(place), executable).map_err(written)?),
            None => None,
        };
        let (mut hash, mut length) = (Sha256::new(), 0);
        loop {
            let count = match bytes.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Why::reading(&error)),
            };
            length += count as u64;
            if length > size {
                return Err(Why::Long);
            }
            let chunk = self.buffer.get(..count).unwrap_or_default();
            hash.update(chunk);
            file.as_mut().map_or(Ok(()), |file| file.write_all(chunk)).map_err(written)?;
            progress(length);
        }
        if length < size {
            return Err(Why::Short);
        }
        if let Some(path) = place {
            let sha256 = hex(hash);
            self.entries.push(Entry { path, size, sha256, executable });
        }
        Ok(())
    }

    /// Judges a path, makes the folders that it needs, and says where it goes.
    fn placed(&mut self, path: &str, is_folder: bool) -> Result<Option<String>, Why> {
        path::judge(path)?;
        self.listed.add(path, is_folder)?;
        if self.listed.len() as u64 > self.caps.entries {
            return Err(Why::Entries(self.caps.entries));
        }
        let Some(place) = (self.place)(path) else { return Ok(None) };
        path::judge(&place)?;
        for folder in self.written.add(&place, is_folder)? {
            let made = sys::create_dir(&self.into.join(folder));
            made.map_err(|error| Why::Write(error.to_string()))?;
        }
        Ok(Some(place))
    }
}
