//! The modules that a main module is built from: as Go lists them, or as `vendor/modules.txt` does.

use super::modules::{read, workspace};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::zig::find::{Search, on_path};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoModule {
    /// Its path.
    pub path: String,
    /// Its version, or that of what stands in its place; none for a main module and for a folder.
    pub version: Option<String>,
    /// Where its files are; none when they were not downloaded.
    pub folder: Option<PathBuf>,
}

/// A module as `go list -m -json` prints it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    path: String,
    version: Option<String>,
    dir: Option<PathBuf>,
    replace: Option<Box<Listed>>,
}

/// The modules of the build of the main module in `main`, and whether the files of all are here that can matter.
pub fn of(search: &Search, main: &Path) -> Result<(Vec<GoModule>, bool), Failure> {
    let flags = search.env.text("GOFLAGS").unwrap_or_default();
    let is_set = |flag: &str| flags.split_whitespace().any(|word| word.trim_start_matches('-') == flag);
    let work = workspace(search.env, main);
    let vendor = work.as_deref().and_then(Path::parent).unwrap_or(main).join("vendor");
    let ignored = is_set("mod=mod") || is_set("mod=readonly");
    let text = if ignored { None } else { read(&vendor.join("modules.txt"))? };
    if let Some(text) = text {
        return Ok((vendored(&text, &vendor), true));
    }
    let listed = list(search, main)?;
    if listed.iter().all(|module| module.folder.is_some()) {
        return Ok((listed, true));
    }
    // Those that go.mod names; a module of the graph beyond them gives no package to the build.
    match go(search, main, &["mod", "download"]) {
        Ok(_) => Ok((list(search, main)?, true)),
        Err(failure) => {
            log::warn!("could not {}", failure.what);
            // It brings what it can.
            Ok((list(search, main).unwrap_or(listed), false))
        }
    }
}

fn list(search: &Search, main: &Path) -> Result<Vec<GoModule>, Failure> {
    let output = go(search, main, &["list", "-m", "-json", "all"])?;
    let all = serde_json::Deserializer::from_slice(&output).into_iter::<Listed>();
    let all: Result<Vec<Listed>, _> = all.collect();
    let hint = "`go list -m -json all` has to print JSON";
    Ok(all.map_err(|error| no(main, &error.to_string(), hint))?.into_iter().map(module).collect())
}

/// What Go prints.
fn go(search: &Search, main: &Path, words: &[&str]) -> Result<Vec<u8>, Failure> {
    let go = on_path(search.env, "go").next();
    let go = go.ok_or_else(|| no(main, "there is no `go` on PATH", "put Go's bin folder on PATH"))?;
    let mut command = Command::new(go);
    command.args(words).current_dir(main);
    if search.settings.offline(search.env).is_some() {
        command.env("GOPROXY", "off");
    }
    let output =
        command.output().map_err(|error| no(main, &error.to_string(), "`go version` should work"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let why = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("Go says nothing");
    Err(no(main, why.trim(), &format!("`go {}` has to work in that folder", words.join(" "))))
}

fn no(main: &Path, why: &str, hint: &str) -> Failure {
    let what = format!("find the modules of `{}`: {why}", main.display());
    Failure::new(OwnExit::Request, what, hint)
}

fn module(listed: Listed) -> GoModule {
    let Listed { path, version, dir, replace } = listed;
    match replace {
        Some(other) => GoModule { path, version: other.version, folder: dir.or(other.dir) },
        None => GoModule { path, version, folder: dir },
    }
}

/// The modules of `vendor/modules.txt`: `# PATH VERSION`, `# PATH VERSION => OTHER [VERSION]`.
fn vendored(text: &str, vendor: &Path) -> Vec<GoModule> {
    let mut modules: Vec<GoModule> = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# ")) {
        let (own, other) = line.split_once("=>").unwrap_or((line, ""));
        let (mut own, mut other) = (own.split_whitespace(), other.split_whitespace());
        let Some(path) = own.next() else { continue };
        let version = match other.next() {
            Some(_) => other.next(),
            None => own.next(),
        };
        if modules.iter().all(|module| module.path != path) {
            let folder = Some(vendor.join(path)).filter(|folder| folder.is_dir());
            modules.push(GoModule { path: path.into(), version: version.map(Into::into), folder });
        }
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_folder_lists_its_modules() {
        let text = "# a.example/x v1.2.0\n## explicit; go 1.24\na.example/x\n# a.example/y v0.1.0 => ../y\n\
                    # a.example/z v1.0.0 => b.example/z v1.1.0\n# a.example/y => ../y\n";
        let found: Vec<(String, Option<String>)> = vendored(text, Path::new("/none"))
            .into_iter()
            .map(|module| (module.path, module.version))
            .collect();
        let expected =
            [("a.example/x", Some("v1.2.0")), ("a.example/y", None), ("a.example/z", Some("v1.1.0"))];
        assert_eq!(found, expected.map(|(path, version)| (path.to_string(), version.map(Into::into))));
    }
}
