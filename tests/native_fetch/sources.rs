//! Where an archive comes from, and what of it is put into the store.

use super::*;
use support::native::OWN;

#[test]
fn every_kind_of_archive_is_fetched_once_and_unpacked() {
    for (manifest, kind) in ARCHIVES {
        let items = [
            file("lib/libthing.a", library("members")),
            Item { mode: 0o100_755, ..file("lib/libother.a", library("x")) },
            file("include/thing.h", "int thing(void);\n"),
            Item { mode: 0o100_755, ..file("bin/install.sh", "#!/bin/sh\n") },
            file("LICENSE-MIT", "MIT\n"),
        ];
        let bytes = archive(kind, &items);
        let server = Server::start(body(&bytes));
        let sandbox = Sandbox::new();
        let mut wanted = artifact(&server.url("/x/thing"), manifest, &[("thing", "lib/libthing.a")]);
        wanted.include = vec!["include".into()];
        let pin = pin(&bytes);
        assert_eq!(sandbox.present(&wanted, &pin), None);
        let folder = sandbox.ensure(&wanted, &pin).unwrap();
        assert_eq!(folder, sandbox.place(&pin));
        assert_eq!(fs::read(folder.join("lib/libthing.a")).unwrap(), library("members"));
        assert!(folder.join("include/thing.h").is_file() && folder.join("LICENSE-MIT").is_file());
        assert!(!folder.join("bin").exists(), "what is no library material is left out");
        assert!(!is_executable(&folder.join("lib/libother.a")));
        assert_eq!(sandbox.unfinished(), 0);
        // It is there now, for other names of the same archive too.
        assert_eq!(sandbox.present(&wanted, &pin), Some(folder.clone()));
        let other = artifact(&server.url("/y"), manifest, &[("other", "lib/libother.a")]);
        assert_eq!(sandbox.ensure(&other, &pin), Ok(folder));
        assert_eq!(server.paths(), ["/x/thing"]);
    }
}

#[test]
fn a_bare_library_gets_the_name_that_the_manifest_gives_it() {
    let bytes = library("members");
    let (server, pin) = (Server::start(body(&bytes)), pin(&bytes));
    let sandbox = Sandbox::new();
    for (nth, name) in ["libthing.a", "lib/libother.a"].into_iter().enumerate() {
        let wanted = artifact(&server.url("/x.a"), ArchiveKind::Bare, &[("thing", name), ("alias", name)]);
        let folder = sandbox.ensure(&wanted, &pin).unwrap();
        assert_eq!(fs::read(folder.join(name)).unwrap(), bytes);
        assert!(!is_executable(&folder.join(name)));
        assert_eq!(sandbox.present(&wanted, &pin), Some(folder));
        assert_eq!(server.requests().len(), nth + 1);
    }
    let both = artifact(&server.url("/x.a"), ArchiveKind::Bare, &[("a", "liba.a"), ("b", "libb.a")]);
    let said = sandbox.ensure(&both, &pin).unwrap_err().what;
    assert!(said.contains("`libs` names none or several"), "{said}");
}

#[test]
fn what_the_user_put_into_the_downloads_needs_no_network() {
    for name in ["thing-v1.zip", "SHA256"] {
        let sandbox = Sandbox::with("[network]\noffline = true\n");
        let (bytes, pin, wanted) = thing("https://files.example/a/thing-v1.zip?raw=1");
        let name = if name == "SHA256" { pin.sha256.as_str() } else { name };
        let put = sandbox.store().downloads().join(name);
        fs::create_dir_all(sandbox.store().downloads()).unwrap();
        // Another file under that name is not taken.
        fs::write(&put, &bytes[1..]).unwrap();
        assert!(sandbox.ensure(&wanted, &pin).unwrap_err().what.contains("[network] offline"));
        fs::write(&put, [&bytes[1..], b"x"].concat()).unwrap();
        let said = sandbox.ensure(&wanted, &pin).unwrap_err().what;
        assert!(
            said.ends_with(&format!(", and `{}` is another file than the one that is pinned", put.display())),
            "{said}"
        );
        fs::write(&put, &bytes).unwrap();
        let folder = sandbox.ensure(&wanted, &pin).unwrap();
        assert_eq!(fs::read(folder.join("lib/libthing.a")).unwrap(), library("members"));
        assert_eq!(fs::read(&put).unwrap(), bytes, "the user's file stays");
        assert_eq!(sandbox.outside.connections(), 0);
    }
}

#[test]
fn what_was_downloaded_for_its_hash_is_kept() {
    let sandbox = Sandbox::new();
    let bytes = thing("").0;
    let server = Server::start(body(&bytes));
    for kind in [ArchiveKind::Zip, ArchiveKind::Bare] {
        let bytes = if kind == ArchiveKind::Zip { bytes.clone() } else { library("bare") };
        let server = if kind == ArchiveKind::Zip { &server } else { &Server::start(body(&bytes)) };
        let wanted = artifact(&server.url("/x"), kind, &[("thing", "lib/libthing.a")]);
        let mut file = tempfile::tempfile().unwrap();
        let came = sandbox.search(&[], |search| fetch::download(search, OWN, &wanted, &mut file)).unwrap();
        assert_eq!(came, pin(&bytes));
        assert!(!sandbox.place(&came).exists());
        let other = tempfile::tempfile().unwrap();
        let said = sandbox.search(&[], |search| fetch::keep(search, &wanted, &came, other)).unwrap_err().what;
        assert!(said.contains("what was downloaded has changed"), "{said}");
        let folder = sandbox.search(&[], |search| fetch::keep(search, &wanted, &came, file)).unwrap();
        assert_eq!(sandbox.ensure(&wanted, &came), Ok(folder));
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn what_the_manifest_names_must_be_in_the_archive() {
    let all: Vec<Item> = ["z.h", "b.h", "lib/a.a", "c.h", "d.h", "e.h", "f.h", "run.sh"]
        .iter()
        .map(|name| file(name, library("")))
        .collect();
    for (items, libs, include, expected) in [
        (
            &all[..],
            "lib/b.a",
            "",
            "`lib/b.a` is not in its archive, which has `lib/a.a`, `z.h`, `b.h`, `c.h`, `d.h`, …",
        ),
        (&all[..], "run.sh", "", "`run.sh` is not in its archive"),
        (&all[..], "lib/a.a", "include", "`include` is not in its archive"),
        (&all[7..], "lib/a.a", "", "which has no library material"),
    ] {
        let sandbox = Sandbox::new();
        let bytes = zip(items);
        let (server, pin) = (Server::start(body(&bytes)), pin(&bytes));
        let mut wanted = artifact(&server.url("/x"), ArchiveKind::Zip, &[("thing", libs)]);
        wanted.include = Some(include.to_string()).filter(|folder| !folder.is_empty()).into_iter().collect();
        // It is not fetched again to say the same.
        for _ in 0..2 {
            let failure = sandbox.ensure(&wanted, &pin).unwrap_err();
            assert!(failure.what.contains(expected), "{}", failure.what);
            assert!(
                failure.what.starts_with("use thing v1.2.3 (linux/amd64/gnu): ") && !failure.hint.is_empty()
            );
            assert_eq!(sandbox.present(&wanted, &pin), None);
        }
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn hostile_libraries_are_refused_with_a_reason() {
    let nested = zip(&[file("libthing.a", library(""))]);
    let hostile: [(&[u8], &str); 12] = [
        (b"!<thin>\nmembers", "is a thin archive"),
        (b"INPUT(/etc/passwd)\n", "is text: a linker would run it"),
        (b"/* GNU ld script */\nGROUP ( libm.so )\n", "is text"),
        (b"\x7fELF\x02\x01\x01\0shared", "one ELF file"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "one Mach-O file"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02", "is a universal Mach-O file"),
        (b"MZ\x90\0\x03\0\0\0", "one Windows file"),
        (b"BC\xc0\xde\x35\x14\0\0", "one LLVM bitcode file"),
        (b"", "is empty"),
        (b"!<arch>", "is text"),
        (b"\0\0\0\0\0\0\0\0\0", "does not begin with `!<arch>`"),
        (&nested, "does not begin with `!<arch>`"),
    ];
    for (bytes, expected) in hostile {
        for (manifest, kind) in ARCHIVES {
            // The one that is named, and one beside it.
            for name in ["lib/libthing.a", "other/evil.LIB"] {
                let good = if name == "lib/libthing.a" { "other/good.a" } else { "lib/libthing.a" };
                let packed = archive(kind, &[file(good, library("")), file(name, bytes)]);
                refused(manifest, &packed, &format!("use `{name}` of thing"), expected);
            }
        }
        if !bytes.is_empty() {
            refused(ArchiveKind::Bare, bytes, "use `lib/libthing.a` of thing", expected);
        }
    }
}

/// An archive that comes as pinned is refused with these words, and nothing of it is left.
fn refused(kind: ArchiveKind, bytes: &[u8], start: &str, expected: &str) {
    let sandbox = Sandbox::new();
    let (server, pin) = (Server::start(body(bytes)), pin(bytes));
    let wanted = artifact(&server.url("/x"), kind, &[("thing", "lib/libthing.a")]);
    let failure = sandbox.ensure(&wanted, &pin).unwrap_err();
    assert!(failure.what.starts_with(start) && failure.what.contains(expected), "{kind:?}: {}", failure.what);
    assert_eq!(server.requests().len(), 1);
    assert!(!sandbox.store().libraries().exists() && sandbox.unfinished() == 0);
}

#[test]
fn hostile_archives_leave_nothing() {
    let item = |name: &str| file(name, if name.ends_with('/') { vec![] } else { library("") });
    let mut archives: Vec<(Vec<Item>, &str)> = Vec::new();
    for (path, expected) in hostile_paths() {
        for name in [path.clone(), format!("{path}/")] {
            archives.push((vec![item("lib/libthing.a"), item(&name)], expected));
        }
    }
    // The formats say it in different words.
    archives.extend(PAIRS.iter().map(|(one, two, _)| (vec![item("x/libthing.a"), item(one), item(two)], "")));
    assert!(archives.len() >= 60, "{}", archives.len());
    for (manifest, kind) in ARCHIVES {
        for (items, expected) in &archives {
            refused(manifest, &archive(kind, items), "unpack thing v1.2.3", expected);
        }
    }
}

fn is_executable(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o111 != 0
}
