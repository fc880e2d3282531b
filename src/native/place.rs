//! A fetched library in the `.cgo-cache` folder that a link names: the convention of modules with a setup tool.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Puts the file `from` as the library `lib` into the line's `.cgo-cache` folder, whole or not at all; without such a folder
/// it stays where it is.
pub fn in_gopath(from: &Path, lib: &str, folders: &[PathBuf]) -> Result<PathBuf, Failure> {
    let is_cache = |folder: &&PathBuf| folder.components().any(|part| part.as_os_str() == ".cgo-cache");
    let Some(folder) = folders.iter().find(is_cache) else { return Ok(from.to_path_buf()) };
    let to = folder.join(format!("lib{lib}.a"));
    let failed = |error: io::Error| Failure::store("write", &to, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    io::copy(&mut fs::File::open(from).map_err(failed)?, &mut file).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&to).map_err(|error| failed(error.error))?;
    Ok(to)
}
