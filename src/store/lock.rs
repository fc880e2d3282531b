//! Locks, so that a thing is made once; nothing is ever wrong without them.
//!
//! A lock is the kernel's and goes with its process. Where there are none (NFS, a read-only store, an old kernel) the
//! work is done without, and its last rename decides.

use super::Store;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::{self, Readers};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    name: String,
    file: Option<File>,
}

impl Lock {
    fn new(name: &str, file: Option<File>) -> Lock {
        Lock { name: name.into(), file }
    }

    /// What its holder's unfinished work is called. It names the machine that gave the lock, since on a network's file
    /// system each machine may have locks of its own: what is called so is nobody's any more for the next holder. None
    /// where there are no locks, or a machine cannot be told from others.
    pub fn owned(&self) -> Option<String> {
        let machine = sys::machine().filter(|_| self.file.is_some())?;
        Some(format!("{}.{machine}", self.name))
    }
}

/// How long to wait, and what to say meanwhile.
pub struct Patience<'a> {
    /// After that long it is a failure.
    pub limit: Duration,
    /// Called once, when the wait begins to be felt.
    pub waiting: &'a dyn Fn(&str),
}

/// A wait shorter than this is not worth a word.
const FELT: Duration = Duration::from_millis(1500);

impl Store {
    /// Takes the lock `name`, or waits for it.
    pub fn lock(&self, name: &str, patience: &Patience) -> Result<Lock, Failure> {
        let path = self.root().join("locks-v1").join(format!("{name}.lock"));
        let Some(mut file) = self.open_lock(&path) else { return Ok(Lock::new(name, None)) };
        let start = Instant::now();
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    // Only for the message of those who wait.
                    let _ = file.set_len(0).and_then(|()| write!(file, "{}", process::id()));
                    return Ok(Lock::new(name, Some(file)));
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    log::info!("no locks at `{}`: {error}", path.display());
                    return Ok(Lock::new(name, None));
                }
            }
            let waited = start.elapsed();
            if waited > patience.limit {
                return Err(too_long(name, &path, waited));
            }
            if waited > FELT && !said {
                said = true;
                (patience.waiting)(&holder(&path));
            }
            sleep(Duration::from_millis(10 + u64::from(process::id() % 8) * 5));
        }
    }

    fn open_lock(&self, path: &std::path::Path) -> Option<File> {
        self.make_dir(self.root()).ok()?;
        // Who only reads a store must not be able to hold up its owner.
        sys::make_dir(path.parent()?, Readers::Owner).ok()?;
        fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).ok()
    }
}

/// The process that holds a lock, as it wrote itself.
fn holder(path: &PathBuf) -> String {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(20).read_to_string(&mut text));
    if read.is_ok() && !text.is_empty() { format!("process {text}") } else { "another process".into() }
}

fn too_long(name: &str, path: &PathBuf, waited: Duration) -> Failure {
    let (holder, seconds) = (holder(path), waited.as_secs());
    Failure::new(
        OwnExit::Store,
        format!("go on: {holder} has held the lock `{name}` at `{}` for {seconds} s", path.display()),
        "end that process, or wait longer with CGOZIG_LOCK_TIMEOUT=SECONDS",
    )
}
