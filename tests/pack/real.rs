//! With the real zig: the same pack twice, and a first link that builds no libc.

use super::*;
use support::release::rounds;

/// The pack that others link with.
const PACK: &str = "pack.tar.zst";

/// A program that says `ran`, in each language.
const C: (&str, &str) = ("x.c", "#include <stdio.h>\nint main(void) { return puts(\"ran\") < 0; }\n");
const CXX: (&str, &str) = (
    "x.cc",
    "#include <iostream>\n#include <stdexcept>\nint main() {\n  try { throw std::runtime_error(\"ran\"); } \
     catch (const std::exception &error) { std::cout << error.what() << std::endl; }\n}\n",
);

/// Stores of the test with the real zig, and a program that is built where Go builds it.
struct Real {
    folder: tempfile::TempDir,
    zig: PathBuf,
    target: &'static str,
    program: PathBuf,
}

impl Real {
    fn new(target: &'static str, exe: &str, (name, source): (&str, &str)) -> Option<Real> {
        let zig = support::zig(ZIG)?;
        let folder = support::folder();
        let program = folder.path().join("b001/exe").join(exe);
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), source).unwrap();
        Some(Real { folder, zig, target, program })
    }

    fn succeeds(&self, driver: &Path, store: &str, words: &[&str]) {
        let object = self.path("b001/x.o");
        let words = words.iter().map(|word| match *word {
            "OBJECT" => object.as_os_str(),
            "PROGRAM" => self.program.as_os_str(),
            word => word.as_ref(),
        });
        let mut command = support::clean(driver);
        command.env("CGOZIG_CACHE_DIR", self.path(store)).env("CGOZIG_ZIG", &self.zig);
        let output = command.current_dir(self.folder.path()).args(words).output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", support::text(&output));
    }

    /// Makes a pack in a store of its own: a file, or one in a folder.
    fn makes(&self, pack: &str, more: &[&str]) -> Vec<u8> {
        let words = [&["pack", "make", self.target, "-o", pack], more].concat();
        self.succeeds(&support::cgozig(), &format!("store-of-{pack}"), &words);
        let made = self.path(pack);
        let inside = || fs::read_dir(&made).unwrap().next().unwrap().unwrap().path();
        fs::read(if made.is_dir() { inside() } else { made.clone() }).unwrap()
    }

    /// Takes a pack, compiles and links with Go's words: zig builds nothing, and the program runs.
    fn links(&self, pack: &str, driver: &Path, source: &str, words: &[&str], (port, libc): (&str, &str)) {
        self.succeeds(&support::cgozig(), "store", &["pack", "use", pack]);
        let target = ["-target", self.target];
        let compile = [&target, &["-O2", "-g", "-c", source, "-o", "OBJECT"][..]].concat();
        self.succeeds(driver, "store", &compile);
        self.succeeds(driver, "store", &[&target, words].concat());
        assert_eq!(self.built("store"), [""; 0], "zig has built something");
        let output = support::run(port, libc, &self.program).output().unwrap();
        assert!(support::text(&output).contains("ran"), "{}", support::text(&output));
    }

    /// What zig has built in a store: the files of its global cache.
    fn built(&self, store: &str) -> Vec<String> {
        let all = archives::snapshot(&self.path(store));
        let paths = all.into_iter().map(|(path, _)| path);
        paths.filter(|path| path.contains("/global/") && !path.ends_with("/tmp")).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Makes a pack, the same in a store of its own where `twice`, and links with it in another store.
fn first_link_without_libc(target: &'static str, exe: &str, words: &[&str], runs: (&str, &str), twice: bool) {
    let Some(real) = Real::new(target, exe, C) else { return };
    let pack = real.makes(PACK, &[]);
    assert!(pack.len() < LARGEST_C, "{target}: {} bytes", pack.len());
    if twice {
        assert!(pack == real.makes("the-other", &[]), "two packs of {target} differ");
    }
    real.links(PACK, &support::cgozig(), C.0, words, runs);
}

/// As cmd/link has it on ELF.
const ELF: &[&str] = &[
    "-Wl,--build-id=0x97f6d9a61d0a32644a2e35b179c1489bb0f71514",
    "-o",
    "PROGRAM",
    "-rdynamic",
    "-Qunused-arguments",
    "-Wl,--compress-debug-sections=zlib",
    "OBJECT",
    "-O2",
    "-g",
    "-lm",
    "-lpthread",
    "-O2",
    "-g",
    "-lpthread",
    "-no-pie",
];

#[test]
fn a_first_link_for_glibc_builds_no_libc() {
    first_link_without_libc("linux/arm64", "a.out", ELF, ("linux/arm64", "gnu"), true);
}

#[test]
fn a_first_link_for_musl_builds_no_libc() {
    // Once more, zig compiles all of musl.
    let twice = rounds(0, 1) == 1;
    first_link_without_libc("aarch64-linux-musl", "a.out", ELF, ("linux/arm64", "musl"), twice);
}

#[test]
fn a_first_link_for_windows_builds_no_libc() {
    let words: Vec<&str> = "-m64 -mconsole -Wl,--tsaware -Wl,--nxcompat -Wl,--major-os-version=10 -Wl,--minor-os-version=0 \
        -Wl,--major-subsystem-version=10 -Wl,--minor-subsystem-version=0 -Wl,--dynamicbase -Wl,--high-entropy-va -o PROGRAM \
        -Qunused-arguments -Wl,--no-insert-timestamp -Wl,--compress-debug-sections=zlib OBJECT -O2 -g -lm -lpthread -O2 -g \
        -Wl,--start-group -lmingwex -lmingw32 -Wl,--end-group -lkernel32"
        .split_whitespace()
        .collect();
    // Once more, zig compiles all of mingw. It notes the random names of its temporary objects as debug information.
    let twice = rounds(0, 1) == 1;
    first_link_without_libc("windows/amd64", "a.out.exe", &words, ("windows/amd64", "own"), twice);
}

/// Bytes of a pack for C.
const LARGEST_C: usize = 1_500_000;

/// Bytes of a pack with C++.
const LARGEST_CXX: usize = 5_000_000;

#[test]
fn a_first_link_of_cxx_builds_no_library() {
    let Some(real) = Real::new("linux/arm64", "a.out", CXX) else { return };
    let size = real.makes(PACK, &["--c++"]).len();
    assert!(size < LARGEST_CXX, "{size}");
    real.links(PACK, &support::bin().join("cgozig-c++"), CXX.0, ELF, ("linux/arm64", "gnu"));
}
