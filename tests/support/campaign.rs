//! Campaigns of hours in several sittings: what has passed with a cgozig of the same sources is not done again.
//!
//! `CGOZIG_TEST_CAMPAIGN` names the folder in which they are kept: `DIGEST/NAME`, with a line for each part that has passed.
//! Without it nothing is kept, and everything is done.

use cgozig::digest::hex_digest;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

/// What makes cgozig, and the programs that are built with it.
const SOURCES: &[&str] = &["Cargo.lock", "Cargo.toml", "src", "shims", "examples", "tests/go"];
/// Written by a campaign itself.
const WRITTEN: &str = "verified.txt";

/// A campaign.
pub struct Campaign {
    file: Option<PathBuf>,
    /// Part: what was said of it.
    passed: Mutex<BTreeMap<String, String>>,
}

impl Campaign {
    /// Goes on with the campaign of that name, or begins it.
    pub fn open(name: &str) -> Campaign {
        let file = folder().map(|folder| folder.join(name));
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        // A line that was not written to its end is of a part that is done again.
        let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.split_once('\t'));
        let passed: BTreeMap<_, _> = lines.map(|(part, said)| (part.into(), said.into())).collect();
        if !passed.is_empty() {
            eprintln!("campaign {name}: {} parts have passed before", passed.len());
        }
        Campaign { file, passed: Mutex::new(passed) }
    }

    /// What was said of a part that has passed.
    pub fn said(&self, part: &str) -> Option<String> {
        self.passed.lock().unwrap().get(part).cloned()
    }

    /// Keeps that a part has passed.
    pub fn passed(&self, part: &str, said: &str) {
        let mut passed = self.passed.lock().unwrap();
        passed.insert(part.into(), said.into());
        if let Some(file) = &self.file {
            let mut file = fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
            file.write_all(format!("{part}\t{said}\n").as_bytes()).unwrap();
        }
    }
}

/// The folder of the campaigns with the cgozig of these sources.
pub fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CGOZIG_TEST_CAMPAIGN")?).join(&digest()[..16]);
    fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

/// The sha256 of all sources, as they were when it was first asked for.
pub fn digest() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(of_sources)
}

fn of_sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    SOURCES.iter().for_each(|source| read(root, &root.join(source), &mut files));
    hex_digest(files.iter().flat_map(|(path, contents)| [path.as_bytes(), contents]))
}

fn read(root: &Path, path: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            read(root, &entry.unwrap().path(), files);
        }
    } else if !path.ends_with(WRITTEN) {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        files.insert(name, fs::read(path).unwrap());
    }
}
