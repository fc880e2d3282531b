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
pub mod compat;
pub mod facts;
pub mod judge;
pub mod machine;
pub mod magic;
pub mod object_file;
mod reach;
mod remember;
pub mod runtime;
pub mod served;

pub use facts::Facts;
pub use remember::{Known, forget_gone};

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::target::{Libc, Target};
use judge::Refusal;
use runtime::Runtime;
use std::path::{Path, PathBuf};

/// Whether an archive was made for another target, or another C library than the target's. One for a newer glibc was not.
pub fn is_for_another(path: &Path, target: Target, known: &Known) -> bool {
    let Ok(facts) = known.facts(path) else { return true };
    let has_glibc = matches!(target.libc(), Some(Libc::Gnu(_)));
    judge::form(&facts, path, target).is_err()
        || (!has_glibc && judge::needs(&facts, target, &|_| true).is_err())
}

/// Whether a file is an archive of names of files.
pub fn is_thin(path: &Path, known: &Known) -> bool {
    known.facts(path).is_ok_and(|facts| facts.form == facts::Form::Thin)
}

/// The files of a thin archive's members, which it names from its own folder.
pub fn thin_members(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let files = |contents: &[&[u8]]| {
        let archive = object::read::archive::ArchiveFile::parse(*contents.first()?).ok()?;
        let names = archive.members().filter_map(Result::ok).map(|member| member.name().to_vec());
        Some(names.filter_map(crate::sys::os_string).map(|name| folder.join(name)).collect())
    };
    remember::with_contents(&[&path.to_path_buf()], files).unwrap_or_default()
}

/// What archives need beside the words of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// An unwinder.
    Unwinder,
    /// The C++ runtime, and nothing in the link has it.
    Cxx,
    /// GNU's libstdc++, which was found.
    GnuCxx,
    /// Names of a newer glibc that `shims/compat` has.
    NewerGlibc,
    /// Names of glibc that `shims/compat` has for musl.
    GlibcOnMusl,
    /// Names of msvcrt.dll that `shims/compat` has.
    Msvcrt,
}

impl Need {
    /// All of them.
    pub const ALL: &[Need] =
        &[Need::Unwinder, Need::Cxx, Need::GnuCxx, Need::NewerGlibc, Need::GlibcOnMusl, Need::Msvcrt];

    /// Its name in a sentence.
    pub fn said(self) -> &'static str {
        match self {
            Need::Unwinder => "an unwinder",
            Need::Cxx => "the C++ runtime",
            Need::GnuCxx => "GNU's libstdc++",
            Need::NewerGlibc => "a newer glibc",
            Need::GlibcOnMusl => "glibc",
            Need::Msvcrt => "msvcrt.dll",
        }
    }
}

/// What is known of the archives of a link before it is tried.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What may be missing, to explain the link with if it fails.
    pub doubt: Option<Failure>,
    /// What they need besides.
    pub needs: Vec<Need>,
}

/// The runtimes that archives of a link need and none of them has.
pub fn runtimes(archives: &[PathBuf], target: Target, known: &Known) -> Vec<Runtime> {
    let facts: Vec<_> = archives.iter().filter_map(|path| known.facts(path).ok()).collect();
    let brought: Vec<Runtime> = facts.iter().flat_map(|facts| judge::brings(facts, target)).collect();
    let mut asked: Vec<Runtime> = facts.iter().flat_map(|facts| judge::asks(facts, target)).collect();
    asked.retain(|runtime| !brought.contains(runtime));
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// What of ours has a name that an archive needs; nothing for one that was built for glibc and calls a function that means
/// something else in musl.
fn provider(facts: &Facts, name: &str, target: Target) -> Option<Need> {
    let need = compat::provider(name, target)?;
    let is_ambiguous = need == Need::GlibcOnMusl && judge::calls(facts, target, clues::STRERROR);
    (!is_ambiguous).then_some(need)
}

/// Looks at the archives of one link; `others` are its other files. What one lacks another may have, and what no object of
/// the link asks for is not missed. Where only the linker knows what is asked for, since it drops unused sections
/// (`--gc-sections`, which zig adds to any -O), what may be missing is a doubt and no refusal.
pub fn check_link(
    archives: &[PathBuf],
    others: &[PathBuf],
    drops_unused: bool,
    target: Target,
    known: &Known,
) -> Result<Looked, Failure> {
    let mut doubtful = Vec::new();
    let mut looked = Looked::default();
    for path in archives {
        let facts = known.facts(path)?;
        let is_left = |name: &str| provider(&facts, name, target).is_none();
        judge::form(&facts, path, target).map_err(|refusal| failure(path, refusal))?;
        looked.needs.extend(judge::missing(&facts, target).filter_map(|name| provider(&facts, name, target)));
        if let Err(refusal) = judge::needs(&facts, target, &is_left) {
            doubtful.push((path, facts, refusal));
        }
    }
    let Some((path, _, refusal)) = doubtful.first() else { return Ok(looked) };
    let doubt = Some(failure(path, refusal.clone()));
    let all: Vec<&PathBuf> = others.iter().chain(archives).collect();
    // What cannot be read might have anything.
    let missing = if drops_unused { None } else { remember::with_contents(&all, reach::missing) };
    let Some(missing) = missing else { return Ok(Looked { doubt, ..looked }) };
    for (path, facts, _) in doubtful {
        let judged = judge::needs(&facts, target, &|name| {
            provider(&facts, name, target).is_none() && missing.contains(name)
        });
        judged.map_err(|refusal| failure(path, refusal))?;
    }
    Ok(looked)
}

fn failure(path: &Path, refusal: Refusal) -> Failure {
    Failure::new(OwnExit::Request, format!("link `{}`: {}", path.display(), refusal.what), refusal.hint)
}
