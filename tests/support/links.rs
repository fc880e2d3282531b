//! Small programs to link by one zig for one target.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// A folder with sources, whose name has a space; one zig and one target.
pub struct Place {
    pub folder: PathBuf,
    pub zig: PathBuf,
    pub store: PathBuf,
    target: (&'static str, &'static str),
    pub outer: tempfile::TempDir,
}

const SOURCES: &[(&str, &str)] = &[
    (
        "main.c",
        "#include <stdio.h>\n#include <math.h>\nint g(void);\nint main(int c, char **v) {\n  printf(\"linked %d %.2f\\n\", g(), cos(c - 1));\n  return 0;\n}\n",
    ),
    ("g.c", "int f(void);\nint g(void) { return f() + 3; }\n"),
    ("f.c", "int f(void) { return 4; }\n"),
    ("other.c", "int f(void) { return 5; }\n"),
    ("lacks.c", "int nowhere(void);\nint main(void) { return nowhere(); }\n"),
    ("given.c", "int given(void);\nint main(void) { return given() != 4; }\n"),
    ("empty.c", "typedef int nothing;\n"),
    ("small.c", "int main(void) { return 0; }\n"),
];

impl Place {
    pub fn new(version: &str, target: (&'static str, &'static str)) -> Option<Place> {
        let outer = super::folder();
        let folder = outer.path().join("a b");
        fs::create_dir(&folder).unwrap();
        for (name, text) in SOURCES {
            fs::write(folder.join(name), text).unwrap();
        }
        let place = Place { zig: super::zig(version)?, folder, store: super::store(), target, outer };
        let words: Vec<_> =
            SOURCES.iter().map(|(name, _)| format!("-c {name} -o {}", name.replace(".c", ".o"))).collect();
        words.iter().for_each(|words| place.succeeds("auto", words));
        place.succeeds("auto", "-c f.c -o f2.o");
        super::clean(&place.zig)
            .args(["ar", "rcs", "libf.a", "f.o"])
            .current_dir(&place.folder)
            .status()
            .unwrap();
        super::clean(&place.zig)
            .args(["ar", "rcs", "other.a", "other.o"])
            .current_dir(&place.folder)
            .status()
            .unwrap();
        Some(place)
    }

    /// One with a store of its own, in which zig finds what it built for the other tests.
    pub fn alone(version: &str, target: (&'static str, &'static str)) -> Option<Place> {
        let mut place = Place::new(version, target)?;
        place.succeeds("zig-cc", "main.o g.o f.o -o warm -lm");
        let shared = place.kept("global");
        place.store = place.folder.join("store");
        place.succeeds("zig-cc", "-c small.c");
        let own = place.kept("global");
        fs::remove_dir_all(&own).unwrap();
        std::os::unix::fs::symlink(shared, own).unwrap();
        Some(place)
    }

    /// Something of the target's own folder in the store.
    pub fn kept(&self, name: &str) -> PathBuf {
        let targets = self.store.join("target-v1");
        let version =
            self.zig.parent().unwrap().parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let start = version.replace("zig-", "");
        let mut places: Vec<PathBuf> =
            fs::read_dir(&targets).unwrap().map(|entry| entry.unwrap().path()).collect();
        let triple = match self.target {
            ("linux/amd64", "musl") => "x86_64-linux-musl",
            ("windows/amd64", _) => "x86_64-windows-gnu",
            other => panic!("{other:?} has no name here"),
        };
        places.retain(|path| path.file_name().unwrap().to_string_lossy() == format!("{start}-{triple}"));
        targets.join(fs::read_link(&places[0]).unwrap()).join(name)
    }

    /// Runs cgozig; `words` are split at spaces.
    pub fn cc(&self, route: &str, words: &str) -> Output {
        let (port, libc) = self.target;
        let mut command = super::user("cgozig", &self.zig, port, libc);
        command.env("CGOZIG_ROUTE", route).env("CGOZIG_CACHE_DIR", &self.store);
        let _ = fs::remove_file(self.folder.join("log"));
        command.env("CGOZIG_LOG_FILE", self.folder.join("log")).env("CGOZIG_LOG", "debug");
        command.args(words.split(' ')).current_dir(&self.folder).output().unwrap()
    }

    pub fn succeeds(&self, route: &str, words: &str) {
        let output = self.cc(route, words);
        let (port, libc) = self.target;
        assert!(output.status.success(), "{port} {libc} {route} {words}: {}", super::text(&output));
        assert_eq!(super::text(&output), "", "{port} {libc} {route} {words}");
    }

    /// Whether the last call was done directly.
    pub fn was_direct(&self) -> bool {
        let log = fs::read_to_string(self.folder.join("log")).unwrap();
        log.contains("direct ld.lld ") || log.contains("direct lld-link ")
    }

    /// A link by both routes; gives both programs.
    pub fn both(&self, words: &str) -> [Vec<u8>; 2] {
        ["zig-cc", "direct"].map(|route| {
            fs::create_dir_all(self.folder.join("out")).unwrap();
            self.succeeds(route, words);
            assert_eq!(self.was_direct(), route == "direct", "{words}");
            let output = words.split(' ').skip_while(|word| *word != "-o").nth(1).unwrap();
            let program = fs::read(self.folder.join(output)).unwrap();
            fs::remove_file(self.folder.join(output)).unwrap();
            program
        })
    }

    pub fn says(&self, program: &str) -> String {
        let (port, libc) = self.target;
        let output = super::run(port, libc, &self.folder.join(program)).output().unwrap();
        assert!(output.status.success(), "{}", super::text(&output));
        String::from_utf8_lossy(&output.stdout).replace('\r', "")
    }
}

/// The files in a folder and its own folders.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
