//! Runtime packs: made, taken, refused, fetched by an index. The zig of most of them is a script; `real` has the real one.

mod support;

#[path = "support/archives.rs"]
mod archives;
#[path = "pack/debug.rs"]
mod debug;
#[path = "pack/hostile.rs"]
mod hostile;
#[path = "pack/indexed.rs"]
mod indexed;
#[path = "pack/made.rs"]
mod made;
#[path = "pack/real.rs"]
mod real;

use cgozig::digest::sha256_of;
use cgozig::direct::learned::{Key, Learned, RuntimeFile, hole};
use cgozig::pack::make;
use cgozig::store::Store;
use cgozig::store::target::TargetCache;
use cgozig::zig::ZigVersion;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ZIG: &str = "0.15.2";
const TRIPLE: &str = "aarch64-linux-musl";

/// A store, a zig that is a script, and the user's folder.
struct Place {
    folder: tempfile::TempDir,
    zig: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = support::folder();
        let zig = support::fake_zig(folder.path(), ZIG, "exit 0");
        fs::write(folder.path().join("x.o"), "an object").unwrap();
        // What every use leaves behind.
        fs::create_dir_all(folder.path().join("store/tmp-v1")).unwrap();
        fs::create_dir_all(folder.path().join("store/zigs-v1")).unwrap();
        Place { folder, zig }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> Store {
        Store::at(self.path("store"))
    }

    fn cache(&self) -> TargetCache {
        self.store().target_cache(ZigVersion::parse(ZIG).unwrap(), TRIPLE).unwrap().0
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_CACHE_DIR", self.path("store")).env("CGOZIG_ZIG", &self.zig);
        command.env("CGOZIG_TARGET", TRIPLE).current_dir(self.folder.path()).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn succeeds(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
        support::text(&output)
    }

    /// The files of the store, without locks and what is known of the zig.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let own = ["locks-v1", "zigs-v1", "settings-v1", "local-"];
        let all = archives::snapshot(&self.path("store"));
        all.into_iter().filter(|(path, _)| !own.iter().any(|name| path.contains(name))).collect()
    }

    /// Refused with one sentence and one hint, and the store is as it was.
    fn refuses(&self, words: &[&str], said: &str) {
        let before = self.files();
        let output = self.run(words);
        let text = support::text(&output);
        assert!(!output.status.success(), "{words:?} succeeds: {text}");
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("cgozig: fetch")).collect();
        assert!(lines.len() == 2 && lines[0].starts_with("cgozig: could not "), "{text}");
        assert!(lines[1].starts_with("hint: ") && lines[0].contains(said), "{said}: {text}");
        assert!(self.files() == before, "{words:?} changes the store");
    }

    /// A pack of `cache`, as a file.
    fn packed(&self, cache: &TargetCache) -> PathBuf {
        let file = self.path("x.tar.zst");
        make::write(cache, ZIG, TRIPLE, &file).unwrap();
        file
    }
}

/// The name of a runtime file with that content, as links learn it.
fn runtime_name(contents: &[u8], name: &str) -> String {
    format!("{}/{name}", &sha256_of(contents)[..16])
}

/// Puts a record into a cache, with the files that it names.
fn learn(cache: &TargetCache, key: &str, words: &[&str], files: &[(&str, &[u8])]) -> PathBuf {
    let (key, learned) = record(ZIG, key, words, files);
    for (name, contents) in files {
        let place = cache.runtime().join(runtime_name(contents, name));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, contents).unwrap();
    }
    put(&cache.learned(), &key, &learned)
}

fn put(folder: &Path, key: &Key, learned: &Learned) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(key.file_name());
    fs::write(&path, learned.to_bytes(key)).unwrap();
    path
}

/// A record: `{x}` is a hole, `{rt}/NAME` a file of the runtime by its plain name.
fn record(zig: &str, key: &str, words: &[&str], files: &[(&str, &[u8])]) -> (Key, Learned) {
    let word = |word: &str| -> Vec<u8> {
        let mut text = word.to_string();
        for (name, contents) in files {
            text =
                text.replace(&format!("{{rt}}/{name}"), &format!("{{rt}}/{}", runtime_name(contents, name)));
        }
        for name in ["rt", "lib", "in", "out", "0"] {
            text = text.replace(&format!("{{{name}}}"), std::str::from_utf8(&hole(name)).unwrap());
        }
        text.into_bytes()
    };
    let files = files.iter().map(|(name, contents)| RuntimeFile {
        name: runtime_name(contents, name),
        size: contents.len() as u64,
        sha256: sha256_of(contents),
    });
    let learned = Learned {
        libraries: Vec::new(),
        files: files.collect(),
        words: words.iter().map(|text| word(text)).collect(),
    };
    (Key { zig: zig.into(), words: key.split(' ').map(word).collect() }, learned)
}

/// What libraries and objects begin with.
const LIBC: &[u8] = b"!<arch>\nlibc";
const CRT1: &[u8] = b"\x7fELF crt1";

/// The records of a small pack.
fn learn_all(cache: &TargetCache) {
    let loader = "/lib/ld-musl-aarch64.so.1";
    let words = ["ld.lld", "-dynamic-linker", loader, "{rt}/crt1.o", "{0}", "{rt}/libc.a", "-o", "{out}"];
    learn(cache, "cc {0} -o {out}", &words, &[("crt1.o", CRT1), ("libc.a", LIBC)]);
    learn(cache, "cc -c input.c -o {out}", &["clang", "-I{lib}/include", "{in}", "-o", "{out}"], &[]);
}
