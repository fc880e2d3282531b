//! Words, tokens, items: a compiler's command line that can be understood and given back unchanged.
//!
//! ```text
//! words    -Wl,-z,now   -Xlinker -z   -Xlinker relro   -o   a.out   x.o      what the caller wrote
//! tokens   -z  now          -z           relro         -o   a.out   x.o      with how each one travelled
//! items    z=now            z=relro                    -o=a.out     x.o      what a rule sees
//! ```
//!
//! An item owns its tokens, so that a value can never be taken for an option and an item that no rule
//! touches is rendered exactly as it was written.

pub mod bytes;
pub mod grammar;
mod parse;

pub use parse::input_kind;
mod render;
pub mod response;

use std::ffi::{OsStr, OsString};

/// How a token travelled to the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A word of its own.
    Driver,
    /// One part of `-Wl,a,b`; parts with the same number came in one word.
    Comma(u32),
    /// The word after `-Xlinker`.
    Xlinker,
}

/// One token and its carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The text, without the carrier's own characters.
    pub text: OsString,
    /// How it travelled.
    pub carrier: Carrier,
}

/// What kind of file an input is, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// C, C++, Objective-C or assembler source, and `-` (standard input).
    Source,
    /// `.o`, `.obj`, `.syso`, `.lo`.
    Object,
    /// `.a`, `.a.N`, `.lib`.
    Archive,
    /// `.so`, `.so.N`, `.dylib`, `.tbd`, `.dll`.
    Shared,
    /// Anything else.
    Other,
}

/// What an item means. Unknown words stay unknown: there is nothing in them that a rule could match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An option of the compiler driver, by its canonical name, with its value.
    Driver(&'static str, Option<OsString>),
    /// An option of the linker, by its canonical name without dashes, with its value.
    Linker(&'static str, Option<OsString>),
    /// An input file.
    Input(InputKind, OsString),
    /// An option of the driver that the grammar does not know.
    ForeignDriver,
    /// A token for the linker that the grammar does not know.
    ForeignLinker,
}

/// One thing said on the command line, with the tokens that said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it means.
    pub meaning: Meaning,
    /// How it was spelled.
    pub tokens: Vec<Token>,
}

impl Item {
    /// The driver option's value, when this is the driver option `name`.
    pub fn driver(&self, name: &str) -> Option<Option<&OsStr>> {
        match &self.meaning {
            Meaning::Driver(own, value) if *own == name => Some(value.as_deref()),
            _ => None,
        }
    }

    /// The linker option's value, when this is the linker option `name`.
    pub fn linker(&self, name: &str) -> Option<Option<&OsStr>> {
        match &self.meaning {
            Meaning::Linker(own, value) if *own == name => Some(value.as_deref()),
            _ => None,
        }
    }

    /// The path, when this is an input.
    pub fn input(&self) -> Option<&OsStr> {
        match &self.meaning {
            Meaning::Input(_, path) => Some(path),
            _ => None,
        }
    }
}

/// A parsed command line, without the program's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argv {
    items: Vec<Item>,
    groups: u32,
}

impl Argv {
    /// The items in their order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether the driver option `name` occurs.
    pub fn has(&self, name: &str) -> bool {
        self.items.iter().any(|item| item.driver(name).is_some())
    }

    /// Whether the linker option `name` occurs.
    pub fn has_linker(&self, name: &str) -> bool {
        self.items.iter().any(|item| item.linker(name).is_some())
    }

    /// The value of the last driver option `name` (the last one wins, as in every compiler).
    pub fn value(&self, name: &str) -> Option<&OsStr> {
        self.items.iter().rev().find_map(|item| item.driver(name).flatten())
    }

    /// Every value of the driver option `name`.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OsStr> + 'a {
        self.items.iter().filter_map(move |item| item.driver(name).flatten())
    }

    /// Every input with its kind.
    pub fn inputs(&self) -> impl Iterator<Item = (InputKind, &OsStr)> {
        self.items.iter().filter_map(|item| match &item.meaning {
            Meaning::Input(kind, path) => Some((*kind, path.as_os_str())),
            _ => None,
        })
    }

    /// Replaces the items from `start` up to `end` by what `words` mean.
    pub fn splice(&mut self, start: usize, end: usize, words: impl IntoIterator<Item = OsString>) -> usize {
        let new = parse::items(words, &mut self.groups);
        let count = new.len();
        self.items.splice(start..end, new);
        count
    }
}
