//! Undefined names, those of one origin together, and what brings them.
//!
//! One origin is told in full: names of another C library, else the one with the most names. Others follow with a count.

use super::failure;
use super::made::Made;
use super::owners::Owner;
use super::said::{Lack, PACKAGE};
use crate::archive::clues::Clue;
use crate::archive::judge;
use crate::failure::Failure;
use crate::persona::Driver;
use crate::target::{Arch, Os, Target};
use std::path::Path;

/// How many names are shown, and how many characters of each.
const NAMES: usize = 3;
const LETTERS: usize = 60;
/// How many origins are named.
const GROUPS: usize = 3;

/// Where a name comes from that nobody is known to have: one that a library needs, and one that a package calls.
const OF_LIBRARY: &str = "name the library that has it by -l in `#cgo LDFLAGS`, behind what needs it; a library for another libc or version may lack it";
const OF_PACKAGE: &str = "name the library that has it by -l in `#cgo LDFLAGS`; a C file of yours that has it lies beside the Go files and is for this system \
                      (name, //go:build); in a C++ file it is `extern \"C\"`";

/// Whose a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Another C library's.
    Libc,
    /// A library's.
    Owner(&'static Owner),
    /// Nobody's that is known.
    Nobody,
}

/// The names of one origin.
#[derive(Debug)]
struct Group<'s> {
    origin: Origin,
    lacks: Vec<&'s Lack>,
}

/// What the names are of, and what to do; none where there are none.
pub fn explain(
    undefined: &[Lack],
    driver: Driver,
    target: Target,
    look: &dyn Fn(&Path) -> Option<Made>,
) -> Option<Failure> {
    let groups = groups(undefined, driver, target);
    let (first, others) = groups.split_first()?;
    let told = first.told(target, look)?;
    let (others, rest) = others.split_at(others.len().min(GROUPS - 1));
    let mut also: Vec<String> = others.iter().map(Group::also).collect();
    let rest: usize = rest.iter().map(|group| group.lacks.len()).sum();
    if rest > 0 {
        also.push(format!("{rest} more"));
    }
    let also = if also.is_empty() { String::new() } else { format!("; besides, {}", also.join(" and ")) };
    let hints = others.iter().filter_map(Group::hint).map(|hint| format!("; {hint}"));
    Some(failure(format!("{}{also}", told.what), format!("{}{}", told.hint, hints.collect::<String>())))
}

/// The names by their origins, the most telling first.
fn groups(undefined: &[Lack], driver: Driver, target: Target) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for lack in undefined {
        let origin = origin(lack, driver, target);
        match groups.iter_mut().find(|group| group.origin == origin) {
            Some(group) => group.lacks.push(lack),
            None => groups.push(Group { origin, lacks: vec![lack] }),
        }
    }
    while let Some((to, from)) = brought(&groups) {
        let lacks = groups[from].lacks.clone();
        groups[to].lacks.extend(lacks);
        groups.remove(from);
    }
    groups.sort_by_key(|group| match group.origin {
        Origin::Libc => (0, 0),
        Origin::Owner(_) => (1, usize::MAX - group.lacks.len()),
        Origin::Nobody => (2, 0),
    });
    groups
}

/// Two groups of which what helps the first helps the second as well.
fn brought(groups: &[Group]) -> Option<(usize, usize)> {
    let pairs = (0..groups.len()).flat_map(|to| (0..groups.len()).map(move |from| (to, from)));
    pairs.into_iter().find(|(to, from)| match (groups[*to].origin, groups[*from].origin) {
        (Origin::Owner(one), Origin::Owner(other)) => one.brings(other),
        _ => false,
    })
}

fn origin(lack: &Lack, driver: Driver, target: Target) -> Origin {
    if clue(lack, target).is_some() {
        return Origin::Libc;
    }
    Owner::of(c_name(&lack.name, target), target, driver).map_or(Origin::Nobody, Origin::Owner)
}

/// Whether one of the names is of another C library than the target's.
pub fn lacks_libc(undefined: &[Lack], target: Target) -> bool {
    undefined.iter().any(|lack| clue(lack, target).is_some())
}

fn clue(lack: &Lack, target: Target) -> Option<&'static Clue> {
    Clue::of(c_name(&lack.name, target).as_bytes()).filter(|clue| clue.is_missing_for(target))
}

impl Group<'_> {
    /// All of it.
    fn told(&self, target: Target, look: &dyn Fn(&Path) -> Option<Made>) -> Option<Failure> {
        let first = self.lacks.first()?;
        let what = format!("link: no object or library of the line has {}{}", self.names(), needed_by(first));
        Some(match self.origin {
            Origin::Libc => {
                let by = first.by.as_deref().unwrap_or("an object");
                let names: Vec<_> = self
                    .lacks
                    .iter()
                    .filter_map(|lack| Some((lack.name.as_str(), clue(lack, target)?)))
                    .collect();
                let refusal = judge::built_for(by, &names, target)?;
                failure(format!("link: {}", refusal.what), refusal.hint)
            }
            Origin::Owner(owner) if owner.is_cxx() => cxx(&what, owner, first, look),
            Origin::Owner(owner) => failure(format!("{what}; {}", owner.cause), owner.hint),
            Origin::Nobody => {
                failure(what, if first.by.as_deref() == Some(PACKAGE) { OF_PACKAGE } else { OF_LIBRARY })
            }
        })
    }

    /// Beside one that is told in full.
    fn also(&self) -> String {
        let first = self.lacks.first().map_or("", |lack| lack.name.as_str());
        let (first, count) = (shortened(first), self.lacks.len());
        let like = if count == 1 { format!("`{first}`") } else { format!("{count} names like `{first}`") };
        match self.origin {
            Origin::Owner(owner) => format!("{like} ({})", owner.cause),
            Origin::Libc | Origin::Nobody => format!("{like} (of an origin that is not known)"),
        }
    }

    fn hint(&self) -> Option<String> {
        let Origin::Owner(owner) = self.origin else { return None };
        let first = self.lacks.first()?;
        Some(format!("for `{}`: {}", shortened(&first.name), owner.hint))
    }

    /// The first few names.
    fn names(&self) -> String {
        let shown: Vec<String> =
            self.lacks.iter().take(NAMES).map(|lack| format!("`{}`", shortened(&lack.name))).collect();
        let more = self.lacks.len().saturating_sub(NAMES);
        let more = match more {
            0 => String::new(),
            1 => " and 1 more name".into(),
            more => format!(" and {more} more names"),
        };
        format!("{}{more}", shown.join(", "))
    }
}

/// C++ names: of a library that g++ has built, of an object that it compiled because CXX was not set, or of a link by CC.
fn cxx(what: &str, owner: &Owner, first: &Lack, look: &dyn Fn(&Path) -> Option<Made>) -> Failure {
    let gcc = first.path.as_deref().and_then(|path| look(Path::new(path))?.gcc);
    match (gcc, &first.by) {
        (Some(gcc), _) => failure(
            format!("{what}; {gcc} compiled that object against its own libstdc++, not cgozig"),
            "CXX=cgozig-c++ beside CC=cgozig",
        ),
        (None, Some(by)) if owner.is_gnu_cxx() && by.contains(" in ") => failure(
            format!(
                "{what}; that library was built with GNU's libstdc++, and zig has LLVM's libc++: the two do not mix"
            ),
            "put gcc's libstdc++.a for the target (`g++ -print-file-name=libstdc++.a`) into the library's folder, or into another with \
             CGO_LDFLAGS=-L and that (the module cache is read-only), or build the library with CXX=cgozig-c++",
        ),
        _ => failure(format!("{what}; {}", owner.cause), owner.hint),
    }
}

fn needed_by(lack: &Lack) -> String {
    lack.by.as_ref().map(|by| format!(", which {by} needs")).unwrap_or_default()
}

/// C++ names can be as long as a page.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.into();
    }
    format!("{}…", name.chars().take(LETTERS).collect::<String>())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::go::Wishes;

    fn told(names: &[&str], port: &str) -> Failure {
        let target =
            Wishes { argv: Some(port), name: None, variable: &|_| None, host: ("linux", "amd64") }.settle();
        let lack = |name: &&str| Lack { name: (*name).into(), by: Some("a.o in liba.a".into()), path: None };
        let lacks: Vec<Lack> = names.iter().map(lack).collect();
        explain(&lacks, Driver::Cc, target.unwrap(), &|_| None).unwrap()
    }

    #[test]
    fn the_origin_with_most_names_comes_first_and_others_are_counted() {
        let failure = told(&["f", "SSL_new", "deflate", "g", "inflate", "_Unwind_Resume"], "linux/amd64");
        assert!(
            failure.what.contains("has `deflate`, `inflate`, which a.o in liba.a needs"),
            "{}",
            failure.what
        );
        assert!(
            failure.what.contains("besides, `SSL_new` (") && failure.what.ends_with(" and 2 more"),
            "{}",
            failure.what
        );
        assert!(failure.hint.contains("for `_Unwind_Resume`: CGO_LDFLAGS=-lunwind"), "{}", failure.hint);
    }

    #[test]
    fn what_a_runtime_brings_is_no_origin_of_its_own() {
        let failure =
            told(&["_Unwind_Resume", "std::__cxx11::f()", "operator new(unsigned long)"], "linux/amd64");
        assert!(
            failure.what.contains("GNU's libstdc++") && !failure.what.contains("besides"),
            "{}",
            failure.what
        );
        let failure = told(&["_Unwind_Resume", "__cxa_throw"], "linux/amd64");
        assert!(failure.hint.contains("-lc++") && !failure.what.contains("besides"), "{}", failure.what);
    }

    #[test]
    fn names_are_compared_as_c_has_them() {
        assert!(told(&["_deflate@4"], "windows/386").hint.contains("-lz"));
        assert!(told(&["__declspec(dllimport) WSAStartup"], "windows/amd64").hint.contains("-lws2_32"));
        let long = "x".repeat(100);
        assert!(told(&[&long], "linux/amd64").what.contains(&format!("`{}…`", "x".repeat(60))));
    }
}
