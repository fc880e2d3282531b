//! Versions of zig, and what each of them contains.

use std::fmt;

/// A version of zig; a development version counts as the release that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZigVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

/// A supported zig.
#[derive(Debug)]
pub struct Release {
    /// Its version.
    pub version: ZigVersion,
    /// The version of the clang inside, which `zig clang --version` prints.
    pub clang: &'static str,
}

/// The supported zigs, oldest first. A test asks each for its clang.
pub const RELEASES: &[Release] = &[
    Release { version: ZigVersion::new(0, 14, 1), clang: "19.1.7" },
    Release { version: ZigVersion::new(0, 15, 2), clang: "20.1.2" },
    Release { version: ZigVersion::new(0, 16, 0), clang: "21.1.0" },
    Release { version: ZigVersion::new(0, 17, 0), clang: "22.1.8" },
];

/// What cgozig installs when nothing else is asked for.
const DEFAULT: ZigVersion = ZigVersion::new(0, 15, 2);

/// The release that cgozig installs for a target that needs `oldest` or later.
pub fn preferred(oldest: ZigVersion) -> ZigVersion {
    let enough = |release: &&Release| release.version >= oldest.max(DEFAULT);
    RELEASES.iter().find(enough).map_or(DEFAULT, |release| release.version)
}

impl ZigVersion {
    /// `major.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> ZigVersion {
        ZigVersion { major, minor, patch }
    }

    /// Reads what `zig version` prints: `0.15.2`, `0.16.0-dev.1354+94e98bfe8`.
    pub fn parse(text: &str) -> Option<ZigVersion> {
        let release = text.trim().split(['-', '+']).next()?;
        let mut numbers = release.split('.').map(str::parse);
        let version = ZigVersion::new(numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        numbers.next().is_none().then_some(version)
    }

    /// Why a zig that calls itself `said`, and is of this version, is none that cgozig was tested with, as a clause; none
    /// when it is one. Later patches of a tested minor version are taken for tested.
    pub fn untested(self, said: &str) -> Option<String> {
        let newest = RELEASES[RELEASES.len() - 1].version;
        if self < ZigVersion::oldest() {
            Some(format!("is older than {}", ZigVersion::oldest()))
        } else if (self.major, self.minor) > (newest.major, newest.minor) {
            Some(format!("is newer than {newest}, the newest that cgozig was tested with"))
        } else if is_unreleased(said) {
            Some("is a development build, which cgozig was not tested with".into())
        } else {
            None
        }
    }

    /// The oldest that is supported.
    pub fn oldest() -> ZigVersion {
        RELEASES[0].version
    }

    /// The version of the clang inside: that of the newest release which is not newer.
    pub fn clang(self) -> &'static str {
        let known = RELEASES.iter().rev().find(|release| release.version <= self);
        known.unwrap_or(&RELEASES[0]).clang
    }
}

/// Whether what `zig version` prints is the name of a build between releases; what follows a `+` is a distribution's own.
pub fn is_unreleased(said: &str) -> bool {
    said.split('+').next().is_some_and(|version| version.contains('-'))
}

impl fmt::Display for ZigVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_tested_minor_versions_are_tested_and_nothing_else() {
        let why = |said: &str| ZigVersion::parse(said).unwrap().untested(said).unwrap_or_default();
        for tested in ["0.14.1", "0.15.0", "0.15.2", "0.15.3", "0.17.9", "0.15.2+ubuntu-1"] {
            assert_eq!(why(tested), "", "{tested}");
        }
        for (untested, clause) in [
            ("0.13.0", "is older than 0.14.1"),
            ("0.14.0", "is older than"),
            ("0.18.0", "is newer than 0.17.0"),
            ("0.18.0-dev.5+1a2b3c4d5", "is newer than 0.17.0"),
            ("1.0.0", "is newer than 0.17.0"),
            ("0.16.0-dev.1354+94e98bfe8", "is a development build"),
            ("0.15.2-dev.1", "is a development build"),
        ] {
            assert!(why(untested).starts_with(clause), "{untested}: {}", why(untested));
        }
    }
}
