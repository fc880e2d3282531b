//! Processors and their levels, as Go names them.

use super::TargetError;

/// A processor, by its GOARCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are Go's own")]
pub enum Arch {
    X86,
    Amd64,
    Arm,
    Arm64,
    Loong64,
    Mips,
    Mips64,
    Mips64le,
    Mipsle,
    Ppc64,
    Ppc64le,
    Riscv64,
    S390x,
}

/// Every processor with the names that the languages of triples give it: Go's, zig's, then others.
const NAMES: &[(Arch, &str, &str, &[&str])] = &[
    (Arch::X86, "386", "x86", &["i386", "i486", "i586", "i686"]),
    (Arch::Amd64, "amd64", "x86_64", &["x86-64", "x64"]),
    (Arch::Arm, "arm", "arm", &["armv5te", "armv6", "armv6l", "armv7", "armv7a", "armv7l"]),
    (Arch::Arm64, "arm64", "aarch64", &[]),
    (Arch::Loong64, "loong64", "loongarch64", &[]),
    (Arch::Mips, "mips", "mips", &[]),
    (Arch::Mips64, "mips64", "mips64", &[]),
    (Arch::Mips64le, "mips64le", "mips64el", &[]),
    (Arch::Mipsle, "mipsle", "mipsel", &[]),
    (Arch::Ppc64, "ppc64", "powerpc64", &[]),
    (Arch::Ppc64le, "ppc64le", "powerpc64le", &["ppc64el"]),
    (Arch::Riscv64, "riscv64", "riscv64", &["riscv64gc", "riscv64a23"]),
    (Arch::S390x, "s390x", "s390x", &[]),
];

impl Arch {
    /// GOARCH.
    pub fn go(self) -> &'static str {
        self.names().1
    }

    /// The first part of zig's triples.
    pub fn zig(self) -> &'static str {
        self.names().2
    }

    /// The first part of Rust's triples.
    pub fn rust(self) -> &'static str {
        match self {
            Arch::X86 => "i686",
            Arch::Arm => "armv7",
            Arch::Riscv64 => "riscv64gc",
            other => other.zig(),
        }
    }

    /// The processor with that GOARCH.
    pub fn from_go(name: &str) -> Option<Arch> {
        NAMES.iter().find(|names| names.1 == name).map(|names| names.0)
    }

    /// The processor that a triple of any language begins with.
    pub fn from_any(name: &str) -> Option<Arch> {
        let found =
            NAMES.iter().find(|(_, go, zig, others)| *go == name || *zig == name || others.contains(&name));
        found.map(|names| names.0)
    }

    fn names(self) -> &'static (Arch, &'static str, &'static str, &'static [&'static str]) {
        NAMES.iter().find(|names| names.0 == self).expect("every processor is in the table")
    }
}

/// Whether floating-point arithmetic and its arguments use the processor's own registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    /// In hardware.
    Hard,
    /// In software.
    Soft,
}

/// A processor with the level that Go was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    /// GO386: `sse2` (hard) or `softfloat`; C uses SSE2 either way, as gcc's `-m32` on such a machine.
    X86(Float),
    /// GOAMD64: 1 to 4.
    Amd64(u8),
    /// GOARM: 5, 6 or 7, and the float ABI.
    Arm(u8, Float),
    /// GOARM64: the architecture version as major and minor, `lse`, `crypto`.
    Arm64(Arm64),
    /// No levels.
    Loong64,
    /// GOMIPS on either byte order of mips.
    Mips(Endian, Float),
    /// Either byte order of mips64; hard float, since zig has no libc for the other.
    Mips64(Endian),
    /// GOPPC64: 8, 9 or 10, on either byte order.
    Ppc64(Endian, u8),
    /// GORISCV64: 20, 22 or 23 (`rva20u64` and so on).
    Riscv64(u8),
    /// Go asks for z13 by itself.
    S390x,
}

/// The order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// The most significant byte first.
    Big,
    /// The least significant byte first.
    Little,
}

/// GOARM64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arm64 {
    /// 8 or 9.
    pub major: u8,
    /// 0 to 9 for 8, 0 to 5 for 9.
    pub minor: u8,
    /// Atomic instructions.
    pub lse: bool,
    /// AES and SHA instructions.
    pub crypto: bool,
}

/// Reads one of Go's level variables.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Cpu {
    /// The processor.
    pub fn arch(self) -> Arch {
        match self {
            Cpu::X86(_) => Arch::X86,
            Cpu::Amd64(_) => Arch::Amd64,
            Cpu::Arm(..) => Arch::Arm,
            Cpu::Arm64(_) => Arch::Arm64,
            Cpu::Loong64 => Arch::Loong64,
            Cpu::Mips(Endian::Big, _) => Arch::Mips,
            Cpu::Mips(Endian::Little, _) => Arch::Mipsle,
            Cpu::Mips64(Endian::Big) => Arch::Mips64,
            Cpu::Mips64(Endian::Little) => Arch::Mips64le,
            Cpu::Ppc64(Endian::Big, _) => Arch::Ppc64,
            Cpu::Ppc64(Endian::Little, _) => Arch::Ppc64le,
            Cpu::Riscv64(_) => Arch::Riscv64,
            Cpu::S390x => Arch::S390x,
        }
    }

    /// The level of `arch` that Go's variables ask for; Go's own defaults where they are empty.
    pub fn from_levels(arch: Arch, variable: Variable) -> Result<Cpu, TargetError> {
        Ok(match arch {
            Arch::X86 => Cpu::X86(level(variable, "GO386", GO386)?),
            Arch::Amd64 => Cpu::Amd64(level(variable, "GOAMD64", GOAMD64)?),
            Arch::Arm => arm(variable)?,
            Arch::Arm64 => Cpu::Arm64(arm64(variable)?),
            Arch::Loong64 => Cpu::Loong64,
            Arch::Mips => Cpu::Mips(Endian::Big, level(variable, "GOMIPS", GOMIPS)?),
            Arch::Mipsle => Cpu::Mips(Endian::Little, level(variable, "GOMIPS", GOMIPS)?),
            Arch::Mips64 => level(variable, "GOMIPS64", GOMIPS64).map(|()| Cpu::Mips64(Endian::Big))?,
            Arch::Mips64le => level(variable, "GOMIPS64", GOMIPS64).map(|()| Cpu::Mips64(Endian::Little))?,
            Arch::Ppc64 => Cpu::Ppc64(Endian::Big, level(variable, "GOPPC64", GOPPC64)?),
            Arch::Ppc64le => Cpu::Ppc64(Endian::Little, level(variable, "GOPPC64", GOPPC64)?),
            Arch::Riscv64 => Cpu::Riscv64(level(variable, "GORISCV64", GORISCV64)?),
            Arch::S390x => Cpu::S390x,
        })
    }
}

/// The values of a variable, Go's default first, and how an error lists them.
struct Levels<T: 'static>(&'static [(&'static str, T)], &'static str);

const GO386: Levels<Float> =
    Levels(&[("sse2", Float::Hard), ("softfloat", Float::Soft)], "sse2 or softfloat");
const GOAMD64: Levels<u8> = Levels(&[("v1", 1), ("v2", 2), ("v3", 3), ("v4", 4)], "v1, v2, v3 or v4");
const GOMIPS: Levels<Float> =
    Levels(&[("hardfloat", Float::Hard), ("softfloat", Float::Soft)], "hardfloat or softfloat");
const GOMIPS64: Levels<()> = Levels(&[("hardfloat", ())], "hardfloat; zig has no soft-float libc for mips64");
const GOPPC64: Levels<u8> =
    Levels(&[("power8", 8), ("power9", 9), ("power10", 10)], "power8, power9 or power10");
const GORISCV64: Levels<u8> =
    Levels(&[("rva20u64", 20), ("rva22u64", 22), ("rva23u64", 23)], "rva20u64, rva22u64 or rva23u64");
const GOARM: &str = "5, 6 or 7, each also with ,hardfloat or ,softfloat";
const GOARM64: &str = "v8.0 to v8.9 or v9.0 to v9.5, each also with ,lse and ,crypto";

fn level<T: Copy>(variable: Variable, name: &'static str, levels: Levels<T>) -> Result<T, TargetError> {
    let Some(value) = variable(name).filter(|value| !value.is_empty()) else { return Ok(levels.0[0].1) };
    let found = levels.0.iter().find(|(word, _)| *word == value);
    found.map(|(_, level)| *level).ok_or(TargetError::Level { variable: name, value, allowed: levels.1 })
}

/// GOARM: `7`, `6,softfloat`. Without a word, 5 is soft and the others are hard, as in Go.
fn arm(variable: Variable) -> Result<Cpu, TargetError> {
    let value = variable("GOARM").filter(|value| !value.is_empty()).unwrap_or_else(|| "7".into());
    let wrong = || TargetError::Level { variable: "GOARM", value: value.clone(), allowed: GOARM };
    let (version, float) = match value.split_once(',') {
        None => (value.as_str(), None),
        Some((version, "hardfloat")) => (version, Some(Float::Hard)),
        Some((version, "softfloat")) => (version, Some(Float::Soft)),
        Some(_) => return Err(wrong()),
    };
    match version {
        "5" => Ok(Cpu::Arm(5, float.unwrap_or(Float::Soft))),
        "6" => Ok(Cpu::Arm(6, float.unwrap_or(Float::Hard))),
        "7" => Ok(Cpu::Arm(7, float.unwrap_or(Float::Hard))),
        _ => Err(wrong()),
    }
}

/// GOARM64: `v8.0`, `v8.1,lse`, `v9.0,crypto`.
fn arm64(variable: Variable) -> Result<Arm64, TargetError> {
    let value = variable("GOARM64").filter(|value| !value.is_empty()).unwrap_or_else(|| "v8.0".into());
    let wrong = || TargetError::Level { variable: "GOARM64", value: value.clone(), allowed: GOARM64 };
    let mut words = value.split(',');
    let version = words.next().and_then(|word| word.strip_prefix('v')?.split_once('.'));
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 1);
    let (major, minor) = match version.map(|(major, minor)| (number(major), number(minor))) {
        Some((Some(8), Some(minor))) => (8, minor),
        Some((Some(9), Some(minor))) if minor <= 5 => (9, minor),
        _ => return Err(wrong()),
    };
    let mut level = Arm64 { major, minor, lse: major == 9 || minor >= 1, crypto: false };
    for word in words {
        match word {
            "lse" => level.lse = true,
            "crypto" => level.crypto = true,
            _ => return Err(wrong()),
        }
    }
    Ok(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpu(arch: Arch, value: &str) -> Result<Cpu, TargetError> {
        Cpu::from_levels(arch, &|_| Some(value.to_string()))
    }

    #[test]
    fn levels_are_go_s() {
        assert_eq!(cpu(Arch::Arm, ""), Ok(Cpu::Arm(7, Float::Hard)));
        assert_eq!(cpu(Arch::Arm, "5"), Ok(Cpu::Arm(5, Float::Soft)));
        assert_eq!(cpu(Arch::Arm, "6,softfloat"), Ok(Cpu::Arm(6, Float::Soft)));
        assert_eq!(cpu(Arch::Amd64, "v3"), Ok(Cpu::Amd64(3)));
        assert_eq!(
            cpu(Arch::Arm64, "v8.1,crypto"),
            Ok(Cpu::Arm64(Arm64 { major: 8, minor: 1, lse: true, crypto: true }))
        );
    }

    #[test]
    fn a_level_that_is_none_is_refused() {
        for (arch, value) in [
            (Arch::Arm, "8"),
            (Arch::Arm, "7,neon"),
            (Arch::Amd64, "v5"),
            (Arch::Arm64, "v9.6"),
            (Arch::Arm64, "v8"),
            (Arch::X86, "387"),
            (Arch::Riscv64, "rv64gc"),
        ] {
            assert!(matches!(cpu(arch, value), Err(TargetError::Level { .. })), "{arch:?} {value}");
        }
    }
}
