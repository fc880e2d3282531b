//! `cgozig explain`: one rule, all rules, the rules that fire on a line, or a failure.

use super::told::Told;
use crate::argv::Argv;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::link;
use crate::persona::{Driver, Persona};
use crate::plan::{self, Plan};
use crate::rule::explain;
use crate::say;
use crate::sys::env::Env;
use crate::voice::{self, shown};
use crate::zig::find::Search;
use crate::{compiler, request, rules, trouble};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

/// More of a log is not read.
const LONGEST_LOG: u64 = 64 << 20;

/// Explains.
pub fn run(rule: Option<String>, words: Vec<OsString>, env: &Env) -> Result<ExitCode, Failure> {
    match (rule, words.is_empty()) {
        (Some(id), _) => one(&id)?,
        (None, true) => rules::all().for_each(|rule| say!("{:<36} {}", rule.id, explain::sentence(rule))),
        (None, false) => line(words, env)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the last failure.
pub fn last(env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    say!("{}", trouble::last::read(&search.store)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Explains what a build or a program has printed, to a file or into a pipe: a build for the target that is asked for, else
/// for that of our own environment.
pub fn log(file: &Path, asked: Option<&str>, env: &Env) -> Result<ExitCode, Failure> {
    let is_stdin = file == Path::new("-");
    let mut bytes = Vec::new();
    let read = if is_stdin {
        io::stdin().lock().take(LONGEST_LOG).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(LONGEST_LOG).read_to_end(&mut bytes))
    };
    let name = if is_stdin { "standard input".to_string() } else { format!("`{}`", file.display()) };
    read.map_err(|error| {
        let what = format!("read {name}: {error}");
        Failure::new(OwnExit::Request, what, "`go build 2>&1 | cgozig explain --log` reads from a pipe")
    })?;
    let target = compiler::named_target(asked, None, env)?;
    let told = trouble::log::told(&String::from_utf8_lossy(&bytes), target).ok_or_else(|| {
        let what = format!("explain {name}: nothing in it is known to cgozig");
        Failure::new(
            OwnExit::Request,
            what,
            "`cgozig explain --last` shows the last failed link; `cgozig doctor` tries a build",
        )
    })?;
    say!("{}", voice::told(&told));
    Ok(ExitCode::SUCCESS)
}

fn one(id: &str) -> Result<(), Failure> {
    match rules::all().find(|rule| rule.id == id) {
        Some(rule) => {
            say!("{}", explain::rule(rule).trim_end());
            Ok(())
        }
        None => Err(Failure::new(
            OwnExit::Usage,
            format!("explain `{id}`: there is no such rule"),
            "`cgozig explain` lists them; `cgozig explain -- WORDS` takes a command line",
        )),
    }
}

/// What would become of a line, without doing it. A first word that is a name of ours counts as such.
fn line(mut words: Vec<OsString>, env: &Env) -> Result<(), Failure> {
    let mut role = (Driver::Cc, None);
    if let Some((program, rest)) = words.split_first()
        && let (Persona::Compiler { driver, libc }, left) = Persona::of(program, rest.to_vec())
        && program.to_string_lossy().contains("cgozig")
    {
        (role, words) = ((driver, libc), left);
    }
    let argv = Argv::parse(words);
    let request = request::request(&argv);
    let target = compiler::target(role.1, &argv, env)?;
    let search = Search::open(env, &Told)?;
    let (zig, target) = search.zig_for(target)?;
    let here = link::here(&argv, target, zig.version).0;
    let around = compiler::surroundings(target, &zig, &request, &argv, &search, here)?;
    say!("target   {target} ({}), zig {}", target.triple(), zig.version);
    say!("request  {request:?}");
    match plan::plan(role.0, request, argv, &around)? {
        Plan::Answer(answer) => say!("answer   {answer:?}, without zig"),
        Plan::Zig(call) => {
            call.trace.iter().for_each(|step| say!("rule     {}", voice::step(step)));
            say!("zig      {}", shown(&call.words));
        }
    }
    Ok(())
}
