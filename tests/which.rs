//! Which zig is used of several that are there, and what is said of the others.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Zigs in a folder each, and an empty store.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: support::folder() }
    }

    /// A zig that says it is that version.
    fn zig(&self, version: &str) -> PathBuf {
        let folder = self.folder.path().join(version);
        fs::create_dir_all(&folder).unwrap();
        support::fake_zig(&folder, version, "exit 0")
    }

    /// cgozig with these zigs on PATH, and without Python.
    fn cgozig(&self, choice: &str, versions: &[&str]) -> Command {
        let folders = versions.iter().map(|version| self.zig(version).parent().unwrap().to_path_buf());
        let mut command = support::clean(support::cgozig());
        command.env("PATH", std::env::join_paths(folders).unwrap()).env("CGOZIG_ZIG", choice);
        command.env("CGOZIG_CACHE_DIR", self.folder.path().join("store")).env("CGOZIG_OFFLINE", "1");
        command.env("CGOZIG_LOG_FILE", self.folder.path().join("log"));
        command
    }

    fn which(&self, choice: &str, versions: &[&str]) -> Output {
        self.cgozig(choice, versions).args(["zig", "which"]).output().unwrap()
    }
}

const SUPPORTED: [&str; 5] = ["0.14.1", "0.15.2", "0.16.0", "0.17.0", "0.17.3"];

/// With the clause that is said of them.
const OTHERS: [(&str, &str); 5] = [
    ("0.13.0", "is older than 0.14.1"),
    ("0.14.0", "is older than 0.14.1"),
    ("0.18.0", "is newer than 0.17.0"),
    ("0.16.0-dev.1354+94e98bfe8", "is a development build"),
    ("0.18.0-dev.7+94e98bfe8", "is newer than 0.17.0"),
];

#[test]
fn a_zig_on_path_that_is_not_supported_is_passed_over_and_named() {
    let place = Place::new();
    for (other, why) in OTHERS {
        let sentence = format!("zig {other} at `{}` {why}", place.zig(other).display());
        for choice in ["auto", "path", "off"] {
            for supported in SUPPORTED {
                let output = place.which(choice, &[other, supported]);
                let expected = format!("{}\n", place.zig(supported).display());
                assert_eq!(support::text(&output), expected, "{choice}");
            }
            assert!(fs::read_to_string(place.folder.path().join("log")).unwrap().contains(&sentence));
            // Alone it is no zig at all, for a subcommand and for a compiler.
            let mut compile = place.cgozig(choice, &[other]);
            for output in [place.which(choice, &[other]), compile.args(["-c", "x.c"]).output().unwrap()] {
                let said = support::text(&output);
                assert!(!output.status.success() && said.contains(&sentence), "{choice}: {said}");
            }
        }
    }
}

#[test]
fn a_development_build_is_not_the_release_that_it_leads_to() {
    let place = Place::new();
    let output = place.which("0.16.0", &["0.16.0-dev.1354+94e98bfe8"]);
    assert!(!output.status.success(), "{}", support::text(&output));
    let output = place.which("0.16.0", &["0.16.0-dev.1354+94e98bfe8", "0.16.0"]);
    assert_eq!(support::text(&output), format!("{}\n", place.zig("0.16.0").display()));
    // A release that is newer than this cgozig is used when it is asked for.
    let output = place.which("0.18.0", &["0.18.0"]);
    assert!(output.status.success(), "{}", support::text(&output));
}

#[test]
fn a_zig_that_is_asked_for_by_its_path_is_used_and_doctor_says_that_it_is_untested() {
    let place = Place::new();
    for (other, why) in &OTHERS[2..] {
        let path = place.zig(other);
        for words in [&["-c", "x.c"][..], &["zig", "which"]] {
            let output = place.cgozig(path.to_str().unwrap(), &[]).args(words).output().unwrap();
            assert!(output.status.success(), "{other}: {}", support::text(&output));
        }
        let doctor = place.cgozig(path.to_str().unwrap(), &["0.15.2"]).arg("doctor").output().unwrap();
        let said = support::text(&doctor);
        assert!(said.contains(&format!("ok  zig      {other} at {} (CGOZIG_ZIG)", path.display())), "{said}");
        assert!(said.contains(&format!("ok  zig      untested: it {why}")), "{said}");
    }
    let doctor = support::text(&place.cgozig("auto", &["0.18.0", "0.15.2"]).arg("doctor").output().unwrap());
    assert!(doctor.contains("ok  zig      passed over: zig 0.18.0 at `"), "{doctor}");
    assert!(!doctor.contains("untested"), "{doctor}");
}
