//! Proxies: which requests go through them, and what of them shows.

use super::*;

const FAR: &str = "https://files.example/x?token=canary";

#[test]
fn https_goes_through_a_tunnel() {
    let target = Server::start_tls(body(HELLO));
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = Server::start(proxy_to(target.address()));
        let client = client_with(&[(name, &proxy.url(""))], limits());
        assert_eq!(get(&client, FAR), hello(), "{name}");
        let requests = proxy.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(
            (requests[0].method.as_str(), requests[0].path.as_str()),
            ("CONNECT", "files.example:443")
        );
        assert!(requests[0].headers.iter().all(|(_, value)| !value.contains(CANARY)));
    }
    assert_eq!(target.paths(), ["/x?token=canary"; 4]);
}

#[test]
fn a_proxy_s_password_goes_to_the_proxy_only() {
    let target = Server::start_tls(body(HELLO));
    let proxy = Server::start(proxy_to(target.address()));
    let url = format!("user:can%61ry@{}", proxy.address());
    assert_eq!(get(&client_with(&[("HTTPS_PROXY", &url)], limits()), FAR), hello());
    assert_eq!(proxy.requests()[0].header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));
    let headers = &target.requests()[0].headers;
    assert!(
        headers.iter().all(|(name, _)| !name.contains("auth") && !name.contains("cookie")),
        "{headers:?}"
    );
}

#[test]
fn the_certificate_is_checked_behind_a_proxy_too() {
    let target = Server::start_tls(body(HELLO));
    let proxy = Server::start(proxy_to(target.address()));
    let client = client_with(&[("HTTPS_PROXY", &proxy.url(""))], limits());
    let fault = get(&client, "https://other.example/").unwrap_err();
    assert!(matches!(fault, Fault::Tls(_)), "{fault:?}");
    assert_eq!((proxy.requests().len(), target.requests().len()), (1, 0));
}

#[test]
fn redirects_go_through_the_proxy_and_stay_https() {
    let target = Server::start_tls(in_turn(vec![redirect("https://files.example:8443/y"), body(HELLO)]));
    let proxy = Server::start(proxy_to(target.address()));
    let client = client_with(&[("HTTPS_PROXY", &proxy.url(""))], limits());
    assert_eq!(get(&client, FAR), hello());
    assert_eq!(proxy.paths(), ["files.example:443", "files.example:8443"]);

    let target = Server::start_tls(redirect("http://files.example/y"));
    let proxy = Server::start(proxy_to(target.address()));
    let client = client_with(&[("HTTPS_PROXY", &proxy.url(""))], limits());
    assert_eq!(get(&client, FAR), Err(Fault::Redirect(Refusal::Plain)));
    assert_eq!(proxy.paths(), ["files.example:443"]);
}

#[test]
fn a_proxy_that_refuses_is_a_fault_of_the_way() {
    for code in [403, 407, 500, 502, 503] {
        let proxy = Server::start(status(code, &[("X", CANARY)]));
        let url = format!("http://user:canary@{}", proxy.address());
        let fault = get(&client_with(&[("HTTPS_PROXY", &url)], limits()), FAR).unwrap_err();
        assert_eq!(fault.about(), About::Host, "{fault:?}");
        assert!(fault.to_string().ends_with(&format!(" {code}")), "{fault}");
        assert_eq!(proxy.requests().len(), 1, "{code}");
    }
}

#[test]
fn a_proxy_that_is_silent_or_not_there_is_a_fault_and_never_left_out() {
    let silent = Server::silent("http");
    let start = Instant::now();
    let fault = get(&client_with(&[("HTTPS_PROXY", &silent.url(""))], short()), FAR).unwrap_err();
    assert_eq!(fault, Fault::NoConnection(short().connect));
    assert!(start.elapsed() < Duration::from_millis(2300));

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let fault = get(&client_with(&[("HTTPS_PROXY", &nobody)], limits()), FAR).unwrap_err();
    assert!(matches!(fault, Fault::Connect(_)), "{fault:?}");
}

#[test]
fn exceptions_are_reached_directly() {
    let target = Server::start_tls(body(HELLO));
    let cases = [
        ("*", true),
        ("files.invalid", true),
        (".invalid", true),
        ("invalid", true),
        ("files.invalid:443", true),
        ("x, files.invalid", true),
        ("files.invalid:8443", false),
        ("other.invalid", false),
        ("", false),
    ];
    for (list, is_direct) in cases {
        for name in ["NO_PROXY", "no_proxy"] {
            let proxy = Server::start(proxy_to(target.address()));
            let client = client_with(&[("HTTPS_PROXY", &proxy.url("")), (name, list)], limits());
            // Without the proxy the name has no address, with it the certificate is another's.
            let fault = get(&client, "https://files.invalid/").unwrap_err();
            assert_eq!(proxy.requests().len(), usize::from(!is_direct), "{list}");
            assert_eq!(matches!(fault, Fault::Tls(_)), !is_direct, "{list}: {fault:?}");
        }
    }
}

#[test]
fn this_machine_is_reached_directly() {
    let proxy = Server::start(status(500, &[]));
    let client = client_with(&[("HTTPS_PROXY", &proxy.url("")), ("all_proxy", &proxy.url(""))], limits());
    let (plain, secure) = (Server::start(body(HELLO)), Server::start_tls(body(HELLO)));
    assert_eq!(get(&client, &plain.url("/")), hello());
    assert_eq!(get(&client, &secure.url("/")), hello());
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn plain_http_does_not_become_allowed_by_a_proxy() {
    let proxy = Server::start(body(HELLO));
    let client = client_with(&[("ALL_PROXY", &proxy.url(""))], limits());
    assert_eq!(get(&client, "http://files.example/"), Err(Fault::Refused(Refusal::Plain)));
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_value_that_is_no_proxy_is_a_failure_and_never_direct() {
    for value in ["socks5://127.0.0.1:1", "http://", "127.0.0.1:99999", "http://user:canary@h/path", "a b"] {
        let env = Env::of(&[("HTTPS_PROXY", value)]);
        let failure = Client::new(&env, limits()).unwrap_err();
        assert!(failure.what.starts_with("use HTTPS_PROXY: "), "{failure:?}");
        assert!(!format!("{failure:?}").contains(CANARY), "{failure:?}");
    }
}

#[test]
fn a_proxy_for_http_is_not_used_for_https() {
    let proxy = Server::start(body(HELLO));
    let url = proxy.url("");
    again("proxies::with_a_proxy_for_http", &[("HTTP_PROXY", &url), ("http_proxy", &url)]);
    assert_eq!(proxy.connections(), 0);
}

#[test]
#[ignore = "a part of another test"]
fn with_a_proxy_for_http() {
    assert!(std::env::var_os("HTTP_PROXY").is_some());
    let client = Client::new(&Env::read(), limits()).unwrap();
    let fault = get(&client, "https://files.invalid/").unwrap_err();
    assert_eq!(fault.about(), About::Host, "{fault:?}");
}
