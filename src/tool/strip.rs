//! `strip` as Go calls it for macOS: `-S`, with `-x` when the symbol table shall go, and files.

use super::macho_strip::{self, Strip};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::finish;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Strips every file of the words, in place or into the one that `-o` names.
pub fn run(words: &[OsString]) -> Result<ExitCode, Failure> {
    let mut what = Strip::LocalsAndDebug;
    let (mut locals, mut debug) = (false, false);
    let (mut files, mut out) = (Vec::new(), None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-S" | "-g" | "-d" | "--strip-debug") => debug = true,
            Some("-x" | "-X" | "-s" | "--strip-all" | "--discard-all" | "-u" | "-r") => locals = true,
            Some("-o") => out = words.next().map(PathBuf::from),
            Some(option) if option.starts_with('-') => return Err(usage(option)),
            _ => files.push(PathBuf::from(word)),
        }
    }
    if debug && !locals {
        what = Strip::Debug;
    }
    if files.is_empty() || (out.is_some() && files.len() > 1) {
        return Err(usage("no file, or several for one output"));
    }
    for file in &files {
        strip(file, out.as_deref().unwrap_or(file), what)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn strip(from: &Path, to: &Path, what: Strip) -> Result<(), Failure> {
    let no = |why: &str| {
        let hint = "cgozig-strip strips Mach-O files; for others link with -s, or use LLVM's llvm-strip";
        Failure::new(OwnExit::Request, format!("strip `{}`: {why}", from.display()), hint)
    };
    let image = fs::read(from).map_err(|error| no(&error.to_string()))?;
    let stripped = macho_strip::strip(&image, what).map_err(|error| no(&error.to_string()))?;
    finish::replace(from, to, &stripped).map_err(|error| no(&error.to_string()))
}

fn usage(what: &str) -> Failure {
    Failure::new(
        OwnExit::Usage,
        format!("strip: `{what}` was not understood"),
        "cgozig-strip [-S] [-x] [-o OUTPUT] FILE…",
    )
}
