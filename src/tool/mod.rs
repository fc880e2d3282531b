//! The tools beside the compiler: ar, ranlib, strip, dsymutil.

mod macho_strip;
mod strip;

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::persona::Tool;
use crate::store::Store;
use crate::sys::{self, env::Env};
use crate::voice;
use crate::zig::find::Search;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

/// Runs one tool.
pub fn run(tool: Tool, words: &[OsString], env: &Env) -> Result<ExitCode, Failure> {
    log::info!("tool {tool:?} {words:?}");
    match tool {
        Tool::Ar => with_zig("ar", words, env),
        Tool::Ranlib => with_zig("ranlib", words, env),
        Tool::Strip => strip::run(words),
        Tool::Dsymutil => dsymutil(words),
    }
}

/// The path by which Go can call a tool: beside us when `cgozig setup` was run, else a link in the store.
pub fn path(tool: Tool, store: &Store) -> Result<PathBuf, Failure> {
    let exe = env::current_exe().and_then(fs::canonicalize).map_err(|error| {
        Failure::new(OwnExit::Start, format!("find cgozig's own file: {error}"), "reinstall cgozig")
    })?;
    let name = Tool::NAMES.iter().find(|(_, own)| *own == tool).map_or("", |(name, _)| name);
    let file = format!("cgozig-{name}{}", sys::EXE);
    let beside = exe.with_file_name(&file);
    if fs::canonicalize(&beside).is_ok_and(|path| path == exe) {
        return Ok(beside);
    }
    let folder = store.tools(&exe);
    store.publish(&folder, |place| {
        Tool::NAMES
            .iter()
            .try_for_each(|(name, _)| sys::link(&exe, &place.join(format!("cgozig-{name}{}", sys::EXE))))
    })?;
    Ok(folder.join(file))
}

/// zig's own tool of that name.
fn with_zig(name: &str, words: &[OsString], env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &voice::Nobody)?;
    let zig = search.zig(None)?;
    let store = &search.store;
    let (cache, _) =
        store.or_beside(zig.version, "tools", |store| store.target_cache(zig.version, "tools"))?;
    let mut command = zig.command(&cache);
    command.arg(name).args(words);
    sys::become_program(command).map_err(|error| zig.not_started(&error))
}

/// `dsymutil`: LLVM's when it is on PATH; else none is made, and Go then keeps the program as linked.
fn dsymutil(words: &[OsString]) -> Result<ExitCode, Failure> {
    if let Some(program) = llvm("dsymutil") {
        hand_over(program, words)
    } else {
        log::warn!("no dsymutil on PATH: DWARF of the C code stays out of the program");
        Ok(ExitCode::SUCCESS)
    }
}

/// LLVM's tool on PATH under its usual names, in absolute entries only.
fn llvm(name: &str) -> Option<PathBuf> {
    let own = env::current_exe().and_then(fs::canonicalize).ok();
    [format!("llvm-{name}"), name.to_string()].iter().find_map(|name| {
        let path = which::which_global(name).ok().filter(|path| path.is_absolute())?;
        (fs::canonicalize(&path).ok() != own).then_some(path)
    })
}

fn hand_over(program: PathBuf, words: &[OsString]) -> Result<ExitCode, Failure> {
    let mut command = std::process::Command::new(&program);
    command.args(words);
    sys::become_program(command).map_err(|error| {
        let what = format!("start `{}`: {error}", program.display());
        Failure::new(OwnExit::Start, what, "take it from PATH, or repair it")
    })
}
