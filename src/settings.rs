//! The user's configuration file, `cgozig/config.toml` in their configuration folder.
//!
//! Only the user's own file counts: a module that is being built never says which zig runs. A compiler call looks at the
//! file's time only; what it says is kept in the store.

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::manifest::is_sha256;
use crate::native::mirror::Mirrors;
use crate::pack::index::Pinned;
use crate::store::{Store, usage};
use crate::sys::{self, env::Env};
use crate::toml_text;
use crate::zig::choice::Choice;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::ErrorKind::NotFound;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use toml_edit::DocumentMut;

/// What the file may say; an unknown key is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// About zig itself.
    pub zig: ZigSettings,
    /// About the store.
    pub cache: CacheSettings,
    /// About connections.
    pub network: NetworkSettings,
    /// Who may be asked for prebuilt libraries.
    pub trust: TrustSettings,
    /// Other addresses for the urls of prebuilt libraries: beginning of a url → what stands in its place.
    pub mirror: Mirrors,
    /// About runtime packs.
    pub pack: PackSettings,
    /// Tokens for private libraries: exact host → the variable that holds the token.
    pub token: BTreeMap<String, String>,
}

/// `[zig]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ZigSettings {
    /// As `CGOZIG_ZIG`, which goes before it.
    #[serde(rename = "use")]
    pub choice: Option<String>,
    /// Where a zig is installed from: `release`, `wheel`, or `auto` for both in this order.
    pub source: Option<Source>,
    /// A mirror of one's own: the only place that release archives are taken from.
    pub mirror: Option<String>,
    /// A minisign key that may sign archives of that mirror beside the zig project's own.
    pub public_key: Option<String>,
}

/// Where a zig is installed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Releases, then the wheel.
    #[default]
    Auto,
    /// ziglang.org and its mirrors.
    Release,
    /// The `ziglang` wheel, by the user's own pip.
    Wheel,
}

/// `[cache]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CacheSettings {
    /// The size that the store is kept below, as `5GiB`.
    pub max_size: Option<String>,
}

/// `[pack]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PackSettings {
    /// The address of a list of runtime packs.
    pub index: Option<String>,
    /// The sha256 of that list, which has to be there.
    pub index_sha256: Option<String>,
}

/// `[network]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NetworkSettings {
    /// As `CGOZIG_OFFLINE=1`.
    pub offline: bool,
}

/// `[trust]`, as `cgozig trust` writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TrustSettings {
    /// Hosts that may be asked for any pinned archive.
    pub hosts: Vec<String>,
    /// Modules whose pinned archives may be fetched from where their manifests say, each with the sha256 of the manifest that
    /// was trusted: `sha256:…`.
    #[serde(deserialize_with = "modules")]
    pub modules: BTreeMap<String, String>,
}

/// A table of modules and hashes; a list of names alone says nothing of what was trusted.
fn modules<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Table(BTreeMap<String, String>),
        Other(IgnoredAny),
    }
    let is_digest = |text: &String| text.strip_prefix("sha256:").is_some_and(is_sha256);
    match Written::deserialize(from)? {
        Written::Table(table) if table.values().all(is_digest) => Ok(table),
        Written::Table(_) | Written::Other(_) => Err(D::Error::custom(
            "`modules` is a table of modules and the sha256 of their manifests: take it away, and run `cgozig trust MODULE` again",
        )),
    }
}

/// A file's settings as they are kept, with what tells that the file is the same.
#[derive(Serialize, Deserialize)]
struct Kept {
    path: PathBuf,
    stamp: String,
    settings: Settings,
}

impl Settings {
    /// What the user's file says, or the defaults without one.
    pub fn load(env: &Env, store: &Store) -> Result<Settings, Failure> {
        let Some(path) = path(env) else { return Ok(Settings::default()) };
        let metadata = match fs::metadata(&path) {
            Ok(metadata) if path.is_absolute() => metadata,
            Ok(_) => return Err(unusable(&path, "it is not an absolute path")),
            // Only where no file was named is none as good as an empty one.
            Err(error) if error.kind() == NotFound && env.raw("CGOZIG_CONFIG").is_none() => {
                return Ok(Settings::default());
            }
            Err(error) => return Err(unusable(&path, &error.to_string())),
        };
        let stamp = format!("{} {}", metadata.len(), sys::time_of(&metadata));
        let kept =
            fs::read(store.settings()).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
        if let Some(kept) = kept.filter(|kept| kept.path == path && kept.stamp == stamp) {
            return Ok(kept.settings);
        }
        let settings = read(&path, &metadata)?;
        let kept = Kept { path, stamp, settings };
        // A store that cannot be written costs only time.
        let _ = serde_json::to_vec(&kept).map(|text| store.write_own(&store.settings(), &text));
        Ok(kept.settings)
    }

    /// Which zig is wanted: `CGOZIG_ZIG`, else the file.
    pub fn choice(&self, env: &Env) -> Result<Choice, Failure> {
        match env.raw("CGOZIG_ZIG") {
            Some(value) => Choice::parse("CGOZIG_ZIG", value),
            None => Ok(self.choice_in_file()?.unwrap_or_default()),
        }
    }

    fn choice_in_file(&self) -> Result<Option<Choice>, Failure> {
        self.zig.choice.as_deref().map(|value| Choice::parse("[zig] use", OsStr::new(value))).transpose()
    }

    /// The size that the store is kept below.
    pub fn max_size(&self) -> Result<Option<u64>, Failure> {
        self.cache.max_size.as_deref().map(usage::parse_size).transpose()
    }

    /// The user's list of runtime packs: `CGOZIG_PACK_INDEX`, else the file.
    pub fn pack_index(&self, env: &Env) -> Result<Option<Pinned>, Failure> {
        let Some(value) = env.text("CGOZIG_PACK_INDEX") else { return self.pack_index_in_file() };
        if value.is_empty() {
            return Ok(None);
        }
        Pinned::parse(&value).map(Some).ok_or_else(|| {
            Failure::new(
                OwnExit::Request,
                format!("use CGOZIG_PACK_INDEX=`{value}`: it is not URL#sha256=HEX"),
                "the sha256 of the list is 64 hexadecimal digits in lower case: `sha256sum` prints it",
            )
        })
    }

    fn pack_index_in_file(&self) -> Result<Option<Pinned>, Failure> {
        let PackSettings { index: Some(index), index_sha256 } = &self.pack else { return Ok(None) };
        let pinned =
            index_sha256.as_ref().and_then(|sha256| Pinned::parse(&format!("{index}#sha256={sha256}")));
        pinned.map(Some).ok_or_else(|| {
            Failure::new(
                OwnExit::Request,
                format!("use `index` of [pack], `{index}`: there is no sha256 of it in `index-sha256`"),
                "64 hexadecimal digits in lower case: `sha256sum` prints them",
            )
        })
    }

    /// Whether nothing may be asked of the network, and which setting says so.
    pub fn offline(&self, env: &Env) -> Option<&'static str> {
        let says = |name: &str, what: fn(&str) -> bool| env.text(name).is_some_and(|value| what(&value));
        if says("CGOZIG_OFFLINE", |value| value != "0") {
            Some("CGOZIG_OFFLINE")
        } else if self.network.offline {
            Some("[network] offline")
        } else if says("GOPROXY", |value| value == "off") {
            Some("GOPROXY=off")
        } else if says("GOFLAGS", |value| {
            value.split_whitespace().any(|flag| flag.trim_start_matches('-') == "mod=vendor")
        }) {
            Some("GOFLAGS=-mod=vendor")
        } else {
            None
        }
    }
}

/// Where the user's file is: `CGOZIG_CONFIG`, else below `XDG_CONFIG_HOME` or the system's own folder.
pub fn path(env: &Env) -> Option<PathBuf> {
    if let Some(path) = env.path("CGOZIG_CONFIG") {
        return Some(path);
    }
    let named = env.path("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let folder = named.or_else(|| env.user_folder(dirs::config_dir));
    folder.map(|folder| folder.join("cgozig").join("config.toml"))
}

/// Changes the user's file, and leaves all else in it as it is. Whoever calls has read it as [`Settings`] before.
pub fn edit(env: &Env, change: &dyn Fn(&mut DocumentMut)) -> Result<PathBuf, Failure> {
    let path = path(env).ok_or_else(|| {
        Failure::new(
            OwnExit::Request,
            "find your configuration folder: HOME is not set",
            "set HOME, or CGOZIG_CONFIG",
        )
    })?;
    let failed = |error: io::Error| {
        let what = format!("write the configuration `{}`: {error}", path.display());
        Failure::new(OwnExit::Request, what, "CGOZIG_CONFIG names another file")
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let what = format!("read the configuration `{}`: {}", path.display(), error.message());
        Failure::new(OwnExit::Request, what, "correct the file first")
    })?;
    change(&mut document);
    // Behind a link, as people have them who keep such files together.
    let file = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    if let Ok(old) = fs::metadata(&file) {
        new.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    new.write_all(document.to_string().as_bytes()).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    new.persist(&file).map_err(|error| failed(error.error))?;
    Ok(path)
}

fn unusable(path: &Path, why: &str) -> Failure {
    let what = format!("use the configuration `{}`: {why}", path.display());
    Failure::new(
        OwnExit::Request,
        what,
        "set CGOZIG_CONFIG to the absolute path of a file that you can read, or unset it",
    )
}

/// Reads the file, which nobody else may have written.
fn read(path: &Path, metadata: &Metadata) -> Result<Settings, Failure> {
    let no = |why: String, hint: &str| {
        Err(Failure::new(
            OwnExit::Request,
            format!("use the configuration `{}`: {why}", path.display()),
            hint,
        ))
    };
    if !sys::is_trusted(metadata) {
        return no("others may write it".into(), "make it yours: `chown` it, and `chmod go-w`");
    }
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return no(error.to_string(), "CGOZIG_CONFIG names another file"),
    };
    match toml_text::parse::<Settings>(&text) {
        Ok(settings) => settings
            .max_size()
            .and(settings.choice_in_file())
            .and(settings.pack_index_in_file())
            .map(|_| settings),
        Err(why) => no(why, "the README lists what may stand in it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_a_wrong_one_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            super::read(&file, &fs::metadata(&file).unwrap())
        };
        let settings =
            read("[zig]\nuse = \"0.16.0\"\nsource = \"wheel\"\n[cache]\nmax-size = \"5GiB\"\n").unwrap();
        assert_eq!(settings.zig.choice.as_deref(), Some("0.16.0"));
        assert_eq!(settings.zig.source, Some(Source::Wheel));
        assert_eq!(settings.max_size(), Ok(Some(5 << 30)));
        for (text, line) in
            [("[zig]\n\nmirrors = 1\n", "line 3"), ("[zig]\nuse = [\n", "line 2"), ("x", "line 1")]
        {
            let said = read(text).unwrap_err().what;
            assert!(said.contains(line), "{said}");
        }
    }
}
