//! A server that misbehaves as told, on this machine, over http or https; it remembers what it was asked.
//!
//! ```ignore
//! let server = Server::start(in_turn(vec![status(503, &[]), body(b"hello")]));
//! client.text(&Wanted { url: &server.url("/x"), limit: 5, ..Wanted::default() });
//! assert_eq!(server.paths(), ["/x", "/x"]);
//!
//! let server = Server::start(|request: &Request, connection: &mut Connection| match request.path.as_str() {
//!     "/good" => connection.answer(200, &[], b"hello"),
//!     "/slow" => connection.drip(b"HTTP/1.1 200 OK\r\n\r\n", Duration::from_millis(50)),
//!     _ => connection.answer(404, &[], b""),
//! });
//! ```

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, or `CONNECT` to a proxy.
    pub method: String,
    /// The path with its query; `host:port` of a CONNECT.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// How many requests came to this server before.
    pub nth: usize,
}

impl Request {
    /// The value of the first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn parse(head: &str, nth: usize) -> Option<Request> {
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ').map(String::from);
        let (method, path) = (words.next()?, words.next()?);
        let header = |line: &str| {
            line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()))
        };
        Some(Request { method, path, headers: lines.filter_map(header).collect(), nth })
    }
}

/// What a server does with each request.
pub type Behaviour = Box<dyn Fn(&Request, &mut Connection) + Send + Sync>;

/// A running server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    ended: AtomicBool,
}

impl Server {
    /// A server over plain http.
    pub fn start(behaviour: impl Fn(&Request, &mut Connection) + Send + Sync + 'static) -> Server {
        Server::run(None, Box::new(behaviour))
    }

    /// A server over https with a certificate for `localhost`, `127.0.0.1` and `files.example`, issued by
    /// [`authority`].
    pub fn start_tls(behaviour: impl Fn(&Request, &mut Connection) + Send + Sync + 'static) -> Server {
        Server::run(Some("server.pem"), Box::new(behaviour))
    }

    /// The same with another certificate: see `certificates/make`.
    pub fn start_as(certificate: &str, behaviour: Behaviour) -> Server {
        Server::run(Some(certificate), behaviour)
    }

    /// Accepts connections and never says a word; `https` is what its addresses begin with.
    pub fn silent(scheme: &'static str) -> Server {
        let mut server = Server::run(None, Box::new(|_, connection| connection.stall()));
        server.scheme = scheme;
        server
    }

    fn run(certificate: Option<&str>, behaviour: Behaviour) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let tls = certificate.map(tls);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (shared, behaviour) = (Arc::clone(&state), Arc::new(behaviour));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.ended.load(Ordering::SeqCst) {
                    break;
                }
                let (shared, behaviour, tls) = (Arc::clone(&shared), Arc::clone(&behaviour), tls.clone());
                thread::spawn(move || serve(stream, tls, &shared, &behaviour));
            }
        });
        Server { address, scheme, state }
    }

    /// The address of `path` here.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was asked until now.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// The paths that were asked for until now.
    pub fn paths(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.path).collect()
    }

    /// How often somebody connected, with or without a request.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, tls: Option<Arc<ServerConfig>>, state: &State, behaviour: &Behaviour) {
    state.connections.fetch_add(1, Ordering::SeqCst);
    // A lost client must not keep a thread for ever.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let stream = match tls {
        None => Stream::Plain(stream),
        Some(config) => {
            let connection = ServerConnection::new(config).unwrap();
            Stream::Tls(Box::new(StreamOwned::new(connection, stream)))
        }
    };
    let mut connection = Connection { stream, has_unread: false };
    let Some(head) = connection.read_head() else { return };
    let request = {
        let mut requests = state.requests.lock().unwrap();
        let Some(request) = Request::parse(&head, requests.len()) else { return };
        requests.push(request.clone());
        request
    };
    behaviour(&request, &mut connection);
    connection.end();
}

/// The connection on which one request came. It is closed properly after the behaviour, unless it was reset.
pub struct Connection {
    stream: Stream,
    has_unread: bool,
}

enum Stream {
    Gone,
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Connection {
    /// A correct answer.
    pub fn answer(&mut self, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let length = body.len().to_string();
        self.head(status, &[headers, &[("Content-Length", length.as_str())]].concat());
        self.send(body);
    }

    /// The head of an answer with these headers only.
    pub fn head(&mut self, status: u16, headers: &[(&str, &str)]) {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.send(format!("HTTP/1.1 {status} Said\r\n{lines}\r\n").as_bytes());
    }

    /// Bytes as they are; false when the client has gone.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        let written = self.writer().and_then(|writer| {
            writer.write_all(bytes)?;
            writer.flush()
        });
        written.is_ok()
    }

    /// A chunk of a chunked body; an empty one ends it.
    pub fn chunk(&mut self, bytes: &[u8]) -> bool {
        self.send(&[format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())
    }

    /// One byte after the other, with a pause before each, over and over until the client has gone.
    pub fn drip(&mut self, bytes: &[u8], pause: Duration) {
        for byte in bytes.iter().cycle() {
            thread::sleep(pause);
            if !self.send(&[*byte]) {
                break;
            }
        }
    }

    /// Says nothing more until the client has gone.
    pub fn stall(&mut self) {
        let mut rest = [0; 1024];
        while self.read(&mut rest).is_ok_and(|count| count > 0) {}
    }

    /// Ends the connection with RST: that is what closing does while something is unread.
    pub fn reset(&mut self) {
        assert!(self.has_unread && matches!(self.stream, Stream::Plain(_)), "something is unread");
        self.stream = Stream::Gone;
    }

    /// Passes everything on to `to` and back, as a proxy does after CONNECT.
    pub fn tunnel(&mut self, to: SocketAddr) {
        self.take_unread();
        self.head(200, &[]);
        let Stream::Plain(near) = &self.stream else { panic!("a proxy speaks plain http") };
        let far = TcpStream::connect(to).unwrap();
        let (mut from, mut into) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        let there = thread::spawn(move || {
            let _ = io::copy(&mut from, &mut into);
            let _ = into.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut &far, &mut &*near);
        let _ = near.shutdown(Shutdown::Write);
        let _ = there.join();
    }

    fn writer(&mut self) -> io::Result<&mut dyn Write> {
        Ok(match &mut self.stream {
            Stream::Gone => return Err(io::ErrorKind::NotConnected.into()),
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream,
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.stream {
                Stream::Gone => Ok(0),
                Stream::Plain(stream) => stream.read(buffer),
                Stream::Tls(stream) => stream.read(buffer),
            };
            // The kernel does not resume a read with a timeout after a signal, and any thread may get the SIGCHLD of a
            // child that ends while the thread that started it starts another.
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Reads up to the last byte of the head, which stays unread for [`Connection::reset`].
    fn read_head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r") {
            if self.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        self.has_unread = true;
        String::from_utf8(head).ok()
    }

    fn take_unread(&mut self) {
        if std::mem::take(&mut self.has_unread) {
            let _ = self.read(&mut [0]);
        }
    }

    fn end(&mut self) {
        self.take_unread();
        let _ = match &mut self.stream {
            Stream::Gone => Ok(()),
            Stream::Plain(stream) => stream.shutdown(Shutdown::Write),
            Stream::Tls(stream) => {
                stream.conn.send_close_notify();
                stream.flush().and_then(|()| stream.sock.shutdown(Shutdown::Write))
            }
        };
    }
}

/// The certificate of the authority that issued the servers' certificates.
pub fn authority() -> PathBuf {
    certificates().join("authority.pem")
}

fn certificates() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "support", "certificates"].iter().collect()
}

fn tls(certificate: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(certificates().join(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificates().join("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.unwrap().with_no_client_auth();
    Arc::new(builder.with_single_cert(chain.map(Result::unwrap).collect(), key).unwrap())
}

/// A body, correctly.
pub fn body(bytes: &[u8]) -> Behaviour {
    let bytes = bytes.to_vec();
    Box::new(move |_, connection| connection.answer(200, &[], &bytes))
}

/// A status with headers and an empty body.
pub fn status(status: u16, headers: &[(&str, &str)]) -> Behaviour {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Box::new(move |_, connection| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        connection.answer(status, &headers, b"");
    })
}

/// A redirect.
pub fn redirect(to: &str) -> Behaviour {
    status(302, &[("Location", to)])
}

/// A body that is announced as `length` bytes long.
pub fn lie(length: u64, bytes: &[u8]) -> Behaviour {
    raw(&[("Content-Length", &length.to_string())], bytes)
}

/// Status 200 with these headers only and these bytes as they are.
pub fn raw(headers: &[(&str, &str)], bytes: &[u8]) -> Behaviour {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let answer = [format!("HTTP/1.1 200 OK\r\n{lines}\r\n").as_bytes(), bytes].concat();
    Box::new(move |_, connection| {
        connection.send(&answer);
    })
}

/// The first `count` bytes of a body, then nothing, with the connection open.
pub fn stall_at(count: usize, bytes: &[u8]) -> Behaviour {
    begun(count, bytes, Connection::stall)
}

/// The first `count` bytes of a body, then RST.
pub fn reset_at(count: usize, bytes: &[u8]) -> Behaviour {
    begun(count, bytes, Connection::reset)
}

fn begun(count: usize, bytes: &[u8], then: fn(&mut Connection)) -> Behaviour {
    let begin = lie(bytes.len() as u64, &bytes[..count]);
    Box::new(move |request, connection| {
        begin(request, connection);
        then(connection);
    })
}

/// RST instead of an answer.
pub fn reset() -> Behaviour {
    Box::new(|_, connection| connection.reset())
}

/// The first behaviour for the first request, and so on; the last one for all that follow.
pub fn in_turn(all: Vec<Behaviour>) -> Behaviour {
    Box::new(move |request, connection| all[request.nth.min(all.len() - 1)](request, connection))
}

/// A proxy that leads every CONNECT to `to`, whatever host it asks for.
pub fn proxy_to(to: SocketAddr) -> Behaviour {
    Box::new(move |request, connection| match request.method.as_str() {
        "CONNECT" => connection.tunnel(to),
        _ => connection.answer(500, &[], b"a proxy of https gets CONNECT only"),
    })
}
