//! Who we are to Go: one line that changes whenever an object or a link could.

use crate::archive::clues::Clue;
use crate::digest::hex_digest;
use crate::shims;
use crate::target::Target;
use crate::zig::ZigVersion;
use std::fmt::Write;

/// Everything that can change an object or a link besides the caller's words.
#[derive(Clone, Debug)]
pub struct Identity {
    line: String,
    digest: String,
}

impl Identity {
    /// The identity for a target and a zig; `sdk` is the macOS SDK in use, `native` the state of prebuilt libraries.
    pub fn of(target: Target, zig: ZigVersion, sdk: Option<&std::path::Path>, native: &str) -> Identity {
        let triple = target.triple();
        let cpu = target.mcpu().unwrap_or_default();
        let sdk = sdk.map(|sdk| sdk.as_os_str().as_encoded_bytes()).unwrap_or_default();
        let rules = rules_text();
        let own = env!("CARGO_PKG_VERSION");
        let zig_text = zig.to_string();
        let parts = [own, &zig_text, triple.as_str(), &cpu, &rules].map(str::as_bytes);
        let digest = hex_digest(parts.into_iter().chain([sdk, native.as_bytes()]))[..16].to_string();
        let line = format!("cgozig version {own} zig {zig} target {triple} cfg {digest}");
        Identity { line, digest }
    }

    /// The line that answers `-###`; Go takes the first line with `version` and a digit.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The digest alone, for the note in Go's objects.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The rule table as text, and what stands for our own files and the tables of names: a change may change an object or a link.
fn rules_text() -> String {
    let mut text = format!("{:x}{}", shims::DIGEST, Clue::digest());
    for rule in crate::rules::all() {
        let _ = write!(text, "{}{:?}{:?}{:?}", rule.id, rule.when, rule.pattern, rule.action);
    }
    text
}
