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
    let output = command.current_dir(&folder).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().rev().find(|line| line.starts_with("ERROR") || line.contains("No module"));
        return Err(format!("pip: {}", last.unwrap_or("it failed").trim_start_matches("ERROR: ")));
    }
    let name = pins::wheel_name(version, tag);
    let file = File::open(folder.join(&name)).map_err(|_| format!("pip did not bring `{name}`"))?;
    archive::verified(file, name, pinned.sha256)
}
