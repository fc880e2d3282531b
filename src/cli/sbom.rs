//! `cgozig sbom`: what a program was linked from, as CycloneDX.

use super::told::Told;
use super::zig;
use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::modules;
use crate::say;
use crate::sbom::{self, cyclonedx, cyclonedx::Program};
use crate::store::manifest;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Of what.
#[derive(Debug, Args)]
pub struct Sbom {
    /// A program or shared library that Go has built here; `.` for the last one of this module and of the target that GOOS
    /// and GOARCH say
    #[arg(value_name = "BINARY|.")]
    what: PathBuf,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes it.
pub fn run(sbom: &Sbom, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let (program, record) =
        if sbom.what == Path::new(".") { of_main(&search)? } else { of_file(&search, &sbom.what)? };
    let time = env.text("SOURCE_DATE_EPOCH").map(|text| {
        text.parse().map_err(|_| {
            let what = format!("use SOURCE_DATE_EPOCH=`{text}`: it is no number of seconds");
            Failure::new(OwnExit::Request, what, "set it as `git log -1 --format=%ct` prints it, or unset it")
        })
    });
    let text = format!("{:#}", cyclonedx::document(&program, &record, time.transpose()?));
    match &sbom.output {
        None => say!("{text}"),
        Some(path) => fs::write(path, text + "\n").map_err(|error| {
            let what = format!("write `{}`: {error}", path.display());
            Failure::new(OwnExit::Request, what, "-o names a file that you can write")
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_main(search: &Search) -> Result<(Program, sbom::Record), Failure> {
    let main = modules::own_folders(search.env).into_iter().next();
    let main = main.ok_or_else(|| {
        let what = "find the main module: there is no go.mod at or above this folder";
        Failure::new(OwnExit::Request, what, "run it in your module's folder, or name a program")
    })?;
    let named = compiler::named_target(None, None, search.env)?;
    let zig = zig::used(search).ok();
    let target = zig.and_then(|zig| named.served_by(zig.version).ok()).unwrap_or(named);
    let record = sbom::of_main(&search.store, &main, target)?;
    let name = record.module.clone().unwrap_or_else(|| "program".into());
    Ok((Program { name, sha256: None }, record))
}

fn of_file(search: &Search, path: &Path) -> Result<(Program, sbom::Record), Failure> {
    let record = sbom::of_program(&search.store, path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((Program { name, sha256: manifest::hash(path).ok() }, record))
}
