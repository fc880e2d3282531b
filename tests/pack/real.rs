//! With the real zig: the same pack twice, and a first link that builds no libc.

use super::*;

/// A store of its own with the real zig.
struct Real {
    folder: tempfile::TempDir,
    zig: PathBuf,
}

impl Real {
    fn new() -> Option<Real> {
        let zig = support::zig(ZIG)?;
        let folder = support::folder();
        fs::create_dir_all(folder.path().join("b001/exe")).unwrap();
        fs::write(
            folder.path().join("x.c"),
            "#include <stdio.h>\nint main(void) { return puts(\"ran\") < 0; }\n",
        )
        .unwrap();
        Some(Real { folder, zig })
    }

    fn succeeds(&self, store: &str, words: &[&str]) -> String {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_CACHE_DIR", self.folder.path().join(store)).env("CGOZIG_ZIG", &self.zig);
        let output = command.current_dir(self.folder.path()).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
        support::text(&output)
    }

    /// What zig has built in a store: the files of its global cache.
    fn built(&self, store: &str) -> Vec<String> {
        let all = archives::snapshot(&self.folder.path().join(store));
        let paths = all.into_iter().map(|(path, _)| path);
        paths.filter(|path| path.contains("/global/") && !path.ends_with("/tmp")).collect()
    }
}

/// Makes a pack in two stores, takes it in a third, compiles and links there with Go's words.
fn first_link_without_libc(target: &str, exe: &str, words: &[&str]) -> Option<PathBuf> {
    let real = Real::new()?;
    for folder in ["one", "the-other"] {
        fs::create_dir(real.folder.path().join(folder)).unwrap();
        real.succeeds(&format!("store-{folder}"), &["pack", "make", target, "-o", folder]);
    }
    let packs = ["one", "the-other"].map(|folder| {
        let entry = fs::read_dir(real.folder.path().join(folder)).unwrap().next().unwrap().unwrap();
        fs::read(entry.path()).unwrap()
    });
    // zig 0.15.2 notes the random names of its temporary objects in what it builds for Windows.
    let is_same = packs[0] == packs[1];
    assert!(is_same || target.starts_with("windows"), "two packs of {target} differ");
    fs::write(real.folder.path().join("pack"), &packs[0]).unwrap();
    real.succeeds("store", &["pack", "use", "pack"]);
    real.succeeds("store", &["-target", target, "-O2", "-g", "-c", "x.c", "-o", "b001/x.o"]);
    let folder = real.folder.path().display();
    let (object, program) = (format!("{folder}/b001/x.o"), format!("{folder}/b001/exe/{exe}"));
    let mut line = vec!["-target", target];
    line.extend(words.iter().map(|word| match *word {
        "OBJECT" => object.as_str(),
        "PROGRAM" => program.as_str(),
        word => word,
    }));
    real.succeeds("store", &line);
    assert_eq!(real.built("store"), [""; 0], "zig has built something");
    let kept =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pack-{}-{exe}", target.replace('/', "-")));
    fs::copy(program, &kept).unwrap();
    Some(kept)
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
    let Some(program) = first_link_without_libc("linux/arm64", "a.out", ELF) else { return };
    let output = support::run("linux/arm64", "gnu", &program).output().unwrap();
    assert!(support::text(&output).contains("ran"), "{}", support::text(&output));
}

#[test]
fn a_first_link_for_musl_builds_no_libc() {
    let Some(program) = first_link_without_libc("aarch64-linux-musl", "a.out", ELF) else { return };
    let output = support::run("linux/arm64", "musl", &program).output().unwrap();
    assert!(support::text(&output).contains("ran"), "{}", support::text(&output));
}

#[test]
fn a_first_link_for_windows_builds_no_libc() {
    let words: Vec<&str> = "-m64 -mconsole -Wl,--tsaware -Wl,--nxcompat -Wl,--major-os-version=10 -Wl,--minor-os-version=0 \
        -Wl,--major-subsystem-version=10 -Wl,--minor-subsystem-version=0 -Wl,--dynamicbase -Wl,--high-entropy-va -o PROGRAM \
        -Qunused-arguments -Wl,--no-insert-timestamp -Wl,--compress-debug-sections=zlib OBJECT -O2 -g -lm -lpthread -O2 -g \
        -Wl,--start-group -lmingwex -lmingw32 -Wl,--end-group -lkernel32"
        .split_whitespace()
        .collect();
    let Some(program) = first_link_without_libc("windows/amd64", "a.out.exe", &words) else { return };
    let output = support::run("windows/amd64", "own", &program).output().unwrap();
    assert!(support::text(&output).contains("ran"), "{}", support::text(&output));
}

/// Bytes of a pack with C++.
const LARGEST_CXX: u64 = 5_000_000;

#[test]
fn a_first_link_of_cxx_builds_no_library() {
    const SOURCE: &str = "#include <iostream>\n#include <stdexcept>\nint main() {\n  try { throw std::runtime_error(\"ran\"); } \
        catch (const std::exception &error) { std::cout << error.what() << std::endl; }\n}\n";
    let Some(real) = Real::new() else { return };
    fs::write(real.folder.path().join("x.cc"), SOURCE).unwrap();
    real.succeeds("made", &["pack", "make", "--c++", "linux/arm64", "-o", "pack"]);
    let size = fs::metadata(real.folder.path().join("pack")).unwrap().len();
    assert!(size < LARGEST_CXX, "{size}");
    real.succeeds("store", &["pack", "use", "pack"]);
    let folder = real.folder.path();
    let (object, program) = (folder.join("b001/x.o"), folder.join("b001/exe/a.out"));
    let call = |words: &[&str]| {
        let mut command = support::clean(support::bin().join("cgozig-c++"));
        command
            .env("CGOZIG_CACHE_DIR", folder.join("store"))
            .env("CGOZIG_ZIG", &real.zig)
            .current_dir(folder);
        command.args(["-target", "linux/arm64"]).args(words.iter().map(|word| match *word {
            "OBJECT" => object.as_os_str(),
            "PROGRAM" => program.as_os_str(),
            word => word.as_ref(),
        }));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
    };
    call(&["-O2", "-g", "-c", "x.cc", "-o", "OBJECT"]);
    call(ELF);
    assert_eq!(real.built("store"), [""; 0], "zig has built something");
    let output = support::run("linux/arm64", "gnu", &program).output().unwrap();
    assert!(support::text(&output).contains("ran"), "{}", support::text(&output));
}
