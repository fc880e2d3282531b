//! Words that name the target: the triple and `-mcpu` say it, and zig takes it from nowhere else.

use super::{DARWIN, link, seen, vector};
use crate::rule::{Action, Cost, Pattern, Proof, Rule, Stage, When};
use crate::target::Arch;
use Stage::{Compile, Link};

const MIPS: &[Arch] = &[Arch::Mips, Arch::Mipsle, Arch::Mips64, Arch::Mips64le];

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "drop-target",
        why: "The caller's triple may be Go's, Rust's or GNU's: zig stops with `unable to parse target query`.",
        sources: &[link("https://github.com/uber/hermetic_cc_toolchain/issues/222")],
        when: When::ALWAYS,
        pattern: Pattern::Driver("-target"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks. What the word said is in the triple that zig gets.",
        proof: Proof::Refused,
        vectors: &[
            vector(
                "x86_64-linux-gnu",
                Compile,
                &["--target=x86_64-unknown-linux-gnu", "-c", "x.c"],
                &["-c", "x.c"],
            ),
            vector("x86_64-linux-gnu", Compile, &["-target", "linux/arm64", "-c"], &["-c"]),
            vector("x86_64-linux-gnu", Compile, &["-o", "-target", "-c"], &["-o", "-target", "-c"]),
        ],
    },
    Rule {
        id: "drop-word-size",
        why: "-m32 and -m64 fight with the triple: clang compiles for another processor than zig links for.",
        sources: &[link("https://github.com/ziglang/zig/issues/17891")],
        when: When::ALWAYS,
        pattern: Pattern::AnyOf(&[
            Pattern::Driver("-m16"),
            Pattern::Driver("-m32"),
            Pattern::Driver("-m64"),
            Pattern::Driver("-maix64"),
        ]),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go passes it for 386, amd64 and s390x, where the triple says the same.",
        proof: Proof::Changes,
        vectors: &[
            vector("x86_64-linux-gnu", Compile, &["-m32", "-c", "x.c"], &["-c", "x.c"]),
            vector("x86_64-linux-gnu", Compile, &["-mavx2", "-c", "x.c"], &["-mavx2", "-c", "x.c"]),
        ],
    },
    Rule {
        id: "drop-macos-arch",
        why: "`-arch x86_64` repeats what the triple says; zig has no such option in some versions.",
        sources: &[link("https://github.com/golang/go/blob/go1.27.3/src/cmd/go/internal/work/exec.go")],
        when: When::ALWAYS.on(DARWIN),
        pattern: Pattern::Driver("-arch"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go passes it in every call for darwin.",
        proof: Proof::Ignored,
        vectors: &[
            vector("x86_64-macos", Compile, &["-arch", "x86_64", "-c", "x.c"], &["-c", "x.c"]),
            vector("x86_64-macos", Compile, &["-I", "-arch", "-c"], &["-I", "-arch", "-c"]),
        ],
    },
    Rule {
        id: "drop-macos-minimum",
        why: "The oldest macOS is in the triple; zig ignores this word without a warning.",
        sources: &[link("https://github.com/rust-cross/cargo-zigbuild/blob/main/src/zig.rs")],
        when: When::ALWAYS.on(DARWIN),
        pattern: Pattern::Driver("-mmacosx-version-min"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks; MACOSX_DEPLOYMENT_TARGET sets the version.",
        proof: Proof::Ignored,
        vectors: &[
            vector("x86_64-macos", Compile, &["-mmacosx-version-min=11.0", "-c", "x.c"], &["-c", "x.c"]),
            vector("x86_64-linux-gnu", Compile, &["-c"], &["-c"]),
        ],
    },
    Rule {
        id: "drop-mips-float",
        why: "`target architecture mips has no LLVM CPU feature named 'hard-float'`: zig takes -mhard-float for a \
              feature of the processor.",
        sources: &[
            seen("zig 0.14.1 to 0.17.0: exit 1"),
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/go/internal/work/exec.go"),
        ],
        when: When::ALWAYS.cpu(MIPS),
        pattern: Pattern::AnyOf(&[Pattern::Driver("-mhard-float"), Pattern::Driver("-msoft-float")]),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go passes it in every call for mips; GOMIPS is in the triple's ABI.",
        proof: Proof::Refused,
        vectors: &[
            vector("mips-linux-musleabihf", Compile, &["-mhard-float", "-c", "x.c"], &["-c", "x.c"]),
            vector("arm-linux-musleabihf", Compile, &["-msoft-float", "-c"], &["-msoft-float", "-c"]),
        ],
    },
    Rule {
        id: "prepend-no-position-warning",
        why: "`ignoring '-fno-PIC' option as it cannot be used with implicit usage of -mabicalls`, an error in Go's \
              runtime/cgo, which is compiled with -Werror.",
        sources: &[seen("zig 0.14.1 to 0.17.0, mips64 and mips64le: zig itself passes -fno-PIC")],
        when: When::ALWAYS.at(&[Compile]).cpu(&[Arch::Mips64, Arch::Mips64le]),
        pattern: Pattern::Line,
        action: Action::Prepend(&["-Wno-option-ignored"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Prints("ignoring '-fno-PIC'"),
        vectors: &[
            vector("mips64-linux-muslabi64", Compile, &["-c", "x.c"], &["-Wno-option-ignored", "-c", "x.c"]),
            vector("mips-linux-musleabihf", Compile, &["-c", "x.c"], &["-c", "x.c"]),
        ],
    },
    Rule {
        id: "drop-mtune",
        why: "zig takes -mtune= for a choice of the processor: `-mtune=generic` resets it, `unknown CPU: 'generic'`.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/9442"),
            link("https://github.com/ziglang/zig/issues/4911"),
        ],
        when: When::ALWAYS,
        pattern: Pattern::Driver("-mtune"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks; tuning changes no result.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-gnu", Compile, &["-mtune=generic", "-c", "x.c"], &["-c", "x.c"]),
            vector("x86_64-linux-gnu", Compile, &["-D", "-mtune=x", "-c"], &["-D", "-mtune=x", "-c"]),
        ],
    },
    Rule {
        id: "spell-cpu-as-zig",
        why: "`-march=armv8-a+crc`, `-march=x86-64-v3`: zig stops with `unknown CPU`, since it writes processors \
              in its own way.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/4911"),
            link("https://github.com/ziglang/zig/issues/24566"),
        ],
        when: When::ALWAYS,
        pattern: Pattern::AnyOf(&[Pattern::Driver("-march"), Pattern::Driver("-mcpu")]),
        action: Action::ZigCpu,
        cost: Cost::Nothing,
        if_believed: "Go asks for -mcpu=power10 before it uses that level.",
        proof: Proof::Refused,
        vectors: &[
            vector(
                "x86_64-linux-gnu",
                Compile,
                &["-march=x86-64-v3", "-c", "x.c"],
                &["-mcpu=x86_64_v3", "-c", "x.c"],
            ),
            vector(
                "aarch64-linux-musl",
                Compile,
                &["-march=armv8.2-a+crypto"],
                &["-mcpu=generic+v8_2a+crypto"],
            ),
            vector("aarch64-linux-musl", Compile, &["-march=armv8-a+nosimd"], &["-mcpu=generic-neon"]),
            vector("arm-linux-musleabihf", Compile, &["-march=armv7-a", "-c"], &["-c"]),
            vector("x86-linux-gnu", Compile, &["-march=i686", "-c"], &["-mcpu=i686", "-c"]),
            vector("riscv64-linux-gnu", Compile, &["-march=rv64gc_zba"], &["-mcpu=baseline_rv64+zba"]),
            vector("powerpc64le-linux-gnu", Compile, &["-mcpu=power10"], &["-mcpu=pwr10"]),
            vector("x86_64-linux-gnu", Compile, &["-march=native", "-c"], &["-c"]),
            vector("s390x-linux-gnu", Compile, &["-march=z13"], &["-mcpu=z13"]),
            vector("x86_64-linux-gnu", Link, &["-mcpu=x86_64_v3"], &["-mcpu=x86_64_v3"]),
        ],
    },
];
