//! Knows how to take debugging and local symbols out of a 64-bit Mach-O image and keep its ad-hoc signature valid.

mod signature;
#[cfg(test)]
mod tests;

use object::macho as m;
use sha2::{Digest, Sha256};
use signature::Signature;
use std::collections::{HashMap, HashSet};

/// Which symbols go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// `strip -S`: the STABS, which hold the paths of the object files.
    Debug,
    /// `strip -S -x`: the STABS and every local symbol that nothing refers to.
    LocalsAndDebug,
}

/// Why an image was left alone, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripError(String);

impl std::fmt::Display for StripError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StripError {}

type Res<T> = Result<T, StripError>;

fn refuse<T>(why: impl Into<String>) -> Res<T> {
    Err(StripError(why.into()))
}

/// Strips an executable, dylib or bundle. The result depends on nothing but the image without its STABS: the UUID is a
/// hash of the new contents, and where the image had an ad-hoc signature the result has a valid one.
pub fn strip(image: &[u8], what: Strip) -> Res<Vec<u8>> {
    let layout = Layout::of(image)?;
    let Some(symtab) = layout.only(m::LC_SYMTAB)? else { return Ok(image.to_vec()) };
    let signature = layout.signature(image)?;
    let regions = layout.regions(image)?;
    let symbols = Symbols::chosen(image, &layout, symtab, what)?;

    let mut out = part(image, 0, layout.linkedit_at)?.to_vec();
    symbols.renumber(image, &layout, &mut out)?;
    put32(&mut out, symtab + 12, size32(symbols.table.len() / NLIST)?)?;
    put32(&mut out, symtab + 20, size32(symbols.names.len())?)?;
    for region in &regions {
        out.resize(out.len().next_multiple_of(8), 0);
        let at = size32(out.len())?;
        put32(&mut out, region.field, at)?;
        match region.part {
            Part::Symbols => out.extend(&symbols.table),
            Part::Names => out.extend(&symbols.names),
            Part::Indirect => out.extend(symbols.indirect(part(image, region.at, region.len)?)?),
            Part::Same => out.extend(part(image, region.at, region.len)?),
        }
    }
    layout.close(out, signature)
}

const NLIST: usize = 16;
const HEADER: usize = 32;

/// A run of bytes in `__LINKEDIT`, and where in the load commands its file offset is written.
struct Region {
    field: usize,
    at: usize,
    len: usize,
    part: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Same,
    Symbols,
    Names,
    Indirect,
}

/// For a load command: the offset fields into `__LINKEDIT`, each followed by a count of units of this size.
fn fields(cmd: u32) -> &'static [(usize, usize, Part)] {
    match cmd {
        m::LC_SYMTAB => &[(8, NLIST, Part::Symbols), (16, 1, Part::Names)],
        m::LC_DYSYMTAB => &[(56, 4, Part::Indirect), (72, 8, Part::Same)],
        m::LC_TWOLEVEL_HINTS => &[(8, 4, Part::Same)],
        m::LC_DYLD_INFO | m::LC_DYLD_INFO_ONLY => &[
            (8, 1, Part::Same),
            (16, 1, Part::Same),
            (24, 1, Part::Same),
            (32, 1, Part::Same),
            (40, 1, Part::Same),
        ],
        m::LC_SEGMENT_SPLIT_INFO
        | m::LC_FUNCTION_STARTS
        | m::LC_DATA_IN_CODE
        | m::LC_DYLIB_CODE_SIGN_DRS
        | m::LC_LINKER_OPTIMIZATION_HINT
        | m::LC_DYLD_EXPORTS_TRIE
        | m::LC_DYLD_CHAINED_FIXUPS => &[(8, 1, Part::Same)],
        _ => &[],
    }
}

/// Where the load commands and the `__LINKEDIT` segment are.
struct Layout {
    /// (command, offset in the file)
    commands: Vec<(u32, usize)>,
    /// Offset of the segment command of `__LINKEDIT`.
    linkedit: usize,
    linkedit_at: usize,
    linkedit_end: usize,
    page: u64,
}

impl Layout {
    fn of(image: &[u8]) -> Res<Self> {
        if get32(image, 0) != Ok(m::MH_MAGIC_64) {
            return refuse("the file is not a 64-bit little-endian Mach-O image");
        }
        if !matches!(get32(image, 12)?, m::MH_EXECUTE | m::MH_DYLIB | m::MH_BUNDLE) {
            return refuse("only Mach-O executables, dynamic libraries and bundles can be stripped");
        }
        let commands = commands(image)?;
        let is_linkedit = |at| part(image, at + 8, 16).is_ok_and(|name| name == b"__LINKEDIT\0\0\0\0\0\0");
        let Some(linkedit) =
            commands.iter().find(|c| c.0 == m::LC_SEGMENT_64 && is_linkedit(c.1)).map(|c| c.1)
        else {
            return refuse("the image has no __LINKEDIT segment");
        };
        let (at, len) = (get_size(image, linkedit + 40)?, get_size(image, linkedit + 48)?);
        let ends = at.checked_add(len) == Some(image.len());
        if !ends || commands.last().is_some_and(|c| c.1 >= at) {
            return refuse("the __LINKEDIT segment is not the last thing in the file");
        }
        let page = if get32(image, 4)? == m::CPU_TYPE_ARM64 { 0x4000 } else { 0x1000 };
        Ok(Self { commands, linkedit, linkedit_at: at, linkedit_end: image.len(), page })
    }

    fn only(&self, cmd: u32) -> Res<Option<usize>> {
        let mut found = self.commands.iter().filter(|c| c.0 == cmd).map(|c| c.1);
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            _ => refuse(format!("the image has load command {cmd:#x} twice")),
        }
    }

    /// The regions of `__LINKEDIT` in file order; refuses bytes that belong to no known load command.
    fn regions(&self, image: &[u8]) -> Res<Vec<Region>> {
        let mut all = Vec::new();
        for &(cmd, at) in &self.commands {
            for &(field, unit, part) in fields(cmd) {
                let (start, count) =
                    (get32(image, at + field)? as usize, get32(image, at + field + 4)? as usize);
                if start != 0 {
                    let len = count.saturating_mul(unit);
                    all.push(Region { field: at + field, at: start, len, part });
                }
            }
        }
        all.sort_by_key(|r| (r.at, r.len));
        let signature = self.only(m::LC_CODE_SIGNATURE)?;
        let end = signature.map_or(Ok(self.linkedit_end), |at| get32(image, at + 8).map(|v| v as usize))?;
        let mut done = self.linkedit_at;
        for region in &all {
            let gap = region.at.checked_sub(done).map(|len| part(image, done, len));
            if !gap.is_some_and(|gap| gap.is_ok_and(|bytes| bytes.iter().all(|&b| b == 0))) {
                return refuse(format!(
                    "the __LINKEDIT segment has an unknown or overlapping part at {:#x}",
                    region.at
                ));
            }
            done = region.at.saturating_add(region.len);
        }
        match end.checked_sub(done).map(|len| part(image, done, len)) {
            Some(Ok(rest)) if rest.iter().all(|&b| b == 0) => Ok(all),
            _ => refuse("the __LINKEDIT segment ends in something unknown"),
        }
    }

    /// The old signature with the place of its load command, checked to be one that can be made again.
    fn signature(&self, image: &[u8]) -> Res<Option<(usize, Signature)>> {
        let Some(command) = self.only(m::LC_CODE_SIGNATURE)? else { return Ok(None) };
        let (at, len) = (get32(image, command + 8)? as usize, get32(image, command + 12)? as usize);
        if at < self.linkedit_at || at.checked_add(len) != Some(self.linkedit_end) {
            return refuse("the code signature is not at the end of the image");
        }
        Ok(Some((command, Signature::of(part(image, at, len)?)?)))
    }

    /// Writes the sizes, the UUID and the signature, in the order in which each depends on the ones before.
    fn close(&self, mut out: Vec<u8>, signature: Option<(usize, Signature)>) -> Res<Vec<u8>> {
        let mut end = out.len();
        if let Some((command, signature)) = &signature {
            out.resize(end.next_multiple_of(16), 0);
            let len = signature.len(out.len());
            put32(&mut out, command + 8, size32(end.next_multiple_of(16))?)?;
            put32(&mut out, command + 12, size32(len)?)?;
            end = out.len() + len;
        }
        let size = (end - self.linkedit_at) as u64;
        put(&mut out, self.linkedit + 32, &size.next_multiple_of(self.page).to_le_bytes())?;
        put(&mut out, self.linkedit + 48, &size.to_le_bytes())?;
        if let Some(at) = self.only(m::LC_UUID)? {
            put(&mut out, at + 8, &[0; 16])?;
            let mut uuid: [u8; 32] = Sha256::digest(&out).into();
            uuid[6] = uuid[6] & 0x0f | 0x80; // RFC 9562: version 8, variant 1
            uuid[8] = uuid[8] & 0x3f | 0x80;
            put(&mut out, at + 8, &uuid[..16])?;
        }
        if let Some((_, signature)) = signature {
            let made = signature.over(&out)?;
            out.extend(made);
        }
        Ok(out)
    }
}

/// The load commands, each checked to lie within the image and to be as long as its kind needs.
fn commands(image: &[u8]) -> Res<Vec<(u32, usize)>> {
    let mut at = HEADER;
    let mut found = Vec::new();
    for _ in 0..get32(image, 16)? {
        let (cmd, len) = (get32(image, at)?, get32(image, at + 4)? as usize);
        let least = match cmd {
            m::LC_SEGMENT_64 => 72,
            m::LC_DYSYMTAB => 80,
            m::LC_UUID | m::LC_SYMTAB => 24,
            m::LC_CODE_SIGNATURE => 16,
            _ => fields(cmd).last().map_or(8, |f| f.0 + 8),
        };
        if len < least || part(image, at, len).is_err() {
            return refuse(format!("the load command at {at:#x} is too short or leaves the file"));
        }
        found.push((cmd, at));
        at += len;
    }
    Ok(found)
}

/// The symbols that stay.
struct Symbols {
    table: Vec<u8>,
    names: Vec<u8>,
    /// For every old index: how many kept symbols come before it, and whether it is kept itself.
    index: Vec<(u32, bool)>,
}

impl Symbols {
    fn chosen(image: &[u8], layout: &Layout, symtab: usize, what: Strip) -> Res<Self> {
        let word = |at: usize| get32(image, symtab + at).map(|v| v as usize);
        let old = part(image, word(8)?, word(12)?.saturating_mul(NLIST))?;
        let old_names = part(image, word(16)?, word(20)?)?;
        let used = used(image, layout)?;
        let mut new =
            Self { table: Vec::new(), names: vec![0], index: Vec::with_capacity(old.len() / NLIST) };
        let mut places = HashMap::new();
        for (i, entry) in old.chunks_exact(NLIST).enumerate() {
            let (kind, desc) = (entry[4], u16::from_le_bytes([entry[6], entry[7]]));
            let stab = kind & m::N_STAB != 0;
            let bound = kind & m::N_EXT != 0 || desc & m::REFERENCED_DYNAMICALLY != 0 || used.contains(&i);
            let keep = !stab && (bound || what == Strip::Debug);
            new.index.push((size32(new.table.len() / NLIST)?, keep));
            if !keep {
                continue;
            }
            let at = new.name(old_names, get32(entry, 0)? as usize, &mut places)?;
            let start = new.table.len();
            new.table.extend(entry);
            put32(&mut new.table, start, at)?;
            if kind & m::N_TYPE == m::N_INDR {
                let alias = new.name(old_names, get_size(entry, 8)?, &mut places)?;
                put(&mut new.table, start + 8, &u64::from(alias).to_le_bytes())?;
            }
        }
        new.names.resize(new.names.len().next_multiple_of(8), 0);
        Ok(new)
    }

    fn name<'a>(&mut self, old: &'a [u8], at: usize, places: &mut HashMap<&'a [u8], u32>) -> Res<u32> {
        let Some(name) = old.get(at..).and_then(|rest| rest.split(|&b| b == 0).next()) else {
            return refuse("a symbol's name lies outside the string table");
        };
        if name.is_empty() {
            return Ok(0);
        }
        let next = size32(self.names.len())?;
        let place = *places.entry(name).or_insert(next);
        if place == next {
            self.names.extend(name);
            self.names.push(0);
        }
        Ok(place)
    }

    /// Writes the new ranges of local, defined and undefined symbols into `LC_DYSYMTAB`.
    fn renumber(&self, image: &[u8], layout: &Layout, out: &mut [u8]) -> Res<()> {
        let Some(at) = layout.only(m::LC_DYSYMTAB)? else { return Ok(()) };
        for field in [32, 40, 48, 64] {
            if get32(image, at + field + 4)? != 0 {
                return refuse("the image has dynamic tables of a kind that no current linker writes");
            }
        }
        let total = size32(self.table.len() / NLIST)?;
        let before = |i: usize| self.index.get(i).map_or(total, |entry| entry.0);
        for field in [8, 16, 24] {
            let (first, count) = (get32(image, at + field)? as usize, get32(image, at + field + 4)? as usize);
            let (start, end) = (before(first), before(first.saturating_add(count)));
            put32(out, at + field, start)?;
            put32(out, at + field + 4, end - start)?;
        }
        Ok(())
    }

    fn indirect(&self, old: &[u8]) -> Res<Vec<u8>> {
        let mut new = Vec::with_capacity(old.len());
        for at in (0..old.len()).step_by(4) {
            let value = get32(old, at)?;
            let value = match self.index.get(value as usize) {
                _ if value & SPECIAL != 0 => value,
                Some(&(place, true)) => place,
                _ => return refuse("an indirect symbol is missing from the symbol table"),
            };
            new.extend(value.to_le_bytes());
        }
        Ok(new)
    }
}

const SPECIAL: u32 = m::INDIRECT_SYMBOL_LOCAL | m::INDIRECT_SYMBOL_ABS;

/// The symbols that the indirect symbol table names.
fn used(image: &[u8], layout: &Layout) -> Res<HashSet<usize>> {
    let Some(at) = layout.only(m::LC_DYSYMTAB)? else { return Ok(HashSet::new()) };
    let (start, count) = (get32(image, at + 56)? as usize, get32(image, at + 60)? as usize);
    let entries = part(image, start, count.saturating_mul(4))?.chunks_exact(4);
    Ok(entries
        .map(|e| u32::from_le_bytes([e[0], e[1], e[2], e[3]]))
        .filter(|v| v & SPECIAL == 0)
        .map(|v| v as usize)
        .collect())
}

fn part(bytes: &[u8], at: usize, len: usize) -> Res<&[u8]> {
    let found = at.checked_add(len).and_then(|end| bytes.get(at..end));
    found.ok_or_else(|| StripError(format!("the image ends before the {len} bytes at {at:#x}")))
}

fn get32(bytes: &[u8], at: usize) -> Res<u32> {
    part(bytes, at, 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn get_size(bytes: &[u8], at: usize) -> Res<usize> {
    let (low, high) = (get32(bytes, at)?, get32(bytes, at + 4)?);
    if high == 0 {
        Ok(low as usize)
    } else {
        refuse(format!("the number at {at:#x} is too large for a Mach-O image"))
    }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Res<()> {
    match bytes.get_mut(at..at + value.len()) {
        Some(place) => place.copy_from_slice(value),
        None => return refuse(format!("the image ends before {at:#x}")),
    }
    Ok(())
}

fn put32(bytes: &mut [u8], at: usize, value: u32) -> Res<()> {
    put(bytes, at, &value.to_le_bytes())
}

fn size32(len: usize) -> Res<u32> {
    u32::try_from(len).or_else(|_| refuse("the image is larger than 4 GiB"))
}
