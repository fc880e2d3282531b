//! Many processes at once, and waiting for what they do.

use super::release::{Sandbox, VERSION};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Starts so many compilers at once, which all need a zig.
pub fn crowd(sandbox: &Sandbox, number: usize) -> Vec<Child> {
    let start = || sandbox.identify().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    (0..number).map(|_| start()).collect()
}

/// Each of them gets its answer.
pub fn all_succeed(crowd: Vec<Child>) {
    for child in crowd {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", super::text(&output));
        assert!(super::text(&output).contains(&format!("zig {VERSION}")), "{}", super::text(&output));
    }
}

/// Waits until something holds.
pub fn wait_until(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
