//! An install that is killed or fails at any system call leaves a store that the next run can use.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::faults::MUTATING;
use support::release::{Release, Sandbox, VERSION, name, rounds};
use support::server::Server;

/// `cgozig zig install` under strace.
fn traced(sandbox: &Sandbox, arguments: &[&str], log: &Path) -> Command {
    let mut command = sandbox.command("strace");
    command.args(["-f", "-qq", "-o"]).arg(log).args(arguments).arg(support::cgozig());
    command.args(["zig", "install", VERSION]);
    command
}

/// How often each call is made by the process itself in an install that succeeds.
fn counts(sandbox: &Sandbox) -> Vec<(&'static str, usize)> {
    let log = sandbox.path().join("log");
    let set = format!("trace={}", MUTATING.join(","));
    let output = traced(sandbox, &["-e", &set], &log).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let text = fs::read_to_string(log).unwrap();
    let first = text.split_whitespace().next().unwrap().to_string();
    let own: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("{first} "))).collect();
    let count = |call: &str| own.iter().filter(|line| line.contains(&format!(" {call}("))).count();
    MUTATING.iter().map(|call| (*call, count(call))).filter(|(_, count)| *count > 0).collect()
}

fn archives(server: &Server) -> usize {
    server.paths().iter().filter(|path| path.starts_with(&format!("/{}?", name()))).count()
}

#[test]
fn killed_at_any_call_the_next_run_succeeds_unaided() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    let counts = counts(&sandbox);
    let mut killed = 0;
    for (call, count) in &counts {
        for nth in 1..=*count {
            sandbox.empty(&mirrors);
            let before = archives(&mirror);
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            traced(&sandbox, &["-e", &inject], Path::new("/dev/null")).output().unwrap();
            let shown = sandbox.zig().exists();
            killed += usize::from(!shown);
            assert!(!sandbox.zig().exists() || sandbox.is_whole(), "{call} {nth}: half an entry is visible");
            let output = sandbox.install().output().unwrap();
            assert!(output.status.success(), "{call} {nth}: {}", support::text(&output));
            assert!(sandbox.is_whole(), "{call} {nth}");
            assert!(archives(&mirror) - before <= 2, "{call} {nth}: at most one download more");
            assert!(shown || sandbox.unfinished() == 0, "{call} {nth}: the leftovers are swept");
        }
    }
    assert!(killed > 40, "only {killed} of the runs were killed before their end: {counts:?}");
}

#[test]
fn failed_at_any_call_it_says_so_and_the_next_run_succeeds() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    let counts = counts(&sandbox);
    let errors = ["ENOSPC", "EMFILE", "EIO", "EROFS", "EDQUOT"];
    let mut failed = 0;
    for error in &errors[..rounds(1, errors.len())] {
        for (call, count) in &counts {
            for nth in 1..=*count {
                sandbox.empty(&mirrors);
                let inject = format!("inject={call}:error={error}:when={nth}");
                let output = traced(&sandbox, &["-e", &inject], Path::new("/dev/null")).output().unwrap();
                let said = support::text(&output);
                assert!(!said.contains("panicked"), "{call} {nth} {error}: {said}");
                if output.status.success() {
                    assert!(sandbox.is_whole(), "{call} {nth} {error}");
                } else {
                    failed += 1;
                    let lines: Vec<&str> =
                        said.lines().filter(|line| line.starts_with("cgozig: could not ")).collect();
                    assert_eq!(lines.len(), 1, "{call} {nth} {error}: {said}");
                    assert!(said.contains("\nhint: "), "{call} {nth} {error}: {said}");
                    assert!(!sandbox.zig().exists() || sandbox.is_whole(), "{call} {nth} {error}");
                }
                let output = sandbox.install().output().unwrap();
                assert!(output.status.success(), "{call} {nth} {error}: {}", support::text(&output));
                assert!(sandbox.is_whole(), "{call} {nth} {error}");
            }
        }
    }
    assert!(failed > 30, "only {failed} of the runs failed: {counts:?}");
}

#[test]
fn all_is_on_disk_before_it_is_shown() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    let log = sandbox.path().join("log");
    let calls = "trace=syncfs,fsync,rename,renameat,renameat2,write,openat";
    assert!(traced(&sandbox, &["-y", "-e", calls], &log).output().unwrap().status.success());
    let text = fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = |what: &dyn Fn(&str) -> bool| lines.iter().rposition(|line| what(line));
    let shown = at(&|line| line.contains("rename") && line.contains(&format!("zig-v1/{VERSION}\""))).unwrap();
    let synced = at(&|line| line.contains("syncfs(")).unwrap();
    let written = at(&|line| line.contains("write(") && line.contains("tmp-v1")).unwrap();
    let parent = at(&|line| line.contains("fsync(") && line.contains("zig-v1>")).unwrap();
    assert!(
        written < synced && synced < shown && shown < parent,
        "{written} {synced} {shown} {parent}\n{text}"
    );
}
