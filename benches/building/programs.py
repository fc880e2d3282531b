"""The programs that are built. Every edit puts a number into a file that was in no build before, so that no cache can
know the result, and the program prints its numbers, so that a run shows that the edit is in it."""

import itertools
import shutil
import time

from . import machine
from .machine import Failed, go, root, work

fresh = itertools.count(int(time.time()) % 1_000_000 * 1000)

SMALL = """
int puts(const char *text);

int main(void) {
    puts("number NUMBER");
    return 0;
}
"""

WITH_HEADERS = """
#include <stdio.h>
#include <stdlib.h>

struct entry { const char *name; int count; struct entry *next; };

static struct entry *find(struct entry *list, int count) {
    while (list && list->count != count)
        list = list->next;
    return list;
}

int main(int argc, char **argv) {
    struct entry *list = NULL;
    for (int at = 0; at < 8; at++) {
        struct entry *entry = malloc(sizeof *entry);
        if (!entry)
            return 1;
        *entry = (struct entry){argc > 1 ? argv[1] : "entry", at + NUMBER, list};
        list = entry;
    }
    printf("number %d\\n", find(list, NUMBER) ? NUMBER : -1);
    return 0;
}
"""

MAIN = """// Net and os/user are the packages of Go's own that use C.
package main

// int work(int x);
import "C"

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	addresses, _ := net.LookupHost("localhost")
	current, err := user.Current()
	fmt.Println("found", len(addresses), current != nil, err == nil)
	fmt.Println("c", C.work(1), "go", other())
}
"""
WORK = """#include <stdio.h>
#include <stdlib.h>

int work(int x) {
    char text[32];
    snprintf(text, sizeof text, "%d", NUMBER - 1 + x);
    return atoi(text);
}
"""
OTHER = "package main\n\nfunc other() int { return NUMBER }\n"
# The same with the C in a package of its own.
SPLIT = """package main

import (
	"fmt"
	"net"
	"os/user"

	"example.com/bench/part"
)

func main() {
	addresses, _ := net.LookupHost("localhost")
	current, err := user.Current()
	fmt.Println("found", len(addresses), current != nil, err == nil)
	fmt.Println("part", part.Work(), "go", NUMBER)
}
"""
PART = """package part

// int part(int x) { return x + 1; }
import "C"

func Work() int { return int(C.part(1)) }
"""


class Program:
    """A module in a folder of its own, for one target and compiler."""

    FILES = {"main.go": MAIN, "work.c": WORK, "other.go": OTHER, "split/main.go": SPLIT, "part/part.go": PART}

    def __init__(self, folder, target, env):
        self.folder, self.target, self.env = work / folder, target, env
        self.out = self.folder / f"out{target.exe}"
        self.numbers = dict.fromkeys(self.FILES, 1)
        self.put("go.mod", "module example.com/bench\n\ngo 1.24\n")
        for name in self.FILES:
            self.edit(name, 1)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)

    def edit(self, name, number=None):
        self.numbers[name] = next(fresh) if number is None else number
        self.put(name, self.FILES[name].replace("NUMBER", str(self.numbers[name])))

    def build(self, package="."):
        return [go, "build", "-o", self.out, package], self.env, self.folder

    def expected(self, package="."):
        if package == ".":
            return f"c {self.numbers['work.c']} go {self.numbers['other.go']}"
        return f"part 2 go {self.numbers['split/main.go']}"

    def check(self, package="."):
        check(self.target, self.out, self.expected(package))

    def stale(self):
        """The packages that Go would build again."""
        words = [go, "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", "."]
        return machine.call(words, self.env, self.folder).split()


def check(target, program, expected):
    """Runs what was built, where that is possible here."""
    try:
        said = machine.call([root / "tests/tools/run", target.port, target.libc, program], machine.environment(), patience=300)
    except Failed as error:
        if "cannot run here" not in str(error):
            raise
        machine.note(f"{target.name}: not run, only built: {error}")
        return
    if expected not in said:
        raise Failed(f"{program} printed {said.strip()[-80:]!r}, without {expected!r}")


def many(folder, count):
    """A package with `count` C files, each with a fresh number; answers with the sum that it shall print."""
    number = next(fresh) % 1_000_000
    name = f"many{count}"
    place = work / folder / name
    place.mkdir(parents=True, exist_ok=True)
    for nth in range(count):
        (place / f"f{nth}.c").write_text(
            f"#include <stdio.h>\n#include <stdlib.h>\nint {name}_{nth}(int x) {{ return x + abs({number}); }}\n")
    calls = "".join(f"    sum += {name}_{nth}(0);\n" for nth in range(count))
    declared = "".join(f"int {name}_{nth}(int x);\n" for nth in range(count))
    (place / "f0.c").write_text(f"{declared}#include <stdio.h>\n#include <stdlib.h>\n"
                                f"int {name}_0(int x) {{ return x + abs({number}); }}\n"
                                f"long long {name}_sum(void) {{\n    long long sum = 0;\n{calls}    return sum;\n}}\n")
    (place / "many.go").write_text(f"package {name}\n\n// long long {name}_sum(void);\nimport \"C\"\n\n"
                                   f"func Sum() int {{ return int(C.{name}_sum()) }}\n")
    return number * count


def many_main(folder, counts):
    imports = "".join(f"\t\"example.com/many/many{count}\"\n" for count in counts)
    sums = ", ".join(f"many{count}.Sum()" for count in counts)
    place = work / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / "go.mod").write_text("module example.com/many\n\ngo 1.24\n")
    (place / "main.go").write_text(f"package main\n\nimport (\n\t\"fmt\"\n\n{imports})\n\nfunc main() {{ fmt.Println({sums}) }}\n")


class Sqlite:
    """examples/sqlite with a copy of github.com/mattn/go-sqlite3 whose C file can be edited."""

    def __init__(self, folder, target, env):
        self.folder, self.target, self.env = work / folder, target, env
        example = root / "examples/sqlite"
        fetched = machine.call([go, "mod", "download", "-json", "github.com/mattn/go-sqlite3"], machine.environment(), example)
        module = machine.pathlib.Path(machine.re.search(r'"Dir": "(.*)"', fetched)[1])
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(example, self.folder)
        self.copy = self.folder / "go-sqlite3"
        self.copy.mkdir()
        for file in module.iterdir():
            if file.is_file():
                shutil.copyfile(file, self.copy / file.name)
        with open(self.folder / "go.mod", "a") as file:
            file.write("\nreplace github.com/mattn/go-sqlite3 => ./go-sqlite3\n")
        self.source = (self.copy / "sqlite3-binding.c").read_bytes()

    def edit(self):
        (self.copy / "sqlite3-binding.c").write_bytes(f"int bench_{next(fresh)};\n".encode() + self.source)

    def build(self):
        return [go, "build", "github.com/mattn/go-sqlite3"], self.env, self.folder

    def check(self):
        out = self.folder / f"out{self.target.exe}"
        machine.call([go, "build", "-o", out, "."], self.env, self.folder)
        check(self.target, out, "Oslo 709000")
