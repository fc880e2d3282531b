//! Processors by the numbers that each format of objects has for them. Data only.

use object::{elf, macho, pe};

/// What Go calls the processor of an ELF file, from its class (32 or 64 bits), byte order, machine and flags; another name
/// where Go has none.
pub fn elf(wide: bool, big: bool, machine: u16, flags: u32) -> String {
    // n32: 64-bit instructions with 32-bit addresses.
    if machine == elf::EM_MIPS && !wide && flags & elf::EF_MIPS_ABI2 != 0 {
        return "mips n32".into();
    }
    let row = ELF.iter().find(|row| (row.0, row.1, row.2) == (machine, wide, big));
    row.map_or_else(|| other("ELF machine", machine.into()), |row| row.3.into())
}

/// The same for COFF.
pub fn coff(machine: u16) -> String {
    named(COFF, machine).unwrap_or_else(|| other("COFF machine", machine.into()))
}

/// The same for Mach-O.
pub fn macho(cpu: u32, subtype: u32) -> String {
    // With pointers that are signed: another ABI.
    if (cpu, subtype & !macho::CPU_SUBTYPE_MASK) == (macho::CPU_TYPE_ARM64, macho::CPU_SUBTYPE_ARM64E) {
        return "arm64e".into();
    }
    named(MACHO, cpu).unwrap_or_else(|| other("Mach-O processor", cpu))
}

/// GOOS, or Apple's name, of the platform in `LC_BUILD_VERSION`.
pub fn apple_platform(platform: u32) -> String {
    named(PLATFORMS, platform).unwrap_or_else(|| other("Apple platform", platform))
}

/// GOOS of the ELF `OSABI` values that only one system has. 0 and 3 (GNU) say nothing: Linux, NetBSD, OpenBSD and zig's
/// objects for FreeBSD have 0, and any assembler writes 3 for an indirect function.
pub fn elf_system(osabi: u8) -> Option<String> {
    named(SYSTEMS, osabi)
}

fn named<N: PartialEq + Copy>(table: &[(N, &str)], number: N) -> Option<String> {
    table.iter().find(|row| row.0 == number).map(|row| row.1.to_string())
}

fn other(what: &str, number: u32) -> String {
    format!("{what} {number:#x}")
}

/// Machine, 64 bits, big endian, name.
const ELF: &[(u16, bool, bool, &str)] = &[
    (elf::EM_386, false, false, "386"),
    (elf::EM_X86_64, true, false, "amd64"),
    (elf::EM_X86_64, false, false, "x32"),
    (elf::EM_ARM, false, false, "arm"),
    (elf::EM_ARM, false, true, "armbe"),
    (elf::EM_AARCH64, true, false, "arm64"),
    (elf::EM_AARCH64, true, true, "arm64be"),
    (elf::EM_LOONGARCH, true, false, "loong64"),
    (elf::EM_MIPS, false, true, "mips"),
    (elf::EM_MIPS, false, false, "mipsle"),
    (elf::EM_MIPS, true, true, "mips64"),
    (elf::EM_MIPS, true, false, "mips64le"),
    (elf::EM_PPC, false, true, "ppc"),
    (elf::EM_PPC64, true, true, "ppc64"),
    (elf::EM_PPC64, true, false, "ppc64le"),
    (elf::EM_RISCV, true, false, "riscv64"),
    (elf::EM_RISCV, false, false, "riscv"),
    (elf::EM_S390, true, true, "s390x"),
    (elf::EM_S390, false, true, "s390"),
    (elf::EM_SPARCV9, true, true, "sparc64"),
];

const COFF: &[(u16, &str)] = &[
    (pe::IMAGE_FILE_MACHINE_I386, "386"),
    (pe::IMAGE_FILE_MACHINE_AMD64, "amd64"),
    (pe::IMAGE_FILE_MACHINE_ARM64, "arm64"),
    (pe::IMAGE_FILE_MACHINE_ARM64EC, "arm64ec"),
    (pe::IMAGE_FILE_MACHINE_ARMNT, "arm"),
];

const MACHO: &[(u32, &str)] = &[
    (macho::CPU_TYPE_X86, "386"),
    (macho::CPU_TYPE_X86_64, "amd64"),
    (macho::CPU_TYPE_ARM, "arm"),
    (macho::CPU_TYPE_ARM64, "arm64"),
    (macho::CPU_TYPE_ARM64_32, "arm64_32"),
    (macho::CPU_TYPE_POWERPC, "ppc"),
    (macho::CPU_TYPE_POWERPC64, "ppc64"),
];

const PLATFORMS: &[(u32, &str)] = &[
    (macho::PLATFORM_MACOS, "darwin"),
    (macho::PLATFORM_IOS, "ios"),
    (macho::PLATFORM_TVOS, "tvos"),
    (macho::PLATFORM_WATCHOS, "watchos"),
    (macho::PLATFORM_MACCATALYST, "maccatalyst"),
    (macho::PLATFORM_IOSSIMULATOR, "ios-simulator"),
    (macho::PLATFORM_TVOSSIMULATOR, "tvos-simulator"),
    (macho::PLATFORM_WATCHOSSIMULATOR, "watchos-simulator"),
    (macho::PLATFORM_DRIVERKIT, "driverkit"),
];

const SYSTEMS: &[(u8, &str)] = &[
    (elf::ELFOSABI_NETBSD, "netbsd"),
    (elf::ELFOSABI_SOLARIS, "solaris"),
    (elf::ELFOSABI_FREEBSD, "freebsd"),
    (elf::ELFOSABI_OPENBSD, "openbsd"),
];
