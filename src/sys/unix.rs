//! Unix: becoming a program, links, permissions.

use super::Readers;
use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
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
    /// umask(2); `mode_t` has the size of an int or, on some systems, of half of one, which is passed alike.
    safe fn umask(mask: std::ffi::c_uint) -> std::ffi::c_uint;
    /// signal(2); 0 is `SIG_DFL` on every Unix.
    safe fn signal(signal: std::ffi::c_int, handler: usize) -> usize;
}

/// A child that ends when we are killed, as it would be if we had become it. Elsewhere than on Linux it goes on.
pub fn end_with_us(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        unsafe extern "C" {
            /// prctl(2).
            safe fn prctl(option: std::ffi::c_int, ...) -> std::ffi::c_int;
        }
        const PR_SET_PDEATHSIG: std::ffi::c_int = 1;
        const SIGTERM: std::ffi::c_ulong = 15;
        // SAFETY: between fork and exec only one system call is made, which is safe there.
        unsafe {
            command.pre_exec(|| {
                prctl(PR_SET_PDEATHSIG, SIGTERM);
                Ok(())
            });
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
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

/// Makes a folder and its parents.
pub fn make_dir(path: &Path, readers: Readers) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(mode(readers, true)).create(path)
}

fn mode(readers: Readers, is_folder: bool) -> u32 {
    match (readers, is_folder) {
        (Readers::Owner, true) => 0o700,
        (Readers::Owner, false) => 0o600,
        (Readers::All, true) => 0o755,
        (Readers::All, false) => 0o644,
    }
}

/// What a new folder or file shall permit.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere there are no modes")]
pub fn permissions(readers: Readers, is_folder: bool) -> Option<Permissions> {
    Some(Permissions::from_mode(mode(readers, is_folder)))
}

/// From here on no file of ours, or of a program that we start, can be written by others.
pub fn keep_others_from_writing() {
    umask(umask(0o077) & 0o777 | 0o022);
}

/// Makes a folder that is not there yet, for everybody to read.
pub fn create_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o755).create(path)
}

/// Makes a file that is not there yet, for everybody to read, and to execute if asked for.
pub fn create_file(path: &Path, executable: bool) -> io::Result<File> {
    let mode = if executable { 0o755 } else { 0o644 };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Brings everything below `folder` to disk: on Linux by one call for its whole file system, since zig is 17,000 files.
#[cfg(target_os = "linux")]
pub fn sync_tree(folder: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    unsafe extern "C" {
        /// syncfs(2).
        safe fn syncfs(fd: std::ffi::c_int) -> std::ffi::c_int;
    }
    let folder = File::open(folder)?;
    if syncfs(folder.as_raw_fd()) == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Brings everything below `folder` to disk, file by file.
#[cfg(not(target_os = "linux"))]
pub fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(&path)?.sync_all()? }
    }
    sync_folder(folder)
}

/// Brings a folder's own entries to disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Gives a folder another name.
pub fn rename_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes `pointer` lead to `name` beside it, unless it leads somewhere already.
pub fn point(pointer: &Path, name: &OsStr) -> io::Result<()> {
    std::os::unix::fs::symlink(name, pointer)
}

/// Where a pointer leads.
pub fn pointed(pointer: &Path) -> io::Result<OsString> {
    fs::read_link(pointer).map(PathBuf::into_os_string)
}

/// The values that running processes have for the variable `name`; none where that cannot be known.
pub fn environment_of_others(name: &str) -> Option<Vec<OsString>> {
    let prefix = format!("{name}=");
    let mut values = Vec::new();
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(variables) = fs::read(process.path().join("environ")) else { continue };
        let own = variables.split(|byte| *byte == 0).filter_map(|line| line.strip_prefix(prefix.as_bytes()));
        values.extend(own.map(|value| OsString::from_vec(value.to_vec())));
    }
    Some(values)
}

/// The working folder of the nearest `go` command that we descend from, where `/proc` shows it.
pub fn go_folder() -> Option<PathBuf> {
    let mut process = std::os::unix::process::parent_id();
    // A compiler's parent is `go`; a final link's is `link`, whose parent is `go`.
    for _ in 0..4 {
        let place = Path::new("/proc").join(process.to_string());
        if fs::read_link(place.join("exe")).ok()?.file_name() == Some(OsStr::new("go")) {
            return fs::read_link(place.join("cwd")).ok();
        }
        let stat = fs::read_to_string(place.join("stat")).ok()?;
        // `pid (name) state parent …`; the name may hold anything.
        process = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    }
    None
}

/// The process that started us.
pub fn parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

/// Whether that process is of our own process group: what a shell starts as one job.
pub fn is_in_our_group(process: u32) -> bool {
    matches!((group_of(process), group_of(0)), (Ok(other), Ok(own)) if other == own)
}

/// Whether there is a process of that number.
pub fn is_running(process: u32) -> bool {
    /// No such process, on every Unix.
    const ESRCH: i32 = 3;
    group_of(process).map_or_else(|error| error.raw_os_error() != Some(ESRCH), |_| true)
}

/// The process group of a process, 0 for our own.
fn group_of(process: u32) -> io::Result<std::ffi::c_int> {
    unsafe extern "C" {
        /// getpgid(2).
        safe fn getpgid(process: std::ffi::c_int) -> std::ffi::c_int;
    }
    let process = process.try_into().map_err(|_| io::ErrorKind::InvalidInput)?;
    match getpgid(process) {
        -1 => Err(io::Error::last_os_error()),
        group => Ok(group),
    }
}

/// Lends the folder `path` to the program that we become or start next, under a path that is always the same.
#[cfg(target_os = "linux")]
pub fn lend_folder(lent: super::Lent, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    unsafe extern "C" {
        /// dup2(2); the copy is not closed on exec.
        safe fn dup2(from: std::ffi::c_int, to: std::ffi::c_int) -> std::ffi::c_int;
    }
    let folder = File::open(path)?;
    if dup2(folder.as_raw_fd(), lent.number) != lent.number {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// There is no such path here.
#[cfg(not(target_os = "linux"))]
pub fn lend_folder(_lent: super::Lent, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether a process runs a program from that folder.
pub fn runs_from(folder: &Path) -> bool {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut programs = processes.filter_map(|process| fs::read_link(process.path().join("exe")).ok());
    programs.any(|program| program.starts_with(&folder))
}

/// Whether a file or folder is there and this process may write it: one system call.
pub fn is_writable(path: &Path) -> bool {
    unsafe extern "C" {
        /// access(2).
        fn access(path: *const std::ffi::c_char, mode: std::ffi::c_int) -> std::ffi::c_int;
    }
    const W_OK: std::ffi::c_int = 2;
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else { return false };
    // SAFETY: the path is a string that ends with NUL and lives until the call returns.
    unsafe { access(path.as_ptr(), W_OK) == 0 }
}

/// This user, as a number.
pub fn user() -> u32 {
    unsafe extern "C" {
        /// geteuid(2).
        safe fn geteuid() -> u32;
    }
    geteuid()
}

/// What tells this machine from others as long as it runs, for the containers on it too; none where that is not known.
pub fn machine() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    boot.split('-').next().map(str::to_string)
}

/// Whether a folder is this user's, and nobody else can look into it.
pub fn is_private(metadata: &Metadata) -> bool {
    metadata.uid() == user() && metadata.mode().trailing_zeros() >= 6
}

/// Whether nobody but this user and root could have written a file.
pub fn is_trusted(metadata: &Metadata) -> bool {
    is_kept_by(metadata, user())
}

/// Whose a file is.
pub fn owner(metadata: &Metadata) -> u32 {
    metadata.uid()
}

/// Whether a file is that user's, ours or root's, and not everybody's to write.
pub fn is_kept_by(metadata: &Metadata, owner: u32) -> bool {
    [owner, user(), 0].contains(&metadata.uid()) && metadata.mode() & 0o002 == 0
}

/// Whether a file is the same user's as another, and no more open to others than that.
pub fn is_in_same_hands(one: &Metadata, other: &Metadata) -> bool {
    one.uid() == other.uid() && one.mode() & 0o022 & !other.mode() == 0
}

/// Makes a folder that is not there yet, for this user alone.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// When a file was last changed, as one number.
pub fn time_of(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

/// What changes when a file is written or replaced, whatever its time is set to.
pub fn stamp(metadata: &Metadata) -> String {
    let (changed, nanos) = (metadata.ctime(), metadata.ctime_nsec());
    format!("{} {} {changed}.{nanos} {}", metadata.len(), time_of(metadata), metadata.ino())
}
