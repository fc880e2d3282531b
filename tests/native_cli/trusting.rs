//! `cgozig trust`: hosts, and modules with the manifest that they have.

use crate::archives::{file, zip};
use crate::locking::{self, GNU, thing};
use crate::sandbox::{Sandbox, bad, good};
use crate::support::{self, native::pin};

#[test]
fn a_host_is_asked_only_when_it_is_trusted() {
    let sandbox = Sandbox::new();
    let text = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
    sandbox.write("app/cgozig.toml", text.replace(&sandbox.server.url(""), "https://files.example"));
    let said = sandbox.bad(&["lock"]);
    assert!(said.ends_with("hint: cgozig trust files.example"), "{said}");
    assert_eq!(sandbox.outside.requests().len(), 0);
    sandbox.write("config.toml", "# mine\n[network] # here\noffline = false\n");
    let asks = || {
        let before = sandbox.outside.requests().len();
        let said = sandbox.bad(&["lock"]);
        (sandbox.outside.requests().len() > before, said)
    };
    sandbox.good(&["trust", "files.example"]);
    assert!(asks().0, "{}", asks().1);
    let config = sandbox.read("config.toml");
    assert!(
        config.contains("# mine\n[network] # here\n") && config.contains("hosts = [\"files.example\"]"),
        "{config}"
    );
    sandbox.good(&["trust", "files.example"]);
    assert_eq!(sandbox.read("config.toml"), config);
    assert!(sandbox.good(&["trust", "--list"]).contains("host    files.example\n"));
    sandbox.good(&["trust", "--remove", "files.example"]);
    assert!(!asks().0);
    sandbox.good(&["trust", "Files.Example"]);
    assert!(asks().0 && sandbox.read("config.toml").contains("[\"files.example\"]"));
    sandbox.good(&["trust", "--remove", "FILES.example"]);
    assert!(!asks().0);
}

#[test]
fn the_users_own_module_is_trusted_whatever_its_manifest_becomes() {
    let sandbox = Sandbox::new();
    let text = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
    sandbox.write("app/cgozig.toml", text.replace(&sandbox.server.url(""), "https://files.example"));
    let asks = || {
        let before = sandbox.outside.requests().len();
        let said = sandbox.bad(&["lock"]);
        (sandbox.outside.requests().len() > before, said)
    };
    assert!(!asks().0);
    let said = sandbox.good(&["trust", "example.test/app"]);
    assert!(said.contains("from files.example\n") && said.contains("its manifest may change"), "{said}");
    assert!(asks().0);
    let listed = sandbox.good(&["trust", "--list"]);
    assert!(
        listed.contains(&format!("module  example.test/app {}\n", manifest_digest(&sandbox))),
        "{listed}"
    );
    assert!(listed.contains("github.com (built in)"));
    // The user's own manifest may change.
    sandbox.write("app/cgozig.toml", sandbox.read("app/cgozig.toml") + "# more\n");
    assert!(asks().0);
    sandbox.good(&["trust", "--remove", "example.test/app"]);
    assert!(!asks().0 && !sandbox.good(&["trust", "--list"]).contains("module "));
}

#[test]
fn who_is_trusted_has_to_be_a_host_or_a_module() {
    let sandbox = Sandbox::new();
    for wrong in [
        "https://a.example/x",
        "a:1",
        "a.example:443",
        "[::1]:80",
        "[::1",
        "a..b",
        "$(reboot)",
        "a;b",
        "a/",
        "a//b",
        "u@a.example",
        "",
        "a.example/",
        "x y.example",
        "/x",
        "a/b",
        "a.example/x y",
        "..",
    ] {
        let said = sandbox.bad(&["trust", wrong]);
        assert!(said.contains(&format!("`{wrong}`")), "{said}");
    }
    assert_eq!(sandbox.read("config.toml"), "");
}

#[test]
fn the_configuration_is_changed_and_refused_as_it_is_written() {
    let sandbox = Sandbox::new();
    assert!(sandbox.bad(&["trust", "a.example:443"]).ends_with("whatever its port: cgozig trust a.example"));
    assert!(sandbox.bad(&["trust", "[::1]:443"]).ends_with("whatever its port: cgozig trust ::1"));
    assert!(sandbox.bad(&["trust", "--remove", "a.example"]).contains("--list"));
    assert!(sandbox.bad(&["trust", "--remove", "a.example/m"]).contains("--list"));
    assert!(!sandbox.run(&["trust"]).status.success());
    sandbox.write("config.toml", "trust = 1\n");
    assert!(sandbox.bad(&["trust", "a.example"]).contains("line 1"));
    assert_eq!(sandbox.read("config.toml"), "trust = 1\n");
    sandbox.write("config.toml", "trust = { hosts = [\"b.example\"] } # inline\n");
    sandbox.good(&["trust", "a.example"]);
    assert!(
        sandbox.read("config.toml").contains("\"b.example\", \"a.example\""),
        "{}",
        sandbox.read("config.toml")
    );
    sandbox.write("app/cgozig.toml", locking::manifest(&sandbox, &["linux/amd64/gnu"]));
    sandbox.good(&["trust", "example.test/app"]);
    let listed = sandbox.good(&["trust", "--list"]);
    assert!(
        listed.contains("b.example\n") && listed.contains("module  example.test/app sha256:"),
        "{listed}"
    );
    // Before modules were trusted with their manifests; and hashes that are none.
    for wrong in ["[\"a.example/m\"]", "{ \"a.example/m\" = \"sha256:1\" }", "true"] {
        sandbox.write("config.toml", format!("\n[trust]\nmodules = {wrong}\n"));
        for words in [&["fetch"][..], &["trust", "--list"], &["-c", "x.c"]] {
            let said = sandbox.bad(words);
            assert!(said.contains("line 3: `modules` is a table") && said.contains("config.toml"), "{said}");
        }
    }
}

#[test]
fn a_word_without_a_slash_is_a_host() {
    let sandbox = Sandbox::new();
    for (word, stored) in [
        ("nexus", "nexus"),
        ("my_nexus", "my_nexus"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("2001:db8::1", "[2001:db8::1]"),
    ] {
        sandbox.good(&["trust", word]);
        assert!(sandbox.good(&["trust", "--list"]).contains(&format!("host    {stored}\n")), "{word}");
        sandbox.good(&["trust", "--remove", word]);
        assert!(!sandbox.good(&["trust", "--list"]).contains(stored), "{word}");
    }
}

/// What a line of a failure's hint does when it is typed as it is.
fn type_hint(sandbox: &Sandbox, said: &str) -> String {
    let line = said.rsplit_once("hint: ").unwrap().1;
    assert!(line.starts_with("cgozig trust "), "{said}");
    let path = format!("{}:{}", support::bin().display(), std::env::var("PATH").unwrap());
    good(&sandbox.command("sh").args(["-c", line]).env("PATH", path).output().unwrap())
}

#[test]
fn the_line_of_the_hint_does_it_for_every_kind_of_host() {
    let sandbox = Sandbox::new();
    for host in
        ["files.example", "nexus", "my_nexus:8443", "192.0.2.7:8443", "[2001:db8::1]", "[2001:db8::2]:8443"]
    {
        let text = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
        sandbox.write("app/cgozig.toml", text.replace(&sandbox.server.url(""), &format!("https://{host}")));
        let before = sandbox.outside.requests().len();
        let said = sandbox.bad(&["lock"]);
        assert_eq!(sandbox.outside.requests().len(), before, "{host}");
        type_hint(&sandbox, &said);
        sandbox.bad(&["lock"]);
        assert!(sandbox.outside.requests().len() > before, "{host} is asked now");
    }
}

/// A dependency whose manifest names the sandbox's server, with hashes; and the manifest.
fn dependency(sandbox: &Sandbox, version: &str) -> String {
    let archive = pin(&thing(GNU));
    let pinned = format!("sha256 = \"{}\"\nsize = {}\n# {version}\n", archive.sha256, archive.size);
    let text = locking::manifest(sandbox, &["linux/amd64/gnu"]) + &pinned;
    let files: [(&str, &[u8]); 2] = [("cgozig.toml", text.as_bytes()), ("thing.go", b"package thing\n")];
    sandbox.publish(MODULE, version, &files);
    sandbox.import(&[MODULE]);
    text
}

const MODULE: &str = "example.test/thing";

#[test]
fn a_dependency_may_not_make_a_build_call_this_machine() {
    let sandbox = Sandbox::new();
    sandbox.serve(GNU, thing(GNU));
    dependency(&sandbox, "v0.3.0");
    for words in [&["fetch"][..], &["bundle", "out"], &["fetch", "--all-targets"]] {
        let said = sandbox.bad(words);
        assert!(
            said.contains("`example.test/thing` wants it from 127.0.0.1, which is this machine"),
            "{said}"
        );
        assert!(said.ends_with("\nhint: cgozig trust 127.0.0.1"), "{said}");
    }
    assert_eq!(sandbox.server.connections(), 0);
    let said = sandbox.bad(&["fetch"]);
    type_hint(&sandbox, &said);
    assert!(sandbox.good(&["fetch"]).contains("fetched thing 1.2"));
    // Vendored it is as much a dependency; in a workspace it is not.
    sandbox.good(&["trust", "--remove", "127.0.0.1"]);
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    good(&sandbox.command("go").args(["mod", "vendor"]).output().unwrap());
    std::fs::copy(sandbox.path("modules/example.test/thing@v0.3.0/cgozig.toml"), {
        sandbox.path("app/vendor/example.test/thing/cgozig.toml")
    })
    .unwrap();
    assert!(sandbox.bad(&["fetch"]).contains("which is this machine"));
    std::fs::remove_dir_all(sandbox.path("app/vendor")).unwrap();
    let asked = sandbox.server.connections();
    sandbox.write("thing/go.mod", "module example.test/thing\n\ngo 1.24\n");
    sandbox.write("thing/thing.go", "package thing\n");
    sandbox.write("thing/cgozig.toml", sandbox.read("modules/example.test/thing@v0.3.0/cgozig.toml"));
    sandbox.write("go.work", "go 1.24\n\nuse ./app\nuse ./thing\n");
    sandbox.good(&["fetch"]);
    assert_eq!(sandbox.server.connections(), asked + 1);
}

/// A real program whose dependency has its library at the sandbox's server.
fn build(sandbox: &Sandbox, zig: &std::path::Path) -> std::process::Output {
    let path = format!("{}:{}", support::bin().display(), std::env::var("PATH").unwrap());
    let mut command = sandbox.command("go");
    command.env("PATH", path).env("CGOZIG_ZIG", zig).env("CGO_ENABLED", "1").env("CC", "cgozig");
    command.env("GOCACHE", support::tools().join("go-cache")).args(["build", "-o", "program"]);
    command.output().unwrap()
}

/// Writes it; gives back the dependency's manifest.
fn program(sandbox: &Sandbox, zig: &std::path::Path) -> String {
    support::store_without_libraries(&sandbox.path("store"));
    sandbox.write("thing.c", "int thing(void) { return 42; }\n");
    let (object, library) = (sandbox.path("thing.o"), sandbox.path("libthing.a"));
    let mut compile = support::compiler(zig, "linux/amd64");
    good(&compile.arg("-c").arg(sandbox.path("thing.c")).arg("-o").arg(&object).output().unwrap());
    let mut pack = support::clean(support::bin().join("cgozig-ar"));
    good(&pack.env("CGOZIG_ZIG", zig).arg("rcs").arg(&library).arg(&object).output().unwrap());
    let archive = zip(&[file("lib/libthing.a", std::fs::read(library).unwrap())]);
    sandbox.serve(GNU, &archive);
    let pin = pin(&archive);
    let manifest = locking::manifest(sandbox, &["linux/amd64/gnu"]);
    let manifest = format!("{manifest}sha256 = \"{}\"\nsize = {}\n", pin.sha256, pin.size);
    let code = "package thing\n\n// #cgo LDFLAGS: -L${SRCDIR} -lthing\n// int thing(void);\nimport \"C\"\n\n\
                func Thing() int { return int(C.thing()) }\n";
    let files: [(&str, &[u8]); 2] = [("cgozig.toml", manifest.as_bytes()), ("thing.go", code.as_bytes())];
    sandbox.publish(MODULE, "v0.3.0", &files);
    sandbox.import(&[MODULE]);
    let main =
        format!("package main\n\nimport thing \"{MODULE}\"\n\nfunc main() {{ println(thing.Thing()) }}\n");
    sandbox.write("app/main.go", main);
    manifest
}

#[test]
fn a_build_does_not_call_this_machine_for_a_dependency_until_it_is_told_to() {
    let Some(zig) = support::zig(support::ZIG) else { return };
    let sandbox = Sandbox::new();
    let manifest = program(&sandbox, &zig);
    let said = support::text(&build(&sandbox, &zig));
    assert!(said.contains("`example.test/thing` wants it from 127.0.0.1, which is this machine"), "{said}");
    assert_eq!(sandbox.server.connections(), 0);
    let hint = said.lines().find(|line| line.starts_with("hint: cgozig trust ")).unwrap();
    type_hint(&sandbox, hint);
    good(&build(&sandbox, &zig));
    assert_eq!(sandbox.server.connections(), 1);
    let output = sandbox.command(sandbox.path("app/program")).output().unwrap();
    assert_eq!(support::text(&output), "42\n");
    // Trusted as a module, and edited since.
    sandbox.good(&["trust", "--remove", "127.0.0.1"]);
    sandbox.good(&["trust", MODULE]);
    std::fs::remove_dir_all(sandbox.path("store/libs-v1")).unwrap();
    std::fs::remove_file(sandbox.path("app/program")).unwrap();
    good(&build(&sandbox, &zig));
    assert_eq!(sandbox.server.connections(), 2);
    std::fs::remove_dir_all(sandbox.path("store/libs-v1")).unwrap();
    std::fs::remove_file(sandbox.path("app/program")).unwrap();
    sandbox.write("modules/example.test/thing@v0.3.0/cgozig.toml", manifest + "# edited\n");
    let said = support::text(&build(&sandbox, &zig));
    assert!(said.contains("its manifest has changed since it was trusted"), "{said}");
    assert!(said.contains("hint: cgozig trust example.test/thing\n"), "{said}");
    assert_eq!(sandbox.server.connections(), 2);
}

#[test]
fn a_module_is_trusted_with_the_manifest_that_it_has() {
    let sandbox = Sandbox::new();
    sandbox.serve(GNU, thing(GNU));
    let text = dependency(&sandbox, "v0.3.0");
    let said = sandbox.good(&["trust", MODULE]);
    let digest = format!("sha256:{}", pin(text.as_bytes()).sha256);
    assert!(said.contains("from 127.0.0.1\n") && said.contains(&digest), "{said}");
    assert!(said.contains("thing@v0.3.0/cgozig.toml") && !said.contains("may change"), "{said}");
    let config = sandbox.read("config.toml");
    assert_eq!(config, format!("[trust.modules]\n\"{MODULE}\" = \"{digest}\"\n"));
    sandbox.good(&["trust", MODULE]);
    assert_eq!(sandbox.read("config.toml"), config);
    sandbox.good(&["fetch"]);
    // Another version has another manifest.
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    let asked = sandbox.server.connections();
    good(
        &sandbox
            .command("sh")
            .args(["-c", "rm -f go.mod go.sum; go mod init example.test/app"])
            .output()
            .unwrap(),
    );
    let newer = dependency(&sandbox, "v0.4.0");
    let said = sandbox.bad(&["fetch"]);
    assert!(said.contains("its manifest has changed since it was trusted"), "{said}");
    assert!(said.ends_with("\nhint: cgozig trust example.test/thing"), "{said}");
    assert_eq!(sandbox.server.connections(), asked);
    assert!(type_hint(&sandbox, &said).contains(&pin(newer.as_bytes()).sha256));
    sandbox.good(&["fetch"]);
    // So has one that was edited.
    std::fs::remove_dir_all(sandbox.path("store")).unwrap();
    sandbox.write("modules/example.test/thing@v0.4.0/cgozig.toml", newer + "#\n");
    assert!(sandbox.bad(&["fetch"]).contains("has changed since it was trusted"));
    sandbox.good(&["trust", "--remove", MODULE]);
    assert!(sandbox.bad(&["fetch"]).contains("which is this machine"));
}

#[test]
fn a_module_that_is_not_there_or_declares_nothing_cannot_be_trusted() {
    let sandbox = Sandbox::new();
    let said = sandbox.bad(&["trust", "example.test/other"]);
    assert!(said.contains("is not built from it") && said.contains("cgozig list"), "{said}");
    let said = sandbox.bad(&["trust", "example.test/app"]);
    assert!(said.contains("it has no cgozig.toml"), "{said}");
    sandbox.publish(MODULE, "v0.3.0", &[("thing.go", b"package thing\n")]);
    sandbox.import(&[MODULE]);
    assert!(sandbox.bad(&["trust", MODULE]).contains("it has no cgozig.toml"));
    for gone in ["modules/example.test", "proxy/example.test/thing/@v/v0.3.0.zip"] {
        let path = sandbox.path(gone);
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.unwrap();
    }
    std::fs::remove_file(sandbox.path("modules/cache/download/example.test/thing/@v/v0.3.0.zip")).unwrap();
    let said = sandbox.bad(&["trust", MODULE]);
    assert!(said.contains("its files are not here") && said.contains("go mod download"), "{said}");
    let mut elsewhere = sandbox.command(support::cgozig());
    let said = bad(&elsewhere.args(["trust", MODULE]).current_dir("/").output().unwrap());
    assert!(said.contains("no go.mod"), "{said}");
    assert_eq!(sandbox.read("config.toml"), "");
    // The table that cgozig has of its own is a manifest too.
    let slim = "github.com/agntcy/slim-bindings-go";
    let sandbox = Sandbox::new();
    sandbox.publish(slim, "v1.4.0", &[("slim.go", b"package slim\n")]);
    sandbox.import(&[slim]);
    let said = sandbox.good(&["trust", slim]);
    assert!(said.contains("from github.com\n") && said.contains("cgozig's own table, sha256:"), "{said}");
}

/// What the manifest of the sandbox's module is called.
fn manifest_digest(sandbox: &Sandbox) -> String {
    format!("sha256:{}", pin(sandbox.read("app/cgozig.toml").as_bytes()).sha256)
}
