//! The referee: zig's own clang makes what `zig cc` makes, to the byte.
//!
//! Small sources for every port and libc, C, C++ and assembler, with the words that Go gives; then programs built by Go with
//! a compiler that does every call by both routes. `make referee` does so for the whole matrix.

mod support;

use cgozig::target::port::PORTS;
use cgozig::target::{Os, Port};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use support::ports::{default_zig, libcs, serves};

/// The ports that every zig compiles for: each format and byte order.
const ALL_ZIGS: &[&str] = &["linux/arm", "windows/amd64", "darwin/arm64"];

/// Go's words for a package's C, for runtime/cgo, for C++, for assembler, and cgo's own questions.
#[rustfmt::skip]
const CALLS: &[(&str, &[&str])] = &[
    ("one.c", &["-I", ".", "-fPIC", "-pthread", "-fno-caret-diagnostics", "-Qunused-arguments", "-Wl,--no-gc-sections",
        "-fmessage-length=0", "-ffile-prefix-map=PLACE=/tmp/go-build", "-gno-record-gcc-switches", "-I", "./", "-O2", "-g",
        "-frandom-seed=abc", "-o", "out.o", "-c"]),
    ("one.c", &["-I.", "-DSIZE=3", "-DTEXT=\"a b\"", "-Wall", "-Werror", "-fno-stack-protector", "-O0", "-std=gnu11",
        "-include", "one.h", "-isystem", "include", "-oout.o", "-c"]),
    ("one.c", &["-w", "-Wno-error", "-oout.o", "-gdwarf-2", "-c", "-O3", "-DSIZE=3"]),
    ("two.cc", &["-I", ".", "-fPIC", "-pthread", "-O2", "-g", "-std=c++17", "-fexceptions", "-o", "out.o", "-c"]),
    ("three.S", &["-I", ".", "-fPIC", "-g", "-O2", "-DNAME=three", "-o", "out.o", "-c"]),
    ("one.c", &["-E", "-dM", "-I", ".", "-O2"]),
    ("-", &["-E", "-dM", "-I", ".", "-O2", "-xc"]),
];

/// What is built by Go; the rest by `make referee`.
const BUILT: &[(&str, &str, &str)] = &[
    ("linux/amd64", "gnu", "examples/net"),
    ("linux/arm64", "musl", "tests/go/cxx"),
    ("windows/amd64", "own", "examples/hello"),
    ("darwin/arm64", "own", "examples/hello"),
    ("freebsd/amd64", "own", "examples/hello"),
];

const ONE: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#ifdef NDEBUG
#error "NDEBUG is not asked for"
#endif
struct pair { int key; double value; };
static __thread int last;
int one(struct pair *pairs, int count) {
    for (int at = 0; at < count; at++) {
        char *text = malloc(32);
        if (!text) return errno;
        snprintf(text, 32, "%d %f", pairs[at].key << 3, pairs[at].value);
        last += (int)strlen(text);
        free(text);
    }
    return last;
}
"#;

const TWO: &str = r#"
#include <map>
#include <stdexcept>
#include <string>
extern "C" int two(const char *text) {
    std::map<std::string, int> counts;
    try {
        if (!text) throw std::invalid_argument("nothing");
        return ++counts[text];
    } catch (const std::exception &error) {
        return -1;
    }
}
"#;

const THREE: &str = "#ifdef __APPLE__\n.globl _three\n_three:\n#else\n.globl NAME\nNAME:\n#endif\n.long 42\n";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for port in PORTS {
        for libc in libcs(port) {
            for zig in support::some_zigs().filter(|zig| is_asked(zig, port)) {
                let name = format!("{} {libc} zig-{zig}", port.name);
                trials.push(Trial::test(name, move || small_sources(port, libc, zig)));
            }
        }
    }
    for (port, libc, program) in BUILT {
        trials.push(Trial::test(format!("build {port} {libc} {program}"), || built(port, libc, program)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_asked(zig: &str, port: &Port) -> bool {
    serves(zig, port) && (zig == default_zig(port) || ALL_ZIGS.contains(&port.name))
}

/// Compiles each source by both routes.
fn small_sources(port: &'static Port, libc: &str, version: &str) -> Result<(), Failed> {
    let Some(zig) = support::zig(version) else { return Ok(()) };
    let folder = support::folder();
    for (name, text) in
        [("one.c", ONE), ("two.cc", TWO), ("three.S", THREE), ("one.h", "extern int one_h;\n")]
    {
        fs::write(folder.path().join(name), text)?;
    }
    let has_cxx = port.os != Os::Openbsd;
    for (source, words) in CALLS.iter().filter(|(source, _)| has_cxx || *source != "two.cc") {
        let program = if *source == "two.cc" { "cgozig-c++" } else { "cgozig" };
        let place = folder.path().display().to_string();
        let words = words.iter().map(|word| word.replace("PLACE", &place));
        let mut command = support::user(program, &zig, port.name, libc);
        support::referee(&mut command, &folder.path().join("log"));
        command.args(words).arg(source).current_dir(folder.path());
        command.stdin(fs::File::open(folder.path().join("one.c"))?);
        let output = command.output()?;
        if !output.status.success() {
            return Err(format!("{source}: {}", support::text(&output)).into());
        }
    }
    judge(&folder.path().join("log"), CALLS.len() - usize::from(!has_cxx))
}

/// Every call was done directly, and made the same.
fn judge(log: &Path, calls: usize) -> Result<(), Failed> {
    let (same, alike, others) = support::judged(log);
    if same + alike < calls || !others.is_empty() {
        return Err(format!(
            "{same} are the same and {alike} alike, of at least {calls}:\n{}",
            others.join("\n")
        )
        .into());
    }
    Ok(())
}

/// A program built by Go, every call by both routes.
fn built(port: &str, libc: &str, program: &str) -> Result<(), Failed> {
    let (Some(zig), Some(go)) = (support::zig(support::ZIG), support::go("1.27.3")) else { return Ok(()) };
    let folder = support::folder();
    let (log, out) = (folder.path().join("log"), folder.path().join("program.exe"));
    let mut command = support::user(go, &zig, port, libc);
    support::referee(&mut command, &log);
    command.args(["build", "-o"]).arg(&out).arg(".");
    let output = command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(program)).output()?;
    if !output.status.success() {
        return Err(support::text(&output).into());
    }
    // cgo's questions, the compiles of runtime/cgo and of the program, the trial link and the link.
    judge(&log, 12)
}
