//! `examples/native-library` as its README tells it: the author's release, the user's lock, plain `go build`.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::server::Server;

/// A copy of the example with its archives on a mirror, and a store without libraries.
struct Example {
    folder: tempfile::TempDir,
    mirror: Server,
    zig: PathBuf,
    go: PathBuf,
}

impl Example {
    fn new() -> Option<Example> {
        let folder = support::folder();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/native-library");
        copy(&from, folder.path());
        let dist = folder.path().join("greeting/dist");
        let mirror = Server::start(move |request, connection| {
            let name = request.path.rsplit('/').next().unwrap_or_default();
            match fs::read(dist.join(name)) {
                Ok(bytes) => connection.answer(200, &[], &bytes),
                Err(_) => connection.answer(404, &[], b""),
            }
        });
        let (zig, go) = (support::zig(support::ZIG)?, support::go("1.27.3")?);
        let example = Example { folder, mirror, zig, go };
        support::store_without_libraries(&example.path("store"));
        let output =
            example.user("make").arg("release").current_dir(example.path("greeting")).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
        Some(example)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn user(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = support::clean(program);
        let path = std::env::var("PATH").unwrap();
        let go = self.go.parent().unwrap().display().to_string();
        command.env("PATH", format!("{}:{go}:{path}", support::bin().display())).env("CGOZIG_ZIG", &self.zig);
        command.env("GOTOOLCHAIN", "local").env("GOCACHE", support::tools().join("go-cache"));
        command.env("CC", "cgozig").env("CXX", "cgozig-c++").env("CGO_ENABLED", "1");
        command.env("CGOZIG_CACHE_DIR", self.path("store")).env("CGOZIG_MIRROR", self.mirror.url(""));
        command.current_dir(self.path("hello"));
        command
    }

    /// How often an archive was asked for.
    fn archives(&self) -> usize {
        self.mirror.paths().iter().filter(|path| path.ends_with(".tar.gz")).count()
    }

    fn build(&self, target: &str, libc: &str) -> Output {
        let (os, arch) = target.split_once('/').unwrap();
        let mut command = self.user("go");
        command.env("GOOS", os).env("GOARCH", arch);
        if libc != "-" {
            command.env("CGOZIG_LIBC", libc);
        }
        command.args(["build", "-o", "hello.exe", "."]).output().unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            if entry.file_name() != "dist" {
                fs::create_dir(&target).unwrap();
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_example_builds_for_five_targets_after_one_lock() {
    let Some(example) = Example::new() else { return };
    let unlocked = support::text(&example.build("linux/amd64", "gnu"));
    assert!(unlocked.contains("its hash is not known") && unlocked.contains("`cgozig lock`"), "{unlocked}");

    let locked = example.user("cgozig").arg("lock").output().unwrap();
    assert!(locked.status.success(), "{}", support::text(&locked));
    assert_eq!(example.archives(), 7, "one archive for each variant");
    // What is locked for this machine is in the store; other targets' archives come with their first link.
    for (target, libc) in [
        ("linux/amd64", "gnu"),
        ("linux/amd64", "musl"),
        ("linux/arm64", "gnu"),
        ("linux/arm64", "musl"),
        ("windows/amd64", "-"),
    ] {
        let built = example.build(target, libc);
        assert!(built.status.success(), "{target} {libc}: {}", support::text(&built));
        let mut run = support::clean(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run"));
        let output =
            run.args([target, libc]).arg(example.path("hello/hello.exe")).arg("Go").output().unwrap();
        assert_eq!(support::text(&output).trim(), "Hello, Go!", "{target} {libc}");
    }
    assert_eq!(example.archives(), 7 + 4, "once more for each target but this machine's");

    // No Go file changes: the manifest alone says another version now.
    let manifest = example.path("greeting/cgozig.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    assert!(example.build("linux/amd64", "gnu").status.success());
    fs::write(&manifest, text.replace("1.0.0", "1.0.1")).unwrap();
    let said = support::text(&example.build("linux/amd64", "gnu"));
    assert!(said.contains("greeting 1.0.1") && said.contains("its hash is not known"), "{said}");
}

#[test]
fn headers_in_the_archive_are_found_once_it_is_there() {
    let Some(example) = Example::new() else { return };
    let manifest = fs::read_to_string(example.path("greeting/cgozig.toml")).unwrap();
    let with_include =
        manifest.replace("archive = \"tar.gz\"\n", "archive = \"tar.gz\"\ninclude = [\"include\"]\n");
    fs::write(example.path("greeting/cgozig.toml"), with_include).unwrap();
    fs::remove_dir_all(example.path("greeting/c")).unwrap();
    let unlocked = support::text(&example.build("linux/amd64", "gnu"));
    assert!(unlocked.contains("could not give the compiler the headers of greeting 1.0.0"), "{unlocked}");
    assert!(unlocked.contains("`cgozig lock`"), "{unlocked}");
    let locked = example.user("cgozig").arg("lock").output().unwrap();
    assert!(locked.status.success(), "{}", support::text(&locked));
    for (target, libc) in [("linux/amd64", "gnu"), ("linux/arm64", "musl")] {
        let built = example.build(target, libc);
        assert!(built.status.success(), "{target} {libc}: {}", support::text(&built));
    }
}
