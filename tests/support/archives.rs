//! Archives built byte by byte, because libraries refuse to build bad ones.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::cast_possible_truncation, reason = "these archives are small")]

use cgozig::unpack::{self, Caps, Entry, Kind, UnpackError};
use std::fs;
use std::io::Write;
use std::path::Path;

/// The formats.
pub const KINDS: [Kind; 4] = [Kind::TarGz, Kind::TarXz, Kind::TarZst, Kind::Zip];

/// Those that are tars.
pub const TARS: [Kind; 3] = [Kind::TarGz, Kind::TarXz, Kind::TarZst];

/// Paths that no archive may have, and what is said.
pub const PATHS: &[(&str, &str)] = &[
    ("../victim", "`..`"),
    ("../../victim", "`..`"),
    ("x/../../victim", "`..`"),
    ("x/..", "`..`"),
    ("..", "`..`"),
    ("/victim", "absolute"),
    ("/tmp/victim", "absolute"),
    ("//server/share", "absolute"),
    ("x//victim", "empty part"),
    ("x/./victim", "empty part"),
    ("..\\victim", "has `\\\\` in its path"),
    ("x\\..\\..\\victim", "has `\\\\` in its path"),
    ("\\\\server\\share\\victim", "has `\\\\` in its path"),
    ("C:/victim", "has `:` in its path"),
    ("C:victim", "has `:` in its path"),
    ("victim:stream", "has `:` in its path"),
    ("vic*tim", "has `*` in its path"),
    ("vic\ntim", "has `\\n` in its path"),
    ("vic\x1b[31mtim", "has `\\u{1b}` in its path"),
    ("CON", "reserved on Windows"),
    ("x/nul.txt", "reserved on Windows"),
    ("Com1.tar.gz", "reserved on Windows"),
    ("aux/victim", "reserved on Windows"),
    ("victim.", "ends with a dot"),
    ("victim /x", "ends with a dot"),
    ("x/...", "ends with a dot"),
];

/// The same with paths that are too long.
pub fn hostile_paths() -> Vec<(String, &'static str)> {
    let long = [("p".repeat(256), "longer than a path"), (["q"; 501].join("/"), "longer than a path")];
    PATHS.iter().map(|(path, said)| (path.to_string(), *said)).chain(long).collect()
}

/// Two paths that no archive may have together, and what is said.
pub const PAIRS: &[(&str, &str, [&str; 2])] = &[
    ("a", "a", ["is there twice", "two entries of one name"]),
    ("a/", "a/", ["is there twice", "two entries of one name"]),
    ("a", "a/", ["is there twice", ""]),
    ("a/b", "a", ["is there twice", ""]),
    ("a", "a/b", ["is below a path that is a file", ""]),
    ("README", "readme", ["by case alone", ""]),
    ("lib/a", "LIB/b", ["by case alone", ""]),
];

/// An entry of a tar or a zip.
#[derive(Clone, Default)]
pub struct Item {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    /// The type in a tar; 0 is `'0'`, or `'5'` for a name that ends with a slash.
    pub tar_type: u8,
    pub link: Vec<u8>,
    /// The mode; 0 is 0644.
    pub mode: u32,
    /// The zip's method, general flags and DOS attributes.
    pub method: u16,
    pub flags: u16,
    pub dos: u32,
    /// What a zip says instead of the contents' size and checksum.
    pub says: Option<(u32, u32)>,
    /// What a zip's local header says instead of the name.
    pub local_name: Option<Vec<u8>>,
}

/// A file with that name.
pub fn file(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Item {
    Item { name: name.as_ref().to_vec(), data: data.as_ref().to_vec(), ..Item::default() }
}

/// One header of a tar in GNU's format, with a right checksum.
pub fn tar_header(item: &Item, size: u64) -> Vec<u8> {
    let folder = item.name.ends_with(b"/");
    let kind = if item.tar_type != 0 { item.tar_type } else { b"05"[usize::from(folder)] };
    let mut header = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, &item.name[..item.name.len().min(100)]);
    put(100, format!("{:07o}", if item.mode == 0 { 0o644 } else { item.mode }).as_bytes());
    put(108, b"0000000\x000000000");
    put(124, format!("{size:011o}").as_bytes());
    put(136, b"00000000000");
    put(156, &[kind]);
    put(157, &item.link);
    put(257, b"ustar  \0");
    if kind == b'S' {
        put(483, b"00000000000");
    }
    summed(header)
}

/// A header with its checksum.
pub fn summed(mut header: Vec<u8>) -> Vec<u8> {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// One entry of a tar; a name of more than 100 bytes becomes a GNU long name.
pub fn tar_entry(item: &Item) -> Vec<u8> {
    let mut bytes = Vec::new();
    if item.name.len() > 100 {
        let long = [&item.name[..], b"\0"].concat();
        bytes = tar_entry(&Item { tar_type: b'L', ..file("././@LongLink", long) });
    }
    bytes.extend(tar_header(item, item.data.len() as u64));
    bytes.extend(&item.data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A pax header with these records, for the entry after it.
pub fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let length = (1..20).find(|digits| (rest + digits).to_string().len() == *digits).unwrap() + rest;
        data.extend([format!("{length} {key}=").as_bytes(), value, b"\n"].concat());
    }
    tar_entry(&Item { tar_type: b'x', ..file("pax", data) })
}

/// A whole tar.
pub fn tar(items: &[Item]) -> Vec<u8> {
    let mut bytes: Vec<u8> = items.iter().flat_map(tar_entry).collect();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// A tar, compressed.
pub fn compress(kind: Kind, tar: &[u8]) -> Vec<u8> {
    if kind == Kind::TarGz {
        return gzip(tar);
    }
    if kind == Kind::TarZst {
        return ruzstd::encoding::compress_to_vec(tar, ruzstd::encoding::CompressionLevel::Fastest);
    }
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 1 << 16;
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(tar).unwrap();
    writer.finish().unwrap()
}

/// One member of gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// CRC-32, as zip and xz have it.
pub fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| sum >> 1 ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1)))
    })
}

/// The fields that both headers of a zip's entry have.
fn zip_fields(item: &Item, name: &[u8]) -> Vec<u8> {
    let packed = item.data.len() as u32;
    let (size, crc) = item.says.unwrap_or((packed, crc32(&item.data)));
    let mut bytes = Vec::new();
    for half in [20, item.flags, item.method, 0, 0x21] {
        bytes.extend(u16::to_le_bytes(half));
    }
    for word in [crc, packed, size] {
        bytes.extend(u32::to_le_bytes(word));
    }
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// A local header with its contents.
pub fn zip_local(item: &Item) -> Vec<u8> {
    let name = item.local_name.as_ref().unwrap_or(&item.name);
    [b"PK\x03\x04", &zip_fields(item, name)[..], name, &item.data].concat()
}

/// An entry of a zip's list.
pub fn zip_listed(item: &Item, start: usize) -> Vec<u8> {
    let kind = if item.name.ends_with(b"/") { 0o040_755 } else { 0o100_644 };
    let attributes = (if item.mode == 0 { kind } else { item.mode }) << 16 | item.dos;
    let place = [&attributes.to_le_bytes()[..], &(start as u32).to_le_bytes()].concat();
    [b"PK\x01\x02\x14\x03", &zip_fields(item, &item.name)[..], &[0; 6], &place, &item.name].concat()
}

/// The record at a zip's end.
pub fn zip_end(entries: usize, size: usize, start: usize) -> Vec<u8> {
    let count = (entries as u16).to_le_bytes();
    let place = [(size as u32).to_le_bytes(), (start as u32).to_le_bytes()].concat();
    [b"PK\x05\x06\0\0\0\0", &count[..], &count, &place, &[0, 0]].concat()
}

/// A whole zip.
pub fn zip(items: &[Item]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for item in items {
        list.extend(zip_listed(item, bytes.len()));
        bytes.extend(zip_local(item));
    }
    let end = zip_end(items.len(), list.len(), bytes.len());
    [bytes, list, end].concat()
}

/// A whole archive.
pub fn archive(kind: Kind, items: &[Item]) -> Vec<u8> {
    if kind == Kind::Zip { zip(items) } else { compress(kind, &tar(items)) }
}

/// A zip that the library wrote, with deflate.
pub fn deflated(items: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, data) in items {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
        writer.start_file(*name, options.compression_method(zip::CompressionMethod::Deflated)).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zstd frame of `start`, and then that many blocks of 128 KiB of zeros, four bytes each.
pub fn zst_zeros(start: &[u8], blocks: u32) -> Vec<u8> {
    let raw = (start.len() as u32) << 3;
    let mut bytes = [b"\x28\xb5\x2f\xfd\x00\x38", &raw.to_le_bytes()[..3], start].concat();
    for block in 1..=blocks {
        let header = (128 << 10) << 3 | 1 << 1 | u32::from(block == blocks);
        bytes.extend(&header.to_le_bytes()[..3]);
        bytes.push(0);
    }
    bytes
}

/// Unpacks bytes into a new folder `into` of `sandbox`, all of it at its own place.
pub fn unpack_in(sandbox: &Path, kind: Kind, bytes: &[u8], caps: Caps) -> Result<Vec<Entry>, UnpackError> {
    let into = sandbox.join("into");
    fs::create_dir(&into).unwrap();
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(bytes).unwrap();
    unpack::unpack(kind, &archive, &into, &caps, &|path| Some(path.to_string()), &mut |_| {})
}

/// Every file and folder below `folder` but `into`, with contents: what must not change.
pub fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if path.ends_with("into") {
            continue;
        }
        found.push((
            path.display().to_string(),
            if kind.is_file() { fs::read(&path).unwrap() } else { vec![] },
        ));
        if kind.is_dir() {
            found.extend(snapshot(&path));
        }
    }
    found.sort();
    found
}

/// A folder to unpack in, deep within files that must stay as they are.
pub struct Sandbox {
    parent: tempfile::TempDir,
    before: Vec<(String, Vec<u8>)>,
}

impl Sandbox {
    pub fn new() -> Sandbox {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir_all(parent.path().join("a/b")).unwrap();
        for file in ["a/b/victim", "a/victim", "victim"] {
            fs::write(parent.path().join(file), "untouched").unwrap();
        }
        let before = snapshot(parent.path());
        Sandbox { parent, before }
    }

    /// What unpacking says, after a look that nothing outside has changed and nothing inside is a link.
    pub fn refusal(&self, kind: Kind, bytes: &[u8], caps: Caps) -> Option<String> {
        let sandbox = self.parent.path().join("a/b");
        let said = unpack_in(&sandbox, kind, bytes, caps).err().map(|error| error.to_string());
        assert_eq!(snapshot(self.parent.path()), self.before, "{said:?}");
        no_links(&sandbox.join("into"));
        fs::remove_dir_all(sandbox.join("into")).unwrap();
        said
    }
}

/// What unpacking says, in a sandbox of its own.
pub fn refusal(kind: Kind, bytes: &[u8], caps: Caps) -> Option<String> {
    Sandbox::new().refusal(kind, bytes, caps)
}

fn no_links(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        assert!(kind.is_dir() || kind.is_file(), "{}", path.display());
        if kind.is_dir() {
            no_links(&path);
        }
    }
}
