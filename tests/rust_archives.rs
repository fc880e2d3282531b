//! Static libraries of Rust and C++, as others build them: a package's cgo line names the library and nothing else, and
//! its panics and exceptions are caught where they belong.

mod support;

use object::{Object, ObjectSymbol};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::macho;
use support::rust::{self, Library};

const GO: &str = "1.27.3";

/// GOOS/GOARCH, libc, Rust's target.
type Port = (&'static str, &'static str, &'static str);

const LINUX: &[Port] = &[
    ("linux/amd64", "gnu", "x86_64-unknown-linux-gnu"),
    ("linux/amd64", "musl", "x86_64-unknown-linux-musl"),
    ("linux/arm64", "gnu", "aarch64-unknown-linux-gnu"),
    ("linux/arm64", "musl", "aarch64-unknown-linux-musl"),
    ("linux/arm", "gnu", "armv7-unknown-linux-gnueabihf"),
    ("linux/riscv64", "gnu", "riscv64gc-unknown-linux-gnu"),
];
const WINDOWS: Port = ("windows/amd64", "own", "x86_64-pc-windows-gnu");
const DARWIN: &[Port] =
    &[("darwin/amd64", "own", "x86_64-apple-darwin"), ("darwin/arm64", "own", "aarch64-apple-darwin")];

/// What `tests/go/number` and `tests/go/thrown` print.
const NUMBER: &str = "caught 6 traced 2 sum 499500 wide 7";
const THROWN: &str = "caught 3 said thrown 7";

/// A package in a folder of its own, with libraries beside it.
struct Package {
    folder: tempfile::TempDir,
    zig: PathBuf,
    go: PathBuf,
}

impl Package {
    /// A copy of a module of `tests/go`, whose cgo line names its folder and `words`.
    fn new(module: &str, words: &str) -> Option<Package> {
        let package =
            Package { folder: support::folder(), zig: support::zig(support::ZIG)?, go: support::go(GO)? };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go").join(module);
        for file in ["go.mod", "main.go"] {
            fs::copy(from.join(file), package.path(file)).unwrap();
        }
        package.flags(words);
        Some(package)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn flags(&self, words: &str) {
        let text = format!("package main\n\n// #cgo LDFLAGS: -L${{SRCDIR}} {words}\nimport \"C\"\n");
        fs::write(self.path("flags.go"), text).unwrap();
    }

    fn user(&self, program: impl AsRef<std::ffi::OsStr>, (port, libc): (&str, &str)) -> Command {
        let mut command = support::user(program, &self.zig, port, libc);
        command.current_dir(self.folder.path());
        command
    }

    /// `go build`, with more words before the package.
    fn build(&self, (port, libc): (&str, &str), words: &[&str]) -> PathBuf {
        let program = self.path("program.exe");
        let mut command = self.user(&self.go, (port, libc));
        let output = command.arg("build").args(words).arg("-o").arg(&program).arg(".").output().unwrap();
        assert!(output.status.success(), "{port} {libc}: {}", support::text(&output));
        program
    }

    /// Builds and runs; what the program prints.
    fn run(&self, port: (&str, &str)) -> Output {
        support::run(port.0, port.1, &self.build(port, &[])).env("RUST_BACKTRACE", "full").output().unwrap()
    }

    /// Compiles `tests/cxx/thrown.cc` as its author would who has cgozig too, and archives it.
    fn add_cxx(&self, (port, libc): (&str, &str)) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cxx/thrown.cc");
        let mut compile = self.user(support::bin().join("cgozig-c++"), (port, libc));
        let output = compile.args(["-O2", "-c", "-o", "thrown.o"]).arg(source).output().unwrap();
        assert!(output.status.success(), "{port} {libc}: {}", support::text(&output));
        let mut archive = self.user(&self.zig, (port, libc));
        let output = archive.args(["ar", "crs", "libthrown.a", "thrown.o"]).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
    }
}

/// `tests/rust/panics.rs` for a target. zig's linker writes no table of symbols into programs for Windows, so that a backtrace
/// has its names from debug information there.
fn panics(target: &str, words: &[&str]) -> Option<Library> {
    let debug: &[&str] = if target.contains("windows") { &["-C", "debuginfo=1"] } else { &[] };
    rust::library("panics.rs", target, &[words, debug].concat())
}

/// The whole output of Rust: its numbers, and the trace of the panic that it caught.
fn assert_number(output: &Output, what: &str) {
    let said = support::text(output);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), NUMBER, "{what}: {said}");
    assert!(output.status.success(), "{what}: {said}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("panicked at") && said.contains("no entry found for key"), "{what}: {said}");
    assert!(said.contains("stack backtrace:"), "{what}: {said}");
    // The panic's depth is 3, here and in a thread.
    let frames = said.lines().filter(|line| line.ends_with(" number_fails")).count();
    assert_eq!(frames, 8, "{what}: {said}");
}

fn assert_rust_runs(ports: &[Port]) {
    for (port, libc, target) in ports {
        let Some(package) = Package::new("number", "-lnumber") else { return };
        let Some(library) = panics(target, &[]) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        assert_number(&package.run((port, libc)), target);
    }
}

#[test]
fn rust_panics_and_traces_on_linux_without_a_word_by_hand() {
    assert_rust_runs(LINUX);
}

#[test]
fn rust_panics_and_traces_on_windows_without_a_word_by_hand() {
    assert_rust_runs(&[WINDOWS]);
}

#[test]
fn rust_links_on_macos_without_a_word_by_hand() {
    for (port, libc, target) in DARWIN {
        let Some(package) = Package::new("number", "-lnumber") else { return };
        let Some(library) = panics(target, &[]) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        // What its maker says, and what authors add to it.
        for words in ["", &library.system, "-lSystem -lc -lm -liconv -lresolv -framework CoreFoundation"] {
            package.flags(&format!("-lnumber {words}"));
            let program = package.build((port, libc), &[]);
            let checked = macho::check(&program, macho::Kind::Program, &package.zig, &package.go);
            checked.unwrap_or_else(|why| panic!("{port} with `{words}`: {why}"));
        }
    }
}

/// What cgo lines of such libraries name, from several versions of rustc and from hand.
#[test]
fn words_for_the_compiler_s_own_libraries_are_met_everywhere() {
    let linux = "-lgcc_s -lgcc_eh -lgcc -latomic -lutil -lrt -lpthread -lm -ldl -lc -lunwind";
    let windows = "-lkernel32 -lntdll -luserenv -lws2_32 -ldbghelp -lbcrypt -ladvapi32 -lgcc_eh -lgcc \
        -lole32 -lpthread -lmsvcrt -lmingwex -lmingw32";
    for ((port, libc, target), words) in
        [(LINUX[0], linux), (LINUX[3], linux), (LINUX[4], linux), (WINDOWS, windows)]
    {
        let Some(library) = panics(target, &[]) else { return };
        let line = format!("-lnumber {} {words}", library.system);
        let Some(package) = Package::new("number", &line) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        assert_number(&package.run((port, libc)), target);
    }
}

/// Link-time optimization in Rust makes one object of the library and all that it uses.
#[test]
fn rust_of_one_object_links_too() {
    for (port, libc, target) in [LINUX[0], LINUX[2]] {
        let Some(package) = Package::new("number", "-lnumber") else { return };
        let Some(library) = panics(target, &["-C", "lto=fat"]) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        assert_number(&package.run((port, libc)), target);
    }
}

/// The recipe of AWS's `ClockBound` for Go, which has `-lunwind` by hand elsewhere.
#[test]
fn a_static_program_with_rust_needs_no_unwinder_by_hand() {
    for (port, _, target) in LINUX.iter().filter(|(_, libc, _)| *libc == "musl") {
        let Some(package) = Package::new("number", "-lnumber") else { return };
        let Some(library) = panics(target, &[]) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        let program = package.path("program.exe");
        let mut command = package.user(&package.go, (port, "own"));
        command.env("CC", "cgozig-musl").args(["build", "-o"]).arg(&program);
        let output = command.args(["-ldflags", "-linkmode=external -extldflags=-static", "."]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{port}: {}", support::text(&output));
        assert_eq!(support::text(&output), "", "{port}: a build that succeeds says nothing");
        let bytes = fs::read(&program).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        assert!(file.section_by_name(".interp").is_none(), "{port}: it has an interpreter");
        let ran = support::run(port, "musl", &program).env("RUST_BACKTRACE", "full").output().unwrap();
        assert_number(&ran, port);
    }
}

#[test]
fn exceptions_of_a_library_are_caught_in_a_program_of_c() {
    for port in [("linux/amd64", "gnu"), ("linux/arm64", "musl"), ("windows/amd64", "own")] {
        let Some(package) = Package::new("thrown", "-lthrown") else { return };
        package.add_cxx(port);
        assert_eq!(support::text(&package.run(port)).trim(), THROWN, "{port:?}");
    }
}

#[test]
fn rust_and_cxx_in_one_program_share_an_unwinder() {
    for (port, libc, target) in [LINUX[0], LINUX[3], WINDOWS] {
        let Some(package) = Package::new("number", "-lnumber") else { return };
        let Some(library) = panics(target, &[]) else { return };
        fs::write(package.path("libnumber.a"), library.bytes).unwrap();
        package.add_cxx((port, libc));
        let thrown = "package main\n\n// #cgo LDFLAGS: -lthrown\n// int thrown_caught(int depth);\n\
            import \"C\"\n\nfunc init() {\n\tif C.thrown_caught(5) != 5 {\n\t\tpanic(\"not caught\")\n\t}\n}\n";
        fs::write(package.path("thrown.go"), thrown).unwrap();
        assert_number(&package.run((port, libc)), target);
        // A program for Windows has no table of symbols, and its linker takes no name twice.
        if libc == "own" {
            continue;
        }
        let bytes = fs::read(package.path("program.exe")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let name = |symbol: &object::Symbol| symbol.name() == Ok("_Unwind_RaiseException");
        let unwinders = file.symbols().filter(name).filter(|symbol| !symbol.is_undefined()).count();
        assert_eq!(unwinders, 1, "{port} {libc}");
        assert!(file.dynamic_symbols().all(|symbol| symbol.name() != Ok("_Unwind_RaiseException")), "{port}");
    }
}
