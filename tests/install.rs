//! zig installs itself: whatever the mirrors, the network and the disk do, and however many ask at once.

mod support;

use std::fs;
use support::release::{Release, Sandbox, VERSION, archives, name, rounds};
use support::server::{self, Server};

fn good_mirror() -> Server {
    Release::shared().mirror()
}

#[test]
fn a_release_comes_from_a_mirror_and_is_whole() {
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    let output = sandbox.install().output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(sandbox.is_whole());
    assert_eq!(sandbox.unfinished(), 0);
    assert_eq!(
        mirror.paths(),
        [format!("/{}.minisig?source=cgozig", name()), format!("/{}?source=cgozig", name())]
    );
    assert_eq!(sandbox.outside.connections(), 0, "the list was fresh, and the mirror good");
    // Installed is installed: nothing is asked again.
    assert!(sandbox.install().output().unwrap().status.success());
    assert_eq!(mirror.requests().len(), 2);
}

/// Mirrors that serve everything but the right archive with its signature.
fn bad_mirrors() -> Vec<(&'static str, Server)> {
    let release = Release::shared();
    let serve = |archive: &[u8], signature: &str| {
        let (archive, signature) = (archive.to_vec(), signature.to_string());
        Server::start(move |request, connection| {
            let body = if request.path.contains(".minisig") { signature.as_bytes() } else { &archive };
            connection.answer(200, &[], body);
        })
    };
    let (archive, good) = (&release.archive, &release.signature);
    let mut altered = archive.clone();
    altered[100] ^= 1;
    let older = release.signed(archive, "zig-x86_64-linux-0.14.1.tar.xz");
    let html = "<html>welcome to the hotel</html>";
    vec![
        ("answers 404", Server::start(server::status(404, &[]))),
        ("answers 503", Server::start(server::status(503, &[("Retry-After", "0")]))),
        ("altered archive", serve(&altered, good)),
        ("signature of another file", serve(archive, &older)),
        ("half an archive", serve(&archive[..archive.len() / 2], good)),
        ("a hotel's page", serve(html.as_bytes(), html)),
        ("no signature", serve(archive, "")),
        ("closes", Server::start(server::reset())),
        ("is silent", Server::silent("http")),
        ("redirects to http elsewhere", Server::start(server::redirect("http://mirror.example/zig"))),
    ]
}

#[test]
fn every_fault_of_a_mirror_means_the_next_one() {
    for (what, bad) in bad_mirrors() {
        let mirror = good_mirror();
        let sandbox = Sandbox::new(&[bad.url(""), mirror.url("")]);
        let output = sandbox.install().output().unwrap();
        assert!(output.status.success(), "{what}: {}", support::text(&output));
        assert!(sandbox.is_whole(), "{what}");
        // Alone, it ends in one failure, and leaves nothing.
        let sandbox = Sandbox::new(&[bad.url("")]);
        let output = sandbox.install().output().unwrap();
        let said = support::text(&output);
        assert_eq!(output.status.code(), Some(121), "{what}: {said}");
        assert!(
            said.contains("cgozig: could not install zig") && said.contains("\nhint: "),
            "{what}: {said}"
        );
        assert!(!sandbox.zig().exists() && sandbox.unfinished() == 0, "{what}");
        assert_eq!(sandbox.outside.paths().last().unwrap(), "ziglang.org:443", "{what}: asked last");
        assert!(archives(&bad) <= 2, "{what}: {} times in two installs", archives(&bad));
    }
}

#[test]
fn one_good_mirror_is_enough_in_any_order() {
    let good: Vec<Server> = (0..14).map(|_| good_mirror()).collect();
    // The one that is silent is left out: each of its two seconds is waited for.
    let bad: Vec<(&str, Server)> = bad_mirrors()
        .into_iter()
        .chain(bad_mirrors())
        .filter(|(what, _)| *what != "is silent")
        .take(14)
        .collect();
    for round in 0..rounds(15, 200) {
        let broken = round % 15;
        let before: Vec<usize> = bad.iter().map(|(_, server)| archives(server)).collect();
        let chosen = bad[..broken].iter().map(|(_, server)| server).chain(&good[broken..]);
        let sandbox = Sandbox::new(&chosen.map(|server| server.url("")).collect::<Vec<_>>());
        let output = sandbox.install().output().unwrap();
        assert_eq!(output.status.success(), broken < 14, "{broken} of 14 bad: {}", support::text(&output));
        for ((what, server), before) in bad.iter().zip(before) {
            assert!(archives(server) <= before + 1, "{what}: asked more than once");
        }
        assert!(broken == 14 || sandbox.outside.connections() == 0, "ziglang.org is the last to be asked");
    }
}

#[test]
fn a_mirror_of_ones_own_is_asked_again() {
    let release = Release::shared();
    let mirror = Server::start(move |request, connection| match request.nth {
        0 | 2 => connection.answer(503, &[], b""),
        _ => release.serve(request, connection),
    });
    let sandbox = Sandbox::new(&[]);
    let config = fs::read_to_string(sandbox.config()).unwrap();
    fs::write(sandbox.config(), format!("{config}mirror = \"{}\"\n", mirror.url(""))).unwrap();
    let output = sandbox.install().output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert_eq!((mirror.requests().len(), archives(&mirror), sandbox.outside.connections()), (4, 2, 0));
}

#[test]
fn offline_connects_to_nothing_and_says_what_is_missing() {
    if !support::has_strace() {
        return;
    }
    let mirror = good_mirror();
    for (variable, value) in
        [("CGOZIG_OFFLINE", "1"), ("GOPROXY", "off"), ("GOFLAGS", "-trimpath -mod=vendor")]
    {
        let sandbox = Sandbox::new(&[mirror.url("")]);
        fs::write(sandbox.config(), "").unwrap();
        let log = sandbox.path().join("log");
        let mut command = sandbox.command("strace");
        command.args(["-f", "-e", "trace=%network,execve", "-o"]).arg(&log).arg(support::cgozig());
        let output = command.args(["zig", "install", VERSION]).env(variable, value).output().unwrap();
        let said = support::text(&output);
        assert_eq!(output.status.code(), Some(121), "{said}");
        for part in
            [variable, "sha256 ", " bytes", &name(), "https://ziglang.org/download/0.15.2/", "downloads-v1"]
        {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        let calls = fs::read_to_string(log).unwrap();
        assert!(!calls.contains("connect(") && !calls.contains("AF_INET"), "{calls}");
        assert_eq!(calls.matches("execve(").count(), 1, "{calls}");
    }
    assert_eq!(mirror.connections(), 0);
}

#[test]
fn a_complete_store_serves_without_being_written() {
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    let before = snapshot(&sandbox.store());
    let output = sandbox.identify().output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    let mut after = snapshot(&sandbox.store());
    after.retain(|path| !path.contains("settings-v1"));
    assert_eq!(before.into_iter().filter(|path| !path.contains("settings-v1")).collect::<Vec<_>>(), after);
}

/// Every path with its time.
fn snapshot(folder: &std::path::Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(snapshot(&path));
        }
        all.push(format!("{} {:?}", path.display(), fs::metadata(&path).unwrap().modified().unwrap()));
    }
    all.sort();
    all
}

#[test]
fn changed_files_are_found_and_the_zig_is_installed_anew() {
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    let folder = sandbox.store().join(format!("zig-v1/{VERSION}"));
    let write = |path: &str, text: &str| fs::write(folder.join(path), text).unwrap();
    let damages: [(&str, &dyn Fn()); 5] = [
        ("lib/std/std.zig has changed", &|| write("lib/std/std.zig", "// sTd\n")),
        ("LICENSE: ", &|| fs::remove_file(folder.join("LICENSE")).unwrap()),
        ("lib/evil.h does not belong", &|| write("lib/evil.h", "")),
        ("zig has changed", &|| write("zig", "")),
        ("manifest.json: ", &|| write("manifest.json", "[")),
    ];
    for (finding, damage) in damages {
        damage();
        let output = sandbox.command(support::cgozig()).args(["cache", "verify"]).output().unwrap();
        let said = support::text(&output);
        assert!(!output.status.success() && said.contains(finding), "{finding}: {said}");
        assert!(said.contains(&format!("cgozig zig remove {VERSION}")), "{said}");
        let removed = sandbox.command(support::cgozig()).args(["zig", "remove", VERSION]).output().unwrap();
        assert!(removed.status.success(), "{}", support::text(&removed));
        assert!(sandbox.identify().output().unwrap().status.success());
        assert!(sandbox.is_whole(), "after: {finding}");
    }
}

#[test]
fn a_zig_in_the_store_costs_one_look() {
    if !support::has_strace() {
        return;
    }
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    assert!(sandbox.identify().output().unwrap().status.success());
    let log = sandbox.path().join("log");
    let mut command = sandbox.command("strace");
    command.args(["-f", "-o"]).arg(&log).arg(support::cgozig()).args(["-###", "-x", "c", "-c", "-"]);
    assert!(command.env("CGOZIG_TARGET", "linux/amd64").status().unwrap().success());
    let calls = fs::read_to_string(log).unwrap();
    let count = |what: &str| calls.lines().filter(|line| line.contains(what)).count();
    assert_eq!(count("zig-v1/"), 1, "{calls}");
    assert_eq!(count("flock(") + count("socket(") + count("locks-v1"), 0, "{calls}");
    // The configuration is there: its time is looked at, and what it says is read from the store.
    assert_eq!((count("config.toml"), count("settings-v1")), (1, 1), "{calls}");
    assert_eq!(count("mirrors-v1") + count("environ"), 0, "{calls}");
}

#[test]
fn a_store_that_is_kept_small_is_looked_through_once() {
    if !support::has_strace() {
        return;
    }
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    let config = fs::read_to_string(sandbox.config()).unwrap();
    fs::write(sandbox.config(), format!("{config}[cache]\nmax-size = \"1KiB\"\n")).unwrap();
    assert!(sandbox.install().output().unwrap().status.success());
    let line = |command: &mut std::process::Command, flag: &str| {
        command.args(["-target", "linux/amd64", flag, "x.c"]).output().unwrap().status.success()
    };
    assert!(line(&mut sandbox.command(support::cgozig()), "-g"));
    // A link of another kind is again a first one.
    let log = sandbox.path().join("log");
    let mut command = sandbox.command("strace");
    command.args(["-e", "trace=openat", "-o"]).arg(&log).arg(support::cgozig());
    assert!(line(&mut command, "-s"));
    let calls = fs::read_to_string(log).unwrap();
    let folder = format!("zig-v1/{VERSION}/lib/std\", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY");
    assert_eq!(calls.matches(&folder).count(), 1, "{calls}");
}

#[test]
fn half_an_entry_is_installed_again() {
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    fs::remove_file(sandbox.zig()).unwrap();
    let output = sandbox.identify().output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert!(sandbox.is_whole() && archives(&mirror) == 2);
}

#[test]
fn a_store_that_anybody_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let mirror = good_mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    fs::set_permissions(sandbox.store(), fs::Permissions::from_mode(0o777)).unwrap();
    let output = sandbox.identify().output().unwrap();
    let said = support::text(&output);
    assert_eq!(output.status.code(), Some(122), "{said}");
    assert!(
        said.contains(&sandbox.store().display().to_string()) && said.contains("\nhint: `chown`"),
        "{said}"
    );
}
