//! macOS: options of Apple's linker that zig's own does not know.

use super::{DARWIN, LINKS, ended, link, seen, vector};
use crate::rule::{Action, Cost, Pattern, Proof, Rule, Stage, When};
use Stage::Link;

const REFUSED: &str = "zig 0.14.1 to 0.17.0: `unsupported linker arg`, exit 1";

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "drop-macos-no-pie",
        why: "Go passes `-Wl,-no_pie` for darwin/amd64 with -buildmode=exe: `unsupported linker arg: -no_pie`.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/15438"),
            seen("Go 1.27.3, zig 0.14.1 to 0.17.0: 22,700 rebases in __TEXT, taken out after the link"),
        ],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::Linker("no_pie"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "The program is made to load at its own address after the link.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-no_pie"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-no_pie"], &["-Wl,-no_pie"]),
        ],
    },
    Rule {
        id: "look-symbols-up-at-run-time",
        why: "Go passes `-Wl,-flat_namespace` for plugins and `-Wl,-U,symbol` for -race; zig refuses both.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/14987"),
            link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/ld/lib.go#L1504"),
        ],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("flat_namespace"),
            Pattern::Linker("U"),
            Pattern::Driver("-flat_namespace"),
        ]),
        action: Action::Replace(&["-Wl,-undefined,dynamic_lookup"]),
        cost: Cost::Correctness("an undefined symbol shows only when the program starts"),
        if_believed: "Go passes them without asking.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-U,_f"], &["-Wl,-undefined,dynamic_lookup"]),
            vector(
                "x86_64-macos",
                Link,
                &["-Wl,-undefined,dynamic_lookup"],
                &["-Wl,-undefined,dynamic_lookup"],
            ),
        ],
    },
    Rule {
        id: "spell-undefined-as-zig",
        why: "`-undefined suppress` and `-undefined warning` are refused by zig.",
        sources: &[seen("zig 0.14.1 to 0.17.0: `unsupported -undefined option`")],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[
            Pattern::LinkerIs("undefined", "suppress"),
            Pattern::LinkerIs("undefined", "warning"),
        ]),
        action: Action::Replace(&["-Wl,-undefined,dynamic_lookup"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-undefined,suppress"], &["-Wl,-undefined,dynamic_lookup"]),
            vector("x86_64-macos", Link, &["-Wl,-undefined,error"], &["-Wl,-undefined,error"]),
        ],
    },
    Rule {
        id: "drop-apple-linker-words",
        why: "Options of Apple's linker that choose its version, silence it or tune it are refused by zig.",
        sources: &[seen(REFUSED)],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("bind_at_load"),
            Pattern::Linker("ld_classic"),
            Pattern::Linker("ld_new"),
            Pattern::Linker("no_compact_unwind"),
            Pattern::Linker("no_fixup_chains"),
            Pattern::Linker("no_uuid"),
            Pattern::Linker("no_warn_duplicate_libraries"),
            Pattern::Linker("noall_load"),
            Pattern::Linker("order_file"),
        ]),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go asks for -no_fixup_chains; zig makes none.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-no_uuid"], &[]),
            vector("x86_64-macos", Link, &["-Wl,-ld_classic,-dead_strip"], &["-Wl,-dead_strip"]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-no_uuid"], &["-Wl,-no_uuid"]),
        ],
    },
    Rule {
        id: "drop-macos-silence",
        why: "`-Wl,-w`, which silences Apple's linker, is refused by zig.",
        sources: &[seen("zig 0.14.1, 0.15.2: exit 1; 0.16.0, 0.17.0 accept")],
        when: When::ALWAYS.at(LINKS).on(DARWIN).before_zig(16),
        pattern: Pattern::Linker("w"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-w"], &[]),
            vector("x86_64-macos", Link, &["-w"], &["-w"]),
        ],
    },
    Rule {
        id: "drop-section-from-file",
        why: "`-sectcreate segment section file` is swallowed by zig without a word, `-Wl,-sectcreate,…` refused.",
        sources: &[
            link("https://github.com/ziglang/zig/blob/0.15.2/src/main.zig"),
            seen("zig 0.14.1 to 0.17.0: the same program as without it; exit 1 after -Wl,"),
        ],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[Pattern::Linker("sectcreate"), Pattern::Driver("-sectcreate")]),
        action: Action::Refuse {
            what: "link with -sectcreate: unsupported, zig's linker cannot put a file into a section",
            hint: "link on a Mac with SDKROOT and Apple's clang, or embed the file with Go",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-macos", Link, &["-sectcreate", "__TEXT", "__x", "x.list", "main.o"]),
            ended("x86_64-macos", Link, &["-Wl,-sectcreate,__TEXT,__x,x.list", "main.o"]),
            vector("x86_64-macos", Link, &["-Wl,-dead_strip"], &["-Wl,-dead_strip"]),
        ],
    },
    Rule {
        id: "load-whole-archives",
        why: "`-Wl,-all_load` is refused by zig and `-all_load` swallowed without a word; `--whole-archive` before all \
              archives is the same.",
        sources: &[seen(
            "zig 0.14.1 to 0.17.0: exit 1 after -Wl,; the same program as without the driver's word",
        )],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[Pattern::Linker("all_load"), Pattern::Driver("-all_load")]),
        action: Action::Ahead(&["-Wl,--whole-archive"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["x.o", "-Wl,-all_load"], &["-Wl,--whole-archive", "x.o"]),
            vector("x86_64-macos", Link, &["-Wl,-dead_strip"], &["-Wl,-dead_strip"]),
        ],
    },
    Rule {
        id: "refuse-export-lists",
        why: "`-exported_symbols_list` and its kin: zig before 0.16 refuses them, later ones take the list and export \
              everything, and every zig swallows the driver's spelling.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/24662"),
            seen("zig 0.14.1, 0.15.2: exit 1; 0.16.0, 0.17.0: the same library as without"),
        ],
        when: When::ALWAYS
            .at(&[Link])
            .on(DARWIN)
            .with(&Pattern::AnyOf(&[Pattern::Driver("-shared"), Pattern::Driver("-dynamiclib")])),
        pattern: EXPORT_LISTS,
        action: Action::Refuse {
            what: "link a library with a list of exported symbols ({}): unsupported, zig's linker exports them all",
            hint: "compile with -fvisibility=hidden and mark what is exported, or link on a Mac",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-macos", Link, &["-shared", "x.o", "-Wl,-exported_symbols_list,x.list"]),
            vector("x86_64-macos", Link, &["-shared", "x.o"], &["-shared", "x.o"]),
        ],
    },
    Rule {
        id: "drop-export-lists-of-program",
        why: "`-exported_symbols_list` for a program, which nobody links against: zig before 0.16 refuses it.",
        sources: &[link("https://github.com/ziglang/zig/issues/24662"), seen("zig 0.14.1, 0.15.2: exit 1")],
        when: When::ALWAYS.at(LINKS).on(DARWIN).before_zig(16),
        pattern: EXPORT_LISTS,
        action: Action::Drop,
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["main.o", "-Wl,-exported_symbols_list,x.list"], &["main.o"]),
            vector("x86_64-macos", Link, &["main.o"], &["main.o"]),
        ],
    },
    Rule {
        id: "refuse-apple-linker-words",
        why: "Options of Apple's linker that name symbols, export another library's or write a map: zig's linker has \
              none of them, and dropped they would give another program.",
        sources: &[seen(REFUSED)],
        when: When::ALWAYS.at(&[Link]).on(DARWIN),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("alias"),
            Pattern::Linker("map"),
            Pattern::Linker("reexport_library"),
        ]),
        action: Action::Refuse {
            what: "link with an option of Apple's linker ({}): unsupported by zig's",
            hint: "leave it out, or link on a Mac with SDKROOT and Apple's clang",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-macos", Link, &["main.o", "-Wl,-alias,_f,_g"]),
            vector("x86_64-macos", Link, &["main.o"], &["main.o"]),
        ],
    },
];

/// What names the symbols that are exported.
const EXPORT_LISTS: Pattern = Pattern::AnyOf(&[
    Pattern::Linker("exported_symbols_list"),
    Pattern::Linker("exported_symbol"),
    Pattern::Linker("unexported_symbols_list"),
    Pattern::Linker("unexported_symbol"),
    Pattern::Driver("-exported_symbols_list"),
    Pattern::Driver("-unexported_symbols_list"),
]);
