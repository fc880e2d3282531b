//! Names of the C++ runtime: who needs them was compiled from C++. Data.
//!
//! Go links by CXX only where a package has C++ files of its own, so that a C++ archive behind a C interface comes to
//! the C compiler, which links no C++ library by itself.

/// The beginnings of names that libc++ and libc++abi have, and no C library: personalities of frames, what `throw` and
/// `catch`, virtual functions and guarded statics call, `new` and `delete`, typeinfo's own classes, and libc++'s classes.
const STARTS: &[&[u8]] = &[
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

/// Whether a name is of the C++ runtime.
pub fn is_of_runtime(name: &[u8]) -> bool {
    name.starts_with(b"_") && STARTS.iter().any(|start| name.starts_with(start)) && !OF_C.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::is_of_runtime;

    #[test]
    fn the_runtime_is_told_from_c_and_from_users_own_classes() {
        for name in ["__gxx_personality_v0", "__gxx_personality_seh0", "__cxa_throw", "_Znwm", "_ZdlPvm"] {
            assert!(is_of_runtime(name.as_bytes()), "{name}");
        }
        // A class's own operator new and operator/, C's ends, Rust's and C's personalities.
        for name in
            ["_ZN3Foonwem", "_ZdvRK3FooS1_", "__cxa_atexit", "rust_eh_personality", "__gcc_personality_v0"]
        {
            assert!(!is_of_runtime(name.as_bytes()), "{name}");
        }
    }
}
