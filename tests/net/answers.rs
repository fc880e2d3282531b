//! What an answer's status and its end lead to: one try, several, or a pause that the server asks for.

use super::*;

#[test]
fn a_file_is_brought_with_its_hash_and_progress() {
    let server = Server::start(body(HELLO));
    let mut file = tempfile::tempfile().unwrap();
    let (url, mut seen) = (server.url("/x?y=z"), Vec::new());
    let done =
        client(limits()).to_file(&wanted(&url), &mut file, &mut |so_far, all| seen.push((so_far, all)));
    assert_eq!(done.as_deref(), Ok(SHA256_OF_HELLO));
    assert_eq!(seen.last(), Some(&(5, Some(5))));
    let requests = server.requests();
    let names: Vec<&str> = requests[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("GET", "/x?y=z"));
    assert_eq!(requests[0].header("accept-encoding"), Some("identity"));
    assert!(requests[0].header("user-agent").unwrap().starts_with("cgozig/"));
    for name in ["authorization", "cookie", "referer", "proxy-authorization", "range"] {
        assert!(!names.contains(&name), "{names:?}");
    }
}

#[test]
fn a_text_is_brought() {
    let server =
        Server::start(in_turn(vec![reset_at(2, HELLO), body(HELLO), body(b"\xff"), body(b"hello!")]));
    let (client, url) = (client(limits()), server.url("/x"));
    assert_eq!(client.text(&wanted(&url)), hello());
    assert_eq!(client.text(&wanted(&url)), Err(Fault::NotText));
    assert_eq!(client.text(&wanted(&url)), Err(Fault::Long(5)));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_status_decides_about_another_try() {
    let for_good = [
        201, 202, 203, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 409, 410,
        412, 416, 418, 421, 425, 426, 431, 451, 501, 505, 507, 511, 599,
    ];
    let for_now = [408, 429, 500, 502, 503, 504];
    for code in for_good.into_iter().chain(for_now) {
        let is_final = for_good.contains(&code);
        let fault = Err(Fault::Status(code, None));
        assert_eq!(ask(status(code, &[]), None), (fault.clone(), if is_final { 1 } else { 3 }), "{code}");
        let after_part = in_turn(vec![reset_at(2, HELLO), status(code, &[])]);
        assert_eq!(ask(after_part, Some(5)), (fault, if is_final { 2 } else { 3 }), "{code} after a part");
        if !is_final {
            let then_good = in_turn(vec![status(code, &[]), status(code, &[]), body(HELLO)]);
            assert_eq!(ask(then_good, None), (hello(), 3), "{code} twice");
        }
    }
    assert_eq!(Fault::Status(404, None).to_string(), "the server answered 404");
}

#[test]
fn the_time_that_a_server_asks_for_is_given_up_to_a_limit() {
    let date = |seconds: u64| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        http_date(now + seconds)
    };
    // The header, the requests, the seconds that pass at least.
    let cases = || {
        [
            ("1".to_string(), 2, 1.0),
            (date(3), 2, 0.5),
            ("0".into(), 2, 0.0),
            (date(0), 2, 0.0),
            ("Sun, 06 Nov 1994 08:49:37 GMT".into(), 2, 0.0),
            ("soon".into(), 2, 0.0),
            ("4".into(), 1, 0.0),
            (date(60), 1, 0.0),
            ("99999999999999999999999".into(), 1, 0.0),
        ]
    };
    for code in [429, 503] {
        for (value, requests, least) in &cases() {
            let start = Instant::now();
            let behaviour = in_turn(vec![status(code, &[("Retry-After", value)]), body(HELLO)]);
            let (done, count) = ask(behaviour, None);
            let passed = start.elapsed().as_secs_f64();
            assert_eq!((done.is_ok(), count), (*requests == 2, *requests), "{value}: {done:?}");
            assert!(passed >= *least && passed < least + 2.5, "{value}: {passed}");
        }
    }
    let text = Fault::Status(429, Some(3600)).to_string();
    assert_eq!(text, "the server answered 429 and asks to wait 3600 s");
}

#[test]
fn a_lost_connection_is_tried_again() {
    for behaviour in [|| reset(), || reset_at(0, HELLO), || reset_at(4, HELLO), || raw(&[], b"")] {
        let (done, count) = ask(in_turn(vec![behaviour(), behaviour(), body(HELLO)]), Some(5));
        assert_eq!((done, count), (hello(), 3));
    }
    assert_eq!(ask(reset(), None), (Err(Fault::Cut), 3));
    let nothing = || -> server::Behaviour { Box::new(|_, _| {}) };
    assert_eq!(ask(in_turn(vec![nothing(), body(HELLO)]), None), (hello(), 2));
    assert_eq!(ask(nothing(), None), (Err(Fault::Cut), 3));
    let stalled = Server::start(in_turn(vec![stall_at(4, HELLO), body(HELLO)]));
    let limits = Limits { tries: 2, ..short() };
    assert_eq!(get(&client(limits), &stalled.url("/")), hello());
}

#[test]
fn nobody_there_is_a_fault_of_the_way_and_not_tried_again() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let slow_to_retry = Limits { backoff: Duration::from_secs(9), ..limits() };
    let fault = get(&client(slow_to_retry), &url).unwrap_err();
    assert!(matches!(fault, Fault::Connect(_)) && fault.about() == About::Host, "{fault:?}");
    let fault = get(&client(slow_to_retry), "https://files.invalid/").unwrap_err();
    assert_eq!(fault.about(), About::Host, "{fault:?}");
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`; the name of the day is not looked at.
fn http_date(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut year, mut day) = (1970, days);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut month = 0;
    while day >= months[month] {
        day -= months[month];
        month += 1;
    }
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("Sun, {:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1, names[month])
}
