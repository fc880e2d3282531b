//! A fetch that is killed or fails at any system call leaves a store that the next one can use.

use super::*;
use std::path::Path;
use support::native::has_fetched;
use support::release::rounds;
use support::traced::MUTATING;

/// How often each call is made by a process that succeeds, from the first that touches the store on.
fn counts(sandbox: &Sandbox, pin: &Pin, wanted: &Artifact) -> Vec<(&'static str, Vec<usize>)> {
    let log = sandbox.path().join("calls").display().to_string();
    let set = format!("trace={}", MUTATING.join(","));
    let strace = ["strace", "-f", "-qq", "-o", &log, "-e", &set];
    let output = sandbox.process(&strace, wanted, pin).output().unwrap();
    assert!(has_fetched(&output), "{}", support::text(&output));
    let text = fs::read_to_string(log).unwrap();
    let store = sandbox.store().root().display().to_string();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.contains(&store)).unwrap();
    let process = lines[first].split_whitespace().next().unwrap();
    let own: Vec<(usize, &str)> = lines
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, line)| line.starts_with(&format!("{process} ")))
        .collect();
    let of = |call: &str| {
        let all = own.iter().filter(|(_, line)| line.contains(&format!(" {call}("))).enumerate();
        all.filter(|(_, (at, _))| *at >= first).map(|(nth, _)| nth + 1).collect::<Vec<_>>()
    };
    MUTATING.iter().map(|call| (*call, of(call))).filter(|(_, all)| !all.is_empty()).collect()
}

/// Every call with each of its numbers.
fn places(counts: &[(&'static str, Vec<usize>)]) -> Vec<(&'static str, usize)> {
    counts.iter().flat_map(|(call, all)| all.iter().map(|nth| (*call, *nth))).collect()
}

/// The store holds the library whole after one more process, which fetches at most once.
fn the_next_succeeds(sandbox: &Sandbox, server: &Server, pin: &Pin, wanted: &Artifact, what: &str) {
    let before = server.requests().len();
    let folder = sandbox.ensure(wanted, pin).unwrap_or_else(|failure| panic!("{what}: {failure:?}"));
    assert_eq!(fs::read(folder.join("lib/libthing.a")).unwrap(), library("members"), "{what}");
    assert!(server.requests().len() - before <= 1, "{what}");
    assert!(is_whole(sandbox), "{what}");
}

/// Whether every entry that can be seen is whole.
fn is_whole(sandbox: &Sandbox) -> bool {
    sandbox.store().verify().iter().all(|(_, wrong)| wrong.is_empty())
}

#[test]
fn killed_at_any_call_the_next_one_succeeds_unaided() {
    if !support::has_strace() {
        return;
    }
    let server = Server::start(body(&thing("").0));
    let (_, pin, wanted) = thing(&server.url("/thing.zip"));
    let counts = counts(&Sandbox::new(), &pin, &wanted);
    let (mut killed, places) = (0, places(&counts));
    let sandbox = Sandbox::new();
    for (call, nth) in &places {
        sandbox.empty();
        let inject = format!("inject={call}:signal=KILL:when={nth}");
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
        sandbox.process(&strace, &wanted, &pin).output().unwrap();
        let shown = sandbox.place(&pin).exists();
        killed += usize::from(!shown);
        assert!(is_whole(&sandbox), "{call} {nth}: half an entry is visible");
        the_next_succeeds(&sandbox, &server, &pin, &wanted, &format!("{call} {nth}"));
        assert!(shown || sandbox.unfinished() == 0, "{call} {nth}: the leftovers are swept");
    }
    eprintln!("{} places, {killed} killed before the end: {counts:?}", places.len());
    assert!(killed * 2 > places.len(), "only {killed} of {} were killed before the end", places.len());
}

#[test]
fn failed_at_any_call_it_says_so_and_the_next_one_succeeds() {
    if !support::has_strace() {
        return;
    }
    let server = Server::start(body(&thing("").0));
    let (_, pin, wanted) = thing(&server.url("/thing.zip"));
    let counts = counts(&Sandbox::new(), &pin, &wanted);
    let sandbox = Sandbox::new();
    let errors = ["ENOSPC", "EMFILE", "EIO", "EROFS", "EDQUOT"];
    let mut failed = 0;
    for error in &errors[..rounds(1, errors.len())] {
        for (call, nth) in places(&counts) {
            sandbox.empty();
            let inject = format!("inject={call}:error={error}:when={nth}");
            let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
            let output = sandbox.process(&strace, &wanted, &pin).output().unwrap();
            let (said, what) = (support::text(&output), format!("{call} {nth} {error}"));
            // The last call of all prints that it is fetched.
            let has_printed = call != "write" || said.contains("could not ");
            assert!(!said.contains("panicked") || !has_printed, "{what}: {said}");
            assert!(is_whole(&sandbox), "{what}");
            if !output.status.success() && has_printed {
                failed += 1;
                let lines = said.matches("cgozig: could not ").count();
                assert!(lines == 1 && said.contains("\nhint: "), "{what}: {said}");
            }
            the_next_succeeds(&sandbox, &server, &pin, &wanted, &what);
        }
    }
    assert!(failed > 5, "only {failed} failed: {counts:?}");
}

#[test]
fn all_is_on_disk_before_it_is_shown() {
    if !support::has_strace() {
        return;
    }
    let server = Server::start(body(&thing("").0));
    let (_, pin, wanted) = thing(&server.url("/thing.zip"));
    let sandbox = Sandbox::new();
    let log = sandbox.path().join("calls").display().to_string();
    let calls = "trace=syncfs,fsync,rename,renameat,renameat2,write,openat";
    let strace = ["strace", "-f", "-qq", "-y", "-o", &log, "-e", calls];
    assert!(has_fetched(&sandbox.process(&strace, &wanted, &pin).output().unwrap()));
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = |what: &dyn Fn(&str) -> bool| lines.iter().rposition(|line| what(line)).expect("it is called");
    let shown = at(&|line| line.contains("rename") && line.contains(&format!("libs-v1/{}\"", pin.sha256)));
    let synced = at(&|line| line.contains("sync") && line.contains("tmp-v1"));
    let written = at(&|line| line.contains("write(") && line.contains("tmp-v1"));
    let parent = at(&|line| line.contains("fsync(") && line.contains("libs-v1>"));
    assert!(
        written < synced && synced < shown && shown < parent,
        "{written} {synced} {shown} {parent}\n{text}"
    );
}

#[test]
fn a_full_disk_is_said_with_its_place() {
    let (bytes, pin, _) = thing("");
    let server = Server::start(body(&bytes));
    let wanted = thing(&server.url("/thing.zip")).2;
    let sandbox = Sandbox::new();
    // A store where a file is in the way of the folder.
    fs::create_dir_all(sandbox.store().root()).unwrap();
    fs::write(sandbox.store().unfinished(), "").unwrap();
    let failure = sandbox.ensure(&wanted, &pin).unwrap_err();
    let root = sandbox.store().root().display().to_string();
    assert!(failure.what.contains(&root) && failure.hint.contains("CGOZIG_CACHE_DIR"), "{failure:?}");
    assert!(Path::new(&root).is_dir() && server.connections() == 0);
}
