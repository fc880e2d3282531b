//! Makes an executable that zig linked as position independent load at its own address (`ld -no_pie`).
//!
//! Go's `-buildmode=exe` code for darwin/amd64 holds absolute addresses in `__TEXT`; dyld must neither slide
//! nor rebase it, since it may not write there. zig's linker makes every executable position independent
//! (measured with 0.14.1 to 0.17.0: 22,700 rebases in `__TEXT` of a hello).

use object::macho as m;

/// Clears `MH_PIE` and empties the rebase table of an x86-64 executable; false where it is anything else.
pub fn fix(image: &mut [u8]) -> bool {
    fix_checked(image).is_some()
}

fn word(image: &[u8], at: usize) -> Option<u32> {
    let bytes = image.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn fix_checked(image: &mut [u8]) -> Option<()> {
    let head = [0, 4, 12].map(|at| word(image, at));
    if head != [Some(m::MH_MAGIC_64), Some(m::CPU_TYPE_X86_64), Some(m::MH_EXECUTE)] {
        return None;
    }
    let mut at = 32usize;
    for _ in 0..word(image, 16)? {
        let (command, length) = (word(image, at)?, word(image, at.checked_add(4)?)?);
        match command {
            // A signature would no longer fit, and chained fixups hold no table that could be emptied.
            m::LC_CODE_SIGNATURE | m::LC_DYLD_CHAINED_FIXUPS => return None,
            m::LC_DYLD_INFO | m::LC_DYLD_INFO_ONLY => empty_rebases(image, at)?,
            _ => {}
        }
        at = at.checked_add(length as usize)?;
    }
    let flags = word(image, 24)? & !m::MH_PIE;
    image.get_mut(24..28)?.copy_from_slice(&flags.to_le_bytes());
    Some(())
}

/// Empties the rebase table that the dyld information at `at` names.
fn empty_rebases(image: &mut [u8], at: usize) -> Option<()> {
    let (start, size) = (word(image, at + 8)? as usize, word(image, at + 12)? as usize);
    image.get_mut(start..start.checked_add(size)?)?.fill(0);
    image.get_mut(at + 8..at + 16)?.fill(0);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_such_executable_is_left_alone() {
        for mut image in
            [Vec::new(), vec![0; 64], b"\x7fELF".to_vec(), vec![0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1]]
        {
            let before = image.clone();
            assert!(!fix(&mut image));
            assert_eq!(image, before);
        }
    }
}
