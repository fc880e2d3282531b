//! The shape of a link: what zig may read in its words, and runs of objects and archives that it only carries to its linker.
//!
//! ```text
//!  cc -target T a.o b.o x.a -lm -o app     a call
//!  cc -target T [0: o a] -lm -o *          its shape: the key of what is learned
//!  cc -target T F/E0-0.o F/E0-1.o F/E0-2.a F/E0-3.a -lm -o F/E/Eprogram     the example of it
//! ```
//!
//! Which words zig gives its linker is read from what it prints for the example, whose files have names of their own: a word
//! that is made of a file's name shows it. A shape holds only where the example's inputs are in their order and at one place
//! for each run, and where every path of a word is known by its origin.
//!
//! Which library a `-l` means is up to zig, and no part of a shape: every file that may be meant is. The `-l` of a library of
//! libc's own, for which the `-L` folders have no file, is left out of a second, shorter shape, which serves where zig was seen to
//! give its linker the same words without it.

use super::learned::{self, Filling, OWN, hole};
use super::names::{folder_of, parts, with_holes};
use super::shape;
use crate::argv::{Argv, InputKind, Item, Meaning, bytes};
use crate::sys;
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Finds the files of a folder that a `-l` of that name may mean, in a fixed order; none where one of them is text, of which
/// zig's words depend.
pub type Look<'a> = &'a dyn Fn(&OsStr, &OsStr) -> Option<Vec<OsString>>;

/// A link, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The words, with holes for the runs and files, and what else decides.
    pub words: Vec<Vec<u8>>,
    /// The inputs of each run.
    runs: Vec<Vec<OsString>>,
    /// What the names of each run end with; of neighbours with one ending the first.
    endings: Vec<Vec<String>>,
    /// How many of the words are zig's.
    own_words: usize,
    /// Each `-l` with its name and the places of its words.
    libraries: Vec<(OsString, Range<usize>)>,
    output: OsString,
    definitions: Option<OsString>,
    build_id: Option<String>,
}

/// A link that zig is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Its words.
    pub words: Vec<OsString>,
    /// Its files, below a folder of its own.
    pub files: Vec<(PathBuf, &'static [u8])>,
    /// Whether it has to be done in that folder.
    pub is_inside: bool,
    /// The program.
    pub output: OsString,
}

/// Options that write or print something else than a program, or whose words are read in ways of their own.
const UNUSUAL: &[&str] = &[
    "--coverage",
    "--save-temps",
    "--sysroot",
    "--verbose",
    "-###",
    "-B",
    "-M",
    "-Xarch_",
    "-emit-",
    "-isysroot",
    "-print",
    "-r",
    "-save-temps",
    "-v",
    "-x",
];

/// The same, of the linker.
#[rustfmt::skip]
const UNUSUAL_LINKER: &[&str] = &[
    "L", "Map", "T", "dynamic-list", "export-dynamic-symbol-list", "help", "l", "r", "relocatable", "retain-symbols-file",
    "script", "sysroot", "v", "verbose", "version", "version-script",
];

/// What the names of objects and archives end with.
const ENDINGS: &[&str] = &["a", "lib", "lo", "o", "obj", "syso"];

/// Libraries that zig may link anyway; whether it does is asked.
const OF_LIBC: &[&str] = &["c", "crypt", "dl", "m", "pthread", "resolv", "rt", "util", "xnet"];

/// What the words of options begin with that Go repeats.
const REPEATED: &[&str] = &["-O", "-g", "-pthread"];

const PROGRAM: &str = "cgozig-example-program";
const FOLDER: &str = "cgozig-example-folder";
const DEFINITIONS: &str = "cgozig-example-names.def";

/// The words before which zig puts the path of the target's own loader.
const LOADER: &[&[u8]] = &[b"-dynamic-linker", b"--dynamic-linker"];

/// What zig 0.17 says for the root of the file system.
const ROOT: &[u8] = b"-L/";

impl Shape {
    /// The shape of the words for `zig cc`; none for what is too unusual to be learned.
    pub fn of(words: &[OsString], look: Look) -> Option<Shape> {
        let (driver, rest) = words.split_first()?;
        let mut shape = Shape { words: vec![driver.as_encoded_bytes().to_vec()], ..Shape::default() };
        let argv = Argv::parse(rest.iter().cloned());
        let mut is_run = false;
        for item in argv.items() {
            if shape.is_said(item, &argv) {
                continue;
            }
            let ending = ending(item);
            let goes_on = std::mem::replace(&mut is_run, ending.is_some());
            match (ending, item.input()) {
                (Some(ending), Some(path)) => shape.carry(path, ending, goes_on),
                _ => shape.add(item)?,
            }
        }
        let mut inputs: Vec<&OsString> = shape.runs.iter().flatten().collect();
        let count = inputs.len();
        inputs.sort_unstable();
        inputs.dedup();
        // zig 0.17 takes an archive once that is given twice.
        (count > 0 && inputs.len() == count).then_some(())?;
        shape.finished(&argv, look)
    }

    fn carry(&mut self, path: &OsStr, ending: String, goes_on: bool) {
        if !goes_on {
            self.words.push(hole(&self.runs.len().to_string()));
            self.runs.push(Vec::new());
            self.endings.push(Vec::new());
        }
        if let (Some(run), Some(endings)) = (self.runs.last_mut(), self.endings.last_mut()) {
            run.push(path.to_os_string());
            if endings.last() != Some(&ending) {
                endings.push(ending);
            }
        }
    }

    /// Whether an item says once more what has been said: Go gives the options of every package to a link. Only where nothing of
    /// its kind says otherwise.
    fn is_said(&self, item: &Item, argv: &Argv) -> bool {
        let [token] = item.tokens.as_slice() else { return false };
        let word = &token.text;
        let Some(kind) = REPEATED.iter().find(|kind| starts(word, kind)) else { return false };
        let is_other =
            |other: &Item| other.tokens.iter().any(|token| starts(&token.text, kind) && token.text != *word);
        self.words.iter().any(|said| said == word.as_encoded_bytes()) && !argv.items().iter().any(is_other)
    }

    fn add(&mut self, item: &Item) -> Option<()> {
        match &item.meaning {
            Meaning::Driver("-o", Some(path)) if self.output.is_empty() => {
                self.output.clone_from(path);
                self.words.extend([b"-o".to_vec(), hole("out")]);
            }
            Meaning::Driver("-o", _) | Meaning::ForeignLinker => return None,
            Meaning::Input(InputKind::Other, path) if self.definitions.is_none() => {
                (Path::new(path).extension() == Some(OsStr::new("def"))).then_some(())?;
                self.definitions = Some(path.clone());
                self.words.push(hole("def"));
            }
            Meaning::Input(kind, _) if *kind != InputKind::Shared => return None,
            Meaning::Linker("build-id", Some(value)) if is_id(value) && self.build_id.is_none() => {
                self.build_id = value.to_str().map(String::from);
                self.words.push([b"-Wl,--build-id=", hole("id").as_slice()].concat());
            }
            Meaning::Linker(name, _) if UNUSUAL_LINKER.contains(name) => return None,
            _ if shape::is_carried(item) => {}
            Meaning::Driver("-l", Some(name)) => {
                let start = self.words.len();
                self.add_words(item)?;
                self.libraries.push((name.clone(), start..self.words.len()));
            }
            _ => self.add_words(item)?,
        }
        Some(())
    }

    fn add_words(&mut self, item: &Item) -> Option<()> {
        let is_driver = !matches!(item.meaning, Meaning::Linker(..));
        for word in item.words() {
            let is = |start: &&str| {
                if *start == "-r" || *start == "-v" { word == **start } else { starts(&word, start) }
            };
            if (is_driver && UNUSUAL.iter().any(is)) || !learned::is_plain(word.as_encoded_bytes()) {
                return None;
            }
            self.words.push(word.as_encoded_bytes().to_vec());
        }
        Some(())
    }

    /// With all that decides besides the words: the kinds of inputs, of the program's name, and what a `-l` may mean.
    fn finished(mut self, argv: &Argv, look: Look) -> Option<Shape> {
        let output = Path::new(&self.output);
        let name = bytes::file_name(&self.output);
        let is_file = output.file_name() == Some(name) && !sys::is_null(&self.output);
        (is_file && !bytes::ends_with(name, ".")).then_some(())?;
        let folders: Vec<&OsStr> = argv.values("-L").collect();
        let shared = argv.inputs().filter(|(kind, _)| *kind == InputKind::Shared);
        let shared: Vec<&OsStr> = shared.map(|(_, path)| path).collect();
        for path in &shared {
            let folder = folder_of(path).unwrap_or_else(|| ".".into());
            look(&folder, &bytes::join(":", bytes::file_name(path)))?;
        }
        let is_inside = folder_of(&self.output).is_none();
        if is_inside && folders.iter().copied().chain(shared).any(|path| Path::new(path).is_relative()) {
            return None;
        }
        self.own_words = self.words.len();
        let endings = self.endings.iter().map(|endings| format!("run {}", endings.join(" ")).into_bytes());
        let mut further: Vec<Vec<u8>> = endings.collect();
        let ending = output.extension().unwrap_or_default().as_encoded_bytes();
        further.push([if is_inside { b"name ".as_slice() } else { b"path " }, ending].concat());
        further.extend(self.build_id.as_ref().map(|id| format!("id {}", id.len()).into_bytes()));
        for (name, places) in std::mem::take(&mut self.libraries) {
            let before = further.len();
            for folder in &folders {
                let path =
                    |file: &OsString| Path::new(folder).join(file).into_os_string().into_encoded_bytes();
                further.extend(look(folder, &name)?.iter().map(path));
            }
            if further.len() == before && OF_LIBC.iter().any(|own| name == **own) {
                self.libraries.push((name, places));
            }
        }
        further.iter().all(|word| learned::is_line(word)).then_some(())?;
        self.words.extend(further);
        Some(self)
    }

    /// The names behind each `-l` for which there is no file.
    pub fn libraries(&self) -> impl Iterator<Item = &[u8]> {
        self.libraries.iter().map(|(name, _)| name.as_encoded_bytes())
    }

    /// The shape without these libraries, where there are any.
    pub fn shorter(&self) -> Option<Shape> {
        (!self.libraries.is_empty()).then_some(())?;
        let mut shorter = Shape { libraries: Vec::new(), ..self.clone() };
        for (_, places) in self.libraries.iter().rev() {
            shorter.words.drain(places.clone());
            shorter.own_words -= places.len();
        }
        Some(shorter)
    }

    /// The call that is learned from, with its files in `folder`.
    pub fn example(&self, folder: &Path) -> Option<Example> {
        let mut example = Example { is_inside: folder_of(&self.output).is_none(), ..Example::default() };
        let place = if example.is_inside { PathBuf::new() } else { folder.join(FOLDER) };
        let name = Path::new(PROGRAM).with_extension(Path::new(&self.output).extension().unwrap_or_default());
        example.output = place.join(name).into_os_string();
        for word in self.words.iter().take(self.own_words) {
            if let Some(run) = (0..self.runs.len()).find(|number| *word == hole(&number.to_string())) {
                let inputs = self.inputs(run);
                example.words.extend(inputs.iter().map(|name| folder.join(name).into_os_string()));
                let content = |name: &String| -> &'static [u8] {
                    if name.ends_with(".o") { b"cgozig\n" } else { b"!<arch>\n" }
                };
                example.files.extend(inputs.iter().map(|name| (PathBuf::from(name), content(name))));
            } else if *word == hole("out") {
                example.words.push(example.output.clone());
            } else if *word == hole("def") {
                example.words.push(folder.join(DEFINITIONS).into_os_string());
                example.files.push((DEFINITIONS.into(), b"EXPORTS\n"));
            } else if word.ends_with(&hole("id")) {
                example.words.push(format!("-Wl,--build-id={}", self.example_id()).into());
            } else {
                example.words.push(sys::os_string(word.clone())?);
            }
        }
        Some(example)
    }

    /// The names of the example's inputs for a run: two for each change of endings.
    fn inputs(&self, run: usize) -> Vec<String> {
        let endings = self.endings[run].iter().flat_map(|ending| [ending, ending]);
        endings.enumerate().map(|(number, ending)| format!("{OWN}{run}-{number}.{ending}")).collect()
    }

    fn example_id(&self) -> String {
        let length = self.build_id.as_ref().map_or(0, String::len);
        "0x".chars().chain("c0".chars().chain("9021".chars().cycle())).take(length).collect()
    }

    /// The linker's words for the example, with holes; none where one is not understood. `folders` are those of the target's
    /// files that zig built, whose paths stay.
    pub fn read(&self, words: &[OsString], folder: &Path, folders: &[&OsStr]) -> Option<Vec<Vec<u8>>> {
        let mut words: Vec<Vec<u8>> = words.iter().map(|word| word.as_encoded_bytes().to_vec()).collect();
        for run in 0..self.runs.len() {
            let path = |name: &String| folder.join(name).into_os_string().into_encoded_bytes();
            let inputs: Vec<Vec<u8>> = self.inputs(run).iter().map(path).collect();
            let mut places = (0..words.len()).filter(|at| words[*at..].starts_with(&inputs));
            let (at, None) = (places.next()?, places.next()) else { return None };
            words.splice(at..at + inputs.len(), [hole(&run.to_string())]);
        }
        let parts = self.parts_of(&self.example(folder)?, folder);
        let words: Vec<Vec<u8>> = words.iter().map(|word| with_holes(word, &parts)).collect();
        let is_left = |word: &Vec<u8>| learned::is_left(word, folder);
        let is_known = |at: usize| self.is_known(&words, at, folders);
        let writes = words.iter().any(|word| word.ends_with(&hole("out")));
        let holds = writes && !words.iter().any(is_left) && (0..words.len()).all(is_known);
        holds.then_some(words)
    }

    /// Whether a word names no file, or one whose origin is known.
    fn is_known(&self, words: &[Vec<u8>], at: usize, folders: &[&OsStr]) -> bool {
        let word = &words[at];
        let Some(slash) = word.iter().position(|byte| *byte == b'/') else { return true };
        let (before, path) = word.split_at(slash);
        let is_relative = before.last().is_some_and(|byte| matches!(byte, b'.' | 1));
        let is_loader = at > 0 && before.is_empty() && LOADER.contains(&words[at - 1].as_slice());
        let is_built = || {
            let of = |folder: &&OsStr| path.starts_with(folder.as_encoded_bytes());
            before.is_empty() && folders.iter().any(of)
        };
        // As a word, or as what an option says.
        let is_given = |given: &Vec<u8>| {
            let says = |value: &[u8]| {
                let option = given.strip_suffix(value);
                option.is_some_and(|option| option.is_empty() || option.starts_with(b"-"))
            };
            says(word) || says(path)
        };
        is_relative || is_loader || *word == ROOT || is_built() || self.words.iter().any(is_given)
    }

    /// What of the example's names stands for which hole, the longer first.
    fn parts_of(&self, example: &Example, folder: &Path) -> Vec<(&'static str, OsString)> {
        let first = self.runs.first().map(|_| folder.join(&self.inputs(0)[0]).into_os_string());
        let definitions = folder.join(DEFINITIONS).into_os_string();
        let mut parts = parts(&example.output, first.as_deref());
        parts.push(("def", definitions));
        parts.extend(self.build_id.as_ref().map(|_| ("id", self.example_id().into())));
        // Of two that are equal here, as the program's path and its name, the calls of this shape have equal ones as well.
        parts.sort_by_key(|(_, part)| std::cmp::Reverse(part.len()));
        parts
    }

    /// What fills the holes for this call.
    pub fn filling(&self) -> Filling {
        let first = self.runs.iter().flatten().next().map(OsString::as_os_str);
        let mut parts = parts(&self.output, first);
        parts.extend(self.definitions.clone().map(|path| ("def", path)));
        parts.extend(self.build_id.as_ref().map(|id| ("id", id.into())));
        Filling { parts, runs: self.runs.clone() }
    }
}

fn starts(word: &OsStr, start: &str) -> bool {
    bytes::strip_prefix(word, start).is_some()
}

/// What the name of an input ends with that zig carries to its linker as it is.
fn ending(item: &Item) -> Option<String> {
    let Meaning::Input(InputKind::Object | InputKind::Archive, path) = &item.meaning else { return None };
    let ending = Path::new(path).extension()?.to_str()?;
    let is_usual = learned::is_line(path.as_encoded_bytes()) && ENDINGS.contains(&ending);
    is_usual.then(|| ending.to_string())
}

/// Whether it is a build id that zig hands on as it is.
fn is_id(value: &OsStr) -> bool {
    let digits = bytes::strip_prefix(value, "0x").map(OsStr::as_encoded_bytes).unwrap_or_default();
    let is_hex = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex && digits.len() >= 8 && digits.len().is_multiple_of(2)
}
