//! A fetch that ends at a time that nobody has chosen, or on a disk that is really full.

use super::*;
use crowd::large;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;
use support::native::has_fetched;
use support::release::rounds;

/// The signals, by their numbers, and how often each comes.
fn signals() -> Vec<(&'static str, i32, usize)> {
    vec![("KILL", 9, rounds(30, 1000)), ("INT", 2, rounds(5, 100)), ("TERM", 15, rounds(5, 100))]
}

#[test]
fn ended_at_any_time_the_next_one_succeeds_with_at_most_one_more_download() {
    let bytes = large(rounds(8, 50));
    let server = Server::start(body(&bytes));
    let (pin, wanted) = (pin(&bytes), thing(&server.url("/thing.zip")).2);
    let sandbox = Sandbox::new();
    let once = |_| {
        sandbox.empty();
        let start = Instant::now();
        assert!(has_fetched(&sandbox.process(&[], &wanted, &pin).output().unwrap()));
        start.elapsed()
    };
    let whole = (0..3).map(once).min().unwrap();
    let mut random = fastrand::Rng::with_seed(41);
    let mut ended = 0;
    for (name, number, times) in signals() {
        for nth in 0..times {
            // Every other time the leftovers of the one before are still there.
            if nth % 2 == 0 {
                sandbox.empty();
            } else {
                let _ = fs::remove_dir_all(sandbox.place(&pin));
            }
            let before = server.requests().len();
            let mut command = sandbox.process(&[], &wanted, &pin);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            sleep(whole.mul_f64(random.f64()));
            let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).output().unwrap();
            let status = child.wait().unwrap();
            assert!(status.signal() == Some(number) || status.success(), "{name}: {status} {sent:?}");
            ended += usize::from(!sandbox.place(&pin).exists());
            assert!(sandbox.store().verify().iter().all(|(_, wrong)| wrong.is_empty()), "{name} {nth}");
            sandbox.ensure(&wanted, &pin).unwrap_or_else(|failure| panic!("{name} {nth}: {failure:?}"));
            assert!(server.requests().len() - before <= 2 && sandbox.present(&wanted, &pin).is_some());
        }
    }
    let all: usize = signals().iter().map(|(_, _, times)| times).sum();
    eprintln!("{ended} of {all} ended before the library was there, within {whole:?}");
    assert!(ended * 3 > all, "only {ended} of {all} ended before the library was there");
}

#[test]
fn on_a_full_disk_it_says_so_and_what_fits_comes_afterwards() {
    let (much, little) = (large(20), large(1));
    let server = Server::start(move |request: &Request, connection: &mut Connection| {
        connection.answer(200, &[], if request.path == "/much.zip" { &much } else { &little });
    });
    let (much, little) = (pin(&large(20)), pin(&large(1)));
    let sandbox = Sandbox::new();
    let store = sandbox.store().root().display().to_string();
    fs::create_dir(&store).unwrap();
    // Both in one name space: the file system goes away with it. Nothing of the first may be left to the second.
    let script = format!(
        "mount -t tmpfs -o size=8m,mode=755 tmpfs '{store}'\n\
         ! \"$@\"; ! ls '{store}/tmp-v1' | grep .; export TEST_URL='{}' {}='{} {}'; \"$@\"; df '{store}'",
        server.url("/little.zip"),
        support::native::ASKED,
        little.sha256,
        little.size
    );
    let before = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", &script, "sh"];
    let wanted = thing(&server.url("/much.zip")).2;
    let output = sandbox.process(&before, &wanted, &much).output().unwrap();
    let said = support::text(&output);
    assert!(has_fetched(&output) && said.contains("tmpfs"), "{said}");
    let error = said.lines().find(|line| line.starts_with("cgozig: could not ")).unwrap_or_default();
    assert!(error.contains(&store) && error.contains("No space left on device"), "{said}");
    assert!(error.contains(&format!(", {} bytes,", much.size)), "{said}");
    assert!(said.contains("\nhint: make room there, or set CGOZIG_CACHE_DIR"), "{said}");
    assert_eq!(sandbox.outside.connections(), 0);
}
