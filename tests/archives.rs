//! Archives that others made: the right ones pass, every wrong one is named before a linker sees it.

mod support;

use cgozig::archive::clues;
use cgozig::archive::facts::Form;
use cgozig::archive::served;
use std::fs;
use std::path::PathBuf;
use support::objects::{check, fat, maker, refused, target};

const PLAIN: &str = "int plain(int a) { return a + 1; }\n";
const ERRNO: &str = "#include <errno.h>\nint error_number(void) { return errno; }\n";

/// zig's triples and the targets that they are for.
const TARGETS: &[(&str, &str, &str)] = &[
    ("x86_64-linux-gnu.2.28", "linux/amd64", "gnu"),
    ("x86-linux-musl", "linux/386", "musl"),
    ("aarch64-linux-musl", "linux/arm64", "musl"),
    ("arm-linux-gnueabihf", "linux/arm", "gnu"),
    ("s390x-linux-gnu", "linux/s390x", "gnu"),
    ("mips-linux-musleabihf", "linux/mips", "musl"),
    ("mipsel-linux-gnueabihf", "linux/mipsle", "gnu"),
    ("mips64-linux-gnuabi64", "linux/mips64", "gnu"),
    ("powerpc64-linux-musl", "linux/ppc64", "musl"),
    ("powerpc64le-linux-gnu", "linux/ppc64le", "gnu"),
    ("riscv64-linux-musl", "linux/riscv64", "musl"),
    ("loongarch64-linux-gnu", "linux/loong64", "gnu"),
    ("x86_64-windows-gnu", "windows/amd64", ""),
    ("x86-windows-gnu", "windows/386", ""),
    ("aarch64-windows-gnu", "windows/arm64", ""),
    ("x86_64-macos", "darwin/amd64", ""),
    ("aarch64-macos", "darwin/arm64", ""),
    ("x86_64-freebsd-none", "freebsd/amd64", ""),
    ("aarch64-freebsd-none", "freebsd/arm64", ""),
    ("x86_64-netbsd-none", "netbsd/amd64", ""),
];

#[test]
fn an_archive_is_for_its_own_target_and_for_no_other() {
    let Some(maker) = maker() else { return };
    let archives: Vec<PathBuf> =
        TARGETS.iter().map(|(triple, ..)| maker.library(triple, &format!("lib{triple}.a"), ERRNO)).collect();
    for (archive, (triple, own, _)) in archives.iter().zip(TARGETS) {
        for (_, go, libc) in TARGETS {
            let wanted = target(go, libc);
            if own == go {
                let facts =
                    check(&maker, archive, wanted).unwrap_or_else(|error| panic!("{triple}: {error:?}"));
                assert_eq!((facts.form, facts.kinds.len(), facts.kinds[0].count), (Form::Archive, 1, 1));
            } else {
                // An ELF object says its processor; its system only by what it needs.
                let is_elf = |go: &str| !go.starts_with("windows") && !go.starts_with("darwin");
                let arch = |go: &str| go.split('/').nth(1).unwrap().to_string();
                let by_need = is_elf(own) && is_elf(go) && arch(own) == arch(go);
                // NetBSD's errno is OpenBSD's too.
                let by_name = if own.starts_with("netbsd") { "for amd64 (ELF)" } else { own };
                let named = if by_need { "needs `__err" } else { by_name };
                refused(&maker, archive, wanted, &[named, go]);
            }
        }
    }
}

#[test]
fn plain_code_is_for_every_c_library() {
    let Some(maker) = maker() else { return };
    for triple in ["x86_64-linux-gnu.2.41", "x86_64-linux-musl", "x86_64-freebsd-none", "x86_64-netbsd-none"]
    {
        let archive = maker.library(triple, &format!("lib{triple}.a"), PLAIN);
        for (go, libc) in [
            ("linux/amd64", "gnu.2.17"),
            ("linux/amd64", "musl"),
            ("freebsd/amd64", ""),
            ("netbsd/amd64", ""),
        ] {
            check(&maker, &archive, target(go, libc)).unwrap();
        }
    }
}

/// C that refers to each name as the object format has it.
fn referring(names: &[&str]) -> String {
    let each = |(at, name): (usize, &&str)| {
        format!("extern char n{at} __asm__(\"{name}\"); char *volatile p{at} = &n{at};\n")
    };
    names.iter().enumerate().map(each).collect()
}

#[test]
fn names_of_one_c_library_are_missing_where_the_table_says() {
    let Some(maker) = maker() else { return };
    for (go, libc) in [
        ("linux/amd64", "musl"),
        ("linux/amd64", "gnu.2.28"),
        ("windows/amd64", ""),
        ("freebsd/amd64", ""),
        ("netbsd/amd64", ""),
    ] {
        let wanted = target(go, libc);
        let rows = clues::CLUES.iter().filter(|clue| clue.is_missing_for(wanted));
        let names: Vec<&str> = rows.flat_map(samples).collect();
        assert!(!names.is_empty(), "{go} {libc} lacks {names:?}");
        let main = format!("{}int main(void) {{ return 0; }}\n", referring(&names));
        let source = maker.write("main.c", main);
        let mut command = support::compiler(&maker.zig, go);
        if !libc.is_empty() {
            command.env("CGOZIG_LIBC", libc);
        }
        let output = command.arg(&source).arg("-o").arg(maker.path("main")).output().unwrap();
        let said = support::text(&output);
        let missing: Vec<&str> =
            said.lines().filter_map(|line| line.split("undefined symbol: ").nth(1)).collect();
        for name in names {
            // lld shows Microsoft's C++ names as C++ has them.
            let shown = match name {
                "??2@YAPEAX_K@Z" => "void * __cdecl operator new(unsigned __int64)",
                "??_7type_info@@6B@" => "const type_info::`vftable'",
                other => other,
            };
            assert!(missing.contains(&shown), "{go} {libc} has {name}: {said}");
        }
    }
}

#[test]
fn names_of_a_newer_glibc_are_there_when_it_is_chosen() {
    let Some(maker) = maker() else { return };
    let newest = target("linux/amd64", "gnu.2.41");
    let rows =
        clues::CLUES.iter().filter(|clue| clue.of.starts_with("glibc") && !clue.is_missing_for(newest));
    let names: Vec<&str> = rows.flat_map(samples).filter(|name| !is_internal(name)).collect();
    assert!(names.len() >= 50, "{names:?}");
    let source = maker.write("main.c", format!("{}int main(void) {{ return 0; }}\n", referring(&names)));
    let mut command = support::compiler(&maker.zig, "linux/amd64");
    command.env("CGOZIG_LIBC", "gnu.2.41").arg(&source).arg("-o").arg(maker.path("main"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
}

/// Names that glibc keeps for programs linked long ago, and no longer links.
fn is_internal(name: &str) -> bool {
    ["__xstat64", "__fxstat64", "__lxstat64", "__fxstatat64"].contains(&name)
}

fn samples(clue: &clues::Clue) -> Vec<&'static str> {
    match clue.names {
        clues::Names::Are(names) => names.split(' ').collect(),
        clues::Names::Like("__isoc23_", ..) => vec!["__isoc23_strtol", "__isoc23_sscanf"],
        clues::Names::Like("__", "_chk", _) => {
            vec!["__printf_chk", "__vsnprintf_chk", "__read_chk", "__fdelt_chk"]
        }
        clues::Names::Like("__", "_time64", _) => vec!["__stat_time64", "__nanosleep_time64"],
        clues::Names::Like(..) => panic!("no samples of {clue:?}"),
    }
}

#[test]
fn a_fat_file_is_for_its_slices_and_apple_platforms_are_told_apart() {
    let Some(maker) = maker() else { return };
    let amd64 = maker.library("x86_64-macos", "libamd64.a", PLAIN);
    let arm64 = maker.library("aarch64-macos", "libarm64.a", PLAIN);
    let both = maker.write("libboth.a", fat(&[(0x0100_0007, &amd64), (0x0100_000c, &arm64)]));
    let main = maker.write("main.c", "int plain(int); int main(void) { return plain(1); }\n");
    for (go, triple) in [("darwin/amd64", "x86_64-macos"), ("darwin/arm64", "aarch64-macos")] {
        let facts = check(&maker, &both, target(go, "")).unwrap();
        assert_eq!((facts.form, facts.kinds.len()), (Form::Fat, 2));
        // zig's linker agrees.
        let words = ["cc", "-target", triple, main.to_str().unwrap(), both.to_str().unwrap(), "-o", "out"];
        maker.make("out", words);
        fs::remove_file(maker.path("out")).unwrap();
    }
    refused(&maker, &both, target("linux/amd64", ""), &["darwin/amd64, darwin/arm64"]);
    let ios = maker.library("aarch64-ios", "libios.a", PLAIN);
    refused(&maker, &ios, target("darwin/arm64", ""), &["ios/arm64", "the link is for darwin/arm64"]);
    let java =
        maker.write("libjava.a", [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    refused(&maker, &java, target("darwin/arm64", ""), &["neither an archive nor an object"]);
}

#[test]
fn microsoft_s_objects_are_refused_when_they_need_microsoft_s_runtime() {
    let Some(maker) = maker() else { return };
    let wanted = target("windows/amd64", "");
    let float = "double half(double a) { return a / 2; }\n";
    for (name, source, missing) in [("libfloat.a", float, Some("_fltused")), ("libint.a", PLAIN, None)] {
        for (triple, wanted) in
            [("x86_64-windows-msvc", wanted), ("x86-windows-msvc", target("windows/386", ""))]
        {
            let library = maker.library(triple, name, source);
            match missing {
                Some(missing) => {
                    refused(&maker, &library, wanted, &["Microsoft", missing, "pc-windows-gnu"]);
                }
                None => drop(check(&maker, &library, wanted).unwrap()),
            }
            fs::remove_file(library).unwrap();
        }
        let library = maker.library("x86_64-windows-gnu", name, source);
        check(&maker, &library, wanted).unwrap();
        fs::remove_file(library).unwrap();
    }
}

/// Go's race detector is prebuilt for each system, by that system's own compiler.
#[test]
fn go_s_own_prebuilt_objects_are_for_their_systems() {
    let (Some(maker), Some(go)) = (maker(), support::go("1.27.3")) else { return };
    let folder = go.parent().unwrap().join("../src/runtime/race/internal/amd64v1");
    let systems = ["linux", "freebsd", "netbsd", "openbsd", "darwin", "windows"];
    for own in systems {
        let file = folder.join(format!("race_{own}.syso"));
        for other in systems {
            let wanted = target(&format!("{other}/amd64"), "");
            match (own, other) {
                // Nothing in the file tells OpenBSD from NetBSD, nor is it needed that NetBSD lacks it.
                ("openbsd", "netbsd") => {}
                _ if own == other => drop(check(&maker, &file, wanted).unwrap()),
                _ => refused(&maker, &file, wanted, &[&format!("the link is for {other}/amd64")]),
            }
        }
    }
}

/// What lies in a -L folder under a name that zig serves itself is never opened: not even what no linker can read.
#[test]
fn names_that_zig_serves_are_not_looked_for() {
    let Some(maker) = maker() else { return };
    let main = maker.write("main.c", "int main(void) { return 0; }\n");
    let names = "c m rt pthread util resolv dl crypt xnet execinfo thr uuid System gcc gcc_eh gcc_s unwind atomic ssp";
    let cases = [
        ("linux/amd64", "gnu.2.28"),
        ("linux/amd64", "musl"),
        ("windows/amd64", ""),
        ("darwin/arm64", ""),
        ("freebsd/amd64", ""),
        ("netbsd/amd64", ""),
    ];
    for (go, libc) in cases {
        let wanted = target(go, libc);
        let (served, others): (Vec<&str>, Vec<&str>) =
            names.split(' ').partition(|name| served::by_zig(name, wanted));
        for (names, good) in
            [(served, true)].into_iter().chain(others.into_iter().map(|name| (vec![name], false)))
        {
            let folder = support::folder();
            for name in &names {
                fs::write(folder.path().join(format!("lib{name}.a")), "this is \u{1} no library").unwrap();
            }
            let triple = wanted.triple();
            let mut words =
                vec!["cc".into(), "-target".into(), triple.to_string(), main.display().to_string()];
            words.extend(["-o".into(), "out".into(), format!("-L{}", folder.path().display())]);
            words.extend(names.iter().map(|name| format!("-l{name}")));
            let output = maker.run(words);
            assert_eq!(output.status.success(), good, "{go} {libc} {names:?}: {}", support::text(&output));
        }
    }
}
