//! Start: who we are called as, and the run.

use cgozig::persona::Persona;
use cgozig::{cli, compiler, sys, tool, voice};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let (persona, words) = Persona::of(&name, words.collect());
    let env = sys::env::Env::read();
    voice::open_log(&env);
    let ended = match persona {
        Persona::Compiler { driver, libc } => compiler::run(driver, libc, words, &env),
        Persona::Tool(tool) => tool::run(tool, &words, &env),
        Persona::CommandLine => cli::run(&name, words, &env),
    };
    match ended {
        Ok(code) => code,
        Err(failure) => voice::report(&failure),
    }
}
