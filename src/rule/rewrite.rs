//! Applying rules to a command line.

use super::{Action, Pattern, Rule, Stage, cpu_words, state};
use crate::archive::Need;
use crate::argv::{Argv, Item, bytes};
use crate::lld::Told;
use crate::request;
use crate::target::Target;
use crate::zig::ZigVersion;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Everything a rule may know besides the line itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What we compile for.
    pub target: Target,
    /// What the call is for.
    pub stage: Stage,
    /// The zig that will get the words.
    pub zig: ZigVersion,
    /// Files that stand in the place of `-l` values.
    pub found: &'a [(OsString, OsString)],
    /// What archives of the link need besides its words.
    pub needs: &'a [Need],
    /// Where objects of our own are, for this target and zig.
    pub objects: &'a Path,
}

/// One change: which rule, and the words before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule's id.
    pub rule: &'static str,
    /// The item's words before.
    pub given: Vec<OsString>,
    /// The words in its place.
    pub made: Vec<OsString>,
    /// Words that lld is told instead.
    pub told: Vec<OsString>,
}

/// What became of a line.
#[derive(Clone, Debug)]
pub enum Rewritten {
    /// The new line.
    Line(Line),
    /// A rule refused it.
    Refused {
        /// The rule's id.
        rule: &'static str,
        /// What is unsupported.
        what: String,
        /// What to do.
        hint: String,
    },
    /// A rule lets it fail without a word, as Go allows there.
    Failed {
        /// The rule's id.
        rule: &'static str,
    },
}

/// A line after the rules.
#[derive(Clone, Debug)]
pub struct Line {
    /// The words for zig.
    pub argv: Argv,
    /// How they came about.
    pub trace: Vec<Step>,
    /// What lld is told by itself.
    pub told: Told,
    /// The objects of our own that the words name, by the names of their sources.
    pub objects: Vec<&'static str>,
}

/// Applies every rule that holds, in the table's order.
pub fn rewrite(rules: impl Iterator<Item = &'static Rule>, facts: &Facts, argv: Argv) -> Rewritten {
    let compiles = request::compiles(facts.stage, &argv);
    let mut line = Line { argv, trace: Vec::new(), told: Told::default(), objects: Vec::new() };
    for rule in rules.filter(|rule| rule.when.holds(facts, compiles)) {
        if let Err(end) = apply(rule, facts, &mut line) {
            return end;
        }
    }
    Rewritten::Line(line)
}

fn apply(rule: &'static Rule, facts: &Facts, line: &mut Line) -> Result<(), Rewritten> {
    if matches!(rule.pattern, Pattern::Line) {
        return if rule.when.line_holds(&line.argv, None) { on_line(rule, facts, line) } else { Ok(()) };
    }
    let Line { argv, trace, told, .. } = line;
    let mut at = 0;
    while at < argv.items().len() {
        if !rule.pattern.matches(&argv.items()[at]) || !rule.when.line_holds(argv, Some(at)) {
            at += 1;
            continue;
        }
        let item = &argv.items()[at];
        let Some(made) = on_item(rule, facts, argv, at)? else {
            at += 1;
            continue;
        };
        let (given, to_lld) = (item.words(), to_lld(rule, item));
        if made == given && !matches!(rule.action, Action::Keep) {
            at += 1;
            continue;
        }
        at += if made == given { 1 } else { argv.splice(at, at + 1, made.iter().cloned()) };
        let made = if let Action::Ahead(words) = rule.action {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            at += argv.splice(0, 0, words.iter().cloned());
            words
        } else {
            made
        };
        told.words.extend(to_lld.iter().cloned());
        told.always |= matches!(rule.action, Action::Tell(_));
        trace.push(Step { rule: rule.id, given, made, told: to_lld });
    }
    Ok(())
}

/// What lld is told of an item.
fn to_lld(rule: &Rule, item: &Item) -> Vec<OsString> {
    match rule.action {
        Action::Tell([]) | Action::Permit([]) => item.tokens.iter().map(|token| token.text.clone()).collect(),
        Action::Tell(words) | Action::Permit(words) => {
            words.iter().map(|word| fill(word, value(item))).collect()
        }
        _ => Vec::new(),
    }
}

/// The words in place of the item at `at`; `None` when the rule has nothing to say of it after all.
fn on_item(
    rule: &'static Rule,
    facts: &Facts,
    argv: &Argv,
    at: usize,
) -> Result<Option<Vec<OsString>>, Rewritten> {
    let item = &argv.items()[at];
    let value = value(item);
    Ok(match rule.action {
        Action::Drop | Action::Tell(_) | Action::Permit(_) | Action::Ahead(_) => Some(Vec::new()),
        Action::Keep => Some(item.words()),
        Action::Replace(words) => Some(words.iter().map(|word| fill(word, value)).collect()),
        Action::ByComma => Some(by_comma(item)),
        Action::ZigCpu => cpu_words::zig_words(item, facts.target),
        Action::Lower => Some(vec![bytes::join("-l", value.unwrap_or_default().to_ascii_lowercase())]),
        Action::FindLibrary => found(facts, value).map(|path| vec![path]),
        Action::Refuse { .. } | Action::FailQuietly => return Err(ended(rule, value)),
        Action::Prepend(_)
        | Action::Append(_)
        | Action::AppendFound(_)
        | Action::AppendObject(_)
        | Action::LinkerState => None,
    })
}

/// What a rule about the whole line does.
fn on_line(rule: &'static Rule, facts: &Facts, line: &mut Line) -> Result<(), Rewritten> {
    let step = |given, made| Step { rule: rule.id, given, made, told: Vec::new() };
    let argv = &mut line.argv;
    let all = |words: &[&str]| words.iter().map(OsString::from).collect();
    let (at, made): (usize, Vec<OsString>) = match rule.action {
        Action::LinkerState => {
            let changes = state::settle(argv);
            line.trace.extend(changes.into_iter().map(|(given, made)| step(given, made)));
            return Ok(());
        }
        Action::Prepend(words) => (0, all(words)),
        Action::Append(words) => (argv.items().len(), all(words)),
        Action::AppendFound(name) => {
            (argv.items().len(), found(facts, Some(OsStr::new(name))).into_iter().collect())
        }
        Action::AppendObject(name) => {
            line.objects.push(name);
            (argv.items().len(), vec![facts.objects.join(name).with_extension("o").into()])
        }
        _ => return Err(ended(rule, None)),
    };
    argv.splice(at, at, made.iter().cloned());
    line.trace.push(step(Vec::new(), made));
    Ok(())
}

fn ended(rule: &'static Rule, value: Option<&OsStr>) -> Rewritten {
    match rule.action {
        Action::Refuse { what, hint } => {
            let value = value.unwrap_or_default().to_string_lossy();
            Rewritten::Refused {
                rule: rule.id,
                what: what.replace("{}", &value),
                hint: hint.replace("{}", &value),
            }
        }
        _ => Rewritten::Failed { rule: rule.id },
    }
}

/// The value of an item, or its path.
fn value(item: &Item) -> Option<&OsStr> {
    use crate::argv::Meaning::{Driver, ForeignDriver, ForeignLinker, Input, Linker};
    match &item.meaning {
        Driver(_, value) | Linker(_, value) => value.as_deref(),
        Input(_, path) => Some(path),
        ForeignDriver | ForeignLinker => item.tokens.first().map(|token| token.text.as_os_str()),
    }
}

/// `word` with `{}` replaced by the value.
fn fill(word: &str, value: Option<&OsStr>) -> OsString {
    match word.split_once("{}") {
        Some((before, after)) => bytes::join(bytes::join(before, value.unwrap_or_default()), after),
        None => word.into(),
    }
}

fn by_comma(item: &Item) -> Vec<OsString> {
    item.tokens.iter().map(|token| bytes::join("-Wl,", &token.text)).collect()
}

fn found(facts: &Facts, value: Option<&OsStr>) -> Option<OsString> {
    facts.found.iter().find(|(name, _)| value == Some(name)).map(|(_, path)| path.clone())
}
