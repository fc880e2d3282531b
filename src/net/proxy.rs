//! Which proxy an address is reached through, by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
//!
//! Plain http goes only to this machine, and this machine needs no proxy; so `http_proxy` and `HTTP_PROXY`
//! have no use here and are not read, and `HTTP_PROXY` in particular, which a CGI server sets from a header of
//! a stranger's request, can never matter.

use super::policy;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::env::Env;
use core::net::IpAddr;
use ureq::Proxy;
use ureq::http::Uri;

/// In the order in which Go's own downloads look, then what curl has besides.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What the environment says about proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    proxy: Option<Proxy>,
    exceptions: Vec<Exception>,
}

impl Proxies {
    /// Reads the first variable of each kind that is set.
    pub fn of(env: &Env) -> Result<Proxies, Failure> {
        let first = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, env.text(name)?)));
        let proxy = first(&PROXIES).map(|(name, value)| proxy(name, value.trim())).transpose()?;
        let list = first(&EXCEPTIONS).map(|(_, list)| list).unwrap_or_default();
        let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
        Ok(Proxies { proxy, exceptions: entries.map(Exception::parse).collect() })
    }

    /// The proxy for `uri`; none means that we go there ourselves.
    pub fn to(&self, uri: &Uri) -> Option<Proxy> {
        let host = uri.host()?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let is_direct = policy::is_this_machine(host) || self.exceptions.iter().any(|it| it.has(host, port));
        self.proxy.clone().filter(|_| !is_direct)
    }
}

/// The proxy that a variable names; its value is never shown, for it may hold a password.
fn proxy(name: &str, value: &str) -> Result<Proxy, Failure> {
    let hint = format!("set {name} to `http://host:port`, or unset it");
    let no = |why: &str| Failure::new(OwnExit::Request, format!("use {name}: {why}"), &hint);
    let url = if value.contains("://") { value.to_string() } else { format!("http://{value}") };
    let uri: Uri = url.parse().map_err(|_| no("it is no URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(no("only http and https proxies are served"));
    }
    let place = uri.authority().and_then(|authority| authority.as_str().rsplit('@').next());
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| no("it has no host"))?;
    if place != Some(host) && uri.port_u16().is_none_or(|port| port == 0) {
        return Err(no("its port is no number from 1 to 65535"));
    }
    if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") {
        return Err(no("it is more than a host and a port"));
    }
    Proxy::new(&url).map_err(|_| no("it is no URL"))
}

/// One entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// `*`
    All,
    /// `example.com`: this name and those below it.
    Domain(String),
    /// `.example.com` or `*.example.com`: names below it.
    Below(String),
    /// `10.0.0.0/8`, or a single address with all of its bits.
    Net(IpAddr, u32),
}

impl Exception {
    fn parse(entry: &str) -> Exception {
        let entry = entry.to_ascii_lowercase();
        if let Some(net) = net(&entry) {
            return Exception { hosts: net, port: None };
        }
        let split = entry.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = split.map_or((entry.as_str(), None), |(host, port)| (host, Some(port)));
        let hosts = if host == "*" {
            Hosts::All
        } else if let Some(net) = net(host) {
            net
        } else if let Some(below) = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')) {
            Hosts::Below(below.trim_end_matches('.').into())
        } else {
            Hosts::Domain(host.trim_end_matches('.').into())
        };
        Exception { hosts, port }
    }

    fn has(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_below =
            |name: &str| host.strip_suffix(name).is_some_and(|left| left.len() > 1 && left.ends_with('.'));
        let has_host = match &self.hosts {
            Hosts::All => true,
            Hosts::Domain(name) => host == *name || is_below(name),
            Hosts::Below(name) => is_below(name),
            Hosts::Net(net, bits) => ip(&host).is_some_and(|address| share(address, *net, *bits)),
        };
        has_host && self.port.is_none_or(|own| own == port)
    }
}

/// An address, or an address with a number of bits.
fn net(text: &str) -> Option<Hosts> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (ip(address)?, Some(bits.parse().ok()?)),
        None => (ip(text)?, None),
    };
    let all = if address.is_ipv4() { 32 } else { 128 };
    Some(Hosts::Net(address, bits.unwrap_or(all))).filter(|_| bits.is_none_or(|bits| bits <= all))
}

fn ip(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text).parse().ok()
}

/// Whether the first `bits` of two addresses are the same.
fn share(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let differ = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => u128::from(one.to_bits() ^ other.to_bits()) << 96,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() ^ other.to_bits(),
        _ => return false,
    };
    differ.leading_zeros() >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excepts(list: &str, url: &str) -> bool {
        let env = Env::of(&[("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", list)]);
        Proxies::of(&env).unwrap().to(&url.parse().unwrap()).is_none()
    }

    #[test]
    fn all_forms_of_no_proxy_are_read() {
        let cases = [
            ("*", "a.example", true),
            ("a.example", "a.example", true),
            ("A.Example", "a.example", true),
            ("a.example.", "A.example.", true),
            ("a.example", "b.a.example", true),
            ("a.example", "ba.example", false),
            ("b.a.example", "a.example", false),
            (".a.example", "b.a.example", true),
            (".a.example", "a.example", false),
            ("*.a.example", "b.a.example", true),
            ("*.a.example", "a.example", false),
            ("x, ,y a.example", "a.example", true),
            ("a.example:443", "a.example", true),
            ("a.example:443", "a.example:8443", false),
            ("a.example:8443", "a.example:8443", true),
            ("a.example", "a.example:8443", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("10.0.0.0/8", "10.200.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/x", "10.0.0.0", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "[2001:db8::1]", false),
            ("2001:db8::1", "[2001:db8::1]", true),
            ("[2001:db8::1]:443", "[2001:db8::1]", true),
            ("[2001:db8::1]:80", "[2001:db8::1]", false),
            ("2001:db8::/32", "[2001:db8:1::1]", true),
            ("2001:db8::/32", "[2001:db9::1]", false),
            ("10.0.0.0/8", "10.example", false),
            ("", "a.example", false),
            (",", "a.example", false),
        ];
        for (list, host, expected) in cases {
            assert_eq!(excepts(list, &format!("https://{host}/x")), expected, "{list} {host}");
        }
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy() {
        for url in ["http://localhost:1/", "http://127.0.0.1/", "https://[::1]/", "https://localhost/"] {
            assert!(excepts("x.example", url), "{url}");
        }
    }

    #[test]
    fn go_s_order_of_variables_is_kept() {
        let host = |env: &[(&'static str, &str)]| {
            let proxies = Proxies::of(&Env::of(env)).unwrap();
            proxies.to(&"https://a.example/".parse().unwrap()).map(|proxy| proxy.host().to_string())
        };
        let all = [("all_proxy", "d"), ("ALL_PROXY", "c"), ("https_proxy", "b"), ("HTTPS_PROXY", "a")];
        for (left, first) in [(1, "d"), (2, "c"), (3, "b"), (4, "a")] {
            assert_eq!(host(&all[..left]).as_deref(), Some(first));
        }
        assert_eq!(host(&[]), None);
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_a_failure_without_its_secret() {
        let bad = [
            "socks5://h:1",
            "ftp://h",
            "http://",
            "http://u:canary@",
            "h:99999",
            "h:",
            "h:0",
            "http://h:port",
            "http://u:canary@h:1/path",
            "http://h/?canary",
            "a b",
            "http://[::1",
            "://h",
            "http://u:%ff@h",
        ];
        let env = |value| Env::of(&[("https_proxy", value)]);
        for value in bad {
            let failure = Proxies::of(&env(value)).unwrap_err();
            assert!(failure.what.starts_with("use https_proxy: "), "{value}: {}", failure.what);
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        for value in ["h", "h:1", "http://h:1", "HTTP://h:1/", "https://u:p%40@h:1", " http://h ", "[::1]:1"]
        {
            assert!(Proxies::of(&env(value)).is_ok(), "{value}");
        }
    }
}
