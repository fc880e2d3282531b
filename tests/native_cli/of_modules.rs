//! Libraries that modules declare which the main module is built from: known ones, vendored, replaced, with hashes of their own.

use crate::archives::{file, zip};
use crate::locking::{self, GNU, MUSL, thing};
use crate::sandbox::{Sandbox, bad, good};
use crate::support::native::{library, pin};

const SLIM: &str = "github.com/agntcy/slim-bindings-go";

/// The triples and file names of a release of SLIM, as `cmd/slim-bindings-setup` knows them.
const RELEASE: &[(&str, &str)] = &[
    ("x86_64-unknown-linux-gnu", "x86_64_linux_gnu"),
    ("x86_64-unknown-linux-musl", "x86_64_linux_musl"),
    ("aarch64-unknown-linux-gnu", "aarch64_linux_gnu"),
    ("aarch64-unknown-linux-musl", "aarch64_linux_musl"),
    ("x86_64-apple-darwin", "x86_64_apple_darwin"),
    ("aarch64-apple-darwin", "aarch64_apple_darwin"),
    ("x86_64-pc-windows-gnu", "x86_64_pc_windows_gnu"),
];

fn path(version: &str, triple: &str) -> String {
    format!("/github.com/agntcy/slim/releases/download/slim-bindings-{version}/slim-bindings-{triple}.zip")
}

/// Serves a release.
fn release(sandbox: &Sandbox, version: &str) {
    for (triple, name) in RELEASE {
        let archive = zip(&[file(format!("libslim_bindings_{name}.a"), library(version))]);
        sandbox.serve(&path(version, triple), archive);
    }
}

/// The module as it is published: no manifest, a cgo line with the version of the libraries.
fn slim(line_version: &str) -> String {
    format!(
        "package slim_bindings\n\n/*\n#cgo linux,amd64 LDFLAGS: -L${{SRCDIR}}/../../../../../.cgo-cache/slim-bindings/{line_version} \
         -lslim_bindings_x86_64_linux_gnu -lm\n*/\nimport \"C\"\n"
    )
}

#[test]
fn a_known_module_is_locked_for_all_that_its_release_has() {
    let sandbox = Sandbox::new();
    sandbox.publish(SLIM, "v1.4.0", &[("slim.go", slim("v1.4.0").as_bytes())]);
    sandbox.import(&[SLIM]);
    let listed = sandbox.good(&["list", "--why"]);
    assert!(listed.contains("cgozig's own table") && listed.contains("its hash is not known"), "{listed}");
    bad(&sandbox.run(&["verify"]));
    let said = bad(&sandbox.mirrored(&["lock"]));
    assert!(said.contains("slim-bindings v1.4.0") && said.contains("6 more"), "{said}");
    release(&sandbox, "v1.4.0");
    sandbox.withdraw(&path("v1.4.0", "x86_64-apple-darwin"));
    let said = good(&sandbox.mirrored(&["lock"]));
    assert!(said.contains("left out slim-bindings v1.4.0 (darwin/amd64)"), "{said}");
    let text = sandbox.read("app/cgozig.lock");
    assert_eq!(text.matches("[[archive]]").count(), 6, "{text}");
    assert!(
        text.contains("https://github.com/agntcy/slim/releases/download/slim-bindings-v1.4.0/"),
        "{text}"
    );
    // What the release lacks is no fault of the lock.
    let left_out = "left out slim-bindings v1.4.0 (darwin/amd64) of github.com/agntcy/slim-bindings-go: it has no hash; `cgozig lock`";
    for words in [&["verify"][..], &["fetch", "--all-targets"], &["bundle", "out", "--all-targets"]] {
        let said = good(&sandbox.mirrored(words));
        assert_eq!(said.lines().filter(|line| line.starts_with("left out ")).count(), 1, "{said}");
        assert!(said.contains(left_out), "{said}");
    }
    assert!(!good(&sandbox.mirrored(&["fetch"])).contains("left out"));
    // Asked for by its name it is.
    for words in [&["fetch", "darwin/amd64"][..], &["bundle", "out", "darwin/amd64"]] {
        let said = bad(&sandbox.mirrored(words));
        assert!(said.contains("darwin/amd64") && said.contains("`cgozig lock`"), "{said}");
    }
    let verified = sandbox.run(&["verify", "--target", "darwin/amd64"]);
    assert!(String::from_utf8_lossy(&verified.stdout).contains("its hash is not known"), "{verified:?}");
    bad(&verified);
    assert_eq!(sandbox.outside.requests().len(), 0);
}

#[test]
fn the_version_of_a_known_module_is_the_one_on_its_cgo_line() {
    let sandbox = Sandbox::new();
    let version = "v1.4.1-0.20260101000000-abcdefabcdef";
    sandbox.publish(SLIM, version, &[("slim.go", slim("v1.4.0").as_bytes())]);
    sandbox.import(&[SLIM]);
    release(&sandbox, "v1.4.0");
    good(&sandbox.mirrored(&["lock"]));
    assert_eq!(sandbox.read("app/cgozig.lock").matches("version = \"v1.4.0\"").count(), 7);
    let json: serde_json::Value = serde_json::from_str(&sandbox.good(&["list", "--json"])).unwrap();
    let row = &json["libraries"][0];
    assert_eq!((&row["module"], &row["variant"]), (&SLIM.into(), &"linux/amd64/gnu".into()), "{json}");
    assert_eq!((&row["version"], &row["pinned_by"]), (&"v1.4.0".into(), &"cgozig.lock".into()), "{json}");
    assert!(row["stored_in"].as_str().unwrap().contains("libs-v1"), "{json}");
}

#[test]
fn a_module_with_hashes_in_its_manifest_needs_no_lock() {
    let sandbox = Sandbox::new();
    sandbox.good(&["trust", "127.0.0.1"]);
    let archive = pin(&thing(GNU));
    let pinned = format!("sha256 = \"{}\"\nsize = {}\n", archive.sha256, archive.size);
    let text = locking::manifest(&sandbox, &["linux/amd64/gnu"]) + &pinned;
    let go = b"package thing\n";
    sandbox.publish("example.test/thing", "v0.3.0", &[("cgozig.toml", text.as_bytes()), ("thing.go", go)]);
    sandbox.import(&["example.test/thing"]);
    assert!(sandbox.good(&["lock"]).contains("nothing to lock"));
    assert!(!sandbox.path("app/cgozig.lock").exists());
    let listed = sandbox.good(&["list"]);
    assert!(listed.contains("hash in its manifest") && listed.contains("example.test/thing"), "{listed}");
    sandbox.serve(GNU, thing(GNU));
    assert!(sandbox.good(&["fetch"]).contains("fetched thing 1.2 (linux/amd64/gnu)"));
    assert!(sandbox.good(&["verify"]).contains("1 of them are in the store"));
    assert!(sandbox.good(&["fetch", "windows/amd64"]).contains("has nothing for"));
}

#[test]
fn a_manifest_counts_in_a_vendor_folder_and_behind_a_replace() {
    let sandbox = Sandbox::new();
    sandbox.good(&["trust", "127.0.0.1"]);
    let text = locking::manifest(&sandbox, &["linux/amd64/gnu", "linux/amd64/musl"]);
    [GNU, MUSL].iter().for_each(|path| sandbox.serve(path, thing(path)));
    sandbox.write("local/go.mod", "module example.test/thing\n\ngo 1.24\n");
    sandbox.write("local/thing.go", "package thing\n");
    sandbox.write("local/cgozig.toml", &text);
    let go_mod = "module example.test/app\n\ngo 1.24\n\nrequire example.test/thing v0.0.0\n\n\
                  replace example.test/thing => ../local\n";
    sandbox.write("app/go.mod", go_mod);
    sandbox.import(&["example.test/thing"]);
    assert!(sandbox.good(&["lock"]).contains("2 locked"));
    let lock = sandbox.read("app/cgozig.lock");
    // `go list -m all` refuses to work with a vendor folder.
    good(&sandbox.command("go").args(["mod", "vendor"]).output().unwrap());
    assert!(sandbox.path("app/vendor/example.test/thing/cgozig.toml").is_file());
    std::fs::remove_dir_all(sandbox.path("local")).unwrap();
    std::fs::remove_file(sandbox.path("app/cgozig.lock")).unwrap();
    sandbox.good(&["lock"]);
    assert_eq!(sandbox.read("app/cgozig.lock"), lock);
    let listed = sandbox.good(&["list", "--why"]);
    assert!(listed.contains("/vendor/example.test/thing/cgozig.toml"), "{listed}");
    assert!(listed.contains("used by a link with -lthing"), "{listed}");
}

#[test]
fn nothing_is_dropped_while_a_module_cannot_be_had() {
    let sandbox = Sandbox::new();
    sandbox.good(&["trust", "127.0.0.1"]);
    let text = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
    let go = b"package thing\n";
    sandbox.publish("example.test/thing", "v0.3.0", &[("cgozig.toml", text.as_bytes()), ("thing.go", go)]);
    sandbox.import(&["example.test/thing"]);
    sandbox.serve(GNU, thing(GNU));
    sandbox.good(&["lock"]);
    let lock = sandbox.read("app/cgozig.lock");
    // A fresh machine gets the module by itself.
    std::fs::remove_dir_all(sandbox.path("modules")).unwrap();
    assert!(sandbox.good(&["verify"]).contains("1 have a hash"));
    std::fs::remove_dir_all(sandbox.path("modules/example.test")).unwrap();
    std::fs::remove_file(sandbox.path("modules/cache/download/example.test/thing/@v/v0.3.0.zip")).unwrap();
    std::fs::remove_file(sandbox.path("proxy/example.test/thing/@v/v0.3.0.zip")).unwrap();
    let said = sandbox.good(&["lock"]);
    assert!(said.contains("kept thing 1.2 (linux/amd64/gnu)"), "{said}");
    assert_eq!(sandbox.read("app/cgozig.lock"), lock);
    passed_over(&sandbox);
    // Offline, Go is told so too.
    let mut offline = sandbox.command(crate::support::cgozig());
    good(&offline.env("CGOZIG_OFFLINE", "1").arg("verify").output().unwrap());
}

/// What a module declares that is not here is said, and a failure where it was asked for by its name.
fn passed_over(sandbox: &Sandbox) {
    for words in [&["verify"][..], &["fetch"], &["fetch", "--all-targets"], &["bundle", "out"]] {
        let said = sandbox.good(words);
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("left out ")).collect();
        let [locked, module] = lines.try_into().unwrap_or_else(|_| panic!("{said}"));
        assert!(locked.starts_with("left out thing 1.2 (linux/amd64/gnu): cgozig.lock has it"), "{said}");
        assert!(module.starts_with("left out whatever example.test/thing may declare: "), "{said}");
        assert!([locked, module].iter().all(|line| line.ends_with("; `go mod download`")), "{said}");
    }
    for words in [&["fetch", "linux/amd64"][..], &["bundle", "out", "linux/amd64/gnu"]] {
        let said = sandbox.bad(words);
        assert!(said.contains("find the manifest of thing 1.2 (linux/amd64/gnu)"), "{said}");
        assert!(said.contains("hint: `go mod download`"), "{said}");
    }
    assert!(sandbox.bad(&["verify", "--target", "linux/amd64"]).contains("thing 1.2 (linux/amd64/gnu)"));
    let said = sandbox.good(&["verify", "--target", "windows/amd64"]);
    assert!(!said.contains("thing 1.2") && said.contains("left out whatever example.test/thing"), "{said}");
}

#[test]
fn without_go_or_a_module_the_failure_says_so() {
    let sandbox = Sandbox::new();
    let commands: &[&[&str]] =
        &[&["lock"], &["verify"], &["list"], &["fetch"], &["bundle", "out"], &["fetch", "--all-targets"]];
    for words in commands {
        let mut without_go = sandbox.command(crate::support::cgozig());
        let said = bad(&without_go.args(*words).env("PATH", "/nonexistent").output().unwrap());
        assert!(said.contains("no `go` on PATH"), "{said}");
        let mut elsewhere = sandbox.command(crate::support::cgozig());
        let said = bad(&elsewhere.args(*words).current_dir("/").output().unwrap());
        assert!(said.contains("no go.mod"), "{said}");
    }
    sandbox.write("app/go.mod", "module example.test/app\n\nrequire (\n");
    assert!(sandbox.bad(&["list"]).contains("go.mod"));
    assert!(!sandbox.path("app/out").exists());
}
