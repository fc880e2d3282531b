//! Other addresses for a url: the user's own mirrors of release files.
//!
//! `CGOZIG_MIRROR=BASE` sends every url to `BASE/HOST/PATH`; `[mirror]` of the configuration maps the beginning of a url to
//! one or more others. Where a mirror is named, only mirrors are asked: who wants the origin as well lists it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One address, or several that are tried in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bases {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// `[mirror]`: beginning of a url → what stands in its place.
pub type Mirrors = BTreeMap<String, Bases>;

/// The addresses to try for `url`, in order.
pub fn addresses(url: &str, variable: Option<&str>, mirrors: &Mirrors) -> Vec<String> {
    if let Some(base) = variable {
        let place = url.split_once("://").map_or(url, |(_, place)| place);
        return vec![format!("{}/{place}", base.trim_end_matches('/'))];
    }
    let longest = mirrors.iter().filter(|(start, _)| begins(url, start));
    let Some((start, bases)) = longest.max_by_key(|(start, _)| start.len()) else {
        return vec![url.to_string()];
    };
    let rest = &url[start.len()..];
    let bases = match bases {
        Bases::One(base) => std::slice::from_ref(base),
        Bases::Many(bases) => bases,
    };
    // One slash between the two, whichever of them has it.
    let rest = rest.trim_start_matches('/');
    let slash = |base: &str| if rest.is_empty() || base.ends_with('/') { "" } else { "/" };
    bases.iter().map(|base| format!("{base}{}{rest}", slash(base))).collect()
}

/// Whether a url begins so, up to the end of a part: `https://github.com` is the beginning of no other host's.
fn begins(url: &str, start: &str) -> bool {
    let rest = url.strip_prefix(start);
    rest.is_some_and(|rest| start.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_counts_and_the_variable_before_all() {
        let url = "https://github.com/a/b.zip";
        let one = |text: &str| Bases::One(text.into());
        let mirrors: Mirrors = [
            ("https://github.com/".to_string(), one("https://m.example/gh/")),
            (
                "https://github.com/a/".into(),
                Bases::Many(vec!["https://1.example/".into(), "https://github.com/a/".into()]),
            ),
        ]
        .into();
        assert_eq!(addresses(url, None, &mirrors), ["https://1.example/b.zip", url]);
        assert_eq!(addresses("https://github.com/c", None, &mirrors), ["https://m.example/gh/c"]);
        assert_eq!(addresses("https://other.example/c", None, &mirrors), ["https://other.example/c"]);
        let plain: Mirrors = [
            ("https://github.com".to_string(), one("https://m.example")),
            ("https://x.example/a".into(), one("https://m.example/x/")),
        ]
        .into();
        assert_eq!(addresses(url, None, &plain), ["https://m.example/a/b.zip"]);
        assert_eq!(addresses("https://x.example/a/b", None, &plain), ["https://m.example/x/b"]);
        for other in
            ["https://github.com.evil.example/a", "https://github.community/a", "https://x.example/ab/c"]
        {
            assert_eq!(addresses(other, None, &plain), [other]);
        }
        let variable = Some("http://127.0.0.1:1/");
        assert_eq!(addresses(url, variable, &mirrors), ["http://127.0.0.1:1/github.com/a/b.zip"]);
    }
}
