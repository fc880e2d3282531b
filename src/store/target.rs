//! zig's cache for one target: found by two system calls, replaced without disturbing those who use it.
//!
//! A pointer names the folder in use. Cleaning removes the pointer, so that the next build begins a new folder, and the
//! old one as soon as no running process has it in its environment.

use super::Store;
use crate::digest::hex_digest;
use crate::failure::Failure;
use crate::sys;
use crate::zig::ZigVersion;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// zig's cache for one zig and target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetCache {
    folder: PathBuf,
}

/// The variable by which a running zig shows which cache it uses.
pub const SHOWN_BY: &str = "ZIG_GLOBAL_CACHE_DIR";

/// A folder younger than this may be one that is just being begun.
const YOUNG: Duration = Duration::from_mins(1);

/// A compiler that has read a pointer is zig by then, and shows it.
pub const HANDED_OVER: Duration = Duration::from_secs(2);

/// The file by which a folder shows that no pointer leads to it any more.
const RETIRED: &str = "retired";

/// What folders are called; a portable one is used with zig's library under a path that is the same on every machine.
const OWN: &str = "data-";
const PORTABLE: &str = "portable-";

const DAY: u64 = 24 * 3600;

impl TargetCache {
    /// What zig builds for the target itself: libc, compiler-rt, libc++.
    pub fn global(&self) -> PathBuf {
        self.folder.join("global")
    }

    /// Objects and programs of today. Go has a cache of its own, so older ones are never asked for again.
    pub fn local(&self) -> PathBuf {
        self.folder.join(format!("local-{}", today()))
    }

    /// What was learned of zig for the target: which words it would give its clang and linker.
    pub fn learned(&self) -> PathBuf {
        self.folder.join("learned-v1")
    }

    /// What zig has built for the target and learned links name: crt objects, libc, compiler-rt, libc++.
    pub fn runtime(&self) -> PathBuf {
        self.folder.join("runtime-v1")
    }

    /// The mark that the index with that pin was asked for a pack, whatever came of it.
    pub fn asked(&self, pin: &str) -> PathBuf {
        self.folder.join(format!("asked-{}", &pin[..16.min(pin.len())]))
    }

    /// Whether zig has to be given its library under the path that is the same on every machine.
    pub fn is_portable(&self) -> bool {
        self.folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PORTABLE))
    }

    /// What its folder's name begins with.
    pub fn prefix(&self) -> &'static str {
        if self.is_portable() { PORTABLE } else { OWN }
    }

    /// The whole.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The mark that a link of this kind has succeeded.
    pub fn warm(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("warm-{}", &hex_digest([kind.as_bytes()])[..16]))
    }
}

fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() / DAY)
}

impl Store {
    /// The folder of all targets' caches.
    pub fn targets(&self) -> PathBuf {
        self.root().join("target-v1")
    }

    pub(super) fn pointer(&self, zig: ZigVersion, triple: &str) -> PathBuf {
        self.targets().join(format!("{zig}-{triple}"))
    }

    /// The cache for a zig and a target, made when there is none; true when today's folder is new.
    pub fn target_cache(&self, zig: ZigVersion, triple: &str) -> Result<(TargetCache, bool), Failure> {
        let pointer = self.pointer(zig, triple);
        let cache = match sys::pointed(&pointer) {
            Ok(name) => TargetCache { folder: self.targets().join(name) },
            Err(_) => self.begin(&pointer)?,
        };
        let local = cache.local();
        if sys::is_writable(&local) {
            return Ok((cache, false));
        }
        match sys::create_private_dir(&local) {
            // It was cleaned away just now: there is, or will be, another.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !cache.folder.exists() => {
                return self.target_cache(zig, triple);
            }
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Failure::store("make the folder", &local, &error));
            }
            _ => {}
        }
        if !sys::is_writable(&local) {
            return Err(Failure::store("write into", &local, &io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        Ok((cache, true))
    }

    /// The cache for a zig and a target, when there is one.
    pub fn existing_target_cache(&self, zig: ZigVersion, triple: &str) -> Option<TargetCache> {
        let name = sys::pointed(&self.pointer(zig, triple)).ok()?;
        Some(TargetCache { folder: self.targets().join(name) })
    }

    /// Begins a new cache; where another process was first, that one is it.
    fn begin(&self, pointer: &Path) -> Result<TargetCache, Failure> {
        let folder = self.new_data(OWN)?;
        self.make_dir(&folder.join("global"))?;
        self.adopt(pointer, &folder)
    }

    /// Begins a cache that can be carried to other machines, in a store that has none for the target.
    pub fn begin_portable(&self, zig: ZigVersion, triple: &str) -> Result<TargetCache, Failure> {
        let folder = self.new_data(PORTABLE)?;
        self.make_dir(&folder.join("global"))?;
        self.adopt(&self.pointer(zig, triple), &folder)
    }

    /// The same under a path that has nothing of chance.
    pub fn begin_portable_fixed(&self, zig: ZigVersion, triple: &str) -> Result<TargetCache, Failure> {
        let folder = self.targets().join(format!("{PORTABLE}fixed"));
        self.make_dir(&folder.join("global"))?;
        self.adopt(&self.pointer(zig, triple), &folder)
    }

    /// A new folder for a cache that no pointer leads to yet.
    pub(super) fn new_data(&self, prefix: &str) -> Result<PathBuf, Failure> {
        let targets = self.targets();
        self.make_dir(&targets)?;
        let failed = |error: io::Error| Failure::store("make a folder in", &targets, &error);
        let made = self.temporary(true).prefix(prefix).tempdir_in(&targets).map_err(failed)?;
        Ok(made.keep())
    }

    pub(super) fn adopt(&self, pointer: &Path, folder: &Path) -> Result<TargetCache, Failure> {
        let name = folder.file_name().unwrap_or_default();
        match sys::point(pointer, name) {
            Ok(()) => Ok(TargetCache { folder: folder.to_path_buf() }),
            Err(error) => {
                let _ = sys::remove_all(folder);
                let other = sys::pointed(pointer).map_err(|_| Failure::store("write", pointer, &error))?;
                Ok(TargetCache { folder: self.targets().join(other) })
            }
        }
    }

    /// Takes the finished folder `made` for the cache of a zig and a target, in the place of the present one.
    pub fn replace_target_cache(&self, zig: ZigVersion, triple: &str, made: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::store("write", made, &error);
        let folder = self.new_data(PORTABLE)?;
        sys::sync_tree(made).map_err(failed)?;
        for entry in fs::read_dir(made).map_err(failed)?.flatten() {
            fs::rename(entry.path(), folder.join(entry.file_name())).map_err(failed)?;
        }
        let (pointer, new) = (self.pointer(zig, triple), folder.with_extension("pointer"));
        let before = sys::pointed(&pointer);
        sys::point(&new, folder.file_name().unwrap_or_default()).map_err(failed)?;
        fs::rename(&new, &pointer).map_err(failed)?;
        if let Ok(before) = before {
            let _ = fs::write(self.targets().join(before).join(RETIRED), b"");
        }
        Ok(())
    }

    /// Every pointer with the folder that it leads to.
    pub fn target_caches(&self) -> Vec<(String, TargetCache)> {
        let entries = fs::read_dir(self.targets()).into_iter().flatten().flatten();
        let mut caches: Vec<_> = entries
            .filter_map(|entry| {
                let name = sys::pointed(&entry.path()).ok()?;
                let folder = self.targets().join(name);
                Some((entry.file_name().to_string_lossy().into_owned(), TargetCache { folder }))
            })
            .collect();
        caches.sort_by(|one, other| one.0.cmp(&other.0));
        caches
    }

    /// Removes the pointer of that name; who has followed it already goes on.
    pub fn forget_target_cache(&self, name: &str) -> Result<(), Failure> {
        self.forget(&self.targets().join(name))
    }

    fn forget(&self, pointer: &Path) -> Result<(), Failure> {
        let Ok(name) = sys::pointed(pointer) else { return Ok(()) };
        match fs::remove_file(pointer) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::store("remove", pointer, &error));
            }
            _ => {}
        }
        let _ = fs::write(self.targets().join(name).join(RETIRED), b"");
        Ok(())
    }

    /// Removes the folders that no pointer leads to and nobody uses, and the objects of days gone by. Gives back how many
    /// had to stay.
    pub fn sweep_targets(&self) -> usize {
        let used = Used::now();
        let current: Vec<OsString> = self
            .target_caches()
            .into_iter()
            .filter_map(|(_, cache)| Some(cache.folder.file_name()?.into()))
            .collect();
        let mut stay = 0;
        for entry in fs::read_dir(self.targets()).into_iter().flatten().flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let shown = name.to_string_lossy();
            if !shown.starts_with(OWN) && !shown.starts_with(PORTABLE) {
                continue;
            }
            if used.may_hold(&path) {
                stay += usize::from(!current.contains(&name));
            } else if current.contains(&name) {
                sweep_days(&path);
            } else if is_retired(&path) || !is_young(&path) {
                // By another name first: who still writes a mark must not find the folder half removed.
                let _ = self.remove(&path);
            } else {
                stay += 1;
            }
        }
        stay
    }
}

impl Store {
    /// Whether a zig runs with a cache of this store; where processes cannot be asked, one may.
    pub fn may_be_building(&self) -> bool {
        let root = fs::canonicalize(self.root()).unwrap_or_else(|_| self.root().to_path_buf());
        Used::now().0.is_none_or(|values| values.iter().any(|value| value.starts_with(&root)))
    }
}

/// Whether its pointer was removed so long ago that whoever followed it can be seen.
fn is_retired(path: &Path) -> bool {
    let time = fs::metadata(path.join(RETIRED)).and_then(|metadata| metadata.modified());
    time.is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= HANDED_OVER))
}

/// Removes the objects of all days but today and yesterday.
fn sweep_days(cache: &Path) {
    let kept = [today(), today().saturating_sub(1)].map(|day| format!("local-{day}"));
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("local-") && !kept.contains(&name) {
            let _ = sys::remove_all(&entry.path());
        }
    }
}

fn is_young(path: &Path) -> bool {
    let time = fs::metadata(path).and_then(|metadata| metadata.modified());
    time.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < YOUNG))
}

/// The caches that running processes use.
struct Used(Option<Vec<PathBuf>>);

impl Used {
    fn now() -> Used {
        let real = |value: OsString| fs::canonicalize(value).ok();
        Used(sys::environment_of_others(SHOWN_BY).map(|values| values.into_iter().filter_map(real).collect()))
    }

    /// Where processes cannot be asked, a day without a change tells.
    fn may_hold(&self, cache: &Path) -> bool {
        match &self.0 {
            Some(values) => {
                let cache = fs::canonicalize(cache).unwrap_or_else(|_| cache.to_path_buf());
                values.iter().any(|value| value.starts_with(&cache))
            }
            None => fs::metadata(cache)
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() < DAY)),
        }
    }
}
