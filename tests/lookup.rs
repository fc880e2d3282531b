//! Of a shared library and an archive of one name, the one that is linked is the one that is looked at.

mod support;

use cgozig::argv::Argv;
use cgozig::native::link;
use cgozig::zig::ZigVersion;
use std::fs;
use std::process::Output;
use support::objects::{Maker, target};

/// Words around `-lnumber`, and for gnu and musl whether zig takes the archive: before 0.15, and since. None where there is
/// no program.
type Line = (&'static str, Taken, Taken);
type Taken = (Option<bool>, Option<bool>);

const SHARED: Taken = (Some(false), Some(false));
const ARCHIVE: Taken = (Some(true), Some(true));
const REFUSED: Taken = (None, None);

const LINES: &[Line] = &[
    ("-lnumber", SHARED, SHARED),
    ("-Wl,-Bstatic -lnumber -Wl,-Bdynamic", ARCHIVE, ARCHIVE),
    ("-Wl,-Bdynamic -lnumber -Wl,-Bstatic", SHARED, SHARED),
    ("-Wl,-Bstatic -Wl,-Bdynamic -lnumber", SHARED, SHARED),
    ("-Wl,-dn -lnumber", ARCHIVE, ARCHIVE),
    ("-Wl,--push-state,-Bstatic -lnumber -Wl,--pop-state", ARCHIVE, ARCHIVE),
    ("-Wl,--push-state,-Bstatic -Wl,--pop-state -lnumber", SHARED, SHARED),
    ("-static -lnumber", REFUSED, (Some(false), Some(true))),
    ("-static-pie -lnumber", REFUSED, (Some(false), Some(true))),
    ("-lnumber -static", REFUSED, (Some(false), None)),
    ("-static -Wl,-Bdynamic -lnumber", REFUSED, (Some(false), None)),
    ("-shared -static -lnumber", REFUSED, SHARED),
    ("-static -Wl,--push-state,-Bstatic -Wl,--pop-state -lnumber", REFUSED, ARCHIVE),
];

fn link(maker: &Maker, libc: &str, line: &str) -> Output {
    let mut command = support::compiler(&maker.zig, "linux/amd64");
    command.env("CGOZIG_LIBC", libc).current_dir(maker.folder.path());
    let _ = fs::remove_file(maker.path("program"));
    command.args(["main.c", "-fPIC", "-Llib", "-o", "program"]).args(line.split(' ')).output().unwrap()
}

/// Makes both libraries.
fn libraries(maker: &Maker, libc: &str) {
    let triple = if libc == "gnu" { "x86_64-linux-gnu.2.28" } else { "x86_64-linux-musl" };
    let source = maker.write("number.c", "int number(void) { return 1; }\n");
    let source = source.to_str().unwrap();
    maker.make("lib/libnumber.so", ["cc", "-target", triple, "-shared", "-o", "lib/libnumber.so", source]);
    let archive = maker.library(triple, "libnumber.a", "int number(void) { return 2; }\n");
    fs::rename(archive, maker.path("lib/libnumber.a")).unwrap();
}

#[test]
fn the_archive_is_looked_at_exactly_where_zig_takes_it() {
    for zig in support::some_zigs() {
        let Some(maker) = Maker::new(zig) else { continue };
        maker.write("main.c", "int number(void);\nint main(void) { return number(); }\n");
        fs::create_dir(maker.path("lib")).unwrap();
        let version = ZigVersion::parse(zig).unwrap();
        for libc in ["gnu", "musl"] {
            libraries(&maker, libc);
            let mut looked_at = Vec::new();
            for (line, gnu, musl) in LINES {
                let (before, since) = if libc == "gnu" { gnu } else { musl };
                let expected = if zig == "0.14.1" { before } else { since };
                let output = link(&maker, libc, line);
                let taken = output.status.success().then(|| {
                    let program = fs::read(maker.path("program")).unwrap();
                    !program.windows(12).any(|window| window == b"libnumber.so")
                });
                assert_eq!(taken, *expected, "{zig} {libc} {line}: {}", support::text(&output));
                let words = format!("-L{} {line}", maker.path("lib").display());
                let argv = Argv::parse(words.split(' '));
                let (here, missing) = link::here(&argv, target("linux/amd64", libc), version);
                assert!(missing.is_empty(), "{zig} {libc} {line}");
                if let Some(taken) = taken {
                    assert_eq!(!here.archives.is_empty(), taken, "{zig} {libc} {line}");
                    looked_at.push((line, taken));
                }
            }
            // An archive that is wrong stops those links, by its name, and no others.
            let wrong =
                maker.library("aarch64-linux-musl", "libnumber.a", "int number(void) { return 2; }\n");
            fs::rename(wrong, maker.path("lib/libnumber.a")).unwrap();
            for (line, taken) in looked_at {
                let output = link(&maker, libc, line);
                let said = support::text(&output);
                assert_eq!(output.status.success(), !taken, "{zig} {libc} {line}: {said}");
                assert_eq!(said.contains("libnumber.a`: "), taken, "{zig} {libc} {line}: {said}");
            }
        }
    }
}
