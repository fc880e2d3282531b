//! What a file or member is, by its first bytes.

use object::FileKind;

/// What the first bytes promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// Nothing at all.
    Empty,
    /// `ar`'s archive.
    Archive,
    /// An archive that only names its members.
    Thin,
    /// Mach-O for several processors in one file.
    Fat,
    /// ELF.
    Elf,
    /// Mach-O.
    MachO,
    /// An object for Windows.
    Coff,
    /// An entry of an import library for Windows.
    CoffImport,
    /// An object of Microsoft's compiler that holds no machine code (`/GL`).
    CoffUnfinished,
    /// A program or DLL for Windows.
    Pe,
    /// LLVM bitcode.
    Bitcode,
    /// Text: a linker's script, a stub, or a page that a server sent instead of the file.
    Text,
    /// Anything else.
    Other,
}

impl Magic {
    /// Looks at the first bytes.
    pub fn of(data: &[u8]) -> Magic {
        match data {
            [] => return Magic::Empty,
            [b'!', b'<', b't', b'h', b'i', b'n', b'>', b'\n', ..] => return Magic::Thin,
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => return Magic::Archive,
            // Plain, and in Apple's wrapper.
            [b'B', b'C', 0xc0, 0xde, ..] | [0xde, 0xc0, 0x17, 0x0b, ..] => return Magic::Bitcode,
            [b'M', b'Z', ..] => return Magic::Pe,
            // Whatever is in it, these four bytes make every linker read it so; what is cut off is damage, not text.
            [0x7f, b'E', b'L', b'F', ..] => return Magic::Elf,
            _ => {}
        }
        match FileKind::parse(data) {
            Ok(FileKind::MachO32 | FileKind::MachO64) => Magic::MachO,
            Ok(FileKind::MachOFat32 | FileKind::MachOFat64) => Magic::Fat,
            Ok(FileKind::Coff | FileKind::CoffBig) => Magic::Coff,
            Ok(FileKind::CoffImport) => Magic::CoffImport,
            _ if data.starts_with(&[0, 0, 0xff, 0xff]) => Magic::CoffUnfinished,
            _ if is_text(data) => Magic::Text,
            _ => Magic::Other,
        }
    }
}

fn is_text(data: &[u8]) -> bool {
    data.iter().take(512).all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}
