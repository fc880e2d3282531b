//! Learning from zig: one call of `zig cc` on an empty source, of a shape and for a target, tells the words for clang.
//!
//! `ZIG_VERBOSE_CC=1` makes zig print them (zig 0.14.1 to 0.17.0: `PROGRAM clang …`, without quotes). They are kept beside
//! the target's cache, and go with it. What is not kept whole, or is another zig's, is learned again.

use super::learned::{self, Filling, Key, Learned};
use super::shape::Shape;
use crate::lld;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::zig::find::Zig;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// What makes zig print how it calls clang.
const PRINTS: &str = "ZIG_VERBOSE_CC";

/// The object's name in a call that is learned from.
const OUTPUT: &str = "output.o";

/// The words for `zig clang` that stand for `zig cc` with `words`; none where that is not known.
pub fn compile(words: &[OsString], zig: &Zig, cache: &TargetCache, store: &Store) -> Option<Vec<OsString>> {
    let shape = Shape::of(words)?;
    let key = Key { zig: zig.said.clone(), words: shape.words.clone() };
    let place = cache.learned().join(key.file_name());
    let known = fs::read(&place).ok().and_then(|contents| Learned::from_bytes(&contents, &key));
    let learned = match known {
        Some(learned) => learned,
        None => {
            let learned = ask(&shape, zig, cache).unwrap_or_default();
            // Where it cannot be kept, it is learned again.
            let _ = store.write(&place, &learned.to_bytes(&key));
            learned
        }
    };
    if !learned.is_some() {
        return None;
    }
    let parts = [
        Some(("lib", library(zig).into_os_string())),
        Some(("in", shape.input)),
        shape.output.map(|output| ("out", output)),
    ];
    learned.fill(&Filling { parts: parts.into_iter().flatten().collect(), runs: shape.runs })
}

/// zig's own library.
pub(super) fn library(zig: &Zig) -> PathBuf {
    zig.program.with_file_name("lib")
}

/// Asks zig, with a cache of its own: an object that it has already is not compiled again.
fn ask(shape: &Shape, zig: &Zig, cache: &TargetCache) -> Option<Learned> {
    let folder = tempfile::Builder::new().prefix("learn-").tempdir_in(cache.local()).ok()?;
    if let Some(input) = shape.example_input() {
        fs::write(folder.path().join(input), b"").ok()?;
    }
    let mut command = zig.command(cache);
    command.args(shape.example(OsStr::new(OUTPUT))?).current_dir(folder.path());
    command.env("ZIG_LOCAL_CACHE_DIR", folder.path().join("cache")).env(PRINTS, "1");
    command.env_remove("ZIG_LIB_DIR").env_remove("PWD").stdin(std::process::Stdio::null());
    let printed = command.output().ok()?.stderr;
    read(&printed, shape, &library(zig), folder.path())
}

/// What zig printed, with holes; none where it did not do as expected.
fn read(printed: &[u8], shape: &Shape, library: &Path, folder: &Path) -> Option<Learned> {
    const CALL: &[u8] = b" clang ";
    let mut calls = printed.split(|byte| *byte == b'\n').filter_map(|line| {
        let at = line.windows(CALL.len()).position(|part| part == CALL)?;
        Some(&line[at + CALL.len()..])
    });
    let (call, None) = (calls.next()?, calls.next()) else { return None };
    let real = fs::canonicalize(library).unwrap_or_else(|_| library.to_path_buf());
    let paths = [library.as_os_str().into(), real.as_os_str().into(), folder.as_os_str().into()];
    let words = own_words(lld::words(call, &lld::spaced(&paths))?);
    let words = words.iter().map(|word| {
        let word = learned::with_hole(word.as_encoded_bytes(), library.as_os_str(), "lib");
        learned::with_hole(&word, real.as_os_str(), "lib")
    });
    let words = with_files(words.collect(), shape)?;
    let words = with_runs(words, shape)?;
    let is_left = |word: &Vec<u8>| {
        let folder = folder.as_os_str().as_encoded_bytes();
        !learned::is_line(word) || word.windows(folder.len()).any(|part| part == folder)
    };
    let is_foreign = words.windows(2).any(|two| two[0] == b"-isystem" && two[1].starts_with(b"/"));
    if is_foreign || words.iter().any(is_left) {
        return None;
    }
    Some(Learned { files: Vec::new(), words: [vec![b"clang".to_vec()], words].concat() })
}

/// Without the dependency file that zig has clang write for its own cache.
fn own_words(mut words: Vec<OsString>) -> Vec<OsString> {
    let at = words.windows(3).position(|three| three[0] == "-MD" && three[1] == "-MV" && three[2] == "-MF");
    if let Some(at) = at {
        words.drain(at..(at + 4).min(words.len()));
    }
    words
}

/// With holes for the source and the object.
fn with_files(mut words: Vec<Vec<u8>>, shape: &Shape) -> Option<Vec<Vec<u8>>> {
    let input = shape.example_input();
    let is_input = |word: &Vec<u8>| match &input {
        Some(name) => word == name.as_bytes(),
        // zig copies standard input to a file.
        None => word.ends_with(b"-stdin.c") || word == b"-",
    };
    let mut inputs = words.iter_mut().filter(|word| is_input(word));
    let (one, None) = (inputs.next()?, inputs.next()) else { return None };
    *one = learned::hole("in");
    let outputs: Vec<usize> = (0..words.len().saturating_sub(1)).filter(|at| words[*at] == b"-o").collect();
    match (outputs.as_slice(), &shape.output) {
        ([at], Some(_)) => words[at + 1] = learned::hole("out"),
        ([], None) => {}
        _ => return None,
    }
    Some(words)
}

/// With a hole in the place of each run's examples, which have to be there once, as they were given.
fn with_runs(mut words: Vec<Vec<u8>>, shape: &Shape) -> Option<Vec<Vec<u8>>> {
    for (number, examples) in shape.examples.iter().enumerate() {
        let examples: Vec<&[u8]> = examples.iter().map(|word| word.as_encoded_bytes()).collect();
        let is_at = |at: &usize| words[*at..].iter().take(examples.len()).eq(examples.iter());
        let mut places = (0..words.len()).filter(is_at);
        let (at, None) = (places.next()?, places.next()) else { return None };
        words.splice(at..at + examples.len(), [learned::hole(&number.to_string())]);
    }
    Some(words)
}
