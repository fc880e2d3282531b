//! What a rule looks at: items by their canonical names. How a word is spelled is not the rule's business.

use crate::argv::{Carrier, Item, Meaning, bytes};
use std::ffi::OsStr;

/// Which items a rule is about.
#[derive(Clone, Copy, Debug)]
pub enum Pattern {
    /// The line as a whole, once.
    Line,
    /// A driver option with any value.
    Driver(&'static str),
    /// A driver option with exactly this value.
    DriverIs(&'static str, &'static str),
    /// A driver option whose value begins so.
    DriverBegins(&'static str, &'static str),
    /// A driver word that the grammar does not know, spelled exactly so.
    Word(&'static str),
    /// A linker option with any value.
    Linker(&'static str),
    /// A linker option with exactly this value.
    LinkerIs(&'static str, &'static str),
    /// A linker option whose value begins so.
    LinkerBegins(&'static str, &'static str),
    /// A linker token that is no option: a path.
    LinkerPath,
    /// A linker option that came by `-Xlinker`, whatever it is.
    ByXlinker,
    /// An input file whose name ends so.
    Input(&'static str),
    /// Any of these.
    AnyOf(&'static [Pattern]),
}

impl Pattern {
    /// Whether the item is one of those.
    pub fn matches(&self, item: &Item) -> bool {
        let value_is = |name: &str, test: &dyn Fn(&OsStr) -> bool| {
            item.driver(name).or_else(|| item.linker(name)).flatten().is_some_and(test)
        };
        match *self {
            Pattern::Line => false,
            Pattern::Driver(name) => item.driver(name).is_some(),
            Pattern::DriverIs(name, value) | Pattern::LinkerIs(name, value) => {
                self.same_kind(item) && value_is(name, &|own| own == value)
            }
            Pattern::DriverBegins(name, start) | Pattern::LinkerBegins(name, start) => {
                self.same_kind(item) && value_is(name, &|own| bytes::strip_prefix(own, start).is_some())
            }
            Pattern::Word(word) => item.meaning == Meaning::ForeignDriver && item.tokens[0].text == word,
            Pattern::Linker(name) => item.linker(name).is_some(),
            Pattern::LinkerPath => is_linker_path(item),
            Pattern::ByXlinker => by_xlinker(item),
            Pattern::Input(suffix) => item.input().is_some_and(|path| bytes::ends_with(path, suffix)),
            Pattern::AnyOf(patterns) => patterns.iter().any(|pattern| pattern.matches(item)),
        }
    }

    fn same_kind(&self, item: &Item) -> bool {
        let driver = matches!(self, Pattern::DriverIs(..) | Pattern::DriverBegins(..));
        matches!(item.meaning, Meaning::Driver(..)) == driver
    }
}

/// `-Wl,/path/libx.a`: a file that was passed straight to the linker.
fn is_linker_path(item: &Item) -> bool {
    item.meaning == Meaning::ForeignLinker
        && !item.tokens[0].text.is_empty()
        && !item.tokens[0].text.as_encoded_bytes().starts_with(b"-")
}

/// An item that `-Wl,` could carry as well: no token of it holds a comma.
fn by_xlinker(item: &Item) -> bool {
    item.tokens.iter().any(|token| token.carrier == Carrier::Xlinker)
        && item.tokens.iter().all(|token| !token.text.as_encoded_bytes().contains(&b','))
}
