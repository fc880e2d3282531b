//! Go's ports with cgo: those that zig has a libc for, and those that it does not. Data only.

use super::cpu::Arch;
use super::libc::GlibcVersion;
use crate::zig::ZigVersion;

/// An operating system that we can compile for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are Go's own")]
pub enum Os {
    Linux,
    Darwin,
    Windows,
    Freebsd,
    Netbsd,
    Openbsd,
}

impl Os {
    /// All of them.
    pub const ALL: &[Os] = &[Os::Linux, Os::Darwin, Os::Windows, Os::Freebsd, Os::Netbsd, Os::Openbsd];

    /// GOOS.
    pub fn go(self) -> &'static str {
        match self {
            Os::Linux => "linux",
            Os::Darwin => "darwin",
            Os::Windows => "windows",
            Os::Freebsd => "freebsd",
            Os::Netbsd => "netbsd",
            Os::Openbsd => "openbsd",
        }
    }

    /// The system part of zig's triples.
    pub fn zig(self) -> &'static str {
        match self {
            Os::Darwin => "macos",
            other => other.go(),
        }
    }

    /// Whether objects and programs are ELF.
    pub fn is_elf(self) -> bool {
        !matches!(self, Os::Darwin | Os::Windows)
    }
}

/// One port of Go that we serve.
#[derive(Debug, PartialEq, Eq)]
pub struct Port {
    /// As Go writes it.
    pub name: &'static str,
    /// The system.
    pub os: Os,
    /// The processor.
    pub arch: Arch,
    /// The oldest glibc of a Linux port; none where there is no glibc.
    pub glibc: Option<GlibcVersion>,
    /// The oldest zig that has a libc for it.
    pub zig: ZigVersion,
    /// The first Go that has it with cgo, when that is newer than the oldest supported Go.
    pub go: Option<&'static str>,
    /// A zig from which on the oldest glibc is another one.
    pub raised: Option<(ZigVersion, GlibcVersion)>,
}

const OLDEST: ZigVersion = ZigVersion::new(0, 14, 1);

const fn port(name: &'static str, os: Os, arch: Arch) -> Port {
    Port { name, os, arch, glibc: None, zig: OLDEST, go: None, raised: None }
}

const fn glibc(name: &'static str, arch: Arch, minor: u8) -> Port {
    Port { glibc: Some(GlibcVersion::new(minor)), ..port(name, Os::Linux, arch) }
}

const fn since(port: Port, zig: ZigVersion) -> Port {
    Port { zig, ..port }
}

const ZIG_15: ZigVersion = ZigVersion::new(0, 15, 0);
const ZIG_16: ZigVersion = ZigVersion::new(0, 16, 0);

/// The ports that we serve.
///
/// The glibc floor of a port is the version in which glibc gained the processor (glibc's release notes),
/// or 2.17 where zig's stubs go no further back; FreeBSD and NetBSD have libc stubs since zig 0.15,
/// OpenBSD since 0.16 (`lib/std/zig/target.zig`, `available_libcs`).
pub const PORTS: &[Port] = &[
    glibc("linux/386", Arch::X86, 17),
    glibc("linux/amd64", Arch::Amd64, 17),
    glibc("linux/arm", Arch::Arm, 17),
    glibc("linux/arm64", Arch::Arm64, 17),
    glibc("linux/loong64", Arch::Loong64, 36),
    glibc("linux/mips", Arch::Mips, 17),
    glibc("linux/mips64", Arch::Mips64, 17),
    glibc("linux/mips64le", Arch::Mips64le, 17),
    glibc("linux/mipsle", Arch::Mipsle, 17),
    Port { go: Some("1.27"), ..port("linux/ppc64", Os::Linux, Arch::Ppc64) },
    // zig 0.17's long double is IEEE's there, and `printf` is then `__printfieee128`, which glibc has since 2.32.
    Port {
        raised: Some((ZigVersion::new(0, 17, 0), GlibcVersion::new(32))),
        ..glibc("linux/ppc64le", Arch::Ppc64le, 17)
    },
    glibc("linux/riscv64", Arch::Riscv64, 27),
    glibc("linux/s390x", Arch::S390x, 17),
    port("darwin/amd64", Os::Darwin, Arch::Amd64),
    port("darwin/arm64", Os::Darwin, Arch::Arm64),
    port("windows/386", Os::Windows, Arch::X86),
    port("windows/amd64", Os::Windows, Arch::Amd64),
    port("windows/arm64", Os::Windows, Arch::Arm64),
    since(port("freebsd/386", Os::Freebsd, Arch::X86), ZIG_15),
    since(port("freebsd/amd64", Os::Freebsd, Arch::Amd64), ZIG_15),
    since(port("freebsd/arm", Os::Freebsd, Arch::Arm), ZIG_15),
    since(port("freebsd/arm64", Os::Freebsd, Arch::Arm64), ZIG_15),
    since(port("netbsd/386", Os::Netbsd, Arch::X86), ZIG_15),
    since(port("netbsd/amd64", Os::Netbsd, Arch::Amd64), ZIG_15),
    since(port("netbsd/arm", Os::Netbsd, Arch::Arm), ZIG_15),
    since(port("netbsd/arm64", Os::Netbsd, Arch::Arm64), ZIG_15),
    since(port("openbsd/386", Os::Openbsd, Arch::X86), ZIG_16),
    since(port("openbsd/amd64", Os::Openbsd, Arch::Amd64), ZIG_16),
    since(port("openbsd/arm", Os::Openbsd, Arch::Arm), ZIG_16),
    since(port("openbsd/arm64", Os::Openbsd, Arch::Arm64), ZIG_16),
    since(port("openbsd/riscv64", Os::Openbsd, Arch::Riscv64), ZIG_16),
];

/// A port of Go with cgo that zig has no libc for.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// GOOS.
    pub os: &'static str,
    /// GOARCH.
    pub arch: &'static str,
    /// What is missing.
    pub missing: &'static str,
    /// What to use instead.
    pub hint: &'static str,
}

const fn refused(os: &'static str, arch: &'static str, missing: &'static str, hint: &'static str) -> Refused {
    Refused { os, arch, missing, hint }
}

const BIONIC: &str = "zig ships no Bionic libc (headers and stubs of Android)";
const NDK: &str = "use the Android NDK's clang as CC";
const IOS_SDK: &str = "Go's iOS ports need Apple's iOS SDK, which may not be shipped";
const XCODE: &str = "build on a Mac with Xcode's clang as CC";
const ILLUMOS: &str = "zig ships no libc for illumos and Solaris";
const NATIVE: &str = "build there with the system's own compiler as CC";

/// The ports of Go with cgo that we refuse.
pub const REFUSED: &[Refused] = &[
    refused("aix", "ppc64", "zig ships no libc and no XCOFF linker for AIX", NATIVE),
    refused("android", "386", BIONIC, NDK),
    refused("android", "amd64", BIONIC, NDK),
    refused("android", "arm", BIONIC, NDK),
    refused("android", "arm64", BIONIC, NDK),
    refused("dragonfly", "amd64", "zig ships no libc for DragonFly BSD", NATIVE),
    refused("illumos", "amd64", ILLUMOS, NATIVE),
    refused("ios", "amd64", IOS_SDK, XCODE),
    refused("ios", "arm64", IOS_SDK, XCODE),
    refused("solaris", "amd64", ILLUMOS, NATIVE),
];

impl Port {
    /// The port of `arch` on `os`.
    pub fn find(os: Os, arch: Arch) -> Option<&'static Port> {
        PORTS.iter().find(|port| port.os == os && port.arch == arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_one_ports_are_served_and_ten_refused_by_name() {
        assert_eq!((PORTS.len(), REFUSED.len()), (31, 10));
        for port in PORTS {
            assert_eq!(port.name, format!("{}/{}", port.os.go(), port.arch.go()));
        }
    }
}
