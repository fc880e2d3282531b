//! Files of GitHub's releases: GitHub computes a sha256 when a file is uploaded, and tells it ever after. A private one is
//! served at an address of its own only, which stands in the same description.
//!
//! Sources: <https://docs.github.com/en/rest/releases/releases#get-a-release-by-tag-name>, fields `digest` and `id` of an
//! asset; <https://docs.github.com/en/rest/releases/assets#get-a-release-asset>, which wants `application/octet-stream`.

use super::manifest::is_sha256;
use crate::net::Wanted;
use crate::net::token::Token;
use serde_json::Value;

/// The host that describes releases, and serves private files to a token.
pub const API: &str = "api.github.com";

/// The largest description of a release.
const LARGEST: u64 = 8 << 20;

/// The request for such a description.
pub fn description<'a>(url: &'a str, token: Option<&'a Token>) -> Wanted<'a> {
    Wanted { url, limit: LARGEST, size: None, token, accept: Some("application/vnd.github+json") }
}

/// A file of a release, by its parts of the url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset<'a> {
    /// Whose.
    pub owner: &'a str,
    /// The repository.
    pub repository: &'a str,
    /// The release's tag.
    pub tag: &'a str,
    /// The file's name.
    pub file: &'a str,
}

impl<'a> Asset<'a> {
    /// The file at `https://github.com/OWNER/REPOSITORY/releases/download/TAG/FILE`.
    pub fn at(url: &'a str) -> Option<Asset<'a>> {
        let path = url.strip_prefix("https://github.com/")?;
        let (owner, path) = path.split_once('/')?;
        let (repository, path) = path.split_once('/')?;
        let rest = path.strip_prefix("releases/download/")?;
        // Tags of modules in a folder have a slash: `sub/v1.2.0`.
        let (tag, file) = rest.rsplit_once('/')?;
        let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['?', '#']);
        let is_file = [owner, repository, file].into_iter().chain(tag.split('/')).all(is_plain);
        is_file.then_some(Asset { owner, repository, tag, file })
    }

    /// Where GitHub describes the release.
    pub fn release(&self) -> String {
        let Asset { owner, repository, tag, .. } = self;
        let tag = tag.replace('/', "%2F");
        format!("https://{API}/repos/{owner}/{repository}/releases/tags/{tag}")
    }

    /// Where GitHub serves the file to a token, by such a description.
    pub fn address(&self, release: &str) -> Option<String> {
        let id = self.find(release)?["id"].as_u64()?;
        let Asset { owner, repository, .. } = self;
        Some(format!("https://{API}/repos/{owner}/{repository}/releases/assets/{id}"))
    }

    /// The file's sha256 in such a description; files from before June 2025 have none.
    pub fn digest(&self, release: &str) -> Option<String> {
        let asset = self.find(release)?;
        let sha256 = asset["digest"].as_str()?.strip_prefix("sha256:")?.to_ascii_lowercase();
        is_sha256(&sha256).then_some(sha256)
    }

    fn find(&self, release: &str) -> Option<Value> {
        let mut release: Value = serde_json::from_str(release).ok()?;
        let assets = release["assets"].as_array_mut()?;
        assets.iter_mut().find(|asset| asset["name"] == self.file).map(Value::take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_file_is_known_by_its_url_alone() {
        let url = "https://github.com/agntcy/slim/releases/download/v1/a.zip";
        let asset = Asset::at(url).unwrap();
        assert_eq!(asset.release(), "https://api.github.com/repos/agntcy/slim/releases/tags/v1");
        let nested = Asset::at("https://github.com/a/b/releases/download/sub/v1.2.0/x.zip").unwrap();
        assert_eq!((nested.tag, nested.file), ("sub/v1.2.0", "x.zip"));
        assert_eq!(nested.release(), "https://api.github.com/repos/a/b/releases/tags/sub%2Fv1.2.0");
        for other in [
            "https://github.com/a/b/archive/v1/a.zip",
            "https://github.com/a/b/releases/download/v1/../b.zip",
            "https://github.com/../b/releases/download/v1/b.zip",
            "https://github.com/a/b/releases/download/v1/",
            "https://github.com.example/a/b/releases/download/v1/a.zip",
            "https://github.com/a/b/releases/download/v1/a.zip?x",
        ] {
            assert_eq!(Asset::at(other), None, "{other}");
        }
    }

    #[test]
    fn a_digest_is_the_one_of_the_very_file() {
        let sha256 = "ab".repeat(32);
        let asset = Asset::at("https://github.com/a/b/releases/download/v1/x.zip").unwrap();
        let release = |name: &str, digest: &str| {
            format!("{{\"assets\":[{{\"name\":\"{name}\",\"digest\":{digest}}}]}}")
        };
        assert_eq!(asset.digest(&release("x.zip", &format!("\"sha256:{sha256}\""))), Some(sha256.clone()));
        assert_eq!(asset.digest(&release("y.zip", &format!("\"sha256:{sha256}\""))), None);
        for none in ["null", "\"md5:ab\"", "\"sha256:ab\"", "{}"] {
            assert_eq!(asset.digest(&release("x.zip", none)), None, "{none}");
        }
        assert_eq!(asset.digest("<html>"), None);
    }

    #[test]
    fn a_private_file_has_an_address_of_its_own() {
        let asset = Asset::at("https://github.com/a/b/releases/download/v1/x.zip").unwrap();
        let release = r#"{"assets":[{"name":"y.zip","id":1},{"name":"x.zip","id":22}]}"#;
        let address = "https://api.github.com/repos/a/b/releases/assets/22";
        assert_eq!(asset.address(release).as_deref(), Some(address));
        for none in ["{}", "<html>", r#"{"assets":[{"name":"x.zip","id":"../../x"}]}"#] {
            assert_eq!(asset.address(none), None, "{none}");
        }
    }
}
