//! Many processes that want one library at once.

use super::*;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::native::has_fetched;
use support::release::rounds;

/// So many processes at once.
fn crowd(sandbox: &Sandbox, before: &[&str], (pin, wanted): (&Pin, &Artifact), number: usize) -> Vec<Child> {
    let start = || {
        let mut command = sandbox.process(before, wanted, pin);
        command.env("CGOZIG_TIMEOUT", "60").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    (0..number).map(|_| start()).collect()
}

fn all_succeed(crowd: Vec<Child>) {
    for child in crowd {
        let output = child.wait_with_output().unwrap();
        assert!(has_fetched(&output), "{}", support::text(&output));
    }
}

/// A larger library, so that the transfer takes a while; the number is its size in MiB.
pub fn large(mebibytes: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(3);
    let words: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(mebibytes << 20).collect();
    zip(&[file("lib/libthing.a", library(words))])
}

#[test]
fn sixty_four_processes_download_once() {
    let bytes = large(rounds(1, 100));
    let pin = pin(&bytes);
    for _ in 0..rounds(3, 20) {
        let (sandbox, server) = (Sandbox::new(), Server::start(body(&bytes)));
        let wanted = thing(&server.url("/thing.zip")).2;
        all_succeed(crowd(&sandbox, &[], (&pin, &wanted), 64));
        assert_eq!(server.requests().len(), 1);
        assert_eq!(fs::read_dir(sandbox.store().libraries()).unwrap().count(), 1);
        assert!(sandbox.unfinished() == 0 && sandbox.present(&wanted, &pin).is_some());
    }
}

#[test]
fn sixty_four_threads_download_once() {
    let bytes = large(1);
    let (sandbox, server, pin) = (Sandbox::new(), Server::start(body(&bytes)), pin(&bytes));
    let wanted = thing(&server.url("/thing.zip")).2;
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| sandbox.ensure(&wanted, &pin).unwrap());
        }
    });
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn without_locks_all_succeed_too() {
    if !support::has_strace() {
        return;
    }
    let (bytes, pin, _) = thing("");
    let server = Server::start(body(&bytes));
    let wanted = thing(&server.url("/thing.zip")).2;
    for error in ["ENOSYS", "EOPNOTSUPP", "ENOLCK", "EBADF"] {
        for _ in 0..rounds(1, 50) {
            let sandbox = Sandbox::new();
            let inject = format!("inject=flock:error={error}");
            let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
            all_succeed(crowd(&sandbox, &strace, (&pin, &wanted), 16));
            assert!(sandbox.present(&wanted, &pin).is_some());
        }
    }
}

/// Sends the archive when its file says so.
fn slow(bytes: Vec<u8>, gate: PathBuf) -> Server {
    Server::start(move |_, connection| {
        while !gate.exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        connection.answer(200, &[], &bytes);
    })
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_mins(1), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn when_the_holder_of_the_lock_is_killed_another_takes_over() {
    let (bytes, pin, _) = thing("");
    for _ in 0..rounds(2, 20) {
        let sandbox = Sandbox::new();
        let gate = sandbox.path().join("gate");
        let server = slow(bytes.clone(), gate.clone());
        let wanted = thing(&server.url("/thing.zip")).2;
        let mut holder = crowd(&sandbox, &[], (&pin, &wanted), 1).remove(0);
        wait_until("it downloads", || server.requests().len() == 1);
        let waiters = crowd(&sandbox, &[], (&pin, &wanted), 31);
        holder.kill().unwrap();
        holder.wait().unwrap();
        wait_until("another downloads", || server.requests().len() == 2);
        fs::write(&gate, b"").unwrap();
        all_succeed(waiters);
        assert_eq!(
            (server.requests().len(), sandbox.unfinished()),
            (2, 0),
            "what the killed one left is swept"
        );
    }
}

#[test]
fn a_holder_that_hangs_is_named_and_not_waited_for_for_ever() {
    let (bytes, pin, _) = thing("");
    let sandbox = Sandbox::new();
    let server = slow(bytes, sandbox.path().join("gate"));
    let wanted = thing(&server.url("/thing.zip")).2;
    let mut holder = crowd(&sandbox, &[], (&pin, &wanted), 1).remove(0);
    wait_until("it downloads", || server.requests().len() == 1);
    let output = sandbox.process(&[], &wanted, &pin).env("CGOZIG_LOCK_TIMEOUT", "3").output().unwrap();
    let (said, id) = (support::text(&output), holder.id());
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(
        said.contains(&format!("waiting: process {id} fetches thing v1.2.3 (linux/amd64/gnu)")),
        "{said}"
    );
    assert!(
        said.contains(&format!("could not go on: process {id} has held the lock `lib-{}`", pin.sha256)),
        "{said}"
    );
    assert_eq!(server.requests().len(), 1);
}
