//! Which library has a name that a link lacks. Data, with the words that bring it.

use crate::persona::Driver;
use crate::target::{Libc, Os, Target};

/// Names, and who has them.
#[derive(Debug, PartialEq, Eq)]
pub struct Owner {
    /// Beginnings of names, with spaces between (U+0020 in a name is written U+00A0); `=name` is a whole name.
    names: &'static str,
    /// Where.
    on: On,
    /// What is wrong, as a clause.
    pub cause: &'static str,
    /// What to type.
    pub hint: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
enum On {
    Any,
    Os(Os),
    /// Linux with musl.
    Musl,
    /// The line has no C++ runtime.
    Cc,
}

impl Owner {
    /// Who has a name on a target.
    pub fn of(name: &str, target: Target, driver: Driver) -> Option<&'static Owner> {
        let name = name.replace(' ', "\u{a0}");
        OWNERS.iter().find(|owner| owner.is_on(target, driver) && owner.has(&name))
    }

    /// What to do where a library is not found at all.
    pub fn of_library(library: &str) -> Option<&'static str> {
        LIBRARIES
            .iter()
            .find(|(names, _)| names.split(' ').any(|name| name == library))
            .map(|(_, hint)| *hint)
    }

    /// Whether it is of the C++ runtime, which g++ and cgozig-c++ have each their own of.
    pub fn is_cxx(&self) -> bool {
        *self == GNU_CXX || *self == CXX
    }

    /// Whether it is gcc's own C++ runtime.
    pub fn is_gnu_cxx(&self) -> bool {
        *self == GNU_CXX
    }

    /// Whether what brings these names brings the other's too.
    pub fn brings(&self, other: &Owner) -> bool {
        (*self == GNU_CXX && *other == CXX) || (self.is_cxx() && *other == UNWINDER)
    }

    fn has(&self, name: &str) -> bool {
        self.names.split(' ').any(|own| match own.strip_prefix('=') {
            Some(whole) => whole == name,
            None => name.starts_with(own),
        })
    }

    fn is_on(&self, target: Target, driver: Driver) -> bool {
        match self.on {
            On::Any => true,
            On::Os(os) => target.os() == os,
            On::Musl => target.libc() == Some(Libc::Musl),
            On::Cc => driver == Driver::Cc,
        }
    }
}

const fn owner(names: &'static str, on: On, cause: &'static str, hint: &'static str) -> Owner {
    Owner { names, on, cause, hint }
}

/// Names of a library of Windows' own, that zig has and does not link by itself.
macro_rules! dll {
    ($names:expr, $library:literal) => {
        owner(
            $names,
            On::Os(Os::Windows),
            concat!("names like it are of Windows' ", $library, ".dll"),
            concat!("CGO_LDFLAGS=-l", $library),
        )
    };
}

/// Names of a library that the user has to bring.
macro_rules! library {
    ($names:expr, $called:literal, $library:literal) => {
        owner(
            $names,
            On::Any,
            concat!("names like it are of ", $called),
            concat!("link a lib", $library, ".a of the target by -L and -l", $library),
        )
    };
}

/// gcc's C++ runtime.
const GNU_CXX: Owner = owner(
    "std::__cxx11:: std::__throw_ std::__detail std::ios_base:: std::basic_ std::_Rb_tree std::_Hash =std::cout =std::cerr =std::cin \
     std::locale:: _ZNSt7__cxx11 _ZNKSt7__cxx11 __cxxabiv1::__vmi",
    On::Any,
    "it is of gcc's libstdc++, and zig has LLVM's libc++: the two do not mix",
    "put gcc's libstdc++.a for the target into the folder of the archive, or into another with CGO_LDFLAGS=-L and that (the module \
     cache is read-only), or build that library with CXX=cgozig-c++",
);
/// The C++ runtime, whoever's.
const CXX: Owner = owner(
    "std:: operator\u{a0}new operator\u{a0}delete typeinfo\u{a0}for\u{a0}std:: =typeinfo\u{a0}for\u{a0}int \
     =typeinfo\u{a0}for\u{a0}char\u{a0}const* vtable\u{a0}for\u{a0}std:: vtable\u{a0}for\u{a0}__cxxabiv1:: =__gxx_personality_v0 __cxa_ =__dynamic_cast _ZSt _ZNSt _ZNKSt =_Znwm =_Znwj =_ZdlPv \
     =_ZdlPvm _ZTISt _ZTVSt _ZTIN10__cxxabiv1 _ZTVN10__cxxabiv1",
    On::Cc,
    "it is of the C++ runtime, and the link was made by a C compiler",
    "CXX=cgozig-c++ beside CC=cgozig; without a C++ file in the package: CGO_LDFLAGS=-lc++",
);
/// The unwinder.
const UNWINDER: Owner = owner("_Unwind_", On::Any, "it is of the unwinder", "CGO_LDFLAGS=-lunwind");

/// The rows; the first that has a name counts. What zig brings by itself is left out: libm, pthread and dl of every libc,
/// kernel32, advapi32, ntdll, shell32, user32 and gdi32.
const OWNERS: &[Owner] = &[
    GNU_CXX,
    CXX,
    UNWINDER,
    owner(
        "__ubsan_handle_",
        On::Any,
        "an object was compiled with a sanitizer (-fsanitize=undefined, which zig itself adds by default)",
        "compile it with -fno-sanitize=undefined, or by cgozig",
    ),
    owner(
        "__asan_ __tsan_ __msan_ __hwasan_",
        On::Any,
        "an object was compiled with a sanitizer",
        "compile it without -fsanitize",
    ),
    owner(
        "GOMP_ omp_ __kmpc_",
        On::Any,
        "names like it are of an OpenMP runtime, which zig does not ship",
        "compile it without -fopenmp",
    ),
    owner(
        "_gfortran_",
        On::Any,
        "it is of gcc's Fortran runtime, which zig does not ship",
        "link a libgfortran.a of the target by -L and -lgfortran",
    ),
    owner(
        "CFArray CFBoolean CFBundle CFData CFDate CFDictionary CFError CFGet CFLocale CFNumber CFPreferences CFRelease CFRetain \
         CFRunLoop CFSet CFString CFTimeZone CFURL CFUUID kCF",
        On::Os(Os::Darwin),
        "names like it are of a framework",
        "CGO_LDFLAGS='-framework CoreFoundation', or SDKROOT with a macOS SDK for names that the stubs lack",
    ),
    owner(
        "SecItem SecKey SecCert SecTrust SecRandom SecPolicy SecAccess SecIdentity SecTransform SecKeychain SecCopy SecTask kSec SSLCreate \
         SSLHandshake SSLSet SSLGet SSLRead SSLWrite SSLClose",
        On::Os(Os::Darwin),
        "names like it are of a framework",
        "CGO_LDFLAGS='-framework Security -framework CoreFoundation', or SDKROOT with a macOS SDK for names that the stubs lack",
    ),
    owner(
        "IOService IORegistry IOObject IOHID kIO IOMasterPort IOMainPort IOPower",
        On::Os(Os::Darwin),
        "names like it are of a framework",
        "CGO_LDFLAGS='-framework IOKit -framework CoreFoundation', and SDKROOT with a macOS SDK",
    ),
    owner(
        "OBJC_CLASS_$_NS OBJC_CLASS_$_WK objc_ =sel_registerName =sel_getUid =class_addMethod =NSLog NSString NSApp NSSearchPath",
        On::Os(Os::Darwin),
        "names like it are of Objective-C or a framework of it",
        "CGO_LDFLAGS='-framework Foundation -framework AppKit -lobjc', and SDKROOT with a macOS SDK",
    ),
    dll!(
        "=WSAStartup WSA =socket =connect =bind =listen =accept =send =recv =sendto =recvfrom =select =getaddrinfo =freeaddrinfo \
         =gethostname =htons =ntohs =htonl =ntohl =inet_pton =inet_ntop =closesocket =setsockopt =getsockopt =ioctlsocket =shutdown",
        "ws2_32"
    ),
    dll!("BCrypt", "bcrypt"),
    dll!("NCrypt", "ncrypt"),
    dll!(
        "CertOpen CertClose CertFind CertEnum CertGetCert CertGetName CertGetIssuer CertGetIntended CertGetEnhanced CertGetStore \
         CertGetPublic CertGetSubject CertGetValid CertGetCRL CertGetCTL CertFree CertAdd CertCreate CertDeleteC CertDuplicate \
         CertVerify CertSetCert CertSetStore CertSetEnhanced CertNameToStr CertStrToName CertCompare CertControlStore CertSaveStore \
         CertSerialize CertAlgIdToOID CertOIDToAlgId CertIsRDN CertIsValidCRL CertRDN CertRegister CertUnregister CertRemove \
         CertResync CertSelect PFXImport PFXExport PFXIsPFX PFXVerify",
        "crypt32"
    ),
    owner(
        "CoCreate CoInitialize CoUninitialize CoTask OleInitialize OleUninitialize OleCreate OleLoad OleSave OleRun \
         OleSetClipboard OleGetClipboard OleFlushClipboard OleSetContainedObject OleDraw OleIsRunning OleLockRunning OleTranslate \
         OleDuplicateData OleRegGet StringFromGUID CLSIDFrom",
        On::Os(Os::Windows),
        "names like it are of Windows' ole32.dll",
        "CGO_LDFLAGS='-lole32 -loleaut32 -luuid'",
    ),
    dll!("SysAlloc SysFree Variant SafeArray", "oleaut32"),
    dll!("GetUserProfile CreateEnvironmentBlock", "userenv"),
    dll!(
        "timeBegin timeEnd timeGet waveOut waveIn PlaySound midiIn midiOut midiStream midiConnect midiDisconnect",
        "winmm"
    ),
    dll!("Pdh", "pdh"),
    dll!("GetAdapters GetIp GetIf GetTcp GetUdp IcmpSend ConvertInterface", "iphlpapi"),
    owner(
        "=__iob_func =__ms_vsnprintf =_vsnprintf =_vsnprintf_s =_setjmp =__mingw_ __security_ __GSHandlerCheck =_fltused =__CxxFrameHandler3",
        On::Os(Os::Windows),
        "an object was compiled by Microsoft's compiler, or for the older msvcrt.dll",
        "take that library's build for mingw-w64 with ucrt",
    ),
    library!(
        "=deflate =inflate deflateI inflateI deflateE inflateE =compress =uncompress =crc32 =adler32 gzopen gzdopen \
         =gzread =gzfread =gzwrite =gzfwrite =gzclose gzclose_ =gzprintf =gzvprintf =gzputs =gzgets =gzputc =gzgetc =gzgetc_ =gzungetc \
         =gzflush gzseek gztell gzoffset =gzeof =gzerror =gzclearerr =gzbuffer =gzsetparams =gzrewind =gzdirect",
        "zlib",
        "z"
    ),
    owner(
        "sqlite3_",
        On::Any,
        "names like it are of SQLite",
        "build the sqlite3.c of the package, or link a libsqlite3.a of the target by -L and -lsqlite3",
    ),
    owner(
        "SSL_ EVP_ BIO_ X509_ RSA_ SHA256_ CRYPTO_ OPENSSL_ ERR_ PEM_",
        On::Any,
        "names like it are of OpenSSL",
        "link a libssl.a and libcrypto.a of the target by -L, -lssl and -lcrypto, in this order",
    ),
    library!("curl_", "libcurl", "curl"),
    library!("ZSTD_", "zstd", "zstd"),
    library!("LZ4_ LZ4F_", "LZ4", "lz4"),
    library!("pcap_", "libpcap", "pcap"),
    owner(
        "rd_kafka_",
        On::Musl,
        "names like it are of librdkafka",
        "confluent-kafka-go brings its own for musl with `-tags musl`",
    ),
    library!("rd_kafka_", "librdkafka", "rdkafka"),
    owner(
        "=main =WinMain =wWinMain",
        On::Any,
        "the program has no entry",
        "a `main` in C, or `package main` and -buildmode=exe in Go",
    ),
];

/// Names of `-l`, and what to do where there is no such library.
const LIBRARIES: &[(&str, &str)] = &[
    (
        "stdc++",
        "zig has libc++ in its place, by CXX=cgozig-c++; what was built against libstdc++ needs its own",
    ),
    ("gomp omp", "zig ships no OpenMP runtime: compile without -fopenmp"),
    ("gfortran quadmath", "zig ships no Fortran runtime: -L with the folder of one for the target"),
    ("asan ubsan tsan msan", "compile without -fsanitize"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::go::Wishes;

    fn target(triple: &str) -> Target {
        let variable = |_: &str| None;
        Wishes { argv: Some(triple), name: None, variable: &variable, host: ("linux", "amd64") }
            .settle()
            .unwrap()
    }

    #[test]
    fn names_have_owners_where_they_are() {
        let hint = |name, triple, driver| Owner::of(name, target(triple), driver).map(|owner| owner.hint);
        for (name, triple, driver, expected) in [
            ("_Unwind_Resume", "linux/amd64", Driver::Cc, Some("CGO_LDFLAGS=-lunwind")),
            ("_Unwind_Resume", "windows/amd64", Driver::Cc, Some("CGO_LDFLAGS=-lunwind")),
            ("WSAStartup", "windows/amd64", Driver::Cc, Some("CGO_LDFLAGS=-lws2_32")),
            ("socket", "linux/amd64", Driver::Cc, None),
            (
                "CFStringCreateCopy",
                "darwin/arm64",
                Driver::Cc,
                Some(
                    "CGO_LDFLAGS='-framework CoreFoundation', or SDKROOT with a macOS SDK for names that the stubs lack",
                ),
            ),
            ("deflateInit2_", "linux/amd64", Driver::Cc, Some("link a libz.a of the target by -L and -lz")),
            ("f", "linux/amd64", Driver::Cc, None),
        ] {
            assert_eq!(hint(name, triple, driver), expected, "{name} {triple}");
        }
        let cause = |name, driver| Owner::of(name, target("linux/amd64"), driver).map(|owner| owner.cause);
        assert!(cause("std::__1::cout", Driver::Cc).is_some_and(|cause| cause.contains("C compiler")));
        assert!(
            cause("operator new(unsigned long)", Driver::Cc)
                .is_some_and(|cause| cause.contains("C compiler"))
        );
        assert_eq!(cause("operator_lost", Driver::Cc), None);
        assert_eq!(cause("std::__1::cout", Driver::Cxx), None);
        let mixed = cause("std::__cxx11::basic_string<char>::c_str()", Driver::Cxx);
        assert!(mixed.is_some_and(|cause| cause.contains("libstdc++")));
    }

    #[test]
    fn names_that_only_begin_alike_are_nobodys() {
        let hint = |name, triple| Owner::of(name, target(triple), Driver::Cc).map(|owner| owner.hint);
        for (name, triple, expected) in [
            ("gzopen64", "linux/amd64", "-lz"),
            ("CertOpenSystemStoreW", "windows/amd64", "-lcrypt32"),
            ("midiOutOpen", "windows/amd64", "-lwinmm"),
            ("OleInitialize", "windows/amd64", "-lole32"),
            ("rd_kafka_new", "x86_64-linux-musl", "-tags musl"),
            ("rd_kafka_new", "linux/amd64", "-lrdkafka"),
        ] {
            assert!(hint(name, triple).is_some_and(|hint| hint.contains(expected)), "{name} {triple}");
        }
        for (name, triple) in [
            ("gzip_own", "linux/amd64"),
            ("midi_send", "windows/amd64"),
            ("Oleander", "windows/amd64"),
            ("Certificate_new", "windows/amd64"),
        ] {
            assert_eq!(hint(name, triple), None, "{name} {triple}");
        }
    }
}
