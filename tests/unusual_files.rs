//! Archives and objects by unusual names and kinds, in every object format and with every zig: they link, and run where they can.

mod support;

use object::{Object, ObjectSymbol};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

struct Place {
    folder: tempfile::TempDir,
    zig: PathBuf,
    target: &'static str,
    libc: &'static str,
}

impl Place {
    /// A folder with objects for a target, and archives of them.
    fn new(version: &str, target: &'static str, libc: &'static str) -> Option<Place> {
        let place = Place { folder: support::folder(), zig: support::zig(version)?, target, libc };
        for (name, text) in [
            ("a.c", "int a(void) { return 1; }\n"),
            ("b.c", "int b(void) { return 2; }\n"),
            ("alone.c", "int alone(void) { return 3; }\n"),
            ("main.c", "int a(void);\nint b(void);\nint main(void) { return a() + b() - 3; }\n"),
        ] {
            fs::write(place.path(name), text).unwrap();
            place.good("cgozig", &format!("-c {name} -o {}", name.replace(".c", ".o")));
        }
        place.good("cgozig-ar", "rcs libfull.a a.o b.o alone.o");
        place.good("cgozig-ar", "rcsT libthin.a a.o b.o");
        for (from, to) in
            [("libfull.a", "libfull.a.1"), ("libfull.a", "libfull.a.1.2"), ("a.o", "a.syso"), ("a.o", "a.lo")]
        {
            fs::copy(place.path(from), place.path(to)).unwrap();
        }
        Some(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn call(&self, program: &str, words: &str) -> Output {
        let mut command = support::user(program, &self.zig, self.target, self.libc);
        command.args(words.split(' ')).current_dir(self.folder.path()).output().unwrap()
    }

    fn good(&self, program: &str, words: &str) {
        let output = self.call(program, words);
        assert!(
            output.status.success(),
            "{} {} {words}: {}",
            self.zig.display(),
            self.target,
            support::text(&output)
        );
    }

    /// Links quietly, and runs what this machine can run.
    fn links(&self, words: &str) -> PathBuf {
        let out = self.path("out.exe");
        let _ = fs::remove_file(&out);
        let output = self.call("cgozig", &format!("{words} -o out.exe"));
        let said = support::text(&output);
        assert!(
            output.status.success() && said.is_empty(),
            "{} {} {words}: {said}",
            self.zig.display(),
            self.target
        );
        if !self.target.starts_with("darwin") {
            let ran = support::run(self.target, self.libc, &out).output().unwrap();
            assert!(ran.status.success(), "{words}: {}", support::text(&ran));
        }
        out
    }
}

fn has(program: &Path, name: &str) -> bool {
    let bytes = fs::read(program).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    file.symbols().any(|symbol| symbol.name().is_ok_and(|own| own.trim_start_matches('_') == name))
}

#[test]
fn unusual_files_link_in_every_format() {
    for version in support::some_zigs() {
        for (target, libc) in [("linux/amd64", "musl"), ("windows/amd64", "own"), ("darwin/arm64", "own")] {
            let Some(place) = Place::new(version, target, libc) else { return };
            for words in [
                "main.o libfull.a.1",
                "main.o ./libfull.a.1.2",
                "main.o a.syso b.o",
                "main.o a.lo b.o",
                "main.o libthin.a",
                "main.o -L. -lthin",
                "main.o -L. -lthin ./libthin.a",
                "main.o -L. -l:libthin.a",
                "main.o -L. -Wl,-Bstatic -lfull -Wl,-Bdynamic",
            ] {
                place.links(words);
            }
            whole_archives(&place);
        }
    }
}

/// A member that nobody asks for is there after `--whole-archive` and `-force_load`, and not otherwise.
fn whole_archives(place: &Place) {
    // lld-link writes no symbols: the linker's own list tells.
    if place.target.starts_with("windows") {
        let words = "main.o -Wl,--whole-archive libfull.a -Wl,--no-whole-archive -Wl,-Map=out.map";
        place.links(words);
        assert!(fs::read_to_string(place.path("out.map")).unwrap().contains("alone"), "{words}");
        place.links("main.o -Wl,--whole-archive -L. -lthin -Wl,--no-whole-archive");
        return;
    }
    assert!(!has(&place.links("main.o libfull.a"), "alone"));
    for words in [
        "main.o -Wl,--whole-archive libfull.a -Wl,--no-whole-archive",
        "main.o -L. -Wl,--whole-archive -lfull -Wl,--no-whole-archive",
        "main.o -Wl,--whole-archive libfull.a.1 -Wl,--no-whole-archive",
        "main.o -Wl,-force_load,libfull.a",
    ] {
        assert!(has(&place.links(words), "alone"), "{} {} {words}", place.zig.display(), place.target);
    }
    for words in ["main.o libfull.a -Wl,-all_load", "-all_load main.o libfull.a.1"] {
        let is_there = place.target.starts_with("darwin") && has(&place.links(words), "alone");
        assert!(is_there || !place.target.starts_with("darwin"), "{} {words}", place.zig.display());
    }
}

#[test]
fn an_import_library_by_its_windows_end_is_found() {
    let Some(place) = Place::new(support::ZIG, "windows/amd64", "own") else { return };
    place.good(
        "cgozig",
        "-shared a.o b.o -o things.dll -Wl,--out-implib,libthings.dll.a -Wl,--export-all-symbols",
    );
    place.links("main.o -L. -lthings");
    place.links("main.o libthings.dll.a");
}

#[test]
fn a_thin_archive_without_its_objects_names_what_is_gone() {
    let Some(place) = Place::new(support::ZIG, "linux/amd64", "musl") else { return };
    fs::remove_file(place.path("b.o")).unwrap();
    let output = place.call("cgozig", "main.o -L. -lthin -o out.exe");
    let said = support::text(&output);
    assert!(!output.status.success() && !place.path("out.exe").exists());
    for part in [
        "cgozig: could not link",
        "libthin.a`: it is a thin archive",
        "'b.o'",
        "hint: make the archive again",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // Objects for another processor are told as those of any archive.
    for name in ["a", "b"] {
        let mut other = support::user("cgozig", &place.zig, "linux/arm64", "musl");
        let output = other
            .args(["-c", &format!("{name}.c"), "-o", &format!("{name}.o")])
            .current_dir(place.folder.path());
        assert!(output.status().unwrap().success());
    }
    let said = support::text(&place.call("cgozig", "main.o -L. -lthin -o out.exe"));
    assert!(said.contains("it is for linux/arm64") || said.contains("it is for arm64 (ELF)"), "{said}");
}
