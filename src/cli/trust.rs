//! `cgozig trust`: whom the user allows to be asked for prebuilt libraries.

use super::told::Told;
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::consent;
use crate::net::policy;
use crate::say;
use crate::settings;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use std::process::ExitCode;
use toml_edit::{Array, DocumentMut};

/// Whom.
#[derive(Debug, Args)]
pub struct Trust {
    /// A host (downloads.example.com), or a module's path (example.com/module) whatever host it names
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
        own.modules.iter().for_each(|module| say!("module  {module}"));
        return Ok(ExitCode::SUCCESS);
    };
    let (key, listed) = match kind(who)? {
        Kind::Host => ("hosts", &own.hosts),
        Kind::Module => ("modules", &own.modules),
    };
    if trust.remove && !listed.contains(who) {
        let what = format!("remove `{who}`: it is not among the trusted {key}");
        return Err(Failure::new(OwnExit::Request, what, "`cgozig trust --list` shows who is"));
    }
    let path = settings::edit(env, &|document| change(document, key, who, trust.remove))?;
    let done = if trust.remove { "no longer in" } else { "in" };
    say!("{who} is {done} [trust] {key} of {}", path.display());
    Ok(ExitCode::SUCCESS)
}

enum Kind {
    Host,
    Module,
}

fn kind(who: &str) -> Result<Kind, Failure> {
    let no = |why: &str, hint: &str| Err(Failure::new(OwnExit::Usage, format!("trust `{who}`: {why}"), hint));
    if who.contains("://") {
        return no("it is a url", "write its host alone, as downloads.example.com");
    }
    let is_host = |text: &str| {
        let uri = policy::address(&format!("https://{text}/"));
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        uri.is_ok_and(|uri| uri.host() == Some(text)) && text.contains('.') && text.split('.').all(is_label)
    };
    match who.split_once('/') {
        None if is_host(who) => Ok(Kind::Host),
        None => {
            no("it is no host", "write a host as downloads.example.com, or a module as example.com/module")
        }
        Some((first, _)) if is_host(first) && !who.contains(char::is_whitespace) && !who.ends_with('/') => {
            Ok(Kind::Module)
        }
        Some(_) => no("it is no module's path", "write a module as example.com/module"),
    }
}

/// Adds to a list of `[trust]`, or takes away; the file was read as settings before, so that the types are right.
fn change(document: &mut DocumentMut, key: &str, who: &str, remove: bool) {
    let table = document["trust"].or_insert(toml_edit::table());
    let list = table[key].or_insert(toml_edit::value(Array::new()));
    let Some(list) = list.as_array_mut() else { return };
    list.retain(|own| own.as_str() != Some(who));
    if !remove {
        list.push(who);
    }
}
