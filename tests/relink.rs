//! Never stale: plain `go build` links again when an archive, the lock or the libc has changed, and only then.

mod support;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest supported Go and the newest.
const GOS: &[&str] = &["1.24.11", "1.27.3"];

/// Runs a program where `/proc` shows the process itself and no other, as hosts without one do: zig needs the first, and nothing
/// here may need the second.
const ALONE: &str = r#"
mount --rbind /proc "$0" && mount -t tmpfs none /proc && ln -s "$0/self" /proc/self || exit 90
if [ -e "/proc/$$" ]; then exit 91; fi
exec "$@"
"#;

/// A Go module with an archive of its own below `lib`, as a Makefile would make it.
struct Project {
    folder: tempfile::TempDir,
    zig: PathBuf,
    go: PathBuf,
    /// Whether no process sees others.
    alone: bool,
}

impl Project {
    fn new(go: &str) -> Option<Project> {
        let (zig, go) = (support::zig(support::ZIG)?, support::go(go)?);
        let project = Project { folder: support::folder(), zig, go, alone: false };
        fs::create_dir(project.path("lib")).unwrap();
        fs::write(project.path("go.mod"), "module example.test/app\n\ngo 1.24\n").unwrap();
        fs::create_dir(project.path("number")).unwrap();
        let package = "package number\n\n// #cgo LDFLAGS: -L${SRCDIR}/../lib -lnumber\n// int number(void);\nimport \"C\"\n\n\
                       func Number() int { return int(C.number()) }\n";
        fs::write(project.path("number/number.go"), package).unwrap();
        let main = "package main\n\nimport \"example.test/app/number\"\n\nfunc main() { println(number.Number()) }\n";
        fs::write(project.path("main.go"), main).unwrap();
        project.archive(1);
        Some(project)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes `libnumber.a`, in which `number` returns that.
    fn archive(&self, number: u32) {
        let source = self.path("lib/number.c");
        fs::write(&source, format!("int number(void) {{ return {number}; }}\n")).unwrap();
        let object = self.path("lib/number.o");
        let mut compile = support::compiler(&self.zig, "linux/amd64");
        compile.arg("-c").arg("-o").arg(&object).arg(&source);
        let mut archive = support::clean(support::bin().join("cgozig-ar"));
        archive.env("CGOZIG_ZIG", &self.zig).arg("rcs").arg(self.path("lib/libnumber.a")).arg(&object);
        for mut command in [compile, archive] {
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", support::text(&output));
        }
    }

    fn go(&self, words: &[&str], libc: &str) -> Command {
        let mut command = if self.alone { self.alone() } else { support::clean(&self.go) };
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", support::bin().display())).env("CGOZIG_ZIG", &self.zig);
        command
            .env("GOOS", "linux")
            .env("GOARCH", "amd64")
            .env("CGO_ENABLED", "1")
            .env("GOTOOLCHAIN", "local");
        command.env("CC", "cgozig").env("CXX", "cgozig-c++").env("CGOZIG_LIBC", libc);
        command.env("GOCACHE", support::tools().join("go-cache"));
        command.args(words).current_dir(self.folder.path());
        command
    }

    /// `go` where no process sees others, as one job of a shell.
    fn alone(&self) -> Command {
        let mut command = support::clean("unshare");
        command.args(["-Urm", "sh", "-c", ALONE]).arg(self.path("proc")).arg(&self.go).process_group(0);
        command
    }

    /// `go build`, and the packages that it had to compile.
    fn build(&self, more: &[&str], libc: &str) -> String {
        let words: Vec<&str> = ["build", "-v"].iter().chain(more).copied().collect();
        let output = self.go(&words, libc).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
        support::text(&output)
    }

    /// Builds the program, and says what it prints.
    fn number(&self, libc: &str) -> String {
        self.build(&["-o", "program"], libc);
        self.prints()
    }

    /// Makes the program a shared library, with a program of its own that calls it.
    fn become_shared(&self) {
        let main = "package main\n\nimport \"C\"\nimport \"example.test/app/number\"\n\n//export Number\nfunc Number() int32 { return \
                    int32(number.Number()) }\n\nfunc main() {}\n";
        fs::write(self.path("main.go"), main).unwrap();
        let host =
            "#include <stdio.h>\nextern int Number(void);\nint main(void) { printf(\"%d\\n\", Number()); }\n";
        fs::write(self.path("lib/host.c"), host).unwrap();
    }

    /// Builds the shared library, and says what its program prints.
    fn shared_number(&self) -> String {
        self.build(&["-buildmode=c-shared", "-o", "lib/libgo.so"], "gnu");
        let mut link = support::compiler(&self.zig, "linux/amd64");
        link.arg("-o").arg(self.path("program")).arg(self.path("lib/host.c"));
        link.arg(format!("-L{}", self.path("lib").display())).arg("-lgo");
        link.arg(format!("-Wl,-rpath,{}", self.path("lib").display()));
        let output = link.output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
        self.prints()
    }

    fn prints(&self) -> String {
        support::text(&Command::new(self.path("program")).output().unwrap()).trim().to_string()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path("program")).unwrap()
    }
}

fn each_go(test: impl Fn(&Project)) {
    for go in GOS {
        let Some(project) = Project::new(go) else { continue };
        test(&project);
    }
}

/// With and without other processes in `/proc`.
fn each_go_and_host(test: impl Fn(&Project)) {
    each_go(&test);
    each_go_alone(test);
}

fn each_go_alone(test: impl Fn(&Project)) {
    for go in GOS {
        let Some(mut project) = Project::new(go) else { continue };
        project.alone = true;
        fs::create_dir(project.path("proc")).unwrap();
        let version = project.go(&["version"], "gnu").output();
        match version.map(|output| output.status.code()) {
            Ok(Some(0)) => test(&project),
            other => support::skip(&format!("/proc cannot be hidden here: {other:?}")),
        }
    }
}

#[test]
fn a_replaced_archive_is_linked_and_an_unchanged_one_costs_nothing() {
    each_go_and_host(|project| {
        assert_eq!(project.number("gnu"), "1");
        let first = project.bytes();
        assert_eq!(project.build(&["-o", "program"], "gnu"), "", "the second build does nothing");

        project.archive(2);
        assert_eq!(project.number("gnu"), "2", "the new archive is in the program");
        assert_eq!(project.build(&["-o", "program"], "gnu"), "", "and the next build does nothing");

        // The same bytes with another time: a Makefile that ran again.
        project.archive(2);
        assert_eq!(project.build(&["-o", "program"], "gnu"), "", "the same archive again");

        project.archive(1);
        assert_eq!(project.number("gnu"), "1");
        assert!(project.bytes() == first, "the history of builds does not show in the program");
    });
}

#[test]
fn a_shared_library_is_linked_again_too() {
    each_go_and_host(|project| {
        project.become_shared();
        assert_eq!(project.shared_number(), "1");
        project.archive(2);
        assert_eq!(project.shared_number(), "2");
    });
}

#[test]
fn an_archive_beside_a_shared_library_is_linked_again_where_it_is_the_one_that_is_taken() {
    for (words, libc) in [("-Wl,-Bstatic -lnumber -Wl,-Bdynamic", "gnu"), ("-static -lnumber", "musl")] {
        each_go(|project| {
            let go = project.path("number/number.go");
            fs::write(&go, fs::read_to_string(&go).unwrap().replace("-lnumber", words)).unwrap();
            let (source, shared) = (project.path("lib/number.c"), project.path("lib/libnumber.so"));
            let mut compile = support::compiler(&project.zig, "linux/amd64");
            compile.env("CGOZIG_LIBC", libc).args(["-shared", "-fPIC", "-o"]).arg(shared).arg(source);
            let output = compile.output().unwrap();
            assert!(output.status.success(), "{}", support::text(&output));

            assert_eq!(project.number(libc), "1");
            assert_eq!(project.build(&["-o", "program"], libc), "", "{words}");
            project.archive(2);
            assert_eq!(project.number(libc), "2", "{words}");
            assert_eq!(project.build(&["-o", "program"], libc), "", "{words}");
        });
    }
}

#[test]
fn an_archive_that_appears_in_front_of_another_is_linked() {
    each_go(|project| {
        let go = project.path("number/number.go");
        let text = fs::read_to_string(&go).unwrap();
        fs::write(&go, text.replace("-L${SRCDIR}/../lib", "-L${SRCDIR}/../own -L${SRCDIR}/../lib")).unwrap();
        assert_eq!(project.number("gnu"), "1");
        assert_eq!(project.build(&["-o", "program"], "gnu"), "");
        project.archive(3);
        fs::create_dir(project.path("own")).unwrap();
        fs::rename(project.path("lib/libnumber.a"), project.path("own/libnumber.a")).unwrap();
        project.archive(1);
        assert_eq!(project.number("gnu"), "3", "the folder in front counts");
        fs::remove_file(project.path("own/libnumber.a")).unwrap();
        assert_eq!(project.number("gnu"), "1");
    });
}

#[test]
fn what_ended_processes_have_left_is_removed_and_what_others_have_left_is_not_taken() {
    each_go_alone(|project| {
        let left = support::store().join("started-v1");
        fs::create_dir_all(&left).unwrap();
        let mut ended = Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        let of_ended = left.join(ended.id().to_string());
        // Another job, whose number may once have been that of a Go.
        let mut other = Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
        let of_other = left.join(other.id().to_string());
        let elsewhere = support::folder();
        fs::write(elsewhere.path().join("go.mod"), "module example.test/elsewhere\n").unwrap();
        for place in [&of_ended, &of_other] {
            fs::write(place, elsewhere.path().as_os_str().as_encoded_bytes()).unwrap();
        }
        project.become_shared();
        let numbers = [1, 2].map(|number| {
            project.archive(number);
            project.shared_number()
        });
        let are_there = (of_ended.exists(), of_other.exists());
        let _ = fs::remove_file(&of_other);
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!((numbers, are_there), (["1".into(), "2".into()], (false, true)));
    });
}

#[test]
fn a_changed_lock_builds_again() {
    each_go_and_host(|project| {
        assert_eq!(project.number("gnu"), "1");
        let lock = |sha256: char| {
            let sha256 = sha256.to_string().repeat(64);
            let text = format!(
                "format = 1\n\n[[archive]]\nlibrary = \"x\"\nversion = \"1\"\nvariant = \"linux/amd64/gnu\"\nurl = \
                 \"https://x.example/x\"\nsha256 = \"{sha256}\"\nsize = 1\ntrust = \"first use\"\n"
            );
            fs::write(project.path("cgozig.lock"), text).unwrap();
        };
        lock('a');
        assert!(project.build(&["-o", "program"], "gnu").contains("example.test/app/number"));
        assert_eq!(project.build(&["-o", "program"], "gnu"), "");
        lock('b');
        assert!(project.build(&["-o", "program"], "gnu").contains("example.test/app/number"));
    });
}

#[test]
fn a_changed_libc_links_again() {
    each_go(|project| {
        let is_static = || !project.bytes().windows(8).any(|window| window == b"ld-linux");
        assert_eq!((project.number("gnu").as_str(), is_static()), ("1", false));
        assert_eq!((project.number("musl").as_str(), is_static()), ("1", true));
        assert_eq!((project.number("gnu").as_str(), is_static()), ("1", false));
    });
}

#[test]
fn modules_of_one_folder_and_others_do_not_disturb_each_other() {
    let (Some(one), Some(two)) = (Project::new("1.27.3"), Project::new("1.27.3")) else { return };
    assert_eq!((one.number("gnu").as_str(), two.number("gnu").as_str()), ("1", "1"));
    one.archive(7);
    assert_eq!(two.build(&["-o", "program"], "gnu"), "", "another main module");
    assert_eq!(one.number("gnu"), "7");
    assert!(Path::new(&one.path("program")).exists());
}
