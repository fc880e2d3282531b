//! What real builds with real zig promise beyond the matrix: reproducible, relinked when it has to be, build
//! modes, the race detector, the doctor, the examples.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GO: &str = "1.27.3";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command in the environment of a user of cgozig, with the usual zig and the shared Go cache.
fn user(program: impl AsRef<std::ffi::OsStr>, target: &str, libc: &str) -> Option<Command> {
    let (zig, go) = (support::zig(support::ZIG)?, support::go(GO)?);
    let mut command = support::user(program, &zig, target, libc);
    let path = std::env::var("PATH").unwrap();
    let go_folder = go.parent().unwrap().display();
    command.env("PATH", format!("{}:{go_folder}:{path}", support::bin().display()));
    Some(command)
}

/// `go build` of a folder into a file; the output of Go when it failed.
fn build(folder: &str, target: &str, libc: &str, out: &Path, more: &[&str]) -> Option<()> {
    let mut command = user("go", target, libc)?;
    command.arg("build").args(more).arg("-o").arg(out).arg(".").current_dir(root().join(folder));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{target} {libc} {more:?}: {}", support::text(&output));
    Some(())
}

/// Runs a program where this machine can.
fn run(target: &str, libc: &str, program: &Path, words: &[&str]) -> Output {
    support::run(target, libc, program).args(words).output().unwrap()
}

#[test]
fn two_builds_of_the_same_source_are_byte_identical() {
    let folder = support::folder();
    for (target, libc, mode) in [
        ("linux/amd64", "gnu", "exe"),
        ("linux/arm64", "musl", "exe"),
        ("windows/amd64", "gnu", "exe"),
        ("windows/amd64", "gnu", "c-shared"),
        ("darwin/arm64", "gnu", "pie"),
        ("darwin/amd64", "gnu", "exe"),
        ("darwin/amd64", "gnu", "pie"),
    ] {
        // The linker works in another temporary folder each time; the output's own name is the same.
        let builds: Vec<Vec<u8>> = ["one", "two"]
            .iter()
            .filter_map(|name| {
                let place = folder.path().join(name).join("program.exe");
                let project = if mode == "c-shared" { "tests/go/lib" } else { "examples/hello" };
                build(project, target, libc, &place, &["-buildmode", mode])?;
                Some(fs::read(&place).unwrap())
            })
            .collect();
        assert!(builds.windows(2).all(|pair| pair[0] == pair[1]), "{target} {mode} differs");
    }
}

#[test]
fn a_build_with_an_empty_go_cache_is_the_same_too() {
    for (target, libc) in [("windows/amd64", "gnu"), ("darwin/arm64", "gnu"), ("linux/amd64", "musl")] {
        let folder = support::folder();
        let built = |name: &str, cache: Option<&Path>| {
            let out = folder.path().join(name).join("program.exe");
            let mut command = user("go", target, libc)?;
            if let Some(cache) = cache {
                command.env("GOCACHE", cache);
            }
            command.args(["build", "-o"]).arg(&out).arg(".").current_dir(root().join("examples/hello"));
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", support::text(&output));
            Some(fs::read(out).unwrap())
        };
        let empty = folder.path().join("cache");
        assert!(built("one", None) == built("two", Some(&empty)), "{target} differs");
    }
}

/// Another libc must reach the program although no object of the package changes: net has no C of its own.
#[test]
fn a_changed_libc_relinks_the_program() {
    let folder = support::folder();
    let out = folder.path().join("net");
    let interpreter = |libc: &str| {
        build("examples/net", "linux/amd64", libc, &out, &[])?;
        let bytes = fs::read(&out).unwrap();
        Some(bytes.windows(12).any(|window| window == b"/lib64/ld-li"))
    };
    let Some(gnu) = interpreter("gnu") else { return };
    assert!(gnu, "glibc's loader is named");
    assert_eq!(interpreter("musl"), Some(false), "the second build is static");
    assert_eq!(interpreter("gnu"), Some(true), "and back again");
}

#[test]
fn the_note_of_our_digest_is_in_cgo_s_object() {
    let folder = support::folder();
    fs::write(folder.path().join("_cgo_export.c"), "int x;\n").unwrap();
    for (target, libc) in [("linux/amd64", "musl"), ("windows/amd64", "gnu"), ("darwin/arm64", "gnu")] {
        let Some(mut command) = user(support::cgozig(), target, libc) else { return };
        command.args(["-c", "_cgo_export.c", "-o", "x.o"]).current_dir(folder.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
        let object = fs::read(folder.path().join("x.o")).unwrap();
        let mut identity = user(support::cgozig(), target, libc).unwrap();
        let line = support::text(&identity.args(["-###", "-x", "c", "-c", "-"]).output().unwrap());
        let digest = line.trim().rsplit(' ').next().unwrap();
        assert!(line.starts_with("cgozig version 0.") && digest.len() == 16, "{line}");
        assert!(object.windows(16).any(|window| window == digest.as_bytes()), "{target}: no {digest}");
    }
}

#[test]
fn windowsgui_makes_a_program_without_a_console() {
    let folder = support::folder();
    for (flags, subsystem) in [("-H=windowsgui", 2), ("-s", 3)] {
        let out = folder.path().join("program.exe");
        let Some(()) = build("examples/hello", "windows/amd64", "gnu", &out, &["-ldflags", flags]) else {
            return;
        };
        let bytes = fs::read(&out).unwrap();
        let at = u32::from_le_bytes(bytes[0x3c..0x40].try_into().unwrap()) as usize;
        assert_eq!(u16::from_le_bytes([bytes[at + 92], bytes[at + 93]]), subsystem, "{flags}");
    }
}

#[test]
fn the_race_detector_finds_a_race() {
    let folder = support::folder();
    for (target, libc, runs) in
        [("linux/amd64", "gnu", true), ("windows/amd64", "gnu", true), ("linux/arm64", "gnu", false)]
    {
        let out = folder.path().join("race.exe");
        let Some(()) = build("tests/go/race", target, libc, &out, &["-race"]) else { return };
        // arm64's race runtime needs an address space that qemu does not give.
        if runs {
            let output = run(target, libc, &out, &[]);
            let text = support::text(&output);
            assert!(text.contains("DATA RACE") && output.status.code() == Some(66), "{target}: {text}");
        }
    }
}

#[test]
fn a_plugin_is_loaded() {
    let folder = support::folder();
    let (program, part) = (folder.path().join("program"), folder.path().join("part.so"));
    let Some(()) = build("tests/go/plugin", "linux/amd64", "gnu", &program, &[]) else { return };
    let mut command = user("go", "linux/amd64", "gnu").unwrap();
    command
        .args(["build", "-buildmode=plugin", "-o"])
        .arg(&part)
        .arg("./part")
        .current_dir(root().join("tests/go/plugin"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let text = support::text(&run("linux/amd64", "gnu", &program, &[part.to_str().unwrap()]));
    assert!(text.contains("plugin says 42"), "{text}");
}

#[test]
fn the_doctor_compiles_c_and_cxx() {
    for target in ["linux/amd64", "windows/amd64"] {
        let Some(mut command) = user("cgozig", target, "musl") else { return };
        let output = command.args(["doctor", target]).output().unwrap();
        let text = support::text(&output);
        assert!(output.status.success() && text.contains("everything is in order"), "{text}");
        assert!(text.contains("C++      a program for") && text.contains("CGOZIG_ZIG="), "{text}");
    }
    let Some(mut broken) = user("cgozig", "linux/amd64", "musl") else { return };
    let output = broken.env("CGO_ENABLED", "0").env("CC", "gcc").arg("doctor").output().unwrap();
    let text = support::text(&output);
    assert!(!output.status.success() && text.contains("BAD") && text.contains("set CGO_ENABLED=1"), "{text}");
}

#[test]
fn host_headers_come_last() {
    let folder = support::folder();
    fs::write(
        folder.path().join("x.c"),
        "#include <stdio.h>\n#ifdef __GLIBC__\n#error host headers\n#endif\n",
    )
    .unwrap();
    let Some(mut command) = user(support::cgozig(), "linux/amd64", "musl") else { return };
    let output = command.args(["-I/usr/include", "-c", "x.c"]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
}

#[test]
fn mips_levels_come_from_the_target() {
    for (float, soft) in [("softfloat", true), ("hardfloat", false)] {
        let Some(mut command) = user(support::cgozig(), "linux/mips", "musl") else { return };
        command.env("GOMIPS", float).args([
            "-mabi=32",
            "-march=mips32",
            if soft { "-msoft-float" } else { "-mhard-float" },
        ]);
        let text = support::text(&command.args(["-E", "-dM", "-xc", "/dev/null"]).output().unwrap());
        assert_eq!(text.contains("#define __mips_soft_float 1"), soft, "{float}");
        assert!(text.contains("#define __mips_isa_rev 1\n"), "{text}");
    }
}

#[test]
fn levels_of_go_reach_the_compiler() {
    for (target, level, macro_name) in [
        ("linux/amd64", ("GOAMD64", "v3"), "__AVX2__ 1"),
        ("linux/arm", ("GOARM", "5"), "__ARM_ARCH 5"),
        ("linux/arm", ("GOARM", "6"), "__ARM_ARCH 6"),
        ("linux/arm", ("GOARM", "7,softfloat"), "__SOFTFP__ 1"),
        ("linux/arm64", ("GOARM64", "v8.1,crypto"), "__ARM_FEATURE_ATOMICS 1"),
        ("linux/ppc64le", ("GOPPC64", "power9"), "_ARCH_PWR9 1"),
        ("linux/riscv64", ("GORISCV64", "rva23u64"), "__riscv_v "),
    ] {
        let Some(mut command) = user(support::cgozig(), target, "musl") else { return };
        command.env(level.0, level.1).args(["-E", "-dM", "-xc", "/dev/null"]);
        let text = support::text(&command.output().unwrap());
        assert!(text.contains(&format!("#define {macro_name}")), "{target} {level:?}: {text}");
    }
}

#[test]
fn colon_libraries_are_found_in_every_folder() {
    let folder = support::folder();
    let place = folder.path();
    fs::create_dir(place.join("lib")).unwrap();
    fs::write(place.join("f.c"), "int f(void) { return 7; }\n").unwrap();
    fs::write(place.join("main.c"), "int f(void);\nint main(void) { return f(); }\n").unwrap();
    for target in ["linux/amd64", "windows/amd64"] {
        let call = |program: &str, words: &[&str]| {
            let mut command = user(support::bin().join(program), target, "musl")?;
            let output = command.args(words).current_dir(place).output().unwrap();
            assert!(output.status.success(), "{target} {words:?}: {}", support::text(&output));
            Some(())
        };
        let _ = fs::remove_file(place.join("lib/libf.a"));
        let Some(()) = call("cgozig", &["-c", "f.c", "-o", "f.o"]) else { return };
        call("cgozig-ar", &["rcs", "lib/libf.a", "f.o"]);
        call("cgozig", &["-O2", "main.c", "-L/nonexistent", "-L", "lib", "-l:libf.a", "-o", "program.exe"]);
        let libc = if target == "linux/amd64" { "musl" } else { "-" };
        assert_eq!(run(target, libc, &place.join("program.exe"), &[]).status.code(), Some(7), "{target}");
    }
}

/// Every example that a matrix cell does not build already, as its own page says.
#[test]
fn the_examples_build_and_run() {
    let folder = support::folder();
    let place = folder.path();
    copy(&root().join("examples"), place);
    let make = |name: &str, program: &str, words: &[&str]| {
        let mut command = user(program, "linux/amd64", "gnu")?;
        command.args(words).current_dir(place.join(name)).env("AR", "cgozig-ar");
        if name == "static-pie" {
            // Its own script names the compiler.
            command.env_remove("CC").env_remove("CXX").env_remove("CGOZIG_LIBC");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}: {program} {words:?}: {}", support::text(&output));
        Some(support::text(&output))
    };
    let Some(_) = make("tagged-union", "make", &["-C", "c"]) else { return };
    make("tagged-union", "go", &["build", "-o", "app", "."]);
    let app = run("linux/amd64", "gnu", &place.join("tagged-union/app"), &[]);
    assert!(app.status.success(), "{}", support::text(&app));
    make("cxx", "go", &["build", "-o", "app", "."]);
    assert!(run("linux/amd64", "gnu", &place.join("cxx/app"), &[]).status.success());
    make("output-plugin", "make", &[]);
    make("static-pie", "sh", &["build.sh"]);
    for (arch, name) in
        [("amd64", "x86-64"), ("arm64", "aarch64"), ("riscv64", "riscv"), ("loong64", "loongarch")]
    {
        let program = place.join(format!("static-pie/dist/static-pie-{arch}"));
        assert!(is_static_pie(&program), "{name} is no static PIE");
        let output = run(&format!("linux/{arch}"), "musl", &program, &[]);
        assert!(output.status.success(), "{arch}: {}", support::text(&output));
    }
}

fn is_static_pie(program: &PathBuf) -> bool {
    use object::{Object, ObjectSection};
    let bytes = fs::read(program).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let interpreter = file.section_by_name(".interp").is_some_and(|section| section.size() > 0);
    file.kind() == object::ObjectKind::Dynamic && !interpreter
}

/// Copies a folder, so that building leaves the checkout as it is.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

#[test]
fn a_resource_object_goes_into_a_windows_program() {
    let folder = support::folder();
    copy(&root().join("examples/hello"), folder.path());
    fs::write(
        folder.path().join("resource.c.txt"),
        "const char resource[] = \"a resource of this program\";\n",
    )
    .unwrap();
    let Some(mut command) = user(support::cgozig(), "windows/amd64", "gnu") else { return };
    command.args(["-c", "-x", "c", "resource.c.txt", "-o", "resource_windows_amd64.syso"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let out = folder.path().join("program.exe");
    let mut command = user("go", "windows/amd64", "gnu").unwrap();
    command.args(["build", "-o"]).arg(&out).arg(".").current_dir(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(support::text(&run("windows/amd64", "-", &out, &[])).contains("hello from windows/amd64"));
}

#[test]
fn a_windows_library_comes_with_its_import_library() {
    let folder = support::folder();
    let (out, implib) = (folder.path().join("lib.dll"), folder.path().join("liblib.a"));
    let flags = format!("-extldflags=-Wl,--out-implib={}", implib.display());
    let more = ["-buildmode=c-shared", "-ldflags", &flags];
    let Some(()) = build("tests/go/lib", "windows/amd64", "gnu", &out, &more) else { return };
    let symbols = fs::read(&implib).unwrap();
    assert!(symbols.starts_with(b"!<arch>\n") && symbols.windows(9).any(|window| window == b"__imp_Add"));
}
