//! Transfers against servers that misbehave: statuses, stalls, wrong lengths, redirects, proxies, certificates.

#[path = "net/answers.rs"]
mod answers;
#[path = "net/certificates.rs"]
mod certificates;
#[path = "net/length.rs"]
mod length;
#[path = "net/proxies.rs"]
mod proxies;
#[path = "net/redirects.rs"]
mod redirects;
mod support;
#[path = "net/time.rs"]
mod time;

use cgozig::net::fault::{About, Fault};
use cgozig::net::policy::Refusal;
use cgozig::net::{Client, Limits, Wanted};
use cgozig::sys::env::Env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use support::server::{self, Connection, Request, Server};
use support::server::{body, in_turn, lie, proxy_to, raw, redirect, reset, reset_at, stall_at, status};

const HELLO: &[u8] = b"hello";
const SHA256_OF_HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// What must never be shown.
const CANARY: &str = "canary";

/// Limits that end soon; a limit that must not be reached is far away.
fn limits() -> Limits {
    let (connect, read) = (Duration::from_secs(5), Duration::from_secs(5));
    let (backoff, retry_after_cap) = (Duration::from_millis(1), Duration::from_secs(3));
    Limits { connect, read, tries: 3, backoff, retry_after_cap, slowest: 100 }
}

/// Limits for what shall reach them.
fn short() -> Limits {
    let limit = Duration::from_millis(300);
    Limits { connect: limit, read: limit, tries: 1, ..limits() }
}

fn client(limits: Limits) -> Client {
    Client::new(&Env::default(), limits).unwrap()
}

fn client_with(env: &[(&'static str, &str)], limits: Limits) -> Client {
    let authority = server::authority();
    let env = [env, &[("SSL_CERT_FILE", authority.to_str().unwrap())]].concat();
    Client::new(&Env::of(&env), limits).unwrap()
}

fn wanted(url: &str) -> Wanted<'_> {
    Wanted { url, limit: 5, ..Wanted::default() }
}

/// What a client gets from `url`; a fault never shows a secret.
fn get(client: &Client, url: &str) -> Result<String, Fault> {
    bring(client, &wanted(url)).0
}

/// The text that arrived in the file, or the fault; and how many bytes the file has.
fn bring(client: &Client, wanted: &Wanted) -> (Result<String, Fault>, u64) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "what was there before, and is longer").unwrap();
    let done = client.to_file(wanted, file.as_file_mut(), &mut |_, _| {});
    let bytes = fs::read(file.path()).unwrap();
    assert!(bytes.len() as u64 <= wanted.limit + 1, "{} bytes were written", bytes.len());
    if let Err(fault) = &done {
        assert!(!format!("{fault} {fault:?}").contains(CANARY), "{fault:?}");
        assert!(!fault.to_string().contains('\n') && !fault.to_string().ends_with('.'), "{fault}");
    }
    let text = done.map(|hash| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text != "hello" || hash == SHA256_OF_HELLO, "{hash}");
        text
    });
    (text, bytes.len() as u64)
}

/// Asks a server of that behaviour once, and counts.
fn ask(behaviour: server::Behaviour, size: Option<u64>) -> (Result<String, Fault>, usize) {
    let server = Server::start(behaviour);
    let url = server.url("/x");
    let (done, _) = bring(&client(limits()), &Wanted { size, ..wanted(&url) });
    (done, server.requests().len())
}

fn hello() -> Result<String, Fault> {
    Ok("hello".into())
}

#[test]
fn a_file_that_cannot_be_written_is_a_fault_of_this_machine() {
    let server = Server::start(body(HELLO));
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut read_only = File::open(file.path()).unwrap();
    let fault =
        client(limits()).to_file(&wanted(&server.url("/")), &mut read_only, &mut |_, _| {}).unwrap_err();
    assert!(matches!(fault, Fault::File(_)) && fault.about() == About::ThisMachine, "{fault:?}");
    assert_eq!(server.requests().len(), 0);
}

/// Runs an ignored test in a process of its own, without our variables of the net but with these.
fn again(test: &str, env: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]);
    for name in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.envs(env.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
