//! PE: programs and DLLs of Windows.

use super::{Binary, Linkage, Windows, said, text};
use crate::archive::machine;
use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader, PeFile};

/// More DLLs than this are not listed.
const LISTED: usize = 1000;

/// Reads a program or DLL.
pub(super) fn read<P: ImageNtHeaders>(data: &[u8]) -> Result<Binary, String> {
    let file = PeFile::<P>::parse(data).map_err(said)?;
    let (head, optional) = (file.nt_headers().file_header(), file.nt_headers().optional_header());
    let needed = needed(&file).ok_or("its table of imported libraries cannot be read")?;
    let is_pie = optional.dll_characteristics() & pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE != 0;
    Ok(Binary {
        format: "PE",
        is_library: head.characteristics.get(LE) & pe::IMAGE_FILE_DLL != 0,
        linkage: if needed.is_empty() { Linkage::Static } else { Linkage::Dynamic },
        is_pie,
        os: Some("windows".into()),
        arch: machine::coff(head.machine.get(LE)),
        needed,
        windows: Some(Windows {
            subsystem: subsystem(optional.subsystem()),
            timestamp: head.time_date_stamp.get(LE),
        }),
        is_stripped: head.pointer_to_symbol_table.get(LE) == 0,
        ..Binary::default()
    })
}

fn subsystem(number: u16) -> String {
    match number {
        pe::IMAGE_SUBSYSTEM_WINDOWS_CUI => "console".into(),
        pe::IMAGE_SUBSYSTEM_WINDOWS_GUI => "windows".into(),
        pe::IMAGE_SUBSYSTEM_NATIVE => "native".into(),
        other => other.to_string(),
    }
}

/// None where that cannot be read.
fn needed<P: ImageNtHeaders>(file: &PeFile<P>) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let Some(table) = file.import_table().ok()? else { return Some(all) };
    let mut descriptors = table.descriptors().ok()?;
    while let Some(descriptor) = descriptors.next().ok()? {
        all.push(text(table.name(descriptor.name.get(LE)).ok()?));
        if all.len() >= LISTED {
            break;
        }
    }
    Some(all)
}
