//! Unix: becoming a program, links, permissions.

use std::ffi::OsString;
use std::fs::{DirBuilder, Metadata};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

/// How a call to [`become_program`] that came back ended.
pub type ProcessEnd = Result<ExitCode, io::Error>;

/// Any bytes are an OS string here.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere not every string of bytes is one")]
pub fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(OsString::from_vec(bytes))
}

/// Becomes `command`; comes back only when it could not be started.
pub fn become_program(mut command: Command) -> ProcessEnd {
    Err(command.exec())
}

unsafe extern "C" {
    /// raise(3).
    safe fn raise(signal: std::ffi::c_int) -> std::ffi::c_int;
    /// signal(2); 0 is `SIG_DFL` on every Unix.
    safe fn signal(signal: std::ffi::c_int, handler: usize) -> usize;
}

/// Ends as a child did: with its exit code, or by its signal.
pub fn ended(status: ExitStatus) -> ExitCode {
    if let Some(number) = status.signal() {
        // The Rust runtime ignores or catches some signals; the parent shall see the death itself.
        signal(number, 0);
        raise(number);
    }
    ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(255))
}

/// Makes `to` another name of the program `from`.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

/// Makes a folder and its parents, for this user alone.
pub fn make_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// When a file was last changed, as one number.
pub fn time_of(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}
