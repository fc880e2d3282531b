//! What archives need of a C library, judged as a link would find it; and that it is read once.

mod support;

use cgozig::archive::runtime::Runtime;
use cgozig::archive::{self, Known, Looked, Need};
use cgozig::failure::Failure;
use cgozig::store::Store;
use cgozig::target::go::Wishes;
use cgozig::target::{LibcChoice, Target};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use support::objects::{Maker, check, store};

fn amd64(libc: &str) -> Target {
    let name = Some(LibcChoice::parse(libc).unwrap());
    Wishes { argv: Some("linux/amd64"), name, variable: &|_| None, host: ("linux", "amd64") }
        .settle()
        .unwrap()
}

/// What cgozig and zig's linker say of a link: nothing when it is good.
fn link(maker: &Maker, libc: &str, inputs: &[PathBuf], words: &[&str]) -> (Option<String>, Option<String>) {
    let judged = judged(inputs, false, amd64(libc), maker);
    // zig by itself: cgozig would judge first.
    let triple = amd64(libc).triple();
    let mut command = support::clean(&maker.zig);
    command
        .args(["cc", "-target", triple.as_str()])
        .args(inputs)
        .args(words)
        .arg("-o")
        .arg(maker.path("linked"));
    command.env("ZIG_GLOBAL_CACHE_DIR", support::zig_cache());
    command.env("ZIG_LOCAL_CACHE_DIR", maker.path("zig-cache"));
    let output = command.output().unwrap();
    let linked = (!output.status.success()).then(|| support::text(&output));
    (judged.err().map(|failure| format!("{}\n{}", failure.what, failure.hint)), linked)
}

/// What cgozig says of a link's files: archives, and all others.
fn judged(inputs: &[PathBuf], drops_unused: bool, target: Target, maker: &Maker) -> Result<Looked, Failure> {
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|end| end == "a");
    let (archives, others): (Vec<_>, Vec<_>) = inputs.iter().cloned().partition(is_archive);
    archive::check_link(&archives, &others, drops_unused, target, &Known::new(&store(maker)))
}

/// Both refuse a link, and ours says `words`.
fn both_refuse(maker: &Maker, libc: &str, inputs: &[PathBuf], words: &[&str]) {
    let (judged, linked) = link(maker, libc, inputs, &["-lunwind"]);
    let (judged, linked) = (judged.expect("cgozig refuses"), linked.expect("the linker refuses"));
    assert!(linked.contains("undefined symbol"), "{linked}");
    for word in words {
        assert!(judged.contains(word), "{judged} lacks {word}");
    }
}

fn both_accept(maker: &Maker, libc: &str, inputs: &[PathBuf]) {
    let (judged, linked) = link(maker, libc, inputs, &["-lunwind"]);
    assert_eq!((judged, linked), (None, None), "{libc}: {inputs:?}");
    let status = Command::new(maker.path("linked")).status().unwrap();
    assert_eq!(status.code(), Some(42));
}

const MAIN: &str = "int answer(void);\nint main(void) { return answer(); }\n";
/// What libgcc of gcc 12 and later calls.
const NEW: &str =
    "int _dl_find_object(void *, void *);\nint answer(void) { return _dl_find_object(0, 0); }\n";

#[test]
fn an_archive_for_a_newer_glibc_names_the_one_to_choose() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let main = maker.object("x86_64-linux-gnu.2.28", "main.o", MAIN, &[]);
    let object = maker.object("x86_64-linux-gnu.2.41", "new.o", NEW, &[]);
    let library = maker.archive("libnew.a", &[object]);
    let line = [main, library];
    both_refuse(
        &maker,
        "gnu.2.28",
        &line,
        &["libnew.a", "`_dl_find_object`", "glibc 2.35", "CGOZIG_LIBC=gnu.2.35"],
    );
    both_refuse(&maker, "musl", &line, &["libnew.a", "`_dl_find_object`", "with musl", "linux/amd64/musl"]);
    // What is missing may be somewhere else on the line.
    let compat = "int _dl_find_object(void *a, void *b) { return a || b ? -1 : 42; }\n";
    let compat = maker.object("x86_64-linux-gnu.2.28", "compat.o", compat, &[]);
    let archived = maker.archive("libcompat.a", std::slice::from_ref(&compat));
    for other in [compat, archived] {
        for libc in ["gnu.2.28", "musl"] {
            both_accept(&maker, libc, &[line[0].clone(), line[1].clone(), other.clone()]);
        }
    }
    assert!(check(&maker, &line[1], amd64("gnu.2.41")).is_ok());
    assert!(check(&maker, &line[1], amd64("musl")).is_err());
}

#[test]
fn an_object_that_no_one_asks_for_is_not_missed() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let gnu = "x86_64-linux-gnu.2.41";
    let main = maker.object("x86_64-linux-musl", "main.o", MAIN, &[]);
    let good = maker.object(gnu, "good.o", "int answer(void) { return 42; }\n", &[]);
    let bad = maker.object(gnu, "bad.o", &NEW.replace("answer", "other"), &[]);
    let library = maker.archive("libboth.a", &[bad, good]);
    both_accept(&maker, "musl", &[main.clone(), library.clone()]);
    let asks = maker.object(gnu, "asks.o", "int other(void);\nint answer(void) { return other(); }\n", &[]);
    both_refuse(&maker, "musl", &[main, asks, library.clone()], &["libboth.a"]);
    // Asked by itself, all of it counts.
    assert!(check(&maker, &library, amd64("musl")).is_err());
    assert!(judged(std::slice::from_ref(&library), false, amd64("musl"), &maker).is_err());
    assert!(judged(&[library], true, amd64("musl"), &maker).unwrap().doubt.is_some());
}

#[test]
fn a_library_of_the_machine_s_gcc_is_for_glibc_when_it_is_fortified() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let main = maker.object("x86_64-linux-musl", "main.o", MAIN, &[]);
    let source = "#include <stdio.h>\nchar text[8];\nint number = 42;\n\
                  int answer(void) { sprintf(text, \"%d\", number); return number; }\n";
    let source = maker.write("answer.c", source);
    for (how, fortified) in [("-D_FORTIFY_SOURCE=2", true), ("-U_FORTIFY_SOURCE", false)] {
        let (object, library) = (maker.path("answer.o"), maker.path("libanswer.a"));
        let gcc = Command::new("gcc").args(["-O2", how, "-c"]).arg(&source).arg("-o").arg(&object).status();
        if !gcc.is_ok_and(|status| status.success()) {
            return support::skip("gcc is not installed");
        }
        let _ = fs::remove_file(&library);
        let line = [main.clone(), maker.archive("libanswer.a", &[object])];
        if fortified {
            // zig alone cannot link it; what it needs is ours to bring.
            let (judged, linked) = link(&maker, "musl", &line, &[]);
            assert!(judged.is_none() && linked.unwrap().contains("__sprintf_chk"));
            let looked = self::judged(&line, false, amd64("musl"), &maker).unwrap();
            assert_eq!(looked.needs, [Need::GlibcOnMusl]);
        } else {
            both_accept(&maker, "musl", &line);
        }
        both_accept(&maker, "gnu.2.28", &line);
    }
}

/// glibc's `strerror_r` gives text, musl's a number: an archive for glibc that calls it is not made to link.
#[test]
fn a_function_of_two_meanings_keeps_an_archive_of_glibc_from_musl() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let main = maker.object("x86_64-linux-musl", "main.o", MAIN, &[]);
    let names = "int __printf_chk(int, const char *, ...);\nchar *strerror_r(int, char *, unsigned long);\n";
    let source = format!(
        "{names}int answer(void) {{ char text[9]; return __printf_chk(1, strerror_r(1, text, 9)); }}\n"
    );
    let library = maker.library("x86_64-linux-musl", "libtext.a", &source);
    both_refuse(&maker, "musl", &[main.clone(), library], &["`__printf_chk`", "glibc"]);
    // Without it what is missing is brought along, and a library of musl's may call it.
    let library =
        maker.library("x86_64-linux-musl", "libplain.a", &source.replace("strerror_r(1, text, 9)", "text"));
    assert_eq!(
        judged(&[main.clone(), library], false, amd64("musl"), &maker).unwrap().needs,
        [Need::GlibcOnMusl]
    );
    let library = maker.library(
        "x86_64-linux-musl",
        "libmusl.a",
        &source.replace("__printf_chk", "printf").replace("printf(1, ", "printf(2, "),
    );
    assert_eq!(judged(&[main, library], false, amd64("musl"), &maker).unwrap().needs, []);
}

/// A static library that unwinds, reads a folder and has threads, by the host's rustc.
fn rust(maker: &Maker, words: &[&str], source: &str) -> Option<PathBuf> {
    let source = maker.write("answer.rs", source);
    let library = maker.path("libanswer.a");
    let mut command = Command::new("rustc");
    command.args(["-O", "--crate-type", "staticlib", "--edition", "2024", "-o"]).arg(&library);
    let output = command.args(words).arg(source).output().ok()?;
    assert!(output.status.success(), "{}", support::text(&output));
    Some(library)
}

const CATCHES: &str = r#"
#[unsafe(no_mangle)] pub extern "C" fn answer() -> i32 {
    std::panic::set_hook(Box::new(|_| ()));
    let empty: Vec<i32> = Vec::new();
    let caught = std::panic::catch_unwind(|| empty[std::hint::black_box(3)]).is_err();
    let root = std::thread::spawn(|| std::fs::metadata("/").unwrap().is_dir()).join().unwrap();
    if caught && root { 42 } else { 1 }
}
"#;
const ALONE: &str = r#"
#![no_std]
#[panic_handler] fn panics(_: &core::panic::PanicInfo) -> ! { loop {} }
#[unsafe(no_mangle)] pub extern "C" fn answer() -> i32 { 42 }
"#;

#[test]
fn rust_s_std_for_glibc_is_told_from_rust_that_needs_no_c_library() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let main = maker.object("x86_64-linux-musl", "main.o", MAIN, &[]);
    let Some(library) = rust(&maker, &[], CATCHES) else { return support::skip("rustc is not installed") };
    let line = [main.clone(), library.clone()];
    both_accept(&maker, "gnu.2.28", &line);
    both_refuse(
        &maker,
        "musl",
        &line,
        &["`gnu_get_libc_version`", "glibc", "linux/amd64/musl (x86_64-unknown-linux-musl)"],
    );
    fs::remove_file(&library).unwrap();
    let library = rust(&maker, &["-Cpanic=abort"], ALONE).unwrap();
    let line = [main, library];
    both_accept(&maker, "gnu.2.28", &line);
    both_accept(&maker, "musl", &line);
}

fn records(maker: &Maker) -> Vec<PathBuf> {
    let entries = fs::read_dir(store(maker).archive_records()).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// An archive of many objects, large enough to be remembered.
fn large(maker: &Maker, triple: &str) -> PathBuf {
    let source: String =
        (0..2000).map(|at| format!("int number_{at}(int a) {{ return a * {at}; }}\n")).collect();
    maker.library(triple, "liblarge.a", &source)
}

#[test]
fn a_large_archive_is_read_once_until_it_changes() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let (library, target) = (large(&maker, "x86_64-linux-musl"), amd64("musl"));
    let look = || check(&maker, &library, target);
    let first = look().unwrap();
    let record = records(&maker).pop().expect("a record is written");
    // What the record says is believed, so it was the record that was read.
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("amd64", "arm64")).unwrap();
    assert!(look().unwrap_err().what.contains("arm64"));
    let member = b"empty/          0           0     0     644     0         `\n";
    // Another time, another size, other names that tell, no sense: the file is read again.
    let changes: [&dyn Fn(); 4] = [
        &|| {
            File::options()
                .write(true)
                .open(&library)
                .unwrap()
                .set_modified(SystemTime::now() + Duration::from_secs(5))
                .unwrap();
        },
        &|| fs::write(&library, [fs::read(&library).unwrap(), member.to_vec()].concat()).unwrap(),
        &|| fs::write(&record, text.replace("\"clues\":\"", "\"clues\":\"0")).unwrap(),
        &|| fs::write(&record, "{").unwrap(),
    ];
    for (at, change) in changes.iter().enumerate() {
        fs::write(&record, fs::read_to_string(&record).unwrap().replace("amd64", "arm64")).unwrap();
        change();
        let second = look();
        assert_eq!((at, second.map(|facts| facts.kinds)), (at, Ok(first.kinds.clone())));
    }
    assert_eq!(records(&maker).len(), 1);
    // What is gone is forgotten by the next cleaning.
    fs::remove_file(&library).unwrap();
    store(&maker).clean(cgozig::store::usage::Clean::default()).unwrap();
    assert_eq!(records(&maker), Vec::<PathBuf>::new());
}

#[test]
fn a_small_archive_and_a_store_that_cannot_be_written_leave_no_record() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let small = maker.library("x86_64-linux-musl", "libsmall.a", "int small;\n");
    check(&maker, &small, amd64("musl")).unwrap();
    assert_eq!(records(&maker), Vec::<PathBuf>::new());
    let library = large(&maker, "x86_64-linux-musl");
    let nowhere = Store::at(Path::new("/proc/nowhere").into());
    archive::check_link(&[library], &[], false, amd64("musl"), &Known::new(&nowhere)).unwrap();
}

#[test]
fn the_cxx_runtime_is_asked_for_where_an_archive_needs_it_and_none_has_it() {
    let Some(maker) = Maker::new(support::ZIG) else { return };
    let target = "x86_64-linux-musl";
    let main = maker.object(target, "main.o", MAIN, &[]);
    // As a C++ compiler has them: `new` and a frame's personality.
    let names = "void *_Znwm(unsigned long);\nvoid __gxx_personality_v0(void);\n";
    let needs = format!("{names}int answer(void) {{ __gxx_personality_v0(); return _Znwm(8) ? 42 : 1; }}\n");
    let needs = maker.library(target, "libneeds.a", &needs);
    let new = "static long place[8];\nvoid *_Znwm(unsigned long size) { return place; }\n";
    let new = maker.library(target, "libnew.a", new);
    let all = format!(
        "{names}void __gxx_personality_v0(void) {{}}\nvoid *_Znwm(unsigned long s) {{ return 0; }}\n"
    );
    let all = maker.library(target, "libruntime.a", &all);
    for (inputs, wanted) in [
        (vec![&main, &needs], true),
        // Its own `new`, and no more of the runtime.
        (vec![&main, &needs, &new], true),
        (vec![&main, &needs, &all], false),
        (vec![&all, &needs, &main], false),
        (vec![&main, &new, &all], false),
    ] {
        let inputs: Vec<PathBuf> = inputs.into_iter().cloned().collect();
        let asked = archive::runtimes(&inputs, amd64("musl"), &Known::new(&store(&maker)));
        assert_eq!(asked.contains(&Runtime::Cxx), wanted, "{inputs:?}");
    }
}
