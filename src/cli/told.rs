//! What a subcommand shows of an install: a bar on a terminal, a line for each step elsewhere.

use crate::complain;
use crate::zig::install::Telling;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Tells the user on stderr.
pub struct Told;

/// The bar of the step that is going on; one install goes on at a time.
static BAR: LazyLock<Mutex<Option<ProgressBar>>> = LazyLock::new(Mutex::default);

impl Telling for Told {
    fn step(&self, text: &str) {
        eprintln_above(&format!("cgozig: {text}"));
    }

    fn bytes(&self, done: u64, all: Option<u64>) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let mut bar = BAR.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(new_bar);
        bar.set_length(all.unwrap_or(done));
        bar.set_position(done);
    }

    fn waiting(&self, text: &str) {
        eprintln_above(&format!("cgozig: waiting: {text}"));
    }
}

fn new_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Ends the bar of the step before, then prints a line.
fn eprintln_above(line: &str) {
    done();
    complain!("{line}");
}

/// Ends the bar, before something else is printed.
pub fn done() {
    if let Some(bar) = BAR.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}
