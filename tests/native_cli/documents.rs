//! What docs/native-libraries.md shows is what cgozig reads.

use cgozig::native::artifact::Artifact;
use cgozig::native::lock::Lock;
use cgozig::native::manifest::Manifest;
use cgozig::native::variant::Variant;
use cgozig::settings::Settings;

fn blocks() -> Vec<String> {
    let text = include_str!("../../docs/native-libraries.md");
    let blocks = text.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_string()).collect()
}

fn artifact(manifest: &Manifest, library: usize, variant: &str) -> Artifact {
    manifest.libraries[library].artifact(Variant::parse(variant).unwrap()).unwrap()
}

#[test]
fn every_example_is_read() {
    let [author, reference, lock, settings]: [String; 4] = blocks().try_into().unwrap();
    let author = Manifest::parse(&author, "x").unwrap();
    let windows = artifact(&author, 0, "windows/amd64");
    assert!(windows.url.ends_with("/v1.2.0/thing-x86_64-pc-windows-gnu.zip") && windows.system.len() == 3);
    assert!(author.libraries[0].variants.keys().all(|variant| author.libraries[0].pin(*variant).is_some()));
    let reference = Manifest::parse(&reference, "x").unwrap();
    let engine = artifact(&reference, 0, "linux/amd64/musl");
    assert!(engine.url.ends_with("/engine_linux_amd64_musl.tar.xz"), "{}", engine.url);
    assert_eq!(engine.libs["engine"], "engine-0.9.1/lib/libengine_linux.a");
    assert_eq!(artifact(&reference, 1, "darwin/arm64").frameworks, ["CoreFoundation"]);
    let read = Lock::parse(&lock, "x").unwrap();
    assert_eq!(read.render(), lock, "written as it is shown");
    let settings: Settings = cgozig::toml_text::parse(&settings).unwrap();
    let trust = &settings.trust;
    assert_eq!((trust.hosts.len(), trust.modules.len()), (1, 1));
    assert_eq!((settings.mirror.len(), settings.token.len()), (1, 1));
}

/// Every key that a manifest may have is described.
#[test]
fn every_key_is_described() {
    let text = include_str!("../../docs/native-libraries.md");
    let said = Manifest::parse("[[library]]\nx = 1\n", "x").unwrap_err().what;
    let variant = "[[library]]\nname=\"a\"\nversion=\"1\"\nurl=\"u\"\narchive=\"a\"\n[library.variants.\"darwin/arm64\"]\nx = 1\n";
    let of_variant = Manifest::parse(variant, "x").unwrap_err().what;
    let mut count = 0;
    for said in [said, of_variant] {
        let keys = said.split("expected one of").nth(1).unwrap_or_else(|| panic!("{said}"));
        for key in keys.split('`').skip(1).step_by(2) {
            assert!(text.contains(&format!("`{key}`")), "{key}");
            count += 1;
        }
    }
    assert_eq!(count, 9 + 8);
}
