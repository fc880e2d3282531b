//! A machine with no zig: the wheel serves it, and any number of builds at once.

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::release::rounds;

const GO: &str = "1.27.3";

/// Ports and libcs, those that zig is quick for first.
const TARGETS: &[(&str, &str)] = &[
    ("linux/amd64", "gnu"),
    ("linux/arm64", "gnu"),
    ("freebsd/amd64", ""),
    ("darwin/arm64", ""),
    ("netbsd/arm64", ""),
    ("linux/s390x", "gnu"),
    ("linux/arm", "gnu"),
    ("linux/386", "gnu"),
    ("linux/riscv64", "gnu"),
    ("linux/loong64", "gnu"),
    ("linux/mips", "gnu"),
    ("linux/mipsle", "gnu"),
    ("linux/mips64", "gnu"),
    ("linux/mips64le", "gnu"),
    ("linux/ppc64le", "gnu"),
    ("darwin/amd64", ""),
    ("freebsd/arm64", ""),
    ("freebsd/386", ""),
    ("netbsd/amd64", ""),
    ("netbsd/386", ""),
    ("linux/amd64", "gnu.2.17"),
    ("linux/arm64", "gnu.2.31"),
    ("linux/amd64", "musl"),
    ("linux/arm64", "musl"),
    ("linux/arm", "musl"),
    ("linux/riscv64", "musl"),
    ("linux/s390x", "musl"),
    ("linux/ppc64le", "musl"),
    ("linux/mipsle", "musl"),
    ("windows/amd64", ""),
    ("windows/arm64", ""),
    ("windows/386", ""),
];

/// PATH without a zig: cgozig, Go, and the system.
fn path() -> Option<String> {
    let go = support::go(GO)?;
    let python = which::which("python3").expect("python3 is on PATH");
    let folders =
        [support::bin().as_path(), go.parent().unwrap(), python.parent().unwrap()].map(Path::to_path_buf);
    Some(format!("{}:/usr/bin:/bin", folders.map(|folder| folder.display().to_string()).join(":")))
}

/// `go build` of the hello example; Go's own packages come from the shared cache.
fn build(store: &Path, out: &Path, (port, libc): (&str, &str)) -> Option<Command> {
    let (os, arch) = port.split_once('/').unwrap();
    let mut command = support::clean(support::go(GO)?);
    command.env("PATH", path()?).env("CGOZIG_CACHE_DIR", store).env("GOOS", os).env("GOARCH", arch);
    command.env("CGO_ENABLED", "1").env("CC", "cgozig").env("CXX", "cgozig-c++").env("GOTOOLCHAIN", "local");
    command.env("GOCACHE", support::tools().join("go-cache"));
    // Another flag for each build, so that Go's cache holds none of its C objects.
    let nonce = out.display().to_string().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    command.env("CGO_CFLAGS", format!("-O2 -g -DBUILD{nonce}"));
    if !libc.is_empty() {
        command.env("CGOZIG_LIBC", libc);
    }
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hello");
    command.args(["build", "-trimpath", "-o"]).arg(out).arg(".").current_dir(example);
    Some(command)
}

#[test]
fn a_machine_without_zig_builds_by_the_wheel() {
    let folder = support::folder();
    let (store, out) = (folder.path().join("store"), folder.path().join("hello"));
    let Some(mut command) = build(&store, &out, ("linux/arm64", "gnu")) else { return };
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "[zig]\nsource = \"wheel\"\n").unwrap();
    let output = command.env("CGOZIG_CONFIG", &config).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(store.join("zig-v1/0.15.2/zig").is_file());
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run");
    let ran = support::clean(run).args(["linux/arm64", "gnu"]).arg(&out).output().unwrap();
    assert!(support::text(&ran).contains("hello from linux/arm64"), "{}", support::text(&ran));
}

#[test]
fn builds_at_once_with_a_cold_store_all_succeed() {
    let Some(zig) = support::zig(support::ZIG) else { return };
    for round in 0..rounds(1, 100) {
        let folder = support::folder();
        let store = folder.path().join("store");
        let targets = &TARGETS[..rounds(6, 32)];
        let start = |(nth, target): (usize, &(&'static str, &'static str))| -> Child {
            let out = folder.path().join(format!("program{nth}"));
            let mut command = build(&store, &out, *target).unwrap();
            command.env("CGOZIG_ZIG", &zig).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<Child> = targets.iter().enumerate().map(start).collect();
        for (child, target) in children.into_iter().zip(targets) {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "round {round}, {target:?}: {}", support::text(&output));
        }
        eprintln!("round {round}: {} builds", targets.len());
    }
}
