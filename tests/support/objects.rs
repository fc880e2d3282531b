//! Objects and archives made by a real zig.

use super::{folder, text, zig};
use cgozig::archive::{self, Facts, Known};
use cgozig::failure::Failure;
use cgozig::store::Store;
use cgozig::target::go::Wishes;
use cgozig::target::{LibcChoice, Target};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::rc::Rc;

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

/// A target as Go writes it, and a libc.
pub fn target(go: &str, libc: &str) -> Target {
    let name = (!libc.is_empty()).then(|| LibcChoice::parse(libc).unwrap());
    Wishes { argv: Some(go), name, variable: &|_| None, host: ("linux", "amd64") }.settle().unwrap()
}

pub fn maker() -> Option<Maker> {
    Maker::new(super::ZIG)
}

pub fn store(maker: &Maker) -> Store {
    Store::at(maker.path("store"))
}

/// Looks at a file as at the only archive of a link, where all of it counts.
pub fn check(maker: &Maker, path: &Path, target: Target) -> Result<Facts, Failure> {
    let store = store(maker);
    archive::check_link(&[path.to_path_buf()], &[], false, target, &Known::new(&store))?;
    Known::new(&store).facts(path).map(Rc::unwrap_or_clone)
}

/// The file is refused, and the sentence has all of `words`.
pub fn refused(maker: &Maker, path: &Path, target: Target, words: &[&str]) {
    let failure = check(maker, path, target).expect_err(&format!("{} for {target}", path.display()));
    let said = format!("{}\n{}", failure.what, failure.hint);
    let file = path.file_name().unwrap().to_str().unwrap();
    assert!(said.starts_with("link `") && said.lines().next().unwrap().contains(file), "{said}");
    for word in words {
        assert!(said.contains(word), "{said} lacks {word}");
    }
    assert!(
        !failure.hint.is_empty() && !failure.hint.contains('\n') && !failure.what.contains('\n'),
        "{said}"
    );
}

/// A fat file of two slices.
pub fn fat(slices: &[(u32, &Path)]) -> Vec<u8> {
    let (mut head, mut body) = (vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], Vec::new());
    for (cpu, path) in slices {
        let contents = fs::read(path).unwrap();
        let at = 4096 + u32::try_from(body.len()).unwrap();
        let subtype = if *cpu == 0x0100_0007 { 3 } else { 0 };
        for number in [*cpu, subtype, at, u32::try_from(contents.len()).unwrap(), 12] {
            head.extend(number.to_be_bytes());
        }
        body.extend(contents);
        body.resize(body.len().next_multiple_of(4096), 0);
    }
    head.resize(4096, 0);
    [head, body].concat()
}
