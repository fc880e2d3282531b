//! The linker itself: a second link, with zig's own words for it and what zig's front end refuses.
//!
//! ```text
//!  zig cc … -o app            links without the words that zig refuses, and prints how it calls the linker
//!  zig ld.lld WORDS OURS      links again with them
//! ```
//!
//! `ZIG_VERBOSE_LINK=1` makes zig print the linker's words (zig 0.14.1 to 0.17.0: `ld.lld …`, `lld-link …`, without quotes).
//! Where the words only let a link go through that would fail, there is no second one as long as the first succeeds.
//! Mach-O programs are linked inside of zig, by a linker of its own: nothing can be told to it.

use crate::argv::bytes;
use std::ffi::{OsStr, OsString};

/// What makes zig print how it calls the linker.
pub const PRINTS: &str = "ZIG_VERBOSE_LINK";

/// What the linker is told by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Words for lld.
    pub words: Vec<OsString>,
    /// Whether the program differs with them; else they only permit what would be an error.
    pub always: bool,
}

/// Words without which a program does the same, and is larger.
const STRIPS: &[&str] = &["--strip-all", "--strip-debug", "-DEBUG:NONE"];

impl Told {
    /// Whether a program without them serves, where a zig does not say how it calls its linker.
    pub fn only_strips(&self) -> bool {
        self.words.iter().all(|word| STRIPS.iter().any(|strips| word == strips))
    }

    /// Whether there is anything to tell.
    pub fn is_some(&self) -> bool {
        !self.words.is_empty()
    }
}

/// The linkers' names, as `zig NAME` calls them and as zig prints them.
const LINKERS: &[&str] = &["ld.lld", "lld-link"];

/// Which of zig's linkers made what it printed, with which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `ld.lld` or `lld-link`.
    pub linker: &'static str,
    /// Its words.
    pub words: Vec<OsString>,
}

/// What zig printed: its last call of a linker, which is that of the program, and everything that is not such a call.
/// `given` are zig's own words and folders: those with a space in them show where the linker's words end.
pub fn read(printed: &[u8], given: &[OsString]) -> (Option<Call>, Vec<u8>) {
    let (mut call, mut rest) = (None, Vec::new());
    for line in printed.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        match LINKERS.iter().find(|name| starts(text, name)) {
            Some(linker) => call = Some((*linker, text)),
            None if starts(text, "ar") => {}
            None => rest.extend_from_slice(line),
        }
    }
    let call = call.and_then(|(linker, text)| {
        Some(Call { linker, words: words(&text[linker.len() + 1..], &spaced(given))? })
    });
    (call, rest)
}

/// What was printed without the linker's own messages, which its second call says again.
pub fn without_linker(printed: &[u8]) -> Vec<u8> {
    let is_linkers = |line: &&[u8]| {
        let of = |name: &str| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":"));
        LINKERS.iter().any(|name| of(name)) || line.starts_with(b">>>")
    };
    printed
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !is_linkers(line))
        .flatten()
        .copied()
        .collect()
}

fn starts(line: &[u8], name: &str) -> bool {
    // A message of the linker begins with its name as well, and a colon.
    line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b" "))
}

/// How words begin that name no file of a link.
const NOT_PATHS: &[&[u8]] = &[b"-D", b"-U", b"-I", b"-i", b"-f", b"-g"];

/// The parts of words that have spaces: each word from every place on where a path may begin in it.
pub(crate) fn spaced(given: &[OsString]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    // The linker gets nothing of the preprocessor's words.
    let is_path =
        |word: &&[u8]| word.contains(&b' ') && !NOT_PATHS.iter().any(|start| word.starts_with(start));
    for word in given.iter().map(|word| word.as_encoded_bytes()).filter(is_path) {
        parts.push(word.to_vec());
        // What zig names after a file: `-PDB:/my out/app.pdb` for `/my out/app.exe`.
        if let Some(slash) = word.iter().rposition(|byte| matches!(byte, b'/' | b'\\')) {
            parts.push(word[..=slash].to_vec());
        }
        if let Some(dot) = word.iter().rposition(|byte| *byte == b'.') {
            let file =
                word[..dot].iter().rposition(|byte| matches!(byte, b'/' | b'\\')).map_or(0, |at| at + 1);
            parts.extend([word[..dot].to_vec(), word[file..dot].to_vec()]);
        }
        let splits = word.iter().enumerate().filter(|(_, byte)| matches!(byte, b',' | b'='));
        parts.extend(splits.map(|(at, _)| word[at + 1..].to_vec()));
        parts.extend(word.get(2..).map(<[u8]>::to_vec));
    }
    parts.retain(|part| part.contains(&b' '));
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// Words between spaces, where the spaces of `spaced` do not count.
pub(crate) fn words(text: &[u8], spaced: &[Vec<u8>]) -> Option<Vec<OsString>> {
    let mut words = vec![Vec::new()];
    let mut at = 0;
    while at < text.len() {
        if let Some(part) = spaced.iter().find(|part| text[at..].starts_with(part)) {
            words.last_mut()?.extend_from_slice(part);
            at += part.len();
        } else {
            match text[at] {
                b' ' => words.push(Vec::new()),
                byte => words.last_mut()?.push(byte),
            }
            at += 1;
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).map(crate::sys::os_string).collect()
}

/// The file that a call writes.
pub fn output(call: &Call) -> Option<&OsStr> {
    let after = call.words.iter().position(|word| word == "-o").and_then(|at| call.words.get(at + 1));
    let joined = || call.words.iter().find_map(|word| bytes::strip_prefix(word, "-OUT:"));
    after.map(OsString::as_os_str).or_else(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_last_call_is_the_programs_and_messages_stay() {
        let printed =
            b"ld.lld -shared -o libc.so.6\nar rcs x.a y.o\nwarning: w\nld.lld -o out a.o\nld.lld: error: e\n";
        let (call, rest) = read(printed, &[]);
        let call = call.unwrap();
        assert_eq!((call.linker, call.words.clone()), ("ld.lld", os(&["-o", "out", "a.o"])));
        assert_eq!(rest, b"warning: w\nld.lld: error: e\n");
        assert_eq!(output(&call), Some(OsStr::new("out")));
        assert_eq!(without_linker(&rest), b"warning: w\n");
        let (call, _) = read(b"lld-link -lldmingw -OUT:a b.exe x.obj\n", &os(&["-o", "a b.exe"]));
        let call = call.unwrap();
        assert_eq!(call.words, os(&["-lldmingw", "-OUT:a b.exe", "x.obj"]));
        assert_eq!(output(&call), Some(OsStr::new("a b.exe")));
    }

    #[test]
    fn spaces_of_given_words_end_no_word() {
        let given = os(&["cc", "-L/my libs", "/a b/x y.o", "-Wl,-rpath,/r s", "-Wl,--foo=/f g"]);
        let printed = b"ld.lld -o out /a b/x y.o -L /my libs -rpath /r s --foo=/f g  c.o\n";
        let words = ["-o", "out", "/a b/x y.o", "-L", "/my libs", "-rpath", "/r s", "--foo=/f g", "c.o"];
        assert_eq!(read(printed, &given).0.unwrap().words, os(&words));
        let given = os(&["-DX=o c", "-o", "/my out/app.exe", "main.o"]);
        let printed = b"lld-link -PDB:/my out/app.pdb -PDBALTPATH:app.pdb -OUT:/my out/app.exe main.o c.o\n";
        let words = ["-PDB:/my out/app.pdb", "-PDBALTPATH:app.pdb", "-OUT:/my out/app.exe", "main.o", "c.o"];
        assert_eq!(read(printed, &given).0.unwrap().words, os(&words));
        assert_eq!(read(b"error: e\n", &given), (None, b"error: e\n".to_vec()));
    }
}
