//! A finished program or shared library, read as its system would read it: for whom it is, what it needs there, how it was
//! made.
//!
//! ```text
//!  elf, macho, pe   one format each                                        pure
//!  signature        the code signature that macOS asks for                 pure
//!  go_info          what Go wrote into it: version, modules, settings      pure
//!  expect           `static,glibc<=2.28` and what of it is not so          pure
//! ```
//!
//! The file may be hostile: what cannot be read is an error with a reason, or left out.

pub mod elf;
pub mod expect;
pub mod go_info;
mod macho;
mod pe;
pub mod signature;

use go_info::GoInfo;
use object::Endianness;
use object::FileKind;
use object::elf::{FileHeader32, FileHeader64};
use object::macho::{MachHeader32, MachHeader64};
use object::pe::{ImageNtHeaders32, ImageNtHeaders64};
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use serde::Serialize;
use signature::Signature;

/// What is told of a program or shared library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Binary {
    /// ELF, Mach-O or PE.
    pub format: &'static str,
    /// Whether it is a shared library, and no program.
    pub is_library: bool,
    /// How it is linked.
    pub linkage: Linkage,
    /// Whether it may be loaded at any address.
    pub is_pie: bool,
    /// GOOS, where anything tells it.
    pub os: Option<String>,
    /// GOARCH, or another name where Go has none.
    pub arch: String,
    /// The dynamic loader that it names.
    pub loader: Option<String>,
    /// The shared libraries that it needs: `DT_NEEDED`, `LC_LOAD_DYLIB`, imported DLLs.
    pub needed: Vec<String>,
    /// Its own name as a library: soname, install name.
    pub name: Option<String>,
    /// Where it lets the loader look first: `DT_RUNPATH`, `LC_RPATH`.
    pub search: Vec<String>,
    /// The oldest glibc that it runs with.
    pub glibc: Option<Floor>,
    /// The oldest macOS that it runs on.
    pub macos: Option<String>,
    /// Its code signature.
    pub signature: Option<Signature>,
    /// What only PE has.
    pub windows: Option<Windows>,
    /// Whether it has no symbol table.
    pub is_stripped: bool,
    /// The tools that signed it, as its `.comment` says.
    pub tools: Vec<String>,
    /// What Go says of it.
    pub go: Option<GoInfo>,
}

/// How a program is linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// It needs a loader and shared libraries.
    #[default]
    Dynamic,
    /// It needs nothing.
    Static,
    /// It needs nothing, and may be loaded at any address.
    StaticPie,
}

/// The oldest version of a library that has every name that is bound to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Floor {
    /// As 2.28.
    pub version: String,
    /// The names that only this version and later ones have.
    pub symbols: Vec<String>,
}

/// What only PE has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Windows {
    /// `console` or `windows`, or a number.
    pub subsystem: String,
    /// `TimeDateStamp` of the head; 0 where two builds shall be the same.
    pub timestamp: u32,
}

impl Linkage {
    /// As it is asked for, and told.
    pub fn word(self) -> &'static str {
        match self {
            Linkage::Dynamic => "dynamic",
            Linkage::Static => "static",
            Linkage::StaticPie => "static-pie",
        }
    }
}

impl Binary {
    /// The C library that it is linked with, by its loader or by what it needs; none for one that needs none.
    pub fn libc(&self) -> &'static str {
        let loader = self.loader.as_deref().unwrap_or_default();
        let needs = |name: &str| self.needed.iter().any(|needed| needed.starts_with(name));
        match self.os.as_deref() {
            Some("linux")
                if loader.contains("ld-musl")
                    || needs("libc.musl-")
                    || self.needed.iter().any(|needed| needed == "libc.so") =>
            {
                "musl"
            }
            Some("linux") if self.glibc.is_some() || needs("libc.so.6") => "glibc",
            Some("linux") => "none",
            _ if self.needed.is_empty() => "none",
            _ => "system",
        }
    }

    /// One line: what it is.
    pub fn title(&self) -> String {
        let kind = if self.is_library { "shared library" } else { "program" };
        let pie = if self.is_pie && self.linkage == Linkage::Dynamic { ", PIE" } else { "" };
        let os = self.os.as_deref().unwrap_or("an unknown system");
        format!("{} {kind} for {os}/{}, {}{pie}", self.format, self.arch, self.linkage.word())
    }
}

/// Reads a file; a universal one of macOS has several.
pub fn read(data: &[u8]) -> Result<Vec<Binary>, String> {
    let kind = FileKind::parse(data).map_err(|_| what_else(data))?;
    let one = |binary: Result<Binary, String>| binary.map(|binary| vec![finished(binary, data)]);
    match kind {
        FileKind::Elf32 => one(elf::read::<FileHeader32<Endianness>>(data)),
        FileKind::Elf64 => one(elf::read::<FileHeader64<Endianness>>(data)),
        FileKind::Pe32 => one(pe::read::<ImageNtHeaders32>(data)),
        FileKind::Pe64 => one(pe::read::<ImageNtHeaders64>(data)),
        FileKind::MachO32 => one(macho::read::<MachHeader32<Endianness>>(data)),
        FileKind::MachO64 => one(macho::read::<MachHeader64<Endianness>>(data)),
        FileKind::MachOFat32 => {
            MachOFatFile32::parse(data).map_err(said).and_then(|file| each(file.arches(), data))
        }
        FileKind::MachOFat64 => {
            MachOFatFile64::parse(data).map_err(said).and_then(|file| each(file.arches(), data))
        }
        FileKind::Archive => Err(ARCHIVE.into()),
        FileKind::Coff | FileKind::CoffBig | FileKind::CoffImport => Err(OBJECT.into()),
        _ => Err(what_else(data)),
    }
}

const ARCHIVE: &str = "it is an archive, and no program";
const OBJECT: &str = "it is an object file, and no program";

fn what_else(data: &[u8]) -> String {
    let begins = |text: &str| data.starts_with(text.as_bytes());
    let what = match data {
        [] => "it is empty",
        _ if begins("#!") => "it is a script",
        _ if begins("!<arch>") => ARCHIVE,
        _ => "it is no program that Linux, macOS, Windows or a BSD would start",
    };
    what.into()
}

/// More slices than this no real file has.
const SLICES: usize = 16;

fn said(error: object::Error) -> String {
    error.to_string()
}

fn each(arches: &[impl FatArch], data: &[u8]) -> Result<Vec<Binary>, String> {
    let slice = |arch: &_| -> Result<Vec<Binary>, String> {
        let slice = FatArch::data(arch, data).map_err(said)?;
        // One within another would have no end.
        match FileKind::parse(slice) {
            Ok(FileKind::MachO32 | FileKind::MachO64) => read(slice),
            _ => Err("a part of it is no Mach-O file".into()),
        }
    };
    if arches.is_empty() || arches.len() > SLICES {
        return Err(format!("it has {} parts for different processors", arches.len()));
    }
    let all: Result<Vec<Vec<Binary>>, String> = arches.iter().map(slice).collect();
    all.map(|all| all.concat())
}

/// With what Go says, where it says anything.
fn finished(mut binary: Binary, data: &[u8]) -> Binary {
    binary.go = go_info::of(data);
    let by_go = || binary.go.as_ref().and_then(|go| go.setting("GOOS")).map(String::from);
    // No other system leaves its mark out.
    let by_elf = || (binary.format == "ELF").then(|| "linux".to_string());
    binary.os = binary.os.clone().or_else(by_go).or_else(by_elf);
    binary
}

/// No real name is longer.
const NAME: usize = 4096;

/// Bytes of a name as text.
fn text(bytes: &[u8]) -> String {
    shown(&String::from_utf8_lossy(&bytes[..bytes.len().min(NAME)]))
}

/// A text of a file without control characters: it is printed, and may be read by more than people.
fn shown(text: &str) -> String {
    let is_plain = |letter: char| !letter.is_control();
    text.chars().map(|letter| if is_plain(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect()
}
