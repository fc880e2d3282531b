//! Runtime packs: what zig learned and built for one target, as one file that a first link fetches instead of building libc.
//!
//! ```text
//!  head        manifest.json: format, zig, triple, path, size and sha256 of each file         pure
//!  content     what may be in a pack: no path of a machine, no plugin, no script              pure
//!  debug_info  objects and libraries without it                                               pure
//!  make        a target's cache → FILE.tar.zst, the same bytes wherever zig builds the same  edge
//!  take        FILE.tar.zst → judged as a whole, then placed beside what is there             edge
//!  index       a list of packs, pinned by its own sha256                                      pure
//!  fetch       the pack of a target, by the user's index, before the first link               edge
//! ```
//!
//! A pack holds `learned/` and `runtime/`, which become `learned-v1` and `runtime-v1` of the target's cache. It is for one
//! zig and one triple. What is in it is linked into programs: a pack is trusted as a library is, by a hash that the user
//! has from elsewhere.

pub mod content;
pub mod debug_info;
pub mod fetch;
pub mod head;
pub mod index;
pub mod make;
pub mod take;

use crate::unpack::Caps;

/// The folder of learned words in a pack.
const LEARNED: &str = "learned/";

/// The folder of what they name.
const RUNTIME: &str = "runtime/";

/// The largest pack. One with the C++ library has 3 MB.
const LARGEST: u64 = 64 << 20;

/// How many bytes tell what a file is.
const START: usize = 64;

/// How much a pack may unpack to: the largest, of a C++ library with debug information, has some 50 MB.
const CAPS: Caps =
    Caps { unpacked: 256 << 20, entries: 10_000, ratio: 200, memory: 256 << 20, executables: false };
