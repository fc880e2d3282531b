//! Everything we print while being a compiler: nothing on success, two lines on our own failure.
//!
//! Go reads the output of its compiler, so a log goes to the file that `CGOZIG_LOG_FILE` names and never
//! to stderr.

use crate::failure::Failure;
use crate::rule::Step;
use crate::sys::env::Env;
use crate::zig::install::Telling;
use std::ffi::OsString;
use std::fmt::Arguments;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::process::ExitCode;

/// More of what went wrong, or of its hint, is not read by anybody.
const LETTERS: usize = 2000;

/// Prints a line to stdout.
#[macro_export]
macro_rules! say {
    () => { $crate::voice::out(format_args!("")) };
    ($($said:tt)*) => { $crate::voice::out(format_args!($($said)*)) };
}

/// Prints a line to stderr.
#[macro_export]
macro_rules! complain {
    ($($said:tt)*) => { $crate::voice::err(format_args!($($said)*)) };
}

/// A line to stdout. Where nobody reads on (`cgozig targets | head`) the run ends without a word.
pub fn out(line: Arguments) {
    let mut out = io::stdout().lock();
    let written = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    let Err(error) = written else { return };
    if error.kind() != io::ErrorKind::BrokenPipe {
        err(format_args!("cgozig: could not print to standard output: {error}"));
        err(format_args!("hint: what it leads to may be full"));
    }
    std::process::exit(1);
}

/// A line to stderr; one that cannot be written is lost.
pub fn err(line: Arguments) {
    let mut err = io::stderr().lock();
    let _ = err.write_fmt(line).and_then(|()| err.write_all(b"\n"));
}

/// Prints a failure and turns it into our exit code.
pub fn report(failure: &Failure) -> ExitCode {
    log::error!("could not {}", failure.what);
    complain!("{}", told(failure));
    ExitCode::from(failure.exit as u8)
}

/// A failure as it is told: what could not be done, and what to do.
pub fn told(failure: &Failure) -> String {
    let what = format!("cgozig: could not {}", one_line(&failure.what));
    if failure.hint.is_empty() { what } else { format!("{what}\nhint: {}", one_line(&failure.hint)) }
}

/// Prints what a user has asked to be told beside a failure.
pub fn note(text: &str) {
    complain!("cgozig: {}", one_line(text));
}

/// Opens the log when one is asked for; a log that cannot be opened must not stop a build.
pub fn open_log(env: &Env) {
    let Some(path) = env.path("CGOZIG_LOG_FILE") else { return };
    let Ok(file) = OpenOptions::new().create(true).append(true).open(path) else { return };
    let level = env.text("CGOZIG_LOG").and_then(|level| level.parse().ok());
    let mut logger = env_logger::Builder::new();
    // Only what we say ourselves: the HTTP library's own words have tokens and signed addresses in them.
    logger
        .filter_module(env!("CARGO_PKG_NAME"), level.unwrap_or(log::LevelFilter::Info))
        .target(env_logger::Target::Pipe(Box::new(file)));
    let _ = logger.try_init();
}

/// Words as a shell would take them.
pub fn shown(words: &[OsString]) -> String {
    if words.is_empty() {
        return "(nothing)".into();
    }
    let quoted = |word: &OsString| {
        let text = word.to_string_lossy().into_owned();
        shlex::try_quote(&text).map_or_else(|_| format!("{word:?}"), std::borrow::Cow::into_owned)
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// What a rule did to a line.
pub fn step(step: &Step) -> String {
    let told =
        if step.told.is_empty() { String::new() } else { format!(", and lld is told {}", shown(&step.told)) };
    format!("{}: {} => {}{told}", step.rule, shown(&step.given), shown(&step.made))
}

/// A text as one line to be read: control characters of a name must not break it, nor a name fill the screen.
pub fn one_line(text: &str) -> String {
    let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut line: String = letters.by_ref().take(LETTERS).collect();
    if letters.next().is_some() {
        line.push('…');
    }
    line
}

/// Tells nobody: a compiler's output is read by Go.
pub struct Nobody;

impl Telling for Nobody {
    fn step(&self, text: &str) {
        log::info!("install: {text}");
    }

    fn bytes(&self, _done: u64, _all: Option<u64>) {}

    fn waiting(&self, text: &str) {
        log::info!("waiting: {text}");
        complain!("cgozig: waiting: {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_and_can_be_read() {
        assert_eq!(one_line("a\x1b[31m\nb"), "a [31m b");
        assert_eq!(one_line(&"é".repeat(LETTERS)), "é".repeat(LETTERS));
        assert_eq!(one_line(&"é".repeat(LETTERS + 1)), format!("{}…", "é".repeat(LETTERS)));
    }
}
