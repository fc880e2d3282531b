//! The last failure, with all that was done: what `cgozig explain --last` shows.

use super::Line;
use crate::failure::Failure;
use crate::plan::ZigCall;
use crate::store::Store;
use crate::target::Target;
use crate::voice;
use crate::zig::find::Zig;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// The most of what zig prints that is kept.
pub const KEPT: usize = 256 << 10;

/// Takes out the middle of what is too long: its beginning and its end say most.
pub fn shorten(printed: &mut Vec<u8>) {
    if printed.len() > 2 * KEPT {
        printed.drain(KEPT / 2..printed.len() - KEPT / 2);
    }
}

/// All of it, to be read.
pub fn text(
    line: &Line,
    (target, zig): (Target, &Zig),
    call: &ZigCall,
    printed: &str,
    why: Option<&Failure>,
) -> String {
    let mut text = String::new();
    let mut add = |name: &str, what: &str| {
        let _ = writeln!(text, "{name:<9}{what}");
    };
    let folder = std::env::current_dir().unwrap_or_default();
    add("target", &format!("{target} ({}), zig {} at {}", target.triple(), zig.said, zig.program.display()));
    add("folder", &folder.display().to_string());
    add("given", &voice::shown(&line.words()));
    call.trace.iter().for_each(|step| add("rule", &voice::step(step)));
    add("zig", &voice::shown(&call.words));
    if let Some(why) = why {
        add("why", &format!("could not {}", why.what));
        add("hint", &why.hint);
    }
    format!("{text}\n{}\n", printed.trim_end())
}

/// Writes it; what cannot be written ends no build.
pub fn write(store: &Store, text: &str) {
    let store = store.for_notes();
    if let Err(failure) = store.write_own(&place(&store), text.as_bytes()) {
        log::warn!("could not {}", failure.what);
    }
}

/// Reads it.
pub fn read(store: &Store) -> Result<String, Failure> {
    fs::read_to_string(place(&store.for_notes())).map_err(|_| {
        let what = "show the last failure: nothing has failed since the store was made";
        Failure::new(crate::exit::OwnExit::Request, what, "CGOZIG_LOG_FILE=FILE writes down every call")
    })
}

fn place(store: &Store) -> PathBuf {
    store.root().join("last-failure-v1")
}
