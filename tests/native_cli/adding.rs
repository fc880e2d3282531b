//! `cgozig add`.

use crate::archives::{Item, archive, file, zip};
use crate::locking::{GNU, MUSL, thing};
use crate::sandbox::Sandbox;
use crate::support::native::library;
use cgozig::native::manifest::Manifest;
use cgozig::unpack::Kind;

fn manifest(sandbox: &Sandbox) -> Manifest {
    Manifest::parse(&sandbox.read("app/cgozig.toml"), "cgozig.toml").unwrap()
}

#[test]
fn archives_become_a_manifest_that_needs_no_lock() {
    let sandbox = Sandbox::new();
    let urls: Vec<String> = [GNU, MUSL]
        .iter()
        .map(|path| {
            sandbox.serve(path, thing(path));
            sandbox.server.url(path)
        })
        .collect();
    let said = sandbox.good(&["add", &urls[0], &urls[1]]);
    assert!(said.contains("added thing 1.2 (linux/amd64/musl): -lthing, sha256 "), "{said}");
    let text = sandbox.read("app/cgozig.toml");
    assert!(text.contains("/v{version}/thing-{target}.zip"), "{text}");
    let library = &manifest(&sandbox).libraries[0];
    assert_eq!(library.variants.len(), 2);
    assert!(library.variants.iter().all(|(variant, _)| library.pin(*variant).is_some()));
    assert!(sandbox.good(&["lock"]).contains("nothing to lock"));
    sandbox.good(&["fetch", "--all-targets"]);
    assert!(sandbox.good(&["verify"]).contains("2 of them are in the store"));
}

#[test]
fn a_manifest_is_extended_and_a_new_version_takes_the_place_of_the_old() {
    let sandbox = Sandbox::new();
    [GNU, MUSL].iter().for_each(|path| sandbox.serve(path, thing(path)));
    sandbox.write("app/cgozig.toml", "# The libraries of app.\n\n");
    sandbox.good(&["add", &sandbox.server.url(GNU)]);
    let mut text = sandbox.read("app/cgozig.toml");
    text = text.replace("name = \"thing\"", "name = \"thing\" # by us");
    sandbox.write("app/cgozig.toml", &text);
    sandbox.good(&["add", &sandbox.server.url(MUSL)]);
    let text = sandbox.read("app/cgozig.toml");
    assert!(text.starts_with("# The libraries of app.") && text.contains("# by us"), "{text}");
    assert_eq!((text.matches("[[library]]").count(), text.matches("sha256").count()), (1, 2), "{text}");
    let newer = MUSL.replace("1.2", "1.3");
    sandbox.serve(&newer, thing("newer"));
    let said = sandbox.good(&["add", &sandbox.server.url(&newer)]);
    assert!(said.contains("removed linux/amd64/gnu"), "{said}");
    assert_eq!(manifest(&sandbox).libraries[0].variants.len(), 1);
    assert_eq!(manifest(&sandbox).libraries[0].version, "1.3");
    // Another library gets its own table.
    sandbox.serve("/2.0/libbare_linux_amd64_gnu.a", library("bare"));
    let said = sandbox.good(&["add", &sandbox.server.url("/2.0/libbare_linux_amd64_gnu.a")]);
    assert!(said.contains("added bare 2.0 (linux/amd64/gnu): -lbare"), "{said}");
    assert_eq!(manifest(&sandbox).libraries.len(), 2);
    sandbox.good(&["fetch"]);
}

#[test]
fn every_library_of_an_archive_is_found_or_the_one_that_is_named() {
    let sandbox = Sandbox::new();
    let items: [Item; 4] = [
        file("top/libone.a", library("1")),
        file("top/debug/libtwo.a", library("2")),
        file("top/include/one.h", "int one(void);"),
        file("top/bin/tool", "#!/bin/sh"),
    ];
    for (kind, ending) in
        [(Kind::Zip, "zip"), (Kind::TarGz, "tar.gz"), (Kind::TarXz, "tar.xz"), (Kind::TarZst, "tar.zst")]
    {
        let path = format!("/v1.0/{}-darwin-arm64.{ending}", ending.replace('.', ""));
        sandbox.serve(&path, archive(kind, &items));
        let said = sandbox.good(&["add", &sandbox.server.url(&path)]);
        assert!(said.contains("(darwin/arm64): -lone -ltwo"), "{said}");
    }
    let path = "/files/x.zip";
    sandbox.serve(path, zip(&items));
    let url = sandbox.server.url(path);
    let words = ["add", &url, "--name", "own", "--version", "7", "--target", "linux/arm64/musl"];
    sandbox.good(&[&words[..], &["--lib", "two"]].concat());
    let own = |manifest: &Manifest| {
        manifest.libraries.iter().find(|library| library.name == "own").unwrap().libs.clone()
    };
    assert_eq!(
        own(&manifest(&sandbox)).into_iter().collect::<Vec<_>>(),
        [("two".into(), "top/debug/libtwo.a".into())]
    );
    let said = sandbox.bad(&[&words[..], &["--lib", "three"]].concat());
    assert!(said.contains("`three` is not in it") && said.contains("top/libone.a"), "{said}");
    let items = [file("debug/libone.a", library("1")), file("release/libone.a", library("2"))];
    sandbox.serve(path, zip(&items));
    let said = sandbox.bad(&words);
    assert!(said.contains("have the same name") && said.contains("--lib one="), "{said}");
    sandbox.good(
        &[&words[..4], &["--version", "8", "--target", "linux/arm64/musl", "--lib", "uno=release/libone.a"]]
            .concat(),
    );
    assert_eq!(own(&manifest(&sandbox))["uno"], "release/libone.a");
}

#[test]
fn what_is_not_told_has_to_be_said() {
    let sandbox = Sandbox::new();
    sandbox.serve("/x.zip", zip(&[file("README", "no library")]));
    sandbox.serve("/x.tar.gz", "this is no archive");
    let url = |path: &str| sandbox.server.url(path);
    let told = ["--name", "x", "--version", "1", "--target", "linux/amd64/gnu"];
    let add = |path: &str, words: &[&str]| sandbox.bad(&[&["add", &url(path)], words].concat());
    for (path, words, expected) in [
        ("/x", &[][..], "no kind of archive"),
        ("/x.exe", &told, "no kind of archive"),
        ("/x.zip", &[], "--target"),
        ("/x.zip", &["--target", "linux/amd64"], "/gnu, /musl"),
        ("/x.zip", &["--target", "plan9/amd64"], "plan9"),
        ("/x-linux-amd64-gnu.zip", &[], "--version"),
        ("/v1.0/linux-amd64-gnu.zip", &[], "--name"),
        ("/v1.0/x-linux-amd64-gnu.zip", &[], "404"),
        ("/x.zip", &told, "no .a in it"),
        ("/x.tar.gz", &told, "unpack"),
        (
            "/x.zip",
            &["--name=-x", "--version", "1", "--target", "linux/amd64/gnu", "--lib", "a"],
            "is not in it",
        ),
    ] {
        let said = add(path, words);
        assert!(said.contains(expected), "{path} {words:?}: {said}");
    }
    assert!(!sandbox.path("app/cgozig.toml").exists(), "nothing is written");
    assert_eq!(sandbox.outside.requests().len(), 0);
}

#[test]
fn what_cannot_be_written_or_asked_for_is_refused() {
    let sandbox = Sandbox::new();
    let url = |path: &str| sandbox.server.url(path);
    let add = |words: &[&str]| {
        let told = ["add", &url("/x.a"), "--version", "1", "--target", "darwin/arm64"];
        sandbox.bad(&[&told, words].concat())
    };
    sandbox.serve("/x.a", library("x"));
    assert!(add(&["--name", "a b"]).contains("letters, digits"));
    assert!(add(&["--name", "x", "--lib=-Wl,x"]).contains("no name of a library"));
    let (one, other) = (url("/x.zip"), url("/y.zip"));
    let two = ["add", &one, &other, "--target", "darwin/arm64"];
    assert!(sandbox.bad(&two).contains("--target"));
    assert!(sandbox.bad(&["add", "http://a.example/v1.0/x-linux-amd64-gnu.zip"]).contains("plain http"));
    assert!(
        sandbox.bad(&["add", "https://u:secret@a.example/v1.0/x-linux-amd64-gnu.zip"]).contains("password")
    );
    assert!(!sandbox.path("app/cgozig.toml").exists(), "nothing is written");
    sandbox.write("app/cgozig.toml", "library = []\n");
    let twice = url("/v1.0/x-linux-amd64-gnu.a");
    sandbox.serve("/v1.0/x-linux-amd64-gnu.a", library("x"));
    assert!(sandbox.bad(&["add", &twice]).contains("[[library]]"));
    assert_eq!(sandbox.run(&["add"]).status.code(), Some(2));
    assert_eq!(sandbox.outside.requests().len(), 0);
}
