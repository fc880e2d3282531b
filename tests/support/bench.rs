//! One zig on which words are tried: sources, objects, an archive, and how it is called.

use cgozig::rule::{Stage, Vector};
use cgozig::target::triple::Spoken;
use cgozig::target::{LibcChoice, MacosVersion, Port};
use cgozig::zig::ZigVersion;
use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::rc::Rc;

/// The C source of the experiments; each rule's first example picks its part with -D.
const SOURCE: &str = "\
#include <stddef.h>
int f(int a, int b) { return a << b; }
int loops(int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i] * i; return s; }
int buffer(const char *s) { char b[64]; int i = 0; for (; s[i] && i < 63; i++) b[i] = s[i]; b[i] = 0; return b[i / 2]; }
#ifdef DATE
const char *made(void) { return __DATE__ __TIME__; }
#endif
#ifdef EXPORT
extern void go(void);
__declspec(dllexport) void go(void);
#endif
#ifdef UNWINDS
int _Unwind_Backtrace(void *, void *);
int unwinds(void) { return _Unwind_Backtrace(0, 0); }
#endif
#ifdef THROWS
void *_Znwm(size_t);
void *throws(void) { return _Znwm(1); }
#endif
#ifdef GNU_CXX
void _ZSt20__throw_length_errorPKc(const char *);
void gnu(void) { _ZSt20__throw_length_errorPKc(\"\"); }
#endif
#ifdef ISOC23
long __isoc23_strtol(const char *, char **, int);
long number(const char *s) { return __isoc23_strtol(s, 0, 0); }
#endif
#ifdef WINSOCK
int WSAStartup(unsigned short, void *);
int sockets(void) { return WSAStartup(0, 0); }
#endif
#ifdef EMUTLS
void *__emutls_get_address(void *);
void *emutls(void) { return __emutls_get_address(0); }
#endif
#ifdef STDIO
#include <stdio.h>
#ifdef __GLIBC__
#error these are the headers of another libc
#endif
#endif
";

/// One zig with a folder to work in and one for its objects.
#[derive(Clone)]
pub struct Bench {
    pub zig: PathBuf,
    pub version: ZigVersion,
    pub folder: Rc<tempfile::TempDir>,
    objects: PathBuf,
    /// What the objects to link are for.
    made_for: Rc<RefCell<String>>,
}

impl Bench {
    /// With a zig of that version.
    pub fn new(version: &str) -> Option<Bench> {
        let zig = super::zig(version)?;
        let folder = Rc::new(super::folder());
        for (name, text) in [
            ("x.c", SOURCE),
            ("main.c", "int f(int, int); int main(void) { return f(0, 0); }\n"),
            ("x.list", "{ f; };\n"),
            ("bad.c", "int trap(void) { return 1; }\n"),
            ("gnu.c", "void _ZSt20__throw_length_errorPKc(const char *s) { (void)s; }\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let version = ZigVersion::parse(version).unwrap();
        Some(Bench { zig, version, folder, objects: cache(), made_for: Rc::default() })
    }

    /// The same with a cache of its own for objects.
    pub fn with_objects_in(&self, name: &str) -> Bench {
        Bench { objects: self.folder.path().join(name), ..self.clone() }
    }

    /// Runs zig with these words.
    pub fn run(&self, words: &[impl AsRef<OsStr>]) -> Output {
        let mut command = Command::new(&self.zig);
        command.args(words).current_dir(self.folder.path());
        command.env("ZIG_GLOBAL_CACHE_DIR", cache()).env("ZIG_LOCAL_CACHE_DIR", &self.objects);
        command.output().expect("zig starts")
    }

    /// Runs `zig cc` for a vector's target with `words`, in the way the stage wants, and gives the output
    /// and what was written.
    pub fn cc(&self, vector: &Vector, words: &[&str]) -> (Output, Option<Vec<u8>>) {
        let triple = triple(vector.on);
        let out = self.folder.path().join("out");
        let _ = fs::remove_file(&out);
        let has = |suffix: &str| words.iter().any(|word| word.ends_with(suffix));
        let mut all: Vec<String> = vec!["cc".into(), "-target".into(), triple.clone()];
        all.extend(words.iter().map(|word| self.own_object(word, &triple)));
        match vector.stage {
            Stage::Compile => {
                all.retain(|word| word != "-c");
                if let Some(at) = all.iter().position(|word| word == "-x" || word.starts_with("-x")) {
                    // The language has to come before the file.
                    let end = at + if all[at] == "-x" { 2 } else { 1 };
                    let language: Vec<String> = all.drain(at..end).collect();
                    all.splice(3..3, language);
                }
                if !has("x.c") {
                    all.push("x.c".into());
                }
                all.push("-c".into());
            }
            Stage::Link | Stage::Dynimport => {
                self.objects(&triple);
                // A Windows library needs its C runtime to link at all, so a program stands for it.
                if has(".c") {
                    // It compiles as well, and brings all its files.
                } else if has("main.o") || vector.on.contains("windows") {
                    all.extend(
                        ["main.o", "x.o"].iter().filter(|name| !has(name)).map(|name| (*name).to_string()),
                    );
                } else {
                    let base = ["-shared", "-nostdlib", "-fno-sanitize=undefined"];
                    all.extend(base.map(String::from));
                    if !has("x.o") {
                        all.push("x.o".into());
                    }
                }
            }
        }
        all.extend(["-o".into(), out.display().to_string()]);
        let output = self.run(&all);
        (output, fs::read(&out).ok())
    }

    /// Objects and an archive to link, the same ones for every link of a target: macOS programs name their age.
    fn objects(&self, triple: &str) {
        if self.made_for.replace(triple.into()) == triple {
            return;
        }
        for name in ["x", "main", "bad", "gnu"] {
            let (source, object) = (format!("{name}.c"), format!("{name}.o"));
            let output = self.run(&[
                "cc",
                "-target",
                triple,
                "-O1",
                "-fPIC",
                "-fno-sanitize=undefined",
                "-c",
                &source,
                "-o",
                &object,
            ]);
            assert!(output.status.success(), "{triple}: {}", super::text(&output));
        }
        let _ = fs::remove_file(self.folder.path().join("libonlystatic.a"));
        self.run(&["ar", "rcs", "libonlystatic.a", "bad.o"]);
        let at = |name: &str| self.folder.path().join(name);
        fs::copy(at("libonlystatic.a"), at("libonlystatic.a.1")).unwrap();
        let _ = fs::remove_file(at("libstdc++.a"));
        self.run(&["ar", "rcs", "libstdc++.a", "gnu.o"]);
    }

    /// A word; an object of our own is compiled for it.
    fn own_object(&self, word: &str, triple: &str) -> String {
        let Some(name) = word.strip_prefix("$OBJECTS/").and_then(|name| name.strip_suffix(".o")) else {
            return word.into();
        };
        let source = format!("{}/shims/compat/{name}.c", env!("CARGO_MANIFEST_DIR"));
        let object = format!("{name}.o");
        let output =
            self.run(&["cc", "-target", triple, "-fno-sanitize=undefined", "-c", &source, "-o", &object]);
        assert!(output.status.success(), "{triple}: {}", super::text(&output));
        object
    }
}

pub use super::zig_cache as cache;

/// What a zig is told of the target that an example names.
pub fn triple(on: &str) -> String {
    let spoken = Spoken::parse(on).unwrap();
    spoken.target(LibcChoice::Unsaid, MacosVersion::DEFAULT, &|_| None).unwrap().triple().to_string()
}

/// Whether this zig has a libc for the vector's target.
pub fn serves(zig: ZigVersion, on: &str) -> bool {
    let spoken = Spoken::parse(on).unwrap();
    Port::find(spoken.os, spoken.arch).is_some_and(|port| zig >= port.zig)
}
