//! Why an archive was not unpacked, as one clause that names the entry.

use std::{fmt, io};

/// An archive that was not unpacked.
#[derive(Debug)]
pub struct UnpackError {
    /// The entry at fault, as the archive spells it; `None` when it is the archive as a whole.
    pub entry: Option<String>,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong; its text follows the name of an entry, or "the archive".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// An empty path.
    NoPath,
    /// A path that is not UTF-8.
    NotUtf8,
    /// A path that begins at the root.
    Absolute,
    /// A path with `..`.
    Parent,
    /// A path with an empty part or `.`.
    EmptyPart,
    /// A path with a NUL byte.
    Nul,
    /// A path with a character that a file on Windows cannot have, or that means something else there.
    Character(char),
    /// A path with a part that names a device on Windows.
    Device(String),
    /// A path with a part that Windows would shorten.
    TrailingDot,
    /// A path longer than file systems take.
    LongPath,
    /// A path that was there before.
    Duplicate,
    /// A path that differs from one before by case alone.
    Case,
    /// A path through another entry's file.
    BelowFile,
    /// A symbolic or hard link.
    Link,
    /// A device, a pipe or a socket.
    Special,
    /// A file with holes.
    Sparse,
    /// Neither a file nor a folder.
    OtherKind,
    /// Encrypted contents.
    Encrypted,
    /// Compressed in a way that wheels do not use.
    Method,
    /// More bytes than an archive may unpack to.
    Unpacked(u64),
    /// More bytes than an archive of that size may unpack to.
    Ratio(u64),
    /// More entries than an archive may have.
    Entries(u64),
    /// A decoder that would need more memory than it may have.
    Memory,
    /// More headers for one entry than any has.
    LongHeader,
    /// Contents that end before their size.
    Short,
    /// Contents that go on behind their size.
    Long,
    /// A tar without its two empty blocks.
    NoEnd,
    /// Bytes behind the archive's end.
    Trailing,
    /// A zip that says one thing in two ways, or that is none.
    Layout(&'static str),
    /// Two headers that disagree, or bytes that cannot be decoded, in the decoder's words.
    Damaged(String),
    /// A file or folder that could not be written: not the archive's fault.
    Write(String),
}

impl Why {
    /// What an error of reading means.
    pub(super) fn reading(error: &io::Error) -> Why {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Why::Short,
            io::ErrorKind::OutOfMemory => Why::Memory,
            _ => Why::Damaged(error.to_string()),
        }
    }

    /// This, of an entry.
    pub(super) fn of(self, entry: &str) -> UnpackError {
        UnpackError { entry: Some(entry.to_string()), why: self }
    }

    /// This, of the archive.
    pub(super) fn of_all(self) -> UnpackError {
        UnpackError { entry: None, why: self }
    }
}

/// `text` with its control characters escaped, and not longer than a line.
fn plain(text: &str) -> String {
    let escaped: String = text.chars().take(200).flat_map(char::escape_debug).collect();
    if text.chars().nth(200).is_some() { escaped + "…" } else { escaped }
}

impl fmt::Display for UnpackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => write!(out, "`{}` {}", plain(entry), self.why),
            None => write!(out, "the archive {}", self.why),
        }
    }
}

impl std::error::Error for UnpackError {}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Why::NoPath => "has no path",
            Why::NotUtf8 => "has a path that is not UTF-8",
            Why::Absolute => "is an absolute path",
            Why::Parent => "has `..` in its path",
            Why::EmptyPart => "has an empty part or `.` in its path",
            Why::Nul => "has a NUL byte in its path",
            Why::Character(one) => return write!(out, "has `{}` in its path", one.escape_debug()),
            Why::Device(part) => return write!(out, "has a name reserved on Windows, `{}`", plain(part)),
            Why::TrailingDot => "has a part that ends with a dot or a space",
            Why::LongPath => "is longer than a path can be",
            Why::Duplicate => "is there twice",
            Why::Case => "differs from another path by case alone",
            Why::BelowFile => "is below a path that is a file",
            Why::Link => "is a link",
            Why::Special => "is a device",
            Why::Sparse => "is a sparse file",
            Why::OtherKind => "is neither a file nor a folder",
            Why::Encrypted => "is encrypted",
            Why::Method => "is compressed with another method than deflate",
            Why::Unpacked(most) => return write!(out, "goes past {most} bytes, the most to unpack"),
            Why::Ratio(most) => return write!(out, "goes past {most} times the size of its archive"),
            Why::Entries(most) => return write!(out, "goes past {most} entries, the most to unpack"),
            Why::Memory => "needs more memory to decode than it may have",
            Why::LongHeader => "has more than 1 MiB of headers",
            Why::Short => "ends too early",
            Why::Long => "is longer than its size",
            Why::NoEnd => "has no end mark",
            Why::Trailing => "has bytes behind its end",
            Why::Layout(text) => text,
            Why::Damaged(text) => return write!(out, "is damaged: {}", plain(text)),
            Why::Write(text) => return write!(out, "could not be written: {}", plain(text)),
        };
        out.write_str(text)
    }
}
