//! Objects and archives made by a real zig.

use super::{folder, text, zig};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder in which a zig makes objects and archives.
pub struct Maker {
    pub zig: PathBuf,
    pub folder: tempfile::TempDir,
}

impl Maker {
    pub fn new(version: &str) -> Option<Maker> {
        Some(Maker { zig: zig(version)?, folder: folder() })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, contents).unwrap();
        path
    }

    pub fn run<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Output {
        let cache = super::zig_cache();
        let mut command = Command::new(&self.zig);
        command.args(words).current_dir(self.folder.path());
        command.env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache).output().unwrap()
    }

    /// Runs zig; what it makes must be there afterwards.
    pub fn make<W: AsRef<OsStr>>(&self, name: &str, words: impl IntoIterator<Item = W>) -> PathBuf {
        let output = self.run(words);
        assert!(output.status.success() && self.path(name).exists(), "{name}: {}", text(&output));
        self.path(name)
    }

    /// Compiles C for one of zig's triples.
    pub fn object(&self, triple: &str, name: &str, source: &str, words: &[&str]) -> PathBuf {
        let c = self.write(&format!("{name}.c"), source);
        let c = c.to_str().unwrap();
        self.make(
            name,
            ["cc", "-target", triple, "-fno-sanitize=undefined", "-c", c, "-o", name].iter().chain(words),
        )
    }

    /// Puts files into an archive.
    pub fn archive(&self, name: &str, files: &[PathBuf]) -> PathBuf {
        self.archive_with("crs", name, files)
    }

    pub fn archive_with(&self, how: &str, name: &str, files: &[PathBuf]) -> PathBuf {
        let files = files.iter().map(|path| relative(path, self.folder.path()));
        self.make(name, ["ar".into(), how.into(), name.into()].into_iter().chain(files))
    }

    /// An archive of one object.
    pub fn library(&self, triple: &str, name: &str, source: &str) -> PathBuf {
        let object = self.object(triple, &format!("{name}.o"), source, &[]);
        self.archive(name, &[object])
    }
}

fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_str().unwrap().into()
}
