//! The cost of a compile, by counting: processes, opened files, connections, system calls.

mod support;

use std::fs;
use std::process::Command;

/// What cgozig itself does before it becomes zig, as strace saw it.
fn calls(words: &[&str]) -> Option<Vec<String>> {
    let zig = support::zig(support::ZIG)?;
    if Command::new("strace").arg("-V").output().is_err() {
        support::skip("strace is not installed");
        return None;
    }
    let folder = support::folder();
    fs::write(folder.path().join("x.c"), "int x;\n").unwrap();
    let run = |program: &str, before: &[&str]| {
        let mut command = support::clean(program);
        command.env("CGOZIG_ZIG", &zig).env("CGOZIG_TARGET", "linux/amd64").current_dir(folder.path());
        command.args(before).args(words).output().unwrap()
    };
    let cgozig = support::cgozig().display().to_string();
    run(&cgozig, &[]);
    let log = folder.path().join("log");
    run("strace", &["-f", "-s", "9999", "-o", log.to_str().unwrap(), &cgozig]);
    let text = fs::read_to_string(log).unwrap();
    let mut own = Vec::new();
    for line in text.lines().skip(1) {
        if line.contains("execve(") {
            own.push(line.to_string());
            break;
        }
        own.push(line.to_string());
    }
    Some(own)
}

fn count(calls: &[String], names: &[&str]) -> usize {
    calls.iter().filter(|line| names.iter().any(|name| line.contains(&format!(" {name}(")))).count()
}

#[test]
fn a_compile_is_one_process_few_calls_and_no_connection() {
    let Some(calls) = calls(&["-O2", "-g", "-fPIC", "-c", "x.c", "-o", "x.o"]) else { return };
    assert!(calls.last().unwrap().contains("execve("), "cgozig becomes zig");
    assert_eq!(count(&calls, &["clone", "clone3", "fork", "vfork", "execve"]), 1, "{calls:#?}");
    assert_eq!(count(&calls, &["socket", "connect"]), 0);
    assert_eq!(count(&calls, &["flock"]), 0);
    assert!(count(&calls, &["open", "openat"]) <= 12, "{calls:#?}");
    assert!(calls.len() <= 64, "{} system calls: {calls:#?}", calls.len());
}

/// By it cgo asks for the headers of a package: zig is waited for, so that what fails can be explained.
#[test]
fn a_look_at_headers_is_one_process_besides() {
    let Some(calls) = calls(&["-E", "-dM", "x.c"]) else { return };
    assert_eq!(count(&calls, &["clone", "clone3", "fork", "vfork"]), 1, "{calls:#?}");
    assert_eq!(count(&calls, &["execve"]), 1, "{calls:#?}");
    assert_eq!(count(&calls, &["socket", "connect", "flock"]), 0, "{calls:#?}");
}

#[test]
fn a_probe_starts_no_process_at_all() {
    let Some(calls) = calls(&["-###", "-x", "c", "-c", "-"]) else { return };
    assert_eq!(count(&calls, &["clone", "clone3", "fork", "vfork", "execve", "socket", "connect"]), 0);
}
