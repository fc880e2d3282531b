//! Names of glibc that archives bring along: what our own objects define, and libraries made by gcc and g++ with them.

mod support;

use cgozig::archive::compat;
use cgozig::target::GlibcVersion;
use object::{Object, ObjectSymbol};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What `shims/compat/NAME.c` defines for a triple.
fn defined(zig: &Path, folder: &Path, name: &str, triple: &str) -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("shims/compat/{name}.c"));
    let out = folder.join("own.o");
    let mut command = support::clean(zig);
    command.args([
        "cc",
        "-target",
        triple,
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-fno-sanitize=undefined",
        "-c",
    ]);
    command
        .env("ZIG_GLOBAL_CACHE_DIR", support::zig_cache())
        .env("ZIG_LOCAL_CACHE_DIR", support::zig_cache());
    let output = command.arg(source).arg("-o").arg(&out).output().unwrap();
    assert!(output.status.success(), "{triple}: {}", support::text(&output));
    let bytes = fs::read(out).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    // A weak name of COFF stands beside the one that is defined.
    let is_coff = file.format() == object::BinaryFormat::Coff;
    let own = file.symbols().filter(|symbol| {
        if is_coff { symbol.is_weak() } else { symbol.is_definition() && symbol.is_global() }
    });
    own.inspect(|symbol| assert!(symbol.is_weak(), "{:?} is not weak", symbol.name()))
        .map(|symbol| symbol.name().unwrap().to_string())
        .collect()
}

fn listed<'a>(lists: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    lists.into_iter().flat_map(str::split_whitespace).map(String::from).collect()
}

#[test]
fn our_objects_define_what_the_lists_say_and_no_more() {
    let folder = support::folder();
    for version in support::ZIGS {
        let Some(zig) = support::zig(version) else { return };
        let on = |triple: &str| defined(&zig, folder.path(), "glibc-on-musl", triple);
        for arch in ["x86_64", "aarch64", "riscv64"] {
            let all = listed([compat::ON_MUSL, compat::ON_64_BIT_MUSL]);
            assert_eq!(on(&format!("{arch}-linux-musl")), all, "{version} {arch}");
        }
        let mut msvcrt = defined(&zig, folder.path(), "msvcrt-on-ucrt", "x86_64-windows-gnu");
        assert!(msvcrt.remove("__imp__vsnprintf_s"), "{version}");
        assert_eq!(msvcrt, listed([compat::ON_UCRT]), "{version}");
        assert_eq!(on("arm-linux-musleabihf"), listed([compat::ON_MUSL]), "{version}");
        assert_eq!(on("powerpc64le-linux-musl"), listed([compat::ON_MUSL]), "{version}");
        for floor in [17, 28, 31, 35, 37] {
            let newer = compat::NEWER_GLIBC.iter().filter(|(first, _)| GlibcVersion::new(floor) < *first);
            let triple = format!("x86_64-linux-gnu.2.{floor}");
            let own = defined(&zig, folder.path(), "newer-glibc", &triple);
            assert_eq!(own, listed(newer.map(|(_, names)| *names)), "{version} {triple}");
        }
    }
}

/// Runs a compiler of this machine.
fn native(compiler: &str, folder: &Path, words: &[&str]) {
    let output = Command::new(compiler).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{compiler} {words:?}: {}", support::text(&output));
}

/// An archive that this machine's gcc or g++ made of a file of `tests/compat`.
fn archive(folder: &Path, compiler: &str, source: &str, words: &[&str]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat").join(source);
    let source = source.display().to_string();
    native(compiler, folder, &[&["-O2", "-c", &source, "-o", "library.o"], words].concat());
    let _ = fs::remove_file(folder.join("liblibrary.a"));
    native("ar", folder, &["rcs", "liblibrary.a", "library.o"]);
}

/// Links `main.c` with the archive for a target of this machine's processor, runs it, and gives what it printed.
fn runs(folder: &Path, zig: &Path, libc: &str, words: &[&str]) -> String {
    let mut command = support::user("cgozig", zig, "linux/amd64", libc);
    command.args(["main.c", "-L.", "-llibrary", "-o", "out"]).args(words).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{libc}: {}", support::text(&output));
    assert!(output.stderr.is_empty(), "{libc}: {}", support::text(&output));
    let output = support::run("linux/amd64", libc, &folder.join("out")).arg(folder).output().unwrap();
    assert!(output.status.success(), "{libc}: {}", support::text(&output));
    support::text(&output)
}

#[test]
fn a_library_of_gcc_links_with_musl_and_older_glibcs_and_works() {
    let (folder, Some(zig)) = (support::folder(), support::zig(support::ZIG)) else { return };
    let main = "int library(const char *, int);\nint main(int n, char **all) { return library(all[n - 1], 64) != 16; }\n";
    fs::write(folder.path().join("main.c"), main).unwrap();
    let fortified = ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-D_FILE_OFFSET_BITS=64"];
    archive(folder.path(), "gcc", "library.c", &fortified);
    let bytes = fs::read(folder.path().join("library.o")).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let needs: Vec<_> =
        file.symbols().filter(ObjectSymbol::is_undefined).filter_map(|own| own.name().ok()).collect();
    for name in ["__fprintf_chk", "fopen64", "stat64", "__isoc23_strtol", "readdir64"] {
        assert!(needs.contains(&name), "gcc's headers put no {name} into the library: {needs:?}");
    }
    for libc in ["musl", "gnu.2.17", "gnu.2.28", "gnu.2.36"] {
        assert_eq!(runs(folder.path(), &zig, libc, &[]), "right: 16\n", "{libc}");
    }
}

#[test]
fn a_library_of_gxx_links_with_the_libstdcxx_beside_it() {
    let (folder, Some(zig)) = (support::folder(), support::zig(support::ZIG)) else { return };
    let main = "int library_cxx(void);\nint main(void) { return library_cxx() != 1; }\n";
    fs::write(folder.path().join("main.c"), main).unwrap();
    archive(folder.path(), "g++", "library.cc", &[]);
    let mut command = support::user("cgozig", &zig, "linux/amd64", "gnu");
    let link = ["main.c", "-L.", "-llibrary", "-lstdc++", "-o", "out"];
    let output = command.args(link).current_dir(folder.path()).output().unwrap();
    let said = support::text(&output);
    assert!(!output.status.success() && said.contains("libstdc++"), "{said}");
    let place = Command::new("g++").arg("-print-file-name=libstdc++.a").output().unwrap();
    let place = String::from_utf8(place.stdout).unwrap();
    fs::copy(place.trim(), folder.path().join("libstdc++.a")).unwrap();
    for words in [&[][..], &["-lstdc++"], &["-O2", "-lstdc++", "-lm"]] {
        runs(folder.path(), &zig, "gnu", words);
        runs(folder.path(), &zig, "gnu.2.17", words);
    }
}
