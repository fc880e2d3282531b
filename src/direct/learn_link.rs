//! Learning from zig how it links: one more call of `zig cc`, for an example that is never linked, after a link of its shape.
//!
//! `ZIG_VERBOSE_LINK=1` makes zig print the words for its linker. The files that zig has built for the target, which they
//! name, are copied to the target's runtime folder: what is learned holds without zig's own cache. Its words and files are
//! kept beside that cache and go with it. What is not kept whole, or is another zig's, is learned again.

use super::learn::{self, libraries, library};
use super::learned::{self, Filling, Learned, hole};
use super::link::Shape;
use super::record::Record;
use super::runtime;
use crate::archive::magic::Magic;
use crate::argv::{InputKind, bytes, input_kind};
use crate::lld;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::sys;
use crate::zig::find::Zig;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::Path;

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
    whole: Kept,
    /// Without the libraries that zig may link anyway.
    shorter: Option<Kept>,
}

/// A shape and what is kept of it.
#[derive(Debug)]
struct Kept {
    shape: Shape,
    record: Record,
}

impl Link {
    /// Of the words for `zig cc`, where they have a shape.
    pub fn of(words: &[OsString], zig: &Zig, cache: &TargetCache) -> Option<Link> {
        let folders = Folders::default();
        let whole = Kept::of(Shape::of(words, &|folder, name| folders.look(folder, name))?, zig, cache);
        let shorter = whole.shape.shorter().map(|shape| Kept::of(shape, zig, cache));
        Some(Link { whole, shorter })
    }

    /// What was learned of it. Where a file has gone, or is not what it was, it is learned again.
    pub fn known(&self, zig: &Zig, cache: &TargetCache, store: &Store) -> Known {
        let serves = |learned: &Learned| {
            self.whole.shape.libraries().all(|name| learned.libraries.iter().any(|known| known == name))
        };
        let shorter = self.shorter.as_ref().and_then(|kept| Some((kept, kept.record.read()?)));
        if let Some((kept, learned)) = shorter.filter(|(_, learned)| learned.is_some() && serves(learned))
            && let Known::Words(words) = kept.fill(&learned, zig, cache, store)
        {
            return Known::Words(words);
        }
        match self.whole.record.read() {
            None => Known::New,
            Some(learned) if !learned.is_some() => Known::Never,
            Some(learned) => self.whole.fill(&learned, zig, cache, store),
        }
    }

    /// Learns it of zig, and keeps it; that it cannot be learned as well.
    pub fn learn(&self, zig: &Zig, cache: &TargetCache, store: &Store) {
        let Ok(words) = self.whole.ask(zig, cache) else { return };
        let shorter = self
            .shorter
            .as_ref()
            .filter(|kept| words.is_some() && kept.ask(zig, cache).is_ok_and(|without| without == words));
        let learned = match words {
            Some(words) => with_files(words, zig, cache, store),
            None => Some(Learned::default()),
        };
        let Some(mut learned) = learned else { return };
        let kept = shorter.unwrap_or(&self.whole);
        if shorter.is_some() {
            learned.libraries = kept.record.read().map(|before| before.libraries).unwrap_or_default();
            learned.libraries.extend(self.whole.shape.libraries().map(<[u8]>::to_vec));
            learned.libraries.sort_unstable();
            learned.libraries.dedup();
        }
        kept.record.write(&learned, store);
    }

    /// Forgets what was learned: it did not serve.
    pub fn forget(&self) {
        for kept in self.shorter.iter().chain([&self.whole]) {
            kept.record.forget();
        }
    }
}

impl Kept {
    fn of(shape: Shape, zig: &Zig, cache: &TargetCache) -> Kept {
        let record = Record::of(&shape.words, zig, cache);
        Kept { shape, record }
    }

    /// The words of this call, where all files that they name are there.
    fn fill(&self, learned: &Learned, zig: &Zig, cache: &TargetCache, store: &Store) -> Known {
        let Filling { mut parts, runs } = self.shape.filling();
        parts.push(("lib", library(zig, cache)));
        parts.push(("rt", cache.runtime().into_os_string()));
        let words = learned.fill(&Filling { parts, runs });
        words.filter(|_| runtime::is_whole(&learned.files, cache, store)).map_or(Known::New, Known::Words)
    }

    /// The linker's words with the paths of zig's own files; none where they are not understood.
    fn ask(&self, zig: &Zig, cache: &TargetCache) -> io::Result<Option<Vec<Vec<u8>>>> {
        let folder = tempfile::Builder::new().prefix("learn-").tempdir_in(cache.local())?;
        let Some(example) = self.shape.example(folder.path()) else { return Ok(None) };
        for (name, contents) in &example.files {
            fs::write(folder.path().join(name), contents)?;
        }
        let place = folder.path().join(&example.output);
        fs::create_dir_all(place.parent().unwrap_or(folder.path()))?;
        let inside = Some(folder.path()).filter(|_| example.is_inside);
        let printed = learn::example((zig, cache), inside, &example.words, lld::PRINTS).output()?.stderr;
        let mut given = example.words;
        given.extend([cache.global().into(), cache.local().into(), zig.library.clone().into()]);
        // Without a call of the linker nothing is known: something else was wrong.
        let call = lld::read(&printed, &given).0.ok_or(io::ErrorKind::Other)?;
        let folders: Vec<OsString> = built(cache).into_iter().chain(libraries(zig)).collect();
        let folders: Vec<&OsStr> = folders.iter().map(OsString::as_os_str).collect();
        if lld::output(&call) != Some(&example.output) {
            // Where the last call was of a part of libc, zig failed at that, which it may not do again.
            let made = lld::output(&call).map(|file| absolute(file.into(), cache));
            let is_part = made
                .is_some_and(|file| built(cache).iter().any(|folder| Path::new(&file).starts_with(folder)));
            return if is_part { Err(io::ErrorKind::Other.into()) } else { Ok(None) };
        }
        let words: Vec<OsString> = call.words.into_iter().map(|word| absolute(word, cache)).collect();
        let words = self.shape.read(&words, folder.path(), &folders);
        Ok(words.map(|words| [vec![call.linker.into()], words].concat()))
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

/// With holes for the folders of zig's own files; those that it built are kept.
fn with_files(words: Vec<Vec<u8>>, zig: &Zig, cache: &TargetCache, store: &Store) -> Option<Learned> {
    let (built, libraries) = (built(cache), libraries(zig));
    let mut learned = Learned::default();
    for mut word in words {
        if built.iter().any(|folder| word.starts_with(folder.as_encoded_bytes())) {
            let file = runtime::keep(Path::new(&sys::os_string(word)?), cache, store)?;
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

/// The folders of `-L`, each read once.
#[derive(Default)]
struct Folders(RefCell<HashMap<OsString, Vec<OsString>>>);

impl Folders {
    /// The files of a folder that a `-l` of that name may mean, whichever of them zig would take; none where one of them is
    /// text: zig reads a linker script itself, and gives its linker what it says.
    fn look(&self, folder: &OsStr, name: &OsStr) -> Option<Vec<OsString>> {
        let file = bytes::strip_prefix(name, ":").unwrap_or(name);
        let library = bytes::join("lib", file);
        let is_one = |entry: &OsStr| {
            [file, &library].iter().any(|start| {
                let rest = entry.as_encoded_bytes().strip_prefix(start.as_encoded_bytes());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
            })
        };
        let mut folders = self.0.borrow_mut();
        let entries = folders.entry(folder.to_os_string()).or_insert_with(|| names_in(folder));
        let path = |entry: &OsString| Path::new(folder).join(entry);
        let found = entries.iter().filter(|entry| is_one(entry) && path(entry).is_file());
        let found: Vec<OsString> = found.cloned().collect();
        let may_be_script =
            |entry: &&OsString| matches!(input_kind(entry), InputKind::Archive | InputKind::Shared);
        found.iter().filter(may_be_script).all(|entry| is_binary(&path(entry))).then_some(found)
    }
}

/// The names in a folder, in a fixed order.
fn names_in(folder: &OsStr) -> Vec<OsString> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
    names.sort_unstable();
    names
}

/// Whether a library is one, and no text that names others.
fn is_binary(path: &Path) -> bool {
    let mut start = [0; 8];
    let read = fs::File::open(path).and_then(|mut file| file.read(&mut start));
    let magic = Magic::of(&start[..read.unwrap_or(0)]);
    matches!(magic, Magic::Archive | Magic::Thin | Magic::Elf | Magic::Pe)
}
