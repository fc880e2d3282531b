//! Which hosts may be asked for a pinned archive without asking the user first.
//!
//! Bytes are checked whoever sends them; a host still learns that somebody builds. So only well-known forges are asked
//! unasked, and what the user named by `cgozig trust`.

/// Hosts of published releases, and those that they redirect to.
pub const HOSTS: &[&str] = &["github.com", "gitlab.com", "codeberg.org"];

/// Whom a user trusts beyond that.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// Hosts.
    pub hosts: &'a [String],
    /// Modules.
    pub modules: &'a [String],
}

/// Whether an archive that `module` declares may be fetched from `host`.
pub fn given(host: &str, module: &str, trusted: Trusted) -> bool {
    let is = |own: &str| own.eq_ignore_ascii_case(host);
    HOSTS.iter().any(|own| is(own))
        || trusted.hosts.iter().any(|own| is(own))
        || trusted.modules.iter().any(|own| own == module)
        || crate::net::policy::is_this_machine(host)
}
