//! Several commands at once that write into one file: what each of them wrote is there afterwards.

use crate::archives::{file, zip};
use crate::locking::{self, thing};
use crate::sandbox::{Sandbox, good};
use crate::support::native::library;
use crate::support::{self, server::Server};
use cgozig::native::manifest::Manifest;
use std::process::{Child, Stdio};
use std::sync::Barrier;

/// How many at once.
const MANY: usize = 8;

/// Answers every request with a library of its own, when all have asked: each has read the file then, and none has written it.
fn together() -> Server {
    let barrier = Barrier::new(MANY);
    Server::start(move |request, connection| {
        barrier.wait();
        let body = if request.path.ends_with(".zip") { thing(&request.path) } else { library(&request.path) };
        connection.answer(200, &[], &body);
    })
}

/// Runs one cgozig for each line of words, all at once.
fn at_once(sandbox: &Sandbox, lines: &[Vec<String>]) -> Vec<String> {
    let start = |words: &Vec<String>| {
        let mut command = sandbox.command(support::cgozig());
        // Each has to wait for the others, whatever else the machine does.
        command.env("CGOZIG_TIMEOUT", "60").args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let all: Vec<Child> = lines.iter().map(start).collect();
    all.into_iter().map(|child| good(&child.wait_with_output().unwrap())).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

#[test]
fn libraries_and_variants_that_are_added_at_once_are_all_there() {
    let (sandbox, server) = (Sandbox::new(), together());
    sandbox.write("app/cgozig.toml", "# ours\n");
    let variants = ["linux-amd64-gnu", "linux-amd64-musl", "darwin-arm64", "windows-amd64"];
    let urls = ["one", "two"].iter().flat_map(|name| {
        let server = &server;
        variants.iter().map(move |variant| server.url(&format!("/v1.0/{name}-{variant}.a")))
    });
    let lines: Vec<Vec<String>> = urls.map(|url| words(&["add", &url])).collect();
    assert_eq!(lines.len(), MANY);
    let said = at_once(&sandbox, &lines);
    assert!(said.iter().all(|said| said.starts_with("added ")), "{said:?}");
    let text = sandbox.read("app/cgozig.toml");
    let manifest = Manifest::parse(&text, "x").unwrap();
    let pinned = |library: &cgozig::native::manifest::Library| {
        library.variants.keys().filter(|variant| library.pin(**variant).is_some()).count()
    };
    let libraries: Vec<usize> = manifest.libraries.iter().map(pinned).collect();
    assert_eq!(libraries, [4, 4], "{text}");
    assert!(text.starts_with("# ours\n"), "{text}");
    assert_eq!(server.paths().len(), MANY);
    only_the_files_of_the_user(&sandbox, &["cgozig.toml", "go.mod"]);
}

#[test]
fn eight_libraries_that_are_added_at_once_are_all_there() {
    let (sandbox, server) = (Sandbox::new(), together());
    let names: Vec<String> = (0..MANY).map(|number| format!("own-{number}")).collect();
    let add = |name: &String| words(&["add", &server.url(&format!("/v1.0/{name}-linux-amd64-gnu.a"))]);
    at_once(&sandbox, &names.iter().map(add).collect::<Vec<_>>());
    let manifest = Manifest::parse(&sandbox.read("app/cgozig.toml"), "x").unwrap();
    let mut written: Vec<String> = manifest.libraries.iter().map(|library| library.name.clone()).collect();
    written.sort();
    assert_eq!(written, names);
    assert!(sandbox.good(&["lock"]).contains("nothing to lock"));
    only_the_files_of_the_user(&sandbox, &["cgozig.toml", "go.mod"]);
}

#[test]
fn targets_that_are_locked_at_once_are_all_there() {
    let (sandbox, server) = (Sandbox::new(), together());
    let variants = [
        "linux/amd64/gnu",
        "linux/amd64/musl",
        "linux/arm64/gnu",
        "linux/arm64/musl",
        "darwin/amd64",
        "darwin/arm64",
        "windows/amd64",
        "windows/arm64",
    ];
    let manifest = locking::manifest(&sandbox, &variants);
    sandbox.write("app/cgozig.toml", manifest.replace(&sandbox.server.url(""), &server.url("")));
    let said = at_once(&sandbox, &variants.map(|variant| words(&["lock", "--target", variant])));
    assert!(said.iter().all(|said| said.starts_with("locked thing 1.2 (")), "{said:?}");
    let text = sandbox.read("app/cgozig.lock");
    assert!(variants.iter().all(|variant| text.contains(&format!("variant = \"{variant}\""))), "{text}");
    assert_eq!(text.matches("[[archive]]").count(), MANY, "{text}");
    assert!(sandbox.good(&["verify"]).contains("8 have a hash"));
    assert_eq!(server.paths().len(), MANY);
    only_the_files_of_the_user(&sandbox, &["cgozig.lock", "cgozig.toml", "go.mod"]);
}

#[test]
fn two_that_lock_different_archives_for_the_same_are_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("app/cgozig.toml", locking::manifest(&sandbox, &["linux/amd64/gnu"]));
    let path = sandbox.path("app/cgozig.lock");
    // While the archive is on its way somebody else writes the lock.
    let line = "format = 1\n\n[[archive]]\nlibrary = \"thing\"\nversion = \"1.2\"\nvariant = \"linux/amd64/gnu\"\n\
                url = \"https://a.example/x.zip\"\nsize = 1\ntrust = \"first use\"\n";
    let theirs = format!("{line}sha256 = \"{}\"\n", "ab".repeat(32));
    let (to_write, file_of) = (theirs.clone(), path.clone());
    let server = Server::start(move |_, connection| {
        std::fs::write(&file_of, &to_write).unwrap();
        connection.answer(200, &[], &zip(&[file("lib/libthing.a", library("x"))]));
    });
    let manifest = sandbox.read("app/cgozig.toml").replace(&sandbox.server.url(""), &server.url(""));
    sandbox.write("app/cgozig.toml", manifest);
    let said = sandbox.bad(&["lock"]);
    assert!(said.contains("meanwhile it says something else of thing 1.2 (linux/amd64/gnu)"), "{said}");
    assert!(said.contains("hint: run it again"), "{said}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), theirs);
}

#[test]
fn hosts_that_are_trusted_at_once_are_all_there() {
    let sandbox = Sandbox::new();
    let hosts: Vec<String> = (0..MANY).map(|number| format!("files-{number}.example")).collect();
    for _ in 0..5 {
        sandbox.write("config.toml", "");
        at_once(&sandbox, &hosts.iter().map(|host| words(&["trust", host])).collect::<Vec<_>>());
        let config = sandbox.read("config.toml");
        assert!(hosts.iter().all(|host| config.contains(host)), "{config}");
    }
}

/// No lock and no unfinished file lies beside what was written.
fn only_the_files_of_the_user(sandbox: &Sandbox, expected: &[&str]) {
    let entries = std::fs::read_dir(sandbox.path("app")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, expected);
}
