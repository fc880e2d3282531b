//! Files of GitHub's releases: GitHub computes a sha256 when a file is uploaded, and tells it ever after.
//!
//! Source: <https://docs.github.com/en/rest/releases/releases#get-a-release-by-tag-name>, field `digest` of an asset.

use super::manifest::is_sha256;
use serde_json::Value;

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
        let mut parts = path.split('/');
        let (owner, repository) = (parts.next()?, parts.next()?);
        if (parts.next()?, parts.next()?) != ("releases", "download") {
            return None;
        }
        let (tag, file) = (parts.next()?, parts.next()?);
        let is_plain = |part: &str| !part.is_empty() && !part.contains(['?', '#']);
        let is_file = parts.next().is_none() && [owner, repository, tag, file].into_iter().all(is_plain);
        is_file.then_some(Asset { owner, repository, tag, file })
    }

    /// Where GitHub describes the release.
    pub fn release(&self) -> String {
        let Asset { owner, repository, tag, .. } = self;
        format!("https://api.github.com/repos/{owner}/{repository}/releases/tags/{tag}")
    }

    /// The file's sha256 in such a description; files from before June 2025 have none.
    pub fn digest(&self, release: &str) -> Option<String> {
        let release: Value = serde_json::from_str(release).ok()?;
        let asset = release["assets"].as_array()?.iter().find(|asset| asset["name"] == self.file)?;
        let sha256 = asset["digest"].as_str()?.strip_prefix("sha256:")?.to_ascii_lowercase();
        is_sha256(&sha256).then_some(sha256)
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
        for other in [
            "https://github.com/a/b/archive/v1/a.zip",
            "https://github.com/a/b/releases/download/v1/a/b.zip",
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
}
