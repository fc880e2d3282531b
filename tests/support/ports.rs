//! Which libcs and zigs a port is tested with.

use super::ZIGS;
use cgozig::target::port::PORTS;
use cgozig::target::{Os, Port};
use cgozig::zig::ZigVersion;

/// The port of that name.
pub fn port(name: &str) -> &'static Port {
    PORTS.iter().find(|port| port.name == name).unwrap()
}

/// The libcs of a port; `own` where the system has one only.
pub fn libcs(port: &Port) -> &'static [&'static str] {
    match (port.os, port.glibc) {
        (Os::Linux, Some(_)) => &["gnu", "musl"],
        (Os::Linux, None) => &["musl"],
        _ => &["own"],
    }
}

/// The zig that serves a port by default.
pub fn default_zig(port: &Port) -> &'static str {
    ZIGS[1..].iter().copied().find(|zig| serves(zig, port)).unwrap()
}

/// Whether a zig can serve a port.
pub fn serves(zig: &str, port: &Port) -> bool {
    ZigVersion::parse(zig).unwrap() >= port.zig
}
