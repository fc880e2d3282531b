//! Machines as they are: read-only stores, homes that are missing, wrong clocks, any umask, folders on other file systems.

#[path = "machine/image.rs"]
mod image;
mod support;

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};
use support::release::{Release, Sandbox, VERSION, archives};

const IDENTIFY: &[&str] = &["-target", "linux/amd64", "-###", "-x", "c", "-c", "-"];
const COMPILE: &[&str] = &["-target", "linux/amd64", "-c", "x.c"];
const LINK: &[&str] = &["-target", "linux/amd64", "x.c"];

/// The words that call cgozig in some way: as itself, or by another program.
fn line(through: &[&str], words: &[&str]) -> Vec<String> {
    let own = support::cgozig().display().to_string();
    [through, &[own.as_str()], words].concat().into_iter().map(String::from).collect()
}

/// cgozig in a sandbox, called through `through`, with temporary files in a folder of the sandbox.
fn run_through(sandbox: &Sandbox, through: &[&str], words: &[&str]) -> Output {
    let all = line(through, words);
    let temporary = sandbox.path().join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    let mut command = sandbox.command(&all[0]);
    command.args(&all[1..]).current_dir(sandbox.path()).env("TMPDIR", temporary).output().unwrap()
}

fn run(sandbox: &Sandbox, words: &[&str]) -> Output {
    run_through(sandbox, &[], words)
}

fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", support::text(output));
    support::text(output)
}

/// A way to run a program as the owner of our files, but not as root, to whom modes mean nothing.
const UNPRIVILEGED: &[&str] = &["unshare", "--user"];

/// Takes the right to write from everything below a folder.
fn chmod(mode: &str, path: &Path) {
    assert!(Command::new("chmod").args(["-R", mode]).arg(path).status().unwrap().success());
}

#[test]
fn a_read_only_store_serves_when_it_is_complete_and_says_so_when_it_is_not() {
    let mirror = Release::shared().mirror();
    for is_complete in [true, false] {
        let sandbox = Sandbox::new(&[mirror.url("")]);
        let store = sandbox.store();
        let locks = store.join("locks-v1");
        fs::create_dir(&locks).unwrap();
        if is_complete {
            for words in [IDENTIFY, COMPILE, LINK] {
                succeeds(&run(&sandbox, words));
            }
        }
        let script = support::read_only(&store);
        serves_or_says(&sandbox, &support::mounted(&script), &store, is_complete, false);
        for (folder, installs) in [(&store, false), (&locks, true)] {
            chmod("a-w", folder);
            serves_or_says(&sandbox, UNPRIVILEGED, folder, is_complete, installs);
            chmod("u+w", &store);
        }
        assert!(sandbox.is_whole());
    }
    assert_eq!(archives(&mirror), 2, "each store was filled once");
}

#[test]
fn an_install_on_a_full_disk_says_so_and_leaves_nothing() {
    let mirror = Release::shared().mirror();
    for pages in [1, 2, 3, 4] {
        let sandbox = Sandbox::new(&[mirror.url("")]);
        let script = format!(
            "cp '{0}/mirrors-v1' '{1}/list'; mount -t tmpfs -o nr_blocks={pages},mode=755 tmpfs '{0}'; mkdir '{0}/locks-v1'; \
             cp '{1}/list' '{0}/mirrors-v1'; ! \"$@\"; find '{0}' -name 'zig*' -not -name '*.lock'",
            sandbox.store().display(),
            sandbox.path().display()
        );
        let output = run_through(&sandbox, &support::mounted(&script), &["zig", "install", VERSION]);
        let said = succeeds(&output);
        assert!(said.contains("No space left on device") && !said.contains("panicked"), "{pages}: {said}");
        assert!(said.contains("\nhint: make room there, or set CGOZIG_CACHE_DIR"), "{pages}: {said}");
        assert!(output.stdout.is_empty(), "{pages}: {said}");
    }
}

/// What compilers do where `folder` cannot be written: a complete store serves, another one where it `installs`.
fn serves_or_says(sandbox: &Sandbox, through: &[&str], folder: &Path, is_complete: bool, installs: bool) {
    let mut touch = Command::new(through[0]);
    touch.args(&through[1..]).arg("touch").arg(folder.join("x"));
    assert!(!touch.output().unwrap().status.success(), "{through:?}: it can be written");
    for words in [IDENTIFY, COMPILE, LINK] {
        let output = run_through(sandbox, through, words);
        let said = support::text(&output);
        if is_complete || installs {
            assert!(output.status.success() && !said.contains("cgozig: "), "{through:?}: {said}");
        } else {
            let what = format!("cgozig: could not make the folder `{}", sandbox.store().display());
            assert!(output.status.code() == Some(122) && said.starts_with(&what), "{through:?}: {said}");
            assert!(said.contains("\nhint: set CGOZIG_CACHE_DIR"), "{through:?}: {said}");
        }
    }
}

/// A user that the user database does not have.
const NAMELESS: &[&str] = &["unshare", "--user", "--map-user=54321"];

/// How we are called; `HOME`, `XDG_CACHE_HOME`, `CGOZIG_CACHE_DIR`; where the store is, or why it cannot be. `~` is a folder.
type Home = (&'static [&'static str], [Option<&'static str>; 3], Result<&'static str, &'static str>);

const NO_HOME: &str = "find a folder for the cache: HOME is not an absolute path";

#[rustfmt::skip]
const HOMES: [Home; 13] = [
    (&[], [Some("~/home"), None, None], Ok("~/home/.cache/cgozig")),
    (&[], [Some("~/missing/home"), None, None], Ok("~/missing/home/.cache/cgozig")),
    (UNPRIVILEGED, [Some("~/frozen"), None, None], Err("make the folder `~/frozen/.cache/cgozig")),
    (&[], [Some("home"), None, None], Err(NO_HOME)),
    (&[], [Some(""), None, None], Err(NO_HOME)),
    (&[], [None, None, None], Err(NO_HOME)),
    (&[], [Some("home"), Some("~/other"), None], Ok("~/other/cgozig")),
    (&[], [Some("~/home"), Some(""), None], Ok("~/home/.cache/cgozig")),
    (&[], [Some("~/home"), Some("other"), None], Err("use XDG_CACHE_HOME=`other`: it is not an absolute path")),
    (&[], [Some("home"), Some("other"), Some("~/other")], Ok("~/other")),
    (NAMELESS, [Some("~/home"), None, None], Ok("~/home/.cache/cgozig")),
    (NAMELESS, [None, None, None], Err(NO_HOME)),
    (NAMELESS, [None, None, Some("~/other")], Ok("~/other")),
];

#[test]
fn the_store_has_one_place_or_there_is_a_clear_error() {
    let folder = support::folder();
    let here = |text: &str| text.replace('~', folder.path().to_str().unwrap());
    let [_, _, frozen, current] = ["home", "other", "frozen", "current"].map(|name| {
        fs::create_dir(folder.path().join(name)).unwrap();
        folder.path().join(name)
    });
    chmod("a-w", &frozen);
    let zig = support::fake_zig(folder.path(), VERSION, "exit 0");
    for (through, values, expected) in HOMES {
        let run = |words: &[&str]| {
            let all = line(through, words);
            let mut command = support::clean(&all[0]);
            command.env("CGOZIG_ZIG", &zig).env_remove("CGOZIG_CONFIG").env_remove("XDG_CONFIG_HOME");
            for (name, value) in ["HOME", "XDG_CACHE_HOME", "CGOZIG_CACHE_DIR"].into_iter().zip(values) {
                command.env_remove(name).envs(value.map(|value| (name, here(value))));
            }
            command.args(&all[1..]).current_dir(&current).output().unwrap()
        };
        let (path, compile) = (run(&["cache", "path"]), run(COMPILE));
        let said = support::text(&compile);
        match expected.map(here).map_err(here) {
            Ok(expected) => {
                assert_eq!(support::text(&path), format!("{expected}\n"), "{values:?}");
                assert!(compile.status.success(), "{values:?}: {said}");
                assert!(Path::new(&expected).join("target-v1").is_dir(), "{values:?}");
            }
            Err(what) => {
                let is_clear = said.starts_with(&format!("cgozig: could not {what}"));
                assert!(is_clear && said.contains("\nhint: set "), "{values:?}: {said}");
            }
        }
    }
    chmod("u+w", &frozen);
    assert_eq!(fs::read_dir(&current).unwrap().count(), 0, "nothing is put where we were called");
}

/// Before everything, and after what 32 bits hold.
const WRONG: [u64; 2] = [0, 1 << 32];

/// Sets the time of everything below a folder.
fn age(path: &Path, seconds: u64) {
    if path.is_symlink() {
        return;
    }
    if path.is_dir() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| age(&entry.path(), seconds));
    }
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    File::open(path).unwrap().set_modified(time).unwrap();
    assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), time, "{}", path.display());
}

#[test]
fn file_times_of_1970_and_2106_make_no_difference() {
    for time in WRONG {
        let mirror = Release::shared().mirror();
        let sandbox = Sandbox::new(&[mirror.url("")]);
        // A store that is to be filled: its list of mirrors, a lock, what a killed install left.
        let left = sandbox.store().join(format!("tmp-v1/zig-{VERSION}.left"));
        fs::create_dir_all(&left).unwrap();
        fs::create_dir(sandbox.store().join("locks-v1")).unwrap();
        fs::write(sandbox.store().join(format!("locks-v1/zig-{VERSION}.lock")), "1").unwrap();
        age(&sandbox.store(), time);
        succeeds(&sandbox.install().output().unwrap());
        assert!(sandbox.is_whole() && archives(&mirror) == 1 && sandbox.unfinished() == 0);
        // A store that is complete.
        let all: [&[&str]; 6] =
            [IDENTIFY, COMPILE, LINK, &["zig", "which"], &["cache", "path"], &["cache", "verify"]];
        let say = |sandbox: &Sandbox| all.map(|words| succeeds(&run(sandbox, words)));
        let (_, before) = (say(&sandbox), say(&sandbox));
        age(&sandbox.store(), time);
        assert_eq!(say(&sandbox), before, "{time}");
        // Files of the user: configuration, a zig of their own, a source.
        let own = support::fake_zig(sandbox.path(), VERSION, "exit 0");
        fs::write(sandbox.path().join("x.c"), "int x;\n").unwrap();
        let with_own = || {
            let mut command = sandbox.command(support::cgozig());
            succeeds(
                &command.env("CGOZIG_ZIG", &own).args(COMPILE).current_dir(sandbox.path()).output().unwrap(),
            )
        };
        let before = (with_own(), say(&sandbox));
        [own.clone(), sandbox.config(), sandbox.path().join("x.c")].iter().for_each(|path| age(path, time));
        assert_eq!((with_own(), say(&sandbox)), before, "{time}");
        // Cleaning takes what it would take.
        succeeds(&run(&sandbox, &["cache", "clean"]));
        assert_eq!(say(&sandbox), before.1, "{time}");
        assert_eq!(archives(&mirror), 1);
    }
}

/// Everything below a folder with its mode, the folder too.
fn modes(path: &Path) -> Vec<(PathBuf, u32)> {
    let metadata = fs::symlink_metadata(path).unwrap();
    let mut all = vec![(path.to_path_buf(), metadata.permissions().mode() & 0o7777)];
    if metadata.is_dir() {
        all.extend(fs::read_dir(path).unwrap().flatten().flat_map(|entry| modes(&entry.path())));
    }
    all.retain(|(path, _)| !path.is_symlink());
    all
}

#[test]
fn modes_follow_the_umask_and_nobody_else_may_write() {
    let mirror = Release::shared().mirror();
    for umask in [0o000, 0o022, 0o027, 0o077] {
        let sandbox = Sandbox::new(&[mirror.url("")]);
        let list = fs::read(sandbox.store().join("mirrors-v1")).unwrap();
        fs::remove_dir_all(sandbox.store()).unwrap();
        let set = format!("umask {umask:03o}; exec \"$@\"");
        let through = ["sh", "-c", &set, "sh"];
        // The first run makes the store, the list of mirrors is then laid there.
        run_through(&sandbox, &through, &["zig", "install"]);
        fs::write(sandbox.store().join("mirrors-v1"), list).unwrap();
        for words in [&["zig", "install", VERSION], COMPILE, LINK] {
            succeeds(&run_through(&sandbox, &through, words));
        }
        let installed = sandbox.store().join(format!("zig-v1/{VERSION}"));
        for (path, mode) in modes(&installed) {
            let most = if path.is_dir() || path.ends_with("zig") { 0o755 } else { 0o644 };
            assert_eq!(mode, most & !umask, "umask {umask:03o}: {mode:o} {}", path.display());
        }
        assert!(modes(&installed).len() > 8);
        for (path, mode) in modes(&sandbox.store()) {
            let is_private = path.ancestors().skip(1).any(|above| {
                above.starts_with(sandbox.store())
                    && fs::metadata(above).unwrap().mode().trailing_zeros() >= 6
            });
            assert!(mode & 0o7022 == 0 || is_private, "umask {umask:03o}: {mode:o} {}", path.display());
        }
        assert_eq!(fs::metadata(sandbox.store()).unwrap().mode() & 0o777, 0o755 & !umask);
        // The folder of a user's own caches is for that user.
        let mut command = sandbox.command(through[0]);
        command.env_remove("CGOZIG_CACHE_DIR").env("XDG_CACHE_HOME", sandbox.path().join("xdg"));
        let words = line(&through[1..], &["zig", "list"]);
        succeeds(&command.args(&words).output().unwrap());
        let own = sandbox.path().join("xdg/cgozig");
        assert_eq!(fs::metadata(own).unwrap().mode() & 0o777, 0o700, "umask {umask:03o}");
    }
}

/// Installs, compiles and links; then carries what was built to a second store.
fn does_everything(sandbox: &Sandbox, through: &[&str], temporary: &Path) {
    let run = |store: &Path, words: &[&str]| {
        let all = line(through, words);
        let mut command = sandbox.command(&all[0]);
        command.env("TMPDIR", temporary).env("CGOZIG_CACHE_DIR", store).current_dir(sandbox.path());
        succeeds(&command.args(&all[1..]).output().unwrap())
    };
    for words in [&["zig", "install", VERSION], IDENTIFY, COMPILE, LINK] {
        run(&sandbox.store(), words);
    }
    run(&sandbox.store(), &["cache", "verify"]);
    run(&sandbox.store(), &["cache", "export", "--target", "linux/amd64", "-o", "warm.tar.zst"]);
    let second = sandbox.path().join("second");
    run(&second, &["cache", "import", "warm.tar.zst"]);
    run(&sandbox.store(), &["cache", "clean", "--older-than", "0s"]);
    assert!(!sandbox.zig().exists());
}

#[test]
fn no_file_is_renamed_across_file_systems() {
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        return support::skip("there is no /dev/shm");
    };
    let mirror = Release::shared().mirror();
    let sandbox = || Sandbox::new(&[mirror.url("")]);
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(sandbox().path()), "these are two file systems");

    does_everything(&sandbox(), &[], elsewhere.path());

    let linked = sandbox();
    let other = elsewhere.path().join("linked");
    fs::create_dir(&other).unwrap();
    fs::copy(linked.store().join("mirrors-v1"), other.join("mirrors-v1")).unwrap();
    fs::remove_dir_all(linked.store()).unwrap();
    symlink(&other, linked.store()).unwrap();
    does_everything(&linked, &[], linked.path());
    assert!(other.join("locks-v1").is_dir());

    let bound = sandbox();
    let third = elsewhere.path().join("bound");
    fs::create_dir(&third).unwrap();
    fs::copy(bound.store().join("mirrors-v1"), third.join("mirrors-v1")).unwrap();
    let script = format!("mount --bind '{}' '{}'; exec \"$@\"", third.display(), bound.store().display());
    does_everything(&bound, &support::mounted(&script), bound.path());
    assert!(third.join("locks-v1").is_dir());
}
