//! Windows: running a program as if we had become it, links, times. Written, not yet verified.

use super::Readers;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

/// How a call to [`become_program`] ended.
pub type ProcessEnd = Result<ExitCode, io::Error>;

/// Only text is an OS string here, as far as files of words go.
pub fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

/// A child goes on when we are killed.
pub fn end_with_us(_command: &mut Command) {}

/// Runs `command` and ends as it does: a process cannot become another one here. A console's Ctrl-C
/// reaches the child by itself, since both share the console.
pub fn become_program(mut command: Command) -> ProcessEnd {
    Ok(ended(command.status()?))
}

/// Ends as a child did, with all 32 bits of its exit code.
pub fn ended(status: ExitStatus) -> ExitCode {
    std::process::exit(status.code().unwrap_or(1))
}

/// Makes `to` another name of the program `from`: a hard link, or a copy where that cannot be.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(|_| ()))
}

/// Makes a folder and its parents; the user's profile is private already.
pub fn make_dir(path: &Path, _readers: Readers) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// There are no modes here.
pub fn permissions(_readers: Readers, _is_folder: bool) -> Option<fs::Permissions> {
    None
}

/// There is no umask here.
pub fn keep_others_from_writing() {}

/// Makes a folder that is not there yet.
pub fn create_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Makes a file that is not there yet; any file may be executed here.
pub fn create_file(path: &Path, _executable: bool) -> io::Result<File> {
    File::create_new(path)
}

/// The working folder of the `go` command that called us cannot be seen here.
pub fn go_folder() -> Option<std::path::PathBuf> {
    None
}

/// The process that started us is not told without a library.
pub fn parent() -> Option<u32> {
    None
}

/// There are no such groups here.
pub fn is_in_our_group(_process: u32) -> bool {
    false
}

/// Not told without a library; whoever is unsure keeps what is there.
pub fn is_running(_process: u32) -> bool {
    true
}

/// Brings everything below `folder` to disk, file by file.
pub fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            fs::OpenOptions::new().write(true).open(&path)?.sync_all()?;
        }
    }
    Ok(())
}

/// A folder's own entries are journalled here.
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives a folder another name; a virus scanner may hold its files for some seconds.
pub fn rename_folder(from: &Path, to: &Path) -> io::Result<()> {
    let start = std::time::Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied
                    && !to.exists()
                    && start.elapsed().as_secs() < 10 =>
            {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            other => return other,
        }
    }
}

/// Makes `pointer` lead to `name` beside it, unless it leads somewhere already. Links need rights here, so it is a file.
pub fn point(pointer: &Path, name: &OsStr) -> io::Result<()> {
    let text = name.to_str().ok_or(io::ErrorKind::InvalidInput)?;
    io::Write::write_all(
        &mut fs::OpenOptions::new().write(true).create_new(true).open(pointer)?,
        text.as_bytes(),
    )
}

/// Where a pointer leads.
pub fn pointed(pointer: &Path) -> io::Result<OsString> {
    fs::read_to_string(pointer).map(OsString::from)
}

/// Other processes' variables cannot be read here.
pub fn environment_of_others(_name: &str) -> Option<Vec<OsString>> {
    None
}

/// There is no path that is the same on every machine.
pub fn lend_folder(_lent: super::Lent, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A program that runs cannot be renamed here, which says it as well.
pub fn runs_from(_folder: &Path) -> bool {
    false
}

/// Whether a file or folder is there; that it may be written shows at the first write.
pub fn is_writable(path: &Path) -> bool {
    path.exists()
}

/// The temporary folder is the user's own here.
pub fn user() -> u32 {
    0
}

/// Nothing tells this machine from others without a library.
pub fn machine() -> Option<String> {
    None
}

/// The user's profile is private already.
pub fn is_private(_metadata: &Metadata) -> bool {
    true
}

/// The user's profile is private already.
pub fn is_trusted(_metadata: &Metadata) -> bool {
    true
}

/// Nobody is told from another here.
pub fn owner(_metadata: &Metadata) -> u32 {
    0
}

/// The user's profile is private already.
pub fn is_kept_by(_metadata: &Metadata, _owner: u32) -> bool {
    true
}

/// Everything is in the user's own hands here.
pub fn is_in_same_hands(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

/// Makes a folder that is not there yet; the user's profile is private already.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// When a file was last changed, as one number.
pub fn time_of(metadata: &Metadata) -> i128 {
    i128::from(metadata.last_write_time())
}

/// What changes when a file is written or replaced.
pub fn stamp(metadata: &Metadata) -> String {
    format!("{} {}", metadata.len(), time_of(metadata))
}
