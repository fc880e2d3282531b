//! The record at the end of a zip, read more strictly than the format asks for.
//!
//! Readers look for this record in different places, and a zip in a zip's comment is two archives to two of
//! them. Here it is the file's last 22 bytes, the list of entries ends where it begins, and there is no
//! comment and no zip64. Wheels are like that, and have fewer than 65,535 entries.

use super::Why;

/// How long the record is.
pub const SIZE: usize = 22;

/// What the record says.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    /// How many entries there are.
    pub entries: u64,
    /// Where the list of entries begins.
    pub start: u64,
    /// How long the list is.
    pub size: u64,
}

impl End {
    /// Reads the last bytes of a file of `length` bytes.
    pub fn read(tail: &[u8; SIZE], length: u64) -> Result<End, Why> {
        let half =
            |at: usize| tail.iter().skip(at).take(2).rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let word = |at: usize| half(at + 2) << 16 | half(at);
        if !tail.starts_with(b"PK\x05\x06") || half(20) != 0 {
            return Err(Why::Layout("does not end with the record of a zip"));
        }
        let end = End { entries: half(10), start: word(16), size: word(12) };
        if half(4) != 0 || half(6) != 0 || half(8) != end.entries {
            return Err(Why::Layout("is one of several parts"));
        }
        if end.entries == 0xffff || end.start == 0xffff_ffff || end.size == 0xffff_ffff {
            return Err(Why::Layout("is a zip64"));
        }
        if end.start + end.size + SIZE as u64 != length {
            return Err(Why::Layout("has a list of entries that does not end where the zip does"));
        }
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(entries: u8, size: u8, start: u8, comment: u8) -> [u8; SIZE] {
        let mut tail = [0; SIZE];
        tail[..4].copy_from_slice(b"PK\x05\x06");
        (tail[8], tail[10], tail[12], tail[16], tail[20]) = (entries, entries, size, start, comment);
        tail
    }

    #[test]
    fn only_a_plain_record_passes() {
        assert_eq!(End::read(&tail(2, 92, 60, 0), 174), Ok(End { entries: 2, start: 60, size: 92 }));
        assert!(End::read(&tail(2, 92, 60, 0), 175).is_err());
        assert!(End::read(&tail(2, 92, 60, 1), 174).is_err());
        let mut more = tail(2, 92, 60, 0);
        more[10] = 3;
        assert!(End::read(&more, 174).is_err());
        assert!(End::read(&[0; SIZE], 22).is_err());
    }
}
