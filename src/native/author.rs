//! What the url of an archive tells of it, and how an archive is written into a manifest.

use super::artifact::{ArchiveKind, Pin};
use super::manifest::Library;
use super::template::{self, Places};
use super::variant::Variant;
use crate::target::Os;
use crate::target::port::PORTS;
use std::collections::BTreeMap;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

/// An archive that was looked into.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The library's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// For whom it is.
    pub variant: Variant,
    /// Where it is.
    pub url: String,
    /// What kind it is.
    pub kind: ArchiveKind,
    /// `-l` name → path in the archive.
    pub libs: BTreeMap<String, String>,
    /// Whether a token is needed for it.
    pub private: bool,
    /// What came.
    pub pin: Pin,
}

/// The file's name in a url.
pub fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// The variant that a file's name tells, and the word that does: Rust's triple, or `linux_amd64`, `linux-amd64-musl`.
pub fn variant(file: &str) -> Option<(Variant, String)> {
    let mut found: Vec<(Variant, String)> = Vec::new();
    for port in PORTS {
        let libcs: &[&str] = if port.os == Os::Linux { &["/gnu", "/musl"] } else { &[""] };
        for libc in libcs {
            let name = format!("{}{libc}", port.name);
            let Ok(variant) = Variant::parse(&name) else { continue };
            let words = ["-", "_", "."].map(|dash| name.replace('/', dash)).into_iter();
            let words = words.chain([variant.rust_triple()]);
            found.extend(words.filter(|word| has_word(file, word)).map(|word| (variant, word)));
        }
    }
    found.into_iter().max_by_key(|(_, word)| word.len())
}

/// Whether a word stands in a text by itself: `linux_arm` is not in `linux_arm64`.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric());
        is_edge(text[..at].chars().next_back()) && is_edge(text[at + word.len()..].chars().next())
    })
}

/// The version in a url: the first thing like `1.2`, `v1.2.3`, `1.2.3-rc.1` in its path, without the `v`.
pub fn version(url: &str) -> Option<String> {
    let path = url.split_once("://")?.1.split_once('/')?.1;
    let mut before = None;
    for (at, letter) in path.char_indices() {
        let is_start =
            letter.is_ascii_digit() && before.is_none_or(|letter: char| !is_word(letter) || letter == 'v');
        before = Some(letter);
        if let (true, Some(version)) = (is_start, version_at(&path[at..])) {
            return Some(version);
        }
    }
    None
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '.'
}

fn version_at(text: &str) -> Option<String> {
    let numbers =
        text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').len();
    let numbers = text[..numbers].trim_end_matches('.');
    if !numbers.contains('.') {
        return None;
    }
    let rest = &text[numbers.len()..];
    let stages = ["-alpha", "-beta", "-rc", "-pre"];
    let Some(stage) = stages.iter().find(|stage| rest.starts_with(**stage)) else {
        return Some(numbers.into());
    };
    let number = rest[stage.len()..].split(|letter: char| !letter.is_ascii_digit() && letter != '.').next();
    Some(format!("{numbers}{stage}{}", number.unwrap_or_default().trim_end_matches('.')))
}

/// The library's name in a file's name: what stands before version and target.
pub fn name(file: &str, version: &str, target: &str) -> Option<String> {
    let ends = [version, target].map(|word| file.find(word).filter(|_| !word.is_empty()));
    let end = ends.into_iter().flatten().min().unwrap_or_else(|| file.find('.').unwrap_or(file.len()));
    let name = file[..end].trim_end_matches('v').trim_end_matches(['-', '_', '.']);
    let name = name.strip_prefix("lib").unwrap_or(name);
    (!name.is_empty()).then(|| name.to_string())
}

/// The `-l` name of a library's file.
pub fn lib_name(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let stem = file.strip_suffix(".a").or_else(|| file.strip_suffix(".lib"))?;
    let name = stem.strip_prefix("lib").unwrap_or(stem);
    (!name.is_empty()).then_some(name)
}

/// The table of a library in a manifest, new if need be.
fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut Table> {
    let is_it = |table: &Table| table.get("name").and_then(Item::as_str) == Some(name);
    let end = document.trailing().as_str().unwrap_or_default().to_string();
    let list = document.entry("library").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let list = list.as_array_of_tables_mut()?;
    let found = list.iter().position(is_it);
    if let Some(at) = found {
        return document["library"].as_array_of_tables_mut()?.get_mut(at);
    }
    let mut table = Table::new();
    table["name"] = value(name);
    // Comments at the end of the file stay before what comes after them.
    table.decor_mut().set_prefix(if list.is_empty() { end } else { format!("{end}\n") });
    list.push(table);
    document.set_trailing("");
    document["library"].as_array_of_tables_mut()?.iter_mut().last()
}

/// Writes an archive into a manifest: into the library's own table, or a new one. Gives back the variants of another version
/// that had to go.
pub fn write(document: &mut DocumentMut, new: &Addition) -> Result<Vec<String>, String> {
    let table = table(document, &new.name).ok_or("`library` is not written as [[library]]")?;
    let mut gone = Vec::new();
    let by_hand = by_hand(table, &new.variant.to_string());
    if table.get("version").and_then(Item::as_str) != Some(&new.version) {
        if let Some(old) = table.remove("variants") {
            gone.extend(
                old.as_table_like().into_iter().flat_map(|old| old.iter()).map(|(name, _)| name.to_string()),
            );
        }
        table["version"] = value(&new.version);
        table["url"] = value(template_of(new));
        table["archive"] = value(new.kind.word());
        table["libs"] = value(libs(new));
    }
    if new.private {
        table["private"] = value(true);
    }
    let mut details = particular(new, table);
    for (key, item) in by_hand {
        details.insert(key, item);
    }
    let mut implicit = Table::new();
    implicit.set_implicit(true);
    let variants = table.entry("variants").or_insert(Item::Table(implicit));
    let variants = variants.as_table_mut().ok_or("`variants` is not written as [library.variants.…]")?;
    gone.retain(|name| *name != new.variant.to_string());
    variants.insert(&new.variant.to_string(), Item::Table(details));
    Ok(gone)
}

/// What a variant says that no archive tells, and that an author wrote: it stays from version to version.
fn by_hand(library: &Table, variant: &str) -> Vec<(&'static str, Item)> {
    let variants = library.get("variants").and_then(Item::as_table_like);
    let own = variants.and_then(|variants| variants.get(variant)).and_then(Item::as_table_like);
    let keys = ["system", "frameworks"].into_iter();
    keys.filter_map(|key| Some((key, own?.get(key)?.clone()))).collect()
}

/// The url with places for version and target.
fn template_of(new: &Addition) -> String {
    let word = variant(file_name(&new.url)).map(|(_, word)| word);
    let url = word.map_or(new.url.clone(), |word| new.url.replace(&word, "{target}"));
    url.replace(&new.version, "{version}")
}

fn libs(new: &Addition) -> InlineTable {
    new.libs.iter().map(|(name, path)| (name.as_str(), path.as_str())).collect()
}

/// What a variant says beyond what its library says.
fn particular(new: &Addition, library: &Table) -> Table {
    let mut table = Table::new();
    let triple = new.variant.rust_triple();
    let word = variant(file_name(&new.url)).map_or(triple.clone(), |(_, word)| word);
    let text = |key: &str| library.get(key).and_then(Item::as_str).unwrap_or_default();
    let places = Places { version: &new.version, target: &word, variant: new.variant };
    if template::fill(text("url"), &places).as_ref() != Ok(&new.url) {
        table["url"] = value(&new.url);
    } else if word != triple && text("url").contains("{target}") {
        table["target"] = value(word);
    }
    if text("archive") != new.kind.word() {
        table["archive"] = value(new.kind.word());
    }
    let common = library.get("libs").and_then(Item::as_table_like);
    let common: BTreeMap<String, String> = common
        .into_iter()
        .flat_map(toml_edit::TableLike::iter)
        .filter_map(|(name, path)| Some((name.to_string(), path.as_str()?.to_string())))
        .collect();
    if common != new.libs {
        table["libs"] = value(libs(new));
    }
    table["sha256"] = value(&new.pin.sha256);
    table["size"] = value(i64::try_from(new.pin.size).unwrap_or(i64::MAX));
    table
}

/// Whether what was written means what was looked at.
pub fn means(library: &Library, new: &Addition) -> bool {
    let artifact = library.artifact(new.variant);
    library.pin(new.variant).as_ref() == Some(&new.pin)
        && artifact.is_ok_and(|artifact| {
            artifact.url == new.url && artifact.kind == new.kind && artifact.libs == new.libs
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::manifest::Manifest;

    #[test]
    fn a_url_tells_variant_version_and_name() {
        for (url, expected) in [
            ("https://a.example/d/v1.2.0/foo-x86_64-unknown-linux-musl.zip", "linux/amd64/musl 1.2.0 foo"),
            ("https://a.example/d/foo-1.2-rc.3-aarch64-apple-darwin.tar.gz", "darwin/arm64 1.2-rc.3 foo"),
            ("https://a.example/2.0.1/libfoo_linux_arm64_musl.a?raw=1", "linux/arm64/musl 2.0.1 foo"),
            ("https://a.example/foo-v0.4.1/foo_windows_amd64.lib", "windows/amd64 0.4.1 foo"),
            ("https://a.example/v1.0/bar-baz-linux-386-gnu.zip", "linux/386/gnu 1.0 bar-baz"),
        ] {
            let (file, version) = (file_name(url), version(url).unwrap());
            let (variant, word) = variant(file).unwrap();
            let name = name(file, &version, &word).unwrap();
            assert_eq!(format!("{variant} {version} {name}"), expected, "{url}");
        }
        assert_eq!(variant("foo_linux_arm64.zip"), None, "gnu or musl is not said");
        assert_eq!(variant("foo.zip"), None);
        assert_eq!(version("https://1.2.3.4/x86_64/foo2.zip"), None);
    }

    #[test]
    fn a_manifest_grows_and_keeps_its_comments() {
        let mut document: DocumentMut = "# ours\n[[library]]\nname = \"other\" # theirs\nversion = \"1\"\n\
            url = \"u\"\narchive = \"zip\"\nlibs = { o = \"o.a\" }\nvariants.\"linux/amd64/gnu\" = {}\n"
            .parse()
            .unwrap();
        let addition = |version: &str, variant: &str| {
            let variant = Variant::parse(variant).unwrap();
            let url = format!("https://a.example/v{version}/foo-{}.zip", variant.rust_triple());
            let libs = BTreeMap::from([("foo".into(), format!("{version}/libfoo.a"))]);
            let pin = Pin { sha256: "ab".repeat(32), size: 7 };
            let (name, version, kind, private) = ("foo".into(), version.into(), ArchiveKind::Zip, false);
            Addition { name, version, variant, url, kind, libs, private, pin }
        };
        let both = [addition("1.0", "linux/amd64/gnu"), addition("1.0", "darwin/arm64")];
        both.iter().for_each(|new| assert_eq!(write(&mut document, new), Ok(vec![])));
        let text = document.to_string();
        let manifest = Manifest::parse(&text, "x").unwrap();
        assert!(text.starts_with("# ours\n") && text.contains("# theirs"), "{text}");
        assert!(text.contains("/v{version}/foo-{target}.zip"), "{text}");
        assert_eq!(text.matches("libfoo.a").count(), 1, "{text}");
        assert!(both.iter().all(|new| means(&manifest.libraries[1], new)));
        let newer = addition("1.1", "darwin/arm64");
        assert_eq!(write(&mut document, &newer), Ok(vec!["linux/amd64/gnu".into()]));
        assert!(means(&Manifest::parse(&document.to_string(), "x").unwrap().libraries[1], &newer));
    }
}
