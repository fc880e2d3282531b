//! Bad input, subcommands, and what reaches Go when zig ends: no real zig is needed.

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Output;
use support::fake_zig;

/// cgozig with a fake zig, a store of its own and variables.
fn run(env: &[(&str, &str)], words: &[&str]) -> Output {
    let folder = support::folder();
    let writes = "while [ $# -gt 0 ]; do [ \"$1\" = -o ] && : > \"$2\"; shift; done; exit 0";
    let zig = fake_zig(folder.path(), "0.15.2", writes);
    let mut command = support::clean(support::cgozig());
    command.env("CGOZIG_ZIG", zig).env("CGOZIG_CACHE_DIR", folder.path().join("store"));
    command.envs(env.iter().copied()).args(words).output().unwrap()
}

/// The two lines of a failure, and a status that is not zero.
fn assert_failure(output: &Output, value: &str) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert!(!output.status.success(), "{text}");
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("cgozig: could not ") && lines[0].contains(value), "{value}: {text}");
    assert!(lines[1].starts_with("hint: ") && lines[1].len() > 12, "{text}");
    assert!(output.stdout.is_empty());
}

const COMPILE: &[&str] = &["-c", "x.c"];

#[test]
fn a_target_that_cannot_be_is_refused_by_name() {
    let pair = |os, arch| run(&[("GOOS", os), ("GOARCH", arch)], COMPILE);
    assert_failure(&pair("plan9", "amd64"), "plan9");
    assert_failure(&pair("linux", "sparc64"), "sparc64");
    assert_failure(&pair("darwin", "386"), "darwin/386");
    for port in cgozig::target::port::REFUSED {
        assert_failure(&pair(port.os, port.arch), &format!("{}/{}", port.os, port.arch));
    }
    assert_failure(&run(&[("GOOS", "linux")], COMPILE), "GOARCH");
    assert_failure(&run(&[("CGOZIG_TARGET", "nonsense")], COMPILE), "nonsense");
    assert_failure(&run(&[], &["-target", "x86_64-unknown-haiku", "-c", "x.c"]), "x86_64-unknown-haiku");
}

#[test]
fn a_libc_or_level_that_cannot_be_is_refused_with_its_value() {
    for (name, value) in [
        ("CGOZIG_LIBC", "uclibc"),
        ("CGOZIG_LIBC", "gnu.3.1"),
        ("CGOZIG_LIBC", "gnu.2.99"),
        ("CGOZIG_LIBC", "gnu.2.5"),
        ("GOAMD64", "v9"),
        ("MACOSX_DEPLOYMENT_TARGET", "twelve"),
    ] {
        let target = if name.starts_with("MACOSX") { "darwin/arm64" } else { "linux/amd64" };
        let output = run(&[("CGOZIG_TARGET", target), (name, value)], COMPILE);
        assert_failure(&output, value);
    }
    for (name, value, target) in [
        ("GOARM", "4", "linux/arm"),
        ("GOARM64", "v7", "linux/arm64"),
        ("GO386", "387", "linux/386"),
        ("GOMIPS", "fast", "linux/mips"),
        ("GOMIPS64", "softfloat", "linux/mips64"),
        ("GOPPC64", "power7", "linux/ppc64le"),
        ("GORISCV64", "rv64", "linux/riscv64"),
    ] {
        assert_failure(&run(&[("CGOZIG_TARGET", target), (name, value)], COMPILE), value);
    }
}

#[test]
fn a_libc_in_the_environment_does_not_stop_other_systems() {
    let output = run(&[("CGOZIG_TARGET", "windows/amd64"), ("CGOZIG_LIBC", "musl")], COMPILE);
    assert!(output.status.success(), "{}", support::text(&output));
}

#[test]
fn a_zig_that_is_missing_or_too_old_is_named_with_the_fix() {
    let folder = support::folder();
    let store = folder.path().join("store");
    let cgozig = |zig: Option<&Path>, path: &str| {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_CACHE_DIR", &store).env("PATH", path);
        command.env("CGOZIG_ZIG", zig.unwrap_or(Path::new("off")));
        command.args(COMPILE).output().unwrap()
    };
    assert_failure(&cgozig(None, "/nonexistent"), "find zig");
    assert_failure(&cgozig(Some(Path::new("/nonexistent/zig")), "/bin"), "/nonexistent/zig");
    assert_failure(&cgozig(Some(Path::new("zig")), "/bin"), "zig");
    let old = fake_zig(folder.path(), "0.13.0", "exit 0");
    assert_failure(&cgozig(Some(&old), "/bin"), "0.13.0");
}

#[test]
fn a_port_that_needs_a_newer_zig_says_which() {
    let output = run(&[("CGOZIG_TARGET", "openbsd/amd64")], COMPILE);
    assert_failure(&output, "openbsd/amd64");
    assert!(support::text(&output).contains("0.16.0"));
}

#[test]
fn only_absolute_entries_of_path_are_searched_for_zig() {
    let folder = support::folder();
    fake_zig(folder.path(), "0.15.2", "exit 0");
    for path in [".", "", "bin:.:"] {
        let mut command = support::clean(support::cgozig());
        command.env("PATH", path).env("CGOZIG_CACHE_DIR", folder.path().join("store"));
        command.env("CGOZIG_ZIG", "off");
        assert_failure(&command.current_dir(folder.path()).args(COMPILE).output().unwrap(), "find zig");
    }
}

#[test]
fn a_response_file_that_cannot_be_read_is_named() {
    assert_failure(&run(&[], &["@/nonexistent/words"]), "/nonexistent/words");
    let folder = support::folder();
    let own = folder.path().join("self");
    fs::write(&own, format!("@{}", own.display())).unwrap();
    assert_failure(&run(&[], &[&format!("@{}", own.display())]), "nested");
    fs::write(&own, b"\xff\xfea").unwrap();
    assert_failure(&run(&[], &[&format!("@{}", own.display())]), "text");
    fs::write(&own, "-c\n-I/home/o'neil/include\nx.c\n").unwrap();
    assert_failure(&run(&[], &[&format!("@{}", own.display())]), "the ' in line 2 is not closed");
    assert_failure(&run(&[], &[&format!("@{}", folder.path().display())]), "Is a directory");
}

#[test]
fn a_store_that_cannot_be_used_is_named() {
    let file = support::folder();
    let inside = file.path().join("file");
    fs::write(&inside, "").unwrap();
    let below = inside.join("store");
    assert_failure(&run(&[("CGOZIG_CACHE_DIR", below.to_str().unwrap())], COMPILE), "store");
    assert_failure(&run(&[("CGOZIG_CACHE_DIR", "relative")], COMPILE), "relative");
}

#[test]
fn nothing_to_compile_is_said() {
    assert_failure(&run(&[], &[]), "no input files");
    assert_failure(&run(&[], &["-O2"]), "no input files");
}

#[test]
fn asan_and_msan_are_refused_with_the_reason() {
    for kind in ["address", "memory"] {
        let output = run(&[("CGOZIG_TARGET", "linux/amd64")], &[&format!("-fsanitize={kind}"), "-c", "x.c"]);
        assert_failure(&output, "runtime library");
    }
}

#[test]
fn static_glibc_is_refused_with_the_fix() {
    for target in ["linux/amd64", "freebsd/amd64"] {
        let output = run(&[("CGOZIG_TARGET", target)], &["-static", "-o", "x", "x.o"]);
        assert_failure(&output, "unsupported");
    }
    let output = run(&[("CGOZIG_TARGET", "linux/amd64")], &["-static-pie", "-o", "x", "x.o"]);
    assert!(support::text(&output).contains("CGOZIG_LIBC=musl"));
}

#[test]
fn position_independent_go_for_386_is_refused() {
    for mode in ["-pie", "-shared"] {
        let output = run(&[("CGOZIG_TARGET", "linux/386")], &[mode, "-o", "x", "/tmp/go-link-1/go.o"]);
        assert_failure(&output, "386");
    }
}

#[test]
fn sectcreate_is_refused() {
    let output =
        run(&[("CGOZIG_TARGET", "darwin/arm64")], &["-o", "x", "x.o", "-Wl,-sectcreate,__TEXT,__info,x"]);
    assert_failure(&output, "sectcreate");
}

#[test]
fn a_framework_that_we_do_not_have_names_the_sdk() {
    let output = run(&[("CGOZIG_TARGET", "darwin/arm64")], &["-o", "x", "x.o", "-framework", "AppKit"]);
    assert_failure(&output, "AppKit");
    assert!(support::text(&output).contains("SDKROOT"));
    assert_failure(
        &run(&[("CGOZIG_TARGET", "darwin/arm64"), ("SDKROOT", "/nonexistent")], COMPILE),
        "SDKROOT",
    );
}

#[test]
fn an_sdk_takes_the_place_of_our_stubs() {
    let folder = support::folder();
    let sdk = folder.path().join("MacOSX.sdk");
    fs::create_dir_all(sdk.join("System/Library/Frameworks/AppKit.framework")).unwrap();
    let zig = fake_zig(folder.path(), "0.15.2", "echo \"$@\"");
    let words = |words: &[&str]| {
        let mut command = support::compiler(&zig, "darwin/arm64");
        command.env("CGOZIG_CACHE_DIR", folder.path().join("store")).env("SDKROOT", &sdk);
        support::text(&command.args(words).output().unwrap())
    };
    let link = words(&["-o", "x", "x.o", "-framework", "AppKit"]);
    assert!(link.contains(&format!("-F{}/System/Library/Frameworks", sdk.display())), "{link}");
    assert!(link.contains(&format!("-L{}/usr/lib", sdk.display())) && !link.contains("shims"), "{link}");
    let compile = words(COMPILE);
    assert!(
        compile.contains(&format!("-isystem {}/usr/include", sdk.display())) && !compile.contains("shims")
    );
}

/// A zig that ends in a way must look so to Go, whether we became it or waited for it.
#[test]
fn exit_codes_and_signals_of_zig_arrive_unchanged() {
    let folder = support::folder();
    let zig = fake_zig(folder.path(), "0.15.2", "case $HOW in s*) kill -${HOW#s} $$;; *) exit $HOW;; esac");
    let end = |how: &str, waited: bool| {
        // A shell that runs tests in the background has them ignore some signals, and `kill` would do nothing.
        let mut command = support::clean("env");
        command.env("CGOZIG_ZIG", &zig).env("CGOZIG_TARGET", "windows/amd64");
        command.env("HOW", how).env("CGOZIG_CACHE_DIR", folder.path().join("store"));
        command.arg("--default-signal").arg(support::cgozig()).args(["-o", "x", "x.o"]);
        if waited {
            command.arg("-Wl,--no-insert-timestamp");
        }
        command.current_dir(folder.path()).output().unwrap().status
    };
    for code in (0..=255).step_by(5) {
        assert_eq!(end(&code.to_string(), false).code(), Some(code));
    }
    for code in [1, 2, 127, 255] {
        assert_eq!(end(&code.to_string(), true).code(), Some(code));
    }
    for signal in [1, 2, 6, 9, 11, 13, 15] {
        for waited in [false, true] {
            assert_eq!(end(&format!("s{signal}"), waited).signal(), Some(signal), "waited: {waited}");
        }
    }
}

#[test]
fn cgozig_that_would_call_itself_stops_at_once() {
    let folder = support::folder();
    let zig = fake_zig(folder.path(), "0.15.2", &format!("exec {} -c x.c", support::cgozig().display()));
    let mut command = support::compiler(&zig, "linux/amd64");
    let output = command.env("CGOZIG_CACHE_DIR", folder.path().join("store")).args(COMPILE).output().unwrap();
    assert_failure(&output, "called by the zig");
    let link = folder.path().join("bin/zig");
    fs::create_dir(folder.path().join("bin")).unwrap();
    std::os::unix::fs::symlink(support::cgozig(), &link).unwrap();
    assert_failure(&run(&[("CGOZIG_ZIG", link.to_str().unwrap())], COMPILE), "cgozig itself");
}

#[test]
fn setup_links_every_name_and_leaves_other_files_alone() {
    let folder = support::folder();
    let bin = folder.path().join("bin");
    let setup = || {
        let mut command = support::clean(support::cgozig());
        command.args(["setup", "--dir"]).arg(&bin).env("SHELL", "/bin/bash").output().unwrap()
    };
    let output = setup();
    let text = support::text(&output);
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("export CC=cgozig") && text.contains("export CXX=cgozig-c++") && text.contains("PATH")
    );
    for name in cgozig::persona::LINKS {
        assert!(bin.join(name).exists(), "{name}");
    }
    assert!(setup().status.success(), "a second time");
    fs::remove_file(bin.join("cgozig-ar")).unwrap();
    fs::write(bin.join("cgozig-ar"), "somebody's").unwrap();
    assert_failure(&setup_error(&bin), "cgozig-ar");
    assert_eq!(fs::read(bin.join("cgozig-ar")).unwrap(), b"somebody's");
}

fn setup_error(bin: &Path) -> Output {
    let mut output = support::clean(support::cgozig()).args(["setup", "--dir"]).arg(bin).output().unwrap();
    output.stdout.clear();
    output
}

#[test]
fn setup_tells_go_when_asked() {
    let folder = support::folder();
    let mut command = support::clean(support::cgozig());
    command.args(["setup", "--go-env", "--dir"]).arg(folder.path().join("bin"));
    command.env("GOENV", folder.path().join("goenv"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let written = fs::read_to_string(folder.path().join("goenv")).unwrap();
    assert!(written.contains("bin/cgozig\n") && written.contains("bin/cgozig-c++\n"), "{written}");
}

#[test]
fn targets_lists_every_port_of_go_with_cgo() {
    let text = support::text(&run(&[], &["targets"]));
    assert_eq!(text.lines().filter(|line| line.contains("refused: ")).count(), 10, "{text}");
    assert_eq!(text.lines().count(), 1 + 31 + 10);
    let json: serde_json::Value = serde_json::from_slice(&run(&[], &["targets", "--json"]).stdout).unwrap();
    let served = json.as_array().unwrap().iter().filter(|port| port["status"] == "served").count();
    assert_eq!((served, json.as_array().unwrap().len()), (31, 41));
}

#[test]
fn explain_shows_a_rule_a_list_and_a_line() {
    let text = support::text(&run(&[], &["explain", "drop-mtune"]));
    assert!(text.contains("-mtune") && text.contains("Cost") && text.contains("Example"), "{text}");
    let list = support::text(&run(&[], &["explain"]));
    assert_eq!(list.lines().count(), cgozig::rules::all().count());
    let line =
        run(&[("CGOZIG_TARGET", "linux/arm64")], &["explain", "--", "cgozig", "-mtune=native", "-c", "x.c"]);
    let text = support::text(&line);
    assert!(text.contains("drop-mtune") && text.contains("aarch64-linux-gnu.2.28"), "{text}");
    assert_failure(&run(&[], &["explain", "no-such-rule"]), "no-such-rule");
}

#[test]
fn a_wrong_subcommand_is_named_and_the_right_ones_are_listed() {
    let output = run(&[], &["tragets"]);
    let text = support::text(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("tragets") && text.contains("targets"), "{text}");
    let help = support::text(&run(&[], &["--help"]));
    assert!(help.contains("CC=cgozig") && help.contains("doctor"), "{help}");
}

/// Nothing of ours may reach Go on success, and no phrase by which Go decides may stand in our failures.
#[test]
fn success_is_silent() {
    let output = run(&[("CGOZIG_TARGET", "linux/amd64")], COMPILE);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn a_log_goes_to_its_file() {
    let folder = support::folder();
    let log = folder.path().join("log");
    run(
        &[("CGOZIG_TARGET", "linux/amd64"), ("CGOZIG_LOG_FILE", log.to_str().unwrap())],
        &["-mtune=x", "-c", "x.c"],
    );
    let text = fs::read_to_string(log).unwrap();
    assert!(text.contains("rule drop-mtune") && text.contains("zig 0.15.2 cc -target"), "{text}");
}

#[test]
fn long_lines_reach_zig_by_a_file() {
    let folder = support::folder();
    let zig = fake_zig(
        folder.path(),
        "0.15.2",
        "case $2 in @*) wc -l < ${2#@} > count; tail -n 1 ${2#@} > last;; esac",
    );
    let response = folder.path().join("words");
    let words: String = (0..100_000).map(|number| format!("\"-DNAME_{number}=a b\"\n")).collect();
    fs::write(&response, format!("{words}-c \"x \\\"y.c\"")).unwrap();
    let mut command = support::compiler(&zig, "linux/amd64");
    command.env("CGOZIG_CACHE_DIR", folder.path().join("store")).current_dir(folder.path());
    let output = command.arg(format!("@{}", response.display())).output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let count: usize = fs::read_to_string(folder.path().join("count")).unwrap().trim().parse().unwrap();
    assert!(count > 100_000);
    assert_eq!(fs::read_to_string(folder.path().join("last")).unwrap(), "\"x \\\"y.c\"\n");
    let left = fs::read_dir(folder.path().join("store")).unwrap();
    assert!(
        left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp"))
            .count()
            == 0
    );
}

#[test]
fn warm_takes_its_targets_as_a_build_does() {
    let warm = |env: &[(&str, &str)], words: &[&str]| {
        let output = run(env, &[&["warm"], words].concat());
        assert!(output.status.success(), "{}", support::text(&output));
        support::text(&output)
    };
    let gnu = ("CGOZIG_LIBC", "gnu.2.31");
    for (env, words, triples) in [
        (&[][..], &["linux/arm64"][..], &["(aarch64-linux-gnu.2.28)"][..]),
        (&[gnu], &["linux/arm64", "windows/amd64"], &["(aarch64-linux-gnu.2.31)", "(x86_64-windows-gnu)"]),
        (&[gnu], &["linux/ppc64"], &["(powerpc64-linux-musl)"]),
        (
            &[gnu],
            &["--musl", "linux/arm64", "windows/amd64"],
            &["(aarch64-linux-musl)", "(x86_64-windows-gnu)"],
        ),
        (&[("GOOS", "linux"), ("GOARCH", "s390x")], &["--musl"], &["(s390x-linux-musl)"]),
        (&[("CGOZIG_TARGET", "windows/arm64")], &["--musl"], &["(aarch64-windows-gnu)"]),
        (&[gnu], &["--all", "--musl"], &["(x86_64-linux-musl)", "(powerpc64-linux-musl)"]),
    ] {
        let said = warm(env, words);
        assert!(triples.iter().all(|triple| said.contains(triple)), "{words:?}: {said}");
    }
}
