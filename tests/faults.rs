//! An install that is killed or fails at any system call leaves a store that the next run can use.

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;
use support::release::{Release, Sandbox, VERSION, archives, rounds};
use support::traced::{self, Call};

/// An install that did not go as it should, and what it left.
struct Run {
    /// Where: for messages.
    at: String,
    output: Output,
    /// Whether a zig is visible.
    shown: bool,
    /// How often the archive was asked for, with the next install.
    archives: usize,
    /// What lay unfinished in the store after the next install.
    unfinished: usize,
}

/// Makes `fault` happen at each call of an install in turn. What is visible is always whole, and the next install
/// succeeds unaided.
fn at_every_call(fault: &str, judge: &mut dyn FnMut(&Run)) {
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    for call in traced::calls(&sandbox) {
        sandbox.empty(&mirrors);
        let (at, before) = (format!("{fault}, {} {}", call.name, call.nth), archives(&mirror));
        let output = install_with(&sandbox, &call, fault);
        let shown = sandbox.zig().exists();
        assert!(!shown || sandbox.is_whole(), "{at}: half an entry is visible");
        let next = sandbox.install().output().unwrap();
        assert!(next.status.success(), "{at}: {}", support::text(&next));
        assert!(sandbox.is_whole(), "{at}");
        let (archives, unfinished) = (archives(&mirror) - before, sandbox.unfinished());
        judge(&Run { at, output, shown, archives, unfinished });
    }
}

fn install_with(sandbox: &Sandbox, call: &Call, fault: &str) -> Output {
    traced::install(sandbox, &["-e", &call.inject(fault)], Path::new("/dev/null")).output().unwrap()
}

#[test]
fn killed_at_any_call_the_next_run_succeeds_unaided() {
    if !support::has_strace() {
        return;
    }
    let mut killed = 0;
    at_every_call("signal=KILL", &mut |Run { at, shown, archives, unfinished, .. }| {
        killed += usize::from(!shown);
        assert!(*archives <= 2, "{at}: at most one download more");
        assert!(*shown || *unfinished == 0, "{at}: the leftovers are swept");
    });
    assert!(killed > 40, "only {killed} of the runs were killed before their end");
}

#[test]
fn failed_at_any_call_it_says_so_and_the_next_run_succeeds() {
    if !support::has_strace() {
        return;
    }
    let errors = ["ENOSPC", "EMFILE", "EIO", "EROFS", "EDQUOT"];
    let mut failed = 0;
    for error in &errors[..rounds(1, errors.len())] {
        at_every_call(&format!("error={error}"), &mut |Run { at, output, shown, .. }| {
            let said = support::text(output);
            assert!(*shown || !output.status.success(), "{at}: success without a zig");
            assert!(!said.contains("panicked"), "{at}: {said}");
            if !output.status.success() {
                failed += 1;
                let lines = said.lines().filter(|line| line.starts_with("cgozig: could not ")).count();
                assert!(lines == 1 && said.contains("\nhint: "), "{at}: {said}");
            }
        });
    }
    assert!(failed > 30, "only {failed} of the runs failed");
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
    assert!(traced::install(&sandbox, &["-y", "-e", calls], &log).output().unwrap().status.success());
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
