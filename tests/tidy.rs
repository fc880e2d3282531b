//! The rules about the source: the border between deciding and doing, one place for systems, sizes, words.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, with its text up to its tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    let text =
        |path: &Path| fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap().to_string();
    files.iter().map(|path| (relative(path), text(path))).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// Files that touch the world; everything else is a function from values to values.
const EFFECTS: &[&str] = &[
    "src/archive/remember.rs",
    "src/cli/",
    "src/compat.rs",
    "src/compiler.rs",
    "src/direct/learn.rs",
    "src/direct/learn_link.rs",
    "src/direct/record.rs",
    "src/direct/runtime.rs",
    "src/finish/mod.rs",
    "src/bundle.rs",
    "src/linking.rs",
    "src/main.rs",
    "src/hand_over.rs",
    "src/native/declared.rs",
    "src/native/go_modules.rs",
    "src/native/fetch/mod.rs",
    "src/native/fetch/route.rs",
    "src/native/fetch/unpacked.rs",
    "src/native/headers.rs",
    "src/native/link.rs",
    "src/native/lookup.rs",
    "src/native/memory.rs",
    "src/native/modules.rs",
    "src/native/place.rs",
    "src/native/stand_in.rs",
    "src/native/started.rs",
    "src/net/mod.rs",
    "src/pack/fetch.rs",
    "src/pack/make.rs",
    "src/pack/take.rs",
    "src/sbom/mod.rs",
    "src/settings.rs",
    "src/shims.rs",
    "src/store/",
    "src/sys/",
    "src/tool/",
    "src/trouble/last.rs",
    "src/trouble/made.rs",
    "src/trouble/save.rs",
    "src/unpack/mod.rs",
    "src/unpack/output.rs",
    "src/unpack/tar.rs",
    "src/unpack/zip.rs",
    "src/voice.rs",
    "src/warm.rs",
    "src/zig/find.rs",
    "src/zig/install/",
    "src/zig/mirrors.rs",
    "src/failure.rs",
    "src/exit.rs",
];

#[test]
fn deciding_files_do_not_touch_the_world() {
    for (file, text) in sources("src") {
        if EFFECTS.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        for word in ["std::fs", "std::env::", "std::process", "std::net", "std::time", "say!(", "complain!("]
        {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn only_sys_knows_which_system_this_is() {
    for (file, text) in sources("src") {
        if file.starts_with("src/sys/") {
            continue;
        }
        for word in ["cfg(unix", "cfg(windows", "cfg(target_os", "cfg!(", "std::os::"] {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn files_say_what_they_know_and_fit() {
    for (file, text) in sources("src").into_iter().chain(sources("tests")) {
        assert!(text.starts_with("//! "), "{file} does not begin with what it knows");
        let lines = text.lines().count();
        let is_data =
            file.starts_with("src/rules/") || file == "src/argv/grammar.rs" || file == "tests/matrix.rs";
        assert!(is_data || lines <= 400, "{file} has {lines} lines");
    }
}

#[test]
fn functions_fit_on_a_screen() {
    for (file, text) in sources("src") {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let trimmed = line.trim_start();
            let starts = ["fn ", "pub fn ", "pub(super) fn ", "const fn ", "pub const fn "];
            if !starts.iter().any(|start| trimmed.starts_with(start)) || trimmed.ends_with(';') {
                continue;
            }
            let indent = line.len() - trimmed.len();
            let end = lines[at..].iter().position(|line| *line == format!("{}}}", " ".repeat(indent)));
            let length = end.map_or(1, |end| end + 1);
            assert!(length <= 40, "{file}: {trimmed} has {length} lines");
        }
    }
}

#[test]
fn only_voice_and_subcommands_print() {
    for (file, text) in sources("src") {
        let allowed = file == "src/voice.rs" || file.starts_with("src/cli/");
        let prints = text.contains("say!(") || text.contains("complain!(");
        assert!(allowed || !prints, "{file} prints");
        // std's own macros panic when the reader has gone.
        assert!(!(text.contains("println!") || text.contains("print!(")), "{file} prints with a panic");
    }
}

/// cmd/go and cmd/link take these for "the flag does not work"; only a refusal may say so.
#[test]
fn no_failure_is_misread_by_go() {
    let phrases = ["unrecognized", "unknown", "unrecognised", "is not supported", "not recognized"];
    for (file, text) in sources("src") {
        let in_strings = text.lines().filter(|line| !line.contains("-unknown-"));
        for line in in_strings.filter(|line| line.contains("Failure::new") || line.contains("format!(\"")) {
            for phrase in phrases {
                assert!(!line.contains(phrase), "{file}: {line}");
            }
        }
    }
}

#[test]
fn shims_are_all_listed_and_say_why() {
    let mut files = Vec::new();
    list(&root().join("shims"), &mut files);
    for path in &files {
        let name = path.strip_prefix(root().join("shims")).unwrap().display().to_string();
        assert!(cgozig::shims::ALL.iter().any(|(own, _)| *own == name), "{name} is not in src/shims.rs");
        let text = fs::read_to_string(path).unwrap();
        let head: Vec<&str> = text.lines().take(3).collect();
        for word in ["why:", "source:", "zig:"] {
            assert!(head.iter().any(|line| line.contains(word)), "{name} does not say {word}");
        }
    }
    assert_eq!(files.len(), cgozig::shims::ALL.len());
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

#[test]
fn every_setting_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for variable in cgozig::env_vars::ALL.iter().filter(|variable| variable.ours) {
        assert!(readme.contains(&format!("`{}`", variable.name)), "{} is not in README.md", variable.name);
    }
}
