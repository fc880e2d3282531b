//! `-march=` and `-mcpu=` of gcc and clang in zig's spelling.
//!
//! zig takes both for its own `-mcpu`, where `_` is part of a name, `+x` adds and `-x` removes a feature.

use crate::argv::Item;
use crate::target::{Arch, Os, Target};
use std::ffi::OsString;

/// The words in place of a `-march=` or `-mcpu=`: zig's `-mcpu=`, or nothing where the triple says it.
/// `None` when the item is no such option or already as zig writes it.
pub fn zig_words(item: &Item, target: Target) -> Option<Vec<OsString>> {
    let value = ["-march", "-mcpu"].iter().find_map(|name| item.driver(name).flatten())?.to_str()?;
    let cpu = zig_name(value, target);
    let word = cpu.map(|name| OsString::from(format!("-mcpu={name}")));
    (word.as_ref() != item.words().first()).then(|| word.into_iter().collect())
}

/// zig's name for what gcc and clang call `value`; `None` when the target's own baseline is meant.
fn zig_name(value: &str, target: Target) -> Option<String> {
    let (base, features) = value.split_at(value.find('+').unwrap_or(value.len()));
    match target.arch() {
        Arch::Arm64 if base.starts_with("armv") => Some(arm64(base, features, target)),
        Arch::Arm if base.starts_with("armv") => None,
        Arch::Amd64 if matches!(base, "i386" | "i486" | "i586" | "i686") => None,
        Arch::Riscv64 if base.starts_with("rv64") => riscv64(base),
        Arch::Ppc64 | Arch::Ppc64le if base.starts_with("power") => Some(base.replacen("power", "pwr", 1)),
        Arch::X86 | Arch::Amd64 if base == "core-avx2" => Some("haswell".into()),
        Arch::X86 | Arch::Amd64 if base == "core-avx-i" => Some("ivybridge".into()),
        Arch::Loong64 if base == "loongarch64" => None,
        _ if base == "native" => None,
        _ if base.starts_with("generic") || base.starts_with("baseline") => Some(value.into()),
        _ => Some(format!("{}{}", base.replace('-', "_"), features.replace('-', "_"))),
    }
}

/// `rv64gc_zba_zbb` → `baseline_rv64+zba+zbb`; the letters up to `gc` are the baseline.
fn riscv64(base: &str) -> Option<String> {
    let extensions: String = base.split('_').skip(1).map(|name| format!("+{name}")).collect();
    let vector = if base.split('_').next()?.trim_start_matches("rv64").contains('v') { "+v" } else { "" };
    let name = format!("baseline_rv64{vector}{extensions}");
    (name != "baseline_rv64").then_some(name)
}

/// `armv8.2-a+crypto` → `generic+v8_2a+crypto`.
fn arm64(base: &str, features: &str, target: Target) -> String {
    let cpu = if target.os() == Os::Darwin { "apple_m1" } else { "generic" };
    let version = base.trim_start_matches("armv").trim_end_matches("-a").replace('.', "_");
    let version = if version == "8" { String::new() } else { format!("+v{version}a") };
    let features: String = features
        .split('+')
        .filter(|feature| !feature.is_empty())
        .map(|feature| match feature.strip_prefix("no") {
            Some(off) => format!("-{}", zig_feature(off)),
            None => format!("+{}", zig_feature(feature)),
        })
        .collect();
    format!("{cpu}{version}{features}")
}

/// The few features that LLVM and gcc name differently.
fn zig_feature(name: &str) -> String {
    match name {
        "simd" => "neon".into(),
        "fp" => "fp_armv8".into(),
        "fp16" => "fullfp16".into(),
        other => other.replace('-', "_"),
    }
}
