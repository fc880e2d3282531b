//! Whether a file can be linked for a target, or why not: a sentence that says what it is and what was wanted.

use super::clues::Clue;
use super::facts::{Facts, Form, Kind};
use super::object_file::Format;
use super::runtime::Runtime;
use crate::native::variant::Variant;
use crate::target::{Libc, Os, Target};
use std::path::Path;

/// Why a file is not linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it is, and what was wanted.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// Judges what the file is: its form, and the format, processor and system of its objects.
pub fn form(facts: &Facts, path: &Path, target: Target) -> Result<(), Refusal> {
    let promised = Promise::of(path);
    let why = match facts.form {
        Form::Archive | Form::Fat | Form::Object => return contents(facts, promised, target),
        Form::Shared if promised == Promise::Shared => return objects(facts, target),
        // Linkers have scripts and stubs by these names.
        Form::Text if promised != Promise::Static => return Ok(()),
        Form::Shared => "it is a shared library, not what its name says",
        Form::Program => "it is a program",
        Form::Text => "it is text, which a linker would read as its script",
        Form::Empty => "it is empty (0 bytes)",
        Form::Thin => "it is a thin archive: it holds the names of its objects, not the objects",
        Form::Other => "it is neither an archive nor an object",
    };
    let hint = match facts.form {
        Form::Thin => "make it again without `T` (`ar crs`)".into(),
        Form::Shared => "use the library's static build, or give the file its right name".into(),
        _ => wanted(target),
    };
    Err(Refusal { what: format!("{why}, and {}", link_is_for(target)), hint })
}

/// Judges what its objects need of a C library: names that the target's lacks. `counts` says which names count.
pub fn needs(facts: &Facts, target: Target, counts: &dyn Fn(&str) -> bool) -> Result<(), Refusal> {
    let names = missing(facts, target).filter(|name| counts(name));
    let missing: Vec<_> = names.filter_map(|name| Some((name, Clue::of(name.as_bytes())?))).collect();
    built_for("it", &missing, target).map_or(Ok(()), Err)
}

/// The names of a C library that its objects need and the target's lacks.
pub fn missing(facts: &Facts, target: Target) -> impl Iterator<Item = &str> {
    let names = of_target(facts, target).flat_map(|kind| &kind.needs).map(String::as_str);
    names.filter(move |name| Clue::of(name.as_bytes()).is_some_and(|clue| clue.is_missing_for(target)))
}

/// Whether its objects need a telling name.
pub fn calls(facts: &Facts, target: Target, name: &str) -> bool {
    of_target(facts, target).any(|kind| kind.needs.iter().any(|own| own == name))
}

/// The runtimes that its objects need.
pub fn asks(facts: &Facts, target: Target) -> impl Iterator<Item = Runtime> {
    of_target(facts, target).flat_map(|kind| kind.asks.iter().copied())
}

/// The runtimes that its objects have.
pub fn brings(facts: &Facts, target: Target) -> impl Iterator<Item = Runtime> {
    of_target(facts, target).flat_map(|kind| kind.brings.iter().copied())
}

fn of_target(facts: &Facts, target: Target) -> impl Iterator<Item = &Kind> {
    facts.kinds.iter().filter(move |kind| fits(kind, target))
}

/// For which C library `who` was built, by the names that it needs and the target's lacks; none without such names.
pub fn built_for(who: &str, missing: &[(&str, &Clue)], target: Target) -> Option<Refusal> {
    // The newest glibc says most.
    let (name, clue) = missing.iter().max_by_key(|(_, clue)| clue.glibc())?;
    let more =
        if missing.len() > 1 { format!(" and {} more names", missing.len() - 1) } else { String::new() };
    let what = format!("{who} was built for {} (needs `{name}`{more}), and {}", clue.of, link_is_for(target));
    let hint = match (target.libc(), clue.glibc()) {
        (Some(Libc::Gnu(_)), Some(floor)) => {
            format!("set CGOZIG_LIBC=gnu.{floor}, or use a build of the library for an older glibc")
        }
        _ => wanted(target),
    };
    Some(Refusal { what, hint })
}

/// What a name promises.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    Static,
    Shared,
    /// Nothing: a part of the C library.
    System,
}

/// Libraries that glibc (since 2.34) and musl ship without members, or as a script (glibc's libm.a).
const SYSTEM: &[&str] =
    &["anl", "crypt", "dl", "m", "pthread", "pthread_nonshared", "resolv", "rt", "util", "xnet"];

impl Promise {
    fn of(path: &Path) -> Promise {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let stem = name.strip_prefix("lib").and_then(|name| name.strip_suffix(".a"));
        let is_shared = [".so", ".dylib", ".tbd", ".dll"].iter().any(|end| name.ends_with(end));
        if is_shared || name.contains(".so.") {
            Promise::Shared
        } else if stem.is_some_and(|stem| SYSTEM.contains(&stem)) {
            Promise::System
        } else {
            Promise::Static
        }
    }
}

fn contents(facts: &Facts, promised: Promise, target: Target) -> Result<(), Refusal> {
    let damaged = facts.damage.as_ref().map(|damage| format!("it is damaged: {damage}"));
    let nothing = || match facts {
        _ if !facts.kinds.is_empty() => None,
        Facts { unfinished: 1.., .. } => {
            Some("it holds no machine code but what link-time optimization starts from (-flto)")
        }
        Facts { archives: 1.., .. } => {
            Some("it holds no object but other archives, which no linker looks into")
        }
        Facts { others: 1.., .. } => Some("it holds no object"),
        _ if promised == Promise::System => None,
        _ => Some("it is an archive without members"),
    };
    match damaged.or_else(|| nothing().map(String::from)) {
        None if facts.kinds.is_empty() => Ok(()),
        None => objects(facts, target),
        Some(why) => {
            let hint = match facts {
                Facts { damage: Some(_), .. } => "fetch or build the file again".into(),
                Facts { unfinished: 1.., .. } => "build it without -flto".into(),
                _ => wanted(target),
            };
            Err(Refusal { what: format!("{why}, and {}", link_is_for(target)), hint })
        }
    }
}

/// Whether some objects are the target's; a linker leaves the others alone.
fn objects(facts: &Facts, target: Target) -> Result<(), Refusal> {
    if facts.kinds.iter().any(|kind| fits(kind, target)) {
        return Ok(());
    }
    let mut owners: Vec<String> = facts.kinds.iter().map(owner).collect();
    owners.sort();
    owners.dedup();
    let what = format!("it is for {}, and {}", owners.join(", "), link_is_for(target));
    Err(Refusal { what, hint: wanted(target) })
}

fn fits(kind: &Kind, target: Target) -> bool {
    let head = &kind.head;
    head.format == format(target.os())
        && head.machine == target.arch().go()
        && head.system.as_ref().is_none_or(|system| system == target.os().go())
}

fn format(os: Os) -> Format {
    match os {
        Os::Darwin => Format::MachO,
        Os::Windows => Format::Coff,
        _ => Format::Elf,
    }
}

/// Whose objects they are, as Go writes it where they say as much.
fn owner(kind: &Kind) -> String {
    let machine = &kind.head.machine;
    match (&kind.head.system, kind.head.format) {
        (Some(system), _) => format!("{system}/{machine}"),
        (None, Format::Elf) => {
            let os = kind.needs.iter().find_map(|name| Clue::of(name.as_bytes())?.os);
            os.map_or_else(|| format!("{machine} (ELF)"), |os| format!("{}/{machine}", os.go()))
        }
        (None, Format::MachO) => format!("{machine} (Mach-O)"),
        (None, Format::Coff) => format!("{machine} (COFF)"),
    }
}

fn link_is_for(target: Target) -> String {
    match target.libc() {
        None => format!("the link is for {target}"),
        Some(Libc::Musl) => format!("the link is for {target} with musl"),
        Some(Libc::Gnu(floor)) => format!("the link is for {target} with glibc {floor}"),
    }
}

fn wanted(target: Target) -> String {
    let variant = Variant::serving(target).next();
    let named = variant
        .map_or_else(|| target.to_string(), |variant| format!("{variant} ({})", variant.rust_triple()));
    // As confluent-kafka-go, gozstd and others have it.
    let by_tag = match target.libc() {
        Some(Libc::Musl) => ", which Go modules may have behind `-tags musl`",
        _ => "",
    };
    format!("use the library's build for {named}{by_tag}")
}
