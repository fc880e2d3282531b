//! `cgozig cache`: what is in the store, and how it becomes smaller or goes to another machine.

use super::told::Told;
use super::warm;
use crate::bundle;
use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::say;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::store::usage::{self, Clean};
use crate::sys::env::Env;
use crate::target::Target;
use crate::zig::find::Search;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Print where the store is
    Path,
    /// List its parts with sizes and when they were used last
    Info,
    /// Remove what zig built; installed zigs only with --older-than, libraries with one of both. Running builds go on
    Clean {
        /// Only what was not used for that long: 30d, 12h
        #[arg(long, value_name = "AGE")]
        older_than: Option<String>,
        /// Only as much, least recently used first, as brings the store below this: 5GiB
        #[arg(long, value_name = "SIZE")]
        max_size: Option<String>,
    },
    /// Compare every file of the installed zigs and libraries with its sha256
    Verify,
    /// Write what zig built for a target into a file for another machine
    Export {
        /// As GOOS/GOARCH
        #[arg(long)]
        target: String,
        /// The C++ library too
        #[arg(long = "c++")]
        cxx: bool,
        /// The file, as warm.tar.zst
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Take over such a file, checked against the hashes in it
    Import {
        /// The file
        file: PathBuf,
    },
}

/// Does it.
pub fn run(action: Action, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let store = &search.store;
    match action {
        Action::Path => say!("{}", store.root().display()),
        Action::Info => info(&search)?,
        Action::Clean { older_than, max_size } => clean(store, older_than, max_size)?,
        Action::Verify => return verify(store),
        Action::Export { target, cxx, output } => {
            export(&search, compiler::named_target(Some(&target), None, env)?, cxx, &output)?;
        }
        Action::Import { file } => {
            let (zig, triple) = bundle::import(store, &file)?;
            say!("{triple} with zig {zig} is warm");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds what is needed, unless it came from another machine, and writes it.
fn export(search: &Search, target: Target, cxx: bool, output: &Path) -> Result<(), Failure> {
    let (zig, target) = search.zig_for(target)?;
    let triple = target.triple();
    let imported = search.store.existing_target_cache(zig.version, triple.as_str());
    let work = search.store.workplace("export")?;
    let cache = if let Some(cache) = imported.filter(TargetCache::is_portable) {
        cache
    } else {
        search.telling.step(&format!("building the libc of {target} for any machine"));
        let store = Store::at(work.path().join("store"));
        let cache = store.begin_portable(zig.version, triple.as_str())?;
        let variables = [("CGOZIG_CACHE_DIR", store.root()), ("CGOZIG_ZIG", zig.program.as_path())];
        warm::one(target, cxx, &variables).map_err(|said| warm::failure(target, &said))?;
        cache
    };
    let size = bundle::export(&cache, zig.version, triple.as_str(), output)?;
    say!("{target} with zig {}: {} in {}", zig.version, usage::shown(size), output.display());
    Ok(())
}

fn info(search: &Search) -> Result<(), Failure> {
    let store = &search.store;
    let parts = store.parts();
    for part in &parts {
        say!("{:>10}  {:<44} used {}", usage::shown(part.size), part.name, ago(part.used));
    }
    let limit = search.settings.max_size()?.map(|size| format!(", kept below {}", usage::shown(size)));
    say!(
        "{:>10}  in all, in {}{}",
        usage::shown(store.size_with(&parts)),
        store.root().display(),
        limit.unwrap_or_default()
    );
    Ok(())
}

fn ago(time: SystemTime) -> String {
    match time.elapsed().map(|age| age.as_secs() / 60) {
        Ok(minutes @ 0..60) => format!("{minutes} min ago"),
        Ok(minutes @ 60..2880) => format!("{} h ago", minutes / 60),
        Ok(minutes) => format!("{} days ago", minutes / 1440),
        Err(_) => "in the future".into(),
    }
}

fn clean(store: &Store, older_than: Option<String>, max_size: Option<String>) -> Result<(), Failure> {
    let older_than = older_than.as_deref().map(usage::parse_age).transpose()?;
    let max_size = max_size.as_deref().map(usage::parse_size).transpose()?;
    let cleaned = store.clean(Clean { older_than, max_size, keep: None })?;
    for name in &cleaned.removed {
        say!("removed {name}");
    }
    say!("{} removed, {} left", usage::shown(cleaned.freed), usage::shown(store.size()));
    if cleaned.stay > 0 {
        say!("{} of them are still used by running builds; the next clean takes them", cleaned.stay);
    }
    Ok(())
}

fn verify(store: &Store) -> Result<ExitCode, Failure> {
    let mut good = true;
    for (name, wrong) in store.verify() {
        match wrong.len() {
            0 => say!(
                "{name}: every file is as it was {}",
                if name.starts_with("runtime ") { "made" } else { "installed" }
            ),
            number => {
                good = false;
                wrong.iter().take(10).for_each(|line| say!("{name}: {line}"));
                say!("{name}: {number} files are wrong; {}", remedy(&name));
            }
        }
    }
    if good {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(
        OwnExit::Store,
        "trust the store: see above",
        "remove what is named; it is installed again",
    ))
}

fn remedy(name: &str) -> String {
    match name.strip_prefix("zig ") {
        Some(version) => format!("`cgozig zig remove {version}`, the next build installs it"),
        None if name.starts_with("runtime ") => "the next link makes them again".into(),
        None => "CGOZIG_VERIFY=always makes the next link install it again".into(),
    }
}
