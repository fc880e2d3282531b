//! From GOOS and GOARCH, and the order in which the ways of naming a target count.

use super::cpu::Variable;
use super::port::REFUSED;
use super::triple::Spoken;
use super::{Arch, LibcChoice, MacosVersion, Os, Target, TargetError};

/// Every place that may name a target, the strongest first.
pub struct Wishes<'a> {
    /// The last `-target` of the command line.
    pub argv: Option<&'a str>,
    /// The libc in our own name, as in `cgozig-musl`.
    pub name: Option<LibcChoice>,
    /// Reads a variable of the environment.
    pub variable: Variable<'a>,
    /// This machine, as GOOS and GOARCH.
    pub host: (&'static str, &'static str),
}

impl Wishes<'_> {
    /// The target that is wished for. A wish that cannot be met is an error, never the host.
    pub fn settle(&self) -> Result<Target, TargetError> {
        let libc = match (self.name, self.set("CGOZIG_LIBC")) {
            (Some(libc), _) => libc,
            (None, Some(text)) => LibcChoice::parse(&text)?,
            (None, None) => LibcChoice::Unsaid,
        };
        let oldest = match self.set("MACOSX_DEPLOYMENT_TARGET") {
            Some(text) => MacosVersion::parse(&text).ok_or(TargetError::Macos(text))?,
            None => MacosVersion::DEFAULT,
        };
        let spoken = self.spoken()?;
        let target = spoken.target(libc, oldest, self.variable)?;
        match (libc, target.libc()) {
            (LibcChoice::Musl | LibcChoice::Gnu(_), None) if self.name.is_some() => {
                let libc = if libc == LibcChoice::Musl { "musl" } else { "gnu" };
                Err(TargetError::LibcNotHere { libc: libc.into(), os: spoken.os.go() })
            }
            _ => Ok(target),
        }
    }

    fn spoken(&self) -> Result<Spoken, TargetError> {
        if let Some(triple) = self.argv {
            return Spoken::parse(triple);
        }
        if let Some(triple) = self.set("CGOZIG_TARGET") {
            return Spoken::parse(&triple);
        }
        match (self.set("GOOS"), self.set("GOARCH")) {
            (Some(os), Some(arch)) => pair(&os, &arch),
            (None, None) => pair(self.host.0, self.host.1),
            (None, Some(_)) => Err(TargetError::HalfGo { missing: "GOOS" }),
            (Some(_), None) => Err(TargetError::HalfGo { missing: "GOARCH" }),
        }
    }

    /// A variable that is set to something.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

/// A pair of Go's names; a port that Go has and zig has not is refused by name.
fn pair(goos: &str, goarch: &str) -> Result<Spoken, TargetError> {
    if let Some(port) = REFUSED.iter().find(|port| port.os == goos && port.arch == goarch) {
        return Err(TargetError::Refused(port));
    }
    let (os, arch) = (os(goos)?, arch(goarch)?);
    match super::Port::find(os, arch) {
        Some(_) => Ok(Spoken::bare(os, arch)),
        None => Err(TargetError::NoPort { os: os.go(), arch: arch.go() }),
    }
}

/// The system of a GOOS.
pub fn os(goos: &str) -> Result<Os, TargetError> {
    if let Some(port) = REFUSED.iter().find(|port| port.os == goos) {
        return Err(TargetError::Refused(port));
    }
    Os::ALL.iter().copied().find(|os| os.go() == goos).ok_or_else(|| TargetError::UnknownOs(goos.into()))
}

/// The processor of a GOARCH.
pub fn arch(goarch: &str) -> Result<Arch, TargetError> {
    Arch::from_any(goarch)
        .filter(|arch| arch.go() == goarch)
        .ok_or_else(|| TargetError::UnknownArch(goarch.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zig::ZigVersion;

    fn settle(
        argv: Option<&str>,
        name: Option<LibcChoice>,
        env: &[(&str, &str)],
    ) -> Result<String, TargetError> {
        let variable = |wanted: &str| {
            env.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_string())
        };
        let wishes = Wishes { argv, name, variable: &variable, host: ("linux", "amd64") };
        wishes.settle().map(|target| target.triple().to_string())
    }

    const ARM64: &[(&str, &str)] = &[("GOOS", "linux"), ("GOARCH", "arm64"), ("CGOZIG_LIBC", "gnu.2.31")];

    #[test]
    fn the_stronger_wish_wins() {
        let musl = Some(LibcChoice::Musl);
        assert_eq!(settle(None, None, &[]).as_deref(), Ok("x86_64-linux-gnu.2.28"));
        assert_eq!(settle(None, None, ARM64).as_deref(), Ok("aarch64-linux-gnu.2.31"));
        assert_eq!(settle(None, musl, ARM64).as_deref(), Ok("aarch64-linux-musl"));
        assert_eq!(settle(Some("linux/riscv64"), musl, ARM64).as_deref(), Ok("riscv64-linux-musl"));
        assert_eq!(settle(Some("s390x-linux-gnu"), musl, ARM64).as_deref(), Ok("s390x-linux-gnu.2.28"));
        let both = [ARM64, &[("CGOZIG_TARGET", "windows/amd64")]].concat();
        assert_eq!(settle(None, None, &both).as_deref(), Ok("x86_64-windows-gnu"));
    }

    #[test]
    fn a_zig_that_needs_a_newer_glibc_gets_it_where_none_is_named() {
        let served = |libc: &str, minor| {
            let variables = [("GOOS", "linux"), ("GOARCH", "ppc64le"), ("CGOZIG_LIBC", libc)];
            let variable = |wanted: &str| {
                variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_string())
            };
            let wishes = Wishes { argv: None, name: None, variable: &variable, host: ("linux", "amd64") };
            let target = wishes.settle().unwrap().served_by(ZigVersion::new(0, minor, 0));
            target.map(|target| target.triple().to_string())
        };
        for (libc, minor, expected) in [
            ("", 16, "powerpc64le-linux-gnu.2.28"),
            ("", 17, "powerpc64le-linux-gnu.2.32"),
            ("gnu", 17, "powerpc64le-linux-gnu.2.32"),
            ("gnu.2.34", 17, "powerpc64le-linux-gnu.2.34"),
            ("musl", 17, "powerpc64le-linux-musl"),
            ("gnu.2.28", 16, "powerpc64le-linux-gnu.2.28"),
        ] {
            assert_eq!(served(libc, minor).as_deref(), Ok(expected), "{libc} {minor}");
        }
        let refused = served("gnu.2.28", 17).unwrap_err();
        assert!(matches!(refused, TargetError::GlibcOfZig { .. }));
        assert!(refused.what().contains("needs glibc 2.32") && refused.hint().contains("gnu.2.32"));
    }

    #[test]
    fn nothing_is_built_for_the_host_by_mistake() {
        let pair = |os, arch| settle(None, None, &[("GOOS", os), ("GOARCH", arch)]);
        assert!(matches!(pair("plan9", "amd64"), Err(TargetError::UnknownOs(_))));
        assert!(matches!(pair("linux", "sparc"), Err(TargetError::UnknownArch(_))));
        assert!(matches!(pair("android", "arm64"), Err(TargetError::Refused(_))));
        assert!(matches!(pair("darwin", "386"), Err(TargetError::NoPort { .. })));
        assert!(matches!(settle(None, None, &[("GOOS", "linux")]), Err(TargetError::HalfGo { .. })));
        assert!(matches!(settle(Some("nonsense"), None, ARM64), Err(TargetError::Triple(_))));
    }

    #[test]
    fn a_libc_that_cannot_be_is_refused() {
        let libc = |value| settle(None, None, &[("CGOZIG_LIBC", value)]);
        assert!(matches!(libc("gnu.2.99"), Err(TargetError::Glibc { .. })));
        assert!(matches!(libc("gnu.2.5"), Err(TargetError::Glibc { .. })));
        assert!(matches!(libc("gnu.3.1"), Err(TargetError::Libc(_))));
        let windows = [("GOOS", "windows"), ("GOARCH", "amd64")];
        assert!(matches!(
            settle(None, Some(LibcChoice::Musl), &windows),
            Err(TargetError::LibcNotHere { .. })
        ));
    }
}
