//! How a printed line becomes a sentence and a hint, by the rows of `phrases`.

use super::failure;
use super::phrases::{OWN_ZIG, PHRASES, PLAIN_ZIG};
use crate::failure::Failure;

/// A line, and what it means.
pub struct Phrase {
    /// What the line has; `*` is anything, and `{0}`, `{1}` of the other texts are that; `{/0/}` is it as a regular expression.
    line: &'static str,
    /// What the text has to have besides, on any line; empty for nothing.
    also: &'static str,
    /// Whether what stands for each `*` may be such.
    fits: fn(&[&str]) -> bool,
    /// What is wrong, as it stands after "could not".
    what: &'static str,
    /// What to type.
    hint: &'static str,
}

/// More of a line than this is not repeated.
const LETTERS: usize = 200;
/// More lines than this are not looked at.
const LINES: usize = 50_000;

/// Who has called zig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// We ourselves.
    Cgozig,
    /// Somebody else, as far as is known.
    Others,
}

/// What a text means, by the first row that has a line of it.
pub fn explain(text: &str, caller: Caller) -> Option<Failure> {
    let of_zig = match caller {
        Caller::Cgozig => OWN_ZIG,
        Caller::Others => PLAIN_ZIG,
    };
    PHRASES.iter().chain(of_zig).find_map(|phrase| phrase.explain(text))
}

impl Phrase {
    fn explain(&self, text: &str) -> Option<Failure> {
        if !text.contains(self.also) {
            return None;
        }
        let mut lines = text.lines().take(LINES);
        let found = lines.find_map(|line| captured(self.line, line).filter(|found| (self.fits)(found)))?;
        let filled = |text: &str| {
            let put = |text: String, (at, value): (usize, &&str)| {
                text.replace(&format!("{{{at}}}"), value).replace(&format!("{{/{at}/}}"), &escaped(value))
            };
            found.iter().enumerate().fold(text.to_string(), put)
        };
        Some(failure(filled(self.what), filled(self.hint)))
    }
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut made = String::new();
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            made.push('\\');
        }
        made.push(letter);
    }
    made
}

/// What stands in the place of each `*`, when the line has the pattern.
fn captured<'l>(pattern: &str, line: &'l str) -> Option<Vec<&'l str>> {
    let mut pieces = pattern.split('*');
    let (_, mut rest) = line.split_once(pieces.next()?)?;
    let mut found = Vec::new();
    for piece in pieces {
        // Newer releases of Go name a page behind what they refuse.
        let to_the_end = || (rest.split(" (see ").next().unwrap_or(rest), "");
        let (value, behind) = if piece.is_empty() { to_the_end() } else { rest.split_once(piece)? };
        let value = value.trim();
        let end = value.char_indices().nth(LETTERS).map_or(value.len(), |(at, _)| at);
        found.push(&value[..end]);
        rest = behind;
    }
    Some(found)
}

/// A row of one line.
pub const fn phrase(line: &'static str, what: &'static str, hint: &'static str) -> Phrase {
    Phrase { line, also: "", fits: |_| true, what, hint }
}

/// A row of one line, for a text that has another besides.
pub const fn with(line: &'static str, also: &'static str, what: &'static str, hint: &'static str) -> Phrase {
    Phrase { line, also, fits: |_| true, what, hint }
}

/// A row of one line in which what stands for each `*` is such.
pub const fn only(
    fits: fn(&[&str]) -> bool,
    line: &'static str,
    what: &'static str,
    hint: &'static str,
) -> Phrase {
    Phrase { line, also: "", fits, what, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(text: &str) -> Option<Failure> {
        super::explain(text, Caller::Others)
    }

    #[test]
    fn lines_fill_the_texts() {
        let told =
            explain("x\n./a: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./a)\n").unwrap();
        assert!(told.what.contains("needs glibc 2.38"), "{}", told.what);
        let told = explain("go build x: invalid flag in #cgo LDFLAGS: -Wl,--foo=a.b\n").unwrap();
        assert_eq!(told.hint, r"CGO_LDFLAGS_ALLOW='-Wl,--foo=a\.b'");
        let cgo = "SIGILL: illegal instruction\nsignal arrived during cgo execution\n";
        assert!(explain(cgo).unwrap().what.contains("C code"));
        assert!(explain("SIGILL: illegal instruction\n").unwrap().hint.contains("GOAMD64=v1"));
        assert_eq!(explain("ok\n"), None);
        let trace = "panic: x\n\ngoroutine 1 [running]:\nmain.f(0xc0000135e0)\n\t/src/main.go:5 +0x1d\nexit status 2\n";
        assert_eq!(explain(trace), None);
        assert!(explain("exit status 0xc0000135\n").unwrap().what.contains("DLL"));
        let long = explain(&format!("C compiler \"{}\" not found\n", "é".repeat(300))).unwrap();
        assert_eq!(long.what.matches('é').count(), LETTERS);
        assert_eq!(captured("a *: b *", "x a 1: b 2"), Some(vec!["1", "2"]));
        assert_eq!(captured("a *: b", "a 1"), None);
    }

    #[test]
    fn what_is_filled_in_was_found() {
        for phrase in PHRASES.iter().chain(PLAIN_ZIG).chain(OWN_ZIG) {
            let stars = phrase.line.matches('*').count();
            for text in [phrase.what, phrase.hint] {
                assert!((stars..9).all(|at| !text.contains(&format!("{{{at}}}"))), "{}: {text}", phrase.line);
            }
            assert!(!phrase.what.is_empty() && !phrase.hint.is_empty());
        }
    }

    #[test]
    fn who_called_zig_decides_what_its_refusal_means() {
        let printed = "error: unsupported linker arg: --foo\n";
        assert!(explain(printed).unwrap().hint.contains("CC=cgozig"));
        let own = super::explain(printed, Caller::Cgozig).unwrap();
        assert!(
            !own.what.contains("plain zig") && own.hint.contains("cgozig explain -- x.o -Wl,--foo"),
            "{own:?}"
        );
    }

    #[test]
    fn what_is_captured_can_decide() {
        assert!(explain("x: relocation target getuid not defined\n").is_some());
        assert_eq!(explain("main.f: relocation target main.g not defined\n"), None);
        let musl =
            |name: &str| explain(&format!("Error relocating ./a: {name}: symbol not found\n")).unwrap();
        assert_eq!(musl("__isoc23_strtol").hint, "CGOZIG_LIBC=musl");
        assert!(musl("deflate").what.contains("no library that it loads"));
        let told = explain("nohup: failed to run command ‘./a’: No such file or directory\n").unwrap();
        assert!(told.what.contains("run ./a:"), "{}", told.what);
    }
}
