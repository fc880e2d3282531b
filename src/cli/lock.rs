//! `cgozig lock`: fetches what is declared without a hash once, and writes its hashes into `cgozig.lock`.
//!
//! The only command, beside `cgozig add`, that accepts bytes which nobody has named before; it says what speaks for them.

use super::native;
use super::told::{self, Told};
use crate::compiler;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::native::declared::{Declared, Entry, Wanted};
use crate::native::lock::{self, Lock, Locked};
use crate::native::provenance::{self, Provenance};
use crate::native::{fetch, modules};
use crate::say;
use crate::store::usage;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

/// What to lock.
#[derive(Debug, Args)]
pub struct LockArgs {
    /// Fetch again what is locked already, and accept what has changed
    #[arg(long)]
    update: bool,
    /// Only for these, as linux/amd64/musl or GOOS/GOARCH [default: every variant that is declared]
    #[arg(long = "target", value_name = "TARGET", num_args = 1..)]
    targets: Vec<String>,
}

/// Writes the main module's lock.
pub fn run(args: &LockArgs, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let wanted = native::wanted(&args.targets, env)?;
    let declared = Declared::find(&search)?;
    let path = declared.main.join(lock::NAME);
    let (_, old) = read(&path)?;
    let plan = plan(&declared, &old, &wanted, args.update)?;
    let mut new = Lock::default();
    plan.kept.iter().for_each(|locked| new.put(locked.clone()));
    let kept = new.archives.len();
    let mut locking = Locking {
        search: &search,
        update: args.update,
        came: HashMap::new(),
        provenance: Provenance::default(),
    };
    for (entry, before) in &plan.fetch {
        if let Some(locked) = locking.lock(entry, *before, &old)? {
            new.put(locked);
        }
    }
    none_missing(&plan, &new)?;
    drop_stale(&declared, &old, &mut new);
    let new = write(&search, &path, &old, &new)?;
    match new.archives.len() {
        0 if !wanted.is_empty() => say!("nothing to lock for these targets"),
        0 => say!("nothing to lock: no library is declared without a hash"),
        number => say!("{}: {number} locked, {kept} of them as before", path.display()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The lock as it is written now: its text, and what it says.
fn read(path: &Path) -> Result<(Option<String>, Lock), Failure> {
    let text = modules::read(path)?;
    let shown = path.display().to_string();
    let lock = text.as_deref().map(|text| Lock::parse(text, &shown)).transpose()?;
    Ok((text, lock.unwrap_or_default()))
}

/// Writes the lock, with what another process has written into it since `old` was read.
fn write(search: &Search, path: &Path, old: &Lock, new: &Lock) -> Result<Lock, Failure> {
    let _alone = native::alone(search, path)?;
    let (text, now) = read(path)?;
    let merged = new.merged(old, &now).map_err(|theirs| {
        let what = format!("write `{}`: meanwhile it says something else of {}", path.display(), theirs);
        Failure::new(OwnExit::Request, what, "run it again: it goes by what is written now")
    })?;
    let rendered = merged.render();
    if text.as_deref() != Some(&rendered) && !(text.is_none() && merged.archives.is_empty()) {
        native::write(path, &rendered)?;
    }
    Ok(merged)
}

/// Leaves out what nobody declares without a hash, unless whoever does may not be here.
fn drop_stale(declared: &Declared, old: &Lock, new: &mut Lock) {
    let is_new = |locked: &&Locked| new.archives.iter().all(|new| !new.is_for_same(locked));
    let gone: Vec<Locked> = old.archives.iter().filter(is_new).cloned().collect();
    for locked in gone {
        let what = locked.shown();
        if declared.is_complete {
            say!("dropped {what}: it is not declared without a hash");
        } else {
            say!("kept {what}: `go mod download` does not work, so who declares it may not be here");
            new.put(locked);
        }
    }
}

/// What is to be done.
struct Plan<'a> {
    kept: Vec<Locked>,
    /// With what was locked before.
    fetch: Vec<(Entry<'a>, Option<&'a Locked>)>,
}

fn plan<'a>(
    declared: &'a Declared,
    old: &'a Lock,
    wanted: &[Wanted],
    update: bool,
) -> Result<Plan<'a>, Failure> {
    let mut plan = Plan { kept: Vec::new(), fetch: Vec::new() };
    let mut unpinned: Vec<Entry> = Vec::new();
    for entry in declared.entries()? {
        let before = old.archives.iter().find(|locked| entry.is(locked));
        if let Some(own) = entry.library.pin(entry.artifact.variant) {
            let same = before.filter(|locked| !update && locked.url == entry.artifact.url);
            match same.filter(|locked| locked.pin() != own) {
                Some(_) => return Err(contradicts(declared, &entry)),
                None => continue,
            }
        }
        if let Some(other) = unpinned.iter().find(|other| other.is_rival(&entry)) {
            return Err(rivals(&entry, other));
        }
        unpinned.push(entry.clone());
        let is_here = wanted.is_empty() || native::is_for(&entry, wanted);
        // In the lock of another module of the workspace.
        let elsewhere = before.is_none() && declared.pin(&entry).is_ok();
        match before {
            // Two may declare the same archive; it is kept once.
            Some(locked) if !is_here || (!update && locked.url == entry.artifact.url) => {
                plan.kept.push(locked.clone());
            }
            _ if is_here && !elsewhere => plan.fetch.push((entry, before)),
            _ => {}
        }
    }
    Ok(plan)
}

/// The archives as they come.
struct Locking<'a> {
    search: &'a Search<'a>,
    update: bool,
    /// What came from each url; none where there is no such file.
    came: HashMap<String, Option<Pin>>,
    provenance: Provenance,
}

impl Locking<'_> {
    /// Fetches an archive; none when it is not there.
    fn lock(
        &mut self,
        entry: &Entry,
        before: Option<&Locked>,
        old: &Lock,
    ) -> Result<Option<Locked>, Failure> {
        let artifact = &entry.artifact;
        let Some(pin) = self.fetch(entry)? else {
            if entry.source.is_known() {
                told::done();
                say!("left out {}: {} is not there", artifact.shown(), artifact.url);
            }
            return Ok(None);
        };
        let trust = self.provenance.of(self.search, artifact, &pin)?;
        let Pin { sha256, size } = pin;
        let (library, version) = (artifact.library.clone(), artifact.version.clone());
        let (variant, url) = (artifact.variant, artifact.url.clone());
        let locked = Locked { library, version, variant, url, sha256, size, trust: trust.into() };
        if let Some(before) = before.filter(|before| !self.update && before.contradicts(&locked)) {
            return Err(changed(entry, before, &locked));
        }
        if trust == provenance::FIRST_USE {
            let is_kin = |other: &&Locked| other.library == locked.library && other.variant == locked.variant;
            if old.archives.iter().filter(is_kin).any(|other| other.trust == provenance::GITHUB) {
                return Err(less_trust(entry));
            }
        }
        let size = usage::shown(locked.size);
        told::done();
        say!("locked {}: sha256 {}, {size}, {trust}", artifact.shown(), locked.sha256);
        Ok(Some(locked))
    }

    /// What comes from its url. What this machine builds for goes into the store, so that the build does not fetch it again.
    fn fetch(&mut self, entry: &Entry) -> Result<Option<Pin>, Failure> {
        let (search, artifact) = (self.search, &entry.artifact);
        if let Some(came) = self.came.get(&artifact.url) {
            return Ok(came.clone());
        }
        let store = &search.store;
        store.make_dir(store.root())?;
        let mut file = tempfile::tempfile_in(store.root())
            .map_err(|error| Failure::store("write a file in", store.root(), &error))?;
        let came = match fetch::download(search, entry.source.declarer(), artifact, &mut file) {
            Ok(pin) => Some(pin),
            // A forge says so of a private file that the token may not see.
            Err(missed) if missed.is_absent && !artifact.private => None,
            Err(missed) => return Err(missed.failure),
        };
        let here = compiler::named_target(None, None, search.env).ok().map(Wanted::Target);
        if let (Some(pin), true) = (&came, here.is_some_and(|here| native::is_for(entry, &[here]))) {
            keep(search, entry, pin, file)?;
        }
        self.came.insert(artifact.url.clone(), came.clone());
        Ok(came)
    }
}

fn keep(search: &Search, entry: &Entry, pin: &Pin, file: File) -> Result<(), Failure> {
    fetch::keep(search, &entry.artifact, pin, file).map(drop)
}

/// Fails when a declared archive is not there: all of a known module's release, or one that a manifest names.
fn none_missing(plan: &Plan, new: &Lock) -> Result<(), Failure> {
    let is_locked = |entry: &Entry| new.archives.iter().any(|locked| entry.is(locked));
    let missing: Vec<&Entry> = plan
        .fetch
        .iter()
        .map(|(entry, _)| entry)
        .filter(|entry| !is_locked(entry) && !entry.has_sibling(new))
        .collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let more = if missing.len() > 1 { format!(", and {} more", missing.len() - 1) } else { String::new() };
    let what = format!("lock {}: {} is not there (404){more}", first.artifact.shown(), first.artifact.url);
    let hint = if first.source.is_known() {
        "the module's version may have no release yet; nothing was written".into()
    } else {
        format!("correct url, version or variants in `{}`; nothing was written", first.source.shown)
    };
    Err(Failure::new(OwnExit::Request, what, hint))
}

fn contradicts(declared: &Declared, entry: &Entry) -> Failure {
    let why = declared.pin(entry).err().unwrap_or_default();
    let what = format!("lock {} of `{}`: {why}", entry.artifact.shown(), entry.source.module);
    Failure::new(
        OwnExit::Request,
        what,
        "`cgozig lock --update` goes by the manifest, once you know why they differ",
    )
}

fn rivals(entry: &Entry, other: &Entry) -> Failure {
    let (one, two) = (&other.source.module, &entry.source.module);
    let what =
        format!("lock {}: `{one}` and `{two}` declare it with different archives", entry.artifact.shown());
    Failure::new(OwnExit::Request, what, "one of them has to call it by another name")
}

fn changed(entry: &Entry, before: &Locked, now: &Locked) -> Failure {
    let what = format!(
        "lock {}: {} has sha256 {} ({} bytes), and cgozig.lock says {} ({} bytes)",
        entry.artifact.shown(),
        now.url,
        now.sha256,
        now.size,
        before.sha256,
        before.size
    );
    Failure::new(
        OwnExit::Request,
        what,
        "`cgozig lock --update` accepts it, once you know why it has changed",
    )
}

fn less_trust(entry: &Entry) -> Failure {
    let what = format!(
        "lock {}: GitHub's digest spoke for it before, and now nothing does but that this is what came",
        entry.artifact.shown()
    );
    Failure::new(
        OwnExit::Request,
        what,
        "try again later, or take its lines out of cgozig.lock to accept it on first use",
    )
}
