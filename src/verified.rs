//! How far each port is verified: what the last whole run of the matrix saw. The file is written by
//! `make matrix`.

/// How far a program of a port came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Built, and the file looked at.
    Linked,
    /// Built and run.
    Ran,
}

/// Lines of `port libc level`, as the matrix wrote them.
const RECORD: &str = include_str!("verified.txt");

/// The libcs of a port with their levels.
pub fn of(port: &str) -> Vec<(String, Level)> {
    let rows = RECORD.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut words = line.split_whitespace();
        let level = match (words.next()? == port, words.next()?, words.next()?) {
            (true, libc, "ran") => (libc.to_string(), Level::Ran),
            (true, libc, "linked") => (libc.to_string(), Level::Linked),
            _ => return None,
        };
        Some(level)
    })
    .collect()
}
