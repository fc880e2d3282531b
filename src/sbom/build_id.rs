//! The id that Go gives to what it links: in ELF a note, elsewhere a text between two bytes that no text has.
//!
//! Source: Go's `cmd/link/internal/ld` (`textbuildid`, `elfgobuildid`) and `cmd/internal/buildid`.

use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::FileHeader;
use object::{Endianness, ReadRef};

/// The note's section.
const NOTE: &[u8] = b".note.go.buildid";

/// The length of a note's head, with the name `Go` that is filled up to four bytes.
const HEAD: usize = 16;

const START: &[u8] = b"\xff Go build ID: \"";
const END: &[u8] = b"\"\n \xff";

/// The text is the first of the text section, behind the file's own head; Go itself looks no further than 32 KiB.
const TEXT: u64 = 64 << 10;

/// The id of a program, or of the object that Go gives to the linker.
pub fn of<'data>(file: impl ReadRef<'data>) -> Option<String> {
    let id = match file.read_bytes_at(0, 5).ok()? {
        [0x7f, b'E', b'L', b'F', 2] => in_note::<FileHeader64<Endianness>, _>(file)?,
        [0x7f, b'E', b'L', b'F', _] => in_note::<FileHeader32<Endianness>, _>(file)?,
        _ => in_text(file.read_bytes_at(0, file.len().ok()?.min(TEXT)).ok()?)?,
    };
    std::str::from_utf8(id).ok().map(String::from)
}

fn in_note<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(file: R) -> Option<&'data [u8]> {
    let header = Elf::parse(file).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, file).ok()?;
    let (_, section) = sections.section_by_name(endian, NOTE)?;
    let note = object::read::elf::SectionHeader::data(section, endian, file).ok()?;
    // Its name's length, its own length, its kind, its name.
    let length = note.get(4..8)?.try_into().ok()?;
    let length =
        if header.is_little_endian() { u32::from_le_bytes(length) } else { u32::from_be_bytes(length) };
    note.get(HEAD..)?.get(..usize::try_from(length).ok()?)
}

fn in_text(bytes: &[u8]) -> Option<&[u8]> {
    use memchr::memmem::find;
    let rest = bytes.get(find(bytes, START)? + START.len()..)?;
    rest.get(..find(rest, END)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_between_its_marks_is_an_id() {
        let of = |bytes: &[u8]| of(bytes);
        assert_eq!(of(b"MZ...\xff Go build ID: \"a/b//a\"\n \xff..."), Some("a/b//a".into()));
        for none in [&b"MZ"[..], b"", b"MZ..\xff Go build ID: \"a/b", b"\x7fELF\x02 no", b"\x7fELF\x01"] {
            assert_eq!(of(none), None);
        }
    }
}
