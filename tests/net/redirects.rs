//! Redirects: which are followed, and how many.

use super::*;

/// What comes of a redirect to `to`, and how many requests there were.
fn to(to: &str) -> (Result<String, Fault>, usize) {
    let to = to.to_string();
    let server = Server::start(move |request: &Request, connection: &mut Connection| match request.nth {
        0 => connection.answer(302, &[("Location", &to)], b"moved"),
        _ => connection.answer(200, &[], request.path.get(..5).unwrap_or(&request.path).as_bytes()),
    });
    (get(&client(limits()), &server.url("/a/b/c?d=canary")), server.requests().len())
}

#[test]
fn relative_ones_are_followed() {
    for (location, path) in [
        ("/x", "/x"),
        ("x", "/a/b/"),
        ("../x", "/a/x"),
        ("../../../x", "/x"),
        ("?x", "/a/b/"),
        ("/x#y", "/x"),
        ("/./x/../y", "/y"),
    ] {
        assert_eq!(to(location), (Ok(path.into()), 2), "{location}");
    }
}

#[test]
fn other_ports_and_hosts_are_followed_and_all_codes() {
    let there = Server::start(body(HELLO));
    for code in [301, 302, 303, 307, 308] {
        let here = Server::start(status(code, &[("Location", &there.url("/x?token=canary"))]));
        assert_eq!(get(&client(limits()), &here.url("/")), hello(), "{code}");
    }
    let here = Server::start(redirect(&format!("//localhost:{}/x", there.address().port())));
    assert_eq!(get(&client(limits()), &here.url("/?token=canary")), hello());
    assert_eq!(there.requests().len(), 6);
    assert!(there.requests()[5].headers.iter().all(|(_, value)| !value.contains(CANARY)));
}

#[test]
fn forbidden_addresses_are_not_asked() {
    let there = Server::start(body(HELLO));
    let port = there.address().port();
    let cases = [
        ("file:///etc/passwd".to_string(), Refusal::Scheme),
        (format!("ftp://127.0.0.1:{port}/"), Refusal::Scheme),
        ("data:text/plain,hello".into(), Refusal::Scheme),
        (format!("gopher://127.0.0.1:{port}/canary"), Refusal::Scheme),
        ("http://files.example/?canary".into(), Refusal::Plain),
        ("http://192.0.2.1/canary".into(), Refusal::Plain),
        (format!("http://0.0.0.0:{port}/"), Refusal::Plain),
        (format!("http://[::ffff:127.0.0.1]:{port}/"), Refusal::Plain),
        (format!("http://127.0.0.1.files.example:{port}/"), Refusal::Plain),
        (format!("http://user:canary@127.0.0.1:{port}/"), Refusal::Userinfo),
        (format!("//canary@127.0.0.1:{port}/"), Refusal::Userinfo),
        (format!("https://user:canary@127.0.0.1:{port}/"), Refusal::Userinfo),
        ("https://".into(), Refusal::NoUrl),
        ("https:///x".into(), Refusal::NoUrl),
        (format!("http://127.0.0.1:{port}0/"), Refusal::NoUrl),
        ("http://[::1/".into(), Refusal::NoUrl),
    ];
    for (location, refusal) in cases {
        assert_eq!(to(&location), (Err(Fault::Redirect(refusal)), 1), "{location}");
    }
    assert_eq!(there.connections(), 0);
    let text = Fault::Redirect(Refusal::Plain).to_string();
    assert_eq!(text, "the server redirects to an address that is plain http");
}

#[test]
fn forbidden_addresses_are_not_asked_in_the_first_place() {
    let server = Server::start(body(HELLO));
    let port = server.address().port();
    let cases = [
        (format!("http://user:canary@127.0.0.1:{port}/"), Refusal::Userinfo),
        (format!("ftp://127.0.0.1:{port}/"), Refusal::Scheme),
        ("http://files.example/".into(), Refusal::Plain),
        (format!("127.0.0.1:{port}/canary"), Refusal::NoUrl),
        ("/canary".into(), Refusal::NoUrl),
    ];
    for (url, refusal) in cases {
        assert_eq!(get(&client(limits()), &url), Err(Fault::Refused(refusal)), "{url}");
    }
    assert_eq!(server.connections(), 0);
    assert_eq!(Fault::Refused(Refusal::Plain).to_string(), "the address is plain http");
}

#[test]
fn five_are_followed_and_six_are_not() {
    let chain = |length: usize| {
        Server::start(move |request: &Request, connection: &mut Connection| {
            let next = format!("/{}", request.nth + 1);
            match request.nth {
                nth if nth < length => connection.answer(302, &[("Location", &next)], b""),
                _ => connection.answer(200, &[], HELLO),
            }
        })
    };
    for (length, expected, requests) in
        [(5, hello(), 6), (6, Err(Fault::Redirects), 6), (99, Err(Fault::Redirects), 6)]
    {
        let server = chain(length);
        assert_eq!(get(&client(limits()), &server.url("/0")), expected);
        assert_eq!(server.requests().len(), requests);
    }
    assert_eq!(to("c"), (Ok("/a/b/".into()), 2));
    assert_eq!(Fault::Redirects.to_string(), "more than 5 redirects");
}

#[test]
fn a_redirect_is_taken_again_after_a_fault_behind_it() {
    let there = Server::start(in_turn(vec![status(503, &[]), reset(), body(HELLO)]));
    let here = Server::start(redirect(&there.url("/")));
    assert_eq!(get(&client(limits()), &here.url("/")), hello());
    assert_eq!((here.requests().len(), there.requests().len()), (3, 3));
}

#[test]
fn https_is_not_left_for_http() {
    let plain = Server::start(body(HELLO));
    let secure = Server::start_tls(redirect(&plain.url("/")));
    let client = client_with(&[], limits());
    assert_eq!(get(&client, &secure.url("/")), Err(Fault::Redirect(Refusal::Plain)));
    assert_eq!((secure.requests().len(), plain.connections()), (1, 0));
    let secure = Server::start_tls(in_turn(vec![redirect("/x"), body(HELLO)]));
    assert_eq!(get(&client, &Server::start(redirect(&secure.url("/"))).url("/")), hello());
    assert_eq!(secure.paths(), ["/", "/x"]);
}
