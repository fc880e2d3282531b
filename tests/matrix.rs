//! The matrix: programs × ports × libcs × zigs × Go versions, built by `go build` and run where they can run.
//!
//! Every cell is a test of its own, so that a filter picks some: `cargo test --test matrix linux/arm64`.
//! Without `CGOZIG_MATRIX=full` the part of `make test` runs, which builds as few libcs as shows something:
//!
//! - hello (C with libm and pthread) on all ports with the port's zig; net (only Go's own cgo) and musl beside glibc on
//!   ports that cover every system;
//! - Go's build modes, and programs that take long to compile, on a few of them;
//! - the other zigs on five ports, and the oldest, the local and the newest Go on three.
//!
//! `CGOZIG_MATRIX=record` is that with both basic programs everywhere, and `CGOZIG_MATRIX=full` is the whole product. They write
//! `src/verified.txt`, from which `cgozig targets` and the README have their column. The whole takes hours, in as many
//! sittings as it needs (`support::campaign`).
//!
//! With `CGOZIG_MATRIX_ROUTES=both` every call is made by both routes (`tests/tools/referee`), and go-sqlite3 is compiled
//! without optimisation: what is compared are words, and the optimiser is the same.

mod support;

use cgozig::target::port::PORTS;
use cgozig::target::{Arch, Os, Port};
use libtest_mimic::{Arguments, Failed, Trial};
use object::{Architecture, BinaryFormat, Object};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{LazyLock, Mutex};
use support::campaign::Campaign;
use support::macho;
use support::ports::{default_zig, libcs, port, serves};

/// The newest Go: the only one that has every port.
const GO: &str = "1.27.3";

/// One program and how it is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    Hello,
    Net,
    Http,
    Cxx,
    Shared,
    Archive,
    Pie,
    Sqlite,
}

const BASIC: &[Program] = &[Program::Hello, Program::Net];
const MODES: &[Program] = &[Program::Shared, Program::Archive, Program::Pie];
/// What takes long: much of Go's library, zig's libc++, 9 MB of C.
const LONG: &[Program] = &[Program::Http, Program::Cxx, Program::Sqlite];

/// The ports for both basic programs: every system, both byte orders, 32 and 64 bits, both libcs of Linux.
const WIDE: &[(&str, &str)] = &[
    ("linux/amd64", "gnu"),
    ("linux/amd64", "musl"),
    ("linux/arm64", "gnu"),
    ("linux/arm64", "musl"),
    ("linux/arm", "gnu"),
    ("linux/386", "gnu"),
    ("linux/s390x", "gnu"),
    ("linux/riscv64", "musl"),
    ("windows/amd64", "own"),
    ("windows/386", "own"),
    ("windows/arm64", "own"),
    ("darwin/amd64", "own"),
    ("darwin/arm64", "own"),
    ("freebsd/amd64", "own"),
    ("netbsd/amd64", "own"),
    ("openbsd/amd64", "own"),
];

/// The ports for Go's build modes, for each of which Go compiles its library once more.
const MODES_ON: &[(&str, &str)] = &[
    ("linux/amd64", "gnu"),
    ("linux/s390x", "gnu"),
    ("linux/arm64", "musl"),
    ("windows/amd64", "own"),
    ("darwin/arm64", "own"),
    ("freebsd/amd64", "own"),
];

/// The ports for the programs that take long: every object format, and both libcs of Linux.
const LONG_ON: &[(&str, &str)] =
    &[("linux/amd64", "gnu"), ("linux/arm64", "musl"), ("windows/amd64", "own"), ("darwin/arm64", "own")];

/// The ports for the zigs that are not the port's own.
const ZIGS_ON: &[(&str, &str)] = &[
    ("linux/amd64", "gnu"),
    ("linux/amd64", "musl"),
    ("windows/amd64", "own"),
    ("darwin/arm64", "own"),
    ("freebsd/amd64", "own"),
];

/// The ports for the Go versions.
const GOS_ON: &[(&str, &str)] = &[("linux/amd64", "musl"), ("windows/amd64", "own"), ("darwin/arm64", "own")];

#[derive(Clone)]
struct Cell {
    program: Program,
    port: &'static Port,
    libc: &'static str,
    zig: &'static str,
    go: &'static str,
}

/// How far a cell came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Linked,
    Ran,
}

impl Level {
    fn word(self) -> &'static str {
        if self == Level::Ran { "ran" } else { "linked" }
    }
}

static SEEN: Mutex<Vec<(Cell, Level)>> = Mutex::new(Vec::new());
/// Calls that gave the same by both routes, and programs that are alike.
static COMPARED: Mutex<[usize; 2]> = Mutex::new([0, 0]);
/// What the referee writes for a cell.
const REFEREE_LOG: &str = "referee.log";
static CAMPAIGN: LazyLock<Campaign> =
    LazyLock::new(|| Campaign::open(if by_both_routes() { "referee" } else { "matrix" }));
/// Whether every call is made by both routes.
fn by_both_routes() -> bool {
    std::env::var("CGOZIG_MATRIX_ROUTES").is_ok_and(|routes| routes == "both")
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    let asked = std::env::var("CGOZIG_MATRIX").unwrap_or_default();
    let cells = match asked.as_str() {
        "" => selection(WIDE),
        "full" => everything(),
        _ => selection(&pairs()),
    };
    let trials = cells.into_iter().map(|cell| Trial::test(cell.name(), move || cell.test())).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !asked.is_empty() && !conclusion.has_failed() && arguments.filter.is_none() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verified.txt"), record()).unwrap();
    }
    if by_both_routes() {
        let [same, alike] = *COMPARED.lock().unwrap();
        println!("referee: {same} calls gave the same by both routes, {alike} programs are alike");
    }
    conclusion.exit_code()
}

/// How far a cell came in a sitting before: `ran`, and by both routes `ran 12 1`.
fn said_before(said: &str) -> Level {
    let mut words = said.split(' ');
    let level = if words.next() == Some(Level::Ran.word()) { Level::Ran } else { Level::Linked };
    count(words.map(|word| word.parse().unwrap_or(0)));
    level
}

fn count(numbers: impl Iterator<Item = usize>) {
    let mut compared = COMPARED.lock().unwrap();
    compared.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
}

/// Every port with each of its libcs.
fn pairs() -> Vec<(&'static str, &'static str)> {
    PORTS.iter().flat_map(|port| libcs(port).iter().map(|libc| (port.name, *libc))).collect()
}

/// The part of `make test`, with both basic programs on the `wide` ports.
fn selection(wide: &[(&str, &str)]) -> Vec<Cell> {
    let cell = |program, port: &'static Port, libc, zig, go| Cell { program, port, libc, zig, go };
    let mut cells = Vec::new();
    for port in PORTS {
        for libc in libcs(port) {
            let is_first = *libc == libcs(port)[0];
            let count = if wide.contains(&(port.name, *libc)) { BASIC.len() } else { usize::from(is_first) };
            cells.extend(
                BASIC[..count].iter().map(|program| cell(*program, port, libc, default_zig(port), GO)),
            );
        }
    }
    for (programs, ports) in [(MODES, MODES_ON), (LONG, LONG_ON)] {
        for (name, libc) in ports {
            let port = port(name);
            let fits = programs.iter().filter(|program| program.fits(port, libc));
            cells.extend(fits.map(|program| cell(*program, port, libc, default_zig(port), GO)));
        }
    }
    for (name, libc) in ZIGS_ON {
        let port = port(name);
        let others = support::some_zigs().filter(|zig| *zig != default_zig(port) && serves(zig, port));
        cells.extend(
            others.flat_map(|zig| BASIC.iter().map(move |program| cell(*program, port, libc, zig, GO))),
        );
    }
    for (name, libc) in GOS_ON {
        let port = port(name);
        for go in ["1.24.11", "local"] {
            cells.extend(BASIC.iter().map(|program| cell(*program, port, libc, default_zig(port), go)));
        }
    }
    cells
}

fn everything() -> Vec<Cell> {
    let mut cells = Vec::new();
    for port in PORTS {
        for libc in libcs(port) {
            for zig in support::ZIGS.iter().filter(|zig| serves(zig, port)) {
                let programs =
                    [BASIC, MODES, LONG].concat().into_iter().filter(|program| program.fits(port, libc));
                cells.extend(programs.map(|program| Cell { program, port, libc, zig, go: GO }));
            }
        }
    }
    cells
}

/// The least that the default zig's basic programs reached, for each port and libc.
fn record() -> String {
    let mut least = BTreeMap::new();
    for (cell, level) in SEEN.lock().unwrap().iter() {
        if BASIC.contains(&cell.program) && cell.zig == default_zig(cell.port) {
            let place = PORTS.iter().position(|port| port.name == cell.port.name);
            let key = (place, cell.port.name, cell.libc);
            let entry = least.entry(key).or_insert(*level);
            *entry = (*entry).min(*level);
        }
    }
    let rows = least.iter().map(|((_, port, libc), level)| format!("{port} {libc} {}\n", level.word()));
    std::iter::once("# port libc level; written by `make matrix`\n".to_string()).chain(rows).collect()
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Program::Hello => "hello",
            Program::Net => "net",
            Program::Http => "http",
            Program::Cxx => "cxx",
            Program::Shared => "c-shared",
            Program::Archive => "c-archive",
            Program::Pie => "pie",
            Program::Sqlite => "sqlite",
        }
    }

    fn folder(self) -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        match self {
            Program::Hello | Program::Pie => root.join("examples/hello"),
            Program::Net => root.join("examples/net"),
            Program::Sqlite => root.join("examples/sqlite"),
            Program::Http => root.join("tests/go/http"),
            Program::Cxx => root.join("tests/go/cxx"),
            Program::Shared | Program::Archive => root.join("tests/go/lib"),
        }
    }

    /// Whether Go itself has the build mode on the port, and a musl program could load the library.
    fn fits(self, port: &Port, libc: &str) -> bool {
        let go_has = |list: &[(Os, &[Arch])]| {
            list.iter().any(|(os, archs)| *os == port.os && archs.contains(&port.arch))
        };
        match self {
            // golang/go#54805: a musl program cannot load a Go library, and zig's musl programs are static.
            Program::Shared => libc != "musl" && go_has(SHARED),
            // golang/go#13492: musl starts a Go library without its arguments.
            Program::Archive => libc != "musl" && go_has(ARCHIVE),
            Program::Pie => go_has(PIE),
            _ => true,
        }
    }

    /// What the program prints.
    fn prints(self, port: &Port) -> String {
        match self {
            Program::Hello | Program::Pie => {
                format!("hello from {}/{}, sqrt(2)=1.41421, thread 42", port.os.go(), port.arch.go())
            }
            Program::Net => "localhost: [".into(),
            Program::Http => "200 HELLO OVER TLS".into(),
            Program::Cxx => "total 4950 caught a C++ exception of 15 letters".into(),
            Program::Shared | Program::Archive => "hello from a Go library: 5".into(),
            Program::Sqlite => "sqlite".into(),
        }
    }
}

/// `internal/platform.BuildModeSupported` of Go 1.27, without linux/386, whose position independent code LLD
/// cannot link.
const SHARED: &[(Os, &[Arch])] = &[
    (
        Os::Linux,
        &[Arch::Amd64, Arch::Arm, Arch::Arm64, Arch::Loong64, Arch::Ppc64le, Arch::Riscv64, Arch::S390x],
    ),
    (Os::Freebsd, &[Arch::Amd64]),
    (Os::Darwin, &[Arch::Amd64, Arch::Arm64]),
    (Os::Windows, &[Arch::Amd64, Arch::X86, Arch::Arm64]),
];
const ARCHIVE: &[(Os, &[Arch])] = &[
    (
        Os::Linux,
        &[Arch::Amd64, Arch::Arm, Arch::Arm64, Arch::Loong64, Arch::Ppc64le, Arch::Riscv64, Arch::S390x],
    ),
    (Os::Freebsd, &[Arch::Amd64]),
    (Os::Darwin, &[Arch::Amd64, Arch::Arm64]),
    (Os::Windows, &[Arch::Amd64, Arch::X86, Arch::Arm64]),
];
const PIE: &[(Os, &[Arch])] = &[
    (
        Os::Linux,
        &[Arch::Amd64, Arch::Arm, Arch::Arm64, Arch::Loong64, Arch::Ppc64le, Arch::Riscv64, Arch::S390x],
    ),
    (Os::Freebsd, &[Arch::Amd64]),
    (Os::Darwin, &[Arch::Amd64, Arch::Arm64]),
    (Os::Windows, &[Arch::Amd64, Arch::X86, Arch::Arm64]),
];

impl Cell {
    fn name(&self) -> String {
        format!("{} {} {} zig-{} go-{}", self.port.name, self.libc, self.program.name(), self.zig, self.go)
    }

    fn test(&self) -> Result<(), Failed> {
        let level = match CAMPAIGN.said(&self.name()) {
            Some(said) => Some(said_before(&said)),
            None => self.level()?,
        };
        SEEN.lock().unwrap().extend(level.map(|level| (self.clone(), level)));
        Ok(())
    }

    /// How far it comes now.
    fn level(&self) -> Result<Option<Level>, Failed> {
        let (Some(zig), Some(go)) = (support::zig(self.zig), support::go(self.go)) else { return Ok(None) };
        let folder = support::folder();
        let built = self.build(&zig, &go, folder.path())?;
        if self.program != Program::Archive {
            self.look_at(&built, self.program == Program::Shared, &zig)?;
        }
        let level = self.run(&zig, &built, folder.path())?;
        let said = if by_both_routes() {
            let [same, alike] = self.judge(folder.path())?;
            format!("{} {same} {alike}", level.word())
        } else {
            level.word().into()
        };
        CAMPAIGN.passed(&self.name(), &said);
        Ok(Some(level))
    }

    /// What the referee saw of all calls; one that was not the same has failed.
    fn judge(&self, folder: &Path) -> Result<[usize; 2], Failed> {
        let (same, alike, others) = support::judged(&folder.join(REFEREE_LOG));
        // On Windows and macOS Go's own packages have no C: `go list -deps` names no runtime/cgo.
        let is_go = matches!(self.port.os, Os::Windows | Os::Darwin) && self.program == Program::Net;
        if (same + alike == 0 && !is_go) || !others.is_empty() {
            return Err(format!("{same} are the same, {alike} alike: {}", others.join("\n")).into());
        }
        count([same, alike].into_iter());
        Ok([same, alike])
    }

    /// The environment in which a user types `go build`.
    fn command(&self, program: &Path, zig: &Path, folder: &Path) -> Command {
        let mut command = support::user(program, zig, self.port.name, self.libc);
        // A folder for the logs of all calls, from which `tests/argv/record` makes cases.
        if let Some(folder) = std::env::var_os("CGOZIG_TEST_RECORD") {
            let name =
                format!("{}-{}-{}.log", self.port.name.replace('/', "-"), self.libc, self.program.name());
            command.env("CGOZIG_LOG_FILE", Path::new(&folder).join(name));
        }
        if by_both_routes() {
            support::referee(&mut command, &folder.join(REFEREE_LOG));
            if self.program == Program::Sqlite {
                command.env("CGO_CFLAGS", "-O0 -g");
            }
        }
        command
    }

    fn build(&self, zig: &Path, go: &Path, folder: &Path) -> Result<PathBuf, Failed> {
        let windows = self.port.os == Os::Windows;
        let (mode, file) = match self.program {
            Program::Shared if windows => ("c-shared", "lib.dll"),
            Program::Shared => ("c-shared", "lib.so"),
            Program::Archive => ("c-archive", "lib.a"),
            Program::Pie => ("pie", "program.exe"),
            _ => ("default", "program.exe"),
        };
        let out = folder.join(file);
        let mut command = self.command(go, zig, folder);
        command
            .args(["build", "-buildmode", mode, "-o"])
            .arg(&out)
            .arg(".")
            .current_dir(self.program.folder());
        let output = command.output()?;
        if !output.status.success() {
            return Err(format!("go build: {}", support::text(&output)).into());
        }
        Ok(out)
    }

    /// Format and processor of what was built, and all that macOS would check.
    fn look_at(&self, built: &Path, library: bool, zig: &Path) -> Result<(), Failed> {
        let bytes = fs::read(built)?;
        let file = object::File::parse(&*bytes)?;
        let format = match self.port.os {
            Os::Darwin => BinaryFormat::MachO,
            Os::Windows => BinaryFormat::Pe,
            _ => BinaryFormat::Elf,
        };
        let seen = (file.format(), file.architecture(), file.is_little_endian());
        let wanted = (format, architecture(self.port.arch), !is_big(self.port.arch));
        if seen != wanted {
            return Err(format!("it is {seen:?}, not {wanted:?}").into());
        }
        if self.port.os == Os::Darwin {
            let kind = if library { macho::Kind::Library } else { macho::Kind::Program };
            let go = support::go(GO).ok_or("no Go")?;
            return Ok(macho::check(built, kind, zig, &go)?);
        }
        self.interpreter(&bytes, library)
    }

    /// An ELF program is static with musl, and names the system's own loader otherwise.
    fn interpreter(&self, bytes: &[u8], library: bool) -> Result<(), Failed> {
        if !self.port.os.is_elf() || library {
            return Ok(());
        }
        let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        let wanted = match (self.port.os, self.libc) {
            (_, "musl") => {
                return if interp(bytes).is_none() { Ok(()) } else { Err("it is not static".into()) };
            }
            (Os::Freebsd, _) => "/libexec/ld-elf.so.1",
            (Os::Netbsd, _) => "/libexec/ld.elf_so",
            (Os::Openbsd, _) => "/usr/libexec/ld.so",
            _ => "/lib",
        };
        if contains(wanted) && interp(bytes).is_some() {
            Ok(())
        } else {
            Err(format!("no loader {wanted}").into())
        }
    }

    fn run(&self, zig: &Path, built: &Path, folder: &Path) -> Result<Level, Failed> {
        let mut command = match self.program {
            Program::Shared | Program::Archive => self.host(zig, built, folder)?,
            _ => self.runner(built),
        };
        if !self.can_run() {
            return Ok(Level::Linked);
        }
        let output = command.current_dir(folder).output()?;
        let text = support::text(&output);
        if output.status.code() == Some(125) {
            support::skip(&text);
            return Ok(Level::Linked);
        }
        let expected = self.program.prints(self.port);
        if output.status.success() && text.contains(&expected) {
            Ok(Level::Ran)
        } else {
            Err(format!("{}: expected `{expected}`, got `{text}`", output.status).into())
        }
    }

    /// Linux under qemu, windows/amd64 under wine.
    fn can_run(&self) -> bool {
        self.port.os == Os::Linux || self.port.name == "windows/amd64"
    }

    fn runner(&self, program: &Path) -> Command {
        support::run(self.port.name, self.libc, program)
    }

    /// A C program around the library, linked by cgozig as well.
    fn host(&self, zig: &Path, library: &Path, folder: &Path) -> Result<Command, Failed> {
        let source = folder.join("host.c");
        fs::copy(self.program.folder().join("host.c.txt"), &source)?;
        let program = folder.join("host.exe");
        let mut command = self.command(&support::cgozig(), zig, folder);
        command.args(["-O2", "-o"]).arg(&program).arg(&source);
        if self.program == Program::Shared {
            command.arg("-DLOAD");
        } else {
            command.arg(library).args(self.host_libraries());
        }
        let output = command.output()?;
        if !output.status.success() {
            return Err(format!("the C program: {}", support::text(&output)).into());
        }
        self.look_at(&program, false, zig)?;
        let mut runner = self.runner(&program);
        if self.program == Program::Shared {
            runner.arg(library.file_name().map(|name| Path::new(".").join(name)).unwrap());
        }
        Ok(runner)
    }

    /// What Go's documentation asks a C program with a Go archive to link.
    fn host_libraries(&self) -> &'static [&'static str] {
        match self.port.os {
            Os::Darwin => &["-lresolv", "-framework", "CoreFoundation", "-framework", "Security"],
            Os::Windows => &["-lws2_32", "-lwinmm", "-lntdll"],
            _ => &["-lpthread"],
        }
    }
}

fn is_big(arch: Arch) -> bool {
    matches!(arch, Arch::Mips | Arch::Mips64 | Arch::Ppc64 | Arch::S390x)
}

fn architecture(arch: Arch) -> Architecture {
    match arch {
        Arch::X86 => Architecture::I386,
        Arch::Amd64 => Architecture::X86_64,
        Arch::Arm => Architecture::Arm,
        Arch::Arm64 => Architecture::Aarch64,
        Arch::Loong64 => Architecture::LoongArch64,
        Arch::Mips | Arch::Mipsle => Architecture::Mips,
        Arch::Mips64 | Arch::Mips64le => Architecture::Mips64,
        Arch::Ppc64 | Arch::Ppc64le => Architecture::PowerPc64,
        Arch::Riscv64 => Architecture::Riscv64,
        Arch::S390x => Architecture::S390x,
    }
}

/// The section that names an ELF program's loader.
fn interp(bytes: &[u8]) -> Option<String> {
    use object::ObjectSection;
    let file = object::File::parse(bytes).ok()?;
    let section = file.section_by_name(".interp")?;
    Some(String::from_utf8_lossy(section.data().ok()?).into_owned())
}
