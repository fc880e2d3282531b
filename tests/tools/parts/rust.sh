# Rust with its standard library for every kind of target: the static libraries that the tests link come from it.
#
#   $tools/rust/rustc      the compiler, with the library for this machine
#   $tools/rust-TARGET     the library for a target: rustc --target TARGET --sysroot $tools/rust-TARGET
#
# It is Debian's newest, the one for browsers (rustc-web). Debian has its library for some processors; for other targets it is
# compiled from the same source with the cargo that builds cgozig. A static library asks for no linker, so that macOS
# and Windows need no SDK. The machine's own rustc is left alone.

# The package that another one needs, by the start of its name, which ends in a version.
needed_package() { apt-cache depends "$1" | sed -n "s/^ *Depends: \($2.*\)/\1/p" | head -n 1; }

# The version that the servers have.
rust_version() { apt_update && apt-cache policy rustc-web | sed -n 's/^ *Candidate: //p'; }

rust_compiler() {
    local new=$1 std
    need_apt "Rust"
    apt_update
    std=$(needed_package libstd-rust-web-dev libstd-rust-web-) || return 1
    unpack debian_12 rustc-web libstd-rust-web-dev "$std" "$(needed_package "$std" libllvm)" "$new" || return 1
    rm -rf "$new/usr/share" "$new/usr/bin/rustdoc"
    cat >"$new/rustc" <<'END'
#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu) exec "$here/usr/bin/rustc" "$@"
END
    chmod +x "$new/rustc"
    rust_version >"$new/version" || return 1
    "$new/rustc" --version >/dev/null
}

# Packages for another processor: this apt keeps its lists in a folder of its own.
debian_12_for() {
    local arch=$1 root=$tools/apt-debian-12-$1 apt
    apt=(apt-get -qq -o Dir::State::lists="$root/lists" -o Dir::Cache="$root/cache" -o APT::Architecture="$arch"
        -o APT::Architectures="$arch" -o APT::Sandbox::User=root)
    mkdir -p "$root"/{lists,cache/archives}/partial
    "${apt[@]}" update && "${apt[@]}" "${@:2}"
}

debian_12_arm64() { debian_12_for arm64 "$@"; }
debian_12_armhf() { debian_12_for armhf "$@"; }

# A package of another version than the compiler's is of no use: servers get them at different times.
rust_from_package() {
    local target=$1 arch=$2 new=$3
    [ "$arch" != - ] && unpack "debian_12_$arch" libstd-rust-web-dev "$new/unpacked" || return 1
    mkdir "$new/lib" && mv "$new/unpacked/usr/lib/rustlib" "$new/lib/" || return 1
    rm -rf "$new/unpacked"
    echo 'pub fn nothing() {}' |
        "$tools/rust/rustc" --sysroot "$new" --target "$target" --crate-type rlib --crate-name nothing -o "$new/nothing" - &&
        rm "$new/nothing"
}

# The library's source only: the compiler's is ten times as large.
rust_source() {
    (cd "$1" && debian_12 download rust-web-src) || return 1
    dpkg-deb --fsys-tarfile "$1"/*.deb |
        tar -x -C "$1" --strip-components=4 --wildcards --no-wildcards-match-slash './usr/src/rustc-*/library' || return 1
    rm "$1"/*.deb
    # A shared library would ask for a linker.
    sed -i 's/^crate-type = .*/crate-type = ["rlib"]/' "$1/library/std/Cargo.toml"
}

# Compiles it as Rust's own build does: what is not marked as stable stays closed to the programs that use it. All targets
# that are missing are compiled at once, which keeps every core busy.
rust_from_source() {
    local target=$1 lib=$2/lib/rustlib/$1/lib
    if ! [ -d "$tools/rust-build/$target" ]; then
        [ -d "$tools/rust-source" ] || fill "$tools/rust-source" rust_source
        rust_compile_library "$target" || return 1
    fi
    mkdir -p "$lib"
    cp "$tools/rust-build/$target/release/deps"/*.rlib "$lib"
}

# For this target and those that no package has.
rust_compile_library() {
    local targets
    targets=$(awk -v this="$1" '$2 == "-" || $1 == this { print $1 }' <<<"$rust_missing")
    say "Rust's standard library from its source for" $targets
    (cd "$tools/rust-source/library" && env -u CARGO_BUILD_TARGET -u CARGO_ENCODED_RUSTFLAGS \
        RUSTC="$tools/rust/rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zforce-unstable-if-unmarked \
        __CARGO_DEFAULT_LIB_METADATA=cgozig CARGO_TARGET_DIR="$tools/rust-build" CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo build --quiet --release -p std --features panic-unwind,backtrace \
        $(printf -- '--target %s ' $targets) </dev/null 9>&-)
}

rust_library() {
    rust_from_package "$1" "$2" "$3" && return
    rm -rf "${3:?}"/*
    rust_from_source "$1" "$3"
}

rust_targets='
aarch64-unknown-linux-gnu     arm64
armv7-unknown-linux-gnueabihf armhf
riscv64gc-unknown-linux-gnu   -
x86_64-unknown-linux-musl     -
aarch64-unknown-linux-musl    -
x86_64-pc-windows-gnu         -
x86_64-apple-darwin           -
aarch64-apple-darwin          -
'

# Compiler and libraries are of one version: when one is missing and the servers have another, all begins anew.
rust_wanted() {
    local target arch
    while read -r target arch; do
        [ -z "$target" ] || [ -d "$tools/rust-$target" ] || echo "$target $arch"
    done <<<"$rust_targets"
}
rust_missing=$(rust_wanted)
if [ -n "$rust_missing" ] && [ -d "$tools/rust" ] && [ "$(cat "$tools/rust/version" 2>/dev/null)" != "$(rust_version)" ]; then
    rm -rf "$tools/rust" "$tools"/rust-*
    rust_missing=$(rust_wanted)
fi

# Rust names the functions of some of Windows' DLLs itself, and has GNU's dlltool make import libraries of them.
command -v x86_64-w64-mingw32-dlltool >/dev/null || apt_install binutils-mingw-w64-x86-64

if ! [ -d "$tools/rust" ]; then
    source "$here/parts/packages.sh"   # with llvm come the libraries that its newer one needs
    say "Rust"
    fill "$tools/rust" rust_compiler
fi

rm -rf "$tools/rust-build"   # what an interrupted run left is not whole, or of another version
while read -r target arch; do
    [ -n "$target" ] || continue
    say "Rust's standard library for $target"
    fill "$tools/rust-$target" rust_library "$target" "$arch"
done <<<"$rust_missing"
rm -rf "$tools/rust-source" "$tools/rust-build"
