//! To zig's words: the triple and `-mcpu`.

use super::cpu::{Arm64, Endian, Float};
use super::{Cpu, Libc, System, Target};
use std::ffi::OsString;
use std::fmt;

/// What follows `-target`: made from a [`Target`] and from nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZigTriple(String);

impl ZigTriple {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZigTriple {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Target {
    /// zig's triple.
    pub fn triple(self) -> ZigTriple {
        let arch = self.arch().zig();
        let os = self.os().zig();
        let float = self.float_suffix();
        ZigTriple(match self.system() {
            System::Linux(Libc::Gnu(version)) => format!("{arch}-{os}-gnu{float}.{version}"),
            System::Linux(Libc::Musl) => format!("{arch}-{os}-musl{float}"),
            System::Darwin(oldest) => format!("{arch}-{os}.{oldest}"),
            System::Windows => format!("{arch}-{os}-gnu"),
            System::Freebsd | System::Netbsd | System::Openbsd if !float.is_empty() => {
                format!("{arch}-{os}-{float}")
            }
            System::Freebsd | System::Netbsd | System::Openbsd => format!("{arch}-{os}-none"),
        })
    }

    /// How the triple names the float ABI and the width of pointers.
    fn float_suffix(self) -> &'static str {
        match self.cpu() {
            // OpenBSD passes floats in integer registers, whatever the processor has.
            Cpu::Arm(..) if self.system() == System::Openbsd => "eabi",
            Cpu::Arm(_, Float::Hard) | Cpu::Mips(_, Float::Hard) => "eabihf",
            Cpu::Arm(_, Float::Soft) | Cpu::Mips(_, Float::Soft) => "eabi",
            Cpu::Mips64(..) => "abi64",
            _ => "",
        }
    }

    /// The words that a call of zig's compiler begins with: the driver, the triple, and the processor.
    pub fn words(self, driver: &str) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![driver.into(), "-target".into(), self.triple().as_str().into()];
        words.extend(self.mcpu().map(|cpu| format!("-mcpu={cpu}").into()));
        words
    }

    /// The processor for zig's `-mcpu`, when it is not the triple's own baseline.
    pub fn mcpu(self) -> Option<String> {
        let text: String = match self.cpu() {
            Cpu::Amd64(1) | Cpu::X86(_) | Cpu::Loong64 | Cpu::Riscv64(20) => return None,
            Cpu::Amd64(level) => format!("x86_64_v{level}"),
            Cpu::Arm(5, Float::Soft) => "generic+v5te+soft_float+strict_align".into(),
            Cpu::Arm(5, Float::Hard) => "generic+v5te+strict_align+vfp2-d32".into(),
            Cpu::Arm(6, Float::Soft) => "generic+v6+soft_float+strict_align".into(),
            Cpu::Arm(6, Float::Hard) => "generic+v6+strict_align+vfp2-d32".into(),
            Cpu::Arm(_, Float::Soft) => "generic+v7a+soft_float".into(),
            Cpu::Arm(_, Float::Hard) => "generic+v7a+vfp3-d32".into(),
            Cpu::Arm64(level) => return arm64(level, self.system()),
            Cpu::Mips(_, Float::Hard) => "mips32".into(),
            Cpu::Mips(_, Float::Soft) => "mips32+soft_float".into(),
            Cpu::Mips64(_) => return None,
            Cpu::Ppc64(Endian::Little, 8) => return None,
            Cpu::Ppc64(_, level) => format!("pwr{level}"),
            Cpu::Riscv64(22) => "baseline_rv64+zba+zbb+zbs".into(),
            Cpu::Riscv64(_) => "baseline_rv64+zba+zbb+zbs+v+zicond+zfa".into(),
            Cpu::S390x => "z13".into(),
        };
        Some(text)
    }
}

/// GOARM64 in LLVM's features; a Mac's processors are all newer than v8.0.
fn arm64(level: Arm64, system: System) -> Option<String> {
    let base = if matches!(system, System::Darwin(_)) { "apple_m1" } else { "generic" };
    let mut text = String::from(base);
    if (level.major, level.minor) != (8, 0) {
        let (major, minor) = (level.major, level.minor);
        let feature = if minor == 0 { format!("+v{major}a") } else { format!("+v{major}_{minor}a") };
        text.push_str(&feature);
    }
    if level.lse && (level.major, level.minor) == (8, 0) {
        text.push_str("+lse");
    }
    if level.crypto {
        text.push_str("+crypto");
    }
    (text != base).then_some(text)
}
