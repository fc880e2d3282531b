//! Making folders whole: what is written under a temporary name, brought to disk, and shown by one rename.

use super::Store;
use crate::failure::Failure;
use crate::sys;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A temporary file or folder older than this belongs to nobody.
const STALE: Duration = Duration::from_hours(24);

impl Store {
    /// The folder of unfinished work.
    pub fn unfinished(&self) -> PathBuf {
        self.root().join("tmp-v1")
    }

    /// A new folder for work on `key`; it goes away when dropped.
    pub fn workplace(&self, key: &str) -> Result<tempfile::TempDir, Failure> {
        let folder = self.unfinished();
        self.make_dir(&folder)?;
        let failed = |error: io::Error| Failure::store("make a folder in", &folder, &error);
        tempfile::Builder::new().prefix(&format!("{key}.")).tempdir_in(&folder).map_err(failed)
    }

    /// Removes what killed processes left: what is called `owned` by a lock that is held now, and whatever is a day old,
    /// or by a wrong clock a day ahead.
    pub fn sweep(&self, owned: Option<&str>) {
        let Ok(entries) = fs::read_dir(self.unfinished()) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let own = owned.is_some_and(|owned| name.to_string_lossy().starts_with(&format!("{owned}.")));
            let age = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            let old = age.is_some_and(is_stale);
            if own || old {
                let _ = sys::remove_all(&entry.path());
            }
        }
    }

    /// Shows the finished folder `made` as `place`; where another process was first, that one stays.
    pub fn show(&self, made: tempfile::TempDir, inner: &Path, place: &Path) -> Result<(), Failure> {
        let parent = place.parent().unwrap_or(self.root());
        self.make_dir(parent)?;
        let failed = |error: io::Error| Failure::store("write", place, &error);
        sys::sync_tree(inner).map_err(failed)?;
        match sys::rename_folder(inner, place) {
            Ok(()) => {}
            Err(_) if place.is_dir() => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
        drop(made);
        sys::sync_folder(parent).map_err(failed)
    }

    /// Takes the folder `place` out of sight, then removes it.
    pub fn remove(&self, place: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::store("remove", place, &error);
        let trash = self.workplace("trash")?;
        match sys::rename_folder(place, &trash.path().join("old")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(failed)?,
        }
        sys::remove_all(trash.path()).map_err(failed)
    }
}

fn is_stale(time: SystemTime) -> bool {
    time.elapsed().unwrap_or_else(|ahead| ahead.duration()) > STALE
}
