//! The rule table as a table: complete, without contradictions, and right in its own examples.

use cgozig::argv::Argv;
use cgozig::rule::{Action, Facts, Rewritten, Rule, Stage, rewrite};
use cgozig::rules;
use cgozig::target::triple::Spoken;
use cgozig::target::{LibcChoice, MacosVersion, Target};
use cgozig::zig::ZigVersion;
use cgozig::zig::version::RELEASES;
use std::ffi::OsString;
use std::path::Path;

fn target(text: &str) -> Target {
    let spoken = Spoken::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    spoken.target(LibcChoice::Unsaid, MacosVersion::DEFAULT, &|_| None).unwrap()
}

/// A zig for which the rule is.
fn zig_in_range(rule: &Rule) -> ZigVersion {
    let inside = RELEASES.iter().rev().map(|release| release.version).find(|zig| rule.when.in_range(*zig));
    inside.unwrap_or_else(|| panic!("{} is for no supported zig", rule.id))
}

fn facts(on: &str, stage: Stage, zig: ZigVersion) -> Facts<'static> {
    Facts { target: target(on), stage, zig, found: &[], needs: &[], objects: Path::new("$OBJECTS") }
}

fn apply(rule: &'static Rule, vector: usize, words: &[OsString]) -> Option<Vec<OsString>> {
    let vector = &rule.vectors[vector];
    let found = [":libonlystatic.a", "onlystatic", "libonlystatic.a.1"]
        .map(|name| (name.into(), "./libonlystatic.a".into()));
    let found = [&found[..], &[("stdc++".into(), "./libstdc++.a".into())]].concat();
    let zig = zig_in_range(rule);
    let facts = Facts { found: &found, needs: vector.needs, ..facts(vector.on, vector.stage, zig) };
    match rewrite(std::iter::once(rule), &facts, Argv::parse(words.iter().cloned())) {
        Rewritten::Line(line) => Some(line.argv.render()),
        Rewritten::Refused { .. } | Rewritten::Failed { .. } => None,
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

#[test]
fn every_example_is_right() {
    for rule in rules::all() {
        for (at, vector) in rule.vectors.iter().enumerate() {
            let made = apply(rule, at, &words(vector.given));
            assert_eq!(made, vector.expect.map(words), "{} on {:?}", rule.id, vector.given);
        }
    }
}

/// Whether the rule puts words beside those of the caller, each time.
fn adds(rule: &Rule) -> bool {
    use Action::{Append, AppendFound, AppendObject, Prepend};
    matches!(rule.action, Prepend(_) | Append(_) | AppendFound(_) | AppendObject(_))
}

#[test]
fn a_rule_has_nothing_more_to_do_after_it_was_applied() {
    for rule in rules::all().filter(|rule| !adds(rule)) {
        for (at, vector) in rule.vectors.iter().enumerate() {
            let once = vector.expect.map(words);
            let twice = once.as_ref().and_then(|once| apply(rule, at, once));
            assert_eq!(twice, once, "{}", rule.id);
        }
    }
}

#[test]
fn every_rule_says_why_and_whence_and_shows_both_sides() {
    let mut ids = Vec::new();
    for rule in rules::all() {
        assert!(!ids.contains(&rule.id), "{} is there twice", rule.id);
        ids.push(rule.id);
        assert!(
            rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
        assert!(
            rule.why.len() > 30 && !rule.sources.is_empty() && !rule.if_believed.is_empty(),
            "{}",
            rule.id
        );
        let (fires, quiet) = vector_sides(rule);
        let keeps = matches!(rule.action, Action::Keep);
        assert!(quiet, "{}: no example in which it does not fire", rule.id);
        assert!(fires || keeps, "{}: no example in which it fires", rule.id);
        if let Action::Refuse { what, .. } = rule.action {
            assert!(what.contains("unsupported"), "{}: Go's probes look for that word", rule.id);
        }
    }
}

/// Whether some example changes, and some stays.
fn vector_sides(rule: &Rule) -> (bool, bool) {
    let changes = rule.vectors.iter().any(|vector| vector.expect != Some(vector.given));
    let stays = rule.vectors.iter().any(|vector| vector.expect == Some(vector.given));
    (changes, stays || rule.vectors.len() > 1)
}

#[test]
fn one_item_is_touched_by_one_rule() {
    for rule in rules::all() {
        for vector in rule.vectors {
            let facts = facts(vector.on, vector.stage, zig_in_range(rule));
            let Rewritten::Line(line) = rewrite(rules::all(), &facts, Argv::parse(words(vector.given)))
            else {
                continue;
            };
            for (at, step) in line.trace.iter().enumerate().filter(|(_, step)| !step.given.is_empty()) {
                let again = line.trace[at + 1..]
                    .iter()
                    .find(|other| other.given == step.given && step.made == step.given);
                assert!(again.is_none(), "{} and {again:?} touch the same words", step.rule);
            }
        }
    }
}

/// `$(CC) -O3 main.c -o app` in a Makefile compiles as `-c` does.
#[test]
fn a_link_that_compiles_a_source_has_the_rules_of_a_compile() {
    let steps = |line: &[&str]| {
        let zig = ZigVersion::new(0, 15, 2);
        let facts = facts("windows/amd64", Stage::Link, zig);
        match rewrite(rules::all(), &facts, Argv::parse(words(line))) {
            Rewritten::Line(line) => line.trace.iter().map(|step| step.rule).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    let compiles = |line: &[&str]| steps(line).contains(&"reproducible-windows-objects");
    assert!(compiles(&["-O2", "x.c", "-o", "x.exe"]) && compiles(&["x.o", "y.cc"]));
    assert!(!compiles(&["-O2", "x.o", "-o", "x.exe"]));
}
