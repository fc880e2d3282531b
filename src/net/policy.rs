//! Which addresses we go to, what a status means, how long to wait before the next try.

use core::fmt;
use core::net::Ipv4Addr;
use ureq::http::Uri;

/// How many redirects one answer may take; GitHub's releases need one, a mirror in front of them two.
pub const REDIRECTS: usize = 5;

/// Why an address is not one that we go to. It names no part of the address, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no URL with a host.
    NoUrl,
    /// `file:`, `ftp:`, `data:` and all others.
    Scheme,
    /// http to another machine, or after https.
    Plain,
    /// `user:password@host`.
    Userinfo,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Refusal::NoUrl => "is no URL",
            Refusal::Scheme => "is not https",
            Refusal::Plain => "is plain http",
            Refusal::Userinfo => "has a user name or a password in it",
        })
    }
}

/// The address that `text` is.
pub fn address(text: &str) -> Result<Uri, Refusal> {
    let scheme = scheme(text).ok_or(Refusal::NoUrl)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(Refusal::Scheme);
    }
    let uri: Uri = text.parse().map_err(|_| Refusal::NoUrl)?;
    let authority = uri.authority().ok_or(Refusal::NoUrl)?;
    if authority.as_str().contains('@') {
        return Err(Refusal::Userinfo);
    }
    let host = authority.host();
    let has_port = authority.as_str() != host;
    if host.is_empty() || (has_port && authority.port_u16().is_none()) {
        return Err(Refusal::NoUrl);
    }
    Ok(uri)
}

/// Whether we go to `to`, when `from` sent us there. Plain http is for this machine only, where nobody can
/// change it on its way, and never follows https.
pub fn allowed(from: Option<&Uri>, to: &Uri) -> Result<(), Refusal> {
    let after_https = from.is_some_and(is_https);
    if is_https(to) || (!after_https && to.host().is_some_and(is_this_machine)) {
        return Ok(());
    }
    Err(Refusal::Plain)
}

/// The address that a redirect from `base` means by `location`.
pub fn resolve(base: &Uri, location: &str) -> Result<Uri, Refusal> {
    let location = location.split('#').next().unwrap_or_default();
    if scheme(location).is_some() {
        return address(location);
    }
    let scheme = base.scheme_str().ok_or(Refusal::NoUrl)?;
    if location.starts_with("//") {
        return address(&format!("{scheme}:{location}"));
    }
    let (path, query) = match location.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (location, None),
    };
    let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = match path {
        "" => base.path().to_string(),
        path if path.starts_with('/') => without_dots(path),
        path => without_dots(&format!("{folder}/{path}")),
    };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let authority = base.authority().ok_or(Refusal::NoUrl)?;
    address(&format!("{scheme}://{authority}{path}{query}"))
}

/// A path whose `.` and `..` are walked; above the root is the root.
fn without_dots(path: &str) -> String {
    let mut kept = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
        if is_last && matches!(part, "." | "..") {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// The scheme in front of the first `:`.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let starts_well = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_one =
        scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
    (starts_well && is_one).then_some(scheme)
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}

/// Whether `host` can only be this machine.
pub fn is_this_machine(host: &str) -> bool {
    let is_loopback = |address: Ipv4Addr| address.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host == "[::1]" || host.parse().is_ok_and(is_loopback)
}

/// An address as it may be shown: without user, password and query, which may hold secrets.
pub fn shown(url: &str) -> String {
    let Ok(uri) = url.parse::<Uri>() else { return "(no URL)".into() };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return "(no URL)".into();
    };
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{}", uri.path())
}

/// What an answer is, by its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What we asked for.
    Body,
    /// It is elsewhere.
    Redirect,
    /// The server may do better later.
    Later,
    /// It will not come.
    No,
}

/// What the status says. 206 is no body of ours: we never ask for a part.
pub fn kind(status: u16) -> Kind {
    match status {
        200 => Kind::Body,
        301 | 302 | 303 | 307 | 308 => Kind::Redirect,
        408 | 429 | 500 | 502 | 503 | 504 => Kind::Later,
        _ => Kind::No,
    }
}

/// Milliseconds to wait before the next try: one to three times `base`, doubled with each retry, at most
/// twenty times. `random` keeps many clients from coming back together.
pub fn pause(retry: u32, base: u64, random: u64) -> u64 {
    let least = base.saturating_mul(1 << retry.min(16));
    let spread = least.saturating_mul(2).saturating_add(1);
    least.saturating_add(random % spread).min(base.saturating_mul(20))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        address(text).unwrap()
    }

    #[test]
    fn only_web_addresses_with_a_host_are_addresses() {
        for good in ["https://a.example", "HTTPS://A.example/x?y=z", "http://[::1]:80/", "https://a:65535/"] {
            assert!(address(good).is_ok(), "{good}");
        }
        let cases = [
            ("", Refusal::NoUrl),
            ("a.example/x", Refusal::NoUrl),
            ("https:", Refusal::NoUrl),
            ("https:///x", Refusal::NoUrl),
            ("https://a.example:/x", Refusal::NoUrl),
            ("https://a.example:65536/x", Refusal::NoUrl),
            ("https://a.example/a b", Refusal::NoUrl),
            ("https://a.example\\@b.example/", Refusal::NoUrl),
            ("file:///etc/passwd", Refusal::Scheme),
            ("ftp://a.example/", Refusal::Scheme),
            ("data:text/plain,x", Refusal::Scheme),
            ("javascript:x", Refusal::Scheme),
            ("https://user:password@a.example/", Refusal::Userinfo),
            ("https://@a.example/", Refusal::Userinfo),
        ];
        for (text, refusal) in cases {
            assert_eq!(address(text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for here in ["http://localhost/", "http://LOCALHOST:1/", "http://127.9.9.9/", "http://[::1]:1/"] {
            assert_eq!(allowed(None, &uri(here)), Ok(()), "{here}");
            assert_eq!(allowed(Some(&uri("http://127.0.0.1/")), &uri(here)), Ok(()), "{here}");
            assert_eq!(allowed(Some(&uri("https://a.example/")), &uri(here)), Err(Refusal::Plain), "{here}");
        }
        let elsewhere =
            ["a.example", "127.0.0.1.example", "localhost.example", "0.0.0.0", "10.0.0.1", "[::2]", "127.1"];
        for host in elsewhere {
            assert_eq!(allowed(None, &uri(&format!("http://{host}/"))), Err(Refusal::Plain), "{host}");
            assert_eq!(allowed(None, &uri(&format!("https://{host}/"))), Ok(()), "{host}");
        }
    }

    #[test]
    fn locations_are_resolved_as_browsers_do() {
        let base = uri("https://a.example:8443/b/c?d=e");
        let cases = [
            ("x", "https://a.example:8443/b/x"),
            ("./x", "https://a.example:8443/b/x"),
            ("../x", "https://a.example:8443/x"),
            ("../../../x/.", "https://a.example:8443/x/"),
            ("/x/../y", "https://a.example:8443/y"),
            ("?f=g", "https://a.example:8443/b/c?f=g"),
            ("x?f=/../g#h", "https://a.example:8443/b/x?f=/../g"),
            ("//b.example/x", "https://b.example/x"),
            ("HTTPS://b.example/x", "https://b.example/x"),
            ("http://b.example/x", "http://b.example/x"),
        ];
        for (location, expected) in cases {
            assert_eq!(resolve(&base, location).unwrap(), expected, "{location}");
        }
        assert_eq!(resolve(&base, "//u@b.example/x"), Err(Refusal::Userinfo));
        assert_eq!(resolve(&base, "file:/x"), Err(Refusal::Scheme));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(shown("https://u:p@a.example:1/b?token=c#d"), "https://a.example:1/b");
        assert_eq!(shown("u:p@a.example"), "(no URL)");
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        for random in [0, 1, 999, 1000, u64::MAX] {
            assert!((500..=1500).contains(&pause(0, 500, random)));
            assert!((1000..=3000).contains(&pause(1, 500, random)));
            assert_eq!(pause(40, 500, random), 10_000);
        }
        assert_ne!(pause(0, 500, 1), pause(0, 500, 2));
        assert_eq!(pause(0, 0, 7), 0);
    }
}
