//! The folder that is ours, with the format's version in each name.
//!
//! ```text
//! cgozig/                 CGOZIG_CACHE_DIR, else XDG_CACHE_HOME/cgozig, else the user's cache folder
//!   zig-v1/0.15.2/        a zig that cgozig installed, with manifest.json: path, size, sha256 of each file
//!   links-v1/HASH         the archives of the user's own that a main module's last links took in, by path, size and hash
//!   started-v1/PID        the folder in which the `go` command of that process was started, where the system does not show it
//!   zigs-v1/HASH          a zig of somebody else that was looked at: path, size, time, version
//!   target-v1/            zig's cache, one for each zig and target
//!     0.15.2-TRIPLE         leads to the folder that is used now: a name beside it
//!     data-RANDOM/global    what zig built for the target: libc, compiler-rt, libc++
//!     data-RANDOM/learned-v1/HASH   words for zig's clang and linker
//!     data-RANDOM/runtime-v1/HASH/NAME  what those words name of what zig built
//!     data-RANDOM/asked-HASH        the index with that pin was asked for a pack
//!     data-RANDOM/local-N   objects and programs of day N; yesterday's and today's are kept
//!     data-RANDOM/warm-HASH a link of that kind has succeeded, so that links need no longer wait for each other
//!     portable-RANDOM/      the same, imported or for export: used with a path of zig that is the same everywhere
//!   libs-v1/KEY/          prebuilt libraries of one archive, under their paths in it; KEY is its sha256
//!     record.json           what it is; path, size, sha256 and time of each file; touched when it is used
//!   archives-v1/HASH      what is known of a prebuilt archive: its path, size and time, and whose objects it holds
//!   downloads-v1/         archives that a user put there for an install without network
//!   linked-v1/HASH        what a program was linked from, by its build ID, or by main module and target
//!   last-failure-v1       the last failure, as `cgozig explain --last` shows it
//!   pack-indexes-v1/HASH  lists of runtime packs that were fetched, by their sha256
//!   mirrors-v1            zig's community mirrors, as fetched within the last day
//!   settings-v1           the user's configuration as it was read last, with the file's size and time
//!   locks-v1/NAME.lock    never removed; the kernel's lock on it goes with its process
//!   tmp-v1/KEY.RANDOM     unfinished work; KEY is the lock's name and the machine where the work is done under a lock
//!   objects-v1/KEY/       objects of our own for a target and zig, compiled from those files
//!   shims-v1-DIGEST/      the files that travel in the binary
//!   tools-v1-HASH/        names of the binary at HASH: cgozig-ar, cgozig-strip, cgozig-dsymutil
//! ```
//!
//! Everything is written to a temporary name and renamed, so that a reader sees all of it or nothing. A new format gets
//! a new name: cgozigs of different age share a store.

mod beside;
pub mod libraries;
pub mod lock;
pub mod manifest;
pub mod target;
pub mod tree;
pub mod usage;

use crate::digest::hex_digest;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::{self, Readers, env::Env};
use crate::zig::ZigVersion;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The store of one user.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    readers: Readers,
}

impl Store {
    /// The store in that folder.
    pub fn at(root: PathBuf) -> Store {
        Store { root, readers: Readers::Owner }
    }

    /// The store that the environment names; nothing is created yet.
    pub fn of(env: &Env) -> Result<Store, Failure> {
        for (name, below, readers) in
            [("CGOZIG_CACHE_DIR", "", Readers::All), ("XDG_CACHE_HOME", "cgozig", Readers::Owner)]
        {
            let Some(path) = env.path(name) else { continue };
            if path.is_absolute() {
                return Ok(Store { root: if below.is_empty() { path } else { path.join(below) }, readers });
            }
            let what = format!("use {name}=`{}`: it is not an absolute path", path.display());
            return Err(Failure::new(OwnExit::Store, what, format!("set {name} to an absolute path")));
        }
        match env.user_folder(dirs::cache_dir) {
            Some(path) => Ok(Store::at(path.join("cgozig"))),
            None => Err(Failure::new(
                OwnExit::Store,
                "find a folder for the cache: HOME is not an absolute path",
                "set HOME, or CGOZIG_CACHE_DIR to a folder that you can write",
            )),
        }
    }

    /// Refuses a store that anybody may write, or that somebody else has made and nobody has named: what lies in it is
    /// executed.
    pub fn must_be_trusted(&self) -> Result<(), Failure> {
        if self.readers == Readers::All {
            // What others may look into they must not be able to change, whatever the umask lets them.
            sys::keep_others_from_writing();
        }
        match fs::metadata(&self.root) {
            Ok(metadata) if !sys::is_trusted(&metadata) && !self.is_named_and_fixed(&metadata) => {
                let what = format!(
                    "use the store `{}`: it belongs to somebody else, or anybody may write it",
                    self.root.display()
                );
                Err(Failure::new(
                    OwnExit::Store,
                    what,
                    "`chown` and `chmod go-w` it, or set CGOZIG_CACHE_DIR to a folder of your own",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether `CGOZIG_CACHE_DIR` names it, and nobody but its owner, root and we can have put it there or changed it: every
    /// folder above it is one of theirs, as it is written and as links lead.
    fn is_named_and_fixed(&self, own: &fs::Metadata) -> bool {
        let is_fixed = |path: &Path| {
            fs::metadata(path).is_ok_and(|metadata| sys::is_kept_by(&metadata, sys::owner(own)))
        };
        let Ok(real) = fs::canonicalize(&self.root) else { return false };
        self.readers == Readers::All && self.root.ancestors().chain(real.ancestors()).all(is_fixed)
    }

    /// The store's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the zig of that release is, or would be.
    pub fn zig(&self, version: ZigVersion) -> PathBuf {
        self.zigs().join(version.to_string())
    }

    /// The zigs that cgozig installed.
    pub fn zigs(&self) -> PathBuf {
        self.root.join("zig-v1")
    }

    /// Archives for an install without network.
    pub fn downloads(&self) -> PathBuf {
        self.root.join("downloads-v1")
    }

    /// The list of runtime packs that has this sha256.
    pub fn pack_index(&self, sha256: &str) -> PathBuf {
        self.root.join("pack-indexes-v1").join(sha256)
    }

    /// zig's community mirrors.
    pub fn mirrors(&self) -> PathBuf {
        self.root.join("mirrors-v1")
    }

    /// What programs were linked from.
    pub fn linked(&self) -> PathBuf {
        self.root.join("linked-v1")
    }

    /// The user's configuration as it was read last.
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings-v1")
    }

    /// The record of the zig at `path`.
    pub fn zig_record(&self, path: &Path) -> PathBuf {
        self.root.join("zigs-v1").join(&hex_digest([path.as_os_str().as_encoded_bytes()])[..24])
    }

    /// What is known of prebuilt archives.
    pub fn archive_records(&self) -> PathBuf {
        self.root.join("archives-v1")
    }

    /// The record of the archive at `path`.
    pub fn archive_record(&self, path: &Path) -> PathBuf {
        self.archive_records().join(&hex_digest([path.as_os_str().as_encoded_bytes()])[..24])
    }

    /// The folder of files from the binary with that digest.
    pub fn shims(&self, digest: u64) -> PathBuf {
        self.root.join(format!("shims-v1-{digest:016x}"))
    }

    /// The folder of our own objects with that key.
    pub fn objects(&self, key: &str) -> PathBuf {
        self.root.join("objects-v1").join(key)
    }

    /// The folder with further names of the program `exe`.
    pub fn tools(&self, exe: &Path) -> PathBuf {
        self.root.join(format!("tools-v1-{}", &hex_digest([exe.as_os_str().as_encoded_bytes()])[..24]))
    }

    /// Makes a folder of the store.
    pub fn make_dir(&self, path: &Path) -> Result<(), Failure> {
        sys::make_dir(path, self.readers).map_err(|error| Failure::store("make the folder", path, &error))
    }

    /// What makes a temporary file or folder that will get a name in the store.
    fn temporary(&self, is_folder: bool) -> tempfile::Builder<'static, 'static> {
        let mut builder = tempfile::Builder::new();
        if let Some(permissions) = sys::permissions(self.readers, is_folder) {
            builder.permissions(permissions);
        }
        builder
    }

    /// Writes a file that is nobody else's matter, whoever may read the store.
    pub fn write_own(&self, path: &Path, contents: &[u8]) -> Result<(), Failure> {
        self.make_dir(path.parent().unwrap_or(&self.root))?;
        Store { readers: Readers::Owner, ..self.clone() }.write(path, contents)
    }

    /// Writes a file so that readers see the old one, the new one, or none.
    pub fn write(&self, path: &Path, contents: &[u8]) -> Result<(), Failure> {
        let folder = path.parent().unwrap_or(&self.root);
        self.make_dir(folder)?;
        let failed = |error: io::Error| Failure::store("write", path, &error);
        let mut file = self.temporary(false).tempfile_in(folder).map_err(failed)?;
        file.write_all(contents).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Makes the folder `place` with what `fill` puts into it, unless it is there already.
    pub fn publish(&self, place: &Path, fill: impl Fn(&Path) -> io::Result<()>) -> Result<(), Failure> {
        if place.is_dir() {
            return Ok(());
        }
        self.make_dir(&self.root)?;
        let failed = |error: io::Error| Failure::store("write", place, &error);
        let made = self.temporary(true).prefix("new-").tempdir_in(&self.root).map_err(failed)?;
        fill(made.path()).map_err(failed)?;
        match fs::rename(made.path(), place) {
            Ok(()) => {
                let _ = made.keep();
                Ok(())
            }
            Err(_) if place.is_dir() => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}
