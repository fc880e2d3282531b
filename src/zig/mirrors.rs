//! zig's releases: from the community mirrors in random order, then from ziglang.org, as the zig project asks of tools.
//!
//! Source: <https://ziglang.org/download/community-mirrors/>. A mirror is trusted with nothing: any fault, a bad
//! signature too, means the next one.

use super::ZigVersion;
use super::find::Search;
use super::install::Verified;
use super::minisig::{self, ZIG_KEY};
use super::pins::{self, Pin};
use crate::failure::Failure;
use crate::net::{Client, Limits, Wanted};
use crate::store::Store;
use crate::sys;
use std::fs::{self, File};
use std::io::Seek;
use std::path::Path;
use std::time::Duration;

const LIST: &str = "https://ziglang.org/download/community-mirrors.txt";
const LAST: &str = "https://ziglang.org/download";

/// How long a list of mirrors is good, by the zig project's own advice.
const LIST_AGE: Duration = Duration::from_hours(24);

/// A list, a signature.
const SMALL: u64 = 64 << 10;

/// An archive of which we do not know the size.
const LARGE: u64 = 300 << 20;

/// The verified archive of a release for this machine; or why there is none, as one clause.
pub fn fetch(search: &Search, version: ZigVersion, work: &Path) -> Result<Verified, String> {
    let client = Client::new(search.env, limits(search.env)).map_err(|failure: Failure| failure.what)?;
    let name = pins::release_name(version, sys::HOST);
    let mut faults = Vec::new();
    for base in bases(search, version, &client) {
        search.telling.step(&format!("{name} from {base}"));
        match from(search, &client, &base, version, work) {
            Ok(file) => return Ok(Verified { file, name }),
            Err(fault) => {
                log::warn!("{base}: {fault}");
                faults.push(format!("{base}: {fault}"));
            }
        }
    }
    let last = faults.pop().unwrap_or_default();
    Err(if faults.is_empty() {
        last
    } else {
        format!("{last}, and {} mirrors before it failed", faults.len())
    })
}

/// Short waits: there is always another mirror.
fn limits(env: &sys::env::Env) -> Limits {
    let mut limits = Limits { connect: Duration::from_secs(5), tries: 2, ..Limits::default() };
    if let Some(seconds) = env.text("CGOZIG_TIMEOUT").and_then(|text| text.parse().ok()) {
        limits.connect = Duration::from_secs(seconds);
        limits.read = Duration::from_secs(seconds);
    }
    limits
}

/// Where to ask, in order: the user's own mirror alone, or the community's and then ziglang.org.
fn bases(search: &Search, version: ZigVersion, client: &Client) -> Vec<String> {
    if let Some(mirror) = &search.settings.zig.mirror {
        return vec![mirror.trim_end_matches('/').to_string()];
    }
    let mut bases = list(&search.store, client);
    fastrand::shuffle(&mut bases);
    bases.push(format!("{LAST}/{version}"));
    bases
}

/// The community mirrors: remembered for a day, and for longer when ziglang.org does not answer.
fn list(store: &Store, client: &Client) -> Vec<String> {
    let path = store.mirrors();
    let age = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
    let fresh = age.and_then(|time| time.elapsed().ok()).is_some_and(|age| age < LIST_AGE);
    let remembered = || fs::read_to_string(&path).unwrap_or_default();
    if fresh {
        return mirrors(&remembered());
    }
    match client.text(&Wanted { url: LIST, limit: SMALL, size: None }) {
        Ok(text) if !mirrors(&text).is_empty() => {
            let _ = store.write(&path, text.as_bytes());
            mirrors(&text)
        }
        _ => mirrors(&remembered()),
    }
}

/// The lines of a list that are addresses; which of them may be used the network's policy decides.
fn mirrors(list: &str) -> Vec<String> {
    let lines = list.lines().map(|line| line.trim().trim_end_matches('/'));
    lines.filter(|line| line.starts_with("http")).map(str::to_string).collect()
}

/// The archive from one place, verified.
fn from(
    search: &Search,
    client: &Client,
    base: &str,
    version: ZigVersion,
    work: &Path,
) -> Result<File, String> {
    let name = pins::release_name(version, sys::HOST);
    let url = |file: &str| format!("{base}/{file}?source=cgozig");
    let signature = url(&format!("{name}.minisig"));
    let signature = client.text(&Wanted { url: &signature, limit: SMALL, size: None });
    let signature = signature.map_err(|fault| format!("the signature: {fault}"))?;

    let pin = Pin::find(version, sys::HOST);
    let own_key = search.settings.zig.public_key.as_deref();
    let size = pin.filter(|_| own_key.is_none()).map(|pin| pin.release.size);
    let mut file = open(work).map_err(|error| error.to_string())?;
    let url = url(&name);
    let wanted = Wanted { url: &url, limit: size.unwrap_or(LARGE), size };
    let seen = client.to_file(&wanted, &mut file, &mut |done, all| search.telling.bytes(done, all));
    let seen = seen.map_err(|fault| fault.to_string())?;

    let mut signed = |key: &str| {
        file.rewind().map_err(|error| error.to_string())?;
        minisig::verify(key, &signature, &name, &mut file).map_err(|error| error.to_string())
    };
    match (own_key.map(&mut signed), pin) {
        (Some(Ok(())), _) => {}
        (other, pin) => {
            signed(ZIG_KEY).map_err(|error| other.and_then(Result::err).unwrap_or(error))?;
            if let Some(pinned) = pin.map(|pin| pin.release).filter(|pinned| pinned.sha256 != seen) {
                return Err(format!("its sha256 is {seen}, not {}", pinned.sha256));
            }
        }
    }
    file.rewind().map_err(|error| error.to_string())?;
    Ok(file)
}

fn open(work: &Path) -> std::io::Result<File> {
    let path = work.join("archive");
    fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_lines_of_addresses() {
        let list = "https://one.example/zig\nhttps://two.example/\n\n<html>\n";
        assert_eq!(mirrors(list), ["https://one.example/zig", "https://two.example"]);
    }
}
