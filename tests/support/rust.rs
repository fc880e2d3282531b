//! Static libraries of real Rust, for the targets whose standard library Debian has.

use std::path::Path;
use std::process::Command;

/// Debian's own, whatever rustc is on PATH.
const RUSTC: &str = "/usr/bin/rustc";

/// What can be built.
#[derive(Clone, Copy)]
pub enum Kind {
    /// With the standard library, for a target of glibc or MinGW.
    Std(&'static str),
    /// Without it: such objects need no C library, so that those made for glibc serve musl too.
    Core(&'static str),
}

/// The library of `tests/rust`, as an archive's bytes.
pub fn library(kind: Kind) -> Option<Vec<u8>> {
    let folder = super::folder();
    let out = folder.path().join("library.a");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rust");
    let mut command = Command::new(super::need("Debian's Rust", RUSTC.into())?);
    let (target, source) = match kind {
        Kind::Std(target) => (target, "number.rs"),
        Kind::Core(target) => (target, "number_core.rs"),
    };
    if matches!(kind, Kind::Core(_)) {
        command.args(["-C", "panic=abort"]);
    }
    if target.starts_with("aarch64") {
        let sysroot = super::need("Rust for linux/arm64", super::tools().join("rust-arm64"))?;
        command.arg("--sysroot").arg(sysroot);
    }
    command.args(["--crate-type", "staticlib", "-O", "--target", target, "-o"]).arg(&out);
    let output = command.arg(root.join(source)).output().unwrap();
    assert!(output.status.success(), "{}", super::text(&output));
    Some(std::fs::read(out).unwrap())
}
