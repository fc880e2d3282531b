//! Unpacks an archive into a new folder: regular files and folders, or an error.
//!
//! ```text
//!  decode   gzip, xz, zstd → a tar's bytes, within the memory that is allowed         pure
//!  meter    counts bytes, stops at the limits                                   pure
//!  tar      the loop over a tar's entries
//!  end      the record at a zip's end                                           pure
//!  zip      the loop over a zip's entries
//!  path     whether a path may be written                                       pure
//!  names    whether a path meets another, and which folders it needs            pure
//!  output   writes, hashes, counts
//! ```
//!
//! The caller has verified the whole archive before, and throws the folder away after an error. What was
//! unpacked is not yet synced to the disk: the entries' paths say what there is to sync.

mod decode;
mod end;
mod error;
mod meter;
mod names;
mod output;
pub mod path;
mod tar;
mod zip;

pub use error::{UnpackError, Why};

use output::Output;
use std::fs::File;
use std::path::Path;

/// What kind of archive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A tar in gzip.
    TarGz,
    /// A tar in xz, as zig is published.
    TarXz,
    /// A tar in one zstd frame, as caches are exported.
    TarZst,
    /// A zip, as Python wheels are.
    Zip,
}

/// How much an archive may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of all contents together; for a tar its headers count too.
    pub unpacked: u64,
    /// Files and folders, also those that only a path names.
    pub entries: u64,
    /// Unpacked bytes for each byte of the whole archive. The first MiB is free: small archives of empty
    /// files are nearly all padding.
    pub ratio: u64,
    /// Bytes that a decoder may hold.
    pub memory: u64,
    /// Whether files may be executed that are marked so.
    pub executables: bool,
}

impl Default for Caps {
    /// A zig is 400 MB in 20,000 files, 8 to 1; archives with debug information come near 100 to 1.
    fn default() -> Caps {
        Caps { unpacked: 4 << 30, entries: 100_000, ratio: 200, memory: 256 << 20, executables: true }
    }
}

impl Caps {
    /// The unpacked bytes that an archive of `length` bytes may have, and what is wrong with more.
    fn limit(&self, length: u64) -> (u64, Why) {
        let by_ratio = length.saturating_mul(self.ratio).max(1 << 20);
        if by_ratio < self.unpacked {
            (by_ratio, Why::Ratio(self.ratio))
        } else {
            (self.unpacked, Why::Unpacked(self.unpacked))
        }
    }
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path below the folder, with `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The sha256 of its contents, in hexadecimal.
    pub sha256: String,
    /// Whether its owner may execute it.
    pub executable: bool,
}

/// Unpacks `archive` into the folder `into`, which is there and empty; lists the files in the archive's order.
///
/// `place` maps a path of the archive to the path below `into`, or to `None` to leave it out; what is left
/// out is checked all the same. `progress` hears how many bytes of the archive are done.
pub fn unpack(
    kind: Kind,
    archive: &File,
    into: &Path,
    caps: &Caps,
    place: &dyn Fn(&str) -> Option<String>,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Entry>, UnpackError> {
    let mut output = Output::new(into, caps, place);
    match kind {
        Kind::TarGz | Kind::TarXz | Kind::TarZst => tar::unpack(kind, archive, caps, &mut output, progress)?,
        Kind::Zip => zip::unpack(archive, caps, &mut output, progress)?,
    }
    Ok(output.entries)
}
