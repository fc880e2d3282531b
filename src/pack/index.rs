//! A list of packs: where they are, and the bytes that must come. It is pinned itself, by its own sha256.

use crate::native::artifact::Pin;
use crate::native::manifest::is_sha256;
use crate::toml_text;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The format that this cgozig reads.
const FORMAT: u32 = 1;

/// The largest list.
pub const LARGEST: u64 = 1 << 20;

/// The packs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    format: u32,
    #[serde(default, rename = "pack")]
    packs: Vec<Listed>,
}

/// One pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// The version of zig, as it says it.
    pub zig: String,
    /// The target as that zig names it.
    pub target: String,
    /// Where it is; relative to the list's own address.
    pub url: String,
    /// Its sha256, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl Listed {
    /// The bytes that must come.
    pub fn pin(&self) -> Pin {
        Pin { sha256: self.sha256.clone(), size: self.size }
    }
}

impl Index {
    /// Reads a list; an error is a clause.
    pub fn parse(text: &str) -> Result<Index, String> {
        let index: Index = toml_text::parse(text)?;
        if index.format != FORMAT {
            return Err(format!("its format is {}, and this cgozig reads {FORMAT}", index.format));
        }
        for (at, pack) in index.packs.iter().enumerate() {
            let line = toml_text::line_of_table(text, "pack", at);
            if !is_sha256(&pack.sha256) {
                return Err(format!("line {line}: the sha256 is not 64 hexadecimal digits in lower case"));
            }
            let is_same = |other: &&Listed| (&other.zig, &other.target) == (&pack.zig, &pack.target);
            if index.packs.iter().take(at).find(is_same).is_some() {
                return Err(format!("line {line}: {} with zig {} is there twice", pack.target, pack.zig));
            }
        }
        Ok(index)
    }

    /// The pack of a zig and a target.
    pub fn find(&self, zig: &str, triple: &str) -> Option<&Listed> {
        self.packs.iter().find(|pack| pack.zig == zig && pack.target == triple)
    }
}

/// The text of a list of these packs.
pub fn render(mut packs: Vec<Listed>) -> String {
    packs.sort_by(|one, other| (&one.zig, &one.target).cmp(&(&other.zig, &other.target)));
    let mut text = format!("format = {FORMAT}\n");
    for pack in &packs {
        let _ = write!(text, "\n[[pack]]\n{}", toml_edit::ser::to_string(pack).unwrap_or_default());
    }
    text
}

/// An address with the sha256 of what is there: `URL#sha256=HEX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The address.
    pub url: String,
    /// The sha256, in hexadecimal.
    pub sha256: String,
}

impl Pinned {
    /// Reads `URL#sha256=HEX`.
    pub fn parse(text: &str) -> Option<Pinned> {
        let (url, sha256) = text.split_once("#sha256=")?;
        (!url.is_empty() && is_sha256(sha256)).then(|| Pinned { url: url.into(), sha256: sha256.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(zig: &str, target: &str) -> Listed {
        let (url, sha256) = (format!("{target}.tar.zst"), "0a".repeat(32));
        Listed { zig: zig.into(), target: target.into(), url, sha256, size: 7 }
    }

    #[test]
    fn a_list_is_read_back_and_a_wrong_one_refused_with_its_line() {
        let packs = vec![listed("0.17.0", "a"), listed("0.15.2", "b"), listed("0.15.2", "a")];
        let text = render(packs.clone());
        let index = Index::parse(&text).unwrap();
        assert_eq!(index.find("0.15.2", "b"), Some(&packs[1]));
        assert_eq!(index.find("0.16.0", "b"), None);
        let twice = text.replace("zig = \"0.17.0\"", "zig = \"0.15.2\"");
        for (text, said) in [
            (twice.as_str(), "line 17: a with zig 0.15.2 is there twice"),
            (&text.replace("0a0a", "0A0A"), "line 3: the sha256"),
            (&text.replace("size", "sizes"), "line "),
            (&text.replace("format = 1", "format = 2"), "its format is 2"),
            ("", "line 1"),
        ] {
            let why = Index::parse(text).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn a_pin_is_part_of_its_address() {
        let sha256 = "0b".repeat(32);
        let pinned = Pinned::parse(&format!("https://a.example/x#sha256={sha256}")).unwrap();
        assert_eq!((pinned.url.as_str(), pinned.sha256), ("https://a.example/x", sha256));
        for wrong in ["https://a.example/x", "https://a.example/x#sha256=0b", "#sha256=", ""] {
            assert_eq!(Pinned::parse(wrong), None, "{wrong}");
        }
    }
}
