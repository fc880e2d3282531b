//! What can go wrong with a transfer, as one clause, and whether another try may help.

use super::policy::{self, Kind, Refusal};
use core::fmt;
use core::time::Duration;
use std::io::{self, ErrorKind};
use ureq::{Error, Timeout};

/// Why nothing was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The address is not one that we go to.
    Refused(Refusal),
    /// A redirect leads to an address that we do not go to.
    Redirect(Refusal),
    /// More redirects than [`policy::REDIRECTS`].
    Redirects,
    /// No connection: the name has no address, or nobody listens there.
    Connect(String),
    /// No connection within this time.
    NoConnection(Duration),
    /// The server's certificate, or its TLS, is not to be trusted.
    Tls(String),
    /// This machine has no certificates to check a server's with.
    NoCertificates,
    /// Nothing came for this time.
    Silent(Duration),
    /// Less than this many bytes per second came.
    Slow(u64),
    /// The connection ended before the answer did.
    Cut,
    /// An answer that is no body, and the seconds that the server asks us to wait.
    Status(u16, Option<u64>),
    /// The server announces another length than the one that is known: its length, and ours.
    Announced(u64, u64),
    /// Fewer bytes came than should: how many, of how many.
    Short(u64, u64),
    /// More bytes than this.
    Long(u64),
    /// The answer is packed, which we did not ask for.
    Encoded,
    /// The answer is not HTTP as we know it.
    Broken(&'static str),
    /// A text that is not UTF-8.
    NotText,
    /// The file could not be written.
    File(String),
}

/// Whom a fault is about, for those who have another host to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// This machine: no other host will do better.
    ThisMachine,
    /// The way to the host: there was no connection to speak over.
    Host,
    /// What the host answered.
    Answer,
}

impl Fault {
    /// Whom it is about.
    pub fn about(&self) -> About {
        match self {
            Fault::File(_) | Fault::NoCertificates => About::ThisMachine,
            Fault::Connect(_) | Fault::NoConnection(_) | Fault::Tls(_) => About::Host,
            _ => About::Answer,
        }
    }

    /// Whether the same request may do better in a while.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Fault::Status(status, _) => policy::kind(*status) == Kind::Later,
            Fault::NoConnection(_) | Fault::Silent(_) | Fault::Slow(_) => true,
            Fault::Cut | Fault::Short(..) => true,
            _ => false,
        }
    }

    /// The fault behind an error of the HTTP library; `connect` and `read` are the limits that were set.
    pub(super) fn of(error: Error, connect: Duration, read: Duration) -> Fault {
        match error {
            Error::Io(error) => Fault::of_io(&error, read),
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => Fault::NoConnection(connect),
            Error::Timeout(_) => Fault::Silent(read),
            Error::HostNotFound => Fault::Connect("the host's name has no address".into()),
            Error::ConnectProxyFailed(why) => {
                // The library writes a status twice, as `407/407`.
                Fault::Connect(why.split('/').next().unwrap_or_default().into())
            }
            Error::Rustls(error) if error.to_string().contains("No CA certificates") => Fault::NoCertificates,
            Error::Rustls(error) => Fault::Tls(error.to_string()),
            Error::Tls(why) => Fault::Tls(why.into()),
            Error::TlsRequired => Fault::Tls("no TLS".into()),
            Error::ConnectionFailed => Fault::Connect("no connection".into()),
            Error::LargeResponseHeader(..) => Fault::Broken("its header is too long"),
            // What else there is may quote a header, and a header may hold a secret.
            _ => Fault::Broken("it breaks the rules"),
        }
    }

    fn of_io(error: &io::Error, read: Duration) -> Fault {
        match error.kind() {
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof => Fault::Cut,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Fault::Silent(read),
            // The TLS library reports what it does not accept as data.
            ErrorKind::InvalidData => Fault::Tls(error.to_string()),
            _ => Fault::Connect(error.to_string()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Refused(why) => write!(out, "the address {why}"),
            Fault::Redirect(why) => write!(out, "the server redirects to an address that {why}"),
            Fault::Redirects => write!(out, "more than {} redirects", policy::REDIRECTS),
            Fault::Connect(why) => write!(out, "no connection: {why}"),
            Fault::NoConnection(limit) => write!(out, "no connection within {}", Time(*limit)),
            Fault::Tls(why) => write!(out, "no secure connection: {why}"),
            Fault::NoCertificates => out.write_str(
                "this machine has no certificates to check a server with; SSL_CERT_FILE can name a file of them",
            ),
            Fault::Silent(limit) => write!(out, "no byte for {}", Time(*limit)),
            Fault::Slow(least) => write!(out, "fewer than {least} bytes per second"),
            Fault::Cut => out.write_str("the connection ended early"),
            Fault::Status(status, None) => write!(out, "the server answered {status}"),
            Fault::Status(status, Some(wait)) => {
                write!(out, "the server answered {status} and asks to wait {wait} s")
            }
            Fault::Announced(got, want) => write!(out, "the server announces {got} bytes instead of {want}"),
            Fault::Short(got, want) => write!(out, "{got} bytes instead of {want}"),
            Fault::Long(most) => write!(out, "more than {most} bytes"),
            Fault::Encoded => out.write_str("the server packs what it sends, which was not asked for"),
            Fault::Broken(why) => write!(out, "the answer is not HTTP: {why}"),
            Fault::NotText => out.write_str("the answer is no text"),
            Fault::File(why) => write!(out, "the file could not be written: {why}"),
        }
    }
}

impl std::error::Error for Fault {}

/// A time in seconds, without `.0`.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} s", self.0.as_secs_f64())
    }
}
