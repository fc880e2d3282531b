//! Cutting and joining OS strings at ASCII characters, whatever the rest is made of.

use std::ffi::{OsStr, OsString};

/// The part of `text` after `prefix`, when it begins with it.
pub fn strip_prefix<'a>(text: &'a OsStr, prefix: &str) -> Option<&'a OsStr> {
    let bytes = text.as_encoded_bytes();
    bytes.starts_with(prefix.as_bytes()).then(|| after(text, prefix.len()))
}

/// Whether `text` ends with `suffix`.
pub fn ends_with(text: &OsStr, suffix: &str) -> bool {
    text.as_encoded_bytes().ends_with(suffix.as_bytes())
}

/// The parts of `text` before and after the first `separator`, which has to be ASCII.
pub fn split_once(text: &OsStr, separator: u8) -> Option<(&OsStr, &OsStr)> {
    debug_assert!(separator.is_ascii());
    let bytes = text.as_encoded_bytes();
    let at = bytes.iter().position(|byte| *byte == separator)?;
    Some((before(text, at), after(text, at + 1)))
}

/// The parts of `text` between `separator`s, which have to be ASCII.
pub fn split(text: &OsStr, separator: u8) -> impl Iterator<Item = &OsStr> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let (part, tail) = match split_once(whole, separator) {
            Some((part, tail)) => (part, Some(tail)),
            None => (whole, None),
        };
        rest = tail;
        Some(part)
    })
}

/// `a` and `b` as one string.
pub fn join(a: impl AsRef<OsStr>, b: impl AsRef<OsStr>) -> OsString {
    let (a, b) = (a.as_ref(), b.as_ref());
    let mut joined = OsString::with_capacity(a.len() + b.len());
    joined.push(a);
    joined.push(b);
    joined
}

/// The last component of a path in either system's spelling.
pub fn file_name(path: &OsStr) -> &OsStr {
    match path.as_encoded_bytes().iter().rposition(|byte| matches!(byte, b'/' | b'\\')) {
        Some(at) => after(path, at + 1),
        None => path,
    }
}

/// The first `at` bytes; the byte at `at` has to be ASCII or the end.
fn before(text: &OsStr, at: usize) -> &OsStr {
    let bytes = text.as_encoded_bytes();
    debug_assert!(bytes.get(at).is_none_or(u8::is_ascii));
    // SAFETY: the cut is next to an ASCII byte, which the encoding of `OsStr` allows as a boundary.
    unsafe { OsStr::from_encoded_bytes_unchecked(&bytes[..at]) }
}

/// Everything from byte `at`; the byte before it has to be ASCII or the beginning.
fn after(text: &OsStr, at: usize) -> &OsStr {
    let bytes = text.as_encoded_bytes();
    debug_assert!(at == 0 || bytes[at - 1].is_ascii());
    // SAFETY: the cut is next to an ASCII byte, which the encoding of `OsStr` allows as a boundary.
    unsafe { OsStr::from_encoded_bytes_unchecked(&bytes[at..]) }
}
