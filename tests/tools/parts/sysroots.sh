# The glibc of other processors, from Debian's packages for cross compilers: `qemu-ARCH-static -L $tools/sysroot/ARCH`
# finds loader and libraries there. ARCH is Go's name; arm-softfloat is GOARM=5 (gnueabi). An architecture that cannot
# be had leaves the reason in sysroot/ARCH.missing.

# sysroot APT TRIPLE LIBDIR PACKAGE... NEW: unpacks the packages' usr/TRIPLE/lib as lib; LIBDIR is a second name for it,
# where the architecture's loader is expected. The loader of some is packed in lib64, as a file or as a link to ../lib.
sysroot() {
    local apt=$1 triple=$2 libdir=$3 new=${*: -1} unpacked=${*: -1}/unpacked
    shift 3
    unpack "$apt" "${@:1:$#-1}" "$unpacked" || return 1
    mv "$unpacked/usr/$triple/lib" "$new/lib" || return 1
    find "$unpacked/usr/$triple" -path '*/lib64/*' -type f -exec mv -n -t "$new/lib" {} +
    rm -rf "$unpacked"
    [ "$libdir" = lib ] || ln -s lib "$new/$libdir"
    # What the loader does not find in a sysroot it takes from the machine, which may have another version of the same
    # glibc. So the folder it asks first is here too, and an empty cache hides the machine's.
    ln -s . "$new/lib/${triple/i686/i386}"
    mkdir "$new/etc"
    : >"$new/etc/ld.so.cache"
}

mkdir -p "$tools/sysroot"
while read -r arch apt debian triple libdir; do
    dir=$tools/sysroot/$arch
    [ -d "$dir" ] && continue
    packages=("libc6-$debian-cross" "libgcc-s1-$debian-cross")
    say "sysroot for $arch: ${packages[*]}"
    if (fill "$dir" sysroot "$apt" "$triple" "$libdir" "${packages[@]}"); then
        rm -f "$dir.missing"
    else
        rm -rf "$dir.new"
        echo "could not get ${packages[*]} ($apt)" | tee "$dir.missing" >&2
    fi
done <<'END'
386           debian_12 i386     i686-linux-gnu           lib
amd64         debian_12 amd64    x86_64-linux-gnu         lib64
arm           debian_12 armhf    arm-linux-gnueabihf      lib
arm-softfloat debian_12 armel    arm-linux-gnueabi        lib
arm64         debian_12 arm64    aarch64-linux-gnu        lib
loong64       debian_13 loong64  loongarch64-linux-gnu    lib64
mips          debian_12 mips     mips-linux-gnu           lib
mipsle        debian_12 mipsel   mipsel-linux-gnu         lib
mips64        debian_12 mips64   mips64-linux-gnuabi64    lib64
mips64le      debian_12 mips64el mips64el-linux-gnuabi64  lib64
ppc64le       debian_12 ppc64el  powerpc64le-linux-gnu    lib64
riscv64       debian_12 riscv64  riscv64-linux-gnu        lib
s390x         debian_12 s390x    s390x-linux-gnu          lib
END

echo "Debian's glibc for ppc64 is ELFv1; zig and Go since 1.27 make ELFv2 programs" >"$tools/sysroot/ppc64.missing"

# Debian 13's glibc for loong64 uses instructions that Debian 12's qemu does not know.
new_qemu() {
    unpack debian_13 qemu-user "$1/unpacked" || return 1
    mv "$1/unpacked/usr/bin/qemu-loongarch64" "$1/qemu-loongarch64-static" || return 1
    rm -rf "$1/unpacked"
}

if ! [ -d "$tools/qemu" ]; then
    say "qemu for loong64"
    fill "$tools/qemu" new_qemu
fi
