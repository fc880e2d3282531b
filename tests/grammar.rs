//! The grammar, and the versions that we claim, held against the clang of each supported zig.

mod support;

use cgozig::argv::grammar::{self, Takes};
use cgozig::zig::version::RELEASES;
use std::path::Path;
use std::process::{Command, Output};

fn run(zig: &Path, words: &[&str]) -> Output {
    Command::new(zig).args(words).output().expect("zig starts")
}

#[test]
fn each_zig_contains_the_clang_that_we_say() {
    for release in RELEASES {
        let Some(zig) = support::zig(&release.version.to_string()) else { continue };
        let output = run(&zig, &["clang", "--version"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.starts_with(&format!("clang version {}", release.clang)), "{}: {text}", release.version);
    }
}

/// Every option of clang that says "argument is missing" takes a separate value, and the grammar has to know.
#[test]
fn the_grammar_knows_every_option_with_a_separate_value() {
    for version in support::ZIGS {
        let Some(zig) = support::zig(version) else { continue };
        let listed = run(&zig, &["clang", "--autocomplete=-"]);
        let text = String::from_utf8_lossy(&listed.stdout).into_owned();
        let candidates: Vec<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
        let unknown: Vec<&str> = candidates
            .into_iter()
            .filter(|option| !may_take_next(option) && plausible(option))
            .filter(|option| misses_a_value(&zig, option))
            .collect();
        assert!(unknown.is_empty(), "zig {version}: {unknown:?}");
    }
}

fn may_take_next(option: &str) -> bool {
    option == "-Xlinker"
        || grammar::find(grammar::DRIVER, option.as_bytes()).is_some_and(|spec| {
            !matches!(spec.takes, Takes::Nothing | Takes::Joined | Takes::Equals)
                && spec.word.len() == option.len()
        })
}

/// Flags that are on or off take no value; leaving them out saves thousands of processes.
fn plausible(option: &str) -> bool {
    !["-f", "-m", "-W", "-g", "--cuda", "--hip", "-no", "--no"].iter().any(|start| option.starts_with(start))
        && !option.ends_with('=')
        || option.starts_with("-fdebug-comp")
        || option.starts_with("-fmodules-user")
}

fn misses_a_value(zig: &Path, option: &str) -> bool {
    let output = run(zig, &["clang", "-###", "-c", "/dev/null", option]);
    support::text(&output).contains(&format!("argument to '{option}' is missing"))
}
