//! What the catalogue of failures lists and no rule repairs, with the reason. Data only.

/// What, and why it is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "`-fopenmp`, `-lgomp`",
        "zig ships neither omp.h nor a runtime; with -I and -L of your own it works, so it is not refused",
    ),
    (
        "LFS64 names such as `pread64` on musl",
        "Alpine's gcc does not define them either; CGO_CFLAGS=-D_LARGEFILE64_SOURCE does",
    ),
    (
        "`_GNU_SOURCE` for C++",
        "clang defines it by itself for Linux; zig 0.14.1 to 0.17.0 leave that as it is",
    ),
    (
        "`-march=mips32 -mfp32 -mno-odd-spreg`, which Go passes for mips",
        "they say what the triple and -mcpu say: zig 0.14.1 to 0.17.0 make the same objects, hard and soft float",
    ),
    (
        "`-z notext` on mips",
        "cargo-zigbuild passes it for Rust (ziglang/zig#4925); Go's programs link without it, with zig 0.14.1 to 0.17.0",
    ),
    (
        "`long double` that is computed with, on linux/ppc64le with glibc and zig 0.14.1 to 0.16.0",
        "zig's compiler-rt lacks the functions of IBM's format (`__gcc_qmul`), so that the link fails; zig 0.17 takes IEEE's, and \
         with it a glibc of 2.32 or newer; with musl it is a `double`",
    ),
    ("`-emain` as one word", "no module was found that uses it; `-e main` is taken by zig"),
    (
        "`-lruntimeobject` and other import libraries that zig lacks",
        "zig has no library with the same exports; the error names it",
    ),
    (
        "GNU ld's long options with one dash (`-as-needed`)",
        "zig names the option in its error; pkg-config files write two dashes",
    ),
    ("`--dynamic-linker` with zig 0.16.0", "that zig refuses it everywhere; 0.15.2 and 0.17.0 take it"),
    ("`-current_version 1.0` on macOS", "zig wants three numbers and says so"),
    (
        "CPU features that LLVM does not know (`-mX`)",
        "zig names the feature in its error; the list is LLVM's and grows",
    ),
    ("`-x c` followed by objects", "the caller's words mean the same to clang; Go never does it"),
    (
        "CodeView instead of DWARF in Windows objects",
        "a choice of zig's that debuggers on Windows want; Go does not read it",
    ),
    (
        "`-lgcc_s`, `-lgcc_eh`, `-lunwind`, `-lgcc`, `-latomic`",
        "zig 0.14.1 and later map them to their own libraries",
    ),
    ("initial-exec TLS of Go's shared libraries loaded by a musl program", "Go's own limit, golang/go#54805"),
    (
        "`.syso` files given to zig directly",
        "only Go's trial link does that; it fails, and Go links externally",
    ),
    ("Android", "zig has no Bionic libc; the port is refused by name"),
    (
        "races of parallel first links with an empty cache",
        "fixed in zig 0.14.1 and 0.15.2; 24 parallel first builds showed none",
    ),
];
