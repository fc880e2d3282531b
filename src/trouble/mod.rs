//! What a link or a look at headers that failed lacks, and what to type.
//!
//! ```text
//!  said     what zig, clang and linkers print → what is missing           pure
//!  owners   names and prefixes of names → the library that has them       data
//!  headers  headers → the library or system that has them                 data
//!  origins  undefined names, those of one origin together → a sentence    pure
//!  phrases  what else is printed, by Go and when a program starts         data
//!  phrase   a printed line → the row that has it, filled in               pure
//!  log      a text that somebody else has kept → a sentence and a hint    pure
//!  mod      all of it, with the line → a sentence and a hint              pure
//!  made     whose an object is, and by which compiler                     edge
//!  last     the last failure with all that was done, for `explain --last` edge
//!  save     a failed link with its inputs, to be done again               edge
//! ```
//!
//! Nothing is taken away: what zig printed stands above, and two lines come below it.

pub mod headers;
pub mod last;
pub mod log;
pub mod made;
pub mod origins;
pub mod owners;
pub mod phrase;
pub mod phrases;
pub mod said;
pub mod save;

use crate::archive::judge;
use crate::argv::{Argv, InputKind, bytes};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::persona::Driver;
use crate::request::Request;
use crate::rule::Stage;
use crate::target::{Libc, Os, Target};
use headers::{Headers, Of};
use made::Made;
use owners::Owner;
use phrase::Caller;
use said::{Said, Whose};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What of a line may explain why it failed.
#[derive(Clone, Debug)]
pub struct Line {
    driver: Driver,
    /// As it was given.
    argv: Argv,
}

impl Line {
    /// Of a call that somebody waits for: a link, or the preprocessor alone, by which cgo looks at the headers of a package.
    /// Not of a compile, which zig takes over, nor of the questions that Go asks by trying.
    pub fn of(driver: Driver, request: &Request, argv: &Argv) -> Option<Line> {
        let is_try = |(kind, path): (InputKind, &OsStr)| {
            kind == InputKind::Source && (path == "-" || bytes::file_name(path) == "trivial.c")
        };
        let counts = match request {
            Request::Work(Stage::Link) => !argv.inputs().any(is_try),
            Request::Work(Stage::Compile) => argv.has("-E"),
            _ => false,
        };
        counts.then(|| Line { driver, argv: argv.clone() })
    }

    /// Of a call of which only the output is known.
    pub fn unseen() -> Line {
        Line { driver: Driver::Cc, argv: Argv::default() }
    }

    /// Whether it is one of a link.
    pub fn is_link(&self) -> bool {
        !self.argv.has("-E")
    }

    /// The words as they were given.
    pub fn words(&self) -> Vec<OsString> {
        self.argv.render()
    }
}

/// What a call of somebody else's lacks, by what was printed; none where nothing is known of it.
pub fn explain(printed: &str, target: Target) -> Option<Failure> {
    missing(&|_| None, printed, &Line::unseen(), target)
}

/// What a failed call of ours lacks, by what was printed and what `look` sees in the objects.
pub fn explain_with(
    look: &dyn Fn(&Path) -> Option<Made>,
    printed: &str,
    line: &Line,
    target: Target,
) -> Option<Failure> {
    missing(look, printed, line, target).or_else(|| phrase::explain(printed, Caller::Cgozig))
}

/// Whether what was printed is what a doubt foretold: of a link, names that the target's C library lacks; of a look at
/// headers, one that is not there.
pub fn confirms_doubt(printed: &str, line: &Line, target: Target) -> bool {
    let said = Said::read(printed);
    if line.is_link() { origins::lacks_libc(&said.undefined, target) } else { !said.headers.is_empty() }
}

fn missing(
    look: &dyn Fn(&Path) -> Option<Made>,
    printed: &str,
    line: &Line,
    target: Target,
) -> Option<Failure> {
    let said = Said::read(printed);
    if let Some(header) = said.headers.first() {
        return Some(no_header(header, target));
    }
    if let Some(library) = said.libraries.first() {
        return Some(no_library(library, line, target));
    }
    let object = said.foreign.first().and_then(|object| foreign(object, target, look));
    object.or_else(|| origins::explain(&said.undefined, line.driver, target, look))
}

fn failure(what: String, hint: impl Into<String>) -> Failure {
    Failure::new(OwnExit::Request, what, hint)
}

/// A header that is nowhere.
fn no_header(header: &said::Header, target: Target) -> Failure {
    let said::Header { name, by, gcc } = header;
    if *gcc {
        let what =
            format!("compile `{by}`: gcc was asked, which finds no `{name}`: CC or CXX is gcc's, or not set");
        return failure(what, phrases::BOTH);
    }
    let what = |why: &str| format!("compile `{by}` for {target}: there is no `{name}`: {why}");
    let only_on = |systems: &str, tag: &str| {
        failure(
            what(&format!("it is a header of {systems}")),
            format!(
                "`//go:build {tag}` at the top of the Go or C file that includes it leaves the file out elsewhere"
            ),
        )
    };
    match Headers::of(name, target) {
        Some(Of::Library(called, packages)) => failure(
            what(&format!(
                "it is of {called}, and this machine's own headers (/usr/include) are not looked at"
            )),
            from_package(called, *packages, target),
        ),
        Some(Of::System(systems, tag, _)) => only_on(systems, tag),
        Some(Of::Apple) if target.os() != Os::Darwin => only_on("macOS", "darwin"),
        Some(Of::Apple) => failure(
            what("it is of a macOS SDK, and cgozig has stubs of libraries only"),
            "set SDKROOT to a macOS SDK",
        ),
        Some(Of::Glibc) => failure(
            what("it is of glibc, and musl has no such header"),
            "CGOZIG_LIBC=gnu, or leave out what needs it where `__GLIBC__` is not defined",
        ),
        Some(Of::Other(why, hint)) => failure(what(why), *hint),
        None => failure(
            what("no folder of -I has it, and this machine's own headers are not looked at"),
            "put -I with the folder of it into CGO_CFLAGS (`#cgo CFLAGS: -I${SRCDIR}/include` for one of the module's own)",
        ),
    }
}

/// Where the headers of a library for a target come from; by the names of Debian, Alpine and Homebrew.
fn from_package(called: &str, [debian, alpine, brew]: [&str; 3], target: Target) -> String {
    let (of_linux, include) = match target.libc() {
        // Debian keeps headers that differ between processors apart.
        Some(Libc::Gnu(_)) => {
            (("Debian", debian), "-I with its usr/include and with its usr/include/*-linux-gnu*")
        }
        Some(Libc::Musl) => (("Alpine", alpine), "-I with its usr/include"),
        None => (("", "-"), "-I with its include folder"),
    };
    let package = match (target.os(), of_linux) {
        (Os::Darwin, _) if brew == "-" => {
            format!("set SDKROOT to a macOS SDK that has it, or take a build of {called} for the target")
        }
        (Os::Darwin, _) => {
            format!("set SDKROOT to a macOS SDK that has it, or take brew's {brew} of such a Mac")
        }
        (Os::Windows, _) => format!("take a mingw-w64 build of {called}"),
        (_, (_, "-")) => format!("take a build of {called} for the target"),
        (_, (whose, package)) => format!("unpack {whose}'s {package} of the target"),
    };
    format!(
        "{package}, and put {include} into CGO_CFLAGS, -L with the folder of its libraries into CGO_LDFLAGS"
    )
}

/// An object that the linker does not take.
fn foreign(object: &str, target: Target, look: &dyn Fn(&Path) -> Option<Made>) -> Option<Failure> {
    let whose = said::whose(object);
    let shown = match &whose {
        Whose::Package => "an object of the Go package".to_string(),
        Whose::File(name) => format!("`{name}`"),
    };
    let Some(made) = look(Path::new(object)) else {
        return Some(failure(
            format!("link {shown}: it is for another target than the link, or damaged"),
            "CC=cgozig CXX=cgozig-c++, both, and no -target in only one of them; a library's object or archive has to be one for the target",
        ));
    };
    let refusal = judge::form(&made.facts, Path::new(object), target).err()?;
    Some(match (made.gcc, whose) {
        (Some(gcc), _) => failure(
            format!("link {shown}, which {gcc} compiled: {}", refusal.what),
            "CC=cgozig and CXX=cgozig-c++, both: what Go is not told to compile with, gcc or g++ compiles for this machine",
        ),
        (None, Whose::Package) => failure(
            format!("link {shown}: {}", refusal.what),
            "CC and CXX have to be for one target: CC=cgozig CXX=cgozig-c++, and no -target in only one of them",
        ),
        (None, Whose::File(_)) => {
            failure(format!("link {shown}: {}", refusal.what), format!("compile it by cgozig for {target}"))
        }
    })
}

fn no_library(library: &str, line: &Line, target: Target) -> Failure {
    let folders: Vec<_> = line.argv.values("-L").map(OsStr::to_string_lossy).collect();
    let places = match folders.len() {
        0 => "there is no -L on the line".to_string(),
        _ => format!("none of the folders of -L has such a library: {}", folders.join(", ")),
    };
    let what = format!("link -l{library} for {target}: {places}");
    // `-l:libx.a` names the file itself.
    let file = library.strip_prefix(':').map_or_else(|| format!("lib{library}.a"), String::from);
    let hint = match Owner::of_library(library) {
        Some(hint) => hint.to_string(),
        None => format!(
            "put -L with the folder of a {file} for {target} into CGO_LDFLAGS, or declare one by `cgozig add URL`; this \
             machine's own libraries are for this machine"
        ),
    };
    failure(what, hint)
}
