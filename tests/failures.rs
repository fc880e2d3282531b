//! Failures as users meet them: each file `tests/failures/*.case` is one session with the real Go, zig and programs, and what
//! the terminal showed, down to our own lines. Every test runs its session again and compares all of it.
//!
//! ```text
//! # what fails, and why
//! port linux/arm64 gnu        GOOS/GOARCH and libc (`own` where the system has one only)
//! needs gcc                   a program of the machine, if any: elsewhere the case is skipped, loudly
//! zig 0.17.0                  a zig, if not the usual one
//! --- own.c                   a file
//! #include <zlib.h>
//! --- session
//! $ cgozig -E own.c           by sh, in a folder of its own
//! own.c:1:10: fatal error: …  what it printed, to both of its outputs
//! exit 1                      its status, where that is not 0
//! ```
//!
//! What differs from run to run stands as `HERE` (the case's folder), `TOOLS`, `BIN` (cgozig under its names), `WORK` and `LINK`
//! (Go's temporary folders), `ID`. `UPDATE=1 cargo test --test failures` writes what is shown now.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

const GO: &str = "1.27.3";

fn main() -> ExitCode {
    let files = files();
    let mut trials: Vec<Trial> = files
        .iter()
        .cloned()
        .map(|file| Trial::test(name(&file), move || run(&file).map_err(Failed::from)))
        .collect();
    trials.push(Trial::test("the_cases_are_many_and_of_every_kind", move || {
        of_every_kind(&files);
        Ok(())
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failures");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "case")).collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}

fn of_every_kind(files: &[PathBuf]) {
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    assert!(texts.len() >= 40, "{} cases", texts.len());
    let with = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
    assert!(with("\n$ go ") >= 10, "{} go builds", with("\n$ go "));
    for (port, least) in [("\nport linux/", 15), ("\nport windows/", 5), ("\nport darwin/", 4)] {
        assert!(with(port) >= least, "{} of{port}", with(port));
    }
    assert!(with("explain --log") >= 10 && with("explain --last") >= 1);
}

/// One case.
struct Case {
    /// All before the session.
    head: String,
    port: String,
    libc: String,
    needs: Vec<String>,
    zig: String,
    files: Vec<(String, String)>,
    commands: Vec<String>,
}

fn parse(text: &str) -> Case {
    let (head, session) = text.split_once("--- session\n").expect("a case has a session");
    let field = |name: &'static str| head.lines().filter_map(move |line| line.strip_prefix(name));
    let port = field("port ").next().expect("a case has a port");
    let (port, libc) = port.split_once(' ').expect("a port and a libc");
    let files = head.split("\n--- ").skip(1).map(|part| part.split_once('\n').expect("a file has contents"));
    Case {
        head: head.into(),
        port: port.into(),
        libc: libc.into(),
        needs: field("needs ").map(String::from).collect(),
        zig: field("zig ").next().unwrap_or(support::ZIG).into(),
        files: files.map(|(name, contents)| (name.into(), format!("{}\n", contents.trim_end()))).collect(),
        commands: session.lines().filter_map(|line| line.strip_prefix("$ ")).map(String::from).collect(),
    }
}

fn run(file: &Path) -> Result<(), String> {
    let recorded = fs::read_to_string(file).unwrap();
    let case = parse(&recorded);
    let Some(now) = session(&case) else { return Ok(()) };
    explains(&now)?;
    let now = format!("{}--- session\n{now}", case.head);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, now).unwrap();
        return Ok(());
    }
    if now == recorded {
        return Ok(());
    }
    Err(format!("run UPDATE=1 cargo test --test failures and look at the difference; now it shows:\n{now}"))
}

/// The session as it goes now; none where a tool is missing.
fn session(case: &Case) -> Option<String> {
    for program in &case.needs {
        if which::which(program).is_err() {
            support::skip(&format!("{program} is not installed"));
            return None;
        }
    }
    let (zig, go) = (support::zig(&case.zig)?, support::go(GO)?);
    let folder = support::folder();
    let here = folder.path().join("x");
    fs::create_dir_all(&here).unwrap();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    support::store_without_libraries(&folder.path().join("store"));
    for (name, contents) in &case.files {
        let path = here.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    let mut shown = String::new();
    for line in &case.commands {
        let mut command = support::user("sh", &zig, &case.port, &case.libc);
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{}:{path}", support::bin().display(), go.parent().unwrap().display());
        command.env("PATH", path).env("TMPDIR", folder.path().join("tmp")).env("LC_ALL", "C");
        command.env("CGOZIG_CACHE_DIR", folder.path().join("store")).env("TOOLS", support::tools());
        command.arg("-c").arg(format!("exec 2>&1\n{line}")).current_dir(&here);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = steady(&String::from_utf8_lossy(&output.stdout));
        let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let _ = write!(shown, "$ {line}\n{text}{newline}");
        if !output.status.success() {
            let _ = writeln!(shown, "exit {}", output.status.code().unwrap_or(-1));
        }
    }
    Some(shown)
}

/// The session fails somewhere, and each of our explanations is a sentence with a hint: at most three lines of ours for a
/// command.
fn explains(session: &str) -> Result<(), String> {
    let is_ours = |line: &&str| line.starts_with("cgozig: ") || line.starts_with("hint: ");
    if let Some(long) = session.split("\n$ ").find(|shown| shown.lines().filter(is_ours).count() > 3) {
        return Err(format!("more than three lines: {long}"));
    }
    let mut lines = session.lines().peekable();
    let mut told = 0;
    while let Some(line) = lines.next() {
        if line.contains("could not explain") && !session.contains("all is well") {
            return Err(format!("nothing is known: {session}"));
        }
        if line.contains("cgozig: could not ") {
            let hint = lines.next().unwrap_or_default();
            if !hint.starts_with("hint: ") || hint.len() < 12 {
                return Err(format!("no hint: {session}"));
            }
            told += 1;
        }
    }
    if told == 0 || session.contains("panicked") {
        return Err(format!("nothing is explained: {session}"));
    }
    Ok(())
}

/// What was printed, without what differs from run to run.
fn steady(text: &str) -> String {
    // An object in zig's cache may name the folder of the run that compiled it first: any such folder is meant.
    let text = folders(text);
    let text = text.replace(&support::bin().display().to_string(), "BIN");
    let text = text.replace(&support::tools().display().to_string(), "TOOLS");
    let text = numbered(&text, "TMP/tmp/go-build", "WORK");
    let text = numbered(&text, "TMP/tmp/go-link-", "LINK");
    let text = numbered(&text, "--build-id=0x", "--build-id=ID");
    let text = numbered(&text, "/shims-v1-", "/shims-v1-ID");
    let text = numbered(&text, "0x", "0xN");
    text.lines().map(|line| format!("{}\n", in_cache(line))).collect()
}

/// The text with `HERE` and `TMP` in the place of a case's folder, and of the temporary one that it is in: wherever temporary
/// folders are made.
fn folders(text: &str) -> String {
    let mut parts = text.split("/.tmp");
    let mut made = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let word = made.rfind(|letter: char| " \t\n'\"`(:=,[".contains(letter)).map_or(0, |at| at + 1);
        let path = made[word..].find('/').map_or(made.len(), |at| word + at);
        made.truncate(path);
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
        let is_here = rest.strip_prefix("/x").filter(|rest| !rest.starts_with(char::is_alphanumeric));
        made.push_str(&is_here.map_or_else(|| format!("TMP{rest}"), |rest| format!("HERE{rest}")));
    }
    made
}

/// The text with `new` in the place of `before` and the digits (of hexadecimal numbers, too) that follow it.
fn numbered(text: &str, before: &str, new: &str) -> String {
    let mut parts = text.split(before);
    let mut made = parts.next().unwrap_or_default().to_string();
    for part in parts {
        made.push_str(new);
        made.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()));
    }
    made
}

/// A line with `CACHE` in the place of the folder in zig's cache that holds an object of a link.
fn in_cache(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once("/target-v1/") {
        Some((before, path)) if !before.contains(':') => {
            format!("CACHE/{}", path.rsplit('/').next().unwrap_or_default())
        }
        _ => word.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}
