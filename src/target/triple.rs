//! From a target in somebody else's words: zig's, Go's (`linux/arm64`), Rust's and GNU's triples.

use super::cpu::Variable;
use super::{Arch, Cpu, GlibcVersion, LibcChoice, MacosVersion, Os, Target, TargetError};

/// What one triple said; what it left open comes from the other settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The system.
    pub os: Os,
    /// The processor.
    pub arch: Arch,
    /// The libc, when the triple names one.
    pub libc: LibcChoice,
    /// The oldest macOS, when the triple names one.
    pub oldest: Option<MacosVersion>,
    /// The word for Go's float variables, when the triple names a float ABI.
    float: Option<&'static str>,
    /// GOARM, when the processor's name has it.
    arm: Option<&'static str>,
}

impl Spoken {
    /// Understands a target written in any of the four languages.
    pub fn parse(text: &str) -> Result<Spoken, TargetError> {
        let unknown = || TargetError::Triple(text.to_string());
        if let Some((os, arch)) = text.split_once('/') {
            let os = super::go::os(os)?;
            return Spoken::bare(os, super::go::arch(arch)?).known();
        }
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let arch = Arch::from_any(first).ok_or_else(unknown)?;
        let mut spoken: Option<Spoken> = None;
        for part in parts {
            match (&mut spoken, system(part)) {
                (None, Some((os, version))) => {
                    let mut new = Spoken::bare(os, arch);
                    new.oldest = version;
                    new.arm = arm_level(first);
                    spoken = Some(new);
                }
                (None, None) if matches!(part, "unknown" | "pc" | "apple" | "w64" | "none") => {}
                (Some(spoken), _) => spoken.abi(part).ok_or_else(unknown)?,
                _ => return Err(unknown()),
            }
        }
        spoken.ok_or_else(unknown)?.known()
    }

    /// A pair with nothing else said.
    pub fn bare(os: Os, arch: Arch) -> Spoken {
        Spoken { os, arch, libc: LibcChoice::Unsaid, oldest: None, float: None, arm: None }
    }

    /// The target, with what is still open taken from `libc`, `oldest` and Go's level variables.
    pub fn target(
        &self,
        libc: LibcChoice,
        oldest: MacosVersion,
        variable: Variable,
    ) -> Result<Target, TargetError> {
        let cpu = Cpu::from_levels(self.arch, &|name| self.level(name).or_else(|| variable(name)))?;
        let libc = if self.libc == LibcChoice::Unsaid { libc } else { self.libc };
        Target::new(self.os, cpu, libc, self.oldest.unwrap_or(oldest))
    }

    fn known(self) -> Result<Spoken, TargetError> {
        match super::Port::find(self.os, self.arch) {
            Some(_) => Ok(self),
            None => Err(TargetError::NoPort { os: self.os.go(), arch: self.arch.go() }),
        }
    }

    /// What the triple says of one of Go's level variables.
    fn level(&self, name: &str) -> Option<String> {
        match (name, self.float, self.arm) {
            ("GOARM", Some(float), level) => Some(format!("{},{float}", level.unwrap_or("7"))),
            ("GOARM", None, Some(level)) => Some(level.to_string()),
            ("GOMIPS" | "GOMIPS64", Some(float), _) => Some(float.to_string()),
            _ => None,
        }
    }

    /// The part after the system: `gnueabihf.2.28`, `musl`, `gnu`, `none`, `eabihf`.
    fn abi(&mut self, part: &str) -> Option<()> {
        let (name, version) = match part.split_once('.') {
            Some((name, version)) => (name, Some(GlibcVersion::parse(version)?)),
            None => (part, None),
        };
        let (libc, float) = split_float(name);
        self.float = float;
        match (libc, self.os) {
            ("gnu", Os::Linux) => self.libc = LibcChoice::Gnu(version),
            ("musl", Os::Linux) if version.is_none() => self.libc = LibcChoice::Musl,
            ("gnu" | "gnullvm", Os::Windows) | ("none" | "", _) if version.is_none() => {}
            _ => return None,
        }
        Some(())
    }
}

/// `gnueabihf` → `gnu` and hard float.
fn split_float(name: &str) -> (&str, Option<&'static str>) {
    for (suffix, float) in [
        ("eabihf", Some("hardfloat")),
        ("eabi", Some("softfloat")),
        ("sf", Some("softfloat")),
        ("abi64", None),
    ] {
        if let Some(libc) = name.strip_suffix(suffix) {
            return (libc, float);
        }
    }
    (name, None)
}

/// GOARM in the processor's name: `armv6l` → 6.
fn arm_level(arch: &str) -> Option<&'static str> {
    match arch.strip_prefix("armv")?.as_bytes().first()? {
        b'5' => Some("5"),
        b'6' => Some("6"),
        _ => Some("7"),
    }
}

/// The system part, with macOS's version: `linux`, `macos.12.0`, `darwin`, `darwin21`, `mingw32`.
fn system(part: &str) -> Option<(Os, Option<MacosVersion>)> {
    if let Some(rest) = part.strip_prefix("macosx").or_else(|| part.strip_prefix("macos")) {
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let version = if rest.is_empty() { None } else { Some(MacosVersion::parse(rest)?) };
        return Some((Os::Darwin, version));
    }
    let plain = part.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let os = match plain {
        "darwin" => Os::Darwin,
        "mingw" | "windows" => Os::Windows,
        _ => Os::ALL.iter().copied().find(|os| os.go() == plain)?,
    };
    Some((os, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zig(text: &str) -> Result<String, TargetError> {
        let target = Spoken::parse(text)?.target(LibcChoice::Unsaid, MacosVersion::DEFAULT, &|_| None)?;
        Ok(target.triple().to_string())
    }

    #[test]
    fn four_languages_are_understood() {
        for (given, expected) in [
            ("linux/arm64", "aarch64-linux-gnu.2.28"),
            ("aarch64-linux-musl", "aarch64-linux-musl"),
            ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu.2.28"),
            ("x86_64-linux-gnu.2.17", "x86_64-linux-gnu.2.17"),
            ("i686-pc-windows-gnu", "x86-windows-gnu"),
            ("x86_64-w64-mingw32", "x86_64-windows-gnu"),
            ("aarch64-apple-darwin", "aarch64-macos.12.0"),
            ("x86_64-macos.13.1", "x86_64-macos.13.1"),
            ("arm64-apple-macosx11.0", "aarch64-macos.11.0"),
            ("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf.2.28"),
            ("arm-linux-gnueabi", "arm-linux-gnueabi.2.28"),
            ("mips64el-linux-muslabi64", "mips64el-linux-muslabi64"),
            ("riscv64gc-unknown-linux-musl", "riscv64-linux-musl"),
            ("x86_64-unknown-freebsd", "x86_64-freebsd-none"),
            ("x86_64-unknown-freebsd14.1", "x86_64-freebsd-none"),
        ] {
            assert_eq!(zig(given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for wrong in ["", "x86_64", "z80-linux-gnu", "x86_64-linux-uclibc", "x86_64-plan9", "linux/sparc64"] {
            assert!(zig(wrong).is_err(), "{wrong}");
        }
        assert!(matches!(zig("s390x-windows-gnu"), Err(TargetError::NoPort { .. })));
    }
}
