//! The libraries of one final link: where each `-l` is found, and what has to be fetched.
//!
//! A library that some `-L` folder has is used as it is. Any other that a manifest names is taken from the store, and comes
//! there first if need be. The file itself then stands in the place of `-lNAME`: its folder on the line would offer the
//! archive's other libraries as well.

use super::artifact::{Artifact, Pin};
use super::lookup;
use super::manifest::{Library, Place};
use super::modules::{Modules, Source, cleaned};
use super::variant::Variant;
use super::{fetch, place, stand_in};
use crate::archive::runtime::Runtime;
use crate::archive::{self, Known, Looked, Need};
use crate::argv::{Argv, InputKind, bytes, input_kind};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::target::Target;
use crate::zig::ZigVersion;
use crate::zig::find::{Search, Zig};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the line of a final link needs besides its own words.
#[derive(Debug, Default)]
pub struct Libraries {
    /// The file that each `-l` value means, where a file shall stand in its place.
    pub found: Vec<(OsString, OsString)>,
    /// Words for the end of the line: system libraries and frameworks of fetched archives.
    pub further: Vec<OsString>,
    /// What the archives need besides.
    pub needs: Vec<Need>,
    /// The `-L` folders of the line that are not there.
    pub gone: Vec<OsString>,
    /// Every archive that is linked, wherever it lies.
    pub archives: Vec<Linked>,
    /// What decided on that besides: manifests, and files that would have been taken if they were there.
    pub deciding: Vec<PathBuf>,
    /// The folder of files that stand in for others; it has to live as long as the link.
    pub stand_ins: Option<TempDir>,
    /// What explains the link if it fails.
    pub doubt: Option<Failure>,
}

/// An archive that a link uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Its file.
    pub path: PathBuf,
    /// How it came into the link.
    pub origin: Origin,
    /// The whole archive in the place of a thin one.
    pub whole: Option<PathBuf>,
}

impl Linked {
    /// The file that is linked.
    pub fn file(&self) -> &Path {
        self.whole.as_deref().unwrap_or(&self.path)
    }
}

/// How an archive came into a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The line names its file.
    Line,
    /// A folder of the line has it, for this `-l` value.
    Folder(OsString),
    /// A manifest declares it.
    Fetched(Box<(Artifact, Pin)>),
}

/// Finds the libraries of a link, fetches what is declared, pinned and not there, and looks at each archive before a linker
/// does.
pub fn libraries(argv: &Argv, (target, zig): (Target, &Zig), search: &Search) -> Result<Libraries, Failure> {
    let folders = folders(argv);
    let (mut libraries, mut missing) = here(argv, target, zig.version);
    let known = Known::new(&search.store);
    let wrong = libraries.wrong(target, &known);
    if !missing.is_empty() || !wrong.is_empty() {
        let modules = Modules::of_main(search.env)?.with_line(argv)?;
        // A library that lies there for another libc gives way to the declared one for this.
        for (name, path) in wrong {
            if lib_name(&name).is_some_and(|lib| has_variant(&lib, &modules, target)) {
                libraries.archives.retain(|linked| linked.path != path);
                libraries.found.retain(|(found, _)| *found != name);
                missing.push(name);
            }
        }
        for name in missing {
            libraries.declared(&name, &modules, &folders, target, search)?;
        }
    }
    libraries.stand_ins = stand_in::put(argv, &mut libraries, zig, &known)?;
    libraries.needs = libraries.runtimes(argv, &folders, target, &known);
    let looked = libraries.look(argv, target, &known)?;
    libraries.doubt = looked.doubt;
    libraries.needs.extend(looked.needs);
    Ok(libraries)
}

/// The libraries that the line's own folders have, and the `-l` values that none of them has.
pub fn here(argv: &Argv, target: Target, zig: ZigVersion) -> (Libraries, Vec<OsString>) {
    let folders = folders(argv);
    let (mut libraries, mut missing) = (Libraries::default(), Vec::<OsString>::new());
    let gone = argv.values("-L").filter(|folder| !Path::new(folder).is_dir());
    libraries.gone = gone.map(OsStr::to_os_string).collect();
    // zig takes its own for such names, whatever the folders have.
    let by_zig = |name: &OsStr| name.to_str().is_some_and(|name| archive::served::by_zig(name, target));
    for (name, kinds) in lookup::asked(argv, target, zig) {
        if by_zig(&name) {
            continue;
        }
        let path = lookup::find(&folders, &name, kinds);
        libraries.deciding.extend(lookup::in_front(&folders, &name, path.as_deref()));
        match path {
            Some(path) => {
                // zig looks for no import library by this end.
                if bytes::strip_prefix(&name, ":").is_some() || bytes::ends_with(path.as_os_str(), ".dll.a") {
                    libraries.found.push((name.clone(), path.clone().into()));
                }
                libraries.add(path, Origin::Folder(name));
            }
            None if !missing.contains(&name) => missing.push(name),
            None => {}
        }
    }
    for (_, path) in argv.inputs().filter(|(kind, _)| *kind == InputKind::Archive) {
        libraries.add(cleaned(Path::new(path)).unwrap_or_else(|| path.into()), Origin::Line);
    }
    (libraries, missing)
}

/// The `-L` folders of a line.
fn folders(argv: &Argv) -> Vec<PathBuf> {
    argv.values("-L").filter_map(|folder| cleaned(Path::new(folder))).collect()
}

impl Libraries {
    fn add(&mut self, path: PathBuf, origin: Origin) {
        let is_archive = input_kind(path.as_os_str()) == InputKind::Archive;
        if is_archive && self.archives.iter().all(|linked| linked.path != path) {
            self.archives.push(Linked { path, origin, whole: None });
        }
    }

    /// The archives of the line's folders that are not good for the target, with their `-l` values.
    fn wrong(&self, target: Target, known: &Known) -> Vec<(OsString, PathBuf)> {
        let wrong = self.archives.iter().filter_map(|linked| match &linked.origin {
            Origin::Folder(name) if archive::is_for_another(&linked.path, target, known) => {
                Some((name.clone(), linked.path.clone()))
            }
            _ => None,
        });
        wrong.collect()
    }

    /// The files of the archives that are linked.
    fn files(&self) -> Vec<PathBuf> {
        self.archives.iter().map(|linked| linked.file().to_path_buf()).collect()
    }

    /// The runtimes that the archives need and the line does not bring; GNU's libstdc++ where one lies beside them.
    fn runtimes(&mut self, argv: &Argv, folders: &[PathBuf], target: Target, known: &Known) -> Vec<Need> {
        let mut asked = archive::runtimes(&self.files(), target, known);
        let mut needs = Vec::new();
        if asked.contains(&Runtime::GnuCxx)
            && let Some(path) = self.gnu_cxx(folders, target, known)
        {
            self.found.push(("stdc++".into(), path.clone().into()));
            self.add(path, Origin::Folder("stdc++".into()));
            asked = archive::runtimes(&self.files(), target, known);
            needs.push(Need::GnuCxx);
        }
        let named = argv
            .values("-l")
            .chain(argv.inputs().map(|(_, path)| bytes::file_name(path)))
            .any(is_cxx_library);
        let none = ["-nostdlib", "-nodefaultlibs", "-nostdlib++"].iter().any(|word| argv.has(word));
        if (asked.contains(&Runtime::Cxx) || asked.contains(&Runtime::GnuCxx)) && !named && !none {
            needs.push(Need::Cxx);
        }
        if asked.contains(&Runtime::Unwinder) && !none {
            needs.push(Need::Unwinder);
        }
        needs
    }

    /// A libstdc++.a for the target beside the archives, or in a `-L` folder.
    fn gnu_cxx(&mut self, folders: &[PathBuf], target: Target, known: &Known) -> Option<PathBuf> {
        let own = self.files();
        let beside = own.iter().filter_map(|path| path.parent()).chain(folders.iter().map(PathBuf::as_path));
        let places: Vec<PathBuf> = beside.map(|folder| folder.join("libstdc++.a")).collect();
        let is_good = |path: &&PathBuf| path.is_file() && !archive::is_for_another(path, target, known);
        let found = places.iter().find(is_good).cloned();
        self.deciding.extend(places.into_iter().take_while(|place| found.as_ref() != Some(place)));
        found
    }

    /// Looks at every archive of the link.
    fn look(&self, argv: &Argv, target: Target, known: &Known) -> Result<Looked, Failure> {
        let archives = self.files();
        let others = argv.inputs().filter(|(kind, _)| *kind != InputKind::Archive);
        let others = others.map(|(_, path)| path).chain(self.found.iter().map(|(_, path)| &**path));
        let others = others.map(PathBuf::from).filter(|path| !archives.contains(path));
        let others: Vec<PathBuf> = others.collect();
        // A source on the line is an object that nobody has seen yet.
        let is_open = argv.inputs().any(|(kind, _)| kind == InputKind::Source);
        let drops_unused = argv.has_linker("gc-sections") || argv.value("-O").is_some();
        archive::check_link(&archives, &others, is_open || drops_unused, target, known)
    }

    /// A library that no folder has: the one that a manifest declares, if any does.
    fn declared(
        &mut self,
        name: &OsStr,
        modules: &Modules,
        folders: &[PathBuf],
        target: Target,
        search: &Search,
    ) -> Result<(), Failure> {
        let Some(lib) = lib_name(name) else { return Ok(()) };
        let Some((source, library, variant)) = declaration(&lib, modules, target) else { return Ok(()) };
        let artifact = library.artifact(variant).map_err(|why| no_variant(&lib, source, library, &why))?;
        let pin = pin(&artifact, library, modules)
            .map_err(|why| unpinned(&lib, source, &artifact, modules, &why))?;
        let folder = fetch::ensure(search, source.declarer(), &artifact, &pin)?;
        let path = folder.join(artifact.libs.get(&lib).map_or("", String::as_str));
        if artifact.place == Place::Gopath {
            place::in_gopath(&path, &lib, folders);
        }
        self.found.push((name.into(), path.clone().into()));
        self.further.extend(artifact.system.iter().map(|system| bytes::join("-l", system)));
        let frameworks = artifact.frameworks.iter().flat_map(|name| ["-framework".into(), name.into()]);
        self.further.extend(frameworks);
        self.deciding.extend(source.file.clone());
        self.add(path, Origin::Fetched(Box::new((artifact, pin))));
        Ok(())
    }
}

/// The first manifest that declares a library, and the variant for a target.
fn declaration<'a>(
    lib: &str,
    modules: &'a Modules,
    target: Target,
) -> Option<(&'a Source, &'a Library, Variant)> {
    modules.sources.iter().find_map(|source| {
        let (library, variant) = source.manifest.with_lib(lib, target)?;
        Some((source, library, variant))
    })
}

/// Whether a manifest has a library for that very target.
fn has_variant(lib: &str, modules: &Modules, target: Target) -> bool {
    declaration(lib, modules, target).is_some_and(|(_, library, variant)| {
        library.libs_of(variant).contains_key(lib) && library.variants.contains_key(&variant)
    })
}

/// The hash that a manifest or the main module's lock has for an archive; where both have one they must agree.
pub fn pin(artifact: &Artifact, library: &Library, modules: &Modules) -> Result<Pin, String> {
    match (library.pin(artifact.variant), modules.lock.pin(artifact)) {
        (Some(own), Some(locked)) if own != locked => Err(format!(
            "the manifest says sha256 {} ({} bytes), and cgozig.lock says {} ({} bytes)",
            own.sha256, own.size, locked.sha256, locked.size
        )),
        (Some(pin), _) | (None, Some(pin)) => Ok(pin),
        (None, None) => Err("its hash is not known".into()),
    }
}

/// Whether a `-l` value or a file's name is of a C++ library.
fn is_cxx_library(name: &OsStr) -> bool {
    let text = name.to_string_lossy();
    let plain = text.trim_start_matches(':');
    matches!(plain, "c++" | "stdc++") || plain.starts_with("libc++.") || plain.starts_with("libstdc++.")
}

/// `foo` of `-lfoo` and of `-l:libfoo.a`.
fn lib_name(value: &OsStr) -> Option<String> {
    let text = value.to_str()?;
    match text.strip_prefix(':') {
        None => Some(text.to_string()),
        Some(file) => {
            let stem = file.strip_suffix(".a").or_else(|| file.strip_suffix(".lib"))?;
            Some(stem.strip_prefix("lib").unwrap_or(stem).to_string())
        }
    }
}

fn no_variant(lib: &str, source: &Source, library: &Library, why: &str) -> Failure {
    Failure::new(
        OwnExit::Request,
        format!("link -l{lib}: {} {} of `{}`: {why}", library.name, library.version, source.module),
        "choose such a target, or put a library of your own into a -L folder (CGO_LDFLAGS=-L…)",
    )
}

fn unpinned(lib: &str, source: &Source, artifact: &Artifact, modules: &Modules, why: &str) -> Failure {
    let place =
        modules.main.as_deref().map_or("the main module".into(), |main| format!("`{}`", main.display()));
    Failure::new(
        OwnExit::Request,
        format!("link -l{lib}: {} of `{}`: {why}", artifact.shown(), source.module),
        format!("`cgozig lock` in {place} fetches it once and writes its hash into cgozig.lock"),
    )
}
