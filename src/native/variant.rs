//! For whom a prebuilt library is: a system, a processor, and the C library that it was built against.

use crate::target::{Arch, Libc, Os, Target};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The C library that an archive was built against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BuiltFor {
    /// glibc.
    Gnu,
    /// musl.
    Musl,
    /// The system's only one, or none at all.
    None,
}

/// A variant of a library, written `linux/amd64/gnu`, `linux/arm64/musl`, `darwin/arm64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variant {
    os: Os,
    arch: Arch,
    libc: BuiltFor,
}

impl Variant {
    /// The variants that serve a target, the closest first: one without a libc serves every libc.
    pub fn serving(target: Target) -> impl Iterator<Item = Variant> {
        let (os, arch) = (target.os(), target.arch());
        let own = match target.libc() {
            Some(Libc::Gnu(_)) => Some(BuiltFor::Gnu),
            Some(Libc::Musl) => Some(BuiltFor::Musl),
            None => None,
        };
        own.into_iter().chain([BuiltFor::None]).map(move |libc| Variant { os, arch, libc })
    }

    /// Reads `os/arch` or `os/arch/libc`.
    pub fn parse(text: &str) -> Result<Variant, String> {
        let mut parts = text.split('/');
        let (os, arch, libc) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let found = Os::ALL.iter().copied().find(|own| own.go() == os);
        let os = found.ok_or_else(|| format!("`{text}` is no variant: there is no system `{os}`"))?;
        let arch = arch.and_then(Arch::from_go);
        let arch = arch.ok_or_else(|| format!("`{text}` is no variant: it has no processor of Go's"))?;
        let libc = match (os, libc, parts.next()) {
            (Os::Linux, Some("gnu"), None) => BuiltFor::Gnu,
            (Os::Linux, Some("musl"), None) => BuiltFor::Musl,
            (_, Some("none"), None) => BuiltFor::None,
            (Os::Linux, None, None) => {
                return Err(format!("`{text}` is no variant: add /gnu, /musl or /none"));
            }
            (_, None, None) => BuiltFor::None,
            _ => return Err(format!("`{text}` is no variant: write it as linux/amd64/musl or darwin/arm64")),
        };
        Ok(Variant { os, arch, libc })
    }

    /// The system.
    pub fn os(self) -> Os {
        self.os
    }

    /// The processor.
    pub fn arch(self) -> Arch {
        self.arch
    }

    /// The C library.
    pub fn libc(self) -> BuiltFor {
        self.libc
    }

    /// The triple by which Rust calls the target, and many release files are named.
    pub fn rust_triple(self) -> String {
        let cpu = self.arch.rust();
        match (self.os, self.libc) {
            (Os::Linux, BuiltFor::Musl) => format!("{cpu}-unknown-linux-musl"),
            (Os::Linux, _) => format!("{cpu}-unknown-linux-gnu"),
            (Os::Darwin, _) => format!("{cpu}-apple-darwin"),
            (Os::Windows, _) => format!("{cpu}-pc-windows-gnu"),
            (os, _) => format!("{cpu}-unknown-{}", os.go()),
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os.go(), self.arch.go())?;
        match (self.os, self.libc) {
            (_, BuiltFor::Gnu) => out.write_str("/gnu"),
            (_, BuiltFor::Musl) => out.write_str("/musl"),
            (Os::Linux, BuiltFor::None) => out.write_str("/none"),
            (_, BuiltFor::None) => Ok(()),
        }
    }
}

impl Serialize for Variant {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Variant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Variant, D::Error> {
        Variant::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}
