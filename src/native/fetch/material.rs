//! Which files of an archive are library material, and what a library begins with.

use core::fmt;

/// What files end with that are linked, included, or read by people. All else is judged and left out.
const ENDINGS: &[&str] =
    &["a", "lib", "o", "obj", "h", "hpp", "hh", "hxx", "inc", "inl", "modulemap", "pc", "def", "txt", "md"];

/// What names of files begin with that a licence asks to be kept.
const BEGINNINGS: &[&str] = &["LICENSE", "LICENCE", "COPYING", "NOTICE", "README"];

/// Whether the file at `path` of an archive is written.
pub fn is_kept(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let upper = name.to_ascii_uppercase();
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        || BEGINNINGS.iter().any(|start| upper.starts_with(start))
}

/// Whether a file is taken for a library by its name.
pub fn is_library(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("a" | "lib"))
}

/// How many bytes tell what a file is.
pub const MAGIC: usize = 8;

/// Why a file is no library that is linked: a linker takes what it does not know for a script, and a thin archive names files
/// elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLibrary {
    /// An archive without its members.
    Thin,
    /// Several Mach-O files for several processors.
    Universal,
    /// An object, a program or a shared library.
    Object(&'static str),
    /// No bytes at all.
    Empty,
    /// Text: a linker would run it as a script.
    Text,
    /// Anything else.
    Other,
}

/// Judges a file by its first bytes, as many as it has of [`MAGIC`].
pub fn judge(start: &[u8]) -> Result<(), NoLibrary> {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    Err(match start {
        b"!<arch>\n" => return Ok(()),
        b"!<thin>\n" => NoLibrary::Thin,
        [] => NoLibrary::Empty,
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => NoLibrary::Universal,
        [0x7f, b'E', b'L', b'F', ..] => NoLibrary::Object("ELF"),
        [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => NoLibrary::Object("Mach-O"),
        [b'M', b'Z', ..] => NoLibrary::Object("Windows"),
        [b'B', b'C', 0xc0, 0xde, ..] => NoLibrary::Object("LLVM bitcode"),
        text if text.iter().all(is_text) => NoLibrary::Text,
        _ => NoLibrary::Other,
    })
}

impl fmt::Display for NoLibrary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoLibrary::Thin => out.write_str("is a thin archive: its members are in files elsewhere"),
            NoLibrary::Universal => {
                out.write_str("is a universal Mach-O file, and not the archive for one processor")
            }
            NoLibrary::Object(format) => write!(out, "is no archive but one {format} file"),
            NoLibrary::Empty => out.write_str("is empty"),
            NoLibrary::Text => out.write_str("is text: a linker would run it as a script"),
            NoLibrary::Other => out.write_str("is no archive: it does not begin with `!<arch>`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_library_material_is_kept() {
        for kept in [
            "lib/libfoo.a",
            "foo.LIB",
            "a/b.o",
            "include/x.hpp",
            "include/module.modulemap",
            "LICENSE",
            "LICENSE-MIT",
            "docs/readme",
            "COPYING.LESSER",
            "x.def",
            "lib/pkgconfig/x.pc",
        ] {
            assert!(is_kept(kept), "{kept}");
        }
        for left in [
            "bin/tool",
            "x.sh",
            "x.exe",
            "libx.so",
            "libx.so.1",
            "libx.dylib",
            "x.dll",
            "x.py",
            "a",
            "h",
            "record.json",
            "LICENSE/run",
            "x.a.exe",
            ".a.bat",
            "Makefile",
        ] {
            assert!(!is_kept(left), "{left}");
        }
    }

    #[test]
    fn a_library_is_known_by_its_first_bytes() {
        assert_eq!(judge(b"!<arch>\n"), Ok(()));
        for (start, why) in [
            (&b"!<thin>\n"[..], NoLibrary::Thin),
            (b"INPUT(x)", NoLibrary::Text),
            (b"!<arch>", NoLibrary::Text),
            (b"\x7fELF\x02\x01\x01\0", NoLibrary::Object("ELF")),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", NoLibrary::Universal),
            (b"\xcf\xfa\xed\xfe\0\0\0\x01", NoLibrary::Object("Mach-O")),
            (b"MZ\x90\0\x03\0\0\0", NoLibrary::Object("Windows")),
            (b"BC\xc0\xde\x35\x14\0\0", NoLibrary::Object("LLVM bitcode")),
            (b"", NoLibrary::Empty),
            (b"PK\x03\x04\0\0\0\0", NoLibrary::Other),
        ] {
            assert_eq!(judge(start), Err(why), "{start:?}");
        }
    }
}
