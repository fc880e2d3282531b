//! A pack from the network: by an address and a hash that the user gives, or by the user's index before a first link.
//!
//! An index never makes a build fail: whatever is wrong with it is logged, and zig builds libc as it does without one.

use super::index::{self, Index, Pinned};
use super::take::{self, Pack, Refused};
use crate::digest::{sha256, sha256_of};
use crate::direct::runtime::CHECKED;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::native::mirror;
use crate::net::{Client, Limits, Wanted, policy};
use crate::store::Store;
use crate::store::lock::Patience;
use crate::store::target::TargetCache;
use crate::target::Target;
use crate::zig::find::{Search, Zig};
use crate::zig::install::patience;
use crate::{voice, warm};
use std::fs::{self, File};
use std::io::Seek;
use std::path::Path;
use std::time::Duration;

/// How long a build is kept from building libc itself by a server that says nothing: each of two tries.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    read: Duration::from_secs(10),
    tries: 2,
    backoff: Duration::from_millis(500),
    retry_after_cap: Duration::from_secs(5),
    slowest: 16 << 10,
};

/// Why no pack came.
#[derive(Debug)]
struct Missed {
    why: String,
    /// Whether other bytes came than those that are pinned.
    is_other: bool,
}

impl From<String> for Missed {
    fn from(why: String) -> Missed {
        Missed { why, is_other: false }
    }
}

impl From<Failure> for Missed {
    fn from(failure: Failure) -> Missed {
        failure.what.into()
    }
}

/// The pack of the target by the user's index, before the first link in a cache that has no runtime. Whoever calls holds the
/// target's lock. Says what came.
pub fn before_first_link(
    search: &Search,
    store: &Store,
    (zig, target): (&Zig, Target),
    cache: &TargetCache,
) -> Option<String> {
    let index = search.settings.pack_index(search.env).unwrap_or_else(|failure| {
        log::warn!("no runtime pack: could not {}", failure.what);
        None
    })?;
    let mark = cache.asked(&index.sha256);
    if mark.exists() || has_runtime(cache) {
        return None;
    }
    if let Some(setting) = search.settings.offline(search.env) {
        log::info!("no runtime pack for {target}: {setting} forbids the network");
        return None;
    }
    let came = by_index(search, store, (zig, target), (cache, &index));
    // Asked once: libc is being built now, and the next kind of link shall not wait for a silent server again.
    if let Err(error) = fs::write(&mark, b"") {
        log::info!("no mark at `{}`: {error}", mark.display());
    }
    match came {
        Ok(None) => log::info!("the index has no runtime pack for {} with zig {}", target.triple(), zig.said),
        Ok(Some(came)) => {
            log::info!("{came}");
            return Some(came);
        }
        Err(missed) => {
            log::warn!("no runtime pack for {target}: {}", missed.why);
            if missed.is_other {
                voice::note(&format!("the runtime pack of {target} is refused: {}", missed.why));
            }
        }
    }
    None
}

/// The same ahead of builds: takes the target's lock. Says what came.
pub fn ahead(search: &Search, zig: &Zig, target: Target) -> Result<Option<String>, Failure> {
    if search.settings.pack_index(search.env)?.is_none() {
        return Ok(None);
    }
    let (store, triple) = (&search.store, target.triple());
    let waiting = |holder: &str| search.telling.waiting(&format!("{holder} builds the libc of {target}"));
    let limit = patience(search.env);
    let _lock = store.lock(&warm::lock_name(zig.version, target), &Patience { limit, waiting: &waiting })?;
    let (cache, _) = store.target_cache(zig.version, triple.as_str())?;
    Ok(before_first_link(search, store, (zig, target), &cache))
}

/// Whether there is a runtime whose files were all found whole: what was placed halfway is placed again.
fn has_runtime(cache: &TargetCache) -> bool {
    cache.runtime().join(CHECKED).exists()
}

/// Fetches and places the pack that the index names, when it names one.
fn by_index(
    search: &Search,
    store: &Store,
    (zig, target): (&Zig, Target),
    (cache, pinned): (&TargetCache, &Pinned),
) -> Result<Option<String>, Missed> {
    let client = Client::new(search.env, LIMITS.with_timeout_of(search.env))?;
    let list = list(search, store, &client, pinned)?;
    let triple = target.triple();
    let Some(listed) = list.find(&zig.said, triple.as_str()) else { return Ok(None) };
    let base = policy::address(&pinned.url).map_err(|why| format!("the address of the index {why}"))?;
    let url = policy::resolve(&base, &listed.url).map_err(|why| format!("`{}` {why}", listed.url))?;
    let url = url.to_string();
    let work = store.workplace("pack-download")?;
    let (file, from) = bring(search, &client, (&url, &listed.pin()), work.path())?;
    let pack = take::open(store, &file).map_err(|refused| match refused {
        Refused::Pack(why) => format!("{from}: {why}"),
        Refused::Store(failure) => failure.what,
    })?;
    is_for(&pack, &zig.said, triple.as_str())?;
    pack.place(store, cache)?;
    Ok(Some(format!("the runtime of {target} came from {from}, {} bytes", listed.size)))
}

/// Whether a pack is for that zig and target.
pub fn is_for(pack: &Pack, zig: &str, triple: &str) -> Result<(), String> {
    let head = &pack.head;
    if (head.zig.as_str(), head.triple.as_str()) == (zig, triple) {
        return Ok(());
    }
    Err(format!("it is for {} with zig {}, and not for {triple} with zig {zig}", head.triple, head.zig))
}

/// The index: the one that was kept, else from the network.
fn list(search: &Search, store: &Store, client: &Client, pinned: &Pinned) -> Result<Index, Missed> {
    let place = store.pack_index(&pinned.sha256);
    let is_it = |text: &String| sha256_of(text.as_bytes()) == pinned.sha256;
    if let Some(text) = fs::read_to_string(&place).ok().filter(is_it) {
        return Ok(Index::parse(&text)?);
    }
    let text = each(search, &pinned.url, &mut |url| {
        let text = client.text(&Wanted { url, limit: index::LARGEST, ..Wanted::default() });
        let text = text.map_err(|fault| Missed::from(fault.to_string()))?;
        if is_it(&text) { Ok(text) } else { Err(other(&sha256_of(text.as_bytes()), &pinned.sha256)) }
    })?;
    let index = Index::parse(&text.0)?;
    // Where it cannot be kept, it is fetched again.
    let _ = store.write(&place, text.0.as_bytes());
    Ok(index)
}

fn other(seen: &str, pinned: &str) -> Missed {
    Missed { why: format!("its sha256 is {seen}, not {pinned}"), is_other: true }
}

/// Asks the addresses for `url`, as mirrors have it, one after another. Gives back what came and from where.
fn each<T>(
    search: &Search,
    url: &str,
    ask: &mut dyn FnMut(&str) -> Result<T, Missed>,
) -> Result<(T, String), Missed> {
    let variable = search.env.text("CGOZIG_MIRROR");
    let (mut said, mut is_other) = (Vec::new(), false);
    for address in mirror::addresses(url, variable.as_deref(), &search.settings.mirror) {
        let shown = policy::shown(&address);
        match ask(&address) {
            Ok(came) => return Ok((came, shown)),
            Err(missed) => {
                is_other |= missed.is_other;
                said.push(format!("{shown}: {}", missed.why));
            }
        }
    }
    Err(Missed { why: said.join("; "), is_other })
}

/// A file with the pinned bytes, in the folder `work`, and where it came from: the user's downloads, else the network.
fn bring(
    search: &Search,
    client: &Client,
    (url, pin): (&str, &Pin),
    work: &Path,
) -> Result<(File, String), Missed> {
    if pin.size > super::LARGEST {
        return Err(format!("it has {} bytes, and no pack has more than {}", pin.size, super::LARGEST).into());
    }
    let path = work.join("download");
    let mut file = File::options().read(true).write(true).create_new(true).open(&path);
    let file = file.as_mut().map_err(|error| format!("write `{}`: {error}", path.display()))?;
    // A size of 0 is one that is not known.
    let size = Some(pin.size).filter(|size| *size > 0);
    let limit = size.unwrap_or(super::LARGEST);
    let ((), from) = each(search, url, &mut |url| {
        let wanted = Wanted { url, limit, size, ..Wanted::default() };
        let came = client.to_file(&wanted, file, &mut |done, all| search.telling.bytes(done, all));
        let came = came.map_err(|fault| Missed::from(fault.to_string()))?;
        if came == pin.sha256 { Ok(()) } else { Err(other(&came, &pin.sha256)) }
    })?;
    let file = file.try_clone().map_err(|error| error.to_string())?;
    Ok((file, from))
}

/// The file at an address that the user gives with its hash: from the store's downloads, else from the network.
pub fn by_address(search: &Search, pinned: &Pinned, work: &Path) -> Result<File, Failure> {
    let no = |why: &str| {
        let hint = format!(
            "put {} (sha256 {}) at `{}`, or give the path of the file",
            pinned.url,
            pinned.sha256,
            search.store.downloads().join(&pinned.sha256).display()
        );
        Failure::new(OwnExit::Request, format!("fetch {}: {why}", policy::shown(&pinned.url)), hint)
    };
    if let Some(file) = downloaded(&search.store, &pinned.sha256) {
        return Ok(file);
    }
    if let Some(setting) = search.settings.offline(search.env) {
        return Err(no(&format!("{setting} forbids the network")));
    }
    let client = Client::new(search.env, Limits::default().with_timeout_of(search.env))?;
    let pin = Pin { sha256: pinned.sha256.clone(), size: 0 };
    let came = bring(search, &client, (&pinned.url, &pin), work);
    came.map(|(file, _)| file).map_err(|missed| no(&missed.why))
}

/// What the user put into the store's downloads under its hash.
fn downloaded(store: &Store, pin: &str) -> Option<File> {
    let mut file = File::open(store.downloads().join(pin)).ok()?;
    let seen = sha256(&mut file).ok()?;
    file.rewind().ok()?;
    (seen == pin).then_some(file)
}
