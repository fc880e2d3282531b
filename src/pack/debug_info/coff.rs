//! COFF: sections of debug information and their relocations are cut out. Their headers stay, since symbols count them, marked
//! as what becomes no part of an image (`IMAGE_SCN_LNK_REMOVE`, Microsoft's PE format).

use super::{is_debug, range};
use object::pe::{IMAGE_SCN_LNK_REMOVE, IMAGE_SIZEOF_SYMBOL, ImageFileHeader, ImageSectionHeader};
use object::read::coff::{CoffHeader, ImageSymbol, SectionTable};
use object::{LittleEndian as LE, SectionIndex, U32, pod};
use std::mem::size_of;
use std::ops::Range;

/// Where a file's header has the place of the table of symbols.
const SYMBOLS: usize = 8;

/// The length, the numbers of relocations and lines, and the checksum, in a section's symbol.
const OF_CONTENTS: usize = 12;

/// An object without them.
pub fn without(data: &[u8]) -> object::Result<Vec<u8>> {
    let mut table = 0;
    let header = ImageFileHeader::parse(data, &mut table)?;
    let (sections, symbols) = (header.sections(data, table)?, header.symbols(data)?);
    let is_debug = |section: &ImageSectionHeader| section.name(symbols.strings()).is_ok_and(is_debug);
    let cuts = Cuts::of(data, &sections, &is_debug)?;
    let mut after = data.to_vec();

    let place = header.pointer_to_symbol_table();
    let moved = cuts.moved(U32::new(LE, place));
    after[SYMBOLS..][..4].copy_from_slice(pod::bytes_of(&moved));
    for (index, section) in sections.enumerate() {
        let own = table + (index.0 as u64 - 1) * size_of::<ImageSectionHeader>() as u64;
        if let Some(range) = range(own, size_of::<ImageSectionHeader>() as u64, data) {
            let section = if is_debug(section) { emptied(section) } else { cuts.moved_section(section) };
            after[range].copy_from_slice(pod::bytes_of(&section));
        }
    }
    for (index, symbol) in symbols.iter() {
        let section = u32::try_from(ImageSymbol::section_number(symbol)).unwrap_or(0);
        let of = sections.section(SectionIndex(section as usize));
        if symbol.has_aux_section() && of.is_ok_and(is_debug) {
            let aux = u64::from(place) + (index.0 as u64 + 1) * IMAGE_SIZEOF_SYMBOL as u64;
            range(aux, OF_CONTENTS as u64, data).into_iter().for_each(|range| after[range].fill(0));
        }
    }
    Ok(cuts.applied(&after))
}

/// The header of a section that has nothing in it any more.
fn emptied(section: &ImageSectionHeader) -> ImageSectionHeader {
    let mut section = *section;
    section.size_of_raw_data = U32::default();
    section.pointer_to_raw_data = U32::default();
    section.pointer_to_relocations = U32::default();
    section.pointer_to_linenumbers = U32::default();
    section.number_of_relocations.set(LE, 0);
    section.number_of_linenumbers.set(LE, 0);
    let marked = section.characteristics.get(LE) | IMAGE_SCN_LNK_REMOVE;
    section.characteristics.set(LE, marked);
    section
}

/// What is cut from a file, in its order.
struct Cuts(Vec<Range<usize>>);

impl Cuts {
    fn of(
        data: &[u8],
        sections: &SectionTable,
        is_debug: &dyn Fn(&ImageSectionHeader) -> bool,
    ) -> object::Result<Cuts> {
        let mut cuts = Vec::new();
        for section in sections.iter().filter(|section| is_debug(section)) {
            cuts.extend(section.coff_file_range().and_then(|(start, size)| range(start, size, data)));
            let relocations = size_of_val(section.coff_relocations(data)?) as u64;
            cuts.extend(range(section.pointer_to_relocations.get(LE), relocations, data));
        }
        cuts.sort_by_key(|cut| cut.start);
        let is_apart = cuts.is_sorted_by(|one, next| one.end <= next.start);
        Ok(Cuts(if is_apart { cuts } else { Vec::new() }))
    }

    /// Where that place is afterwards.
    fn moved(&self, place: U32<LE>) -> U32<LE> {
        let place = place.get(LE);
        let before = self.0.iter().filter(|cut| cut.end <= place as usize).map(ExactSizeIterator::len);
        U32::new(LE, place - u32::try_from(before.sum::<usize>()).unwrap_or(0))
    }

    fn moved_section(&self, section: &ImageSectionHeader) -> ImageSectionHeader {
        let mut section = *section;
        section.pointer_to_raw_data = self.moved(section.pointer_to_raw_data);
        section.pointer_to_relocations = self.moved(section.pointer_to_relocations);
        section.pointer_to_linenumbers = self.moved(section.pointer_to_linenumbers);
        section
    }

    /// What is left of the file.
    fn applied(&self, data: &[u8]) -> Vec<u8> {
        let starts = std::iter::once(0).chain(self.0.iter().map(|cut| cut.end));
        let ends = self.0.iter().map(|cut| cut.start).chain([data.len()]);
        starts.zip(ends).flat_map(|(start, end)| &data[start..end]).copied().collect()
    }
}
