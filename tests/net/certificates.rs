//! Whose certificates are trusted, and what happens without any. A name that is not the host's is in `proxies`.

use super::*;
use std::io::{Read, Write};

#[test]
fn only_a_valid_certificate_of_the_host_is_trusted() {
    let good = Server::start_tls(body(HELLO));
    let client = client_with(&[], limits());
    assert_eq!(get(&client, &good.url("/")), hello());
    assert_eq!(get(&client, &format!("https://localhost:{}/", good.address().port())), hello());

    // A clock that is wrong by years, ahead and behind, sees a good certificate as ours sees these two.
    let slow_to_retry = client_with(&[], Limits { backoff: Duration::from_secs(9), ..limits() });
    let wrong = [
        ("expired.pem", "certificate expired"),
        ("early.pem", "not valid yet"),
        ("alone.pem", "UnknownIssuer"),
    ];
    for (certificate, why) in wrong {
        let server = Server::start_as(certificate, body(HELLO));
        let fault = get(&slow_to_retry, &server.url("/")).unwrap_err();
        assert!(matches!(&fault, Fault::Tls(text) if text.contains(why)), "{certificate}: {fault:?}");
        assert_eq!(fault.about(), About::Host);
        assert_eq!((server.requests().len(), server.connections()), (0, 1), "{certificate}");
    }
}

/// A server that knows nothing newer than TLS 1.1 answers in it; it hears an alert and no request.
#[test]
fn tls_older_than_1_2_is_not_spoken() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut record = [0; 5];
        stream.read_exact(&mut record).unwrap();
        stream.read_exact(&mut vec![0; usize::from(record[3]) << 8 | usize::from(record[4])]).unwrap();
        // A record of TLS 1.1 with a ServerHello: its version, a random number, no session, AES128-SHA, no compression.
        let hello = [&[22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2][..], &[7; 32], &[0, 0xc0, 0x13, 0]].concat();
        stream.write_all(&hello).unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).map(|_| heard)
    });
    let fault = get(&client_with(&[], limits()), &url).unwrap_err();
    assert!(matches!(fault, Fault::Tls(_)) && fault.about() == About::Host, "{fault:?}");
    let heard = server.join().unwrap().unwrap();
    assert_eq!((heard[0], &heard[5..]), (21, &[2, 70][..]), "the alert protocol_version");
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

#[test]
fn a_folder_of_certificates_takes_the_place_of_the_system_s() {
    let folder = tempfile::tempdir().unwrap();
    // OpenSSL names such files by a hash of what is in them.
    fs::copy(server::authority(), folder.path().join("0123abcd.0")).unwrap();
    again("certificates::with_a_folder", &[("SSL_CERT_DIR", folder.path().to_str().unwrap())]);
}

#[test]
#[ignore = "a part of another test"]
fn with_a_folder() {
    let server = Server::start_tls(body(HELLO));
    assert_eq!(get(&client(limits()), &server.url("/")), hello());
    let alone = Server::start_as("alone.pem", body(HELLO));
    assert!(matches!(get(&client(limits()), &alone.url("/")), Err(Fault::Tls(_))));
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
