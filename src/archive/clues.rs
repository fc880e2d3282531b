//! Names that tell for which C library an object was compiled, because others lack them. Data, each row with its reason.
//!
//! A row is about names that a program's own libraries do not bring along: those that headers and compilers put in. All of
//! it is measured: `tests/archives.rs` links each name for the targets that lack it and for one that has it.

use super::runtime::Runtime;
use crate::digest::hex_digest;
use crate::target::{GlibcVersion, Libc, Os, System, Target};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Some names, and who has them.
#[derive(Debug, PartialEq, Eq)]
pub struct Clue {
    /// Which names.
    pub names: Names,
    /// Whose they are.
    pub of: &'static str,
    /// The system whose objects have them, where that is one. Mach-O says its system itself.
    pub os: Option<Os>,
    /// Which C libraries lack them.
    pub lacks: &'static [Lacks],
    /// Why an object has the name.
    pub why: &'static str,
}

/// The names of a clue, as C has them: without the `_` that Mach-O and 32-bit COFF put before each, and without `__imp_`.
#[derive(Debug, PartialEq, Eq)]
pub enum Names {
    /// These, with spaces between.
    Are(&'static str),
    /// All that begin and end so, except these.
    Like(&'static str, &'static str, &'static str),
}

/// A C library that lacks a name.
#[derive(Debug, PartialEq, Eq)]
pub enum Lacks {
    /// musl as zig builds it.
    Musl,
    /// glibc older than this.
    GlibcBefore(GlibcVersion),
    /// Every glibc.
    Glibc,
    /// The only one of a system.
    System(Os),
}

impl Clue {
    /// The clue that a name gives.
    pub fn of(name: &[u8]) -> Option<&'static Clue> {
        static EXACT: LazyLock<HashMap<&'static [u8], &'static Clue>> = LazyLock::new(|| {
            let rows = CLUES.iter().filter_map(|clue| match clue.names {
                Names::Are(names) => Some(names.split(' ').map(move |name| (name.as_bytes(), clue))),
                Names::Like(..) => None,
            });
            rows.flatten().collect()
        });
        let like = |clue: &&Clue| {
            matches!(&clue.names, Names::Like(start, end, except) if {
                name.len() >= start.len() + end.len()
                    && name.starts_with(start.as_bytes())
                    && name.ends_with(end.as_bytes())
                    && !except.split(' ').any(|other| other.as_bytes() == name)
            })
        };
        EXACT.get(name).copied().or_else(|| name.starts_with(b"__").then(|| CLUES.iter().find(like))?)
    }

    /// Stands for all names: what is kept of a file holds those that were telling when it was read.
    pub fn digest() -> &'static str {
        static DIGEST: LazyLock<String> = LazyLock::new(|| {
            let names = CLUES.iter().flat_map(|clue| match clue.names {
                Names::Are(names) => [names, "", ""],
                Names::Like(start, end, except) => [start, end, except],
            });
            hex_digest(names.map(str::as_bytes).chain(Runtime::tables()))
        });
        &DIGEST
    }

    /// Whether the target's C library lacks it.
    pub fn is_missing_for(&self, target: Target) -> bool {
        self.lacks.iter().any(|lacks| match (lacks, target.system()) {
            (Lacks::Musl, System::Linux(Libc::Musl)) | (Lacks::Glibc, System::Linux(Libc::Gnu(_))) => true,
            (Lacks::GlibcBefore(first), System::Linux(Libc::Gnu(floor))) => floor < *first,
            (Lacks::System(os), _) => *os == target.os(),
            _ => false,
        })
    }

    /// The first glibc that has it, where that decides.
    pub fn glibc(&self) -> Option<GlibcVersion> {
        self.lacks.iter().find_map(|lacks| match lacks {
            Lacks::GlibcBefore(first) => Some(*first),
            _ => None,
        })
    }
}

const fn before(minor: u8) -> Lacks {
    Lacks::GlibcBefore(GlibcVersion::new(minor))
}

const FREEBSD: Lacks = Lacks::System(Os::Freebsd);
const NETBSD: Lacks = Lacks::System(Os::Netbsd);
const OPENBSD: Lacks = Lacks::System(Os::Openbsd);
const WINDOWS: Lacks = Lacks::System(Os::Windows);

/// The rows; of two that have a name the first counts, and exact names come before patterns.
pub const CLUES: &[Clue] = &[
    Clue {
        names: Names::Like("__isoc23_", "", ""),
        of: "glibc 2.38",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl, before(38)],
        why: "headers of glibc 2.38 and later redirect strtol, scanf and their like for C23",
    },
    Clue {
        names: Names::Are("__strlcpy_chk __strlcat_chk"),
        of: "glibc 2.38",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl, before(38)],
        why: "-D_FORTIFY_SOURCE with headers of glibc 2.38 and later",
    },
    Clue {
        names: Names::Are("strlcpy strlcat"),
        of: "glibc 2.38",
        os: Some(Os::Linux),
        lacks: &[before(38)],
        why: "functions of OpenBSD that glibc 2.38 took over; musl and the BSDs have them",
    },
    Clue {
        names: Names::Are("arc4random arc4random_buf arc4random_uniform"),
        of: "glibc 2.36",
        os: None,
        lacks: &[Lacks::Musl, before(36)],
        why: "libstdc++'s random_device and others, compiled with headers of glibc 2.36 and later; the BSDs have them",
    },
    Clue {
        names: Names::Are("_dl_find_object"),
        of: "glibc 2.35",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl, before(35)],
        why: "libgcc_eh of gcc 12 and later, merged into an archive, finds unwind tables by it",
    },
    Clue {
        names: Names::Are("__libc_single_threaded"),
        of: "glibc 2.32",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl, before(32)],
        why: "libstdc++'s shared_ptr, compiled with headers of glibc 2.32 and later",
    },
    Clue {
        names: Names::Are("gettid"),
        of: "glibc 2.30",
        os: Some(Os::Linux),
        lacks: &[before(30)],
        why: "a system call that glibc 2.30 made a function; musl has it",
    },
    Clue {
        names: Names::Are("pthread_cond_clockwait pthread_mutex_clocklock sem_clockwait"),
        of: "glibc 2.30",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl, before(30)],
        why: "C++'s condition_variable and timed mutexes, compiled with headers of glibc 2.30 and later",
    },
    Clue {
        names: Names::Are("reallocarray"),
        of: "glibc 2.26",
        os: None,
        lacks: &[before(26)],
        why: "a function of OpenBSD that glibc 2.26 took over; musl and the BSDs have it",
    },
    Clue {
        names: Names::Are("explicit_bzero getentropy getrandom"),
        of: "glibc 2.25",
        os: None,
        lacks: &[before(25)],
        why: "libstdc++'s random_device and cryptography, compiled with headers of glibc 2.25 and later",
    },
    Clue {
        names: Names::Like("__", "_chk", FORTIFIED_EVERYWHERE),
        of: "glibc",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl],
        why: "-D_FORTIFY_SOURCE with glibc's headers; musl has no checking functions",
    },
    Clue {
        names: Names::Are(LARGE_FILES),
        of: "glibc",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl],
        why: "-D_FILE_OFFSET_BITS=64 and Rust's std for gnu; musl has no such names since 1.2.4",
    },
    Clue {
        names: Names::Are(
            "__xstat64 __fxstat64 __lxstat64 __fxstatat64 __strdup __strndup __strtok_r \
               __rawmemchr __mempcpy __secure_getenv __strtod_internal __register_atfork \
               gnu_get_libc_version __res_init getcontext makecontext setcontext swapcontext",
        ),
        of: "glibc",
        os: Some(Os::Linux),
        lacks: &[Lacks::Musl],
        why: "glibc's inline functions and macros call them, and so does its part that is linked statically",
    },
    Clue {
        names: Names::Are(STRERROR),
        of: "glibc",
        os: None,
        lacks: &[],
        why: "everybody has it; with _GNU_SOURCE glibc's gives text where the others give a number",
    },
    Clue {
        names: Names::Like("__", "_time64", ""),
        of: "musl",
        os: Some(Os::Linux),
        lacks: &[Lacks::Glibc],
        why: "musl's headers for 32-bit processors redirect what takes a time; glibc's names end in 64 otherwise",
    },
    Clue {
        names: Names::Are("sigsetjmp"),
        of: "musl or a BSD",
        os: None,
        lacks: &[Lacks::Glibc],
        why: "a macro for __sigsetjmp in glibc, a function elsewhere",
    },
    Clue {
        names: Names::Are("__errno_location"),
        of: "Linux",
        os: Some(Os::Linux),
        lacks: &[FREEBSD, NETBSD, OPENBSD],
        why: "errno of glibc and musl",
    },
    Clue {
        names: Names::Are("__error __stdinp __stdoutp __stderrp"),
        of: "FreeBSD",
        os: Some(Os::Freebsd),
        lacks: &[Lacks::Glibc, Lacks::Musl, NETBSD, OPENBSD],
        why: "errno and stdio's streams of FreeBSD (and macOS)",
    },
    Clue {
        names: Names::Are(
            "__clock_gettime50 __fstat50 __gettimeofday50 __lstat50 __nanosleep50 __opendir30 \
               __readdir30 __select50 __sigsetjmp14 __stat50 __time50",
        ),
        of: "NetBSD",
        os: Some(Os::Netbsd),
        lacks: &[Lacks::Glibc, Lacks::Musl, FREEBSD, OPENBSD],
        why: "NetBSD's headers give functions the number of the release that changed them",
    },
    Clue {
        names: Names::Are("__errno"),
        of: "NetBSD, OpenBSD or Android",
        os: None,
        lacks: &[Lacks::Glibc, Lacks::Musl, FREEBSD],
        why: "errno of these systems",
    },
    Clue {
        names: Names::Are(MICROSOFT),
        of: "Microsoft's runtime",
        os: None,
        lacks: &[WINDOWS],
        why: "Microsoft's compiler, and others for its ABI, call these for stack checks, floats, statics, C++",
    },
    Clue {
        names: Names::Are("__iob_func _iob"),
        of: "msvcrt.dll",
        os: None,
        lacks: &[WINDOWS],
        why: "stdio's streams of MinGW over msvcrt.dll and of Visual C++ before 2015; zig's MinGW is over ucrt",
    },
    Clue {
        names: Names::Are("_setjmp _vsnprintf_s __emutls_get_address"),
        of: "msvcrt.dll",
        os: None,
        lacks: &[WINDOWS],
        why: "MinGW over msvcrt.dll: its setjmp and checked printf, and thread-local variables of gcc for Windows",
    },
];

/// A function of two meanings.
pub const STRERROR: &str = "strerror_r";

/// In compiler-rt as zig builds it.
const FORTIFIED_EVERYWHERE: &str =
    "__memcpy_chk __memmove_chk __memset_chk __strcat_chk __strcpy_chk __strncat_chk __strncpy_chk";

const LARGE_FILES: &str = "alphasort64 creat64 fallocate64 fcntl64 fgetpos64 fopen64 freopen64 fseeko64 \
    fsetpos64 fstat64 fstatat64 fstatfs64 fstatvfs64 ftello64 ftruncate64 ftw64 \
    getrlimit64 glob64 globfree64 lockf64 lseek64 lstat64 mkostemp64 mkstemp64 mmap64 \
    nftw64 open64 openat64 posix_fadvise64 posix_fallocate64 pread64 preadv64 prlimit64 \
    pwrite64 pwritev64 readdir64 readdir64_r scandir64 sendfile64 setrlimit64 stat64 \
    statfs64 statvfs64 tmpfile64 truncate64 versionsort64";

const MICROSOFT: &str = "__security_cookie __security_check_cookie __GSHandlerCheck __GSHandlerCheck_EH4 \
    _fltused __CxxFrameHandler4 _Init_thread_header _Init_thread_footer \
    _RTC_CheckStackVars _RTC_InitBase _RTC_Shutdown _CrtDbgReport \
    __report_rangecheckfailure __std_terminate ??2@YAPEAX_K@Z ??_7type_info@@6B@";
