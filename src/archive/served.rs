//! Libraries that zig brings along: `-lNAME` of these means zig's own, whatever lies in a `-L` folder. Data.
//!
//! A `-L` folder of the machine (`-L/usr/lib/x86_64-linux-gnu -lm`, for another target) is not looked into for them, so what
//! lies there must not be judged. On Windows zig also goes first with every import library that it has a `.def` for.
//!
//! Source: `isLibCLibName`, `isLibCxxLibName` and the names of compiler-rt in zig's `lib/std/zig/target.zig`, 0.14.1 to 0.17.0.

use crate::target::{Libc, System, Target};

/// Whether zig serves `-lNAME` for the target itself.
pub fn by_zig(name: &str, target: Target) -> bool {
    let own = match target.system() {
        System::Linux(Libc::Gnu(_)) => LINUX,
        System::Linux(Libc::Musl) if MUSL.split_whitespace().any(|own| own == name) => return true,
        System::Linux(Libc::Musl) => LINUX,
        System::Darwin(_) => DARWIN,
        System::Windows => WINDOWS,
        System::Freebsd => FREEBSD,
        System::Netbsd => NETBSD,
        System::Openbsd => OPENBSD,
    };
    let any_case = matches!(target.system(), System::Darwin(_) | System::Windows);
    let is_it = |own: &str| own == name || (any_case && own.eq_ignore_ascii_case(name));
    EVERYWHERE.split_whitespace().chain(own.split_whitespace()).any(is_it)
}

const EVERYWHERE: &str = "c c++ c++abi stdc++ supc++ atomic compiler_rt gcc gcc_eh gcc_s ssp unwind";
const LINUX: &str = "dl m pthread resolv rt util";
/// Beside those of Linux.
const MUSL: &str = "crypt xnet";
const DARWIN: &str = "System dbm dl info m mx poll proc pthread rpcsvc";
const FREEBSD: &str = "dl execinfo m pthread rt stdthreads thr util xnet";
const NETBSD: &str = "execinfo m pthread rt util";
const OPENBSD: &str = "execinfo m pthread util";
const WINDOWS: &str = "adsiid amstrmid bits delayimp dloadhelper dmoguids dxerr8 dxerr9 dxguid ksguid largeint m \
     mfuuid mingw32 mingwex mingwthrd moldname msvcrt-os portabledeviceguids pthread strmiids uuid wbemuuid wiaguid \
     winpthread wmcodecdspuuid";
