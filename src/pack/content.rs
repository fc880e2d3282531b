//! What may be in a pack: learned words that mean the same on every machine and run nothing, and files that a linker takes
//! for objects.

use crate::direct::learned::{Key, Learned};

/// The programs that learned words are for.
const PROGRAMS: &[&[u8]] = &[b"clang", b"ld.lld", b"lld-link"];

/// Options whose value may begin right behind them.
const BEFORE_PATHS: &[&[u8]] =
    &[b"-I", b"-L", b"-F", b"-B", b"-isystem", b"-iquote", b"-idirafter", b"-include", b"-isysroot"];

/// What stands in a key for a path of the call.
const EXAMPLE: &[u8] = b"/cgozig/";

/// The option behind which a path of the target's own system stands.
const INTERPRETER: &[u8] = b"-dynamic-linker";

/// Where systems have their dynamic linker.
const INTERPRETERS: &[&[u8]] =
    &[b"/lib/", b"/lib64/", b"/lib32/", b"/libx32/", b"/libexec/", b"/usr/libexec/"];

/// What has a compiler or linker run something, or read words from elsewhere.
const RUNS: &[&[u8]] = &[
    b"@",
    b"-load",
    b"--load",
    b"-fplugin",
    b"-fpass-plugin",
    b"-plugin",
    b"--plugin",
    b"-T",
    b"--script",
    b"--default-script",
];

/// The byte on both sides of a hole's name, before which no path of a machine stands.
const HOLE: u8 = 1;

/// Why a record may not be in a pack, as a clause.
pub fn judge(key: &Key, learned: &Learned) -> Result<(), String> {
    let shown = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    let Some((program, words)) = learned.words.split_first() else {
        return Err("it has no words".into());
    };
    if !PROGRAMS.contains(&program.as_slice()) {
        return Err(format!("it is for the program `{}`", shown(program)));
    }
    if let Some(word) = key.words.iter().find(|word| names_a_place(word) || is_native(word)) {
        return Err(format!("it holds for this machine only: `{}`", shown(word)));
    }
    let before = std::iter::once(program).chain(words);
    for (before, word) in before.zip(words) {
        let is_interpreter =
            before == INTERPRETER && INTERPRETERS.iter().any(|start| word.starts_with(start));
        if (names_a_place(word) && !is_interpreter) || is_native(word) {
            return Err(format!("it names a place of one machine: `{}`", shown(word)));
        }
        if RUNS.iter().any(|start| word.starts_with(start)) {
            return Err(format!("`{}` is no word for a pack", shown(word)));
        }
    }
    Ok(())
}

/// Whether a word has an absolute path in it. Behind a hole a path is relative to what fills it.
fn names_a_place(word: &[u8]) -> bool {
    let is_place = |at: usize| {
        let (before, rest) = word.split_at(at);
        match (before.last(), rest.first()) {
            // The root alone is the same everywhere.
            _ if rest.starts_with(EXAMPLE) || rest == b"/" || rest.starts_with(b"/ ") => false,
            (None, Some(b'/' | b'\\')) => true,
            (Some(last), Some(b'/' | b'\\')) => {
                b"=,:;\"' ".contains(last) || (*last != HOLE && BEFORE_PATHS.contains(&before))
            }
            _ => false,
        }
    };
    (0..word.len()).any(is_place)
}

/// Whether a word speaks of the processor of this machine.
fn is_native(word: &[u8]) -> bool {
    word.ends_with(b"=native")
}

/// Why a file may not be in a runtime: a linker runs text as a script, and a thin archive names files elsewhere.
pub fn judge_file(start: &[u8]) -> Result<(), &'static str> {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    match start {
        [] => Err("is empty"),
        _ if start.starts_with(b"!<arch>\n") => Ok(()),
        _ if start.starts_with(b"!<thin>") => Err("is a thin archive"),
        _ if start.iter().all(is_text) => Err("is text, which a linker would run as a script"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::direct::learned::hole;

    fn words(line: &str) -> Vec<Vec<u8>> {
        line.split(' ').map(|word| word.replace(['{', '}'], "\u{1}").into_bytes()).collect()
    }

    fn said(key: &str, line: &str) -> Result<(), String> {
        let key = Key { zig: "0.15.2".into(), words: words(key) };
        judge(&key, &Learned { words: words(line), ..Learned::default() })
    }

    #[test]
    fn only_what_means_the_same_everywhere_and_runs_nothing() {
        assert_eq!(hole("lib"), b"\x01lib\x01");
        for (key, line) in [
            ("cc -O2 {0} -c input.c -o {out}", "clang -I{lib}/include -isystem {lib}/x {0} -o {out} {in}"),
            ("cc run -I /cgozig/0 -ffile-prefix-map=/cgozig/0=/", "clang x"),
            ("cc", "ld.lld -dynamic-linker /lib/ld-musl-aarch64.so.1 {rt}/crt1.o -z now dir/x.o"),
            ("cc", "lld-link -OUT:{out} -MACHINE:X64 {rt}/libc.lib"),
        ] {
            assert_eq!(said(key, line), Ok(()), "{key}: {line}");
        }
        for (key, line) in [
            ("cc", ""),
            ("cc", "sh -c x"),
            ("cc -I/usr/include", "clang x"),
            ("cc --sysroot=/x", "clang x"),
            ("cc -march=native", "clang x"),
            ("cc", "clang -I/usr/include"),
            ("cc", "clang /x.c"),
            ("cc", "clang -isystem /x"),
            ("cc", "clang -fdebug-compilation-dir=/x"),
            ("cc", "clang C:\\x -IC:\\x"),
            ("cc", "ld.lld -dynamic-linker /x/lib/ld.so"),
            ("cc", "ld.lld /lib/ld.so"),
            ("cc", "ld.lld @words"),
            ("cc", "ld.lld -T x"),
            ("cc", "clang -load x.so"),
            ("cc", "clang -fplugin=x.so"),
            ("cc", "lld-link -LIBPATH:/x"),
        ] {
            assert!(said(key, line).is_err(), "{key}: {line}");
        }
    }

    #[test]
    fn a_runtime_file_is_no_text() {
        for good in [&b"!<arch>\nx"[..], b"\x7fELF\x02\x01", b"d\x86\x01\0"] {
            assert_eq!(judge_file(good), Ok(()));
        }
        for bad in [&b""[..], b"!<thin>\n", b"INPUT(x)", b"GROUP ( -lc )\n"] {
            assert!(judge_file(bad).is_err());
        }
    }
}
