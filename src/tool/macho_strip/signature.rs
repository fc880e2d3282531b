//! Knows the layout of an ad-hoc Mach-O code signature: how to read one and how to make it again for changed contents.

use super::{Res, get32, part, put, refuse, size32};
use sha2::{Digest, Sha256};

/// An ad-hoc signature: a big-endian `SuperBlob` whose `CodeDirectory` holds a SHA-256 of every page.
pub(super) struct Signature {
    /// The blobs in order with their slots; the `CodeDirectory` without its page hashes.
    blobs: Vec<(u32, Vec<u8>)>,
    page: usize,
}

const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const ADHOC: u32 = 2;
/// The length of a SHA-256.
const HASH: usize = 32;
/// The length and the kind of hash that a `CodeDirectory` must name.
const SHA256: [u8; 2] = [32, 2];
/// The slots of further code directories, one for each other hash.
const OTHER_DIRECTORIES: std::ops::Range<u32> = 0x1000..0x1005;

impl Signature {
    pub(super) fn of(blob: &[u8]) -> Res<Self> {
        if be32(blob, 0)? != SUPER_BLOB {
            return refuse("the code signature is not a SuperBlob");
        }
        let mut all = Self { blobs: Vec::new(), page: 0 };
        for i in 0..be32(blob, 8)? as usize {
            let (slot, at) = (be32(blob, 12 + 8 * i)?, be32(blob, 16 + 8 * i)? as usize);
            let len = be32(blob, at.saturating_add(4))? as usize;
            let mut bytes = part(blob, at, len)?;
            if slot == 0 && all.page == 0 {
                all.page = page_size(bytes)?;
                bytes = part(bytes, 0, be32(bytes, 16)? as usize)?;
            } else if slot == 0 || OTHER_DIRECTORIES.contains(&slot) {
                return refuse("the code signature has more than one code directory");
            }
            all.blobs.push((slot, bytes.to_vec()));
        }
        if all.page == 0 { refuse("the code signature has no code directory") } else { Ok(all) }
    }

    /// The length of the signature of that many bytes.
    pub(super) fn len(&self, code: usize) -> usize {
        let blobs: usize = self.blobs.iter().map(|b| 8 + b.1.len()).sum();
        (12 + blobs + code.div_ceil(self.page) * HASH).next_multiple_of(8)
    }

    /// The signature of `code`, which must be everything in the file before it.
    pub(super) fn over(mut self, code: &[u8]) -> Res<Vec<u8>> {
        let len = self.len(code.len());
        for (_, directory) in self.blobs.iter_mut().filter(|b| b.0 == 0) {
            let slots = code.chunks(self.page);
            put(directory, 28, &size32(slots.len())?.to_be_bytes())?;
            put(directory, 32, &size32(code.len())?.to_be_bytes())?;
            directory.extend(slots.flat_map(Sha256::digest));
            let whole = size32(directory.len())?;
            put(directory, 4, &whole.to_be_bytes())?;
        }
        let head = 12 + 8 * self.blobs.len();
        let whole = head + self.blobs.iter().map(|b| b.1.len()).sum::<usize>();
        let mut out = Vec::with_capacity(len);
        for word in [SUPER_BLOB, size32(whole)?, size32(self.blobs.len())?] {
            out.extend(word.to_be_bytes());
        }
        let mut at = head;
        for (slot, bytes) in &self.blobs {
            out.extend(slot.to_be_bytes());
            out.extend(size32(at)?.to_be_bytes());
            at += bytes.len();
        }
        self.blobs.iter().for_each(|b| out.extend(&b.1));
        out.resize(len, 0);
        Ok(out)
    }
}

/// Checks that a `CodeDirectory` is ad hoc, of SHA-256, and ends in its page hashes; its page size.
fn page_size(directory: &[u8]) -> Res<usize> {
    let (flags, hashes, slots) =
        (be32(directory, 12)?, be32(directory, 16)? as usize, be32(directory, 28)? as usize);
    if be32(directory, 0)? != CODE_DIRECTORY || flags & ADHOC == 0 {
        return refuse("the image is signed with an identity; strip it before signing");
    }
    let scatter = if be32(directory, 8)? >= 0x20100 { be32(directory, 44)? } else { 0 };
    let wide =
        if be32(directory, 8)? >= 0x20300 { part(directory, 56, 8)?.iter().any(|&b| b != 0) } else { false };
    let ends = slots.checked_mul(HASH).and_then(|len| len.checked_add(hashes)) == Some(directory.len());
    let kind = part(directory, 36, 4)?;
    if scatter != 0 || wide || !ends || hashes < 44 || kind[..2] != SHA256 || !(12..=16).contains(&kind[3]) {
        return refuse("the code signature is of a kind that cannot be made again here");
    }
    Ok(1 << kind[3])
}

fn be32(bytes: &[u8], at: usize) -> Res<u32> {
    get32(bytes, at).map(u32::swap_bytes)
}
