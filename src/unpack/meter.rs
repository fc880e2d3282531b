//! Counts the bytes that go by, and stops at the limits.

use super::Why;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// The most bytes of headers before one entry: long names take a few hundred.
const HEADERS: u64 = 1 << 20;

/// What is counted; shared with the loop that reads through a [`Metered`].
pub struct Meter {
    passed: Cell<u64>,
    limit: u64,
    beyond: Why,
    /// The bytes of headers that are left before the next entry; `None` within contents.
    headers: Cell<Option<u64>>,
    stopped: RefCell<Option<Why>>,
}

impl Meter {
    /// A meter that stops at `limit` bytes, because of `beyond`.
    pub fn new((limit, beyond): (u64, Why)) -> Meter {
        let (headers, stopped) = (Cell::new(None), RefCell::new(None));
        Meter { passed: Cell::new(0), limit, beyond, headers, stopped }
    }

    /// What comes now is headers.
    pub fn expect_headers(&self) {
        self.headers.set(Some(HEADERS));
    }

    /// What comes now is contents.
    pub fn expect_contents(&self) {
        self.headers.set(None);
    }

    /// Whether that many bytes more are within the limit, before the first of them is read.
    pub fn admits(&self, bytes: u64) -> Result<(), Why> {
        let all = self.passed.get().saturating_add(bytes);
        if all > self.limit { Err(self.beyond.clone()) } else { Ok(()) }
    }

    /// Why it stopped, when it did; else `why`.
    pub fn cause(&self, why: Why) -> Why {
        self.stopped.borrow().clone().unwrap_or(why)
    }

    fn count(&self, bytes: u64) -> io::Result<()> {
        self.passed.set(self.passed.get().saturating_add(bytes));
        if self.passed.get() > self.limit {
            return Err(self.stop(self.beyond.clone()));
        }
        match self.headers.get().map(|left| left.checked_sub(bytes)) {
            Some(None) => Err(self.stop(Why::LongHeader)),
            Some(left) => {
                self.headers.set(left);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn stop(&self, why: Why) -> io::Error {
        let text = why.to_string();
        self.stopped.replace(Some(why));
        io::Error::other(text)
    }
}

/// A reader whose bytes are counted.
pub struct Metered<'a, R> {
    /// Where they come from.
    pub inner: R,
    /// Where they are counted.
    pub meter: &'a Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.meter.count(count as u64)?;
        Ok(count)
    }
}

/// A reader that says how far it is.
pub struct Counted<'a, R> {
    /// Where bytes come from.
    pub inner: R,
    /// How many came.
    pub count: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
