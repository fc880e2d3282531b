//! Knows a tiny Mach-O image made by hand, and what must hold of it before and after stripping.

#![allow(clippy::cast_possible_truncation, reason = "the images are small")]

use super::*;

const TEXT: usize = 0x400;

/// A dylib with one stab, one local, one exported and one undefined symbol, an indirect table, a UUID and a signature.
fn image(temp: &str) -> Vec<u8> {
    let names = format!("\0{temp}\0_local\0_exported\0_wanted\0");
    let at = |name: &str| names.find(name).map_or(0, |at| at as u32);
    let symbols: [(u32, u8, u16); 4] = [
        (at(temp), 0x66, 1),
        (at("_local"), 0x0e, 0),
        (at("_exported"), 0x0f, 0),
        (at("_wanted"), 0x01, 0x100),
    ];
    let mut body = vec![0u8; TEXT];
    let symbols_at = body.len();
    for (name, kind, desc) in symbols {
        body.extend([&name.to_le_bytes()[..], &[kind, 1], &desc.to_le_bytes(), &7u64.to_le_bytes()].concat());
    }
    let indirect_at = body.len();
    body.extend([&3u32.to_le_bytes()[..], &m::INDIRECT_SYMBOL_LOCAL.to_le_bytes()].concat());
    let names_at = body.len();
    body.extend(names.as_bytes());
    body.resize(body.len().next_multiple_of(16), 0);
    let signed = body.len();
    let signature = blank();
    let sizes = [symbols_at, indirect_at, names_at, names.len(), signed, signature.len(signed)];
    let head = head(sizes.map(|v| v as u32));
    body[..head.len()].copy_from_slice(&head);
    let made = signature.over(&body).expect("a blank signature can be filled");
    [body, made].concat()
}

fn head([symbols, indirect, names, names_len, signed, signature]: [u32; 6]) -> Vec<u8> {
    let linkedit = signed + signature - TEXT as u32;
    let mut segment = vec![m::LC_SEGMENT_64, 72];
    segment.extend(b"__LINKEDIT\0\0\0\0\0\0".as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)));
    segment.extend([0x4000, 0, 0x4000, 0, TEXT as u32, 0, linkedit, 0, 1, 1, 0, 0]);
    let mut dysymtab = vec![m::LC_DYSYMTAB, 80, 0, 2, 2, 1, 3, 1, 0, 0, 0, 0, 0, 0, indirect, 2];
    dysymtab.resize(20, 0);
    let commands = [
        segment,
        vec![m::LC_SYMTAB, 24, symbols, 4, names, names_len],
        dysymtab,
        vec![m::LC_UUID, 24, symbols, names, names_len, signed],
        vec![m::LC_CODE_SIGNATURE, 16, signed, signature],
    ];
    let words: Vec<u32> = commands.concat();
    let header = [m::MH_MAGIC_64, m::CPU_TYPE_ARM64, 0, m::MH_DYLIB, 5, words.len() as u32 * 4, 0, 0];
    header.iter().chain(&words).flat_map(|word| word.to_le_bytes()).collect()
}

/// A signature without pages, named `a.out`, with one empty special slot.
fn blank() -> Signature {
    let words = [0xfade_0c02u32, 88, 0x20100, 2, 88, 48, 1, 0, 0, 0x2002_000c, 0, 0];
    let mut directory: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    directory.extend(b"a.out\0\0\0");
    directory.extend([0; 32]);
    let head = [0xfade_0cc0u32, 20 + directory.len() as u32, 1, 0, 20].map(u32::to_be_bytes).concat();
    Signature::of(&[head, directory].concat()).expect("the blank signature is well formed")
}

fn word(image: &[u8], at: usize) -> usize {
    get32(image, at).map_or(0, |v| v as usize)
}

const SYMTAB: usize = 32 + 72;
const DYSYMTAB: usize = SYMTAB + 24;
const CODE: usize = DYSYMTAB + 80 + 24;

fn names(image: &[u8]) -> Vec<String> {
    let (at, count, names) = (word(image, SYMTAB + 8), word(image, SYMTAB + 12), word(image, SYMTAB + 16));
    let name =
        |i: usize| image[names + word(image, at + i * NLIST)..].split(|&b| b == 0).next().unwrap_or_default();
    (0..count).map(|i| String::from_utf8_lossy(name(i)).into_owned()).collect()
}

fn is_signed(image: &[u8]) -> bool {
    let (at, len) = (word(image, CODE + 8), word(image, CODE + 12));
    let again = Signature::of(&image[at..at + len]).and_then(|old| old.over(&image[..at]));
    at + len == image.len() && again.as_deref() == Ok(&image[at..])
}

#[test]
fn debug_takes_the_stabs_and_renumbers() {
    let old = image("/tmp/go-link-1/000000.o");
    assert!(is_signed(&old));
    let new = strip(&old, Strip::Debug).expect("a good image");
    assert_eq!(names(&new), ["_local", "_exported", "_wanted"]);
    let ranges: Vec<_> = (2..8).map(|i| word(&new, DYSYMTAB + i * 4)).collect();
    assert_eq!(ranges, [0, 1, 1, 1, 2, 1]);
    let indirect = word(&new, DYSYMTAB + 56);
    assert_eq!([word(&new, indirect), word(&new, indirect + 4)], [2, m::INDIRECT_SYMBOL_LOCAL as usize]);
    assert!(is_signed(&new) && new.len() < old.len());
}

#[test]
fn locals_go_when_asked() {
    let new = strip(&image("/tmp/x"), Strip::LocalsAndDebug).expect("a good image");
    assert_eq!(names(&new), ["_exported", "_wanted"]);
    assert!(is_signed(&new));
}

#[test]
fn nothing_of_the_temporary_path_is_left() {
    let one = strip(&image("/tmp/go-link-1/000000.o"), Strip::Debug);
    assert_eq!(one, strip(&image("/tmp/go-link-23456/000000.o"), Strip::Debug));
    assert_eq!(
        one,
        strip(one.as_ref().expect("a good image"), Strip::Debug),
        "stripping twice changes nothing"
    );
}

#[test]
fn malformed_images_are_refused_without_a_panic() {
    let whole = image("/tmp/x");
    for len in 0..whole.len() {
        assert!(strip(&whole[..len], Strip::Debug).is_err(), "cut at {len}");
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut broken = whole.clone();
            broken[at] = value;
            let _ = strip(&broken, Strip::LocalsAndDebug);
        }
    }
}

#[test]
fn an_identity_is_not_thrown_away() {
    let mut signed = image("/tmp/x");
    let directory = word(&signed, CODE + 8) + 20;
    signed[directory + 15] = 0;
    let why = strip(&signed, Strip::Debug).expect_err("no ad-hoc flag");
    assert_eq!(why.to_string(), "the image is signed with an identity; strip it before signing");
}
