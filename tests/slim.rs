//! The SLIM Go bindings as they are published: a module with a cgo line, and libraries that are to be fetched by hand. Here
//! plain `go build` fetches them.

#[path = "support/archives.rs"]
mod archives;
mod support;

use cgozig::native::artifact::Pin;
use cgozig::native::known::Known;
use cgozig::native::lock::{Lock, Locked};
use cgozig::native::variant::Variant;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};
use support::rust::library;
use support::server::Server;

const MODULE: &str = "github.com/agntcy/slim-bindings-go";
const VERSION: &str = "v1.4.0";

/// The cgo lines of that version, word for word.
const CGO: &str = "\
#cgo CFLAGS: -I${SRCDIR}
#cgo linux,amd64 LDFLAGS: -L${SRCDIR} -L${SRCDIR}/../../../../../.cgo-cache/slim-bindings/v1.4.0 -lslim_bindings_x86_64_linux_gnu -lm
#cgo linux,arm64 LDFLAGS: -L${SRCDIR} -L${SRCDIR}/../../../../../.cgo-cache/slim-bindings/v1.4.0 -lslim_bindings_aarch64_linux_gnu -lm
#cgo darwin,amd64 LDFLAGS: -L${SRCDIR} -L${SRCDIR}/../../../../../.cgo-cache/slim-bindings/v1.4.0 -lslim_bindings_x86_64_darwin -Wl,-undefined,dynamic_lookup
#cgo darwin,arm64 LDFLAGS: -L${SRCDIR} -L${SRCDIR}/../../../../../.cgo-cache/slim-bindings/v1.4.0 -lslim_bindings_aarch64_darwin -Wl,-undefined,dynamic_lookup
#cgo windows,amd64 LDFLAGS: -L${SRCDIR} -L${SRCDIR}/../../../../../.cgo-cache/slim-bindings/v1.4.0 -lslim_bindings_x86_64_windows_gnu -lws2_32 -lbcrypt -ladvapi32 -luserenv -lntdll -lgcc_eh -lgcc -lkernel32 -lole32
";

/// GOOS/GOARCH, libc, the release's target, the file in its archive.
const TARGETS: &[(&str, &str, &str, &str)] = &[
    ("linux/amd64", "gnu", "x86_64-unknown-linux-gnu", "libslim_bindings_x86_64_linux_gnu.a"),
    ("linux/arm64", "gnu", "aarch64-unknown-linux-gnu", "libslim_bindings_aarch64_linux_gnu.a"),
    ("linux/amd64", "musl", "x86_64-unknown-linux-musl", "libslim_bindings_x86_64_linux_musl.a"),
    ("linux/arm64", "musl", "aarch64-unknown-linux-musl", "libslim_bindings_aarch64_linux_musl.a"),
    ("windows/amd64", "-", "x86_64-pc-windows-gnu", "libslim_bindings_x86_64_pc_windows_gnu.a"),
];

/// The same for the ports whose programs do not run here.
const LINKED: &[(&str, &str, &str)] = &[
    ("darwin/amd64", "x86_64-apple-darwin", "libslim_bindings_x86_64_apple_darwin.a"),
    ("darwin/arm64", "aarch64-apple-darwin", "libslim_bindings_aarch64_apple_darwin.a"),
];

/// Zips by their targets.
type Zips = Arc<BTreeMap<&'static str, Vec<u8>>>;

/// The release's.
static ZIPS: LazyLock<Option<Zips>> = LazyLock::new(|| {
    let all = TARGETS.iter().map(|(_, _, target, file)| (target, file));
    let mut zips = BTreeMap::new();
    for (target, file) in all.chain(LINKED.iter().map(|(_, target, file)| (target, file))) {
        let bytes = library("number.rs", target, &[])?.bytes;
        zips.insert(*target, archives::deflated(&[(file, &bytes), ("LICENSE", b"Apache-2.0\n")]));
    }
    Some(Arc::new(zips))
});

/// A user's machine: a GOPATH with nothing in it, a proxy that has the module, a mirror that has the release, an empty store.
struct Machine {
    folder: tempfile::TempDir,
    mirror: Server,
    zig: PathBuf,
    go: PathBuf,
}

impl Machine {
    fn new(go: &str) -> Option<Machine> {
        let zips = ZIPS.clone()?;
        let mirror = Server::start(move |request, connection| {
            let name = request.path.rsplit("/slim-bindings-").next().unwrap_or_default();
            match zips.get(name.trim_end_matches(".zip")) {
                Some(bytes)
                    if request.path.contains("/agntcy/slim/releases/download/slim-bindings-v1.4.0/") =>
                {
                    connection.answer(200, &[], bytes);
                }
                _ => connection.answer(404, &[], b""),
            }
        });
        let machine = Machine {
            folder: support::folder(),
            mirror,
            zig: support::zig(support::ZIG)?,
            go: support::go(go)?,
        };
        support::store_without_libraries(&machine.path("store"));
        machine.publish();
        let app = machine.path("app");
        fs::create_dir(&app).unwrap();
        fs::write(
            app.join("go.mod"),
            format!("module example.test/app\n\ngo 1.24\n\nrequire {MODULE} {VERSION}\n"),
        )
        .unwrap();
        let main = format!(
            "package main\n\nimport (\n\t\"fmt\"\n\n\tslim \"{MODULE}\"\n)\n\nfunc main() {{\n\tfmt.Println(slim.Sum(1000), slim.Catches())\n}}\n"
        );
        fs::write(app.join("main.go"), main).unwrap();
        Some(machine)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The module on a proxy of files.
    fn publish(&self) {
        let versions = self.path("proxy").join(MODULE).join("@v");
        fs::create_dir_all(&versions).unwrap();
        let module = format!("module {MODULE}\n\ngo 1.22\n");
        let header = "unsigned long long slim_sum(unsigned count);\nint slim_catches(void);\n";
        let package = format!(
            "package slim_bindings\n\n/*\n{CGO}#include <slim_bindings.h>\n*/\nimport \"C\"\n\n\
             func Sum(count uint32) uint64 {{ return uint64(C.slim_sum(C.uint(count))) }}\n\n\
             func Catches() bool {{ return C.slim_catches() == 1 }}\n"
        );
        let below = |name: &str| format!("{MODULE}@{VERSION}/{name}");
        let zip = archives::deflated(&[
            (&below("go.mod"), module.as_bytes()),
            (&below("slim_bindings.go"), package.as_bytes()),
            (&below("slim_bindings.h"), header.as_bytes()),
        ]);
        fs::write(versions.join(format!("{VERSION}.zip")), zip).unwrap();
        fs::write(versions.join(format!("{VERSION}.mod")), module).unwrap();
        fs::write(versions.join(format!("{VERSION}.info")), format!("{{\"Version\":\"{VERSION}\"}}"))
            .unwrap();
        fs::write(versions.join("list"), format!("{VERSION}\n")).unwrap();
    }

    fn user(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = support::clean(program);
        let path = std::env::var("PATH").unwrap();
        let go = self.go.parent().unwrap().display().to_string();
        command.env("PATH", format!("{}:{go}:{path}", support::bin().display())).env("CGOZIG_ZIG", &self.zig);
        command
            .env("GOPATH", self.path("gopath"))
            .env("GOPROXY", format!("file://{}", self.path("proxy").display()));
        command.env("GOFLAGS", "-mod=mod -modcacherw").env("GONOSUMDB", "*").env("GOSUMDB", "off");
        command.env("GOTOOLCHAIN", "local").env("GOCACHE", support::tools().join("go-cache"));
        command.env("CC", "cgozig").env("CXX", "cgozig-c++").env("CGO_ENABLED", "1");
        command.env("CGOZIG_CACHE_DIR", self.path("store"));
        command.env("CGOZIG_MIRROR", self.mirror.url("")).current_dir(self.path("app"));
        command
    }

    /// Plain `go build` for a target.
    fn build(&self, target: &str, libc: &str) -> Output {
        let (os, arch) = target.split_once('/').unwrap();
        let mut command = self.user("go");
        command.env("GOOS", os).env("GOARCH", arch);
        if libc != "-" {
            command.env("CGOZIG_LIBC", libc);
        }
        command.args(["build", "-o", "app.exe", "."]).output().unwrap()
    }

    /// What the program prints.
    fn run(&self, target: &str, libc: &str) -> String {
        let mut command = support::clean(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run"));
        let output = command.args([target, libc]).arg(self.path("app/app.exe")).output().unwrap();
        support::text(&output).trim().to_string()
    }

    /// The lock that `cgozig lock` would write.
    fn lock(&self) {
        let manifest = Known::at(&format!("{MODULE}@{VERSION}")).unwrap().0.manifest(VERSION).unwrap();
        let mut lock = Lock::default();
        let others = LINKED.iter().map(|(port, target, _)| ((*port).to_string(), *target));
        let all = TARGETS.iter().map(|(port, libc, target, ..)| (format!("{port}/{libc}"), *target));
        for (name, target) in all.chain(others) {
            let bytes = &ZIPS.as_ref().unwrap()[target];
            let name = name.trim_end_matches("/-");
            let variant = Variant::parse(name).unwrap();
            let artifact = manifest.libraries[0].artifact(variant).unwrap();
            let Pin { sha256, size } = pin(bytes);
            let (library, version, url) = (artifact.library, artifact.version, artifact.url);
            lock.put(Locked { library, version, variant, url, sha256, size, trust: "first use".into() });
        }
        fs::write(self.path("app/cgozig.lock"), lock.render()).unwrap();
    }
}

fn pin(bytes: &[u8]) -> Pin {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Pin { sha256, size: bytes.len() as u64 }
}

#[test]
fn a_declared_library_is_fetched_on_the_first_link() {
    let Some(machine) = Machine::new("1.27.3") else { return };
    let unpinned = machine.build("linux/amd64", "gnu");
    let said = support::text(&unpinned);
    assert!(!unpinned.status.success() && said.contains("its hash is not known"), "{said}");
    assert!(said.contains("`cgozig lock`"), "{said}");
    assert_eq!(machine.mirror.paths(), Vec::<String>::new(), "nothing unpinned is asked for");

    machine.lock();
    for (at, (target, libc, name, ..)) in TARGETS.iter().enumerate() {
        let built = machine.build(target, libc);
        assert!(built.status.success(), "{target} {libc}: {}", support::text(&built));
        assert_eq!(support::text(&built), "", "{target} {libc}: a build that succeeds says nothing");
        assert_eq!(machine.run(target, libc), "499500 true", "{target} {libc}");
        let asked = machine.mirror.paths();
        assert_eq!(asked.len(), at + 1, "one archive for one target: {asked:?}");
        assert!(asked[at].ends_with(&format!("slim-bindings-{name}.zip")), "{asked:?}");
    }
    assert!(!machine.path("gopath/.cgo-cache").exists(), "nothing is put into GOPATH unasked");
}

#[test]
fn a_library_in_gopath_is_used_as_it_is_and_one_for_another_libc_gives_way() {
    let Some(machine) = Machine::new("1.24.11") else { return };
    machine.lock();
    let place = machine.path("gopath/.cgo-cache/slim-bindings").join(VERSION);
    fs::create_dir_all(&place).unwrap();
    let own = library("number.rs", "x86_64-unknown-linux-gnu", &[]).unwrap().bytes;
    fs::write(place.join("libslim_bindings_x86_64_linux_gnu.a"), own).unwrap();
    let built = machine.build("linux/amd64", "gnu");
    assert!(built.status.success(), "{}", support::text(&built));
    assert_eq!(machine.run("linux/amd64", "gnu"), "499500 true");
    assert_eq!(machine.mirror.paths(), Vec::<String>::new(), "it was there");

    let built = machine.build("linux/amd64", "musl");
    assert!(built.status.success(), "{}", support::text(&built));
    assert_eq!(machine.run("linux/amd64", "musl"), "499500 true");
    assert!(machine.mirror.paths()[0].ends_with("unknown-linux-musl.zip"));
}

#[test]
fn names_that_differ_from_their_files_are_found_on_macos() {
    let Some(machine) = Machine::new("1.27.3") else { return };
    machine.lock();
    for (target, ..) in LINKED {
        let built = machine.build(target, "-");
        assert!(built.status.success(), "{target}: {}", support::text(&built));
    }
    assert_eq!(machine.mirror.paths().len(), 2);
}

#[test]
fn another_hash_in_the_lock_is_refused_with_both() {
    let Some(machine) = Machine::new("1.27.3") else { return };
    machine.lock();
    let mut built = machine.build("linux/amd64", "gnu");
    assert!(built.status.success(), "{}", support::text(&built));
    // The same lock, a release that was taken away.
    let lock = fs::read_to_string(machine.path("app/cgozig.lock")).unwrap();
    fs::remove_dir_all(machine.path("store/libs-v1")).unwrap();
    let sha256 = pin(&ZIPS.as_ref().unwrap()["x86_64-unknown-linux-gnu"]).sha256;
    fs::write(machine.path("app/cgozig.lock"), lock.replace(&sha256, &"0".repeat(64))).unwrap();
    built = machine.build("linux/amd64", "gnu");
    let said = support::text(&built);
    assert!(!built.status.success() && said.contains(&sha256) && said.contains(&"0".repeat(64)), "{said}");
    assert!(said.contains("cgozig: could not fetch slim-bindings v1.4.0 (linux/amd64/gnu)"), "{said}");
    assert!(
        !machine.path("store/libs-v1").exists()
            || fs::read_dir(machine.path("store/libs-v1")).unwrap().count() == 0
    );
}
