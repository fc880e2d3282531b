//! A rule is a value: what a user sees without it, where that is known from, when it holds, what it looks
//! at, what it does, what that costs, and examples.
//!
//! Everything is a closed enum, so that a rule can be printed, compared and tested. From the one table in
//! [`crate::rules`] come the rewriter, `cgozig explain`, the generated reference and the live test that
//! holds each rule against each supported zig.

pub mod action;
pub mod cpu_words;
pub mod explain;
pub mod options;
pub mod pattern;
pub mod rewrite;
pub mod state;
pub mod when;

use crate::archive::Need;

pub use action::{Action, Cost};
pub use pattern::Pattern;
pub use rewrite::{Facts, Line, Rewritten, Step, rewrite};
pub use when::{Stage, When};

/// One thing on which Go, zig and a libc disagree, and the repair.
#[derive(Debug)]
pub struct Rule {
    /// A stable name: verb and option. Never renamed, never used again.
    pub id: &'static str,
    /// The failure that a user sees without it.
    pub why: &'static str,
    /// Where that is known from.
    pub sources: &'static [Source],
    /// When it holds.
    pub when: When,
    /// Which items it looks at.
    pub pattern: Pattern,
    /// What it does with them.
    pub action: Action,
    /// What is lost by that.
    pub cost: Cost,
    /// What Go does when a probe makes it believe that the option works.
    pub if_believed: &'static str,
    /// How a live test sees that the rule is needed.
    pub proof: Proof,
    /// Examples: at least one in which it fires and one in which it does not.
    pub vectors: &'static [Vector],
}

/// Where a fact is known from.
#[derive(Debug)]
pub enum Source {
    /// A public page: an issue, a commit, a file.
    Link(&'static str),
    /// What was run, with which versions.
    Observed(&'static str),
}

/// How a live test sees, with each supported zig, that a rule is right.
///
/// Inside the rule's range of zig versions the given words of its first vector show the fault and the
/// expected words do not; outside the range the given words do not show it. Where a rule keeps the words or
/// ends the call, the same words without what the rule looks at stand for the expected ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// zig exits with an error.
    Refused,
    /// zig prints this although it goes on.
    Prints(&'static str),
    /// Whether this macro is defined differs between the given and the expected words.
    Macro(&'static str),
    /// The output differs between the given and the expected words.
    Changes,
    /// clang is called with this word for the expected words and not for the given ones.
    Clang(&'static str),
    /// The object is that of a compile without the first word, since zig takes it from its cache.
    Stale,
    /// The output is the same as without the item, or there is none: zig ignores or refuses it.
    Ignored,
    /// The header of the program says so: `static-pie`, `gui`, …
    Header(&'static str),
    /// Two outputs of the same words differ when each is made with a cache of its own.
    Unstable,
    /// Each of these builds by Go goes wrong without the rule.
    Builds(&'static [Build]),
}

/// A `go build` that goes wrong without a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// The port, as Go writes it.
    pub port: &'static str,
    /// The C library, as `CGOZIG_LIBC` takes it; `own` where the system has one only.
    pub libc: &'static str,
    /// The folder of the program.
    pub program: &'static str,
    /// The build mode.
    pub mode: &'static str,
    /// What goes wrong.
    pub fault: Fault,
}

/// What goes wrong with a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails and says this.
    Says(&'static str),
    /// It goes through, and the program crashes.
    Crashes,
}

/// An example: words before and after.
#[derive(Debug)]
pub struct Vector {
    /// The target, in any of the four languages.
    pub on: &'static str,
    /// The stage.
    pub stage: Stage,
    /// The words as given.
    pub given: &'static [&'static str],
    /// The words after the rule; none where it ends the call.
    pub expect: Option<&'static [&'static str]>,
    /// What archives of the link need besides.
    pub needs: &'static [Need],
}
