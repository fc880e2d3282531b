//! A fetched library in the `.cgo-cache` folder that a link names: the convention of modules with a setup tool.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Puts a copy of `from` as the library `lib` into the line's `.cgo-cache` folder, whole or not at all, where there is none
/// yet: one of that name may be another target's. The link itself takes the one in the store.
pub fn in_gopath(from: &Path, lib: &str, folders: &[PathBuf]) {
    if let Err(failure) = copy(from, lib, folders) {
        log::warn!("could not {}", failure.what);
    }
}

fn copy(from: &Path, lib: &str, folders: &[PathBuf]) -> Result<(), Failure> {
    let is_cache = |folder: &&PathBuf| folder.components().any(|part| part.as_os_str() == ".cgo-cache");
    let Some(folder) = folders.iter().find(is_cache) else { return Ok(()) };
    let to = folder.join(format!("lib{lib}.a"));
    if to.exists() {
        return Ok(());
    }
    let failed = |error: io::Error| Failure::store("write", &to, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    io::copy(&mut fs::File::open(from).map_err(failed)?, &mut file).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(&to) {
        Err(error) if !to.exists() => Err(failed(error.error)),
        _ => Ok(()),
    }
}
