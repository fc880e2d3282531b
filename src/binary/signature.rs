//! The code signature of a Mach-O file: whose it is, and whether the file is still what was signed.
//!
//! Source: Apple's `cs_blobs.h` (xnu, `osfmk/kern/cs_blobs.h`); all numbers are big endian. The kernel ends a program as soon
//! as it touches a page that does not have its hash.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What a signature says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// By nobody in particular, as linkers sign.
    pub is_ad_hoc: bool,
    /// The name that was signed.
    pub identifier: String,
    /// How many pages are signed.
    pub pages: u32,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// `CSMAGIC_EMBEDDED_SIGNATURE`.
const SUPER_BLOB: u32 = 0xfade_0cc0;
/// `CSMAGIC_CODEDIRECTORY`.
const DIRECTORY: u32 = 0xfade_0c02;
/// `CSSLOT_CODEDIRECTORY`.
const SLOT_DIRECTORY: u32 = 0;
/// `CSSLOT_ALTERNATE_CODEDIRECTORIES`.
const SLOT_ALTERNATES: std::ops::Range<u32> = 0x1000..0x1005;
/// `CSSLOT_SIGNATUREBLOB`: a certificate's; one of 8 bytes is empty.
const SLOT_CERTIFICATE: u32 = 0x10000;
/// `CS_HASHTYPE_SHA256`.
const SHA256: u8 = 2;
/// More blobs than this no real signature has.
const BLOBS: u32 = 64;

/// Reads the signature of the file `data` that lies at `at`, behind all that it is for.
pub fn read(data: &[u8], at: usize, size: usize) -> Signature {
    let blob = at.checked_add(size).and_then(|end| data.get(at..end)).unwrap_or_default();
    parse(data.get(..at).unwrap_or_default(), blob).unwrap_or_else(|| Signature {
        is_ad_hoc: false,
        identifier: String::new(),
        pages: 0,
        fault: Some("it cannot be read".into()),
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_be_bytes)
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(number(bytes, at)?).ok()
}

/// The blob in a slot.
fn slot(blob: &[u8], slot: u32) -> Option<&[u8]> {
    let count = number(blob, 8)?.min(BLOBS) as usize;
    let entry = (0..count).map(|nth| 12 + nth * 8).find(|at| number(blob, *at) == Some(slot))?;
    blob.get(offset(blob, entry + 4)?..)
}

fn parse(code: &[u8], blob: &[u8]) -> Option<Signature> {
    if number(blob, 0)? != SUPER_BLOB {
        return None;
    }
    let directories =
        std::iter::once(SLOT_DIRECTORY).chain(SLOT_ALTERNATES).filter_map(|nth| slot(blob, nth));
    let directories: Vec<&[u8]> = directories.filter(|own| number(own, 0) == Some(DIRECTORY)).collect();
    // Old systems have another kind of hashes first.
    let best = directories.iter().find(|own| own.get(37) == Some(&SHA256));
    let directory = *best.or_else(|| directories.first())?;
    let certificate = slot(blob, SLOT_CERTIFICATE).and_then(|own| number(own, 4)).unwrap_or(0);
    let identifier = directory.get(offset(directory, 20)?..)?;
    let end = identifier.iter().position(|byte| *byte == 0)?;
    Some(Signature {
        is_ad_hoc: certificate <= 8,
        identifier: super::text(&identifier[..end]),
        pages: number(directory, 28)?,
        fault: fault(code, directory),
    })
}

/// The first page that does not have its hash, or why that cannot be known.
fn fault(code: &[u8], directory: &[u8]) -> Option<String> {
    let broken = || Some("its directory cannot be read".to_string());
    let (Some(hashes), Some(pages), Some(limit)) =
        (offset(directory, 16), offset(directory, 28), offset(directory, 32))
    else {
        return broken();
    };
    let Some([length, kind, _, log]) = directory.get(36..40) else { return broken() };
    if (*kind, *length) != (SHA256, 32) {
        return Some(format!("its hashes are of kind {kind}, not sha256"));
    }
    if !(8..=24).contains(log) {
        return broken();
    }
    if limit != code.len() {
        return Some("it does not cover the whole file".into());
    }
    let mut signed = code.chunks(1 << log);
    for nth in 0..pages {
        let at = nth.checked_mul(32).and_then(|own| hashes.checked_add(own));
        let hash = at.and_then(|at| directory.get(at..at.checked_add(32)?));
        let (Some(page), Some(hash)) = (signed.next(), hash) else { return broken() };
        if Sha256::digest(page).as_slice() != hash {
            return Some(format!("page {} of {pages} has been changed since", nth + 1));
        }
    }
    signed.next().map(|_| "it does not cover the whole file".into())
}
