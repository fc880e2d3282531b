//! All libraries that a main module may link: declared by itself, its workspace, the modules that it is built from, and
//! cgozig's own table. A build sees only those of the modules on its line.

use super::artifact::{Artifact, Pin};
use super::go_modules::{self, GoModule};
use super::known::{self, Known};
use super::link;
use super::lock::{Lock, Locked};
use super::manifest::Library;
use super::modules::{Modules, Source};
use super::variant::Variant;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::target::Target;
use crate::zig::find::Search;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The manifests and locks of a main module, with those of all modules that it is built from.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The main module's folder.
    pub main: PathBuf,
    /// The manifests and locks.
    pub modules: Modules,
    /// The modules that Go builds it from.
    pub built_from: Vec<GoModule>,
    /// Whether the files of all modules are here; manifests may be missing otherwise.
    pub is_complete: bool,
}

/// One archive that is declared.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Who declares it.
    pub source: &'a Source,
    /// The library.
    pub library: &'a Library,
    /// The archive.
    pub artifact: Artifact,
}

/// For whom a user wants libraries.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// A variant by its name.
    Variant(Variant),
    /// Whatever serves that target.
    Target(Target),
}

impl Wanted {
    /// The library's variant for it.
    pub fn of(self, library: &Library) -> Option<Variant> {
        let mut serving: Box<dyn Iterator<Item = Variant>> = match self {
            Wanted::Variant(variant) => Box::new(std::iter::once(variant)),
            Wanted::Target(target) => Box::new(Variant::serving(target)),
        };
        serving.find(|variant| library.variants.contains_key(variant))
    }

    /// Whether a variant of an unknown library may serve.
    pub fn may_be(self, variant: Variant) -> bool {
        match self {
            Wanted::Variant(own) => own == variant,
            Wanted::Target(target) => Variant::serving(target).any(|own| own == variant),
        }
    }
}

impl Declared {
    /// Those of the main module in which we are.
    pub fn find(search: &Search) -> Result<Declared, Failure> {
        let mut modules = Modules::of_main(search.env)?;
        let main = modules.main.clone().ok_or_else(no_module)?;
        let (built_from, is_complete) = go_modules::of(search, &main)?;
        built_from.iter().try_for_each(|module| add(&mut modules, module))?;
        Ok(Declared { main, modules, built_from, is_complete })
    }

    /// Every archive once.
    pub fn entries(&self) -> Result<Vec<Entry<'_>>, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        for source in &self.modules.sources {
            for library in &source.manifest.libraries {
                for variant in library.variants.keys() {
                    let new = Entry::of(source, library, *variant)?;
                    if entries.iter().all(|entry| entry.artifact != new.artifact) {
                        entries.push(new);
                    }
                }
            }
        }
        Ok(entries)
    }

    /// The hash that a build would go by; without one, why.
    pub fn pin(&self, entry: &Entry) -> Result<Pin, String> {
        link::pin(&entry.artifact, entry.library, &self.modules)
    }

    /// The modules whose manifests could not be looked for.
    pub fn absent(&self) -> Vec<&str> {
        let absent = self.built_from.iter().filter(|module| !self.is_complete && module.folder.is_none());
        absent.map(|module| module.path.as_str()).collect()
    }

    /// The lines of the locks that no manifest is about.
    pub fn undeclared(&self) -> Result<Vec<&Locked>, Failure> {
        let entries = self.entries()?;
        let locked = self.modules.lock.archives.iter();
        Ok(locked.filter(|locked| !entries.iter().any(|entry| entry.is(locked))).collect())
    }

    /// Whether a known module's library lacks this variant while others are locked: the release has no such file.
    pub fn is_left_out(&self, entry: &Entry) -> bool {
        self.pin(entry).is_err() && entry.has_sibling(&self.modules.lock)
    }
}

impl<'a> Entry<'a> {
    /// The archive of one of a library's variants.
    pub fn of(source: &'a Source, library: &'a Library, variant: Variant) -> Result<Entry<'a>, Failure> {
        let artifact = library.artifact(variant).map_err(|why| unusable(source, library, &why))?;
        Ok(Entry { source, library, artifact })
    }

    /// Whether the other is called the same, and is another archive.
    pub fn is_rival(&self, other: &Entry) -> bool {
        let key =
            |artifact: &Artifact| (artifact.library.clone(), artifact.version.clone(), artifact.variant);
        key(&self.artifact) == key(&other.artifact) && self.artifact.url != other.artifact.url
    }

    /// Whether it is a known module's, of which a lock has some variant: its release may lack others.
    pub fn has_sibling(&self, lock: &Lock) -> bool {
        let Artifact { library, version, .. } = &self.artifact;
        let is_sibling = |locked: &Locked| (&locked.library, &locked.version) == (library, version);
        self.source.is_known() && lock.archives.iter().any(is_sibling)
    }

    /// Whether a lock's line is about this archive.
    pub fn is(&self, locked: &Locked) -> bool {
        let Artifact { library, version, variant, .. } = &self.artifact;
        (&locked.library, &locked.version, locked.variant) == (library, version, *variant)
    }
}

/// A module's own manifest, or what is known of a module without one.
fn add(modules: &mut Modules, module: &GoModule) -> Result<(), Failure> {
    module.folder.as_deref().map_or(Ok(()), |folder| modules.add_manifest(folder))?;
    let Some(known) = known::ALL.iter().find(|known| known.module == module.path) else { return Ok(()) };
    if modules.has_module(known.module) {
        return Ok(());
    }
    let mut versions = BTreeSet::new();
    module.folder.iter().for_each(|folder| cgo_versions(known, folder, &mut versions));
    if versions.is_empty() {
        versions.extend(module.version.clone());
    }
    versions.iter().try_for_each(|version| modules.add_known(known, version))
}

/// The versions that the cgo lines below a folder name, which count more than the module's own: a link sees only the line.
fn cgo_versions(known: &Known, folder: &Path, versions: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // A link may lead up.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            cgo_versions(known, &path, versions);
        } else if path.extension().is_some_and(|end| end == "go") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let lines = text.lines().map(|line| line.trim_start_matches(['/', ' ', '\t']));
            let words = lines.filter(|line| line.starts_with("#cgo")).flat_map(str::split_whitespace);
            let found = words
                .map(|word| word.trim_end_matches(['"', '\'']))
                .filter(|word| word.contains(".cgo-cache"));
            let found = found.filter_map(Known::at).filter(|(own, _)| own.module == known.module);
            versions.extend(found.map(|(_, version)| version.to_string()));
        }
    }
}

fn no_module() -> Failure {
    Failure::new(
        OwnExit::Request,
        "find the main module: there is no go.mod at or above this folder",
        "run it in your module's folder, or set CGOZIG_MODULE to that",
    )
}

fn unusable(source: &Source, library: &Library, why: &str) -> Failure {
    let what = format!("use the manifest `{}`: library `{}`: {why}", source.shown, library.name);
    Failure::new(OwnExit::Request, what, "docs/native-libraries.md of cgozig says what may stand in it")
}
