//! ELF: nothing moves. Sections of debug information and their relocations become zeros, which compress to nothing, and so do
//! their headers, which is an inactive section (`SHT_NULL`, System V ABI).

use super::{is_debug, range};
use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, SectionHeader};

/// An object without them; a program or a shared library as it is.
pub fn without<H: FileHeader<Endian = Endianness>>(data: &[u8]) -> object::Result<Vec<u8>> {
    let header = H::parse(data)?;
    let endian = header.endian()?;
    let mut after = data.to_vec();
    if header.e_type(endian) != elf::ET_REL {
        return Ok(after);
    }
    let sections = header.sections(endian, data)?;
    let (table, size) = (header.e_shoff(endian).into(), u64::from(header.e_shentsize(endian)));
    for (index, section) in sections.enumerate() {
        let relocates = matches!(section.sh_type(endian), elf::SHT_REL | elf::SHT_RELA);
        let of = if relocates { sections.section(section.info_link(endian))? } else { section };
        if is_debug(sections.section_name(endian, of)?) {
            let contents = section.file_range(endian).and_then(|(start, size)| range(start, size, data));
            let own = range(table + index.0 as u64 * size, size, data);
            contents.into_iter().chain(own).for_each(|range| after[range].fill(0));
        }
    }
    Ok(after)
}
