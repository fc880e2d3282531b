//! Writing a pack from the cache of a target, in which nothing but the links for it was done.

use super::head::{self, Head};
use super::{LEARNED, RUNTIME, content, debug_info};
use crate::bundle;
use crate::digest::sha256_of;
use crate::direct::learned::{Learned, RuntimeFile};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::native::artifact::Pin;
use crate::store::manifest::Line;
use crate::store::target::TargetCache;
use crate::sys::{self, Readers};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use zstd::Encoder;

/// Level 22 makes a pack 1 % smaller, in twice the time.
const LEVEL: i32 = 19;

/// The most that a reader of ours lets a window have is 64 MiB: all of a pack.
const WINDOW_LOG: u32 = 26;

/// What a pack has become.
#[derive(Debug)]
pub struct Made {
    /// Its sha256 and size.
    pub pin: Pin,
    /// How many learned records are in it, and how many files of the runtime.
    pub counts: (usize, usize),
    /// What was left out, a clause each.
    pub left_out: Vec<String>,
}

/// The contents of the files, by their paths in the pack.
type Files = BTreeMap<String, Vec<u8>>;

/// Writes the pack of a zig and a triple, from what was learned in `cache`.
pub fn write(cache: &TargetCache, zig: &str, triple: &str, output: &Path) -> Result<Made, Failure> {
    let failed = |error: io::Error| {
        let what = format!("write `{}`: {error}", output.display());
        Failure::new(OwnExit::Request, what, "-o names a file in a folder that you can write")
    };
    let (files, left_out) = gather(cache, zig).map_err(failed)?;
    if !files.keys().any(|path| path.starts_with(RUNTIME)) {
        let what = format!("make a pack of {triple}: zig {zig} does not tell how it links for it");
        return Err(Failure::new(OwnExit::Request, what, "`cgozig cache export` carries what zig built"));
    }
    let line = |(path, contents): (&String, &Vec<u8>)| Line {
        path: path.clone(),
        size: contents.len() as u64,
        sha256: sha256_of(contents),
    };
    let head = Head::new(zig, triple, files.iter().map(line).collect());
    let packed = compress(&tar(&head, &files).map_err(failed)?).map_err(failed)?;
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = sys::permissions(Readers::All, false) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(&packed).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(output).map_err(|error| failed(error.error))?;
    let pin = Pin { sha256: sha256_of(&packed), size: packed.len() as u64 };
    Ok(Made { pin, counts: head.counts(), left_out })
}

/// The whole records of that zig that hold everywhere, with what they name; and what was left out.
fn gather(cache: &TargetCache, zig: &str) -> io::Result<(Files, Vec<String>)> {
    let (mut files, mut left_out, mut known) = (Files::new(), Vec::new(), Known::new());
    for entry in fs::read_dir(cache.learned()).into_iter().flatten() {
        let path = entry?.path();
        let contents = fs::read(&path)?;
        let Some((key, learned)) = Learned::read(&contents) else { continue };
        if key.zig != zig {
            continue;
        }
        let packed = content::judge(&key, &learned).and_then(|()| {
            learned
                .files
                .iter()
                .map(|file| known_file(&mut known, cache, file))
                .collect::<Result<Vec<_>, _>>()
        });
        match packed {
            Ok(packed) => {
                let (of_pack, contents): (Vec<_>, Vec<_>) = packed.into_iter().unzip();
                for (file, contents) in of_pack.iter().zip(contents) {
                    files.entry(format!("{RUNTIME}{}", file.name)).or_insert_with(|| contents.to_vec());
                }
                let learned = learned.with_files(of_pack);
                files.insert(format!("{LEARNED}{}", key.file_name()), learned.to_bytes(&key));
            }
            Err(why) => left_out.push(why),
        }
    }
    Ok((files, left_out))
}

/// A file as it is in a pack.
type Packed = (RuntimeFile, Rc<[u8]>);

/// What became of files that records name, by their names and hashes: many name the same.
type Known = BTreeMap<(String, String), Result<Packed, String>>;

/// A file that a record names, by its first record.
fn known_file(known: &mut Known, cache: &TargetCache, file: &RuntimeFile) -> Result<Packed, String> {
    let key = (file.name.clone(), file.sha256.clone());
    known.entry(key).or_insert_with(|| runtime_file(cache, file)).clone()
}

/// A file that a record names, when it is that file, as it is in a pack: without debug information.
fn runtime_file(cache: &TargetCache, file: &RuntimeFile) -> Result<Packed, String> {
    let contents = fs::read(cache.runtime().join(&file.name)).map_err(|error| error.to_string())?;
    if sha256_of(&contents) != file.sha256 {
        return Err(format!("`{}` is not the file that was learned", file.name));
    }
    content::judge_file(&contents[..contents.len().min(super::START)])
        .map_err(|why| format!("`{}` {why}", file.name))?;
    let contents = debug_info::without(contents);
    Ok((RuntimeFile::of(file.own_name(), &contents), contents.into()))
}

/// The tar: sorted, without times and owners.
fn tar(head: &Head, files: &Files) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    bundle::append(&mut tar, head::NAME, &serde_json::to_vec(head)?)?;
    for (path, contents) in files {
        bundle::append(&mut tar, path, contents)?;
    }
    tar.into_inner()
}

/// One frame of zstd, by one thread: the same bytes on every machine.
fn compress(tar: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = Encoder::new(Vec::new(), LEVEL)?;
    encoder.set_pledged_src_size(Some(tar.len() as u64))?;
    encoder.window_log(WINDOW_LOG)?;
    encoder.long_distance_matching(true)?;
    encoder.include_checksum(true)?;
    encoder.write_all(tar)?;
    encoder.finish()
}
