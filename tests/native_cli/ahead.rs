//! `cgozig fetch`, `cgozig bundle`, `cgozig list`, and the list of subcommands.

use crate::archives::{file, zip};
use crate::locking::{self, GNU, MUSL, thing, three};
use crate::sandbox::{Sandbox, bad, good, has_file};
use crate::support::{self, native::library, native::pin};

#[test]
fn what_is_pinned_is_fetched_ahead_for_the_targets_that_are_named() {
    let sandbox = three();
    let said = sandbox.bad(&["fetch"]);
    assert!(said.contains("thing 1.2 (linux/amd64/gnu)") && said.contains("`cgozig lock`"), "{said}");
    sandbox.good(&["lock"]);
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    let fetched = |words: &[&str]| {
        let said = sandbox.good(words);
        said.lines().filter(|line| line.starts_with("fetched ")).map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(fetched(&["fetch"]).len(), 1);
    assert_eq!(fetched(&["fetch"]).len(), 0);
    assert!(fetched(&["fetch", "x86_64-unknown-linux-musl"])[0].contains("linux/amd64/musl"));
    assert!(fetched(&["fetch", "linux/arm64"])[0].contains("linux/arm64/gnu"));
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    let mut musl = sandbox.command(support::cgozig());
    let said = good(&musl.env("CGOZIG_LIBC", "musl").arg("fetch").output().unwrap());
    assert!(said.contains("linux/amd64/musl"), "{said}");
    assert_eq!(fetched(&["fetch", "--all-targets"]).len(), 2);
    assert!(sandbox.bad(&["fetch", "plan9/amd64"]).contains("plan9"));
    assert!(sandbox.bad(&["fetch", "linux/amd64/uclibc"]).contains("uclibc"));
    // The lock's bytes and no others.
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    sandbox.serve(GNU, thing("tampered"));
    let said = sandbox.bad(&["fetch"]);
    assert!(said.contains(&pin(&thing(GNU)).sha256) || said.contains("bytes"), "{said}");
    assert!(!has_file(&sandbox.path("store"), "libthing.a"));
}

#[test]
fn a_bundle_serves_a_machine_without_network() {
    let sandbox = three();
    // Two archives with one name.
    let text = sandbox.read("app/cgozig.toml");
    let other = locking::manifest(&sandbox, &["linux/amd64/gnu"]).replace("thing\"\nv", "other\"\nv");
    sandbox.write("app/cgozig.toml", text + &other.replace("/v{version}/", "/other/v{version}/"));
    sandbox.serve(&format!("/other{GNU}"), thing("other"));
    sandbox.good(&["lock"]);
    let said = sandbox.good(&["bundle", "out", "--all-targets"]);
    assert!(said.contains("README-cgozig.txt says what to do"), "{said}");
    assert!(sandbox.read("app/out/README-cgozig.txt").contains("downloads-v1"));
    let names = |folder: &str| std::fs::read_dir(sandbox.path(folder)).unwrap().count();
    assert_eq!(names("app/out"), 5, "four archives and a text");
    let asked = sandbox.server.paths().len();
    assert_eq!(sandbox.good(&["bundle", "out", "--all-targets"]).matches(" is there").count(), 4);
    assert_eq!(sandbox.server.paths().len(), asked, "what is there is not fetched again");
    // Another machine.
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    let offline = || {
        let mut command = sandbox.command(support::cgozig());
        command.env("CGOZIG_OFFLINE", "1").args(["fetch", "--all-targets"]);
        command.output().unwrap()
    };
    let said = bad(&offline());
    assert!(said.contains("CGOZIG_OFFLINE") && said.contains("downloads-v1"), "{said}");
    let copy = "mkdir -p $STORE/downloads-v1 && cp out/* $STORE/downloads-v1/";
    good(&sandbox.command("sh").args(["-c", copy]).env("STORE", sandbox.path("store")).output().unwrap());
    assert_eq!(good(&offline()).matches("fetched ").count(), 4);
    assert_eq!(sandbox.server.paths().len(), asked);
    // A damaged archive is not taken, and mended by the next bundle.
    std::fs::write(sandbox.path("app/out").join(&MUSL[6..]), "damaged").unwrap();
    sandbox.good(&["bundle", "out", "linux/amd64/musl"]);
    assert_eq!(std::fs::read(sandbox.path("app/out").join(&MUSL[6..])).unwrap(), thing(MUSL));
    std::fs::write(sandbox.path("app/file"), "").unwrap();
    assert!(sandbox.bad(&["bundle", "file"]).contains("file"));
}

#[test]
fn a_list_says_which_of_two_goes_first() {
    let sandbox = Sandbox::new();
    let first = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
    let second = first.replace("name = \"thing\"", "name = \"late\"");
    let windows = locking::manifest(&sandbox, &["windows/amd64"])
        .replace("thing\"\nv", "other\"\nv")
        .replace("thing =", "w =");
    sandbox.write("app/cgozig.toml", first + &second + &windows);
    sandbox.serve(GNU, zip(&[file("lib/libthing.a", library("x"))]));
    sandbox.good(&["lock", "--target", "linux/amd64"]);
    let listed = sandbox.good(&["list", "--why"]);
    assert!(listed.contains("not used for -lthing: thing of example.test/app goes before it"), "{listed}");
    assert!(listed.contains("not used: it is there for windows/amd64 only"), "{listed}");
    let json: serde_json::Value =
        serde_json::from_str(&sandbox.good(&["list", "--json", "windows/amd64"])).unwrap();
    assert_eq!(
        (&json["target"], json["libraries"].as_array().unwrap().len()),
        (&"x86_64-windows-gnu".into(), 3)
    );
}

#[test]
fn every_subcommand_has_a_short_help() {
    let sandbox = Sandbox::new();
    let help = sandbox.good(&["--help"]);
    for name in ["add", "bundle", "fetch", "list", "lock", "sbom", "trust", "verify"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{name} "))), "{help}");
        let own = sandbox.good(&[name, "--help"]);
        assert!((5..40).contains(&own.lines().count()) && own.contains("Usage: cgozig"), "{own}");
    }
}
