//! Links by zig's own linker, with learned words: real links with each zig, compared with those of `zig cc`, and every fault of
//! what is kept.

mod support;

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;
use support::links::{Place, files};
use support::release::rounds;

/// What two routes may differ in: a PDB names zig's files by their paths, and a program for Windows has its PDB's digest and
/// the time of its link.
fn assert_same(one: &[u8], other: &[u8], of: &str) {
    assert_eq!(one.len(), other.len(), "{of}");
    let differ = one.iter().zip(other).filter(|(one, other)| one != other).count();
    let allowed = if one.starts_with(b"MZ") { 4 * 4 + 16 } else { 0 };
    assert!(differ <= allowed, "{of}: {differ} bytes differ");
}

#[test]
fn programs_are_those_of_zig_cc() {
    for version in support::some_zigs() {
        for target in [
            ("linux/amd64", "gnu"),
            ("linux/amd64", "musl"),
            ("linux/arm64", "musl"),
            ("windows/amd64", "own"),
            ("freebsd/amd64", "own"),
            ("netbsd/amd64", "own"),
            ("openbsd/amd64", "own"),
        ] {
            let least = match target.0.split('/').next() {
                Some("openbsd") => "0.16",
                Some("freebsd" | "netbsd") => "0.15",
                _ => "",
            };
            // Each zig would compile all of musl for one more processor.
            let is_more = version != support::ZIG && target == ("linux/arm64", "musl");
            if version < least || is_more {
                continue;
            }
            let Some(place) = Place::new(version, target) else { continue };
            for line in lines(version, target.0) {
                let line =
                    if line.contains("-L.") { line.replace("-L.", &absolute(&place)) } else { line.into() };
                let [zig, direct] = place.both(&line);
                assert_same(&zig, &direct, &format!("{version} {target:?} {line}"));
            }
        }
    }
}

/// The links that are compared.
fn lines(version: &str, port: &str) -> Vec<&'static str> {
    let mut lines = vec!["main.o g.o f.o -o out/app.exe -lm"];
    // For each of these zig builds its libraries once more.
    if version == support::ZIG && matches!(port, "linux/amd64" | "windows/amd64" | "freebsd/amd64") {
        lines.push("main.o g.o -L. -lf -o app.exe -lm -lpthread -s");
        lines.push("-shared g.o f.o -o out/libg.so.1");
    }
    if !port.starts_with("windows") {
        lines.push("-O2 main.o -Wl,--whole-archive libf.a -Wl,--no-whole-archive g.o -o out/app.v1 -g -lm");
        lines.push("-Wl,--build-id=0x0123456789abcdef main.o g.o f.o -o app -rdynamic -Wl,-rpath,/opt/x -lm");
    }
    lines
}

/// The folder by a path without a space, which a learned call cannot have.
fn absolute(place: &Place) -> String {
    let link = place.outer.path().join("libraries");
    let _ = std::os::unix::fs::symlink(&place.folder, &link);
    format!("-L{}", link.display())
}

#[test]
fn programs_run() {
    for target in
        [("linux/amd64", "gnu"), ("linux/amd64", "musl"), ("linux/arm64", "gnu"), ("windows/amd64", "own")]
    {
        let Some(place) = Place::new(support::ZIG, target) else { return };
        place.succeeds("direct", "main.o g.o f.o -o app.exe -lm");
        assert!(place.was_direct());
        assert_eq!(place.says("app.exe"), "linked 7 1.00\n");
    }
}

#[test]
fn a_first_link_goes_by_zig_cc_and_the_next_directly() {
    let Some(place) = Place::alone(support::ZIG, ("linux/amd64", "musl")) else { return };
    place.succeeds("auto", "main.o g.o f.o -o app -lm");
    assert!(!place.was_direct());
    for words in
        ["main.o g.o f2.o -o app -lm", "main.o g.o other.o -o app2 -lm", "main.o g.o f.o small.o -o x -lm"]
    {
        let output = place.cc("auto", words);
        assert_eq!(output.status.success(), !words.contains("small"), "{}", support::text(&output));
        assert!(place.was_direct(), "{words}");
    }
    assert_eq!(place.says("app2"), "linked 8 1.00\n");
}

/// The link of a program with libm.
const LINE: &str = "main.o g.o f.o -o app -lm";

/// A place where it was done once, and what came of it.
fn linked() -> Option<(Place, Vec<u8>)> {
    let place = Place::alone(support::ZIG, ("linux/amd64", "musl"))?;
    place.succeeds("auto", LINE);
    let program = fs::read(place.folder.join("app")).unwrap();
    Some((place, program))
}

/// Spoils a file that is kept.
fn spoil(path: &Path, how: &str) {
    match how {
        "gone" => fs::remove_file(path).unwrap(),
        "cut" => fs::write(path, &fs::read(path).unwrap()[..100]).unwrap(),
        "flipped" => {
            let mut contents = fs::read(path).unwrap();
            contents[200] ^= 1;
            fs::write(path, contents).unwrap();
        }
        // As another zig's: whole, and not of this key.
        _ => {
            let text = String::from_utf8(fs::read(path).unwrap()).unwrap();
            let text = text.split_once('\n').unwrap().1.replace("zig 0.15.2", "zig 0.15.1");
            let sum = cgozig::digest::sha256_of(text.as_bytes());
            fs::write(path, format!("cgozig-learned 1 {sum}\n{text}")).unwrap();
        }
    }
}

#[test]
fn faults_of_what_is_kept_are_noticed() {
    let Some((place, expected)) = linked() else { return };
    let mut count = 0;
    for (folder, hows) in [
        ("runtime-v1", ["gone", "cut", "flipped"].as_slice()),
        ("learned-v1", &["gone", "cut", "flipped", "another"]),
    ] {
        for name in files(&place.kept(folder)) {
            for how in hows {
                place.succeeds("auto", LINE);
                assert!(place.was_direct(), "before {how} {}", name.display());
                spoil(&name, how);
                fs::remove_file(place.folder.join("app")).unwrap();
                place.succeeds("auto", LINE);
                assert!(!place.was_direct(), "{how} {}", name.display());
                assert_eq!(fs::read(place.folder.join("app")).unwrap(), expected, "{how} {}", name.display());
                count += 1;
            }
        }
    }
    assert!(count >= 12, "{count}");
    for folder in ["learned-v1", "runtime-v1"] {
        fs::remove_dir_all(place.kept(folder)).unwrap();
        place.succeeds("auto", LINE);
        assert!(!place.was_direct());
        assert_eq!(fs::read(place.folder.join("app")).unwrap(), expected);
    }
}

/// Words and files go at any moment, between two reads of one link as well.
#[test]
fn what_is_kept_goes_while_links_run_and_no_program_is_wrong() {
    let Some((place, expected)) = linked() else { return };
    let kept = ["learned-v1", "runtime-v1"].map(|folder| place.kept(folder));
    let links = rounds(60, 2000);
    let direct = std::thread::scope(|scope| {
        let linking = scope.spawn(|| {
            let link = |_: &usize| {
                place.succeeds("auto", LINE);
                assert_eq!(fs::read(place.folder.join("app")).unwrap(), expected);
                place.was_direct()
            };
            (0..links).filter(link).count()
        });
        while !linking.is_finished() {
            sleep(Duration::from_millis(fastrand::u64(..400)));
            let _ = fs::remove_dir_all(&kept[fastrand::usize(..2)]);
        }
        linking.join().unwrap()
    });
    assert!((1..links).contains(&direct), "{direct} of {links} links were direct");
}

#[test]
fn a_spoiled_runtime_file_is_made_again() {
    let Some((place, expected)) = linked() else { return };
    for path in files(&place.kept("runtime-v1")) {
        // As long as it was, and something else.
        let length = fs::metadata(&path).unwrap().len();
        fs::write(&path, vec![b'x'; usize::try_from(length).unwrap()]).unwrap();
    }
    for direct in [false, true] {
        place.succeeds("auto", LINE);
        assert_eq!(place.was_direct(), direct);
        assert_eq!(fs::read(place.folder.join("app")).unwrap(), expected);
    }
}

#[test]
fn cache_verify_names_a_runtime_file_that_has_changed() {
    let Some((place, expected)) = linked() else { return };
    let verify = || {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_CACHE_DIR", &place.store).args(["cache", "verify"]).output().unwrap()
    };
    assert!(verify().status.success(), "{}", support::text(&verify()));
    let path = files(&place.kept("runtime-v1")).into_iter().find(|path| path.ends_with("crt1.o")).unwrap();
    spoil(&path, "flipped");
    let said = verify();
    assert!(!said.status.success() && support::text(&said).contains("crt1.o"), "{}", support::text(&said));
    place.succeeds("auto", LINE);
    assert!(!place.was_direct());
    assert_eq!(fs::read(place.folder.join("app")).unwrap(), expected);
    assert!(verify().status.success());
}

#[test]
fn a_library_that_comes_or_goes_is_never_missed() {
    for target in [("linux/amd64", "musl"), ("windows/amd64", "own")] {
        let Some(place) = Place::alone(support::ZIG, target) else { return };
        let (one, two) = (place.folder.join("one"), place.folder.join("two"));
        [&one, &two].iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let put = |from: &str, folder: &Path, name: &str| {
            fs::copy(place.folder.join(from), folder.join(name)).unwrap();
        };
        let line = "main.o g.o -o out/app.exe -Lone -Ltwo -lf -lm";
        let check = |expected: &str| {
            for is_direct in [false, true] {
                place.succeeds("auto", line);
                assert_eq!(place.was_direct(), is_direct, "{target:?} {expected}");
                assert_eq!(place.says("out/app.exe"), expected, "{target:?}");
            }
        };
        fs::create_dir(place.folder.join("out")).unwrap();
        put("libf.a", &two, "libf.a");
        check("linked 7 1.00\n");
        put("other.a", &one, "libf.a");
        check("linked 8 1.00\n");
        fs::remove_file(one.join("libf.a")).unwrap();
        // This is known already.
        place.succeeds("auto", line);
        assert!(place.was_direct());
        assert_eq!(place.says("out/app.exe"), "linked 7 1.00\n");
        put("other.a", &two, "libf.a");
        place.succeeds("auto", line);
        assert_eq!(place.says("out/app.exe"), "linked 8 1.00\n");
        fs::remove_file(two.join("libf.a")).unwrap();
        let [zig, auto] = ["zig-cc", "auto"].map(|route| {
            let output = place.cc(route, line);
            assert!(!output.status.success());
            support::text(&output)
        });
        assert_eq!(zig, auto);
    }
}

#[test]
fn failures_are_told_as_zig_cc_tells_them() {
    for target in [("linux/amd64", "gnu"), ("linux/amd64", "musl"), ("windows/amd64", "own")] {
        let Some(place) = Place::new(support::ZIG, target) else { return };
        place.succeeds("auto", "small.o -o app.exe");
        place.succeeds("auto", "small.o -o app.exe");
        assert!(place.was_direct());
        fs::remove_file(place.folder.join("app.exe")).unwrap();
        for words in [
            "lacks.o -o app.exe",
            "small.o main.o -o app.exe",
            "small.o none.o -o app.exe",
            "main.c -c -o m.o",
        ] {
            let [zig, auto] = ["zig-cc", "auto"].map(|route| {
                let output = place.cc(route, words);
                (output.status.code(), support::text(&output))
            });
            assert_eq!(zig, auto, "{target:?} {words}");
            assert!(!place.folder.join("app.exe").exists(), "{target:?} {words}");
        }
        assert!(support::text(&place.cc("auto", "lacks.o -o app.exe")).contains("nowhere"));
        place.succeeds("auto", "small.o -o app.exe");
        assert!(place.was_direct(), "a failure is nothing to forget");
    }
}

#[test]
fn what_zig_refuses_is_told_in_one_link() {
    for version in support::some_zigs() {
        let Some(place) = Place::new(version, ("linux/amd64", "musl")) else { continue };
        for words in [
            "given.o f.o -Wl,--defsym=given=f -o app",
            "given.o f.o -Wl,--defsym=given=f -Wl,-Map=app.map -o app",
            "small.o -Wl,--allow-multiple-definition -o app",
        ] {
            let [zig, direct] = place.both(words);
            assert_same(&zig, &direct, &format!("{version} {words}"));
        }
        // What only permits is told where it is needed.
        for words in ["main.o g.o f.o other.o -Wl,--allow-multiple-definition -o app -lm"] {
            for route in ["zig-cc", "auto", "auto"] {
                let output = place.cc(route, words);
                assert!(output.status.success(), "{version} {route} {words}: {}", support::text(&output));
                assert_eq!(place.says("app"), "linked 7 1.00\n");
            }
        }
    }
}

#[test]
fn lines_longer_than_the_system_takes_are_linked() {
    for target in [("linux/amd64", "musl"), ("windows/amd64", "own")] {
        let Some(place) = Place::new(support::ZIG, target) else { return };
        let long = place.folder.join("a \"quoted\" \\ name ".repeat(8));
        fs::create_dir(&long).unwrap();
        let (port, libc) = target;
        let mut command = support::user("cgozig", &place.zig, port, libc);
        command.args(["main.o", "g.o", "f.o", "-o", "app.exe"]);
        let count = 6000;
        for number in 0..count {
            let file = long.join(format!("{number}.o"));
            fs::hard_link(place.folder.join("empty.o"), &file).unwrap();
            command.arg(file);
        }
        command
            .env("CGOZIG_ROUTE", "direct")
            .env("CGOZIG_LOG_FILE", place.folder.join("log"))
            .env("CGOZIG_LOG", "debug");
        let output = command.current_dir(&place.folder).output().unwrap();
        assert!(output.status.success(), "{target:?}: {}", support::text(&output));
        assert!(place.was_direct());
        assert_eq!(place.says("app.exe"), "linked 7 1.00\n");
    }
}

#[test]
fn go_programs_are_linked_directly() {
    for go in ["1.27.3", "1.24.11"] {
        for target in [
            ("linux/arm64", "gnu"),
            ("linux/arm64", "musl"),
            ("linux/amd64", "gnu"),
            ("windows/amd64", "own"),
        ] {
            let (Some(zig), Some(go)) = (support::zig(support::ZIG), support::go(go)) else { return };
            let outer = support::folder();
            let log = outer.path().join("log");
            // The second build links by what the first has learned; or already the first, as other tests did before.
            for number in 0..2 {
                let mut command = support::user(&go, &zig, target.0, target.1);
                // Go keeps what it has linked: another program each time.
                let own = format!("-ldflags=-linkmode=external -X=main.own={}-{number}", std::process::id());
                command
                    .args(["build", &own, "-o"])
                    .arg(outer.path().join(format!("net-{number}.exe")))
                    .arg(".");
                command.env("CGOZIG_LOG_FILE", &log).env("CGOZIG_LOG", "debug");
                command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/net"));
                let _ = fs::remove_file(&log);
                let output = command.output().unwrap();
                assert!(output.status.success(), "{target:?}: {}", support::text(&output));
            }
            let log = fs::read_to_string(&log).unwrap();
            assert!(log.contains("direct ld.lld ") || log.contains("direct lld-link "), "{target:?}: {log}");
            let program = outer.path().join("net-1.exe");
            let output = support::run(target.0, target.1, &program).output().unwrap();
            let says = support::text(&output);
            assert!(output.status.success() && says.contains("localhost: ["), "{target:?}: {says}");
        }
    }
}
