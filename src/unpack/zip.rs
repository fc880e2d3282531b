//! The entries of a zip, in the order of its list. Everything is judged before the first byte is written.

use super::end::{self, End};
use super::output::{Contents, Output};
use super::{Caps, UnpackError, Why};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use zip::read::{ArchiveOffset, Config, ZipFileEntry};
use zip::{CompressionMethod, ZipArchive, ZipReadOptions};

type Zip<'a> = ZipArchive<BufReader<&'a File>>;

/// The bytes that a library may hold for each byte of the list of entries.
const MEMORY_OF_LIST: u64 = 8;

/// The bit of an entry's flags that says its name is UTF-8.
const UTF8: u16 = 1 << 11;

/// What an entry of the list says.
struct Listed {
    name: String,
    size: u64,
    packed: u64,
    start: u64,
    is_folder: bool,
    executable: bool,
}

/// Unpacks the zip in `archive`.
pub fn unpack(
    archive: &File,
    caps: &Caps,
    output: &mut Output,
    progress: &mut dyn FnMut(u64),
) -> Result<(), UnpackError> {
    let (mut zip, length) = open(archive, caps).map_err(Why::of_all)?;
    let list = judge(&mut zip, caps.limit(length))?;
    let mut done = 0;
    for (index, listed) in list.iter().enumerate() {
        let name = &listed.name;
        if listed.is_folder {
            output.folder(name.strip_suffix('/').unwrap_or(name)).map_err(|why| why.of(name))?;
            continue;
        }
        let mut bytes =
            zip.by_index_with_options(index, strict()).map_err(|error| damaged(&error).of(name))?;
        let Listed { size, packed, executable, .. } = *listed;
        let contents = Contents { path: name, size, executable, bytes: &mut bytes };
        let part = |read: u64| u128::from(packed) * u128::from(read) / u128::from(size.max(1));
        let mut tell = |read| progress(done + u64::try_from(part(read)).unwrap_or(packed));
        output.file(contents, &mut tell).map_err(|why| why.of(name))?;
        done += packed;
    }
    Ok(())
}

/// Opens the zip that the file's last record describes, and no other.
fn open<'a>(mut archive: &'a File, caps: &Caps) -> Result<(Zip<'a>, u64), Why> {
    let failed = |error: std::io::Error| Why::reading(&error);
    let length = archive.seek(SeekFrom::End(0)).map_err(failed)?;
    let start = length.checked_sub(end::SIZE as u64).ok_or(Why::Short)?;
    let mut tail = [0; end::SIZE];
    archive.seek(SeekFrom::Start(start)).map_err(failed)?;
    archive.read_exact(&mut tail).map_err(failed)?;
    let end = End::read(&tail, length)?;
    if end.entries > caps.entries {
        return Err(Why::Entries(caps.entries));
    }
    if end.size > caps.memory / MEMORY_OF_LIST {
        return Err(Why::Memory);
    }
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let zip = ZipArchive::with_config(config, BufReader::new(archive)).map_err(|error| damaged(&error))?;
    if zip.has_duplicate_names() {
        return Err(Why::Layout("has two entries of one name"));
    }
    let same = zip.len() as u64 == end.entries && zip.central_directory_start() == end.start;
    if !same || zip.offset() != 0 || zip.raw_zip64_extensible_data_sector().is_some() {
        return Err(Why::Layout("has more than one list of entries"));
    }
    Ok((zip, length))
}

/// Judges every entry and the whole: sizes, kinds, both headers of each, and that the bytes from the first to
/// the list belong to one entry each.
fn judge(zip: &mut Zip, (limit, beyond): (u64, Why)) -> Result<Vec<Listed>, UnpackError> {
    let (mut list, mut total) = (Vec::new(), 0_u64);
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(|error| damaged(&error).of_all())?;
        let shown = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let listed = Listed::of(&entry).map_err(|why| why.of(&shown))?;
        total = total.saturating_add(listed.size);
        if total > limit {
            return Err(beyond.of(&shown));
        }
        zip.by_index_with_options(index, strict()).map_err(|error| damaged(&error).of(&shown))?;
        list.push(listed);
    }
    zip.validate_header_consistency().map_err(|error| damaged(&error).of_all())?;
    let first = list.iter().map(|listed| listed.start).min().unwrap_or(zip.central_directory_start());
    if first == 0 { Ok(list) } else { Err(Why::Layout("has bytes before its first entry").of_all()) }
}

impl Listed {
    fn of(entry: &ZipFileEntry) -> Result<Listed, Why> {
        let raw = entry.name_raw();
        if !raw.is_ascii() && entry.flags().as_u16() & UTF8 == 0 {
            return Err(Why::NotUtf8);
        }
        let name = String::from_utf8(raw.to_vec()).map_err(|_| Why::NotUtf8)?;
        if entry.encrypted() {
            return Err(Why::Encrypted);
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        match entry.compression() {
            CompressionMethod::Stored if size != packed => return Err(Why::Layout("has two sizes")),
            CompressionMethod::Stored | CompressionMethod::Deflated => {}
            _ => return Err(Why::Method),
        }
        let mode = entry.external_attributes() >> 16;
        let is_folder = is_folder(&name, mode, entry.external_attributes())?;
        if is_folder && size != 0 {
            return Err(Why::Long);
        }
        let (start, executable) = (entry.header_start(), mode & 0o100 != 0);
        Ok(Listed { name, size, packed, start, is_folder, executable })
    }
}

/// Whether an entry is a folder or a file; its name, its Unix mode and its DOS attribute must agree.
fn is_folder(name: &str, mode: u32, attributes: u32) -> Result<bool, Why> {
    let by_name = name.ends_with('/');
    let by_mode = match mode & 0o170_000 {
        0 => by_name,
        0o100_000 => false,
        0o040_000 => true,
        0o120_000 => return Err(Why::Link),
        0o020_000 | 0o060_000 | 0o010_000 | 0o140_000 => return Err(Why::Special),
        _ => return Err(Why::OtherKind),
    };
    if by_mode != by_name || (attributes & 0x10 != 0 && !by_name) {
        return Err(Why::Layout("is a file and a folder"));
    }
    Ok(by_name)
}

fn strict() -> ZipReadOptions<'static> {
    ZipReadOptions::new().enforce_header_consistency(true)
}

fn damaged(error: &zip::result::ZipError) -> Why {
    Why::Damaged(error.to_string())
}
