//! A release of zig in miniature: a signed archive with a script for a program, and a store that accepts its key.

use super::server::{Connection, Request, Server};
use lzma_rust2::{XzOptions, XzWriter};
use minisign::KeyPair;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

/// The release that is served.
pub const VERSION: &str = "0.15.2";

/// The archive's name on this machine.
pub fn name() -> String {
    let version = cgozig::zig::ZigVersion::parse(VERSION).unwrap();
    cgozig::zig::pins::release_name(version, cgozig::sys::HOST)
}

/// The archive, its signature, and the key that verifies it.
pub struct Release {
    pub archive: Vec<u8>,
    pub signature: String,
    pub key: String,
    pair: KeyPair,
}

impl Release {
    /// The one that most tests share.
    pub fn shared() -> Arc<Release> {
        static SHARED: LazyLock<Arc<Release>> = LazyLock::new(|| Arc::new(Release::make()));
        Arc::clone(&SHARED)
    }

    fn make() -> Release {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let key = pair.pk.to_base64();
        let archive = archive(&format!(
            "#!/bin/sh\nif [ \"$1\" = env ]; then echo '{{ \"version\": \"{VERSION}\" }}'; else echo {VERSION}; fi\n"
        ));
        let mut release = Release { archive, signature: String::new(), key, pair };
        release.signature = release.signed(&release.archive, &name());
        release
    }

    /// A signature for other bytes, or under another name.
    pub fn signed(&self, bytes: &[u8], name: &str) -> String {
        let comment = format!("timestamp:1760000000\tfile:{name}\thashed");
        let signature =
            minisign::sign(Some(&self.pair.pk), &self.pair.sk, Cursor::new(bytes), Some(&comment), None);
        signature.unwrap().into_string()
    }

    /// A mirror of it.
    pub fn mirror(self: &Arc<Self>) -> Server {
        let release = Arc::clone(self);
        Server::start(move |request, connection| release.serve(request, connection))
    }

    /// Answers as a mirror does.
    pub fn serve(&self, request: &Request, connection: &mut Connection) {
        let file = request.path.split('?').next().unwrap_or_default();
        match file.strip_prefix('/') {
            Some(file) if file == name() => connection.answer(200, &[], &self.archive),
            Some(file) if file == format!("{}.minisig", name()) => {
                connection.answer(200, &[], self.signature.as_bytes());
            }
            _ => connection.answer(404, &[], b""),
        }
    }
}

/// A `.tar.xz` with that program and some files, as zig's own are laid out.
fn archive(program: &str) -> Vec<u8> {
    let top = name().trim_end_matches(".tar.xz").to_string();
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, mode: u32, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(mode);
        tar.append_data(&mut header, format!("{top}/{path}"), bytes).unwrap();
    };
    // Nothing of its own: neither whose it is when it runs, nor who may write it.
    add("zig", 0o6777, program.as_bytes());
    add("LICENSE", 0o644, b"MIT\n");
    add("lib/std/std.zig", 0o644, b"// std\n");
    add("lib/libc/include/stdio.h", 0o644, b"// stdio\n");
    let mut writer = XzWriter::new(Vec::new(), XzOptions::default()).unwrap();
    writer.write_all(&tar.into_inner().unwrap()).unwrap();
    writer.finish().unwrap()
}

/// An empty store with a list of mirrors, a configuration that trusts the release's key, and no way to anywhere else.
pub struct Sandbox {
    folder: tempfile::TempDir,
    /// Where every connection to the outside ends; it remembers the hosts.
    pub outside: Server,
}

impl Sandbox {
    /// With these mirrors.
    pub fn new(mirrors: &[String]) -> Sandbox {
        let outside = Server::start(|_, connection| connection.answer(502, &[], b""));
        let sandbox = Sandbox { folder: super::folder(), outside };
        sandbox.empty(mirrors);
        let config = format!("[zig]\nsource = \"release\"\npublic-key = \"{}\"\n", Release::shared().key);
        fs::write(sandbox.config(), config).unwrap();
        sandbox
    }

    /// Empties the store, and lists these mirrors.
    pub fn empty(&self, mirrors: &[String]) {
        let _ = fs::remove_dir_all(self.store());
        fs::create_dir(self.store()).unwrap();
        fs::write(self.store().join("mirrors-v1"), mirrors.join("\n") + "\n").unwrap();
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the program is once it is installed.
    pub fn zig(&self) -> PathBuf {
        self.store().join(format!("zig-v1/{VERSION}/zig"))
    }

    /// A command in this sandbox: no zig on PATH, short waits.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = super::clean(program);
        command.env("CGOZIG_CACHE_DIR", self.store()).env("CGOZIG_CONFIG", self.config());
        command.env("PATH", "/usr/bin:/bin").env("CGOZIG_TIMEOUT", "2").env("CGOZIG_LOCK_TIMEOUT", "60");
        command.env("HTTPS_PROXY", format!("http://{}", self.outside.address()));
        command
    }

    /// `cgozig zig install`.
    pub fn install(&self) -> Command {
        let mut command = self.command(super::cgozig());
        command.args(["zig", "install", VERSION]);
        command
    }

    /// The question that Go asks first, as a compiler: it needs a zig, and does not start it.
    pub fn identify(&self) -> Command {
        let mut command = self.command(super::cgozig());
        command.args(["-###", "-x", "c", "-c", "-"]).env("CGOZIG_TARGET", "linux/amd64");
        command
    }

    /// Whether the store holds the release, whole.
    pub fn is_whole(&self) -> bool {
        let verified = self.command(super::cgozig()).args(["cache", "verify"]).output().unwrap();
        verified.status.success() && super::text(&verified).contains(&format!("zig {VERSION}: every file"))
    }

    /// What lies unfinished in the store.
    pub fn unfinished(&self) -> usize {
        fs::read_dir(self.store().join("tmp-v1")).map_or(0, Iterator::count)
    }
}

/// How often a server was asked for the archive itself.
pub fn archives(server: &Server) -> usize {
    server.paths().iter().filter(|path| path.starts_with(&format!("/{}?", name()))).count()
}

/// A number of rounds: few in `make test`, many in `make soak`.
pub fn rounds(few: usize, many: usize) -> usize {
    if std::env::var_os("CGOZIG_TEST_SOAK").is_some() { many } else { few }
}
