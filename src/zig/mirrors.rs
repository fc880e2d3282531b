//! zig's releases: from the community mirrors in random order, then from ziglang.org, as the zig project asks of tools.
//!
//! Source: <https://ziglang.org/download/community-mirrors/>. A mirror is trusted with nothing: any fault, a bad
//! signature too, means the next one, at once. Only where there is no next one is a request made again.

use super::ZigVersion;
use super::find::Search;
use super::install::Verified;
use super::minisig::{self, ZIG_KEY};
use super::pins::{self, Pin};
use crate::failure::Failure;
use crate::net::fault::{About, Fault};
use crate::net::{Client, Limits, Wanted, policy};
use crate::store::Store;
use crate::sys;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
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
    for (base, tries) in bases(search, version, &client) {
        let shown = policy::shown(&base);
        search.telling.step(&format!("{name} from {shown}"));
        match from(search, &client.with_tries(tries), &base, version, work) {
            Ok(file) => return Ok(Verified { file, name }),
            Err(miss) => {
                log::warn!("{shown}: {}", miss.why);
                faults.push(format!("{shown}: {}", miss.why));
                if miss.about == About::ThisMachine {
                    break;
                }
            }
        }
    }
    Err(told(&faults))
}

/// What failed, in one clause: the last place, and one of those before it.
fn told(faults: &[String]) -> String {
    match faults {
        [] => String::new(),
        [only] => only.clone(),
        [before, last] => format!("{last}; before it {before}"),
        [others @ .., before, last] => {
            format!("{last}; before it {before}, and {} others failed too", others.len())
        }
    }
}

/// Why a place did not serve.
struct Miss {
    why: String,
    about: About,
}

impl Miss {
    fn of(what: &str, fault: &Fault) -> Miss {
        Miss { why: format!("{what}{fault}"), about: fault.about() }
    }

    fn here(error: &io::Error) -> Miss {
        Miss { why: error.to_string(), about: About::ThisMachine }
    }
}

/// How often a community mirror is asked: the next one is better than a second try.
const ONE_OF_MANY: u32 = 1;

/// How often a place is asked that has no other after it.
const LAST_OR_ONLY: u32 = 2;

/// Short waits: there is always another mirror.
fn limits(env: &sys::env::Env) -> Limits {
    Limits { connect: Duration::from_secs(5), tries: LAST_OR_ONLY, ..Limits::default() }.with_timeout_of(env)
}

/// Where to ask and how often, in order: the user's own mirror alone, or the community's and then ziglang.org.
fn bases(search: &Search, version: ZigVersion, client: &Client) -> Vec<(String, u32)> {
    if let Some(mirror) = &search.settings.zig.mirror {
        return vec![(mirror.trim_end_matches('/').to_string(), LAST_OR_ONLY)];
    }
    let mut community = list(&search.store, client);
    fastrand::shuffle(&mut community);
    let last = (format!("{LAST}/{version}"), LAST_OR_ONLY);
    community.into_iter().map(|base| (base, ONE_OF_MANY)).chain([last]).collect()
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
    match client.text(&Wanted { url: LIST, limit: SMALL, ..Wanted::default() }) {
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
) -> Result<File, Miss> {
    let name = pins::release_name(version, sys::HOST);
    let url = |file: &str| format!("{base}/{file}?source=cgozig");
    let signature = url(&format!("{name}.minisig"));
    let signature = client.text(&Wanted { url: &signature, limit: SMALL, ..Wanted::default() });
    let signature = signature.map_err(|fault| Miss::of("the signature: ", &fault))?;

    let pinned = Pin::find(version, sys::HOST).map(|pin| pin.release);
    let own_key = search.settings.zig.public_key.as_deref();
    let size = pinned.filter(|_| own_key.is_none()).map(|pinned| pinned.size);
    let mut file = open(work).map_err(|error| Miss::here(&error))?;
    let url = url(&name);
    let wanted = Wanted { url: &url, limit: size.unwrap_or(LARGE), size, ..Wanted::default() };
    let seen = client.to_file(&wanted, &mut file, &mut |done, all| search.telling.bytes(done, all));
    let seen = seen.map_err(|fault| Miss::of("", &fault))?;

    let trust = Trust { zig_key: ZIG_KEY, own_key, sha256: pinned.map(|pinned| pinned.sha256) };
    trust.judge(&mut file, &seen, &signature, &name).map_err(|why| Miss { why, about: About::Answer })?;
    file.rewind().map_err(|error| Miss::here(&error))?;
    Ok(file)
}

/// What an archive has to satisfy: zig's own key and the known hash, or the user's own key.
struct Trust<'a> {
    zig_key: &'a str,
    own_key: Option<&'a str>,
    sha256: Option<&'a str>,
}

impl Trust<'_> {
    fn judge<F: Read + Seek>(
        &self,
        file: &mut F,
        seen: &str,
        signature: &str,
        name: &str,
    ) -> Result<(), String> {
        let mut signed = |key: &str| {
            file.rewind().map_err(|error| error.to_string())?;
            minisig::verify(key, signature, name, file).map_err(|error| error.to_string())
        };
        if self.own_key.is_some_and(|key| signed(key).is_ok()) {
            return Ok(());
        }
        signed(self.zig_key)?;
        match self.sha256 {
            Some(known) if known != seen => Err(format!("its sha256 is {seen}, not {known}")),
            _ => Ok(()),
        }
    }
}

fn open(work: &Path) -> std::io::Result<File> {
    let path = work.join("archive");
    fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A key, and its signature of `bytes` under `name`.
    fn signed(bytes: &[u8], name: &str) -> (String, String) {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let comment = format!("timestamp:1760000000\tfile:{name}\thashed");
        let signature = minisign::sign(Some(&pair.pk), &pair.sk, Cursor::new(bytes), Some(&comment), None);
        (pair.pk.to_base64(), signature.unwrap().into_string())
    }

    #[test]
    fn key_and_hash_are_both_needed_and_the_users_own_key_is_enough() {
        let (bytes, name) = (b"an archive".as_slice(), "zig-x86_64-linux-0.15.2.tar.xz");
        let ((key, signature), (other_key, other)) = (signed(bytes, name), signed(bytes, name));
        let judge = |own_key, sha256, signature: &str| {
            let trust = Trust { zig_key: &key, own_key, sha256 };
            trust.judge(&mut Cursor::new(bytes), "5eed", signature, name)
        };
        assert_eq!(judge(None, Some("5eed"), &signature), Ok(()));
        assert_eq!(judge(None, None, &signature), Ok(()), "a release that we do not know");
        assert!(judge(None, Some("beef"), &signature).unwrap_err().contains("its sha256 is 5eed, not beef"));
        assert!(judge(None, Some("5eed"), &other).is_err(), "somebody else's key");
        assert_eq!(judge(Some(&other_key), Some("beef"), &other), Ok(()), "the user's own key");
        assert_eq!(judge(Some(&other_key), Some("5eed"), &signature), Ok(()), "zig's key beside it");
        assert!(judge(Some(&other_key), Some("beef"), &signature).is_err(), "zig's key with another hash");
    }

    #[test]
    fn of_many_faults_two_are_told_and_the_rest_counted() {
        let faults = ["a: 404", "b: 500", "c: 404", "d: slow"].map(str::to_string);
        assert_eq!(told(&faults[..1]), "a: 404");
        assert_eq!(told(&faults[..2]), "b: 500; before it a: 404");
        assert_eq!(told(&faults), "d: slow; before it c: 404, and 2 others failed too");
    }

    #[test]
    fn a_list_is_lines_of_addresses() {
        let list = "https://one.example/zig\nhttps://two.example/\n\n<html>\n";
        assert_eq!(mirrors(list), ["https://one.example/zig", "https://two.example"]);
    }
}
