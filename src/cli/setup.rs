//! `cgozig setup`: the other names, and the lines for a shell.

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::persona::LINKS;
use crate::say;
use crate::sys::{self, env::Env};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Links, prints, and tells Go when asked to.
pub fn run(dir: Option<PathBuf>, go_env: bool, env: &Env) -> Result<ExitCode, Failure> {
    let exe = std::env::current_exe().and_then(fs::canonicalize).map_err(|error| {
        Failure::new(OwnExit::Start, format!("find cgozig's own file: {error}"), "reinstall cgozig")
    })?;
    let dir = match dir {
        Some(dir) => make(&dir)?,
        None => exe.parent().unwrap_or(Path::new("/")).to_path_buf(),
    };
    let names = std::iter::once("cgozig").chain(LINKS.iter().copied());
    for name in names {
        link(&exe, &dir.join(format!("{name}{}", sys::EXE)))?;
    }
    say!("linked in {}: cgozig, {}", dir.display(), LINKS.join(", "));
    if !on_path(&dir, env) {
        say!("\nThat folder is not on PATH; add it first:\n  export PATH={}:$PATH", quoted(&dir));
    }
    say!("\nFor your shell's profile:\n{}", exports(env));
    if go_env {
        tell_go(&dir)?;
        say!("\n`go env` now has CC and CXX; `go env -u CC CXX` takes that back");
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder, made when it is not there, as an absolute path.
fn make(dir: &Path) -> Result<PathBuf, Failure> {
    let made = fs::create_dir_all(dir).and_then(|()| fs::canonicalize(dir));
    made.map_err(|error| no(dir, &error.to_string()))
}

/// Makes one name; what is there already is replaced only when it is a cgozig.
fn link(exe: &Path, name: &Path) -> Result<(), Failure> {
    if fs::canonicalize(name).is_ok_and(|path| path == *exe) {
        return Ok(());
    }
    if name.symlink_metadata().is_ok_and(|there| !there.is_symlink() && sys::HOST.0 != "windows") {
        return Err(no(name, "there is another file of that name"));
    }
    let _ = fs::remove_file(name);
    sys::link(exe, name).map_err(|error| no(name, &error.to_string()))
}

fn no(path: &Path, why: &str) -> Failure {
    let hint = "`cgozig setup --dir DIR` takes another folder";
    Failure::new(OwnExit::Request, format!("make `{}`: {why}", path.display()), hint)
}

fn on_path(dir: &Path, env: &Env) -> bool {
    env.raw("PATH").is_some_and(|path| {
        std::env::split_paths(path).any(|entry| fs::canonicalize(entry).is_ok_and(|entry| entry == dir))
    })
}

/// The two lines in the language of the user's shell.
fn exports(env: &Env) -> String {
    let shell = env.text("SHELL").unwrap_or_default();
    let line = |name: &str, value: &str| {
        if shell.ends_with("fish") {
            format!("  set -gx {name} {value}")
        } else if sys::HOST.0 == "windows" {
            format!("  $env:{name} = \"{value}\"")
        } else {
            format!("  export {name}={value}")
        }
    };
    format!("{}\n{}", line("CC", "cgozig"), line("CXX", "cgozig-c++"))
}

fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), std::borrow::Cow::into_owned)
}

/// `go env -w`, with whole paths, so that it holds wherever PATH has us or not.
fn tell_go(dir: &Path) -> Result<(), Failure> {
    let hint = "install Go, or use the two lines above";
    let value = |variable: &str, name: &str| {
        format!("{variable}={}", dir.join(format!("{name}{}", sys::EXE)).display())
    };
    let mut command = Command::new("go");
    command.args(["env", "-w", &value("CC", "cgozig"), &value("CXX", "cgozig-c++")]);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(OwnExit::Request, format!("run `go env -w`: {status}"), hint)),
        Err(error) => Err(Failure::new(OwnExit::Request, format!("run `go env -w`: {error}"), hint)),
    }
}
