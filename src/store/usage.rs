//! How large the store is, and making it smaller.

use super::Store;
use super::libraries::Stored;
use super::manifest;
use super::target::{HANDED_OVER, TargetCache};
use crate::archive;
use crate::direct::runtime;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sbom;
use crate::sys;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// A part of the store that can be removed by itself.
#[derive(Debug)]
pub struct Part {
    /// What it is: `zig 0.15.2`, `0.15.2-aarch64-linux-musl`.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When it was used last.
    pub used: SystemTime,
    what: What,
}

#[derive(Debug)]
enum What {
    Target(TargetCache),
    Library(PathBuf),
    Folder(PathBuf),
}

impl What {
    /// Whether a cleaning is about it at all.
    fn is_meant(&self, clean: &Clean) -> bool {
        match self {
            What::Target(cache) => Some(cache.folder()) != clean.keep,
            What::Library(_) => clean.older_than.is_some() || clean.max_size.is_some(),
            What::Folder(_) => clean.older_than.is_some(),
        }
    }

    /// Whether it must stay where it is for a running build.
    fn may_be_in_use(&self, store: &Store) -> bool {
        match self {
            What::Target(_) => false,
            What::Library(path) => {
                Stored::open(path.clone()).is_some_and(|stored| stored.may_be_in_use(store))
            }
            What::Folder(path) => sys::runs_from(path),
        }
    }

    /// Where all of it lies.
    fn folder(&self) -> &Path {
        match self {
            What::Target(cache) => cache.folder(),
            What::Library(path) | What::Folder(path) => path,
        }
    }
}

/// What is to be removed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clean<'a> {
    /// The cache that is in use and stays.
    pub keep: Option<&'a Path>,
    /// Only what was not used for that long.
    pub older_than: Option<Duration>,
    /// Only as much, least recently used first, as brings the store below that many bytes.
    pub max_size: Option<u64>,
}

/// What a cleaning came to.
#[derive(Debug)]
pub struct Cleaned {
    /// The names of the parts that were removed.
    pub removed: Vec<String>,
    /// Their bytes.
    pub freed: u64,
    /// Folders that running builds still use; the next cleaning takes them.
    pub stay: usize,
}

impl Store {
    /// All parts, least recently used first.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> =
            self.target_caches().into_iter().map(|(name, cache)| target(name, cache)).collect();
        for (title, folder) in
            [("zig", self.zigs()), ("download", self.downloads()), ("objects", self.objects(""))]
        {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let (path, own) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
                // A zig was used when one of its targets was.
                let targets = parts.iter().filter(|part| part.name.starts_with(&format!("{own}-")));
                let used = targets
                    .map(|part| part.used)
                    .chain([changed(&path)])
                    .max()
                    .unwrap_or(SystemTime::UNIX_EPOCH);
                parts.push(Part {
                    name: format!("{title} {own}"),
                    size: size(&path),
                    used,
                    what: What::Folder(path),
                });
            }
        }
        parts.extend(self.library_folders().map(library));
        parts.sort_by_key(|part| part.used);
        parts
    }

    /// All bytes of the store.
    pub fn size(&self) -> u64 {
        size(self.root())
    }

    /// All bytes of the store, where those of its parts are known: only what lies beside them is looked at.
    pub fn size_with(&self, parts: &[Part]) -> u64 {
        let known: Vec<&Path> = parts.iter().map(|part| part.what.folder()).collect();
        parts.iter().map(|part| part.size).sum::<u64>() + size_without(self.root(), &known)
    }

    fn library_folders(&self) -> impl Iterator<Item = PathBuf> {
        fs::read_dir(self.libraries()).into_iter().flatten().flatten().map(|entry| entry.path())
    }

    /// Every part of which each byte is known, with what is wrong with it, a line each.
    pub fn verify(&self) -> Vec<(String, Vec<String>)> {
        let zigs = fs::read_dir(self.zigs()).into_iter().flatten().flatten().map(|entry| {
            let (name, wrong) = (entry.file_name(), manifest::check(&entry.path()));
            let wrong = wrong.unwrap_or_else(|error| vec![format!("{}: {error}", manifest::NAME)]);
            (format!("zig {}", name.to_string_lossy()), wrong)
        });
        let libraries = self.library_folders().map(|folder| {
            let wrong = Stored::open(folder.clone()).map(|stored| stored.check());
            let wrong = wrong.unwrap_or_else(|| Err(std::io::Error::other("it has no record")));
            (library_name(&folder), wrong.unwrap_or_else(|error| vec![error.to_string()]))
        });
        let targets = self.target_caches().into_iter().filter(|(_, cache)| cache.runtime().is_dir());
        let runtimes = targets.map(|(name, cache)| (format!("runtime {name}"), runtime::wrong(&cache)));
        zigs.chain(libraries).chain(runtimes).collect()
    }

    /// Removes parts without disturbing running builds. What was fetched goes only when that is asked for: installed zigs and
    /// the user's archives by age, libraries by age or size.
    pub fn clean(&self, clean: Clean) -> Result<Cleaned, Failure> {
        self.sweep(None);
        archive::forget_gone(self);
        sbom::forget_old(self);
        let parts = self.parts();
        let mut total = self.size_with(&parts);
        let mut cleaned = Cleaned { removed: Vec::new(), freed: 0, stay: 0 };
        let mut retired = false;
        for part in parts {
            let old = clean.older_than.is_none_or(|age| part.used.elapsed().is_ok_and(|unused| unused > age));
            let too_much = clean.max_size.is_none_or(|limit| total > limit);
            if !part.what.is_meant(&clean) || !old || !too_much {
                continue;
            }
            match &part.what {
                What::Target(cache) => {
                    self.forget_target_cache(&part.name)?;
                    retired |= cache.folder().is_dir();
                }
                used if used.may_be_in_use(self) => {
                    cleaned.stay += 1;
                    continue;
                }
                What::Library(path) | What::Folder(path) => self.remove(path)?,
            }
            total = total.saturating_sub(part.size);
            cleaned.freed += part.size;
            cleaned.removed.push(part.name);
        }
        if retired {
            sleep(HANDED_OVER);
        }
        cleaned.stay += self.sweep_targets();
        Ok(cleaned)
    }
}

fn target(name: String, cache: TargetCache) -> Part {
    let folder = cache.folder();
    let days = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| changed(&entry.path()));
    let used = days.max().unwrap_or(SystemTime::UNIX_EPOCH);
    Part { name, size: size(folder), used, what: What::Target(cache) }
}

fn library(folder: PathBuf) -> Part {
    let used = Stored::open(folder.clone()).map_or_else(|| changed(&folder), |stored| stored.used());
    Part { name: library_name(&folder), size: size(&folder), used, what: What::Library(folder) }
}

/// What its record calls it, and the beginning of its archive's sha256.
fn library_name(folder: &Path) -> String {
    let key = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let short: String = key.chars().take(12).collect();
    let what =
        Stored::open(folder.to_path_buf()).map_or_else(|| "library".into(), |it| it.what().to_string());
    format!("{what} {short}")
}

fn changed(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The bytes of all files below `path`; what goes away meanwhile counts nothing.
pub fn size(path: &Path) -> u64 {
    size_without(path, &[])
}

fn size_without(path: &Path, known: &[&Path]) -> u64 {
    if known.contains(&path) {
        return 0;
    }
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() {
        return metadata.len();
    }
    fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size_without(&entry.path(), known)).sum()
}

/// A number of bytes as people say it.
pub fn shown(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// Reads `5GiB`, `300 MB`, `1024`.
pub fn parse_size(text: &str) -> Result<u64, Failure> {
    let digits = text.trim().trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
    let unit = match text.trim()[digits.len()..].trim() {
        "" | "B" => Some(1),
        "K" | "KiB" => Some(1 << 10),
        "M" | "MiB" => Some(1 << 20),
        "G" | "GiB" => Some(1 << 30),
        "kB" | "KB" => Some(1000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        _ => None,
    };
    let bytes = digits.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let what = || format!("use `{text}` as a size");
    bytes.ok_or_else(|| Failure::new(OwnExit::Usage, what(), "`5GiB`, `300MiB` and `1024` are sizes"))
}

/// Reads `30d`, `12h`, `45m`.
pub fn parse_age(text: &str) -> Result<Duration, Failure> {
    let number = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(24 * 3600),
        "w" => Some(7 * 24 * 3600),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let what = || format!("use `{text}` as an age");
    let failure = || Failure::new(OwnExit::Usage, what(), "`30d`, `12h` and `45m` are ages");
    seconds.map(Duration::from_secs).ok_or_else(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_read_or_refused() {
        assert_eq!(parse_size("5GiB"), Ok(5 << 30));
        assert_eq!(parse_size("300 MB"), Ok(300_000_000));
        assert_eq!(parse_size("1024"), Ok(1024));
        assert_eq!(parse_age("30d"), Ok(Duration::from_hours(30 * 24)));
        for wrong in ["", "x", "-1", "5XB", "99999999999999999999", "18446744073709551615GiB", "5 ü"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "30", "d", "1y", "18446744073709551615w"] {
            assert!(parse_age(wrong).is_err(), "{wrong}");
        }
    }
}
