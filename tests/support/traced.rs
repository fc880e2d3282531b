//! An install under strace: which calls it makes, and a fault at any of them.

use super::release::{Sandbox, VERSION};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The calls that change something.
pub const MUTATING: &[&str] = &[
    "openat",
    "write",
    "pwrite64",
    "ftruncate",
    "fsync",
    "fdatasync",
    "syncfs",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "unlink",
    "unlinkat",
    "rmdir",
    "link",
    "linkat",
    "symlink",
    "flock",
];

/// One call of an install: its name, and how many of that name came up to it.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: &'static str,
    pub nth: usize,
    /// As strace wrote it.
    pub line: String,
}

impl Call {
    /// What makes strace do `fault` there: `signal=KILL`, `error=ENOSPC`.
    pub fn inject(&self, fault: &str) -> String {
        format!("inject={}:{fault}:when={}", self.name, self.nth)
    }
}

/// `cgozig zig install` under strace, which does not look at the zig that is started to try it.
pub fn install(sandbox: &Sandbox, arguments: &[&str], log: &Path) -> Command {
    let mut command = sandbox.command("strace");
    command.args(["-qq", "-o"]).arg(log).args(arguments).arg(super::cgozig());
    command.args(["zig", "install", VERSION]);
    command
}

/// The calls that the process itself makes in an install that succeeds, in their order.
pub fn calls(sandbox: &Sandbox) -> Vec<Call> {
    let log = sandbox.path().join("log");
    let set = format!("trace={}", MUTATING.join(","));
    let output = install(sandbox, &["-e", &set], &log).output().unwrap();
    assert!(output.status.success(), "{}", super::text(&output));
    let text = fs::read_to_string(log).unwrap();
    let mut calls: Vec<Call> = Vec::new();
    for line in text.lines() {
        let called = MUTATING.iter().find(|name| line.starts_with(&format!("{name}(")));
        if let Some(name) = called {
            let nth = calls.iter().filter(|call| call.name == *name).count() + 1;
            calls.push(Call { name, nth, line: line.into() });
        }
    }
    calls
}
