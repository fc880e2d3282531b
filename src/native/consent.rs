//! Which hosts may be asked for a pinned archive without asking the user first.
//!
//! Bytes are checked whoever sends them; a host still learns that somebody builds, and a service on this machine may do what
//! it is asked for. So only well-known forges are asked unasked, this machine for the user's own modules alone, and what the
//! user named by `cgozig trust`: a host, or a module with the manifest that it had then.

use crate::net::policy;
use crate::settings::TrustSettings;
use core::net::Ipv6Addr;

/// Hosts of published releases, and those that they redirect to.
pub const HOSTS: &[&str] = &["github.com", "gitlab.com", "codeberg.org"];

/// By whose word an archive is at its address.
#[derive(Clone, Copy, Debug)]
pub struct Declarer<'a> {
    /// The module's path.
    pub module: &'a str,
    /// Its manifest, as [`digest`] calls it.
    pub manifest: &'a str,
    /// Whether it is the main module or one of its workspace.
    pub is_own: bool,
}

/// Why a host may not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user has trusted neither it nor the module.
    Stranger,
    /// It is this machine, and a dependency names it.
    ThisMachine,
    /// The user has trusted the module when its manifest was another.
    Changed,
}

impl Refusal {
    /// What is wrong with the host, as the end of a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Refusal::Stranger => "which is neither a well-known forge nor one that you trust",
            Refusal::ThisMachine => {
                "which is this machine: only the main module's manifest may ask it without your trust"
            }
            Refusal::Changed => "and its manifest has changed since it was trusted",
        }
    }
}

/// Whether an archive may be fetched from `host`.
pub fn judge(host: &str, by: Declarer, trusted: &TrustSettings) -> Result<(), Refusal> {
    let is = |own: &str| own.eq_ignore_ascii_case(host);
    if HOSTS.iter().any(|own| is(own)) || trusted.hosts.iter().any(|own| is(own)) {
        return Ok(());
    }
    let is_here = policy::is_this_machine(host);
    match trusted.modules.get(by.module) {
        // The user writes that manifest, so that it may change.
        Some(manifest) if by.is_own || manifest == by.manifest => Ok(()),
        _ if by.is_own && is_here => Ok(()),
        Some(_) => Err(Refusal::Changed),
        None if is_here => Err(Refusal::ThisMachine),
        None => Err(Refusal::Stranger),
    }
}

/// What `[trust.modules]` calls the content of a manifest.
pub fn digest(manifest: &str) -> String {
    format!("sha256:{}", crate::digest::sha256_of(manifest.as_bytes()))
}

/// The host that a word means, as an address has it: a name, or an IP address; `::1` is `[::1]`. None for all else, so that a
/// host can stand in a line that is typed as it is.
pub fn host(word: &str) -> Option<String> {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !word.starts_with('-') && word.split('.').all(is_label) {
        return Some(word.to_ascii_lowercase());
    }
    let plain = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    plain.parse::<Ipv6Addr>().ok().map(|_| format!("[{}]", plain.to_ascii_lowercase()))
}

/// The word by which `cgozig trust` takes a host: no shell has an idea of its own of it.
pub fn word(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for (word, expected) in [
            ("nexus", "nexus"),
            ("localhost", "localhost"),
            ("my_nexus", "my_nexus"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("::1", "[::1]"),
            ("Files.Example", "files.example"),
        ] {
            assert_eq!(host(word).as_deref(), Some(expected), "{word}");
            assert_eq!(host(super::word(expected)).as_deref(), Some(expected), "{word}");
        }
        for wrong in
            ["", ".", "a..b", "a.", "-x", "a:1", "[::1]:1", "[a]", "a;b", "$(x)", "a b", "a/b", "u@a", "ä"]
        {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn this_machine_is_for_the_users_own_modules_and_a_module_for_its_manifest() {
        let none = TrustSettings::default();
        let modules = [("a.example/m".to_string(), "sha256:1".to_string())].into();
        let module = TrustSettings { modules, ..TrustSettings::default() };
        let host = TrustSettings { hosts: vec!["LOCALHOST".into()], ..TrustSettings::default() };
        let by = |manifest, is_own| Declarer { module: "a.example/m", manifest, is_own };
        for (asked, by, trusted, expected) in [
            ("GitHub.com", by("sha256:2", false), &none, Ok(())),
            ("localhost", by("sha256:2", true), &none, Ok(())),
            ("127.3.2.1", by("sha256:2", false), &none, Err(Refusal::ThisMachine)),
            ("[::1]", by("sha256:2", false), &none, Err(Refusal::ThisMachine)),
            ("files.example", by("sha256:2", true), &none, Err(Refusal::Stranger)),
            ("files.example", by("sha256:1", false), &module, Ok(())),
            ("localhost", by("sha256:1", false), &module, Ok(())),
            ("files.example", by("sha256:2", true), &module, Ok(())),
            ("files.example", by("sha256:2", false), &module, Err(Refusal::Changed)),
            ("localhost", by("sha256:2", false), &module, Err(Refusal::Changed)),
            ("localhost", by("sha256:2", false), &host, Ok(())),
            ("127.0.0.1", by("sha256:2", false), &host, Err(Refusal::ThisMachine)),
        ] {
            assert_eq!(judge(asked, by, trusted), expected, "{asked} {by:?}");
        }
    }
}
