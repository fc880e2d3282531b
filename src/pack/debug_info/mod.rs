//! Objects and libraries without debug information. It is two thirds of what zig builds for musl and mingw, and names folders
//! of the machine where zig did, for Windows with names of chance in them, of chance length.

mod coff;
mod elf;

use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream};
use object::elf::{FileHeader32, FileHeader64};
use object::read::archive::{self, ArchiveFile};
use object::{Endianness, FileKind};
use std::io::Cursor;

/// What the names of sections begin with that have DWARF or `CodeView`.
const NAMES: &[&[u8]] = &[b".debug_", b".debug$"];

fn is_debug(name: &[u8]) -> bool {
    NAMES.iter().any(|start| name.starts_with(start))
}

/// The same for the linker, without what a debugger reads in its objects. Whatever else it is, or cannot be read, stays as
/// it is.
pub fn without(contents: Vec<u8>) -> Vec<u8> {
    library(&contents).or_else(|| object(&contents)).unwrap_or(contents)
}

/// A library of such objects; none where nothing changes.
fn library(data: &[u8]) -> Option<Vec<u8>> {
    let archive = ArchiveFile::parse(data).ok()?;
    let kind = match archive.kind() {
        archive::ArchiveKind::Gnu => ArchiveKind::Gnu,
        archive::ArchiveKind::Coff => ArchiveKind::Coff,
        _ => return None,
    };
    let (mut members, mut changes) = (Vec::new(), false);
    for member in archive.members() {
        let member = member.ok()?;
        let name = String::from_utf8(member.name().to_vec()).ok()?;
        let before = member.data(data).ok()?;
        let after = object(before);
        changes |= after.is_some();
        members.push(NewArchiveMember::new(
            after.unwrap_or_else(|| before.to_vec()),
            &DEFAULT_OBJECT_READER,
            name,
        ));
    }
    let mut written = Cursor::new(Vec::new());
    let is_written = changes && write_archive_to_stream(&mut written, &members, kind, false, None).is_ok();
    is_written.then(|| written.into_inner())
}

/// Such an object; none where nothing changes.
fn object(data: &[u8]) -> Option<Vec<u8>> {
    let after = match FileKind::parse(data).ok()? {
        FileKind::Elf32 => elf::without::<FileHeader32<Endianness>>(data),
        FileKind::Elf64 => elf::without::<FileHeader64<Endianness>>(data),
        FileKind::Coff => coff::without(data),
        _ => return None,
    };
    after.ok().filter(|after| after != data)
}

/// So many bytes from there on, in memory.
fn range(start: impl Into<u64>, size: impl Into<u64>, data: &[u8]) -> Option<std::ops::Range<usize>> {
    let (start, size) = (usize::try_from(start.into()).ok()?, usize::try_from(size.into()).ok()?);
    let range = start..start.checked_add(size)?;
    data.get(range.clone()).map(|_| range)
}
