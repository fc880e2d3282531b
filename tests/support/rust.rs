//! Static libraries of real Rust, with its standard library.

use std::path::Path;
use std::process::Command;

/// A library, and what its maker says that it needs.
pub struct Library {
    /// The archive.
    pub bytes: Vec<u8>,
    /// The words of `--print native-static-libs`, which authors put into their cgo lines.
    pub system: String,
}

/// The machine's own target: its library is the compiler's.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// Compiles a file of `tests/rust` for one of Rust's targets.
pub fn library(source: &str, target: &str, words: &[&str]) -> Option<Library> {
    let folder = super::folder();
    let out = folder.path().join("library.a");
    let mut command = Command::new(super::need("Rust", super::tools().join("rust/rustc"))?);
    if target != HOST {
        let sysroot = super::need("Rust's library", super::tools().join(format!("rust-{target}")))?;
        command.arg("--sysroot").arg(sysroot);
    }
    command.args(["--crate-type", "staticlib", "--edition", "2021", "-O", "--target", target]).args(words);
    command.args(["--print", "native-static-libs", "-o"]).arg(&out);
    let output = command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rust").join(source)).output();
    let output = output.unwrap();
    let said = super::text(&output);
    assert!(output.status.success(), "{target}: {said}");
    let system = said.lines().find_map(|line| line.strip_prefix("note: native-static-libs: "));
    let system = system.unwrap_or_else(|| panic!("{target}: {said}")).to_string();
    Some(Library { bytes: std::fs::read(out).unwrap(), system })
}
