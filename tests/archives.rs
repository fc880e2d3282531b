//! Archives that others made: the right ones pass, every wrong one is named before a linker sees it.

mod support;

use cgozig::archive::facts::{Facts, Form};
use cgozig::archive::{self, clues};
use cgozig::failure::Failure;
use cgozig::store::Store;
use cgozig::target::go::Wishes;
use cgozig::target::{LibcChoice, Target};
use std::fs;
use std::path::{Path, PathBuf};
use support::objects::Maker;

const PLAIN: &str = "int plain(int a) { return a + 1; }\n";
const ERRNO: &str = "#include <errno.h>\nint error_number(void) { return errno; }\n";

/// A target as Go writes it, and a libc.
fn target(go: &str, libc: &str) -> Target {
    let name = (!libc.is_empty()).then(|| LibcChoice::parse(libc).unwrap());
    Wishes { argv: Some(go), name, variable: &|_| None, host: ("linux", "amd64") }.settle().unwrap()
}

fn maker() -> Option<Maker> {
    Maker::new(support::ZIG)
}

fn store(maker: &Maker) -> Store {
    Store::at(maker.path("store"))
}

fn check(maker: &Maker, path: &Path, target: Target) -> Result<Facts, Failure> {
    archive::check(path, target, &store(maker))
}

/// The file is refused, and the sentence has all of `words`.
fn refused(maker: &Maker, path: &Path, target: Target, words: &[&str]) {
    let failure = check(maker, path, target).expect_err(&format!("{} for {target}", path.display()));
    let said = format!("{}\n{}", failure.what, failure.hint);
    let file = path.file_name().unwrap().to_str().unwrap();
    assert!(said.starts_with("link `") && said.lines().next().unwrap().contains(file), "{said}");
    for word in words {
        assert!(said.contains(word), "{said} lacks {word}");
    }
    assert!(
        !failure.hint.is_empty() && !failure.hint.contains('\n') && !failure.what.contains('\n'),
        "{said}"
    );
}

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
                let (os, arch) = own.split_once('/').unwrap();
                let named = if go.ends_with(arch) && !["windows", "darwin"].contains(&os) {
                    "needs `__err"
                } else {
                    arch
                };
                let named = if go.starts_with("linux") || go.contains("bsd") { named } else { arch };
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

/// A fat file of two slices.
fn fat(slices: &[(u32, &Path)]) -> Vec<u8> {
    let (mut head, mut body) = (vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], Vec::new());
    for (cpu, path) in slices {
        let contents = fs::read(path).unwrap();
        let at = 4096 + u32::try_from(body.len()).unwrap();
        let subtype = if *cpu == 0x0100_0007 { 3 } else { 0 };
        for number in [*cpu, subtype, at, u32::try_from(contents.len()).unwrap(), 12] {
            head.extend(number.to_be_bytes());
        }
        body.extend(contents);
        body.resize(body.len().next_multiple_of(4096), 0);
    }
    head.resize(4096, 0);
    [head, body].concat()
}

#[test]
fn what_is_no_library_is_refused_by_what_it_is() {
    let Some(maker) = maker() else { return };
    let musl = "x86_64-linux-musl";
    let object = maker.object(musl, "plain.o", PLAIN, &[]);
    let bitcode = maker.object(musl, "bitcode.o", PLAIN, &["-flto"]);
    let library = maker.library(musl, "libgood.a", PLAIN);
    let shared = maker.path("plain.so");
    maker.make("plain.so", ["cc", "-target", musl, "-shared", "-nostdlib", "plain.o", "-o", "plain.so"]);
    maker.make("main", ["cc", "-target", musl, "-nostdlib", "-Wl,-e,plain", "plain.o", "-o", "main"]);
    let bytes = fs::read(&library).unwrap();
    let cut = &bytes[..bytes.len() - 100];
    let notes = maker.write("notes", "nothing");
    let wanted = target("linux/amd64", "musl");
    let cases: &[(&str, PathBuf, &str)] = &[
        ("thin", maker.archive_with("crsT", "libthin.a", std::slice::from_ref(&object)), "thin archive"),
        ("script", maker.write("libscript.a", "INPUT(/etc/passwd)\nGROUP(-lfoo)\n"), "as its script"),
        ("page", maker.write("libpage.a", "<!DOCTYPE html><title>404</title>"), "as its script"),
        ("shared library", rename(&maker, &shared, "libshared.a"), "shared library"),
        ("program", rename(&maker, &maker.path("main"), "libmain.a"), "a program"),
        ("bitcode", maker.archive("libbitcode.a", std::slice::from_ref(&bitcode)), "-flto"),
        ("bitcode object", bitcode.clone(), "-flto"),
        ("no members", maker.write("libnone.a", "!<arch>\n"), "without members"),
        ("nested", maker.archive("libnested.a", std::slice::from_ref(&library)), "other archives"),
        ("0 bytes", maker.write("libempty.a", ""), "0 bytes"),
        ("no object", maker.archive("libnotes.a", &[notes]), "no object"),
        ("source", rename(&maker, &maker.path("plain.o.c"), "libsource.a"), "as its script"),
        ("cut off", maker.write("libcut.a", cut), "damaged"),
        ("noise", maker.write("libnoise.a", [0, 1, 2, 3].repeat(99)), "neither an archive nor an object"),
    ];
    for (what, path, word) in cases {
        let failure = check(&maker, path, wanted).expect_err(what);
        assert!(failure.what.contains(word), "{what}: {failure:?}");
        refused(&maker, path, wanted, &["linux/amd64"]);
    }
    check(&maker, &library, wanted).unwrap();
    check(&maker, &object, wanted).unwrap();
    check(&maker, &shared, wanted).unwrap();
    // musl has these in its one libc.a, and ships them for old command lines.
    check(&maker, &maker.write("libpthread.a", "!<arch>\n"), wanted).unwrap();
    // What no linker needs does not harm: notes, Rust's metadata.
    let with_notes =
        maker.archive("libwith.a", &[maker.path("notes"), maker.write("lib.rmeta", "x"), object]);
    check(&maker, &with_notes, wanted).unwrap();
    let gone = archive::check(&maker.path("libgone.a"), wanted, &store(&maker)).unwrap_err();
    assert!(gone.what.contains("libgone.a"), "{gone:?}");
    refused(&maker, maker.folder.path(), wanted, &["not a file"]);
}

fn rename(maker: &Maker, from: &Path, name: &str) -> PathBuf {
    maker.write(name, fs::read(from).unwrap())
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

/// 3,000 mutations of each of three real archives: an answer every time, and soon.
#[test]
fn no_mutation_of_an_archive_panics_or_hangs() {
    let Some(maker) = maker() else { return };
    let elf = maker.library("mips-linux-musleabihf", "libelf.a", ERRNO);
    let coff = maker.library("x86-windows-gnu", "libcoff.a", ERRNO);
    let macho = maker.library("aarch64-macos", "libmacho.a", ERRNO);
    let both = maker.write("libboth.a", fat(&[(0x0100_0007, &macho), (0x0100_000c, &macho)]));
    let targets: Vec<Target> = TARGETS.iter().map(|(_, go, libc)| target(go, libc)).collect();
    for (seed, path) in [elf, coff, macho, both].iter().enumerate() {
        let whole = fs::read(path).unwrap();
        let mut random = fastrand::Rng::with_seed(seed as u64);
        let mut refused = 0;
        for _ in 0..3000 {
            let mut bytes = whole.clone();
            for _ in 0..random.usize(1..8) {
                let at = random.usize(..bytes.len());
                match random.u8(..6) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes[at] = 0xff,
                    2 => bytes[at] = 0,
                    3 => drop(bytes.splice(at..at, (0..random.usize(..64)).map(|_| 0x41))),
                    4 => {
                        let from = random.usize(..bytes.len());
                        let length = random.usize(..64).min(bytes.len() - from.max(at));
                        bytes.copy_within(from..from + length, at);
                    }
                    _ => bytes[at] = random.u8(..),
                }
            }
            let start = std::time::Instant::now();
            let facts = archive::facts::read(&bytes);
            let good = targets.iter().any(|target| archive::judge::form(&facts, path, *target).is_ok());
            refused += usize::from(!good);
            assert!(start.elapsed().as_secs() < 5, "a mutation took long");
        }
        assert!((100..3000).contains(&refused), "{}: {refused} of 3000 are refused", path.display());
    }
}

/// Files made to cost more than they weigh.
#[test]
fn no_file_costs_more_than_its_size_allows() {
    // 100,000 members of as many processors.
    let mut many = b"!<arch>\n".to_vec();
    for at in 0..100_000u32 {
        let mut object = b"\x7fELF\x02\x01\x01".to_vec();
        object.resize(64, 0);
        object[16] = 1;
        object[18..20].copy_from_slice(&(at as u16).to_le_bytes());
        object[52] = 64;
        many.extend(
            format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "a/", 0, 0, 0, 644, object.len()).bytes(),
        );
        many.extend(object);
    }
    // 200,000 symbols whose names are all the same 4 MB.
    let (symbols, text) = (200_000u64, 4u64 << 20);
    let mut long = b"\x7fELF\x02\x01\x01".to_vec();
    long.resize(64, 0);
    let place = 64 + 3 * 64;
    for (at, number, width) in [(16, 1, 2), (18, 62, 2), (40, 64, 8), (52, 64, 2), (58, 64, 2), (60, 3, 2)] {
        long[at..at + width].copy_from_slice(&(number as u64).to_le_bytes()[..width]);
    }
    long.extend([0; 64]);
    let section = |kind: u32, link: u32, at: u64, size: u64, each: u64| -> Vec<u8> {
        let head = [0, kind].map(u32::to_le_bytes).concat();
        let body = [0, 0, at, size].map(u64::to_le_bytes).concat();
        let tail = [u64::from(link), 0, each].map(u64::to_le_bytes).concat();
        [head, body, tail].concat()
    };
    long.extend(section(2, 2, place, symbols * 24, 24));
    long.extend(section(3, 0, place + symbols * 24, text, 0));
    for _ in 0..symbols {
        long.extend([0u8, 0, 0, 0, 0x10, 0, 0, 0].iter().chain(&[0; 16]));
    }
    long.resize(long.len() + usize::try_from(text).unwrap() - 1, b'a');
    long.push(0);
    for (what, bytes) in [("many", many), ("long", long)] {
        let start = std::time::Instant::now();
        let facts = archive::facts::read(&bytes);
        assert!(start.elapsed().as_secs() < 5, "{what} took {:?}", start.elapsed());
        if what == "many" {
            assert_eq!(facts.kinds.iter().map(|kind| kind.count).sum::<u32>(), 100_000);
        } else {
            assert!(facts.damage.is_some(), "{facts:?}");
        }
    }
}
