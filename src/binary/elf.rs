//! ELF: by its program header what a loader does, by its symbol versions the glibc that it needs.

use super::{Binary, Floor, Linkage, OBJECT, said, text};
use crate::archive::machine;
use object::elf;
use object::read::StringTable;
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};
use object::{Endianness, SymbolIndex};

/// More names than this are not listed.
const LISTED: usize = 1000;

/// Reads a program or shared library.
pub(super) fn read<E: FileHeader<Endian = Endianness>>(data: &[u8]) -> Result<Binary, String> {
    let header = E::parse(data).map_err(said)?;
    let endian = header.endian().map_err(said)?;
    let is_movable = match header.e_type(endian) {
        elf::ET_EXEC => false,
        elf::ET_DYN => true,
        elf::ET_REL => return Err(OBJECT.into()),
        _ => return Err("it is an ELF file of another kind than programs and libraries".into()),
    };
    let segments = header.program_headers(endian, data).map_err(said)?;
    let sections = header.sections(endian, data).unwrap_or_default();
    let dynamic = Dynamic::of(segments, endian, data).ok_or("its dynamic section cannot be read")?;
    if dynamic.has_versions && !matches!(sections.gnu_verneed(endian, data), Ok(Some(_))) {
        return Err("its section headers are gone, and with them the versions that it needs".into());
    }
    let find = |segment: &E::ProgramHeader| segment.interpreter(endian, data).ok().flatten();
    let loader = segments.iter().find_map(find).map(text);
    // libc.so.6 itself can be started, and is a library all the same.
    let is_pie = is_movable && (dynamic.is_pie || (loader.is_some() && dynamic.name.is_none()));
    let is_library = is_movable && !is_pie;
    let linkage = linkage(loader.is_some() || is_library, is_movable);
    let (machine, flags) = (header.e_machine(endian), header.e_flags(endian));
    Ok(Binary {
        format: "ELF",
        is_library,
        linkage,
        is_pie,
        os: os::<E>(header, segments, endian, data, loader.as_deref()),
        arch: machine::elf(header.is_type_64(), header.is_big_endian(), machine, flags),
        loader,
        needed: dynamic.needed,
        name: dynamic.name,
        search: dynamic.search,
        glibc: glibc::<E>(&sections, endian, data),
        is_stripped: !sections.iter().any(|section| section.sh_type(endian) == elf::SHT_SYMTAB),
        tools: tools::<E>(&sections, endian, data),
        ..Binary::default()
    })
}

fn linkage(is_dynamic: bool, is_movable: bool) -> Linkage {
    match (is_dynamic, is_movable) {
        (true, _) => Linkage::Dynamic,
        (false, true) => Linkage::StaticPie,
        (false, false) => Linkage::Static,
    }
}

/// What the dynamic segment says.
#[derive(Default)]
struct Dynamic {
    needed: Vec<String>,
    name: Option<String>,
    search: Vec<String>,
    is_pie: bool,
    has_versions: bool,
}

impl Dynamic {
    /// None where it is there and cannot be read.
    fn of<P: ProgramHeader<Endian = Endianness>>(
        segments: &[P],
        endian: Endianness,
        data: &[u8],
    ) -> Option<Dynamic> {
        let own = segments.iter().find(|segment| segment.p_type(endian) == elf::PT_DYNAMIC);
        let Some(own) = own else { return Some(Dynamic::default()) };
        let entries = own.dynamic(endian, data).ok()??;
        let value = |tag: i64| {
            let own = entries.iter().find(|entry| entry.d_tag(endian).into() == tag);
            own.map(|entry| entry.d_val(endian).into())
        };
        let strings = Dynamic::strings(segments, endian, data, value(elf::DT_STRTAB));
        let all = |tag: i64| -> Option<Vec<String>> {
            let own = entries.iter().filter(|entry| entry.d_tag(endian).into() == tag).take(LISTED);
            let names = own.map(|entry| {
                let at: u64 = entry.d_val(endian).into();
                strings.get(u32::try_from(at).ok()?).ok().map(text)
            });
            names.collect()
        };
        let folders = all(elf::DT_RUNPATH)?.into_iter().chain(all(elf::DT_RPATH)?);
        let flags = value(elf::DT_FLAGS_1).unwrap_or(0);
        Some(Dynamic {
            needed: all(elf::DT_NEEDED)?,
            name: all(elf::DT_SONAME)?.into_iter().next(),
            has_versions: value(elf::DT_VERNEED).is_some(),
            search: folders.flat_map(|list| list.split(':').map(String::from).collect::<Vec<_>>()).collect(),
            is_pie: flags & u64::from(elf::DF_1_PIE) != 0,
        })
    }

    /// The names, from where the loader would see them on.
    fn strings<'d, P: ProgramHeader<Endian = Endianness>>(
        segments: &[P],
        endian: Endianness,
        data: &'d [u8],
        address: Option<u64>,
    ) -> StringTable<'d> {
        let place = address.and_then(|address| {
            segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
                let (at, size) = (segment.p_vaddr(endian).into(), segment.p_filesz(endian).into());
                let within = address.checked_sub(at).filter(|within| *within < size)?;
                segment.p_offset(endian).into().checked_add(within)
            })
        });
        place.map_or_else(StringTable::default, |place| StringTable::new(data, place, data.len() as u64))
    }
}

/// The system, by the mark that each but Linux leaves: the byte in its head, a note, the place of the loader.
fn os<E: FileHeader<Endian = Endianness>>(
    header: &E,
    segments: &[E::ProgramHeader],
    endian: Endianness,
    data: &[u8],
    loader: Option<&str>,
) -> Option<String> {
    if let Some(os) = machine::elf_system(header.e_ident().os_abi) {
        return Some(os);
    }
    let mut left = LISTED;
    for segment in segments {
        let Ok(Some(mut notes)) = segment.notes(endian, data) else { continue };
        while let (Ok(Some(note)), 1..) = (notes.next(), left) {
            left -= 1;
            match note.name() {
                b"NetBSD" => return Some("netbsd".into()),
                b"OpenBSD" => return Some("openbsd".into()),
                b"FreeBSD" => return Some("freebsd".into()),
                b"Android" => return Some("android".into()),
                _ => {}
            }
        }
    }
    let starts = |loader: &str| ["/lib/", "/lib64/", "/lib32/"].iter().any(|start| loader.starts_with(start));
    loader.is_some_and(starts).then(|| "linux".into())
}

/// The glibc that has a version's name: `GLIBC_2.28`, and the few that tell of an ability.
///
/// Source: glibc's `sysdeps/*/Versions` and NEWS: `GLIBC_ABI_DT_RELR` 2.36, `GLIBC_ABI_GNU2_TLS` and `GLIBC_ABI_GNU_TLS`
/// 2.42, `GLIBC_ABI_DT_X86_64_PLT` 2.42.
pub fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let rest = name.strip_prefix("GLIBC_")?;
    match rest {
        "ABI_DT_RELR" => Some((2, 36)),
        "ABI_GNU2_TLS" | "ABI_GNU_TLS" | "ABI_DT_X86_64_PLT" => Some((2, 42)),
        _ => {
            let mut numbers = rest.split('.').map(str::parse);
            let version = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            Some(version)
        }
    }
}

/// The newest version of glibc's among those that the program's names are bound to.
fn glibc<E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<E>,
    endian: Endianness,
    data: &[u8],
) -> Option<Floor> {
    let versions = sections.versions(endian, data).ok().flatten()?;
    let symbols = sections.symbols(endian, data, elf::SHT_DYNSYM).ok()?;
    let mut newest = Floor::default();
    let mut number = (0, 0);
    for (index, symbol) in symbols.iter().enumerate().skip(1) {
        let version = versions.version_index(endian, SymbolIndex(index));
        let Ok(Some(version)) = versions.version(version) else { continue };
        // One that it defines itself is in no file.
        let Some(own) = version.file().and_then(|_| glibc_version(&text(version.name()))) else { continue };
        if own > number {
            (number, newest.symbols) = (own, Vec::new());
        }
        if own == number && newest.symbols.len() < LISTED {
            newest.symbols.extend(symbol.name(endian, symbols.strings()).ok().map(text));
        }
    }
    // A version may be needed without a name that is bound to it.
    if let Some((own, name)) =
        needed(sections, endian, data).into_iter().max().filter(|(own, _)| *own > number)
    {
        (number, newest.symbols) = (own, vec![name]);
    }
    newest.version = format!("{}.{}", number.0, number.1);
    (number > (0, 0)).then_some(newest)
}

/// The versions of glibc in `.gnu.version_r`, with their names.
fn needed<E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<E>,
    endian: Endianness,
    data: &[u8],
) -> Vec<((u32, u32), String)> {
    let mut all = Vec::new();
    let Ok(Some((mut files, link))) = sections.gnu_verneed(endian, data) else { return all };
    let Ok(strings) = sections.strings(endian, data, link) else { return all };
    let mut left = LISTED;
    while let Ok(Some((_, mut versions))) = files.next() {
        while let (Ok(Some(version)), 1..) = (versions.next(), left) {
            left -= 1;
            let name = version.name(endian, strings).map(text).unwrap_or_default();
            all.extend(glibc_version(&name).map(|number| (number, name)));
        }
        if left == 0 {
            break;
        }
    }
    all
}

/// The texts in `.comment`, each once.
fn tools<E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<E>,
    endian: Endianness,
    data: &[u8],
) -> Vec<String> {
    let comment = sections.section_by_name(endian, b".comment");
    let bytes = comment.and_then(|(_, section)| section.data(endian, data).ok()).unwrap_or_default();
    let mut all: Vec<String> = Vec::new();
    for said in bytes.split(|byte| *byte == 0).filter(|said| !said.is_empty()).map(text) {
        if !all.contains(&said) && all.len() < SIGNED {
            all.push(said);
        }
    }
    all
}

/// More tools than this do not make one program.
const SIGNED: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_glibc_have_numbers() {
        assert_eq!(glibc_version("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_version("GLIBC_2.38"), Some((2, 38)));
        assert_eq!(glibc_version("GLIBC_ABI_DT_RELR"), Some((2, 36)));
        for none in ["GLIBC_PRIVATE", "GLIBCXX_3.4", "GLIBC_", "GLIBC_2", "OPENSSL_3.0.0"] {
            assert_eq!(glibc_version(none), None, "{none}");
        }
    }
}
