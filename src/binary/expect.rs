//! What is expected of a program, as one line for CI: `static,arch=arm64,glibc<=2.28`.

use super::{Binary, Linkage};
use crate::target::port::{Os, PORTS, REFUSED};
use std::cmp::Ordering;

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// As it was written.
    pub text: String,
    key: String,
    sign: Option<Sign>,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Is,
    IsNot,
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// The signs; those that begin with another's text first.
const SIGNS: &[(&str, Sign)] = &[
    ("!=", Sign::IsNot),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Is),
    ("<", Sign::Below),
    (">", Sign::Above),
];

/// What can be expected without a value.
pub const FLAGS: &[&str] =
    &["static", "static-pie", "dynamic", "pie", "stripped", "signed", "program", "library"];

/// What has a value; the last four are compared as versions.
pub const VALUES: &[&str] =
    &["os", "arch", "format", "libc", "loader", "needed", "subsystem", "glibc", "macos", "go", "timestamp"];

const VERSIONS: &[&str] = &["glibc", "macos", "go", "timestamp"];

/// What the values of a word may be; a misspelled one would never be, and `!=` always.
fn allowed(key: &str) -> Option<Vec<&'static str>> {
    let of = |words: &[&'static str]| Some(words.to_vec());
    match key {
        "os" => {
            let served = Os::ALL.iter().map(|os| os.go());
            Some(served.chain(REFUSED.iter().map(|port| port.os)).collect())
        }
        "arch" => Some(PORTS.iter().map(|port| port.arch.go()).collect()),
        "format" => of(&["ELF", "Mach-O", "PE"]),
        "libc" => of(&["glibc", "musl", "none", "system"]),
        "subsystem" => of(&["console", "windows", "native"]),
        _ => None,
    }
}

/// Reads a list with commas; what is wrong with it otherwise. An empty one expects nothing, as of a variable that is not set.
pub fn parse(list: &str) -> Result<Vec<Expectation>, String> {
    let all: Vec<&str> = list.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
    if all.is_empty() {
        return Err("the list is empty".into());
    }
    all.into_iter().map(one).collect()
}

fn one(text: &str) -> Result<Expectation, String> {
    let signs = SIGNS.iter().filter_map(|(sign, meaning)| Some((text.find(sign)?, *sign, *meaning)));
    // The first of them, and of two at one place the longer.
    let Some((at, sign, meaning)) = signs.min_by_key(|(at, sign, _)| (*at, usize::MAX - sign.len())) else {
        let expectation =
            Expectation { text: text.into(), key: text.into(), sign: None, value: String::new() };
        return if FLAGS.contains(&text) { Ok(expectation) } else { Err(unknown(text)) };
    };
    let (key, value) = (text[..at].trim(), text[at + sign.len()..].trim());
    if !VALUES.contains(&key) && !is_setting(key) {
        return Err(unknown(text));
    }
    let is_ordered = !matches!(meaning, Sign::Is | Sign::IsNot);
    if is_ordered && !VERSIONS.contains(&key) {
        return Err(format!("`{text}` cannot be compared: {key} has no order"));
    }
    let parts = if key == "glibc" { 2 } else { 1 };
    if VERSIONS.contains(&key) && numbers(value).is_none_or(|numbers| numbers.len() < parts) {
        return Err(format!("`{text}` has no version like 2.28"));
    }
    if let Some(mut allowed) = allowed(key).filter(|allowed| !allowed.contains(&value)) {
        allowed.sort_unstable();
        allowed.dedup();
        return Err(format!("`{text}` can never be: {key} is one of {}", allowed.join(", ")));
    }
    Ok(Expectation { text: text.into(), key: key.into(), sign: Some(meaning), value: value.into() })
}

/// What Go calls its settings: `CGO_ENABLED`, `GOAMD64`, `-trimpath`, `vcs.modified`.
fn is_setting(key: &str) -> bool {
    let is_variable =
        key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (is_variable && !key.is_empty())
        || (key.starts_with('-') && key.len() > 1)
        || key.starts_with("vcs.")
        || key == "DefaultGODEBUG"
}

fn unknown(text: &str) -> String {
    format!(
        "`{text}` is nothing that can be expected: {}; {} with =, !=, <= and so on; a setting of Go's, as CGO_ENABLED=1",
        FLAGS.join(", "),
        VALUES.join(", ")
    )
}

/// `2.28` and `go1.24.3` as numbers.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let plain = version.strip_prefix("go").unwrap_or(version);
    // go1.27rc1 and go1.27-custom are of that release.
    let end = plain.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(plain.len());
    plain[..end].split('.').map(|number| number.parse().ok()).collect()
}

fn compare(one: &[u64], other: &[u64]) -> Ordering {
    let length = one.len().max(other.len());
    let at = |numbers: &[u64], nth: usize| numbers.get(nth).copied().unwrap_or(0);
    let pairs = (0..length).map(|nth| at(one, nth).cmp(&at(other, nth)));
    pairs.fold(Ordering::Equal, Ordering::then)
}

impl Expectation {
    /// Nothing where it is so; what it is instead.
    pub fn judge(&self, binary: &Binary) -> Result<(), String> {
        match self.sign {
            None => self.flag(binary),
            Some(sign) if VERSIONS.contains(&self.key.as_str()) => self.version(binary, sign),
            Some(_) if self.key == "needed" => self.needed(binary),
            Some(sign) => {
                // Who does not tell it may be anything.
                let seen = self.word(binary).ok_or("it tells none")?;
                let is = seen == self.value;
                if is == (sign == Sign::Is) { Ok(()) } else { Err(format!("it is {}", shown(&seen))) }
            }
        }
    }

    fn flag(&self, binary: &Binary) -> Result<(), String> {
        let signed = binary.signature.as_ref();
        let fault = signed.and_then(|signature| signature.fault.as_deref());
        let linkage = binary.linkage;
        let kind = if binary.is_library { "a shared library" } else { "a program" };
        let (is, instead) = match self.key.as_str() {
            "static" => (linkage != Linkage::Dynamic, how(binary)),
            "static-pie" => (linkage == Linkage::StaticPie, how(binary)),
            "dynamic" => (linkage == Linkage::Dynamic, how(binary)),
            "pie" => (binary.is_pie, "it is not".into()),
            "stripped" => (binary.is_stripped, "it has a symbol table".into()),
            "program" => (!binary.is_library, format!("it is {kind}")),
            "library" => (binary.is_library, format!("it is {kind}")),
            _ if binary.format == "PE" => (false, "signatures of Windows are not read".into()),
            _ => (signed.is_some() && fault.is_none(), fault.unwrap_or("it has no signature").into()),
        };
        if is { Ok(()) } else { Err(instead) }
    }

    fn version(&self, binary: &Binary, sign: Sign) -> Result<(), String> {
        let seen = match self.key.as_str() {
            // Who needs no glibc runs with any; who needs it has its versions.
            "glibc" if binary.glibc.is_none() && binary.libc() != "glibc" => {
                let is_upper = matches!(sign, Sign::AtMost | Sign::Below);
                return if is_upper { Ok(()) } else { Err("it needs none".into()) };
            }
            "glibc" => binary.glibc.as_ref().map(|floor| floor.version.clone()),
            "macos" => binary.macos.clone(),
            "go" => binary.go.as_ref().map(|go| go.version.clone()),
            _ => binary.windows.as_ref().map(|windows| windows.timestamp.to_string()),
        };
        let seen = seen.ok_or("it tells none")?;
        let (own, wanted) = (numbers(&seen), numbers(&self.value).unwrap_or_default());
        let order = compare(&own.ok_or_else(|| format!("it is {seen}, which is no release"))?, &wanted);
        let is = match sign {
            Sign::Is => order.is_eq(),
            Sign::IsNot => order.is_ne(),
            Sign::AtMost => order.is_le(),
            Sign::AtLeast => order.is_ge(),
            Sign::Below => order.is_lt(),
            Sign::Above => order.is_gt(),
        };
        let symbols = binary.glibc.iter().filter(|_| self.key == "glibc").map(|floor| by(&floor.symbols));
        let by: String = symbols.collect();
        if is { Ok(()) } else { Err(format!("it is {seen}{by}")) }
    }

    /// With `=` nothing but what is listed; with `!=` nothing of it. Windows does not tell the case of letters.
    fn needed(&self, binary: &Binary) -> Result<(), String> {
        let is_same = |one: &str, other: &str| match binary.format {
            "PE" => one.eq_ignore_ascii_case(other),
            _ => one == other,
        };
        let listed = |name: &str| self.value.split(':').any(|own| is_same(own, name));
        let is_only = self.sign == Some(Sign::Is);
        let wrong = |name: &&String| listed(name) != is_only;
        let wrong: Vec<&str> = binary.needed.iter().filter(wrong).map(String::as_str).collect();
        let too = if is_only { " too" } else { "" };
        if wrong.is_empty() { Ok(()) } else { Err(format!("it needs {}{too}", wrong.join(", "))) }
    }

    fn word(&self, binary: &Binary) -> Option<String> {
        match self.key.as_str() {
            "os" => binary.os.clone(),
            "arch" => Some(binary.arch.clone()),
            "format" => Some(binary.format.into()),
            "libc" => Some(binary.libc().into()),
            "loader" => Some(binary.loader.clone().unwrap_or_default()),
            "subsystem" => binary.windows.as_ref().map(|windows| windows.subsystem.clone()),
            setting => binary.go.as_ref()?.setting(setting).map(String::from),
        }
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// How it is linked, with what it needs.
fn how(binary: &Binary) -> String {
    let needed = &binary.needed;
    let needs = if needed.is_empty() { String::new() } else { format!(": it needs {}", needed.join(", ")) };
    format!("it is {}{needs}", binary.linkage.word())
}

/// How many names are shown.
const NAMES: usize = 5;

/// `, for a, b and 3 more`.
pub fn by(symbols: &[String]) -> String {
    let named = symbols.iter().take(NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match symbols.len() {
        0 => String::new(),
        all if all > NAMES => format!(", for {named} and {} more", all - NAMES),
        _ => format!(", for {named}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Floor, go_info::GoInfo};
    use super::*;

    fn program() -> Binary {
        let settings =
            vec![("CGO_ENABLED".to_string(), "1".to_string()), ("-trimpath".into(), "true".into())];
        Binary {
            format: "ELF",
            is_pie: true,
            os: Some("linux".into()),
            arch: "arm64".into(),
            loader: Some("/lib/ld-linux-aarch64.so.1".into()),
            needed: vec!["libc.so.6".into(), "libm.so.6".into()],
            glibc: Some(Floor { version: "2.28".into(), symbols: vec!["fcntl64".into()] }),
            go: Some(GoInfo { version: "go1.27.3".into(), settings, ..GoInfo::default() }),
            ..Binary::default()
        }
    }

    #[test]
    fn what_is_so_passes() {
        for list in [
            "dynamic,pie,program,os=linux,arch=arm64,libc=glibc,format=ELF",
            "glibc<=2.28, glibc=2.28 ,glibc<2.100,glibc>2.9,glibc!=2.3",
            "needed=libc.so.6:libm.so.6:libdl.so.2,os!=darwin,loader=/lib/ld-linux-aarch64.so.1",
            "go>=1.24,go<1.28,CGO_ENABLED=1,-trimpath=true,-trimpath!=false",
            "needed!=libdl.so.2:libssl.so.3",
        ] {
            for expectation in parse(list).unwrap() {
                assert_eq!(expectation.judge(&program()), Ok(()), "{}", expectation.text);
            }
        }
        let none = Binary { glibc: None, needed: Vec::new(), ..program() };
        assert_eq!(parse("glibc<=2.17").unwrap()[0].judge(&none), Ok(()));
        for text in ["glibc=2.28", "glibc>=2.1", "glibc>2.1", "glibc!=2.1"] {
            assert_eq!(parse(text).unwrap()[0].judge(&none), Err("it needs none".into()), "{text}");
        }
        // It needs glibc, and does not tell which.
        let untold = Binary { glibc: None, ..program() };
        assert_eq!(parse("glibc<=2.17").unwrap()[0].judge(&untold), Err("it tells none".into()));
    }

    #[test]
    fn what_is_not_so_is_told_with_what_it_is() {
        for (text, said) in [
            ("static", "it is dynamic: it needs libc.so.6, libm.so.6"),
            ("static-pie", "it is dynamic: it needs libc.so.6, libm.so.6"),
            ("library", "it is a program"),
            ("stripped", "it has a symbol table"),
            ("signed", "it has no signature"),
            ("glibc<=2.17", "it is 2.28, for fcntl64"),
            ("macos<=12", "it tells none"),
            ("arch=amd64", "it is arm64"),
            ("libc=musl", "it is glibc"),
            ("needed=libc.so.6", "it needs libm.so.6 too"),
            ("go<1.27", "it is go1.27.3"),
            ("CGO_ENABLED=0", "it is 1"),
            ("GOAMD64=v1", "it tells none"),
            ("GOAMD64!=v3", "it tells none"),
            ("needed!=libm.so.6", "it needs libm.so.6"),
            ("vcs.modified!=true", "it tells none"),
        ] {
            assert_eq!(parse(text).unwrap()[0].judge(&program()), Err(said.into()), "{text}");
        }
    }

    #[test]
    fn what_nobody_can_expect_is_told() {
        for (text, said) in [
            ("statik", "`statik` is nothing"),
            ("glibc", "`glibc` is nothing"),
            ("foo=1", "`foo=1` is nothing"),
            ("=1", "`=1` is nothing"),
            ("static=1", "`static=1` is nothing"),
            ("arch<=arm64", "has no order"),
            ("glibc<=new", "has no version"),
            ("glibc<=", "has no version"),
            ("glibc<=28", "has no version"),
            ("os!=Linux", "can never be"),
            ("arch!=x86_64", "can never be"),
            ("libc!=gnu", "can never be"),
            ("", "the list is empty"),
            (",", "the list is empty"),
        ] {
            assert!(parse(text).is_err_and(|error| error.contains(said)), "{text}: {:?}", parse(text));
        }
    }
}
