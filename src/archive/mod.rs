//! Prebuilt archives and objects, looked at before a linker is.
//!
//! ```text
//!  a file ──► remember   read once: path, size and time → facts     edge
//!               │
//!             facts      what the file is, whose objects it holds    pure
//!              ├ magic       what a file or member is by its first bytes  pure
//!              ├ object_file one object: whose it is, its names   pure
//!              ├ machine   processors by the numbers of each format  data
//!              └ clues     names that tell a C library               data
//!               │
//!             judge      facts + target → good, or why not           pure
//!               │
//!             reach      a whole link: which objects come in, and
//!                        what they need that nothing has             pure
//! ```
//!
//! Nothing is refused on a guess. What a file *is* may refuse it: its format, its processor, its system. What it *needs*
//! refuses it only when the target's C library lacks the name, the archive has none of its own, and, in a link, no
//! other input has one and the object that needs it comes in at all.

pub mod clues;
pub mod facts;
pub mod judge;
pub mod machine;
pub mod magic;
pub mod object_file;
mod reach;
mod remember;

pub use facts::Facts;
pub use remember::{facts, forget_gone};

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::target::Target;
use judge::Refusal;
use std::path::{Path, PathBuf};

/// Looks at one archive, object or library by itself: whether all of it can be linked for `target`.
pub fn check(path: &Path, target: Target, store: &Store) -> Result<Facts, Failure> {
    let facts = facts(path, store)?;
    let judged = judge::form(&facts, path, target).and_then(|()| judge::needs(&facts, target, &|_| true));
    judged.map_err(|refusal| failure(path, refusal)).map(|()| facts)
}

/// Looks at the archives, objects and libraries of one link. What one lacks another may have, and what no object of the
/// link asks for is not missed; where the line drops unused sections (`--gc-sections`), nobody but the linker knows that.
pub fn check_link(
    inputs: &[PathBuf],
    drops_unused: bool,
    target: Target,
    store: &Store,
) -> Result<(), Failure> {
    let mut doubtful = Vec::new();
    for path in inputs {
        let facts = facts(path, store)?;
        judge::form(&facts, path, target).map_err(|refusal| failure(path, refusal))?;
        if judge::needs(&facts, target, &|_| true).is_err() {
            doubtful.push((path, facts));
        }
    }
    if doubtful.is_empty() || drops_unused {
        return Ok(());
    }
    // What cannot be read might have anything.
    let Some(missing) = remember::with_contents(inputs, reach::missing) else { return Ok(()) };
    for (path, facts) in doubtful {
        let judged = judge::needs(&facts, target, &|name| missing.contains(name));
        judged.map_err(|refusal| failure(path, refusal))?;
    }
    Ok(())
}

fn failure(path: &Path, refusal: Refusal) -> Failure {
    Failure::new(OwnExit::Request, format!("link `{}`: {}", path.display(), refusal.what), refusal.hint)
}
