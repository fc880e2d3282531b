//! What an installed folder consists of: path, size and sha256 of each file, in `manifest.json`.

use crate::digest::sha256;
use crate::sys;
use crate::unpack::Entry;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The file's name.
pub const NAME: &str = "manifest.json";

/// A file, by all that tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Below the folder, with slashes.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

impl Line {
    /// That of a file that was unpacked.
    pub fn of(entry: &Entry) -> Line {
        Line { path: entry.path.clone(), size: entry.size, sha256: entry.sha256.clone() }
    }
}

/// Writes the manifest of a folder that was unpacked just now.
pub fn write(folder: &Path, entries: &[Entry]) -> io::Result<()> {
    let lines: Vec<Line> = entries.iter().map(Line::of).collect();
    sys::create_file(&folder.join(NAME), false)?.write_all(&serde_json::to_vec(&lines)?)
}

/// What is wrong with a folder, a line each: files that are missing, that changed, that do not belong.
pub fn check(folder: &Path) -> io::Result<Vec<String>> {
    let lines: Vec<Line> = serde_json::from_slice(&fs::read(folder.join(NAME))?)?;
    compare(folder, NAME, lines.iter())
}

/// The same against lines that were read from the file `own` in it.
pub fn compare<'a>(
    folder: &Path,
    own: &str,
    lines: impl Iterator<Item = &'a Line>,
) -> io::Result<Vec<String>> {
    let (mut wrong, mut known) = (Vec::new(), HashSet::new());
    for line in lines {
        match hash(&folder.join(&line.path)) {
            Ok(seen) if seen == line.sha256 => {}
            Ok(_) => wrong.push(format!("{} has changed", line.path)),
            Err(error) => wrong.push(format!("{}: {error}", line.path)),
        }
        known.insert(line.path.as_str());
    }
    let mut found = Vec::new();
    files(folder, folder, &mut found)?;
    let strange = found.iter().filter(|path| *path != own && !known.contains(path.as_str()));
    wrong.extend(strange.map(|path| format!("{path} does not belong there")));
    Ok(wrong)
}

/// Whether the files `seen` are those that are `listed`, in whatever order, no more and no less; `own` is where they are listed.
pub fn are_listed(mut seen: Vec<Line>, listed: &[Line], own: &str) -> Result<(), String> {
    let mut listed = listed.to_vec();
    seen.sort_by(|one, other| one.path.cmp(&other.path));
    listed.sort_by(|one, other| one.path.cmp(&other.path));
    match seen.iter().zip(&listed).find(|(seen, listed)| seen != listed) {
        Some((seen, _)) => Err(format!("`{}` is not what {own} says", seen.path)),
        None if seen.len() != listed.len() => {
            Err(format!("{} files are in it, {own} lists {}", seen.len(), listed.len()))
        }
        None => Ok(()),
    }
}

/// The sha256 of a file, in hexadecimal.
pub fn hash(path: &Path) -> io::Result<String> {
    sha256(&mut File::open(path)?)
}

/// All files below `folder`, relative to `top`, with slashes.
pub fn files(top: &Path, folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(top, &path, found)?;
        } else if let Ok(relative) = path.strip_prefix(top) {
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
