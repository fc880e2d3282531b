//! Archives: good ones come out right, hostile ones end with their error and touch nothing else.

#[path = "support/archives.rs"]
mod archives;

use archives::*;
use cgozig::unpack::{self, Caps, Kind};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

fn hex(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn good_archives_come_out_right() {
    let big: Vec<u8> = (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(200));
    let items = [
        file("top/", ""),
        Item { mode: 0o106_755, ..file("top/zig", &big) },
        file("top/lib/c.h", "int x;\n"),
        Item { mode: 0o100_600, ..file("top/empty", "") },
        file("top/lib/sub/", ""),
        file(&long, "long"),
    ];
    for kind in KINDS {
        let sandbox = tempfile::tempdir().unwrap();
        let entries = unpack_in(sandbox.path(), kind, &archive(kind, &items), Caps::default()).unwrap();
        let files: Vec<&Item> = items.iter().filter(|item| !item.name.ends_with(b"/")).collect();
        assert_eq!(entries.len(), files.len());
        for (entry, item) in entries.iter().zip(files) {
            let path = sandbox.path().join("into").join(&entry.path);
            assert_eq!(entry.path.as_bytes(), item.name);
            assert_eq!(fs::read(&path).unwrap(), item.data);
            assert_eq!((entry.size, entry.sha256.clone()), (item.data.len() as u64, hex(&item.data)));
            assert_eq!(entry.executable, item.mode & 0o100 != 0);
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            // The umask of whoever runs this may only take away.
            let most = if entry.executable { 0o755 } else { 0o644 };
            assert_eq!((mode & !most, mode & 0o700), (0, most & 0o700), "{kind:?} {}: {mode:o}", entry.path);
        }
        assert!(sandbox.path().join("into/top/lib/sub").is_dir());
    }
}

#[test]
fn other_writers_are_read() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    header.set_mode(0o755);
    builder.append_pax_extensions([("mtime", &b"1.5"[..])]).unwrap();
    builder.append_data(&mut header, "x/y", &b"abc"[..]).unwrap();
    let tar = builder.into_inner().unwrap();
    let named = [pax(&[("path", b"x/y"), ("size", b"3")]), tar_entry(&file("short", "abc")), vec![0; 10240]];
    let zip = deflated(&[("x/y", b"abc")]);
    let (one, two) = tar.split_at(700);
    let cases = [
        (Kind::TarGz, compress(Kind::TarGz, &tar)),
        (Kind::TarGz, [gzip(one), gzip(b""), gzip(two)].concat()),
        (Kind::TarXz, compress(Kind::TarXz, &tar)),
        (Kind::TarZst, compress(Kind::TarZst, &named.concat())),
        (Kind::Zip, zip),
    ];
    for (kind, bytes) in cases {
        let sandbox = tempfile::tempdir().unwrap();
        let entries = unpack_in(sandbox.path(), kind, &bytes, Caps::default()).unwrap();
        assert_eq!((entries[0].path.as_str(), &entries[0].sha256), ("x/y", &hex(b"abc")));
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(unpack_in(empty.path(), Kind::Zip, &zip_end(0, 0, 0), Caps::default()).unwrap(), []);
}

#[test]
fn entries_go_where_they_are_placed() {
    let items = [file("w/zig/zig", "1"), file("w/info/x", "2"), file("w/zig/lib/", ""), file("w/zig/l", "3")];
    for kind in KINDS {
        let into = tempfile::tempdir().unwrap();
        let mut archive_file = tempfile::tempfile().unwrap();
        let bytes = archive(kind, &items);
        archive_file.write_all(&bytes).unwrap();
        let place = |path: &str| path.strip_prefix("w/zig/").map(str::to_string);
        let mut steps = Vec::new();
        let entries = unpack::unpack(kind, &archive_file, into.path(), &Caps::default(), &place, &mut |at| {
            steps.push(at);
        });
        let paths: Vec<String> = entries.unwrap().into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["zig", "l"]);
        assert!(into.path().join("lib").is_dir() && !into.path().join("w").exists());
        assert!(
            steps.is_sorted() && steps.last().is_some_and(|last| *last > 0 && *last <= bytes.len() as u64)
        );
        // What is there already stays.
        let again = unpack::unpack(kind, &archive_file, into.path(), &Caps::default(), &place, &mut |_| {});
        assert!(again.unwrap_err().to_string().contains("could not be written"));
        assert_eq!(fs::read(into.path().join("zig")).unwrap(), b"1");
        // A place outside is refused like a path.
        let out = |_: &str| Some("../out".to_string());
        let outside = unpack::unpack(kind, &archive_file, into.path(), &Caps::default(), &out, &mut |_| {});
        assert!(outside.unwrap_err().to_string().contains("`..`"));
    }
}

#[test]
fn no_hostile_path_is_written() {
    let mut count = 0;
    for (path, expected) in hostile_paths() {
        for kind in KINDS {
            // A good entry before it, and the path as a file and as a folder.
            for name in [path.clone(), format!("{path}/")] {
                let said =
                    refusal(kind, &archive(kind, &[file("good", "1"), file(&name, "")]), Caps::default());
                let said = said.unwrap_or_else(|| panic!("{kind:?} takes {name:?}"));
                assert!(said.contains(expected), "{kind:?} {name:?}: {said}");
                assert!(said.starts_with('`') && !said.contains(char::is_control), "{said:?}");
                count += 1;
            }
        }
    }
    assert!(count >= 150);
}

/// What other programs write: a zip whose sizes follow the contents, as from a pipe.
#[test]
fn zips_of_other_programs_are_read() {
    let Ok(python) = which::which("python3") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("libthing.a"), "!<arch>\nxxxxxxxxxxxxxxxxxxxxxxxxx").unwrap();
    let script = "\
import io, sys, zipfile
class Pipe(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def seekable(self): return False
    def write(self, bytes): return self.file.write(bytes)
for name, wrap in [('seekable.zip', lambda file: file), ('piped.zip', Pipe)]:
    with open(name, 'wb') as file, zipfile.ZipFile(wrap(file), 'w', zipfile.ZIP_DEFLATED) as made:
        made.write('libthing.a')
        made.write('libthing.a', 'lib/libthing.a')
";
    let status = std::process::Command::new(python).args(["-c", script]).current_dir(&folder).status();
    assert!(status.unwrap().success());
    for name in ["seekable.zip", "piped.zip"] {
        let sandbox = tempfile::tempdir().unwrap();
        let bytes = fs::read(folder.path().join(name)).unwrap();
        let entries = unpack_in(sandbox.path(), Kind::Zip, &bytes, Caps::default());
        assert_eq!(entries.map_err(|error| format!("{name}: {error}")).unwrap().len(), 2);
    }
}

#[test]
fn the_folder_that_was_packed_is_no_part_of_a_path() {
    let items = [file("./", ""), file("./lib/", ""), file("./lib/a", "1"), file("b", "2")];
    for kind in TARS {
        let sandbox = tempfile::tempdir().unwrap();
        let entries = unpack_in(sandbox.path(), kind, &archive(kind, &items), Caps::default()).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["lib/a", "b"]);
        for (path, expected) in
            [("././victim", "empty part"), ("./../victim", "`..`"), (".//victim", "absolute")]
        {
            let said = refusal(kind, &archive(kind, &[file(path, "")]), Caps::default()).unwrap();
            assert!(said.contains(expected), "{kind:?} {path}: {said}");
        }
        let twice = refusal(kind, &archive(kind, &[file("./a", ""), file("a", "")]), Caps::default());
        assert!(twice.unwrap().contains("is there twice"));
    }
    let zipped = refusal(Kind::Zip, &zip(&[file("./victim", "")]), Caps::default());
    assert!(zipped.unwrap().contains("empty part"));
}

#[test]
fn paths_that_meet_are_refused() {
    for (first, second, expected) in PAIRS {
        for kind in KINDS {
            let said = refusal(kind, &archive(kind, &[file(first, ""), file(second, "")]), Caps::default());
            let said = said.unwrap_or_else(|| panic!("{kind:?} takes {first} and {second}"));
            assert!(expected.iter().any(|part| !part.is_empty() && said.contains(part)), "{said}");
        }
    }
}

#[test]
fn other_kinds_in_a_tar_are_refused() {
    let link = |kind: u8| Item { tar_type: kind, link: b"../victim".to_vec(), ..file("x", "") };
    let with = |kind: u8| Item { tar_type: kind, ..file("x", "") };
    let tars: [(Item, &str); 13] = [
        (link(b'1'), "`x` is a link"),
        (link(b'2'), "`x` is a link"),
        (with(b'3'), "`x` is a device"),
        (with(b'4'), "`x` is a device"),
        (with(b'6'), "`x` is a device"),
        (with(b'S'), "`x` is a sparse file"),
        (with(b'7'), "`x` is neither"),
        (with(b'g'), "`x` is neither"),
        (with(b'V'), "`x` is neither"),
        (with(b'M'), "`x` is neither"),
        (with(b'D'), "`x` is neither"),
        (Item { tar_type: b'5', ..file("x", "y") }, "`x` is longer than its size"),
        (Item { tar_type: b'0', ..file("x/", "y") }, "`x/` has an empty part"),
    ];
    for (item, expected) in &tars {
        for kind in TARS {
            let said = refusal(kind, &archive(kind, &[file("good", ""), item.clone()]), Caps::default());
            assert!(said.as_ref().is_some_and(|said| said.contains(expected)), "{expected}: {said:?}");
        }
    }
}

#[test]
fn other_kinds_in_a_zip_are_refused() {
    let zip_mode = |mode: u32| Item { mode, ..file("x", "../victim") };
    let zips = [
        (zip_mode(0o120_777), "`x` is a link"),
        (zip_mode(0o020_644), "`x` is a device"),
        (zip_mode(0o010_644), "`x` is a device"),
        (zip_mode(0o140_644), "`x` is a device"),
        (zip_mode(0o170_644), "`x` is neither"),
        (zip_mode(0o040_755), "`x` is a file and a folder"),
        (Item { dos: 0x10, ..file("x", "y") }, "`x` is a file and a folder"),
        (Item { mode: 0o100_644, ..file("x/", "") }, "`x/` is a file and a folder"),
        (file("x/", "y"), "`x/` is longer than its size"),
        (Item { flags: 1, ..file("x", "y") }, "`x` is encrypted"),
        (Item { method: 12, ..file("x", "y") }, "`x` is compressed with another method"),
        (Item { method: 99, ..file("x", "y") }, "`x` is compressed with another method"),
        (file(b"x\xff", "y"), "is not UTF-8"),
        (file("\u{e9}", "y"), "is not UTF-8"),
    ];
    for (item, expected) in &zips {
        let said = refusal(Kind::Zip, &zip(&[file("good", ""), item.clone()]), Caps::default());
        assert!(said.as_ref().is_some_and(|said| said.contains(expected)), "{expected}: {said:?}");
    }
}

#[test]
fn headers_of_a_tar_that_say_two_things_are_refused() {
    let plain = tar_entry(&file("x", "abc"));
    let end = vec![0; 1024];
    let mut nul = tar_header(&file("good\0/../../victim", ""), 0);
    let mut prefix = tar_header(&file("victim", ""), 0);
    prefix[257..265].copy_from_slice(b"ustar\x0000");
    let mut hidden = prefix.clone();
    prefix[345..350].copy_from_slice(b"../..");
    hidden[345..350].copy_from_slice(b"a\0/..");
    let sum = [b"y", &plain[1..]].concat();
    (nul, prefix, hidden) = (summed(nul), summed(prefix), summed(hidden));
    let long = |name: &str| tar_entry(&Item { tar_type: b'L', ..file("././@LongLink", name) });
    let cases: [(&str, Vec<Vec<u8>>); 17] = [
        ("has a NUL byte", vec![nul]),
        ("has `..` in its path", vec![prefix]),
        ("has a NUL byte", vec![hidden]),
        ("has `..` in its path", vec![long("../victim\0"), plain.clone()]),
        ("has a NUL byte", vec![long("a\0b\0"), plain.clone()]),
        ("two long name", vec![long("a\0"), long("b\0"), plain.clone()]),
        ("has `..` in its path", vec![pax(&[("path", b"../victim")]), plain.clone()]),
        ("is an absolute path", vec![pax(&[("path", b"/victim")]), plain.clone()]),
        ("has a NUL byte", vec![pax(&[("path", b"a\0b")]), plain.clone()]),
        ("is not UTF-8", vec![pax(&[("path", b"a\xff")]), plain.clone()]),
        ("has a key twice", vec![pax(&[("path", b"a"), ("path", b"b")]), plain.clone()]),
        ("has another size", vec![pax(&[("size", b" 3")]), plain.clone()]),
        ("cannot be read", vec![tar_entry(&Item { tar_type: b'x', ..file("p", "9 a=b\n") }), plain.clone()]),
        ("is a sparse file", vec![pax(&[("GNU.sparse.major", b"1")]), plain.clone()]),
        ("checksum", vec![sum]),
        ("future member", vec![long("a\0")]),
        (
            "is longer than its size",
            vec![tar_header(&Item { tar_type: b'5', ..file("x", "") }, 9), vec![0; 512]],
        ),
    ];
    for (expected, parts) in &cases {
        for kind in TARS {
            let bytes = compress(kind, &[parts.concat(), end.clone()].concat());
            let said = refusal(kind, &bytes, Caps::default());
            assert!(said.as_ref().is_some_and(|said| said.contains(expected)), "{expected}: {said:?}");
        }
    }
}

#[test]
fn ends_of_a_tar_are_checked() {
    let (tar, entry) = (tar(&[file("x", "abc")]), tar_entry(&file("x", "abc")));
    for kind in TARS {
        let whole = compress(kind, &tar);
        let after = match kind {
            Kind::TarGz => "invalid gzip header",
            Kind::TarXz => "after stream",
            _ => "behind its end",
        };
        for (expected, bytes) in [
            ("has no end mark", compress(kind, &entry)),
            ("has no end mark", compress(kind, &[&entry[..], &[0; 512]].concat())),
            ("has bytes behind its end", compress(kind, &[&tar[..], b"x"].concat())),
            ("has bytes behind its end", compress(kind, &[&tar[..], &entry].concat())),
            ("ends too early", compress(kind, &entry[..514])),
            (after, [&whole[..], b"xxxxxxxxxxxx"].concat()),
            ("the archive", whole[..whole.len() - 5].to_vec()),
            ("the archive", Vec::new()),
        ] {
            let said = refusal(kind, &bytes, Caps::default());
            assert!(
                said.as_ref().is_some_and(|said| said.contains(expected)),
                "{kind:?} {expected}: {said:?}"
            );
        }
        assert_eq!(refusal(kind, &whole, Caps::default()), None);
        assert_eq!(refusal(kind, &compress(kind, &[&tar[..], &[0; 9216]].concat()), Caps::default()), None);
    }
}
