//! A failure as the user meets it: one sentence, one hint.

use crate::exit::OwnExit;
use crate::target::TargetError;
use std::io::ErrorKind;
use std::path::Path;

/// What helps when the store's disk is full, or fails.
pub const ROOM: &str = "make room there, or set CGOZIG_CACHE_DIR to a folder on another disk";

/// Whether that is what the system, or a program such as pip, says of a full disk.
pub fn is_full(said: &str) -> bool {
    ["No space left on device", "quota exceeded", "not enough space on the disk"]
        .iter()
        .any(|own| said.contains(own))
}

/// What could not be done, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The sentence after "could not".
    pub what: String,
    /// What to do; empty when there is nothing to say.
    pub hint: String,
    /// How we exit.
    pub exit: OwnExit,
}

impl Failure {
    /// A failure with its hint.
    pub fn new(exit: OwnExit, what: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: hint.into(), exit }
    }

    /// A file or folder of ours that could not be used.
    pub fn store(doing: &str, path: &Path, error: &std::io::Error) -> Failure {
        let what = format!("{doing} `{}`: {error}", path.display());
        let is_full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
        let hint = if is_full { ROOM } else { "set CGOZIG_CACHE_DIR to a folder that you can write" };
        Failure::new(OwnExit::Store, what, hint)
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Failure {
        Failure::new(OwnExit::Request, error.what(), error.hint())
    }
}
