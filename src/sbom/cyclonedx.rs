//! A record of a link as CycloneDX 1.6, in JSON. The same record has the same text.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json/>; package URLs: <https://github.com/package-url/purl-spec>.

use super::{Part, Record};
use crate::native::github::Asset;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What stays as it is in a package URL.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// What is described.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// The sha256 of its file.
    pub sha256: Option<String>,
}

/// The document; `time` is in seconds since 1970, for those who want one in it.
pub fn document(program: &Program, record: &Record, time: Option<u64>) -> Value {
    let zig = Part {
        name: "zig".into(),
        version: Some(record.zig.clone()),
        about: format!("compiler and linker, with its runtime library, for {}", record.target),
        ..Part::default()
    };
    let mut components =
        vec![component("zig", "application", &zig), component("libc", "library", &record.libc)];
    let libraries = record.libraries.iter().enumerate();
    components.extend(libraries.map(|(at, part)| component(&format!("library-{}", at + 1), "library", part)));
    let all: Vec<&Value> = components.iter().map(|component| &component["bom-ref"]).collect();
    let mut dependencies = vec![json!({ "ref": "program", "dependsOn": all })];
    dependencies.extend(all.iter().map(|name| json!({ "ref": name })));
    let mut own = json!({ "type": "application", "bom-ref": "program", "name": program.name });
    put(&mut own, "hashes", program.sha256.as_deref().map(hashes));
    let tool = json!({ "type": "application", "name": "cgozig", "version": env!("CARGO_PKG_VERSION") });
    let mut metadata = json!({ "tools": { "components": [tool] }, "component": own });
    put(&mut metadata, "timestamp", time.map(|time| timestamp(time).into()));
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(name: &str, kind: &str, part: &Part) -> Value {
    let mut value = json!({ "type": kind, "bom-ref": name, "name": part.name, "description": part.about });
    put(&mut value, "version", part.version.clone().map(Value::from));
    put(&mut value, "hashes", part.sha256.as_deref().map(hashes));
    put(&mut value, "purl", purl(part).map(Value::from));
    let reference = |url: &String| json!([{ "type": "distribution", "url": url }]);
    put(&mut value, "externalReferences", part.url.as_ref().map(reference));
    value
}

fn put(into: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        into[key] = value;
    }
}

fn hashes(sha256: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": sha256 }])
}

/// The package URL of what has a version: GitHub's for its releases, else a generic one with the address.
fn purl(part: &Part) -> Option<String> {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let version = part.version.as_deref()?;
    let Some(url) = &part.url else {
        return Some(format!("pkg:generic/{}@{}", encoded(&part.name), encoded(version)));
    };
    if let Some(Asset { owner, repository, tag, .. }) = Asset::at(url) {
        let (owner, repository) = (owner.to_ascii_lowercase(), repository.to_ascii_lowercase());
        return Some(format!("pkg:github/{}/{}@{}", encoded(&owner), encoded(&repository), encoded(tag)));
    }
    let checksum =
        part.sha256.as_ref().map(|sha256| format!("checksum=sha256:{sha256}&")).unwrap_or_default();
    let name = format!("{}@{}", encoded(&part.name), encoded(version));
    Some(format!("pkg:generic/{name}?{checksum}download_url={}", encoded(url)))
}

/// Seconds since 1970 as `2026-11-21T09:00:00Z`. The days are counted in years that begin in March.
fn timestamp(time: u64) -> String {
    let (days, seconds) = (time / 86_400 + 719_468, time % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month <= 2);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_calendars_have_them() {
        for (time, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_795_251_966, "2026-11-21T09:06:06Z"),
        ] {
            assert_eq!(timestamp(time), text);
        }
    }

    #[test]
    fn a_library_has_a_package_url_of_its_place() {
        let part = |url: Option<&str>| Part {
            name: "c++lib".into(),
            version: Some("1.0".into()),
            sha256: Some("ab".into()),
            url: url.map(Into::into),
            ..Part::default()
        };
        let release = "https://github.com/AGNTCY/slim/releases/download/slim-v1.4.0/x.zip";
        assert_eq!(purl(&part(Some(release))).unwrap(), "pkg:github/agntcy/slim@slim-v1.4.0");
        assert_eq!(
            purl(&part(Some("https://a.example/x y?z=1"))).unwrap(),
            "pkg:generic/c%2B%2Blib@1.0?checksum=sha256:ab&download_url=https:%2F%2Fa.example%2Fx%20y%3Fz%3D1"
        );
        assert_eq!(purl(&part(None)).unwrap(), "pkg:generic/c%2B%2Blib@1.0");
        assert_eq!(purl(&Part { version: None, ..part(None) }), None);
    }
}
