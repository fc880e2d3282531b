//! A machine with no zig: the wheel serves it, and any number of builds at once, with packs and without.

mod support;

use cgozig::digest::sha256_of;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::campaign::{self, Campaign};
use support::release::rounds;
use support::server::Server;

const GO: &str = "1.27.3";

/// A port and a libc.
type Target = (&'static str, &'static str);

/// Ports and libcs, those that zig is quick for first.
const TARGETS: &[Target] = &[
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
fn build(store: &Path, out: &Path, (port, libc): Target) -> Option<Command> {
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
    fs::write(&config, "[zig]\nsource = \"wheel\"\n").unwrap();
    let output = command.env("CGOZIG_CONFIG", &config).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(store.join("zig-v1/0.15.2/zig").is_file());
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run");
    let ran = support::clean(run).args(["linux/arm64", "gnu"]).arg(&out).output().unwrap();
    assert!(support::text(&ran).contains("hello from linux/arm64"), "{}", support::text(&ran));
}

/// Rounds of builds of different targets at once, each with an empty store; in `make soak` 100 of 32.
fn rounds_with_a_cold_store(
    (name, targets): (&str, &dyn Fn(usize) -> Vec<Target>),
    prepare: &dyn Fn(&mut Command),
    look: &dyn Fn(&Path, &Target),
) {
    let Some(zig) = support::zig(support::ZIG) else { return };
    let campaign = Campaign::open(name);
    for (nth, round) in (0..rounds(1, 100)).map(|nth| (nth, format!("round {nth}"))) {
        if campaign.said(&round).is_some() {
            continue;
        }
        let (folder, targets) = (support::folder(), targets(nth));
        let store = folder.path().join("store");
        let start = |(nth, target): (usize, &Target)| -> Child {
            let out = folder.path().join(format!("program{nth}"));
            let mut command = build(&store, &out, *target).unwrap();
            command.env("CGOZIG_ZIG", &zig).env("CGOZIG_LOG_FILE", out.with_extension("log"));
            prepare(&mut command);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<Child> = targets.iter().enumerate().map(start).collect();
        for (nth, (child, target)) in children.into_iter().zip(&targets).enumerate() {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{round}, {target:?}: {}", support::text(&output));
            look(&folder.path().join(format!("program{nth}")), target);
        }
        campaign.passed(&round, &format!("{} builds", targets.len()));
        eprintln!("{name}, {round}: {} builds", targets.len());
    }
}

/// Four builds of each of a few targets, others in each round; in every twentieth round one of each of all.
fn several_of_a_few(round: usize) -> Vec<Target> {
    if round % 20 == 19 {
        return TARGETS.to_vec();
    }
    let few = rounds(3, 8);
    (0..4 * few).map(|nth| TARGETS[(round * 7 + nth % few * 5) % TARGETS.len()]).collect()
}

#[test]
fn builds_at_once_with_a_cold_store_all_succeed() {
    rounds_with_a_cold_store(("cold-rounds", &several_of_a_few), &|_| {}, &says_hello);
}

/// The program runs, where one of its kind is run.
fn says_hello(program: &Path, (port, libc): &Target) {
    assert!(program.is_file());
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/run");
    if matches!(*port, "linux/amd64" | "linux/arm64" | "linux/s390x") {
        let ran =
            support::clean(run).args([port, libc.split('.').next().unwrap()]).arg(program).output().unwrap();
        assert!(support::text(&ran).contains(&format!("hello from {port}")), "{}", support::text(&ran));
    }
}

#[test]
fn builds_at_once_with_packs_link_without_zig_cc() {
    let targets = &TARGETS[..rounds(2, 32)];
    let own = support::folder();
    let packs = campaign::folder().unwrap_or_else(|| own.path().into()).join("packs");
    if make_packs(targets, &packs).is_none() {
        return;
    }
    let text = fs::read(packs.join("index.toml")).unwrap();
    let pin = sha256_of(&text);
    let server = Server::start(move |request, connection| {
        match fs::read(packs.join(request.path.trim_start_matches('/'))) {
            Ok(contents) => connection.answer(200, &[], &contents),
            Err(_) => connection.answer(404, &[], b""),
        }
    });
    let index = format!("{}#sha256={pin}", server.url("/index.toml"));
    let prepare = |command: &mut Command| {
        command.env("CGOZIG_PACK_INDEX", &index).env("CGOZIG_LOG", "debug");
    };
    let look = |program: &Path, target: &Target| {
        says_hello(program, target);
        links_are_direct(program, target);
    };
    rounds_with_a_cold_store(("pack-rounds", &|_| targets.to_vec()), &prepare, &look);
}

/// cgo's link and the program's, by zig's linker itself, and no link by `zig cc`.
fn links_are_direct(program: &Path, (port, libc): &Target) {
    let log = fs::read_to_string(program.with_extension("log")).unwrap();
    let links = |word: &str| {
        let is_link = |line: &&str| line.contains("/_cgo_.o") || line.contains("/exe/a.out");
        log.lines().filter(is_link).filter(|line| line.contains(word)).count()
    };
    let asked = links("cgozig::compiler] given ");
    // Trial links that a rule makes fail, so that Go links by us what it could link itself.
    let refused = log.lines().filter(|line| line.ends_with("cgozig::compiler] answer Fails")).count();
    let (all, direct) = (links("cgozig::hand_over] zig "), links("cgozig::linking] direct "));
    assert!(
        has_no_linker(port) || (asked >= 2 && all > 0 && all >= asked - refused && direct == all),
        "{port} {libc}: {direct} of {all} links, {asked} asked, {refused} refused\n{log}"
    );
}

/// Mach-O is linked by zig itself.
fn has_no_linker(port: &str) -> bool {
    port.starts_with("darwin")
}

/// Makes the packs of targets and their index, in a folder that a campaign keeps.
fn make_packs(targets: &[Target], folder: &Path) -> Option<()> {
    let (zig, store) = (support::zig(support::ZIG)?, support::folder());
    if folder.join("index.toml").is_file() {
        return Some(());
    }
    fs::create_dir_all(folder).unwrap();
    let run = |libc: &str, words: &[&OsStr]| {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_ZIG", &zig).env("CGOZIG_CACHE_DIR", store.path()).env("CGOZIG_LIBC", libc);
        let output = command.current_dir(folder).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?} {libc}: {}", support::text(&output));
        output.stdout
    };
    for (port, libc) in targets.iter().filter(|(port, _)| !has_no_linker(port)) {
        run(libc, &["pack".as_ref(), "make".as_ref(), port.as_ref()]);
    }
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let packs = names.iter().map(OsString::as_os_str);
    let index = run("", &["pack".as_ref(), "index".as_ref()].into_iter().chain(packs).collect::<Vec<_>>());
    fs::write(folder.join("index.toml"), index).unwrap();
    Some(())
}
