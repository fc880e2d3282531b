//! From words to items. Cannot fail: what is not understood is foreign.

use super::grammar::{self, OptSpec, Takes};
use super::{Argv, Carrier, InputKind, Item, Meaning, Token, bytes};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};

impl Argv {
    /// Understands `words`, which do not include the program's name.
    pub fn parse(words: impl IntoIterator<Item = impl Into<OsString>>) -> Argv {
        let mut groups = 0;
        let items = items(words.into_iter().map(Into::into), &mut groups);
        Argv { items, groups }
    }
}

/// The items of `words`; `groups` numbers the `-Wl,` words.
pub(super) fn items(words: impl IntoIterator<Item = OsString>, groups: &mut u32) -> Vec<Item> {
    let mut tokens = tokens(words, groups);
    let mut items = Vec::with_capacity(tokens.len());
    while let Some(token) = tokens.pop_front() {
        items.push(match token.carrier {
            Carrier::Driver => driver_item(token, &mut tokens),
            Carrier::Comma(_) | Carrier::Xlinker => linker_item(token, &mut tokens),
        });
    }
    items
}

/// Takes `-Wl,` and `-Xlinker` apart.
fn tokens(words: impl IntoIterator<Item = OsString>, groups: &mut u32) -> VecDeque<Token> {
    let mut words = words.into_iter();
    let mut tokens = VecDeque::new();
    let mut takes_next = false;
    while let Some(word) = words.next() {
        if std::mem::take(&mut takes_next) {
            tokens.push_back(Token { text: word, carrier: Carrier::Driver });
        } else if let Some(list) = bytes::strip_prefix(&word, "-Wl,") {
            *groups += 1;
            let carrier = Carrier::Comma(*groups);
            tokens.extend(bytes::split(list, b',').map(|part| Token { text: part.into(), carrier }));
        } else if word == "-Xlinker" {
            match words.next() {
                Some(text) => tokens.push_back(Token { text, carrier: Carrier::Xlinker }),
                None => tokens.push_back(Token { text: word, carrier: Carrier::Driver }),
            }
        } else {
            takes_next = wants_next(grammar::DRIVER, &word);
            tokens.push_back(Token { text: word, carrier: Carrier::Driver });
        }
    }
    tokens
}

/// Whether the value of `word` is the word after it (one such word is enough to keep `-o -Wl,x` apart).
fn wants_next(table: &'static [OptSpec], word: &OsStr) -> bool {
    let Some(spec) = grammar::find(table, word.as_encoded_bytes()) else { return false };
    match spec.takes {
        Takes::Next | Takes::JoinedAndNext | Takes::Words(_) => true,
        Takes::Either | Takes::EqualsOrNext => word.len() == spec.word.len(),
        Takes::Nothing | Takes::Joined | Takes::Equals => false,
    }
}

fn driver_item(first: Token, rest: &mut VecDeque<Token>) -> Item {
    let word = first.text.clone();
    if word == "-" || !word.as_encoded_bytes().starts_with(b"-") {
        return Item { meaning: Meaning::Input(input_kind(&word), word), tokens: vec![first] };
    }
    let same = |token: &Token| token.carrier == Carrier::Driver;
    match option(grammar::DRIVER, &word, first.clone(), rest, same) {
        Some((name, value, tokens)) => Item { meaning: Meaning::Driver(name, value), tokens },
        None => Item { meaning: Meaning::ForeignDriver, tokens: vec![first] },
    }
}

fn linker_item(first: Token, rest: &mut VecDeque<Token>) -> Item {
    let word = undashed(&first.text).map(OsStr::to_os_string);
    let same = |token: &Token| token.carrier != Carrier::Driver;
    match word.and_then(|word| option(grammar::LINKER, &word, first.clone(), rest, same)) {
        Some((name, value, tokens)) => Item { meaning: Meaning::Linker(name, value), tokens },
        None => Item { meaning: Meaning::ForeignLinker, tokens: vec![first] },
    }
}

/// A linker option without its one or two dashes; two dashes never introduce a one-letter option.
fn undashed(text: &OsStr) -> Option<&OsStr> {
    match bytes::strip_prefix(text, "--") {
        Some(long) => {
            let spec = grammar::find(grammar::LINKER, long.as_encoded_bytes())?;
            (spec.word.len() > 1).then_some(long)
        }
        None => bytes::strip_prefix(text, "-").filter(|name| !name.is_empty()),
    }
}

type Understood = (&'static str, Option<OsString>, Vec<Token>);

/// Binds the option that `word` begins to its value; `same` says which tokens may be that value.
fn option(
    table: &'static [OptSpec],
    word: &OsStr,
    first: Token,
    rest: &mut VecDeque<Token>,
    same: impl Fn(&Token) -> bool,
) -> Option<Understood> {
    let spec = grammar::find(table, word.as_encoded_bytes())?;
    let joined = bytes::strip_prefix(word, spec.word).filter(|tail| !tail.is_empty());
    let wanted = match spec.takes {
        Takes::Next | Takes::JoinedAndNext => 1,
        Takes::Words(count) => usize::from(count),
        Takes::Either | Takes::EqualsOrNext if joined.is_none() => 1,
        _ => 0,
    };
    if rest.iter().take(wanted).filter(|token| same(token)).count() < wanted {
        return None;
    }
    let mut tokens = vec![first];
    tokens.extend(rest.drain(..wanted));
    let value = match spec.takes {
        Takes::Nothing => None,
        Takes::Equals | Takes::EqualsOrNext if joined.is_some() => {
            joined.map(|tail| bytes::strip_prefix(tail, "=").unwrap_or(tail).to_os_string())
        }
        Takes::Joined => Some(joined.unwrap_or_default().to_os_string()),
        _ => joined.map(OsStr::to_os_string).or_else(|| tokens.get(1).map(|token| token.text.clone())),
    };
    Some((spec.name, value, tokens))
}

/// What a file's name says about it.
pub fn input_kind(path: &OsStr) -> InputKind {
    const SOURCES: &[&str] = &[
        ".c", ".cc", ".cpp", ".cxx", ".c++", ".C", ".m", ".mm", ".s", ".S", ".sx", ".i", ".ii", ".h", ".hpp",
        ".bc", ".ll",
    ];
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| bytes::ends_with(path, suffix));
    if path == "-" || ends(SOURCES) {
        InputKind::Source
    } else if ends(&[".o", ".obj", ".syso", ".lo"]) {
        InputKind::Object
    } else if ends(&[".a", ".lib"]) || is_versioned(path, b".a.") {
        InputKind::Archive
    } else if ends(&[".so", ".dylib", ".tbd", ".dll"]) || is_versioned(path, b".so.") {
        InputKind::Shared
    } else {
        InputKind::Other
    }
}

/// `libx.so.1.2`, `libx.a.1`: a library with a version behind.
fn is_versioned(path: &OsStr, end: &[u8]) -> bool {
    let name = bytes::file_name(path).as_encoded_bytes();
    name.windows(end.len()).rposition(|window| window == end).is_some_and(|at| {
        let version = &name[at + end.len()..];
        !version.is_empty() && version.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(words: &[&str]) -> Vec<Meaning> {
        Argv::parse(words).items().iter().map(|item| item.meaning.clone()).collect()
    }

    #[test]
    fn the_three_ways_to_the_linker_mean_the_same() {
        let now = Meaning::Linker("z", Some("now".into()));
        for words in [
            &["-Wl,-z,now"][..],
            &["-Wl,-znow"],
            &["-Wl,-z", "-Wl,now"],
            &["-Xlinker", "-z", "-Xlinker", "now"],
        ] {
            assert_eq!(meanings(words), std::slice::from_ref(&now), "{words:?}");
        }
    }

    #[test]
    fn a_value_is_never_an_option() {
        assert_eq!(meanings(&["-I", "-lgcc_s"]), [Meaning::Driver("-I", Some("-lgcc_s".into()))]);
        assert_eq!(meanings(&["-o", "-Wl,-z,now"]), [Meaning::Driver("-o", Some("-Wl,-z,now".into()))]);
        assert_eq!(meanings(&["-o", "-Xlinker"]), [Meaning::Driver("-o", Some("-Xlinker".into()))]);
    }

    #[test]
    fn what_is_not_known_is_foreign() {
        assert_eq!(meanings(&["-emit-llvm", "-Wl,--zzz", "-Xlinker"])[0], Meaning::ForeignDriver);
        assert_eq!(meanings(&["-Wl,--zzz"]), [Meaning::ForeignLinker]);
        assert_eq!(meanings(&["-Xlinker"]), [Meaning::ForeignDriver]);
        assert_eq!(meanings(&["-o"]), [Meaning::ForeignDriver]);
    }

    #[test]
    fn files_are_known_by_their_names() {
        for (path, kind) in [
            ("x.c", InputKind::Source),
            ("-", InputKind::Source),
            ("libx.so.1.2", InputKind::Shared),
            ("libx.so.txt", InputKind::Other),
            ("libx.a.1", InputKind::Archive),
            ("libx.a.1.a.2", InputKind::Archive),
            ("libx.a.old", InputKind::Other),
            ("x.syso", InputKind::Object),
            ("a.c.a", InputKind::Archive),
        ] {
            assert_eq!(input_kind(OsStr::new(path)), kind, "{path}");
        }
    }
}
