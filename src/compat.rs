//! Objects of our own for a target: `shims/compat/NAME.c`, compiled by zig when a link first needs it, and kept in the store.
//!
//! Compiled by itself, with its own words: those of a link say what its sources need, and debug information would name
//! the store.

use crate::archive::Need;
use crate::digest::hex_digest;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::plan::Surroundings;
use crate::shims;
use crate::store::Store;
use crate::store::target::TargetCache;
use crate::target::Target;
use crate::zig::ZigVersion;
use crate::zig::find::Zig;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

/// An object of our own: where it is kept, and how it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnObject {
    /// The object's file.
    pub path: PathBuf,
    /// zig's words, without the output.
    pub words: Vec<OsString>,
}

/// How they are compiled.
const WORDS: &[&str] = &["-O2", "-g0", "-fPIC", "-fno-sanitize=undefined", "-c"];

/// The folder of the objects for a link whose archives need that; an empty path where they need nothing.
pub fn folder(store: &Store, zig: ZigVersion, target: Target, needs: &[Need]) -> PathBuf {
    if needs.is_empty() { PathBuf::new() } else { store.for_notes().objects(&key(zig, target)) }
}

/// What decides how the objects are compiled: their sources and words, zig and the target.
fn key(zig: ZigVersion, target: Target) -> String {
    let parts = [shims::DIGEST.to_string(), zig.to_string(), target.triple().to_string()];
    let cpu = target.mcpu().unwrap_or_default();
    hex_digest(parts.iter().map(String::as_bytes).chain([cpu.as_bytes(), WORDS.join(" ").as_bytes()]))[..24]
        .to_string()
}

/// The objects with these names.
pub fn objects(names: &[&str], target: Target, around: &Surroundings) -> Vec<OwnObject> {
    let object = |name: &&str| {
        let mut words = target.words("cc");
        words.extend(WORDS.iter().map(OsString::from));
        words.push(around.shims.join("compat").join(format!("{name}.c")).into());
        OwnObject { path: around.objects.join(name).with_extension("o"), words }
    };
    names.iter().map(object).collect()
}

/// Makes those that are not there yet.
pub fn make(store: &Store, zig: &Zig, cache: &TargetCache, objects: &[OwnObject]) -> Result<(), Failure> {
    // A crash may leave an empty file.
    let is_there = |object: &OwnObject| fs::metadata(&object.path).is_ok_and(|metadata| metadata.len() > 0);
    for object in objects.iter().filter(|object| !is_there(object)) {
        let store = store.for_notes();
        let folder = object.path.parent().unwrap_or(store.root());
        store.make_dir(folder)?;
        let failed = |error: io::Error| Failure::store("write", &object.path, &error);
        let made =
            tempfile::Builder::new().prefix("new-").suffix(".o").tempfile_in(folder).map_err(failed)?;
        let mut command = zig.command(cache);
        command.args(&object.words).arg("-o").arg(made.path());
        let output = command.output().map_err(|error| zig.not_started(&error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().find(|line| line.contains("error")).unwrap_or("zig says nothing");
            let what = format!("compile cgozig's own `{}`: {first}", object.path.display());
            return Err(Failure::new(OwnExit::Start, what, "`cgozig doctor` tells how zig is"));
        }
        // Where another process was first, and links it just now, that one stays.
        if let Err(error) = made.persist(&object.path)
            && !is_there(object)
        {
            return Err(failed(error.error));
        }
    }
    Ok(())
}
