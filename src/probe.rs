//! Flags that Go asks about, with the true answer. Data, and the look-up.
//!
//! A test puts every question of this table to each supported zig through the same rewriting and compares.
//! What is not listed here is asked of zig.

use crate::request::Asker;
use crate::target::Os;

/// One question whose answer is known.
#[derive(Debug)]
pub struct Known {
    /// Who asks.
    pub asker: Asker,
    /// The flag; one that ends with `=` or `0x` stands for every value.
    pub flag: &'static str,
    /// The systems for which this is the answer; empty means all.
    pub systems: &'static [Os],
    /// The answer.
    pub supported: bool,
    /// Why Go asks, and where.
    pub why: &'static str,
}

const fn go(flag: &'static str, why: &'static str) -> Known {
    Known { asker: Asker::CmdGo, flag, systems: &[], supported: true, why }
}

const fn link(flag: &'static str, systems: &'static [Os], supported: bool, why: &'static str) -> Known {
    Known { asker: Asker::CmdLink, flag, systems, supported, why }
}

const ELF: &[Os] = &[Os::Linux, Os::Freebsd, Os::Netbsd, Os::Openbsd];
const WINDOWS: &[Os] = &[Os::Windows];

/// The questions of Go 1.24 to 1.27 (`cmd/go/internal/work/exec.go`, `cmd/link/internal/ld/lib.go`).
pub const KNOWN: &[Known] = &[
    go("-fno-caret-diagnostics", "readable errors"),
    go("-Qunused-arguments", "no warnings about linker words when compiling"),
    go("-Wl,--no-gc-sections", "the trial link keeps libc's imports (golang/go#52690)"),
    go("-fdebug-prefix-map=a=b", "no temporary paths in debug information"),
    go("-ffile-prefix-map=a=b", "no temporary paths in __FILE__"),
    go("-gno-record-gcc-switches", "no command lines in debug information"),
    go("-frandom-seed=1", "reproducible names"),
    Known { systems: ELF, ..go("-no-pie", "relocatable objects") },
    link("-Qunused-arguments", &[], true, "no warnings about compiler words when linking"),
    link("-Wl,--build-id=0x", ELF, true, "Go's own build id"),
    link(
        "-Wl,--export-dynamic-symbol=main",
        ELF,
        true,
        "exports without all of -rdynamic; told to lld itself",
    ),
    link("-Wl,--compress-debug-sections=zlib", &[], true, "smaller debug information, on ELF"),
    link("-Wl,-z,nobtcfi", &[Os::Openbsd], true, "Go's code has no marks for branches; told to lld itself"),
    link("-no-pie", ELF, true, "the executable is not a PIE"),
    link("-Wl,--no-insert-timestamp", WINDOWS, true, "reproducible programs; done with -Brepro"),
    link(
        "-Wl,--disable-dynamicbase",
        WINDOWS,
        true,
        "the race runtime needs fixed addresses (golang/go#53539)",
    ),
];

/// The answer, when it is known.
pub fn answer(asker: Asker, flag: &str, os: Os) -> Option<bool> {
    let is_it = |known: &&Known| {
        known.asker == asker
            && (known.systems.is_empty() || known.systems.contains(&os))
            && if known.flag.ends_with("0x") { flag.starts_with(known.flag) } else { flag == known.flag }
    };
    KNOWN.iter().find(is_it).map(|known| known.supported)
}
