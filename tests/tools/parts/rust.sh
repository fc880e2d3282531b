# Debian's Rust with its standard library for other targets: the static libraries that the tests link come from it. The
# rustc on PATH may be another one, with its own host's library only.

if ! [ -x /usr/bin/rustc ] || ! [ -d /usr/lib/rustlib/x86_64-pc-windows-gnu ]; then
    apt_install rustc libstd-rust-dev libstd-rust-dev-windows
fi

# arm64 packages on a machine of another kind: this apt keeps its lists in a folder of its own.
debian_12_arm64() {
    local root=$tools/apt-debian-12-arm64 apt
    apt=(apt-get -qq -o Dir::State::lists="$root/lists" -o Dir::Cache="$root/cache" -o APT::Architecture=arm64
        -o APT::Architectures=arm64 -o APT::Sandbox::User=root)
    mkdir -p "$root"/{lists,cache/archives}/partial
    "${apt[@]}" update && "${apt[@]}" "$@"
}

rust_arm64() {
    unpack debian_12_arm64 libstd-rust-dev "$1/unpacked" || return 1
    mv "$1/unpacked/usr/lib" "$1/lib" && rm -rf "$1/unpacked"
}

if ! [ -d "$tools/rust-arm64" ]; then
    say "Rust's standard library for linux/arm64"
    fill "$tools/rust-arm64" rust_arm64
fi
