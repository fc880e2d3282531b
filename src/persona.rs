//! Who we were started as: by name, or by the first word.

use crate::argv::bytes;
use crate::target::LibcChoice;
use std::ffi::{OsStr, OsString};

/// Which front end of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// C.
    Cc,
    /// C++.
    Cxx,
}

impl Driver {
    /// zig's subcommand.
    pub fn zig(self) -> &'static str {
        match self {
            Driver::Cc => "cc",
            Driver::Cxx => "c++",
        }
    }
}

/// A tool beside the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Makes archives.
    Ar,
    /// Makes an archive's index.
    Ranlib,
    /// Removes symbols.
    Strip,
    /// Collects macOS debug information.
    Dsymutil,
}

impl Tool {
    /// All of them with their names.
    pub const NAMES: &[(&str, Tool)] =
        &[("ar", Tool::Ar), ("ranlib", Tool::Ranlib), ("strip", Tool::Strip), ("dsymutil", Tool::Dsymutil)];

    /// The tool of that name.
    pub fn named(name: &str) -> Option<Tool> {
        Tool::NAMES.iter().find(|(own, _)| *own == name).map(|(_, tool)| *tool)
    }
}

/// The roles of the one binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    /// A compiler, perhaps with a libc in its name.
    Compiler {
        /// C or C++.
        driver: Driver,
        /// The libc that the name says.
        libc: Option<LibcChoice>,
    },
    /// A tool beside it.
    Tool(Tool),
    /// `cgozig <subcommand>`.
    CommandLine,
}

/// The names under which `cgozig setup` links the binary.
pub const LINKS: &[&str] = &[
    "cgozig-cc",
    "cgozig-c++",
    "cgozig++",
    "cgozig-musl",
    "cgozig-musl-c++",
    "cgozig-ar",
    "cgozig-ranlib",
    "cgozig-strip",
    "cgozig-dsymutil",
];

/// The subcommands; a first word that is one of these makes us the command line tool.
pub const SUBCOMMANDS: &[&str] = &[
    "add", "bundle", "cache", "doctor", "explain", "fetch", "help", "list", "lock", "sbom", "setup",
    "targets", "trust", "verify", "version", "warm", "zig",
];

impl Persona {
    /// The persona for a program name and its words, and the words that are left.
    pub fn of(program: &OsStr, mut words: Vec<OsString>) -> (Persona, Vec<OsString>) {
        let stem = stem(program);
        if let Some(persona) = named(&stem) {
            return (persona, words);
        }
        let first = words.first().and_then(|word| word.to_str()).unwrap_or("-");
        let compiler = |driver| Persona::Compiler { driver, libc: None };
        let role = match first {
            "cc" => compiler(Driver::Cc),
            "c++" => compiler(Driver::Cxx),
            "--help" | "-h" if words.len() == 1 => return (Persona::CommandLine, words),
            _ => match Tool::named(first) {
                Some(tool) => Persona::Tool(tool),
                None if SUBCOMMANDS.contains(&first) || !is_compiler_word(first) => {
                    return (Persona::CommandLine, words);
                }
                None => return (compiler(Driver::Cc), words),
            },
        };
        words.remove(0);
        (role, words)
    }
}

/// An option, a response file, or a file with an extension: what a compiler is given, never a subcommand.
fn is_compiler_word(word: &str) -> bool {
    word.starts_with(['-', '@']) || bytes::file_name(OsStr::new(word)).as_encoded_bytes().contains(&b'.')
}

/// The program's name without folder and `.exe`.
fn stem(program: &OsStr) -> String {
    let name = bytes::file_name(program).to_string_lossy();
    name.strip_suffix(".exe").unwrap_or(&name).to_string()
}

/// What a name of ours says by itself: `cgozig-musl-c++`, `cgozig-gnu.2.17-cc`, `cgozig-ar`.
fn named(stem: &str) -> Option<Persona> {
    let rest = stem.strip_prefix("cgozig")?;
    if rest.is_empty() {
        return None;
    }
    if let Some(tool) = rest.strip_prefix('-').and_then(Tool::named) {
        return Some(Persona::Tool(tool));
    }
    let endings = [("-c++", Driver::Cxx), ("++", Driver::Cxx), ("-cc", Driver::Cc), ("", Driver::Cc)];
    let (rest, driver) =
        endings.iter().find_map(|(end, driver)| rest.strip_suffix(end).map(|rest| (rest, *driver)))?;
    let libc = match rest.strip_prefix('-') {
        Some(libc) => Some(LibcChoice::parse(libc).ok()?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Persona::Compiler { driver, libc })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::GlibcVersion;

    fn of(line: &str) -> (Persona, usize) {
        let mut words = line.split_whitespace().map(OsString::from);
        let program = words.next().unwrap();
        let (persona, words) = Persona::of(&program, words.collect());
        (persona, words.len())
    }

    #[test]
    fn names_and_first_words_say_who_we_are() {
        let compiler = |driver, libc| Persona::Compiler { driver, libc };
        let old = LibcChoice::Gnu(Some(GlibcVersion::new(17)));
        for (line, persona, words) in [
            ("cgozig -c x.c", compiler(Driver::Cc, None), 2),
            ("cgozig @response", compiler(Driver::Cc, None), 1),
            ("cgozig x.o", compiler(Driver::Cc, None), 1),
            ("cgozig", compiler(Driver::Cc, None), 0),
            ("cgozig cc -c x.c", compiler(Driver::Cc, None), 2),
            ("cgozig c++ x.cc", compiler(Driver::Cxx, None), 1),
            ("/usr/bin/cgozig-c++ -c", compiler(Driver::Cxx, None), 1),
            ("cgozig++ x", compiler(Driver::Cxx, None), 1),
            ("cgozig-musl-c++ x", compiler(Driver::Cxx, Some(LibcChoice::Musl)), 1),
            ("cgozig-gnu.2.17-cc x", compiler(Driver::Cc, Some(old)), 1),
            ("C:\\bin\\cgozig-ar.exe rcs", Persona::Tool(Tool::Ar), 1),
            ("cgozig strip x", Persona::Tool(Tool::Strip), 1),
            ("cgozig targets --json", Persona::CommandLine, 2),
            ("cgozig --help", Persona::CommandLine, 1),
            ("cgozig nonsense", Persona::CommandLine, 1),
            ("cgozig --version", compiler(Driver::Cc, None), 1),
        ] {
            assert_eq!(of(line), (persona, words), "{line}");
        }
    }
}
