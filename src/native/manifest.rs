//! `cgozig.toml`: what the author of a module says of the prebuilt libraries that it needs.
//!
//! The file lies at the module's root. `docs/native-libraries.md` describes it with an example. An unknown key is an error,
//! so that a misspelled one is not silently without effect.

use super::artifact::{ArchiveKind, Artifact, Pin};
use super::template::{self, Places};
use super::variant::Variant;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::net::policy;
use crate::target::Target;
use crate::toml_text;
use crate::unpack::path as unpack_path;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The file's name.
pub const NAME: &str = "cgozig.toml";

/// A manifest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The libraries, `[[library]]`.
    #[serde(default, rename = "library")]
    pub libraries: Vec<Library>,
}

/// One archive per variant, with the libraries that are in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// What messages and locks call it.
    pub name: String,
    /// Its version, `{version}` elsewhere.
    pub version: String,
    /// Where the archive is.
    pub url: String,
    /// What kind of archive it is.
    pub archive: ArchiveKind,
    /// `-l` name → path in the archive.
    #[serde(default)]
    pub libs: BTreeMap<String, String>,
    /// Folders of the archive with headers.
    #[serde(default)]
    pub include: Vec<String>,
    /// Where the library is put.
    #[serde(default)]
    pub place: Place,
    /// Whether the archive is private: the user's token for its very host is sent.
    #[serde(default)]
    pub private: bool,
    /// The variants, `[library.variants."linux/amd64/gnu"]`.
    pub variants: BTreeMap<Variant, Details>,
}

/// Where a fetched library is put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// cgozig's store.
    #[default]
    Store,
    /// The `.cgo-cache` folder below GOPATH that a `-L` of the link names; in the store as well.
    Gopath,
}

/// What is particular to one variant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Details {
    /// `{target}`; without it Rust's triple.
    pub target: Option<String>,
    /// In place of the library's own.
    pub url: Option<String>,
    /// In place of the library's own.
    pub archive: Option<ArchiveKind>,
    /// In place of the library's own.
    pub libs: Option<BTreeMap<String, String>>,
    /// Libraries of the system that the archive needs: `ws2_32` for `-lws2_32`.
    pub system: Vec<String>,
    /// Frameworks of macOS that the archive needs.
    pub frameworks: Vec<String>,
    /// The archive's sha256, in hexadecimal.
    pub sha256: Option<String>,
    /// The archive's size in bytes.
    pub size: Option<u64>,
}

impl Manifest {
    /// Reads a manifest; `shown` is its path in messages.
    pub fn parse(text: &str, shown: &str) -> Result<Manifest, Failure> {
        let refused = |why: String| {
            let what = format!("use the manifest `{shown}`: {why}");
            Failure::new(
                OwnExit::Request,
                what,
                "docs/native-libraries.md of cgozig says what may stand in it",
            )
        };
        let manifest: Manifest = toml_text::parse(text).map_err(refused)?;
        for (at, library) in manifest.libraries.iter().enumerate() {
            library.check().map_err(|why| {
                let line = toml_text::line_of_table(text, "library", at);
                refused(format!("line {line}: library `{}`: {why}", library.name))
            })?;
        }
        Ok(manifest)
    }

    /// The hosts that its urls name, mirrors aside.
    pub fn hosts(&self) -> BTreeSet<String> {
        let variants = |library: &Library| library.variants.keys().copied().collect::<Vec<_>>();
        let all = self.libraries.iter().flat_map(|own| variants(own).into_iter().map(move |one| (own, one)));
        let urls = all.filter_map(|(library, variant)| Some(library.artifact(variant).ok()?.url));
        urls.filter_map(|url| Some(policy::address(&url).ok()?.host()?.to_string())).collect()
    }

    /// The library whose file `-l name` is, for a target.
    pub fn with_lib(&self, name: &str, target: Target) -> Option<(&Library, Variant)> {
        let own = |library: &&Library| library.all_libs().any(|lib| lib == name);
        // A library that has the name, but not for this target, is still the one that is meant.
        let served = self.libraries.iter().filter(own).find_map(|library| {
            let variant = Variant::serving(target).find(|variant| {
                library.variants.contains_key(variant) && library.libs_of(*variant).contains_key(name)
            })?;
            Some((library, variant))
        });
        served.or_else(|| {
            let library = self.libraries.iter().find(own)?;
            Some((library, Variant::serving(target).next()?))
        })
    }
}

impl Library {
    /// Every `-l` name that it satisfies for some variant.
    fn all_libs(&self) -> impl Iterator<Item = &str> {
        let particular = self.variants.values().filter_map(|details| details.libs.as_ref());
        std::iter::once(&self.libs).chain(particular).flat_map(|libs| libs.keys().map(String::as_str))
    }

    /// `-l` name → path in the archive, for a variant.
    pub fn libs_of(&self, variant: Variant) -> &BTreeMap<String, String> {
        self.variants.get(&variant).and_then(|details| details.libs.as_ref()).unwrap_or(&self.libs)
    }

    /// The archive of one of its variants.
    pub fn artifact(&self, variant: Variant) -> Result<Artifact, String> {
        let details = self.variants.get(&variant).ok_or_else(|| {
            let names: Vec<String> = self.variants.keys().map(Variant::to_string).collect();
            format!("there is none for {variant}, only for {}", names.join(", "))
        })?;
        let triple = variant.rust_triple();
        let target = details.target.as_deref().unwrap_or(&triple);
        let places = Places { version: &self.version, target, variant };
        let fill = |text: &str| template::fill(text, &places);
        let libs = self.libs_of(variant).iter();
        let libs = libs.map(|(lib, path)| Ok((lib.clone(), fill(path)?))).collect::<Result<_, String>>()?;
        Ok(Artifact {
            library: self.name.clone(),
            version: self.version.clone(),
            variant,
            url: fill(details.url.as_deref().unwrap_or(&self.url))?,
            kind: details.archive.unwrap_or(self.archive),
            libs,
            include: self.include.iter().map(|folder| fill(folder)).collect::<Result<_, String>>()?,
            system: details.system.clone(),
            frameworks: details.frameworks.clone(),
            private: self.private,
            place: self.place,
        })
    }

    /// The bytes that the manifest itself accepts as the archive of a variant.
    pub fn pin(&self, variant: Variant) -> Option<Pin> {
        let details = self.variants.get(&variant)?;
        Some(Pin { sha256: details.sha256.clone()?, size: details.size? })
    }

    /// What is wrong beyond what the types say.
    fn check(&self) -> Result<(), String> {
        let is_word = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        };
        if !is_word(&self.name) || !is_word(&self.version) {
            return Err("name and version are letters, digits and . _ + - only".into());
        }
        if self.variants.is_empty() {
            return Err("it has no variants".into());
        }
        for (variant, details) in &self.variants {
            let artifact = self.artifact(*variant)?;
            if artifact.libs.is_empty() && artifact.include.is_empty() {
                return Err(format!("variant {variant} has neither libs nor include"));
            }
            for path in artifact.libs.values().chain(&artifact.include) {
                unpack_path::judge(path).map_err(|why| format!("`{path}` {why}"))?;
            }
            // They become words of the linker: `-l` and what follows must not become another option.
            let words = artifact.libs.keys().chain(&details.system).chain(&details.frameworks);
            if let Some(word) = words.clone().find(|word| !is_word(word) || word.starts_with(['-', '.'])) {
                return Err(format!("`{word}` is no name of a library"));
            }
            if details.sha256.as_deref().is_some_and(|text| !is_sha256(text)) {
                return Err(format!("the sha256 of {variant} is not 64 hexadecimal digits in lower case"));
            }
            if details.sha256.is_some() != details.size.is_some() {
                return Err(format!("{variant} needs both sha256 and size, or neither"));
            }
        }
        Ok(())
    }
}

/// Whether a text is a sha256 as we write it.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
