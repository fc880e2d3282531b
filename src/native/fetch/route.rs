//! The way to an archive: which addresses are asked, with whose leave, and what must come.

use crate::digest::sha256;
use crate::exit::OwnExit;
use crate::failure::{self, Failure};
use crate::native::artifact::{Artifact, Pin};
use crate::native::consent::{self, Declarer, Refusal};
use crate::native::github::{self, Asset};
use crate::native::{author, mirror};
use crate::net::fault::{About, Fault};
use crate::net::token::Token;
use crate::net::{Client, Limits, Wanted, policy};
use crate::settings;
use crate::sys::env;
use crate::zig::find::Search;
use std::fs::File;
use std::io::Seek;
use std::path::Path;

/// The largest archive.
pub const LARGEST: u64 = 1 << 30;

const CHANGED: &str = "it is not the file that was locked: ask its author whether that was replaced, before `cgozig lock --update` accepts another";

/// Where an archive may be asked for now.
pub struct Route<'a> {
    search: &'a Search<'a>,
    artifact: &'a Artifact,
    addresses: Vec<String>,
    token: Option<Token>,
    /// Where it is written, for messages.
    into: String,
}

/// Why nothing was brought.
#[derive(Debug)]
pub struct Missed {
    /// As the user is told.
    pub failure: Failure,
    /// Whether every address said that there is no such file.
    pub is_absent: bool,
}

impl From<Failure> for Missed {
    fn from(failure: Failure) -> Missed {
        Missed { failure, is_absent: false }
    }
}

impl From<Missed> for Failure {
    fn from(missed: Missed) -> Failure {
        missed.failure
    }
}

impl<'a> Route<'a> {
    /// The way for an archive that somebody declares, when the user's settings leave one. Nothing is asked yet.
    pub fn find(
        search: &'a Search,
        by: Declarer,
        artifact: &'a Artifact,
        pin: Option<&Pin>,
    ) -> Result<Route<'a>, Failure> {
        if let Some(setting) = search.settings.offline(search.env) {
            let why = format!("it is not in the store, and {setting} forbids the network");
            return Err(no(artifact, &why, by_hand(search, artifact, pin)));
        }
        if pin.is_some_and(|pin| pin.size > LARGEST) {
            let why = format!("it is larger than {LARGEST} bytes, the most that is taken");
            return Err(no(artifact, &why, "the author can publish an archive for each target"));
        }
        let variable = search.env.text("CGOZIG_MIRROR");
        let addresses = mirror::addresses(&artifact.url, variable.as_deref(), &search.settings.mirror);
        // A mirror is the user's own choice, and has no business with a token for the origin.
        let is_origin = addresses == [artifact.url.as_str()];
        let token = if is_origin { origin(search, by, artifact)? } else { None };
        let into = format!("the store `{}`", search.store.root().display());
        Ok(Route { search, artifact, addresses, token, into })
    }

    /// The same way to a folder of the user's.
    pub fn into(self, folder: &Path) -> Route<'a> {
        Route { into: format!("`{}`", folder.display()), ..self }
    }

    /// Brings the archive into `file`, from the first address that serves the right bytes; any bytes are right without a pin.
    /// Gives back what came.
    pub fn bring(&self, file: &mut File, pin: Option<&Pin>) -> Result<Pin, Missed> {
        let client = Client::new(self.search.env, Limits::default().with_timeout_of(self.search.env))?;
        let mut misses = Misses::default();
        for url in &self.addresses {
            let shown = policy::shown(url);
            self.search.telling.step(&format!("{} from {shown}", self.artifact.shown()));
            let why = match self.one(&client, url, file, pin) {
                Ok(came) if pin.is_none_or(|pin| *pin == came) => return Ok(came),
                Ok(came) => misses.other(&came, pin),
                Err(fault) => misses.fault(&fault),
            };
            // What came is not what was wanted: not a byte of it stays.
            let _ = file.set_len(0);
            log::warn!("{shown}: {why}");
            misses.said.push(format!("{shown}: {why}"));
            if let Some(why) = &misses.unwritable {
                return Err(self.unwritable(why, pin).into());
            }
            if misses.is_here {
                break;
            }
        }
        let failure = no(self.artifact, &misses.said.join("; "), self.hint(&misses, pin));
        Err(Missed { failure, is_absent: misses.is_absent() })
    }

    /// What may help after all that.
    fn hint(&self, misses: &Misses, pin: Option<&Pin>) -> String {
        match (misses.has_changed, misses.is_closed && self.token.is_some()) {
            (true, _) => CHANGED.into(),
            (false, true) => closed(self.artifact),
            (false, false) => by_hand(self.search, self.artifact, pin),
        }
    }

    /// The disk did not take it, as it will not take what another address serves.
    fn unwritable(&self, why: &str, pin: Option<&Pin>) -> Failure {
        let (shown, into) = (self.artifact.shown(), &self.into);
        let size = pin.map(|pin| format!(", {} bytes,", pin.size)).unwrap_or_default();
        Failure::new(OwnExit::Store, format!("write {shown}{size} into {into}: {why}"), failure::ROOM)
    }

    fn one(&self, client: &Client, url: &str, file: &mut File, pin: Option<&Pin>) -> Result<Pin, Fault> {
        let size = pin.map(|pin| pin.size);
        let token = self.token.as_ref();
        let own = token.and_then(|token| Some((token, Asset::at(url)?)));
        let own = own.map(|(token, asset)| address_of(client, asset, token)).transpose()?;
        let url = own.as_deref().unwrap_or(url);
        // Forges give a private file itself, and not a page about it, to who says so.
        let accept = token.map(|_| "application/octet-stream");
        let wanted = Wanted { url, limit: size.unwrap_or(LARGEST), size, token, accept };
        let sha256 = client.to_file(&wanted, file, &mut |done, all| self.search.telling.bytes(done, all))?;
        let size = file.metadata().map_err(|error| Fault::File(error.to_string()))?.len();
        Ok(Pin { sha256, size })
    }
}

/// What came instead of the archive.
#[derive(Default)]
struct Misses {
    /// A clause for each address.
    said: Vec<String>,
    /// How many of them said that there is no such file.
    absent: usize,
    /// Another file came, or was announced.
    has_changed: bool,
    /// A file that may be there for another token.
    is_closed: bool,
    /// No other address will do better.
    is_here: bool,
    /// Why the file could not be written.
    unwritable: Option<String>,
}

impl Misses {
    fn other(&mut self, came: &Pin, pin: Option<&Pin>) -> String {
        self.has_changed = true;
        format!("its sha256 is {}, not {}", came.sha256, pin.map_or("", |pin| &pin.sha256))
    }

    fn fault(&mut self, fault: &Fault) -> String {
        self.absent += usize::from(matches!(fault, Fault::Status(404 | 410, _)));
        self.has_changed |= matches!(fault, Fault::Announced(..) | Fault::Long(_));
        self.is_closed |= matches!(fault, Fault::Status(401 | 403 | 404, _));
        self.is_here |= fault.about() == About::ThisMachine;
        if let Fault::File(why) = fault {
            self.unwritable = Some(why.clone());
        }
        fault.to_string()
    }

    fn is_absent(&self) -> bool {
        !self.said.is_empty() && self.absent == self.said.len()
    }
}

/// Where GitHub serves a private file of a release.
fn address_of(client: &Client, asset: Asset, token: &Token) -> Result<String, Fault> {
    let release = client.text(&github::description(&asset.release(), Some(token)))?;
    asset.address(&release).ok_or(Fault::Status(404, None))
}

/// Fails where the user has to be asked first, with the line by which they agree. A host's port makes no difference.
fn may_ask(search: &Search, by: Declarer, artifact: &Artifact, host: &str) -> Result<(), Failure> {
    // The line is typed as it is: nothing in it may mean something to a shell.
    if consent::host(host).is_none() {
        let why = format!("`{host}` in its address is no name of a host");
        return Err(no(artifact, &why, "the module's cgozig.toml has a wrong url"));
    }
    let module = by.module;
    consent::judge(host, by, &search.settings.trust).map_err(|refusal| {
        let hint = match refusal {
            Refusal::Changed => format!("cgozig trust {module}"),
            Refusal::Stranger | Refusal::ThisMachine => format!("cgozig trust {}", consent::word(host)),
        };
        no(artifact, &format!("`{module}` wants it from {host}, {}", refusal.why()), hint)
    })
}

/// Whether the archive's own host may be asked, and with which token.
fn origin(search: &Search, by: Declarer, artifact: &Artifact) -> Result<Option<Token>, Failure> {
    let usable = policy::address(&artifact.url).and_then(|uri| policy::allowed(None, &uri).map(|()| uri));
    let uri = usable.map_err(|why| {
        no(artifact, &format!("its address {why}"), "the module's cgozig.toml has a wrong url")
    })?;
    let host = uri.host().unwrap_or_default();
    may_ask(search, by, artifact, host)?;
    token(search, artifact)
}

/// The host to which an archive's token goes.
fn token_host(artifact: &Artifact) -> String {
    if Asset::at(&artifact.url).is_some() {
        return github::API.into();
    }
    let uri = policy::address(&artifact.url).unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    match uri.port_u16() {
        Some(port) if port != 443 => format!("{host}:{port}"),
        _ => host.to_string(),
    }
}

/// The user's token for a private archive.
pub fn token(search: &Search, artifact: &Artifact) -> Result<Option<Token>, Failure> {
    if !artifact.private {
        return Ok(None);
    }
    let place = token_host(artifact);
    let named = search.settings.token.iter().find(|(own, _)| own.eq_ignore_ascii_case(&place));
    let config =
        settings::path(search.env).map_or("the configuration".into(), |path| format!("`{}`", path.display()));
    let Some((_, variable)) = named else {
        let why = format!("it is private, and there is no token for {place}");
        let hint = format!(
            "write `\"{place}\" = \"VARIABLE\"` below `[token]` in {config}, and the token into that variable"
        );
        return Err(no(artifact, &why, hint));
    };
    let token = env::secret(variable).and_then(|text| Token::parse(&text));
    token.map(Some).ok_or_else(|| {
        let why = format!("it is private, and there is no token in the variable {variable}");
        no(artifact, &why, format!("set {variable}, which `[token]` in {config} names for {place}"))
    })
}

/// The archive that the user put into the store's downloads, by its name or its hash; else what is there instead.
pub fn put_by_hand(search: &Search, artifact: &Artifact, pin: &Pin) -> Result<File, String> {
    let mut other = String::new();
    for name in [file_name(artifact), Some(pin.sha256.as_str())].into_iter().flatten() {
        let path = search.store.downloads().join(name);
        match File::open(&path) {
            Ok(file) if is_archive(&file, pin) => return Ok(file),
            Ok(_) => {
                other = format!(", and `{}` is another file than the one that is pinned", path.display());
            }
            Err(_) => {}
        }
    }
    Err(other)
}

/// Whether a file has the pinned size and hash.
pub fn is_archive(mut file: &File, pin: &Pin) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == pin.size)
        && file.rewind().and_then(|()| sha256(&mut file)).is_ok_and(|seen| seen == pin.sha256)
}

/// The last part of its url, where that can be a file's name.
pub fn file_name(artifact: &Artifact) -> Option<&str> {
    let name = author::file_name(&artifact.url);
    crate::unpack::path::judge(name).is_ok().then_some(name)
}

/// What a user without network, or with a better one elsewhere, can do.
fn by_hand(search: &Search, artifact: &Artifact, pin: Option<&Pin>) -> String {
    let url = &artifact.url;
    let Some(Pin { sha256, size }) = pin else {
        return format!("CGOZIG_MIRROR or `[mirror]` of the configuration can name another place for {url}");
    };
    let path = search.store.downloads().join(file_name(artifact).unwrap_or(sha256));
    format!(
        "put {url} (sha256 {sha256}, {size} bytes) at `{}`, or name a mirror by CGOZIG_MIRROR",
        path.display()
    )
}

/// What a token may lack; forges say of a file that it may not see what they say of one that is not there.
fn closed(artifact: &Artifact) -> String {
    format!(
        "the token for {} may not see it, or it is not there, or its repository has another name now; a token of GitHub needs the right to read the repository's contents",
        token_host(artifact)
    )
}

/// The failure to fetch an artifact.
pub fn no(artifact: &Artifact, why: &str, hint: impl Into<String>) -> Failure {
    Failure::new(OwnExit::Request, format!("fetch {}: {why}", artifact.shown()), hint)
}
