//! `cgozig lock` and `cgozig verify`.

use crate::archives::{deflated, file, zip};
use crate::sandbox::{Sandbox, bad, good};
use crate::support::native::{library, pin};
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;

/// A manifest for one library in zips at the sandbox's server.
pub fn manifest(sandbox: &Sandbox, variants: &[&str]) -> String {
    let url = sandbox.server.url("/v{version}/thing-{target}.zip");
    let mut text = format!(
        "[[library]]\nname = \"thing\"\nversion = \"1.2\"\nurl = \"{url}\"\narchive = \"zip\"\n\
         libs = {{ thing = \"lib/libthing.a\" }}\n"
    );
    for variant in variants {
        writeln!(text, "[library.variants.\"{variant}\"]").unwrap();
    }
    text
}

pub const GNU: &str = "/v1.2/thing-x86_64-unknown-linux-gnu.zip";
pub const MUSL: &str = "/v1.2/thing-x86_64-unknown-linux-musl.zip";
const ARM: &str = "/v1.2/thing-aarch64-unknown-linux-gnu.zip";
const THREE: &[&str] = &["linux/amd64/gnu", "linux/amd64/musl", "linux/arm64/gnu"];

/// A zip of one library.
pub fn thing(contents: &str) -> Vec<u8> {
    zip(&[file("lib/libthing.a", library(contents))])
}

/// A module that declares one library for three variants, which are served.
pub fn three() -> Sandbox {
    let sandbox = Sandbox::new();
    [GNU, MUSL, ARM].iter().for_each(|path| sandbox.serve(path, thing(path)));
    sandbox.write("app/cgozig.toml", manifest(&sandbox, THREE));
    sandbox
}

#[test]
fn what_is_declared_without_a_hash_is_fetched_once_and_locked() {
    let sandbox = three();
    let said = sandbox.good(&["lock"]);
    assert_eq!(sandbox.server.paths().len(), 3);
    assert_eq!(said.lines().filter(|line| line.ends_with("first use")).count(), 3, "{said}");
    let musl = pin(&thing(MUSL));
    let text = sandbox.read("app/cgozig.lock");
    let expected = format!(
        "[[archive]]\nlibrary = \"thing\"\nversion = \"1.2\"\nvariant = \"linux/amd64/musl\"\nurl = \"{}\"\n\
         sha256 = \"{}\"\nsize = {}\ntrust = \"first use\"\n",
        sandbox.server.url(MUSL),
        musl.sha256,
        musl.size
    );
    assert!(text.contains(&expected) && text.starts_with("# Written by `cgozig lock`."), "{text}");
    let mode = std::fs::metadata(sandbox.path("app/cgozig.lock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "others may read it");
    // What this target needs came into the store on the way.
    let listed = sandbox.good(&["list"]);
    assert!(listed.contains("hash in cgozig.lock") && listed.contains("in the store"), "{listed}");
    sandbox.good(&["fetch"]);
    // A second time nothing is asked and nothing written.
    let before = std::fs::metadata(sandbox.path("app/cgozig.lock")).unwrap().modified().unwrap();
    assert!(sandbox.good(&["lock"]).contains("3 locked") && sandbox.server.paths().len() == 3);
    assert_eq!(std::fs::metadata(sandbox.path("app/cgozig.lock")).unwrap().modified().unwrap(), before);
    // The order of the manifest, and whether it was written in one run, leave no trace.
    let reversed: Vec<&str> = THREE.iter().rev().copied().collect();
    sandbox.write("app/cgozig.toml", manifest(&sandbox, &reversed));
    std::fs::remove_file(sandbox.path("app/cgozig.lock")).unwrap();
    sandbox.good(&["lock", "--target", "linux/arm64"]);
    assert_eq!(sandbox.read("app/cgozig.lock").matches("[[archive]]").count(), 1);
    sandbox.good(&["lock", "--target", "linux/amd64/musl", "x86_64-linux-gnu"]);
    assert_eq!(sandbox.read("app/cgozig.lock"), text);
    assert!(sandbox.good(&["verify"]).contains("3 have a hash"));
}

#[test]
fn a_lock_is_kept_until_an_update_is_asked_for() {
    let sandbox = three();
    sandbox.good(&["lock"]);
    let first = sandbox.read("app/cgozig.lock");
    sandbox.serve(GNU, thing("other"));
    sandbox.good(&["lock"]);
    assert_eq!(sandbox.read("app/cgozig.lock"), first);
    let moved = manifest(&sandbox, THREE).replace("/v{version}/", "/moved/v{version}/");
    sandbox.write("app/cgozig.toml", &moved);
    [MUSL, ARM].iter().for_each(|path| sandbox.serve(&format!("/moved{path}"), thing(path)));
    sandbox.serve(&format!("/moved{GNU}"), thing("other"));
    let said = sandbox.bad(&["lock"]);
    let (old, new) = (pin(&thing(GNU)), pin(&thing("other")));
    assert!(said.contains(&old.sha256) && said.contains(&new.sha256) && said.contains("--update"), "{said}");
    assert_eq!(sandbox.read("app/cgozig.lock"), first, "nothing is written");
    let verified = sandbox.run(&["verify"]);
    assert!(String::from_utf8_lossy(&verified.stdout).contains("is declared at"), "{verified:?}");
    bad(&verified);
    sandbox.good(&["lock", "--update"]);
    assert!(sandbox.read("app/cgozig.lock").contains(&new.sha256));
    sandbox.good(&["verify"]);
}

#[test]
fn an_archive_that_is_not_there_is_named_and_nothing_is_written() {
    let sandbox = three();
    sandbox.withdraw(ARM);
    let said = sandbox.bad(&["lock"]);
    assert!(said.contains("linux/arm64/gnu") && said.contains("404") && said.contains(ARM), "{said}");
    assert!(!sandbox.path("app/cgozig.lock").exists());
    sandbox.good(&["lock", "--target", "linux/amd64/gnu"]);
    let verified = sandbox.run(&["verify"]);
    let lines = String::from_utf8(verified.stdout.clone()).unwrap();
    assert_eq!(lines.lines().filter(|line| line.contains("its hash is not known")).count(), 2, "{lines}");
    bad(&verified);
    sandbox.good(&["verify", "--target", "linux/amd64"]);
}

#[test]
fn a_manifest_with_hashes_needs_no_lock_and_must_not_contradict_one() {
    let sandbox = three();
    sandbox.good(&["lock"]);
    let good = pin(&thing(GNU));
    let variant = "[library.variants.\"linux/amd64/gnu\"]\n";
    let with = |sha256: &str| {
        let text = manifest(&sandbox, THREE);
        text.replace(variant, &format!("{variant}sha256 = \"{sha256}\"\nsize = {}\n", good.size))
    };
    sandbox.write("app/cgozig.toml", with(&"ab".repeat(32)));
    let said = sandbox.bad(&["lock"]);
    assert!(said.contains(&good.sha256) && said.contains(&"ab".repeat(32)), "{said}");
    bad(&sandbox.run(&["verify"]));
    sandbox.write("app/cgozig.toml", with(&good.sha256));
    let said = sandbox.good(&["lock"]);
    assert!(said.contains("dropped thing 1.2 (linux/amd64/gnu)"), "{said}");
    assert_eq!(sandbox.read("app/cgozig.lock").matches("[[archive]]").count(), 2);
    sandbox.good(&["verify"]);
    // Stale lines are said, and go with the next lock.
    sandbox.write("app/cgozig.toml", with(&good.sha256).replace("1.2", "1.3"));
    let verified = sandbox.run(&["verify", "--target", "linux/amd64/gnu"]);
    let lines = String::from_utf8(verified.stdout.clone()).unwrap();
    assert_eq!(lines.lines().filter(|line| line.contains("nobody declares it")).count(), 2, "{lines}");
    bad(&verified);
}

#[test]
fn a_changed_file_in_the_store_is_found_by_verify() {
    let sandbox = three();
    sandbox.good(&["lock"]);
    assert!(sandbox.good(&["verify"]).contains("1 of them are in the store"));
    let path = sandbox.path(&format!("store/libs-v1/{}/lib/libthing.a", pin(&thing(GNU)).sha256));
    let bytes = std::fs::read(&path).unwrap();
    for at in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let verified = sandbox.run(&["verify"]);
        let lines = String::from_utf8(verified.stdout.clone()).unwrap();
        assert!(lines.contains("lib/libthing.a has changed"), "{lines}");
        bad(&verified);
    }
    let mut mend = sandbox.command(crate::support::cgozig());
    good(&mend.env("CGOZIG_VERIFY", "always").arg("fetch").output().unwrap());
    sandbox.good(&["verify"]);
}

#[test]
fn github_speaks_for_its_files() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, &["linux/amd64/gnu"]);
    let url = "https://github.com/o/r/releases/download/v{version}/thing.zip";
    sandbox
        .write("app/cgozig.toml", text.replace(&sandbox.server.url("/v{version}/thing-{target}.zip"), url));
    let archive = thing("github");
    sandbox.serve("/github.com/o/r/releases/download/v1.2/thing.zip", &archive);
    let release = |digest: &str| {
        let text = format!("{{\"assets\": [{{\"name\": \"thing.zip\", \"digest\": \"sha256:{digest}\"}}]}}");
        sandbox.serve("/api.github.com/repos/o/r/releases/tags/v1.2", text);
    };
    let lock = |words: &[&str]| sandbox.mirrored(&[&["lock"], words].concat());
    release(&"ab".repeat(32));
    let said = bad(&lock(&[]));
    assert!(said.contains(&pin(&archive).sha256) && said.contains(&"ab".repeat(32)), "{said}");
    release(&pin(&archive).sha256);
    assert!(good(&lock(&[])).contains("github digest"));
    assert!(sandbox.read("app/cgozig.lock").contains("trust = \"github digest\""));
    // What was better known before is not taken on trust later.
    sandbox.withdraw("/api.github.com/repos/o/r/releases/tags/v1.2");
    assert!(bad(&lock(&["--update"])).contains("GitHub's digest spoke for it before"));
    std::fs::remove_file(sandbox.path("app/cgozig.lock")).unwrap();
    assert!(good(&lock(&[])).contains("first use"));
    assert_eq!(sandbox.outside.requests().len(), 0, "only the mirror is asked");
}

#[test]
fn what_two_modules_call_the_same_cannot_be_locked() {
    let sandbox = three();
    let other = manifest(&sandbox, THREE).replace("/v{version}/", "/other/v{version}/");
    sandbox.write("other/go.mod", "module example.test/other\n\ngo 1.24\n");
    sandbox.write("other/other.go", "package other\n");
    sandbox.write("other/cgozig.toml", other);
    sandbox.write("go.work", "go 1.24\n\nuse ./app\nuse ./other\n");
    let said = sandbox.bad(&["lock"]);
    assert!(said.contains("example.test/app") && said.contains("example.test/other"), "{said}");
    sandbox.write("other/cgozig.toml", manifest(&sandbox, THREE));
    sandbox.good(&["lock"]);
}

#[test]
fn a_zip_may_be_deflated_and_bare_archives_are_locked_as_they_are() {
    let sandbox = Sandbox::new();
    let text = manifest(&sandbox, &["linux/amd64/gnu"]);
    sandbox.serve(GNU, deflated(&[("lib/libthing.a", &library("x".repeat(9999)))]));
    let url = sandbox.server.url("/libraw.a");
    let bare = format!(
        "[[library]]\nname = \"raw\"\nversion = \"2\"\nurl = \"{url}\"\narchive = \"a\"\nlibs = {{ raw = \"libraw.a\" }}\n\
         [library.variants.\"linux/amd64/gnu\"]\n[library.variants.\"linux/amd64/musl\"]\n"
    );
    sandbox.serve("/libraw.a", library("raw"));
    sandbox.write("app/cgozig.toml", text + &bare);
    let said = sandbox.good(&["lock"]);
    assert_eq!(said.matches(&pin(&library("raw")).sha256).count(), 2, "{said}");
    assert_eq!(sandbox.server.paths().len(), 2, "each url once");
    sandbox.good(&["verify"]);
}

#[test]
fn a_line_of_the_lock_is_about_the_archive_at_its_url_whoever_else_calls_one_the_same() {
    let sandbox = three();
    let archive = pin(&thing("other"));
    let other = manifest(&sandbox, &["linux/amd64/gnu"]).replace("/v{version}/", "/other/v{version}/");
    let other = format!("{other}sha256 = \"{}\"\nsize = {}\n", archive.sha256, archive.size);
    sandbox.write("other/go.mod", "module example.test/other\n\ngo 1.24\n");
    sandbox.write("other/other.go", "package other\n");
    sandbox.write("other/cgozig.toml", other);
    sandbox.write("go.work", "go 1.24\n\nuse ./app\nuse ./other\n");
    sandbox.serve(&format!("/other{GNU}"), thing("other"));
    sandbox.good(&["lock"]);
    assert_eq!(sandbox.read("app/cgozig.lock").matches("[[archive]]").count(), 3);
    assert!(sandbox.good(&["verify"]).contains("4 have a hash"));
    // Nobody has it there any more.
    let lock = sandbox.read("app/cgozig.lock").replace(&sandbox.server.url(GNU), "https://a.example/x.zip");
    sandbox.write("app/cgozig.lock", lock);
    let verified = sandbox.run(&["verify"]);
    let said = String::from_utf8(verified.stdout.clone()).unwrap();
    let place = |path: &str, module: &str| format!("is declared at {} by {module}", sandbox.server.url(path));
    let places = [place(GNU, "example.test/app"), place(&format!("/other{GNU}"), "example.test/other")];
    assert!(said.contains(&format!("from https://a.example/x.zip, and {}", places.join(", and "))), "{said}");
    bad(&verified);
}
