//! What we compile for: an operating system with its C library, and a processor with its level.
//!
//! A [`Target`] is made only by [`Target::new`], which knows Go's ports: a pair that Go does not have, or
//! that zig has no libc for, cannot be written.

pub mod cpu;
pub mod go;
pub mod libc;
pub mod port;
pub mod triple;
mod zig;

pub use cpu::{Arch, Cpu};
pub use libc::{GlibcVersion, Libc, LibcChoice};
pub use port::{Os, Port, Refused};
pub use zig::ZigTriple;

use crate::zig::ZigVersion;
use std::fmt;

/// The oldest macOS a program shall run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MacosVersion {
    /// `12` of `12.3.1`.
    pub major: u16,
    /// `3` of `12.3.1`.
    pub minor: u16,
    /// `1` of `12.3.1`.
    pub patch: u16,
}

impl MacosVersion {
    /// What is taken when nothing is said; Go 1.25 to 1.27 ask for macOS 12.
    pub const DEFAULT: MacosVersion = MacosVersion { major: 12, minor: 0, patch: 0 };

    /// Reads `12`, `12.3` or `12.3.1`.
    pub fn parse(text: &str) -> Option<MacosVersion> {
        let mut numbers = text.split('.').map(str::parse);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().unwrap_or(Ok(0)).ok()?;
        let patch = numbers.next().unwrap_or(Ok(0)).ok()?;
        (numbers.next().is_none() && major >= 10).then_some(MacosVersion { major, minor, patch })
    }
}

impl fmt::Display for MacosVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(out, ".{}", self.patch) } else { Ok(()) }
    }
}

/// The operating system and what it is pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux with one of its C libraries.
    Linux(Libc),
    /// macOS from a version on.
    Darwin(MacosVersion),
    /// Windows with the MinGW runtime over ucrt.
    Windows,
    /// FreeBSD as zig's stubs have it.
    Freebsd,
    /// NetBSD as zig's stubs have it.
    Netbsd,
    /// OpenBSD as zig's stubs have it (zig 0.16 and later).
    Openbsd,
}

/// What one compiler call compiles for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    system: System,
    cpu: Cpu,
    /// Whether the glibc is the one that is taken when none is named.
    is_floor_unsaid: bool,
}

impl Target {
    /// The target of `cpu` on `os`, when Go has that port and the libc that was asked for exists there.
    pub fn new(os: Os, cpu: Cpu, libc: LibcChoice, oldest: MacosVersion) -> Result<Target, TargetError> {
        let arch = cpu.arch();
        let port = Port::find(os, arch).ok_or(TargetError::NoPort { os: os.go(), arch: arch.go() })?;
        let system = match os {
            Os::Linux => System::Linux(libc.settle(port)?),
            Os::Darwin => System::Darwin(oldest),
            Os::Windows => System::Windows,
            Os::Freebsd => System::Freebsd,
            Os::Netbsd => System::Netbsd,
            Os::Openbsd => System::Openbsd,
        };
        let is_floor_unsaid = !matches!(libc, LibcChoice::Gnu(Some(_)));
        Ok(Target { system, cpu, is_floor_unsaid })
    }

    /// The target as a zig can serve it: with the glibc that this zig needs, where none was named.
    pub fn served_by(self, zig: ZigVersion) -> Result<Target, TargetError> {
        let raised = Port::find(self.os(), self.arch()).and_then(|port| Some((port, port.raised?)));
        let (Some((port, (since, oldest))), Some(Libc::Gnu(asked))) = (raised, self.libc()) else {
            return Ok(self);
        };
        if zig < since || asked >= oldest {
            return Ok(self);
        }
        if self.is_floor_unsaid {
            return Ok(Target { system: System::Linux(Libc::Gnu(oldest)), ..self });
        }
        Err(TargetError::GlibcOfZig { asked, port: port.name, oldest, zig, since })
    }

    /// The operating system with its pin.
    pub fn system(self) -> System {
        self.system
    }

    /// The operating system.
    pub fn os(self) -> Os {
        match self.system {
            System::Linux(_) => Os::Linux,
            System::Darwin(_) => Os::Darwin,
            System::Windows => Os::Windows,
            System::Freebsd => Os::Freebsd,
            System::Netbsd => Os::Netbsd,
            System::Openbsd => Os::Openbsd,
        }
    }

    /// The processor with its level.
    pub fn cpu(self) -> Cpu {
        self.cpu
    }

    /// The processor.
    pub fn arch(self) -> Arch {
        self.cpu.arch()
    }

    /// The C library, where there is a choice.
    pub fn libc(self) -> Option<Libc> {
        match self.system {
            System::Linux(libc) => Some(libc),
            _ => None,
        }
    }
}

impl fmt::Display for Target {
    /// As Go writes it: `linux/arm64`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os().go(), self.arch().go())
    }
}

/// Why there is no such target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Go has no such operating system.
    UnknownOs(String),
    /// Go has no such processor.
    UnknownArch(String),
    /// Go has both, but not together with cgo, or zig has no libc for the pair.
    NoPort {
        /// GOOS.
        os: &'static str,
        /// GOARCH.
        arch: &'static str,
    },
    /// Go has the port; zig cannot serve it.
    Refused(&'static Refused),
    /// Only one of GOOS and GOARCH is set to something.
    HalfGo {
        /// The variable that is missing.
        missing: &'static str,
    },
    /// A level that the processor does not have.
    Level {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A libc that is not one.
    Libc(String),
    /// A glibc older or newer than the port and zig have.
    Glibc {
        /// What was asked for.
        asked: GlibcVersion,
        /// The port.
        port: &'static str,
        /// The oldest that works there.
        oldest: GlibcVersion,
    },
    /// A glibc that is older than the zig can serve.
    GlibcOfZig {
        /// What was asked for.
        asked: GlibcVersion,
        /// The port.
        port: &'static str,
        /// The oldest that works with that zig.
        oldest: GlibcVersion,
        /// The zig.
        zig: ZigVersion,
        /// The first zig of which that is so.
        since: ZigVersion,
    },
    /// A libc on a system that has only its own.
    LibcNotHere {
        /// What was asked for.
        libc: String,
        /// GOOS.
        os: &'static str,
    },
    /// A triple that none of the four languages has.
    Triple(String),
    /// A macOS version that is not one.
    Macos(String),
}

impl TargetError {
    /// What could not be done, after "could not".
    pub fn what(&self) -> String {
        match self {
            TargetError::UnknownOs(os) => format!("compile for GOOS=`{os}`: there is no such system"),
            TargetError::UnknownArch(arch) => {
                format!("compile for GOARCH=`{arch}`: there is no such processor")
            }
            TargetError::NoPort { os, arch } => {
                format!("compile for `{os}/{arch}`: Go has no such port with cgo")
            }
            TargetError::Refused(port) => {
                format!("compile for `{}/{}`: {}", port.os, port.arch, port.missing)
            }
            TargetError::HalfGo { missing } => format!("find the target: {missing} is not set"),
            TargetError::Level { variable, value, .. } => {
                format!("use {variable}=`{value}`: no such level can be served")
            }
            TargetError::Libc(libc) => format!("use libc `{libc}`: there is no such libc"),
            TargetError::Glibc { asked, port, .. } => format!("use libc `gnu.{asked}` for {port}"),
            TargetError::GlibcOfZig { asked, port, oldest, zig, .. } => {
                format!(
                    "use libc `gnu.{asked}` for {port}: what zig {zig} compiles needs glibc {oldest} there"
                )
            }
            TargetError::LibcNotHere { libc, os } => format!("use libc `{libc}`: {os} has only its own"),
            TargetError::Triple(triple) => format!("compile for target `{triple}`: it was not understood"),
            TargetError::Macos(version) => {
                format!("use MACOSX_DEPLOYMENT_TARGET=`{version}`: it is no version")
            }
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            TargetError::UnknownOs(_) | TargetError::UnknownArch(_) | TargetError::NoPort { .. } => {
                "`cgozig targets` lists what can be built".into()
            }
            TargetError::Refused(port) => port.hint.into(),
            TargetError::HalfGo { .. } => "set both GOOS and GOARCH, or neither for this machine".into(),
            TargetError::Level { variable, allowed, .. } => format!("{variable} may be {allowed}"),
            TargetError::Libc(_) => "CGOZIG_LIBC may be musl, gnu or gnu.2.N, as gnu.2.28".into(),
            TargetError::Glibc { oldest, .. } => {
                format!("choose gnu.{oldest} up to gnu.{}, or musl", GlibcVersion::NEWEST)
            }
            TargetError::GlibcOfZig { oldest, since, .. } => {
                format!("choose gnu.{oldest} or newer, or a zig before {since} by CGOZIG_ZIG")
            }
            TargetError::LibcNotHere { .. } => "unset CGOZIG_LIBC, or use the plain name `cgozig`".into(),
            TargetError::Triple(_) => {
                "write it as Go (linux/arm64), zig (aarch64-linux-musl), Rust or GNU does".into()
            }
            TargetError::Macos(_) => "write it as 12.0".into(),
        }
    }
}
