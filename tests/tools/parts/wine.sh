# A wine prefix in which Go programs for windows/amd64 start: $tools/wine

wine_prefix() {
    local new=$1 zig=$tools/zig-0.15.2/ziglang/zig
    export WINEPREFIX=$new WINEDEBUG=-all
    # No Mono and no browser: wine would ask for downloads.
    WINEDLLOVERRIDES=mscoree,mshtml= wine wineboot --init </dev/null >&2 9>&- || return 1
    "$(command -v wineserver || command -v wineserver-stable)" -w 9>&-
    ZIG_GLOBAL_CACHE_DIR=$tools/zig-cache ZIG_LOCAL_CACHE_DIR=$tools/zig-cache \
        "$zig" cc -target x86_64-windows-gnu -O2 -s -shared "$here/bcryptprimitives.c" -ladvapi32 \
        -o "$new/drive_c/windows/system32/bcryptprimitives.dll"
    rm -f "$new"/drive_c/windows/system32/bcryptprimitives.{lib,pdb}
}

if ! [ -d "$tools/wine" ]; then
    for part in packages zig; do source "$here/parts/$part.sh"; done
    say "wine prefix"
    fill "$tools/wine" wine_prefix
fi
