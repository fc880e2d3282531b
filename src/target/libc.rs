//! C libraries of Linux and their versions.

use super::{Port, TargetError};
use std::fmt;

/// A glibc 2.N; only N is kept, since there is no other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion(u8);

impl GlibcVersion {
    /// The floor when nothing is said: Debian 10, Ubuntu 18.10, RHEL 8, Amazon Linux 2023 and later run it.
    pub const DEFAULT: GlibcVersion = GlibcVersion(28);
    /// The newest that every supported zig can build (zig 0.14.1's list of glibc versions ends here).
    pub const NEWEST: GlibcVersion = GlibcVersion(41);

    /// glibc 2.`minor`.
    pub const fn new(minor: u8) -> GlibcVersion {
        GlibcVersion(minor)
    }

    /// The N of 2.N.
    pub const fn minor(self) -> u8 {
        self.0
    }

    /// Reads `2.28`, and nothing else.
    pub fn parse(text: &str) -> Option<GlibcVersion> {
        let minor = text.strip_prefix("2.")?;
        let plain = !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| minor.parse().ok()).flatten().map(GlibcVersion)
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "2.{}", self.0)
    }
}

/// The C library of a Linux target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// glibc, as old as this.
    Gnu(GlibcVersion),
    /// musl, linked statically unless something else is said.
    Musl,
}

impl fmt::Display for Libc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Libc::Gnu(version) => write!(out, "gnu.{version}"),
            Libc::Musl => write!(out, "musl"),
        }
    }
}

/// What the user said about the C library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LibcChoice {
    /// Nothing: the port's default.
    #[default]
    Unsaid,
    /// glibc, with the default floor or with this one.
    Gnu(Option<GlibcVersion>),
    /// musl.
    Musl,
}

impl LibcChoice {
    /// Reads `musl`, `gnu`, `glibc` and `gnu.2.N`.
    pub fn parse(text: &str) -> Result<LibcChoice, TargetError> {
        let unknown = || TargetError::Libc(text.to_string());
        match text {
            "musl" => Ok(LibcChoice::Musl),
            "gnu" | "glibc" => Ok(LibcChoice::Gnu(None)),
            _ => {
                let version = text.strip_prefix("gnu.").or_else(|| text.strip_prefix("glibc."));
                let version = version.and_then(GlibcVersion::parse).ok_or_else(unknown)?;
                Ok(LibcChoice::Gnu(Some(version)))
            }
        }
    }

    /// The libc for `port`: the choice, or the port's default, within what the port has.
    pub fn settle(self, port: &'static Port) -> Result<Libc, TargetError> {
        let floor = port.glibc;
        match (self, floor) {
            (LibcChoice::Musl, _) | (LibcChoice::Unsaid, None) => Ok(Libc::Musl),
            (LibcChoice::Gnu(asked), None) => {
                let libc = asked.map_or("gnu".into(), |version| format!("gnu.{version}"));
                Err(TargetError::LibcNotHere { libc, os: port.name })
            }
            (LibcChoice::Unsaid | LibcChoice::Gnu(None), Some(floor)) => {
                Ok(Libc::Gnu(floor.max(GlibcVersion::DEFAULT)))
            }
            (LibcChoice::Gnu(Some(asked)), Some(oldest)) => {
                if asked < oldest || asked > GlibcVersion::NEWEST {
                    return Err(TargetError::Glibc { asked, port: port.name, oldest });
                }
                Ok(Libc::Gnu(asked))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glibc_version_is_two_dot_something() {
        assert_eq!(GlibcVersion::parse("2.17"), Some(GlibcVersion::new(17)));
        for wrong in ["3.1", "2.17.1", "2.", "2.+1", "17", "2.999"] {
            assert_eq!(GlibcVersion::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_libc_is_one_of_three_words() {
        assert_eq!(LibcChoice::parse("musl"), Ok(LibcChoice::Musl));
        assert_eq!(LibcChoice::parse("gnu.2.31"), Ok(LibcChoice::Gnu(Some(GlibcVersion::new(31)))));
        assert!(LibcChoice::parse("uclibc").is_err());
    }
}
