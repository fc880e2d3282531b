//! The first link for a target, alone: zig builds libc then, and processes that do so at once build it several times, or
//! trip over each other (ziglang/zig#18989, #13160).
//!
//! A link of a kind that has not succeeded yet holds the target's lock; the others wait for it. Afterwards a mark says
//! so, and links cost one `stat` more than zig alone.

use crate::failure::Failure;
use crate::plan::ZigCall;
use crate::store::Store;
use crate::store::lock::{Lock, Patience};
use crate::store::target::TargetCache;
use crate::target::Target;
use crate::zig::find::Zig;
use std::path::PathBuf;
use std::time::Duration;

/// A link that nobody did before.
pub struct FirstLink {
    mark: PathBuf,
    _lock: Lock,
}

impl FirstLink {
    /// The first link of the call's kind, when it is that; waits while another process is at one for this target.
    pub fn of(
        call: &ZigCall,
        target: Target,
        zig: &Zig,
        cache: &TargetCache,
        store: &Store,
        patience: Duration,
    ) -> Result<Option<FirstLink>, Failure> {
        let Some(kind) = &call.link_kind else { return Ok(None) };
        let mark = cache.warm(kind);
        if mark.exists() {
            return Ok(None);
        }
        let name = format!("target-{}-{}", zig.version, target.triple());
        let waiting = |holder: &str| log::info!("{holder} builds the libc of {target}");
        let lock = store.lock(&name, &Patience { limit: patience, waiting: &waiting })?;
        Ok((!mark.exists()).then_some(FirstLink { mark, _lock: lock }))
    }

    /// It has succeeded: from now on such links need not wait.
    pub fn succeeded(self, store: &Store) {
        // Without the mark the next link is alone as well, which is slower and not wrong.
        if let Err(failure) = store.write(&self.mark, b"") {
            log::warn!("could not {}", failure.what);
        }
    }
}
