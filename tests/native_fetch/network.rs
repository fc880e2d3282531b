//! Servers that answer badly, and no network at all.

use super::*;
use std::time::Instant;
use support::server::{in_turn, lie, redirect, reset_at, stall_at};

/// What a server of that behaviour leads to, said as one line, and how often it is asked.
fn ask(behaviour: impl Fn(&Request, &mut Connection) + Send + Sync + 'static) -> (String, usize) {
    let sandbox = Sandbox::new();
    let server = Server::start(behaviour);
    let (_, pin, wanted) = thing(&server.url("/thing.zip?token=canary"));
    let start = Instant::now();
    let said = match sandbox.ensure(&wanted, &pin) {
        Ok(_) => "fetched".into(),
        Err(failure) => {
            assert!(failure.what.starts_with("fetch thing v1.2.3 (linux/amd64/gnu): http://127.0.0.1:"));
            assert!(!failure.what.contains("canary") && !failure.what.contains('\n'), "{}", failure.what);
            assert!(!sandbox.store().libraries().exists() && sandbox.unfinished() == 0);
            failure.what
        }
    };
    assert!(start.elapsed().as_secs() < 15, "{said} took {:?}", start.elapsed());
    (said, server.requests().len())
}

#[test]
fn every_fault_of_a_server_is_named_in_one_clause() {
    let bytes = thing("").0;
    let half = bytes.len() / 2;
    let statuses = [400, 401, 403, 404, 410, 418, 451, 501, 206, 204, 304];
    let mut cases: Vec<(server::Behaviour, String, usize)> =
        statuses.iter().map(|code| (status(*code, &[]), format!("the server answered {code}"), 1)).collect();
    for code in [408, 429, 500, 502, 503, 504] {
        let wait = [("Retry-After", "0")];
        cases.push((status(code, &wait), format!("the server answered {code} and asks to wait 0 s"), 3));
    }
    cases.extend::<Vec<(server::Behaviour, String, usize)>>(vec![
        (status(429, &[("Retry-After", "99")]), "asks to wait 99 s".into(), 1),
        (lie(bytes.len() as u64, &bytes[..half]), format!("{half} bytes instead of"), 3),
        (reset_at(half, &bytes), "instead of".into(), 3),
        (stall_at(half, &bytes), "no byte for 2 s".into(), 3),
        (body(b""), "the server announces 0 bytes instead of".into(), 1),
        (lie(1 << 40, b""), "the server announces 1099511627776 bytes instead of".into(), 1),
        (redirect("http://files.example/x"), "redirects to an address that is plain http".into(), 1),
        (redirect("/again"), "more than 5 redirects".into(), 6),
        (in_turn(vec![status(503, &[("Retry-After", "0")]), body(&bytes)]), "fetched".into(), 2),
    ]);
    // Most of the time is spent waiting.
    std::thread::scope(|scope| {
        for (behaviour, expected, asked) in cases {
            scope.spawn(move || {
                let (said, times) = ask(behaviour);
                assert!(said.contains(&expected), "{expected}: {said}");
                assert_eq!(times, asked, "{said}");
            });
        }
    });
}

#[test]
fn too_large_is_not_asked_for() {
    let sandbox = Sandbox::new();
    let server = Server::start(body(b""));
    let wanted = artifact(&server.url("/x"), ArchiveKind::Zip, &[("thing", "x.a")]);
    let pin = Pin { size: (1 << 30) + 1, ..pin(b"x") };
    let said = sandbox.ensure(&wanted, &pin).unwrap_err().what;
    assert!(said.contains("it is larger than 1073741824 bytes"), "{said}");
    for sha256 in ["", "../../x", "ABC", &"f".repeat(63)] {
        let said = sandbox.ensure(&wanted, &Pin { sha256: sha256.into(), size: 1 }).unwrap_err().what;
        assert!(said.contains(&format!("`{sha256}` is no sha256")), "{said}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn offline_connects_to_nothing_and_says_what_to_put_where() {
    let server = Server::start(body(&thing("").0));
    let (_, pin, wanted) = thing(&server.url("/a/thing.zip?x=1"));
    let settings = [
        ("CGOZIG_OFFLINE", "1", "CGOZIG_OFFLINE"),
        ("GOPROXY", "off", "GOPROXY=off"),
        ("GOFLAGS", "-trimpath -mod=vendor", "GOFLAGS=-mod=vendor"),
        ("CGOZIG_MIRROR", "", "[network] offline"),
        ("CGOZIG_OFFLINE", "yes", "CGOZIG_OFFLINE"),
    ];
    for (variable, value, named) in settings {
        let sandbox = Sandbox::with(if named.starts_with('[') { "[network]\noffline = true\n" } else { "" });
        let strace = ["strace", "-f", "-qq", "-e", "trace=%network,execve", "-o"];
        let log = sandbox.path().join("calls").display().to_string();
        let strace: Vec<&str> = strace.into_iter().chain([log.as_str()]).collect();
        let before: &[&str] = if support::has_strace() { &strace } else { &[] };
        let output = sandbox.process(before, &wanted, &pin).env(variable, value).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!(
            "cgozig: could not fetch thing v1.2.3 (linux/amd64/gnu): it is not in the store, and {named} forbids the \
             network\nhint: put {} (sha256 {}, {} bytes) at `{}/downloads-v1/thing.zip`, or name a mirror by \
             CGOZIG_MIRROR\n",
            wanted.url,
            pin.sha256,
            pin.size,
            sandbox.store().root().display()
        );
        assert_eq!((said, output.status.code()), (expected, Some(1)));
        if support::has_strace() {
            let calls = fs::read_to_string(&log).unwrap();
            assert!(
                calls.contains("execve(") && !calls.contains("connect(") && !calls.contains("AF_INET"),
                "{calls}"
            );
        }
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn offline_without_a_hash_there_is_nothing_to_put_anywhere() {
    let (server, sandbox) = (Server::start(body(b"")), Sandbox::new());
    let wanted = thing(&server.url("/thing.zip")).2;
    let mut file = tempfile::tempfile().unwrap();
    let failure = sandbox.search(&[("CGOZIG_OFFLINE", "1")], |search| {
        fetch::download(search, support::native::OWN, &wanted, &mut file).unwrap_err().failure
    });
    assert!(failure.what.contains("forbids the network") && failure.hint.contains("CGOZIG_MIRROR"));
    assert_eq!(server.connections(), 0);
}
