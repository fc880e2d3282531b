//! A store that cannot be written: its zig serves as it is, and zig's caches are copied to a private temporary folder.
//!
//! Images and read-only mounts: what is there was made ahead, and zig has to write even where it finds everything.

use super::Store;
use crate::failure::Failure;
use crate::sys::{self, Readers};
use crate::zig::ZigVersion;
use std::fs;
use std::io;
use std::path::Path;

impl Store {
    /// Whether nothing can be written into it.
    fn is_read_only(&self) -> bool {
        let kinds = [io::ErrorKind::ReadOnlyFilesystem, io::ErrorKind::PermissionDenied];
        tempfile::tempfile_in(self.root()).is_err_and(|error| kinds.contains(&error.kind()))
    }

    /// Works with this store, or where that fails because it is read-only, with the one beside it.
    pub fn or_beside<T>(
        &self,
        zig: ZigVersion,
        triple: &str,
        work: impl Fn(&Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match work(self) {
            Err(_) if self.is_read_only() => work(&self.beside(zig, triple)?),
            other => other,
        }
    }

    /// The store for what is noted of builds: what was linked, what failed. This one, or where it cannot be written, the one
    /// beside it.
    pub fn for_notes(&self) -> Store {
        if sys::is_writable(self.root()) || !self.root().exists() {
            return self.clone();
        }
        own_beside().unwrap_or_else(|_| self.clone())
    }

    /// The store that takes its place for what has to be written, with a copy of what zig built for the target and of what
    /// was learned.
    fn beside(&self, zig: ZigVersion, triple: &str) -> Result<Store, Failure> {
        let beside = own_beside()?;
        let failed = |error: io::Error| Failure::store("use the folder", beside.root(), &error);
        if let (Some(own), None) =
            (self.existing_target_cache(zig, triple), beside.existing_target_cache(zig, triple))
        {
            let made = beside.new_data(own.prefix())?;
            // With a pack alone there is nothing that zig built.
            for folder in [own.global(), own.learned(), own.runtime()].iter().filter(|folder| folder.is_dir())
            {
                copy(folder, &made.join(folder.file_name().unwrap_or_default())).map_err(failed)?;
            }
            beside.adopt(&beside.pointer(zig, triple), &made)?;
        }
        Ok(beside)
    }
}

/// The user's own store below the temporary folder.
fn own_beside() -> Result<Store, Failure> {
    let root = std::env::temp_dir().join(format!("cgozig-{}", sys::user()));
    let failed = |error: io::Error| Failure::store("use the folder", &root, &error);
    sys::make_dir(&root, Readers::Owner).map_err(failed)?;
    if !fs::symlink_metadata(&root).is_ok_and(|metadata| metadata.is_dir() && sys::is_private(&metadata)) {
        return Err(failed(io::Error::other("it is not yours alone")));
    }
    Ok(Store::at(root))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Not with its mode: the original may be read-only.
            fs::write(target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
