//! Subcommands.
use crate::failure::Failure;
use crate::sys::env::Env;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
/// Runs a subcommand.
pub fn run(_name: &OsStr, _words: Vec<OsString>, _env: &Env) -> Result<ExitCode, Failure> { Ok(ExitCode::SUCCESS) }
