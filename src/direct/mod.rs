//! zig's own clang and linker without the detour over `zig cc`: the words that zig would give them are learned from zig.
//!
//! ```text
//!  words for zig cc     shape: key + what varies                                pure: shape
//!       │
//!  learned words        read from the store, or asked of zig once               edge: learn
//!       │
//!  zig clang …          the words, with what varies in its places               pure: learned
//! ```
//!
//! Nothing is known here of what zig adds: whatever cannot be learned goes by `zig cc`.

pub mod learn;
pub mod learn_link;
pub mod learned;
pub mod link;
pub mod names;
pub mod record;
pub mod runtime;
pub mod shape;

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::env::Env;

/// How zig is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Directly where that is possible.
    #[default]
    Auto,
    /// Directly; where that is not possible, not at all. Mach-O is always linked by `zig cc`: it has no other linker.
    Direct,
    /// By `zig cc` alone.
    ZigCc,
}

impl Route {
    /// The route that `CGOZIG_ROUTE` names.
    pub fn of(env: &Env) -> Result<Route, Failure> {
        // By them zig takes other headers and libraries than those that were learned.
        let is_other = ["ZIG_LIBC", "ZIG_LIB_DIR"].iter().any(|name| env.raw(name).is_some());
        match env.text("CGOZIG_ROUTE").as_deref() {
            None | Some("auto") if is_other => Ok(Route::ZigCc),
            None | Some("auto") => Ok(Route::Auto),
            Some("direct") if is_other => Err(Failure::new(
                OwnExit::Request,
                "use CGOZIG_ROUTE=direct: ZIG_LIBC or ZIG_LIB_DIR says what zig shall use, which only `zig cc` reads",
                "unset CGOZIG_ROUTE, or ZIG_LIBC and ZIG_LIB_DIR",
            )),
            Some("direct") => Ok(Route::Direct),
            Some("zig-cc") => Ok(Route::ZigCc),
            Some(other) => Err(Failure::new(
                OwnExit::Request,
                format!("use CGOZIG_ROUTE=`{other}`: it is none of `auto`, `direct` and `zig-cc`"),
                "unset CGOZIG_ROUTE; `zig-cc` is for a comparison",
            )),
        }
    }
}
