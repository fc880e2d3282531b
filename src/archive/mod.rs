//! Prebuilt archives and objects, looked at before a linker is.
//!
//! ```text
//!  a file ──► remember   read once: path, size and time → facts     edge
//!               │
//!             facts      what the file is, whose objects it holds    pure
//!              ├ magic       what a file or member is by its first bytes  pure
//!              ├ object_file one object: whose it is, its names   pure
//!              ├ machine   processors by the numbers of each format  data
//!              ├ clues     names that tell a C library               data
//!              └ cxx       names of the C++ runtime                  data
//!               │
//!             judge      facts + target → good, or why not           pure
//!               │
//!             reach      a whole link: which objects come in, and
//!                        what they need that nothing has             pure
//!
//!  served     -l words that mean zig's own libraries                  data
//! ```
//!
//! Nothing is refused on a guess. What a file *is* may refuse it: its format, its processor, its system. What it *needs*
//! refuses it only when the target's C library lacks the name, the archive has none of its own, and, in a link, no
//! other input has one and the object that needs it comes in at all.

pub mod clues;
mod cxx;
pub mod facts;
pub mod judge;
pub mod machine;
pub mod magic;
pub mod object_file;
mod reach;
mod remember;
pub mod served;

pub use facts::Facts;
pub use remember::{facts, forget_gone};

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::target::{Libc, Target};
use judge::Refusal;
use std::path::{Path, PathBuf};

/// Whether an archive was made for another target, or another C library than the target's. One for a newer glibc was not.
pub fn is_for_another(path: &Path, target: Target, store: &Store) -> bool {
    let Ok(facts) = facts(path, store) else { return true };
    let has_glibc = matches!(target.libc(), Some(Libc::Gnu(_)));
    judge::form(&facts, path, target).is_err()
        || (!has_glibc && judge::needs(&facts, target, &|_| true).is_err())
}

/// What is known of the archives of a link before it is tried.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What may be missing, to explain the link with if it fails.
    pub doubt: Option<Failure>,
    /// Whether an archive needs an unwinder.
    pub unwinds: bool,
    /// Whether what comes into the link needs the C++ runtime, and nothing in it has that.
    pub cxx: bool,
}

/// Looks at the archives of one link; `others` are its other files. What one lacks another may have, and what no object of
/// the link asks for is not missed. Where only the linker knows what is asked for, since it drops unused sections
/// (`--gc-sections`, which zig adds to any -O), what may be missing is a doubt and no refusal.
pub fn check_link(
    archives: &[PathBuf],
    others: &[PathBuf],
    drops_unused: bool,
    target: Target,
    store: &Store,
) -> Result<Looked, Failure> {
    let mut doubtful = Vec::new();
    let mut looked = Looked::default();
    let all: Vec<&PathBuf> = others.iter().chain(archives).collect();
    // What cannot be read might have anything.
    let missing = || remember::with_contents(&all, reach::missing);
    for path in archives {
        let facts = facts(path, store)?;
        judge::form(&facts, path, target).map_err(|refusal| failure(path, refusal))?;
        looked.unwinds |= judge::unwinds(&facts, target);
        looked.cxx |= judge::cxx(&facts, target);
        if let Err(refusal) = judge::needs(&facts, target, &|_| true) {
            doubtful.push((path, facts, refusal));
        }
    }
    if looked.cxx {
        let needs_it = |name: &String| cxx::is_of_runtime(name.as_bytes());
        looked.cxx = missing().is_none_or(|names| names.iter().any(needs_it));
    }
    let Some((path, _, refusal)) = doubtful.first() else { return Ok(looked) };
    let doubt = Some(failure(path, refusal.clone()));
    let missing = if drops_unused { None } else { missing() };
    let Some(missing) = missing else { return Ok(Looked { doubt, ..looked }) };
    for (path, facts, _) in doubtful {
        let judged = judge::needs(&facts, target, &|name| missing.contains(name));
        judged.map_err(|refusal| failure(path, refusal))?;
    }
    Ok(looked)
}

fn failure(path: &Path, refusal: Refusal) -> Failure {
    Failure::new(OwnExit::Request, format!("link `{}`: {}", path.display(), refusal.what), refusal.hint)
}
