//! A failed link as a folder: its inputs, which Go removes, and a script that does it again.
//!
//! ```text
//!  DIR/link-RANDOM/
//!    link.sh     calls zig as it was called; ZIG=/other/zig takes another
//!    inputs/     the objects and archives of the line, numbered in their order
//!    last.txt    what `cgozig explain --last` shows
//! ```

use super::Line;
use crate::lld::PRINTS;
use crate::plan::ZigCall;
use crate::store::target::TargetCache;
use crate::voice;
use crate::zig::find::Zig;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The words of the script, and the files that are copied for it: from where, under which name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kept {
    words: Vec<OsString>,
    files: Vec<(PathBuf, String)>,
}

/// Writes the folder below `place`, and says which it is.
pub fn write(
    place: &Path,
    (zig, cache): (&Zig, &TargetCache),
    (line, call): (&Line, &ZigCall),
    text: &str,
) -> io::Result<PathBuf> {
    fs::create_dir_all(place)?;
    let made = tempfile::Builder::new().prefix("link-").tempdir_in(place)?;
    fs::create_dir(made.path().join("inputs"))?;
    let here = std::env::current_dir()?;
    let kept = kept(call, &here, &|path| path.is_file());
    for (from, name) in &kept.files {
        fs::copy(from, made.path().join("inputs").join(name))?;
    }
    let script = script((zig, cache), line, &kept.words, &call.told.words);
    fs::write(made.path().join("link.sh"), script)?;
    fs::write(made.path().join("last.txt"), text)?;
    Ok(made.keep())
}

/// The words with every file of the line in `inputs`, the output beside it, and folders that do not depend on where we are.
fn kept(call: &ZigCall, here: &Path, is_file: &dyn Fn(&Path) -> bool) -> Kept {
    let mut kept = Kept::default();
    let mut words = call.words.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if text == "-o" {
            words.next();
            kept.words.extend(["-o".into(), "out".into()]);
        } else if let Some(folder) = text.strip_prefix("-L").filter(|folder| !folder.is_empty()) {
            kept.words.push(joined("-L", &here.join(folder)));
        } else if ["-L", "-F", "-I", "-isystem", "-iframework", "-idirafter"].contains(&&*text) {
            kept.words.push(word.clone());
            kept.words.extend(words.next().map(|folder| here.join(folder).into_os_string()));
        } else if !text.starts_with('-') && is_file(&here.join(word)) {
            let name = Path::new(word).file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{:03}-{name}", kept.files.len());
            kept.words.push(format!("inputs/{name}").into());
            kept.files.push((here.join(word), name));
        } else {
            kept.words.push(word.clone());
        }
    }
    kept
}

fn joined(option: &str, folder: &Path) -> OsString {
    let mut word = OsString::from(option);
    word.push(folder);
    word
}

/// The script; `told` is what the linker is told by itself, in a link of its own with the words that zig prints.
fn script((zig, cache): (&Zig, &TargetCache), line: &Line, words: &[OsString], told: &[OsString]) -> String {
    let quoted = |word: &OsStr| voice::shown(&[word.to_os_string()]);
    let start = format!(
        "#!/bin/sh\n# {}\ncd \"$(dirname \"$0\")\" || exit\nexport ZIG_GLOBAL_CACHE_DIR={} ZIG_LOCAL_CACHE_DIR=cache\n\
         zig=\"${{ZIG:-{}}}\"\n",
        voice::shown(&line.words()).replace('\n', " "),
        quoted(cache.global().as_os_str()),
        zig.program.display(),
    );
    let words = voice::shown(words);
    if told.is_empty() {
        return format!("{start}exec \"$zig\" {words}\n");
    }
    format!(
        "{start}{PRINTS}=1 \"$zig\" {words} 2>zig.log\n\
         exec \"$zig\" $(grep -E '^(ld.lld|lld-link) ' zig.log | tail -n 1) {}\n",
        voice::shown(told)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_names_of_their_own_and_folders_stay() {
        let words =
            ["cc", "-target", "x", "a/go.o", "-L.", "-L", "lib", "-o", "../out", "b/go.o", "-lfoo", "none.o"];
        let call = ZigCall {
            words: words.iter().map(OsString::from).collect(),
            stage: crate::rule::Stage::Link,
            trace: Vec::new(),
            work: None,
            told: crate::lld::Told::default(),
            objects: Vec::new(),
            finish: None,
            link_kind: None,
        };
        let kept = kept(&call, Path::new("/h"), &|path| path.ends_with("go.o"));
        let expected = [
            "cc",
            "-target",
            "x",
            "inputs/000-go.o",
            "-L/h/.",
            "-L",
            "/h/lib",
            "-o",
            "out",
            "inputs/001-go.o",
            "-lfoo",
            "none.o",
        ];
        assert_eq!(kept.words, expected);
        let from: Vec<&Path> = kept.files.iter().map(|(from, _)| from.as_path()).collect();
        assert_eq!(from, [Path::new("/h/a/go.o"), Path::new("/h/b/go.o")]);
    }
}
