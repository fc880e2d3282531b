//! `cgozig warm`: links a small program for each target, so that zig has its libc before the first build.

use super::told::Told;
use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::env::Env;
use crate::target::port::PORTS;
use crate::target::{LibcChoice, Os, Port, Target};
use crate::zig::find::Search;
use crate::zig::install::Telling;
use clap::Args;
use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
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

const C: (&str, &str, &str) = ("cc", "warm.c", "int main(void) { return 0; }\n");
const CXX: (&str, &str, &str) = (
    "c++",
    "warm.cc",
    "#include <iostream>\nint main() { try { throw 1; } catch (int) { std::cout << 1; } }\n",
);

/// Go links programs with debug information, or stripped; zig builds libc differently for each.
const KINDS: &[&[&str]] = &[&["-O2", "-g"], &["-O2", "-g", "-s"]];

/// Warms.
pub fn run(warm: &Warm, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let mut served = Vec::new();
    for target in targets(warm, env)? {
        match search.zig_for(target) {
            Ok((_, target)) => served.push(target),
            // "All" are those that the chosen zig can serve.
            Err(failure) if warm.all => {
                Told.step(&format!("{target} is left out: could not {}", failure.what));
            }
            Err(failure) => return Err(failure),
        }
    }
    let todo = Mutex::new(VecDeque::from(served));
    let failed = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(target) = next(&todo) {
                    let start = Instant::now();
                    match one(target, warm.cxx, &[]) {
                        Ok(()) => {
                            let seconds = start.elapsed().as_secs_f32();
                            Told.step(&format!("{target} ({}) is warm, {seconds:.1} s", target.triple()));
                        }
                        Err(said) => failed.lock().unwrap_or_else(|_| unreachable!()).push((target, said)),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    match failed.first() {
        None => Ok(ExitCode::SUCCESS),
        Some((target, said)) => Err(failure(*target, said)),
    }
}

/// A target that could not be warmed.
pub fn failure(target: Target, said: &str) -> Failure {
    let what = format!("build the libc of {target}: {said}");
    Failure::new(OwnExit::Request, what, format!("`cgozig doctor {target}` says more"))
}

fn next(todo: &Mutex<VecDeque<Target>>) -> Option<Target> {
    todo.lock().ok()?.pop_front()
}

/// The targets that are asked for, each checked before the first is built.
fn targets(warm: &Warm, env: &Env) -> Result<Vec<Target>, Failure> {
    let all =
        || PORTS.iter().filter(|port| !warm.musl || port.os == Os::Linux).map(|port| port.name.to_string());
    let named: Vec<Option<String>> = match (warm.all, warm.targets.is_empty()) {
        (true, _) => all().map(Some).collect(),
        (false, true) => vec![None],
        (false, false) => warm.targets.iter().cloned().map(Some).collect(),
    };
    named.iter().map(|name| target(name.as_deref(), warm.musl, env)).collect()
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

/// Links the small programs by calling ourselves, as Go would.
pub fn one(target: Target, cxx: bool, variables: &[(&str, &Path)]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let languages = if cxx { &[C, CXX][..] } else { &[C][..] };
    for language in languages {
        for kind in KINDS {
            link(target, *language, kind, folder.path(), variables)?;
        }
    }
    Ok(())
}

fn link(
    target: Target,
    (driver, file, source): (&str, &str, &str),
    kind: &[&str],
    folder: &Path,
    variables: &[(&str, &Path)],
) -> Result<(), String> {
    let source_path = folder.join(file);
    fs::write(&source_path, source).map_err(|error| error.to_string())?;
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.envs(variables.iter().copied());
    command.arg(driver).arg("-target").arg(target.triple().as_str()).args(kind).arg("-o");
    let output =
        command.arg(folder.join("warm")).arg(&source_path).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
    if output.status.success() { Ok(()) } else { Err(said) }
}
