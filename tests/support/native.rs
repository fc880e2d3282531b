//! A store to fetch libraries into, in this process or in one of its own.

#![allow(dead_code, reason = "each test file uses its part")]

use super::server::Server;
use cgozig::failure::Failure;
use cgozig::native::artifact::{ArchiveKind, Artifact, Pin};
use cgozig::native::consent::Declarer;
use cgozig::native::fetch;
use cgozig::native::manifest::Place;
use cgozig::native::variant::Variant;
use cgozig::store::Store;
use cgozig::sys::env::Env;
use cgozig::zig::find::Search;
use cgozig::zig::install::Telling;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// The main module, which declares the libraries.
pub const OWN: Declarer =
    Declarer { module: "example.org/module", manifest: "sha256:of-its-manifest", is_own: true };

/// The same as a dependency.
pub const DEPENDENCY: Declarer = Declarer { is_own: false, ..OWN };

/// The variable by which a process is asked to fetch; it holds the hash and the size.
pub const ASKED: &str = "TEST_PIN";

/// What a static library begins with.
pub const MAGIC: &[u8] = b"!<arch>\n";

/// A static library as far as fetching looks at one.
pub fn library(contents: impl AsRef<[u8]>) -> Vec<u8> {
    [MAGIC, contents.as_ref()].concat()
}

/// A library for linux/amd64/gnu: `-l` names and their paths.
pub fn artifact(url: &str, kind: ArchiveKind, libs: &[(&str, &str)]) -> Artifact {
    Artifact {
        library: "thing".into(),
        version: "v1.2.3".into(),
        variant: Variant::parse("linux/amd64/gnu").unwrap(),
        url: url.into(),
        kind,
        libs: libs.iter().map(|(name, path)| (name.to_string(), path.to_string())).collect(),
        include: Vec::new(),
        system: Vec::new(),
        frameworks: Vec::new(),
        private: false,
        place: Place::Store,
    }
}

/// The hash and size of these bytes.
pub fn pin(bytes: &[u8]) -> Pin {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Pin { sha256, size: bytes.len() as u64 }
}

/// Remembers what was told.
#[derive(Default)]
pub struct Heard(pub Mutex<Vec<String>>);

impl Telling for Heard {
    fn step(&self, text: &str) {
        self.0.lock().unwrap().push(text.into());
    }
    fn bytes(&self, _done: u64, _all: Option<u64>) {}
    fn waiting(&self, text: &str) {
        self.0.lock().unwrap().push(format!("waiting: {text}"));
    }
}

/// An empty store and an empty configuration, and no way to anywhere but this machine.
pub struct Sandbox {
    folder: tempfile::TempDir,
    /// Where every connection to the outside ends.
    pub outside: Server,
}

impl Sandbox {
    pub fn new() -> Sandbox {
        Sandbox::with("")
    }

    /// With that configuration.
    pub fn with(config: &str) -> Sandbox {
        let outside = Server::start(|_, connection| connection.answer(502, &[], b""));
        let sandbox = Sandbox { folder: super::folder(), outside };
        fs::write(sandbox.path().join("config.toml"), config).unwrap();
        sandbox
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn store(&self) -> Store {
        Store::at(self.path().join("store"))
    }

    pub fn empty(&self) {
        let _ = fs::remove_dir_all(self.store().root());
    }

    /// Where the archive's files are once they are there.
    pub fn place(&self, pin: &Pin) -> PathBuf {
        self.store().library(&pin.sha256)
    }

    fn variables(&self) -> [(&'static str, String); 5] {
        let path = |name: &str| self.path().join(name).display().to_string();
        [
            ("CGOZIG_CACHE_DIR", path("store")),
            ("CGOZIG_CONFIG", path("config.toml")),
            ("CGOZIG_TIMEOUT", "2".into()),
            ("CGOZIG_LOCK_TIMEOUT", "60".into()),
            ("HTTPS_PROXY", format!("http://{}", self.outside.address())),
        ]
    }

    /// Does something with a search; `more` goes before the sandbox's own variables.
    pub fn search<T>(&self, more: &[(&'static str, &str)], what: impl FnOnce(&Search) -> T) -> T {
        let own = self.variables();
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = more.iter().copied().chain(own).collect();
        let (env, heard) = (Env::of(&all), Heard::default());
        what(&Search::open(&env, &heard).unwrap())
    }

    pub fn ensure(&self, artifact: &Artifact, pin: &Pin) -> Result<PathBuf, Failure> {
        self.search(&[], |search| fetch::ensure(search, OWN, artifact, pin))
    }

    pub fn present(&self, artifact: &Artifact, pin: &Pin) -> Option<PathBuf> {
        fetch::present(&self.store(), artifact, pin, false)
    }

    /// What lies unfinished in the store.
    pub fn unfinished(&self) -> usize {
        fs::read_dir(self.store().unfinished()).map_or(0, Iterator::count)
    }

    /// [`Sandbox::ensure`] of a zip in a process of its own, started by `before` (strace with its words) if any: this test
    /// program again, which does [`in_a_process`] where [`ASKED`] is set.
    pub fn process(&self, before: &[&str], artifact: &Artifact, pin: &Pin) -> Command {
        let own = std::env::current_exe().unwrap();
        let mut command = match before {
            [] => super::clean(own),
            [first, rest @ ..] => {
                let mut command = super::clean(first);
                command.args(rest).arg(own);
                command
            }
        };
        command.envs(self.variables()).env("TEST_URL", &artifact.url);
        let libs: String = artifact.libs.iter().map(|(name, path)| format!("{name}={path} ")).collect();
        command.env("TEST_LIBS", libs).env(ASKED, format!("{} {}", pin.sha256, pin.size));
        if artifact.private {
            command.env("TEST_PRIVATE", "1");
        }
        command
    }
}

/// What a process of [`Sandbox::process`] does: it prints and exits as a compiler would.
pub fn in_a_process() -> ! {
    let text = |name: &str| std::env::var(name).unwrap();
    let (libs, pinned) = (text("TEST_LIBS"), text(ASKED));
    let libs: Vec<(&str, &str)> = libs.split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect();
    let mut artifact = artifact(&text("TEST_URL"), ArchiveKind::Zip, &libs);
    artifact.private = std::env::var_os("TEST_PRIVATE").is_some();
    let (sha256, size) = pinned.split_once(' ').unwrap();
    let pin = Pin { sha256: sha256.into(), size: size.parse().unwrap() };
    let env = Env::read();
    cgozig::voice::open_log(&env);
    let done = Search::open(&env, &Spoken).and_then(|search| fetch::ensure(&search, OWN, &artifact, &pin));
    let code = match done {
        Ok(folder) => {
            println!("fetched {}", folder.display());
            0
        }
        Err(failure) => {
            cgozig::voice::report(&failure);
            failure.exit as i32
        }
    };
    std::process::exit(code);
}

struct Spoken;

impl Telling for Spoken {
    fn step(&self, text: &str) {
        eprintln!("cgozig: {text}");
    }
    fn bytes(&self, _done: u64, _all: Option<u64>) {}
    fn waiting(&self, text: &str) {
        eprintln!("cgozig: waiting: {text}");
    }
}

/// Whether a process of [`Sandbox::process`] has fetched the library.
pub fn has_fetched(output: &Output) -> bool {
    output.status.success() && super::text(output).contains("fetched ")
}
