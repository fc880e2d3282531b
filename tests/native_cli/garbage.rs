//! Manifests, locks and configurations that are none: each is refused with its file and line, by every command, without a
//! panic, and nothing is written.

use crate::locking::{self, GNU, thing};
use crate::sandbox::Sandbox;
use crate::support::native::pin;

/// What is wrong, and the line that has to be named; 0 where there is none.
fn manifests(good: &str) -> Vec<(Vec<u8>, usize)> {
    let after = |text: &str| format!("{good}{text}").into_bytes();
    let line = good.lines().count() + 1;
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to).into_bytes()
    };
    vec![
        (after("<<<<<<< HEAD\nsize = 1\n=======\nsize = 2\n>>>>>>> theirs\n"), line),
        (after("sha256 = \"a\"\nsha256 = \"b\"\n"), line + 1),
        (after("frob = 1\n"), line),
        (with("name = \"thing\"", "nmae = \"thing\""), 2),
        (with("name = \"thing\"", "name = 7"), 2),
        (with("name = \"thing\"", "name = \"a b\""), 1),
        (with("name = \"thing\"", "name = \"\""), 1),
        (with("version = \"1.2\"\n", ""), 1),
        (with("version = \"1.2\"", "version = \"1.2"), 3),
        (with("archive = \"zip\"", "archive = \"rar\""), 5),
        (with("{ thing = \"lib/libthing.a\" }", "[\"lib/libthing.a\"]"), 6),
        (with("lib/libthing.a", "../../etc/passwd"), 1),
        (with("{ thing =", "{ \"-Wl,-x\" ="), 1),
        (with("{version}", "{verison}"), 1),
        (with("linux/amd64/gnu", "linux/amd64/uclibc"), 7),
        (with("linux/amd64/gnu", "linux/amd64"), 7),
        (after("sha256 = \"XYZ\"\nsize = 1\n"), 1),
        (after(&format!("sha256 = \"{}\"\nsize = -1\n", "ab".repeat(32))), line + 1),
        (after(&format!("sha256 = \"{}\"\n", "ab".repeat(32))), 1),
        (after("[library.variants.\"linux/amd64/musl\"]\nsystem = [\"-Wl,x\"]\n"), 1),
        (format!("{good}x = {}1{}\n", "[".repeat(5000), "]".repeat(5000)).into_bytes(), line),
        (format!("{good}{}", "# long\n".repeat(1_500_000)).into_bytes(), 0),
        (b"\xff\xfe\0l\0i".to_vec(), 0),
        (b"\x7fELF\x02\x01\x01\0".to_vec(), 1),
        (b"library = \"thing\"\n".to_vec(), 1),
    ]
}

#[test]
fn a_manifest_that_is_none_is_refused_with_its_line() {
    let sandbox = Sandbox::new();
    let good = locking::manifest(&sandbox, &["linux/amd64/gnu"]);
    sandbox.serve(GNU, thing("x"));
    for (at, (text, line)) in manifests(&good).into_iter().enumerate() {
        sandbox.write("app/cgozig.toml", &text);
        let commands: &[&[&str]] = match at % 3 {
            0 => &[&["lock"], &["list"]],
            1 => &[&["verify"], &["add", "https://a.example/v1.0/a-linux-amd64-gnu.zip"]],
            _ => &[&["fetch"], &["bundle", "out"]],
        };
        for words in commands {
            let said = sandbox.bad(words);
            assert!(said.contains("app/cgozig.toml"), "{at}: {said}");
            assert!(line == 0 || said.contains(&format!("line {line}:")), "{at}, line {line}: {said}");
        }
        assert_eq!(std::fs::read(sandbox.path("app/cgozig.toml")).unwrap(), text);
    }
    assert!(!sandbox.path("app/cgozig.lock").exists());
    assert_eq!((sandbox.server.paths().len(), sandbox.outside.requests().len()), (0, 0));
}

/// What is wrong with a lock, and the line that has to be named.
fn locks(good: &str) -> Vec<(Vec<u8>, usize)> {
    let sha256 = pin(&thing("x")).sha256;
    let after = |text: &str| format!("{good}{text}").into_bytes();
    let with = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let at = |text: &str| 1 + good.lines().position(|line| line.starts_with(text)).unwrap();
    let end = good.lines().count() + 1;
    let archive = &good[good.find("[[archive]]").unwrap()..];
    vec![
        (with("[[archive]]", "<<<<<<< HEAD\n[[archive]]"), at("[[archive]]")),
        (after("=======\n"), end),
        (with("format = 1", "format = 2"), 0),
        (with("format = 1", "format = \"1\""), at("format")),
        (with("format = 1\n", ""), 1),
        (with("format = 1", "format = 1\nformat = 1"), at("format") + 1),
        (with("format = 1", "format = 1\nextra = 1"), at("format") + 1),
        (with(&sha256, &sha256.to_uppercase()), at("sha256")),
        (with(&sha256, "abc"), at("sha256")),
        (with("size = ", "size = -"), at("size")),
        (with("size = ", "size = \"7\" # "), at("size")),
        (with("size = ", "size = 99999999999999999999 # "), at("size")),
        (with("variant = \"linux/amd64/gnu\"", "variant = \"linux\""), at("variant")),
        (with("variant = \"linux/amd64/gnu\"", "variant = []"), at("variant")),
        (with("url = \"", "url = http\""), at("url")),
        (with("trust = \"first use\"\n", ""), at("[[archive]]")),
        (with("trust = ", "trusted = "), at("trust")),
        (after(&format!("\n{archive}")), end + 1),
        (format!("archive = {}{}\n", "[".repeat(5000), "]".repeat(5000)).into_bytes(), 1),
        (format!("{good}{}", "# long\n".repeat(1_500_000)).into_bytes(), 0),
        (b"\xff\xfe\0l\0i".to_vec(), 0),
        (b"\0\0\0\0".to_vec(), 1),
        (b"{\"format\": 1}".to_vec(), 1),
    ]
}

#[test]
fn a_lock_that_is_none_is_refused_with_its_line() {
    let sandbox = Sandbox::new();
    sandbox.write("app/cgozig.toml", locking::manifest(&sandbox, &["linux/amd64/gnu"]));
    sandbox.serve(GNU, thing("x"));
    sandbox.good(&["lock"]);
    let good = sandbox.read("app/cgozig.lock");
    for (number, (text, line)) in locks(&good).into_iter().enumerate() {
        sandbox.write("app/cgozig.lock", &text);
        let commands: &[&[&str]] = match number % 2 {
            0 => &[&["lock"], &["list"]],
            _ => &[&["verify"], &["fetch"]],
        };
        for words in commands {
            let said = sandbox.bad(words);
            assert!(said.contains("app/cgozig.lock"), "{number}: {said}");
            assert!(line == 0 || said.contains(&format!("line {line}:")), "{number}, line {line}: {said}");
        }
        assert_eq!(std::fs::read(sandbox.path("app/cgozig.lock")).unwrap(), text);
    }
}

#[test]
fn what_somebody_else_may_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    for name in ["cgozig.toml", "cgozig.lock"] {
        let path = sandbox.path("app").join(name);
        sandbox.write(&format!("app/{name}"), "");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        for words in [&["lock"][..], &["list"], &["verify"]] {
            let said = sandbox.bad(words);
            assert!(said.contains(name) && said.contains("chmod go-w"), "{said}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(sandbox.bad(&["lock"]).contains(name));
        std::fs::remove_dir(&path).unwrap();
    }
}
