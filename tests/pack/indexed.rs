//! The user's pinned index: asked once before a first link, and never a reason for a build to fail.

use super::*;
use cgozig::pack::index::{self, Listed};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use support::server::{Behaviour, Server, stall_at, status};

/// A server with an index and a pack, and the index's pin.
struct Served {
    server: Server,
    index: String,
}

/// What is served may be told once the server's own address is known.
fn serve(pack: Vec<u8>, listed: impl Fn(&[u8]) -> Listed, at_pack: Option<Behaviour>) -> Served {
    let text = index::render(vec![listed(&pack)]);
    let pin = sha256_of(text.as_bytes());
    let text = Arc::new(Mutex::new(text));
    let server = Server::start(move |request, connection| match (request.path.as_str(), &at_pack) {
        ("/index.toml", _) => connection.answer(200, &[], text.lock().unwrap().as_bytes()),
        ("/packs/x.tar.zst", Some(behaviour)) => behaviour(request, connection),
        ("/packs/x.tar.zst", None) => connection.answer(200, &[], &pack),
        _ => connection.answer(404, &[], b""),
    });
    let index = format!("{}#sha256={pin}", server.url("/index.toml"));
    Served { server, index }
}

fn right(pack: &[u8]) -> Listed {
    Listed {
        zig: ZIG.into(),
        target: TRIPLE.into(),
        url: "packs/x.tar.zst".into(),
        sha256: sha256_of(pack),
        size: pack.len() as u64,
    }
}

/// The bytes of a small pack.
fn small() -> Vec<u8> {
    let from = Place::new();
    learn_all(&from.cache());
    fs::read(from.packed(&from.cache())).unwrap()
}

impl Place {
    /// A link as Go does it, with an index.
    fn link(&self, index: &str, name: &str) -> Command {
        let mut command = self.command(&["-O2", "-g", "x.o", "-o", name]);
        command.env("CGOZIG_PACK_INDEX", index).env("CGOZIG_TIMEOUT", "2");
        command.env("CGOZIG_LOG_FILE", self.path("log"));
        command
    }

    /// It succeeds, says only this, and has no runtime afterwards.
    fn links_without(&self, index: &str, said: &str, logged: &str) {
        let output = self.link(index, "x").output().unwrap();
        let text = support::text(&output);
        assert!(output.status.success(), "{text}");
        assert!(if said.is_empty() { text.is_empty() } else { text.contains(said) }, "{text}");
        assert!(!self.cache().runtime().exists());
        let log = fs::read_to_string(self.path("log")).unwrap();
        assert!(log.contains(logged), "{logged}: {log}");
    }
}

#[test]
fn sixteen_first_links_at_once_fetch_one_pack() {
    let (place, served) = (Place::new(), serve(small(), right, None));
    let start = |nth: usize| {
        let mut command = place.link(&served.index, &format!("x{nth}"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for child in (0..16).map(start).collect::<Vec<_>>() {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(&output));
    }
    assert_eq!(served.server.paths(), ["/index.toml", "/packs/x.tar.zst"]);
    assert_eq!(fs::read_dir(place.cache().runtime()).unwrap().count(), 2);
    // Another target of the same index asks for nothing but what it does not know.
    let output = place.link(&served.index, "x").env("CGOZIG_TARGET", "x86_64-linux-musl").output().unwrap();
    assert!(output.status.success());
    assert_eq!(served.server.connections(), 2);
}

#[test]
fn warm_says_that_it_fetched() {
    let (place, served) = (Place::new(), serve(small(), right, None));
    let output = place.command(&["warm", TRIPLE]).env("CGOZIG_PACK_INDEX", &served.index).output().unwrap();
    let text = support::text(&output);
    assert!(output.status.success(), "{text}");
    let from = format!("the runtime of linux/arm64 came from {}", served.server.url("/packs/x.tar.zst"));
    assert!(text.contains(&from), "{text}");
    assert_eq!(served.server.requests().len(), 2);
}

/// What is listed, what the pack's address does, what is said and what is logged.
type Wrong = (fn(&[u8]) -> Listed, Option<Behaviour>, &'static str, &'static str);

#[test]
fn whatever_is_wrong_with_an_index_no_build_fails() {
    let place = Place::new();
    let served = serve(small(), |pack| Listed { sha256: "0a".repeat(32), ..right(pack) }, None);
    place.links_without(&served.index, "is refused: ", "its sha256 is");
    // It was asked, and is not asked again.
    place.links_without(&served.index, "", "its sha256 is");
    assert_eq!(served.server.requests().len(), 2);

    let wrong: Vec<Wrong> = vec![
        (|pack| Listed { size: 7, ..right(pack) }, None, "", "instead of 7"),
        (|pack| Listed { size: 1 << 40, ..right(pack) }, None, "", "no pack has more than"),
        (|pack| Listed { zig: "0.14.1".into(), ..right(pack) }, None, "", "has no runtime pack for"),
        (|pack| Listed { url: "http://a.example/x".into(), ..right(pack) }, None, "", "plain http"),
        (right, Some(status(404, &[])), "", "404"),
        (right, Some(stall_at(100, &small())), "", "for 2 s"),
    ];
    for (listed, at_pack, said, logged) in wrong {
        let (place, served) = (Place::new(), serve(small(), listed, at_pack));
        place.links_without(&served.index, said, logged);
    }
    let place = Place::new();
    let other = format!("{}#sha256={}", served.server.url("/index.toml"), "0b".repeat(32));
    place.links_without(&other, "is refused: ", "its sha256 is");
    let place = Place::new();
    place.links_without("https://a.example/index.toml", "", "it is not URL#sha256=HEX");
}

#[test]
fn a_pack_of_the_index_for_another_target_is_not_taken() {
    let (place, served) = (
        Place::new(),
        serve(small(), |pack| Listed { target: "x86_64-linux-musl".into(), ..right(pack) }, None),
    );
    let output = place.link(&served.index, "x").env("CGOZIG_TARGET", "x86_64-linux-musl").output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let log = fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("it is for aarch64-linux-musl with zig 0.15.2, and not for x86_64"), "{log}");
    assert!(!place.cache().runtime().exists());
}

#[test]
fn offline_nobody_is_asked() {
    let (place, served) = (Place::new(), serve(small(), right, None));
    let output = place.link(&served.index, "x").env("CGOZIG_OFFLINE", "1").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(&output));
    let (url, pin) = (served.server.url("/packs/x.tar.zst"), sha256_of(&small()));
    let mut command = place.command(&["pack", "use", &format!("{url}#sha256={pin}")]);
    let text = support::text(&command.env("CGOZIG_OFFLINE", "1").output().unwrap());
    assert!(text.contains("CGOZIG_OFFLINE forbids the network") && text.contains(&pin), "{text}");
    assert_eq!(served.server.connections(), 0);
    // It was not asked, so that it is asked when there is a network again.
    assert!(place.link(&served.index, "x").arg("-static").output().unwrap().status.success());
    assert_eq!(served.server.requests().len(), 2);
}

#[test]
fn a_pack_from_an_address_needs_its_hash() {
    let (place, served) = (Place::new(), serve(small(), right, None));
    let (url, pin) = (served.server.url("/packs/x.tar.zst"), sha256_of(&small()));
    place.succeeds(&["pack", "list"]);
    place.refuses(&["pack", "use", &url], "nothing says which bytes have to come");
    place.refuses(&["pack", "use", &format!("{url}#sha256={}", "0a".repeat(32))], "its sha256 is");
    place.refuses(&["pack", "use", &format!("{url}x#sha256={pin}")], "404");
    place.refuses(&["pack", "use", &format!("http://a.example/x#sha256={pin}")], "plain http");
    place.succeeds(&["pack", "use", &format!("{url}#sha256={pin}")]);
    assert_eq!(fs::read_dir(place.cache().runtime()).unwrap().count(), 2);
}

#[test]
fn an_index_is_printed_for_packs_of_one_folder() {
    let place = Place::new();
    learn_all(&place.cache());
    let pack = place.packed(&place.cache());
    let output = place.run(&["pack", "index", pack.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        index::Index::parse(&text).unwrap().find(ZIG, TRIPLE).unwrap(),
        &Listed { url: "x.tar.zst".into(), ..right(&fs::read(&pack).unwrap()) }
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&sha256_of(text.as_bytes())), "{said}");
}

#[test]
fn an_index_of_the_configuration_needs_its_pin() {
    let (place, served) = (Place::new(), serve(small(), right, None));
    let (url, pin) = served.index.split_once("#sha256=").unwrap();
    let config = place.path("config.toml");
    for (text, good) in [
        (format!("[pack]\nindex = \"{url}\"\n"), false),
        (format!("[pack]\nindex = \"{url}\"\nindex-sha256 = \"{}\"\n", pin.to_uppercase()), false),
        (format!("[pack]\nindex = \"{url}\"\nindex-sha256 = \"{pin}\"\n"), true),
    ] {
        fs::write(&config, text).unwrap();
        let mut command = place.link("", "x");
        let output = command.env_remove("CGOZIG_PACK_INDEX").env("CGOZIG_CONFIG", &config).output().unwrap();
        assert_eq!(output.status.success(), good, "{}", support::text(&output));
    }
    assert_eq!(served.server.requests().len(), 2);
}
