//! Command lines: recorded ones against their golden plans, random ones through parse and render.
//!
//! A file `tests/argv/*.case` holds the calls of one real `go build`, recorded by `tests/argv/record`; folders
//! of the machine stand as `$WORK`, `$LINK`, `$GOROOT`, `$SRC`. Each case is a block of lines:
//!
//! ```text
//! call    cc aarch64-linux-gnu.2.28 0.15.2      driver, target, zig
//! given   -o $WORK/b001/_cgo_.o …               the caller's words, as a shell would take them
//! made    zig cc -target …                      words for zig, or `answer …`, or `refused …`
//! rules   drop-word-size …                      the rules that fired
//! ```
//!
//! `UPDATE=1 cargo test --test argv` writes `made` and `rules` anew.

use cgozig::argv::Argv;
use cgozig::persona::Driver;
use cgozig::plan::{self, Plan, Surroundings};
use cgozig::request;
use cgozig::target::triple::Spoken;
use cgozig::target::{LibcChoice, MacosVersion};
use cgozig::zig::ZigVersion;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/argv");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "case")).collect();
    files.sort();
    files
}

/// One block of a file.
struct Case {
    call: String,
    given: String,
}

fn cases(text: &str) -> Vec<Case> {
    let field = |line: &str, name: &str| line.strip_prefix(name).map(|rest| rest.trim().to_string());
    let mut call = String::new();
    let mut cases = Vec::new();
    for line in text.lines() {
        if let Some(value) = field(line, "call ") {
            call = value;
        } else if let Some(given) = field(line, "given ") {
            cases.push(Case { call: call.clone(), given });
        }
    }
    cases
}

/// The plan of a case in two lines.
fn planned(case: &Case) -> (String, String) {
    let mut call = case.call.split(' ');
    let driver = if call.next() == Some("c++") { Driver::Cxx } else { Driver::Cc };
    let spoken = Spoken::parse(call.next().unwrap()).unwrap();
    let target = spoken.target(LibcChoice::Unsaid, MacosVersion::DEFAULT, &|_| None).unwrap();
    let zig = ZigVersion::parse(call.next().unwrap()).unwrap();
    let around = Surroundings {
        target,
        zig,
        zig_lib: "$ZIGLIB".into(),
        shims: "$SHIMS".into(),
        sdk: None,
        found: Vec::new(),
        further: Vec::new(),
        needs: Vec::new(),
        objects: "$OBJECTS".into(),
        gone: Vec::new(),
        lent: Some("$LENT"),
        native: String::new(),
    };
    let argv = Argv::parse(shlex::split(&case.given).unwrap());
    match plan::plan(driver, request::request(&argv), argv, &around) {
        Ok(Plan::Answer(answer)) => (format!("answer {}", stable(&format!("{answer:?}"))), String::new()),
        Ok(Plan::Zig(call)) => {
            let rules: Vec<&str> = call.trace.iter().map(|step| step.rule).collect();
            let finish = call.finish.map(|(finish, _)| format!(" then {finish:?}")).unwrap_or_default();
            (format!("zig {}{finish}", stable(&cgozig::voice::shown(&call.words))), rules.join(" "))
        }
        Err(failure) => (format!("refused could not {}", failure.what), String::new()),
    }
}

/// The digest changes with every rule; here it would only make noise.
fn stable(text: &str) -> String {
    let cut = |text: &str, before: &str| match text.split_once(before) {
        Some((head, tail)) if tail.len() >= 16 => format!("{head}{before}DIGEST{}", &tail[16..]),
        _ => text.to_string(),
    };
    cut(&cut(text, "CGOZIG_NOTE=\""), " cfg ").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn recorded_lines_are_planned_as_before() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut distinct = BTreeSet::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let header: String =
            text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        let mut now = header;
        for case in cases(&text) {
            let (made, rules) = planned(&case);
            let block =
                format!("\ncall    {}\ngiven   {}\nmade    {made}\nrules   {rules}", case.call, case.given);
            let _ = writeln!(now, "{}", block.trim_end());
            distinct.insert(case.given);
        }
        if update {
            fs::write(&file, now).unwrap();
        } else {
            assert_eq!(
                now,
                text,
                "{}: run UPDATE=1 cargo test --test argv and look at the difference",
                file.display()
            );
        }
    }
    assert!(distinct.len() >= 300, "only {} distinct recorded lines", distinct.len());
}

/// Pieces that make trouble when they meet.
const PIECES: &[&str] = &[
    "-o",
    "-I",
    "-lgcc_s",
    "-l",
    "-l:x.a",
    "-Wl,",
    "-Wl,-z,now",
    "-Wl,-z",
    "-Wl,a,,b",
    "-Wl,--push-state,-Bstatic",
    "-Xlinker",
    "-Xclang",
    "-O3",
    "-x",
    "c",
    "-",
    "--",
    "-target",
    "--target=x",
    "-Wp,-DX=1",
    "-u",
    "-undefined",
    "-e",
    "-emit-llvm",
    "@file",
    "x.c",
    "a b",
    "-sectcreate",
    "-Wl,-sectcreate,a",
    "",
    "-framework",
    "-mcpu=x",
    "-D",
    "é",
    "-Wl,--wrap=é",
    "\n",
    "-L-Wl,x",
    "-###",
    "-Wl",
    "-Xlinker=x",
    "-MF",
    "-arch",
    "-isystem",
    "-Wl,-rpath,$ORIGIN",
];

#[test]
fn render_undoes_parse_for_a_hundred_thousand_random_lines() {
    let mut random = Rng::with_seed(20_261_120);
    for _ in 0..100_000 {
        let line = random_line(&mut random);
        assert_eq!(Argv::parse(line.clone()).render(), line);
    }
}

fn random_line(random: &mut Rng) -> Vec<OsString> {
    let count = random.usize(..12);
    let word = |random: &mut Rng| match random.u8(..4) {
        0 => random_bytes(random),
        1 => {
            let piece = PIECES[random.usize(..PIECES.len())];
            let mut word = OsString::from(piece);
            word.push(random_bytes(random));
            word
        }
        _ => PIECES[random.usize(..PIECES.len())].into(),
    };
    (0..count).map(|_| word(random)).collect()
}

/// Any bytes that a program's word can hold.
fn random_bytes(random: &mut Rng) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = vec![0; random.usize(..6)];
    random.fill(&mut bytes);
    bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b',');
    OsString::from_vec(bytes)
}
