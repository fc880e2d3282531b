//! Mach-O: programs and libraries of macOS, by their load commands.

use super::{Binary, Linkage, OBJECT, said, signature, text};
use crate::archive::machine;
use object::Endianness;
use object::macho;
use object::read::macho::{LoadCommandData, LoadCommandVariant, MachHeader};

/// Reads a program or library.
pub(super) fn read<M: MachHeader<Endian = Endianness>>(data: &[u8]) -> Result<Binary, String> {
    let header = M::parse(data, 0).map_err(said)?;
    let endian = header.endian().map_err(said)?;
    let is_library = match header.filetype(endian) {
        macho::MH_EXECUTE => false,
        macho::MH_DYLIB | macho::MH_BUNDLE => true,
        macho::MH_OBJECT => return Err(OBJECT.into()),
        _ => return Err("it is a Mach-O file of another kind than programs and libraries".into()),
    };
    let mut binary = Binary {
        format: "Mach-O",
        is_library,
        linkage: Linkage::Static,
        is_pie: header.flags(endian) & macho::MH_PIE != 0,
        arch: machine::macho(header.cputype(endian), header.cpusubtype(endian)),
        is_stripped: true,
        ..Binary::default()
    };
    let mut commands = header.load_commands(endian, data, 0).map_err(said)?;
    while let Some(command) = commands.next().map_err(said)? {
        binary.take(&command, endian, data).map_err(said)?;
    }
    if !binary.needed.is_empty() || binary.loader.is_some() {
        binary.linkage = Linkage::Dynamic;
    }
    Ok(binary)
}

impl Binary {
    /// What one load command says.
    fn take(
        &mut self,
        command: &LoadCommandData<Endianness>,
        endian: Endianness,
        data: &[u8],
    ) -> object::Result<()> {
        let name = |string| command.string(endian, string).ok().map(text);
        match command.variant()? {
            LoadCommandVariant::Dylib(dylib) => self.needed.extend(name(dylib.dylib.name)),
            LoadCommandVariant::IdDylib(dylib) => self.name = name(dylib.dylib.name),
            LoadCommandVariant::LoadDylinker(dylinker) => self.loader = name(dylinker.name),
            LoadCommandVariant::Rpath(rpath) => self.search.extend(name(rpath.path)),
            LoadCommandVariant::BuildVersion(version) => {
                let platform = version.platform.get(endian);
                self.os = Some(machine::apple_platform(platform));
                self.macos = (platform == macho::PLATFORM_MACOS).then(|| number(version.minos.get(endian)));
            }
            LoadCommandVariant::VersionMin(version) if command.cmd() == macho::LC_VERSION_MIN_MACOSX => {
                self.os = Some("darwin".into());
                self.macos = Some(number(version.version.get(endian)));
            }
            LoadCommandVariant::Dysymtab(table) => self.is_stripped = table.nlocalsym.get(endian) == 0,
            LoadCommandVariant::LinkeditData(place)
                if command.cmd() == macho::LC_CODE_SIGNATURE && self.signature.is_none() =>
            {
                let (at, size) = (place.dataoff.get(endian), place.datasize.get(endian));
                self.signature = Some(signature::read(data, at as usize, size as usize));
            }
            _ => {}
        }
        Ok(())
    }
}

/// `12.0` of the four bytes of a version; the last part only where it is not 0.
fn number(version: u32) -> String {
    let (major, minor, patch) = (version >> 16, version >> 8 & 0xff, version & 0xff);
    if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") }
}
