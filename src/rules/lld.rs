//! What zig's front end refuses and its linkers can do: they are told themselves, in a link of their own (`crate::lld`).

use super::{DARWIN, ELF, LINKS, WINDOWS, ended, link, seen, vector};
use crate::rule::{Action, Cost, Pattern, Proof, Rule, Source, Stage, Vector, When};
use crate::target::{Arch, Os};
use Stage::{Dynimport, Link};

/// All processors but one.
const OTHERS: &[Arch] = &[
    Arch::X86,
    Arch::Amd64,
    Arch::Arm,
    Arch::Loong64,
    Arch::Mips,
    Arch::Mips64,
    Arch::Mips64le,
    Arch::Mipsle,
    Arch::Ppc64,
    Arch::Ppc64le,
    Arch::Riscv64,
    Arch::S390x,
];
/// Where DWARF of C and Go can be in one program; elsewhere zig has to strip (`strip-debug-on-mips`).
const ONE_DWARF: &[Arch] = &[
    Arch::X86,
    Arch::Amd64,
    Arch::Arm,
    Arch::Arm64,
    Arch::Loong64,
    Arch::Ppc64,
    Arch::Ppc64le,
    Arch::Riscv64,
    Arch::S390x,
];
const STRIPS: &[Pattern] = &[Pattern::Driver("-s"), Pattern::Linker("s"), Pattern::Linker("strip-all")];
const STRIPS_DEBUG: &[Pattern] = &[Pattern::Linker("S"), Pattern::Linker("strip-debug")];
const REFUSED: &str = "zig 0.14.1 to 0.17.0: `unsupported linker arg`, exit 1; zig's own lld takes it";
const TWICE: &str = "Go never asks; its trial link does without.";
/// As the caller wrote it.
const AS_WRITTEN: &[&str] = &[];

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "tell-lld",
        why: "Options on symbols, sections, order and reports that change the program or write a file: zig refuses \
              them, lld has them.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/15113"),
            link("https://github.com/ziglang/zig/issues/18804"),
            link("https://github.com/ziglang/zig/issues/23730"),
            seen(REFUSED),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::AnyOf(OPTIONS),
        action: Action::Tell(AS_WRITTEN),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-Wl,--defsym=g=f"], &[]),
            vector("x86_64-linux-musl", Link, &["-Wl,--exclude-libs,ALL,-z,now"], &["-Wl,-z,now"]),
            vector("x86_64-linux-musl", Link, &["-Wl,--dynamic-list=x.list"], &[]),
            vector("x86_64-freebsd", Link, &["-Wl,-Bsymbolic-functions"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-Map,out.map"], &[]),
            vector("x86_64-linux-gnu", Dynimport, &["-Wl,-Map=out.map"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "tell-lld-erratum",
        why: "`--fix-cortex-a53-843419`, which works around a fault of some processors, is refused by zig.",
        sources: &[seen(REFUSED)],
        when: When::ALWAYS.at(LINKS).on(ELF).cpu(&[Arch::Arm64]),
        pattern: Pattern::Linker("fix-cortex-a53-843419"),
        action: Action::Tell(AS_WRITTEN),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors: &[
            vector("aarch64-linux-musl", Link, &["-Wl,--fix-cortex-a53-843419"], &[]),
            vector("aarch64-linux-musl", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "drop-erratum-of-others",
        why: "`--fix-cortex-a53-843419` is refused by zig, and by lld for any processor but 64-bit Arm.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).cpu(OTHERS),
        pattern: Pattern::Linker("fix-cortex-a53-843419"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-musl", Link, &["-Wl,--fix-cortex-a53-843419"], &[]),
            vector("x86_64-linux-musl", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "drop-elf-words-elsewhere",
        why: "Words for ELF on a line for every system: reports, and tuning that other formats do not have, are refused by \
              zig there.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).on(&[Os::Windows, Os::Darwin]),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("cref"),
            Pattern::Linker("icf"),
            Pattern::Linker("no-export-dynamic"),
            Pattern::Linker("no-relax"),
            Pattern::Linker("t"),
            Pattern::Linker("trace"),
        ]),
        action: Action::Drop,
        cost: Cost::Size,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--icf=all"], &[]),
            vector("x86_64-macos", Link, &["-Wl,--cref"], &[]),
            vector("x86_64-linux-musl", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "drop-map-on-macos",
        why: "`-Map=FILE`, GNU ld's word for a map of the program, is refused by zig's linker for macOS, which writes none.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::Linker("Map"),
        action: Action::Drop,
        cost: Cost::Debugging("there is no map"),
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,-Map=out.map"], &[]),
            vector("x86_64-macos", Link, &["-Wl,-dead_strip"], &["-Wl,-dead_strip"]),
        ],
    },
    Rule {
        id: "tell-lld-keywords",
        why: "`unsupported linker extension flag: -z X`: zig knows fourteen keywords of lld's forty.",
        sources: &[
            seen("zig 0.14.1 to 0.17.0: exit 1; zig's own lld takes them (nobtcfi since 0.15.2)"),
            link("https://github.com/golang/go/blob/go1.27/src/cmd/link/internal/ld/lib.go"),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::AnyOf(KEYWORDS),
        action: Action::Tell(&["-z", "{}"]),
        cost: Cost::Time,
        if_believed: "cmd/link asks for -z nobtcfi on openbsd and gives it at the link: the mark for Go's code, which has no \
                      marks of its own where branches may go to.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,separate-code"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,nodlopen,-z,now"], &["-Wl,-z,now"]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,stack-size=1"], &["-Wl,-z,stack-size=1"]),
        ],
    },
    Rule {
        id: "drop-foreign-keywords",
        why: "Keywords of GNU ld or Solaris that lld does not know: they mark a library for tools, or ask for what lld \
              decides by its inputs.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1; their lld: `unknown -z value`")],
        when: When::ALWAYS.at(LINKS),
        pattern: Pattern::AnyOf(FOREIGN),
        action: Action::Drop,
        cost: Cost::Hardening("-z ibt does not force a mark that the inputs do not carry; -z force-ibt does"),
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,ibt"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "drop-keywords-of-elf",
        why: "Keywords of `-z` are about ELF; zig refuses those that it does not know on other systems as well.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).on(&[Os::Windows, Os::Darwin]),
        pattern: Pattern::AnyOf(KEYWORDS),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,-z,separate-code"], &[]),
            vector("x86_64-macos", Link, &["-Wl,-z,now"], &["-Wl,-z,now"]),
        ],
    },
    Rule {
        id: "tell-lld-version-script-of-program",
        why: "zig hands a version script to lld for shared libraries only: a program exports what the script hides.",
        sources: &[
            link("https://github.com/ziglang/zig/blob/0.15.2/src/link/Lld.zig"),
            seen("zig 0.14.1 to 0.17.0: the same program as without the words"),
        ],
        when: When::ALWAYS.at(&[Link]).on(ELF).without(&Pattern::Driver("-shared")),
        pattern: Pattern::Linker("version-script"),
        // GNU ld takes a script that names what is not there.
        action: Action::Tell(&["--version-script={}", "--undefined-version"]),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Ignored,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,--version-script=x.list", "main.o"], &["main.o"]),
            vector(
                "x86_64-linux-gnu",
                Link,
                &["-shared", "-Wl,--version-script=x.list"],
                &["-shared", "-Wl,--version-script=x.list"],
            ),
        ],
    },
    Rule {
        id: "tell-lld-strip",
        why: "zig forgets `-s` at the next `-g`, and cmd/link writes one behind it: programs of `-ldflags=-s` keep libc's \
              debug information and every name. Where zig does strip, it compiles its libc once more for that.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27/src/cmd/link/internal/ld/lib.go"),
            link("https://github.com/ziglang/zig/blob/0.15.2/src/main.zig"),
            seen("zig 0.14.1 to 0.17.0: `-s -g` links the same program as `-g`"),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF).cpu(ONE_DWARF).without(&Pattern::Driver("-r")),
        pattern: Pattern::AnyOf(STRIPS),
        action: Action::Tell(&["--strip-all"]),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Ignored,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-s", "main.o", "-g"], &["main.o", "-g"]),
            vector("x86_64-linux-musl", Link, &["main.o", "-Wl,-s,-z,now"], &["main.o", "-Wl,-z,now"]),
            // Its rule has zig strip.
            vector("mips-linux-gnueabihf", Link, &["-s", "x.o", "-Wl,-S"], &["-s", "x.o", "-Wl,-S"]),
        ],
    },
    Rule {
        id: "tell-lld-strip-debug",
        why: "zig takes `-Wl,-S`, cmd/link's word for `-ldflags=-w`, for `-s`: the program loses its names too.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27/src/cmd/link/internal/ld/lib.go"),
            seen("zig 0.14.1 to 0.17.0: no symbol table"),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF).cpu(ONE_DWARF).without(&Pattern::Driver("-r")),
        pattern: Pattern::AnyOf(STRIPS_DEBUG),
        action: Action::Tell(&["--strip-debug"]),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Header("stripped"),
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,-S", "main.o", "-g"], &["main.o", "-g"]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,now", "main.o"], &["-Wl,-z,now", "main.o"]),
        ],
    },
    Rule {
        id: "tell-lld-strip-on-windows",
        why: "zig forgets `-s` at the next `-g`, and cmd/link writes one behind it: what a debugger reads stays, with a file \
              beside the program, and code that nothing calls. Where zig does strip, it compiles its libc once more for that.",
        sources: &[
            link("https://github.com/golang/go/blob/go1.27/src/cmd/link/internal/ld/lib.go"),
            link("https://github.com/ziglang/zig/blob/0.15.2/src/link/Lld.zig"),
            seen(
                "zig 0.14.1 to 0.17.0: lld-link is given -DEBUG and -PDB for `-s -g`, and neither for `-g -s`",
            ),
        ],
        when: When::ALWAYS.at(LINKS).on(WINDOWS).without(&Pattern::Driver("-r")),
        pattern: Pattern::AnyOf(&[Pattern::AnyOf(STRIPS), Pattern::AnyOf(STRIPS_DEBUG)]),
        // No program of lld has a symbol table unless it is asked for one.
        action: Action::Tell(&["-DEBUG:NONE"]),
        cost: Cost::Time,
        if_believed: TWICE,
        // The contrary of `-s -g`: two links have two times in them, so that equal ones cannot be told.
        proof: Proof::Changes,
        vectors: &[
            vector(W64, Link, &["main.o", "-g", "-s"], &["main.o", "-g"]),
            vector(W64, Link, &["-s", "main.o", "-g"], &["main.o", "-g"]),
            vector(W32, Link, &["-Wl,-S", "main.o"], &["main.o"]),
            OTHER,
        ],
    },
    Rule {
        id: "tell-lld-discard",
        why: "`-x`, which leaves local names out, is ignored by zig, `-X` refused.",
        sources: &[seen("zig 0.14.1 to 0.17.0: all local names are there; `unsupported linker arg: -X`")],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("x"),
            Pattern::Linker("X"),
            Pattern::Linker("discard-all"),
            Pattern::Linker("discard-locals"),
            Pattern::Linker("discard-none"),
        ]),
        action: Action::Tell(AS_WRITTEN),
        cost: Cost::Time,
        if_believed: "Go never asks on ELF.",
        proof: Proof::Ignored,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,-x", "main.o"], &["main.o"]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,now", "main.o"], &["-Wl,-z,now", "main.o"]),
        ],
    },
    Rule {
        id: "permit-by-lld",
        why: "`--allow-multiple-definition`, `--unresolved-symbols=…` and the like are refused by zig, also where \
              nothing needs them.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/21455"),
            link("https://github.com/ziglang/zig/issues/21007"),
            seen(REFUSED),
        ],
        when: When::ALWAYS.at(LINKS).on(ELF),
        pattern: Pattern::AnyOf(PERMISSIONS),
        action: Action::Permit(AS_WRITTEN),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-linux-gnu", Link, &["-Wl,--allow-multiple-definition"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,--unresolved-symbols=ignore-all"], &[]),
            vector("x86_64-linux-gnu", Link, &["-Wl,-z,muldefs,-z,now"], &["-Wl,-z,now"]),
            vector(
                "x86_64-linux-gnu",
                Link,
                &["-Wl,--no-allow-shlib-undefined"],
                &["-Wl,--no-allow-shlib-undefined"],
            ),
        ],
    },
    Rule {
        id: "permit-duplicates-on-windows",
        why: "`--allow-multiple-definition`, for archives that have parts of the C runtime or of Rust's in them, is \
              refused by zig; lld calls it -FORCE:MULTIPLE.",
        sources: &[link("https://github.com/ziglang/zig/issues/21455"), seen(REFUSED)],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("allow-multiple-definition"),
            Pattern::LinkerIs("z", "muldefs"),
        ]),
        action: Action::Permit(&["-FORCE:MULTIPLE"]),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--allow-multiple-definition"], &[]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--nxcompat"], &["-Wl,--nxcompat"]),
        ],
    },
    Rule {
        id: "permit-undefined-on-windows",
        why: "`--unresolved-symbols=ignore-all` is refused by zig; lld calls it -FORCE:UNRESOLVED.",
        sources: &[link("https://github.com/ziglang/zig/issues/21007"), seen(REFUSED)],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("unresolved-symbols"),
            Pattern::Linker("warn-unresolved-symbols"),
            Pattern::Linker("noinhibit-exec"),
        ]),
        action: Action::Permit(&["-FORCE:UNRESOLVED"]),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--unresolved-symbols=ignore-all"], &[]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--nxcompat"], &["-Wl,--nxcompat"]),
        ],
    },
    Rule {
        id: "drop-permissions-on-macos",
        why: "`--allow-multiple-definition` and `--unresolved-symbols`, GNU's words on a line for every system: zig's \
              linker for macOS refuses them.",
        sources: &[link("https://github.com/ziglang/zig/issues/21455"), seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).on(DARWIN),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("allow-multiple-definition"),
            Pattern::Linker("unresolved-symbols"),
            Pattern::Linker("warn-unresolved-symbols"),
        ]),
        action: Action::Drop,
        cost: Cost::Correctness("a link that does need the permission ends in the linker's own error"),
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-macos", Link, &["-Wl,--allow-multiple-definition"], &[]),
            vector("x86_64-macos", Link, &["-Wl,-dead_strip"], &["-Wl,-dead_strip"]),
        ],
    },
    windows(
        "tell-lld-large-addresses",
        "large-address-aware",
        &["-LARGEADDRESSAWARE"],
        "`--large-address-aware`: without it a 32-bit program has 2 GiB and not 4.",
        &[vector(W32, Link, &["-Wl,--large-address-aware"], &[]), OTHER],
    ),
    windows(
        "tell-lld-plain-names",
        "kill-at",
        &["-kill-at"],
        "`--kill-at`: without it the exports of a 32-bit DLL keep the @N of their arguments.",
        &[vector(W32, Link, &["-Wl,--kill-at"], &[]), OTHER],
    ),
    windows(
        "tell-lld-stdcall",
        "enable-stdcall-fixup",
        &["-stdcall-fixup"],
        "`--enable-stdcall-fixup`: a name without @N is taken for the one with it.",
        &[vector(W32, Link, &["-Wl,--enable-stdcall-fixup"], &[]), OTHER],
    ),
    windows(
        "tell-lld-no-seh",
        "no-seh",
        &["-noseh"],
        "`--no-seh`: the program says that it has no handlers of exceptions.",
        &[vector(W64, Link, &["-Wl,--no-seh"], &[]), OTHER],
    ),
    windows(
        "tell-lld-fixed-address",
        "disable-reloc-section",
        &["-FIXED", "-DYNAMICBASE:NO"],
        "`--disable-reloc-section`: a program without relocations, which loads at its own address only.",
        &[vector(W64, Link, &["-Wl,--disable-reloc-section"], &[]), OTHER],
    ),
    windows(
        "tell-lld-map",
        "Map",
        &["-lldmap:{}"],
        "`-Map=FILE` writes where every symbol lies.",
        &[vector(W64, Link, &["-Wl,-Map=out.map"], &[]), OTHER],
    ),
    windows(
        "tell-lld-definitions",
        "output-def",
        &["-output-def:{}"],
        "`--output-def FILE` writes the exports of a DLL for tools that make import libraries.",
        &[vector(W64, Link, &["-Wl,--output-def,out.def"], &[]), OTHER],
    ),
    windows(
        "tell-lld-export-none",
        "exclude-all-symbols",
        &["-exclude-all-symbols"],
        "`--exclude-all-symbols`: a DLL exports nothing by itself.",
        &[vector(W64, Link, &["-Wl,--exclude-all-symbols"], &[]), OTHER],
    ),
    Rule {
        id: "refuse-addresses-on-windows",
        why: "`--defsym`, `--section-start`, `-Ttext` and `--just-symbols`: neither zig nor lld-link has them for \
              Windows; dropped they would give another program.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(&[Link]).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("defsym"),
            Pattern::Linker("section-start"),
            Pattern::Linker("Ttext"),
            Pattern::Linker("Tdata"),
            Pattern::Linker("Tbss"),
            Pattern::Linker("just-symbols"),
        ]),
        action: Action::Refuse {
            what: "link for Windows with an option that sets symbols or addresses ({}): unsupported by LLD",
            hint: "define the symbol in C, or leave the option to other systems (`#cgo linux LDFLAGS:`)",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-windows-gnu", Link, &["-Wl,--defsym=g=f", "main.o"]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--nxcompat"], &["-Wl,--nxcompat"]),
        ],
    },
    Rule {
        id: "refuse-archive-of-the-line",
        why: "`--start-lib a.o --end-lib` makes objects count as members of an archive: zig refuses it, and it \
              depends on its place, which a second link does not know.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(&[Link]),
        pattern: Pattern::AnyOf(&[Pattern::Linker("start-lib"), Pattern::Linker("end-lib")]),
        action: Action::Refuse {
            what: "link with --start-lib: unsupported by zig",
            hint: "make an archive of the objects (`ar rcs libx.a a.o b.o`) and name it instead",
        },
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Ignored,
        vectors: &[
            ended("x86_64-linux-musl", Link, &["-Wl,--start-lib", "main.o", "-Wl,--end-lib"]),
            vector("x86_64-linux-musl", Link, &["-Wl,--start-group"], &["-Wl,--start-group"]),
        ],
    },
];

/// A word of GNU ld for Windows that lld-link has under a name of its own.
const fn windows(
    id: &'static str,
    option: &'static str,
    words: &'static [&'static str],
    why: &'static str,
    vectors: &'static [Vector],
) -> Rule {
    Rule {
        id,
        why,
        sources: MINGW,
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Linker(option),
        action: Action::Tell(words),
        cost: Cost::Time,
        if_believed: TWICE,
        proof: Proof::Refused,
        vectors,
    }
}

const MINGW: &[Source] =
    &[link("https://github.com/llvm/llvm-project/blob/llvmorg-19.1.7/lld/MinGW/Driver.cpp"), seen(REFUSED)];

const W64: &str = "x86_64-windows-gnu";
const W32: &str = "x86-windows-gnu";
const OTHER: Vector = vector(W64, Link, &["-Wl,--nxcompat"], &["-Wl,--nxcompat"]);

/// Options that lld takes as GNU ld does.
const OPTIONS: &[Pattern] = &[
    Pattern::Linker("Bsymbolic-functions"),
    Pattern::Linker("Bsymbolic-non-weak"),
    Pattern::Linker("Bsymbolic-non-weak-functions"),
    Pattern::Linker("Map"),
    Pattern::Linker("Tbss"),
    Pattern::Linker("Tdata"),
    Pattern::Linker("Ttext"),
    Pattern::Linker("auxiliary"),
    Pattern::Linker("call-graph-ordering-file"),
    Pattern::Linker("cref"),
    Pattern::Linker("defsym"),
    Pattern::Linker("dynamic-list"),
    Pattern::Linker("emit-relocs"),
    Pattern::Linker("exclude-libs"),
    Pattern::Linker("export-dynamic-symbol-list"),
    Pattern::Linker("filter"),
    Pattern::Linker("fini"),
    Pattern::Linker("fix-cortex-a8"),
    Pattern::Linker("icf"),
    Pattern::Linker("init"),
    Pattern::Linker("just-symbols"),
    Pattern::Linker("keep-unique"),
    Pattern::Linker("nmagic"),
    Pattern::Linker("no-export-dynamic"),
    Pattern::Linker("no-gnu-unique"),
    Pattern::Linker("no-relax"),
    Pattern::Linker("no-rosegment"),
    Pattern::Linker("oformat"),
    Pattern::Linker("omagic"),
    Pattern::Linker("orphan-handling"),
    Pattern::Linker("pack-dyn-relocs"),
    Pattern::Linker("package-metadata"),
    Pattern::Linker("print-memory-usage"),
    Pattern::Linker("reproduce"),
    Pattern::Linker("retain-symbols-file"),
    Pattern::Linker("rosegment"),
    Pattern::Linker("section-start"),
    Pattern::Linker("symbol-ordering-file"),
    Pattern::Linker("t"),
    Pattern::Linker("trace"),
    Pattern::Linker("trace-symbol"),
    Pattern::Linker("undefined-glob"),
    Pattern::Linker("why-extract"),
];

/// Options that let a link go through which would fail without them.
const PERMISSIONS: &[Pattern] = &[
    Pattern::Linker("allow-multiple-definition"),
    Pattern::Linker("noinhibit-exec"),
    Pattern::Linker("unresolved-symbols"),
    Pattern::Linker("warn-unresolved-symbols"),
    Pattern::LinkerIs("z", "muldefs"),
];

/// Keywords of `-z` that lld has not.
const FOREIGN: &[Pattern] = &[
    Pattern::LinkerIs("z", "ibt"),
    Pattern::LinkerIs("z", "indirect-extern-access"),
    Pattern::LinkerIs("z", "nodump"),
    Pattern::LinkerIs("z", "noextern-protected-data"),
    Pattern::LinkerIs("z", "nounique-symbol"),
    Pattern::LinkerIs("z", "unique-symbol"),
];

/// Keywords of `-z` that lld has and zig refuses.
const KEYWORDS: &[Pattern] = &[
    Pattern::LinkerIs("z", "combreloc"),
    Pattern::LinkerIs("z", "copyreloc"),
    Pattern::LinkerIs("z", "execstack"),
    Pattern::LinkerIs("z", "force-bti"),
    Pattern::LinkerIs("z", "force-ibt"),
    Pattern::LinkerIs("z", "global"),
    Pattern::LinkerIs("z", "initfirst"),
    Pattern::LinkerIs("z", "interpose"),
    Pattern::LinkerIs("z", "keep-text-section-prefix"),
    Pattern::LinkerIs("z", "nobtcfi"),
    Pattern::LinkerIs("z", "nocombreloc"),
    Pattern::LinkerIs("z", "nodefaultlib"),
    Pattern::LinkerIs("z", "nodlopen"),
    Pattern::LinkerIs("z", "nognustack"),
    Pattern::LinkerIs("z", "nokeep-text-section-prefix"),
    Pattern::LinkerIs("z", "noseparate-code"),
    Pattern::LinkerIs("z", "nostart-stop-gc"),
    Pattern::LinkerIs("z", "pac-plt"),
    Pattern::LinkerIs("z", "pack-relative-relocs"),
    Pattern::LinkerIs("z", "retpolineplt"),
    Pattern::LinkerIs("z", "rodynamic"),
    Pattern::LinkerIs("z", "separate-code"),
    Pattern::LinkerIs("z", "separate-loadable-segments"),
    Pattern::LinkerIs("z", "shstk"),
    Pattern::LinkerIs("z", "start-stop-gc"),
    Pattern::LinkerIs("z", "text"),
    Pattern::LinkerIs("z", "wxneeded"),
];
