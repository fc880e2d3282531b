//! Being a compiler: from the words to zig.

use crate::answer::Answer;
use crate::argv::{Argv, bytes, response};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::hand_over::{Trouble, hand_over};
use crate::native::link::{self, Libraries};
use crate::native::{headers, memory, started};
use crate::persona::Driver;
use crate::plan::{self, Plan, Surroundings};
use crate::request::{self, Request};
use crate::rule::Stage;
use crate::store::Store;
use crate::sys::{self, env::Env};
use crate::target::go::Wishes;
use crate::target::triple::Spoken;
use crate::target::{LibcChoice, Os, Target};
use crate::zig::find::{Search, Zig};
use crate::{compat, sbom, shims, tool, trouble, voice};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// How deep response files may name response files.
const NESTING: usize = 10;

/// Runs one compiler call.
pub fn run(
    driver: Driver,
    libc: Option<LibcChoice>,
    words: Vec<OsString>,
    env: &Env,
) -> Result<ExitCode, Failure> {
    stop_recursion(env)?;
    let argv = Argv::parse(expand(words, NESTING)?);
    let request = request::request(&argv);
    let target = target(libc, &argv, env)?;
    let search = Search::open(env, &voice::Nobody)?;
    let (zig, target) = search.zig_for(target)?;
    if request == Request::Identify {
        started::leave(env, &search.store);
    }
    let mut libraries = libraries(&request, &argv, (target, &zig), &search)?;
    let doubt = libraries.doubt.take();
    let _stand_ins = libraries.stand_ins.take();
    let around = surroundings(target, &zig, &request, &argv, &search, libraries)?;
    log::info!("given {} {driver:?} {}", target.triple(), voice::shown(&argv.render()));
    let line = trouble::Line::of(driver, &request, &argv);
    match plan::plan(driver, request, argv, &around)? {
        Plan::Answer(answer) => say(answer, &search.store),
        Plan::Zig(call) => {
            let trouble = Trouble { line, doubt };
            hand_over(&search, target, &zig, &call, &trouble)
        }
    }
}

/// The target of a command line.
pub fn target(libc: Option<LibcChoice>, argv: &Argv, env: &Env) -> Result<Target, Failure> {
    let asked = argv.value("-target").map(|triple| triple.to_string_lossy().into_owned());
    let wishes =
        Wishes { argv: asked.as_deref(), name: libc, variable: &|name| env.text(name), host: sys::HOST };
    Ok(wishes.settle()?)
}

/// The target that a subcommand was given by name, else that of the environment; `libc` goes before the environment's.
pub fn named_target(asked: Option<&str>, libc: Option<LibcChoice>, env: &Env) -> Result<Target, Failure> {
    asked.map(Spoken::parse).transpose()?;
    let words = asked.map(|asked| [OsString::from("-target"), asked.into()]);
    target(libc, &Argv::parse(words.into_iter().flatten()), env)
}

/// Everything that a plan for this call needs to know from outside.
pub fn surroundings(
    target: Target,
    zig: &Zig,
    request: &Request,
    argv: &Argv,
    search: &Search,
    libraries: Libraries,
) -> Result<Surroundings, Failure> {
    let (env, store) = (search.env, &search.store);
    let shims = store.shims(shims::DIGEST);
    let works = matches!(request, Request::Work(_));
    if works {
        shims::unpack(store, &shims)?;
    }
    let sdk = if target.os() == Os::Darwin { sdk(env)? } else { None };
    let links = matches!(request, Request::Work(Stage::Link));
    if links && target.os() == Os::Darwin {
        missing_framework(argv, sdk.as_deref(), &shims)?;
    }
    let is_marked = *request == Request::Identify || (works && plan::has_note(argv));
    let native = if is_marked { memory::state(env, target, store) } else { String::new() };
    let Libraries { found, further, gone, needs, .. } = libraries;
    let objects = compat::folder(store, zig.version, target, &needs);
    let lent = Some(sys::LENT_WORK.path).filter(|_| works && sys::can_lend());
    Ok(Surroundings {
        target,
        zig: zig.version,
        zig_lib: zig.library.clone(),
        shims,
        objects,
        sdk,
        found,
        needs,
        further,
        gone,
        lent,
        native,
    })
}

/// The libraries of a link, fetched where need be, and remembered for the link of a Go program; the headers for a compile.
fn libraries(
    request: &Request,
    argv: &Argv,
    (target, zig): (Target, &Zig),
    search: &Search,
) -> Result<Libraries, Failure> {
    match request {
        Request::Work(Stage::Compile) => return headers::libraries(argv, target, search),
        Request::Work(Stage::Link) => {}
        _ => return Ok(Libraries::default()),
    }
    let libraries = link::libraries(argv, (target, zig), search)?;
    if argv.inputs().any(|(_, path)| bytes::file_name(path) == "go.o") {
        memory::remember(search.env, target, &search.store, &libraries);
        sbom::remember(search, target, zig, &libraries, argv);
    }
    Ok(libraries)
}

/// Replaces every `@file` by its words; one that cannot be read is an error, since zig has no file of
/// such a name either.
fn expand(words: Vec<OsString>, depth: usize) -> Result<Vec<OsString>, Failure> {
    if !words.iter().any(|word| response::path(word).is_some()) {
        return Ok(words);
    }
    let mut all = Vec::with_capacity(words.len());
    for word in words {
        let Some(path) = response::path(&word) else {
            all.push(word);
            continue;
        };
        let no = |why: &str, hint: &str| {
            let what = format!("read the response file `{}`: {why}", path.display());
            Failure::new(OwnExit::Request, what, hint)
        };
        let usage = "a word that begins with @ names a file of further words";
        if depth == 0 {
            return Err(no("such files are nested too deeply", usage));
        }
        let contents = fs::read(path).map_err(|error| no(&error.to_string(), usage))?;
        let inner = response::words(&contents).map_err(|bad| no(&bad.to_string(), bad.hint()))?;
        all.extend(expand(inner, depth - 1)?);
    }
    Ok(all)
}

/// Whatever calls us from within us would do so for ever.
fn stop_recursion(env: &Env) -> Result<(), Failure> {
    if env.raw("CGOZIG_DEPTH").is_none() {
        return Ok(());
    }
    Err(Failure::new(
        OwnExit::Start,
        "go on: cgozig was called by the zig that it had started",
        "CGOZIG_ZIG, or the `zig` on PATH, leads back to cgozig; set CGOZIG_ZIG to zig itself",
    ))
}

/// The macOS SDK: `SDKROOT`, or on a Mac the one that `xcrun` would name first.
fn sdk(env: &Env) -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = env.path("SDKROOT") {
        if path.is_absolute() && plan::frameworks(&path).is_dir() {
            return Ok(Some(path));
        }
        let what = format!("use SDKROOT=`{}`: there is no System/Library/Frameworks in it", path.display());
        return Err(Failure::new(OwnExit::Request, what, "set SDKROOT to a macOS SDK's folder, or unset it"));
    }
    let places = [
        "/Library/Developer/CommandLineTools/SDKs/MacOSX.sdk",
        "/Applications/Xcode.app/Contents/Developer/Platforms/MacOSX.platform/Developer/SDKs/MacOSX.sdk",
    ];
    let on_mac = sys::HOST.0 == "darwin";
    Ok(places.iter().map(PathBuf::from).find(|path| on_mac && path.is_dir()))
}

/// A framework that is nowhere stops zig with a list of folders that helps nobody.
fn missing_framework(argv: &Argv, sdk: Option<&Path>, shims: &Path) -> Result<(), Failure> {
    let own = sdk.map_or_else(|| shims.join("macos/Frameworks"), plan::frameworks);
    let folders: Vec<PathBuf> =
        argv.values("-F").chain(argv.values("-iframework")).map(PathBuf::from).collect();
    let names = ["framework", "needed_framework"];
    let asked = argv.items().iter().flat_map(|item| {
        names
            .iter()
            .filter_map(|name| item.linker(name).or_else(|| item.driver(&format!("-{name}"))).flatten())
    });
    for name in asked {
        let folder = format!("{}.framework", name.to_string_lossy());
        if !folders.iter().chain([&own]).any(|place| place.join(&folder).is_dir()) {
            return Err(Failure::new(
                OwnExit::Request,
                format!("link: the macOS framework `{}` is not among cgozig's own stubs", name.display()),
                format!("set SDKROOT to a macOS SDK; it is System/Library/Frameworks/{folder} there"),
            ));
        }
    }
    Ok(())
}

/// Prints an answer.
fn say(answer: Answer, store: &Store) -> Result<ExitCode, Failure> {
    log::info!("answer {answer:?}");
    let printed = match &answer {
        Answer::Says(line) => print_line(io::stdout(), line),
        Answer::Notes(line) | Answer::No(line) => print_line(io::stderr(), OsStr::new(line)),
        Answer::ToolPath(tool) => print_line(io::stdout(), tool::path(*tool, store)?.as_os_str()),
        Answer::Yes | Answer::Fails => Ok(()),
    };
    let failed = matches!(answer, Answer::No(_) | Answer::Fails) || printed.is_err();
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print_line(mut out: impl io::Write, line: &OsStr) -> io::Result<()> {
    out.write_all(&[line.as_encoded_bytes(), b"\n"].concat())
}
