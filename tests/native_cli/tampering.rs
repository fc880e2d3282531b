//! One byte of the archive, of the lock, or of the library in the store is another: it is never taken.

use crate::locking::{GNU, thing, three};
use crate::sandbox::Sandbox;
use fastrand::Rng;
use std::fs;
use std::path::PathBuf;

/// The library in the store.
fn stored(sandbox: &Sandbox) -> Option<PathBuf> {
    let folders = fs::read_dir(sandbox.path("store/libs-v1")).ok()?.flatten();
    folders.map(|folder| folder.path().join("lib/libthing.a")).find(|path| path.is_file())
}

fn forget(sandbox: &Sandbox) {
    let _ = fs::remove_dir_all(sandbox.path("store/libs-v1"));
}

/// Where the values of this machine's archive stand in the lock, all but the note on what spoke for the hash.
fn values(lock: &str) -> Vec<usize> {
    let start =
        lock.find("variant = \"linux/amd64/gnu\"").and_then(|at| lock[..at].rfind("[[archive]]")).unwrap();
    let end = start + lock[start..].find("trust = ").unwrap();
    let mut places = Vec::new();
    let mut at = start;
    for line in lock[start..end].split_inclusive('\n') {
        if let Some(value) = line.find(" = ") {
            places.extend(
                (at + value + 3..at + line.len() - 1).filter(|place| lock.as_bytes()[*place] != b'"'),
            );
        }
        at += line.len();
    }
    places
}

#[test]
fn one_other_byte_is_caught_two_hundred_times() {
    let sandbox = three();
    sandbox.good(&["lock"]);
    let mut random = Rng::with_seed(4);
    let (archive, lock) = (thing(GNU), sandbox.read("app/cgozig.lock"));
    let library = fs::read(stored(&sandbox).unwrap()).unwrap();
    let places = values(&lock);
    for round in 0..200 {
        match round % 3 {
            0 => {
                forget(&sandbox);
                let mut other = archive.clone();
                other[random.usize(..archive.len())] ^= 1 << random.u8(..8);
                sandbox.serve(GNU, other);
                sandbox.bad(&["fetch"]);
                sandbox.serve(GNU, archive.clone());
                assert!(stored(&sandbox).is_none(), "round {round}");
            }
            1 => {
                forget(&sandbox);
                let place = places[random.usize(..places.len())];
                let mut other = lock.clone().into_bytes();
                while other[place] == lock.as_bytes()[place] {
                    other[place] = *random.choice(b"0123456789abcdefxyz/.").unwrap();
                }
                sandbox.write("app/cgozig.lock", other);
                let said = sandbox.bad(&["fetch"]);
                sandbox.write("app/cgozig.lock", &lock);
                assert!(stored(&sandbox).is_none(), "round {round}: {said}");
            }
            _ => {
                sandbox.good(&["fetch"]);
                let path = stored(&sandbox).unwrap();
                let mut other = library.clone();
                other[random.usize(..library.len())] ^= 1 << random.u8(..8);
                fs::write(&path, other).unwrap();
                sandbox.good(&["fetch"]);
                assert!(fs::read(stored(&sandbox).unwrap()).unwrap() == library, "round {round}");
            }
        }
    }
}
