//! Headers that come with prebuilt libraries, for the compile steps of the package that needs them.
//!
//! The package's folder is the current one (cgo's own questions, C files) or the first `-I` (cgo's generated files). A manifest
//! in it, or at the root of its module in the module cache, is found without a search, since every compile asks. Nothing is
//! fetched here: an editor that loads packages compiles too.

use super::declared::Wanted;
use super::fetch;
use super::link::{Libraries, pin};
use super::manifest::{self, Library, Manifest};
use super::memory;
use super::modules::{self, Modules};
use super::variant::Variant;
use crate::argv::{Argv, bytes};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::target::Target;
use crate::zig::find::Search;
use std::env;
use std::path::{Path, PathBuf};

/// The words by which a compile finds the headers of what its package's manifest declares; and what explains the compile if
/// it fails because they are not here.
pub fn libraries(argv: &Argv, target: Target, search: &Search) -> Result<Libraries, Failure> {
    let mut libraries = Libraries::default();
    let first = argv.values("-I").next().map(PathBuf::from).filter(|folder| folder.is_absolute());
    let packages = first.into_iter().chain(env::current_dir().ok());
    let Some(path) = packages.into_iter().find_map(|package| manifest_of(&package)) else {
        return Ok(libraries);
    };
    let Some(text) = modules::read(&path)? else { return Ok(libraries) };
    let manifest = Manifest::parse(&text, &path.display().to_string())?;
    let with_headers = |library: &&Library| !library.include.is_empty();
    if !manifest.libraries.iter().any(|library| with_headers(&library)) {
        return Ok(libraries);
    }
    let modules = Modules::of_main(search.env)?;
    // Those of the main module and its workspace decide in any case.
    if !modules.sources.iter().any(|own| own.file.as_ref() == Some(&path)) {
        memory::remember_manifest(search.env, target, &search.store, &path);
    }
    for library in manifest.libraries.iter().filter(with_headers) {
        match folders(library, target, &modules, search) {
            Ok(folders) => {
                let words = folders.into_iter().flat_map(|folder| ["-idirafter".into(), folder.into()]);
                libraries.further.extend(words);
                // Debug information names headers; where the store is must not show in an object.
                let map = bytes::join("-ffile-prefix-map=", search.store.root());
                libraries.further.push(bytes::join(map, "=/cgozig"));
            }
            Err(absent) => {
                libraries.doubt.get_or_insert(absent);
            }
        }
    }
    Ok(libraries)
}

/// The folders of a library's headers for a target, where its archive is in the store as it was unpacked. Another variant's are
/// not taken for them: what they declare may differ.
fn folders(
    library: &Library,
    target: Target,
    modules: &Modules,
    search: &Search,
) -> Result<Vec<PathBuf>, Failure> {
    let declared = Wanted::Target(target).of(library).or_else(|| Variant::serving(target).next());
    let Some(variant) = declared else { return Ok(Vec::new()) };
    let artifact = library.artifact(variant).map_err(|why| {
        let shown = format!("{} {} ({variant})", library.name, library.version);
        absent(&shown, &why, "choose such a target, or put headers of your own into the package")
    })?;
    let shown = artifact.shown();
    let pin = pin(&artifact, library, modules).map_err(|why| {
        let hint = format!(
            "`cgozig lock` in the main module writes its hash, and `cgozig fetch {variant}` brings them"
        );
        absent(&shown, &why, hint)
    })?;
    let Some(folder) = fetch::present(&search.store, &artifact, &pin, false) else {
        let hint = format!(
            "`cgozig fetch {variant}` in the main module brings them; a compile never connects to anything"
        );
        return Err(absent(&shown, &fetch::why_absent(&search.store, &artifact, &pin), hint));
    };
    Ok(artifact.include.iter().map(|include| folder.join(include)).collect())
}

/// The manifest in a package's folder, or at the root of its module where the path tells that.
fn manifest_of(package: &Path) -> Option<PathBuf> {
    let is_versioned =
        |folder: &&Path| folder.file_name().is_some_and(|name| name.to_string_lossy().contains('@'));
    let root = package.ancestors().find(is_versioned);
    let places = std::iter::once(package).chain(root.filter(|root| *root != package));
    places.map(|folder| folder.join(manifest::NAME)).find(|path| path.is_file())
}

fn absent(shown: &str, why: &str, hint: impl Into<String>) -> Failure {
    Failure::new(OwnExit::Request, format!("give the compiler the headers of {shown}: {why}"), hint)
}
