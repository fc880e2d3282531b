//! Taking a pack: judged as a whole, then each file placed by one rename, those that are named before those that name them.

use super::content;
use super::head::{self, Head};
use super::{CAPS, LARGEST, LEARNED, RUNTIME, START};
use crate::direct::learned::{Learned, RuntimeFile};
use crate::failure::Failure;
use crate::store::Store;
use crate::store::manifest;
use crate::store::target::TargetCache;
use crate::sys;
use crate::unpack::{self, Kind};
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;
use tempfile::TempDir;

/// A pack that was judged: nothing of it is in use yet.
#[derive(Debug)]
pub struct Pack {
    /// For whom it is.
    pub head: Head,
    work: TempDir,
}

/// Why a pack was not opened.
#[derive(Debug)]
pub enum Refused {
    /// It is no good pack, as a clause.
    Pack(String),
    /// The store could not be written.
    Store(Failure),
}

impl From<String> for Refused {
    fn from(why: String) -> Refused {
        Refused::Pack(why)
    }
}

/// What every file of zstd begins with.
const MAGIC: &[u8; 4] = b"\x28\xb5\x2f\xfd";

/// The folder below the workplace that a pack is unpacked into.
const UNPACKED: &str = "unpacked";

/// Unpacks a pack beside the store's caches, and judges everything in it.
pub fn open(store: &Store, file: &File) -> Result<Pack, Refused> {
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".to_string().into());
    }
    if metadata.len() > LARGEST {
        return Err(format!("it has {} bytes, and no pack has more than {LARGEST}", metadata.len()).into());
    }
    let (mut start, mut reader) = ([0; MAGIC.len()], file);
    // What has just come from the network stands at its end.
    let is_read = reader.rewind().and_then(|()| reader.read_exact(&mut start)).and_then(|()| reader.rewind());
    if is_read.is_err() || start != *MAGIC {
        return Err("it does not begin as a `.tar.zst` does".to_string().into());
    }
    let work = store.workplace("pack").map_err(Refused::Store)?;
    let folder = work.path().join(UNPACKED);
    sys::create_dir(&folder).map_err(|error| Refused::Store(Failure::store("write", &folder, &error)))?;
    let everything = |path: &str| Some(path.to_string());
    let entries = unpack::unpack(Kind::TarZst, file, &folder, &CAPS, &everything, &mut |_| {});
    let entries = entries.map_err(|error| error.to_string())?;
    let head = fs::read(folder.join(head::NAME)).map_err(|_| format!("there is no {} in it", head::NAME))?;
    let head = Head::parse(&head)?;
    head.holds(&entries)?;
    judge(&head, &folder)?;
    Ok(Pack { head, work })
}

/// Every record is whole, of the pack's zig, under its own name, and names what is in the pack; nothing else is in it.
fn judge(head: &Head, folder: &Path) -> Result<(), String> {
    let mut named = Vec::new();
    for (path, name) in below(head, LEARNED) {
        let contents = fs::read(folder.join(path)).map_err(|error| error.to_string())?;
        let (key, learned) = Learned::read(&contents).ok_or_else(|| format!("`{path}` is damaged"))?;
        if key.zig != head.zig || key.file_name() != name {
            return Err(format!("`{path}` is for zig {} and another call", key.zig));
        }
        content::judge(&key, &learned).map_err(|why| format!("`{path}`: {why}"))?;
        for file in learned.files {
            let own = head.runtime(&file.name);
            if !own.is_some_and(|own| own.size == file.size && own.sha256 == file.sha256) {
                return Err(format!("`{path}` names `{}`, which is not in it", file.name));
            }
            named.push(file.name);
        }
    }
    if named.is_empty() {
        return Err("it holds nothing that a link needs".into());
    }
    for (path, name) in below(head, RUNTIME) {
        if !named.iter().any(|named| named == name) {
            return Err(format!("nothing in it names `{path}`"));
        }
        let mut start = Vec::new();
        let file = File::open(folder.join(path)).map(|file| file.take(START as u64));
        file.and_then(|mut file| file.read_to_end(&mut start)).map_err(|error| error.to_string())?;
        content::judge_file(&start).map_err(|why| format!("`{path}` {why}"))?;
    }
    Ok(())
}

/// The files in a folder of a pack: paths and names.
fn below<'a>(head: &'a Head, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    head.files.iter().filter_map(move |line| Some((line.path.as_str(), line.path.strip_prefix(folder)?)))
}

impl Pack {
    /// Places its files in the cache of its target. What is there and whole stays; a running link sees the old file, or the
    /// new one.
    pub fn place(self, store: &Store, cache: &TargetCache) -> Result<(), Failure> {
        let from = self.work.path().join(UNPACKED);
        let failed = |error: io::Error| Failure::store("write", cache.folder(), &error);
        sys::sync_tree(&from).map_err(failed)?;
        for (folder, above) in [(RUNTIME, cache.runtime()), (LEARNED, cache.learned())] {
            for (path, name) in below(&self.head, folder) {
                let place = above.join(name);
                let parent = place.parent().unwrap_or(&above);
                store.make_dir(parent)?;
                if !is_there(&place, cache, &self.head, path) {
                    fs::rename(from.join(path), &place).map_err(failed)?;
                    sys::sync_folder(parent).map_err(failed)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a file need not be placed: the same is there, or a record for the same call with all that it names.
fn is_there(place: &Path, cache: &TargetCache, head: &Head, path: &str) -> bool {
    let is_same = |line: &manifest::Line| {
        line.path == path && manifest::hash(place).is_ok_and(|seen| seen == line.sha256)
    };
    if head.files.iter().any(is_same) {
        return true;
    }
    let Ok(contents) = fs::read(place) else { return false };
    let known = path.strip_prefix(LEARNED).and_then(|_| Learned::read(&contents));
    known.is_some_and(|(key, learned)| {
        let is_whole = |file: &RuntimeFile| {
            manifest::hash(&cache.runtime().join(&file.name)).is_ok_and(|seen| seen == file.sha256)
        };
        key.zig == head.zig && learned.is_some() && learned.files.iter().all(is_whole)
    })
}
