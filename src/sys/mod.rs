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
    ProcessEnd, become_program, create_dir, create_file, create_private_dir, end_with_us, ended,
    environment_of_others, go_folder, is_in_our_group, is_in_same_hands, is_kept_by, is_private, is_running,
    is_trusted, is_writable, keep_others_from_writing, lend_folder, link, machine, make_dir, os_string,
    owner, parent, permissions, point, pointed, rename_folder, runs_from, stamp, sync_folder, sync_tree,
    time_of, user,
};
#[cfg(windows)]
pub use windows::{
    ProcessEnd, become_program, create_dir, create_file, create_private_dir, end_with_us, ended,
    environment_of_others, go_folder, is_in_our_group, is_in_same_hands, is_kept_by, is_private, is_running,
    is_trusted, is_writable, keep_others_from_writing, lend_folder, link, machine, make_dir, os_string,
    owner, parent, permissions, point, pointed, rename_folder, runs_from, stamp, sync_folder, sync_tree,
    time_of, user,
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

/// A folder as a program sees it that we lend it to: by an open descriptor, so that the path is the same on every machine
/// and in every build. zig makes the paths that it is given part of its caches' keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lent {
    /// The descriptor: high, since callers pass low ones on.
    pub number: std::ffi::c_int,
    /// The path.
    pub path: &'static str,
}

/// zig's own library.
pub const LENT_LIBRARY: Lent = Lent { number: 99, path: "/proc/self/fd/99" };

/// The folder in which Go works on one package.
pub const LENT_WORK: Lent = Lent { number: 98, path: "/proc/self/fd/98" };

/// The folder in which the stores of packs that are made lie: zig notes paths of its cache in what it builds.
pub const LENT_STORES: Lent = Lent { number: 97, path: "/proc/self/fd/97" };

/// Who may read what is put into a store. Nobody but its owner ever writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The owner alone: a user's own cache folder.
    Owner,
    /// Everybody: a folder that `CGOZIG_CACHE_DIR` names, as of an image that is filled by root and used by another user.
    All,
}

/// Whether folders can be lent here: not where `/proc` is not mounted.
pub fn can_lend() -> bool {
    cfg!(target_os = "linux") && std::path::Path::new("/proc/self/fd").exists()
}

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

/// The contents of a file, read as far as they are looked at.
pub fn map(file: &std::fs::File) -> std::io::Result<memmap2::Mmap> {
    // SAFETY: who changes the file meanwhile changes the bytes; all that reads them checks each number it takes and keeps
    // no reference beyond the map. Who cuts it off ends us by a signal, as it would the linker that maps it next.
    unsafe { memmap2::Mmap::map(file) }
}
