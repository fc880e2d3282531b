//! Everything we print while being a compiler: nothing on success, two lines on our own failure.
//!
//! Go reads the output of its compiler, so a log goes to the file that `CGOZIG_LOG_FILE` names and never
//! to stderr.

use crate::failure::Failure;
use crate::sys::env::Env;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::process::ExitCode;

/// Prints a failure and turns it into our exit code.
pub fn report(failure: &Failure) -> ExitCode {
    log::error!("could not {}", failure.what);
    eprintln!("cgozig: could not {}", one_line(&failure.what));
    if !failure.hint.is_empty() {
        eprintln!("hint: {}", one_line(&failure.hint));
    }
    ExitCode::from(failure.exit as u8)
}

/// Opens the log when one is asked for; a log that cannot be opened must not stop a build.
pub fn open_log(env: &Env) {
    let Some(path) = env.path("CGOZIG_LOG_FILE") else { return };
    let Ok(file) = OpenOptions::new().create(true).append(true).open(path) else { return };
    let level = env.text("CGOZIG_LOG").unwrap_or_else(|| "info".into());
    let mut logger = env_logger::Builder::new();
    logger.parse_filters(&level).target(env_logger::Target::Pipe(Box::new(file)));
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

/// Control characters of a name must not break the two lines.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
