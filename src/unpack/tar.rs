//! The entries of a compressed tar, one after another.
//!
//! A tar ends with two empty blocks; zeros may follow, as tools pad to whole records. Anything else behind
//! the end is an error, and so is a tar without it. Long names are put together by the library; what a pax
//! header says is checked here, because readers differ about keys that repeat or do not parse. `tar -C folder .` puts `./`
//! in front of every path, and the folder itself first; both mean nothing.

use super::decode::Decoder;
use super::meter::{Counted, Meter, Metered};
use super::output::{Contents, Output};
use super::{Caps, Kind, UnpackError, Why};
use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use tar::{EntryType, Header};

type Source<'a> = Metered<'a, Decoder<BufReader<Counted<'a, &'a File>>>>;

/// Unpacks the tar in `archive`.
pub fn unpack(
    kind: Kind,
    mut archive: &File,
    caps: &Caps,
    output: &mut Output,
    progress: &mut dyn FnMut(u64),
) -> Result<(), UnpackError> {
    let read_error = |error: &std::io::Error| Why::reading(error).of_all();
    archive.rewind().map_err(|error| read_error(&error))?;
    let length = archive.metadata().map_err(|error| read_error(&error))?.len();
    let (count, meter) = (Cell::new(0), Meter::new(caps.limit(length)));
    let buffered = BufReader::with_capacity(64 << 10, Counted { inner: archive, count: &count });
    let inner = Decoder::new(kind, buffered, caps.memory).map_err(Why::of_all)?;
    let mut tar = tar::Archive::new(Metered { inner, meter: &meter });
    let failed = |error: &std::io::Error| meter.cause(Why::reading(error));
    let mut entries = tar.entries().map_err(|error| failed(&error).of_all())?;
    loop {
        meter.expect_headers();
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(|error| failed(&error).of_all())?;
        meter.expect_contents();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let admitted = meter.admits(entry.size());
        let written = admitted.and_then(|()| write(&mut entry, output, &mut |_| progress(count.get())));
        written.map_err(|why| meter.cause(why).of(&name))?;
    }
    meter.expect_contents();
    end(tar.into_inner(), &meter).map_err(Why::of_all)
}

/// Writes one entry.
fn write(
    entry: &mut tar::Entry<Source>,
    output: &mut Output,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Why> {
    let is_folder = is_folder(entry.header().entry_type())?;
    check_pax(entry)?;
    check_name(entry.header())?;
    let path = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| Why::NotUtf8)?;
    let path = path.strip_prefix("./").unwrap_or(&path);
    let size = entry.size();
    let mode = entry.header().mode().map_err(|error| Why::Damaged(error.to_string()))?;
    if !is_folder {
        let contents = Contents { path, size, executable: mode & 0o100 != 0, bytes: entry };
        return output.file(contents, progress);
    }
    if size != 0 {
        return Err(Why::Long);
    }
    match path.strip_suffix('/').unwrap_or(path) {
        "" | "." => Ok(()),
        folder => output.folder(folder),
    }
}

/// Whether an entry is a folder or a file; everything else is refused.
fn is_folder(kind: EntryType) -> Result<bool, Why> {
    match kind {
        EntryType::Regular => Ok(false),
        EntryType::Directory => Ok(true),
        EntryType::Link | EntryType::Symlink => Err(Why::Link),
        EntryType::Char | EntryType::Block | EntryType::Fifo => Err(Why::Special),
        EntryType::GNUSparse => Err(Why::Sparse),
        _ => Err(Why::OtherKind),
    }
}

/// A name in the header itself may end with a NUL byte, and then nothing but these follow.
fn check_name(header: &Header) -> Result<(), Why> {
    let prefix = header.as_ustar().map(|ustar| ustar.prefix.as_slice());
    for field in [Some(header.as_old().name.as_slice()), prefix].into_iter().flatten() {
        if field.iter().skip_while(|byte| **byte != 0).any(|byte| *byte != 0) {
            return Err(Why::Nul);
        }
    }
    Ok(())
}

/// Checks the pax header: every record is whole, no key is there twice, the size is the one that was used,
/// and the file has no holes.
fn check_pax(entry: &mut tar::Entry<Source>) -> Result<(), Why> {
    let damaged = |text: &str| Why::Damaged(format!("its pax header {text}"));
    let size = entry.size().to_string();
    let Ok(Some(records)) = entry.pax_extensions() else { return Ok(()) };
    let mut keys = HashSet::new();
    for record in records {
        let record = record.map_err(|_| damaged("cannot be read"))?;
        let key = record.key_bytes();
        if key.starts_with(b"GNU.sparse.") {
            return Err(Why::Sparse);
        }
        if key == b"size" && record.value_bytes() != size.as_bytes() {
            return Err(damaged("has another size"));
        }
        if !keys.insert(key) {
            return Err(damaged("has a key twice"));
        }
    }
    Ok(())
}

/// Reads what follows the first empty block, to the end of the compressed stream.
fn end(mut source: Source, meter: &Meter) -> Result<(), Why> {
    let (mut buffer, mut zeros) = ([0; 8192], 0);
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Err(meter.cause(Why::reading(&error))),
        };
        if buffer.iter().take(count).any(|byte| *byte != 0) {
            return Err(Why::Trailing);
        }
        zeros += count;
    }
    if zeros < 512 {
        return Err(Why::NoEnd);
    }
    source.inner.finish()
}
