//! One object: whose it is, and the names that it needs and has.

use super::machine;
use object::read::coff::ImportFile;
use object::read::macho::{LoadCommandVariant, MachHeader, MachOFile};
use object::read::{File, ReadRef};
use object::{Object, ObjectKind, ObjectSymbol, macho, pe};
use serde::{Deserialize, Serialize};

/// A format of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Linux and the BSDs.
    Elf,
    /// Apple.
    MachO,
    /// Windows.
    Coff,
}

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its format.
    pub format: Format,
    /// GOARCH, or another name where Go has none.
    pub machine: String,
    /// GOOS, or another name, where the object says.
    pub system: Option<String>,
}

/// A name in an object that others see, as C has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol<'d> {
    /// Some other object has to have it.
    Needs(&'d [u8]),
    /// The object has it.
    Has(&'d [u8]),
}

/// An object that was parsed.
pub struct ObjectFile<'d> {
    /// Whose it is.
    pub head: Head,
    contents: Contents<'d>,
}

enum Contents<'d> {
    File(Box<File<'d>>),
    Import(&'d [u8]),
}

/// Parses an object or a shared library, or says why not.
pub fn parse(data: &[u8]) -> Result<ObjectFile<'_>, String> {
    if data.starts_with(&[0, 0, 0xff, 0xff, 0, 0]) {
        let import = ImportFile::parse(data).map_err(|error| error.to_string())?;
        let head = Head { format: Format::Coff, machine: coff_machine(data, 6), system: windows() };
        return Ok(ObjectFile { head, contents: Contents::Import(import.symbol()) });
    }
    let file = File::parse(data).map_err(|error| error.to_string())?;
    let head = match &file {
        File::Elf32(_) | File::Elf64(_) => elf(data).ok_or("its header is cut off")?,
        File::MachO32(file) => apple(file),
        File::MachO64(file) => apple(file),
        File::CoffBig(_) => Head { format: Format::Coff, machine: coff_machine(data, 6), system: windows() },
        _ => Head { format: Format::Coff, machine: coff_machine(data, 0), system: windows() },
    };
    Ok(ObjectFile { head, contents: Contents::File(Box::new(file)) })
}

/// A program or DLL for Windows, and whether it is a DLL.
pub fn pe(data: &[u8]) -> Option<(Head, bool)> {
    let file = File::parse(data).ok()?;
    let at = data.read_at::<object::U32<object::LittleEndian>>(0x3c).ok()?.get(object::LittleEndian);
    let head = Head {
        format: Format::Coff,
        machine: coff_machine(data, usize::try_from(at).ok()?.checked_add(4)?),
        system: windows(),
    };
    Some((head, file.kind() == ObjectKind::Dynamic))
}

impl<'d> ObjectFile<'d> {
    /// Object, shared library or program.
    pub fn kind(&self) -> ObjectKind {
        match &self.contents {
            Contents::File(file) => file.kind(),
            Contents::Import(_) => ObjectKind::Relocatable,
        }
    }

    /// Hands every name that others see to `each`; weak needs are none, since nothing has to meet them.
    pub fn symbols(&self, each: &mut dyn FnMut(Symbol<'d>) -> Result<(), String>) -> Result<(), String> {
        let file = match &self.contents {
            Contents::File(file) => file,
            Contents::Import(name) => return each(Symbol::Has(self.c_name(name))),
        };
        let dynamic = file.kind() == ObjectKind::Dynamic;
        let symbols = if dynamic { file.dynamic_symbols() } else { file.symbols() };
        for symbol in symbols.filter(ObjectSymbol::is_global) {
            let name = self.c_name(symbol.name_bytes().map_err(|error| error.to_string())?);
            if !symbol.is_undefined() {
                each(Symbol::Has(name))?;
            } else if !symbol.is_weak() {
                each(Symbol::Needs(name))?;
            }
        }
        Ok(())
    }

    /// A name without what the format puts before it.
    fn c_name(&self, name: &'d [u8]) -> &'d [u8] {
        let name = match self.head.format {
            Format::Coff => name.strip_prefix(b"__imp_").unwrap_or(name),
            Format::Elf | Format::MachO => name,
        };
        let decorated = self.head.format == Format::MachO
            || (self.head.format == Format::Coff && self.head.machine == "386");
        if decorated { name.strip_prefix(b"_").unwrap_or(name) } else { name }
    }
}

fn elf(data: &[u8]) -> Option<Head> {
    let (wide, big) = (*data.get(4)? == 2, *data.get(5)? == 2);
    let number = |at: usize, length: usize| {
        let bytes = data.get(at..at.checked_add(length)?)?;
        let digits = bytes.iter().map(|byte| u32::from(*byte));
        Some(if big { digits.fold(0, push) } else { digits.rev().fold(0, push) })
    };
    let machine = u16::try_from(number(18, 2)?).ok()?;
    let flags = number(if wide { 48 } else { 36 }, 4)?;
    Some(Head {
        format: Format::Elf,
        machine: machine::elf(wide, big, machine, flags),
        system: machine::elf_system(*data.get(7)?),
    })
}

fn push(number: u32, byte: u32) -> u32 {
    number << 8 | byte
}

fn apple<M: MachHeader>(file: &MachOFile<M>) -> Head {
    let (endian, header) = (file.endian(), file.macho_header());
    let platform = file.macho_load_commands().ok().and_then(|mut commands| {
        while let Ok(Some(command)) = commands.next() {
            match (command.cmd(), command.variant()) {
                (_, Ok(LoadCommandVariant::BuildVersion(version))) => {
                    return Some(version.platform.get(endian));
                }
                (macho::LC_VERSION_MIN_MACOSX, _) => return Some(macho::PLATFORM_MACOS),
                (macho::LC_VERSION_MIN_IPHONEOS, _) => return Some(macho::PLATFORM_IOS),
                _ => {}
            }
        }
        None
    });
    Head {
        format: Format::MachO,
        machine: machine::macho(header.cputype(endian), header.cpusubtype(endian)),
        system: platform.map(machine::apple_platform),
    }
}

fn coff_machine(data: &[u8], at: usize) -> String {
    let bytes = at.checked_add(2).and_then(|end| data.get(at..end));
    let machine =
        bytes.map_or(pe::IMAGE_FILE_MACHINE_UNKNOWN, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    machine::coff(machine)
}

fn windows() -> Option<String> {
    Some("windows".into())
}
