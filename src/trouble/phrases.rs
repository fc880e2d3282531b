//! What Go, compilers, linkers, loaders and programs print when something else than a missing library or header is wrong. Data,
//! with what it means and what to type.

use super::phrase::Phrase;
use super::phrase::{only, phrase, with};
use crate::archive::clues::{Clue, Lacks};

/// The environment of a build, in full.
pub const BOTH: &str = "CGO_ENABLED=1 CC=cgozig CXX=cgozig-c++, all three, beside GOOS and GOARCH";
const ON_PATH: &str =
    "`cgozig setup` puts cgozig on PATH under all of its names; CC=/path/of/cgozig does as well";
const RUNS_ON: &str = "`cgozig check` with the program's path says what it is for; GOOS and GOARCH choose, and qemu or wine can run it here";
const OLDER_GLIBC: &str = "CGOZIG_LIBC=gnu.2.N with the version that `ldd --version` says there, or CGOZIG_LIBC=musl for a program that needs none";
const LOADER: &str = "CGOZIG_LIBC=musl makes a static program that runs on any Linux; `cgozig check` with its path says which loader it asks for";
const DLLS: &str =
    "`cgozig check` with the program's path lists its DLLs: put them beside it, or link static libraries";
const SANITIZED: &str = "build with CC=cgozig, which leaves the sanitizer out (-fsanitize=undefined asks for it), or repair what it has found";
const REFUSED_WORD: &str = "`cgozig explain -- x.o -Wl,{0}` shows what becomes of it; leave it out, or see docs/linker-options.md of cgozig";
const REFUSED: &str =
    "`cgozig explain -- -c x.c {0}` shows what becomes of it; leave it out where it is not needed";
const SDK: &str = "SDKROOT with a macOS SDK that has it, or -F with its folder in CGO_LDFLAGS";
const BY_CGOZIG: &str =
    "CC=cgozig CXX=cgozig-c++ in the place of `zig cc`: it changes or leaves out what zig does not take";

/// The rows, of several that fit the first counts.
pub const PHRASES: &[Phrase] = &[
    // Go, before any compiler.
    phrase(
        "build constraints exclude all Go files in *",
        "build `{0}`: every Go file of it needs cgo, which is off (Go turns it off by itself where GOOS or GOARCH is not this \
         machine's), or is for another system",
        "CGO_ENABLED=1 CC=cgozig CXX=cgozig-c++, all three, beside GOOS and GOARCH; where the files are for another system \
         (`//go:build`, or a name such as x_windows.go), the package is not for this one",
    ),
    phrase(
        "requires cgo to work",
        "run a program that was built without cgo: its package has only a stub then",
        BOTH,
    ),
    phrase(
        "-buildmode=* requires external (cgo) linking, but cgo is not enabled",
        "build with -buildmode={0}: it needs cgo, and cgo is off",
        BOTH,
    ),
    phrase("-race requires cgo", "build with -race: it needs cgo, and cgo is off", BOTH),
    phrase("exec: \"g++\": executable file not found", "compile C++: CXX is not set, and Go took g++", BOTH),
    phrase(
        "exec: \"clang++\": executable file not found",
        "compile C++: CXX is not set, and Go took clang++",
        BOTH,
    ),
    phrase("C compiler \"gcc\" not found", "compile C: CC is not set, and Go took gcc", BOTH),
    phrase("C compiler \"clang\" not found", "compile C: CC is not set, and Go took clang", BOTH),
    phrase("C compiler \"*\" not found", "compile C: there is no program `{0}`, which CC names", ON_PATH),
    phrase("exec: \"cgozig*\": executable file not found", "compile: cgozig{0} is not on PATH", ON_PATH),
    phrase(
        "exec: \"pkg-config\": executable file not found",
        "build: a package asks pkg-config for its words, and there is none",
        "install pkg-config, or put the words into CGO_CFLAGS and CGO_LDFLAGS and leave `#cgo pkg-config` out by a build tag",
    ),
    phrase(
        "Package * was not found in the pkg-config search path",
        "build: pkg-config has no {0}.pc",
        "PKG_CONFIG_LIBDIR with the folder of the target's .pc files: this machine's own are for this machine",
    ),
    phrase(
        "invalid flag in #cgo LDFLAGS: *",
        "build: Go lets no module pass `{0}` to a linker unless it is allowed",
        "CGO_LDFLAGS_ALLOW='{/0/}'",
    ),
    phrase(
        "invalid flag in #cgo CFLAGS: *",
        "build: Go lets no module pass `{0}` to a compiler unless it is allowed",
        "CGO_CFLAGS_ALLOW='{/0/}'",
    ),
    phrase(
        "invalid flag in pkg-config --libs: *",
        "build: Go lets no pkg-config file pass `{0}` to a linker unless it is allowed",
        "CGO_LDFLAGS_ALLOW='{/0/}'",
    ),
    phrase(
        "C source files not allowed when not using cgo or SWIG: *",
        "build: the package has C files ({0}) and no Go file of it imports \"C\" in this build",
        "`import \"C\"` in a Go file of the package; where there is one: CGO_ENABLED=1 CC=cgozig CXX=cgozig-c++, beside GOOS and GOARCH",
    ),
    // Another compiler than cgozig.
    phrase(
        "link: running g++ failed",
        "link: Go took g++, since the program has C++ and CXX is not set",
        BOTH,
    ),
    phrase("link: running gcc failed", "link: Go took gcc, since CC is not set", BOTH),
    phrase(
        "link: running clang++ failed",
        "link: Go took clang++, since the program has C++ and CXX is not set",
        BOTH,
    ),
    phrase("link: running clang failed", "link: Go took clang, since CC is not set", BOTH),
    phrase(
        "*: Assembler messages:",
        "assemble {0}: gcc's assembler got the instructions of another processor: CC is gcc, or not set",
        BOTH,
    ),
    phrase(
        "gcc: error: unrecognized command-line option *",
        "compile with {0}: gcc was asked, which compiles for this machine: CC is gcc, or not set",
        BOTH,
    ),
    phrase(
        "g++: error: unrecognized command-line option *",
        "compile with {0}: g++ was asked, which compiles for this machine: CXX is g++, or not set",
        BOTH,
    ),
    phrase(
        ": file in wrong format",
        "link: an object is for another processor than the others: CC or CXX is not set",
        BOTH,
    ),
    phrase(
        "libc of the specified target requires dynamic linking",
        "link a static program: zig has the C library of this target as a shared one only",
        "CGOZIG_LIBC=musl with CC=cgozig makes one static binary",
    ),
    phrase(
        "error: unable to read response file '*'",
        "read the response file `{0}`",
        "a word that begins with @ names a file of further words: it has to be there, and readable",
    ),
    phrase(
        "error: unable to read response file \"*\"",
        "read the response file `{0}`",
        "a word that begins with @ names a file of further words: it has to be there, and readable",
    ),
    phrase(
        "rgument list too long",
        "start a program: it was given more words than the system takes",
        "shorten CGO_LDFLAGS and CGO_CFLAGS: one word has at most 128 KiB on Linux, a whole line 32 KiB on Windows",
    ),
    // Links.
    phrase(
        "error: failed to open object *: FileNotFound",
        "link: there is no `{0}`",
        "the object has to be compiled first; for windows its name ends with .obj unless -o gives another",
    ),
    // https://pkg.go.dev/cmd/cgo#hdr-C_references_to_Go
    with(
        "error: duplicate symbol: *",
        ".go:",
        "link: two objects have `{0}`, which a comment above `import \"C\"` defines: in a file with //export it is compiled twice, \
         and two packages may have it both",
        "only declare it there, and define it in a .c file of the package, or as `static`; the lines above name the places",
    ),
    phrase(
        "error: duplicate symbol: *",
        "link: two objects have `{0}`, the same C code twice: two modules bring it, or a .c file is compiled and included",
        "leave one of them out, by a build tag of its module (such as `libsqlite3`); the lines above name both",
    ),
    phrase(
        "error: duplicate symbol definition: *",
        "link: two objects have `{0}`, the same C code twice: two modules bring it, or a .c file is compiled and included",
        "leave one of them out, by a build tag of its module; the lines above name both",
    ),
    phrase(
        "recompile with -fPIC",
        "link: an object cannot lie at any address, as a shared library, a plugin or a PIE has to",
        "compile it with -fPIC, or build with -buildmode=exe",
    ),
    // A name with a dot is one of Go's: a function without a body, or -linkname.
    only(
        |found| found.iter().all(|name| !name.contains('.')),
        "relocation target * not defined",
        "link: Go's own linker has no `{0}`",
        "-ldflags=-linkmode=external lets CC link",
    ),
    // Programs that do not start.
    phrase(
        "version `GLIBC_*' not found (required by *",
        "run it here: it needs glibc {0}, and this machine's is older",
        OLDER_GLIBC,
    ),
    phrase(
        "version `GLIBCXX_*' not found",
        "run it here: g++ has compiled its C++, for a newer libstdc++ (GLIBCXX_{0}) than this machine's",
        "CXX=cgozig-c++ beside CC=cgozig: zig's libc++ becomes a part of the program",
    ),
    only(
        |found| found.iter().any(|name| musl_lacks(name)),
        "Error relocating *: *: symbol not found",
        "run it here: {0} was built for glibc (needs `{1}`), and this machine has musl",
        "CGOZIG_LIBC=musl",
    ),
    phrase(
        "Error relocating *: *: symbol not found",
        "run it here: {0} needs `{1}`, and no library that it loads has that",
        "install the version of the library that it was linked with, or link its .a: -L with the folder of a static build",
    ),
    phrase(
        "error while loading shared libraries: *: cannot open shared object file",
        "run it here: there is no {0}",
        "install the library on that machine, or link its .a: -L with the folder of a static build",
    ),
    phrase(
        "Error loading shared library *: No such file or directory",
        "run it here: there is no {0}",
        LOADER,
    ),
    phrase(
        "Could not open '/lib*': No such file or directory",
        "run it: the loader /lib{0} of its C library is not there",
        LOADER,
    ),
    phrase(
        "cannot execute: required file not found",
        "run it: the loader of its C library is not there",
        LOADER,
    ),
    phrase(
        "bad ELF interpreter: No such file or directory",
        "run it: the loader of its C library is not there",
        LOADER,
    ),
    phrase("exec format error", "run it here: it is for another processor or system", RUNS_ON),
    phrase("Exec format error", "run it here: it is for another processor or system", RUNS_ON),
    phrase("cannot execute binary file", "run it here: it is for another processor or system", RUNS_ON),
    phrase("Bad CPU type in executable", "run it here: it is for another processor", RUNS_ON),
    phrase("bad CPU type in executable", "run it here: it is for another processor", RUNS_ON),
    phrase("is not a valid Win32 application", "run it here: it is for another processor or system", RUNS_ON),
    phrase(
        "Library * (which is needed by *) not found",
        "run it: Windows finds no {0}",
        "put the DLL beside the program, or link its static library (a .a that is not a .dll.a)",
    ),
    phrase(
        "because * was not found. Reinstalling the program may fix this problem",
        "run it: Windows finds no {0}",
        "put the DLL beside the program, or link its static library (a .a that is not a .dll.a)",
    ),
    // Not the number alone: traces of Go programs are full of addresses that begin so.
    phrase("exit status 0xc0000135", "run it: a DLL that it needs is not there", DLLS),
    phrase("(0xc0000135)", "run it: a DLL that it needs is not there", DLLS),
    phrase(
        "Library not loaded: *",
        "run it: macOS finds no {0}",
        "install that library there, or link its .a in the place of the .dylib",
    ),
    phrase(
        "exec user process caused: no such file or directory",
        "run a program in a container: it is not there, or the loader of its C library is not (a glibc program on Alpine)",
        LOADER,
    ),
    phrase(
        "failed to run command '*': No such file or directory",
        "run {0}: it is not there, or the loader of its C library is not (a glibc program on Alpine, a musl one on Debian)",
        LOADER,
    ),
    phrase(
        "failed to run command ‘*’: No such file or directory",
        "run {0}: it is not there, or the loader of its C library is not (a glibc program on Alpine, a musl one on Debian)",
        LOADER,
    ),
    phrase(
        "exec *: no such file or directory",
        "run {0}: it is not there, or the loader of its C library is not (a glibc program on Alpine, a musl one on Debian)",
        LOADER,
    ),
    phrase(
        "sh: *: ./*: not found",
        "run ./{1}: it is not there, or the loader of its C library is not (a glibc program on Alpine, a musl one on Debian)",
        LOADER,
    ),
    phrase(
        "sh: *: /*: not found",
        "run /{1}: it is not there, or the loader of its C library is not (a glibc program on Alpine, a musl one on Debian)",
        LOADER,
    ),
    // Programs that die.
    phrase(
        "This program can only be run on * processors with v* microarchitecture support.",
        "run it here: it was built with GO{0}=v{1}, and this processor is older",
        "GO{0}=v1 runs everywhere",
    ),
    phrase(
        "runtime: this CPU has no * floating point hardware",
        "run it here: it was built for a processor with {0} floating point",
        "GOARM=5 or 6 (GOARM=5 needs no such hardware)",
    ),
    with(
        "SIGILL: illegal instruction",
        "signal arrived during cgo execution",
        "go on: C code has met a trap of -fsanitize=undefined, which plain `zig cc` adds without -O, or an instruction that this processor \
         lacks (-march, -mavx2)",
        SANITIZED,
    ),
    phrase(
        "SIGILL: illegal instruction",
        "go on: the processor lacks an instruction of the program",
        "GOAMD64=v1, or GOARM, GO386, GOARM64 of that machine; and no -march or -mcpu in CGO_CFLAGS",
    ),
    phrase(
        "panic: * cannot be represented in type '*'",
        "go on: zig's sanitizer of undefined behaviour has stopped C code: {0} cannot be represented in type '{1}'",
        SANITIZED,
    ),
    phrase(
        "Illegal instruction",
        "go on: the processor lacks an instruction of the program (GOAMD64, -march), or C code has met a trap of a sanitizer",
        "GOAMD64=v1 and no -march in CGO_CFLAGS; CC=cgozig leaves the sanitizer out that plain `zig cc` adds",
    ),
    phrase(
        "runtime error: * cannot be represented in type '*'",
        "go on: a sanitizer of undefined behaviour has found: {0} cannot be represented in type '{1}'",
        SANITIZED,
    ),
    phrase(
        "No space left on device",
        "write a file: the disk is full",
        "`cgozig cache clean --older-than 7d` and `go clean -cache` make room; CGOZIG_CACHE_DIR and TMPDIR choose another disk",
    ),
];

/// What zig prints without cgozig; 0.17 quotes otherwise.
pub const PLAIN_ZIG: &[Phrase] = &[
    phrase("error: unsupported linker arg: *", "link with plain zig: it refuses `{0}`", BY_CGOZIG),
    phrase("error: unsupported linker extension flag: *", "link with plain zig: it refuses `{0}`", BY_CGOZIG),
    phrase("Unknown Clang option: '*'", "compile with plain zig: it refuses `{0}`", BY_CGOZIG),
    phrase("unknown clang option: \"*\"", "compile with plain zig: it refuses `{0}`", BY_CGOZIG),
    phrase(
        "no LLVM CPU feature named '*'",
        "compile with plain zig: it takes `{0}` for a part of a processor",
        BY_CGOZIG,
    ),
    phrase(
        "no LLVM CPU feature named \"*\"",
        "compile with plain zig: it takes `{0}` for a part of a processor",
        BY_CGOZIG,
    ),
    phrase(
        "error: unable to parse target query *",
        "compile with plain zig: it has no target {0}",
        BY_CGOZIG,
    ),
    phrase("error: unknown CPU: *", "compile with plain zig: it has no processor {0}", BY_CGOZIG),
    phrase(
        "unable to find framework '*'",
        "link the macOS framework `{0}`: plain zig has none",
        "CC=cgozig has stubs of what Go's own packages need; for any other set SDKROOT to a macOS SDK",
    ),
    phrase(
        "unable to find system framework \"*\"",
        "link the macOS framework `{0}`: plain zig has none",
        "CC=cgozig has stubs of what Go's own packages need; for any other set SDKROOT to a macOS SDK",
    ),
];

/// What zig prints all the same when cgozig has called it.
pub const OWN_ZIG: &[Phrase] = &[
    phrase("error: unsupported linker arg: *", "link: zig refuses `{0}`", REFUSED_WORD),
    phrase("error: unsupported linker extension flag: *", "link: zig refuses `{0}`", REFUSED_WORD),
    phrase("Unknown Clang option: '*'", "compile: zig refuses `{0}`", REFUSED),
    phrase("unknown clang option: \"*\"", "compile: zig refuses `{0}`", REFUSED),
    phrase(
        "no LLVM CPU feature named '*'",
        "compile: zig takes `{0}` for a part of a processor, and has none such",
        REFUSED,
    ),
    phrase(
        "no LLVM CPU feature named \"*\"",
        "compile: zig takes `{0}` for a part of a processor, and has none such",
        REFUSED,
    ),
    phrase("error: unknown CPU: *", "compile: zig has no processor {0}", REFUSED),
    phrase(
        "unable to find framework '*'",
        "link the macOS framework `{0}`: no folder of -F and no SDK has it",
        SDK,
    ),
    phrase(
        "unable to find system framework \"*\"",
        "link the macOS framework `{0}`: no folder of -F and no SDK has it",
        SDK,
    ),
];

fn musl_lacks(name: &str) -> bool {
    Clue::of(name.as_bytes()).is_some_and(|clue| clue.lacks.contains(&Lacks::Musl))
}
