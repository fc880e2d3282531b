//! What an object of a failed link is: whose, and by which compiler.

use crate::archive::Facts;
use crate::archive::facts;
use crate::sys;
use object::{Object, ObjectSection};
use std::fs::File;
use std::path::Path;

/// What an object says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub facts: Facts,
    /// The GCC that compiled it, where one did.
    pub gcc: Option<String>,
}

impl Made {
    /// Looks at a file; none where it cannot be read or is no object.
    pub fn of(path: &Path) -> Option<Made> {
        let file = File::open(path).ok()?;
        let data = sys::map(&file).ok()?;
        Some(Made { facts: facts::read(&data), gcc: gcc(&data) })
    }
}

/// `GCC 12.2.0` of the section that every compiler for ELF leaves: `GCC: (Debian 12.2.0-14) 12.2.0`.
fn gcc(data: &[u8]) -> Option<String> {
    let file = object::File::parse(data).ok()?;
    let comment = file.section_by_name(".comment")?.data().ok()?;
    let said = comment.split(|byte| *byte == 0).find_map(|part| part.strip_prefix(b"GCC: "))?;
    let said = String::from_utf8_lossy(said);
    Some(format!("GCC {}", said.rsplit(' ').next().unwrap_or_default()))
}
