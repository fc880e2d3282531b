# Sourced by `install`, its parts, and `run`.

tools=${CGOZIG_TEST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/cgozig-tests}

fail() { echo "tests/tools: $*" >&2; exit 1; }
say() { echo "tests/tools: $*" >&2; }

# fill DIR COMMAND...: runs COMMAND with an empty folder as its last argument and renames that folder to DIR if it
# succeeds, so that DIR is either whole or not there.
fill() {
    local dir=$1 new=$1.new
    shift
    rm -rf "$new"
    mkdir -p "$new"
    "$@" "$new" || fail "could not make $dir"
    rm -rf "$dir"
    mv "$new" "$dir"
}

wheel() { python3 -m pip install --quiet --root-user-action=ignore --no-deps --no-compile --target "$2" "$1"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "'$*' needs root, and there is no sudo"
    fi
}

need_apt() {
    command -v apt-get >/dev/null || fail "$1: this machine has no apt-get; use Debian 12 (a container will do)"
}

# apt's package lists, fetched at most once per run.
apt_update() {
    [ -z "${apt_updated:-}" ] || return 0
    as_root apt-get -qq update
    apt_updated=yes
}

apt_install() {
    need_apt "installing $*"
    apt_update
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" 9>&- >/dev/null
}

# unpack APT PACKAGE... DIR: downloads Debian packages without installing them. APT is debian_12 or debian_13.
unpack() {
    local apt=$1 dir=${*: -1} deb
    shift
    need_apt "downloading ${*:1:$#-1}"
    rm -rf "$dir.debs"   # an interrupted run may have left other versions
    mkdir -p "$dir.debs"
    (cd "$dir.debs" && "$apt" download "${@:1:$#-1}") || return 1
    for deb in "$dir.debs"/*.deb; do
        dpkg-deb -x "$deb" "$dir" || return 1
    done
    rm -rf "$dir.debs"
}

debian_12() {
    apt_update
    apt-get -qq -o APT::Sandbox::User=root "$@"
}

# The next Debian, from the servers that this one uses, for downloads only: this apt keeps all its state in a folder of its own.
debian_13() {
    local root=$tools/apt-debian-13 apt
    apt=(apt-get -qq -o Dir::State="$root/state" -o Dir::Cache="$root/cache" -o Dir::State::status=/var/lib/dpkg/status
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$root/sources" -o APT::Sandbox::User=root)
    if ! [ -d "$root" ]; then
        fill "$root" debian_13_sources
        "${apt[@]}" update
    fi
    "${apt[@]}" "$@"
}

debian_13_sources() {
    mkdir -p "$1"/{sources,state/lists/partial,cache/archives/partial}
    if [ -s /etc/apt/sources.list.d/debian.sources ]; then
        sed 's/bookworm/trixie/g' /etc/apt/sources.list.d/debian.sources >"$1/sources/debian.sources"
    else
        sed 's/bookworm/trixie/g' /etc/apt/sources.list >"$1/sources/debian.list"
    fi
}
