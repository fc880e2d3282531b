//! What must come, who may be asked for it, and who sees a token.

use super::*;
use cgozig::native::consent::Declarer;
use support::native::{DEPENDENCY, OWN, has_fetched};
use support::server::{in_turn, lie, proxy_to, raw, redirect};

/// Answers with other bytes than these, and what is said of each: the hash of a file of the same size, or both sizes.
fn other_answers(bytes: &[u8]) -> Vec<(server::Behaviour, String)> {
    let with = |at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    let other = zip(&[file("lib/libthing.a", library("evilers"))]);
    assert_eq!(other.len(), bytes.len());
    let sizes = |got: usize| format!("{got} bytes instead of {}", bytes.len());
    vec![
        (body(&with(0)), pin_of(&with(0))),
        (body(&with(bytes.len() / 2)), pin_of(&with(bytes.len() / 2))),
        (body(&with(bytes.len() - 1)), pin_of(&with(bytes.len() - 1))),
        (body(&other), pin_of(&other)),
        (body(&bytes[1..]), sizes(bytes.len() - 1)),
        (body(&[bytes, b"x"].concat()), sizes(bytes.len() + 1)),
        (raw(&[], &bytes[1..]), sizes(bytes.len() - 1)),
        (raw(&[], &[bytes, b"x"].concat()), format!("more than {} bytes", bytes.len())),
        (lie(bytes.len() as u64, &bytes[1..]), sizes(bytes.len() - 1)),
    ]
}

#[test]
fn other_bytes_are_refused_with_both_hashes_and_the_next_mirror_is_asked() {
    let (bytes, pin, _) = thing("");
    for (behaviour, expected) in other_answers(&bytes) {
        let (bad, good) = (Server::start(behaviour), Server::start(body(&bytes)));
        let config = |bases: &[&Server]| {
            let bases: Vec<String> = bases.iter().map(|base| base.url("/m/")).collect();
            format!("[mirror]\n\"https://files.example/\" = {bases:?}\n")
        };
        let wanted = thing("https://files.example/thing.zip").2;
        let sandbox = Sandbox::with(&config(&[&bad]));
        let failure = sandbox.ensure(&wanted, &pin).unwrap_err();
        let asked = bad.requests().len();
        assert!(failure.what.contains(&expected), "{expected}: {}", failure.what);
        if expected.len() == 64 {
            assert!(failure.what.contains(&format!("its sha256 is {expected}, not {}", pin.sha256)));
            assert!(failure.hint.contains("ask its author"), "{}", failure.hint);
            assert_eq!(asked, 1);
        }
        assert!(failure.what.contains(&bad.url("/m/thing.zip")), "{}", failure.what);
        assert!(!sandbox.store().libraries().exists() && sandbox.unfinished() == 0, "nothing of it is left");
        let sandbox = Sandbox::with(&config(&[&bad, &good]));
        let folder = sandbox.ensure(&wanted, &pin).unwrap();
        assert_eq!(fs::read(folder.join("lib/libthing.a")).unwrap(), library("members"));
        assert_eq!((bad.requests().len(), good.requests().len()), (2 * asked, 1));
        assert_eq!(sandbox.outside.connections(), 0, "where mirrors are named the origin is not asked");
    }
}

fn pin_of(bytes: &[u8]) -> String {
    pin(bytes).sha256
}

/// A manifest's digest, of that digit only.
fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

/// A configuration in which a module is trusted with the manifest of that digest.
fn trusted(module: &str, digit: char) -> String {
    format!("[trust.modules]\n\"{module}\" = \"{}\"\n", digest(digit))
}

#[test]
fn this_machine_is_asked_for_a_dependency_only_when_that_is_trusted() {
    let other = trusted(OWN.module, '2');
    let same = trusted(OWN.module, '1');
    for (config, by, expected) in [
        ("", OWN, Ok(())),
        ("", DEPENDENCY, Err(("which is this machine", "cgozig trust 127.0.0.1"))),
        ("[trust]\nhosts = [\"localhost\"]", DEPENDENCY, Err(("this machine", "cgozig trust 127.0.0.1"))),
        ("[trust]\nhosts = [\"127.0.0.1\"]", DEPENDENCY, Ok(())),
        (&other, DEPENDENCY, Err(("has changed since it was trusted", "cgozig trust example.org/module"))),
        (&same, DEPENDENCY, Ok(())),
        (&other, OWN, Ok(())),
    ] {
        let (sandbox, (bytes, pin, _)) = (Sandbox::with(config), thing(""));
        let server = Server::start(body(&bytes));
        let wanted = thing(&server.url("/x.zip")).2;
        let by = Declarer { manifest: &digest('1'), ..by };
        let done = sandbox.search(&[], |search| fetch::ensure(search, by, &wanted, &pin));
        match expected {
            Ok(()) => assert_eq!((done.is_ok(), server.connections()), (true, 1), "{config}: {done:?}"),
            Err((why, hint)) => {
                let failure = done.unwrap_err();
                assert!(failure.what.contains(why) && failure.hint == hint, "{config}: {failure:?}");
                assert_eq!(server.connections(), 0, "{config}");
                // A mirror is the user's own choice.
                let mirror = server.url("/mirror");
                let mirrored = [("CGOZIG_MIRROR", mirror.as_str())];
                let done = sandbox.search(&mirrored, |search| fetch::ensure(search, by, &wanted, &pin));
                assert!(done.is_ok(), "{done:?}");
            }
        }
    }
}

#[test]
fn a_host_is_asked_unasked_only_when_it_is_well_known_or_trusted() {
    let cases: [(&str, &str, Result<&str, &str>); 21] = [
        ("https://files.example/x.zip", "", Err("files.example")),
        ("https://files.example:8443/x.zip", "", Err("files.example")),
        ("https://github.com.evil.example/x.zip", "", Err("github.com.evil.example")),
        ("https://github.com@evil.example/x.zip", "", Err("has a user name")),
        ("http://github.com/x.zip", "", Err("plain http")),
        ("file:///etc/passwd", "", Err("is not https")),
        ("https://files.example/x.zip", "[trust]\nhosts = [\"example\"]", Err("files.example")),
        ("https://files.example/x.zip", &trusted("example.org", '1'), Err("files.example")),
        ("https://nexus/x.zip", "", Err("nexus")),
        ("https://my_nexus:8081/x.zip", "", Err("my_nexus")),
        ("https://192.0.2.1/x.zip", "", Err("192.0.2.1")),
        ("https://[2001:db8::1]:8443/x.zip", "", Err("2001:db8::1")),
        // What a shell would run is no line to type.
        ("https://a;reboot/x.zip", "", Err("`a;reboot` in its address is no name of a host")),
        ("https://$(reboot)/x.zip", "", Err("`$(reboot)` in its address is no name of a host")),
        ("https://github.com./x.zip", "", Err("is no name of a host")),
        ("https://github.com/a/b/x.zip", "", Ok("github.com:443")),
        ("https://gitlab.com/a/b/x.zip", "", Ok("gitlab.com:443")),
        ("https://codeberg.org/a/b/x.zip", "", Ok("codeberg.org:443")),
        ("https://files.example/x.zip", "[trust]\nhosts = [\"Files.Example\"]", Ok("files.example:443")),
        ("https://files.example/x.zip", &trusted("example.org/module", '1'), Ok("files.example:443")),
        ("https://nexus:8443/x.zip", "[trust]\nhosts = [\"nexus\"]", Ok("nexus:8443")),
    ];
    for (url, config, expected) in cases {
        let sandbox = Sandbox::with(config);
        let (_, pin, wanted) = thing(url);
        let own = Declarer { manifest: &digest('1'), ..DEPENDENCY };
        let failure = sandbox.search(&[], |search| fetch::ensure(search, own, &wanted, &pin)).unwrap_err();
        match expected {
            Ok(asked) => {
                assert_eq!(sandbox.outside.paths().first().map(String::as_str), Some(asked), "{failure:?}");
            }
            Err(said) => {
                assert_eq!(sandbox.outside.connections(), 0, "{url}");
                assert!(failure.what.contains(said), "{url}: {}", failure.what);
                let is_consent = failure.what.contains("nor one that you trust");
                assert_eq!(is_consent, failure.hint == format!("cgozig trust {said}"), "{failure:?}");
            }
        }
    }
}

const CANARY: &str = "canary-5f1d0c";
const VARIABLE: &str = "FETCH_TEST_TOKEN";

/// A private library at an https server, in a process that has the token for its host.
struct Private {
    sandbox: Sandbox,
    origin: Server,
    there: Server,
    proxy: Server,
}

impl Private {
    /// `first` is what the origin answers at first, given another https server's port; later it has the archive, as has the
    /// other one.
    fn new(first: impl Fn(u16) -> Option<server::Behaviour>) -> Private {
        let bytes = thing("").0;
        let there = Server::start_tls(body(&bytes));
        let port = there.address().port();
        let behaviours = first(port).into_iter().chain([body(&bytes)]).collect();
        let origin = Server::start_tls(in_turn(behaviours));
        let proxy = Server::start(proxy_to(there.address()));
        let config = format!("[token]\n\"{}\" = \"{VARIABLE}\"\n", origin.address());
        Private { sandbox: Sandbox::with(&config), origin, there, proxy }
    }

    fn run(&self, is_private: bool, more: &[(&str, String)]) -> std::process::Output {
        let (_, pin, mut wanted) = thing(&self.origin.url("/thing.zip"));
        wanted.private = is_private;
        let mut command = self.sandbox.process(&[], &wanted, &pin);
        command.env(VARIABLE, CANARY).env("SSL_CERT_FILE", server::authority());
        command.env("CGOZIG_LOG", "trace").env("CGOZIG_LOG_FILE", self.sandbox.path().join("log"));
        command.env("HTTPS_PROXY", self.proxy.url("")).envs(more.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    /// How often the origin got the token; nobody else has it, and no file and no output has.
    fn seen(&self, output: &std::process::Output) -> usize {
        let has = |request: &Request| {
            request.headers.iter().any(|(_, value)| value.contains(CANARY)) || request.path.contains(CANARY)
        };
        for (who, server) in
            [("the other", &self.there), ("the proxy", &self.proxy), ("the outside", &self.sandbox.outside)]
        {
            assert!(!server.requests().iter().any(has), "{who} has seen the token");
        }
        assert!(!support::text(output).contains(CANARY), "{}", support::text(output));
        assert!(!has_canary(self.sandbox.path()), "a file has it");
        let log = fs::read_to_string(self.sandbox.path().join("log")).unwrap();
        // A dump of bytes would break the token in two.
        assert!(!log.contains("ureq") && !log.to_lowercase().contains("authorization"), "{log}");
        let with: Vec<Request> = self.origin.requests().into_iter().filter(has).collect();
        for request in &with {
            assert_eq!(request.header("authorization"), Some(format!("Bearer {CANARY}").as_str()));
            assert_eq!(request.header("accept"), Some("application/octet-stream"));
        }
        with.len()
    }
}

/// Whether any file below has the token, in its contents or its name.
fn has_canary(folder: &std::path::Path) -> bool {
    fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        let in_contents = || {
            let contents = fs::read(&path).unwrap();
            contents.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
        };
        path.display().to_string().contains(CANARY)
            || if path.is_dir() { has_canary(&path) } else { in_contents() }
    })
}

/// Where the origin redirects to, with PORT of the other server; and how often that is asked, or what is said instead.
const REDIRECTS: &[(&str, Result<usize, &str>)] = &[
    ("/elsewhere", Ok(0)),
    ("elsewhere?x=1", Ok(0)),
    ("https://127.0.0.1:PORT/x", Ok(1)),
    ("https://localhost:PORT/x", Ok(1)),
    ("//localhost:PORT/x", Ok(1)),
    // Through the proxy, as a name of another domain.
    ("https://files.example/x", Ok(1)),
    ("http://127.0.0.1:PORT/x", Err("plain http")),
    ("http://192.0.2.1/x", Err("plain http")),
    ("file:///etc/passwd", Err("is not https")),
    ("ftp://127.0.0.1:PORT/x", Err("is not https")),
    ("data:text/plain,x", Err("is not https")),
    ("https://u:p@127.0.0.1:PORT/x", Err("has a user name")),
    ("https://", Err("is no URL")),
];

#[test]
fn a_token_goes_to_its_host_alone_and_never_along_with_a_redirect() {
    for (location, expected) in REDIRECTS {
        let private = Private::new(|port| Some(redirect(&location.replace("PORT", &port.to_string()))));
        let output = private.run(true, &[]);
        let said = support::text(&output);
        assert_eq!(private.seen(&output), 1, "{location}: {said}");
        let elsewhere = expected.unwrap_or_else(|expected| {
            assert!(said.contains(expected), "{location}: {said}");
            0
        });
        assert_eq!(has_fetched(&output), expected.is_ok(), "{location}: {said}");
        assert_eq!(private.there.requests().len(), elsewhere, "{location}");
    }
}

#[test]
fn a_token_is_not_sent_twice_in_one_request() {
    for (behaviour, said, requests) in [
        (redirect("/again"), "more than 5 redirects", 6),
        (status(401, &[("Location", "/x")]), "answered 401", 1),
    ] {
        let mut private = Private::new(|_| None);
        private.origin = Server::start_tls(behaviour);
        let config = format!("[token]\n\"{}\" = \"{VARIABLE}\"\n", private.origin.address());
        fs::write(private.sandbox.path().join("config.toml"), config).unwrap();
        let output = private.run(true, &[]);
        assert!(support::text(&output).contains(said), "{}", support::text(&output));
        assert_eq!((private.seen(&output), private.origin.requests().len()), (1, requests));
    }
}

#[test]
fn a_token_is_sent_again_with_the_same_request_and_otherwise_not() {
    // The same request, after a fault of the server.
    let private = Private::new(|_| Some(status(503, &[("Retry-After", "0")])));
    let output = private.run(true, &[]);
    assert!(has_fetched(&output), "{}", support::text(&output));
    assert_eq!(private.seen(&output), 2);
    // A library that is not private.
    let private = Private::new(|_| None);
    let output = private.run(false, &[]);
    assert!(has_fetched(&output), "{}", support::text(&output));
    assert_eq!(private.seen(&output), 0);
    // A mirror, which needs none.
    let private = Private::new(|_| None);
    let output = private.run(true, &[("CGOZIG_MIRROR", private.there.url("/mirror"))]);
    assert!(has_fetched(&output), "{}", support::text(&output));
    assert_eq!((private.seen(&output), private.origin.connections()), (0, 0));
    assert_eq!(private.there.paths(), [format!("/mirror/{}/thing.zip", private.origin.address())]);
    // A token of another host, or a variable without one.
    for (config, variable, said) in [
        (format!("[token]\n\"127.0.0.1\" = \"{VARIABLE}\"\n"), CANARY, "there is no token for 127.0.0.1:"),
        (format!("[token]\n\"localhost\" = \"{VARIABLE}\"\n"), CANARY, "below `[token]` in `"),
        (String::new(), CANARY, "it is private, and there is no token for"),
        ("own".into(), "", "there is no token in the variable FETCH_TEST_TOKEN"),
        ("own".into(), "two words canary-5f1d0c", "there is no token in the variable FETCH_TEST_TOKEN"),
        ("own".into(), "canary-5f1d0c\nX-Evil: 1", "there is no token in the variable FETCH_TEST_TOKEN"),
    ] {
        let private = Private::new(|_| None);
        if config != "own" {
            fs::write(private.sandbox.path().join("config.toml"), config).unwrap();
        }
        let output = private.run(true, &[(VARIABLE, variable.into())]);
        assert!(support::text(&output).contains(said), "{}", support::text(&output));
        assert_eq!((private.seen(&output), private.origin.connections()), (0, 0));
    }
}
