//! What the files of each zig are: sha256 and bytes of every release archive and of every `ziglang` wheel. Data only.
//!
//! Release archives: the `shasum` and `size` of ziglang.org's `download/index.json`; for 0.16.0 and 0.17.0 read from
//! public projects that pin them, two or more in agreement. Wheels: the hashes of the Python package index. There is no
//! wheel of 0.17.0 for Windows.

use super::ZigVersion;

/// A file of which every byte is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// In hexadecimal, lower case.
    pub sha256: &'static str,
    /// In bytes.
    pub size: u64,
}

/// A zig for one kind of machine.
#[derive(Debug)]
pub struct Pin {
    /// Which zig.
    pub version: ZigVersion,
    /// The machine as GOOS and GOARCH.
    pub host: (&'static str, &'static str),
    /// The archive of ziglang.org and its mirrors.
    pub release: Pinned,
    /// The platform tag and the file of the wheel.
    pub wheel: Option<(&'static str, Pinned)>,
}

const fn file(sha256: &'static str, size: u64) -> Pinned {
    Pinned { sha256, size }
}

impl Pin {
    /// The pin of a zig for a machine.
    pub fn find(version: ZigVersion, host: (&str, &str)) -> Option<&'static Pin> {
        PINS.iter().find(|pin| pin.version == version && pin.host == host)
    }
}

/// The name of the release archive of a zig for a machine, since 0.14.1: `zig-x86_64-linux-0.15.2.tar.xz`.
pub fn release_name(version: ZigVersion, host: (&str, &str)) -> String {
    let (os, suffix) = match host.0 {
        "darwin" => ("macos", "tar.xz"),
        "windows" => ("windows", "zip"),
        other => (other, "tar.xz"),
    };
    let arch = match host.1 {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        "386" => "x86",
        other => other,
    };
    format!("zig-{arch}-{os}-{version}.{suffix}")
}

/// The name of the wheel with that platform tag.
pub fn wheel_name(version: ZigVersion, tag: &str) -> String {
    format!("ziglang-{version}-py3-none-{tag}.whl")
}

/// All of them.
#[rustfmt::skip]
pub const PINS: &[Pin] = &[
    Pin { version: ZigVersion::new(0, 14, 1), host: ("linux", "amd64"), release: file("24aeeec8af16c381934a6cd7d95c807a8cb2cf7df9fa40d359aa884195c4716c", 49_086_504), wheel: Some(("manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64", file("6eb9d4d759b292c83810dbee2e9e8e3fbfbf01d864e6e9811bae711fd74e1c2f", 83_184_072))) },
    Pin { version: ZigVersion::new(0, 14, 1), host: ("linux", "arm64"), release: file("f7a654acc967864f7a050ddacfaa778c7504a0eca8d2b678839c21eea47c992b", 44_954_692), wheel: Some(("manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", file("7994b27f3cbfcedea43f9b7552e38b45857bdf0e9a45065474092dd74e7048cf", 80_233_732))) },
    Pin { version: ZigVersion::new(0, 14, 1), host: ("darwin", "amd64"), release: file("b0f8bdfb9035783db58dd6c19d7dea89892acc3814421853e5752fe4573e5f43", 51_044_512), wheel: Some(("macosx_12_0_x86_64", file("7b880229c41e822c0388318de89dffe034a146ce44a7342b7e74b167329a67b9", 86_646_805))) },
    Pin { version: ZigVersion::new(0, 14, 1), host: ("darwin", "arm64"), release: file("39f3dc5e79c22088ce878edc821dedb4ca5a1cd9f5ef915e9b3cc3053e8faefa", 45_903_552), wheel: Some(("macosx_12_0_arm64", file("eae7d46746b8e80a4d1a8369b09f7a6aace973ee39207b1b63cfb6bb086e84dc", 82_418_439))) },
    Pin { version: ZigVersion::new(0, 14, 1), host: ("windows", "amd64"), release: file("554f5378228923ffd558eac35e21af020c73789d87afeabf4bfd16f2e6feed2c", 82_229_343), wheel: Some(("win_amd64", file("e4f7e089a44d5ce34181853a90cdb8456e63c6640f5d44b844a117055326c375", 83_574_233))) },
    Pin { version: ZigVersion::new(0, 15, 2), host: ("linux", "amd64"), release: file("02aa270f183da276e5b5920b1dac44a63f1a49e55050ebde3aecc9eb82f93239", 53_733_924), wheel: Some(("manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64", file("806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130", 93_508_126))) },
    Pin { version: ZigVersion::new(0, 15, 2), host: ("linux", "arm64"), release: file("958ed7d1e00d0ea76590d27666efbf7a932281b3d7ba0c6b01b0ff26498f667f", 49_471_996), wheel: Some(("manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", file("edc0aa60ec964a4cf462d40f68d7de242ddf37fd9a80f2afaee6397059463230", 90_542_084))) },
    Pin { version: ZigVersion::new(0, 15, 2), host: ("darwin", "amd64"), release: file("375b6909fc1495d16fc2c7db9538f707456bfc3373b14ee83fdd3e22b3d43f7f", 55_800_460), wheel: Some(("macosx_12_0_x86_64", file("47af4f85e3e59bd672126cc026d3a01b516cad24b9a9ea075abfe8532f4c6bc1", 97_049_112))) },
    Pin { version: ZigVersion::new(0, 15, 2), host: ("darwin", "arm64"), release: file("3cc2bab367e185cdfb27501c4b30b1b0653c28d9f73df8dc91488e66ece5fa6b", 50_635_984), wheel: Some(("macosx_12_0_arm64", file("acae2a9ce67ed249ad68d42c21bc73b5f9d51a33ba5ea42f609f78683e8d9bb7", 92_993_702))) },
    Pin { version: ZigVersion::new(0, 15, 2), host: ("windows", "amd64"), release: file("3a0ed1e8799a2f8ce2a6e6290a9ff22e6906f8227865911fb7ddedc3cc14cb0c", 92_614_574), wheel: Some(("win_amd64", file("ca80dc9c70dbdfdd9ee51d000de3501a95d33d9782ab9ab9b56f700484ebcd83", 94_052_409))) },
    Pin { version: ZigVersion::new(0, 16, 0), host: ("linux", "amd64"), release: file("70e49664a74374b48b51e6f3fdfbf437f6395d42509050588bd49abe52ba3d00", 55_478_392), wheel: Some(("manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64", file("9fcda73f62b851dd72a54b710ad40a209896db14cfb13649e62191243556342b", 97_941_847))) },
    Pin { version: ZigVersion::new(0, 16, 0), host: ("linux", "arm64"), release: file("ea4b09bfb22ec6f6c6ceac57ab63efb6b46e17ab08d21f69f3a48b38e1534f17", 51_211_944), wheel: Some(("manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", file("e27d409812b11e0fb89ed0200cf2e55b6464d43f9461553104e4a4f9a94a1fd5", 95_008_112))) },
    Pin { version: ZigVersion::new(0, 16, 0), host: ("darwin", "amd64"), release: file("0387557ed1877bc6a2e1802c8391953baddba76081876301c522f52977b52ba7", 57_396_836), wheel: Some(("macosx_12_0_x86_64", file("18e14f6b25678d7b7c65708c82501ee6090fe39ed5c783477d56267af1fa5629", 101_228_024))) },
    Pin { version: ZigVersion::new(0, 16, 0), host: ("darwin", "arm64"), release: file("b23d70deaa879b5c2d486ed3316f7eaa53e84acf6fc9cc747de152450d401489", 52_238_004), wheel: Some(("macosx_12_0_arm64", file("b61e5413c49508d9d62e5dcea543e3af491594154d74a00ff52f84ed508260cc", 97_252_633))) },
    Pin { version: ZigVersion::new(0, 16, 0), host: ("windows", "amd64"), release: file("68659eb5f1e4eb1437a722f1dd889c5a322c9954607f5edcf337bc3684a75a7e", 97_217_739), wheel: Some(("win_amd64", file("089a16a4eb5a2f45151993342f8fabad24ff1a0723dc146642895c29208a3939", 98_676_957))) },
    Pin { version: ZigVersion::new(0, 17, 0), host: ("linux", "amd64"), release: file("1cbe9df9f27e6b78d14ccbca43b6703a404ef79ef1c463de901d7f088d4e2026", 57_332_648), wheel: Some(("manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64", file("97079827064a7492cce5541ceb438ae8003ce1e54e399676da2d62fb7a5dc08b", 101_011_302))) },
    Pin { version: ZigVersion::new(0, 17, 0), host: ("linux", "arm64"), release: file("9e8d11661d4ae3bd57702a3832781e23ad151dde5798e16a5ccd503f65234ff8", 52_877_280), wheel: Some(("manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", file("d2804f94f54f7fcf8169f4b212a619ad688a4e2e6592e976f0cf2e58e2cd8af3", 97_992_724))) },
    Pin { version: ZigVersion::new(0, 17, 0), host: ("darwin", "amd64"), release: file("4f9a1c5269aa17ebda5e6d3c2b89d6cbf36f7d2b22a0306e9ab98f25f95529c6", 59_317_572), wheel: Some(("macosx_13_0_x86_64", file("4d910f0e363ddb60a6b8ddb55235617797a8ccbcb6c5c7132a949d9f833eea42", 104_418_550))) },
    Pin { version: ZigVersion::new(0, 17, 0), host: ("darwin", "arm64"), release: file("b607e9b9234790a008116ae5bdb71c6243b84b9fb42a53a9e70fde41c06c536a", 53_985_220), wheel: Some(("macosx_13_0_arm64", file("87274af689c4128051b26c80f6f676757e0a81c2fdc137fd8b5679e928e4bc4f", 100_425_967))) },
    Pin { version: ZigVersion::new(0, 17, 0), host: ("windows", "amd64"), release: file("b5663f69581dcf391293fbf16c06cb80d81d806545ce618b4d0bab7f0eb8c428", 100_268_137), wheel: None },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zig::version::RELEASES;

    #[test]
    fn every_release_is_pinned_for_every_host() {
        let hosts = [
            ("linux", "amd64"),
            ("linux", "arm64"),
            ("darwin", "amd64"),
            ("darwin", "arm64"),
            ("windows", "amd64"),
        ];
        for release in RELEASES {
            for host in hosts {
                let pin = Pin::find(release.version, host).unwrap();
                let files = pin.wheel.iter().map(|(_, wheel)| *wheel).chain([pin.release]);
                for file in files {
                    assert!(file.sha256.len() == 64 && file.size > 40_000_000);
                }
            }
        }
        assert_eq!(
            release_name(ZigVersion::new(0, 14, 1), ("linux", "amd64")),
            "zig-x86_64-linux-0.14.1.tar.xz"
        );
        assert_eq!(
            release_name(ZigVersion::new(0, 17, 0), ("windows", "amd64")),
            "zig-x86_64-windows-0.17.0.zip"
        );
    }
}
