//! All rules, in the order in which they are applied.

mod compile;

use crate::rule::Rule;

/// The groups, one per file.
const GROUPS: &[&[Rule]] = &[compile::RULES];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().copied().flatten()
}
