//! What `CGOZIG_ZIG` and the user's configuration say about which zig to use.

use super::ZigVersion;
use crate::exit::OwnExit;
use crate::failure::Failure;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Which zig the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one in the store, else on PATH, else Python's, else one that is installed now.
    #[default]
    Auto,
    /// The one on PATH and no other.
    Path,
    /// As `auto`, but nothing is installed.
    Off,
    /// This release, installed when it is nowhere.
    Release(ZigVersion),
    /// This program.
    Program(PathBuf),
}

impl Choice {
    /// Reads a value; `setting` names it in the failure.
    pub fn parse(setting: &str, value: &OsStr) -> Result<Choice, Failure> {
        let path = PathBuf::from(value);
        match value.to_str() {
            _ if path.is_absolute() => Ok(Choice::Program(path)),
            Some("auto") => Ok(Choice::Auto),
            Some("path") => Ok(Choice::Path),
            Some("off") => Ok(Choice::Off),
            Some(text) if text.starts_with(|first: char| first.is_ascii_digit()) => {
                Ok(Choice::Release(release(text)?))
            }
            _ => Err(Failure::new(
                OwnExit::NoToolchain,
                format!(
                    "use {setting}=`{}`: it is neither an absolute path nor a word that is known",
                    path.display()
                ),
                "it may be the absolute path of a zig, a release as `0.15.2`, `auto`, `path` or `off`",
            )),
        }
    }
}

/// A released zig that is supported, by its number.
pub fn release(text: &str) -> Result<ZigVersion, Failure> {
    let no = |why: &str| {
        let hint = format!("0.15.2 is a release; {} is the oldest that is supported", ZigVersion::oldest());
        Failure::new(OwnExit::NoToolchain, format!("use zig `{text}`: {why}"), hint)
    };
    let version = ZigVersion::parse(text).filter(|version| version.to_string() == text);
    let version = version.ok_or_else(|| no("it is not the number of a release"))?;
    if version < ZigVersion::oldest() { Err(no("it is too old")) } else { Ok(version) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood_and_no_other() {
        let parse = |text: &str| Choice::parse("CGOZIG_ZIG", OsStr::new(text));
        assert_eq!(parse("auto"), Ok(Choice::Auto));
        assert_eq!(parse("path"), Ok(Choice::Path));
        assert_eq!(parse("off"), Ok(Choice::Off));
        assert_eq!(parse("0.16.0"), Ok(Choice::Release(ZigVersion::new(0, 16, 0))));
        for wrong in ["0.13.0", "0.15", "0.15.2-dev", "latest", "zig", "./zig"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
