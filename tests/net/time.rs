//! Servers that are silent or slow: every shape ends soon after its limit.

use super::*;

const PAUSE: Duration = Duration::from_millis(30);

fn ends_in_time(url: &str, expected: &Fault) {
    ends_in_time_with(5, url, expected);
}

fn ends_in_time_with(limit: u64, url: &str, expected: &Fault) {
    let start = Instant::now();
    let fault = bring(&client(short()), &Wanted { limit, ..wanted(url) }).0.unwrap_err();
    assert_eq!(fault, *expected);
    let passed = start.elapsed();
    assert!(passed >= Duration::from_millis(250) && passed < Duration::from_millis(2300), "{passed:?}");
}

fn silent() -> Fault {
    Fault::Silent(short().read)
}

#[test]
fn a_server_that_does_not_accept() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    ends_in_time(&format!("http://{}/", listener.local_addr().unwrap()), &silent());
    assert_eq!(silent().to_string(), "no byte for 0.3 s");
}

#[test]
fn a_server_that_says_nothing() {
    ends_in_time(&Server::silent("http").url("/"), &silent());
}

#[test]
fn a_server_that_says_nothing_before_tls() {
    let fault = Fault::NoConnection(short().connect);
    ends_in_time(&Server::silent("https").url("/"), &fault);
    assert_eq!(fault.about(), About::Host);
}

#[test]
fn a_head_byte_by_byte() {
    let server = Server::start(|_: &Request, connection: &mut Connection| {
        connection.drip(
            b"HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
            PAUSE,
        );
    });
    ends_in_time(&server.url("/"), &silent());
}

#[test]
fn a_body_byte_by_byte() {
    let server = Server::start(|_: &Request, connection: &mut Connection| {
        connection.head(200, &[("Content-Length", "1000000")]);
        connection.drip(b"x", PAUSE);
    });
    let url = server.url("/");
    let start = Instant::now();
    let done = bring(&client(short()), &Wanted { limit: 1_000_000, ..wanted(&url) }).0;
    assert_eq!(done, Err(Fault::Slow(100)));
    assert!(start.elapsed() < Duration::from_millis(2300));
    assert_eq!(Fault::Slow(1024).to_string(), "fewer than 1024 bytes per second");
}

#[test]
fn a_size_of_a_chunk_and_trailers_without_end() {
    let sizes = Server::start(|_: &Request, connection: &mut Connection| {
        connection.head(200, &[("Transfer-Encoding", "chunked")]);
        connection.drip(b"0", PAUSE);
    });
    ends_in_time(&sizes.url("/"), &silent());
    let trailers = Server::start(|_: &Request, connection: &mut Connection| {
        connection.head(200, &[("Transfer-Encoding", "chunked")]);
        connection.send(b"0\r\n");
        connection.drip(b"a: b\r\n", PAUSE);
    });
    ends_in_time(&trailers.url("/"), &silent());
}

#[test]
fn a_body_that_stops() {
    for count in [0, 1, 4] {
        // So many bytes are allowed that only the silence can end it in time.
        ends_in_time_with(1_000_000, &Server::start(stall_at(count, HELLO)).url("/"), &silent());
    }
}

#[test]
fn a_connection_that_ends_early_ends_at_once() {
    let start = Instant::now();
    for (behaviour, bytes) in [(reset_at(4, HELLO), 4), (lie(5, b"hell"), 4), (lie(5, b""), 0)] {
        let fault = get(&client(Limits { tries: 1, ..limits() }), &Server::start(behaviour).url("/"));
        assert_eq!(fault, Err(Fault::Short(bytes, 5)));
    }
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_slow_but_steady_body_is_awaited() {
    let server = Server::start(|_: &Request, connection: &mut Connection| {
        connection.head(200, &[("Content-Length", "20000")]);
        (0..20).all(|_| {
            std::thread::sleep(PAUSE);
            connection.send(&[b'x'; 1000])
        });
    });
    let url = server.url("/");
    let (done, bytes) = bring(&client(short()), &Wanted { limit: 20_000, ..wanted(&url) });
    assert_eq!((done.is_ok(), bytes), (true, 20_000), "{done:?}");
}
