//! The text of an `@file`, in the dialects that occur, and our own for zig.
//!
//! - GNU: words separated by white space, quoted by `'` or `"`, with `\` before any character.
//! - Go: cmd/link writes one word a line with Go's `%q`, whose escapes GNU rules would spoil.
//! - UTF-16 with a byte order mark, as Windows tools write, holding GNU text.
//!
//! Zig reads a dialect of its own: `\` counts only in a run before `"`.

use super::bytes;
use std::ffi::{OsStr, OsString};
use std::fmt;

/// Why a response file has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// UTF-16 that cannot be decoded, or bytes that no word has.
    NoText,
    /// A quote that is not closed, and its line. gcc takes all that follows for one word: nobody means that.
    Open(char, usize),
}

impl Bad {
    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            Bad::NoText => {
                "a word that begins with @ names a file of further words: text, in UTF-8 or UTF-16"
            }
            Bad::Open(..) => {
                "\\ before a quote makes it a part of a word; a word with spaces stands between two quotes"
            }
        }
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bad::NoText => write!(out, "it is not text"),
            Bad::Open(quote, line) => write!(out, "the {quote} in line {line} is not closed"),
        }
    }
}

/// Splits the contents of a response file into words.
pub fn words(contents: &[u8]) -> Result<Vec<OsString>, Bad> {
    let text = match contents {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(rest.to_vec()),
        _ => Some(contents.to_vec()),
    };
    let text = text.filter(|text| !text.contains(&0)).ok_or(Bad::NoText)?;
    let words = go_words(&text).map_or_else(|| gnu_words(&text), Ok)?;
    Ok(words.into_iter().filter_map(os_string).collect())
}

/// The contents of a response file that zig reads as `words`.
pub fn for_zig(words: &[OsString]) -> Vec<u8> {
    let mut text = Vec::new();
    for word in words {
        text.push(b'"');
        let mut backslashes = 0;
        for byte in word.as_encoded_bytes() {
            if *byte == b'"' {
                text.extend(std::iter::repeat_n(b'\\', backslashes + 1));
            }
            backslashes = if *byte == b'\\' { backslashes + 1 } else { 0 };
            text.push(*byte);
        }
        text.extend(std::iter::repeat_n(b'\\', backslashes));
        text.extend(b"\"\n");
    }
    text
}

/// The path in a word that asks for a response file.
pub fn path(word: &OsStr) -> Option<&OsStr> {
    bytes::strip_prefix(word, "@").filter(|path| !path.is_empty())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Vec<u8>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>();
    rest.is_empty().then_some(text.ok()?.into_bytes())
}

/// Words written with `%q`, one a line; `None` when any line is something else.
fn go_words(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| go_unquote(line.strip_prefix(b"\"")?.strip_suffix(b"\"")?)).collect()
}

/// What Go's `strconv.Unquote` makes of the inside of a quoted string.
fn go_unquote(inside: &[u8]) -> Option<Vec<u8>> {
    let mut word = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'"' => return None,
            b'\\' => rest = go_escape(rest, &mut word)?,
            plain => word.push(*plain),
        }
    }
    Some(word)
}

/// Decodes what follows a backslash and returns the rest.
fn go_escape<'a>(rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (kind, rest) = rest.split_first()?;
    let digits = match kind {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let (hex, rest) = rest.split_at_checked(digits)?;
        let value = u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
        match kind {
            b'x' => word.push(u8::try_from(value).ok()?),
            _ => word.extend(char::from_u32(value)?.to_string().bytes()),
        }
        return Some(rest);
    }
    word.push(match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => *kind,
        _ => return None,
    });
    Some(rest)
}

/// Words by the rules of GCC and binutils.
fn gnu_words(text: &[u8]) -> Result<Vec<Vec<u8>>, Bad> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = text.iter().copied().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => word.get_or_insert_default().extend(bytes.next().map(|(_, byte)| byte)),
            (_, Some((open, _))) if byte == open => quote = None,
            (_, Some(_)) => word.get_or_insert_default().push(byte),
            (b'"' | b'\'', None) => {
                word.get_or_insert_default();
                quote = Some((byte, at));
            }
            (b' ' | b'\t' | b'\n' | b'\r' | 11 | 12, None) => words.extend(word.take()),
            (_, None) => word.get_or_insert_default().push(byte),
        }
    }
    if let Some((open, at)) = quote {
        let line = 1 + memchr::memchr_iter(b'\n', &text[..at]).count();
        return Err(Bad::Open(open.into(), line));
    }
    words.extend(word);
    Ok(words)
}

/// Bytes of a file as an OS string: any bytes where the system allows them, text elsewhere.
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    crate::sys::os_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(contents: &[u8]) -> Vec<String> {
        words(contents).unwrap().into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn gnu_text_is_split_as_gcc_does() {
        assert_eq!(strings(b"a 'b c' \"d\\\"e\" f\\ g\n''\n"), ["a", "b c", "d\"e", "f g", ""]);
    }

    #[test]
    fn go_text_keeps_what_gnu_rules_would_spoil() {
        assert_eq!(strings(b"\"-o\"\n\"C:\\\\Users\\\\\\u00e9 x\"\n"), ["-o", "C:\\Users\\é x"]);
        assert_eq!(strings(b"\"tab\\there\"\n"), ["tab\there"]);
    }

    #[test]
    fn utf16_is_read_in_both_orders() {
        assert_eq!(strings(b"\xff\xfea\0 \0b\0"), ["a", "b"]);
        assert_eq!(strings(b"\xfe\xff\0a\0 \0b"), ["a", "b"]);
        assert_eq!(words(b"\xff\xfea"), Err(Bad::NoText));
    }

    #[test]
    fn a_quote_without_its_end_is_told_with_its_line() {
        assert_eq!(words(b"-c\n-I/home/o'neil\nx.c\n"), Err(Bad::Open('\'', 2)));
        assert_eq!(words(b"\"a"), Err(Bad::Open('"', 1)));
        assert_eq!(strings(b"-I/home/o\\'neil"), ["-I/home/o'neil"]);
        assert_eq!(words(b"a\0b"), Err(Bad::NoText));
    }

    #[test]
    fn zig_text_doubles_backslashes_only_before_quotes() {
        let given: Vec<OsString> = ["C:\\a b\\", "say \"hi\"", "x\\\"y", ""].map(Into::into).into();
        let text = String::from_utf8(for_zig(&given)).unwrap();
        assert_eq!(text, "\"C:\\a b\\\\\"\n\"say \\\"hi\\\"\"\n\"x\\\\\\\"y\"\n\"\"\n");
    }
}
