//! What cgozig believes when it installs, and what of the store and the configuration it uses.

mod support;

use std::fs;
use support::release::{Release, Sandbox, name};

#[test]
fn an_archive_of_the_right_name_and_another_hash_is_not_believed() {
    // Signed by nobody, put where a user would put the right one.
    let sandbox = Sandbox::new(&[]);
    fs::create_dir(sandbox.store().join("downloads-v1")).unwrap();
    fs::write(sandbox.store().join("downloads-v1").join(name()), &Release::shared().archive).unwrap();
    let output = sandbox.install().output().unwrap();
    assert_eq!(output.status.code(), Some(121));
    assert!(!sandbox.zig().exists());
}

#[test]
fn a_key_of_the_users_is_no_key_of_others() {
    // Without `public-key` only the zig project's key counts, and the sha256 that is compiled in.
    let mirror = Release::shared().mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    fs::write(sandbox.config(), "[zig]\nsource = \"release\"\n").unwrap();
    let output = sandbox.install().output().unwrap();
    assert_eq!(output.status.code(), Some(121), "{}", support::text(&output));
}

#[test]
fn only_what_was_not_used_goes_by_age_and_archives_of_the_user_stay() {
    let mirror = Release::shared().mirror();
    let sandbox = Sandbox::new(&[mirror.url("")]);
    assert!(sandbox.install().output().unwrap().status.success());
    let downloads = sandbox.store().join("downloads-v1");
    fs::create_dir(&downloads).unwrap();
    fs::write(downloads.join("archive.tar.xz"), b"").unwrap();
    let clean = |words: &[&str]| {
        let output =
            sandbox.command(support::cgozig()).args(["cache", "clean"]).args(words).output().unwrap();
        assert!(output.status.success(), "{}", support::text(&output));
    };
    clean(&[]);
    clean(&["--max-size", "1"]);
    clean(&["--older-than", "1h"]);
    assert!(sandbox.is_whole() && downloads.join("archive.tar.xz").exists());
    clean(&["--older-than", "0s"]);
    assert!(!sandbox.zig().exists());
}

#[test]
fn a_configuration_that_is_named_has_to_be_there() {
    let sandbox = Sandbox::new(&[]);
    for (path, why) in [("/nonexistent/config.toml", "No such file"), ("config.toml", "not an absolute path")]
    {
        let mut command = sandbox.identify();
        command.env("CGOZIG_CONFIG", path).current_dir(sandbox.path());
        let said = support::text(&command.output().unwrap());
        assert!(said.contains(path) && said.contains(why) && said.contains("\nhint: "), "{said}");
    }
    for text in
        ["[zig]\nuse = \"newest\"\n", "[cache]\nmax-size = \"5 GiBs\"\n", "[network]\nofline = true\n"]
    {
        fs::write(sandbox.config(), text).unwrap();
        let output = sandbox.identify().output().unwrap();
        assert_eq!(output.status.code().map(|code| code > 0), Some(true), "{text}");
    }
}
