//! The one place that makes connections: over https, with limits on time, size, speed and redirects.
//!
//! ```text
//!  policy        which addresses, which statuses, which pauses       pure
//!  retry_after   a header's date in seconds                          pure
//!  proxy         which proxy, by the environment                     pure
//!  token         a secret for one host                             pure
//!  fault         what went wrong, as one clause                      pure
//!  mod           the connections
//! ```
//!
//! A token goes with the first request to the address that was asked for, and never along with a redirect. There are no
//! cookies.

pub mod fault;
pub mod policy;
pub mod proxy;
pub mod retry_after;
pub mod token;

use crate::digest::hex;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::env::Env;
use fault::Fault;
use policy::Kind;
use proxy::Proxies;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};
use token::Token;
use ureq::http::{Response, Uri, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

/// Limits of a transfer. The default is what users get; tests have shorter ones.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for a connection: name, proxy and TLS together.
    pub connect: Duration,
    /// Time without a byte, and the time over which `slowest` is measured.
    pub read: Duration,
    /// How often a request is made.
    pub tries: u32,
    /// Least pause between two tries; later ones are longer, up to twenty times.
    pub backoff: Duration,
    /// Longest pause that a server may ask for.
    pub retry_after_cap: Duration,
    /// Bytes per second, below which a transfer is given up.
    pub slowest: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            tries: 3,
            backoff: Duration::from_millis(500),
            retry_after_cap: Duration::from_mins(1),
            slowest: 1024,
        }
    }
}

impl Limits {
    /// These, with the user's own time for a server that is silent.
    pub fn with_timeout_of(mut self, env: &Env) -> Limits {
        if let Some(seconds) = env.text("CGOZIG_TIMEOUT").and_then(|text| text.parse().ok()) {
            self.connect = Duration::from_secs(seconds);
            self.read = Duration::from_secs(seconds);
        }
        self
    }
}

/// What to bring.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Where it is.
    pub url: &'a str,
    /// The most bytes that are taken.
    pub limit: u64,
    /// The exact length, when it is known.
    pub size: Option<u64>,
    /// For the host of `url` alone.
    pub token: Option<&'a Token>,
    /// The form that the host of `url` is asked for; any without.
    pub accept: Option<&'a str>,
}

impl Wanted<'_> {
    /// The most bytes that can be right.
    fn most(&self) -> u64 {
        self.size.map_or(self.limit, |size| size.min(self.limit))
    }

    /// Whether an announced length can be right.
    fn admits(&self, announced: u64) -> Result<(), Fault> {
        match self.size {
            Some(size) if size != announced => Err(Fault::Announced(announced, size)),
            _ if announced > self.limit => Err(Fault::Long(self.limit)),
            _ => Ok(()),
        }
    }
}

/// Takes each piece, with the bytes so far and the bytes in all.
type Sink<'a> = dyn FnMut(&[u8], u64, Option<u64>) -> Result<(), Fault> + 'a;

/// Makes requests.
#[derive(Debug)]
pub struct Client {
    limits: Limits,
    proxies: Proxies,
    roots: RootCerts,
}

impl Client {
    /// A client with the environment's proxies and certificates.
    pub fn new(env: &Env, limits: Limits) -> Result<Client, Failure> {
        let roots = env.path("SSL_CERT_FILE").map(|path| certificates(&path)).transpose()?;
        let proxies = Proxies::of(env)?;
        Ok(Client { limits, proxies, roots: roots.unwrap_or(RootCerts::PlatformVerifier) })
    }

    /// The same client, which makes a request so often.
    pub fn with_tries(&self, tries: u32) -> Client {
        let limits = Limits { tries, ..self.limits };
        Client { limits, proxies: self.proxies.clone(), roots: self.roots.clone() }
    }

    /// Brings a file: writes it into `file` from its start, emptied before each try, and returns the sha256 of
    /// what came. `progress` gets the bytes so far and, when it is known, their number in all.
    pub fn to_file(
        &self,
        wanted: &Wanted,
        file: &mut File,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<String, Fault> {
        let failed = |error: std::io::Error| Fault::File(error.to_string());
        self.tries(|| {
            file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
            let mut hash = Sha256::new();
            self.transfer(wanted, &mut |piece, so_far, all| {
                file.write_all(piece).map_err(failed)?;
                hash.update(piece);
                progress(so_far, all);
                Ok(())
            })?;
            Ok(hex(hash))
        })
    }

    /// Brings a small text: a list of mirrors, a signature.
    pub fn text(&self, wanted: &Wanted) -> Result<String, Fault> {
        self.tries(|| {
            let mut bytes = Vec::new();
            self.transfer(wanted, &mut |piece, _, _| {
                bytes.extend_from_slice(piece);
                Ok(())
            })?;
            String::from_utf8(bytes).map_err(|_| Fault::NotText)
        })
    }

    /// Does `once` until it succeeds, fails for good, or was tried often enough.
    fn tries<T>(&self, mut once: impl FnMut() -> Result<T, Fault>) -> Result<T, Fault> {
        let mut retry = 0;
        loop {
            let fault = match once() {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            let asked = match &fault {
                Fault::Status(_, wait) => Duration::from_secs(wait.unwrap_or(0)),
                _ => Duration::ZERO,
            };
            if !fault.may_pass() || retry + 1 >= self.limits.tries || asked > self.limits.retry_after_cap {
                return Err(fault);
            }
            log::info!("trying again: {fault}");
            thread::sleep(asked.max(self.pause(retry)));
            retry += 1;
        }
    }

    fn pause(&self, retry: u32) -> Duration {
        let base = u64::try_from(self.limits.backoff.as_millis()).unwrap_or(u64::MAX);
        let random = RandomState::new().build_hasher().finish();
        Duration::from_millis(policy::pause(retry, base, random))
    }

    /// One try.
    fn transfer(&self, wanted: &Wanted, sink: &mut Sink) -> Result<(), Fault> {
        let answer = self.open(wanted)?;
        let headers = answer.headers();
        let is_plain = |value: &header::HeaderValue, plain: &str| {
            value.to_str().is_ok_and(|value| value.trim().eq_ignore_ascii_case(plain))
        };
        let packed = headers.get_all(header::CONTENT_ENCODING).iter().any(|it| !is_plain(it, "identity"))
            || headers.get_all(header::TRANSFER_ENCODING).iter().any(|it| !is_plain(it, "chunked"));
        if packed {
            return Err(Fault::Encoded);
        }
        let announced = announced(&answer);
        announced.map_or(Ok(()), |length| wanted.admits(length))?;
        self.pour(answer.into_body(), wanted, announced.or(wanted.size), sink)
    }

    /// Takes the body, as long as it comes fast enough and is not too long.
    fn pour(&self, body: Body, wanted: &Wanted, all: Option<u64>, sink: &mut Sink) -> Result<(), Fault> {
        let most = wanted.most();
        let mut body = body.into_reader().take(most.saturating_add(1));
        let mut buffer = vec![0; 64 * 1024];
        let mut pace = Pace::start();
        let mut got = 0;
        loop {
            let count = match body.read(&mut buffer) {
                Ok(count) => count,
                Err(error) => return Err(self.cut(error.into(), got, all)),
            };
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            got += piece.len() as u64;
            if got > most {
                return Err(Fault::Long(most));
            }
            sink(piece, got, all)?;
            pace.check(got, &self.limits)?;
        }
        match wanted.size {
            Some(size) if got != size => Err(Fault::Short(got, size)),
            _ => Ok(()),
        }
    }

    /// The fault of a body that broke off after `got` bytes.
    fn cut(&self, error: ureq::Error, got: u64, all: Option<u64>) -> Fault {
        match (self.fault(error), all) {
            (Fault::Cut, Some(all)) => Fault::Short(got, all),
            (fault, _) => fault,
        }
    }

    fn fault(&self, error: ureq::Error) -> Fault {
        Fault::of(error, self.limits.connect, self.limits.read)
    }

    /// Asks, and follows redirects, up to the answer that has a body for us.
    fn open(&self, wanted: &Wanted) -> Result<Response<Body>, Fault> {
        let mut uri = policy::address(wanted.url).map_err(Fault::Refused)?;
        policy::allowed(None, &uri).map_err(Fault::Refused)?;
        let (mut token, mut accept) = (wanted.token, wanted.accept);
        for _ in 0..=policy::REDIRECTS {
            let mut request = self.agent(&uri, wanted).get(&uri);
            if let Some(token) = token.take() {
                request = request.header(header::AUTHORIZATION, token.header());
            }
            if let Some(accept) = accept.take() {
                request = request.header(header::ACCEPT, accept);
            }
            let answer = request.call().map_err(|error| self.fault(error))?;
            let status = answer.status().as_u16();
            match policy::kind(status) {
                Kind::Body => return Ok(answer),
                Kind::Later | Kind::No => return Err(Fault::Status(status, wait(&answer))),
                Kind::Redirect => {
                    let to = text(&answer, header::LOCATION).ok_or(Fault::Status(status, None))?;
                    let to = policy::resolve(&uri, to).map_err(Fault::Redirect)?;
                    policy::allowed(Some(&uri), &to).map_err(Fault::Redirect)?;
                    uri = to;
                }
            }
        }
        Err(Fault::Redirects)
    }

    /// What makes one request. Each has its own connection: proxies differ by address, and a used connection
    /// can end under a new request.
    fn agent(&self, uri: &Uri, wanted: &Wanted) -> Agent {
        let Limits { connect, read, slowest, .. } = self.limits;
        // The pace of a body is looked at between its pieces; this also ends one that never has a next piece.
        let whole = read.saturating_add(Duration::from_secs(wanted.most() / slowest.max(1)));
        let tls = TlsConfig::builder().root_certs(self.roots.clone()).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(self.proxies.to(uri))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("cgozig/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .max_idle_connections(0)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_send_request(Some(read))
            .timeout_recv_response(Some(read))
            .timeout_recv_body(Some(whole))
            .timeout_per_read(Some(read))
            .timeout_per_write(Some(read));
        config.build().new_agent()
    }
}

/// The speed of a transfer, measured over one window after the other.
struct Pace {
    since: Instant,
    before: u64,
}

impl Pace {
    fn start() -> Pace {
        Pace { since: Instant::now(), before: 0 }
    }

    fn check(&mut self, got: u64, limits: &Limits) -> Result<(), Fault> {
        let passed = self.since.elapsed();
        if passed < limits.read {
            return Ok(());
        }
        let least = u128::from(limits.slowest) * passed.as_millis() / 1000;
        if u128::from(got - self.before) < least {
            return Err(Fault::Slow(limits.slowest));
        }
        *self = Pace { since: Instant::now(), before: got };
        Ok(())
    }
}

/// A header as text.
fn text(answer: &Response<Body>, name: header::HeaderName) -> Option<&str> {
    answer.headers().get(name)?.to_str().ok()
}

/// The length that the server announces; a body in chunks has none, whatever else the head says.
fn announced(answer: &Response<Body>) -> Option<u64> {
    let is_whole = !answer.headers().contains_key(header::TRANSFER_ENCODING);
    text(answer, header::CONTENT_LENGTH).filter(|_| is_whole)?.trim().parse().ok()
}

/// The seconds that the server asks us to wait.
fn wait(answer: &Response<Body>) -> Option<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    retry_after::seconds(text(answer, header::RETRY_AFTER)?, now.as_secs())
}

/// The certificates of a PEM file.
fn certificates(path: &Path) -> Result<RootCerts, Failure> {
    let no = |why: String| {
        let what = format!("use SSL_CERT_FILE=`{}`: {why}", path.display());
        Failure::new(OwnExit::Request, what, "set SSL_CERT_FILE to a PEM file of certificates, or unset it")
    };
    let pem = fs::read(path).map_err(|error| no(error.to_string()))?;
    let items: Result<Vec<PemItem>, _> = parse_pem(&pem).collect();
    let certificate = |item| if let PemItem::Certificate(it) = item { Some(it) } else { None };
    let found: Vec<_> =
        items.map_err(|_| no("it is no PEM file".into()))?.into_iter().filter_map(certificate).collect();
    if found.is_empty() {
        return Err(no("it has no certificates".into()));
    }
    Ok(RootCerts::from(found))
}
