# Programs that come as Debian packages: emulators, strace, and an independent reader of object files.

missing=()
command -v qemu-aarch64-static >/dev/null || missing+=(qemu-user-static)
command -v wine >/dev/null || missing+=(wine64 wine)
command -v strace >/dev/null || missing+=(strace)
command -v g++ >/dev/null || missing+=(g++)
command -v llvm-readobj >/dev/null || missing+=(llvm)

# The loader for linux/386: such programs run on the x86-64 processor itself.
if [ "$(uname -m)" = x86_64 ] && ! [ -e /lib/ld-linux.so.2 ]; then
    missing+=(libc6-i386)
fi

[ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
