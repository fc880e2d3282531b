//! All rules, in the order in which they are applied. Data only.

mod archives;
mod compile;
mod elf;
pub mod left_out;
mod linker;
mod lld;
mod macos;
mod target;
mod windows;

use crate::archive::Need;
use crate::rule::{Pattern, Rule, Source, Stage, Vector};
use crate::target::Os;

/// The groups, one per file.
const GROUPS: &[&[Rule]] = &[
    target::RULES,
    linker::RULES,
    lld::RULES,
    elf::RULES,
    archives::RULES,
    windows::RULES,
    macos::RULES,
    compile::RULES,
];

/// Any link.
const LINKS: &[Stage] = &[Stage::Link, Stage::Dynimport];

/// The systems of ELF.
const ELF: &[Os] = &[Os::Linux, Os::Freebsd, Os::Netbsd, Os::Openbsd];
const WINDOWS: &[Os] = &[Os::Windows];
const DARWIN: &[Os] = &[Os::Darwin];
const ALL_BUT_DARWIN: &[Os] = &[Os::Linux, Os::Windows, Os::Freebsd, Os::Netbsd, Os::Openbsd];

/// An optimisation level at which zig does more than optimise.
const OPTIMISED: &Pattern = &Pattern::AnyOf(&[
    Pattern::DriverIs("-O", "1"),
    Pattern::DriverIs("-O", "2"),
    Pattern::DriverIs("-O", "3"),
    Pattern::DriverIs("-O", "4"),
    Pattern::DriverIs("-O", "fast"),
    Pattern::DriverIs("-O", "s"),
    Pattern::DriverIs("-O", "z"),
]);

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().copied().flatten()
}

const fn link(url: &'static str) -> Source {
    Source::Link(url)
}

const fn seen(what: &'static str) -> Source {
    Source::Observed(what)
}

const fn vector(
    on: &'static str,
    stage: Stage,
    given: &'static [&'static str],
    expect: &'static [&'static str],
) -> Vector {
    Vector { on, stage, given, expect: Some(expect), needs: &[] }
}

/// An example in which the rule ends the call.
const fn ended(on: &'static str, stage: Stage, given: &'static [&'static str]) -> Vector {
    Vector { on, stage, given, expect: None, needs: &[] }
}

/// An example of a final link whose archives need what the rule is about.
const fn needing(
    on: &'static str,
    given: &'static [&'static str],
    expect: &'static [&'static str],
) -> Vector {
    Vector { needs: Need::ALL, ..vector(on, Stage::Link, given, expect) }
}
