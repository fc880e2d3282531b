//! A rule in words; all rules in Markdown.

use super::action::{Action, Cost};
use super::pattern::Pattern;
use super::when::{LibcIs, Stage, When};
use super::{Rule, Source, Vector};
use std::fmt::Write;

/// One rule as `cgozig explain ID` shows it.
pub fn rule(rule: &Rule) -> String {
    let mut text = format!("{}\n\n  {}.\n  {}\n", rule.id, sentence(rule), rule.why);
    let _ = writeln!(text, "  Cost: {}. If believed: {}", cost(rule.cost), rule.if_believed);
    for source in rule.sources {
        let _ = writeln!(text, "  {}", self::source(source));
    }
    for vector in rule.vectors {
        let _ = writeln!(text, "  Example: {}", example(rule, vector));
    }
    text
}

/// What the rule does, in one sentence without its full stop.
pub fn sentence(rule: &Rule) -> String {
    let (subject, one) = subject(&rule.pattern);
    let be = if one { "is" } else { "are" };
    let what = match rule.action {
        Action::Drop => format!("{subject} {be} left out"),
        Action::Keep => format!("{subject} {be} kept as written"),
        Action::Replace(words) => format!("{subject} {be} replaced by `{}`", words.join(" ")),
        Action::ByComma => format!("{subject} {be} passed by `-Wl,`"),
        Action::Prepend(words) => format!("`{}` is put before the caller's words", words.join(" ")),
        Action::Ahead(words) => {
            format!("{subject} {be} replaced by `{}` before the caller's words", words.join(" "))
        }
        Action::Append(words) => format!("`{}` is put after the caller's words", words.join(" ")),
        Action::Tell([]) => format!("{subject} {be} told to lld itself"),
        Action::Tell(words) => format!("{subject} {be} told to lld itself as `{}`", words.join(" ")),
        Action::Permit([]) => format!("{subject} {be} told to lld itself where zig's link fails"),
        Action::Permit(words) => {
            format!("{subject} {be} told to lld itself as `{}` where zig's link fails", words.join(" "))
        }
        Action::AppendFound(name) => format!("the file for `-l{name}` is put after the caller's words"),
        Action::AppendObject(name) => {
            format!("`shims/compat/{name}.c`, compiled for the target, is put after the caller's words")
        }
        Action::ZigCpu => format!("{subject} {be} written as zig's `-mcpu=`"),
        Action::LinkerState => "`--push-state` and `--pop-state` are resolved".into(),
        Action::Lower => format!("{subject} {be} written in small letters"),
        Action::FindLibrary => format!("{subject} {be} replaced by the file's path"),
        Action::Refuse { .. } => format!("{subject} {be} refused"),
        Action::FailQuietly => "the call ends with exit status 1".into(),
    };
    format!("{what}{}", condition(&rule.when))
}

/// What a pattern looks at, in words, and whether that is one thing.
pub fn subject(pattern: &Pattern) -> (String, bool) {
    match pattern {
        Pattern::Line => ("the call".into(), true),
        Pattern::Driver(name) => (format!("`{name}`"), true),
        Pattern::DriverIs(name, value) if name.len() == 2 => (format!("`{name}{value}`"), true),
        Pattern::DriverIs(name, value) => (format!("`{name}={value}`"), true),
        Pattern::DriverBegins(name, start) => (format!("`{name}{start}…`"), true),
        Pattern::Word(word) => (format!("`{word}`"), true),
        Pattern::Linker(name) => (format!("linker option `{}`", dashed(name)), true),
        Pattern::LinkerIs(name, value) => (format!("linker option `{} {value}`", dashed(name)), true),
        Pattern::LinkerBegins(name, start) => (format!("linker option `{} {start}…`", dashed(name)), true),
        Pattern::LinkerPath => ("a file after `-Wl,`".into(), true),
        Pattern::ByXlinker => ("a linker option after `-Xlinker`".into(), true),
        Pattern::Input(suffix) => (format!("an input `*{suffix}`"), true),
        Pattern::AnyOf(patterns) => {
            let all: Vec<String> = patterns.iter().map(|pattern| subject(pattern).0).collect();
            (all.join(", "), patterns.len() == 1)
        }
    }
}

/// A linker option with the dashes that its manual writes.
pub fn dashed(name: &str) -> String {
    if name.len() == 1 || name.contains('_') || name.starts_with('B') {
        format!("-{name}")
    } else {
        format!("--{name}")
    }
}

fn condition(when: &When) -> String {
    let mut parts = Vec::new();
    match when.stages {
        [] => {}
        [Stage::Compile] => parts.push("when compiling".to_string()),
        [Stage::Dynimport] => parts.push("in Go's trial link".to_string()),
        _ => parts.push("when linking".to_string()),
    }
    if !when.systems.is_empty() {
        let names: Vec<_> = when.systems.iter().map(|os| os.go()).collect();
        parts.push(format!("for {}", names.join(", ")));
    }
    if !when.processors.is_empty() {
        let names: Vec<_> = when.processors.iter().map(|arch| arch.go()).collect();
        parts.push(format!("on {}", names.join(", ")));
    }
    match when.libc {
        Some(LibcIs::Gnu) => parts.push("with glibc".into()),
        Some(LibcIs::Musl) => parts.push("with musl".into()),
        None => {}
    }
    if let Some(need) = when.needs {
        parts.push(format!("when an archive needs {}", need.said()));
    }
    if when.last {
        parts.push("when it is the last".into());
    }
    if let Some(pattern) = when.with {
        parts.push(format!("beside {}", subject(pattern).0));
    }
    if let Some(pattern) = when.without {
        parts.push(format!("without {}", subject(pattern).0));
    }
    let range = range(when);
    if range != "every zig" {
        parts.push(range);
    }
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

/// The zigs that a rule is for.
pub fn range(when: &When) -> String {
    match (when.from_zig, when.before_zig) {
        (None, None) => "every zig".into(),
        (Some(first), None) => format!("zig {first} and later"),
        (None, Some(end)) => format!("zig before {end}"),
        (Some(first), Some(end)) => format!("zig {first} to before {end}"),
    }
}

/// A cost in words.
pub fn cost(cost: Cost) -> String {
    match cost {
        Cost::Nothing => "nothing".into(),
        Cost::Size => "size".into(),
        Cost::Time => "a second link".into(),
        Cost::Hardening(what) => format!("hardening, {what}"),
        Cost::Debugging(what) => format!("debugging, {what}"),
        Cost::Correctness(what) => format!("correctness, {what}"),
    }
}

fn source(source: &Source) -> String {
    match source {
        Source::Link(url) => format!("See: {url}"),
        Source::Observed(what) => format!("Observed: {what}"),
    }
}

fn example(rule: &Rule, vector: &Vector) -> String {
    let words = |words: &[&str]| if words.is_empty() { "(nothing)".into() } else { words.join(" ") };
    let made = match (vector.expect, rule.action) {
        (Some(expect), _) => words(expect),
        (None, Action::Refuse { .. }) => "(refused)".into(),
        (None, _) => "(exit status 1)".into(),
    };
    format!("{} => {made} ({})", words(vector.given), vector.on)
}

/// The reference page.
pub fn reference(rules: &[&Rule], left_out: &[(&str, &str)]) -> String {
    let mut page = String::from(
        "# What cgozig changes, and why\n\n\
         Made from the rule table by `UPDATE=1 cargo test --test generated`; do not edit.\n\
         `cgozig explain ID` shows one rule, `cgozig explain -- WORDS…` which rules fire on a line.\n\n\
         | rule | effect | cost | zig |\n|---|---|---|---|\n",
    );
    for rule in rules {
        let (effect, zig) = (sentence(rule), range(&rule.when));
        let _ = writeln!(
            page,
            "| [`{0}`](#{0}) | {1} | {2} | {3} |",
            rule.id,
            cell(&effect),
            cost(rule.cost),
            zig
        );
    }
    for rule in rules {
        let _ = write!(page, "\n## {}\n\n{}.\n\n{}\n\n", rule.id, sentence(rule), rule.why);
        let _ = writeln!(page, "- Cost: {}.\n- If Go believes it: {}", cost(rule.cost), rule.if_believed);
        for source in rule.sources {
            let _ = writeln!(page, "- {}", self::source(source));
        }
        for vector in rule.vectors {
            let _ = writeln!(page, "- `{}`", example(rule, vector));
        }
    }
    page.push_str("\n## Left out, with the reason\n\n| what | why |\n|---|---|\n");
    for (what, why) in left_out {
        let _ = writeln!(page, "| {} | {} |", cell(what), cell(why));
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
