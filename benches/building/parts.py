"""What is measured. Each part returns {row: {compiler: [milliseconds]}}, all of a row measured in turn in one run."""

import shutil
import subprocess

from . import machine, peers, programs
from .floor import Floor, clang_alone
from .machine import Failed, timed, work
from .peers import CGOZIG, CLANG, GCC, PACK, ROUTE, ZIG

FLOOR = "floor"
COUNTS = [1, 10, 100, 1000]   # of C files in a package


def in_turn(part, cases, rounds):
    """Runs `cases`, {(row, compiler): function of the round}, one after the other in each round, beginning with another
    one in each. Round -1 warms, checks results, and is thrown away. A compiler that fails is left out of its row; one that
    answers with nothing has not run in this round."""
    times = {case: [] for case in cases}
    for nth in range(-1, rounds):
        left = list(times)
        begin = (nth + 1) % len(left) if left else 0
        for case in left[begin:] + left[:begin]:
            try:
                took = cases[case](nth)
            except (Failed, OSError, subprocess.TimeoutExpired) as error:
                machine.note(f"{part}, {case[0]}, {case[1]}: left out: {error}")
                del times[case]
                continue
            if nth >= 0 and took is not None:
                times[case].append(took)
        machine.say(f"{part}: round {nth + 1} of {rounds}" if nth >= 0 else f"{part}: warm")
    table = {}
    for (row, compiler), took in times.items():
        if took:
            table.setdefault(row, {})[compiler] = took
    return table


def made(cases, part, row, compiler, make):
    """Adds a case, unless what it needs cannot be made."""
    try:
        cases[row, compiler] = make()
    except (Failed, OSError, subprocess.TimeoutExpired) as error:
        machine.note(f"{part}, {row}, {compiler}: left out: {error}")


def of_each_target(part, choice, names, make):
    """The cases of a part that measures `names(target)` for every target: `make(target, name)` each."""
    cases = {}
    for target in choice.targets:
        for name in names(target):
            made(cases, part, target.name, name, lambda: make(target, name))
    return cases


def compiled(part, source):
    """A part that compiles one C file."""
    options = ["-O2", "-g", "-fPIC", "-pthread", "-c", "x.c", "-o", "x.o"]
    def case(target, name):
        env = peers.environment(target, ZIG if name == FLOOR else name)
        cc = peers.words(env)
        folder = work / f"{part}-{target.plain}-{name.replace(' ', '-')}"
        folder.mkdir(exist_ok=True)
        (work / "x.c").write_text("int x;\n")
        words = clang_alone(target, options) if name == FLOOR else [*cc, *options]
        def run(nth):
            number = next(programs.fresh)
            (folder / "x.c").write_text(source.replace("NUMBER", str(number)))
            took = timed(words, env, folder)
            if nth < 0:
                out = folder / f"x{target.exe}"
                machine.call([*cc, "x.o", "-pthread", "-o", out], env, folder)
                programs.check(target, out, f"number {number}")
            return took
        return run
    def run_all(choice, rounds):
        names = lambda target: [*peers.of(target, choice.compilers, route=True), FLOOR]
        return in_turn(part, of_each_target(part, choice, names, case), rounds)
    return run_all


def edited(part, file, package="."):
    """A part that edits one file of a program and builds it."""
    def case(target, name):
        env = peers.environment(target, name)
        program = programs.Program(f"{part}-{target.plain}-{name.replace(' ', '-')}", target, env)
        def run(nth):
            if nth < 0:
                machine.call(*program.build(package))
            program.edit(file)
            took = timed(*program.build(package))
            if nth < 0:
                program.check(package)
            return took
        return run
    def run_all(choice, rounds):
        names = lambda target: peers.of(target, choice.compilers, route=True) + [FLOOR] * (CGOZIG in choice.compilers)
        floor = lambda target: Floor(part, target, file, package, rounds).replay
        make = lambda target, name: floor(target) if name == FLOOR else case(target, name)
        return in_turn(part, of_each_target(part, choice, names, make), rounds)
    return run_all


def first_build(choice, rounds):
    """(d) nothing of the target has been built; Go's own cache is warm, which is looked at."""
    def case(target, name):
        cold = work / f"cold-{target.plain}-{name.replace(' ', '-')}"
        own = {"ZIG_GLOBAL_CACHE_DIR": cold, "ZIG_LOCAL_CACHE_DIR": cold} if name == ZIG else {"CGOZIG_CACHE_DIR": cold}
        env = peers.environment(target, CGOZIG if name == PACK else name, **own)
        program = programs.Program(f"d-{target.plain}-{name.replace(' ', '-')}", target, env)
        pack = work / f"{target.plain}.tar.zst"
        if name == PACK:
            # Made from what zig builds for it, in a store of its own.
            musl = ["--musl"] * (target.libc == "musl")
            machine.call([machine.cgozig, "pack", "make", target.port, *musl, "-o", pack], {**env, "CGOZIG_CACHE_DIR": str(machine.store)})
        def run(nth):
            if nth < 0:
                machine.call(*program.build())
            program.edit("work.c")
            if nth < 0 and (stale := program.stale()) != ["example.com/bench"]:
                raise Failed(f"Go's cache is not warm: {' '.join(stale)}")
            shutil.rmtree(cold, ignore_errors=True)
            took = timed([machine.cgozig, "pack", "use", pack], env) if name == PACK else 0
            took += timed(*program.build())
            if nth < 0:
                program.check()
            return took
        return run
    names = [name for name in (CGOZIG, ZIG) if name in choice.compilers]
    names += [PACK] * (CGOZIG in names and peers.has_pack())
    return in_turn("d", of_each_target("d", choice, lambda _: names, case), rounds)


def sqlite(choice, rounds):
    """(e) the package github.com/mattn/go-sqlite3, which is one C file of 9 MB."""
    def case(target, name):
        env = peers.environment(target, name)
        program = programs.Sqlite(f"e-{target.plain}-{name.replace(' ', '-')}", target, env)
        def run(nth):
            if nth < 0:
                program.check()
                return 0
            program.edit()
            return timed(*program.build())
        return run
    names = lambda target: peers.of(target, choice.compilers)
    return in_turn("e", of_each_target("e", choice, names, case), rounds)


def many_targets(choice, rounds):
    """(f) 1, 2, 4 and 8 targets: at once, and one after the other."""
    def case(name, count, together, cold):
        folder = work / f"f-cold-{name.replace(' ', '-')}"
        own = {} if not cold else {"CGOZIG_CACHE_DIR": folder} if name == CGOZIG else {"ZIG_GLOBAL_CACHE_DIR": folder,
                                                                                       "ZIG_LOCAL_CACHE_DIR": folder}
        all_of_them = [programs.Program(f"f-{target.plain}-{name.replace(' ', '-')}", target, peers.environment(target, name, **own))
                       for target in peers.EIGHT[:count]]
        def run(nth):
            # Go's cache is warm by the builds that are not cold, and nothing else may be; once takes ten minutes.
            if cold and nth != 0:
                return None
            if nth < 0:
                for program in all_of_them:
                    machine.call(*program.build())
            for program in all_of_them:
                program.edit("work.c")
            if cold:
                shutil.rmtree(folder, ignore_errors=True)
            builds = [program.build() for program in all_of_them]
            took = machine.at_once(builds) if together else sum(timed(*build) for build in builds)
            if cold or nth < 0 and count == 8:
                for program in all_of_them:
                    program.check()
            return took
        return run
    cases = {}
    for row, count, cold in [("1 target", 1, False), ("2 targets", 2, False), ("4 targets", 4, False), ("8 targets", 8, False),
                             ("8 targets, nothing built before", 8, True)]:
        for name in (CGOZIG, ZIG):
            if name in choice.compilers:
                # A first build of eight takes minutes: cold only what is compared.
                if name == CGOZIG or not cold:
                    cases[row, f"{name}, at once"] = case(name, count, True, cold)
                if name == ZIG or not cold:
                    cases[row, f"{name}, in turn"] = case(name, count, False, cold)
    if ZIG in choice.compilers:
        darwin()
    return in_turn("f", cases, rounds)


def darwin():
    """Why no target of the eight is darwin."""
    program = programs.Program("f-darwin", peers.DARWIN, peers.environment(peers.DARWIN, ZIG))
    try:
        machine.call(*program.build())
        machine.note("f: plain zig cc builds darwin/arm64 too: it could be one of the eight")
    except Failed:
        try:
            timed(*program.build())
        except Failed as error:
            machine.note(f"f: darwin/arm64 is none of the eight, since plain zig cc cannot build it: {error}")


def many_files(choice, rounds):
    """How the cost grows with the C files of a package."""
    def case(name, count):
        target, folder = peers.AMD64, f"g-{name.replace(' ', '-')}"
        env = peers.environment(target, name)
        def run(nth):
            total = programs.many(folder, count)
            took = timed([machine.go, "build", f"./many{count}"], env, work / folder)
            if nth < 0:
                programs.many_main(folder, [count])
                machine.call([machine.go, "build", "-o", "out", "."], env, work / folder)
                programs.check(target, work / folder / "out", str(total))
            return took
        programs.many_main(folder, [count])
        return run
    cases = {}
    for count in COUNTS:
        for name in [CGOZIG, ZIG, GCC, CLANG]:
            if name in choice.compilers:
                made(cases, "files", f"{count} C files", name, lambda: case(name, count))
    return in_turn("files", cases, rounds)


# A compile as others, one of whose words nothing is known yet, and cgo's look at headers, which is waited for.
COMPILES = {"": ["-c", "m.c", "-o", "m.o"], ", the first": ["-c", "m.c", "-o", "m.o"], ", of headers": ["-E", "-dM", "m.c"]}


def memory(choice, rounds):
    """Peak memory of cgozig itself, in KiB, while it compiles."""
    def case(target, name, kind):
        store = work / "memory-store"
        env = peers.environment(target, name, **({"CGOZIG_CACHE_DIR": store} if kind == ", the first" else {}))
        cc = peers.words(env)
        def run(_):
            shutil.rmtree(store, ignore_errors=True)
            (work / "m.c").write_text(programs.WITH_HEADERS.replace("NUMBER", str(next(programs.fresh))))
            return int(machine.call([work / "peak", *cc, "-O2", "-g", "-fPIC", "-pthread", *COMPILES[kind]], env))
        return run
    cases = {}
    for target in choice.targets:
        for kind in COMPILES:
            for name in peers.of(target, [CGOZIG, ROUTE], route=True):
                made(cases, "memory", target.name + kind, name, lambda: case(target, name, kind))
    return in_turn("memory", cases, rounds)


# Part: what it measures, how often unless told, how.
ALL = {
    "a": ("one small C file", 200, compiled("a", programs.SMALL)),
    "a2": ("one small C file with `stdio.h` and `stdlib.h`", 200, compiled("a2", programs.WITH_HEADERS)),
    "b": ("`go build` after editing one C file", 15, edited("b", "work.c")),
    "c": ("`go build` after editing one Go file, beside C", 15, edited("c", "other.go")),
    "c2": ("`go build` after editing one Go file, the C in another package", 15, edited("c2", "split/main.go", "./split")),
    "d": ("first build of a target, nothing built before", 3, first_build),
    "e": ("go-sqlite3, cold", 3, sqlite),
    "f": ("several targets, one C file edited", 3, many_targets),
    "files": ("C files in one package, linux/amd64 gnu", 3, many_files),
    "memory": ("peak memory of cgozig in a compile", 9, memory),
}
