//! What zig built for one target, as one file for another machine: a CI job or a colleague starts warm.
//!
//! `FILE.tar.zst` holds `bundle.json` (format, zig, triple, and each file's path, size and sha256), then the files. zig
//! compares contents where times differ, and keeps paths relative to its caches; but the path of its own library is part
//! of the key of each libc object (measured: 0.15.2 builds `libc.a` again when zig lies elsewhere). So what is exported is
//! built, and used after import, with that library at `/proc/self/fd/99` on every machine.

use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::store::Store;
use crate::store::manifest::{self, Line};
use crate::store::target::TargetCache;
use crate::unpack::{self, Caps, Entry, Kind};
use crate::zig::ZigVersion;
use ruzstd::encoding::{CompressionLevel, compress};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

const HEAD: &str = "bundle.json";
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    zig: String,
    triple: String,
    files: Vec<Line>,
}

/// Writes the bundle of a zig and a target, from what lies in the portable `cache`; gives back its size.
pub fn export(cache: &TargetCache, zig: ZigVersion, triple: &str, output: &Path) -> Result<u64, Failure> {
    let failed = |error: io::Error| {
        let what = format!("write `{}`: {error}", output.display());
        Failure::new(OwnExit::Request, what, "-o names a file in a folder that you can write")
    };
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut plain = tempfile::tempfile_in(folder).map_err(failed)?;
    pack(&cache.global(), zig, triple, &plain).map_err(failed)?;
    plain.rewind().map_err(failed)?;
    let mut packed = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let error = RefCell::new(None);
    compress(
        Noting { inner: io::BufReader::new(plain), error: &error },
        io::BufWriter::new(Noting { inner: &mut packed, error: &error }),
        CompressionLevel::Fastest,
    );
    error.into_inner().map_or(Ok(()), Err).map_err(failed)?;
    packed.as_file().sync_all().map_err(failed)?;
    let file = packed.persist(output).map_err(|error| failed(error.error))?;
    Ok(file.metadata().map_err(failed)?.len())
}

/// Keeps the first error and goes on as if there were none: the compressor knows no other answer to one than a panic.
struct Noting<'a, T> {
    inner: T,
    error: &'a RefCell<Option<io::Error>>,
}

impl<T> Noting<'_, T> {
    fn note(&self, result: io::Result<usize>, otherwise: usize) -> io::Result<usize> {
        result.or_else(|error| {
            self.error.borrow_mut().get_or_insert(error);
            Ok(otherwise)
        })
    }
}

impl<T: Read> Read for Noting<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.note(read, 0)
    }
}

impl<T: Write> Write for Noting<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.note(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush().map(|()| 0);
        self.note(flushed, 0).map(drop)
    }
}

/// The tar: sorted, without times and owners, so that the same content gives the same file.
fn pack(global: &Path, zig: ZigVersion, triple: &str, out: &File) -> io::Result<()> {
    let mut paths = Vec::new();
    manifest::files(global, global, &mut paths)?;
    paths.retain(|path| !path.starts_with("tmp/"));
    paths.sort();
    let line = |path: &String| -> io::Result<Line> {
        let file = global.join(path);
        Ok(Line { path: path.clone(), size: fs::metadata(&file)?.len(), sha256: manifest::hash(&file)? })
    };
    let files = paths.iter().map(line).collect::<io::Result<Vec<Line>>>()?;
    let head = Head { format: FORMAT, zig: zig.to_string(), triple: triple.into(), files };
    let mut tar = tar::Builder::new(io::BufWriter::new(out));
    append(&mut tar, HEAD, serde_json::to_vec(&head)?.as_slice())?;
    for line in &head.files {
        let contents = fs::read(global.join(&line.path))?;
        append(&mut tar, &format!("global/{}", line.path), &contents)?;
    }
    tar.into_inner()?.flush()
}

/// Adds a file to a tar, without times and owners.
pub fn append(tar: &mut tar::Builder<impl Write>, path: &str, contents: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    tar.append_data(&mut header, path, contents)
}

/// Takes a bundle over, after every file of it was compared with its hash; gives back the zig and the triple.
pub fn import(store: &Store, path: &Path) -> Result<(ZigVersion, String), Failure> {
    let no = |why: String| {
        let what = format!("import `{}`: {why}", path.display());
        Failure::new(OwnExit::Request, what, "`cgozig cache export` writes such files; make it anew")
    };
    let file = File::open(path).map_err(|error| no(error.to_string()))?;
    let work = store.workplace("import")?;
    let folder = work.path().join("bundle");
    fs::create_dir(&folder).map_err(|error| Failure::store("write", &folder, &error))?;
    let everything = |path: &str| Some(path.to_string());
    let entries = unpack::unpack(Kind::TarZst, &file, &folder, &Caps::default(), &everything, &mut |_| {});
    let entries = entries.map_err(|error| no(error.to_string()))?;
    let head = fs::read(folder.join(HEAD)).map_err(|_| no(format!("there is no {HEAD} in it")))?;
    let head: Head = serde_json::from_slice(&head).map_err(|error| no(format!("{HEAD}: {error}")))?;
    if head.format != FORMAT {
        return Err(no(format!("its format is {}, this cgozig reads {FORMAT}", head.format)));
    }
    let zig = ZigVersion::parse(&head.zig).filter(|_| is_triple(&head.triple));
    let zig = zig.ok_or_else(|| no(format!("it is for `{}` with zig `{}`", head.triple, head.zig)))?;
    compare(&head, &entries).map_err(no)?;
    let _ = fs::remove_file(folder.join(HEAD));
    store.replace_target_cache(zig, &head.triple, &folder)?;
    Ok((zig, head.triple))
}

/// The triple becomes part of a file's name.
fn is_triple(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._+".contains(letter);
    !text.is_empty()
        && text.len() < 100
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(fits)
}

/// What was unpacked is what the head lists, no more and no less.
fn compare(head: &Head, entries: &[Entry]) -> Result<(), String> {
    let unpacked = entries.iter().filter(|entry| entry.path != HEAD);
    let mut seen: Vec<Line> = Vec::new();
    for entry in unpacked {
        let path = entry
            .path
            .strip_prefix("global/")
            .ok_or_else(|| format!("`{}` does not belong in it", entry.path))?;
        seen.push(Line { path: path.into(), size: entry.size, sha256: entry.sha256.clone() });
    }
    manifest::are_listed(seen, &head.files, HEAD)
}
