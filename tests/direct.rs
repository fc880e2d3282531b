//! Direct compiles: what is kept of zig's words may be spoiled, gone or another zig's, and the object is right all the same.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

/// A folder with a store of its own and a source.
struct Place {
    folder: tempfile::TempDir,
    zig: PathBuf,
}

impl Place {
    fn new() -> Option<Place> {
        let place = Place { folder: support::folder(), zig: support::zig(support::ZIG)? };
        fs::write(place.path("x.c"), "#include <stdio.h>\nint f(int a) { return a + puts(\"x\"); }\n")
            .unwrap();
        Some(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn call(&self, zig: &Path, route: &str, words: &[&str]) -> Command {
        let mut command = support::compiler(zig, "linux/arm64");
        command.env("CGOZIG_CACHE_DIR", self.path("store")).env("CGOZIG_ROUTE", route);
        command.env("CGOZIG_LOG_FILE", self.path("log")).env("CGOZIG_LOG", "debug");
        command.args(words).current_dir(self.folder.path());
        command
    }

    /// The object, and whether zig's own clang made it.
    fn compile(&self) -> (Vec<u8>, bool) {
        let _ = fs::remove_file(self.path("log"));
        let output = self.call(&self.zig, "auto", &["-O2", "-c", "x.c", "-o", "x.o"]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(&output));
        let log = fs::read_to_string(self.path("log")).unwrap();
        (fs::read(self.path("x.o")).unwrap(), log.contains("direct clang"))
    }

    /// The files of learned words.
    fn learned(&self) -> Vec<PathBuf> {
        let targets = fs::read_dir(self.path("store/target-v1")).unwrap().flatten();
        let folders =
            targets.filter(|entry| !entry.path().is_symlink()).map(|entry| entry.path().join("learned-v1"));
        folders
            .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()))
            .collect()
    }
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_spoiled_record_is_learned_again() {
    let Some(place) = Place::new() else { return };
    let (object, direct) = place.compile();
    assert!(direct);
    let [file] = place.learned().try_into().unwrap();
    let good = fs::read(&file).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x20;
    for (what, bad) in [
        ("a flipped byte", flipped),
        ("half", good[..good.len() / 2].to_vec()),
        ("nothing", Vec::new()),
        ("another zig's", text.replace("zig 0.15.2", "zig 0.15.1").into_bytes()),
        ("other words under an old sum", text.replace("-O2", "-O1").into_bytes()),
    ] {
        fs::write(&file, bad).unwrap();
        assert_eq!(place.compile(), (object.clone(), true), "{what}");
        assert_eq!(fs::read(&file).unwrap(), good, "{what}");
    }
}

#[test]
fn another_calls_record_under_this_name_does_not_serve() {
    let Some(place) = Place::new() else { return };
    let (object, _) = place.compile();
    let [own] = place.learned().try_into().unwrap();
    let output = place.call(&place.zig, "auto", &["-O0", "-DX", "-c", "x.c", "-o", "y.o"]).output().unwrap();
    assert!(output.status.success());
    let other = place.learned().into_iter().find(|file| *file != own).unwrap();
    fs::copy(other, &own).unwrap();
    assert_eq!(place.compile(), (object, true));
}

#[test]
fn a_store_that_vanishes_costs_time_only() {
    let Some(place) = Place::new() else { return };
    let (object, _) = place.compile();
    fs::remove_dir_all(place.path("store/target-v1")).unwrap();
    assert_eq!(place.compile(), (object.clone(), true));
    fs::remove_dir_all(place.path("store")).unwrap();
    assert_eq!(place.compile(), (object, true));
}

#[test]
fn first_compiles_at_once_all_succeed() {
    let Some(place) = Place::new() else { return };
    let outputs: Vec<Output> = thread::scope(|scope| {
        let start = |number: usize| {
            let object = format!("{number}.o");
            let words = ["-O2", "-g", "-c", "x.c", "-o", &object];
            let mut command = place.call(&place.zig, "direct", &words);
            scope.spawn(move || command.output().unwrap())
        };
        let threads: Vec<_> = (0..32).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for output in &outputs {
        assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(output));
    }
    let object = |number: usize| fs::read(place.path(&format!("{number}.o"))).unwrap();
    assert!((1..32).all(|number| object(number) == object(0)));
    assert_eq!(place.learned().len(), 1);
}

#[test]
fn a_fault_in_the_source_reads_the_same_on_both_routes() {
    let Some(place) = Place::new() else { return };
    fs::write(place.path("x.c"), "#include <nowhere.h>\nint f(void) { return undeclared; }\n").unwrap();
    let said = |route: &str| {
        let output =
            place.call(&place.zig, route, &["-O2", "-Wall", "-c", "x.c", "-o", "x.o"]).output().unwrap();
        (output.status.code(), refused(&output))
    };
    assert_eq!(said("direct"), said("zig-cc"));
    assert!(said("direct").1.contains("nowhere.h"));
    assert!(!place.path("x.o").exists());
}

#[test]
fn what_is_unusual_goes_by_zig_cc() {
    let Some(place) = Place::new() else { return };
    fs::write(place.path("y.c"), "int y;\n").unwrap();
    for words in [
        &["-c", "x.c", "-o", "x.o", "-MD", "-MF", "x.d"][..],
        &["-c", "-save-temps", "x.c", "-o", "x.o"],
        &["-c", "-x", "c++", "x.c", "-o", "x.o"],
        &["-S", "x.c", "-o", "x.s"],
    ] {
        let said = refused(&place.call(&place.zig, "direct", words).output().unwrap());
        assert!(said.starts_with("cgozig: could not compile this by the clang"), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 2, "{said}");
        let output = place.call(&place.zig, "auto", words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
    }
    assert!(place.path("x.d").exists() && place.path("x.s").exists());
}

#[test]
fn a_long_compile_goes_by_zig_cc_which_keeps_its_object() {
    let Some(place) = Place::new() else { return };
    let small = fs::read_to_string(place.path("x.c")).unwrap();
    assert!(place.compile().1);
    fs::write(place.path("x.c"), format!("{small}{}", "// a line of a large source\n".repeat(3000))).unwrap();
    assert!(!place.compile().1);
    fs::write(place.path("y.cc"), "int y;\n").unwrap();
    let _ = fs::remove_file(place.path("log"));
    let output = place.call(&place.zig, "auto", &["-c", "y.cc", "-o", "y.o"]).output().unwrap();
    assert!(output.status.success());
    assert!(!fs::read_to_string(place.path("log")).unwrap().contains("direct clang"));
}

#[test]
fn words_too_long_for_a_line_mean_the_same_on_both_routes() {
    let Some(place) = Place::new() else { return };
    fs::write(place.path("x.c"), "const char *text = TEXT;\n").unwrap();
    let many =
        (0..20_000).map(|number| format!("-DA_NAME_THAT_IS_LONG_{number}=\"with a space\" back\\slash"));
    let own = ["-O2", "-DTEXT=\"a\\\\b \\\"c\\\" d\"", "-c", "x.c", "-o", "x.o"].map(String::from);
    let words: Vec<String> = many.chain(own).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for route in ["direct", "zig-cc"] {
        let output = place.call(&place.zig, route, &words).output().unwrap();
        assert!(output.status.success(), "{route}: {}", support::text(&output));
        let object = fs::read(place.path("x.o")).unwrap();
        let text = b"a\\b \"c\" d\0";
        assert!(object.windows(text.len()).any(|window| window == text), "{route}");
        fs::remove_file(place.path("x.o")).unwrap();
    }
}

#[test]
fn a_zig_that_does_not_tell_its_words_goes_by_zig_cc() {
    let Some(place) = Place::new() else { return };
    let silent = "[ \"$1\" = cc ] || exit 7; echo call >> CALLS; unset ZIG_VERBOSE_CC; exec REAL \"$@\"";
    let body = silent.replace("REAL", &place.zig.display().to_string());
    let body = body.replace("CALLS", &place.path("calls").display().to_string());
    let zig = support::fake_zig(place.folder.path(), support::ZIG, &body);
    // It is asked for its words before the first compile only.
    for calls in [2, 3] {
        let output = place.call(&zig, "auto", &["-O2", "-c", "x.c", "-o", "x.o"]).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
        assert_eq!(fs::read_to_string(place.path("calls")).unwrap().lines().count(), calls);
    }
    assert!(
        refused(&place.call(&zig, "direct", &["-O2", "-c", "x.c", "-o", "x.o"]).output().unwrap())
            .contains("directly")
    );
}

#[test]
fn a_zig_of_a_distribution_has_its_library_elsewhere() {
    let Some(place) = Place::new() else { return };
    fs::create_dir_all(place.path("usr/bin")).unwrap();
    fs::create_dir_all(place.path("usr/lib")).unwrap();
    let zig = place.path("usr/bin/zig");
    fs::hard_link(&place.zig, &zig).or_else(|_| fs::copy(&place.zig, &zig).map(drop)).unwrap();
    std::os::unix::fs::symlink(place.zig.with_file_name("lib"), place.path("usr/lib/zig")).unwrap();
    let output = place.call(&zig, "direct", &["-O2", "-c", "x.c", "-o", "x.o"]).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(place.path("x.o").exists());
}

#[test]
fn a_route_that_is_none_is_refused() {
    let Some(place) = Place::new() else { return };
    let said = refused(&place.call(&place.zig, "fast", &["-c", "x.c", "-o", "x.o"]).output().unwrap());
    assert!(said.starts_with("cgozig: could not use CGOZIG_ROUTE=`fast`"), "{said}");
    assert!(said.contains("\nhint: "), "{said}");
}
