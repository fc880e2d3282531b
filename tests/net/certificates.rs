//! Whose certificates are trusted, and what happens without any.

use super::*;
use std::io::{Read, Write};

#[test]
fn only_a_valid_certificate_of_the_host_is_trusted() {
    let good = Server::start_tls(body(HELLO));
    let client = client_with(&[], limits());
    assert_eq!(get(&client, &good.url("/")), hello());
    assert_eq!(get(&client, &format!("https://localhost:{}/", good.address().port())), hello());

    let slow_to_retry = client_with(&[], Limits { backoff: Duration::from_secs(9), ..limits() });
    let expired = Server::start_expired(body(HELLO));
    let fault = get(&slow_to_retry, &expired.url("/")).unwrap_err();
    assert!(matches!(fault, Fault::Tls(_)) && fault.about() == About::Host, "{fault:?}");
    assert_eq!((expired.requests().len(), expired.connections()), (0, 1));
}

#[test]
fn what_is_no_tls_is_not_trusted() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
        stream.read_to_end(&mut Vec::new())
    });
    let fault = get(&client_with(&[], limits()), &url).unwrap_err();
    assert!(matches!(fault, Fault::Tls(_)), "{fault:?}");
    let _ = server.join();
}

/// The system's store is asked when no file is named, and does not have the tests' authority.
#[test]
fn the_system_does_not_trust_the_tests() {
    let server = Server::start_tls(body(HELLO));
    let fault = get(&client(limits()), &server.url("/")).unwrap_err();
    assert!(matches!(fault, Fault::Tls(_) | Fault::NoCertificates), "{fault:?}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_file_of_certificates_that_cannot_be_used_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("text"), "no certificate").unwrap();
    fs::write(path("half"), "-----BEGIN CERTIFICATE-----\nMIIB\n").unwrap();
    for name in ["missing", "empty", "text", "half", "."] {
        let failure = Client::new(&Env::of(&[("SSL_CERT_FILE", &path(name))]), limits()).unwrap_err();
        assert!(failure.what.starts_with("use SSL_CERT_FILE=`"), "{}", failure.what);
    }
}

/// What a static program in an empty container meets.
#[test]
fn a_system_without_certificates_says_so() {
    let folder = tempfile::tempdir().unwrap();
    again("certificates::without_a_store", &[("SSL_CERT_DIR", folder.path().to_str().unwrap())]);
}

#[test]
#[ignore = "a part of another test"]
fn without_a_store() {
    let server = Server::start_tls(body(HELLO));
    let fault = get(&client(limits()), &server.url("/")).unwrap_err();
    assert_eq!((&fault, fault.about()), (&Fault::NoCertificates, About::ThisMachine));
    assert!(fault.to_string().starts_with("this machine has no certificates"));
}
