//! Learning from zig: one call of `zig cc` on an empty source, of a shape and for a target, tells the words for clang.
//!
//! `ZIG_VERBOSE_CC=1` makes zig print them (zig 0.14.1 to 0.17.0: `PROGRAM clang …`, without quotes). They are kept beside
//! the target's cache, and go with it. What is not kept whole, or is another zig's, is learned again.

use super::Route;
use super::learned::{self, Filling, Learned};
use super::record::Record;
use super::shape::Shape;
use crate::argv::bytes;
use crate::failure::is_full;
use crate::lld;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::sys;
use crate::zig::find::Zig;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What makes zig print how it calls clang.
const PRINTS: &str = "ZIG_VERBOSE_CC";

/// The object's name in a call that is learned from.
const OUTPUT: &str = "cgozig-example-output.o";

/// Bytes of a source from which on its compile takes so long that the detour does not count.
const LARGE: u64 = 32 << 10;

/// The words for `zig clang` that stand for `zig cc` with `words`; none where that is not known, or not the better route.
pub fn compile(
    words: &[OsString],
    route: Route,
    (zig, cache): (&Zig, &TargetCache),
    store: &Store,
) -> Option<Vec<OsString>> {
    let shape = Shape::of(words)?;
    if route == Route::Auto && is_long(&shape) {
        return None;
    }
    let record = Record::of(&shape.words, zig, cache);
    let learned = if let Some(learned) = record.read() {
        learned
    } else {
        let learned = ask(&shape, zig, cache)?;
        record.write(&learned, store);
        learned
    };
    if !learned.is_some() {
        return None;
    }
    let parts = [
        Some(("lib", library(zig, cache))),
        Some(("in", shape.input)),
        shape.output.map(|output| ("out", output)),
    ];
    learned.fill(&Filling { parts: parts.into_iter().flatten().collect(), runs: shape.runs })
}

/// Whether the object is better taken from zig's cache, should Go ask for it again: the detour over `zig cc` is a small part
/// of such a compile.
fn is_long(shape: &Shape) -> bool {
    shape.is_cxx() || fs::metadata(&shape.input).is_ok_and(|metadata| metadata.len() >= LARGE)
}

/// The path of zig's library for a call: in a cache that is carried between machines, one that is the same on each.
pub(super) fn library(zig: &Zig, cache: &TargetCache) -> OsString {
    if cache.is_portable() { sys::LENT_LIBRARY.path.into() } else { zig.library.clone().into_os_string() }
}

/// The paths under which zig may name its own library.
pub(super) fn libraries(zig: &Zig) -> [OsString; 3] {
    let real = fs::canonicalize(&zig.library).unwrap_or_else(|_| zig.library.clone());
    [zig.library.clone().into(), real.into(), sys::LENT_LIBRARY.path.into()]
}

/// A call of zig on an example, in `folder` where it names its files from there; the variable makes zig tell.
pub(super) fn example(
    (zig, cache): (&Zig, &TargetCache),
    folder: Option<&Path>,
    words: &[OsString],
    variable: &str,
) -> Command {
    let mut command = zig.command(cache);
    command.args(words).env(variable, "1").stdin(Stdio::null());
    if let Some(folder) = folder {
        command.current_dir(folder).env_remove("PWD");
    }
    sys::end_with_us(&mut command);
    command
}

/// Asks zig, with a cache of its own: an object that it has already is not compiled again. None where nothing was learned, which
/// another time may be.
fn ask(shape: &Shape, zig: &Zig, cache: &TargetCache) -> Option<Learned> {
    let folder = tempfile::Builder::new().prefix("learn-").tempdir_in(cache.local()).ok()?;
    for (name, text) in shape.example_files() {
        fs::write(folder.path().join(name), text).ok()?;
    }
    let words = shape.example(OsStr::new(OUTPUT))?;
    let mut command = example((zig, cache), Some(folder.path()), &words, PRINTS);
    let output = command.env("ZIG_LOCAL_CACHE_DIR", folder.path().join("cache")).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code().is_none() || is_full(&said) {
        return None;
    }
    let call = calls(&output.stderr, zig);
    if call.is_none() && !output.status.success() {
        return None;
    }
    let learned = call.and_then(|call| read(call, shape, zig, folder.path()));
    Some(learned.filter(|_| output.status.success()).unwrap_or_default())
}

/// The words of the one call of clang that zig printed.
fn calls<'a>(printed: &'a [u8], zig: &Zig) -> Option<&'a [u8]> {
    let real = fs::canonicalize(&zig.program).unwrap_or_else(|_| zig.program.clone());
    let starts = [&zig.program, &real].map(|program| bytes::join(program, " clang "));
    let mut calls = printed
        .split(|byte| *byte == b'\n')
        .filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start.as_encoded_bytes())));
    let (call, None) = (calls.next()?, calls.next()) else { return None };
    Some(call)
}

/// The words with holes; none where zig did not do as expected.
fn read(call: &[u8], shape: &Shape, zig: &Zig, folder: &Path) -> Option<Learned> {
    let libraries = libraries(zig);
    let paths = [&libraries[..], &[folder.as_os_str().into()]].concat();
    let words = own_words(lld::words(call, &lld::spaced(&paths))?);
    let with_library = |word: &OsString| {
        let start = word.as_encoded_bytes().to_vec();
        libraries.iter().fold(start, |word, library| learned::with_hole(&word, library, "lib"))
    };
    let words = with_files(words.iter().map(with_library).collect(), shape)?;
    let words = with_runs(words, shape)?;
    let is_foreign = words.windows(2).any(|two| two[0] == b"-isystem" && two[1].starts_with(b"/"));
    if is_foreign || words.iter().any(|word| learned::is_left(word, folder)) {
        return None;
    }
    Some(Learned { words: [vec![b"clang".to_vec()], words].concat(), ..Learned::default() })
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
