//! The shape of a compile: what zig may read in its words, and runs of words that it only carries to clang.
//!
//! ```text
//!  cc -target T -O2 -I a -DX -I b -g -c x.c -o x.o      a call
//!  cc -target T -O2 [0: -I -D]    -g -c *.c -o *        its shape: the key of what is learned
//! ```
//!
//! That words are carried is not assumed: a learned call has an example of each kind in every run, and holds only where
//! zig gave clang all of a run's examples, in their order and at one place.

use super::learned::{self, OWN, hole};
use crate::argv::{Argv, InputKind, Item, Meaning, bytes};
use std::ffi::{OsStr, OsString};

/// A compile, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The words, with holes for the runs and files.
    pub words: Vec<Vec<u8>>,
    /// The words of each run.
    pub runs: Vec<Vec<OsString>>,
    /// An example of each kind in each run, in the order of their first occurrence.
    pub examples: Vec<Vec<OsString>>,
    /// The source, `-` for standard input.
    pub input: OsString,
    /// The object.
    pub output: Option<OsString>,
}

/// Options with a value that says nothing to zig, by their names in the grammar.
const CARRIED: &[&str] =
    &["-D", "-I", "-U", "-idirafter", "-iframework", "-imacros", "-include", "-iquote", "-isystem"];

/// The same, where the value is a part of the word and differs between calls.
const CARRIED_WORDS: &[&str] = &[
    "-fdebug-compilation-dir=",
    "-fdebug-prefix-map=",
    "-ffile-compilation-dir=",
    "-ffile-prefix-map=",
    "-fmacro-prefix-map=",
    "-frandom-seed=",
];

/// What makes clang write more than an object, or other things than zig's own words let it: it goes by `zig cc`.
const UNUSUAL: &[&str] = &[
    "--analyze",
    "--coverage",
    "--serialize-diagnostics",
    "-M",
    "-S",
    "-Wp,",
    "-Xarch_",
    "-Xpreprocessor",
    "-dependency-",
    "-emit-",
    "-fcs-profile",
    "-fembed-bitcode",
    "-flto",
    "-fmodule",
    "-fprofile",
    "-fsave-optimization",
    "-fstack-usage",
    "-fsyntax-only",
    "-ftest-coverage",
    "-ftime-trace",
    "-gsplit-dwarf",
    "-include-pch",
    "-save-",
    "--save-",
    "-serialize-diagnostics",
];

/// What stands for standard input in a key.
const STDIN: &[u8] = b"-";

/// What the names of sources end with, of which clang makes an object.
const SOURCES: &[&str] = &["C", "S", "c", "c++", "cc", "cpp", "cxx", "i", "ii", "m", "mm", "s", "sx"];

impl Shape {
    /// The shape of the words for `zig cc`; none for what is too unusual to be learned.
    pub fn of(words: &[OsString]) -> Option<Shape> {
        let (driver, rest) = words.split_first()?;
        let mut shape = Shape { words: vec![driver.as_encoded_bytes().to_vec()], ..Shape::default() };
        let mut is_run = false;
        for item in Argv::parse(rest.iter().cloned()).items() {
            let run = shape.runs.len() - usize::from(is_run);
            let example = example(item, run);
            let goes_on = std::mem::replace(&mut is_run, example.is_some());
            match example {
                Some(example) => shape.carry(item, example, goes_on),
                None => shape.add(item)?,
            }
        }
        let ends = |name: &str| rest.iter().any(|word| word == name);
        let is_one = ends("-c") != ends("-E");
        // A language is said of standard input, once.
        let languages = shape.words.iter().filter(|word| word.starts_with(b"-x")).count();
        let is_named = !shape.input.is_empty() && languages == usize::from(shape.input == "-");
        let writes = shape.output.is_some() || ends("-E");
        (is_one && is_named && writes).then(|| shape.finished())
    }

    fn carry(&mut self, item: &Item, example: Vec<OsString>, goes_on: bool) {
        if !goes_on {
            self.words.push(hole(&self.runs.len().to_string()));
            self.runs.push(Vec::new());
            self.examples.push(Vec::new());
        }
        let words = item.tokens.iter().map(|token| token.text.clone());
        if let (Some(run), Some(examples)) = (self.runs.last_mut(), self.examples.last_mut()) {
            run.extend(words);
            let is_new = !examples.windows(example.len()).any(|known| known == example);
            examples.extend(example.into_iter().filter(|_| is_new));
        }
    }

    fn add(&mut self, item: &Item) -> Option<()> {
        match &item.meaning {
            Meaning::Input(InputKind::Source, path) if self.input.is_empty() => {
                self.input.clone_from(path);
                self.words.push(if path == "-" { STDIN.to_vec() } else { source(path)?.into_bytes() });
            }
            Meaning::Input(..) => return None,
            Meaning::Driver("-o", Some(path)) if self.output.is_none() => {
                self.output = Some(path.clone());
                self.words.extend([b"-o".to_vec(), hole("out")]);
            }
            Meaning::Driver("-o", _) => return None,
            _ => {
                for word in item.words() {
                    let is_unusual = UNUSUAL.iter().any(|start| bytes::strip_prefix(&word, start).is_some());
                    let plain = word.as_encoded_bytes();
                    if is_unusual || !learned::is_plain(plain) {
                        return None;
                    }
                    self.words.push(plain.to_vec());
                }
            }
        }
        Some(())
    }

    /// With the kinds of each run behind the words: two runs of other kinds are learned by themselves.
    fn finished(mut self) -> Shape {
        let examples = self.examples.iter().enumerate();
        let kinds = examples.map(|(number, examples)| {
            let examples: Vec<&[u8]> = examples.iter().map(|word| word.as_encoded_bytes()).collect();
            [format!("run {number} ").as_bytes(), &examples.join(&b' ')].concat()
        });
        self.words.extend(kinds.collect::<Vec<_>>());
        self
    }

    /// The words of the call that is learned from: an example in the place of each run, `input` and `output` for the files.
    pub fn example(&self, output: &OsStr) -> Option<Vec<OsString>> {
        let mut words = Vec::new();
        for word in self.words.iter().take(self.words.len() - self.runs.len()) {
            if let Some(run) = self.run_at(word) {
                words.extend(self.examples.get(run)?.iter().cloned());
            } else if *word == hole("out") {
                words.push(output.to_os_string());
            } else {
                words.push(crate::sys::os_string(word.clone())?);
            }
        }
        Some(words)
    }

    fn run_at(&self, word: &[u8]) -> Option<usize> {
        (0..self.runs.len()).find(|number| word == hole(&number.to_string()))
    }

    /// Whether it compiles C++.
    pub fn is_cxx(&self) -> bool {
        const ENDINGS: &[&str] = &[".cc", ".cpp", ".cxx", ".c++", ".C", ".mm"];
        ENDINGS.iter().any(|ending| bytes::ends_with(&self.input, ending))
    }

    /// The name of the source in a learned call, none for standard input.
    pub fn example_input(&self) -> Option<String> {
        source(&self.input).filter(|_| self.input != "-")
    }

    /// The files of a learned call, by their names: a source in which nothing is wrong, and headers.
    pub fn example_files(&self) -> Vec<(String, &'static str)> {
        let input = self.example_input();
        let is_assembler = |name: &String| [".s", ".S", ".sx"].iter().any(|ending| name.ends_with(ending));
        let source = |name: String| {
            let text = if is_assembler(&name) { "" } else { "extern int cgozig;\n" };
            (name, text)
        };
        let headers = (0..self.runs.len()).map(|run| (header(run), ""));
        input.map(source).into_iter().chain(headers).collect()
    }
}

/// The name that stands for a source: its ending says its language.
fn source(path: &OsStr) -> Option<String> {
    let ending = std::path::Path::new(path).extension()?.to_str()?;
    SOURCES.contains(&ending).then(|| format!("{OWN}input.{ending}"))
}

/// The name of the header that a run's examples include.
fn header(run: usize) -> String {
    format!("{OWN}{run}.h")
}

/// Whether an item says something to clang alone.
pub(super) fn is_carried(item: &Item) -> bool {
    example(item, 0).is_some()
}

/// What stands in that run for a carried item, whatever its value; none for an item that is not carried.
fn example(item: &Item, run: usize) -> Option<Vec<OsString>> {
    let first = &item.tokens.first()?.text;
    let name = match &item.meaning {
        Meaning::Driver(name, Some(_)) => CARRIED.iter().find(|carried| *carried == name),
        _ => None,
    };
    let text = match name {
        Some(&"-D" | &"-U") => format!("CGOZIG_{run}"),
        // A header has to be there.
        Some(&"-include" | &"-imacros") => header(run),
        Some(_) => format!("/cgozig/{run}"),
        None => {
            let start = CARRIED_WORDS.iter().find(|start| bytes::strip_prefix(first, start).is_some())?;
            return (item.tokens.len() == 1).then(|| vec![format!("{start}/cgozig/{run}=/").into()]);
        }
    };
    match item.tokens.as_slice() {
        [word] => {
            let name = name.filter(|name| bytes::strip_prefix(&word.text, name).is_some())?;
            Some(vec![format!("{name}{text}").into()])
        }
        [option, _] => Some(vec![option.text.clone(), text.into()]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Shape> {
        Shape::of(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    fn os(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn calls_of_one_shape_have_one_key() {
        let one = of("cc -target T -O2 -I a -I b -DX=1 -g -c /s/x.c -o x.o").unwrap();
        let other = of("cc -target T -O2 -I c -DY -g -c y.c -o /o/y.o").unwrap();
        assert_eq!(one.words, other.words);
        assert_eq!(one.runs, [os("-I a -I b -DX=1")]);
        assert_eq!(
            one.example(OsStr::new("o")),
            Some(os("cc -target T -O2 -I /cgozig/0 -DCGOZIG_0 -g -c cgozig-example-input.c -o o"))
        );
        assert_eq!(of("cc -target T -O2 -I c -DY -g -c y.c -oy.o").unwrap().words, one.words);
        for further in [
            "c++ -target T -O2 -I c -DY -g -c y.c -o y.o",
            "cc -target T -O2 -I c -g -c y.c -o y.o",
            "cc -target T -O2 -DY -I c -g -c y.c -o y.o",
            "cc -target T -O2 -Ic -DY -g -c y.c -o y.o",
            "cc -target T -O3 -I c -DY -g -c y.c -o y.o",
            "cc -target T -O2 -g -I c -DY -c y.c -o y.o",
            "cc -target T -O2 -I c -DY -g -c y.cc -o y.o",
            "cc -target T -O2 -I c -DY -g -c -x c - -o y.o",
        ] {
            assert_ne!(of(further).unwrap().words, one.words, "{further}");
        }
    }

    #[test]
    fn what_is_unusual_has_no_shape() {
        for line in [
            "cc -c x.c",
            "cc -c x.c y.c -o x.o",
            "cc x.c -o x",
            "cc -c -E x.c",
            "cc -S x.c -o x.s",
            "cc -c x.c -o x.o -MD",
            "cc -c x.c -x c++ -o x.o",
            "cc -c -x c++ x.c -o x.o",
            "cc -c - -o x.o",
            "cc -c x.o -o y.o",
            "cc -c x.h -o x.h.gch",
            "cc --analyze -c x.c -o x.o",
            "cc -c x.c -o x.o -save-temps",
            "cc -c x.c -o x.o -flto=thin",
            "cc -E -dM",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
        let stdin = of("cc -E -dM -x c -").unwrap();
        assert!(stdin.input == "-" && !stdin.is_cxx());
        assert!(of("cc -c x.cc -o x.o").unwrap().is_cxx());
    }
}
