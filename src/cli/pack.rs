//! `cgozig pack`: what the links of a target need, as a file of a megabyte, and from one.

use super::go_links::Links;
use super::told::Told;
use super::warm;
use crate::digest::sha256;
use crate::direct::learned::Learned;
use crate::direct::runtime::CHECKED;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::author;
use crate::pack::index::{self, Listed, Pinned};
use crate::pack::take::{self, Pack, Refused};
use crate::pack::{fetch, make};
use crate::say;
use crate::store::target::TargetCache;
use crate::store::usage::shown;
use crate::store::{Store, manifest, usage};
use crate::sys::{self, env::Env};
use crate::target::Target;
use crate::zig::find::{Search, Zig};
use crate::zig::install::Telling;
use crate::{compiler, digest, shims};
use clap::{Args, Subcommand};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Write packs: the words for zig's clang and linker, and what zig builds once
    Make(Make),
    /// Take packs, so that the first link for their targets builds no libc
    Use {
        /// A file, or an address with its hash: https://…/FILE#sha256=HEX
        #[arg(required = true, value_name = "FILE|URL")]
        packs: Vec<PathBuf>,
    },
    /// List what the store has for each target
    List,
    /// Print the index of packs that lie in one folder, to be published beside them
    Index {
        /// The packs
        #[arg(required = true, value_name = "FILE")]
        packs: Vec<PathBuf>,
    },
}

/// For which targets, and where.
#[derive(Debug, Args)]
pub struct Make {
    /// As GOOS/GOARCH, or triples [default: what GOOS and GOARCH say, else this machine]
    targets: Vec<String>,
    /// The C++ library too
    #[arg(long = "c++")]
    cxx: bool,
    /// musl, on linux
    #[arg(long)]
    musl: bool,
    /// The file, which ends in .tar.zst, or a folder, made when it is not there [default: this folder]
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
}

/// Does it.
pub fn run(action: Action, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    match action {
        Action::Make(make) => return make_all(&make, &search),
        Action::Use { packs } => {
            for pack in &packs {
                use_one(pack, &search)?;
            }
        }
        Action::List => list(&search.store),
        Action::Index { packs } => {
            let listed = packs.iter().map(|pack| listed(pack, &search)).collect::<Result<_, _>>()?;
            let text = index::render(listed);
            index::Index::parse(&text).map_err(|why| twice(&why))?;
            say!("{}", text.trim_end());
            Told.step(&format!("its sha256, for `index-sha256`: {}", digest::sha256_of(text.as_bytes())));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A list that nobody could use.
fn twice(why: &str) -> Failure {
    let hint = "list one pack for each target and zig; one that was made with --c++ serves C too";
    Failure::new(OwnExit::Request, format!("list these packs: {why}"), hint)
}

fn make_all(make: &Make, search: &Search) -> Result<ExitCode, Failure> {
    let targets = warm::named_targets(&make.targets, make.musl, search.env)?;
    let served = targets.into_iter().map(|target| search.zig_for(target)).collect::<Result<Vec<_>, _>>()?;
    let output = Output::open(make.output.as_deref(), served.len())?;
    let work = search.store.workplace("pack-make")?;
    let lent = sys::lend_folder(sys::LENT_STORES, work.path());
    let stores = lent.map_or_else(|_| work.path().to_path_buf(), |()| sys::LENT_STORES.path.into());
    let failed = warm::each(served, |(zig, target)| make_one(make.cxx, &stores, (zig, *target), &output));
    match failed.into_iter().next() {
        None => Ok(ExitCode::SUCCESS),
        Some((_, failure)) => Err(failure),
    }
}

/// Where packs are written.
enum Output {
    /// Each under its own name.
    Folder(PathBuf),
    /// The only one.
    File(PathBuf),
}

impl Output {
    /// What `-o` names, for so many packs: seen to before an hour of building. A folder is made when it is not there.
    fn open(named: Option<&Path>, packs: usize) -> Result<Output, Failure> {
        let path = named.unwrap_or(Path::new("."));
        let cannot = |why: &str| {
            let number = if packs == 1 { "a pack".to_string() } else { format!("{packs} packs") };
            let what = format!("write {number} to `{}`: {why}", path.display());
            let hint = format!("-o names a folder, or, for one pack, a file that ends in `{ENDING}`");
            Failure::new(OwnExit::Request, what, hint)
        };
        if path.is_dir() {
            return Ok(Output::Folder(path.to_path_buf()));
        }
        if path.to_string_lossy().ends_with(ENDING) {
            return match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                _ if packs > 1 => Err(cannot("it is one file")),
                Some(folder) if !folder.is_dir() => Err(cannot("its folder is not there")),
                _ => Ok(Output::File(path.to_path_buf())),
            };
        }
        fs::create_dir(path).map_err(|error| cannot(&error.to_string()))?;
        Ok(Output::Folder(path.to_path_buf()))
    }

    /// The file of the pack that is called `name`.
    fn file(&self, name: &str) -> PathBuf {
        match self {
            Output::Folder(folder) => folder.join(name),
            Output::File(file) => file.clone(),
        }
    }
}

/// Makes one pack, in a store below `stores` where nothing but its links is done. Where folders can be lent, that and zig's
/// library have the same paths on every machine, which are part of what zig builds.
fn make_one(cxx: bool, stores: &Path, (zig, target): (&Zig, Target), output: &Output) -> Result<(), Failure> {
    let triple = target.triple();
    Told.step(&format!("building the runtime of {target} ({triple})"));
    let store = Store::at(stores.join(triple.as_str()));
    let cache = if sys::can_lend() {
        store.begin_portable_fixed(zig.version, triple.as_str())?
    } else {
        store.target_cache(zig.version, triple.as_str())?.0
    };
    let variables = [
        ("CGOZIG_CACHE_DIR", store.root()),
        ("CGOZIG_ZIG", zig.program.as_path()),
        ("CGOZIG_OFFLINE", Path::new("1")),
    ];
    Links { target, cxx, all: true, variables: &variables }
        .run()
        .map_err(|said| warm::failure(target, &said))?;
    let name = format!("cgozig-runtime-{}-{triple}{}{ENDING}", zig.said, if cxx { "-c++" } else { "" });
    let file = output.file(&name);
    let made = make::write(&cache, &zig.said, triple.as_str(), &file)?;
    for why in &made.left_out {
        log::info!("left out of the pack of {triple}: {why}");
    }
    let ((learned, runtime), pin) = (made.counts, &made.pin);
    Told.step(&format!(
        "{target} ({triple}) with zig {}: {learned} records, {runtime} files, {}",
        zig.said,
        shown(pin.size)
    ));
    say!("{}  {}", pin.sha256, file.display());
    Ok(())
}

/// What packs are called in the end.
const ENDING: &str = ".tar.zst";

/// What helps where a pack is no good.
const ANEW: &str = "`cgozig pack make` writes such files; make it, or fetch it, anew";

fn opened(pack: &Path, file: &File, store: &Store) -> Result<Pack, Failure> {
    take::open(store, file).map_err(|refused| match refused {
        Refused::Store(failure) => failure,
        Refused::Pack(why) => refuse(pack, &why, ANEW),
    })
}

fn refuse(pack: &Path, why: &str, hint: impl Into<String>) -> Failure {
    Failure::new(OwnExit::Request, format!("use the pack `{}`: {why}", pack.display()), hint)
}

fn use_one(pack: &Path, search: &Search) -> Result<(), Failure> {
    let store = &search.store;
    let address = pack.to_str().filter(|text| text.contains("://"));
    let work = store.workplace("pack-use")?;
    let file = match address {
        None => File::open(pack).map_err(|error| refuse(pack, &error.to_string(), ANEW))?,
        Some(text) => {
            let hint = "write its sha256 behind the address: `URL#sha256=HEX`";
            let pinned = Pinned::parse(text);
            let pinned = pinned.ok_or_else(|| refuse(pack, "nothing says which bytes have to come", hint))?;
            fetch::by_address(search, &pinned, work.path())?
        }
    };
    let opened = opened(pack, &file, store)?;
    let (zig, target) = served(pack, &opened, search)?;
    let (learned, runtime) = opened.head.counts();
    let (cache, _) = store.target_cache(zig.version, target.triple().as_str())?;
    opened.place(store, &cache)?;
    // What builds need besides: nobody may be able to write into the store when they run.
    shims::unpack(store, &store.shims(shims::DIGEST))?;
    say!("{target} ({}) with zig {}: {learned} records, {runtime} files", target.triple(), zig.said);
    Ok(())
}

/// The zig and the target of a pack, when that is the zig that builds for it here.
fn served(pack: &Path, opened: &Pack, search: &Search) -> Result<(Zig, Target), Failure> {
    let head = &opened.head;
    let no_target = || {
        let why = format!("it is for `{}`, which is no target of this cgozig", head.triple);
        refuse(pack, &why, "`cgozig targets` lists them")
    };
    let target = compiler::named_target(Some(&head.triple), None, search.env).map_err(|_| no_target())?;
    let (zig, target) = search.zig_for(target)?;
    if target.triple().as_str() != head.triple {
        return Err(no_target());
    }
    fetch::is_for(opened, &zig.said, &head.triple).map_err(|why| {
        let hint = format!("CGOZIG_ZIG={} takes that zig; `cgozig pack make` makes one for this", head.zig);
        refuse(pack, &why, hint)
    })?;
    Ok((zig, target))
}

/// What an index says of a pack that lies beside it.
fn listed(pack: &Path, search: &Search) -> Result<Listed, Failure> {
    let cannot = |error: std::io::Error| refuse(pack, &error.to_string(), ANEW);
    let mut file = File::open(pack).map_err(cannot)?;
    let head = opened(pack, &file, &search.store)?.head;
    let size = file.metadata().map_err(cannot)?.len();
    std::io::Seek::rewind(&mut file).map_err(cannot)?;
    let sha256 = sha256(&mut file).map_err(cannot)?;
    let url = author::file_name(&pack.to_string_lossy()).to_string();
    Ok(Listed { zig: head.zig, target: head.triple, url, sha256, size })
}

fn list(store: &Store) {
    for (name, cache) in store.target_caches() {
        let learned = learned(&cache);
        let sizes = sizes(&cache.runtime());
        if learned > 0 || !sizes.is_empty() {
            let bytes = usage::shown(sizes.iter().sum());
            say!("{name:<44} {learned:>4} learned, {:>3} runtime files, {bytes}", sizes.len());
        }
    }
}

/// How many records in it have words.
fn learned(cache: &TargetCache) -> usize {
    let files = fs::read_dir(cache.learned()).into_iter().flatten().flatten();
    let records = files.filter_map(|entry| Learned::read(&fs::read(entry.path()).ok()?));
    records.filter(|(_, learned)| learned.is_some()).count()
}

/// The sizes of all runtime files below a folder.
fn sizes(folder: &Path) -> Vec<u64> {
    let mut paths = Vec::new();
    let _ = manifest::files(folder, folder, &mut paths);
    paths.retain(|path| path != CHECKED);
    paths.iter().filter_map(|path| Some(folder.join(path).metadata().ok()?.len())).collect()
}
