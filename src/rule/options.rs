//! Every linker option that is known, and what becomes of it on each system: a page made from the grammar and the rules.

use super::explain::{dashed, range, subject};
use super::{Action, Pattern, Rule, Stage};
use crate::argv::grammar;
use crate::target::Os;
use std::fmt::Write;

/// One system for each of zig's linkers.
const SYSTEMS: &[(&str, Os)] = &[("Linux, BSD", Os::Linux), ("Windows", Os::Windows), ("macOS", Os::Darwin)];

/// The page.
pub fn page(rules: &[&Rule]) -> String {
    let mut page = String::from(
        "# Linker options, one by one\n\n\
         Made from the rule table by `UPDATE=1 cargo test --test generated`; do not edit.\n\n\
         What becomes of an option in a link, however it is written (`-Wl,a,b`, `-Xlinker a`, one dash or two, `=` or the next \
         word). \"As written\": zig gets it, and does it or names it in its error. \"Told to lld\": zig refuses it and its own \
         lld has it, so that lld links once more with it. What is left out marks, reports or tunes; the rule says what it costs.\n\n",
    );
    let names: Vec<&str> = SYSTEMS.iter().map(|(name, _)| *name).collect();
    let _ = writeln!(page, "| option | {} |\n|---|---|---|---|", names.join(" | "));
    for option in options() {
        row(&mut page, &format!("`{}`", dashed(option)), option, None, rules);
    }
    for keyword in keywords(rules) {
        row(&mut page, &format!("`-z {keyword}`"), "z", Some(keyword), rules);
    }
    page
}

/// The options' own names, each once; `-l`, `-L` and `-z` have no row as such.
fn options() -> Vec<&'static str> {
    let mut names: Vec<_> = grammar::LINKER.iter().map(|spec| spec.name).collect();
    names.retain(|name| !["l", "L", "z", "m"].contains(name));
    names.sort_unstable_by_key(|name| (name.to_lowercase(), *name));
    names.dedup();
    names
}

/// The keywords of `-z` that a rule knows.
fn keywords(rules: &[&Rule]) -> Vec<&'static str> {
    let mut all: Vec<_> = rules.iter().flat_map(|rule| parts(&rule.pattern)).filter_map(keyword).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn keyword(pattern: &Pattern) -> Option<&'static str> {
    match pattern {
        Pattern::LinkerIs("z", value) => Some(value),
        _ => None,
    }
}

fn parts(pattern: &Pattern) -> Vec<&Pattern> {
    match pattern {
        Pattern::AnyOf(patterns) => patterns.iter().flat_map(parts).collect(),
        one => vec![one],
    }
}

fn row(page: &mut String, shown: &str, option: &str, value: Option<&str>, rules: &[&Rule]) {
    let cells = SYSTEMS.iter().map(|(_, os)| {
        let of_it: Vec<String> = rules.iter().filter_map(|rule| becomes(rule, option, value, *os)).collect();
        if of_it.is_empty() { "as written".to_string() } else { of_it.join("; ") }
    });
    let _ = writeln!(page, "| {shown} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

/// What a rule makes of an option on a system.
fn becomes(rule: &Rule, option: &str, value: Option<&str>, os: Os) -> Option<String> {
    let when = &rule.when;
    let links = when.stages.is_empty() || when.stages.contains(&Stage::Link);
    let on_it = when.systems.is_empty() || when.systems.contains(&os);
    let of_value = parts(&rule.pattern).iter().find_map(|part| match part {
        Pattern::Linker(name) if *name == option && value.is_none() => Some(String::new()),
        Pattern::LinkerIs(name, own) if *name == option && value.is_none_or(|value| value == *own) => {
            Some(if value.is_none() { format!("`{own}`: ") } else { String::new() })
        }
        Pattern::LinkerBegins(name, start) if *name == option => Some(format!("`{start}…`: ")),
        _ => None,
    })?;
    let what = if links && on_it { effect(rule.action)? } else { return None };
    let zigs = range(when);
    let zigs = if zigs == "every zig" { String::new() } else { format!(", {zigs}") };
    let beside = when.with.map(|with| format!(" beside {}", subject(with).0)).unwrap_or_default();
    let without = when.without.map(|without| format!(" without {}", subject(without).0)).unwrap_or_default();
    Some(format!("{of_value}{what}{beside}{without}{zigs} ([{0}](../tests/golden/rules.md#{0}))", rule.id))
}

fn effect(action: Action) -> Option<String> {
    Some(match action {
        Action::Drop => "left out".into(),
        Action::Replace(words) => format!("`{}`", words.join(" ").replace("{}", "…")),
        Action::Ahead(words) => format!("`{}` before all other words", words.join(" ")),
        Action::Tell([]) => "told to lld".into(),
        Action::Tell(words) => format!("told to lld as `{}`", words.join(" ").replace("{}", "…")),
        Action::Permit([]) => "told to lld where zig's link fails".into(),
        Action::Permit(words) => format!("told to lld where zig's link fails, as `{}`", words.join(" ")),
        Action::Refuse { .. } => "refused".into(),
        Action::LinkerState => "resolved into the words that it stands for".into(),
        _ => return None,
    })
}
