//! Which file a `-l` means: what linkers look for, in which order, as zig does it.
//!
//! For ELF the first folder that has the library counts, and of two in one folder the shared one. After `-static` or
//! `-Bstatic` only archives count, whatever lies beside them, up to a `-Bdynamic`. musl is no exception: what makes its programs
//! static by default is that no shared library is met. zig 0.14 takes no notice of `-static` here, and none takes any of what
//! the words say for Windows, but 0.14 of `-Bstatic`.

use crate::argv::{Argv, Item, bytes};
use crate::rule::state;
use crate::target::{Os, Target};
use crate::zig::ZigVersion;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What may stand around a library's name in a file's: what goes first is taken first.
pub type Kinds = &'static [(&'static str, &'static str)];

const DARWIN: Kinds = &[("lib", ".tbd"), ("lib", ".dylib"), ("lib", ".a")];
const WINDOWS: Kinds =
    &[("lib", ".dll.a"), ("", ".dll.a"), ("lib", ".a"), ("", ".lib"), ("lib", ".lib"), ("", ".dll")];
const ELF: Kinds = &[("lib", ".so"), ("lib", ".a")];
const ELF_STATIC: Kinds = &[("lib", ".a")];

/// The first zig for which `-static` says which of two libraries is meant.
const STATIC_COUNTS: ZigVersion = ZigVersion::new(0, 15, 0);

/// The `-l` values of a line in their order, each with what is looked for at its place.
pub fn asked(argv: &Argv, target: Target, zig: ZigVersion) -> Vec<(OsString, Kinds)> {
    let mut argv = argv.clone();
    state::settle(&mut argv);
    // The rule `drop-static-from-shared-library` takes the word out.
    let static_counts = zig >= STATIC_COUNTS && !argv.has("-shared");
    let mut kinds = usual(target.os());
    let mut asked = Vec::new();
    for item in argv.items() {
        let is_any = |names: &[&str]| names.iter().any(|name| item.linker(name).is_some());
        if let Some(Some(name)) = item.driver("-l") {
            asked.push((name.to_os_string(), kinds));
        } else if is_any(&["Bdynamic", "search_paths_first", "search_dylibs_first"]) {
            kinds = usual(target.os());
        } else if target.os().is_elf() && (is_any(&["Bstatic"]) || (static_counts && is_static(item))) {
            kinds = ELF_STATIC;
        }
    }
    asked
}

fn is_static(item: &Item) -> bool {
    item.driver("-static").is_some() || item.driver("-static-pie").is_some()
}

fn usual(os: Os) -> Kinds {
    match os {
        Os::Darwin => DARWIN,
        Os::Windows => WINDOWS,
        _ => ELF,
    }
}

/// The file that a `-l` means among the folders.
pub fn find(folders: &[PathBuf], name: &OsStr, kinds: Kinds) -> Option<PathBuf> {
    if let Some(file) = bytes::strip_prefix(name, ":") {
        return folders.iter().map(|folder| folder.join(file)).find(|path| path.is_file());
    }
    let names: Vec<OsString> =
        kinds.iter().map(|(start, end)| bytes::join(bytes::join(start, name), end)).collect();
    let files = folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    files.into_iter().find(|path| path.is_file())
}

/// The archives that would be linked in the place of `path` if they were there.
pub fn in_front(folders: &[PathBuf], name: &OsStr, path: Option<&Path>) -> impl Iterator<Item = PathBuf> {
    let file = match bytes::strip_prefix(name, ":") {
        Some(file) => file.to_os_string(),
        None => bytes::join(bytes::join("lib", name), ".a"),
    };
    let place = path.and_then(Path::parent).map(Path::to_path_buf);
    let before = folders.iter().take_while(move |folder| place.as_ref() != Some(folder));
    before.map(move |folder| folder.join(&file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::go::Wishes;

    #[test]
    fn what_stands_before_a_library_says_which_kinds_count() {
        let asked = |minor, line: &str| {
            let variable = |_: &str| None;
            let wishes = Wishes {
                argv: Some("x86_64-linux-musl"),
                name: None,
                variable: &variable,
                host: ("linux", "amd64"),
            };
            let argv = Argv::parse(line.split_whitespace());
            let asked = asked(&argv, wishes.settle().unwrap(), ZigVersion::new(0, minor, 2));
            asked.iter().map(|(_, kinds)| kinds.len() == 1).collect::<Vec<bool>>()
        };
        for (line, only_archives) in [
            ("-la", vec![false]),
            ("-la -static -lb", vec![false, true]),
            ("-la -static-pie -lb", vec![false, true]),
            ("-static -Wl,-Bdynamic -la", vec![false]),
            ("-shared -static -la", vec![false]),
            ("-Wl,-Bstatic -la -Wl,-Bdynamic -lb", vec![true, false]),
            ("-Wl,-dn -la -Xlinker -dy -lb -Wl,-non_shared -lc", vec![true, false, true]),
            ("-Wl,--push-state,-Bstatic -la -Wl,--pop-state -lb", vec![true, false]),
            ("-Wl,-Bsymbolic -la", vec![false]),
        ] {
            assert_eq!(asked(15, line), only_archives, "{line}");
        }
        assert_eq!(asked(14, "-static -la -Wl,-Bstatic -lb"), [false, true]);
    }
}
