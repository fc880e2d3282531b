//! Who waits for whom while a zig is installed or a libc is built, and what holds when a holder dies, hangs, or has no lock.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::crowd::{all_succeed, crowd, wait_until};
use support::release::{Release, Sandbox, VERSION, archives, rounds};
use support::server::Server;
use support::traced::{self, Call};

#[test]
fn sixty_four_processes_download_once() {
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    for round in 1..=rounds(5, 100) {
        sandbox.empty(&mirrors);
        all_succeed(crowd(&sandbox, 64));
        assert_eq!(archives(&mirror), round);
        assert!(sandbox.is_whole());
    }
}

/// An install where the system has no locks.
fn lockless(sandbox: &Sandbox, error: &str) -> Child {
    let inject = format!("inject=flock:error={error}");
    let mut command = traced::install(sandbox, &["-e", &inject], Path::new("/dev/null"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn without_locks_all_succeed_too() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    for error in ["ENOSYS", "EOPNOTSUPP", "ENOLCK", "EBADF"] {
        for _ in 0..rounds(1, 50) {
            sandbox.empty(&mirrors);
            for child in (0..16).map(|_| lockless(&sandbox, error)).collect::<Vec<_>>() {
                let output = child.wait_with_output().unwrap();
                assert!(output.status.success(), "{error}: {}", support::text(&output));
            }
            assert!(sandbox.is_whole());
        }
    }
}

/// A mirror that keeps the archive back until its file says so.
fn slow_mirror(gate: PathBuf) -> Server {
    let release = Release::shared();
    Server::start(move |request, connection| {
        while !request.path.contains(".minisig") && !gate.exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        release.serve(request, connection);
    })
}

fn lock_file(sandbox: &Sandbox) -> PathBuf {
    sandbox.store().join(format!("locks-v1/zig-{VERSION}.lock"))
}

/// The process that holds the install's lock, as it wrote itself.
fn holder(sandbox: &Sandbox) -> Option<String> {
    fs::read_to_string(lock_file(sandbox)).ok().filter(|text| !text.is_empty())
}

/// So many calls of an install, evenly spread from where it has the lock to where it lets it go.
fn points(sandbox: &Sandbox, number: usize) -> Vec<Call> {
    let calls = traced::calls(sandbox);
    let locked = calls.iter().position(|call| call.name == "flock").unwrap() + 2;
    assert!(calls[locked].name == "write", "the holder writes itself: {calls:#?}");
    let says = calls.iter().rposition(|call| call.line.starts_with("write(1,")).unwrap();
    let held = &calls[locked..says];
    assert!(held.len() > number, "{held:#?}");
    (0..number).map(|nth| held[nth * (held.len() - 1) / (number - 1)].clone()).collect()
}

/// An install that stops at this call, with the lock; gives back strace and the install itself.
fn stopped(sandbox: &Sandbox, point: &Call) -> (Child, String) {
    let log = sandbox.path().join("log");
    let _ = fs::remove_file(&log);
    let mut command = traced::install(sandbox, &["-e", &point.inject("signal=STOP")], &log);
    let strace = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it stops", || {
        fs::read_to_string(&log).is_ok_and(|text| text.contains("--- stopped by SIGSTOP"))
    });
    (strace, holder(sandbox).unwrap())
}

/// Whether a process has the lock's file open: it waits for the lock.
fn waits(process: &Child, lock: &Path) -> bool {
    let open = fs::read_dir(format!("/proc/{}/fd", process.id())).into_iter().flatten().flatten();
    open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|path| path == lock)
}

#[test]
fn when_the_holder_of_the_lock_is_killed_another_takes_over() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let mirrors = [mirror.url("")];
    let sandbox = Sandbox::new(&mirrors);
    for point in points(&sandbox, rounds(4, 20)) {
        sandbox.empty(&mirrors);
        let before = archives(&mirror);
        let (mut strace, own) = stopped(&sandbox, &point);
        let waiters = crowd(&sandbox, 63);
        if sandbox.zig().exists() {
            // It has only to tidy up: nobody waits for that.
            all_succeed(waiters);
            kill(&own);
        } else {
            let lock = fs::canonicalize(lock_file(&sandbox)).unwrap();
            wait_until("all wait", || waiters.iter().all(|waiter| waits(waiter, &lock)));
            let killed = Instant::now();
            kill(&own);
            wait_until("another has the lock", || holder(&sandbox).is_some_and(|holder| holder != own));
            let took = killed.elapsed();
            assert!(took < Duration::from_secs(1), "{}: {took:?}", point.line);
            all_succeed(waiters);
            assert_eq!(sandbox.unfinished(), 0, "{}: what the killed one left is swept", point.line);
        }
        strace.wait().unwrap();
        assert!(archives(&mirror) - before <= 2, "{}", point.line);
        assert!(sandbox.is_whole(), "{}", point.line);
    }
}

fn kill(process: &str) {
    assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
}

#[test]
fn a_holder_that_hangs_is_named_and_not_waited_for_for_ever() {
    let folder = support::folder();
    let mirror = slow_mirror(folder.path().join("gate"));
    let sandbox = Sandbox::new(&[mirror.url("")]);
    let mut holder = sandbox.identify().env("CGOZIG_TIMEOUT", "60").spawn().unwrap();
    wait_until("it downloads", || archives(&mirror) == 1);
    let start = Instant::now();
    let output = sandbox.identify().env("CGOZIG_LOCK_TIMEOUT", "3").output().unwrap();
    let (took, said) = (start.elapsed(), support::text(&output));
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!((3..5).contains(&took.as_secs()), "{took:?}");
    assert_eq!(output.status.code(), Some(122), "{said}");
    let pid = format!("process {}", holder.id());
    assert!(said.contains(&format!("cgozig: waiting: {pid} installs")), "{said}");
    assert!(said.contains(&format!("could not go on: {pid} has held the lock")), "{said}");
    assert!(
        said.contains(&sandbox.store().display().to_string()) && said.contains("CGOZIG_LOCK_TIMEOUT"),
        "{said}"
    );
}

/// Folders of unfinished work in a store: each with a file, some as of two days ago.
fn leave(sandbox: &Sandbox, name: &str, number: usize, is_old: bool) -> Vec<PathBuf> {
    let two_days_ago = std::time::SystemTime::now() - Duration::from_hours(48);
    let make = |nth: usize| {
        let path = sandbox.store().join(format!("tmp-v1/{name}.{nth}"));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("archive"), name).unwrap();
        if is_old {
            fs::File::open(&path).unwrap().set_modified(two_days_ago).unwrap();
        }
        path
    };
    (0..number).map(make).collect()
}

#[test]
fn what_nobody_works_on_is_swept_and_nothing_else() {
    if !support::has_strace() {
        return;
    }
    let mirror = Release::shared().mirror();
    let sandbox = Sandbox::new(&[]);
    let machine = cgozig::sys::machine().unwrap();
    for has_locks in [true, false] {
        sandbox.empty(&[mirror.url("")]);
        let own = leave(&sandbox, &format!("zig-{VERSION}.{machine}"), 40, false);
        let old = ["export", "zig-0.14.1.elsewhere"].map(|name| leave(&sandbox, name, 5, true)).concat();
        let live = [
            leave(&sandbox, &format!("zig-{VERSION}.elsewhere"), 3, false),
            leave(&sandbox, &format!("zig-{VERSION}"), 3, false),
            leave(&sandbox, &format!("zig-0.16.0.{machine}"), 2, false),
            leave(&sandbox, "import", 1, false),
            leave(&sandbox, "trash", 1, false),
        ];
        let output = if has_locks {
            sandbox.install().output().unwrap()
        } else {
            lockless(&sandbox, "ENOSYS").wait_with_output().unwrap()
        };
        assert!(output.status.success(), "{}", support::text(&output));
        // Without a lock nobody knows whether the others of this machine are at work.
        assert_eq!(own.iter().filter(|path| path.exists()).count(), if has_locks { 0 } else { 40 });
        assert_eq!(old.iter().filter(|path| path.exists()).count(), 0);
        assert!(live.concat().iter().all(|path| path.join("archive").is_file()));
    }
}

#[test]
fn who_has_no_lock_is_not_swept_by_who_has_one() {
    if !support::has_strace() {
        return;
    }
    let folder = support::folder();
    let gate = folder.path().join("gate");
    let mirror = slow_mirror(gate.clone());
    let sandbox = Sandbox::new(&[mirror.url("")]);
    let without = lockless(&sandbox, "ENOLCK");
    wait_until("it downloads", || archives(&mirror) == 1);
    let with = crowd(&sandbox, 1);
    wait_until("the other one downloads too", || archives(&mirror) == 2);
    fs::write(&gate, b"").unwrap();
    let output = without.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    all_succeed(with);
    assert!(sandbox.is_whole() && sandbox.unfinished() == 0);
}

/// A zig that writes down which files it was given, and hangs when it is told to.
const LISTS: &str =
    "ls -l /proc/$$/fd > \"$FDS\"; echo $$ > \"$FDS.pid\"; while [ -n \"$HANG\" ]; do sleep 0.1; done";

/// cgozig with that zig, a log, and a store of its own.
fn listing(folder: &Path, store: &str, words: &[&str]) -> Command {
    let mut command = support::compiler(&folder.join("zig"), "linux/amd64");
    command.env("CGOZIG_CACHE_DIR", folder.join(store)).env("CGOZIG_LOG_FILE", folder.join("log"));
    command.env("FDS", folder.join("fds")).current_dir(folder).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// zig has what it would have without us: no lock, no log, no file that long lines are written to. (A cache from another
/// machine lends it one folder; there is none here.)
#[test]
fn zig_inherits_no_open_file() {
    let folder = support::folder();
    let zig = support::fake_zig(folder.path(), "0.15.2", LISTS);
    let mut direct = Command::new(zig);
    direct.env("FDS", folder.path().join("fds")).stdin(Stdio::null());
    assert!(direct.output().unwrap().status.success());
    let plain = open_files(folder.path());
    let word = format!("-DNAME={}\n", "1".repeat(10_000));
    fs::write(folder.path().join("long"), word.repeat(cgozig::sys::LONGEST_LINE / 10_000) + "-c x.c")
        .unwrap();
    let lines: [(&[&str], bool); 4] =
        [(&["-c", "x.c"], false), (&["x.c"], true), (&["x.o"], true), (&["@long"], true)];
    for run in 0..100 {
        let (words, has_child) = lines[run % 4];
        let child = listing(folder.path(), &format!("store{}", run / 4), words).spawn().unwrap();
        let own = child.id().to_string();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
        let pid = fs::read_to_string(folder.path().join("fds.pid")).unwrap();
        assert_eq!(pid.trim() != own, has_child, "{words:?}: whether cgozig is still there");
        assert_eq!(open_files(folder.path()), plain, "run {run}, {words:?}");
    }
}

/// What that zig has open, pipes without their numbers.
fn open_files(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("fds")).unwrap();
    let shown = |(start, to): (&str, &str)| {
        let number = start.rsplit(' ').next().unwrap();
        format!("{number} {}", if to.starts_with("pipe:") { "pipe" } else { to })
    };
    let open: Vec<String> = text.lines().filter_map(|line| line.split_once(" -> ")).map(shown).collect();
    assert!(open.len() > 3, "{text}");
    open
}

#[test]
fn a_lock_is_free_when_its_holder_is_killed_though_its_zig_lives_on() {
    let folder = support::folder();
    support::fake_zig(folder.path(), "0.15.2", LISTS);
    let mut first = listing(folder.path(), "store", &["x.c"]).env("HANG", "1").spawn().unwrap();
    let pid = folder.path().join("fds.pid");
    wait_until("zig hangs", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    let zig = fs::read_to_string(&pid).unwrap().trim().to_string();
    first.kill().unwrap();
    first.wait().unwrap();
    let start = Instant::now();
    let second = listing(folder.path(), "store", &["x.c"]).env("CGOZIG_LOCK_TIMEOUT", "60").output().unwrap();
    let (took, lives) = (start.elapsed(), Path::new("/proc").join(&zig).exists());
    kill(&zig);
    assert!(second.status.success() && took < Duration::from_secs(10) && lives, "{took:?} {lives}");
}
