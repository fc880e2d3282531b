//! The check of darwin programs sees what macOS would refuse.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::macho::{self, Kind};

/// Links a program whose only import is `puts`, for arm64, so that it is signed.
fn program(folder: &Path, zig: &Path) -> PathBuf {
    let source = folder.join("main.c");
    fs::write(&source, "int puts(const char *);\nint main(void) { return puts(\"here\"); }\n").unwrap();
    let program = folder.join("program");
    let mut command = support::compiler(zig, "darwin/arm64");
    let output = command.arg("-o").arg(&program).arg(&source).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    program
}

/// Puts `new` in the place of the first `old`.
fn change(image: &Path, old: &[u8], new: &[u8]) {
    let mut bytes = fs::read(image).unwrap();
    let at = bytes.windows(old.len()).position(|window| window == old).expect("the image holds it");
    bytes[at..at + new.len()].copy_from_slice(new);
    fs::write(image, bytes).unwrap();
}

#[test]
fn a_damaged_image_is_told_from_a_whole_one() {
    let (Some(zig), Some(go)) = (support::zig(support::ZIG), support::go("1.27.3")) else { return };
    let folder = support::folder();
    let whole = program(folder.path(), &zig);
    macho::check(&whole, Kind::Program, &zig, &go).unwrap();
    let damages: &[(&[u8], &[u8], &str)] = &[
        (b"here", b"gone", "page 0 has another hash"),
        (b"_puts\0", b"_pats\0", "has no _pats"),
        (b"libSystem.B.dylib", b"libSystem.C.dylib", "macOS has no /usr/lib/libSystem.C.dylib"),
        (&[0xcf, 0xfa, 0xed, 0xfe], &[0xcf, 0xfa, 0xed, 0xff], "magic"),
    ];
    for (old, new, complaint) in damages {
        let other = folder.path().join("other");
        fs::copy(&whole, &other).unwrap();
        change(&other, old, new);
        let said = macho::check(&other, Kind::Program, &zig, &go).unwrap_err();
        assert!(said.contains(complaint), "expected `{complaint}`, got `{said}`");
    }
    let said = macho::check(&whole, Kind::Library, &zig, &go).unwrap_err();
    assert!(said.contains("type and flags"), "{said}");
}
