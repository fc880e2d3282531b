//! The store with the real zig: first links at once, cleaning under running builds, carrying a cache elsewhere.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use support::release::rounds;

const TARGET: &str = "linux/arm64";
const TRIPLE: &str = "0.15.2-aarch64-linux-gnu.2.28";

/// An empty store, and a program to link.
struct Place {
    folder: tempfile::TempDir,
    zig: PathBuf,
}

impl Place {
    fn new() -> Option<Place> {
        let zig = support::zig(support::ZIG)?;
        let folder = support::folder();
        fs::write(folder.path().join("x.c"), "int main(void) { return 0; }\n").unwrap();
        Some(Place { folder, zig })
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The folder that the target's pointer leads to.
    fn cache(&self) -> PathBuf {
        fs::canonicalize(self.store().join("target-v1").join(TRIPLE)).unwrap()
    }

    fn cgozig(&self, words: &[&str]) -> Command {
        let mut command = support::clean(support::cgozig());
        command.env("CGOZIG_CACHE_DIR", self.store()).env("CGOZIG_ZIG", &self.zig);
        command.current_dir(self.folder.path()).args(words);
        command
    }

    /// A link, the output under its own name; of a source by `zig cc`, of an object directly where that was learned.
    fn link(&self, input: &str, nth: usize) -> Child {
        let mut command = self.cgozig(&["-target", TARGET, "-O2", "-g", input, "-o", &format!("x{nth}")]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn links(&self, number: usize) {
        self.links_of(&["x.c"], number);
    }

    fn links_of(&self, inputs: &[&str], number: usize) {
        let children: Vec<Child> =
            (0..number).map(|nth| self.link(inputs[nth % inputs.len()], nth)).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", support::text(&output));
            assert!(output.stderr.is_empty(), "{}", support::text(&output));
        }
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.cgozig(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", support::text(&output));
        support::text(&output)
    }
}

/// What zig built for the target, by path.
fn built(cache: &Path) -> BTreeSet<PathBuf> {
    let outputs = fs::read_dir(cache.join("global/o")).unwrap();
    outputs
        .flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect()
}

#[test]
fn links_at_once_build_libc_once() {
    let Some(place) = Place::new() else { return };
    place.links(rounds(12, 64));
    // Paths among the flags, as cgo has them, make no other kind of link.
    place.run(&["-target", TARGET, "-O2", "-g", "-ffile-prefix-map=/tmp/go-build1=/b", "x.c", "-o", "x"]);
    let all = built(&place.cache());
    let copies = |name: &str| all.iter().filter(|path| path.file_name().unwrap() == name).count();
    assert_eq!((copies("libc_nonshared.a"), copies("libcompiler_rt.a")), (1, 1), "{all:?}");
    let marks = fs::read_dir(place.cache()).unwrap().flatten();
    assert_eq!(marks.filter(|entry| entry.file_name().to_string_lossy().starts_with("warm-")).count(), 1);
}

#[test]
fn warm_builds_ahead_what_links_then_find() {
    let Some(place) = Place::new() else { return };
    let said = place.run(&["warm", TARGET]);
    assert!(said.contains("linux/arm64 (aarch64-linux-gnu.2.28) is warm, "), "{said}");
    let before = built(&place.cache());
    place.links(4);
    assert_eq!(built(&place.cache()), before, "nothing is built again");
    let wrong = place.cgozig(&["warm", "linux/sparc64"]).output().unwrap();
    assert!(!wrong.status.success() && support::text(&wrong).contains("`sparc64`"));
}

#[test]
fn cleaning_hurts_no_running_build() {
    let Some(place) = Place::new() else { return };
    place.run(&["-target", TARGET, "-O2", "-g", "-c", "x.c", "-o", "x.o"]);
    place.links(1);
    let end = Instant::now() + Duration::from_secs(rounds(15, 60) as u64);
    let linked = std::thread::scope(|scope| {
        let cleaner = scope.spawn(|| {
            while Instant::now() < end {
                place.run(&["cache", "clean"]);
            }
        });
        let mut linked = 0;
        while Instant::now() < end && !cleaner.is_finished() {
            place.links_of(&["x.c", "x.o"], rounds(6, 32));
            linked += 1;
        }
        linked
    });
    assert!(linked > 0);
    let said = place.run(&["cache", "clean"]);
    // zig makes a folder anew that was removed while it started. Such a one is new, and stays for a minute, which is said.
    for entry in fs::read_dir(place.store().join("target-v1")).unwrap().flatten() {
        assert!(said.contains("the next clean takes them"), "{said}");
        let older = SystemTime::now() - Duration::from_mins(2);
        fs::File::open(entry.path()).unwrap().set_modified(older).unwrap();
    }
    place.run(&["cache", "clean"]);
    let left =
        Command::new("find").arg(place.store().join("target-v1")).args(["-mindepth", "1"]).output().unwrap();
    assert_eq!(support::text(&left), "", "nothing is left of what was cleaned");
}

#[test]
fn a_stated_size_is_kept() {
    let Some(place) = Place::new() else { return };
    let config = place.folder.path().join("config.toml");
    fs::write(&config, "[cache]\nmax-size = \"60MiB\"\n").unwrap();
    for target in ["linux/arm64", "linux/amd64", "linux/riscv64", "linux/s390x"] {
        let mut command = place.cgozig(&["-target", target, "-O2", "-g", "x.c", "-o", "x"]);
        assert!(command.env("CGOZIG_CONFIG", &config).status().unwrap().success());
    }
    let mut info = place.cgozig(&["cache", "info"]);
    let info = support::text(&info.env("CGOZIG_CONFIG", &config).output().unwrap());
    assert!(info.contains("kept below 60.00 MiB") && info.contains("0.15.2-s390x-linux-gnu.2.28"), "{info}");
    // A target is some 40 MiB; the one in use stays whatever its size.
    let targets = fs::read_dir(place.store().join("target-v1")).unwrap().flatten();
    let pointers = targets.filter(|entry| entry.file_name().to_string_lossy().starts_with("0.15.2-")).count();
    assert!(pointers == 1, "{info}");
    place.run(&["cache", "clean", "--max-size", "1MiB"]);
    assert!(place.run(&["cache", "info"]).lines().count() == 1);
    let wrong = place.cgozig(&["cache", "clean", "--older-than", "yesterday"]).output().unwrap();
    assert!(!wrong.status.success() && support::text(&wrong).contains("`30d`"));
}

#[test]
fn a_cache_serves_at_another_path_with_a_zig_unpacked_elsewhere() {
    let (Some(from), Some(mut to)) = (Place::new(), Place::new()) else { return };
    from.links(1);
    let file = from.folder.path().join("warm.tar.zst");
    let path = file.to_str().unwrap();
    let said = from.run(&["cache", "export", "--target", TARGET, "-o", path]);
    assert!(said.contains("linux/arm64") && said.contains("warm.tar.zst"), "{said}");
    let good = fs::read(&file).unwrap();

    let elsewhere = to.folder.path().join("zig elsewhere");
    copy(to.zig.parent().unwrap(), &elsewhere);
    to.zig = elsewhere.join("zig");
    to.run(&["cache", "import", path]);
    let before = built(&to.cache());
    assert!(before.iter().any(|path| path.ends_with("libc_nonshared.a")));
    to.links(2);
    assert_eq!(built(&to.cache()), before, "nothing is built again");

    let full =
        to.cgozig(&["cache", "export", "--target", TARGET, "-o", "/proc/full.tar.zst"]).output().unwrap();
    assert!(
        support::text(&full).contains("could not write `/proc/full.tar.zst`"),
        "{}",
        support::text(&full)
    );
    refuses_damaged(&to, &good);
}

fn refuses_damaged(place: &Place, good: &[u8]) {
    let damaged = place.folder.path().join("damaged.tar.zst");
    let mut flipped = good.to_vec();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x40;
    for (what, bytes) in
        [("half", &good[..good.len() / 2]), ("flipped", &flipped), ("empty", &[]), ("text", b"hello")]
    {
        fs::write(&damaged, bytes).unwrap();
        let before = place.cache();
        let output = place.cgozig(&["cache", "import", damaged.to_str().unwrap()]).output().unwrap();
        let said = support::text(&output);
        assert!(!output.status.success() && said.contains("could not import"), "{what}: {said}");
        assert_eq!(place.cache(), before, "{what}: the cache that was there stays");
    }
}

/// A copy with times of its own.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_complete_store_serves_from_a_read_only_mount() {
    let Some(place) = Place::new() else { return };
    place.links(1);
    // An object, and its link by words that are learned.
    place.run(&["-target", TARGET, "-O2", "-c", "x.c", "-o", "x.o"]);
    place.run(&["-target", TARGET, "-O2", "x.o", "-o", "x"]);
    let temporary = place.folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let (store, cgozig) = (place.store(), support::cgozig());
    let links = format!(
        "set -e; for nth in 1 2 3; do '{}' -target {TARGET} -O2 -g x.c -o y$nth & done; wait; ls y1 y2 y3",
        cgozig.display(),
    );
    let script = support::read_only(&store);
    let through = support::mounted(&script);
    let command = place.cgozig(&[]);
    let before = built(&place.cache());
    let mut inside = Command::new(through[0]);
    inside.args(&through[1..]).args(["sh", "-c", &links]);
    inside.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    inside.env("TMPDIR", &temporary).current_dir(place.folder.path());
    let output = inside.output().unwrap();
    assert!(output.status.success(), "{}", support::text(&output));
    assert_eq!(support::text(&output).trim(), "y1\ny2\ny3");
    let beside = fs::read_dir(&temporary).unwrap().next().unwrap().unwrap().path();
    let copy = fs::canonicalize(beside.join("target-v1").join(TRIPLE)).unwrap();
    assert_eq!(built(&copy).len(), before.len(), "nothing is built again");
    for (name, least) in [("learned-v1", 2), ("runtime-v1", 1)] {
        let count = |cache: &Path| fs::read_dir(cache.join(name)).unwrap().count();
        assert!(count(&place.cache()) >= least && count(&copy) == count(&place.cache()), "{name}");
    }
}
