//! The files that travel inside the binary to fill gaps in zig, and their place on disk.
//!
//! Each begins with three lines: why it is needed, from what public fact, and for which zig.

use crate::failure::Failure;
use crate::store::Store;
use std::fs;
use std::path::Path;

/// One file: its path below `shims/`, and its contents.
type Shim = (&'static str, &'static [u8]);

macro_rules! shims {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../shims/", $path)))),*]
    };
}

/// All of them; a test compares with the folder.
pub const ALL: &[Shim] = shims![
    "compat/arc4random.h",
    "compat/c23.h",
    "compat/glibc-on-musl.c",
    "compat/msvcrt-on-ucrt.c",
    "compat/newer-glibc.c",
    "macos/Frameworks/CoreFoundation.framework/CoreFoundation.tbd",
    "macos/Frameworks/CoreServices.framework/CoreServices.tbd",
    "macos/Frameworks/IOKit.framework/IOKit.tbd",
    "macos/Frameworks/Security.framework/Security.tbd",
    "macos/Frameworks/SystemConfiguration.framework/SystemConfiguration.tbd",
    "macos/include/arpa/nameser.h",
    "macos/include/nameser.h",
    "macos/include/net/if_types.h",
    "macos/include/resolv.h",
    "macos/include/sys/xattr.h",
    "macos/include/util.h",
    "macos/lib/libcharset.tbd",
    "macos/lib/libiconv.tbd",
    "macos/lib/libobjc.tbd",
    "macos/lib/libresolv.tbd",
    "macos/lib/libsasl2.tbd",
    "macos/lib/libz.tbd",
    "note/cgozig-note.h",
];

/// The digest that names their folder.
pub const DIGEST: u64 = digest();

/// FNV-1a over every path and every byte, while we are compiled: a name, not a protection.
const fn digest() -> u64 {
    const fn add(mut hash: u64, bytes: &[u8]) -> u64 {
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        hash
    }
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < ALL.len() {
        hash = add(add(hash, ALL[at].0.as_bytes()), ALL[at].1);
        at += 1;
    }
    hash
}

/// Puts them into the store, once.
pub fn unpack(store: &Store, place: &Path) -> Result<(), Failure> {
    store.publish(place, |folder| {
        ALL.iter().try_for_each(|(path, contents)| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, contents)
        })
    })
}
