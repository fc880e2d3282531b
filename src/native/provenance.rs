//! What speaks for a hash when it is written into a lock: GitHub's own record of the file, or nothing but that this is what
//! came first.

use super::artifact::{Artifact, Pin};
use super::github::{self, Asset};
use super::{fetch, mirror};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::net::{Client, Limits};
use crate::zig::find::Search;
use std::collections::HashMap;

/// Nothing but that this is what came first.
pub const FIRST_USE: &str = "first use";

/// The sha256 that GitHub has recorded for the file is the one of what came.
pub const GITHUB: &str = "github digest";

/// Asks for each release once.
#[derive(Default)]
pub struct Provenance {
    releases: HashMap<String, Option<String>>,
}

impl Provenance {
    /// What speaks for the bytes of an archive that came; a failure when GitHub has recorded others.
    pub fn of(&mut self, search: &Search, artifact: &Artifact, pin: &Pin) -> Result<&'static str, Failure> {
        let url = &artifact.url;
        let Some(asset) = Asset::at(url) else { return Ok(FIRST_USE) };
        let address = asset.release();
        let release =
            self.releases.entry(address).or_insert_with_key(|address| release(search, artifact, address));
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
fn release(search: &Search, artifact: &Artifact, address: &str) -> Option<String> {
    let variable = search.env.text("CGOZIG_MIRROR");
    let places = |url: &str| mirror::addresses(url, variable.as_deref(), &search.settings.mirror);
    let addresses = places(address);
    let is_mirrored = |url: &str, addresses: &[String]| addresses != [url];
    let is_file_mirrored = is_mirrored(&artifact.url, &places(&artifact.url));
    if search.settings.offline(search.env).is_some()
        || (is_file_mirrored && !is_mirrored(address, &addresses))
    {
        return None;
    }
    // A mirror is asked without a token.
    let token = if is_mirrored(address, &addresses) { None } else { fetch::token(search, artifact).ok()? };
    let limits = Limits { tries: 1, ..Limits::default().with_timeout_of(search.env) };
    let client = Client::new(search.env, limits).ok()?;
    let text = |url: &String| client.text(&github::description(url, token.as_ref()));
    addresses.iter().find_map(|url| text(url).inspect_err(|fault| log::info!("{address}: {fault}")).ok())
}
