//! Archives that ask for too much, zips that are two things at once, and archives with a few wrong bytes.

#[path = "support/archives.rs"]
mod archives;
mod support;

use archives::*;
use cgozig::unpack::{Caps, Kind};
use std::fs;
use std::time::{Duration, Instant};
use support::release::rounds;

const MIB: usize = 1 << 20;

/// An xz file whose first block asks for a dictionary of 1.5 GiB.
fn huge_dictionary() -> Vec<u8> {
    let mut bytes = compress(Kind::TarXz, &tar(&[file("x", "abc")]));
    let header = 12..12 + (usize::from(bytes[12]) + 1) * 4;
    let at = header.start + bytes[header.clone()].windows(2).position(|pair| pair == [0x21, 1]).unwrap() + 2;
    bytes[at] = 37;
    let sum = crc32(&bytes[header.start..header.end - 4]).to_le_bytes();
    bytes[header.end - 4..header.end].copy_from_slice(&sum);
    bytes
}

/// A zip whose entries all have the contents of the first one: each local header is inside of it.
fn overlapping() -> Vec<u8> {
    let inner = zip_local(&file("b", "contents"));
    let outer = file("a", &inner);
    let local = zip_local(&outer);
    let second = local.len() - inner.len();
    let list = [zip_listed(&outer, 0), zip_listed(&file("b", "contents"), second)].concat();
    [&local[..], &list, &zip_end(2, list.len(), local.len())].concat()
}

/// A zip of two entries with one and the same local header.
fn shared() -> Vec<u8> {
    let local = zip_local(&file("a", "contents"));
    let list = [zip_listed(&file("a", "contents"), 0), zip_listed(&file("b", "contents"), 0)].concat();
    [&local[..], &list, &zip_end(2, list.len(), local.len())].concat()
}

/// A zstd frame with one long name of that size, before a file.
fn long_name(kind: u8, blocks: u32) -> Vec<u8> {
    let size = u64::from(blocks) << 17;
    zst_zeros(&tar_header(&Item { tar_type: kind, ..file("././@LongLink", "") }, size), blocks)
}

/// A gzip of `start`, and then that many MiB of zeros, about 1 KiB each.
fn gz_zeros(start: &[u8], mebibytes: usize) -> Vec<u8> {
    let deflated = |bytes: &[u8], flush| {
        let mut out = Vec::with_capacity(64 << 10);
        flate2::Compress::new(flate2::Compression::best(), false)
            .compress_vec(bytes, &mut out, flush)
            .unwrap();
        out
    };
    // Blocks that end with a full flush stand alone, one after the other.
    let full = flate2::FlushCompress::Full;
    let (start, zeros) = (deflated(start, full), deflated(&vec![0; MIB], full));
    [&b"\x1f\x8b\x08\0\0\0\0\0\0\xff"[..], &start, &zeros.repeat(mebibytes), &[3, 0], &[0; 8]].concat()
}

type Case<'a> = (&'a str, Kind, Vec<u8>, Caps);

/// Each ends with its words, soon, and in little memory: the whole process, with the archives themselves.
fn check(cases: Vec<Case>) {
    for (expected, kind, bytes, caps) in cases {
        let start = Instant::now();
        let said = refusal(kind, &bytes, caps);
        assert!(said.as_ref().is_some_and(|said| said.contains(expected)), "{kind:?} {expected}: {said:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{expected} took {:?}", start.elapsed());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 256 << 10, "{kilobytes} kB");
}

#[test]
fn contents_stop_at_their_limit() {
    let caps = Caps::default();
    let small = Caps { unpacked: 8 << 20, ratio: u64::MAX, ..caps };
    let zeros = vec![0; 24 * MIB];
    let gz = gz_zeros(&tar_header(&file("zeros", ""), 7 << 30), 7 << 10);
    let endless = gz_zeros(&tar(&[file("x", "")]), 256);
    let xz = compress(Kind::TarXz, &tar(&[file("zeros", &zeros)]));
    let zst = zst_zeros(&tar_header(&file("zeros", ""), 7 << 30), 7 << 13);
    let zip = deflated(&[("zeros", &zeros)]);
    let mut lie = zip.clone();
    for at in 0..lie.len() - 4 {
        if lie[at..at + 4] == [0, 0, 0x80, 1] {
            lie[at..at + 4].copy_from_slice(&[10, 0, 0, 0]);
        }
    }
    check(vec![
        ("`zeros` goes past 200 times", Kind::TarZst, zst.clone(), caps),
        ("`zeros` goes past 8388608 bytes", Kind::TarZst, zst, small),
        ("`zeros` goes past 200 times", Kind::TarGz, gz.clone(), caps),
        ("`zeros` goes past 8388608 bytes", Kind::TarGz, gz, small),
        ("the archive goes past 200 times", Kind::TarGz, endless.clone(), caps),
        ("the archive goes past 8388608 bytes", Kind::TarGz, endless, small),
        ("`zeros` goes past 200 times", Kind::TarXz, xz.clone(), caps),
        ("`zeros` goes past 8388608 bytes", Kind::TarXz, xz, small),
        ("`zeros` goes past 200 times", Kind::Zip, zip.clone(), caps),
        ("`zeros` goes past 8388608 bytes", Kind::Zip, zip, small),
        ("`zeros` is damaged: File is larger", Kind::Zip, lie, caps),
    ]);
}

#[test]
fn entries_stop_at_their_limit() {
    let few = Caps { entries: 1000, ..Caps::default() };
    let many: Vec<Item> = (0..1001).map(|number| file(format!("f{number}"), "")).collect();
    // Few entries, each with many folders in its path.
    let path = |item: usize| (0..180).map(|at| format!("{}/", item * 100 + at)).collect::<String>();
    let deep: Vec<Item> = (1..9).map(|item| file(path(item), "")).collect();
    check(vec![
        ("`f1000` goes past 1000 entries", Kind::TarGz, archive(Kind::TarGz, &many), few),
        ("goes past 1000 entries", Kind::TarGz, archive(Kind::TarGz, &deep), few),
        ("`f1000` goes past 1000 entries", Kind::TarXz, archive(Kind::TarXz, &many), few),
        ("`f1000` goes past 1000 entries", Kind::TarZst, archive(Kind::TarZst, &many), few),
        ("the archive goes past 1000 entries", Kind::Zip, zip(&many), few),
        ("goes past 1000 entries", Kind::TarXz, archive(Kind::TarXz, &deep), few),
        ("goes past 1000 entries", Kind::Zip, zip(&deep), few),
    ]);
}

#[test]
fn memory_stops_at_its_limit() {
    let caps = Caps::default();
    let any_ratio = Caps { ratio: u64::MAX, ..caps };
    let window = b"\x28\xb5\x2f\xfd\x00\xa8\x01\0\0".to_vec();
    let single = [b"\x28\xb5\x2f\xfd\xa0", &(2_u32 << 30).to_le_bytes()[..], b"\x01\0\0"].concat();
    let list = Caps { memory: 100, ..caps };
    let gz_name = |kind: u8| {
        gz_zeros(&tar_header(&Item { tar_type: kind, ..file("././@LongLink", "") }, 512 << 20), 512)
    };
    // A member whose own name never ends, and a million members of nothing before the tar.
    let endless = [&b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"[..], &vec![b'n'; 32 * MIB]].concat();
    let members =
        [gzip(b"").repeat(1_000_000), compress(Kind::TarGz, &tar(&[file("a", ""), file("a", "")]))].concat();
    let nested = compress(Kind::TarGz, &gz_zeros(b"", 4096));
    check(vec![
        ("needs more memory", Kind::TarXz, huge_dictionary(), caps),
        ("needs more memory", Kind::TarZst, window, caps),
        ("needs more memory", Kind::TarZst, single, caps),
        ("needs more memory", Kind::Zip, zip(&[file("a", "")]), list),
        ("more than 1 MiB of headers", Kind::TarGz, gz_name(b'L'), any_ratio),
        ("more than 1 MiB of headers", Kind::TarGz, gz_name(b'x'), any_ratio),
        ("gzip header", Kind::TarGz, endless, caps),
        ("`a` is there twice", Kind::TarGz, members, caps),
        ("the archive", Kind::TarGz, nested, caps),
        ("more than 1 MiB of headers", Kind::TarZst, long_name(b'L', 4096), any_ratio),
        ("more than 1 MiB of headers", Kind::TarZst, long_name(b'x', 4096), any_ratio),
        ("overlapping entries", Kind::Zip, overlapping(), caps),
        ("filename mismatch", Kind::Zip, shared(), caps),
    ]);
}

/// A zip that says `entries`.
fn counted(mut zip: Vec<u8>, entries: u8) -> Vec<u8> {
    let at = zip.len() - 22;
    (zip[at + 8], zip[at + 10]) = (entries, entries);
    zip
}

/// Each zip ends with its words.
fn check_zips(cases: Vec<(&str, Vec<u8>)>) {
    check(cases.into_iter().map(|(expected, bytes)| (expected, Kind::Zip, bytes, Caps::default())).collect());
}

#[test]
fn a_zip_with_headers_that_differ_is_refused() {
    let one = zip(&[file("a", "one")]);
    let local_name =
        |local: &str, listed: &str| Item { local_name: Some(local.into()), ..file(listed, "one") };
    let says = |size: u32, crc: u32| Item { says: Some((size, crc)), ..file("a", "one") };
    let with = |at: usize, byte: u8| {
        let mut bytes = one.clone();
        bytes[at] = byte;
        bytes
    };
    check_zips(vec![
        ("filename mismatch", zip(&[local_name("b", "a")])),
        ("filename mismatch", zip(&[local_name("a", "a\0b")])),
        ("has a NUL byte in its path", zip(&[file("a\0.txt", "one")])),
        ("data descriptor flag mismatch", with(6, 8)),
        ("compression method mismatch", with(8, 8)),
        ("CRC32 checksum mismatch", with(14, 1)),
        ("size mismatch", with(22, 9)),
        ("has two sizes", zip(&[says(9, 0)])),
        ("Invalid checksum", zip(&[says(3, crc32(b"two"))])),
    ]);
}

#[test]
fn a_zip_that_is_two_archives_is_refused() {
    let (one, two) = (zip(&[file("a", "one")]), zip(&[file("b", "two")]));
    let with_comment = |comment: &[u8]| {
        let mut bytes = one.clone();
        let at = bytes.len() - 2;
        bytes[at..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
        [&bytes[..], comment].concat()
    };
    let locals = [zip_local(&file("a", "one")), zip_local(&file("b", "two"))].concat();
    let list = zip_listed(&file("a", "one"), 0);
    let unlisted = [&locals[..], &list, &zip_end(1, list.len(), locals.len())].concat();
    let script = [b"#!/bin/sh\n", &zip_local(&file("a", "one"))[..]].concat();
    let list = zip_listed(&file("a", "one"), 10);
    let prefixed = [&script[..], &list, &zip_end(1, list.len(), script.len())].concat();
    check_zips(vec![
        ("list of entries that does not end", [&one[..], &two].concat()),
        ("does not end with the record", with_comment(b"a comment")),
        ("does not end with the record", with_comment(&zip_end(0, 0, 0)[..10])),
        ("list of entries that does not end", with_comment(&two)),
        ("has bytes before its first entry", prefixed),
        ("list of entries that does not end", [b"xx", &one[..]].concat()),
        ("does not end with the record", [&one[..], b"x"].concat()),
        ("missing from central directory", unlisted),
        ("is damaged", counted(one.clone(), 2)),
        ("missing from central directory", counted(zip(&[file("a", "one"), file("b", "two")]), 1)),
        ("ends too early", b"PK".to_vec()),
        ("does not end with the record", vec![b'P'; 100]),
    ]);
    assert_eq!(refusal(Kind::Zip, &one, Caps::default()), None);
}

/// A few bytes changed, taken out, put in, or moved.
fn mutate(random: &mut fastrand::Rng, bytes: &mut Vec<u8>) {
    for _ in 0..random.usize(1..4) {
        let at = random.usize(0..bytes.len());
        let to = random.usize(at..bytes.len().min(at + 40));
        match random.u8(0..7) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at] = random.u8(..),
            2 => bytes.truncate(at.max(1)),
            3 => bytes[at..to].fill(*random.choice(&[0, 0xff, b'/', b'7']).unwrap()),
            4 => drop(bytes.drain(at..to)),
            5 => bytes.insert(at, random.u8(..)),
            _ => {
                let copy = bytes[at..to].to_vec();
                let place = random.usize(0..bytes.len());
                bytes.splice(place..place, copy);
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

#[test]
fn mutated_archives_end_with_an_answer() {
    let text = "some text that repeats, some text that repeats".repeat(20);
    let items = [file("d/", ""), file("d/a", &text), file("d/b", ""), file("l".repeat(120), "long")];
    let caps = Caps { unpacked: 4 << 20, entries: 100, ..Caps::default() };
    let sandbox = Sandbox::new();
    for kind in KINDS {
        let (mut random, mut refused) = (fastrand::Rng::with_seed(7), 0);
        let plain = if kind == Kind::Zip {
            deflated(&[("d/a", text.as_bytes()), ("d/b", b""), ("e", b"long")])
        } else {
            tar(&items)
        };
        let packed = if kind == Kind::Zip { zip(&items) } else { compress(kind, &plain) };
        let all = rounds(2000, 10_000);
        for round in 0..all {
            // Half of them wrong behind a right compression, since a checksum hides the tar from mere noise.
            let mut bytes = if round % 2 == 0 { packed.clone() } else { plain.clone() };
            mutate(&mut random, &mut bytes);
            if kind != Kind::Zip && round % 2 == 1 {
                bytes = compress(kind, &bytes);
            }
            refused += usize::from(sandbox.refusal(kind, &bytes, caps).is_some());
        }
        assert!((all / 2..all).contains(&refused), "{kind:?}: {refused} of {all} are refused");
    }
}
