//! The `ziglang` wheel, fetched by the user's own pip, so that their index, proxy and certificates hold.

use super::{Verified, archive};
use crate::zig::ZigVersion;
use crate::zig::find::{Search, on_path};
use crate::zig::pins::{self, Pin};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

/// The wheel of that release for this machine, verified; or why not, as one clause.
pub fn fetch(
    search: &Search,
    version: ZigVersion,
    pin: Option<&Pin>,
    work: &Path,
) -> Result<Verified, String> {
    let (tag, pinned) = pin.and_then(|pin| pin.wheel).ok_or("no wheel of it is known for this machine")?;
    let python = ["python3", "python"].iter().find_map(|name| on_path(search.env, name).next());
    let python = python.ok_or("there is no python3 on PATH")?;
    search.telling.step(&format!("python3 -m pip download ziglang=={version}"));
    // An empty folder: Python takes modules from where it starts.
    let folder = work.join("wheel");
    fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let mut command = Command::new(python);
    command.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    command.args(["--only-binary", ":all:", "--dest", "."]).arg(format!("ziglang=={version}"));
    // pip unpacks there first: what is said of a full disk is then true of ours.
    command.env("TMPDIR", work).env("TEMP", work).env("TMP", work);
    let output = command.current_dir(&folder).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("pip: {}", reason(&said)));
    }
    let name = pins::wheel_name(version, tag);
    let file = File::open(folder.join(&name)).map_err(|_| format!("pip did not bring `{name}`"))?;
    archive::verified(file, name, pinned.sha256)
}

/// Why pip failed: its last error; of an exception, whose text ends what it prints, that.
fn reason(said: &str) -> &str {
    let is_error = |line: &&str| {
        (line.starts_with("ERROR: ") && *line != "ERROR: Exception:") || line.contains("No module")
    };
    let mut lines = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).rev();
    let line = lines.clone().find(is_error).or_else(|| lines.next());
    line.unwrap_or("it failed").trim_start_matches("ERROR: ")
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_last_error_of_pip_is_the_reason() {
        let cases = [
            ("", "it failed"),
            (
                "WARNING: x\nERROR: Could not find a version\nERROR: No matching distribution\n",
                "No matching distribution",
            ),
            ("/usr/bin/python3: No module named pip\n", "/usr/bin/python3: No module named pip"),
            (
                "ERROR: Exception:\nTraceback (most recent call last):\n  File \"x\"\nOSError: [Errno 28] No space left on device\n\n",
                "OSError: [Errno 28] No space left on device",
            ),
        ];
        for (said, expected) in cases {
            assert_eq!(reason(said), expected, "{said}");
        }
    }
}
