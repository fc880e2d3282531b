//! Which manifests and locks belong to a link: those of the main module and its workspace, and of the modules in which the
//! folders on the line lie.
//!
//! Files that somebody else could have written are refused, as git does (CVE-2022-24765).

use super::consent::{self, Declarer};
use super::known::Known;
use super::lock::{self, Lock};
use super::manifest::{self, Manifest};
use super::started;
use crate::argv::Argv;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::sys::{self, env::Env};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::{env, fs, io};

/// The largest manifest or lock that is read.
const LARGEST: u64 = 1 << 20;

/// A manifest and whose it is.
#[derive(Clone, Debug)]
pub struct Source {
    /// The module's path, as go.mod has it, or its folder where that is not known.
    pub module: String,
    /// The manifest's path; for a known module its name.
    pub shown: String,
    /// What it says.
    pub manifest: Manifest,
    /// Its file; none for a module of cgozig's own table.
    pub file: Option<PathBuf>,
    /// Its content, as [`consent::digest`] calls it.
    pub digest: String,
    /// Whether the module is the main one or of its workspace.
    pub is_own: bool,
}

/// The manifests and locks of a build.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    /// The main module's folder.
    pub main: Option<PathBuf>,
    /// That one, and those of its workspace.
    own: Vec<PathBuf>,
    /// The manifests, the closest first.
    pub sources: Vec<Source>,
    /// The main module's lock, with those of its workspace.
    pub lock: Lock,
}

impl Source {
    /// Whether it is from cgozig's own table: the module ships no manifest.
    pub fn is_known(&self) -> bool {
        self.file.is_none()
    }

    /// By whose word its archives are where they are.
    pub fn declarer(&self) -> Declarer<'_> {
        Declarer { module: &self.module, manifest: &self.digest, is_own: self.is_own }
    }
}

impl Modules {
    /// Those of the main module and its workspace.
    pub fn of_main(env: &Env) -> Result<Modules, Failure> {
        let folders = own_folders(env);
        let main = folders.first().cloned();
        let mut modules = Modules { main, own: folders.clone(), ..Modules::default() };
        for folder in folders {
            modules.add_manifest(&folder)?;
            modules.add_lock(&folder)?;
        }
        Ok(modules)
    }

    /// With those of the modules that the folders on a link's line lie in, and of known ones.
    pub fn with_line(mut self, argv: &Argv) -> Result<Modules, Failure> {
        let values = || argv.values("-L").chain(argv.values("-I"));
        for folder in values() {
            let Some(folder) = cleaned(Path::new(folder)) else { continue };
            if let Some(found) = manifest_above(&folder) {
                self.add_manifest(&found)?;
            }
        }
        for folder in values() {
            let text = folder.to_string_lossy();
            if let Some((known, version)) = Known::at(&text)
                && !self.has_module(known.module)
            {
                self.add_known(known, version)?;
            }
        }
        Ok(self)
    }

    /// Whether a module's manifest is there, its own or one of cgozig's table.
    pub(super) fn has_module(&self, path: &str) -> bool {
        self.sources.iter().any(|source| source.module == path)
    }

    /// What is known of a version of a module without a manifest.
    pub(super) fn add_known(&mut self, known: &Known, version: &str) -> Result<(), Failure> {
        if known.serves(version) {
            let (module, shown) = (known.module.to_string(), known.module.to_string());
            let (manifest, digest) = (known.manifest(version)?, known.digest());
            self.sources.push(Source { module, shown, manifest, file: None, digest, is_own: false });
        }
        Ok(())
    }

    /// The manifest in a folder, unless there is none or it was read before.
    pub(super) fn add_manifest(&mut self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(manifest::NAME);
        if self.sources.iter().any(|source| source.file.as_deref() == Some(&*path)) {
            return Ok(());
        }
        let Some(text) = read(&path)? else { return Ok(()) };
        let shown = path.display().to_string();
        let manifest = Manifest::parse(&text, &shown)?;
        let module = module_path(folder).or_else(|| vendored_path(folder));
        let module = module.unwrap_or_else(|| folder.display().to_string());
        let (digest, is_own) = (consent::digest(&text), self.is_own(folder));
        self.sources.push(Source { module, shown, manifest, file: Some(path), digest, is_own });
        Ok(())
    }

    /// Whether a folder is of the main module or of its workspace: not of a module below it, nor of a copy of another one in
    /// its `vendor` or in a module cache that lies in it.
    fn is_own(&self, folder: &Path) -> bool {
        let is_copy = |part: Component| {
            let name = part.as_os_str();
            name == "vendor" || name.as_encoded_bytes().contains(&b'@')
        };
        let root = above(folder, "go.mod").filter(|root| self.own.contains(root));
        let below = root.as_deref().and_then(|root| folder.strip_prefix(root).ok());
        self.own.iter().any(|own| own == folder)
            || below.is_some_and(|below| !below.components().any(is_copy))
    }

    fn add_lock(&mut self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(lock::NAME);
        let Some(text) = read(&path)? else { return Ok(()) };
        let shown = path.display().to_string();
        for locked in Lock::parse(&text, &shown)?.archives {
            if self.lock.archives.iter().any(|other| other.contradicts(&locked)) {
                let what = format!(
                    "use the lock `{shown}`: {} {} for {} has another hash in another module of the workspace",
                    locked.library, locked.version, locked.variant
                );
                return Err(Failure::new(
                    OwnExit::Request,
                    what,
                    "`cgozig lock` in each of them writes them anew",
                ));
            }
            self.lock.put(locked);
        }
        Ok(())
    }
}

/// The folder in which `go build` was started: a link of a shared library and every compile run elsewhere.
pub fn build_folder(env: &Env) -> Option<PathBuf> {
    let said = env.path("CGOZIG_MODULE").filter(|path| path.is_absolute());
    said.or_else(sys::go_folder).or_else(|| started::folder(env)).or_else(|| env::current_dir().ok())
}

/// The nearest folder at or above `start` that has the file `name`.
fn above(start: &Path, name: &str) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(name).is_file()).map(Path::to_path_buf)
}

/// The folder by which a build is known: the workspace's, else the main module's.
pub fn anchor(env: &Env) -> Option<PathBuf> {
    let start = build_folder(env)?;
    let work = workspace(env, &start).and_then(|file| file.parent().map(Path::to_path_buf));
    work.or_else(|| above(&start, "go.mod"))
}

/// The folders of the main module and of the workspace's other modules, the main one first.
pub fn own_folders(env: &Env) -> Vec<PathBuf> {
    let Some(start) = build_folder(env) else { return Vec::new() };
    let work = workspace(env, &start);
    let main = above(&start, "go.mod");
    let main = main.or_else(|| work.as_deref().and_then(Path::parent).map(Path::to_path_buf));
    let mut folders: Vec<PathBuf> = main.into_iter().collect();
    for used in work.as_deref().map(work_modules).unwrap_or_default() {
        if !folders.contains(&used) {
            folders.push(used);
        }
    }
    folders
}

/// The workspace's file, by Go's rules.
pub(super) fn workspace(env: &Env, start: &Path) -> Option<PathBuf> {
    match env.text("GOWORK").as_deref() {
        Some("off") => None,
        Some(path) if Path::new(path).is_absolute() => Some(PathBuf::from(path)),
        _ => above(start, "go.work").map(|folder| folder.join("go.work")),
    }
}

/// The folders of a workspace's modules.
fn work_modules(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new("/"));
    used(&text).iter().filter_map(|used| cleaned(&folder.join(used))).collect()
}

/// The folders after `use` in a go.work.
fn used(text: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let folder = match line.strip_prefix("use").filter(|_| !in_block) {
            Some(rest) if rest.trim() == "(" => {
                in_block = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
            _ if in_block && line == ")" => {
                in_block = false;
                continue;
            }
            _ if in_block => line,
            _ => continue,
        };
        if !folder.is_empty() {
            folders.push(folder.trim_matches(['"', '`']).to_string());
        }
    }
    folders
}

/// The folder at or above a folder of the line that has a manifest, within its module or vendored package.
fn manifest_above(folder: &Path) -> Option<PathBuf> {
    for place in folder.ancestors() {
        if place.join(manifest::NAME).is_file() {
            return Some(place.to_path_buf());
        }
        if place.join("go.mod").is_file() || place.file_name().is_some_and(|name| name == "vendor") {
            return None;
        }
    }
    None
}

/// An absolute path without `.` and `..`: cgo lines go up from the module's folder, which need not be there.
pub fn cleaned(path: &Path) -> Option<PathBuf> {
    let whole = if path.is_absolute() { path.to_path_buf() } else { env::current_dir().ok()?.join(path) };
    let mut clean = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(clean.pop()),
            other => clean.push(other),
        }
    }
    Some(clean)
}

/// The module's path, by its go.mod.
pub fn module_path(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join("go.mod")).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
    let path = line.split("//").next()?.trim().trim_matches(['"', '`']);
    (!path.is_empty()).then(|| path.to_string())
}

/// The path of a module in a `vendor` folder, where there is no go.mod.
fn vendored_path(folder: &Path) -> Option<String> {
    let vendor = folder.ancestors().find(|place| place.file_name().is_some_and(|name| name == "vendor"))?;
    Some(folder.strip_prefix(vendor).ok()?.to_str()?.replace('\\', "/"))
}

/// The text of a manifest or lock, when there is one.
pub fn read(path: &Path) -> Result<Option<String>, Failure> {
    let no = |why: String, hint: &str| {
        Err(Failure::new(OwnExit::Request, format!("use `{}`: {why}", path.display()), hint))
    };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return no(error.to_string(), "make it a file that you can read, or remove it"),
    };
    match file.metadata() {
        Ok(metadata) if !sys::is_trusted(&metadata) && !is_like_its_module(path, &metadata) => {
            return no(
                "it belongs to somebody else than its module's go.mod, or anybody may write it".into(),
                "`chown` and `chmod go-w` it: it says what is linked into your program",
            );
        }
        Ok(metadata) if metadata.len() > LARGEST => {
            return no(format!("it has {} bytes", metadata.len()), "such a file has some hundred lines");
        }
        _ => {}
    }
    let mut text = String::new();
    match file.take(LARGEST).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) => no(error.to_string(), "it has to be text in UTF-8"),
    }
}

/// Whether a file is in the same hands as the go.mod above it, whose code is compiled in any case: in a container the whole
/// checkout may belong to a user of the host.
fn is_like_its_module(path: &Path, metadata: &fs::Metadata) -> bool {
    let module = path.parent().and_then(|folder| above(folder, "go.mod"));
    let module = module.and_then(|folder| fs::metadata(folder.join("go.mod")).ok());
    module.is_some_and(|module| sys::is_in_same_hands(metadata, &module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_lists_its_modules_in_lines_and_blocks() {
        let text = "go 1.24\nuse ./one // first\nuse (\n\t./two\n\t\"./three\"\n)\nuse `./four`\nuser ./no\n";
        assert_eq!(used(text), ["./one", "./two", "./three", "./four"]);
    }

    #[test]
    fn folders_are_cleaned_without_being_there() {
        let clean = |path: &str| cleaned(Path::new(path)).unwrap();
        assert_eq!(clean("/go/pkg/mod/x@v1/../../../.cgo-cache"), Path::new("/go/.cgo-cache"));
        assert_eq!(clean("/a/./b/"), Path::new("/a/b"));
    }
    #[test]
    fn copies_of_other_modules_are_not_the_users_own() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| place.path().join(name);
        for module in ["app", "app/nested", "other", "app/.go/pkg/mod/a.example/m@v1.0.0"] {
            fs::create_dir_all(folder(module)).unwrap();
            fs::write(folder(module).join("go.mod"), "module a.example/x\n").unwrap();
        }
        let modules = Modules { own: vec![folder("app"), folder("work")], ..Modules::default() };
        for (name, is_own) in [
            ("app", true),
            ("app/libs/x", true),
            ("work", true),
            ("app/nested", false),
            ("app/nested/libs", false),
            ("app/vendor/a.example/m", false),
            ("app/.go/pkg/mod/a.example/m@v1.0.0", false),
            ("app/.go/pkg/mod/a.example/old@v2.0.0+incompatible/libs", false),
            ("other", false),
            ("work/libs", false),
            ("elsewhere", false),
        ] {
            assert_eq!(modules.is_own(&folder(name)), is_own, "{name}");
        }
    }
}
