//! `cgozig add`: fetches archives, looks into them, and writes them with their hashes into the module's `cgozig.toml`.

use super::native;
use super::told::{self, Told};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::{ArchiveKind, Artifact, Pin};
use crate::native::author::{self, Addition};
use crate::native::consent::Declarer;
use crate::native::manifest::{self, Manifest, Place};
use crate::native::provenance::Provenance;
use crate::native::variant::Variant;
use crate::native::{fetch, modules};
use crate::say;
use crate::store::usage;
use crate::sys::env::Env;
use crate::unpack::{self, Caps};
use crate::zig::find::Search;
use clap::Args;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use toml_edit::DocumentMut;

/// What to add.
#[derive(Debug, Args)]
pub struct Add {
    /// Addresses of the archives of one library: .a, .lib, .zip, .tar.gz, .tar.xz, .tar.zst
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// The library's name [default: what stands before version and target in the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Its version [default: the first 1.2.3 in the url]
    #[arg(long)]
    version: Option<String>,
    /// A name for -l, and the path in the archive [default: every .a in it]
    #[arg(long = "lib", value_name = "NAME[=PATH]")]
    libs: Vec<String>,
    /// For whom the archive is [default: as the file's name tells, by a triple of Rust's or as linux-amd64-musl]
    #[arg(long, value_name = "VARIANT")]
    target: Option<String>,
    /// A token of the configuration is needed for it
    #[arg(long)]
    private: bool,
}

/// Adds them.
pub fn run(add: &Add, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    if add.target.is_some() && add.urls.len() > 1 {
        return Err(no("use --target with several addresses", "add them one after the other"));
    }
    let main = modules::own_folders(env).into_iter().next();
    let main =
        main.ok_or_else(|| no("find a go.mod at or above this folder", "run it in your module's folder"))?;
    let module = modules::module_path(&main).unwrap_or_else(|| main.display().to_string());
    // What the user types is no word of a manifest.
    let by = Declarer { module: &module, manifest: "", is_own: true };
    let path = main.join(manifest::NAME);
    // What is wrong with it is said before anything is fetched.
    document(&path)?;
    let mut provenance = Provenance::default();
    let mut all = Vec::new();
    for url in &add.urls {
        all.push(look(&search, add, url, by, &mut provenance)?);
    }
    let said = write(&search, &path, &all)?;
    told::done();
    said.iter().for_each(|line| say!("{line}"));
    say!("in {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// A manifest as it is written now.
fn document(path: &Path) -> Result<DocumentMut, Failure> {
    let text = modules::read(path)?.unwrap_or_default();
    let shown = path.display().to_string();
    Manifest::parse(&text, &shown)?;
    text.parse().map_err(|error: toml_edit::TomlError| unwritable(&shown, error.message()))
}

/// Writes archives, with what speaks for each, into the manifest as it is now: another process may have written into it
/// meanwhile. Gives back what is said of it.
fn write(search: &Search, path: &Path, all: &[(Addition, &str)]) -> Result<Vec<String>, Failure> {
    let _alone = native::alone(search, path)?;
    let (mut document, shown) = (document(path)?, path.display().to_string());
    let mut said = Vec::new();
    for (new, trust) in all {
        let gone = author::write(&mut document, new).map_err(|why| unwritable(&shown, &why))?;
        said.extend(gone.iter().map(|variant| format!("removed {variant}: it is of another version")));
        let libs: Vec<&str> = new.libs.keys().map(String::as_str).collect();
        let (Pin { sha256, size }, what) =
            (&new.pin, format!("{} {} ({})", new.name, new.version, new.variant));
        let size = usage::shown(*size);
        said.push(format!("added {what}: -l{}, sha256 {sha256}, {size}, {trust}", libs.join(" -l")));
    }
    native::write(path, &checked(&document, &shown, all)?)?;
    Ok(said)
}

/// The manifest's text, when it means what was looked at.
fn checked(document: &DocumentMut, shown: &str, all: &[(Addition, &str)]) -> Result<String, Failure> {
    let text = document.to_string();
    let written = Manifest::parse(&text, shown)?;
    let is_meant = |new: &&Addition| {
        let mut own = written.libraries.iter().filter(|library| library.name == new.name);
        own.any(|library| author::means(library, new))
    };
    match all.iter().map(|(new, _)| new).find(|new| !is_meant(new)) {
        None => Ok(text),
        Some(new) => {
            let why =
                format!("{} {} ({}) comes twice, or with two versions", new.name, new.version, new.variant);
            Err(unwritable(shown, &why))
        }
    }
}

/// Fetches an archive and looks what it is, and what speaks for it.
fn look(
    search: &Search,
    add: &Add,
    url: &str,
    by: Declarer,
    provenance: &mut Provenance,
) -> Result<(Addition, &'static str), Failure> {
    let mut artifact = told(add, url)?;
    let store = &search.store;
    store.make_dir(store.root())?;
    let mut file = tempfile::tempfile_in(store.root())
        .map_err(|error| Failure::store("write a file in", store.root(), &error))?;
    let pin = fetch::download(search, by, &artifact, &mut file)?;
    let trust = provenance.of(search, &artifact, &pin)?;
    let paths = libraries(&artifact, &file)?;
    artifact.libs = libs(add, &artifact, &paths).map_err(|(why, hint)| wrong(url, &why, &hint))?;
    let Artifact { library: name, version, variant, url, kind, libs, private, .. } = artifact;
    Ok((Addition { name, version, variant, url, kind, libs, private, pin }, trust))
}

/// What the url and the user tell of an archive.
fn told(add: &Add, url: &str) -> Result<Artifact, Failure> {
    let file = author::file_name(url);
    let no = |why: &str, hint: &str| wrong(url, why, hint);
    let kinds = "archives end with .a, .lib, .zip, .tar.gz, .tar.xz or .tar.zst";
    let kind = ArchiveKind::of(file).ok_or_else(|| no("its name tells no kind of archive", kinds))?;
    let asked = add.target.as_deref().map(Variant::parse).transpose();
    let asked = asked.map_err(|why| no(&why, "linux/amd64/musl and darwin/arm64 are variants"))?;
    let told = asked.map(|variant| (variant, String::new())).or_else(|| author::variant(file));
    let target = "say for whom it is: --target linux/amd64/gnu";
    let (variant, word) = told.ok_or_else(|| no("its name tells no target", target))?;
    let version = add.version.clone().or_else(|| author::version(url));
    let version = version.ok_or_else(|| no("it tells no version", "say which it is: --version 1.2.3"))?;
    let name = add.name.clone().or_else(|| author::name(file, &version, &word));
    Ok(Artifact {
        library: name.ok_or_else(|| no("its name tells no library", "say which it is: --name NAME"))?,
        version,
        variant,
        url: url.into(),
        kind,
        libs: BTreeMap::new(),
        include: Vec::new(),
        system: Vec::new(),
        frameworks: Vec::new(),
        private: add.private,
        place: Place::Store,
    })
}

/// The libraries in an archive; none for a bare one, which gets its name from us.
fn libraries(artifact: &Artifact, file: &File) -> Result<Vec<String>, Failure> {
    let Some(kind) = artifact.kind.unpacker() else { return Ok(Vec::new()) };
    let folder = tempfile::tempdir()
        .map_err(|error| no(&format!("make a folder: {error}"), "TMPDIR names a place"))?;
    let found = RefCell::new(Vec::new());
    let list = |path: &str| {
        if author::lib_name(path).is_some() {
            found.borrow_mut().push(path.to_string());
        }
        None
    };
    unpack::unpack(kind, file, folder.path(), &Caps::default(), &list, &mut |_| {}).map_err(|error| {
        no(&format!("unpack {}: {error}", artifact.url), "publish it as a plain archive of files")
    })?;
    Ok(found.into_inner())
}

/// `-l` name → path: those that the user names, else all; why not, and what to do.
fn libs(
    add: &Add,
    artifact: &Artifact,
    paths: &[String],
) -> Result<BTreeMap<String, String>, (String, String)> {
    let is_bare = artifact.kind == ArchiveKind::Bare;
    let file_of = |lib: &str| format!("lib{lib}.a");
    let mut libs = BTreeMap::new();
    for asked in &add.libs {
        let (lib, path) =
            asked.split_once('=').map_or((asked.as_str(), None), |(lib, path)| (lib, Some(path)));
        let is_it =
            |own: &&String| path.map_or(author::lib_name(own) == Some(lib), |path| own.as_str() == path);
        let path = match paths.iter().find(is_it) {
            Some(own) => own.clone(),
            None if is_bare => path.map_or_else(|| file_of(lib), String::from),
            None => return Err((format!("`{asked}` is not in it"), format!("it has {}", paths.join(", ")))),
        };
        libs.insert(lib.to_string(), path);
    }
    if is_bare && libs.is_empty() {
        libs.insert(artifact.library.clone(), file_of(&artifact.library));
    }
    if !libs.is_empty() {
        return Ok(libs);
    }
    for path in paths {
        let lib = author::lib_name(path).unwrap_or(path);
        if let Some(other) = libs.insert(lib.to_string(), path.clone()) {
            let why = format!("`{other}` and `{path}` have the same name");
            return Err((why, format!("say which one is meant: --lib {lib}={path}")));
        }
    }
    let none = || ("there is no .a in it".into(), "prebuilt libraries are static: .a, or .lib".into());
    if libs.is_empty() { Err(none()) } else { Ok(libs) }
}

fn wrong(url: &str, why: &str, hint: &str) -> Failure {
    no(&format!("add {url}: {why}"), hint)
}

fn unwritable(shown: &str, why: &str) -> Failure {
    no(&format!("write `{shown}`: {why}"), "write the library there by hand")
}

fn no(what: &str, hint: &str) -> Failure {
    Failure::new(OwnExit::Request, what, hint)
}
