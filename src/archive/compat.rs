//! Names of a newer glibc, of glibc on musl, or of msvcrt.dll that cgozig brings along: `shims/compat`. Data.
//!
//! Only what can be done in terms of what the C library has, with the same meaning and the same layout of every type that
//! goes through it. `tests/compat.rs` holds each list against what the compiled files define.

use super::Need;
use crate::target::{Arch, GlibcVersion, Libc, Os, Target};

/// What first came with a glibc.
pub const NEWER_GLIBC: &[(GlibcVersion, &str)] = &[
    (
        GlibcVersion::new(38),
        "__isoc23_fscanf __isoc23_scanf __isoc23_sscanf __isoc23_strtoimax __isoc23_strtol __isoc23_strtoll \
         __isoc23_strtoul __isoc23_strtoull __isoc23_strtoumax __isoc23_vfscanf __isoc23_vscanf __isoc23_vsscanf \
         __isoc23_wcstol __isoc23_wcstoll __isoc23_wcstoul __isoc23_wcstoull __strlcat_chk __strlcpy_chk strlcat \
         strlcpy",
    ),
    (GlibcVersion::new(36), "arc4random arc4random_buf arc4random_uniform"),
    (GlibcVersion::new(32), "__libc_single_threaded"),
    (GlibcVersion::new(30), "gettid pthread_cond_clockwait pthread_mutex_clocklock sem_clockwait"),
    (GlibcVersion::new(26), "reallocarray"),
    (GlibcVersion::new(25), "explicit_bzero getentropy getrandom"),
];

/// What glibc has and musl has under another name, or what its headers put in for another. `ftw64` is not among them: what it
/// tells of a file is numbered otherwise.
pub const ON_MUSL: &str = "__asprintf_chk __dprintf_chk __explicit_bzero_chk __fdelt_chk __fgets_chk \
    __fgets_unlocked_chk __fprintf_chk __fread_chk __getcwd_chk __gethostname_chk __isoc23_fscanf __isoc23_scanf \
    __isoc23_sscanf __isoc23_strtoimax __isoc23_strtol __isoc23_strtoll __isoc23_strtoul __isoc23_strtoull \
    __isoc23_strtoumax __isoc23_vfscanf __isoc23_vscanf __isoc23_vsscanf __isoc23_wcstol __isoc23_wcstoll \
    __isoc23_wcstoul __isoc23_wcstoull __libc_single_threaded __longjmp_chk __mempcpy __mempcpy_chk __poll_chk \
    __pread64_chk __pread_chk __printf_chk __rawmemchr __read_chk __readlink_chk __readlinkat_chk __realpath_chk \
    __recv_chk __recvfrom_chk __register_atfork __secure_getenv __snprintf_chk __sprintf_chk __stpcpy_chk \
    __stpncpy_chk __strdup __strlcat_chk __strlcpy_chk __strndup __strtok_r __syslog_chk __vasprintf_chk \
    __vdprintf_chk __vfprintf_chk __vprintf_chk __vsnprintf_chk __vsprintf_chk __vsyslog_chk arc4random \
    arc4random_buf arc4random_uniform creat64 fopen64 freopen64 fseeko64 ftello64 ftruncate64 getrlimit64 lockf64 \
    lseek64 mkostemp64 mkstemp64 mmap64 open64 openat64 posix_fadvise64 posix_fallocate64 pread64 preadv64 pwrite64 \
    pwritev64 sendfile64 setrlimit64 tmpfile64 truncate64";

/// More of those: names with types that are the kernel's in both on these processors.
pub const ON_64_BIT_MUSL: &str = "__fxstat64 __fxstatat64 __lxstat64 __xstat64 alphasort64 fallocate64 fcntl64 \
    fgetpos64 fsetpos64 fstat64 fstatat64 fstatfs64 fstatvfs64 glob64 globfree64 lstat64 prlimit64 \
    readdir64 readdir64_r scandir64 stat64 statfs64 statvfs64 versionsort64";

/// What MinGW over msvcrt.dll has and zig's over ucrt lacks, on amd64.
pub const ON_UCRT: &str = "__emutls_get_address _setjmp _vsnprintf_s";

/// The processors whose types are the same in glibc and in musl. On 32-bit ones an archive of glibc's has other offsets and times
/// also where a name is the same.
const SAME_TYPES: &[Arch] = &[Arch::Amd64, Arch::Arm64, Arch::Riscv64, Arch::Loong64];

/// What of ours has a name that the target's C library lacks.
pub fn provider(name: &str, target: Target) -> Option<Need> {
    let has = |names: &str| names.split_whitespace().any(|own| own == name);
    let Some(libc) = target.libc() else {
        let is_ours = target.os() == Os::Windows && target.arch() == Arch::Amd64 && has(ON_UCRT);
        return is_ours.then_some(Need::Msvcrt);
    };
    match libc {
        Libc::Gnu(floor) => {
            let newer = NEWER_GLIBC.iter().filter(|(first, _)| floor < *first);
            newer.map(|(_, names)| names).any(|names| has(names)).then_some(Need::NewerGlibc)
        }
        Libc::Musl => {
            let is_same = SAME_TYPES.contains(&target.arch());
            (is_same && (has(ON_MUSL) || has(ON_64_BIT_MUSL))).then_some(Need::GlibcOnMusl)
        }
    }
}
