//! Answers that need no zig.

use crate::identity::Identity;
use crate::persona::Tool;
use crate::target::Target;
use crate::zig::ZigVersion;
use std::ffi::{OsStr, OsString};

/// What to print and how to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A line on standard output, exit status 0.
    Says(OsString),
    /// A line on standard error, exit status 0.
    Notes(String),
    /// Nothing, exit status 0.
    Yes,
    /// A line on standard error that Go reads as "no", exit status 1.
    No(String),
    /// Nothing, exit status 1.
    Fails,
    /// The path of one of our tools.
    ToolPath(Tool),
}

/// What `--version` says: clang's first line, so that configure scripts know what they have, with ours in it.
pub fn version(target: Target, zig: ZigVersion) -> Answer {
    let own = env!("CARGO_PKG_VERSION");
    let clang = zig.clang();
    let machine = machine(target);
    let text =
        format!("clang version {clang} (cgozig {own}, zig {zig})\nTarget: {machine}\nThread model: posix");
    Answer::Says(text.into())
}

/// What `-###` says.
pub fn identity(identity: &Identity) -> Answer {
    Answer::Notes(identity.line().to_string())
}

/// What `-Wl,--version` says: the linker behind zig for ELF and COFF is LLD, and cmd/link looks for that word.
pub fn linker_version(asked: Option<&OsStr>, zig: ZigVersion) -> Answer {
    match asked {
        Some(name) if name != "lld" => {
            Answer::No(format!("cgozig: could not use ld.{}: unsupported, zig has LLD only", name.display()))
        }
        _ => Answer::Says(format!("LLD {} (compatible with GNU linkers)", zig.clang()).into()),
    }
}

/// What `-print-prog-name` says: our tool, or the bare name as clang does.
pub fn program_name(name: &OsStr) -> Answer {
    match name.to_str().and_then(Tool::named) {
        Some(tool) => Answer::ToolPath(tool),
        None => Answer::Says(name.into()),
    }
}

/// The machine as clang names it, with a vendor.
pub fn machine(target: Target) -> String {
    let triple = target.triple();
    let mut parts = triple.as_str().split('-');
    let (arch, os, abi) = (parts.next(), parts.next(), parts.next());
    let os = os.unwrap_or_default().split('.').next().unwrap_or_default();
    let abi = abi.unwrap_or_default().split('.').next().unwrap_or_default();
    let arch = match arch.unwrap_or_default() {
        "x86" => "i386",
        "aarch64" if os == "macos" => "arm64",
        arch => arch,
    };
    match (os, abi) {
        ("macos", _) => format!("{arch}-apple-darwin"),
        ("windows", _) => format!("{arch}-w64-windows-gnu"),
        (os, "none" | "") => format!("{arch}-unknown-{os}"),
        (os, abi) => format!("{arch}-unknown-{os}-{abi}"),
    }
}
