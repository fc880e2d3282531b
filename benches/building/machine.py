"""What a measurement stands on: where the tools are, a clean environment, one timed call, facts about the machine."""

import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent.parent
here = pathlib.Path(__file__).resolve().parent
cgozig = pathlib.Path(os.environ["CGOZIG"]) if os.environ.get("CGOZIG") else next(root.glob("target/*/release/cgozig"), None)
cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
tools = pathlib.Path(os.environ.get("CGOZIG_TEST_TOOLS") or cache / "cgozig-tests")
zig = tools / "zig-0.15.2/ziglang/zig"
go = tools / "go-1.27.3/go/bin/go"
compilers = tools / "bench-compilers/usr"
kept = os.environ.get("WORK")
work = pathlib.Path(kept).absolute() if kept else pathlib.Path(tempfile.mkdtemp(prefix="cgozig-bench-"))
zig_cache = work / "zig"
store = work / "store"
names = work / "bin"
notes = []   # what a reader of the table has to know


class Failed(Exception):
    """A compiler cannot do what is measured; the reason is one line."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def note(text):
    """Says something now and in the report."""
    if text not in notes:
        notes.append(text)
        say(text)


def prepare():
    for path, part in [(zig, "zig"), (go, "go"), (compilers, "bench")]:
        if not path.exists():
            sys.exit(f"{path} is missing: tests/tools/install {part} brings it")
    if not cgozig:
        sys.exit("there is no release build of cgozig: `make build`")
    for folder in (work, work / "tmp", names):
        folder.mkdir(parents=True, exist_ok=True)
    call([cgozig, "setup", "--dir", names], environment())
    for program in ("peak", "replay"):
        call(["cc", "-O2", "-static", "-o", work / program, here / f"{program}.c"], environment())


def clean():
    if not kept:
        shutil.rmtree(work, ignore_errors=True)


def environment(**more):
    """Nothing of the user's own Go, zig or cgozig settings; everything is written below `work`."""
    ours = ("CGO", "GO", "CC", "CXX", "ZIG_", "LD_LIBRARY_PATH", "SDKROOT", "MACOSX_")
    base = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    base.update(CGO_ENABLED="1", GOCACHE=work / "go-cache", GOENV="off", GOTOOLCHAIN="local", GOFLAGS="-trimpath -modcacherw",
                TMPDIR=work / "tmp", CGOZIG_CONFIG=root / "tests/support/empty.toml", **more)
    return {name: str(value) for name, value in base.items()}


def plain(text):
    """Without the folders of this machine, which say nothing to a reader."""
    for folder, name in [(work, "WORK"), (tools, "TOOLS"), (root, "REPOSITORY"), (pathlib.Path.home(), "~")]:
        text = text.replace(str(folder), name)
    return text


def start(words, env, cwd, said):
    words = [str(word) for word in words]
    return subprocess.Popen(words, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)


def end(process, said):
    """Waits for a process that `start` began, and fails with the most telling line of what it printed."""
    if process.wait() == 0:
        return
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|could not|cannot|not found|was not recorded", line)]
    reason = (telling or lines or ["it said nothing"])[0].strip()
    raise Failed(f"{plain(shlex.join(map(str, process.args)))[:90]}: {plain(reason)[:200]}")


def at_once(calls):
    """Milliseconds until all of `(words, env, cwd)` have ended, started together."""
    logs = [tempfile.TemporaryFile() for _ in calls]
    before = time.perf_counter()
    processes = []
    try:
        for each, said in zip(calls, logs):
            processes.append(start(*each, said))
        for process in processes:
            process.wait()
    finally:
        for process in processes:
            if process.poll() is None:   # we are being stopped
                process.terminate()
    took = (time.perf_counter() - before) * 1000
    for process, said in zip(processes, logs):
        end(process, said)
    return took


def timed(words, env, cwd=None):
    return at_once([(words, env, cwd or work)])


def call(words, env, cwd=None, patience=1800):
    """What a program prints; not timed."""
    done = subprocess.run([str(word) for word in words], env=env, cwd=cwd or work, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=patience)
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()] or ["it said nothing"]
        raise Failed(f"{plain(shlex.join(map(str, words)))[:90]}: {plain(said[0])[:200]}")
    return done.stdout


def first_line(words):
    try:
        return call(words, environment()).splitlines()[0].strip()
    except (Failed, OSError, IndexError) as error:
        return f"not there ({error})"


def facts():
    """The lines above a table: machine, versions, date."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 1024 ** 2
    commit = f"commit {first_line(['git', '-C', root, 'describe', '--always', '--dirty', '--abbrev=12'])}"
    if os.environ.get("CGOZIG"):
        commit = "a binary that CGOZIG named"
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
                   f"{platform.system()} {platform.release()}",
        "load": f"{os.getloadavg()[0]:.1f} when it began",
        "cgozig": f"{first_line([cgozig, 'version'])}, {commit}",
        "zig": first_line([zig, "version"]),
        "Go": first_line([go, "version"]).removeprefix("go version "),
        "gcc": first_line(["gcc", "--version"]),
        "cross gcc": first_line([compilers / "bin/aarch64-linux-gnu-gcc-12", "--version"]),
        "mingw gcc": first_line([compilers / "bin/x86_64-w64-mingw32-gcc-win32", "--version"]),
        "clang": first_line([compilers / "bin/clang-14", "--version"]),
    }
