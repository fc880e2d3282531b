//! Faults that other tools for the same job have in their own source, as tests of ours.

mod support;

use cgozig::argv::Argv;
use cgozig::persona::Driver;
use cgozig::plan::{self, Plan, Surroundings};
use cgozig::request;
use cgozig::target::triple::Spoken;
use cgozig::target::{LibcChoice, MacosVersion};
use cgozig::zig::ZigVersion;
use std::fs;

/// The words that zig would get on linux/amd64, without the compiler's name and target.
fn words(target: &str, line: &str) -> Vec<String> {
    let target = Spoken::parse(target).unwrap();
    let target = target.target(LibcChoice::Unsaid, MacosVersion::DEFAULT, &|_| None).unwrap();
    let zig = ZigVersion::new(0, 15, 2);
    let around = Surroundings {
        target,
        zig,
        zig_lib: "".into(),
        shims: "".into(),
        sdk: None,
        found: Vec::new(),
        further: Vec::new(),
        needs: Vec::new(),
        objects: "$OBJECTS".into(),
        gone: Vec::new(),
        lent: None,
        native: String::new(),
    };
    let argv = Argv::parse(line.split_whitespace());
    match plan::plan(Driver::Cc, request::request(&argv), argv, &around).unwrap() {
        Plan::Zig(call) => call.words.into_iter().map(|word| word.into_string().unwrap()).collect(),
        Plan::Answer(answer) => panic!("answered: {answer:?}"),
    }
}

fn contains(words: &[String], part: &str) -> bool {
    let part: Vec<&str> = part.split_whitespace().collect();
    words.windows(part.len()).any(|window| window == part)
}

/// zigcc filters by substring: `-x` takes Go's `-x c` away, and every path with -x in it.
#[test]
fn zigcc_loses_words_that_contain_minus_x() {
    let line = "-I /home/me/my-xlib/include -L/opt/foo-x64/lib main.c";
    assert!(contains(&words("linux/amd64", line), line));
    let kept = words("linux/amd64", "-E -x c -");
    assert!(contains(&kept, "-E -x c") && kept.last().is_some_and(|word| word == "-"));
}

/// cargo-zigbuild filters values as if they were options, and `-emit-llvm` as if it were `-e`.
#[test]
fn cargo_zigbuild_takes_values_for_options() {
    assert!(contains(&words("linux/amd64", "-I -lgcc_s -c x.c"), "-I -lgcc_s"));
    assert!(contains(&words("linux/amd64", "-emit-llvm -c x.c"), "-emit-llvm"));
    let line = "-Wl,-O1,--no-undefined-version -Xlinker --no-undefined-version x.o";
    let kept = words("linux/amd64", line);
    assert_eq!(kept.iter().filter(|word| word.contains("--no-undefined-version")).count(), 2, "{kept:?}");
}

/// zigtool and xx-go use triples that zig has no libc for.
#[test]
fn zigtool_and_xx_use_triples_that_zig_does_not_have() {
    for (target, triple) in [
        ("linux/386", "x86-linux-gnu.2.28"),
        ("linux/mips", "mips-linux-gnueabihf.2.28"),
        ("linux/mips64", "mips64-linux-gnuabi64.2.28"),
        ("linux/ppc64", "powerpc64-linux-musl"),
    ] {
        assert!(contains(&words(target, "-c x.c"), &format!("-target {triple}")), "{target}");
    }
}

/// goomba reuses a file that was only half written.
#[test]
fn goomba_uses_half_written_files() {
    let Some(zig) = support::zig(support::ZIG) else { return };
    let store = support::folder();
    let run = || {
        let mut command = support::compiler(&zig, "linux/amd64");
        command.env("CGOZIG_CACHE_DIR", store.path()).arg("--version").output().unwrap()
    };
    assert!(run().status.success());
    let folder = store.path().join("zigs-v1");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let record = fs::read(&path).unwrap();
        for length in 0..record.len() {
            fs::write(&path, &record[..length]).unwrap();
            if length % 16 == 0 {
                let output = run();
                assert!(output.status.success(), "cut at {length}: {}", support::text(&output));
            }
        }
    }
}

/// With CC="zig cc …" Go's question for the compiler's identity fails, and flag answers are not kept.
#[test]
fn plain_zig_cc_has_no_identity() {
    let Some(zig) = support::zig(support::ZIG) else { return };
    let identity = |target: &str, libc: &str| {
        let mut command = support::compiler(&zig, target);
        let output = command.env("CGOZIG_LIBC", libc).args(["-###", "-x", "c", "-c", "-"]).output().unwrap();
        assert!(output.status.success());
        support::text(&output).lines().next().unwrap().to_string()
    };
    let line = identity("linux/amd64", "gnu");
    let fields: Vec<&str> = line.split(' ').collect();
    assert_eq!(fields[1], "version");
    assert!(fields[2].starts_with(|digit: char| digit.is_ascii_digit()) && !line.contains("experimental"));
    assert_ne!(line, identity("linux/amd64", "musl"));
    assert_ne!(line, identity("linux/arm64", "gnu"));
    assert_ne!(line, identity("linux/amd64", "gnu.2.17"));
}

/// rustup-like shims that turn a signal into an exit code are covered in tests/cli.rs; here: cargo-zigbuild
/// and zigcc print to stdout.
#[test]
fn answers_are_one_line_and_nothing_else() {
    let Some(zig) = support::zig(support::ZIG) else { return };
    for words in
        [&["-arch", "arm64", "--print-prog-name", "strip"][..], &["--print-prog-name=ar"], &["-dumpmachine"]]
    {
        let output = support::compiler(&zig, "darwin/arm64").args(words).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1, "{words:?}");
    }
}
