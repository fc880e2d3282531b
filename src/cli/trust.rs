//! `cgozig trust`: whom the user allows to be asked for prebuilt libraries.

use super::native;
use super::told::Told;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::declared::Declared;
use crate::native::{consent, manifest, modules};
use crate::say;
use crate::settings::TrustSettings;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::collections::BTreeSet;
use std::fmt;
use std::process::ExitCode;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

/// Whom.
#[derive(Debug, Args)]
pub struct Trust {
    /// A host, whatever its port (downloads.example.com, nexus, 127.0.0.1), or a module's path (example.com/module) for the
    /// hosts that its manifest names as it is now
    #[arg(value_name = "HOST|MODULE", required_unless_present = "list")]
    who: Option<String>,
    /// No longer
    #[arg(long)]
    remove: bool,
    /// Print who is trusted
    #[arg(long, conflicts_with_all = ["who", "remove"])]
    list: bool,
}

/// Writes it into the user's configuration.
pub fn run(trust: &Trust, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let own = &search.settings.trust;
    let Some(who) = &trust.who else {
        consent::HOSTS.iter().for_each(|host| say!("host    {host} (built in)"));
        own.hosts.iter().for_each(|host| say!("host    {host}"));
        own.modules.iter().for_each(|(module, manifest)| say!("module  {module} {manifest}"));
        return Ok(ExitCode::SUCCESS);
    };
    let who = whom(who)?;
    let change = match (&who, trust.remove) {
        (_, true) if !is_listed(&who, own) => {
            let what = format!("remove `{who}`: it is not among the trusted {}", who.key());
            return Err(Failure::new(OwnExit::Request, what, "`cgozig trust --list` shows who is"));
        }
        (_, true) => Change::Remove,
        (Whom::Host(_), false) => Change::Add,
        (Whom::Module(module), false) => Change::Manifest(manifest(&search, module)?),
    };
    let path = native::edit_settings(&search, &|document| change.make(document, &who))?;
    let done = if trust.remove { "no longer in" } else { "in" };
    say!("{who} is {done} [trust] {} of {}", who.key(), path.display());
    Ok(ExitCode::SUCCESS)
}

/// A host or a module.
enum Whom {
    Host(String),
    Module(String),
}

impl Whom {
    /// Where `[trust]` has it.
    fn key(&self) -> &'static str {
        match self {
            Whom::Host(_) => "hosts",
            Whom::Module(_) => "modules",
        }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Whom::Host(name) | Whom::Module(name)) = self;
        out.write_str(name)
    }
}

fn is_listed(who: &Whom, trusted: &TrustSettings) -> bool {
    match who {
        Whom::Host(host) => trusted.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)),
        Whom::Module(module) => trusted.modules.contains_key(module),
    }
}

/// What a word means: without `/` it is a host.
fn whom(word: &str) -> Result<Whom, Failure> {
    let no =
        |why: &str, hint: &str| Err(Failure::new(OwnExit::Usage, format!("trust `{word}`: {why}"), hint));
    if word.contains("://") {
        return no("it is a url", "write its host alone, as downloads.example.com");
    }
    let without_port = || word.rsplit_once(':').and_then(|(host, _)| consent::host(host));
    match word.split_once('/') {
        None => match (consent::host(word), without_port()) {
            (Some(host), _) => Ok(Whom::Host(host)),
            (None, Some(host)) => {
                let hint =
                    format!("a host is trusted whatever its port: cgozig trust {}", consent::word(&host));
                no("it names a port", &hint)
            }
            (None, None) => no(
                "it is no host",
                "write a host as downloads.example.com, or a module as example.com/module",
            ),
        },
        Some((first, rest))
            if consent::host(first).is_some()
                && !rest.split('/').any(str::is_empty)
                && !word.contains(char::is_whitespace) =>
        {
            Ok(Whom::Module(word.into()))
        }
        Some(_) => no("it is no module's path", "write a module as example.com/module"),
    }
}

/// The manifest that a module has now, by its hash; says what it names.
fn manifest(search: &Search, module: &str) -> Result<String, Failure> {
    let declared = Declared::find(search)?;
    let mut sources = declared.modules.sources.iter().filter(|source| source.module == module).peekable();
    let Some(first) = sources.peek().copied() else { return Err(without(&declared, module)) };
    let hosts: BTreeSet<String> = sources.flat_map(|source| source.manifest.hosts()).collect();
    let hosts: Vec<String> = hosts.into_iter().collect();
    let shown = if first.is_known() { "its entry in cgozig's own table" } else { first.shown.as_str() };
    say!("{module} may be asked for from {}", hosts.join(", "));
    say!("as it is said in {shown}, {}", first.digest);
    if first.is_own {
        say!("it is the main module or of its workspace: its manifest may change");
    }
    Ok(first.digest.clone())
}

/// The failure to find a module's manifest.
fn without(declared: &Declared, module: &str) -> Failure {
    let main = declared.main.display();
    let is_there = declared.built_from.iter().find(|own| own.path == module);
    let is_main = modules::module_path(&declared.main).is_some_and(|path| path == module);
    let (why, hint) = match is_there {
        Some(own) if own.folder.is_none() && !declared.is_complete => {
            ("its files are not here".to_string(), "`go mod download` brings them")
        }
        None if !is_main => {
            let why = format!("`{main}` is not built from it");
            (
                why,
                "run it in the folder of the module that you build, with a module's path as `cgozig list` has it",
            )
        }
        _ => (
            format!("it has no {}, and cgozig's own table does not know it", manifest::NAME),
            "only a module that declares prebuilt libraries wants to be trusted; `cgozig list` shows them",
        ),
    };
    Failure::new(OwnExit::Request, format!("trust `{module}`: {why}"), hint)
}

/// What is done to `[trust]`.
enum Change {
    /// A host comes into its list.
    Add,
    /// A module comes into its table, with its manifest.
    Manifest(String),
    /// Either goes.
    Remove,
}

impl Change {
    /// The file was read as settings before, so that the types are right.
    fn make(&self, document: &mut DocumentMut, who: &Whom) {
        let mut new = Table::new();
        new.set_implicit(true);
        let trust = document.entry("trust").or_insert(Item::Table(new));
        let modules = if trust.is_table() { Item::Table(Table::new()) } else { value(InlineTable::new()) };
        let Some(trust) = trust.as_table_like_mut() else { return };
        match (self, who) {
            (Change::Manifest(digest), Whom::Module(module)) => {
                let modules = trust.entry("modules").or_insert(modules);
                if let Some(modules) = modules.as_table_like_mut() {
                    modules.insert(module, value(digest));
                }
            }
            (_, Whom::Module(module)) => {
                let modules = trust.get_mut("modules").and_then(Item::as_table_like_mut);
                drop(modules.and_then(|modules| modules.remove(module)));
            }
            (_, Whom::Host(host)) => {
                let list = trust.entry("hosts").or_insert(value(Array::new())).as_array_mut();
                let Some(list) = list else { return };
                list.retain(|own| own.as_str().is_none_or(|own| !own.eq_ignore_ascii_case(host)));
                if matches!(self, Change::Add) {
                    list.push(host);
                }
            }
        }
    }
}
