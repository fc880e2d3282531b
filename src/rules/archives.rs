//! What prebuilt archives need beside the words of the line, as the look into them found (`crate::archive`).

use super::{ALL_BUT_DARWIN, WINDOWS, link, needing, seen, vector};
use crate::archive::Need;
use crate::rule::{Action, Cost, Pattern, Proof, Rule, Stage, When};
use Stage::Link;

const MUSL: &str = "x86_64-linux-musl";
const GNU: &str = "x86_64-linux-gnu";

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "add-unwinder",
        why: "A Rust or C++ archive needs `_Unwind_Resume` and its kin: gcc adds -lgcc_s or -lgcc_eh to every line, \
              zig its own unwinder to none but C++. macOS has it in a library that every program links.",
        sources: &[
            link("https://github.com/apache/opendal/issues/2471"),
            seen(
                "zig 0.14.1 to 0.17.0: `undefined symbol: _Unwind_Resume`; wasmtime-go 44 for windows/amd64",
            ),
        ],
        when: When::ALWAYS.at(&[Link]).on(ALL_BUT_DARWIN).needing(Need::Unwinder),
        pattern: Pattern::Line,
        action: Action::Append(&["-lunwind"]),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(MUSL, &["-DUNWINDS", "main.c", "x.c"], &["-DUNWINDS", "main.c", "x.c", "-lunwind"]),
            vector(MUSL, Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "add-dlls-of-rust",
        why: "Rust's standard library for Windows calls these DLLs beside kernel32 and ntdll, and a module's line seldom names \
              them (`undefined symbol: WSAStartup`). What nothing calls leaves no trace in a program.",
        sources: &[
            link(
                "https://doc.rust-lang.org/rustc/command-line-arguments.html#--print-print-compiler-information",
            ),
            seen("rustc 1.85 --print native-static-libs for x86_64-pc-windows-gnu"),
        ],
        when: When::ALWAYS.at(&[Link]).on(WINDOWS).needing(Need::Unwinder),
        pattern: Pattern::Line,
        action: Action::Append(&["-luserenv", "-lws2_32", "-ldbghelp"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(
                "x86_64-windows-gnu",
                &["-DWINSOCK", "main.c", "x.c"],
                &["-DWINSOCK", "main.c", "x.c", "-luserenv", "-lws2_32", "-ldbghelp"],
            ),
            vector("x86_64-windows-gnu", Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "add-cxx-runtime",
        why: "A C++ archive behind a C interface: Go links by CC where no package has C++ files of its own, and the \
              C compiler links no C++ library (`undefined symbol: __gxx_personality_v0`).",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/go/internal/work/gc.go#L632"),
            link("https://github.com/ziglang/zig/issues/9832"),
        ],
        when: When::ALWAYS.at(&[Link]).needing(Need::Cxx),
        pattern: Pattern::Line,
        action: Action::Append(&["-lc++"]),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(MUSL, &["-DTHROWS", "main.c", "x.c"], &["-DTHROWS", "main.c", "x.c", "-lc++"]),
            vector(MUSL, Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "link-own-libstdcxx",
        why: "An archive that g++ compiled (`std::__cxx11::…`): zig has LLVM's libc++ only. A libstdc++.a beside the \
              archive, or in a -L folder, is linked for it.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/9832"),
            link("https://github.com/marcboeker/go-duckdb/issues/164"),
        ],
        when: When::ALWAYS.at(&[Link]).needing(Need::GnuCxx),
        pattern: Pattern::Line,
        action: Action::AppendFound("stdc++"),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(GNU, &["-DGNU_CXX", "main.c", "x.c"], &["-DGNU_CXX", "main.c", "x.c", "./libstdc++.a"]),
            vector(GNU, Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "provide-newer-glibc",
        why: "An archive that was compiled with a newer glibc than the target's calls `__isoc23_strtol`, \
              `__libc_single_threaded` or `strlcpy`: what can be said in terms of the older one is linked in.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/17536"),
            link("https://github.com/confluentinc/confluent-kafka-go/issues/119"),
        ],
        when: When::ALWAYS.at(&[Link]).needing(Need::NewerGlibc),
        pattern: Pattern::Line,
        action: Action::AppendObject("newer-glibc"),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(
                GNU,
                &["-DISOC23", "main.c", "x.c"],
                &["-DISOC23", "main.c", "x.c", "$OBJECTS/newer-glibc.o"],
            ),
            vector(GNU, Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "provide-glibc-on-musl",
        why: "An archive that was compiled with glibc's headers calls `fopen64`, `__printf_chk` or `__strdup`, which \
              musl has under other names.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/8144"),
            link("https://github.com/tursodatabase/libsql/issues/1724"),
        ],
        when: When::ALWAYS.at(&[Link]).needing(Need::GlibcOnMusl),
        pattern: Pattern::Line,
        action: Action::AppendObject("glibc-on-musl"),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(
                MUSL,
                &["-DISOC23", "main.c", "x.c"],
                &["-DISOC23", "main.c", "x.c", "$OBJECTS/glibc-on-musl.o"],
            ),
            vector(MUSL, Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "provide-msvcrt-names",
        why: "An archive that MinGW over msvcrt.dll compiled calls `_setjmp` or `_vsnprintf_s`, gcc's thread-local \
              variables `__emutls_get_address`: zig's MinGW is over ucrt and has none of them.",
        sources: &[
            link("https://github.com/confluentinc/confluent-kafka-go/tree/v2.11.1/kafka/librdkafka_vendor"),
            seen("zig 0.14.1 to 0.17.0: `undefined symbol: _setjmp`"),
        ],
        when: When::ALWAYS.at(&[Link]).needing(Need::Msvcrt),
        pattern: Pattern::Line,
        action: Action::AppendObject("msvcrt-on-ucrt"),
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            needing(
                "x86_64-windows-gnu",
                &["-DEMUTLS", "main.c", "x.c"],
                &["-DEMUTLS", "main.c", "x.c", "$OBJECTS/msvcrt-on-ucrt.o"],
            ),
            vector("x86_64-windows-gnu", Link, &["main.o"], &["main.o"]),
        ],
    },
];
