//! Words that zig refuses and its linkers take: real links with each zig, and what the program then is and does.

mod support;

use goblin::elf::{Elf, dynamic};
use goblin::pe::PE;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// A folder with sources, whose name has a space, and one zig.
struct Place {
    _folder: tempfile::TempDir,
    folder: PathBuf,
    zig: PathBuf,
}

const SOURCES: &[(&str, &str)] = &[
    ("main.c", "int g(void);\nint main(void) { return g(); }\n"),
    ("g.c", "int f(void) { return 0; }\n"),
    ("one.c", "int both(void) { return 0; }\nint g(void) { return both(); }\n"),
    ("two.c", "int both(void) { return 1; }\nint two(void) { return both(); }\n"),
    ("calls.c", "int g(void);\nint two(void);\nint main(void) { return two ? g() : 1; }\n"),
    (
        "placed.c",
        "__attribute__((section(\".mine\"))) int placed = 7;\nint main(void) { return placed != 7; }\n",
    ),
    (
        "hides.c",
        "int hidden(void) { return 1; }\nint shown(void) { return 2; }\nint main(void) { return 0; }\n",
    ),
    ("export.c", "int f(void);\nint own(void) { return f(); }\n"),
    ("f.list", "{ shown; };\n"),
    ("f.map", "{ global: shown; local: *; };\n"),
];

impl Place {
    fn new(version: &str) -> Option<Place> {
        let outer = support::folder();
        let folder = outer.path().join("a b");
        fs::create_dir(&folder).unwrap();
        for (name, text) in SOURCES {
            fs::write(folder.join(name), text).unwrap();
        }
        Some(Place { zig: support::zig(version)?, folder, _folder: outer })
    }

    /// Runs cgozig; `words` are split at spaces, `PLACE` is the folder.
    fn cc(&self, target: &str, libc: &str, words: &str) -> Output {
        let mut command = support::user("cgozig", &self.zig, target, libc);
        let place = self.folder.display().to_string();
        command.args(words.split(' ').map(|word| word.replace("PLACE", &place)));
        command.env("CGOZIG_LOG_FILE", self.folder.join("log")).current_dir(&self.folder);
        command.output().unwrap()
    }

    /// The same, which has to succeed without a word; gives the program.
    fn link(&self, target: &str, libc: &str, words: &str) -> PathBuf {
        let out = self.folder.join("out.exe");
        let _ = fs::remove_file(&out);
        let output = self.cc(target, libc, &format!("{words} -o out.exe"));
        assert!(output.status.success(), "{target} {words}: {}", support::text(&output));
        out
    }

    fn runs(&self, target: &str, libc: &str, words: &str) {
        let out = self.link(target, libc, words);
        let output = support::run(target, libc, &out).output().unwrap();
        assert!(output.status.success(), "{target} {words}: {}", support::text(&output));
    }

    /// How often a linker was called by us since the last time.
    fn second_links(&self) -> usize {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let _ = fs::remove_file(self.folder.join("log"));
        let is_one = |line: &&str| {
            !line.contains("] direct ") && (line.contains(" ld.lld ") || line.contains(" lld-link "))
        };
        log.lines().filter(is_one).count()
    }

    fn read(&self, path: &Path) -> Vec<u8> {
        fs::read(self.folder.join(path)).unwrap()
    }
}

/// The names that an ELF file exports.
fn exports(bytes: &[u8]) -> Vec<String> {
    let elf = Elf::parse(bytes).unwrap();
    let own = elf.dynsyms.iter().filter(|symbol| symbol.st_shndx != 0);
    own.map(|symbol| elf.dynstrtab[symbol.st_name].to_string()).collect()
}

#[test]
fn elf_programs_get_what_zig_refuses() {
    for version in support::some_zigs() {
        let Some(place) = Place::new(version) else { return };
        // zig compiles all of musl for each processor.
        let arch = if version == support::ZIG { "linux/arm64" } else { "linux/amd64" };
        for (target, libc) in [("linux/amd64", "gnu"), (arch, "musl")] {
            elf_symbols(&place, target, libc);
            elf_layout(&place, target, libc);
            elf_permissions(&place, target, libc);
        }
    }
}

/// cmd/link asks for it, and believes the answer.
#[test]
fn programs_for_openbsd_say_that_their_branches_have_no_marks() {
    const PT_OPENBSD_NOBTCFI: u32 = 0x65a3_dbe8;
    for version in &support::ZIGS[2..] {
        let Some(place) = Place::new(version) else { return };
        for target in ["openbsd/amd64", "openbsd/arm64"] {
            let says = |words: &str| {
                let bytes = fs::read(place.link(target, "own", words)).unwrap();
                Elf::parse(&bytes)
                    .unwrap()
                    .program_headers
                    .iter()
                    .any(|header| header.p_type == PT_OPENBSD_NOBTCFI)
            };
            assert!(says("main.c g.c -Dg=f -Wl,-z,nobtcfi"), "{version} {target}");
            assert!(!says("main.c g.c -Dg=f"), "{version} {target}");
        }
    }
}

fn elf_symbols(place: &Place, target: &str, libc: &str) {
    place.runs(target, libc, "main.c g.c -Wl,--defsym=g=f");
    place.runs(target, libc, "main.c g.c -Wl,--defsym,g=f -Wl,-Map=PLACE/the.map");
    assert!(String::from_utf8(place.read(Path::new("the.map"))).unwrap().contains("main"));
    // A static program exports nothing.
    if libc == "gnu" {
        let shown = |words: &str| {
            let exported = exports(&fs::read(place.link(target, libc, words)).unwrap());
            ["hidden", "shown"].map(|name| exported.iter().any(|own| own == name))
        };
        assert_eq!(shown("hides.c -rdynamic"), [true, true], "{target}");
        assert_eq!(shown("hides.c -rdynamic -Wl,--version-script=f.map"), [false, true], "{target}");
        assert_eq!(shown("hides.c -Wl,--dynamic-list=f.list"), [false, true], "{target}");
    }
    let archive = |words: &str| {
        let object = place.cc(target, libc, "-fPIC -c g.c -o PLACE/g.o");
        assert!(object.status.success(), "{}", support::text(&object));
        let archive = support::clean(&place.zig)
            .args(["ar", "rcs", "libg.a", "g.o"])
            .current_dir(&place.folder)
            .status();
        assert!(archive.unwrap().success());
        exports(&fs::read(place.link(target, libc, words)).unwrap()).contains(&"f".to_string())
    };
    assert!(archive("-shared -fPIC export.c PLACE/libg.a"), "{target}");
    assert!(!archive("-shared -fPIC export.c PLACE/libg.a -Wl,--exclude-libs,ALL"), "{target}");
}

fn elf_layout(place: &Place, target: &str, libc: &str) {
    let bytes = fs::read(place.link(target, libc, "placed.c -Wl,--section-start=.mine=0x8000000")).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    let mine = elf.section_headers.iter().find(|section| &elf.shdr_strtab[section.sh_name] == ".mine");
    assert_eq!(mine.unwrap().sh_addr, 0x800_0000, "{target}");
    let bytes = fs::read(place.link(target, libc, "-shared -fPIC g.c -Wl,-z,nodlopen,-z,now")).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    let flags = elf.dynamic.unwrap().info.flags_1;
    assert_eq!(flags & (dynamic::DF_1_NOOPEN | dynamic::DF_1_NOW), dynamic::DF_1_NOOPEN | dynamic::DF_1_NOW);
}

/// What only permits something costs a second link only where it is needed.
fn elf_permissions(place: &Place, target: &str, libc: &str) {
    place.second_links();
    place.runs(target, libc, "hides.c -Wl,--allow-multiple-definition,--unresolved-symbols=ignore-all");
    assert_eq!(place.second_links(), 0);
    let fails = place.cc(target, libc, "calls.c one.c two.c -o out.exe");
    assert!(!fails.status.success() && support::text(&fails).contains("duplicate symbol: both"));
    for word in ["-Wl,--allow-multiple-definition", "-Wl,-z,muldefs"] {
        place.runs(target, libc, &format!("calls.c one.c two.c {word}"));
        assert_eq!(place.second_links(), 1);
    }
    place.link(target, libc, "main.c -Wl,--unresolved-symbols=ignore-all");
    assert_eq!(place.second_links(), 1);
}

#[test]
fn windows_programs_get_what_zig_refuses() {
    for version in support::some_zigs() {
        let Some(place) = Place::new(version) else { return };
        place.runs("windows/amd64", "own", "calls.c one.c two.c -Wl,--allow-multiple-definition");
        assert_eq!(place.second_links(), 1);
        place.link("windows/amd64", "own", "main.c -Wl,--unresolved-symbols=ignore-all");
        // Programs of 64 bits are aware of large addresses anyway, and one zig's libc more takes a minute.
        if version == support::ZIG {
            let is_aware = |words: &str| {
                characteristics(&fs::read(place.link("windows/386", "own", words)).unwrap()) & 0x20 != 0
            };
            assert!(is_aware("hides.c -Wl,--large-address-aware") && !is_aware("hides.c"), "{version}");
        }
        let bytes =
            fs::read(place.link("windows/amd64", "own", "hides.c -Wl,--disable-reloc-section")).unwrap();
        assert!(characteristics(&bytes) & 1 != 0, "{version}: IMAGE_FILE_RELOCS_STRIPPED");
        place.link("windows/amd64", "own", "hides.c -Wl,-Map=PLACE/the.map,--no-seh");
        assert!(String::from_utf8_lossy(&place.read(Path::new("the.map"))).contains("main"), "{version}");
        let words = "-shared hides.c -Wl,--export-all-symbols,--output-def,PLACE/the.def";
        place.link("windows/amd64", "own", words);
        let text = String::from_utf8_lossy(&place.read(Path::new("the.def"))).into_owned();
        assert!(text.contains("hidden") && text.contains("shown"), "{version}: {text}");
        let refused = place.cc("windows/amd64", "own", "hides.c -Wl,--defsym=g=main -o out.exe");
        assert!(support::text(&refused).contains("cgozig explain refuse-addresses-on-windows"));
    }
}

fn characteristics(bytes: &[u8]) -> u16 {
    PE::parse(bytes).unwrap().header.coff_header.characteristics
}

#[test]
fn what_lld_refuses_is_its_own_error_and_leaves_nothing() {
    let Some(place) = Place::new(support::ZIG) else { return };
    let output = place.cc("linux/amd64", "gnu", "hides.c -Wl,--dynamic-list=none.list -o out.exe");
    let said = support::text(&output);
    assert!(!output.status.success() && said.contains("none.list"), "{said}");
    assert!(!said.contains("-dynamic-linker"), "zig's own call of the linker is not shown: {said}");
    assert!(!place.folder.join("out.exe").exists());
    // What zig links on the way, parts of libc for an empty cache, is not the program.
    fs::write(place.folder.join("broken.c"), "int main(void) { return 1 }\n").unwrap();
    let mut command = support::user("cgozig", &place.zig, "linux/amd64", "gnu.2.31");
    command.args(["broken.c", "-Wl,--defsym=g=main", "-o", "out.exe"]).current_dir(&place.folder);
    place.second_links();
    command
        .env("CGOZIG_CACHE_DIR", place.folder.join("cold"))
        .env("CGOZIG_LOG_FILE", place.folder.join("log"));
    let said = support::text(&command.output().unwrap());
    assert!(said.contains("expected ';'") && !said.contains("-dynamic-linker"), "{said}");
    assert_eq!(place.second_links(), 0);
    // A device is nobody's half-made program.
    let output = place.cc("linux/amd64", "gnu", "hides.c -Wl,--dynamic-list=none.list -o /dev/null");
    assert!(!output.status.success() && Path::new("/dev/null").exists());
    let output = place.cc("linux/amd64", "gnu", "main.c -Wl,--allow-multiple-definition -o out.exe");
    let said = support::text(&output);
    assert!(said.contains("undefined symbol: g") && said.contains("cgozig: could not link"), "{said}");
}

#[test]
fn a_zig_that_does_not_say_how_it_links_can_be_told_nothing() {
    let folder = support::folder();
    let zig = support::fake_zig(folder.path(), "0.15.2", "exit 0");
    let link = |option: &str| {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_ZIG", &zig).env("CGOZIG_CACHE_DIR", folder.path().join("store"));
        command.args(["-target", "linux/arm64", option, "x.c", "-g", "-o", "/dev/null"]).output().unwrap()
    };
    assert!(link("-s").status.success(), "a program that is not stripped serves");
    let told = link("-Wl,--defsym=g=f");
    let said = support::text(&told);
    assert!(!told.status.success() && said.contains("does not say how it calls its linker"), "{said}");
}
