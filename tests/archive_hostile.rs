//! Files that are no library, and files made to harm: an answer every time, and soon.

mod support;

use cgozig::archive;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;
use support::objects::{Maker, check, fat, maker, refused, target};

const PLAIN: &str = "int plain(int a) { return a + 1; }\n";
const ERRNO: &str = "#include <errno.h>\nint error_number(void) { return errno; }\n";

/// Real files of the kinds that libraries are taken for.
fn others(maker: &Maker) {
    let musl = "x86_64-linux-musl";
    maker.object(musl, "plain.o", PLAIN, &[]);
    maker.object(musl, "bitcode.o", PLAIN, &["-flto"]);
    maker.library(musl, "libgood.a", PLAIN);
    maker.make("plain.so", ["cc", "-target", musl, "-shared", "-nostdlib", "plain.o", "-o", "plain.so"]);
    maker.make("main", ["cc", "-target", musl, "-nostdlib", "-Wl,-e,plain", "plain.o", "-o", "main"]);
    maker.write("notes", "nothing");
    let object = fs::read(maker.path("plain.o")).unwrap();
    maker.write("half.o", &object[..object.len() / 2]);
}

#[test]
fn what_is_no_library_is_refused_by_what_it_is() {
    let Some(maker) = maker() else { return };
    others(&maker);
    let file = |name: &str| maker.path(name);
    let archive = |name: &str, member: &str| maker.archive(name, &[maker.path(member)]);
    let good = fs::read(file("libgood.a")).unwrap();
    let wanted = target("linux/amd64", "musl");
    let cases: &[(PathBuf, &str)] = &[
        (maker.archive_with("crsT", "libthin.a", &[file("plain.o")]), "thin archive"),
        (maker.write("libscript.a", "INPUT(/etc/passwd)\nGROUP(-lfoo)\n"), "as its script"),
        (maker.write("libpage.a", "<!DOCTYPE html><title>404</title>"), "as its script"),
        (rename(&maker, "plain.o.c", "libsource.a"), "as its script"),
        (rename(&maker, "plain.so", "libshared.a"), "shared library"),
        (rename(&maker, "main", "libmain.a"), "a program"),
        (archive("libbitcode.a", "bitcode.o"), "-flto"),
        (file("bitcode.o"), "-flto"),
        (maker.write("libnone.a", "!<arch>\n"), "without members"),
        (archive("libnested.a", "libgood.a"), "other archives"),
        (maker.write("libempty.a", ""), "0 bytes"),
        (archive("libnotes.a", "notes"), "no object"),
        (maker.write("libcut.a", &good[..good.len() - 100]), "damaged"),
        (maker.archive_with("crS", "libhalf.a", &[file("half.o")]), "damaged: in member `half.o`"),
        (file("half.o"), "damaged"),
        (maker.write("libnoise.a", [0, 1, 2, 3].repeat(99)), "neither an archive nor an object"),
        (maker.folder.path().into(), "not a file"),
        (file("libgone.a"), "No such file"),
    ];
    for (path, word) in cases {
        refused(&maker, path, wanted, &[word]);
    }
}

#[test]
fn what_looks_odd_and_links_is_not_refused() {
    let Some(maker) = maker() else { return };
    others(&maker);
    let with_notes = ["notes", "plain.o"].map(|name| maker.path(name)).into_iter();
    let metadata = maker.write("lib.rmeta", "x");
    let odd = [
        maker.path("libgood.a"),
        maker.path("plain.o"),
        maker.path("plain.so"),
        // musl has these in its one libc.a, and ships them for old command lines; glibc's libm.a is a script.
        maker.write("libpthread.a", "!<arch>\n"),
        maker.write("libm.a", "GROUP ( /usr/lib/libm-2.36.a )\n"),
        maker.archive("libwith.a", &with_notes.chain([metadata]).collect::<Vec<_>>()),
        rename(&maker, "plain.o", "plain.syso"),
        full_paths(&maker),
    ];
    for path in odd {
        check(&maker, &path, target("linux/amd64", "musl")).unwrap_or_else(|failure| panic!("{failure:?}"));
    }
}

#[test]
fn objects_of_gcc_that_wait_for_its_own_linker_are_refused() {
    let Some(maker) = maker() else { return };
    let source = maker.write("plain.c", PLAIN);
    for (how, good) in [("-fno-fat-lto-objects", false), ("-ffat-lto-objects", true)] {
        let (object, library) = (maker.path("plain.o"), maker.path("libplain.a"));
        let gcc = Command::new("gcc").args(["-flto", how, "-c"]).arg(&source).arg("-o").arg(&object).status();
        if !gcc.is_ok_and(|status| status.success()) {
            return support::skip("gcc is not installed");
        }
        let _ = fs::remove_file(&library);
        maker.archive("libplain.a", &[object]);
        if good {
            check(&maker, &library, target("linux/amd64", "gnu")).unwrap();
        } else {
            refused(&maker, &library, target("linux/amd64", "gnu"), &["-flto"]);
        }
    }
}

/// An archive whose members are called by their full paths, as some build systems make it.
fn full_paths(maker: &Maker) -> PathBuf {
    let object = maker.path("plain.o");
    let path = maker.make("libpaths.a", ["ar", "crsP", "libpaths.a", object.to_str().unwrap()]);
    let bytes = fs::read(&path).unwrap();
    let name = object.to_str().unwrap().as_bytes();
    assert!(bytes.windows(name.len()).any(|window| window == name), "the archive has full paths");
    path
}

fn rename(maker: &Maker, from: &str, name: &str) -> PathBuf {
    maker.write(name, fs::read(maker.path(from)).unwrap())
}

/// 3,000 mutations of each of three real archives: an answer every time, and soon.
#[test]
fn no_mutation_of_an_archive_panics_or_hangs() {
    let Some(maker) = maker() else { return };
    let elf = maker.library("mips-linux-musleabihf", "libelf.a", ERRNO);
    let coff = maker.library("x86-windows-gnu", "libcoff.a", ERRNO);
    let macho = maker.library("aarch64-macos", "libmacho.a", ERRNO);
    let both = maker.write("libboth.a", fat(&[(0x0100_0007, &macho), (0x0100_000c, &macho)]));
    let targets = ["linux/mips", "windows/386", "darwin/amd64", "darwin/arm64"].map(|go| target(go, ""));
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
            let start = Instant::now();
            let facts = archive::facts::read(&bytes);
            let good = targets.iter().any(|target| archive::judge::form(&facts, path, *target).is_ok());
            refused += usize::from(!good);
            assert!(start.elapsed().as_secs() < 5, "a mutation took long");
        }
        assert!((100..3000).contains(&refused), "{}: {refused} of 3000 are refused", path.display());
    }
}

/// An ELF file header: a relocatable object with its sections after it.
fn elf(machine: u16, sections: u8) -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(64, 0);
    header[16] = 1;
    header[18..20].copy_from_slice(&machine.to_le_bytes());
    for (at, number) in [(40, 64.min(sections * 64)), (52, 64), (58, 64), (60, sections)] {
        header[at] = number;
    }
    header
}

#[test]
fn a_hundred_thousand_members_of_all_processors_are_counted() {
    let mut bytes = b"!<arch>\n".to_vec();
    for machine in (0..u16::MAX).cycle().take(100_000) {
        let object = elf(machine, 0);
        let head = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "a/", 0, 0, 0, 644, object.len());
        bytes.extend(head.bytes().chain(object));
    }
    let start = Instant::now();
    let facts = archive::facts::read(&bytes);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(facts.kinds.iter().map(|kind| kind.count).sum::<u32>(), 100_000);
}

/// 100,000 members with the same name of 4 MB.
#[test]
fn long_names_of_members_cost_no_more_than_the_file_is_large() {
    let head = |name: &str, size: usize| {
        format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", name, 0, 0, 0, 644, size).into_bytes()
    };
    let text = [vec![b'a'; 4 << 20], b"/\n".to_vec()].concat();
    let mut bytes = [b"!<arch>\n".to_vec(), head("//", text.len()), text].concat();
    for _ in 0..100_000 {
        bytes.extend(head("/0", 0));
    }
    let start = Instant::now();
    let facts = archive::facts::read(&bytes);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert!(facts.damage.as_deref().is_some_and(|damage| damage.contains("its names overlap")), "{facts:?}");
}

/// 200,000 symbols whose names are all the same 4 MB.
#[test]
fn names_that_overlap_cost_no_more_than_the_file_is_large() {
    let (symbols, text) = (200_000u64, 4u64 << 20);
    let section = |kind: u32, link: u32, at: u64, size: u64, each: u64| -> Vec<u8> {
        let head = [0, kind].map(u32::to_le_bytes).concat();
        let body = [0, 0, at, size].map(u64::to_le_bytes).concat();
        let tail = [u64::from(link), 0, each].map(u64::to_le_bytes).concat();
        [head, body, tail].concat()
    };
    let place = 64 + 3 * 64;
    let mut bytes = elf(62, 3);
    bytes[62] = 2;
    bytes.extend([0; 64]);
    bytes.extend(section(2, 2, place, symbols * 24, 24));
    bytes.extend(section(3, 0, place + symbols * 24, text, 0));
    for _ in 0..symbols {
        bytes.extend([0u8, 0, 0, 0, 0x10, 0, 0, 0].iter().chain(&[0; 16]));
    }
    bytes.resize(bytes.len() + usize::try_from(text).unwrap() - 1, b'a');
    bytes.push(0);
    let start = Instant::now();
    let facts = archive::facts::read(&bytes);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(facts.damage.as_deref(), Some("its names overlap"));
}
