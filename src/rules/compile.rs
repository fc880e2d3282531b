//! Rules about words for the compiler.

use crate::rule::{Action, Cost, Pattern, Proof, Rule, Source, Stage, Vector, When};

/// The rules.
pub const RULES: &[Rule] = &[Rule {
    id: "prepend-no-ubsan",
    why: "zig turns on the undefined behaviour sanitizer without -O",
    sources: &[Source::Link("https://github.com/ziglang/zig/issues/4830")],
    when: When::ALWAYS,
    pattern: Pattern::Line,
    action: Action::Prepend(&["-fno-sanitize=undefined", "-UNDEBUG", "-Wno-date-time"]),
    cost: Cost::Nothing,
    if_believed: "x",
    proof: Proof::Symbol("__ubsan"),
    vectors: &[Vector { on: "linux/amd64", stage: Stage::Compile, given: &["-c", "x.c"], expect: &["-fno-sanitize=undefined", "-c", "x.c"] }],
}];
