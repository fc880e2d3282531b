//! The routes of a link: by zig's linker itself where it is known how, else by `zig cc`, of which it is then learned.
//!
//! ```text
//!  known    zig ld.lld WORDS TOLD       it fails: what it printed is held back, and `zig cc` has the last word
//!  new      zig cc …                    and after a success one more call, of an example, from which the words are learned
//!  never    zig cc …                    what has no shape, or cannot be learned; Mach-O, which has no linker of its own
//!  told     zig cc …, zig ld.lld …      twice: what zig refuses is told to its linker
//! ```

use crate::argv::bytes;
use crate::compat;
use crate::direct::Route;
use crate::direct::learn_link::{Known, Link};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::hand_over::{self, Trouble, add_words};
use crate::lld;
use crate::plan::ZigCall;
use crate::rule::Stage;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::sys;
use crate::target::{Os, Target};
use crate::voice;
use crate::warm::FirstLink;
use crate::zig::find::{Search, Zig};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};

/// What became of a link that `zig cc` has not been asked for.
#[expect(clippy::large_enum_variant, reason = "there is one of them in a call")]
pub enum Linked {
    /// It is done.
    Done(ExitCode),
    /// `zig cc` shall do it, or say why not. Where its turn was waited for, that is it.
    Open(Option<Turn>, After),
}

/// The target's cache, and the lock of a first link.
pub type Turn = (TargetCache, Option<FirstLink>);

/// What is left to do when `zig cc` has linked.
pub enum After {
    /// Learn how it did.
    Learn(Link),
    /// What was learned did not serve.
    Forget(Link),
    /// Nothing.
    Nothing,
}

impl After {
    /// Learns of `zig cc` what it can do; forgets what was learned wrongly.
    pub fn succeeded_by_zig(&self, call: &ZigCall, (zig, cache): (&Zig, &TargetCache), store: &Store) {
        match self {
            After::Learn(link) => link.learn(zig, cache, store),
            // What only permits is not told at first: that it was needed is nothing to forget.
            After::Forget(link) if !call.told.is_some() || call.told.always => {
                log::warn!("a link went by `zig cc` and not by its linker itself: that is learned again");
                link.forget();
            }
            _ => {}
        }
    }
}

/// Links by zig's linker itself, where the route and what was learned let it be called.
pub fn directly(
    search: &Search,
    (target, zig): (Target, &Zig),
    call: &ZigCall,
    trouble: &Trouble,
) -> Result<Linked, Failure> {
    let route = Route::of(search.env)?;
    let has_linker = target.os().is_elf() || target.os() == Os::Windows;
    if route == Route::ZigCc || call.stage == Stage::Compile || !has_linker {
        return Ok(Linked::Open(None, After::Nothing));
    }
    let (mut cache, _) = hand_over::turn_of(search, (target, zig), None)?;
    let Some(mut link) = Link::of(&call.words, zig, &cache) else { return not_known(route, zig) };
    let (mut known, mut first) = (link.known(zig, &cache, &search.store), None);
    if known == Known::New {
        // Whoever is first may have learned it meanwhile, or have brought a pack.
        let (own, turn) = hand_over::turn_of(search, (target, zig), call.link_kind.as_deref())?;
        if own != cache {
            link = Link::of(&call.words, zig, &own).unwrap_or(link);
        }
        (known, cache, first) = (link.known(zig, &own, &search.store), own, Some(turn));
        if route == Route::Direct && known == Known::New {
            link.learn(zig, &cache, &search.store);
            known = link.known(zig, &cache, &search.store);
        }
    }
    match known {
        Known::Words(words) => {
            drop(first);
            run(search, (target, zig, &cache), call, (link, words, route == Route::Direct), trouble)
        }
        _ if route == Route::Direct => not_known(route, zig),
        Known::New => Ok(Linked::Open(first.map(|first| (cache, first)), After::Learn(link))),
        Known::Never => Ok(Linked::Open(first.map(|first| (cache, first)), After::Nothing)),
    }
}

/// What is not known to the linker goes by `zig cc`, where it may.
fn not_known(route: Route, zig: &Zig) -> Result<Linked, Failure> {
    if route == Route::Direct {
        return Err(hand_over::not_direct("link", zig));
    }
    Ok(Linked::Open(None, After::Nothing))
}

/// Runs the linker, and holds back what it prints until it is known that it stands: its failure does where it has the last word.
fn run(
    search: &Search,
    (target, zig, cache): (Target, &Zig, &TargetCache),
    call: &ZigCall,
    (link, mut words, is_last_word): (Link, Vec<OsString>, bool),
    trouble: &Trouble,
) -> Result<Linked, Failure> {
    compat::make(&search.store, zig, cache, &call.objects)?;
    if call.told.always {
        words.extend(call.told.words.iter().cloned());
    }
    log::info!("direct {}", voice::shown(&words));
    let mut command = zig.command(cache);
    let _long = add_words(&mut command, &words, &search.store)?;
    sys::end_with_us(&mut command);
    let output = command.stdin(Stdio::inherit()).output().map_err(|error| zig.not_started(&error))?;
    let stands = output.status.success() || is_last_word;
    if !stands {
        log::info!("a direct link failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
        return Ok(Linked::Open(None, After::Forget(link)));
    }
    let _ = io::stdout().write_all(&output.stdout);
    let _ = io::stderr().write_all(&output.stderr);
    if output.status.success() {
        hand_over::finish(call)?;
    } else {
        trouble.tell(search, target, (zig, cache), call, &output.stderr);
    }
    Ok(Linked::Done(sys::ended(output.status)))
}

/// Runs zig; where it refuses words, links a second time by the linker itself, which is told them.
pub(crate) fn by_zig(
    search: &Search,
    (zig, cache): (&Zig, &TargetCache),
    call: &ZigCall,
    mut command: Command,
    trouble: &Trouble,
) -> Result<(ExitStatus, Vec<u8>), Failure> {
    let not_started = |error: io::Error| zig.not_started(&error);
    if !call.told.is_some() {
        return trouble.run(&mut command).map_err(not_started);
    }
    sys::end_with_us(&mut command);
    command.env(lld::PRINTS, "1").stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::piped());
    let output = command.spawn().and_then(Child::wait_with_output).map_err(not_started)?;
    let (linker, rest) = linkers_call(&output.stderr, call, zig, cache);
    let linker = linker.filter(|_| call.told.always || !output.status.success());
    let Some(linker) = linker else {
        let _ = io::stderr().write_all(&rest);
        if output.status.success() && call.told.always && !call.told.only_strips() {
            return Err(untold(zig, call));
        }
        return Ok((output.status, rest));
    };
    if output.status.success() {
        let _ = io::stderr().write_all(&lld::without_linker(&rest));
    }
    let mut words: Vec<OsString> = vec![linker.linker.into()];
    words.extend(linker.words.iter().chain(&call.told.words).cloned());
    log::info!("zig {} {}", zig.version, voice::shown(&words));
    let mut again = zig.command(cache);
    let _long = add_words(&mut again, &words, &search.store)?;
    let (status, printed) = trouble.run(&mut again).map_err(not_started)?;
    if let (false, Some(file)) = (status.success(), lld::output(&linker)) {
        remove_program(file);
    }
    Ok((status, printed))
}

/// The call of the linker that was the program's, and what zig printed besides.
fn linkers_call(
    printed: &[u8],
    call: &ZigCall,
    zig: &Zig,
    cache: &TargetCache,
) -> (Option<lld::Call>, Vec<u8>) {
    let mut given = call.words.clone();
    given.extend([cache.global().into(), cache.local().into(), zig.library.clone().into()]);
    let (linker, rest) = lld::read(printed, &given);
    // Where zig failed earlier, the last call was of a part of libc, in zig's cache.
    let asked = call.words.iter().rposition(|word| word == "-o").and_then(|at| call.words.get(at + 1));
    let is_own = |linker: &lld::Call| {
        let file = lld::output(linker);
        asked.map_or(file.is_some_and(|file| bytes::file_name(file) == file), |asked| file == Some(asked))
    };
    (linker.filter(is_own), rest)
}

/// Removes what zig linked without the words: it is not what was asked for. `-o /dev/null` is no file of ours.
fn remove_program(file: &OsStr) {
    if std::fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file()) {
        let _ = std::fs::remove_file(file);
    }
}

fn untold(zig: &Zig, call: &ZigCall) -> Failure {
    let words = voice::shown(&call.told.words);
    Failure::new(
        OwnExit::Request,
        format!("link with {words}: zig {} does not say how it calls its linker", zig.version),
        "CGOZIG_ZIG=0.15.2 takes a zig that does; `cgozig zig list` shows those that are tested",
    )
}
