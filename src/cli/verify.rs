//! `cgozig verify`: the lock against the manifests, and every library of the store against its hashes.

use super::native;
use super::told::Told;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::native::declared::{Declared, Entry};
use crate::native::fetch;
use crate::say;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::process::ExitCode;

/// What to look at.
#[derive(Debug, Args)]
pub struct Verify {
    /// Only for these, as linux/amd64/musl or GOOS/GOARCH [default: every variant that is declared]
    #[arg(long = "target", value_name = "TARGET", num_args = 1..)]
    targets: Vec<String>,
}

/// Looks, and prints a line for each thing that is wrong.
pub fn run(verify: &Verify, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let wanted = native::wanted(&verify.targets, env)?;
    let declared = Declared::find(&search)?;
    let limit = if wanted.is_empty() { None } else { Some(wanted.as_slice()) };
    let (mut wrong, mut hashed, mut known) = (stale(&declared)?, 0, 0);
    let notes = native::without_variant(&declared, &wanted).into_iter();
    notes.chain(native::left_out(&declared, limit, !wanted.is_empty())?).for_each(|line| say!("{line}"));
    for entry in native::chosen(&declared, limit)? {
        match declared.pin(&entry) {
            Ok(pin) => {
                known += 1;
                if let Some(lines) = in_store(&search, &entry, &pin) {
                    hashed += 1;
                    wrong.extend(
                        lines.iter().map(|line| format!("{}: in the store, {line}", entry.artifact.shown())),
                    );
                }
            }
            Err(why) => wrong.push(format!("{} of {}: {why}", entry.artifact.shown(), entry.source.module)),
        }
    }
    wrong.iter().for_each(|line| say!("{line}"));
    if wrong.is_empty() {
        say!("{known} have a hash, {hashed} of them are in the store as they were unpacked");
        return Ok(ExitCode::SUCCESS);
    }
    let what = format!("trust the native libraries of `{}`: see above", declared.main.display());
    Err(Failure::new(
        OwnExit::Request,
        what,
        "`cgozig lock` writes missing lines and drops stale ones; CGOZIG_VERIFY=always cgozig fetch --all-targets mends the store",
    ))
}

/// Lines of the lock that are about nothing that is declared; whoever declares it may be a module that is not here.
fn stale(declared: &Declared) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    if declared.is_complete {
        let undeclared = declared.undeclared()?;
        let said =
            undeclared.iter().map(|locked| format!("cgozig.lock: {}: nobody declares it", locked.shown()));
        wrong.extend(said);
    }
    let entries = declared.entries()?;
    for locked in &declared.modules.lock.archives {
        // Several modules may call theirs the same: the line is about the archive at its url.
        let own: Vec<&Entry> = entries.iter().filter(|entry| entry.is(locked)).collect();
        if !own.is_empty() && own.iter().all(|entry| entry.artifact.url != locked.url) {
            let places: Vec<String> = own
                .iter()
                .map(|entry| format!("is declared at {} by {}", entry.artifact.url, entry.source.module))
                .collect();
            let (shown, places) = (locked.shown(), places.join(", and "));
            wrong.push(format!("cgozig.lock: {shown}: it was locked from {}, and {places}", locked.url));
        }
    }
    Ok(wrong)
}

/// What is wrong with an archive's files in the store; none when it is not there.
fn in_store(search: &Search, entry: &Entry, pin: &Pin) -> Option<Vec<String>> {
    let stored = fetch::stored(&search.store, &entry.artifact, pin)?;
    Some(stored.check().unwrap_or_else(|error| vec![error.to_string()]))
}
