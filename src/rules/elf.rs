//! Linux and the BSDs: static programs, PIE, and what zig refuses for ELF.

use super::{LINKS, ended, link, seen, vector};
use crate::rule::when::LibcIs;
use crate::rule::{Action, Build, Cost, Fault, Pattern, Proof, Rule, Stage, When};
use crate::target::{Arch, Os};
use Stage::{Dynimport, Link};

const ELF: &[Os] = &[Os::Linux, Os::Freebsd, Os::Netbsd, Os::Openbsd];
const MIXED_DEBUG: &str = "section type mismatch for .debug_line";
const STATIC: Pattern = Pattern::AnyOf(&[Pattern::Driver("-static"), Pattern::Driver("-static-pie")]);

/// A build of a program whose only cgo packages are Go's own, and what Go says in the end.
const fn net(port: &'static str, libc: &'static str, says: &'static str) -> Build {
    Build { port, libc, program: "examples/net", mode: "exe", fault: Fault::Says(says) }
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "fail-trial-link-of-static-musl",
        why: "A program whose only cgo packages are Go's own (net, os/user) on musl: Go links it itself from a \
              static trial program and stops at `relocation target pthread_… not defined`.",
        sources: &[
            link("https://github.com/golang/go/issues/56386"),
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/go/internal/work/exec.go"),
            seen("Go 1.24.11, 1.26.8, 1.27.3: a trial link that fails makes Go call us for the final link"),
        ],
        when: When::ALWAYS.at(&[Dynimport]).libc(LibcIs::Musl),
        pattern: Pattern::Line,
        action: Action::FailQuietly,
        cost: Cost::Nothing,
        if_believed: "Go writes `dynimportfail` and links externally.",
        proof: Proof::Builds(&[net("linux/amd64", "musl", "relocation target pthread_")]),
        vectors: &[
            ended("x86_64-linux-musl", Dynimport, &["-o", "_cgo_.o", "_cgo_main.o"]),
            vector("x86_64-linux-gnu", Dynimport, &["-o", "_cgo_.o"], &["-o", "_cgo_.o"]),
        ],
    },
    Rule {
        id: "fail-trial-link-on-arm",
        why: "A program whose only cgo packages are Go's own (net, os/user) on 32-bit arm: the trial program takes \
              memcpy from zig's own runtime library instead of libc, Go links internally and stops at `relocation \
              target memcpy not defined`, or `__aeabi_memcpy` on the BSDs.",
        sources: &[
            seen("Go 1.27.3, zig 0.14.1 to 0.17.0, linux/arm with glibc 2.28, freebsd/arm, openbsd/arm"),
            seen(
                "Go 1.27.3, zig 0.15.2 to 0.17.0, netbsd/arm: __aeabi_memcpy is libc's, Go links internally",
            ),
        ],
        when: When::ALWAYS.at(&[Dynimport]).on(&[Os::Linux, Os::Freebsd, Os::Openbsd]).cpu(&[Arch::Arm]),
        pattern: Pattern::Line,
        action: Action::FailQuietly,
        cost: Cost::Nothing,
        if_believed: "Go writes `dynimportfail` and links externally.",
        proof: Proof::Builds(&[
            net("linux/arm", "gnu", "relocation target memcpy not defined"),
            net("freebsd/arm", "own", "relocation target __aeabi_memcpy not defined"),
            net("openbsd/arm", "own", "relocation target __aeabi_memcpy not defined"),
        ]),
        vectors: &[
            ended("arm-linux-gnueabihf", Dynimport, &["-o", "_cgo_.o", "_cgo_main.o"]),
            ended("arm-openbsd-eabi", Dynimport, &["-o", "_cgo_.o", "_cgo_main.o"]),
            vector("arm-netbsd-eabihf", Dynimport, &["-o", "_cgo_.o"], &["-o", "_cgo_.o"]),
            vector("aarch64-linux-gnu", Dynimport, &["-o", "_cgo_.o"], &["-o", "_cgo_.o"]),
        ],
    },
    Rule {
        id: "fail-trial-link-on-openbsd-riscv64",
        why: "A program whose only cgo packages are Go's own (net, os/user): the trial program takes memcpy from \
              zig's own runtime library instead of libc, and Go stops at `unknown symbol memcpy in RISCV call`.",
        sources: &[seen("Go 1.27.3, zig 0.16.0; with 0.17.0 memcpy is libc's")],
        when: When::ALWAYS.at(&[Dynimport]).on(&[Os::Openbsd]).cpu(&[Arch::Riscv64]).before_zig(17),
        pattern: Pattern::Line,
        action: Action::FailQuietly,
        cost: Cost::Nothing,
        if_believed: "Go writes `dynimportfail` and links externally.",
        proof: Proof::Builds(&[net("openbsd/riscv64", "own", "unknown symbol memcpy in RISCV call")]),
        vectors: &[
            ended("riscv64-openbsd", Dynimport, &["-o", "_cgo_.o", "_cgo_main.o"]),
            vector("aarch64-openbsd", Dynimport, &["-o", "_cgo_.o"], &["-o", "_cgo_.o"]),
        ],
    },
    Rule {
        id: "refuse-386-position-independent-go",
        why: "A position independent Go program for linux/386 crashes at its first instruction: Go puts two \
              relocations in one place (GOTPC and TLS_GOTIE), which GNU ld adds up and lld does not.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/x86/asm.go#L319"),
            seen("Go 1.27.3, zig 0.15.2, -buildmode=pie: `movl $-2, %ebx` where the offset of g should be"),
        ],
        when: When::ALWAYS
            .at(&[Link])
            .on(&[Os::Linux])
            .cpu(&[Arch::X86])
            .with(&Pattern::AnyOf(&[Pattern::Driver("-pie"), Pattern::Driver("-shared")])),
        pattern: Pattern::Input("/go.o"),
        action: Action::Refuse {
            what: "link position independent Go code for linux/386: unsupported by LLD, it would crash",
            hint: "use the default build mode, or GNU ld through gcc for pie and c-shared on 386",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Builds(&[Build {
            port: "linux/386",
            libc: "gnu",
            program: "examples/hello",
            mode: "pie",
            fault: Fault::Crashes,
        }]),
        vectors: &[
            ended("x86-linux-gnu", Link, &["-pie", "/tmp/go-link-1/go.o"]),
            ended("x86-linux-gnu", Link, &["-shared", "/tmp/go-link-1/go.o"]),
            vector("x86-linux-gnu", Link, &["-pie", "x.o"], &["-pie", "x.o"]),
        ],
    },
    Rule {
        id: "drop-static-from-shared-library",
        why: "With -shared and then -static zig writes an archive under the library's name and exits with 0.",
        sources: &[seen("zig 0.15.2 to 0.17.0")],
        when: When::ALWAYS.at(&[Link]).libc(LibcIs::Musl).with(&Pattern::Driver("-shared")).from_zig(15),
        pattern: Pattern::Driver("-static"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Header("elf"),
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-shared", "-static", "main.o"], &["-shared", "main.o"]),
            vector("x86_64-linux-musl", Link, &["-static", "main.o"], &["-static", "main.o"]),
        ],
    },
    Rule {
        id: "refuse-static-glibc",
        why: "zig has glibc as shared libraries only: `libc of the specified target requires dynamic linking` for \
              -static; for -static-pie, and with 0.14 for both, a dynamic program without a word.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/23572"),
            link("https://github.com/ziglang/zig/issues/4986"),
            seen("zig 0.14.1 to 0.17.0: exit 1, or the same program as without the word"),
        ],
        when: When::ALWAYS.at(&[Link]).libc(LibcIs::Gnu),
        pattern: STATIC,
        action: Action::Refuse {
            what: "link a static program with glibc: unsupported, zig has glibc as shared libraries only",
            hint: "CGOZIG_LIBC=musl makes one static binary",
        },
        cost: Cost::Nothing,
        if_believed: "Go's probes carry the word too and then fail, as they should.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-linux-gnu", Link, &["-static", "main.o"]),
            ended("x86_64-linux-gnu", Link, &["-static-pie", "main.o"]),
            vector("x86_64-linux-musl", Link, &["-static"], &["-static"]),
        ],
    },
    Rule {
        id: "refuse-static-bsd",
        why: "zig has the libcs of the BSDs as shared libraries only: `libc of the specified target requires \
              dynamic linking` for -static, a dynamic program without a word for -static-pie.",
        sources: &[seen("zig 0.15.2 to 0.17.0: exit 1; the same program as without -static-pie")],
        when: When::ALWAYS.at(&[Link]).on(&[Os::Freebsd, Os::Netbsd, Os::Openbsd]),
        pattern: STATIC,
        action: Action::Refuse {
            what: "link a static program for this system: unsupported, zig has its libc as shared libraries only",
            hint: "leave -static out; the program needs only the system's own libc",
        },
        cost: Cost::Nothing,
        if_believed: "Go's probes carry the word too and then fail, as they should.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-freebsd", Link, &["-static", "main.o"]),
            ended("x86_64-freebsd", Link, &["-static-pie", "main.o"]),
            ended("x86_64-netbsd", Link, &["-static", "main.o"]),
            ended("x86_64-netbsd", Link, &["-static-pie", "main.o"]),
            ended("x86_64-openbsd", Link, &["-static", "main.o"]),
            ended("x86_64-openbsd", Link, &["-static-pie", "main.o"]),
            vector("x86_64-linux-musl", Link, &["-static"], &["-static"]),
        ],
    },
    Rule {
        id: "spell-static-pie-as-zig",
        why: "zig ignores -static-pie when it links: the program is static, but not position independent.",
        sources: &[seen("zig 0.14.1 to 0.17.0")],
        when: When::ALWAYS.at(&[Link]).libc(LibcIs::Musl),
        pattern: Pattern::Driver("-static-pie"),
        action: Action::Replace(&["-static", "-pie"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Header("static-pie"),
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-static-pie", "main.o"], &["-static", "-pie", "main.o"]),
            vector("x86_64-linux-musl", Link, &["-static", "main.o"], &["-static", "main.o"]),
        ],
    },
    Rule {
        id: "spell-no-pie-as-zig",
        why: "Go passes `-Wl,-nopie` on openbsd: `unsupported linker arg: -nopie`.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/ld/lib.go"),
            seen("zig 0.16.0, 0.17.0"),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::Linker("no-pie"),
        action: Action::Replace(&["-no-pie"]),
        cost: Cost::Nothing,
        if_believed: "Go passes it without asking.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-Wl,-nopie"], &["-no-pie"]),
            vector("x86_64-linux-musl", Link, &["-no-pie"], &["-no-pie"]),
        ],
    },
    Rule {
        id: "drop-no-execute-only",
        why: "Go passes `-Wl,--no-execute-only` on openbsd/arm64: `unsupported linker arg`.",
        sources: &[link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/ld/lib.go")],
        when: When::ALWAYS.at(LINKS).on(&[Os::Openbsd]),
        pattern: Pattern::Linker("no-execute-only"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "lld makes execute-only segments only when asked.",
        proof: Proof::Refused,
        vectors: &[
            vector("aarch64-openbsd", Link, &["-Wl,--no-execute-only"], &[]),
            vector("aarch64-linux-musl", Link, &["-Wl,--no-execute-only"], &["-Wl,--no-execute-only"]),
        ],
    },
    Rule {
        id: "drop-linker-choice",
        why: "Go passes -fuse-ld=bfd on freebsd/arm64 and -fuse-ld=gold for some shared libraries; zig has LLD only.",
        sources: &[link("https://github.com/golang/go/issues/35197")],
        when: When::ALWAYS,
        pattern: Pattern::Driver("-fuse-ld"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "The question whether bfd is there is answered with no, as it is true.",
        proof: Proof::Ignored,
        vectors: &[
            vector("aarch64-linux-musl", Link, &["-fuse-ld=bfd", "x.o"], &["x.o"]),
            vector("aarch64-linux-musl", Link, &["-flto"], &["-flto"]),
        ],
    },
    Rule {
        id: "strip-debug-on-mips",
        why: "`section type mismatch for .debug_line`: clang marks DWARF sections as SHT_MIPS_DWARF, Go as \
              SHT_PROGBITS, and lld joins only sections of one type.",
        sources: &[seen(
            "Go 1.27.3, zig 0.14.1 to 0.17.0: exit 1 whenever C and Go both have debug information",
        )],
        when: When::ALWAYS.at(&[Link]).cpu(&[Arch::Mips, Arch::Mipsle, Arch::Mips64, Arch::Mips64le]),
        pattern: Pattern::Line,
        action: Action::Append(&["-Wl,-S"]),
        cost: Cost::Debugging(
            "the program has neither DWARF nor a symbol table; Go's own tracebacks do not need them",
        ),
        if_believed: "Go never asks.",
        proof: Proof::Builds(&[
            Build { program: "examples/hello", ..net("linux/mips", "gnu", MIXED_DEBUG) },
            Build { program: "examples/hello", ..net("linux/mips64", "gnu", MIXED_DEBUG) },
        ]),
        vectors: &[
            vector("mips64-linux-muslabi64", Link, &["x.o"], &["x.o", "-Wl,-S"]),
            vector("s390x-linux-gnu", Link, &["x.o"], &["x.o"]),
        ],
    },
    Rule {
        id: "spell-old-debug-compression",
        why: "`--compress-debug-sections=zlib-gnu`, which old tools write, is refused by lld.",
        sources: &[seen("zig 0.14.1 to 0.17.0: `expected [none|zlib|zstd]`")],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::LinkerIs("compress-debug-sections", "zlib-gnu"),
        action: Action::Replace(&["-Wl,--compress-debug-sections=zlib"]),
        cost: Cost::Nothing,
        if_believed: "Go asks for zlib.",
        proof: Proof::Refused,
        vectors: &[
            vector(
                "x86_64-linux-musl",
                Link,
                &["-Wl,--compress-debug-sections=zlib-gnu"],
                &["-Wl,--compress-debug-sections=zlib"],
            ),
            vector(
                "x86_64-linux-musl",
                Link,
                &["-Wl,--compress-debug-sections=zlib"],
                &["-Wl,--compress-debug-sections=zlib"],
            ),
        ],
    },
    Rule {
        id: "tell-lld-single-symbol-export",
        why: "zig refuses `--export-dynamic-symbol`, and lld has it; dropping it would make Go trust it and lose its exports.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/ld/lib.go#L1831"),
            seen("zig 0.14.1 to 0.17.0: `unsupported linker arg`, exit 1; zig's own lld takes it"),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::Linker("export-dynamic-symbol"),
        action: Action::Tell(&[]),
        cost: Cost::Time,
        if_believed: "Go exports what is exported and not all of C's names, as with gcc.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-Wl,--export-dynamic-symbol=main"], &[]),
            vector("x86_64-linux-musl", Link, &["-rdynamic"], &["-rdynamic"]),
        ],
    },
    Rule {
        id: "drop-netbsd-resolver",
        why: "Every Go program with net passes -lresolv; NetBSD has it, zig's stubs of NetBSD do not.",
        sources: &[seen("zig 0.15.2 to 0.17.0: `unable to find dynamic system library 'resolv'`")],
        when: When::ALWAYS.at(LINKS).on(&[Os::Netbsd]),
        pattern: Pattern::DriverIs("-l", "resolv"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-netbsd", Link, &["-lresolv", "-lm"], &["-lm"]),
            vector("x86_64-linux-gnu", Link, &["-lresolv"], &["-lresolv"]),
        ],
    },
];
