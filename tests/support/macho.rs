//! What macOS checks before a program of ours runs, read by others' code: goblin for load commands and bindings,
//! text-stub-library for the stubs, go-macho for the signature.
//!
//! No Mac is here. A library that a program asks for must be one that macOS has, and must export every name that the
//! program binds, by the stubs in `shims/macos` and zig's own `libSystem.tbd`.

use goblin::mach::cputype::CPU_TYPE_ARM64;
use goblin::mach::load_command::{CommandVariant, LC_REQ_DYLD};
use goblin::mach::{MachO, header};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use text_stub_library::TbdVersionedRecord;

type Checked = Result<(), String>;

/// What kind of image is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Program,
    Library,
}

/// Checks all of an image that was linked with the zig at `zig`; arm64 images must be signed.
pub fn check(image: &Path, kind: Kind, zig: &Path, go: &Path) -> Checked {
    let bytes = fs::read(image).map_err(|error| error.to_string())?;
    let macho = MachO::parse(&bytes, 0).map_err(|error| error.to_string())?;
    head(&macho, kind)?;
    commands(&macho, kind)?;
    segments(&macho, bytes.len() as u64)?;
    imports(&macho, exports(zig))?;
    let signed = signature(image, go)?;
    if (macho.header.cputype == CPU_TYPE_ARM64) == (signed == "unsigned") {
        return Err(format!("an arm64 image is signed and no other: {signed}"));
    }
    Ok(())
}

fn ensure(fact: bool, what: impl FnOnce() -> String) -> Checked {
    if fact { Ok(()) } else { Err(what()) }
}

/// For dyld, and position independent where it is a program.
fn head(macho: &MachO, kind: Kind) -> Checked {
    let (file, flags) = match kind {
        Kind::Program => (header::MH_EXECUTE, header::MH_PIE),
        Kind::Library => (header::MH_DYLIB, 0),
    };
    let wanted = flags | header::MH_DYLDLINK;
    let seen = (macho.header.filetype, macho.header.flags);
    ensure(seen.0 == file && seen.1 & wanted == wanted, || format!("its head has type and flags {seen:x?}"))
}

/// The load commands that dyld needs, and none that it would not know.
fn commands(macho: &MachO, kind: Kind) -> Checked {
    let mut seen = HashSet::new();
    for command in &macho.load_commands {
        match &command.command {
            CommandVariant::BuildVersion(version) => {
                seen.insert("build version");
                // cgozig asks for 12; what Go links by itself has the oldest macOS of that Go, 11 to 13.
                let major = version.minos >> 16;
                ensure(version.platform == 1 && (11..=13).contains(&major), || {
                    format!("it is for platform {} from {major}", version.platform)
                })?;
            }
            CommandVariant::Main(main) => {
                seen.insert("main");
                ensure(in_text(macho, main.entryoff), || format!("it starts at {:x}", main.entryoff))?;
            }
            // Go's own linker starts amd64 programs so.
            CommandVariant::Unixthread(_) => {
                seen.insert("main");
            }
            CommandVariant::LoadDylinker(_) => {
                seen.insert("dylinker");
            }
            CommandVariant::Uuid(uuid) => {
                seen.insert("uuid");
                ensure(uuid.uuid != [0; 16], || "its UUID is empty".into())?;
            }
            CommandVariant::Unimplemented(unknown) => {
                ensure(unknown.cmd & LC_REQ_DYLD == 0, || format!("dyld needs to know {:x}", unknown.cmd))?;
            }
            _ => {}
        }
    }
    let needed: &[&str] = match kind {
        Kind::Program => &["build version", "uuid", "main", "dylinker"],
        Kind::Library => &["build version", "uuid"],
    };
    ensure(macho.name.is_some() == (kind == Kind::Library), || format!("its own name is {:?}", macho.name))?;
    match needed.iter().find(|need| !seen.contains(*need)) {
        Some(need) => Err(format!("no load command for {need}")),
        None => Ok(()),
    }
}

fn in_text(macho: &MachO, offset: u64) -> bool {
    let sections = macho.segments.sections().flatten().filter_map(Result::ok);
    let mut text =
        sections.map(|(section, _)| section).filter(|section| section.name().ok() == Some("__text"));
    text.any(|text| (u64::from(text.offset)..u64::from(text.offset) + text.size).contains(&offset))
}

/// Segments lie on pages and follow each other up to the file's end; none is writable and executable.
fn segments(macho: &MachO, length: u64) -> Checked {
    let page = if macho.header.cputype == CPU_TYPE_ARM64 { 0x4000 } else { 0x1000 };
    let (write, run) = (2, 4);
    let mut in_file: Vec<_> = macho.segments.iter().filter(|segment| segment.filesize > 0).collect();
    in_file.sort_by_key(|segment| segment.fileoff);
    let mut end = 0;
    for segment in in_file {
        let name = segment.name().unwrap_or("?");
        ensure(segment.initprot & (write | run) != write | run, || {
            format!("{name} is writable and executable")
        })?;
        // Go leaves `__DWARF` unmapped: no address, no size, no protection.
        let mapped = segment.vmsize != 0 || segment.initprot != 0;
        ensure(!mapped || segment.filesize <= segment.vmsize, || format!("{name} is cut in memory"))?;
        ensure(segment.fileoff >= end && segment.fileoff % page == 0, || {
            format!("{name} begins at {:x}, the segment before it ends at {end:x}", segment.fileoff)
        })?;
        end = segment.fileoff + segment.filesize;
    }
    ensure(end == length, || format!("its segments end at {end}, the file at {length}"))
}

/// Every bound name is exported by the library that it is bound to.
fn imports(macho: &MachO, exports: &Exports) -> Checked {
    // The first is the image itself.
    for library in &macho.libs[1..] {
        ensure(exports.contains_key(*library), || format!("macOS has no {library}"))?;
    }
    let bound = macho.imports().map_err(|error| error.to_string())?;
    ensure(!bound.is_empty(), || "it imports nothing".into())?;
    for import in bound.iter().filter(|import| !import.is_weak) {
        let library = exports.get(import.dylib);
        ensure(library.is_some_and(|names| names.contains(import.name)), || {
            format!("{} has no {}", import.dylib, import.name)
        })?;
    }
    Ok(())
}

/// The names of each library, by its install name.
type Exports = HashMap<String, HashSet<String>>;

/// What the stubs and this zig's `libSystem.tbd` export; read once for each zig.
fn exports(zig: &Path) -> &'static Exports {
    static READ: LazyLock<Mutex<HashMap<PathBuf, &'static Exports>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    read.entry(zig.to_path_buf()).or_insert_with(|| {
        let mut exports = Exports::new();
        let system = zig.with_file_name("lib/libc/darwin/libSystem.tbd");
        add_stub(&system, &mut exports);
        for stub in stubs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("shims/macos")) {
            add_stub(&stub, &mut exports);
        }
        Box::leak(Box::new(exports))
    })
}

fn stubs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inner = entries.flat_map(|path| if path.is_dir() { stubs(&path) } else { vec![path] });
    inner.filter(|path| path.extension().is_some_and(|end| end == "tbd")).collect()
}

/// The first document names the library; what it re-exports follows in the same file.
fn add_stub(path: &Path, exports: &mut Exports) {
    let records = text_stub_library::parse_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut name = None;
    for record in records {
        let TbdVersionedRecord::V4(record) = record else { panic!("{}: not version 4", path.display()) };
        let names = exports.entry(name.get_or_insert(record.install_name).clone()).or_default();
        for section in record.exports.into_iter().chain(record.re_exports) {
            names.extend(section.symbols);
            names.extend(section.weak_symbols);
            names.extend(section.thread_local_symbols);
            for class in section.objc_classes {
                names.extend([format!("_OBJC_CLASS_$_{class}"), format!("_OBJC_METACLASS_$_{class}")]);
            }
        }
    }
}

/// What `tests/go/signature` says of the image.
fn signature(image: &Path, go: &Path) -> Result<String, String> {
    static TOOL: LazyLock<Mutex<Option<PathBuf>>> = LazyLock::new(Mutex::default);
    let mut tool = TOOL.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if tool.is_none() {
        *tool = Some(build(go)?);
    }
    let output =
        Command::new(tool.as_ref().unwrap()).arg(image).output().map_err(|error| error.to_string())?;
    let said = super::text(&output).trim().to_string();
    if output.status.success() { Ok(said) } else { Err(said) }
}

fn build(go: &Path) -> Result<PathBuf, String> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signature");
    let mut command = super::clean(go);
    command.args(["build", "-o"]).arg(&program).arg(".").env("CGO_ENABLED", "0").env("GOTOOLCHAIN", "local");
    command.env("GOCACHE", super::tools().join("go-cache"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go/signature");
    let output = command.current_dir(folder).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(program) } else { Err(super::text(&output)) }
}
