//! `cgozig.lock`: the archives that a main module accepts, by hash and size.
//!
//! Written by `cgozig lock` and `cgozig add`, committed beside go.mod, read by builds. A build never writes it.

use super::artifact::{Artifact, Pin};
use super::manifest::is_sha256;
use super::variant::Variant;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::toml_text;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The file's name.
pub const NAME: &str = "cgozig.lock";

/// The format that this cgozig writes, and the only one that it reads.
const FORMAT: u32 = 1;

const HEAD: &str = "# Written by `cgozig lock`. Commit it: builds accept these archives and no others.\n";

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    format: u32,
    /// The archives, `[[archive]]`, in order.
    #[serde(default, rename = "archive")]
    pub archives: Vec<Locked>,
}

/// One archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// The library's name.
    pub library: String,
    /// Its version.
    pub version: String,
    /// For whom.
    pub variant: Variant,
    /// Where it was when it was locked.
    pub url: String,
    /// Its sha256, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// What spoke for the hash when it was written: `github digest`, `first use`.
    pub trust: String,
}

impl Default for Lock {
    fn default() -> Lock {
        Lock { format: FORMAT, archives: Vec::new() }
    }
}

impl Lock {
    /// Reads a lock; `shown` is its path in messages.
    pub fn parse(text: &str, shown: &str) -> Result<Lock, Failure> {
        let refused = |why: String| {
            let what = format!("use the lock `{shown}`: {why}");
            Failure::new(OwnExit::Request, what, "correct it; without the file `cgozig lock` writes it anew")
        };
        let lock: Lock = toml_text::parse(text).map_err(refused)?;
        if lock.format != FORMAT {
            return Err(refused(format!("its format is {}, and this cgozig knows {FORMAT}", lock.format)));
        }
        for (at, locked) in lock.archives.iter().enumerate() {
            if !is_sha256(&locked.sha256) {
                let (library, variant) = (&locked.library, locked.variant);
                let line = text.find(&locked.sha256).map_or(0, |at| toml_text::line_at(text, at));
                return Err(refused(format!("line {line}: the sha256 of {library} for {variant} is none")));
            }
            if lock.archives.iter().take(at).any(|other| other.key() == locked.key()) {
                let line = toml_text::line_of_table(text, "archive", at);
                let what = format!("{} for {}", locked.library, locked.variant);
                return Err(refused(format!("line {line}: {what} is there twice")));
            }
        }
        Ok(lock)
    }

    /// The text of the file; the same lock has the same text.
    pub fn render(&self) -> String {
        let mut sorted = self.clone();
        sorted.archives.sort();
        let mut text = format!("{HEAD}format = {FORMAT}\n");
        for locked in &sorted.archives {
            let table = toml_edit::ser::to_string(locked).unwrap_or_default();
            let _ = write!(text, "\n[[archive]]\n{table}");
        }
        text
    }

    /// What is locked for an artifact; an archive from elsewhere is another one.
    pub fn pin(&self, artifact: &Artifact) -> Option<Pin> {
        let wanted = (artifact.library.as_str(), artifact.version.as_str(), artifact.variant);
        let locked = self.archives.iter().find(|locked| locked.key() == wanted)?;
        let is_same = locked.url == artifact.url;
        is_same.then(|| locked.pin())
    }

    /// This lock with what others have made of `base` meanwhile, with which both began: `now`. An error is what both have
    /// written different archives for.
    pub fn merged(&self, base: &Lock, now: &Lock) -> Result<Lock, String> {
        let mut merged = now.clone();
        // What this one has dropped stays dropped unless it was written anew.
        merged.archives.retain(|theirs| self.same(theirs).is_some() || base.same(theirs) != Some(theirs));
        for own in &self.archives {
            let (before, theirs) = (base.same(own), now.same(own));
            match theirs {
                // What they have changed or dropped, and this one has not touched.
                _ if theirs != before && before == Some(own) => {}
                Some(theirs) if Some(theirs) != before && !theirs.is_same_archive(own) => {
                    return Err(theirs.shown());
                }
                _ => merged.put(own.clone()),
            }
        }
        Ok(merged)
    }

    /// The line for the same library, version and variant.
    fn same(&self, locked: &Locked) -> Option<&Locked> {
        self.archives.iter().find(|own| own.is_for_same(locked))
    }

    /// Puts an archive in, in the place of an older entry for the same library, version and variant.
    pub fn put(&mut self, locked: Locked) {
        self.archives.retain(|other| other.key() != locked.key());
        self.archives.push(locked);
        self.archives.sort();
    }
}

impl Locked {
    /// Whether the other is for the same library, version and variant, and another archive.
    pub fn contradicts(&self, other: &Locked) -> bool {
        self.is_for_same(other) && self.pin() != other.pin()
    }

    /// Whether the other is for the same library, version and variant.
    pub fn is_for_same(&self, other: &Locked) -> bool {
        self.key() == other.key()
    }

    /// Whether the other is the same bytes from the same place.
    fn is_same_archive(&self, other: &Locked) -> bool {
        self.url == other.url && self.pin() == other.pin()
    }

    /// As messages call it: `slim-bindings v1.4.0 (linux/amd64/gnu)`.
    pub fn shown(&self) -> String {
        format!("{} {} ({})", self.library, self.version, self.variant)
    }

    /// The bytes that it accepts.
    pub fn pin(&self) -> Pin {
        Pin { sha256: self.sha256.clone(), size: self.size }
    }

    fn key(&self) -> (&str, &str, Variant) {
        (&self.library, &self.version, self.variant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name=digit`: a library at a place and with a hash of that digit.
    fn lock(lines: &[&str]) -> Lock {
        let mut lock = Lock::default();
        for line in lines {
            let (library, digit) = line.split_once('=').unwrap();
            lock.put(Locked {
                library: library.into(),
                version: "1".into(),
                variant: Variant::parse("darwin/arm64").unwrap(),
                url: format!("https://a.example/{digit}"),
                sha256: digit.repeat(64),
                size: 1,
                trust: "first use".into(),
            });
        }
        lock
    }

    #[test]
    fn what_two_write_at_once_is_all_there() {
        for (base, own, now, expected) in [
            (&[][..], &["a=1"][..], &["b=1"][..], Ok(&["a=1", "b=1"][..])),
            (&["a=1"], &["a=1", "b=1"], &["a=1", "c=1"], Ok(&["a=1", "b=1", "c=1"])),
            (&["a=1"], &["a=2"], &["a=1"], Ok(&["a=2"])),
            (&["a=1"], &["a=1"], &["a=2"], Ok(&["a=2"])),
            (&["a=1"], &[], &["a=1", "b=1"], Ok(&["b=1"])),
            (&["a=1"], &["a=1", "b=1"], &[], Ok(&["b=1"])),
            (&["a=1"], &[], &["a=2"], Ok(&["a=2"])),
            (&["a=1"], &["a=2"], &[], Ok(&["a=2"])),
            (&["a=1"], &["a=2"], &["a=2"], Ok(&["a=2"])),
            (&["a=1"], &["a=2"], &["a=3"], Err("a=3")),
            (&[], &["a=2"], &["a=3"], Err("a=3")),
        ] {
            let merged = lock(own).merged(&lock(base), &lock(now));
            let expected = expected.map(lock).map_err(|line| lock(&[line]).archives[0].shown());
            assert_eq!(merged, expected, "{base:?} {own:?} {now:?}");
        }
    }
}
