//! Windows: running a program as if we had become it, links, times. Written, not yet verified.

use std::ffi::OsString;
use std::fs::Metadata;
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
pub fn make_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// When a file was last changed, as one number.
pub fn time_of(metadata: &Metadata) -> i128 {
    i128::from(metadata.last_write_time())
}
