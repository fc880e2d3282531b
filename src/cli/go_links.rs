//! Small programs, compiled and linked with the words that Go uses, by calling ourselves: zig builds then what a target's
//! links need, and its words are learned. `WORK` stands for the folder of such a build.

use crate::target::cpu::Float;
use crate::target::{Arch, Cpu, Os, Target};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A source and the driver that compiles and links it.
struct Source {
    driver: &'static str,
    name: &'static str,
    text: &'static str,
}

const C: Source = Source { driver: "cc", name: "go.c", text: "int main(void) { return 0; }\n" };
const CXX: Source = Source {
    driver: "c++",
    name: "go.cc",
    text: "#include <iostream>\nint main() { try { throw 1; } catch (int) { std::cout << 1; } }\n",
};

/// The libraries of C that packages name in `#cgo LDFLAGS` and zig links anyway.
const LIBRARIES: &str = "-lc -lm -lpthread";

/// Those that are Linux's alone.
const OF_LINUX: &str = "-ldl -lresolv -lrt -lutil";

/// What programs are called: by `go build`, `go run`, `go test`.
const NAMES: &[&str] = &["exe/a.out", "exe/go", "go.test"];

/// What cmd/go gives every compile, and the link of `_cgo_.o`, of a package.
const OF_PACKAGES: &str = "-fno-caret-diagnostics -Qunused-arguments -Wl,--no-gc-sections -fmessage-length=0 \
                           -ffile-prefix-map=WORK=/tmp/go-build -gno-record-gcc-switches";

/// What cmd/link gives every link between the kind of output and its objects, but on Windows.
const OF_LINKS: &str = "-Qunused-arguments -Wl,--compress-debug-sections=zlib";

/// How programs export what C libraries look up: Go names each symbol, which lld is told and zig is not; an older Go says all.
const EXPORTS: &[&str] = &["", "-rdynamic"];

/// The same on Windows.
const OF_WINDOWS: &str = "-mconsole -Wl,--tsaware -Wl,--nxcompat -Wl,--major-os-version=MAJOR -Wl,--minor-os-version=MINOR \
                          -Wl,--major-subsystem-version=MAJOR -Wl,--minor-subsystem-version=MINOR -Wl,--dynamicbase";

/// The oldest Windows that a Go builds for: cmd/link of Go 1.27 and of earlier ones.
const WINDOWS: &[(&str, &str)] = &[("10", "0"), ("6", "1")];

/// Programs with C name what they export in a file, where there is anything.
const DEFINITIONS: &[&str] = &["", "WORK/export_file.def"];

/// An id, as long as Go's.
const BUILD_ID: &str = "-Wl,--build-id=0x0000000000000000000000000000000000000000";

/// Where links for a target are done.
pub struct Links<'a> {
    /// The target.
    pub target: Target,
    /// The C++ library too.
    pub cxx: bool,
    /// With every usual name and set of libraries, as for a pack; else what zig has to build is built.
    pub all: bool,
    /// Variables for ourselves.
    pub variables: &'a [(&'a str, &'a Path)],
}

impl Links<'_> {
    /// Does all of them; an error is what the one that failed has said.
    pub fn run(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let folder = folder.path();
        fs::create_dir_all(folder.join("exe")).map_err(|error| error.to_string())?;
        fs::write(folder.join("export_file.def"), "EXPORTS\n").map_err(|error| error.to_string())?;
        let sources = if self.cxx { &[C, CXX][..] } else { &[C][..] };
        for source in sources {
            fs::write(folder.join(source.name), source.text).map_err(|error| error.to_string())?;
            for thread in self.threads() {
                let own = self.of_machine(thread);
                let compile =
                    format!("-I WORK {own} -O2 -g {OF_PACKAGES} -o WORK/go.o -c WORK/{}", source.name);
                self.call(source, &compile, folder)?;
                // Where there is none, the link says so.
                let _ = fs::copy(folder.join("go.o"), folder.join("_cgo_main.o"));
                // Where Go shall link by us what it could link itself, this link fails without a word.
                self.call(source, &self.of_package(&own), folder)
                    .or_else(|said| if said.is_empty() { Ok(()) } else { Err(said) })?;
            }
            for words in self.of_programs() {
                self.call(source, &words, folder)?;
            }
        }
        Ok(())
    }

    /// With every usual library: what is learned serves a package with any of them, or none.
    fn libraries(&self) -> String {
        match (self.all, self.target.os()) {
            (false, _) => String::new(),
            (true, Os::Linux) => format!("{LIBRARIES} {OF_LINUX}"),
            (true, _) => LIBRARIES.to_string(),
        }
    }

    /// The word on threads: on Windows Go before 1.27 has another.
    fn threads(&self) -> &'static [&'static str] {
        if self.all && self.target.os() == Os::Windows { &["-pthread", "-mthreads"] } else { &["-pthread"] }
    }

    /// The machine's words and the one on threads, in the order of cmd/go.
    fn of_machine(&self, thread: &str) -> String {
        let pic = if self.target.os() == Os::Windows { "" } else { "-fPIC" };
        format!("{pic} {} {thread}", of_compiler(self.target.cpu()))
    }

    /// The link of a package's own objects, of which Go reads the imports.
    fn of_package(&self, own: &str) -> String {
        let libraries = self.libraries();
        format!("-I WORK {own} {OF_PACKAGES} -o WORK/_cgo_.o WORK/_cgo_main.o -O2 -g {libraries}")
    }

    /// The links of programs and libraries; stripped ones are others only where zig strips, not its linker.
    fn of_programs(&self) -> Vec<String> {
        let libraries = self.libraries();
        let lines = |strip: &&str| match self.target.os() {
            Os::Windows => self.on_windows(strip, &libraries),
            _ => self.elsewhere(strip, &libraries),
        };
        let by_zig =
            self.target.os() == Os::Darwin || matches!(self.target.cpu(), Cpu::Mips(..) | Cpu::Mips64(_));
        let strips = if by_zig { &["", "-s"][..] } else { &[""] };
        strips.iter().flat_map(lines).collect()
    }

    fn on_windows(&self, strip: &str, libraries: &str) -> Vec<String> {
        let machine = of_linker(self.target.cpu());
        let entropy = if machine == "-m32" { "" } else { "-Wl,--high-entropy-va" };
        let link = |(major, minor): &(&str, &str), definitions: &str| {
            let own = OF_WINDOWS.replace("MAJOR", major).replace("MINOR", minor);
            format!(
                "{machine} {strip} {own} {entropy} -o WORK/exe/a.out.exe {definitions} -Qunused-arguments \
                 -Wl,--no-insert-timestamp -Wl,--compress-debug-sections=zlib WORK/go.o -O2 -g {libraries} -O2 -g \
                 -Wl,--start-group -lmingwex -lmingw32 -Wl,--end-group -lkernel32"
            )
        };
        let versions = if self.all { WINDOWS } else { &WINDOWS[..1] };
        let definitions = if self.all { DEFINITIONS } else { &DEFINITIONS[..1] };
        versions.iter().flat_map(|version| definitions.iter().map(move |file| link(version, file))).collect()
    }

    fn elsewhere(&self, strip: &str, libraries: &str) -> Vec<String> {
        let machine = of_linker(self.target.cpu());
        let (names, exports) = if self.all { (NAMES, EXPORTS) } else { (&NAMES[..1], &EXPORTS[..1]) };
        let mut lines = Vec::new();
        for exports in exports {
            let mut link = |kind: &str, name: &str, end: &str| {
                lines.push(format!(
                    "{machine} {strip} {kind} {BUILD_ID} -o WORK/{name} {exports} {OF_LINKS} WORK/go.o -O2 -g {libraries} \
                     -O2 -g -lpthread {end}"
                ));
            };
            names.iter().for_each(|name| link("", name, "-no-pie"));
            // lld cannot link position independent Go code for linux/386.
            if (self.target.os(), self.target.arch()) != (Os::Linux, Arch::X86) {
                link("-Wl,-z,relro -pie", NAMES[0], "");
                link("-Wl,-z,relro -shared -Wl,-z,nodelete", NAMES[0], "");
            }
        }
        lines
    }

    fn call(&self, source: &Source, words: &str, folder: &Path) -> Result<(), String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(own);
        // The current folder is noted in what zig builds: the root is there on every machine.
        command.envs(self.variables.iter().copied()).env_remove("PWD").current_dir("/");
        command.arg(source.driver).arg("-target").arg(self.target.triple().as_str());
        let work = folder.to_string_lossy();
        command.args(words.split_whitespace().map(|word| word.replace("WORK", &work)));
        let output = command.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
        if output.status.success() { Ok(()) } else { Err(said) }
    }
}

/// The words by which cmd/link names the machine: `hostlinkArchArgs` in cmd/link/internal/ld/lib.go of Go 1.27.
fn of_linker(cpu: Cpu) -> &'static str {
    match cpu {
        Cpu::X86(_) => "-m32",
        Cpu::Amd64(_) | Cpu::Ppc64(..) | Cpu::S390x => "-m64",
        Cpu::Arm(..) => "-marm",
        Cpu::Loong64 => "-mabi=lp64d",
        Cpu::Mips(..) => "-mabi=32",
        Cpu::Mips64(_) => "-mabi=64",
        Cpu::Arm64(_) | Cpu::Riscv64(_) => "",
    }
}

/// The same of cmd/go: its `gccArchArgs`.
fn of_compiler(cpu: Cpu) -> &'static str {
    match cpu {
        Cpu::S390x => "-m64 -march=z13",
        Cpu::Loong64 => "-mabi=lp64d -mno-relax",
        Cpu::Mips(_, Float::Hard) => "-mabi=32 -march=mips32 -mhard-float -mfp32 -mno-odd-spreg",
        Cpu::Mips(_, Float::Soft) => "-mabi=32 -march=mips32 -msoft-float",
        Cpu::Mips64(_) => "-mabi=64 -mhard-float",
        Cpu::Ppc64(..) => "",
        _ => of_linker(cpu),
    }
}
