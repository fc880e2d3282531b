//! Conditions: stage, system, processor, libc, the range of zig versions, and what else is on the line.

use super::pattern::Pattern;
use super::rewrite::Facts;
use crate::archive::Need;
use crate::argv::{Argv, Meaning};
use crate::target::{Arch, Libc, Os};
use crate::zig::ZigVersion;

/// What one call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Objects, assembler or preprocessed text.
    Compile,
    /// Go's trial link, from which it reads dynamic imports; it may fail.
    Dynimport,
    /// Any other link.
    Link,
}

/// Which C library a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibcIs {
    /// glibc.
    Gnu,
    /// musl.
    Musl,
}

/// A condition; every field has to hold.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The stages; empty means all.
    pub stages: &'static [Stage],
    /// The systems; empty means all.
    pub systems: &'static [Os],
    /// The processors; empty means all.
    pub processors: &'static [Arch],
    /// The C library of a Linux target.
    pub libc: Option<LibcIs>,
    /// The first zig that needs the rule.
    pub from_zig: Option<ZigVersion>,
    /// The first zig that no longer needs it.
    pub before_zig: Option<ZigVersion>,
    /// Only the last item of its name: with compilers the last one counts.
    pub last: bool,
    /// Not a link that compiles a source as well.
    pub alone: bool,
    /// What archives of the link must need.
    pub needs: Option<Need>,
    /// What must be on the line as well.
    pub with: Option<&'static Pattern>,
    /// What must not be on the line.
    pub without: Option<&'static Pattern>,
}

impl When {
    /// No condition.
    pub const ALWAYS: When = When {
        stages: &[],
        systems: &[],
        processors: &[],
        libc: None,
        from_zig: None,
        before_zig: None,
        last: false,
        alone: false,
        needs: None,
        with: None,
        without: None,
    };

    /// Any link.
    pub const fn linking(self) -> When {
        When { stages: &[Stage::Link, Stage::Dynimport], ..self }
    }

    /// Only these stages.
    pub const fn at(self, stages: &'static [Stage]) -> When {
        When { stages, ..self }
    }

    /// Only a compile that makes an object, and not a link that compiles a source as well.
    pub const fn compiling_only(self) -> When {
        When { stages: &[Stage::Compile], alone: true, ..self }
    }

    /// Only these systems.
    pub const fn on(self, systems: &'static [Os]) -> When {
        When { systems, ..self }
    }

    /// Only these processors.
    pub const fn cpu(self, processors: &'static [Arch]) -> When {
        When { processors, ..self }
    }

    /// Only this C library.
    pub const fn libc(self, libc: LibcIs) -> When {
        When { libc: Some(libc), ..self }
    }

    /// From this zig on.
    pub const fn from_zig(self, minor: u16) -> When {
        When { from_zig: Some(ZigVersion::new(0, minor, 0)), ..self }
    }

    /// Up to the zig before this one.
    pub const fn before_zig(self, minor: u16) -> When {
        When { before_zig: Some(ZigVersion::new(0, minor, 0)), ..self }
    }

    /// Only the last item of its name.
    pub const fn last(self) -> When {
        When { last: true, ..self }
    }

    /// Only when archives of the link need this.
    pub const fn needing(self, need: Need) -> When {
        When { needs: Some(need), ..self }
    }

    /// Only when this is on the line as well.
    pub const fn with(self, pattern: &'static Pattern) -> When {
        When { with: Some(pattern), ..self }
    }

    /// Only when this is not on the line.
    pub const fn without(self, pattern: &'static Pattern) -> When {
        When { without: Some(pattern), ..self }
    }

    /// Whether the rule is for this zig.
    pub fn in_range(&self, zig: ZigVersion) -> bool {
        self.from_zig.is_none_or(|first| zig >= first) && self.before_zig.is_none_or(|end| zig < end)
    }

    /// Whether everything but the line holds; a link that compiles a source first is a compile as well.
    pub fn holds(&self, facts: &Facts, compiles: bool) -> bool {
        let any = |empty: bool, found: bool| empty || found;
        let is_at =
            |stage: &Stage| *stage == facts.stage || (*stage == Stage::Compile && compiles && !self.alone);
        any(self.stages.is_empty(), self.stages.iter().any(is_at))
            && any(self.systems.is_empty(), self.systems.contains(&facts.target.os()))
            && any(self.processors.is_empty(), self.processors.contains(&facts.target.arch()))
            && self.needs.is_none_or(|need| facts.needs.contains(&need))
            && self.libc_holds(facts)
            && self.in_range(facts.zig)
    }

    /// Whether the line is as the rule wants it, for the item at `at` or for the line as a whole.
    pub fn line_holds(&self, argv: &Argv, at: Option<usize>) -> bool {
        let has = |pattern: &Pattern| argv.items().iter().any(|item| pattern.matches(item));
        let is_last = |at: usize| match &argv.items()[at].meaning {
            Meaning::Driver(name, _) => argv.items()[at + 1..].iter().all(|item| item.driver(name).is_none()),
            _ => true,
        };
        self.with.is_none_or(has) && !self.without.is_some_and(has) && (!self.last || at.is_none_or(is_last))
    }

    fn libc_holds(&self, facts: &Facts) -> bool {
        match (self.libc, facts.target.libc()) {
            (None, _) | (Some(LibcIs::Musl), Some(Libc::Musl)) | (Some(LibcIs::Gnu), Some(Libc::Gnu(_))) => {
                true
            }
            (Some(_), _) => false,
        }
    }
}
