//! Runtimes that compilers expect and no header names: who asks for their names was compiled from C++ or Rust. Data.
//!
//! Go links by CXX only where a package has C++ files of its own, so that a C++ or Rust archive behind a C interface comes
//! to the C compiler, which links neither a C++ library nor an unwinder by itself; gcc adds the latter to every line.

use serde::{Deserialize, Serialize};

/// A runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Runtime {
    /// What walks the stack when something is thrown, or panics.
    Unwinder,
    /// What every C++ library has: `new`, `throw`, typeinfo; and LLVM's libc++.
    Cxx,
    /// What GNU's libstdc++ has and libc++ has not.
    GnuCxx,
}

impl Runtime {
    /// The runtime that a needed name asks for.
    pub fn asked(name: &[u8]) -> Option<Runtime> {
        if !name.starts_with(b"_") {
            None
        } else if name.starts_with(b"_Unwind_") {
            Some(Runtime::Unwinder)
        } else if is_gnu(name) {
            Some(Runtime::GnuCxx)
        } else {
            (CXX.iter().any(|start| name.starts_with(start)) && !OF_C.contains(&name)).then_some(Runtime::Cxx)
        }
    }

    /// All names that decide.
    pub fn tables() -> impl Iterator<Item = &'static [u8]> {
        [CXX, OF_C, GNU, BRINGS, &[CXX11]].into_iter().flatten().copied()
    }

    /// The runtime that is there when this name is.
    pub fn brought(name: &[u8]) -> Option<Runtime> {
        let at = BRINGS.iter().position(|own| *own == name)?;
        Some([Runtime::Unwinder, Runtime::GnuCxx].get(at).copied().unwrap_or(Runtime::Cxx))
    }
}

/// Who has one of these has the runtime: the unwinder, libstdc++, and then the parts that every C++ library has.
const BRINGS: &[&[u8]] = &[
    b"_Unwind_RaiseException",
    b"_ZSt20__throw_length_errorPKc",
    b"__cxa_throw",
    b"__gxx_personality_v0",
    b"__gxx_personality_seh0",
];

/// Personalities of frames, what `throw`, `catch`, virtual functions and guarded statics call, `new` and `delete`,
/// typeinfo's own classes, `std` without a namespace of a version, and libc++'s classes.
const CXX: &[&[u8]] = &[
    b"__gxx_personality_",
    b"__cxa_",
    b"__dynamic_cast",
    b"_Zna",
    b"_Znw",
    b"_Zda",
    b"_Zdl",
    b"_ZSt",
    b"_ZTIN10__cxxabiv1",
    b"_ZTVN10__cxxabiv1",
    b"_ZNSt3__1",
    b"_ZNKSt3__1",
];

/// Of those, what C libraries have: they run what is to be done at the end.
const OF_C: &[&[u8]] = &[b"__cxa_atexit", b"__cxa_finalize", b"__cxa_thread_atexit_impl"];

/// Beginnings of libstdc++'s own names: `std::__throw_…`, its streams, strings of the old ABI, `std::__detail`.
const GNU: &[&[u8]] = &[
    b"_ZNSs",
    b"_ZNKSs",
    b"_ZNSo",
    b"_ZNSi",
    b"_ZNSt8ios_base4Init",
    b"_ZSt4cout",
    b"_ZSt4cerr",
    b"_ZSt16__throw_",
    b"_ZSt17__throw_",
    b"_ZSt19__throw_",
    b"_ZSt20__throw_",
    b"_ZSt24__throw_",
    b"_ZSt25__throw_",
    b"_ZNSt8__detail",
    b"_ZNKSt8__detail",
];

/// In names of libstdc++ since gcc 5: `std::__cxx11::basic_string` and its kin.
const CXX11: &[u8] = b"7__cxx11";

fn is_gnu(name: &[u8]) -> bool {
    name.starts_with(b"_Z")
        && (GNU.iter().any(|start| name.starts_with(start))
            || name.windows(CXX11.len()).any(|part| part == CXX11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_are_told_from_c_and_from_users_own_classes() {
        let asked = |name: &str| Runtime::asked(name.as_bytes());
        for name in ["__gxx_personality_v0", "__gxx_personality_seh0", "__cxa_throw", "_Znwm", "_ZdlPvm"] {
            assert_eq!(asked(name), Some(Runtime::Cxx), "{name}");
        }
        for name in [
            "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm",
            "_ZSt20__throw_length_errorPKc",
        ] {
            assert_eq!(asked(name), Some(Runtime::GnuCxx), "{name}");
        }
        assert_eq!(asked("_Unwind_Resume"), Some(Runtime::Unwinder));
        // A class's own operator new and operator/, C's ends, Rust's and C's personalities.
        for name in [
            "_ZN3Foonwem",
            "_ZdvRK3FooS1_",
            "__cxa_atexit",
            "rust_eh_personality",
            "__gcc_personality_v0",
            "_start",
        ] {
            assert_eq!(asked(name), None, "{name}");
        }
    }
}
