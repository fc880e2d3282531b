//! Text with places to fill in: `{version}`, `{target}`, `{os}`, `{arch}`, `{libc}`.

use super::variant::{BuiltFor, Variant};

/// What stands for the places.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// `{version}`: the library's version as the manifest writes it.
    pub version: &'a str,
    /// `{target}`: the variant's own word for itself, else Rust's triple.
    pub target: &'a str,
    /// `{os}`, `{arch}`, `{libc}`.
    pub variant: Variant,
}

/// The text with its places filled in; an unknown place is an error.
pub fn fill(text: &str, places: &Places) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, next) = after.split_once('}').ok_or_else(|| format!("`{text}` has a {{ without a }}"))?;
        filled.push_str(before);
        filled.push_str(match name {
            "version" => places.version,
            "target" => places.target,
            "os" => places.variant.os().go(),
            "arch" => places.variant.arch().go(),
            "libc" => match places.variant.libc() {
                BuiltFor::Gnu => "gnu",
                BuiltFor::Musl => "musl",
                BuiltFor::None => "none",
            },
            _ => {
                return Err(format!(
                    "`{{{name}}}` in `{text}` is unknown: {{version}}, {{target}}, {{os}}, {{arch}} and {{libc}} are known"
                ));
            }
        });
        rest = next;
    }
    filled.push_str(rest);
    Ok(filled)
}
