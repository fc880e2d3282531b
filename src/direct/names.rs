//! The names that zig makes from a program's: of its import library, its debug information, its module.

use super::learned::hole;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The folder that a path names.
pub fn folder_of(path: &OsStr) -> Option<OsString> {
    Path::new(path)
        .parent()
        .map(|folder| folder.as_os_str().to_os_string())
        .filter(|folder| !folder.is_empty())
}

/// The parts of the program's path, and the name of the first input, after which zig names what belongs to a program.
pub fn parts(output: &OsStr, first: Option<&OsStr>) -> Vec<(&'static str, OsString)> {
    let path = Path::new(output);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_os_string();
    let mut parts = vec![
        ("out", output.to_os_string()),
        ("stem", path.with_extension("").into_os_string()),
        ("name", name(path)),
        ("base", name(&path.with_extension(""))),
    ];
    parts.extend(folder_of(output).map(|folder| ("dir", folder)));
    parts.extend(first.map(|first| ("first", name(&Path::new(first).with_extension("")))));
    parts
}

/// `word` with holes in the places of parts.
pub fn with_holes(word: &[u8], parts: &[(&'static str, OsString)]) -> Vec<u8> {
    let mut made = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some(byte) = rest.first() {
        let part =
            parts.iter().find(|(_, part)| !part.is_empty() && rest.starts_with(part.as_encoded_bytes()));
        let length = if let Some((name, part)) = part {
            made.extend(hole(name));
            part.len()
        } else {
            made.push(*byte);
            1
        };
        rest = &rest[length..];
    }
    made
}
