//! Lengths that are wrong, bodies that are packed, answers that are broken.

use super::*;

const CHUNKED: &[(&str, &str)] = &[("Transfer-Encoding", "chunked")];

#[test]
fn a_wrong_announcement_ends_at_once() {
    assert_eq!(ask(lie(4, b"hell"), Some(5)), (Err(Fault::Announced(4, 5)), 1));
    assert_eq!(ask(lie(6, b"hello!"), Some(5)), (Err(Fault::Announced(6, 5)), 1));
    assert_eq!(ask(body(b""), Some(5)), (Err(Fault::Announced(0, 5)), 1));
    assert_eq!(ask(lie(6, b"hello!"), None), (Err(Fault::Long(5)), 1));
    assert_eq!(ask(lie(u64::MAX, b"hello!"), None), (Err(Fault::Long(5)), 1));
    assert_eq!(Fault::Announced(4, 5).to_string(), "the server announces 4 bytes instead of 5");
}

#[test]
fn a_short_body_is_tried_again() {
    assert_eq!(ask(lie(5, b"he"), None), (Err(Fault::Short(2, 5)), 3));
    assert_eq!(ask(lie(5, b"he"), Some(5)), (Err(Fault::Short(2, 5)), 3));
    assert_eq!(ask(raw(&[], b"he"), Some(5)), (Err(Fault::Short(2, 5)), 3));
    assert_eq!(ask(raw(&[], b""), Some(5)), (Err(Fault::Short(0, 5)), 3));
    assert_eq!(ask(raw(CHUNKED, b"2\r\nhe\r\n0\r\n\r\n"), Some(5)), (Err(Fault::Short(2, 5)), 3));
    assert_eq!(ask(raw(CHUNKED, b"2\r\nhe\r\n"), Some(5)), (Err(Fault::Short(2, 5)), 3));
    assert_eq!(ask(raw(CHUNKED, b"5\r\nhe"), None), (Err(Fault::Cut), 3));
    assert_eq!(ask(raw(CHUNKED, b""), None), (Err(Fault::Cut), 3));
    assert_eq!(Fault::Short(2, 5).to_string(), "2 bytes instead of 5");
}

#[test]
fn a_long_body_is_left_at_the_limit() {
    assert_eq!(ask(raw(&[], b"hello!"), None), (Err(Fault::Long(5)), 1));
    assert_eq!(ask(raw(CHUNKED, b"6\r\nhello!\r\n0\r\n\r\n"), None), (Err(Fault::Long(5)), 1));
    let endless = || -> server::Behaviour {
        Box::new(|_, connection| {
            connection.head(200, CHUNKED);
            while connection.chunk(&[b'x'; 4096]) {}
        })
    };
    assert_eq!(ask(endless(), None), (Err(Fault::Long(5)), 1));
    let server = Server::start(endless());
    let url = server.url("/");
    let (done, bytes) = bring(
        &client(limits()),
        &Wanted { url: &url, limit: 100_000, size: Some(70_000), ..Wanted::default() },
    );
    assert_eq!(done, Err(Fault::Long(70_000)));
    assert!(bytes <= 70_001, "{bytes}");
}

#[test]
fn right_lengths_of_all_kinds_are_taken() {
    for size in [None, Some(5)] {
        assert_eq!(ask(body(HELLO), size), (hello(), 1));
        assert_eq!(ask(raw(&[], HELLO), size), (hello(), 1));
        assert_eq!(ask(raw(CHUNKED, b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), size), (hello(), 1));
        assert_eq!(ask(lie(5, b"hello, and what does not belong to it"), size), (hello(), 1));
        assert_eq!(ask(raw(&[("Content-Encoding", "identity")], HELLO), size), (hello(), 1));
    }
    assert_eq!(ask(body(b""), None), (Ok(String::new()), 1));
}

#[test]
fn a_packed_or_broken_answer_is_refused() {
    for packing in ["gzip", "br", "deflate", "x", "identity, gzip"] {
        let headers = [("Content-Encoding", packing), ("Content-Length", "5")];
        assert_eq!(ask(raw(&headers, HELLO), Some(5)), (Err(Fault::Encoded), 1), "{packing}");
    }
    let packed = raw(&[("Transfer-Encoding", "gzip, chunked")], b"5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(ask(packed, None), (Err(Fault::Encoded), 1));
    let broken: [server::Behaviour; 5] = [
        raw(&[("Content-Length", "5"), ("Content-Length", "6")], b"hello!"),
        raw(&[("Content-Length", "canary")], HELLO),
        raw(CHUNKED, b"canary\r\n"),
        raw(&[("X", &"canary".repeat(20_000))], HELLO),
        Box::new(|_, connection| {
            connection.send(b"220 canary of another protocol\r\n\r\n");
        }),
    ];
    for (at, behaviour) in broken.into_iter().enumerate() {
        let (done, count) = ask(behaviour, None);
        assert!(matches!(done, Err(Fault::Broken(_))) && count == 1, "{at}: {done:?} {count}");
    }
}
