//! Where an archive comes from, and what of it is put into the store.

use super::*;

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

fn is_executable(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o111 != 0
}
