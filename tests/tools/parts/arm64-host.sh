# Optional: cgozig itself for linux/arm64, built on another machine. The standard library comes with Debian's newest
# Rust, the linker is zig. Afterwards:
#
#   RUSTC=/usr/bin/rustc CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$tools/arm64-host/linker \
#       cargo build --target aarch64-unknown-linux-gnu
#   tests/tools/run linux/arm64 gnu target/aarch64-unknown-linux-gnu/debug/cgozig

source "$here/parts/zig.sh"

if ! [ -d /usr/lib/rustlib/aarch64-unknown-linux-gnu ]; then
    need_apt arm64-host
    dpkg --print-foreign-architectures | grep -qx arm64 || as_root dpkg --add-architecture arm64
    apt_install rustc-web libstd-rust-web-dev:arm64
fi

arm64_linker() {
    cat >"$1/linker" <<END
#!/bin/sh
# The floor is a glibc that Debian's Rust library still links with.
export ZIG_GLOBAL_CACHE_DIR="$tools/zig-cache" ZIG_LOCAL_CACHE_DIR="$tools/zig-cache"
exec "$tools/zig-0.15.2/ziglang/zig" cc -target aarch64-linux-gnu.2.28 "\$@"
END
    chmod +x "$1/linker"
}

[ -d "$tools/arm64-host" ] || fill "$tools/arm64-host" arm64_linker
