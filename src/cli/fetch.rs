//! `cgozig fetch` and `cgozig bundle`: prebuilt libraries before a build wants them, here or for a machine without network.

use super::native;
use super::told::{self, Told};
use crate::digest::sha256;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::native::declared::{Declared, Entry};
use crate::native::fetch;
use crate::say;
use crate::store::usage;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For whom.
#[derive(Debug, Args)]
pub struct Targets {
    /// As GOOS/GOARCH, linux/amd64/musl or any triple [default: what the environment says, else this machine]
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Every variant that is declared
    #[arg(long, conflicts_with = "targets")]
    all_targets: bool,
}

/// What to bundle.
#[derive(Debug, Args)]
pub struct Bundle {
    /// The folder that the archives are put into
    dir: PathBuf,
    #[command(flatten)]
    targets: Targets,
}

/// Fetches into the store.
pub fn run(targets: &Targets, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let declared = Declared::find(&search)?;
    let always = fetch::always_hash(env);
    for (entry, pin) in pinned(&declared, targets, env)? {
        let shown = entry.artifact.shown();
        if fetch::present(&search.store, &entry.artifact, &pin, always).is_some() {
            say!("{shown} is in the store");
            continue;
        }
        fetch::ensure(&search, entry.source.declarer(), &entry.artifact, &pin)?;
        told::done();
        say!("fetched {shown}, {}", usage::shown(pin.size));
    }
    Ok(ExitCode::SUCCESS)
}

/// The archives that are wanted, each with its hash; what no hash is known of is a failure before anything is fetched.
fn pinned<'a>(
    declared: &'a Declared,
    targets: &Targets,
    env: &Env,
) -> Result<Vec<(Entry<'a>, Pin)>, Failure> {
    let wanted = native::wanted_or_here(&targets.targets, targets.all_targets, env)?;
    let chosen = native::chosen(declared, wanted.as_deref())?;
    let left_out = native::left_out(declared, wanted.as_deref(), !targets.targets.is_empty())?;
    let without = native::without_variant(declared, wanted.as_deref().unwrap_or_default()).into_iter();
    without.chain(left_out).for_each(|line| say!("{line}"));
    if chosen.is_empty() {
        say!("no library is declared for that");
    }
    let pin = |entry: Entry<'a>| {
        let pin = declared.pin(&entry).map_err(|why| native::unpinned(&entry, &why))?;
        Ok((entry, pin))
    };
    chosen.into_iter().map(pin).collect()
}

/// Puts the archives into a folder, under names that the downloads folder of another store knows.
pub fn bundle(bundle: &Bundle, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let declared = Declared::find(&search)?;
    let pinned = pinned(&declared, &bundle.targets, env)?;
    fs::create_dir_all(&bundle.dir).map_err(|error| unwritable(&bundle.dir, &error))?;
    let mut names: BTreeMap<String, &Pin> = BTreeMap::new();
    for (entry, pin) in &pinned {
        let by_name = fetch::file_name(&entry.artifact).filter(|name| *name != README);
        // Another archive with the same name: the hash is a name as well.
        let name =
            by_name.filter(|name| names.get(*name).is_none_or(|other| *other == pin)).unwrap_or(&pin.sha256);
        names.insert(name.to_string(), pin);
        let path = bundle.dir.join(name);
        if File::open(&path).and_then(|mut file| sha256(&mut file)).is_ok_and(|seen| seen == pin.sha256) {
            say!("{} is there", path.display());
            continue;
        }
        one(&search, entry, pin, &path)?;
        told::done();
        say!("{}, {}", path.display(), usage::shown(pin.size));
    }
    let readme = bundle.dir.join(README);
    fs::write(&readme, TEXT).map_err(|error| unwritable(&readme, &error))?;
    say!("{} says what to do on the other machine", readme.display());
    Ok(ExitCode::SUCCESS)
}

const README: &str = "README-cgozig.txt";

const TEXT: &str = "\
Archives of prebuilt libraries, for builds without network. On the machine that builds, as its user:

    mkdir -p \"$(cgozig cache path)/downloads-v1\"
    cp * \"$(cgozig cache path)/downloads-v1/\"
    cd your/module && CGOZIG_OFFLINE=1 cgozig fetch     # or just build

Each archive is compared with its hash in cgozig.lock, or in the manifest that declares it, before it is unpacked.
";

/// Brings one archive, whole or not at all.
fn one(search: &Search, entry: &Entry, pin: &Pin, path: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| unwritable(path, &error);
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = tempfile::Builder::new().prefix(".cgozig-").make_in(folder, |path| {
        // Read as well as written: it is looked at when it has come.
        File::options().read(true).write(true).create_new(true).open(path)
    });
    let mut file = made.map_err(failed)?;
    fetch::archive(search, entry.source.declarer(), &entry.artifact, pin, (file.as_file_mut(), folder))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let what = format!("write `{}`: {error}", path.display());
    Failure::new(OwnExit::Request, what, "name a folder that you can write")
}
