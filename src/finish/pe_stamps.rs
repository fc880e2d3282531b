//! Takes out of a Windows program what differs from build to build: time stamps, and the debug directory
//! with the path and the random identity of a PDB file.
//!
//! `-Brepro` makes lld write a hash of the program for the time, but the hash covers the PDB's path, which is
//! in Go's temporary folder (measured with zig 0.14.1 to 0.17.0). GNU ld writes zeros and no debug directory;
//! so do we. DWARF sections stay.

/// The index of the export directory.
const EXPORT: usize = 0;
/// The index of the debug directory.
const DEBUG: usize = 6;

/// Clears them; `None` when the image is no PE file or its tables do not fit, and then it is not to be written.
pub fn clear(image: &mut [u8]) -> Option<()> {
    let header = number(image, 0x3c)?;
    if image.get(header..header + 4)? != b"PE\0\0" {
        return None;
    }
    let optional = header + 24;
    let directories = optional + if half(image, optional)? == 0x20b { 112 } else { 96 };
    let export = directory(image, header, directories, EXPORT)?;
    let debug = directory(image, header, directories, DEBUG)?;
    zero(image, header + 8, 4)?;
    if let Some((at, _)) = export {
        zero(image, at + 4, 4)?;
    }
    if let Some((at, size)) = debug {
        for entry in (at..at + size).step_by(28) {
            let (length, place) = (number(image, entry + 16)?, number(image, entry + 24)?);
            zero(image, place, length)?;
        }
        zero(image, at, size)?;
        zero(image, directories + 8 * DEBUG, 8)?;
    }
    Some(())
}

/// The file offset and size of a data directory; the inner `None` when the program has none.
#[allow(clippy::option_option, reason = "malformed and absent are two things")]
fn directory(
    image: &[u8],
    header: usize,
    directories: usize,
    index: usize,
) -> Option<Option<(usize, usize)>> {
    let (address, size) =
        (number(image, directories + 8 * index)?, number(image, directories + 8 * index + 4)?);
    if address == 0 || size == 0 {
        return Some(None);
    }
    let sections = header + 24 + half(image, header + 20)?;
    for section in 0..half(image, header + 6)? {
        let at = sections + 40 * section;
        let (length, start, place) =
            (number(image, at + 8)?, number(image, at + 12)?, number(image, at + 20)?);
        if (start..start + length).contains(&address) {
            let offset = place + (address - start);
            return (offset + size <= image.len()).then_some(Some((offset, size)));
        }
    }
    None
}

fn number(image: &[u8], at: usize) -> Option<usize> {
    let bytes = image.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

fn half(image: &[u8], at: usize) -> Option<usize> {
    let bytes = image.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
}

fn zero(image: &mut [u8], at: usize, length: usize) -> Option<()> {
    image.get_mut(at..at.checked_add(length)?)?.fill(0);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_program_is_left_alone() {
        for mut image in [Vec::new(), vec![0; 4096], b"MZ".to_vec(), vec![0xff; 256]] {
            assert_eq!(clear(&mut image), None);
        }
    }
}
