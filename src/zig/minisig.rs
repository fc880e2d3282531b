//! The signatures of zig's archives, checked as the zig project asks its tools to:
//! <https://ziglang.org/download/community-mirrors/>.
//!
//! A mirror may serve an older archive with its good signature. So the name of the file is part of what was
//! signed, in the trusted comment, and it must be the name that was asked for.

use minisign_verify::{Error, PublicKey, Signature};
use std::fmt;
use std::io::{self, Read};

/// The key of the Zig Software Foundation.
pub const ZIG_KEY: &str = "RWSGOq2NVecA2UPNdBUZykf1CCb147pkmdtYxgb3Ti+JO/wCYvhbAb/U";

/// The longest signature; zig's have 300 bytes.
const LONGEST: usize = 4096;

/// Why a signature does not hold.
#[derive(Debug)]
pub enum SignatureError {
    /// The key is none.
    Key,
    /// There is no signature.
    Empty,
    /// It is longer than a signature can be.
    TooLong,
    /// It has carriage returns, which are not part of the format.
    CarriageReturn,
    /// That line, counted from 1, is not what a signature has there.
    Line(usize),
    /// Its second or fourth line cannot be decoded.
    Encoding,
    /// Something follows the four lines.
    Trailing,
    /// It signs the file itself and not its hash, which is no longer done.
    Legacy,
    /// Another key made it.
    OtherKey,
    /// The file, the trusted comment or the signature is not what the key signed. The library does not say
    /// which.
    Altered,
    /// The trusted comment, which is genuine, does not have zig's form.
    Comment(String),
    /// It is the signature of that other file.
    OtherFile(String),
    /// The file could not be read.
    Read(io::Error),
}

/// Checks the bytes of `archive` against the text of a minisign `signature` by `key`, and that it was made
/// for a file called `name`. Reads the archive once, in small pieces.
pub fn verify(key: &str, signature: &str, name: &str, archive: &mut dyn Read) -> Result<(), SignatureError> {
    let key = PublicKey::from_base64(key).map_err(|_| SignatureError::Key)?;
    check_lines(signature)?;
    let signature = Signature::decode(signature).map_err(|_| SignatureError::Encoding)?;
    let mut verifier = key.verify_stream(&signature).map_err(|error| match error {
        Error::UnexpectedKeyId => SignatureError::OtherKey,
        _ => SignatureError::Legacy,
    })?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match archive.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => verifier.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SignatureError::Read(error)),
        }
    }
    // This checks the signature of the trusted comment too; only then the comment says something.
    verifier.finalize().map_err(|_| SignatureError::Altered)?;
    let comment = signature.trusted_comment();
    match signed_name(comment) {
        Some(signed) if signed == name => Ok(()),
        Some(signed) => Err(SignatureError::OtherFile(signed.to_string())),
        None => Err(SignatureError::Comment(comment.to_string())),
    }
}

/// Checks that a signature is four lines and nothing else. The library reads four and leaves the rest.
fn check_lines(signature: &str) -> Result<(), SignatureError> {
    if signature.is_empty() {
        return Err(SignatureError::Empty);
    }
    if signature.len() > LONGEST {
        return Err(SignatureError::TooLong);
    }
    if signature.contains('\r') {
        return Err(SignatureError::CarriageReturn);
    }
    let mut lines = signature.strip_suffix('\n').unwrap_or(signature).split('\n');
    let starts: [Option<&str>; 4] = [Some("untrusted comment: "), None, Some("trusted comment: "), None];
    for (index, start) in starts.into_iter().enumerate() {
        let fits = lines.next().is_some_and(|line| match start {
            Some(start) => line.starts_with(start),
            None => is_base64(line, if index == 1 { 74 } else { 64 }),
        });
        if !fits {
            return Err(SignatureError::Line(index + 1));
        }
    }
    if lines.next().is_some() { Err(SignatureError::Trailing) } else { Ok(()) }
}

/// Whether `line` looks like `bytes` bytes in base64; the library decodes it.
fn is_base64(line: &str, bytes: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    line.len() == bytes.div_ceil(3) * 4 && line.bytes().all(allowed)
}

/// The name in a trusted comment of the form `timestamp:DIGITS file:NAME hashed`.
fn signed_name(comment: &str) -> Option<&str> {
    let mut words = comment.split([' ', '\t']).filter(|word| !word.is_empty());
    let time = words.next()?.strip_prefix("timestamp:")?;
    let name = words.next()?.strip_prefix("file:")?;
    let is_whole = words.next() == Some("hashed") && words.next().is_none();
    let is_tight = comment.starts_with("timestamp:") && comment.ends_with("hashed");
    let is_time = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = !name.is_empty() && !name.contains(|one: char| one.is_whitespace() || one.is_control());
    (is_whole && is_tight && is_time && is_name).then_some(name)
}

impl fmt::Display for SignatureError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            SignatureError::Key => "the key is not a minisign key",
            SignatureError::Empty => "the signature is empty",
            SignatureError::TooLong => "the signature is longer than a signature can be",
            SignatureError::CarriageReturn => "the signature has carriage returns",
            SignatureError::Line(line) => {
                return write!(out, "line {line} of the signature is not that of a signature");
            }
            SignatureError::Encoding => "the signature cannot be decoded",
            SignatureError::Trailing => "something follows the signature",
            SignatureError::Legacy => "the signature is of the old kind, without a hash",
            SignatureError::OtherKey => "another key made the signature",
            SignatureError::Altered => "the file or its signature is not what was signed",
            SignatureError::Comment(comment) => {
                return write!(out, "the signature has the comment `{}`", comment.escape_debug());
            }
            SignatureError::OtherFile(file) => {
                return write!(out, "the signature is for `{}`", file.escape_debug());
            }
            SignatureError::Read(error) => return write!(out, "the file cannot be read: {error}"),
        };
        out.write_str(text)
    }
}

impl std::error::Error for SignatureError {}
