//! What we need from an operating system. The only folder that knows which one this is.
//!
//! Both files have the same functions; Linux is tested, macOS and Windows hosts are written and not yet
//! verified.

pub mod env;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{
    ProcessEnd, become_program, create_dir, create_file, create_private_dir, ended, environment_of_others,
    is_private, is_trusted, is_writable, lend_folder, link, machine, make_private_dir, os_string, point,
    pointed, rename_folder, runs_from, sync_folder, sync_tree, time_of, user,
};
#[cfg(windows)]
pub use windows::{
    ProcessEnd, become_program, create_dir, create_file, create_private_dir, ended, environment_of_others,
    is_private, is_trusted, is_writable, lend_folder, link, machine, make_private_dir, os_string, point,
    pointed, rename_folder, runs_from, sync_folder, sync_tree, time_of, user,
};

/// This machine as GOOS and GOARCH.
pub const HOST: (&str, &str) = (HOST_OS, HOST_ARCH);

/// What programs end with here.
pub const EXE: &str = std::env::consts::EXE_SUFFIX;

const HOST_OS: &str = if cfg!(target_os = "macos") {
    "darwin"
} else if cfg!(target_os = "windows") {
    "windows"
} else {
    "linux"
};

const HOST_ARCH: &str = if cfg!(target_arch = "aarch64") {
    "arm64"
} else if cfg!(target_arch = "x86") {
    "386"
} else {
    "amd64"
};

/// How long a command line may be before zig gets it as a response file: Windows takes 32 KiB, Linux 2 MiB.
pub const LONGEST_LINE: usize = if cfg!(windows) { 30_000 } else { 1_000_000 };

/// Removes a folder or file with all that is in it.
pub fn remove_all(path: &std::path::Path) -> std::io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    }
}

/// Whether output to `path` goes nowhere.
pub fn is_null(path: &std::ffi::OsStr) -> bool {
    path == if cfg!(windows) { "NUL" } else { "/dev/null" }
}
