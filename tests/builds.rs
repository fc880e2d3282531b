//! Rules whose need only a whole `go build` shows, held against each supported zig: without the rule the build goes
//! wrong in the way that the rule says, and for a zig outside its range it goes right.
//!
//! That the same builds go right with the rule is held by the whole `tests/matrix.rs`. To be without a rule, a script hides what
//! the rule looks at from cgozig, or takes out of zig's words what the rule has put in.

mod support;

use cgozig::digest::hex_digest;
use cgozig::rule::{Action, Build, Fault, Pattern, Proof, Rule};
use cgozig::rules;
use cgozig::zig::ZigVersion;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use support::ports::{default_zig, port, serves};

/// The newest Go: the only one that has every port.
const GO: &str = "1.27.3";

/// One build by one zig, without the rule.
struct Job {
    rule: &'static Rule,
    build: &'static Build,
    zig: ZigVersion,
    /// `CC` and `CGOZIG_ZIG`.
    without: (PathBuf, PathBuf),
}

#[test]
fn every_build_goes_wrong_without_its_rule_and_right_outside_its_range() {
    let Some(go) = support::go(GO) else { return };
    // All scripts are written before the first is started: a system refuses to run what is still open for writing.
    let jobs: Vec<Job> = support::ZIGS.iter().flat_map(|zig| jobs(zig)).collect();
    let (jobs, wrong) = (Mutex::new(jobs.into_iter()), Mutex::new(Vec::new()));
    let next = || jobs.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(job) = next() {
                    wrong.lock().unwrap().extend(job.mistake(&go));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} builds are not as their rules say:\n{}", wrong.len(), wrong.join("\n"));
}

/// What there is to build with a zig: with the whole matrix everything; otherwise what the port's own zig needs, and each
/// zig that needs a rule no more.
fn jobs(version: &str) -> Vec<Job> {
    let Some(program) = support::zig(version) else { return Vec::new() };
    let zig = ZigVersion::parse(version).unwrap();
    let is_done = |rule: &Rule, build: &Build| {
        let port = port(build.port);
        let is_some = !rule.when.in_range(zig) || version == default_zig(port);
        serves(version, port) && (is_some || support::is_whole())
    };
    let builds = rules::all().flat_map(|rule| match rule.proof {
        Proof::Builds(builds) => builds.iter().map(|build| (rule, build)).collect(),
        _ => Vec::new(),
    });
    let own = builds.filter(|(rule, build)| is_done(rule, build));
    own.map(|(rule, build)| Job { rule, build, zig, without: without(rule, &program, zig) }).collect()
}

impl Job {
    fn mistake(&self, go: &Path) -> Option<String> {
        let inside = self.rule.when.in_range(self.zig);
        let why = match self.goes_wrong(go) {
            Err(text) => text,
            Ok(false) if inside => "not needed any more".into(),
            Ok(true) if !inside => "needed here too".into(),
            Ok(_) => return None,
        };
        Some(format!("{} {} {:?}: {why}", self.zig, self.rule.id, self.build))
    }

    /// Whether the build goes wrong as it should; whatever else happens is an error.
    fn goes_wrong(&self, go: &Path) -> Result<bool, String> {
        let Build { port, libc, program, mode, fault } = *self.build;
        let (folder, (cc, zig)) = (support::folder(), &self.without);
        let out = folder.path().join("program");
        let mut command = support::user(go, zig, port, libc);
        // What is learned of a link is kept by the zig's version, which the script has from the zig behind it.
        command.env("CC", cc).env("CGOZIG_ROUTE", "zig-cc");
        command.args(["build", "-buildmode", mode, "-o"]).arg(&out).arg(".");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = command.current_dir(root.join(program)).output().unwrap();
        let text = support::text(&output);
        match (fault, output.status.success()) {
            (Fault::Says(said), false) if text.contains(said) => Ok(true),
            (Fault::Says(_), true) => Ok(false),
            (Fault::Crashes, true) => crashes(port, libc, &out),
            (_, false) => Err(text),
        }
    }
}

/// Whether a signal ends the program.
fn crashes(port: &str, libc: &str, program: &Path) -> Result<bool, String> {
    let output = support::run(port, libc, program).output().unwrap();
    match output.status.code() {
        None => Ok(true),
        Some(0) => Ok(false),
        Some(_) => Err(support::text(&output)),
    }
}

/// A compiler and a zig that are together what cgozig would be without the rule.
fn without(rule: &Rule, zig: &Path, version: ZigVersion) -> (PathBuf, PathBuf) {
    match (rule.action, rule.pattern) {
        (Action::Append(words), _) => ("cgozig".into(), zig_without(words, zig, version)),
        (Action::FailQuietly, _) => (compiler_hiding("_cgo_main.o"), zig.into()),
        (Action::Refuse { .. }, Pattern::Input(suffix)) => {
            (compiler_hiding(suffix.trim_start_matches('/')), zig.into())
        }
        _ => panic!("{}: there is no way to be without it", rule.id),
    }
}

/// cgozig that sees an input of this name under another.
fn compiler_hiding(name: &str) -> PathBuf {
    let cgozig = support::cgozig();
    let text = format!(
        "for word; do shift; case $word in */{name}) if [ -f \"$word\" ]; then
    cp \"$word\" \"${{word%/*}}/hidden.o\" || exit
    word=${{word%/*}}/hidden.o
fi;; esac; set -- \"$@\" \"$word\"; done
exec {} \"$@\"\n",
        shlex::try_quote(cgozig.to_str().unwrap()).unwrap()
    );
    script("cc", &text)
}

/// A zig that does not get to see these words.
fn zig_without(words: &[&str], zig: &Path, version: ZigVersion) -> PathBuf {
    let text = format!(
        "[ \"$1\" != env ] || {{ echo '{{ \"version\": \"{version}\" }}'; exit; }}
for word; do shift; case $word in {}) ;; *) set -- \"$@\" \"$word\";; esac; done
exec {} \"$@\"\n",
        words.join("|"),
        shlex::try_quote(zig.to_str().unwrap()).unwrap()
    );
    script("zig", &text)
}

/// A script at a place that depends on its text: Go keys its cache with the name of the compiler.
fn script(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("without-{}", &hex_digest([text.as_bytes()])[..16]));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
