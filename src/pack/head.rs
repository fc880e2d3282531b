//! The first file of a pack: for whom it is, and what else is in it.

use super::{LEARNED, RUNTIME};
use crate::store::manifest::{self, Line};
use crate::unpack::Entry;
use serde::{Deserialize, Serialize};

/// Its name.
pub const NAME: &str = "manifest.json";

/// The format that this cgozig writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// For whom a pack is, and its files in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: u32,
    /// The version of zig, as it says it.
    pub zig: String,
    /// The target as that zig names it.
    pub triple: String,
    /// Everything else.
    pub files: Vec<Line>,
}

impl Head {
    /// The head of a new pack.
    pub fn new(zig: &str, triple: &str, mut files: Vec<Line>) -> Head {
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Head { format: FORMAT, zig: zig.into(), triple: triple.into(), files }
    }

    /// Reads one; an error is a clause.
    pub fn parse(text: &[u8]) -> Result<Head, String> {
        // Of another format only its number is known.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let wrong = |error: serde_json::Error| format!("{NAME}: {error}");
        let Format { format } = serde_json::from_slice(text).map_err(wrong)?;
        if format != FORMAT {
            return Err(format!("its format is {format}, and this cgozig reads {FORMAT}"));
        }
        serde_json::from_slice(text).map_err(wrong)
    }

    /// Whether what was unpacked is what it lists, no more and no less, in the folders of a pack.
    pub fn holds(&self, entries: &[Entry]) -> Result<(), String> {
        let is_own = |path: &str| {
            let parts = |folder| path.strip_prefix(folder).map(|rest: &str| rest.split('/').count());
            parts(LEARNED) == Some(1) || parts(RUNTIME).is_some_and(|parts| parts <= 2)
        };
        let seen: Vec<Line> = entries.iter().filter(|entry| entry.path != NAME).map(Line::of).collect();
        match seen.iter().find(|line| !is_own(&line.path)) {
            Some(line) => Err(format!("`{}` does not belong in it", line.path)),
            None => manifest::are_listed(seen, &self.files, NAME),
        }
    }

    /// What it says of a file of the runtime.
    pub fn runtime(&self, name: &str) -> Option<&Line> {
        self.files.iter().find(|line| line.path.strip_prefix(RUNTIME) == Some(name))
    }

    /// How many files of a folder are in it.
    fn count(&self, folder: &str) -> usize {
        self.files.iter().filter(|line| line.path.starts_with(folder)).count()
    }

    /// How many learned records, and how many files of the runtime.
    pub fn counts(&self) -> (usize, usize) {
        (self.count(LEARNED), self.count(RUNTIME))
    }
}
