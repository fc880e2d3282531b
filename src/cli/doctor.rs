//! `cgozig doctor`: what is there, what is set, and whether a program can be made.

use super::told::Told;
use crate::compiler;
use crate::failure::Failure;
use crate::persona::Driver;
use crate::say;
use crate::sys::env::Env;
use crate::target::Target;
use crate::zig::find::{Origin, Search, Zig, oldest_for};
use crate::{env_vars, sys};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

const C: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";
const CXX: &str =
    "#include <iostream>\nint main() { try { throw 1; } catch (int) { std::cout << \"hello\\n\"; } }\n";

/// One line of the report.
struct Finding {
    good: bool,
    about: &'static str,
    text: String,
    hint: String,
}

/// Looks at everything; exit status 1 when something is wrong.
pub fn run(target: Option<String>, env: &Env) -> Result<ExitCode, Failure> {
    let mut findings = vec![go(), enabled()];
    findings.extend(settings(env));
    findings.extend(names());
    findings.extend(toolchain(target.as_deref(), env));
    for finding in &findings {
        let mark = if finding.good { "ok  " } else { "BAD " };
        say!("{mark}{:<9}{}", finding.about, finding.text);
        if !finding.hint.is_empty() {
            say!("    {:<9}hint: {}", "", finding.hint);
        }
    }
    let good = findings.iter().all(|finding| finding.good);
    say!("\n{}", if good { "everything is in order" } else { "something is wrong: see BAD above" });
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn good(about: &'static str, text: impl Into<String>) -> Finding {
    Finding { good: true, about, text: text.into(), hint: String::new() }
}

fn bad(about: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Finding {
    Finding { good: false, about, text: text.into(), hint: hint.into() }
}

fn failed(about: &'static str, failure: &Failure) -> Finding {
    bad(about, format!("could not {}", failure.what), failure.hint.clone())
}

fn go_env(name: &str) -> Option<String> {
    let output =
        Command::new("go").args(["env", name]).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn go() -> Finding {
    match go_env("GOVERSION") {
        Some(version) => good("go", format!("{version}, CC={} CXX={}", said("CC"), said("CXX"))),
        None => bad("go", "`go` was not found on PATH", "install Go 1.24 or later"),
    }
}

fn said(name: &str) -> String {
    go_env(name).unwrap_or_default()
}

fn enabled() -> Finding {
    match go_env("CGO_ENABLED").as_deref() {
        Some("0") => bad("cgo", "CGO_ENABLED=0: Go leaves all C out", "set CGO_ENABLED=1"),
        _ if !said("CC").contains("cgozig") => {
            bad("cgo", format!("CC={}: go does not call cgozig", said("CC")), "set CC=cgozig CXX=cgozig-c++")
        }
        _ if !said("CXX").contains("cgozig") => {
            bad("cgo", format!("CXX={}: C++ is not compiled by cgozig", said("CXX")), "set CXX=cgozig-c++")
        }
        _ => good("cgo", "on, and compiled by cgozig"),
    }
}

/// Every setting of ours with its value and where that comes from.
fn settings(env: &Env) -> Vec<Finding> {
    let shown = env_vars::ALL.iter().filter(|variable| variable.ours);
    shown
        .map(|variable| match env.text(variable.name) {
            Some(value) => good("setting", format!("{}={value} (environment)", variable.name)),
            None => good("setting", format!("{}: {} (default)", variable.name, variable.default)),
        })
        .collect()
}

/// Whether the second name is there: without it, CXX cannot be set.
fn names() -> Option<Finding> {
    let exe = std::env::current_exe().ok()?;
    let cxx = exe.with_file_name(format!("cgozig-c++{}", sys::EXE));
    let found = cxx.exists() || which::which_global("cgozig-c++").is_ok();
    (!found).then(|| bad("names", "cgozig-c++ is not there", "run `cgozig setup`"))
}

fn toolchain(asked: Option<&str>, env: &Env) -> Vec<Finding> {
    let mut findings = Vec::new();
    let target = match compiler::named_target(asked, None, env) {
        Ok(target) => target,
        Err(failure) => return vec![failed("target", &failure)],
    };
    findings.push(good("target", format!("{target}, zig calls it {}", target.triple())));
    let opened = Search::open(env, &Told);
    let search =
        match opened.and_then(|search| search.store.make_dir(&search.store.targets()).map(|()| search)) {
            Ok(search) => search,
            Err(failure) => return vec![failed("store", &failure)],
        };
    findings.push(good("store", search.store.root().display().to_string()));
    let (zig, target) = match search.zig_for(target) {
        Ok(found) => found,
        Err(failure) => {
            findings.push(failed("zig", &failure));
            return findings;
        }
    };
    findings.push(good("zig", format!("{} at {} ({})", zig.said, zig.program.display(), zig.from.name())));
    findings.extend(untested(&zig));
    findings.extend(passed_over(&search, &zig, target));
    findings.push(try_program(target, Driver::Cc, C));
    findings.push(try_program(target, Driver::Cxx, CXX));
    findings
}

/// A zig that was asked for is used as it is.
fn untested(zig: &Zig) -> Option<Finding> {
    let why = zig.untested()?;
    let hint = "where a build fails, try it with a release: `cgozig zig list`";
    Some(Finding { hint: hint.into(), ..good("zig", format!("untested: it {why}")) })
}

/// The zigs that one would expect to be used.
fn passed_over(search: &Search, zig: &Zig, target: Target) -> Vec<Finding> {
    if zig.from == Origin::Variable {
        return Vec::new();
    }
    let hint = "CGOZIG_ZIG=PATH uses one that is not too old all the same";
    let finding = |why| Finding { hint: hint.into(), ..good("zig", format!("passed over: {why}")) };
    search.passed_over(oldest_for(Some(target))).into_iter().map(finding).collect()
}

/// Compiles and links a program by calling ourselves, as Go would.
fn try_program(target: Target, driver: Driver, source: &str) -> Finding {
    let (about, suffix, name) = match driver {
        Driver::Cc => ("C", "c", "cc"),
        Driver::Cxx => ("C++", "cc", "c++"),
    };
    match compile(target, name, &format!("hello.{suffix}"), source) {
        Ok(size) => good(about, format!("a program for {target} compiles and links ({size} bytes)")),
        Err(output) => {
            bad(about, format!("a program for {target} does not link: {output}"), "see the lines above")
        }
    }
}

fn compile(target: Target, name: &str, file: &str, source: &str) -> Result<u64, String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(text)?;
    let (input, out) = (folder.path().join(file), folder.path().join("hello"));
    fs::write(&input, source).map_err(text)?;
    let mut command = Command::new(std::env::current_exe().map_err(text)?);
    command.arg(name).arg("-target").arg(target.to_string()).args(["-O2", "-o"]).arg(&out).arg(&input);
    let output = command.output().map_err(text)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_string());
    }
    size(&out).or_else(|| size(&out.with_extension("exe"))).ok_or_else(|| "no file was written".into())
}

fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|metadata| metadata.len())
}
