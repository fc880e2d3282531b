//! What a link that failed lacks, and what to type.
//!
//! ```text
//!  said     what zig and its linkers print → what is missing              pure
//!  owners   names and prefixes of names → the library that has them       data
//!  mod      both, with the line → a sentence and a hint                   pure
//!  last     the last failure with all that was done, for `explain --last` edge
//!  save     a failed link with its inputs, to be done again                edge
//! ```
//!
//! Nothing is taken away: what zig printed stands above, and two lines come below it.

pub mod last;
pub mod owners;
pub mod said;
pub mod save;

use crate::archive::clues::Clue;
use crate::archive::judge;
use crate::argv::{Argv, InputKind, bytes};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::persona::Driver;
use crate::request::Request;
use crate::rule::Stage;
use crate::target::{Arch, Os, Target};
use owners::Owner;
use said::Said;
use std::ffi::{OsStr, OsString};

/// How many names are shown.
const NAMES: usize = 3;

/// What of a line may explain why its link failed.
#[derive(Clone, Debug)]
pub struct Line {
    driver: Driver,
    /// As it was given.
    argv: Argv,
}

impl Line {
    /// Of a link that somebody waits for: not of the questions that Go asks by trying.
    pub fn of(driver: Driver, request: &Request, argv: &Argv) -> Option<Line> {
        if *request != Request::Work(Stage::Link) {
            return None;
        }
        let is_try = |(kind, path): (InputKind, &OsStr)| {
            kind == InputKind::Source && (path == "-" || bytes::file_name(path) == "trivial.c")
        };
        (!argv.inputs().any(is_try)).then(|| Line { driver, argv: argv.clone() })
    }

    /// The words as they were given.
    pub fn words(&self) -> Vec<OsString> {
        self.argv.render()
    }
}

/// What the failed link lacks, by what was printed; none where nothing is known of it.
pub fn explain(printed: &str, line: &Line, target: Target) -> Option<Failure> {
    let said = Said::read(printed);
    if let Some(library) = said.libraries.first() {
        return Some(no_library(library, line, target));
    }
    let first = said.undefined.first()?;
    let clue = |lack: &said::Lack| {
        Clue::of(c_name(&lack.name, target).as_bytes()).filter(|clue| clue.is_missing_for(target))
    };
    let clued: Vec<_> = said.undefined.iter().filter_map(|lack| Some((lack, clue(lack)?))).collect();
    if let Some((lack, _)) = clued.first() {
        let by = lack.by.as_deref().unwrap_or("an object");
        let names: Vec<_> = clued.iter().map(|(lack, clue)| (lack.name.as_str(), *clue)).collect();
        return other_libc(by, &names, said.undefined.len() - clued.len(), target);
    }
    let whose = |lack: &said::Lack| Owner::of(c_name(&lack.name, target), target, line.driver);
    // The one that has most of the names is the one to begin with.
    let mut owners: Vec<(&'static Owner, usize)> = Vec::new();
    for owner in said.undefined.iter().filter_map(whose) {
        match owners.iter_mut().find(|(own, _)| std::ptr::eq(*own, owner)) {
            Some((_, count)) => *count += 1,
            None => owners.push((owner, 1)),
        }
    }
    let what =
        format!("link: no object or library of the line has {}{}", names(&said.undefined), needed_by(first));
    Some(match owners.iter().max_by_key(|(_, count)| *count) {
        Some((owner, _)) => failure(format!("{what}; {}", owner.cause), owner.hint),
        None => failure(
            what,
            "name the library that has it by -l in `#cgo LDFLAGS`, behind what needs it; a library for another libc or version may lack it",
        ),
    })
}

fn failure(what: String, hint: impl Into<String>) -> Failure {
    Failure::new(OwnExit::Request, what, hint)
}

/// A name without the underscore that Mach-O and 32-bit Windows put before each, the size of arguments that the latter puts
/// behind, and the mark of an import.
fn c_name(name: &str, target: Target) -> &str {
    let plain = name.strip_prefix("__declspec(dllimport) ").unwrap_or(name);
    let plain = plain.strip_prefix("__imp_").unwrap_or(plain);
    let is_old_windows = target.os() == Os::Windows && target.arch() == Arch::X86;
    if target.os() != Os::Darwin && !is_old_windows {
        return plain;
    }
    let plain = plain.strip_prefix('_').unwrap_or(plain);
    let sized = plain.rsplit_once('@').filter(|(_, size)| is_old_windows && size.parse::<u16>().is_ok());
    sized.map_or(plain, |(name, _)| name)
}

/// The undefined names, the first few of them.
fn names(lacks: &[said::Lack]) -> String {
    let shown: Vec<String> = lacks.iter().take(NAMES).map(|lack| format!("`{}`", lack.name)).collect();
    let more = lacks.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more names") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn needed_by(lack: &said::Lack) -> String {
    lack.by.as_ref().map(|by| format!(", which {by} needs")).unwrap_or_default()
}

fn other_libc(by: &str, names: &[(&str, &Clue)], others: usize, target: Target) -> Option<Failure> {
    let refusal = judge::built_for(by, names, target)?;
    let others = match others {
        0 => String::new(),
        others => format!("; {others} other names are missing besides"),
    };
    Some(failure(format!("link: {}{others}", refusal.what), refusal.hint))
}

fn no_library(library: &str, line: &Line, target: Target) -> Failure {
    let folders: Vec<_> = line.argv.values("-L").map(OsStr::to_string_lossy).collect();
    let places = match folders.len() {
        0 => "there is no -L on the line".to_string(),
        _ => format!("none of the folders of -L has such a library: {}", folders.join(", ")),
    };
    let what = format!("link -l{library} for {target}: {places}");
    let hint = match Owner::of_library(library) {
        Some(hint) => hint.to_string(),
        None => format!(
            "put -L with the folder of a lib{library}.a for {target} into CGO_LDFLAGS, or declare one by `cgozig add URL`; this \
             machine's own libraries are for this machine"
        ),
    };
    failure(what, hint)
}
