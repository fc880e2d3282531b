//! Modules that need prebuilt libraries and ship no manifest. Data; a module's own manifest goes before it.

use super::consent;
use super::manifest::Manifest;
use crate::failure::Failure;

/// One module.
pub struct Known {
    /// Its path.
    pub module: &'static str,
    /// The oldest of its versions that the entry is right for, and the first that it is no longer right for.
    pub versions: (&'static str, Option<&'static str>),
    /// The folder below `.cgo-cache` in which its own setup tool puts libraries.
    pub cache: &'static str,
    manifest: &'static str,
}

/// All of them.
pub const ALL: &[Known] = &[Known {
    module: "github.com/agntcy/slim-bindings-go",
    versions: ("v1.0.0", None),
    cache: "slim-bindings",
    manifest: include_str!("known/slim-bindings-go.toml"),
}];

/// The version that stands for the module's own in an entry's manifest.
const MODULE: &str = "MODULE";

impl Known {
    /// The module that a folder of a link belongs to, with the version in its path: `…/MODULE@VERSION/…`, or
    /// `….cgo-cache/CACHE/VERSION`.
    pub fn at(path: &str) -> Option<(&'static Known, &str)> {
        let path_of = |known: &'static Known| {
            let (_, rest) = path.split_once(known.module)?;
            let rest = rest.strip_prefix('@')?;
            Some((known, rest.split(['/', '\\']).next()?))
        };
        let cache_of = |known: &'static Known| {
            let (_, rest) = path.rsplit_once(".cgo-cache")?;
            let mut parts = rest.split(['/', '\\']).filter(|part| !part.is_empty());
            (parts.next()? == known.cache).then(|| parts.next()).flatten().map(|version| (known, version))
        };
        // The cache's version is the one that the cgo line means; a pseudo-version of the module is not.
        ALL.iter().find_map(cache_of).or_else(|| ALL.iter().find_map(path_of))
    }

    /// What the module would say if it shipped a manifest.
    pub fn manifest(&self, version: &str) -> Result<Manifest, Failure> {
        let mut manifest = Manifest::parse(self.manifest, self.module)?;
        for library in manifest.libraries.iter_mut().filter(|library| library.version == MODULE) {
            library.version = version.to_string();
        }
        Ok(manifest)
    }

    /// What [`consent::digest`] calls the entry: the same for every version of the module.
    pub fn digest(&self) -> String {
        consent::digest(self.manifest)
    }

    /// Whether the entry is for that version of the module.
    pub fn serves(&self, version: &str) -> bool {
        let (first, beyond) = self.versions;
        let Some(asked) = numbers(version) else { return false };
        numbers(first).is_some_and(|first| asked >= first)
            && beyond.and_then(numbers).is_none_or(|beyond| asked < beyond)
    }
}

/// `v1.4.0-rc.6` as 1, 4, 0; a version before a release counts as that release.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.strip_prefix('v')?.split(['-', '+']).next()?;
    let mut numbers = plain.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::variant::Variant;

    #[test]
    fn both_folders_of_a_cgo_line_tell_the_version() {
        let at = |path| Known::at(path).map(|(known, version)| (known.cache, version));
        let module = "/go/pkg/mod/github.com/agntcy/slim-bindings-go@v1.3.0";
        assert_eq!(at(module), Some(("slim-bindings", "v1.3.0")));
        let cache = format!("{module}/../../../../../.cgo-cache/slim-bindings/v1.4.0");
        assert_eq!(at(&cache), Some(("slim-bindings", "v1.4.0")));
        let untiered = format!("{module}/../../../../../.cgo-cache/slim-bindings");
        assert_eq!(at(&untiered), Some(("slim-bindings", "v1.3.0")));
        assert_eq!(at("/go/.cgo-cache/other/v1.4.0"), None);
        assert_eq!(at("/src/lib"), None);
    }

    #[test]
    fn the_entries_are_manifests_for_what_their_modules_publish() {
        for known in ALL {
            let manifest = known.manifest("v1.4.0").unwrap();
            assert!(known.serves("v1.4.0") && known.serves("v2.0.0-alpha.7") && !known.serves("v0.7.2"));
            let library = &manifest.libraries[0];
            assert_eq!(library.variants.len(), 7);
            let artifact = library.artifact(Variant::parse("linux/amd64/musl").unwrap()).unwrap();
            assert!(
                artifact.url.ends_with("/slim-bindings-v1.4.0/slim-bindings-x86_64-unknown-linux-musl.zip")
            );
        }
    }
}
