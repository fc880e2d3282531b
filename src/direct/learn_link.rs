//! Learning from zig how it links: one more call of `zig cc`, for an example that is never linked, after a link of its shape.
//!
//! `ZIG_VERBOSE_LINK=1` makes zig print the words for its linker. The files that zig has built for the target, which they
//! name, are copied to the target's runtime folder: what is learned holds without zig's own cache. Its words and files are
//! kept beside that cache and go with it. What is not kept whole, or is another zig's, is learned again.

use super::learn::library;
use super::learned::{self, Filling, Key, Learned, RuntimeFile, hole};
use super::link::Shape;
use crate::argv::bytes;
use crate::digest::sha256_of;
use crate::lld;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::sys;
use crate::zig::find::Zig;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// How a link is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// By zig's linker, with these words.
    Words(Vec<OsString>),
    /// By `zig cc`; how it can be done directly is still to be learned.
    New,
    /// By `zig cc`: it was tried, and cannot be learned.
    Never,
}

/// A link that may be learned.
#[derive(Debug)]
pub struct Link {
    shape: Shape,
    key: Key,
    place: PathBuf,
}

impl Link {
    /// Of the words for `zig cc`, where they have a shape.
    pub fn of(words: &[OsString], zig: &Zig, cache: &TargetCache) -> Option<Link> {
        let shape = Shape::of(words, &look)?;
        let key = Key { zig: zig.said.clone(), words: shape.words.clone() };
        let place = cache.learned().join(key.file_name());
        Some(Link { shape, key, place })
    }

    /// What was learned of it. Where a file has gone, or is not as long as it was, it is learned again.
    pub fn known(&self, zig: &Zig, cache: &TargetCache) -> Known {
        let kept = fs::read(&self.place).ok();
        let Some(learned) = kept.and_then(|contents| Learned::from_bytes(&contents, &self.key)) else {
            return Known::New;
        };
        if !learned.is_some() {
            return Known::Never;
        }
        let is_there = |file: &RuntimeFile| {
            let size = fs::metadata(cache.runtime().join(&file.name)).map(|metadata| metadata.len());
            size.is_ok_and(|size| size == file.size)
        };
        let Filling { mut parts, runs } = self.shape.filling();
        parts.push(("lib", library(zig).into_os_string()));
        parts.push(("rt", cache.runtime().into_os_string()));
        let words = learned.fill(&Filling { parts, runs });
        words.filter(|_| learned.files.iter().all(is_there)).map_or(Known::New, Known::Words)
    }

    /// Learns it of zig, and keeps it; that it cannot be learned as well.
    pub fn learn(&self, zig: &Zig, cache: &TargetCache, store: &Store) {
        let learned = self.ask(zig, cache).map(|words| match words {
            Some(words) => with_files(words, zig, cache, store),
            None => Some(Learned::default()),
        });
        // Where it cannot be kept, it is learned again.
        if let Ok(Some(learned)) = learned {
            let _ = store.write(&self.place, &learned.to_bytes(&self.key));
        }
    }

    /// Forgets what was learned: it did not serve.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.place);
    }

    /// The linker's words with the paths of zig's own files; none where they are not understood.
    fn ask(&self, zig: &Zig, cache: &TargetCache) -> io::Result<Option<Vec<Vec<u8>>>> {
        let folder = tempfile::Builder::new().prefix("learn-").tempdir_in(cache.local())?;
        let Some(example) = self.shape.example(folder.path()) else { return Ok(None) };
        for (name, contents) in &example.files {
            fs::write(folder.path().join(name), contents)?;
        }
        let mut command = zig.command(cache);
        command.args(&example.words).env(lld::PRINTS, "1").stdin(Stdio::null());
        if example.is_inside {
            command.current_dir(folder.path()).env_remove("PWD");
        } else if let Some(place) = Path::new(&example.output).parent() {
            fs::create_dir_all(place)?;
        }
        sys::end_with_us(&mut command);
        let printed = command.output()?.stderr;
        let mut given = example.words;
        given.extend([cache.global().into(), cache.local().into(), library(zig).into()]);
        let call = lld::read(&printed, &given).0.filter(|call| lld::output(call) == Some(&example.output));
        let folders: Vec<OsString> = built(cache).into_iter().chain(libraries(zig)).collect();
        let folders: Vec<&OsStr> = folders.iter().map(OsString::as_os_str).collect();
        Ok(call.and_then(|call| {
            let words: Vec<OsString> = call.words.into_iter().map(|word| absolute(word, cache)).collect();
            let words = self.shape.read(&words, folder.path(), &folders)?;
            Some([vec![call.linker.into()], words].concat())
        }))
    }
}

/// zig names its cache by a relative path where that is below the current folder.
fn absolute(word: OsString, cache: &TargetCache) -> OsString {
    let path = std::env::current_dir().map(|current| current.join(&word)).unwrap_or_default();
    let is_built = built(cache).iter().any(|folder| path.starts_with(folder));
    if is_built { path.into_os_string() } else { word }
}

/// The folders of what zig builds.
fn built(cache: &TargetCache) -> [OsString; 2] {
    [cache.global().into(), cache.local().into()]
}

/// The paths under which zig may name its own library.
fn libraries(zig: &Zig) -> [OsString; 3] {
    let library = library(zig);
    let real = fs::canonicalize(&library).unwrap_or_else(|_| library.clone());
    [library.into(), real.into(), sys::LENT_LIBRARY.path.into()]
}

/// With holes for the folders of zig's own files; those that it built are kept.
fn with_files(words: Vec<Vec<u8>>, zig: &Zig, cache: &TargetCache, store: &Store) -> Option<Learned> {
    let (built, libraries) = (built(cache), libraries(zig));
    let mut learned = Learned::default();
    for mut word in words {
        if built.iter().any(|folder| word.starts_with(folder.as_encoded_bytes())) {
            let file = keep(Path::new(&sys::os_string(word)?), cache, store)?;
            word = [&hole("rt"), b"/".as_slice(), file.name.as_bytes()].concat();
            learned.files.push(file);
        }
        for library in &libraries {
            word = learned::with_hole(&word, library, "lib");
        }
        learned.words.push(word);
    }
    Some(learned)
}

/// Copies a file that zig has built to the runtime folder, under its own name: lld exports nothing of libmingw32, and
/// `--exclude-libs` goes by names.
fn keep(path: &Path, cache: &TargetCache, store: &Store) -> Option<RuntimeFile> {
    let contents = fs::read(path).ok()?;
    let sha256 = sha256_of(&contents);
    let name = format!("{}/{}", &sha256[..16], path.file_name()?.to_str()?);
    let place = cache.runtime().join(&name);
    let is_there = fs::read(&place).is_ok_and(|kept| kept == contents);
    if !is_there {
        store.write(&place, &contents).ok()?;
    }
    Some(RuntimeFile { name, size: contents.len().try_into().ok()?, sha256 })
}

/// The files of a folder that a `-l` of that name may mean, whichever of them zig would take.
fn look(folder: &OsStr, name: &OsStr) -> Vec<OsString> {
    let file = bytes::strip_prefix(name, ":").unwrap_or(name);
    let is_one = |entry: &OsStr| {
        let starts = |start: &OsStr| {
            let rest = entry.as_encoded_bytes().strip_prefix(start.as_encoded_bytes());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
        };
        starts(file) || starts(&bytes::join("lib", file))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<OsString> = entries
        .filter(|entry| is_one(&entry.file_name()) && entry.path().is_file())
        .map(|entry| entry.file_name())
        .collect();
    found.sort_unstable();
    found
}
