//! Pages that are made from data: the README's tables and the reference of the rules.
//!
//! `UPDATE=1 cargo test --test generated` writes them.

use cgozig::rule::{explain, options};
use cgozig::{cli, env_vars, rules};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Compares a page with what it should be, or writes it.
fn hold(path: &Path, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "{} is outdated: UPDATE=1 cargo test --test generated", path.display());
}

/// The text with the part between two marks replaced.
fn between(text: &str, mark: &str, table: &str) -> String {
    let start = text.find(&format!("<!-- {mark}:")).unwrap();
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = text.find(&format!("<!-- /{mark} -->")).unwrap();
    format!("{}{table}{}", &text[..start], &text[end..])
}

fn settings() -> String {
    let mut table = String::from("| variable | what | default |\n|---|---|---|\n");
    for variable in env_vars::ALL.iter().filter(|variable| variable.ours) {
        let _ = writeln!(table, "| `{}` | {} | {} |", variable.name, variable.what, variable.default);
    }
    table
}

#[test]
fn the_readme_s_tables_are_those_of_the_code() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let text = between(&text, "targets", &cli::targets::as_markdown());
    hold(&path, &between(&text, "settings", &settings()));
}

#[test]
fn the_reference_is_that_of_the_rules() {
    let all: Vec<_> = rules::all().collect();
    hold(&root().join("tests/golden/rules.md"), &explain::reference(&all, rules::left_out::LEFT_OUT));
    hold(&root().join("docs/linker-options.md"), &options::page(&all));
}
