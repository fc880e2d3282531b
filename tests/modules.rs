//! Other people's modules with prebuilt archives, as they are published: taken through the module proxy, built by plain
//! `go build`, run. `tests/modules` has a program for each, which uses the library for real, and its go.sum.
//!
//! `make modules` does the ignored ones too: every port, and the modules that are too large for `make test`.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::macho;

use Outcome::{Fails, IsWhole, Prints};

const GO: &str = "1.27.3";

/// What comes of a build.
enum Outcome {
    /// The program runs, and prints this.
    Prints(&'static str),
    /// It is a whole program of macOS, and macOS has every name that it wants.
    IsWhole,
    /// The link fails, and what stands below it says this.
    Fails(&'static [&'static str]),
}

/// One build: GOOS/GOARCH, libc, words of `go build`, and what comes of it.
type Build = (&'static str, &'static str, &'static [&'static str], Outcome);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules")
}

/// Does the builds of a module.
fn builds(module: &str, all: &[Build]) {
    let (Some(zig), Some(go)) = (support::zig(support::ZIG), support::go(GO)) else { return };
    let folder = support::folder();
    let program = folder.path().join("program.exe");
    for (port, libc, words, outcome) in all {
        let shown = format!("{module} {port} {libc} {words:?}");
        let built = go_build(module, (port, libc), words, &program, &[]);
        let said = support::text(&built);
        assert_eq!(built.status.success(), !matches!(outcome, Fails(_)), "{shown}: {said}");
        match outcome {
            Prints(expected) => assert_eq!(printed(port, libc, &program), *expected, "{shown}"),
            IsWhole => macho::check(&program, macho::Kind::Program, &zig, &go)
                .unwrap_or_else(|why| panic!("{shown}: {why}")),
            Fails(words) => explains(&said, words),
        }
    }
}

/// `go build` of a module's program, as its user types it.
fn go_build(
    module: &str,
    (port, libc): (&str, &str),
    words: &[&str],
    program: &Path,
    variables: &[(&str, &str)],
) -> Output {
    let (zig, go) = (support::zig(support::ZIG).unwrap(), support::go(GO).unwrap());
    let mut command: Command = support::user("go", &zig, port, libc);
    let path = std::env::var("PATH").unwrap();
    let go = go.parent().unwrap().display();
    command.env("PATH", format!("{}:{go}:{path}", support::bin().display()));
    command.env("GOMODCACHE", support::tools().join("go-mod")).env("GOFLAGS", "-trimpath -modcacherw");
    // Where modules come from is the machine's to say.
    let proxy = ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE"];
    command.envs(proxy.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.envs(variables.iter().copied());
    command.arg("build").args(words).arg("-o").arg(program).arg(".").current_dir(root().join(module));
    command.output().unwrap()
}

/// What a program prints to its standard output.
fn printed(port: &str, libc: &str, program: &Path) -> String {
    let output = support::run(port, libc, program).output().unwrap();
    assert!(output.status.success(), "{port} {libc}: {}", support::text(&output));
    String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n").trim_end().to_string()
}

/// The words stand in one sentence and one hint.
fn explains(said: &str, words: &[&str]) {
    let ours = |start: &str| said.lines().filter(|line| line.starts_with(start)).collect::<Vec<_>>();
    let lines = [ours("cgozig: could not "), ours("hint: ")].concat();
    assert_eq!(lines.len(), 2, "{said}");
    for word in words {
        assert!(lines.concat().contains(word), "{lines:?} lack {word}");
    }
}

const KAFKA: &str = "librdkafka 2.11.1: a message at 0; No such configuration property: \"no.such.setting\"";
const WASMTIME: &str = "3 true true\ntrue";

/// A message goes to a broker of the library's own and comes back.
#[test]
fn confluent_kafka_go() {
    builds(
        "kafka",
        &[
            ("linux/amd64", "gnu", &[], Prints(KAFKA)),
            ("linux/arm64", "musl", &["-tags", "musl"], Prints(KAFKA)),
            ("linux/amd64", "musl", &[], Fails(&["was built for glibc", "`-tags musl`"])),
            ("darwin/arm64", "own", &[], IsWhole),
        ],
    );
}

#[test]
#[ignore = "`make modules`"]
fn confluent_kafka_go_elsewhere() {
    builds(
        "kafka",
        &[
            ("linux/arm64", "gnu", &[], Prints(KAFKA)),
            ("linux/amd64", "musl", &["-tags", "musl"], Prints(KAFKA)),
            ("darwin/amd64", "own", &[], IsWhole),
            ("windows/amd64", "own", &[], Prints(KAFKA)),
        ],
    );
}

/// Rust: a function is compiled and called, another one traps, and text that makes no sense is an error.
#[test]
fn wasmtime_go() {
    builds(
        "wasmtime",
        &[("linux/arm64", "gnu", &[], Prints(WASMTIME)), ("windows/amd64", "own", &[], Prints(WASMTIME))],
    );
}

#[test]
#[ignore = "`make modules`"]
fn wasmtime_go_elsewhere() {
    builds(
        "wasmtime",
        &[
            ("linux/amd64", "gnu", &[], Prints(WASMTIME)),
            ("darwin/arm64", "own", &[], IsWhole),
            ("darwin/amd64", "own", &[], IsWhole),
            ("linux/amd64", "musl", &[], Fails(&["was built for glibc", "x86_64-unknown-linux-musl"])),
        ],
    );
}

/// C, with an archive for each port.
#[test]
#[ignore = "`make modules`"]
fn gozstd() {
    let text = "true true cannot decompress invalid src";
    builds(
        "gozstd",
        &[
            ("linux/amd64", "musl", &["-tags", "musl"], Prints(text)),
            ("linux/arm64", "gnu", &[], Prints(text)),
            ("linux/arm", "gnu", &[], Prints(text)),
            ("windows/amd64", "own", &[], Prints(text)),
            ("darwin/arm64", "own", &[], IsWhole),
            ("darwin/amd64", "own", &[], IsWhole),
        ],
    );
}

/// The same library as source.
#[test]
#[ignore = "`make modules`"]
fn datadog_zstd() {
    let text = "true true Src size is incorrect";
    builds(
        "zstd",
        &[
            ("linux/arm64", "musl", &[], Prints(text)),
            ("linux/s390x", "gnu", &[], Prints(text)),
            ("windows/amd64", "own", &[], Prints(text)),
            ("darwin/arm64", "own", &[], IsWhole),
        ],
    );
}

/// Rust with C inside: a query that is wrong comes back as an error.
#[test]
#[ignore = "`make modules`"]
fn go_libsql() {
    let text = "42 <nil> failed to execute query select * from nowhere\n\
                error code = 2: Error executing statement: SQLite failure: `no such table: nowhere`";
    builds("libsql", &[("linux/amd64", "gnu", &[], Prints(text)), ("linux/arm64", "gnu", &[], Prints(text))]);
}

/// C++ of gcc: not with zig's libc++, and with gcc's own libstdc++ it throws and catches.
#[test]
#[ignore = "`make modules`"]
fn duckdb() {
    builds("duckdb", &[("linux/amd64", "gnu", &[], Fails(&["libstdc++", "put gcc's libstdc++.a"]))]);
    if support::zig(support::ZIG).is_none() || support::go(GO).is_none() {
        return;
    }
    let asked = Command::new("g++").arg("-print-file-name=libstdc++.a").output();
    let Some(library) = asked.ok().map(|output| support::text(&output).trim().to_string()) else {
        return support::skip("g++ is not installed");
    };
    let folder = support::folder();
    let program = folder.path().join("program");
    // Debian 12's is for glibc 2.36; what the floor of 2.28 lacks is brought along.
    let (port, libc) = ("linux/amd64", "gnu");
    std::fs::copy(&library, folder.path().join("libstdc++.a")).unwrap();
    let beside = format!("-L{}", folder.path().display());
    let built = go_build("duckdb", (port, libc), &[], &program, &[("CGO_LDFLAGS", &beside)]);
    assert!(built.status.success(), "{}", support::text(&built));
    let text = printed(port, libc, &program);
    assert!(text.starts_with("499500\nCatalog Error: Table with name nowhere does not exist!"), "{text}");
}
