//! Stores that one user has filled and another uses, as in images.

use super::*;

/// A way to run a program as another user; only root has one.
const ANOTHER: &[&str] = &["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"];

/// A store that root has filled, and another user who builds with it in a folder of their own.
struct Image {
    mirror: support::server::Server,
    sandbox: Sandbox,
}

impl Image {
    /// None without the rights of root.
    fn new() -> Option<Image> {
        if cgozig::sys::user() != 0 {
            support::skip("only root can become another user");
            return None;
        }
        let mirror = Release::shared().mirror();
        let sandbox = Sandbox::new(&[mirror.url("")]);
        fs::copy(support::cgozig(), sandbox.path().join("cgozig")).unwrap();
        for words in [IDENTIFY, COMPILE, LINK] {
            succeeds(&run(&sandbox, words));
        }
        chmod("go+rX", sandbox.path());
        fs::set_permissions(sandbox.store(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["place", "others"] {
            let folder = sandbox.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
        }
        fs::write(sandbox.path().join("place/x.c"), "int main(void) { return 0; }\n").unwrap();
        Some(Image { mirror, sandbox })
    }

    /// What the other user's compiler does with a store.
    fn as_another(&self, store: &Path, words: &[&str]) -> Output {
        let path = |name: &str| self.sandbox.path().join(name);
        let mut command = self.sandbox.command(ANOTHER[0]);
        command.args(&ANOTHER[1..]).arg(path("cgozig")).args(words).env("TMPDIR", path("others"));
        command.env("CGOZIG_CACHE_DIR", store).current_dir(path("place")).output().unwrap()
    }
}

#[test]
fn a_store_that_root_has_filled_serves_every_user_of_an_image() {
    let Some(image) = Image::new() else { return };
    for words in [IDENTIFY, COMPILE, LINK] {
        let said = succeeds(&image.as_another(&image.sandbox.store(), words));
        assert!(!said.contains("cgozig: "), "{said}");
    }
    assert_eq!(archives(&image.mirror), 1);
}

fn does(program: &str, words: &[&std::ffi::OsStr]) {
    assert!(Command::new(program).args(words).status().unwrap().success(), "{program} {words:?}");
}

/// As of an image whose builder is not root.
#[test]
fn a_store_of_another_user_is_used_where_nobody_else_could_have_put_it() {
    let Some(image) = Image::new() else { return };
    let above = tempfile::tempdir_in("/opt").unwrap();
    let mode = |mode| fs::set_permissions(above.path(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    let (own, moved) = (image.sandbox.store(), above.path().join("store"));
    does("cp", &["-a".as_ref(), own.as_ref(), moved.as_ref()]);
    does("chown", &["-R".as_ref(), "4242:4242".as_ref(), above.path().as_ref()]);
    let said = |store: &Path| support::text(&image.as_another(store, COMPILE));
    assert_eq!(said(&moved), "0.15.2\n");
    let refused = "it belongs to somebody else, or anybody may write it";
    mode(0o1777);
    assert!(said(&moved).contains(refused), "a folder above that everybody may write");
    mode(0o755);
    does("chown", &["77:77".as_ref(), above.path().as_ref()]);
    assert!(said(&moved).contains(refused), "a folder above of a third user");
    does("chown", &["-R".as_ref(), "4242:4242".as_ref(), own.as_ref()]);
    assert!(said(&own).contains(refused), "below the folder of everybody's files");
}
