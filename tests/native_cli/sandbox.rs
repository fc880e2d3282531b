//! A Go module, a store, a configuration, and archives on a server of this machine; no way to anywhere else.

use crate::support;
use crate::support::server::{Connection, Request, Server};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

/// What is served: path → status and body.
pub type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The sandbox.
pub struct Sandbox {
    folder: tempfile::TempDir,
    files: Files,
    /// Serves the files, 404 for all else, and remembers what was asked.
    pub server: Server,
    /// Where every connection to the outside ends.
    pub outside: Server,
}

impl Sandbox {
    /// With an empty module `example.test/app`.
    pub fn new() -> Sandbox {
        let files = Files::default();
        let served = Arc::clone(&files);
        let serve = move |request: &Request, connection: &mut Connection| match served
            .lock()
            .unwrap()
            .get(request.path.as_str())
        {
            Some(body) => connection.answer(200, &[], body),
            None => connection.answer(404, &[], b""),
        };
        let outside = Server::start(|_, connection| connection.answer(502, &[], b""));
        let sandbox = Sandbox { folder: support::folder(), files, server: Server::start(serve), outside };
        fs::create_dir(sandbox.path("app")).unwrap();
        sandbox.write("app/go.mod", "module example.test/app\n\ngo 1.24\n");
        sandbox.write("config.toml", "");
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with its folders.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Serves a file.
    pub fn serve(&self, path: &str, body: impl AsRef<[u8]>) {
        self.files.lock().unwrap().insert(path.into(), body.as_ref().to_vec());
    }

    /// Serves it no longer.
    pub fn withdraw(&self, path: &str) {
        self.files.lock().unwrap().remove(path).unwrap();
    }

    /// Any program, in the module's folder.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = support::clean(program);
        let path = |name: &str| self.path(name).display().to_string();
        command.env("CGOZIG_CACHE_DIR", path("store")).env("CGOZIG_CONFIG", path("config.toml"));
        command.env("CGOZIG_TIMEOUT", "2").env("CGOZIG_LOCK_TIMEOUT", "60");
        command.env("HTTPS_PROXY", format!("http://{}", self.outside.address()));
        command.env("GOMODCACHE", path("modules")).env("GOFLAGS", "-modcacherw").env("GOTOOLCHAIN", "local");
        command.env("GOPROXY", format!("file://{}", path("proxy"))).env("GONOSUMDB", "*").env("GOENV", "off");
        command.env("GOOS", "linux").env("GOARCH", "amd64").current_dir(self.path("app"));
        command
    }

    /// cgozig with these words.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(support::cgozig()).args(words).output().unwrap()
    }

    /// cgozig with these words, through a mirror on this machine.
    pub fn mirrored(&self, words: &[&str]) -> Output {
        let mut command = self.command(support::cgozig());
        command.env("CGOZIG_MIRROR", self.server.url("")).args(words).output().unwrap()
    }

    /// What a run that succeeds prints to standard output.
    pub fn good(&self, words: &[&str]) -> String {
        good(&self.run(words))
    }

    /// The two lines of a run that fails.
    pub fn bad(&self, words: &[&str]) -> String {
        bad(&self.run(words))
    }

    /// Publishes a Go module in the proxy of files, as `go mod download` finds it.
    pub fn publish(&self, module: &str, version: &str, files: &[(&str, &[u8])]) {
        let place = format!("proxy/{module}/@v");
        let go_mod = format!("module {module}\n\ngo 1.24\n");
        let prefixed = |name: &str| format!("{module}@{version}/{name}");
        let all: Vec<(String, &[u8])> = std::iter::once((prefixed("go.mod"), go_mod.as_bytes()))
            .chain(files.iter().map(|(name, text)| (prefixed(name), *text)))
            .collect();
        let all: Vec<(&str, &[u8])> = all.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        self.write(&format!("{place}/{version}.zip"), crate::archives::deflated(&all));
        self.write(&format!("{place}/{version}.mod"), &go_mod);
        self.write(&format!("{place}/{version}.info"), format!("{{\"Version\":\"{version}\"}}"));
        self.write(&format!("{place}/list"), format!("{version}\n"));
    }

    /// `go mod tidy` for a program that imports these packages.
    pub fn import(&self, packages: &[&str]) {
        let imports: String = packages.iter().map(|package| format!("import _ \"{package}\"\n")).collect();
        self.write("app/main.go", format!("package main\n\n{imports}\nfunc main() {{}}\n"));
        good(&self.command("go").args(["mod", "tidy"]).output().unwrap());
    }
}

/// What a run that succeeds prints to standard output.
pub fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", support::text(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The two lines of a run that fails.
pub fn bad(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{}", support::text(output));
    let own: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("cgozig: could not ")).collect();
    assert_eq!(own.len(), 2, "{text}");
    assert!(own[1].starts_with("hint: ") && own[1].len() > 12, "{text}");
    assert!(!text.contains("panicked"), "{text}");
    own.join("\n")
}

/// Whether a folder holds a file of that name, at any depth.
pub fn has_file(folder: &Path, name: &str) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        entry.file_name() == name || (path.is_dir() && has_file(&path, name))
    })
}
