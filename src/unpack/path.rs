//! Whether a path of an archive may be written: below the folder, and the same file on every system.

use super::Why;

/// The longest path in bytes; Linux takes 4096 with the folder before it, macOS 1024.
const LONGEST: usize = 1000;

/// The longest part of a path in bytes, on every file system in use.
const LONGEST_PART: usize = 255;

/// Names of devices on Windows, in every folder and with any extension; `COM` and `LPT` take a digit.
const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// What a digit of `COM` and `LPT` may be: Windows reads the superscripts as digits.
const DEVICE_DIGITS: &str = "0123456789¹²³";

/// Characters that Windows forbids in names, or gives a meaning: `:` begins a drive or a stream.
const FORBIDDEN: &[char] = &['\\', ':', '<', '>', '"', '|', '?', '*'];

/// Whether `path` may be written: relative, plain parts between single slashes, nothing that Windows would
/// refuse or turn into another name. A folder comes without its last slash.
pub fn judge(path: &str) -> Result<(), Why> {
    if path.is_empty() {
        return Err(Why::NoPath);
    }
    if path.contains('\0') {
        return Err(Why::Nul);
    }
    if let Some(one) = path.chars().find(|one| one.is_control() || FORBIDDEN.contains(one)) {
        return Err(Why::Character(one));
    }
    if path.starts_with('/') {
        return Err(Why::Absolute);
    }
    path.split('/').try_for_each(judge_part)?;
    if path.len() > LONGEST { Err(Why::LongPath) } else { Ok(()) }
}

fn judge_part(part: &str) -> Result<(), Why> {
    match part {
        ".." => Err(Why::Parent),
        "" | "." => Err(Why::EmptyPart),
        _ if part.ends_with(['.', ' ']) => Err(Why::TrailingDot),
        _ if is_device(part) => Err(Why::Device(part.to_string())),
        _ if part.len() > LONGEST_PART => Err(Why::LongPath),
        _ => Ok(()),
    }
}

/// Whether Windows takes `part` for a device, whatever its extension.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_uppercase();
    let serial = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let mut digit = serial.unwrap_or_default().chars();
    let is_port = digit.next().is_some_and(|one| DEVICE_DIGITS.contains(one)) && digit.next().is_none();
    is_port || DEVICES.contains(&stem.as_str())
}

/// `part` as a file system without case sees it.
pub(super) fn folded(part: &str) -> String {
    part.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_paths_pass() {
        let long = ["a".repeat(255), "b".repeat(255)].join("/");
        for path in [
            "a",
            "a/b.c",
            "..a",
            "a..b",
            ".hidden",
            "console",
            "com",
            "com10",
            "lpt",
            "nulls.txt",
            "a b/c",
            "é/ü",
            "-x",
            "@f",
            "$x",
            "a+b=c,d;e",
            "aux_/b",
            "{x}",
            "a%20b",
            "~",
            &long,
        ] {
            assert_eq!(judge(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn bad_paths_say_why() {
        for (path, why) in [
            ("", Why::NoPath),
            ("/", Why::Absolute),
            ("/etc/passwd", Why::Absolute),
            ("//server/share", Why::Absolute),
            ("..", Why::Parent),
            ("a/../b", Why::Parent),
            ("a/..", Why::Parent),
            (".", Why::EmptyPart),
            ("./a", Why::EmptyPart),
            ("a//b", Why::EmptyPart),
            ("a/", Why::EmptyPart),
            ("a\0b", Why::Nul),
            ("a\nb", Why::Character('\n')),
            ("a\u{85}b", Why::Character('\u{85}')),
            ("a\\b", Why::Character('\\')),
            ("\\\\server\\share", Why::Character('\\')),
            ("C:/a", Why::Character(':')),
            ("a:stream", Why::Character(':')),
            ("a?", Why::Character('?')),
            ("a.", Why::TrailingDot),
            ("a /b", Why::TrailingDot),
            ("...", Why::TrailingDot),
            ("con", Why::Device("con".into())),
            ("a/NUL.tar.gz", Why::Device("NUL.tar.gz".into())),
            ("Com1.txt", Why::Device("Com1.txt".into())),
            ("LPT³", Why::Device("LPT³".into())),
            ("aux .c", Why::Device("aux .c".into())),
            ("conin$", Why::Device("conin$".into())),
        ] {
            assert_eq!(judge(path), Err(why), "{path}");
        }
        assert_eq!(judge(&"x".repeat(256)), Err(Why::LongPath));
        assert_eq!(judge(&["y"; 501].join("/")), Err(Why::LongPath));
    }
}
