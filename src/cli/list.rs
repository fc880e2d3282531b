//! `cgozig list`: the native libraries that a main module may link, for a target.

use super::told::Told;
use crate::compiler;
use crate::failure::Failure;
use crate::native::declared::{Declared, Entry, Wanted};
use crate::native::fetch;
use crate::native::manifest::Library;
use crate::native::modules::Source;
use crate::native::variant::Variant;
use crate::say;
use crate::store::usage;
use crate::sys::env::Env;
use crate::zig::find::Search;
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;

/// How to list.
#[derive(Debug, Args)]
pub struct List {
    /// As GOOS/GOARCH [default: what the environment says, else this machine]
    target: Option<String>,
    /// Also who declares each, and when a build would use it
    #[arg(long)]
    why: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One library, for one target.
#[derive(Debug, Default, Serialize)]
struct Row {
    library: String,
    version: String,
    module: String,
    declared_in: String,
    variant: Option<String>,
    libs: Vec<String>,
    url: Option<String>,
    sha256: Option<String>,
    size: Option<u64>,
    pinned_by: Option<&'static str>,
    stored_in: Option<String>,
    why: String,
}

/// Where known modules are declared.
const KNOWN: &str = "cgozig's own table of modules";

/// Lists.
pub fn run(list: &List, env: &Env) -> Result<ExitCode, Failure> {
    let search = Search::open(env, &Told)?;
    let target = compiler::named_target(list.target.as_deref(), None, env)?;
    let declared = Declared::find(&search)?;
    let mut rows: Vec<Row> = Vec::new();
    for source in &declared.modules.sources {
        for library in &source.manifest.libraries {
            let variant = Wanted::Target(target).of(library);
            let row = row(&search, &declared, source, library, variant, &rows)?;
            rows.push(row);
        }
    }
    if list.json {
        say!("{:#}", serde_json::json!({ "target": target.triple().as_str(), "libraries": rows }));
        return Ok(ExitCode::SUCCESS);
    }
    if rows.is_empty() {
        say!("no library is declared in `{}` or a module that it uses", declared.main.display());
    }
    for row in &rows {
        let name = format!("{} {}", row.library, row.version);
        let variant = row.variant.as_deref().unwrap_or("-");
        let hash = row.pinned_by.map_or("no hash".into(), |by| format!("hash in {by}"));
        let stored = if row.stored_in.is_some() { "in the store" } else { "not fetched" };
        let size = row.size.map_or("-".into(), usage::shown);
        say!("{name:<28} {variant:<18} {hash:<20} {stored:<13} {size:>10}  {}", row.module);
        if list.why {
            say!("    declared in {}", row.declared_in);
            say!("    {}", row.why);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(
    search: &Search,
    declared: &Declared,
    source: &Source,
    library: &Library,
    variant: Option<Variant>,
    before: &[Row],
) -> Result<Row, Failure> {
    let mut row = Row {
        library: library.name.clone(),
        version: library.version.clone(),
        module: source.module.clone(),
        declared_in: if source.is_known() { KNOWN.into() } else { source.shown.clone() },
        ..Row::default()
    };
    let Some(variant) = variant else {
        let names: Vec<String> = library.variants.keys().map(Variant::to_string).collect();
        row.why = format!("not used: it is there for {} only", names.join(", "));
        return Ok(row);
    };
    let entry = Entry::of(source, library, variant)?;
    row.variant = Some(variant.to_string());
    row.libs = entry.artifact.libs.keys().cloned().collect();
    row.url = Some(entry.artifact.url.clone());
    match declared.pin(&entry) {
        Err(why) => row.why = format!("a link that needs it fails: {why}"),
        Ok(pin) => {
            row.why = used(&row.libs, before);
            row.pinned_by = Some(if library.pin(variant).is_some() { "its manifest" } else { "cgozig.lock" });
            let stored = fetch::present(&search.store, &entry.artifact, &pin, false);
            row.stored_in = stored.map(|folder| folder.display().to_string());
            (row.sha256, row.size) = (Some(pin.sha256), Some(pin.size));
        }
    }
    Ok(row)
}

/// When a link takes it: by a name that no folder on its line has, and that nobody declares before.
fn used(libs: &[String], before: &[Row]) -> String {
    let earlier = |lib: &String| before.iter().find(|row| row.libs.contains(lib));
    if let Some((lib, row)) = libs.iter().find_map(|lib| Some((lib, earlier(lib)?))) {
        return format!("not used for -l{lib}: {} of {} goes before it", row.library, row.module);
    }
    if libs.is_empty() {
        return "not linked: it has headers only".into();
    }
    format!("used by a link with -l{} where no -L folder has that library", libs.join(" or -l"))
}
