//! Packs that are damaged, or made to do harm: refused as a whole, and the store is as it was.

use super::*;
use archives::{Item, compress, file, hostile_paths, tar};
use cgozig::pack::take::{self, Refused};
use cgozig::unpack::Kind;
use std::fs::File;

/// A pack with these files beside the manifest that lists them.
fn pack(zig: &str, triple: &str, files: &[(String, Vec<u8>)]) -> Vec<Item> {
    let line = |(path, contents): &(String, Vec<u8>)| serde_json::json!({ "path": path, "size": contents.len(), "sha256": sha256_of(contents) });
    let lines: Vec<_> = files.iter().map(line).collect();
    let head = serde_json::json!({ "format": 1, "zig": zig, "triple": triple, "files": lines });
    let head = file("manifest.json", head.to_string());
    std::iter::once(head).chain(files.iter().map(|(path, contents)| file(path, contents))).collect()
}

/// The files of a record: itself and what it names.
fn files(zig: &str, key: &str, words: &[&str], named: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let (key, learned) = record(zig, key, words, named);
    let own = (format!("learned/{}", key.file_name()), learned.to_bytes(&key));
    let named = named
        .iter()
        .map(|(name, contents)| (format!("runtime/{}", runtime_name(contents, name)), contents.to_vec()));
    std::iter::once(own).chain(named).collect()
}

fn good() -> Vec<(String, Vec<u8>)> {
    files(ZIG, "cc {0} -o {out}", &["ld.lld", "{rt}/libc.a", "{0}", "-o", "{out}"], &[("libc.a", LIBC)])
}

/// What opening says of those bytes, in this process.
fn said(place: &Place, bytes: &[u8]) -> Result<(), String> {
    let path = place.path("hostile");
    fs::write(&path, bytes).unwrap();
    match take::open(&place.store(), &File::open(&path).unwrap()) {
        Ok(_) => Ok(()),
        Err(Refused::Pack(why)) => Err(why),
        Err(Refused::Store(failure)) => panic!("{}", failure.what),
    }
}

fn zst(items: &[Item]) -> Vec<u8> {
    compress(Kind::TarZst, &tar(items))
}

#[test]
fn a_pack_that_was_cut_or_changed_anywhere_is_refused() {
    let place = Place::new();
    learn_all(&place.cache());
    let bytes = fs::read(place.packed(&place.cache())).unwrap();
    let before = place.files();
    for step in 0..200 {
        let at = step * bytes.len() / 200;
        assert!(said(&place, &bytes[..at]).is_err(), "cut at {at}");
        // The one bit of a frame's head that means nothing is 0x10 of its fifth byte.
        let mut flipped = bytes.clone();
        flipped[at] ^= if at == 4 { 1 } else { 1 << (step % 8) };
        assert!(said(&place, &flipped).is_err(), "byte {at}");
    }
    assert!(said(&place, &[bytes.as_slice(), b"x"].concat()).is_err());
    assert_eq!(said(&place, &bytes), Ok(()));
    assert!(place.files() == before);
    fs::write(place.path("cut"), &bytes[..bytes.len() / 2]).unwrap();
    place.refuses(&["pack", "use", "cut"], "use the pack `cut`");
    place.refuses(&["pack", "use", "nowhere"], "use the pack `nowhere`");
    place.refuses(&["pack", "use", "."], "use the pack `.`");
}

#[test]
fn names_that_lead_elsewhere_links_and_bombs_are_refused() {
    let place = Place::new();
    let before = archives::snapshot(place.folder.path());
    for (path, _) in hostile_paths() {
        for path in [path.clone(), format!("runtime/{path}")] {
            let items = [pack(ZIG, TRIPLE, &good()), vec![file(&path, LIBC)]].concat();
            assert!(said(&place, &zst(&items)).is_err(), "{path}");
        }
    }
    for kind in *b"12346" {
        let item = Item { tar_type: kind, link: b"/etc/passwd".to_vec(), ..file("runtime/x.a", "") };
        let items = [pack(ZIG, TRIPLE, &good()), vec![item]].concat();
        assert!(said(&place, &zst(&items)).is_err(), "type {kind}");
    }
    let bomb = archives::zst_zeros(&archives::tar_header(&file("runtime/x.a", ""), 8 << 30), 1 << 16);
    assert!(said(&place, &bomb).is_err(), "a bomb");
    let many: Vec<Item> = (0..20_000).map(|number| file(format!("runtime/{number}"), "")).collect();
    assert!(said(&place, &zst(&many)).is_err());
    fs::remove_file(place.path("hostile")).unwrap();
    assert!(archives::snapshot(place.folder.path()) == before);
}

#[test]
fn what_a_pack_may_not_hold_is_refused() {
    let place = Place::new();
    let other = |zig, key, words: &[&str]| [good(), files(zig, key, words, &[])].concat();
    let (mut renamed, mut unnamed, mut elsewhere) = (good(), good(), good());
    renamed[0].0 = "learned/0123".into();
    unnamed.push(("runtime/more.a".into(), LIBC.to_vec()));
    elsewhere.push(("global/o/x".into(), LIBC.to_vec()));
    let script = files(ZIG, "cc", &["ld.lld", "{rt}/x.a"], &[("x.a", b"INPUT(/etc/passwd)")]);
    let thin = files(ZIG, "cc", &["ld.lld", "{rt}/x.a"], &[("x.a", b"!<thin>\n")]);
    let mut damaged = good();
    damaged[0].1[90] ^= 1;
    for (contents, why) in [
        (other("0.14.1", "cc", &["clang", "x"]), "is for zig 0.14.1"),
        (other(ZIG, "cc", &["sh", "-c", "x"]), "it is for the program `sh`"),
        (other(ZIG, "cc", &["clang", "-fplugin=x.so"]), "is no word for a pack"),
        (other(ZIG, "cc", &["ld.lld", "/etc/passwd"]), "names a place of one machine"),
        (other(ZIG, "cc -I/usr/include", &["clang", "x"]), "holds for this machine only"),
        (other(ZIG, "cc", &[]), "it has no words"),
        (renamed, "and another call"),
        (unnamed, "nothing in it names `runtime/more.a`"),
        (elsewhere, "does not belong in it"),
        (good()[..1].to_vec(), "which is not in it"),
        (good()[1..].to_vec(), "it holds nothing that a link needs"),
        (script, "is text"),
        (thin, "is a thin archive"),
        (damaged, "is damaged"),
        (Vec::new(), "it holds nothing that a link needs"),
    ] {
        let said = said(&place, &zst(&pack(ZIG, TRIPLE, &contents)));
        assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{why}: {said:?}");
    }
}

#[test]
fn a_pack_without_a_right_manifest_is_refused() {
    let place = Place::new();
    let items = pack(ZIG, TRIPLE, &good());
    let with_head = |text: &str| zst(&[vec![file("manifest.json", text)], items[1..].to_vec()].concat());
    for (bytes, why) in [
        (with_head("{\"format\":2,\"more\":1}"), "its format is 2"),
        (with_head("{"), "manifest.json"),
        (zst(&items[1..]), "there is no manifest.json"),
        (zst(&items[..1]), "lists 2"),
        (b"no archive".to_vec(), "does not begin as"),
        (Vec::new(), "does not begin as"),
    ] {
        let said = said(&place, &bytes);
        assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{why}: {said:?}");
    }
    assert_eq!(said(&place, &zst(&items)), Ok(()));
}

#[test]
fn a_pack_for_another_zig_or_target_is_refused_with_what_helps() {
    let place = Place::new();
    place.succeeds(&["pack", "list"]);
    let write = |zig: &str, triple: &str| {
        let words = ["ld.lld", "{rt}/libc.a"];
        let bytes = zst(&pack(zig, triple, &files(zig, "cc", &words, &[("libc.a", LIBC)])));
        fs::write(place.path("p"), bytes).unwrap();
    };
    write("0.14.1", TRIPLE);
    place.refuses(
        &["pack", "use", "p"],
        "it is for aarch64-linux-musl with zig 0.14.1, and not for aarch64-linux-musl with zig 0.15.2",
    );
    let text = support::text(&place.run(&["pack", "use", "p"]));
    assert!(text.contains("hint: CGOZIG_ZIG=0.14.1 takes that zig"), "{text}");
    for triple in
        ["aarch64-linux-nolibc", "pdp11-unix", "../../x", "aarch64-linux-musl/../x", "linux/arm64", ""]
    {
        write(ZIG, triple);
        place.refuses(&["pack", "use", "p"], "which is no target of this cgozig");
    }
}
