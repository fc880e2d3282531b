//! What one command line asks for.

use crate::argv::{Argv, InputKind, bytes};
use crate::rule::Stage;
use std::ffi::{OsStr, OsString};

/// What a compiler call is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `-###` with nothing but standard input: who are you? cmd/go keys its cache with the answer.
    Identify,
    /// `--version` and nothing to do.
    Version,
    /// `-dumpmachine`.
    Machine,
    /// `-dumpversion`.
    DumpVersion,
    /// `-print-prog-name=X`, which may be asked with inputs on the line (cmd/link does).
    ProgramName(OsString),
    /// `-print-file-name=X`.
    FileName(OsString),
    /// `-print-libgcc-file-name`.
    LibgccFileName,
    /// `-Wl,--version` and nothing to do; with the linker that `-fuse-ld=` names.
    LinkerVersion(Option<OsString>),
    /// cmd/go or cmd/link asks whether this flag is supported.
    Supports(Asker, OsString),
    /// Real work.
    Work(Stage),
    /// Nothing to work on.
    Nothing,
}

/// Who asks whether a flag is supported: they read the answer differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// cmd/go, in `gccSupportsFlag`: no phrase like "unknown" in the output means yes.
    CmdGo,
    /// cmd/link, in `linkerFlagSupported`: exit status 0 means yes.
    CmdLink,
}

/// Classifies a command line.
pub fn request(argv: &Argv) -> Request {
    query(argv).or_else(|| cmd_go_probe(argv)).or_else(|| cmd_link_probe(argv)).unwrap_or_else(|| {
        if argv.inputs().next().is_some() { Request::Work(stage(argv)) } else { idle(argv) }
    })
}

/// The stage of a call that works.
pub fn stage(argv: &Argv) -> Stage {
    if ["-c", "-S", "-E", "-M", "-MM"].iter().any(|name| argv.has(name)) {
        return Stage::Compile;
    }
    let is_dynimport = argv.value("-o").is_some_and(|out| bytes::file_name(out) == "_cgo_.o")
        && argv.inputs().any(|(_, path)| bytes::file_name(path) == "_cgo_main.o");
    if is_dynimport { Stage::Dynimport } else { Stage::Link }
}

/// Whether a call of that stage compiles: to an object, or a source on the line of a link.
pub fn compiles(stage: Stage, argv: &Argv) -> bool {
    stage == Stage::Compile || argv.inputs().any(|(kind, _)| kind == InputKind::Source)
}

/// Questions that are answered whatever else is on the line.
fn query(argv: &Argv) -> Option<Request> {
    if argv.has("-###") && argv.inputs().all(|(_, path)| path == "-") {
        return Some(Request::Identify);
    }
    if let Some(name) = argv.value("-print-prog-name") {
        return Some(Request::ProgramName(name.into()));
    }
    if let Some(name) = argv.value("-print-file-name") {
        return Some(Request::FileName(name.into()));
    }
    [("-print-libgcc-file-name", Request::LibgccFileName), ("-dumpmachine", Request::Machine)]
        .into_iter()
        .chain([("-dumpversion", Request::DumpVersion), ("--version", Request::Version)])
        .find(|(name, _)| argv.has(name))
        .map(|(_, request)| request)
}

/// A line without inputs.
fn idle(argv: &Argv) -> Request {
    if argv.has_linker("version") || argv.has_linker("v") {
        return Request::LinkerVersion(argv.value("-fuse-ld").map(OsStr::to_os_string));
    }
    if argv.has("-v") { Request::Version } else { Request::Nothing }
}

/// `<flag> <CFLAGS> -c -x c - -o /dev/null`, the flag first (cmd/go's `gccSupportsFlag`).
fn cmd_go_probe(argv: &Argv) -> Option<Request> {
    let words = argv.render();
    let [flag, .., language, c, input, option, out] = words.as_slice() else { return None };
    let is_probe = language == "-x" && c == "c" && input == "-" && option == "-o" && crate::sys::is_null(out);
    let is_alone = argv.inputs().count() == 1;
    (is_probe && is_alone).then(|| Request::Supports(Asker::CmdGo, flag.clone()))
}

/// `<flags> -o <tmp>/go-link-N/a.out <flag> <tmp>/go-link-N/trivial.c` (cmd/link's `linkerFlagSupported`).
fn cmd_link_probe(argv: &Argv) -> Option<Request> {
    let words = argv.render();
    let [.., option, out, flag, input] = words.as_slice() else { return None };
    let is_probe = option == "-o"
        && bytes::file_name(out) == "a.out"
        && bytes::file_name(input) == "trivial.c"
        && argv.inputs().eq([(InputKind::Source, input.as_os_str())]);
    is_probe.then(|| Request::Supports(Asker::CmdLink, flag.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Request {
        request(&Argv::parse(line.split_whitespace()))
    }

    #[test]
    fn go_s_questions_are_told_from_work() {
        let supports = |asker, flag: &str| Request::Supports(asker, flag.into());
        for (line, expected) in [
            ("-### -x c -c -", Request::Identify),
            ("-m64 --print-prog-name strip", Request::ProgramName("strip".into())),
            ("-m64 -o /t/a.out --print-prog-name=ar /t/trivial.c", Request::ProgramName("ar".into())),
            ("-static --version", Request::Version),
            ("-Wl,--version", Request::LinkerVersion(None)),
            ("-fuse-ld=bfd -Wl,--version", Request::LinkerVersion(Some("bfd".into()))),
            ("-fno-lto -O2 -g -c -x c - -o /dev/null", supports(Asker::CmdGo, "-fno-lto")),
            ("-Wl,--no-gc-sections -O2 -x c - -o /dev/null", supports(Asker::CmdGo, "-Wl,--no-gc-sections")),
            (
                "-m64 -O2 -o /t/go-link-1/a.out -no-pie /t/go-link-1/trivial.c",
                supports(Asker::CmdLink, "-no-pie"),
            ),
            ("-E -dM -xc -I . -", Request::Work(Stage::Compile)),
            ("-c -o x.o x.c", Request::Work(Stage::Compile)),
            ("-o $WORK/b1/_cgo_.o $WORK/b1/_cgo_main.o $WORK/b1/x.o", Request::Work(Stage::Dynimport)),
            ("-o a.out x.c -Wl,--version", Request::Work(Stage::Link)),
            ("", Request::Nothing),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }
}
