//! One archive to fetch: a library for one variant, and what must come.

use super::manifest::Place;
use super::variant::Variant;
use crate::unpack::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of archive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArchiveKind {
    /// The library itself.
    #[serde(rename = "a")]
    Bare,
    /// A zip.
    #[serde(rename = "zip")]
    Zip,
    /// A tar in gzip.
    #[serde(rename = "tar.gz")]
    TarGz,
    /// A tar in xz.
    #[serde(rename = "tar.xz")]
    TarXz,
    /// A tar in zstd.
    #[serde(rename = "tar.zst")]
    TarZst,
}

impl ArchiveKind {
    /// The kind of a file by its name.
    pub fn of(name: &str) -> Option<ArchiveKind> {
        let name = name.to_ascii_lowercase();
        let endings = [
            (".a", ArchiveKind::Bare),
            (".lib", ArchiveKind::Bare),
            (".zip", ArchiveKind::Zip),
            (".tar.gz", ArchiveKind::TarGz),
            (".tgz", ArchiveKind::TarGz),
            (".tar.xz", ArchiveKind::TarXz),
            (".tar.zst", ArchiveKind::TarZst),
        ];
        endings.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| *kind)
    }

    /// As a manifest writes it.
    pub fn word(self) -> &'static str {
        match self {
            ArchiveKind::Bare => "a",
            ArchiveKind::Zip => "zip",
            ArchiveKind::TarGz => "tar.gz",
            ArchiveKind::TarXz => "tar.xz",
            ArchiveKind::TarZst => "tar.zst",
        }
    }

    /// What of the unpacker's kinds it is; none is the library itself.
    pub fn unpacker(self) -> Option<Kind> {
        Some(match self {
            ArchiveKind::Bare => return None,
            ArchiveKind::Zip => Kind::Zip,
            ArchiveKind::TarGz => Kind::TarGz,
            ArchiveKind::TarXz => Kind::TarXz,
            ArchiveKind::TarZst => Kind::TarZst,
        })
    }
}

/// What a manifest says of one variant, with its places filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The library's name.
    pub library: String,
    /// Its version.
    pub version: String,
    /// For whom.
    pub variant: Variant,
    /// Where the archive is.
    pub url: String,
    /// What kind it is.
    pub kind: ArchiveKind,
    /// `-l` name → path in the archive; in a bare one, the name that the file gets.
    pub libs: BTreeMap<String, String>,
    /// Folders of the archive with headers.
    pub include: Vec<String>,
    /// Libraries of the system that it needs.
    pub system: Vec<String>,
    /// Frameworks that it needs.
    pub frameworks: Vec<String>,
    /// Whether the user's token for the url's host is sent.
    pub private: bool,
    /// Where it is put.
    pub place: Place,
}

impl Artifact {
    /// As messages call it: `slim-bindings v1.4.0 (linux/amd64/gnu)`.
    pub fn shown(&self) -> String {
        format!("{} {} ({})", self.library, self.version, self.variant)
    }
}

/// The bytes that must come, and no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Their sha256, in hexadecimal.
    pub sha256: String,
    /// Their number.
    pub size: u64,
}
