//! What speaks for a hash when it is written into a lock: GitHub's own record of the file, or nothing but that this is what
//! came first.

use super::artifact::Pin;
use super::github::Asset;
use super::mirror;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::net::{Client, Limits, Wanted};
use crate::zig::find::Search;
use std::collections::HashMap;

/// Nothing but that this is what came first.
pub const FIRST_USE: &str = "first use";

/// The sha256 that GitHub has recorded for the file is the one of what came.
pub const GITHUB: &str = "github digest";

/// The largest description of a release.
const LARGEST: u64 = 8 << 20;

/// Asks for each release once.
#[derive(Default)]
pub struct Provenance {
    releases: HashMap<String, Option<String>>,
}

impl Provenance {
    /// What speaks for the bytes that came from `url`; a failure when GitHub has recorded others.
    pub fn of(&mut self, search: &Search, url: &str, pin: &Pin) -> Result<&'static str, Failure> {
        let Some(asset) = Asset::at(url) else { return Ok(FIRST_USE) };
        let address = asset.release();
        let release =
            self.releases.entry(address).or_insert_with_key(|address| release(search, url, address));
        match release.as_deref().and_then(|release| asset.digest(release)) {
            Some(digest) if digest == pin.sha256 => Ok(GITHUB),
            Some(digest) => Err(Failure::new(
                OwnExit::Request,
                format!("trust {url}: its sha256 is {}, and GitHub has recorded {digest}", pin.sha256),
                "somebody on the way has changed it: a mirror, a proxy; ask from another network",
            )),
            None => Ok(FIRST_USE),
        }
    }
}

/// GitHub's description of a release; none when it cannot be had. Whose files come from a mirror is not asked for elsewhere.
fn release(search: &Search, file: &str, address: &str) -> Option<String> {
    let variable = search.env.text("CGOZIG_MIRROR");
    let places = |url: &str| mirror::addresses(url, variable.as_deref(), &search.settings.mirror);
    let addresses = places(address);
    let is_mirrored = |url: &str, addresses: &[String]| addresses != [url];
    if search.settings.offline(search.env).is_some()
        || (is_mirrored(file, &places(file)) && !is_mirrored(address, &addresses))
    {
        return None;
    }
    let limits = Limits { tries: 1, ..Limits::default().with_timeout_of(search.env) };
    let client = Client::new(search.env, limits).ok()?;
    let text = |url: &String| client.text(&Wanted { url, limit: LARGEST, ..Wanted::default() });
    addresses.iter().find_map(|url| text(url).inspect_err(|fault| log::info!("{address}: {fault}")).ok())
}
