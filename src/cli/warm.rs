//! `cgozig warm`: links a small program for each target, so that zig has its libc before the first build.

use super::go_links::Links;
use super::told::Told;
use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::pack::fetch;
use crate::sys::env::Env;
use crate::target::port::PORTS;
use crate::target::{LibcChoice, Os, Port, Target};
use crate::zig::find::{Search, Zig};
use crate::zig::install::Telling;
use clap::Args;
use std::collections::VecDeque;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// For which targets.
#[derive(Debug, Args)]
pub struct Warm {
    /// As GOOS/GOARCH [default: what GOOS and GOARCH say, else this machine]
    targets: Vec<String>,
    /// Every port that zig can serve
    #[arg(long, conflicts_with = "targets")]
    all: bool,
    /// The C++ library too
    #[arg(long = "c++")]
    cxx: bool,
    /// musl, on linux
    #[arg(long)]
    musl: bool,
}

/// Warms.
pub fn run(warm: &Warm, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let mut served = Vec::new();
    for target in targets(warm, env)? {
        match search.zig_for(target) {
            Ok(found) => served.push(found),
            // "All" are those that the chosen zig can serve.
            Err(failure) if warm.all => {
                Told.step(&format!("{target} is left out: could not {}", failure.what));
            }
            Err(failure) => return Err(failure),
        }
    }
    let failed = each(served, |(zig, target)| one_told(warm.cxx, &search, (zig, *target)));
    match failed.into_iter().next() {
        None => Ok(ExitCode::SUCCESS),
        Some((_, failure)) => Err(failure),
    }
}

fn one_told(cxx: bool, search: &Search, (zig, target): (&Zig, Target)) -> Result<(), Failure> {
    let start = Instant::now();
    if let Some(came) = fetch::ahead(search, zig, target)? {
        Told.step(&came);
    }
    one(target, cxx, &[]).map_err(|said| failure(target, &said))?;
    let seconds = start.elapsed().as_secs_f32();
    Told.step(&format!("{target} ({}) is warm, {seconds:.1} s", target.triple()));
    Ok(())
}

/// Does something for each, several at once. Gives back those that failed.
pub fn each<T: Send, E: Send>(all: Vec<T>, work: impl Fn(&T) -> Result<(), E> + Sync) -> Vec<(T, E)> {
    let (todo, failed) = (Mutex::new(VecDeque::from(all)), Mutex::new(Vec::new()));
    let next = || todo.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(one) = next() {
                    if let Err(error) = work(&one) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push((one, error));
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A target that could not be warmed.
pub fn failure(target: Target, said: &str) -> Failure {
    let what = format!("build the libc of {target}: {said}");
    Failure::new(OwnExit::Request, what, format!("`cgozig doctor {target}` says more"))
}

/// The targets that are asked for, each checked before the first is built.
fn targets(warm: &Warm, env: &Env) -> Result<Vec<Target>, Failure> {
    let all =
        || PORTS.iter().filter(|port| !warm.musl || port.os == Os::Linux).map(|port| port.name.to_string());
    let all: Vec<String> = if warm.all { all().collect() } else { warm.targets.clone() };
    named_targets(&all, warm.musl, env)
}

/// The targets of those names, else the one of the environment.
pub fn named_targets(names: &[String], musl: bool, env: &Env) -> Result<Vec<Target>, Failure> {
    if names.is_empty() {
        return Ok(vec![target(None, musl, env)?]);
    }
    names.iter().map(|name| target(Some(name), musl, env)).collect()
}

fn target(name: Option<&str>, musl: bool, env: &Env) -> Result<Target, Failure> {
    let has_musl_only = |port: &Port| port.os == Os::Linux && port.glibc.is_none();
    if musl || PORTS.iter().any(|port| Some(port.name) == name && has_musl_only(port)) {
        let target = compiler::named_target(name, Some(LibcChoice::Musl), env);
        // Other systems than linux have no musl.
        return target.or_else(|_| compiler::named_target(name, None, env));
    }
    compiler::named_target(name, None, env)
}

/// Links small programs as Go does.
pub fn one(target: Target, cxx: bool, variables: &[(&str, &Path)]) -> Result<(), String> {
    Links { target, cxx, all: false, variables }.run()
}
