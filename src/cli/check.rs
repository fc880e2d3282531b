//! `cgozig check`: what a finished program is, and whether that is what was expected.

use crate::binary::expect::Expectation;
use crate::binary::{self, Binary, expect};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::sys::{self, env::Env};
use crate::{complain, say, sbom};
use clap::Args;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Of what.
#[derive(Debug, Args)]
pub struct Check {
    /// Programs or shared libraries, of whatever system
    #[arg(required = true, value_name = "BINARY")]
    binaries: Vec<PathBuf>,
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, help = EXPECT)]
    expect: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

const EXPECT: &str = "What must be so, with commas: static, static-pie, dynamic, pie, stripped, signed, os=linux, \
                      arch=arm64, libc=musl, glibc<=2.28, macos<=12, needed=libc.so.6:libm.so.6 (nothing else), go>=1.24, \
                      CGO_ENABLED=1, subsystem=console";

/// One file with all that was read of it.
struct Looked<'a> {
    path: &'a Path,
    parts: Vec<Binary>,
    libraries: Option<Vec<sbom::Part>>,
}

/// Tells, and fails where something is not as expected.
pub fn run(check: &Check, env: &Env) -> Result<ExitCode, Failure> {
    let expected = expected(&check.expect)?;
    let looked = check.binaries.iter().map(|path| look(path, env)).collect::<Result<Vec<_>, _>>()?;
    if check.json {
        say!("{:#}", looked.iter().map(Looked::as_json).collect::<serde_json::Value>());
    } else if expected.is_empty() {
        looked.iter().flat_map(Looked::lines).for_each(|line| say!("{line}"));
    }
    let mut wrong = 0;
    for one in &looked {
        for (part, expectation) in
            one.parts.iter().flat_map(|part| expected.iter().map(move |own| (part, own)))
        {
            if let Err(instead) = expectation.judge(part) {
                wrong += 1;
                complain!("{}: expected {}: {instead}", one.path.display(), expectation.text);
            }
        }
    }
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let what = format!("confirm what was expected: {wrong} of it is not so");
    Err(Failure::new(OwnExit::Request, what, "`cgozig check` without --expect tells all of a program"))
}

fn expected(lists: &[String]) -> Result<Vec<Expectation>, Failure> {
    let all: Result<Vec<Vec<Expectation>>, String> = lists.iter().map(|list| expect::parse(list)).collect();
    let all = all.map_err(|why| {
        let hint = "as in --expect 'static,arch=arm64,glibc<=2.28'; `cgozig check --help` lists all";
        Failure::new(OwnExit::Usage, format!("expect that: {why}"), hint)
    });
    all.map(|all| all.concat())
}

fn look<'a>(path: &'a Path, env: &Env) -> Result<Looked<'a>, Failure> {
    let no = |why: &str| {
        let what = format!("check `{}`: {why}", path.display());
        Failure::new(OwnExit::Request, what, "name a program or shared library that is built")
    };
    // Not opened before: a pipe would wait for somebody.
    let metadata = fs::metadata(path).map_err(|error| no(&error.to_string()))?;
    if !metadata.is_file() {
        return Err(no("it is no file"));
    }
    if metadata.len() == 0 {
        return Err(no("it is empty"));
    }
    let file = File::open(path).map_err(|error| no(&error.to_string()))?;
    let contents = sys::map(&file).map_err(|error| no(&error.to_string()))?;
    let parts = binary::read(&contents).map_err(|why| no(&why))?;
    let record = Store::of(env).ok().and_then(|store| sbom::of_program(&store, path).ok());
    Ok(Looked { path, parts, libraries: record.map(|record| record.libraries) })
}

impl Looked<'_> {
    fn as_json(&self) -> serde_json::Value {
        serde_json::json!({ "file": self.path.display().to_string(), "parts": self.parts, "libraries": self.libraries })
    }

    /// What is told on a terminal.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for part in &self.parts {
            lines.push(format!("{}: {}", self.path.display(), part.title()));
            lines.extend(facts(part).into_iter().map(|(name, fact)| format!("  {name:<11} {fact}")));
        }
        // What was linked elsewhere is not known, and without cgo there is none.
        if let Some(libraries) = &self.libraries {
            let shown = |part: &sbom::Part| match &part.version {
                Some(version) => format!("{} {version}", part.name),
                None => part.name.clone(),
            };
            let names = libraries.iter().map(shown).collect::<Vec<_>>().join(", ");
            lines.push(format!("  {:<11} {}", "archives", if names.is_empty() { "none" } else { &names }));
        }
        lines
    }
}

/// Everything that is known, each under its name.
fn facts(binary: &Binary) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut add = |name, fact: Option<String>| facts.extend(fact.map(|fact| (name, fact)));
    let list = |all: &[String]| (!all.is_empty()).then(|| all.join(", "));
    let nothing = (binary.linkage != binary::Linkage::Dynamic).then(|| "nothing".to_string());
    add("loader", binary.loader.clone());
    add("own name", binary.name.clone());
    add("needs", list(&binary.needed).or(nothing));
    add("looks in", list(&binary.search));
    let glibc = binary.glibc.as_ref();
    add("glibc", glibc.map(|floor| format!("{} or newer{}", floor.version, expect::by(&floor.symbols))));
    add("macOS", binary.macos.as_ref().map(|version| format!("{version} or newer")));
    add("signature", signature(binary));
    let windows = binary.windows.as_ref();
    add("subsystem", windows.map(|windows| windows.subsystem.clone()));
    add("timestamp", windows.map(|windows| timestamp(windows.timestamp)));
    add("symbols", binary.is_stripped.then(|| "none, it is stripped".to_string()));
    add("tools", list(&binary.tools));
    if let Some(go) = &binary.go {
        let module = go.module.as_ref().map(|module| format!(", module {module}")).unwrap_or_default();
        add("Go", Some(format!("{} built {}{module}", go.version, go.path)));
        // The system stands above, and what is empty says nothing.
        let is_told = |(key, value): &&(String, String)| {
            !matches!(key.as_str(), "GOOS" | "GOARCH") && !value.is_empty()
        };
        let settings = go.settings.iter().filter(is_told);
        let settings: Vec<String> = settings.map(|(key, value)| format!("{key}={value}")).collect();
        add("settings", list(&settings));
    }
    facts
}

fn signature(binary: &Binary) -> Option<String> {
    let is_apple = binary.format == "Mach-O";
    let none = || is_apple.then(|| "none".to_string());
    binary.signature.as_ref().map_or_else(none, |signature| {
        let by = if signature.is_ad_hoc { "ad hoc" } else { "by a certificate" };
        let state = signature.fault.clone();
        let state = state.unwrap_or_else(|| format!("all {} pages are as they were signed", signature.pages));
        Some(format!("{by}, as {}: {state}", signature.identifier))
    })
}

fn timestamp(seconds: u32) -> String {
    if seconds == 0 { "none".into() } else { format!("{seconds} seconds after 1970") }
}
