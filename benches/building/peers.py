"""The targets, and for each the compilers that a user could name in CC."""

import dataclasses
import pathlib
import shlex

from . import machine
from .machine import Failed, compilers


@dataclasses.dataclass(frozen=True)
class Target:
    goos: str
    goarch: str
    libc: str   # CGOZIG_LIBC, or - where the system has one only
    triple: str   # zig's

    @property
    def name(self):
        return f"{self.goos}/{self.goarch}" + (f" {self.libc}" if self.libc != "-" else "")

    @property
    def port(self):
        return f"{self.goos}/{self.goarch}"

    @property
    def plain(self):
        """As part of a file name."""
        return self.name.replace("/", "-").replace(" ", "-")

    @property
    def exe(self):
        return ".exe" if self.goos == "windows" else ""


AMD64 = Target("linux", "amd64", "gnu", "x86_64-linux-gnu.2.28")
ARM64 = Target("linux", "arm64", "gnu", "aarch64-linux-gnu.2.28")
ARM64_MUSL = Target("linux", "arm64", "musl", "aarch64-linux-musl")
WINDOWS = Target("windows", "amd64", "-", "x86_64-windows-gnu")
FOUR = [AMD64, ARM64, ARM64_MUSL, WINDOWS]
# What plain `zig cc` can do as well; for darwin it has neither the libraries nor the frameworks that Go links.
EIGHT = [AMD64, ARM64, WINDOWS, ARM64_MUSL, Target("linux", "amd64", "musl", "x86_64-linux-musl"),
         Target("linux", "riscv64", "musl", "riscv64-linux-musl"), Target("linux", "386", "musl", "x86-linux-musl"),
         Target("linux", "s390x", "musl", "s390x-linux-musl")]
DARWIN = Target("darwin", "arm64", "-", "aarch64-macos.12.0")


def cgozig(target, **more):
    libc = {} if target.libc == "-" else {"CGOZIG_LIBC": target.libc}
    path = f"{machine.names}:{machine.os.environ['PATH']}"
    return {"PATH": path, "CC": "cgozig", "CXX": "cgozig-c++", "CGOZIG_CACHE_DIR": machine.store,
            "CGOZIG_ZIG": machine.zig, **libc, **more}


def cgozig_through_zig_cc(target):
    return cgozig(target, CGOZIG_ROUTE="zig-cc")


def zig_cc(target):
    """The options without which a cgo program built by zig traps, as its users find out. No script around it: that
    would cost it a millisecond in each call."""
    words = [machine.zig, "cc", "-target", target.triple, "-fno-sanitize=undefined"]
    return {"CC": shlex.join(map(str, words)), "CXX": shlex.join(map(str, words)).replace(" cc ", " c++ "),
            "ZIG_GLOBAL_CACHE_DIR": machine.zig_cache, "ZIG_LOCAL_CACHE_DIR": machine.zig_cache}


def gcc(_):
    return {"CC": "gcc"}


def clang(_):
    return {"CC": compilers / "bin/clang-14"}


def cross_gcc(_):
    # Its assembler and linker need their libraries, which lie where the package was unpacked.
    return {"CC": f"{compilers}/bin/aarch64-linux-gnu-gcc-12 --sysroot={compilers.parent}",
            "LD_LIBRARY_PATH": compilers / "lib/x86_64-linux-gnu"}


def mingw_gcc(_):
    return {"CC": compilers / "bin/x86_64-w64-mingw32-gcc-win32"}


CGOZIG, ROUTE, ZIG, GCC, CLANG = "cgozig", "cgozig zig-cc", "zig cc", "gcc", "clang"
CROSS, MINGW = "cross gcc", "mingw gcc"
ALL = {CGOZIG: cgozig, ROUTE: cgozig_through_zig_cc, ZIG: zig_cc, GCC: gcc, CLANG: clang, CROSS: cross_gcc, MINGW: mingw_gcc}
# The gcc of a target: Debian's own, or the one that Debian makes for it.
GCCS = [GCC, CROSS, MINGW]
PACK = "cgozig with a pack"
ONLY = {GCC: [AMD64], CLANG: [AMD64], CROSS: [ARM64], MINGW: [WINDOWS]}


def of(target, wanted, route=False):
    """The compilers that there are for a target."""
    found = [name for name in ALL if name in wanted and can(name, target.name)]
    return [name for name in found if name != ROUTE or (route and has_route())]


def can(name, target):
    """Whether a compiler is one for this target at all; by the target's name."""
    return name not in ONLY or target in [one.name for one in ONLY[name]]


def has_route():
    known = b"CGOZIG_ROUTE" in pathlib.Path(machine.cgozig).read_bytes()
    if not known:
        machine.note(f"this cgozig does not know CGOZIG_ROUTE: '{ROUTE}' is left out")
    return known


def has_pack():
    try:
        machine.call([machine.cgozig, "pack", "--help"], machine.environment())
    except Failed:
        machine.note("this cgozig does not know `cgozig pack`: the first build with a runtime pack is left out")
        return False
    return True


def environment(target, name, **more):
    return machine.environment(GOOS=target.goos, GOARCH=target.goarch, **{**ALL[name](target), **more})


def words(env):
    """CC as words, without the search in PATH."""
    first, *rest = shlex.split(env["CC"])
    found = machine.shutil.which(first, path=env["PATH"])
    if not found:
        raise Failed(f"{first} is not there")
    return [found, *rest]
