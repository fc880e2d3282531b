//! What is taken from objects and libraries for a pack: debug information, and nothing else.

use super::*;
use cgozig::pack::debug_info;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection};
use std::collections::BTreeMap;

/// A source with code, data, a relocation between them, and something for every table of a debugger.
const SOURCE: &str = "struct pair { int one; char *other; };\nstatic char text[] = \"x\";\n\
    struct pair pair = { 7, text };\nstatic int twice(int number) { return number * 2; }\n\
    int main(void) { return twice(pair.one) + pair.other[0]; }\n";

/// Objects of ELF, of either width and byte order, and of COFF.
const TRIPLES: &[&str] = &[
    "x86_64-linux-musl",
    "arm-linux-musleabihf",
    "s390x-linux-musl",
    "mips-linux-musleabihf",
    "x86_64-windows-gnu",
    "x86-windows-gnu",
];

/// The real zig, in a folder with the source.
struct Bench {
    zig: PathBuf,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Option<Bench> {
        let bench = Bench { zig: support::zig(ZIG)?, folder: support::folder() };
        fs::write(bench.folder.path().join("x.c"), SOURCE).unwrap();
        Some(bench)
    }

    fn run(&self, words: &[&str]) {
        let folder = self.folder.path();
        let mut command = support::clean(&self.zig);
        command.current_dir(folder).args(words);
        let (global, local) = (folder.join("global"), folder.join("local"));
        command.env("ZIG_GLOBAL_CACHE_DIR", global).env("ZIG_LOCAL_CACHE_DIR", local);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    /// The source as an object with debug information.
    fn object(&self, triple: &str, more: &[&str]) -> Vec<u8> {
        self.run(&[&["cc", "-target", triple, "-g", "-c", "x.c", "-o", "x.o"], more].concat());
        self.read("x.o")
    }
}

/// The contents and relocations of all sections, but those for debuggers; and how many of those there are.
fn sections(object: &[u8]) -> (BTreeMap<String, String>, usize) {
    let file = object::File::parse(object).unwrap();
    let (mut kept, mut debug) = (BTreeMap::new(), 0);
    for section in file.sections() {
        let name = section.name().unwrap();
        if name.contains(".debug") {
            debug += usize::from(section.size() > 0);
        } else if !name.is_empty() {
            let relocations: Vec<_> = section.relocations().collect();
            let contents = format!("{:?} {relocations:?}", section.data().unwrap());
            kept.insert(format!("{name} {}", section.index().0), contents);
        }
    }
    (kept, debug)
}

#[test]
fn debug_information_goes_and_all_else_stays_where_it_is() {
    let Some(bench) = Bench::new() else { return };
    for triple in TRIPLES {
        let object = bench.object(triple, &["-O1", "-ffunction-sections"]);
        let library = format!("{triple}.a");
        bench.run(&["ar", "rcsD", &library, "x.o"]);
        let library = bench.read(&library);
        let (kept, debug) = sections(&object);
        let has = |start: &str| kept.keys().any(|name| name.starts_with(start));
        assert!(debug > 1 && has(".text") && has(".data"), "{triple}: {debug} {kept:?}");
        let without = debug_info::without(object.clone());
        assert_eq!(sections(&without), (kept.clone(), 0), "{triple}");
        let cut = if triple.contains("windows") { object.len() * 9 / 10 } else { object.len() };
        assert!(without.len() <= cut, "{triple}: {} of {}", without.len(), object.len());

        let without = debug_info::without(library.clone());
        let archive = ArchiveFile::parse(&without[..]).unwrap();
        let mut names = archive.symbols().unwrap().unwrap().map(|symbol| symbol.unwrap().name());
        assert!(names.any(|name| name.ends_with(b"main")));
        let member = archive.members().next().unwrap().unwrap();
        assert_eq!(sections(member.data(&without[..]).unwrap()), (kept, 0), "{triple}");
        assert_eq!(debug_info::without(without.clone()), without, "a second time changes something");
    }
}

#[test]
fn what_is_no_object_stays_as_it_is() {
    let Some(bench) = Bench::new() else { return };
    bench.run(&["cc", "-target", "x86_64-linux-musl", "-shared", "-g", "x.c", "-o", "x.so"]);
    let shared = bench.read("x.so");
    let damaged = [&b"!<arch>\n"[..], &shared].concat();
    for contents in [shared, damaged, LIBC.to_vec(), CRT1.to_vec(), b"text".to_vec(), Vec::new()] {
        assert!(debug_info::without(contents.clone()) == contents);
    }
}

#[test]
fn a_cut_object_is_no_panic() {
    let Some(bench) = Bench::new() else { return };
    for triple in TRIPLES {
        let object = bench.object(triple, &[]);
        for length in 0..object.len() {
            assert!(debug_info::without(object[..length].to_vec()).len() <= length);
        }
    }
}

#[test]
fn records_name_what_is_in_the_pack() {
    let Some(bench) = Bench::new() else { return };
    let (place, crt1) = (Place::new(), bench.object(TRIPLE, &[]));
    let words = ["ld.lld", "{rt}/crt1.o", "{0}", "--library={rt}/libc.a", "-o", "{out}"];
    learn(&place.cache(), "cc", &words, &[("crt1.o", &crt1), ("libc.a", LIBC)]);
    let pack = place.packed(&place.cache());

    let taker = Place::new();
    taker.succeeds(&["pack", "use", pack.to_str().unwrap()]);
    let record = fs::read_dir(taker.cache().learned()).unwrap().next().unwrap().unwrap().path();
    let (_, learned) = Learned::read(&fs::read(record).unwrap()).unwrap();
    let stripped = debug_info::without(crt1.clone());
    let name = runtime_name(&stripped, "crt1.o");
    assert!(stripped != crt1 && name != runtime_name(&crt1, "crt1.o"));
    assert_eq!(fs::read(taker.cache().runtime().join(&name)).unwrap(), stripped);
    let (_, expected) = super::record(ZIG, "cc", &words, &[("crt1.o", &stripped), ("libc.a", LIBC)]);
    assert_eq!(learned, expected);
}
