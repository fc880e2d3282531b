//! What was learned of zig: the words for its clang or linker, with holes where calls differ.
//!
//! ```text
//!  cgozig-learned 1 SHA256          of everything after this line
//!  zig 0.15.2                       as that zig says it
//!  key 3                            so many lines: what the words hold for
//!  …
//!  libraries 2                      so many names that a `-l` may add without a change of the words
//!  …
//!  files 1                          so many files of the target's runtime folder, which the words name
//!  SIZE SHA256 FOLDER/NAME
//!  words 2                          none: it was tried, and cannot be learned
//!  …
//! ```
//!
//! A hole is a name between two bytes 1. No line holds a line feed.

use crate::digest::{hex_digest, sha256_of};
use memchr::memmem;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What a file of learned words begins with.
const MAGIC: &str = "cgozig-learned 1 ";

/// The byte on both sides of a hole's name.
const HOLE: u8 = 1;

/// What learned words hold for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The version of zig, as it says it.
    pub zig: String,
    /// The words for `zig cc`, with holes.
    pub words: Vec<Vec<u8>>,
}

impl Key {
    /// The name of the file.
    pub fn file_name(&self) -> String {
        let words = self.words.iter().map(Vec::as_slice);
        hex_digest([self.zig.as_bytes()].into_iter().chain(words))[..24].to_string()
    }
}

/// A file of the target's runtime: what zig builds for it once, and links name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFile {
    /// Its name in the runtime folder: a part of its digest, and its own, by which linkers know libraries.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Its sha256, in hexadecimal.
    pub sha256: String,
}

impl RuntimeFile {
    /// One with these contents, and its own name.
    pub fn of(own_name: &str, contents: &[u8]) -> RuntimeFile {
        let sha256 = sha256_of(contents);
        let name = format!("{}/{own_name}", &sha256[..16]);
        RuntimeFile { name, size: contents.len() as u64, sha256 }
    }

    /// Its own name.
    pub fn own_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// Learned words. Without any it is known that they cannot be learned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Names behind `-l` that change nothing: zig links these libraries anyway.
    pub libraries: Vec<Vec<u8>>,
    /// What the words name of the runtime folder.
    pub files: Vec<RuntimeFile>,
    /// The words, with holes.
    pub words: Vec<Vec<u8>>,
}

/// What is in the holes of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// By the hole's name: a part of a word.
    pub parts: Vec<(&'static str, OsString)>,
    /// By number: words in the place of one.
    pub runs: Vec<Vec<OsString>>,
}

/// A hole of that name.
pub fn hole(name: &str) -> Vec<u8> {
    [&[HOLE], name.as_bytes(), &[HOLE]].concat()
}

/// Whether a word is one line of a file.
pub fn is_line(word: &[u8]) -> bool {
    !word.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0))
}

/// Whether a word can be told from others in what zig prints, and from holes.
pub fn is_plain(word: &[u8]) -> bool {
    is_line(word) && !word.is_empty() && !word.iter().any(|byte| matches!(byte, b' ' | &HOLE))
}

impl Learned {
    /// Whether there are words at all.
    pub fn is_some(&self) -> bool {
        !self.words.is_empty()
    }

    /// As a file.
    pub fn to_bytes(&self, key: &Key) -> Vec<u8> {
        let mut text = format!("zig {}\n", key.zig).into_bytes();
        let mut list = |name: &str, lines: &[Vec<u8>]| {
            text.extend_from_slice(format!("{name} {}\n", lines.len()).as_bytes());
            lines.iter().for_each(|line| text.extend([line.as_slice(), b"\n"].concat()));
        };
        list("key", &key.words);
        list("libraries", &self.libraries);
        let line = |file: &RuntimeFile| format!("{} {} {}", file.size, file.sha256, file.name).into_bytes();
        list("files", &self.files.iter().map(line).collect::<Vec<_>>());
        list("words", &self.words);
        [format!("{MAGIC}{}\n", sha256_of(&text)).as_bytes(), &text].concat()
    }

    /// From a file, when it is whole and holds for `key`.
    pub fn from_bytes(contents: &[u8], key: &Key) -> Option<Learned> {
        let (own, learned) = Self::read(contents)?;
        (own == *key).then_some(learned)
    }

    /// From a file, with what it holds for, when it is whole.
    pub fn read(contents: &[u8]) -> Option<(Key, Learned)> {
        let rest = contents.strip_prefix(MAGIC.as_bytes())?;
        let (sum, rest) = rest.split_at_checked(64)?;
        let text = rest.strip_prefix(b"\n")?;
        if sha256_of(text).as_bytes() != sum {
            return None;
        }
        let mut lines = text.split(|byte| *byte == b'\n');
        let zig = text_after(lines.next()?, "zig ")?.to_string();
        let key = Key { zig, words: list(&mut lines, "key ")? };
        let libraries = list(&mut lines, "libraries ")?;
        let files =
            list(&mut lines, "files ")?.iter().map(|line| runtime_file(line)).collect::<Option<_>>()?;
        Some((key, Learned { libraries, files, words: list(&mut lines, "words ")? }))
    }

    /// The same with other files in the place of these, one for each.
    pub fn with_files(&self, files: Vec<RuntimeFile>) -> Learned {
        let mut words = self.words.clone();
        for (from, to) in self.files.iter().zip(&files) {
            let (from, to) = (from.name.as_bytes(), to.name.as_bytes());
            for word in &mut words {
                if let Some(at) = memmem::find(word, from) {
                    word.splice(at..at + from.len(), to.iter().copied());
                }
            }
        }
        Learned { libraries: self.libraries.clone(), files, words }
    }

    /// The words of one call; none where a hole has nothing to fill it.
    pub fn fill(&self, filling: &Filling) -> Option<Vec<OsString>> {
        let mut words = Vec::with_capacity(self.words.len() + 16);
        for word in &self.words {
            match whole_hole(word).and_then(|name| name.parse::<usize>().ok()) {
                Some(run) => words.extend(filling.runs.get(run)?.iter().cloned()),
                None => words.push(fill_word(word, filling)?),
            }
        }
        Some(words)
    }
}

fn text_after<'a>(line: &'a [u8], name: &str) -> Option<&'a str> {
    std::str::from_utf8(line.strip_prefix(name.as_bytes())?).ok()
}

/// The lines of a list that begins with its name and length.
fn list<'a>(lines: &mut impl Iterator<Item = &'a [u8]>, name: &str) -> Option<Vec<Vec<u8>>> {
    let count: usize = text_after(lines.next()?, name)?.parse().ok()?;
    let list: Vec<Vec<u8>> = lines.take(count).map(<[u8]>::to_vec).collect();
    (list.len() == count).then_some(list)
}

fn runtime_file(line: &[u8]) -> Option<RuntimeFile> {
    let mut fields = std::str::from_utf8(line).ok()?.splitn(3, ' ');
    let (size, sha256, name) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?);
    // It is joined to a folder.
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\\');
    let is_name = name.split('/').count() <= 2 && name.split('/').all(is_part);
    is_name.then(|| RuntimeFile { name: name.into(), size, sha256: sha256.into() })
}

/// The name of the hole that is all of a word.
fn whole_hole(word: &[u8]) -> Option<&str> {
    let name = word.strip_prefix(&[HOLE])?.strip_suffix(&[HOLE])?;
    std::str::from_utf8(name).ok()
}

fn fill_word(word: &[u8], filling: &Filling) -> Option<OsString> {
    let mut filled = OsString::new();
    for (at, part) in word.split(|byte| *byte == HOLE).enumerate() {
        if at % 2 == 0 {
            filled.push(crate::sys::os_string(part.to_vec())?);
        } else {
            filled.push(&filling.parts.iter().find(|(name, _)| name.as_bytes() == part)?.1);
        }
    }
    Some(filled)
}

/// What the names of an example's files begin with.
pub const OWN: &str = "cgozig-example-";

/// Whether a word still names something of the example, whose files are in `folder`, or cannot be kept.
pub fn is_left(word: &[u8], folder: &Path) -> bool {
    let has = |part: &[u8]| word.windows(part.len()).any(|bytes| bytes == part);
    !is_line(word) || has(OWN.as_bytes()) || has(folder.as_os_str().as_encoded_bytes())
}

/// `word` with the hole `name` in the place of `part`, where it names that or something in it.
pub fn with_hole(word: &[u8], part: &OsStr, name: &str) -> Vec<u8> {
    let part = part.as_encoded_bytes();
    let ends = |at: usize| matches!(word.get(at + part.len()), None | Some(b'/' | b'\\'));
    let found = (0..word.len()).find(|at| word[*at..].starts_with(part) && ends(*at));
    match found.filter(|_| !part.is_empty()) {
        Some(at) => [&word[..at], &hole(name), &word[at + part.len()..]].concat(),
        None => word.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key { zig: "0.15.2".into(), words: vec![b"cc".to_vec(), hole("in")] }
    }

    fn learned() -> Learned {
        let file = RuntimeFile { name: "libc.a".into(), size: 7, sha256: "00".repeat(32) };
        let lib = [b"-I".as_slice(), &hole("lib"), b"/include"].concat();
        Learned {
            libraries: vec![b"m".to_vec()],
            files: vec![file],
            words: vec![lib, hole("1"), hole("0"), b"-o".to_vec(), hole("out")],
        }
    }

    #[test]
    fn words_are_filled() {
        let filling = Filling {
            parts: vec![("lib", "/z/lib".into()), ("out", "x.o".into())],
            runs: vec![vec![], vec!["-DA".into(), "-DB=1 2".into()]],
        };
        let filled = learned().fill(&filling).unwrap();
        assert_eq!(filled, ["-I/z/lib/include", "-DA", "-DB=1 2", "-o", "x.o"].map(OsString::from));
        assert_eq!(learned().fill(&Filling { runs: Vec::new(), ..filling.clone() }), None);
        assert_eq!(learned().fill(&Filling { parts: Vec::new(), ..filling }), None);
    }

    #[test]
    fn a_file_is_read_back_and_every_fault_in_it_is_noticed() {
        let file = learned().to_bytes(&key());
        assert_eq!(Learned::from_bytes(&file, &key()), Some(learned()));
        let nothing = Learned::default().to_bytes(&key());
        assert_eq!(Learned::from_bytes(&nothing, &key()), Some(Learned::default()));
        for end in 0..file.len() {
            assert_eq!(Learned::from_bytes(&file[..end], &key()), None, "cut at {end}");
            let mut flipped = file.clone();
            flipped[end] ^= 1;
            assert_eq!(Learned::from_bytes(&flipped, &key()), None, "byte {end}");
        }
        let other = Key { zig: "0.15.1".into(), ..key() };
        assert_eq!(Learned::from_bytes(&file, &other), None);
        assert_ne!(key().file_name(), other.file_name());
    }

    #[test]
    fn a_runtime_file_is_in_its_folder() {
        for name in ["../x", "a/..", "a/b/c", "/b", "a/", "..", ".", "", "a\\b"] {
            assert_eq!(runtime_file(format!("7 00 {name}").as_bytes()), None, "{name}");
        }
        assert!(
            ["libc.a", "3ec3ffba5fd7b5f7/libc.a"]
                .iter()
                .all(|name| runtime_file(format!("7 00 {name}").as_bytes()).is_some())
        );
    }
}
