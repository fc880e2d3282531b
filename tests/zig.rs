//! Every rule and every known answer, held against each supported zig.

mod support;

use cgozig::argv::grammar::{self, Takes};
use cgozig::argv::{Argv, Item};
use cgozig::request::Asker;
use cgozig::rule::{Action, Pattern, Proof, Rule, Stage, Vector};
use cgozig::target::GlibcVersion;
use cgozig::target::port::PORTS;
use cgozig::target::triple::Spoken;
use cgozig::{probe, rules};
use std::fs;
use std::process::{Command, Output};
use std::sync::Mutex;
use support::bench::{Bench, cache, serves, triple};

/// Whether this machine has the headers that an example looks at.
fn has_headers(vector: &Vector) -> bool {
    let asked = vector.given.contains(&"-I/usr/include");
    let features = fs::read_to_string("/usr/include/features.h").unwrap_or_default();
    let found = !asked || features.contains("__GLIBC__");
    if !found {
        support::skip("glibc's headers are not in /usr/include");
    }
    found
}

/// The words that zig has to take: those after the rule, or without what the rule keeps or refuses.
fn good_words(rule: &Rule, vector: &Vector) -> Vec<String> {
    if let Some(expect) = vector.expect.filter(|expect| *expect != vector.given) {
        return expect.iter().map(|word| (*word).to_string()).collect();
    }
    let argv = Argv::parse(vector.given);
    let others = argv.items().iter().filter(|item| !rule.pattern.matches(item));
    others.flat_map(Item::words).map(|word| word.into_string().unwrap()).collect()
}

/// Whether the fault that the rule repairs shows with the first words and not with the second.
fn fault(bench: &Bench, rule: &Rule, vector: &Vector) -> Result<bool, String> {
    // A warning is printed by a compile only, not by a look into zig's cache; a new macro keeps that out.
    let fresh = format!("-DNOW={}", now());
    let prints = matches!(rule.proof, Proof::Prints(_)) && vector.stage == Stage::Compile;
    let extra: &[&str] = if prints { &[&fresh] } else { &[] };
    let (given, given_out) = bench.cc(vector, &[vector.given, extra].concat());
    let good = good_words(rule, vector);
    let good: Vec<&str> = good.iter().map(String::as_str).collect();
    let (made, made_out) = bench.cc(vector, &[&good, extra].concat());
    if !made.status.success() {
        return Err(format!("zig refuses {good:?}: {}", support::text(&made)));
    }
    Ok(match rule.proof {
        Proof::Refused => !given.status.success(),
        Proof::Prints(text) => {
            given.status.success()
                && support::text(&given).contains(text)
                && !support::text(&made).contains(text)
        }
        Proof::Stale => is_stale(bench, vector, &good),
        Proof::Unstable => is_unstable(bench, vector, vector.given) && !is_unstable(bench, vector, &good),
        Proof::Clang(word) => {
            clang_gets(bench, vector, &good, word) && !clang_gets(bench, vector, vector.given, word)
        }
        Proof::Macro(name) => {
            defined(bench, vector, vector.given, name) != defined(bench, vector, &good, name)
        }
        Proof::Changes => given_out != made_out,
        Proof::Ignored => given_out == made_out || !given.status.success(),
        Proof::Header(what) => has(&given_out, what) != has(&made_out, what),
        Proof::Builds(_) => return Err("tests/builds.rs shows that".into()),
    })
}

/// A number that was never there before.
fn now() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
}

/// Whether an object is that of the line without its first word, compiled before, and the rule's is not.
fn is_stale(bench: &Bench, vector: &Vector, good: &[&str]) -> bool {
    let fresh = format!("-DNOW={}", now());
    let object = |words: &[&str]| bench.cc(vector, &[words, &[&fresh]].concat()).1;
    let (base, given, made) = (object(&vector.given[1..]), object(vector.given), object(good));
    base.is_some() && given == base && made != base
}

/// Whether two caches give two objects.
fn is_unstable(bench: &Bench, vector: &Vector, words: &[&str]) -> bool {
    let made = ["one", "two"].map(|name| bench.with_objects_in(name).cc(vector, words).1);
    made[0].is_some() && made[1].is_some() && made[0] != made[1]
}

/// Whether zig calls its clang with a word; a definition that was never there before keeps zig's cache out.
fn clang_gets(bench: &Bench, vector: &Vector, words: &[&str], word: &str) -> bool {
    let cache = cache();
    let mut command = Command::new(&bench.zig);
    command.args(["cc", "-target", &triple(vector.on)]).args(words).args(["x.c", "-o", "out"]);
    command.arg(format!("-DNOW={}", now())).env("ZIG_VERBOSE_CC", "1").current_dir(bench.folder.path());
    let output =
        command.env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache).output().unwrap();
    support::text(&output).split_whitespace().any(|own| own == word)
}

fn defined(bench: &Bench, vector: &Vector, words: &[&str], name: &str) -> bool {
    let driver = if words.iter().any(|word| word.ends_with(".cc")) { "c++" } else { "cc" };
    let mut all = vec![driver.to_string(), "-target".into(), triple(vector.on)];
    all.extend(words.iter().filter(|word| **word != "-c").map(|word| (*word).to_string()));
    all.extend(["-E".into(), "-dM".into()]);
    let text = String::from_utf8_lossy(&bench.run(&all).stdout).into_owned();
    text.lines()
        .any(|line| line.starts_with(&format!("#define {name} ")) || line == format!("#define {name}"))
}

/// What a program's headers say of it.
fn has(bytes: &Option<Vec<u8>>, what: &str) -> bool {
    use object::{Object, ObjectSymbol};
    let Some(bytes) = bytes else { return false };
    match what {
        "elf" => bytes.starts_with(b"\x7fELF"),
        "stripped" => {
            object::File::parse(&**bytes).unwrap().symbols().all(|symbol| symbol.name() != Ok("main"))
        }
        "static-pie" => {
            use object::ObjectSection;
            let file = object::File::parse(&**bytes).unwrap();
            let interpreter = file.section_by_name(".interp").is_some_and(|section| section.size() > 0);
            file.kind() == object::ObjectKind::Dynamic && !interpreter
        }
        "gui" => {
            let at = u32::from_le_bytes(bytes[0x3c..0x40].try_into().unwrap()) as usize;
            u16::from_le_bytes([bytes[at + 92], bytes[at + 93]]) == 2
        }
        other => panic!("no such header: {other}"),
    }
}

#[test]
fn a_zig_needs_a_newer_glibc_where_the_table_says_so_and_no_other_does() {
    const PROGRAM: &str =
        "#include <stdio.h>\nint main(int n, char **v) { printf(\"%d\\n\", n); return 0; }\n";
    let raised = PORTS.iter().filter_map(|port| Some((port, port.raised?)));
    for (port, (since, oldest)) in raised {
        let before = GlibcVersion::new(oldest.minor() - 1);
        for version in support::ZIGS {
            let Some(bench) = Bench::new(version) else { return };
            fs::write(bench.folder.path().join("p.c"), PROGRAM).unwrap();
            let links = |glibc: GlibcVersion| {
                let triple = triple(&format!("{}-linux-gnu.{glibc}", port.arch.zig()));
                bench.run(&["cc", "-target", &triple, "-O2", "p.c", "-o", "p"])
            };
            let (old, new) = (links(before), links(oldest));
            assert_eq!(old.status.success(), bench.version < since, "{version}: {}", support::text(&old));
            assert!(new.status.success(), "{version}: {}", support::text(&new));
        }
    }
}

#[test]
fn every_rule_is_needed_in_its_range_and_not_outside() {
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for version in support::some_zigs() {
            let wrong = &wrong;
            scope.spawn(move || {
                let of_one = hold_against(version);
                wrong.lock().unwrap().extend(of_one);
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} rules are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn hold_against(version: &str) -> Vec<String> {
    let Some(bench) = Bench::new(version) else { return Vec::new() };
    let mut wrong = Vec::new();
    for rule in rules::all().filter(|rule| !matches!(rule.proof, Proof::Builds(_))) {
        let inside = rule.when.in_range(bench.version);
        let ending = rule.vectors[1..].iter().filter(|vector| vector.expect.is_none());
        let vectors = rule.vectors[..1].iter().chain(ending);
        for vector in vectors.filter(|vector| serves(bench.version, vector.on) && has_headers(vector)) {
            let why = match fault(&bench, rule, vector) {
                Err(text) if inside => text,
                Ok(false) if inside => "not needed any more".into(),
                Ok(true) if !inside => "needed here too".into(),
                _ => continue,
            };
            wrong.push(format!("{version} {} {} {:?}: {why}", rule.id, vector.on, vector.given));
        }
        if inside && matches!(rule.action, Action::Drop) && serves(bench.version, rule.vectors[0].on) {
            let many = each_of_many(&bench, rule).into_iter();
            wrong.extend(many.map(|text| format!("{version} {}: {text}", rule.id)));
        }
    }
    wrong
}

/// A rule about many options: zig has to refuse each of them.
fn each_of_many(bench: &Bench, rule: &Rule) -> Vec<String> {
    let (Pattern::AnyOf(patterns), Proof::Refused) = (&rule.pattern, rule.proof) else { return Vec::new() };
    let vector = &rule.vectors[0];
    let words = patterns.iter().filter_map(spelled);
    let accepted = words.filter(|word| {
        let words: Vec<&str> = word.iter().map(String::as_str).collect();
        bench.cc(vector, &words).0.status.success()
    });
    accepted.map(|word| format!("zig accepts {word:?}")).collect()
}

/// An option as a user would write it.
fn spelled(pattern: &Pattern) -> Option<Vec<String>> {
    let linker = |name: &str| {
        let dashes = if name.len() == 1 || name.contains('_') || name.starts_with('B') { "-" } else { "--" };
        let spec = grammar::LINKER.iter().find(|spec| spec.name == name)?;
        let value = match spec.takes {
            Takes::Nothing => "",
            Takes::Equals | Takes::EqualsOrNext => "=x",
            Takes::Words(3) => ",a,b,c",
            _ => ",x",
        };
        Some(vec![format!("-Wl,{dashes}{name}{value}")])
    };
    match pattern {
        Pattern::Word(word) => Some(vec![(*word).into()]),
        Pattern::Linker(name) => linker(name),
        Pattern::LinkerIs(name, value) => Some(vec![format!("-Wl,-{name},{value}")]),
        _ => None,
    }
}

/// A target of each system and libc.
const ASKED: &[&str] = &[
    "x86_64-linux-gnu",
    "x86_64-linux-musl",
    "aarch64-freebsd",
    "aarch64-netbsd",
    "aarch64-openbsd",
    "x86_64-windows-gnu",
    "x86_64-macos",
];

#[test]
fn probe_answers_are_true() {
    for version in support::some_zigs() {
        let Some(bench) = Bench::new(version) else { continue };
        for known in probe::KNOWN {
            for on in ASKED.iter().filter(|on| serves(bench.version, on)) {
                let os = Spoken::parse(on).unwrap().os;
                if known.systems.is_empty() || known.systems.contains(&os) {
                    let zig = ask(&bench, on, known);
                    assert_eq!(zig, known.supported, "zig {version} on {on} about {}", known.flag);
                }
            }
        }
    }
}

/// What zig itself would have made Go believe, after our rewriting.
fn ask(bench: &Bench, on: &str, known: &probe::Known) -> bool {
    let flag = if known.flag.ends_with("0x") { format!("{}12", known.flag) } else { known.flag.to_string() };
    // A word before the flag keeps the line from being recognised as Go's question, so that zig is asked.
    let words: Vec<&str> = match known.asker {
        Asker::CmdGo if flag.starts_with("-Wl,") => vec!["-DASKED", &flag, "-O2", "-xc", "x.c", "-o", "out"],
        Asker::CmdGo => vec!["-DASKED", &flag, "-O2", "-c", "-xc", "x.c", "-o", "out"],
        Asker::CmdLink => vec!["-DASKED", &flag, "-O2", "trivial.c", "-o", "out"],
    };
    fs::write(bench.folder.path().join("trivial.c"), "int main() { return 0; }").unwrap();
    fs::write(bench.folder.path().join("x.c"), "int main() { return 0; }").unwrap();
    let mut command = support::compiler(&bench.zig, on);
    let output = command.args(words).current_dir(bench.folder.path()).output().unwrap();
    let text = support::text(&output);
    let phrases =
        ["unrecognized", "unknown", "unrecognised", "is not supported", "not recognized", "unsupported"];
    match known.asker {
        Asker::CmdGo => output.status.success() && !phrases.iter().any(|phrase| text.contains(phrase)),
        Asker::CmdLink => output.status.success() && !phrases[..2].iter().any(|phrase| text.contains(phrase)),
    }
}

/// zig hands these questions to its clang; the answers have to agree in what a caller reads from them.
#[test]
fn questions_get_the_answers_that_zig_would_give() {
    for version in support::ZIGS {
        let Some(bench) = Bench::new(version) else { continue };
        for on in ["x86_64-linux-musl", "aarch64-linux-musl", "x86_64-windows-gnu", "riscv64-linux-musl"] {
            let both = |word: &str| {
                let zig = bench.run(&["cc", "-target", on, word]);
                let ours = support::compiler(&bench.zig, on).arg(word).output().unwrap();
                let line = |output: &Output| {
                    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or("").to_string()
                };
                (line(&zig), line(&ours))
            };
            let part = |text: &str| text.split('-').next().unwrap_or("").to_string();
            let (zig, ours) = both("-dumpmachine");
            assert_eq!(part(&zig), part(&ours), "zig {version} {on}");
            let (zig, ours) = both("-dumpversion");
            assert_eq!(zig, ours, "zig {version} {on}");
            let (zig, ours) = both("-print-prog-name=no-such-tool");
            assert_eq!(zig, ours, "zig {version} {on}");
            let (zig, ours) = both("--version");
            let words = |text: &str| text.split(' ').take(3).map(String::from).collect::<Vec<_>>();
            assert_eq!(words(&zig), words(&ours), "zig {version} {on}");
        }
    }
}
