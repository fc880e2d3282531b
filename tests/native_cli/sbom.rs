//! `cgozig sbom`: programs that a real zig links, and what is told of them.

use crate::archives::deflated;
use crate::sandbox::{Sandbox, bad, good};
use crate::support::{self, native::pin};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A module that links a library of its own, one that is fetched, and libc.
struct Project {
    sandbox: Sandbox,
    zig: PathBuf,
}

/// Where the fetched library is said to be.
const URL: &str = "https://github.com/o/r/releases/download/v1.2/far.zip";

impl Project {
    fn new() -> Option<Project> {
        let project = Project { sandbox: Sandbox::new(), zig: support::zig(support::ZIG)? };
        let sandbox = &project.sandbox;
        sandbox.write("app/near/near.c", "int near_number(void) { return 40; }\n");
        sandbox.write("far.c", "int far_number(void) { return 2; }\n");
        let main = "package main\n\n// #cgo LDFLAGS: -L${SRCDIR}/near -lnear -lfar\n// int near_number(void);\n// int far_number(void);\n\
                    import \"C\"\n\nfunc main() { println(C.near_number() + C.far_number()) }\n";
        sandbox.write("app/main.go", main);
        Some(project)
    }

    /// Makes both libraries for a target, and locks the one.
    fn libraries(&self, port: &str) {
        let sandbox = &self.sandbox;
        for (source, library) in [("app/near/near.c", "app/near/libnear.a"), ("far.c", "libfar.a")] {
            let object = sandbox.path("made.o");
            let _ = std::fs::remove_file(sandbox.path(library));
            let mut compile = support::compiler(&self.zig, port);
            compile.arg("-c").arg("-o").arg(&object).arg(sandbox.path(source));
            let mut archive = support::clean(support::bin().join("cgozig-ar"));
            archive.env("CGOZIG_ZIG", &self.zig).arg("rcs").arg(sandbox.path(library)).arg(&object);
            good(&compile.output().unwrap());
            good(&archive.output().unwrap());
        }
        let archive = deflated(&[("libfar.a", &std::fs::read(sandbox.path("libfar.a")).unwrap())]);
        sandbox.serve("/github.com/o/r/releases/download/v1.2/far.zip", &archive);
        let pin = pin(&archive);
        let variant = if port.starts_with("linux") { format!("{port}/gnu") } else { port.to_string() };
        let manifest = format!(
            "[[library]]\nname = \"far\"\nversion = \"1.2\"\nurl = \"{URL}\"\narchive = \"zip\"\nlibs = {{ far = \"libfar.a\" }}\n\
             [library.variants.\"{variant}\"]\nsha256 = \"{}\"\nsize = {}\n",
            pin.sha256, pin.size
        );
        sandbox.write("app/cgozig.toml", manifest);
    }

    /// A program with the shared store, so that zig need not build a libc.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>, port: &str) -> Command {
        let mut command = self.sandbox.command(program);
        let (os, arch) = port.split_once('/').unwrap();
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", support::bin().display())).env("CGOZIG_ZIG", &self.zig);
        command.env("GOOS", os).env("GOARCH", arch).env("CGO_ENABLED", "1").env("CC", "cgozig");
        command.env("GOCACHE", support::tools().join("go-cache")).env("CGOZIG_CACHE_DIR", support::store());
        command.env("CGOZIG_MIRROR", self.sandbox.server.url(""));
        command
    }

    fn build(&self, port: &str, words: &[&str]) {
        good(&self.command("go", port).arg("build").args(words).output().unwrap());
    }

    fn sbom(&self, port: &str, what: &str) -> Value {
        let output = self.command(support::cgozig(), port).args(["sbom", what]).output().unwrap();
        serde_json::from_str(&good(&output)).unwrap()
    }
}

fn component<'a>(document: &'a Value, name: &str) -> &'a Value {
    let all = document["components"].as_array().unwrap();
    all.iter().find(|component| component["name"] == name).unwrap_or_else(|| panic!("{name} in {document:#}"))
}

/// What the schema of CycloneDX 1.6 demands of what we write.
fn assert_valid(document: &Value) {
    assert_eq!((&document["bomFormat"], &document["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    let mut names = vec![document["metadata"]["component"]["bom-ref"].as_str().unwrap()];
    for component in document["components"].as_array().unwrap() {
        assert!(component["type"].is_string() && component["name"].is_string(), "{component}");
        names.push(component["bom-ref"].as_str().unwrap());
        for hash in component["hashes"].as_array().into_iter().flatten() {
            let content = hash["content"].as_str().unwrap();
            assert!(hash["alg"] == "SHA-256" && content.len() == 64, "{hash}");
        }
    }
    let references: Vec<&str> =
        document["dependencies"].as_array().unwrap().iter().map(|one| one["ref"].as_str().unwrap()).collect();
    assert_eq!(references, names);
}

#[test]
fn a_program_tells_zig_libc_and_every_library() {
    let Some(project) = Project::new() else { return };
    for (port, libc, file) in [
        ("linux/amd64", "glibc", "app"),
        ("windows/amd64", "mingw-w64", "app.exe"),
        ("darwin/arm64", "libSystem", "app"),
    ] {
        project.libraries(port);
        project.build(port, &["-o", file]);
        let document = project.sbom(port, file);
        assert_valid(&document);
        let own = &document["metadata"]["component"];
        let bytes = std::fs::read(project.sandbox.path("app").join(file)).unwrap();
        assert_eq!((&own["name"], &own["hashes"][0]["content"]), (&file.into(), &pin(&bytes).sha256.into()));
        assert_eq!(component(&document, "zig")["version"], support::ZIG);
        let libc = component(&document, libc);
        assert!(port != "linux/amd64" || libc["version"] == "2.28", "{libc}");
        let near = std::fs::read(project.sandbox.path("app/near/libnear.a")).unwrap();
        assert_eq!(component(&document, "libnear.a")["hashes"][0]["content"], pin(&near).sha256);
        let far = component(&document, "far");
        assert_eq!((&far["version"], &far["purl"]), (&"1.2".into(), &"pkg:github/o/r@v1.2".into()));
        assert_eq!(far["externalReferences"][0]["url"], URL);
        let sha256 = far["hashes"][0]["content"].as_str().unwrap();
        assert!(project.sandbox.read("app/cgozig.toml").contains(sha256));
        // The same of the module, without the program's name and hash.
        let of_module = project.sbom(port, ".");
        assert_eq!(of_module["components"], document["components"]);
        assert_eq!(of_module["metadata"]["component"]["name"], "example.test/app");
    }
}

#[test]
fn a_document_is_the_same_each_time_and_dated_only_on_demand() {
    let Some(project) = Project::new() else { return };
    project.libraries("linux/amd64");
    project.build("linux/amd64", &["-o", "app"]);
    let sbom = |words: &[&str], time: Option<&str>| {
        let mut command = project.command(support::cgozig(), "linux/amd64");
        time.map(|time| command.env("SOURCE_DATE_EPOCH", time));
        command.arg("sbom").args(words).output().unwrap()
    };
    let first = good(&sbom(&["app"], None));
    assert!(!first.contains("timestamp") && first == good(&sbom(&["app"], None)));
    assert_eq!(good(&sbom(&["app", "-o", "sbom.json"], None)), "");
    assert_eq!(project.sandbox.read("app/sbom.json"), first);
    assert!(good(&sbom(&["app"], Some("951782400"))).contains("\"timestamp\": \"2000-02-29T00:00:00Z\""));
    assert!(bad(&sbom(&["app"], Some("yesterday"))).contains("yesterday"));
    // Programs of which nothing is known, and files that are none.
    std::fs::write(project.sandbox.path("app/text"), "no program").unwrap();
    for (what, expected) in
        [("absent", "absent"), ("text", "no build ID"), ("/usr/bin/env", "no build ID"), ("near", "near")]
    {
        let said = bad(&sbom(&[what], None));
        assert!(said.contains(expected), "{said}");
    }
    // Cut short anywhere, a program has an id or none.
    let whole = std::fs::read(project.sandbox.path("app/app")).unwrap();
    for part in 1..20 {
        std::fs::write(project.sandbox.path("app/text"), &whole[..whole.len() * part / 20]).unwrap();
        let output = sbom(&["text"], None);
        assert!(output.status.success() || bad(&output).contains("no build ID"));
    }
    project.build("linux/amd64", &["-o", "plain", "-ldflags=-buildid="]);
    assert!(bad(&sbom(&["plain"], None)).contains("cgozig sbom ."));
    assert!(good(&sbom(&["."], None)).contains("\"far\""));
    let musl = project.command(support::cgozig(), "linux/arm64").args(["sbom", "."]).output().unwrap();
    assert!(bad(&musl).contains("linux/arm64"));
    let mut elsewhere = project.command(support::cgozig(), "linux/amd64");
    assert!(bad(&elsewhere.args(["sbom", "."]).current_dir("/").output().unwrap()).contains("go.mod"));
    // Known to Go, not to this store.
    let mut empty = project.command(support::cgozig(), "linux/amd64");
    empty.env("CGOZIG_CACHE_DIR", project.sandbox.path("empty")).args(["sbom", "app"]);
    assert!(bad(&empty.output().unwrap()).contains("no link of it is remembered"));
}
