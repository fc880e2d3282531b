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
        example.release();
        Some(example)
    }

    /// Makes the archives.
    fn release(&self) {
        let output = self.user("make").arg("release").current_dir(self.path("greeting")).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
    }

    /// Makes the archives with a mark in their header.
    fn release_with(&self, mark: &str) {
        let header = format!("#define MARK \"{mark}\"\nchar *greeting(const char *name);\n");
        fs::write(self.path("greeting/c/greeting.h"), header).unwrap();
        self.release();
    }

    /// What the program prints, and the packages that were compiled for it.
    fn builds_and_says(&self) -> (String, String) {
        let built = self.build("linux/amd64", "gnu");
        assert!(built.status.success(), "{}", support::text(&built));
        let output = Command::new(self.path("hello/hello.exe")).arg("Go").output().unwrap();
        (support::text(&output).trim().to_string(), support::text(&built))
    }

    /// cgozig in the user's module.
    fn cgozig(&self, words: &[&str]) {
        let output = self.user("cgozig").args(words).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
    }

    /// Types the command that a hint names.
    fn follow(&self, said: &str, command: &str) {
        assert!(said.contains(&format!("hint: `{command}`")), "{said}");
        self.cgozig(&command.split(' ').skip(1).collect::<Vec<_>>());
    }

    /// The header for linux/amd64/gnu in the store.
    fn header(&self) -> PathBuf {
        let lock = fs::read_to_string(self.path("hello/cgozig.lock")).unwrap();
        let own = lock.split("[[archive]]").find(|archive| archive.contains("\"linux/amd64/gnu\"")).unwrap();
        let sha256 = own.split("sha256 = \"").nth(1).unwrap().split('"').next().unwrap();
        self.path("store/libs-v1").join(sha256).join("include/greeting.h")
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
        command.args(["build", "-v", "-o", "hello.exe", "."]).output().unwrap()
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

/// The example with the header in the archives only.
fn with_header_in_the_archive() -> Option<Example> {
    let example = Example::new()?;
    let edit = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(example.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(example.path(name), text.replace(from, to)).unwrap();
    };
    let include = "archive = \"tar.gz\"\ninclude = [\"include\"]\n";
    edit("greeting/cgozig.toml", "archive = \"tar.gz\"\n", include);
    edit("greeting/greeting.go", "#cgo CFLAGS: -I${SRCDIR}/c\n", "");
    Some(example)
}

/// What a build says that lacks the headers.
const HEADERS: &str = "could not give the compiler the headers of greeting 1.0.0";

#[test]
fn headers_are_those_of_the_target_s_own_archive_as_it_was_unpacked() {
    let Some(example) = with_header_in_the_archive() else { return };
    let unlocked = support::text(&example.build("linux/amd64", "gnu"));
    assert!(unlocked.contains(HEADERS) && unlocked.contains("`cgozig lock`"), "{unlocked}");
    example.cgozig(&["lock"]);
    let good = |target: &str, libc: &str| {
        let built = example.build(target, libc);
        assert!(built.status.success(), "{target} {libc}: {}", support::text(&built));
    };
    good("linux/amd64", "gnu");

    // The headers of another variant lie in the store, and are not taken.
    let said = support::text(&example.build("linux/arm64", "musl"));
    assert!(said.contains(&format!("{HEADERS} (linux/arm64/musl): they are not in the store")), "{said}");
    example.follow(&said, "cgozig fetch linux/arm64/musl");
    good("linux/arm64", "musl");

    // Headers that somebody has changed are not taken either.
    let header = example.header();
    for change in
        [&|| fs::write(&header, "char *greeting(int);\n").unwrap(), &|| fs::remove_file(&header).unwrap()]
            as [&dyn Fn(); 2]
    {
        change();
        let go = example.path("greeting/greeting.go");
        fs::write(&go, fs::read_to_string(&go).unwrap() + "\n// Compile it again.\n").unwrap();
        let said = support::text(&example.build("linux/amd64", "gnu"));
        assert!(said.contains(&format!("{HEADERS} (linux/amd64/gnu): `")), "{said}");
        assert!(said.contains("` has changed since they were unpacked"), "{said}");
        example.follow(&said, "cgozig fetch linux/amd64/gnu");
        good("linux/amd64", "gnu");
    }

    // Nobody publishes it for this.
    let said = support::text(&example.build("freebsd/amd64", "-"));
    assert!(
        said.contains(&format!("{HEADERS} (freebsd/amd64): there is none for freebsd/amd64, only for ")),
        "{said}"
    );
}

#[test]
fn a_changed_header_is_compiled_in_after_the_lock_was_updated() {
    let Some(example) = with_header_in_the_archive() else { return };
    let go = example.path("greeting/greeting.go");
    let text = fs::read_to_string(&go).unwrap();
    fs::write(&go, text.replace("C.GoString(text)", "C.GoString(text) + C.MARK")).unwrap();
    let (release, says) = (|mark: &str| example.release_with(mark), || example.builds_and_says());
    release("?");
    example.cgozig(&["lock"]);
    assert_eq!(says().0, "Hello, Go!?");
    assert_eq!(says().1, "", "the second build does nothing");
    release("#");
    assert_eq!(says().1, "", "what is locked is what is built");
    example.cgozig(&["lock", "--update"]);
    let (said, compiled) = says();
    assert_eq!(said, "Hello, Go!#");
    assert!(compiled.contains("example.com/greeting"), "{compiled}");
    assert_eq!(says().1, "");
}

/// A module that has headers in an archive and nothing to link, and a program that prints a mark of them.
fn module_of_headers(example: &Example) {
    let write = |name: &str, text: &str| fs::write(example.path(name), text).unwrap();
    fs::create_dir(example.path("marks")).unwrap();
    write("marks/go.mod", "module example.com/marks\n\ngo 1.24\n");
    write(
        "marks/marks.go",
        "package marks\n\n// #include <greeting.h>\nimport \"C\"\n\nconst Mark = C.MARK\n",
    );
    let needs = "require example.com/marks v0.0.0\n\nreplace example.com/marks => ../marks\n";
    write("hello/go.mod", &format!("module example.com/hello\n\ngo 1.24\n\n{needs}"));
    let main = "package main\n\nimport \"example.com/marks\"\n\nfunc main() { print(marks.Mark) }\n";
    write("hello/main.go", main);
}

#[test]
fn headers_without_a_library_are_compiled_in_when_their_manifest_changes() {
    let Some(example) = Example::new() else { return };
    module_of_headers(&example);
    let archive = example.path("greeting/dist/greeting-1.0.0-linux-amd64-gnu.tar.gz");
    let release = |mark: &str| {
        example.release_with(mark);
        let sha256 = cgozig::digest::sha256(&mut fs::File::open(&archive).unwrap()).unwrap();
        let size = fs::metadata(&archive).unwrap().len();
        let manifest = format!(
            "[[library]]\nname = \"marks\"\nversion = \"1\"\nurl = \"https://github.com/x/y/greeting-1.0.0-linux-amd64-gnu.tar.gz\"\n\
             archive = \"tar.gz\"\ninclude = [\"include\"]\n\n[library.variants.\"linux/amd64/gnu\"]\nsha256 = \"{sha256}\"\nsize = {size}\n"
        );
        fs::write(example.path("marks/cgozig.toml"), manifest).unwrap();
        example.cgozig(&["fetch", "linux/amd64/gnu"]);
    };
    let says = || example.builds_and_says();
    release("?");
    assert_eq!(says().0, "?");
    assert_eq!(says().1, "", "the second build does nothing");
    release("#");
    assert_eq!(says().0, "#");
    assert_eq!(says().1, "");
}
