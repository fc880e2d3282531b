//! `cgozig check`: real programs of every format, against what others read in them, and files that are none.

mod support;

use cgozig::binary::{self, Binary, Linkage};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::ports::{self, default_zig};

const GO: &str = "1.27.3";

/// Builds `examples/hello`, or the library of the tests, and gives back its file.
fn build(folder: &Path, port: &str, libc: &str, more: &[&str]) -> Option<PathBuf> {
    build_by("auto", folder, port, libc, more)
}

fn build_by(route: &str, folder: &Path, port: &str, libc: &str, more: &[&str]) -> Option<PathBuf> {
    let (zig, go) = (support::zig(default_zig(ports::port(port)))?, support::go(GO)?);
    let is_library = more.contains(&"-buildmode=c-shared");
    let source = if is_library { "tests/go/lib" } else { "examples/hello" };
    let out = folder.join(format!("{}-{libc}{}", port.replace('/', "-"), more.join("").replace('/', "")));
    let mut command = support::user(go, &zig, port, libc);
    command.env("CGOZIG_ROUTE", route).arg("build").args(more).arg("-o").arg(&out).arg(".");
    let output = command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(source)).output().unwrap();
    assert!(output.status.success(), "{port} {libc} {more:?}: {}", support::text(&output));
    Some(out)
}

fn check(words: &[&str]) -> Output {
    support::clean(support::cgozig()).arg("check").args(words).output().unwrap()
}

/// What standard output has of a run that succeeds.
fn good(words: &[&str]) -> String {
    let output = check(words);
    assert!(output.status.success(), "{}", support::text(&output));
    String::from_utf8(output.stdout).unwrap()
}

const STATIC_PIE: &[&str] = &["-buildmode=pie", "-ldflags=-linkmode=external -extldflags=-static-pie"];

/// Port, libc, further words, and what is so.
const PROGRAMS: &[(&str, &str, &[&str], &str)] = &[
    (
        "linux/amd64",
        "gnu",
        &[],
        "dynamic,os=linux,arch=amd64,libc=glibc,glibc<=2.28,glibc>=2.2,needed=libc.so.6:libm.so.6:libpthread.so.0:libdl.so.2,\
         loader=/lib64/ld-linux-x86-64.so.2,GOAMD64=v1,-trimpath=true",
    ),
    ("linux/arm64", "gnu.2.34", &[], "dynamic,arch=arm64,glibc=2.34"),
    (
        "linux/arm64",
        "musl",
        &[],
        "static,os=linux,arch=arm64,libc=none,loader=,needed=,CGO_ENABLED=1,glibc<=2.17",
    ),
    ("linux/amd64", "musl", STATIC_PIE, "static,static-pie,pie,program"),
    ("linux/amd64", "gnu", &["-buildmode=pie"], "dynamic,pie,program"),
    ("linux/s390x", "gnu", &[], "arch=s390x,format=ELF,libc=glibc"),
    ("linux/riscv64", "musl", &[], "arch=riscv64,static"),
    ("linux/amd64", "gnu", &["-buildmode=c-shared"], "library,dynamic,os=linux,-buildmode=c-shared"),
    ("windows/amd64", "own", &[], "os=windows,arch=amd64,format=PE,subsystem=console,timestamp=0,program"),
    ("windows/386", "own", &["-ldflags=-H=windowsgui"], "arch=386,subsystem=windows"),
    ("windows/amd64", "own", &["-buildmode=c-shared"], "library,format=PE"),
    (
        "darwin/arm64",
        "own",
        &[],
        "os=darwin,arch=arm64,format=Mach-O,macos<=12,signed,pie,needed=/usr/lib/libSystem.B.dylib:/usr/lib/libresolv.9.dylib",
    ),
    ("darwin/amd64", "own", &[], "os=darwin,arch=amd64,macos=12.0,program,go=1.27.3"),
    ("freebsd/amd64", "own", &[], "os=freebsd,arch=amd64,dynamic,libc=system,loader=/libexec/ld-elf.so.1"),
    ("netbsd/arm64", "own", &[], "os=netbsd,arch=arm64,libc=system"),
    ("openbsd/amd64", "own", &[], "os=openbsd,arch=amd64,libc=system,loader=/usr/libexec/ld.so"),
];

#[test]
fn programs_of_every_format_are_what_they_were_built_as() {
    let folder = support::folder();
    for (port, libc, more, expected) in PROGRAMS {
        let Some(program) = build(folder.path(), port, libc, more) else { return };
        let path = program.to_str().unwrap();
        let said = good(&["--expect", expected, path]);
        assert_eq!(said, "", "{port} {libc}: what is so needs no word");
        let said = good(&[path]);
        assert!(said.contains(&format!("go{GO} built ")), "{said}");
        agrees_with_go(&program, &said);
        if !port.starts_with("windows") && !port.starts_with("darwin") {
            agrees_with_readelf(&program);
        }
    }
}

/// zig forgets `-s` at the `-g` behind it, and takes `-Wl,-S` for `-s`.
#[test]
fn stripped_programs_have_no_debug_information_and_others_have_their_names() {
    use object::{Object, ObjectSection};
    let folder = support::folder();
    // Whether `-w` leaves names: zig has to strip for mips, and lld gives programs for Windows none.
    let cases = [
        ("linux/amd64", "gnu", true),
        ("linux/arm64", "musl", true),
        ("freebsd/amd64", "own", true),
        ("linux/mips", "gnu", false),
        ("windows/amd64", "own", false),
    ];
    for ((port, libc, has_names), route) in cases.iter().flat_map(|case| [(case, "auto"), (case, "zig-cc")]) {
        for (flags, names) in [("-ldflags=-s -w", false), ("-ldflags=-w", *has_names)] {
            let Some(program) = build_by(route, folder.path(), port, libc, &[flags]) else { return };
            let bytes = fs::read(&program).unwrap();
            let file = object::File::parse(&bytes[..]).unwrap();
            let debug =
                file.sections().filter(|section| section.name().unwrap().starts_with(".debug")).count();
            let stripped = check(&["--expect", "stripped", program.to_str().unwrap()]).status.success();
            assert_eq!((debug, stripped), (0, !names), "{port} {libc} {flags} by {route}");
        }
    }
}

/// `go version -m` reads the same settings.
fn agrees_with_go(program: &Path, said: &str) {
    let Some(go) = support::go(GO) else { return };
    let output = Command::new(go).args(["version", "-m"]).arg(program).output().unwrap();
    let text = support::text(&output);
    let settings = text.lines().filter_map(|line| line.trim().strip_prefix("build\t"));
    let settings: Vec<&str> = settings.collect();
    assert!(settings.len() > 5, "{text}");
    let is_told = |setting: &&&str| {
        !setting.starts_with("GOOS") && !setting.starts_with("GOARCH") && !setting.ends_with('=')
    };
    for setting in settings.iter().filter(is_told) {
        let plain = setting.replace('"', "");
        assert!(said.contains(&plain), "{setting}: {said}");
    }
}

/// binutils reads the same names and versions.
fn agrees_with_readelf(program: &Path) {
    let Ok(output) = Command::new("readelf").args(["--wide", "-d", "-V"]).arg(program).output() else {
        return support::skip("readelf is not installed");
    };
    let text = support::text(&output);
    let between =
        |line: &str| line.split_once('[').and_then(|(_, rest)| Some(rest.split_once(']')?.0.to_string()));
    let needed: Vec<String> =
        text.lines().filter(|line| line.contains("(NEEDED)")).filter_map(between).collect();
    let newest = text.split_whitespace().filter_map(binary::elf::glibc_version).max();
    let own = &binary::read(&fs::read(program).unwrap()).unwrap()[0];
    assert_eq!(own.needed, needed);
    let floor = own.glibc.as_ref().map(|floor| floor.version.clone());
    assert_eq!(floor, newest.map(|(major, minor)| format!("{major}.{minor}")), "{text}");
}

#[test]
fn what_is_not_as_expected_fails_with_what_it_is() {
    let folder = support::folder();
    let Some(program) = build(folder.path(), "linux/amd64", "gnu", &[]) else { return };
    let path = program.to_str().unwrap();
    let output = check(&["--expect", "static,arch=arm64", "--expect", "glibc<=2.1,os=linux", path]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 5, "{said}");
    assert!(lines[0].starts_with(&format!("{path}: expected static: it is dynamic: it needs ")), "{said}");
    assert_eq!(lines[1], format!("{path}: expected arch=arm64: it is amd64"));
    assert!(lines[2].contains("expected glibc<=2.1: it is 2.") && lines[2].contains(", for "), "{said}");
    assert_eq!(lines[3], "cgozig: could not confirm what was expected: 3 of it is not so");
    assert!(lines[4].starts_with("hint: "), "{said}");
    let output = check(&["--expect", "glibc<2.17,statik", path]);
    let said = support::text(&output);
    assert!(
        output.status.code() == Some(2) && said.contains("`statik` is nothing that can be expected"),
        "{said}"
    );
    let json: Value = serde_json::from_str(&good(&["--json", path])).unwrap();
    assert_eq!(
        (&json[0]["parts"][0]["arch"], &json[0]["parts"][0]["linkage"]),
        (&"amd64".into(), &"dynamic".into())
    );
}

#[test]
fn what_is_no_program_is_told() {
    let folder = support::folder();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    for (path, why) in [
        (write("empty", b""), "it is empty"),
        (write("script", b"#!/bin/sh\nexit 0\n"), "it is a script"),
        (write("text", &[b'x'; 500]), "it is no program that"),
        (write("archive.a", b"!<arch>\n"), "it is an archive, and no program"),
        (write("short", b"\x7fELF\x02\x01\x01"), "could not check"),
        (folder.path().join("none").display().to_string(), "No such file"),
        (folder.path().display().to_string(), "it is no file"),
    ] {
        let output = check(&[&path]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && said.contains(why) && said.contains(&path),
            "{why}: {said}"
        );
        assert!(said.lines().count() == 2 && said.contains("\nhint: "), "{said}");
    }
    assert_eq!(check(&[]).status.code(), Some(2));
}

#[test]
fn one_other_byte_in_a_signed_program_is_seen() {
    let folder = support::folder();
    let Some(program) = build(folder.path(), "darwin/arm64", "own", &[]) else { return };
    let whole = fs::read(&program).unwrap();
    let signature = |bytes: &[u8]| binary::read(bytes).unwrap()[0].signature.clone().unwrap();
    let own = signature(&whole);
    assert!(own.fault.is_none() && own.is_ad_hoc && own.pages > 100, "{own:?}");
    let signed = own.pages as usize * 4096;
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..50 {
        // Behind the load commands, which say where the signature is.
        let at = random.usize(0x8000..signed.min(whole.len()) - 0x4000);
        let mut changed = whole.clone();
        changed[at] ^= 1 << random.u32(0..8);
        assert!(signature(&changed).fault.is_some_and(|fault| fault.contains("has been changed")), "{at}");
    }
}

/// A program of each format, as small as they come.
fn samples(folder: &Path) -> Option<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for (port, libc) in
        [("linux/amd64", "gnu"), ("linux/s390x", "gnu"), ("windows/amd64", "own"), ("darwin/arm64", "own")]
    {
        let bytes = fs::read(build(folder, port, libc, &["-ldflags=-s -w"])?).unwrap();
        all.push(bytes);
    }
    Some(all)
}

/// Ten thousand programs that were changed where it hurts, or cut off, are read or refused.
#[test]
fn changed_and_cut_programs_are_read_or_refused() {
    let folder = support::folder();
    let Some(samples) = samples(folder.path()) else { return };
    let mut random = fastrand::Rng::with_seed(5);
    let (mut read, mut refused) = (0, 0);
    for sample in &samples {
        // Heads and tables lie at both ends; all of the file would be copied otherwise.
        let mut changed = sample.clone();
        for _ in 0..2500 {
            let mut before = Vec::new();
            for _ in 0..random.usize(1..8) {
                let near = random.usize(0..4096.min(sample.len()));
                let at = if random.bool() { near } else { sample.len() - 1 - near };
                before.push((at, changed[at]));
                changed[at] = random.u8(..);
            }
            let end = if random.u8(0..4) == 0 { random.usize(0..sample.len()) } else { sample.len() };
            match binary::read(&changed[..end]) {
                Ok(parts) => read += usize::from(parts.iter().all(is_bounded)),
                Err(why) => refused += usize::from(!why.is_empty()),
            }
            before.into_iter().rev().for_each(|(at, byte)| changed[at] = byte);
        }
        assert_eq!(&changed, sample);
    }
    eprintln!("{read} were read, {refused} refused");
    assert!(read + refused == 10_000 && read > 100 && refused > 100, "{read} {refused}");
}

fn is_bounded(binary: &Binary) -> bool {
    binary.needed.len() <= 10_000
        && matches!(binary.linkage, Linkage::Dynamic | Linkage::Static | Linkage::StaticPie)
}
