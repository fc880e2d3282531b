//! What the tests share: the tools that `tests/tools/install` brings, sandboxes, commands.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod bench;
pub mod campaign;
pub mod crowd;
pub mod links;
pub mod macho;
pub mod native;
pub mod objects;
pub mod ports;
pub mod release;
pub mod rust;
pub mod server;
pub mod traced;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// The supported zigs.
pub const ZIGS: &[&str] = &["0.14.1", "0.15.2", "0.16.0", "0.17.0"];

/// The oldest, the one that most tests use, and the newest: for tests that have each zig build libcs, which takes a minute for
/// some. All of them with the whole matrix.
pub fn some_zigs() -> impl Iterator<Item = &'static str> {
    ZIGS.iter().copied().filter(|zig| is_whole() || *zig != "0.16.0")
}

/// Whether the whole matrix is asked for.
pub fn is_whole() -> bool {
    std::env::var_os("CGOZIG_MATRIX").is_some()
}

/// The zig that most tests use.
pub const ZIG: &str = "0.15.2";

/// The folder with the tools, where `tests/tools/install` puts them.
pub fn tools() -> PathBuf {
    if let Some(folder) = std::env::var_os("CGOZIG_TEST_TOOLS") {
        return folder.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache");
    cache.unwrap_or_else(home).join("cgozig-tests")
}

/// `path` when it is there; else a loud skip, or a failure when everything is required.
pub fn need(what: &str, path: PathBuf) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{what} is not at {}; run `make tools`", path.display()));
    None
}

/// Says that something is not tested here; a failure when everything is required.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CGOZIG_TEST_REQUIRE").is_none(), "required, but {why}");
    eprintln!("skipped: {why}");
}

/// A zig of that version.
pub fn zig(version: &str) -> Option<PathBuf> {
    need("zig", tools().join(format!("zig-{version}/ziglang/zig")))
}

/// A Go: a version of the tools, or `local` for the one on PATH.
pub fn go(version: &str) -> Option<PathBuf> {
    if version == "local" {
        return Some("go".into());
    }
    need("Go", tools().join(format!("go-{version}/go/bin/go")))
}

/// The cgozig under test.
pub fn cgozig() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_cgozig"))
}

/// A folder with cgozig under all its names, made once for this build.
pub fn bin() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bin");
    fs::create_dir_all(&folder).unwrap();
    for name in std::iter::once("cgozig").chain(cgozig::persona::LINKS.iter().copied()) {
        let link = folder.join(name);
        if fs::read_link(&link).ok() != Some(cgozig()) {
            let _ = fs::remove_file(&link);
            let _ = std::os::unix::fs::symlink(cgozig(), &link);
        }
    }
    folder
}

/// The store that the tests share, so that zig builds each libc once.
pub fn store() -> PathBuf {
    tools().join("store")
}

/// Makes a store without libraries at `place`, with what zig has built for the other tests.
pub fn store_without_libraries(place: &Path) {
    fs::create_dir(place).unwrap();
    fs::create_dir_all(store().join("target-v1")).unwrap();
    std::os::unix::fs::symlink(store().join("target-v1"), place.join("target-v1")).unwrap();
}

/// zig's cache for tests that call zig itself.
pub fn zig_cache() -> PathBuf {
    store().join("zig-cache-v1")
}

/// A command of ours with a clean environment: PATH, HOME and nothing of Go's or ours but the store.
pub fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let ours = ["CGOZIG_", "GO", "CGO_", "CC", "CXX", "SDKROOT", "MACOSX_"];
        if ours.iter().any(|start| name.starts_with(start)) && !name.starts_with("CGOZIG_TEST") {
            command.env_remove(name);
        }
    }
    command
        .env("CGOZIG_CACHE_DIR", store())
        .env("CGOZIG_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/empty.toml"));
    command
}

/// cgozig as a compiler with a zig, for a target.
pub fn compiler(zig: &Path, target: &str) -> Command {
    let mut command = clean(cgozig());
    command.env("CGOZIG_ZIG", zig).env("CGOZIG_TARGET", target);
    command
}

/// A program that answers as a zig of some version, and otherwise does what `body` says.
pub fn fake_zig(folder: &Path, version: &str, body: &str) -> PathBuf {
    let zig = folder.join("zig");
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = env ]; then echo '{{ \"version\": \"{version}\", \"zig_exe\": \"{}\" }}'; exit; fi\n{body}\n",
        zig.display()
    );
    fs::write(&zig, text).unwrap();
    fs::set_permissions(&zig, fs::Permissions::from_mode(0o755)).unwrap();
    zig
}

/// A command in the environment of a user of cgozig who builds for a port, with the shared Go cache; `libc` is
/// `own` where the system has one only.
pub fn user(program: impl AsRef<OsStr>, zig: &Path, port: &str, libc: &str) -> Command {
    let mut command = clean(program);
    let (os, arch) = port.split_once('/').expect("GOOS/GOARCH");
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", bin().display())).env("CGOZIG_ZIG", zig);
    command.env("GOOS", os).env("GOARCH", arch).env("CGO_ENABLED", "1").env("GOTOOLCHAIN", "local");
    command.env("CC", "cgozig").env("CXX", "cgozig-c++").env("GOFLAGS", "-trimpath");
    command.env("GOCACHE", tools().join("go-cache"));
    if libc != "own" {
        command.env("CGOZIG_LIBC", libc);
    }
    command
}

/// Has a command do every call by both routes, and the results compared in `log` (`tests/tools/referee`).
pub fn referee(command: &mut Command, log: &Path) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("referee");
    fs::create_dir_all(&folder).unwrap();
    let referee = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/referee");
    for name in ["cgozig", "cgozig-c++"] {
        let _ = std::os::unix::fs::symlink(&referee, folder.join(name));
    }
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{}:{path}", folder.display(), bin().display()));
    command.env("CGOZIG_TEST_REAL", bin()).env("CGOZIG_TEST_REFEREE", log);
    command.env("CGOZIG_TEST_NONCE", nonce());
}

/// What makes Go's cache one of its own for as long as a test program runs: Go keeps even a trial link that failed as an
/// answer, which must not serve the next time.
fn nonce() -> &'static str {
    static NONCE: LazyLock<String> = LazyLock::new(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_nanos().to_string()
    });
    &NONCE
}

/// What the referee wrote: how many calls gave the same, how many programs are alike, and every other line.
pub fn judged(log: &Path) -> (usize, usize, Vec<String>) {
    let text = fs::read_to_string(log).unwrap_or_default();
    let count = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    let is_other = |line: &&str| !line.starts_with("same ") && !line.starts_with("alike ");
    (count("same "), count("alike "), text.lines().filter(is_other).map(str::to_string).collect())
}

/// Runs a program that was built for a port, where this machine can.
pub fn run(port: &str, libc: &str, program: &Path) -> Command {
    let mut command = clean(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run"));
    command.args([port, if libc == "own" { "-" } else { libc }]).arg(program);
    command
}

/// The words that run what follows them as root of its own mounts, after `script`.
pub fn mounted(script: &str) -> [&str; 8] {
    ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh"]
}

/// The script that takes the right to write into a folder from everybody, and then does what follows.
pub fn read_only(folder: &Path) -> String {
    format!(
        "mount --bind '{0}' '{0}'; mount -o remount,bind,ro '{0}'; if touch '{0}/x' 2>/dev/null; then exit 99; fi; exec \"$@\"",
        folder.display()
    )
}

/// Standard output and error as one text, without what wine says of a thread that is in it while another ends the process.
pub fn text(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    let is_wines = |line: &&str| line.starts_with("wine client error:") && line.contains(": sendmsg: ");
    let errors = errors.split_inclusive('\n').filter(|line| !is_wines(line));
    String::from_utf8_lossy(&output.stdout).chars().chain(errors.flat_map(str::chars)).collect()
}

/// Whether strace is there to inject faults and to count.
pub fn has_strace() -> bool {
    let found = Command::new("strace").arg("-V").output().is_ok();
    if !found {
        skip("strace is not installed");
    }
    found
}

/// A folder that goes away.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}
