//! Everything decided, nothing done.

use crate::answer::{self, Answer};
use crate::archive::Need;
use crate::argv::{Argv, bytes};
use crate::compat::{self, OwnObject};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::finish::Finish;
use crate::identity::Identity;
use crate::lld::Told;
use crate::persona::Driver;
use crate::probe;
use crate::request::{self, Asker, Request};
use crate::rule::{Facts, Line, Rewritten, Stage, Step, rewrite};
use crate::rules;
use crate::target::{Os, Target};
use crate::zig::ZigVersion;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What the edge found out for a plan.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// What we compile for.
    pub target: Target,
    /// The zig that will get the words.
    pub zig: ZigVersion,
    /// Its own library folder.
    pub zig_lib: PathBuf,
    /// The folder of our shims.
    pub shims: PathBuf,
    /// The folder of our own objects for the target; empty where no archive needs anything.
    pub objects: PathBuf,
    /// The macOS SDK in use.
    pub sdk: Option<PathBuf>,
    /// Files that stand in the place of `-l` values.
    pub found: Vec<(OsString, OsString)>,
    /// What archives of the link need besides its words.
    pub needs: Vec<Need>,
    /// Words for the end of a link: what fetched libraries need of the system.
    pub further: Vec<OsString>,
    /// `-L` folders that are not there.
    pub gone: Vec<OsString>,
    /// The path under which Go's work folder can be lent to zig, where it can.
    pub lent: Option<&'static str>,
    /// The state of the main module's prebuilt libraries, for who we are to Go.
    pub native: String,
}

/// What to do with a call.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Answer it from memory.
    Answer(Answer),
    /// Give zig these words.
    Zig(ZigCall),
}

/// A call of zig.
#[derive(Clone, Debug)]
pub struct ZigCall {
    /// `cc`, the target, and the rewritten words.
    pub words: Vec<OsString>,
    /// What they are for.
    pub stage: Stage,
    /// How they came about.
    pub trace: Vec<Step>,
    /// Go's work folder, which the words name by the path under which it is lent.
    pub work: Option<PathBuf>,
    /// What lld is told in a link of its own.
    pub told: Told,
    /// Objects of our own that the words name.
    pub objects: Vec<OwnObject>,
    /// What is left to do with the output.
    pub finish: Option<(Finish, PathBuf)>,
    /// For a link, Go's trial link too, all that decides which of the target's own libraries zig needs and how it builds them.
    pub link_kind: Option<String>,
}

/// Decides what to do with a call.
pub fn plan(driver: Driver, request: Request, argv: Argv, around: &Surroundings) -> Result<Plan, Failure> {
    let (target, zig) = (around.target, around.zig);
    let identity = || Identity::of(target, zig, around.sdk.as_deref(), &around.native);
    Ok(Plan::Answer(match request {
        Request::Identify => answer::identity(&identity()),
        Request::Version => answer::version(target, zig),
        Request::Machine => Answer::Says(answer::machine(target).into()),
        Request::DumpVersion => Answer::Says(zig.clang().into()),
        Request::ProgramName(name) => answer::program_name(&name),
        Request::FileName(name) => Answer::Says(file_name(&name, around)),
        Request::LibgccFileName => Answer::Says("libgcc.a".into()),
        Request::LinkerVersion(linker) => answer::linker_version(linker.as_deref(), zig),
        Request::Nothing => {
            return Err(Failure::new(
                OwnExit::Request,
                "compile: there are no input files",
                "`cgozig --help` tells what cgozig does; `CC=cgozig go build` uses it",
            ));
        }
        Request::Supports(asker, flag) => return supports(driver, asker, &flag, argv, around),
        Request::Work(stage) => return work(driver, stage, argv, around, &identity),
    }))
}

/// A question of Go's about a flag: from memory when the rest of the line is in order.
fn supports(
    driver: Driver,
    asker: Asker,
    flag: &OsStr,
    argv: Argv,
    around: &Surroundings,
) -> Result<Plan, Failure> {
    let known = flag.to_str().and_then(|flag| probe::answer(asker, flag, around.target.os()));
    let stage = crate::request::stage(&argv);
    let no_note = || Identity::of(around.target, around.zig, None, "");
    match (work(driver, stage, argv, around, &no_note)?, known) {
        (Plan::Zig(_), Some(true)) => Ok(Plan::Answer(Answer::Yes)),
        (Plan::Zig(_), Some(false)) => Ok(Plan::Answer(Answer::No(format!(
            "cgozig: could not use {}: unsupported by zig",
            flag.display()
        )))),
        (plan, _) => Ok(plan),
    }
}

/// Real work: the rules, then the words that belong to the target.
fn work(
    driver: Driver,
    stage: Stage,
    argv: Argv,
    around: &Surroundings,
    identity: &dyn Fn() -> Identity,
) -> Result<Plan, Failure> {
    let target = around.target;
    let finish = Finish::of(&argv, target)
        .filter(|_| stage == Stage::Link)
        .map(|finish| (finish, PathBuf::from(argv.value("-o").unwrap_or(OsStr::new("a.out")))));
    let argv = without_folders(argv, &around.gone);
    let note = note(stage, &argv, around, identity);
    let compiles = request::compiles(stage, &argv);
    let Some(Line { argv, trace, told, objects }) = by_rules(stage, argv, around)? else {
        return Ok(Plan::Answer(Answer::Fails));
    };
    let mut words = target.words(driver.zig());
    let link_kind = (stage != Stage::Compile).then(|| link_kind(driver, &words, &argv));
    words.extend(note);
    words.extend(argv.render());
    words.extend(around.further.iter().cloned());
    words.extend(own_folders(stage, compiles, around));
    let work = around.lent.filter(|_| stage == Stage::Compile).and_then(|lent| lend_work(&mut words, lent));
    // Go's trial link does without.
    let told = if stage == Stage::Link { told } else { Told::default() };
    let objects = compat::objects(&objects, target, around);
    Ok(Plan::Zig(ZigCall { words, stage, trace, work, told, objects, finish, link_kind }))
}

/// The line after the rules; none where one lets it fail without a word.
fn by_rules(stage: Stage, argv: Argv, around: &Surroundings) -> Result<Option<Line>, Failure> {
    let facts = Facts {
        target: around.target,
        stage,
        zig: around.zig,
        found: &around.found,
        needs: &around.needs,
        objects: &around.objects,
    };
    match rewrite(rules::all(), &facts, argv) {
        Rewritten::Line(line) => Ok(Some(line)),
        Rewritten::Failed { .. } => Ok(None),
        Rewritten::Refused { rule, what, hint } => {
            let hint = format!("{hint} (`cgozig explain {rule}`)");
            Err(Failure::new(OwnExit::Request, what, hint))
        }
    }
}

/// A line without the `-L` folders that are not there: zig warns of each, where other compilers say nothing, and Go prints
/// every word of a linker.
fn without_folders(mut argv: Argv, gone: &[OsString]) -> Argv {
    let is_gone = |at: usize, argv: &Argv| {
        let folder = argv.items()[at].driver("-L").flatten();
        folder.is_some_and(|folder| gone.iter().any(|gone| gone == folder))
    };
    let mut at = 0;
    while at < argv.items().len() {
        if is_gone(at, &argv) {
            argv.splice(at, at + 1, [])
        } else {
            at += 1;
            0
        };
    }
    argv
}

/// What cmd/go maps its work folder to.
const WORK_MAP: &str = "=/tmp/go-build";

/// Names Go's work folder by the path under which it is lent, in the words that only say where to look and what to write
/// into the object. Its own name is another in each build, and would keep zig's cache from ever having an object again.
fn lend_work(words: &mut [OsString], lent: &str) -> Option<PathBuf> {
    let map = |word: &OsString| {
        let word = word.to_str()?;
        let (option, map) = word.split_once('=')?;
        let is_map = matches!(option, "-ffile-prefix-map" | "-fdebug-prefix-map");
        map.strip_suffix(WORK_MAP).filter(|_| is_map).map(str::to_string)
    };
    let folder = words.iter().find_map(map)?;
    let (with_slash, as_map) = (format!("{folder}/"), format!("{folder}="));
    let mut follows_include = false;
    for word in words {
        let text = word.to_str().unwrap_or_default();
        let is_place = follows_include || map(word).is_some() || text.starts_with("-I");
        follows_include = text == "-I";
        if is_place && (text.contains(&with_slash) || text.contains(&as_map)) {
            *word = text.replacen(&folder, lent, 1).into();
        }
    }
    Some(folder.into())
}

/// What the options begin with that decide how zig builds libc, compiler-rt and libc++.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    "-O", "-g", "-s", "-S", "-m", "-pie", "-no-pie", "-nopie", "-dynamiclib", "-fPIC", "-fpic", "-fPIE", "-fpie",
    "-fno-PIC", "-fno-pic", "-fno-PIE", "-fno-pie", "-flto", "-fno-lto", "-fsanitize", "-fno-sanitize",
    "-fstack-protector", "-fno-stack-protector", "-fomit-frame-pointer", "-fno-omit-frame-pointer",
    "-funwind-tables", "-fno-unwind-tables", "-fasynchronous", "-fno-asynchronous", "-ffunction-sections",
    "-fdata-sections", "-lc++", "-lstdc++", "-lunwind", "-lgcc_",
];

/// The driver, the processor, and every option on code generation, symbols and the kind of output, in a fixed order:
/// zig builds libc, compiler-rt and libc++ with these. `own` are the words on the target.
fn link_kind(driver: Driver, own: &[OsString], argv: &Argv) -> String {
    // A path among the options of cgo differs from package to package, and from build to build.
    let fits = |text: &&str| !text.contains('/') && STARTS.iter().any(|start| text.starts_with(start));
    let tokens = argv.items().iter().flat_map(|item| &item.tokens).map(|token| &token.text);
    let mut words: Vec<&str> = tokens.chain(own).filter_map(|word| word.to_str()).filter(fits).collect();
    words.sort_unstable();
    words.dedup();
    format!("{} {}", driver.zig(), words.join(" "))
}

/// Go relinks a program only when an object changed. What the objects of a package do not show (another
/// libc, zig or rule table) is written as a note into the one that cgo makes for every package.
fn note(stage: Stage, argv: &Argv, around: &Surroundings, identity: &dyn Fn() -> Identity) -> Vec<OsString> {
    if stage != Stage::Compile || !has_note(argv) {
        return Vec::new();
    }
    let header = around.shims.join("note").join("cgozig-note.h");
    vec![format!("-DCGOZIG_NOTE=\"{}\"", identity().digest()).into(), "-include".into(), header.into()]
}

/// Whether a compile is of the file that gets the note.
pub fn has_note(argv: &Argv) -> bool {
    !argv.has("-E") && argv.inputs().any(|(_, path)| bytes::file_name(path) == "_cgo_export.c")
}

/// The folders that fill zig's gaps, after the caller's own.
fn own_folders(stage: Stage, compiles: bool, around: &Surroundings) -> Vec<OsString> {
    if around.target.os() != Os::Darwin {
        return Vec::new();
    }
    let mut words: Vec<OsString> = Vec::new();
    match &around.sdk {
        Some(sdk) if compiles => {
            words.extend(["-isystem".into(), sdk.join("usr/include").into()]);
            words.extend(["-iframework".into(), frameworks(sdk).into()]);
        }
        Some(_) => {}
        None => words.extend(["-idirafter".into(), around.shims.join("macos/include").into()]),
    }
    if stage != Stage::Compile {
        let (libraries, frameworks) = match &around.sdk {
            Some(sdk) => (sdk.join("usr/lib"), frameworks(sdk)),
            None => (around.shims.join("macos/lib"), around.shims.join("macos/Frameworks")),
        };
        words.extend([bytes::join("-L", libraries), bytes::join("-F", frameworks)]);
    }
    words
}

/// Where an SDK has its frameworks.
pub fn frameworks(sdk: &Path) -> PathBuf {
    sdk.join("System/Library/Frameworks")
}

/// What `-print-file-name` says: cmd/link asks whether the synchronization library of Windows is there,
/// which zig has under the name of its API set; anything else is answered as clang does, by its own name.
fn file_name(name: &OsStr, around: &Surroundings) -> OsString {
    if around.target.os() == Os::Windows && name == "libsynchronization.a" {
        return around.zig_lib.join("libc/mingw/lib-common/api-ms-win-core-synch-l1-2-0.def").into();
    }
    name.into()
}
