//! The first link for a target, alone: zig builds libc then, and processes that do so at once build it several times, or
//! trip over each other (ziglang/zig#18989, #13160).
//!
//! A link of a kind that has not succeeded yet holds the target's lock; the others wait for it. Afterwards a mark says
//! so, and links cost one `stat` more than zig alone.

use crate::failure::Failure;
use crate::store::Store;
use crate::store::lock::{Lock, Patience};
use crate::store::target::TargetCache;
use crate::target::Target;
use crate::zig::ZigVersion;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// What the lock of a zig and a target is called.
pub fn lock_name(zig: ZigVersion, target: Target) -> String {
    format!("target-{zig}-{}", target.triple())
}

/// Whether a link is the first of its kind.
pub enum Turn {
    /// It is, and alone.
    First(FirstLink),
    /// It is not: nothing has to be waited for.
    Later,
    /// The cache has gone; there is a new one.
    Gone,
}

/// A link that nobody did before.
pub struct FirstLink {
    mark: PathBuf,
    _lock: Option<Lock>,
}

impl FirstLink {
    /// The first link of this kind in `cache`, when it is that; waits while another process is at one for the target.
    pub fn of(
        kind: &str,
        (zig, target): (ZigVersion, Target),
        cache: &TargetCache,
        store: &Store,
        patience: Duration,
    ) -> Result<Turn, Failure> {
        let mark = cache.warm(kind);
        if mark.exists() {
            return Ok(Turn::Later);
        }
        let triple = target.triple();
        let waiting = |holder: &str| log::info!("{holder} builds the libc of {target}");
        let patience = Patience { limit: patience, waiting: &waiting };
        // Whoever holds it hangs, or is slow. Nothing is wrong without the lock, and a success is one.
        let lock = store.lock(&lock_name(zig, target), &patience).ok();
        // While we waited nobody could see that we use the cache: it may have been cleaned away.
        if store.existing_target_cache(zig, triple.as_str()).as_ref() != Some(cache) {
            return Ok(Turn::Gone);
        }
        Ok(if mark.exists() { Turn::Later } else { Turn::First(FirstLink { mark, _lock: lock }) })
    }

    /// It has succeeded: from now on such links need not wait.
    pub fn succeeded(self) {
        // Without the mark the next link is alone as well, which is slower and not wrong. The folder may have been
        // cleaned away meanwhile, and is not made again.
        if let Err(error) = fs::write(&self.mark, b"") {
            log::warn!("no mark at `{}`: {error}", self.mark.display());
        }
    }
}
