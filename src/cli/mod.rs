//! `cgozig <subcommand>`.

mod add;
mod cache;
mod check;
mod doctor;
mod explain;
mod fetch;
mod go_links;
mod list;
mod lock;
mod native;
mod pack;
mod sbom;
mod setup;
pub mod targets;
mod told;
mod trust;
mod verify;
mod warm;
mod zig;

use crate::failure::Failure;
use crate::say;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::{Parser, Subcommand};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::ExitCode;

const ABOUT: &str = "Makes `go build` with cgo cross-platform: set CC=cgozig";

const USE: &str = "\
As a compiler:
  GOOS=linux GOARCH=arm64 CGO_ENABLED=1 CC=cgozig CXX=cgozig-c++ go build
  CGOZIG_LIBC=musl … go build        one static binary
  cgozig -c x.c                      any compiler word; GOOS and GOARCH say the target

Names that `cgozig setup` links: cgozig-cc, cgozig-c++, cgozig-musl, cgozig-musl-c++, cgozig-ar, …
Settings: CGOZIG_LIBC, CGOZIG_TARGET, CGOZIG_ZIG, CGOZIG_OFFLINE, CGOZIG_CACHE_DIR, CGOZIG_LOG_FILE (see README)";

/// The command line of the tool itself; a compiler's words never come here.
#[derive(Debug, Parser)]
#[command(name = "cgozig", about = ABOUT, after_help = USE, disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Link cgozig under its other names and print the lines for your shell
    Setup {
        /// Folder for the links [default: where cgozig is]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Also run `go env -w CC=… CXX=…`
        #[arg(long)]
        go_env: bool,
    },
    /// Look at Go, zig and the settings; compile and link for a target
    Doctor {
        /// As GOOS/GOARCH [default: what GOOS and GOARCH say, else this machine]
        target: Option<String>,
    },
    /// List the ports with their libcs, and how far each is verified
    Targets {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a rule by its id, which rules fire on a command line, or why something failed
    Explain {
        /// The last failure that was explained: what was asked for, what zig was called with, what it printed
        #[arg(long, conflicts_with_all = ["rule", "words"])]
        last: bool,
        /// What a failed `go build`, or a program that died, has printed [default: standard input]
        #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["last", "rule", "words"])]
        log: Option<PathBuf>,
        /// What the build was for, as GOOS/GOARCH [default: what GOOS and GOARCH say, else this machine]
        #[arg(long, requires = "log")]
        target: Option<String>,
        /// A rule's id; without it, all rules in a line each
        rule: Option<String>,
        /// A compiler's command line, after `--`
        #[arg(last = true, value_name = "WORDS")]
        words: Vec<OsString>,
    },
    /// Install, list, choose or remove zigs
    Zig {
        #[command(subcommand)]
        action: zig::Action,
    },
    /// Build the libc of targets ahead, as for an image
    Warm(warm::Warm),
    /// Look at the store, clean it, carry it to another machine
    Cache {
        #[command(subcommand)]
        action: cache::Action,
    },
    /// Carry what the links of a target need, so that a first link builds no libc
    Pack {
        #[command(subcommand)]
        action: pack::Action,
    },
    /// Write prebuilt libraries with their hashes into this module's cgozig.toml
    Add(add::Add),
    /// Fetch once what is declared without a hash, and write its hashes into cgozig.lock
    Lock(lock::LockArgs),
    /// Compare cgozig.lock with the manifests, and the fetched libraries with their hashes
    Verify(verify::Verify),
    /// List the prebuilt libraries of this module and of those that it uses
    List(list::List),
    /// Fetch prebuilt libraries ahead, as for an image
    Fetch(fetch::Targets),
    /// Put the archives of prebuilt libraries into a folder, for a machine without network
    Bundle(fetch::Bundle),
    /// Allow a host, or the hosts that a module's manifest names now, to be asked for prebuilt libraries
    Trust(trust::Trust),
    /// Tell what a program was linked from, as CycloneDX
    Sbom(sbom::Sbom),
    /// Tell what a finished program is and needs; fail where that is not what was expected
    Check(check::Check),
    /// Print the versions of cgozig and zig
    Version,
}

/// Runs a subcommand.
pub fn run(name: &OsStr, words: Vec<OsString>, env: &Env) -> Result<ExitCode, Failure> {
    let arguments = match Arguments::try_parse_from(std::iter::once(name.to_os_string()).chain(words)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return Ok(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)));
        }
    };
    match arguments.command {
        Command::Setup { dir, go_env } => setup::run(dir, go_env, env),
        Command::Doctor { target } => doctor::run(target, env),
        Command::Targets { json } => targets::run(json),
        Command::Explain { last: true, .. } => explain::last(env),
        Command::Explain { log: Some(file), target, .. } => explain::log(&file, target.as_deref(), env),
        Command::Explain { rule, words, .. } => explain::run(rule, words, env),
        Command::Zig { action } => zig::run(action, env),
        Command::Warm(warm) => warm::run(&warm, env),
        Command::Cache { action } => cache::run(action, env),
        Command::Pack { action } => pack::run(action, env),
        Command::Add(add) => add::run(&add, env),
        Command::Lock(lock) => lock::run(&lock, env),
        Command::Verify(verify) => verify::run(&verify, env),
        Command::List(list) => list::run(&list, env),
        Command::Fetch(targets) => fetch::run(&targets, env),
        Command::Bundle(bundle) => fetch::bundle(&bundle, env),
        Command::Trust(trust) => trust::run(&trust, env),
        Command::Sbom(sbom) => sbom::run(&sbom, env),
        Command::Check(check) => check::run(&check, env),
        Command::Version => {
            say!("cgozig {}", env!("CARGO_PKG_VERSION"));
            match zig::used(&Search::open(env, &told::Told)?) {
                Ok(zig) => say!("zig {} at {}", zig.version, zig.program.display()),
                Err(_) => say!("no zig yet: the first build gets one, or `cgozig zig install`"),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
