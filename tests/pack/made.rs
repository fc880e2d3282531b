//! Making a pack, taking it, and what lists say of it.

use super::*;

#[test]
fn the_same_is_made_of_what_holds_everywhere_and_of_nothing_else() {
    let (one, other) = (Place::new(), Place::new());
    learn_all(&one.cache());
    let cache = other.cache();
    // What is older, foreign, damaged, of no use, or of this machine stays.
    let text = learn(&cache, "cc -s", &["ld.lld", "{rt}/script.a"], &[("script.a", b"INPUT(libc.a)")]);
    let place = learn(&cache, "cc -g", &["clang", "-I/usr/include"], &[]);
    let changed = learn(&cache, "cc -O", &["ld.lld", "{rt}/gone.a"], &[("gone.a", b"!<arch>\ngone")]);
    fs::write(cache.runtime().join(runtime_name(b"!<arch>\ngone", "gone.a")), "!<arch>\nother").unwrap();
    let nothing = learn(&cache, "cc -never", &[], &[]);
    let (key, learned) = record("0.14.1", "cc", &["clang", "x"], &[]);
    let foreign = put(&cache.learned(), &key, &learned);
    fs::write(cache.learned().join("half"), "cgozig-learned 1 ").unwrap();
    fs::write(cache.runtime().join("unnamed.a"), "!<arch>\n").unwrap();
    learn_all(&cache);
    let files = [one.packed(&one.cache()), other.packed(&cache)].map(|file| fs::read(file).unwrap());
    assert!(files[0] == files[1], "the packs differ");
    let made = make::write(&cache, ZIG, TRIPLE, &other.path("again")).unwrap();
    assert_eq!(made.counts, (2, 2));
    assert_eq!(made.left_out.len(), 4, "{:?}", made.left_out);
    assert!([text, place, changed, nothing, foreign].iter().all(|path| path.exists()));
}

#[test]
fn a_cache_without_a_learned_link_gives_no_pack() {
    let place = Place::new();
    learn(&place.cache(), "cc", &["clang", "x"], &[]);
    let failure = make::write(&place.cache(), ZIG, TRIPLE, &place.path("x")).unwrap_err();
    assert!(failure.what.contains("does not tell how it links"), "{}", failure.what);
    assert!(!place.path("x").exists());
}

#[test]
fn where_a_pack_cannot_be_written_nothing_is_built() {
    let place = Place::new();
    fs::write(place.path("a-file"), "").unwrap();
    let two = ["pack", "make", "linux/arm64", "linux/amd64", "-o"];
    for (words, output, said) in [
        (&two[..], "one.tar.zst", "write 2 packs to `one.tar.zst`: it is one file"),
        (&["pack", "make", "linux/arm64", "-o"], "no/x.tar.zst", "its folder is not there"),
        (&["pack", "make", "linux/arm64", "-o"], "a-file", "write a pack to `a-file`: "),
    ] {
        place.refuses(&[words, &[output]].concat(), said);
    }
    assert!(!place.path("one.tar.zst").exists() && !place.path("no").exists());
}

#[test]
fn what_is_taken_lies_beside_what_was_there() {
    let (from, place) = (Place::new(), Place::new());
    learn_all(&from.cache());
    let pack = from.packed(&from.cache());
    let own = learn(&place.cache(), "cc -own", &["ld.lld", "{rt}/own.a"], &[("own.a", b"!<arch>\nown")]);
    let own_contents = fs::read(&own).unwrap();
    // A record that was learned here stays; one without words, and a file that was cut, do not.
    let (key, _) = record(ZIG, "cc -c input.c -o {out}", &[], &[]);
    put(&place.cache().learned(), &key, &Learned::default());
    let cut = place.cache().runtime().join(runtime_name(LIBC, "libc.a"));
    fs::create_dir_all(cut.parent().unwrap()).unwrap();
    fs::write(&cut, "!<arch>").unwrap();
    let said = place.succeeds(&["pack", "use", pack.to_str().unwrap()]);
    assert!(said.contains("linux/arm64 (aarch64-linux-musl) with zig 0.15.2: 2 records, 2 files"), "{said}");
    assert_eq!(fs::read(&own).unwrap(), own_contents);
    assert_eq!(fs::read(&cut).unwrap(), LIBC);
    for entry in fs::read_dir(from.cache().learned()).unwrap() {
        let entry = entry.unwrap();
        let placed = fs::read(place.cache().learned().join(entry.file_name())).unwrap();
        assert_eq!(placed, fs::read(entry.path()).unwrap());
    }
    let list = place.succeeds(&["pack", "list"]);
    assert!(list.contains(TRIPLE) && list.contains("3 learned,   3 runtime files, "), "{list}");
    let before = place.files();
    place.succeeds(&["pack", "use", pack.to_str().unwrap()]);
    assert!(place.files() == before, "a second time changes something");
}

#[test]
fn a_pack_serves_from_a_read_only_store() {
    let (from, place) = (Place::new(), Place::new());
    learn_all(&from.cache());
    place.succeeds(&["pack", "use", from.packed(&from.cache()).to_str().unwrap()]);
    let (store, temporary) = (place.path("store"), place.path("tmp"));
    fs::create_dir(&temporary).unwrap();
    let link = place.command(&["-O2", "-g", "x.o", "-o", "x"]);
    let script = support::read_only(&store);
    let through = support::mounted(&script);
    let mut inside = Command::new(through[0]);
    inside.args(&through[1..]).arg(link.get_program()).args(link.get_args()).current_dir(place.folder.path());
    inside.envs(link.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TMPDIR", &temporary);
    let output = inside.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", support::text(&output));
    let beside = fs::read_dir(&temporary).unwrap().next().unwrap().unwrap().path();
    let copy = beside.join("target-v1").join(format!("{ZIG}-{TRIPLE}"));
    for folder in ["learned-v1", "runtime-v1"] {
        let count = |cache: &Path| fs::read_dir(cache.join(folder)).unwrap().count();
        assert_eq!(count(&copy), count(place.cache().folder()), "{folder}");
    }
}

#[test]
fn a_list_with_two_packs_of_one_target_is_refused() {
    let place = Place::new();
    learn_all(&place.cache());
    let pack = place.packed(&place.cache());
    fs::copy(&pack, place.path("y.tar.zst")).unwrap();
    place.refuses(&["pack", "index", pack.to_str().unwrap(), "y.tar.zst"], "is there twice");
}

#[test]
fn readers_see_whole_files_while_packs_are_taken() {
    let (from, place) = (Place::new(), Place::new());
    learn_all(&from.cache());
    let pack = from.packed(&from.cache());
    let children: Vec<_> = (0..8)
        .map(|_| {
            place
                .command(&["pack", "use", pack.to_str().unwrap()])
                .stdout(std::process::Stdio::null())
                .spawn()
        })
        .collect();
    for child in children {
        assert!(child.unwrap().wait().unwrap().success());
        for entry in fs::read_dir(place.cache().learned()).unwrap() {
            assert!(Learned::read(&fs::read(entry.unwrap().path()).unwrap()).is_some());
        }
    }
    assert_eq!(fs::read_dir(place.cache().learned()).unwrap().count(), 2);
    assert_eq!(fs::read_dir(place.path("store/tmp-v1")).unwrap().count(), 0);
}
