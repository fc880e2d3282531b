"""The floor of a build: CC replaced by a program that returns stored results at once (replay.c)."""

import shutil
import subprocess

from . import machine, peers, programs
from .machine import Failed, timed, work


def clang_alone(target, options):
    """The words with which zig starts its own clang for a compile, without the list of headers that only zig's cache
    needs: what of a compile is clang's own work."""
    env = {**peers.environment(target, peers.ZIG), "ZIG_VERBOSE_CC": "1"}
    made = subprocess.run([*peers.words(env), *options], env=env, cwd=work, capture_output=True, text=True)
    line = next((line for line in made.stderr.splitlines() if line.startswith(f"{machine.zig} clang ")), None)
    if made.returncode or not line:
        raise Failed("zig does not say how it starts clang")
    words = line.split(" ")
    for option, length in [("-MD", 1), ("-MV", 1), ("-MF", 2)]:
        if option in words:
            del words[words.index(option):words.index(option) + length]
    words[words.index("-o") + 1] = options[options.index("-o") + 1]
    return words


class Floor:
    """One target's builds after an edit, recorded once with cgozig, and then replayed.

    Go must not know the recorded builds when they are replayed, and must know all that they have in common. So what
    recording an edit adds to Go's cache is taken out again."""

    def __init__(self, part, target, file, package, rounds):
        self.part, self.file, self.package, self.target = part, file, package, target
        self.memory = work / f"floor-{part}-{target.plain}"
        shutil.rmtree(self.memory, ignore_errors=True)
        self.memory.mkdir()
        real = peers.environment(target, peers.CGOZIG)
        replay = {"CC": str(work / "replay"), "REPLAY_STORE": str(self.memory)}
        # The same words for both, or Go would see two compilers.
        self.env = {**real, **replay}
        self.program = programs.Program(f"{part}-{target.plain}-floor", target, self.env)
        self.recording = {**self.env, "REPLAY_CC": str(peers.words(real)[0])}
        machine.call(*self.build(self.recording))
        self.numbers = [next(programs.fresh) for _ in range(rounds + 1)]
        self.cache = machine.pathlib.Path(self.env["GOCACHE"])
        for number in self.numbers:
            self.record(number)

    def build(self, env):
        words, _, folder = self.program.build(self.package)
        return words, env, folder

    def record(self, number):
        known = self.files()
        self.program.edit(self.file, number)
        machine.call(*self.build(self.recording))
        self.program.check(self.package) if number == self.numbers[0] else None
        for path in self.files() - known:
            machine.os.unlink(path)

    def files(self):
        return {entry.path for folder in machine.os.scandir(self.cache) if folder.is_dir() for entry in machine.os.scandir(folder.path)}

    def replay(self, nth):
        self.program.edit(self.file, self.numbers[nth + 1])
        self.program.out.unlink(missing_ok=True)
        calls = self.memory / "calls"
        calls.unlink(missing_ok=True)
        took = timed(*self.build(self.env))
        missed = self.memory / "missed"
        if missed.exists():
            raise Failed(f"the replay was asked what was not recorded: {missed.read_text()[:150]}")
        if nth < 0:
            self.program.check(self.package)
            machine.note(f"{self.part}, {self.target.name}: Go calls CC {calls.stat().st_size} times in a build")
        return took
