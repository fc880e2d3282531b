//! A user's TOML, read strictly: what is wrong is said with its line.

use serde::de::DeserializeOwned;

/// The value that `text` is, or `line N: why`.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        format!("line {}: {}", line_at(text, start), error.message().replace('\n', " "))
    })
}

/// The number of the line in which the table `[[name]]` begins that is the `at`th of them, counted from 0; of the file's first
/// where they are written otherwise.
pub fn line_of_table(text: &str, name: &str, at: usize) -> usize {
    let header = format!("[[{name}]]");
    let found = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(&header)).nth(at);
    found.map_or(1, |(line, _)| line + 1)
}

/// The number of the line in which the byte at `at` is.
pub fn line_at(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}
