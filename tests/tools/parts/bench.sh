# Optional: the compilers that `make bench` measures cgozig against: $tools/bench-compilers/usr. They are Debian's,
# unpacked and not installed: gcc finds its own parts by where it lies itself, and benches/ tells it the sysroot.

bench_compilers() {
    unpack debian_12 \
        gcc-12-aarch64-linux-gnu cpp-12-aarch64-linux-gnu binutils-aarch64-linux-gnu libgcc-12-dev-arm64-cross \
        libgcc-s1-arm64-cross libc6-arm64-cross libc6-dev-arm64-cross linux-libc-dev-arm64-cross \
        gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-x86-64-win32-runtime binutils-mingw-w64-x86-64 mingw-w64-x86-64-dev \
        mingw-w64-common \
        clang-14 libclang-cpp14 libclang-common-14-dev libllvm14 libclang1-14 "$1"
}

if [ "$(uname -m)" = x86_64 ] && ! [ -d "$tools/bench-compilers" ]; then
    say "compilers to measure against"
    fill "$tools/bench-compilers" bench_compilers
fi
