//! Becoming zig: its cache for the target, the first link alone, words too long for a line, and what comes after a link: its
//! finish, or what explains that it failed.

use crate::argv::{bytes, response};
use crate::compat;
use crate::direct::{Route, learn};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::linking::{self, After, Linked};
use crate::pack;
use crate::plan::ZigCall;
use crate::rule::Stage;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::store::usage::Clean;
use crate::sys;
use crate::target::Target;
use crate::trouble::made::Made;
use crate::trouble::{self, Line, last, save};
use crate::voice;
use crate::warm::{FirstLink, Turn};
use crate::zig::find::{Search, Zig};
use crate::zig::{ZigVersion, install};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// Becomes zig; where something is left to do or to explain afterwards, waits for it.
pub fn hand_over(
    search: &Search,
    target: Target,
    zig: &Zig,
    call: &ZigCall,
    trouble: &Trouble,
) -> Result<ExitCode, Failure> {
    write_down(call, zig.version);
    let store = &search.store;
    let (turn, after) = match linking::directly(search, (target, zig), call, trouble)? {
        Linked::Done(ended) => return Ok(ended),
        Linked::Open(turn, after) => (turn, after),
    };
    let waited = || turn_of(search, (target, zig), call.link_kind.as_deref());
    let (cache, first) = turn.map_or_else(waited, Ok)?;
    compat::make(store, zig, &cache, &call.objects)?;
    let direct = direct(search, (zig, &cache), call)?;
    let words = direct.as_ref().unwrap_or(&call.words);
    let mut command = zig.command(&cache);
    let long = add_words(&mut command, words, store)?;
    let not_started = |error: io::Error| zig.not_started(&error);
    if let Some(work) = &call.work {
        lend(work, &mut command)?;
    }
    let is_last =
        call.finish.is_none() && first.is_none() && !call.told.is_some() && matches!(after, After::Nothing);
    if is_last && long.is_none() && !trouble.may_be_told() {
        return sys::become_program(command).map_err(not_started);
    }
    let (status, printed) = linking::by_zig(search, (zig, &cache), call, command, trouble)?;
    if !status.success() {
        trouble.tell(search, target, (zig, &cache), call, &printed);
        return Ok(sys::ended(status));
    }
    succeeded(search, (zig, &cache), call, (&after, first))?;
    Ok(sys::ended(status))
}

/// What is left to do when zig has succeeded.
fn succeeded(
    search: &Search,
    (zig, cache): (&Zig, &TargetCache),
    call: &ZigCall,
    (after, first): (&After, Option<FirstLink>),
) -> Result<(), Failure> {
    finish(call)?;
    // Those that wait shall know it too.
    after.succeeded_by_zig(call, (zig, cache), &search.store);
    if let Some(first) = first {
        first.succeeded();
        if call.stage == Stage::Link {
            keep_size(search, &search.store, cache.folder());
        }
    }
    Ok(())
}

/// The words for zig's own clang, where the route and what was learned let it be called.
fn direct(
    search: &Search,
    (zig, cache): (&Zig, &TargetCache),
    call: &ZigCall,
) -> Result<Option<Vec<OsString>>, Failure> {
    let route = Route::of(search.env)?;
    if route == Route::ZigCc || call.stage != Stage::Compile {
        return Ok(None);
    }
    let words = learn::compile(&call.words, route, (zig, cache), &search.store);
    match &words {
        Some(words) => log::info!("direct {}", voice::shown(words)),
        None if route == Route::Direct => return Err(not_direct("compile", zig)),
        None => {}
    }
    Ok(words)
}

/// The failure to do without `zig cc`.
pub(crate) fn not_direct(work: &str, zig: &Zig) -> Failure {
    Failure::new(
        OwnExit::Request,
        format!("{work} this by the clang or linker of zig {} directly", zig.said),
        "unset CGOZIG_ROUTE: what cannot be done directly goes by `zig cc`",
    )
}

/// Gives a command its words, in a file where they are too long for a line; the file has to live as long as the call.
pub(crate) fn add_words(
    command: &mut Command,
    words: &[OsString],
    store: &Store,
) -> Result<Option<tempfile::NamedTempFile>, Failure> {
    let length: usize = words.iter().map(|word| word.len() + 1).sum();
    if length <= sys::LONGEST_LINE {
        command.args(words);
        return Ok(None);
    }
    let file = long_words(&words[1..], store)?;
    command.arg(&words[0]);
    if words[0] == "ld.lld" || words[0] == "clang" {
        command.arg("--rsp-quoting=windows");
    }
    command.arg(bytes::join("@", file.path()));
    Ok(Some(file))
}

/// What explains a call if it fails.
#[derive(Debug, Default)]
pub struct Trouble {
    /// The line of a call that is waited for.
    pub line: Option<Line>,
    /// What was doubtful before it was tried.
    pub doubt: Option<Failure>,
}

impl Trouble {
    fn may_be_told(&self) -> bool {
        self.line.is_some() || self.doubt.is_some()
    }

    /// Runs zig to its end; where it can be explained with what it prints to standard error, which is passed on as it comes.
    pub(crate) fn run(&self, command: &mut Command) -> io::Result<(ExitStatus, Vec<u8>)> {
        sys::end_with_us(command);
        if self.line.is_none() {
            return Ok((command.status()?, Vec::new()));
        }
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let mut printed = Vec::new();
        if let Some(mut pipe) = child.stderr.take() {
            let mut buffer = [0; 8192];
            loop {
                let count = match pipe.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Ok(count @ 1..) => count,
                    _ => break,
                };
                // Where nobody reads on, zig is still waited for.
                let _ = io::stderr().write_all(&buffer[..count]);
                printed.extend_from_slice(&buffer[..count]);
                last::shorten(&mut printed);
            }
        }
        Ok((child.wait()?, printed))
    }

    /// Says why it failed, as far as that is known, and keeps all of it for `cgozig explain --last`.
    pub(crate) fn tell(
        &self,
        search: &Search,
        target: Target,
        (zig, cache): (&Zig, &TargetCache),
        call: &ZigCall,
        printed: &[u8],
    ) {
        let printed = String::from_utf8_lossy(printed);
        let line = self.line.as_ref();
        let found = line.and_then(|line| trouble::explain_with(&Made::of, &printed, line, target));
        let confirmed = || line.is_none_or(|line| trouble::confirms_doubt(&printed, line, target));
        let doubt = self.doubt.clone().filter(|_| found.is_none() || confirmed());
        let why = doubt.or(found);
        if let Some(line) = &self.line {
            let text = last::text(line, (target, zig), call, &printed, why.as_ref());
            last::write(&search.store, &text);
            if let Some(place) = search.env.path("CGOZIG_SAVE_DIR").filter(|_| line.is_link()) {
                keep(&place, (zig, cache), (line, call), &text);
            }
        }
        why.as_ref().map(voice::report);
    }
}

/// Keeps a failed link in the user's folder, and says where.
fn keep(place: &Path, zig: (&Zig, &TargetCache), link: (&Line, &ZigCall), text: &str) {
    let kept = if place.is_absolute() {
        save::write(place, zig, link, text)
    } else {
        Err(io::Error::other("CGOZIG_SAVE_DIR is not an absolute path"))
    };
    match kept {
        Ok(folder) => voice::note(&format!("the link is kept in {}: sh link.sh", folder.display())),
        Err(error) => voice::note(&format!("the link is not kept in `{}`: {error}", place.display())),
    }
}

/// The log of a call.
fn write_down(call: &ZigCall, zig: ZigVersion) {
    for step in &call.trace {
        log::info!("rule {} {} => {}", step.rule, voice::shown(&step.given), voice::shown(&step.made));
    }
    log::info!("zig {zig} {}", voice::shown(&call.words));
}

/// Does what is left to do with the output.
pub(crate) fn finish(call: &ZigCall) -> Result<(), Failure> {
    let Some((finish, output)) = &call.finish else { return Ok(()) };
    finish.apply(output).map_err(|error| {
        let what = format!("finish `{}`: {error}", output.display());
        Failure::new(OwnExit::Store, what, "the folder of the output has to be writable")
    })
}

/// Lends zig the folder in which Go works. Where we run in it, `PWD` says so by the same path, which clang believes when it
/// leads to the same place: debug information holds the current folder.
fn lend(work: &Path, command: &mut Command) -> Result<(), Failure> {
    sys::lend_folder(sys::LENT_WORK, work).map_err(|error| {
        let what = format!("compile in Go's work folder `{}`: {error}", work.display());
        Failure::new(
            OwnExit::Request,
            what,
            "`go build -work` keeps the folder for a command of `go build -x`",
        )
    })?;
    if std::env::current_dir().is_ok_and(|current| current == work) {
        command.env("PWD", sys::LENT_WORK.path);
    }
    Ok(())
}

/// zig's cache for a call, and whether it is a first link, which has it alone.
pub(crate) fn turn_of(
    search: &Search,
    (target, zig): (Target, &Zig),
    link_kind: Option<&str>,
) -> Result<(TargetCache, Option<FirstLink>), Failure> {
    search.store.or_beside(zig.version, target.triple().as_str(), |store| {
        let (cache, first) = turn(search, store, (zig.version, target), link_kind)?;
        if first.is_some() {
            pack::fetch::before_first_link(search, store, (zig, target), &cache);
        }
        Ok((cache, first))
    })
}

fn turn(
    search: &Search,
    store: &Store,
    (zig, target): (ZigVersion, Target),
    link_kind: Option<&str>,
) -> Result<(TargetCache, Option<FirstLink>), Failure> {
    let patience = install::patience(search.env);
    loop {
        let cache = target_cache(search, store, zig, target)?;
        let Some(kind) = link_kind else { return Ok((cache, None)) };
        match FirstLink::of(kind, (zig, target), &cache, store, patience)? {
            Turn::First(first) => return Ok((cache, Some(first))),
            Turn::Later => return Ok((cache, None)),
            Turn::Gone => {}
        }
    }
}

/// zig's cache for the target. The first use on a day removes the objects of days gone by.
fn target_cache(
    search: &Search,
    store: &Store,
    zig: ZigVersion,
    target: Target,
) -> Result<TargetCache, Failure> {
    let triple = target.triple();
    let (cache, new_day) = store.target_cache(zig, triple.as_str())?;
    if !new_day {
        return Ok(cache);
    }
    store.sweep_targets();
    keep_size(search, store, cache.folder());
    Ok(cache)
}

/// Keeps the store below the size that the user states: asked where it grows by much, on a first link and a new day.
/// The cache in use stays, and a build does not end because the store is large.
fn keep_size(search: &Search, store: &Store, in_use: &Path) {
    let Ok(Some(limit)) = search.settings.max_size() else { return };
    let clean = Clean { max_size: Some(limit), keep: Some(in_use), older_than: None };
    if let Err(failure) = store.clean(clean) {
        log::warn!("could not {}", failure.what);
    }
}

/// Words too long for a command line, in a file as zig reads it; it lives as long as the call.
fn long_words(words: &[OsString], store: &Store) -> Result<tempfile::NamedTempFile, Failure> {
    let failed = |error: io::Error| Failure::store("write a response file in", store.root(), &error);
    let file = tempfile::NamedTempFile::new_in(store.root()).or_else(|_| tempfile::NamedTempFile::new());
    let mut file = file.map_err(failed)?;
    file.write_all(&response::for_zig(words)).map_err(failed)?;
    Ok(file)
}
