//! Signatures: a good one passes, and each bad one ends with its own error.

use cgozig::zig::minisig::{self, SignatureError, ZIG_KEY};
use minisign::{KeyPair, PublicKey};
use std::io::{self, Read};

const NAME: &str = "zig-x86_64-linux-0.15.2.tar.xz";
const DATA: &[u8] = b"the archive";

fn comment(name: &str) -> String {
    format!("timestamp:1760000000\tfile:{name}\thashed")
}

struct Signer {
    pair: KeyPair,
}

impl Signer {
    fn new() -> Signer {
        Signer { pair: KeyPair::generate_unencrypted_keypair().unwrap() }
    }

    fn key(&self) -> String {
        self.pair.pk.to_base64()
    }

    fn sign(&self, data: &[u8], trusted: &str) -> String {
        minisign::sign(None, &self.pair.sk, data, Some(trusted), Some("signature")).unwrap().to_string()
    }

    fn good(&self) -> String {
        self.sign(DATA, &comment(NAME))
    }
}

fn verify(key: &str, signature: &str, mut data: &[u8]) -> Result<(), SignatureError> {
    minisig::verify(key, signature, NAME, &mut data)
}

/// `text` with its `index`th line changed.
fn with_line(text: &str, index: usize, change: impl Fn(&str) -> String) -> String {
    let lines = text.lines().enumerate();
    lines.map(|(at, line)| if at == index { change(line) } else { line.to_string() } + "\n").collect()
}

/// A base64 line with one character in its middle changed.
fn altered(line: &str) -> String {
    let (start, end) = line.split_at(40);
    let other = if end.starts_with('A') { 'B' } else { 'A' };
    format!("{start}{other}{}", &end[1..])
}

#[test]
fn good_signatures_pass() {
    let signer = Signer::new();
    let good = signer.good();
    verify(&signer.key(), &good, DATA).unwrap();
    verify(&signer.key(), good.trim_end(), DATA).unwrap();
    verify(&signer.key(), &signer.sign(DATA, &comment(NAME).replace('\t', "  \t ")), DATA).unwrap();
    verify(&signer.key(), &signer.sign(b"", &comment(NAME)), b"").unwrap();
    let big = vec![7; 3_000_001];
    verify(&signer.key(), &signer.sign(&big, &comment(NAME)), &big).unwrap();
}

#[test]
fn what_is_no_signature_is_refused() {
    let signer = Signer::new();
    let (key, good) = (signer.key(), signer.good());
    let lines: Vec<&str> = good.lines().collect();
    let line = |text: &str| match verify(&key, text, DATA) {
        Err(SignatureError::Line(line)) => line,
        other => panic!("{other:?}"),
    };
    assert!(matches!(verify(&key, "", DATA), Err(SignatureError::Empty)));
    assert!(matches!(verify(&key, &"x".repeat(5000), DATA), Err(SignatureError::TooLong)));
    assert!(matches!(verify(&key, &good.replace('\n', "\r\n"), DATA), Err(SignatureError::CarriageReturn)));
    assert_eq!(line("<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"), 1);
    assert_eq!(line("\n\n\n\n"), 1);
    assert_eq!(line(&[lines[2], lines[3], lines[0], lines[1]].join("\n")), 1);
    assert_eq!(line(&[lines[0], lines[3], lines[2], lines[1]].join("\n")), 2);
    assert_eq!(line(&[lines[0], lines[2], lines[1], lines[3]].join("\n")), 2);
    assert_eq!(line(&[lines[0], lines[1], lines[0], lines[3]].join("\n")), 3);
    assert_eq!(line(&[lines[0], lines[1]].join("\n")), 3);
    assert_eq!(line(&[lines[0], lines[1], lines[2]].join("\n")), 4);
    assert_eq!(line(&with_line(&good, 1, |line| format!("{line}="))), 2);
    assert_eq!(line(&with_line(&good, 3, |line| line[1..].to_string())), 4);
    let padded = with_line(&good, 3, |line| line.replace("==", "=A"));
    assert!(matches!(verify(&key, &padded, DATA), Err(SignatureError::Encoding)));
    let other = with_line(&good, 1, |line| line.replacen("RU", "RA", 1));
    assert!(matches!(verify(&key, &other, DATA), Err(SignatureError::Encoding)));
    for tail in ["x", "\n", "\n\n", "\nuntrusted comment: more\n", &good] {
        let text = format!("{}\n{tail}\n", good.trim_end());
        assert!(matches!(verify(&key, &text, DATA), Err(SignatureError::Trailing)), "{tail:?}");
    }
}

#[test]
fn signatures_of_others_are_refused() {
    let (signer, other) = (Signer::new(), Signer::new());
    let (key, good) = (signer.key(), signer.good());
    // Another key's number; and another key with the right number.
    assert!(matches!(verify(&other.key(), &good, DATA), Err(SignatureError::OtherKey)));
    assert!(matches!(verify(ZIG_KEY, &good, DATA), Err(SignatureError::OtherKey)));
    let mut forged = other.pair.pk.to_bytes();
    forged[..10].copy_from_slice(&signer.pair.pk.to_bytes()[..10]);
    let forged = PublicKey::from_bytes(&forged).unwrap().to_base64();
    assert!(matches!(verify(&forged, &good, DATA), Err(SignatureError::Altered)));
    for bad in ["", "x", &ZIG_KEY[1..], "RWSG Oq2"] {
        assert!(matches!(verify(bad, &good, DATA), Err(SignatureError::Key)), "{bad:?}");
    }
    let legacy = with_line(&good, 1, |line| line.replacen("RU", "RW", 1));
    assert!(matches!(verify(&key, &legacy, DATA), Err(SignatureError::Legacy)));
}

#[test]
fn what_was_altered_is_refused() {
    let signer = Signer::new();
    let (key, good) = (signer.key(), signer.good());
    for data in [&b"the archivf"[..], b"the archive\n", b"he archive", b""] {
        assert!(matches!(verify(&key, &good, data), Err(SignatureError::Altered)));
    }
    assert!(
        matches!(verify(&key, &good, good.as_bytes()), Err(SignatureError::Altered)),
        "the signature's own"
    );
    for index in [1, 3] {
        let text = with_line(&good, index, altered);
        assert!(matches!(verify(&key, &text, DATA), Err(SignatureError::Altered)), "line {index}");
    }
    // A comment that nobody signed is not believed, whatever it says.
    let older = signer.sign(DATA, &comment("zig-x86_64-linux-0.15.1.tar.xz"));
    for text in [with_line(&older, 2, |line| line.replace("0.15.1", "0.15.2")), older.replace("hashed", "x")]
    {
        assert!(matches!(verify(&key, &text, DATA), Err(SignatureError::Altered)));
    }
    // The comment of one signature with the bytes of another.
    let lines: Vec<&str> = good.lines().collect();
    let other = signer.sign(b"another", &comment(NAME));
    let others: Vec<&str> = other.lines().collect();
    let mixed = [others[0], others[1], lines[2], lines[3]].join("\n");
    assert!(matches!(verify(&key, &mixed, b"another"), Err(SignatureError::Altered)));
}

#[test]
fn genuine_comments_about_other_files_are_refused() {
    let signer = Signer::new();
    let says = |trusted: &str| verify(&signer.key(), &signer.sign(DATA, trusted), DATA);
    for name in [
        "zig-x86_64-linux-0.15.1.tar.xz",
        &format!("{NAME}.minisig"),
        &NAME[..NAME.len() - 1],
        &format!("x{NAME}"),
        &NAME.to_uppercase(),
        &format!("a/{NAME}"),
    ] {
        assert!(
            matches!(says(&comment(name)), Err(SignatureError::OtherFile(said)) if said == name),
            "{name}"
        );
    }
    let good = comment(NAME);
    for trusted in [
        "timestamp:1760000000\thashed".to_string(),
        format!("timestamp:1760000000\tfile:{NAME}"),
        format!("timestamp:1760000000\tfile:{NAME}\tfile:other\thashed"),
        format!("timestamp:1760000000\tfile:other\tfile:{NAME}\thashed"),
        format!("file:{NAME}\ttimestamp:1760000000\thashed"),
        format!("timestamp:\tfile:{NAME}\thashed"),
        format!("timestamp:12x\tfile:{NAME}\thashed"),
        "timestamp:1\tfile:\thashed".to_string(),
        format!("timestamp:1\tfile: {NAME}\thashed"),
        format!("timestamp:1\tfile:{NAME}\tprehashed"),
        format!("timestamp:1\tfile:{NAME}\u{a0}x\thashed"),
        format!("timestamp:1file:{NAME}hashed"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\tmore"),
        String::new(),
    ] {
        assert!(
            matches!(says(&trusted), Err(SignatureError::Comment(said)) if said == trusted),
            "{trusted:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => Ok(into.len()),
                _ => Err(io::Error::other("torn")),
            }
        }
    }
    let signer = Signer::new();
    let result = minisig::verify(&signer.key(), &signer.good(), NAME, &mut Broken(0));
    assert!(matches!(result, Err(SignatureError::Read(error)) if error.to_string() == "torn"));
}
