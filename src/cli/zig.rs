//! `cgozig zig`: the zigs that cgozig can use.

use super::native;
use super::told::Told;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::say;
use crate::store::usage;
use crate::sys::env::Env;
use crate::zig::choice::{self, Choice};
use crate::zig::find::{Search, Zig};
use crate::zig::version::{self, RELEASES};
use crate::zig::{ZigVersion, install};
use clap::Subcommand;
use std::ffi::OsStr;
use std::fs;
use std::process::ExitCode;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Install a release into the store, verified
    Install {
        /// Its number, as 0.15.2 [default: the one that cgozig prefers]
        release: Option<String>,
    },
    /// List the releases: installed, preferred, chosen
    List,
    /// Choose what builds use from now on, in the user's configuration
    Use {
        /// A release, the absolute path of a zig, `auto`, `path` or `off`
        choice: String,
    },
    /// Remove an installed release
    Remove {
        /// Its number
        release: String,
    },
    /// Print the path of the zig that a build would use
    Which,
}

/// Does it.
pub fn run(action: Action, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    match action {
        Action::Install { release } => {
            let version = match release {
                Some(text) => choice::release(&text)?,
                None => version::preferred(ZigVersion::oldest()),
            };
            say!("zig {version} at {}", install::install(&search, version)?.display());
        }
        Action::List => list(&search)?,
        Action::Use { choice } => choose(&search, &choice)?,
        Action::Remove { release } => remove(&search, &release)?,
        Action::Which => say!("{}", used(&search)?.program.display()),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(search: &Search) -> Result<(), Failure> {
    let chosen = search.settings.choice(search.env)?;
    for release in RELEASES {
        let version = release.version;
        let place = search.store.zig(version);
        let state = if install::program(&place).is_file() { "installed" } else { "-" };
        let mut notes = Vec::new();
        if version == version::preferred(ZigVersion::oldest()) {
            notes.push("preferred");
        }
        if chosen == Choice::Release(version) {
            notes.push("chosen");
        }
        say!("{version:<8} {state:<10} clang {:<8} {}", release.clang, notes.join(", "));
    }
    let installed = fs::read_dir(search.store.zigs()).into_iter().flatten().flatten();
    for entry in installed {
        let name = entry.file_name().to_string_lossy().into_owned();
        if RELEASES.iter().all(|release| release.version.to_string() != name) {
            say!("{name:<8} installed");
        }
    }
    if let Ok(zig) = used(search) {
        say!("\na build uses zig {} at {} ({})", zig.said, zig.program.display(), zig.from.name());
    }
    Ok(())
}

/// What a build would use now; nothing is installed to find out.
pub fn used(search: &Search) -> Result<Zig, Failure> {
    match search.settings.choice(search.env)? {
        Choice::Auto => {
            let oldest = ZigVersion::oldest();
            search.existing(oldest).ok_or_else(|| search.not_found(not_installed("auto"), oldest))
        }
        Choice::Release(version) => {
            search.existing_release(version).ok_or_else(|| not_installed(&version.to_string()))
        }
        _ => search.zig(None),
    }
}

fn not_installed(which: &str) -> Failure {
    let what = format!("find zig `{which}` in the store: it is not installed");
    Failure::new(OwnExit::NoToolchain, what, "`cgozig zig list` shows what is; `cgozig zig install` installs")
}

fn remove(search: &Search, release: &str) -> Result<(), Failure> {
    let place = search.store.zigs().join(release);
    if ZigVersion::parse(release).is_none_or(|version| version.to_string() != release) || !place.is_dir() {
        return Err(not_installed(release));
    }
    let size = usage::size(&place);
    search.store.remove(&place)?;
    say!("removed zig {release}, {}", usage::shown(size));
    Ok(())
}

/// Writes the choice into the user's file.
fn choose(search: &Search, choice: &str) -> Result<(), Failure> {
    Choice::parse("[zig] use", OsStr::new(choice))?;
    let path = native::edit_settings(search, &|document| {
        document["zig"].or_insert(toml_edit::table())["use"] = toml_edit::value(choice);
    })?;
    say!("[zig] use = \"{choice}\" in {}", path.display());
    Ok(())
}
