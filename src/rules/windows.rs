//! Windows: subsystems, time stamps, and names of libraries.

use super::{LINKS, link, seen, vector};
use crate::rule::{Action, Cost, Pattern, Proof, Rule, Stage, When};
use crate::target::Os;
use Stage::Link;

const WINDOWS: &[Os] = &[Os::Windows];

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "spell-windows-subsystem",
        why: "`go build -ldflags -H=windowsgui` still opens a console: zig hands -mwindows to the compiler only.",
        sources: &[
            link("https://github.com/ziglang/zig/issues/11389"),
            link("https://github.com/webview/webview_go/issues/41"),
        ],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Driver("-mwindows"),
        action: Action::Replace(&["-Wl,--subsystem,windows"]),
        cost: Cost::Nothing,
        if_believed: "Go passes it without asking.",
        proof: Proof::Header("gui"),
        vectors: &[
            vector(
                "x86_64-windows-gnu",
                Link,
                &["-mwindows", "main.o"],
                &["-Wl,--subsystem,windows", "main.o"],
            ),
            vector("x86_64-linux-gnu", Link, &["-mwindows"], &["-mwindows"]),
        ],
    },
    Rule {
        id: "spell-console-subsystem",
        why: "zig hands -mconsole to the compiler only, and then ignores the subsystem version that Go asks for.",
        sources: &[seen("zig 0.14.1 to 0.17.0: --major-subsystem-version counts only beside --subsystem")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Driver("-mconsole"),
        action: Action::Replace(&["-Wl,--subsystem,console"]),
        cost: Cost::Nothing,
        if_believed: "Go passes it without asking.",
        proof: Proof::Changes,
        vectors: &[
            vector(
                "x86_64-windows-gnu",
                Link,
                &["-mconsole", "-Wl,--major-subsystem-version=10", "main.o"],
                &["-Wl,--subsystem,console", "-Wl,--major-subsystem-version=10", "main.o"],
            ),
            vector("x86_64-linux-gnu", Link, &["-mconsole"], &["-mconsole"]),
        ],
    },
    Rule {
        id: "reproducible-windows-time-stamps",
        why: "zig refuses `--no-insert-timestamp`, so that Go leaves it out and two builds of the same source differ.",
        sources: &[link("https://github.com/golang/go/blob/go1.27.3/src/cmd/link/internal/ld/lib.go#L1863")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Linker("no-insert-timestamp"),
        action: Action::Replace(&["-Wl,-Brepro"]),
        cost: Cost::Nothing,
        if_believed: "Go passes it at the final link; time stamps and the PDB's path are taken out after it.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--no-insert-timestamp"], &["-Wl,-Brepro"]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--nxcompat"], &["-Wl,--nxcompat"]),
        ],
    },
    Rule {
        id: "reproducible-windows-objects",
        why: "Two builds of the same source differ: CodeView records the object's path in zig's cache, which is \
              random, and the compiler's command line with more of it; Go hashes the object.",
        sources: &[seen(
            "zig 0.14.1 to 0.17.0: objects of two caches differ, and are the same with these words",
        )],
        when: When::ALWAYS.at(&[Stage::Compile]).on(WINDOWS).without(&Pattern::Input(".s")),
        pattern: Pattern::Line,
        action: Action::Prepend(&["-Xclang", "-object-file-name=cgo.obj", "-gno-codeview-command-line"]),
        cost: Cost::Debugging("debuggers do not see how an object was compiled"),
        if_believed: "Go never asks.",
        proof: Proof::Unstable,
        vectors: &[
            vector(
                "x86_64-windows-gnu",
                Stage::Compile,
                &["-c", "x.c"],
                &["-Xclang", "-object-file-name=cgo.obj", "-gno-codeview-command-line", "-c", "x.c"],
            ),
            vector("x86_64-linux-gnu", Stage::Compile, &["-c", "x.c"], &["-c", "x.c"]),
        ],
    },
    Rule {
        id: "spell-no-dynamic-base",
        why: "`go build -race`: the race runtime needs fixed addresses, Go asks for --disable-dynamicbase, zig \
              refuses that spelling.",
        sources: &[link("https://github.com/golang/go/issues/53539")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Linker("disable-dynamicbase"),
        action: Action::Replace(&["-Wl,--no-dynamicbase"]),
        cost: Cost::Nothing,
        if_believed: "Go passes it, and --disable-high-entropy-va with it.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--disable-dynamicbase"], &["-Wl,--no-dynamicbase"]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--dynamicbase"], &["-Wl,--dynamicbase"]),
        ],
    },
    Rule {
        id: "drop-no-high-entropy",
        why: "zig refuses --disable-high-entropy-va; without --dynamicbase it means nothing.",
        sources: &[link("https://github.com/golang/go/issues/53539")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Linker("disable-high-entropy-va"),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go passes it beside --disable-dynamicbase only.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--disable-high-entropy-va"], &[]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--high-entropy-va"], &["-Wl,--high-entropy-va"]),
        ],
    },
    Rule {
        id: "name-synchronization-as-zig",
        why: "`-race` for windows: `undefined symbol: WaitOnAddress`; zig has the library under the name of its API \
              set.",
        sources: &[
            link("https://github.com/uber/hermetic_cc_toolchain/blob/main/test/gorace/BUILD"),
            seen("zig 0.14.1 to 0.17.0: lib/libc/mingw/lib-common/api-ms-win-core-synch-l1-2-0.def"),
        ],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::DriverIs("-l", "synchronization"),
        action: Action::Replace(&["-lapi-ms-win-core-synch-l1-2-0"]),
        cost: Cost::Nothing,
        if_believed: "Go asks by -print-file-name whether it is there; it is.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-lsynchronization"], &["-lapi-ms-win-core-synch-l1-2-0"]),
            vector("x86_64-windows-gnu", Link, &["-L", "-lsynchronization"], &["-L", "-lsynchronization"]),
        ],
    },
    Rule {
        id: "drop-c-runtime-names",
        why: "`-lmsvcrt`, `-lucrt`: zig's Windows has the universal C runtime built in and no library of that name.",
        sources: &[link("https://github.com/rust-cross/cargo-zigbuild/blob/main/src/zig.rs")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[Pattern::DriverIs("-l", "msvcrt"), Pattern::DriverIs("-l", "ucrt")]),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-lmsvcrt", "-lkernel32"], &["-lkernel32"]),
            vector("x86_64-linux-gnu", Link, &["-lucrt"], &["-lucrt"]),
        ],
    },
    Rule {
        id: "lower-windows-library-names",
        why: "`-lWs2_32` links on Windows, where file names have no case, and not where zig looks for ws2_32.",
        sources: &[seen("zig 0.14.1 to 0.17.0: `unable to find dynamic system library 'Ws2_32'`")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::DriverIs("-l", "Ws2_32"),
            Pattern::DriverIs("-l", "WS2_32"),
            Pattern::DriverIs("-l", "Advapi32"),
            Pattern::DriverIs("-l", "Bcrypt"),
            Pattern::DriverIs("-l", "Crypt32"),
            Pattern::DriverIs("-l", "Dbghelp"),
            Pattern::DriverIs("-l", "Iphlpapi"),
            Pattern::DriverIs("-l", "Kernel32"),
            Pattern::DriverIs("-l", "Ncrypt"),
            Pattern::DriverIs("-l", "Ntdll"),
            Pattern::DriverIs("-l", "Ole32"),
            Pattern::DriverIs("-l", "Psapi"),
            Pattern::DriverIs("-l", "Secur32"),
            Pattern::DriverIs("-l", "Shlwapi"),
            Pattern::DriverIs("-l", "User32"),
            Pattern::DriverIs("-l", "Userenv"),
            Pattern::DriverIs("-l", "Winmm"),
        ]),
        action: Action::Lower,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-lWs2_32"], &["-lws2_32"]),
            vector("x86_64-windows-gnu", Link, &["-lMine"], &["-lMine"]),
        ],
    },
    Rule {
        id: "spell-subsystem-as-zig",
        why: "`-Wl,-subsystem,windows` with one dash is refused by zig.",
        sources: &[seen("zig 0.14.1 to 0.17.0: exit 1")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::Linker("subsystem"),
        action: Action::Replace(&["-Wl,--subsystem,{}"]),
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,-subsystem,windows"], &["-Wl,--subsystem,windows"]),
            vector("x86_64-windows-gnu", Link, &["-Wl,--subsystem,windows"], &["-Wl,--subsystem,windows"]),
        ],
    },
    Rule {
        id: "drop-mingw-habits",
        why: "Options of GNU ld for Windows that zig refuses, or takes with a warning that Go shows to the user.",
        sources: &[
            link("https://github.com/rust-cross/cargo-zigbuild/blob/main/src/zig.rs"),
            seen("zig 0.14.1 to 0.17.0"),
        ],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("add-stdcall-alias"),
            Pattern::Linker("disable-long-section-names"),
            Pattern::Linker("insert-timestamp"),
        ]),
        action: Action::Drop,
        cost: Cost::Correctness("a 32-bit DLL exports a function with @N under that one name"),
        if_believed: "Go never asks.",
        proof: Proof::Refused,
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--add-stdcall-alias,--nxcompat"], &["-Wl,--nxcompat"]),
            vector("x86_64-linux-gnu", Link, &["-Wl,--insert-timestamp"], &["-Wl,--insert-timestamp"]),
        ],
    },
    Rule {
        id: "drop-auto-image-base",
        why: "zig prints `auto-image-base options are unimplemented and ignored`, which Go shows to the user.",
        sources: &[seen("zig 0.14.1 to 0.17.0")],
        when: When::ALWAYS.at(LINKS).on(WINDOWS),
        pattern: Pattern::AnyOf(&[
            Pattern::Linker("enable-auto-image-base"),
            Pattern::Linker("disable-auto-image-base"),
        ]),
        action: Action::Drop,
        cost: Cost::Nothing,
        if_believed: "Go never asks.",
        proof: Proof::Prints("auto-image-base"),
        vectors: &[
            vector("x86_64-windows-gnu", Link, &["-Wl,--enable-auto-image-base"], &[]),
            vector(
                "x86_64-windows-gnu",
                Link,
                &["-Wl,--image-base,0x400000"],
                &["-Wl,--image-base,0x400000"],
            ),
        ],
    },
];
