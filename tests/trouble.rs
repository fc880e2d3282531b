//! Links that fail with real zig, and what is said below what zig prints: a cause, and what makes the link succeed.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// cgozig as a compiler for a target, in a folder.
fn compiler(folder: &Path, program: &str, target: &str) -> Option<Command> {
    let mut command = support::user(program, &support::zig(support::ZIG)?, target, "own");
    command.current_dir(folder);
    Some(command)
}

/// The last two lines, which are ours; what zig printed stands above.
fn ours(output: &Output) -> (String, String, String) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success() && !said.contains("panicked"), "{said}");
    let (above, own) =
        said.split_once("cgozig: could not ").unwrap_or_else(|| panic!("nothing is explained: {said}"));
    let (cause, hint) = own.split_once("\nhint: ").unwrap_or_else(|| panic!("no hint: {said}"));
    let hint = hint.trim_end();
    assert_eq!(hint.lines().count(), 1, "{said}");
    (above.to_string(), cause.to_string(), hint.to_string())
}

/// A name that only some library has, and what the line lacks.
const NAMES: &[(&str, &str, &str)] = &[
    ("linux/amd64", "_Unwind_Resume", "CGO_LDFLAGS=-lunwind"),
    ("linux/arm64", "deflateInit2_", "-lz"),
    ("linux/amd64", "sqlite3_open", "-lsqlite3"),
    ("linux/amd64", "EVP_DigestInit_ex", "-lssl and -lcrypto"),
    ("linux/amd64", "curl_easy_init", "-lcurl"),
    ("linux/amd64", "ZSTD_compress", "-lzstd"),
    ("linux/amd64", "LZ4_compress_default", "-llz4"),
    ("linux/amd64", "pcap_open_live", "-lpcap"),
    ("linux/amd64", "rd_kafka_new", "-lrdkafka"),
    ("linux/amd64", "GOMP_parallel", "without -fopenmp"),
    ("linux/amd64", "__asan_init", "without -fsanitize"),
    ("linux/amd64", "_gfortran_st_write", "-lgfortran"),
    ("linux/amd64", "__isoc23_strtol", "CGOZIG_LIBC=gnu.2.38"),
    ("linux/amd64", "__cxa_throw", "CXX=cgozig-c++"),
    ("windows/amd64", "WSAStartup", "CGO_LDFLAGS=-lws2_32"),
    ("windows/amd64", "BCryptOpenAlgorithmProvider", "CGO_LDFLAGS=-lbcrypt"),
    ("windows/amd64", "NCryptOpenStorageProvider", "CGO_LDFLAGS=-lncrypt"),
    ("windows/amd64", "CertOpenStore", "CGO_LDFLAGS=-lcrypt32"),
    ("windows/amd64", "CoInitializeEx", "CGO_LDFLAGS='-lole32 -loleaut32 -luuid'"),
    ("windows/amd64", "SysAllocString", "CGO_LDFLAGS=-loleaut32"),
    ("windows/amd64", "GetUserProfileDirectoryW", "CGO_LDFLAGS=-luserenv"),
    ("windows/amd64", "timeBeginPeriod", "CGO_LDFLAGS=-lwinmm"),
    ("windows/amd64", "PdhOpenQueryW", "CGO_LDFLAGS=-lpdh"),
    ("windows/amd64", "_vsnprintf_s", "x86_64-pc-windows-gnu"),
    ("windows/amd64", "GetAdaptersInfo", "CGO_LDFLAGS=-liphlpapi"),
    ("darwin/arm64", "CFRelease", "CGO_LDFLAGS='-framework CoreFoundation'"),
    ("darwin/amd64", "SecRandomCopyBytes", "CGO_LDFLAGS='-framework Security -framework CoreFoundation'"),
    ("darwin/arm64", "nobody_has_it", "name the library that has it"),
    ("linux/amd64", "nobody_has_it", "name the library that has it"),
    ("windows/386", "nobody_has_it", "name the library that has it"),
    ("freebsd/amd64", "nobody_has_it", "name the library that has it"),
];

#[test]
fn a_missing_name_is_told_with_what_brings_it() {
    let folder = support::folder();
    let wrong: Vec<String> = NAMES.iter().filter_map(|row| name(folder.path(), row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a row.
fn name(folder: &Path, (target, name, expected): &(&str, &str, &str)) -> Option<String> {
    let source = format!("void {name}(void); int main(void) {{ {name}(); return 0; }}\n");
    fs::write(folder.join("own.c"), source).unwrap();
    let link = |more: &[String]| {
        let mut command = compiler(folder, "cgozig", target)?;
        Some(command.args(["own.c", "-o", "out.exe"]).args(more).output().unwrap())
    };
    let output = link(&[])?;
    if output.status.success() {
        return Some(format!("{target} {name}: zig has it by itself"));
    }
    let (above, cause, hint) = ours(&output);
    if !above.contains("undefined symbol") || !cause.contains(name) || !hint.contains(expected) {
        return Some(format!("{target} {name}: {cause} / {hint}"));
    }
    // What is to be typed is typed.
    let words = hint.strip_prefix("CGO_LDFLAGS=")?;
    let words = words.strip_prefix('\'').map_or(words, |quoted| quoted.split('\'').next().unwrap());
    let words: Vec<String> = words.split(' ').map(String::from).collect();
    let again = link(&words)?;
    (!again.status.success()).then(|| format!("{target} {name} with {words:?}: {}", support::text(&again)))
}

#[test]
fn a_missing_library_is_told_with_where_it_was_looked_for() {
    let folder = support::folder();
    fs::write(folder.path().join("own.c"), "int main(void) { return 0; }\n").unwrap();
    for target in ["linux/amd64", "windows/amd64", "darwin/arm64"] {
        let Some(mut command) = compiler(folder.path(), "cgozig", target) else { return };
        let output =
            command.args(["own.c", "-L.", "-L/usr/lib", "-lnone", "-o", "out.exe"]).output().unwrap();
        let (above, cause, hint) = ours(&output);
        assert!(above.contains("unable to find"), "{above}");
        assert_eq!(
            cause,
            format!("link -lnone for {target}: none of the folders of -L has such a library: ., /usr/lib")
        );
        assert!(hint.contains("libnone.a for"), "{hint}");
    }
}

/// A Go module whose cgo package lacks `lost`, a zig and a Go.
fn lacking() -> Option<(tempfile::TempDir, PathBuf, PathBuf)> {
    let folder = support::folder();
    fs::write(folder.path().join("go.mod"), "module example.test/lacks\n\ngo 1.24\n").unwrap();
    let main = "package main\n\n// void lost(void);\nimport \"C\"\n\nfunc main() { C.lost() }\n";
    fs::write(folder.path().join("main.go"), main).unwrap();
    Some((folder, support::zig(support::ZIG)?, support::go("1.27.3")?))
}

#[test]
fn go_build_shows_it_and_the_last_failure_is_kept() {
    let Some((folder, zig, go)) = lacking() else { return };
    let store = folder.path().join("store");
    support::store_without_libraries(&store);
    let user = |program: &Path| {
        let mut command = support::user(program, &zig, "linux/arm64", "musl");
        command.env("CGOZIG_CACHE_DIR", &store).current_dir(folder.path());
        command
    };
    let none = user(&support::cgozig()).args(["explain", "--last"]).output().unwrap();
    assert!(support::text(&none).contains("nothing has failed since"), "{}", support::text(&none));
    let output = user(&go).args(["build", "-o", "out", "."]).output().unwrap();
    let (above, cause, hint) = ours(&output);
    assert!(above.contains("undefined symbol: lost"), "{above}");
    assert!(
        cause.contains("has `lost`, which the Go package needs") && hint.contains("#cgo LDFLAGS"),
        "{cause} {hint}"
    );
    let last = support::text(&user(&support::cgozig()).args(["explain", "--last"]).output().unwrap());
    for part in [
        "target   linux/arm64 (aarch64-linux-musl), zig 0.15.2",
        "given ",
        "rule ",
        "zig ",
        "why ",
        "hint ",
        "undefined symbol: lost",
    ] {
        assert!(last.contains(part), "{part}: {last}");
    }
}

/// Go asks by links that may fail; they are no failures to anybody.
#[test]
fn a_good_link_and_a_question_say_nothing() {
    let folder = support::folder();
    fs::write(folder.path().join("own.c"), "int main(void) { return 0; }\n").unwrap();
    fs::write(folder.path().join("trivial.c"), "void none(void); int main(void) { none(); }\n").unwrap();
    let Some(mut command) = compiler(folder.path(), "cgozig", "linux/amd64") else { return };
    let output = command.args(["own.c", "-o", "out"]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(&output));
    let output = compiler(folder.path(), "cgozig", "linux/amd64")
        .unwrap()
        .args(["trivial.c", "-o", "out"])
        .output()
        .unwrap();
    let said = support::text(&output);
    assert!(!output.status.success() && !said.contains("cgozig:"), "{said}");
}

/// What Go removes is there afterwards, and fails by itself as it did.
#[test]
fn a_failed_link_is_kept_and_can_be_done_again() {
    let Some((folder, zig, go)) = lacking() else { return };
    let kept = folder.path().join("kept");
    let build = |place: &Path| {
        let mut command = support::user(&go, &zig, "linux/arm64", "musl");
        command.args(["build", "-o", "out", "."]).env("CGOZIG_SAVE_DIR", place).current_dir(folder.path());
        support::text(&command.output().unwrap())
    };
    let said = build(&kept);
    assert!(said.contains("cgozig: the link is kept in ") && said.contains("\nhint: "), "{said}");
    let link = fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
    assert!(fs::read_to_string(link.join("last.txt")).unwrap().contains("undefined symbol: lost"));
    assert!(fs::read_dir(link.join("inputs")).unwrap().count() > 5);
    let again = support::clean("sh").arg(link.join("link.sh")).output().unwrap();
    let said = support::text(&again);
    assert!(!again.status.success() && said.contains("undefined symbol: lost"), "{said}");
    assert_eq!(said.matches("error:").count(), 1, "{said}");
    // With words that only lld takes, it is lld that says so.
    let _ = fs::remove_dir_all(&kept);
    let beside = folder.path().join("beside");
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("own.c"), "int lost(void); int main(void) { return lost(); }\n").unwrap();
    let mut command = compiler(&beside, "cgozig", "linux/amd64").unwrap();
    command.args(["own.c", "-Wl,--defsym=other=main", "-o", "out"]).env("CGOZIG_SAVE_DIR", &kept);
    assert!(support::text(&command.output().unwrap()).contains("undefined symbol: lost"));
    let link = fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
    let script = fs::read_to_string(link.join("link.sh")).unwrap();
    assert!(script.contains("--defsym=other=main"), "{script}");
    let said = support::text(&support::clean("sh").arg(link.join("link.sh")).output().unwrap());
    assert!(said.contains("undefined symbol: lost"), "{said}");
    // Where it cannot be kept that is said, and the failure stands as it is.
    let said = build(Path::new("kept"));
    assert!(said.contains("CGOZIG_SAVE_DIR is not an absolute path"), "{said}");
    assert!(said.contains("undefined symbol: lost") && said.contains("\nhint: "), "{said}");
}
