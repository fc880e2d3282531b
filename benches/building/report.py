"""The tables, the ratios that must be reached, and where they are written."""

import re
import statistics

from . import parts, peers
from .machine import root
from .peers import CGOZIG, CROSS, GCCS, MINGW, ZIG

# Part, compiler, against which of these, at most how much of its time.
MUST = [
    ("a", CGOZIG, [ZIG], 0.55), ("a", CGOZIG, GCCS, 0.85),
    ("a2", CGOZIG, [ZIG], 0.55), ("a2", CGOZIG, GCCS, 0.85),
    ("b", CGOZIG, [ZIG], 0.60), ("b", CGOZIG, [CROSS, MINGW], 0.70),
    ("c", CGOZIG, [ZIG], 0.60), ("c2", CGOZIG, [ZIG], 0.60),
    ("d", peers.PACK, [ZIG], 0.15), ("d", CGOZIG, [ZIG], 1.00),
    ("e", CGOZIG, GCCS, 1.00),
]
MEMORY = 5 * 1000 * 1000 / 1024   # KiB


def medians(results):
    return {part: {row: {name: statistics.median(times) for name, times in cells.items()} for row, cells in rows.items()}
            for part, rows in results.items()}


def number(value):
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def part_table(part, rows):
    """Medians, and in brackets the time of cgozig in relation to that compiler's."""
    order = [CGOZIG, peers.PACK, *list(peers.ALL)[1:], parts.FLOOR]
    columns = sorted({name for cells in rows.values() for name in cells},
                     key=lambda name: (order.index(name) if name in order else len(order), name))
    def cell(cells, name):
        if name not in cells:
            return ""
        ours = CGOZIG if CGOZIG in cells else f"{CGOZIG}, at once"
        beside = f" ({cells[ours] / cells[name]:.2f})" if ours in cells and name != ours and part != "memory" else ""
        return number(cells[name]) + beside
    body = [[row, *(cell(cells, name) for name in columns)] for row, cells in rows.items()]
    said = "KiB, medians" if part == "memory" else "ms, medians; in brackets cgozig's time as a part of it"
    return f"{said}\n\n" + table(["", *columns], body)


def asked(run, middle):
    """(part, row, ours, theirs, limit) of everything that must be reached, in the parts that were chosen."""
    for part, ours, theirs, limit in MUST:
        for row in run["targets"] if part in middle else []:
            for name in theirs:
                if peers.can(name, row) and {name, ours.removesuffix(" with a pack")} <= set(run["compilers"]):
                    yield part, row, ours, name, limit
    if "f" in middle and {CGOZIG, ZIG} <= set(run["compilers"]):
        for row in ("8 targets", "8 targets, nothing built before"):
            yield "f", row, f"{CGOZIG}, at once", f"{ZIG}, in turn", 0.70


def added(run, middle, part, row):
    """What cgozig itself adds to a build: what it adds to clang's own work in (a), once for each call of CC."""
    one = middle.get("a", {}).get(row, {})
    calls = [int(found[1]) for note in run["notes"] if (found := re.match(rf"{part}, .*: Go calls CC (\d+) times", note))]
    if calls and {CGOZIG, parts.FLOOR} <= set(one):
        return max(one[CGOZIG] - one[parts.FLOOR], 0) * calls[0]
    return None


def spread(times, cells, ours, theirs):
    """Why a ratio without a floor is what it is: how far single times lie apart, and what zig's own way takes."""
    cause = f": single times give {min(times[ours]) / max(times[theirs]):.2f} to {max(times[ours]) / min(times[theirs]):.2f}"
    return cause + (f", {ZIG} itself is {cells[ZIG] / cells[theirs]:.2f}" if ZIG in cells and theirs != ZIG else "")


def verdict(cells, times, ours, theirs, limit, adds):
    """What was measured, and what it means. What could not be measured is not met."""
    if ours not in cells or theirs not in cells:
        return "–", "**not measured**, see the notes"
    ratio, floor = cells[ours] / cells[theirs], cells.get(parts.FLOOR)
    if ratio <= limit:
        return f"{ratio:.2f}", "met"
    if floor and floor / cells[theirs] > limit:
        cause = f": the floor alone is {floor / cells[theirs]:.2f}"
    elif floor and adds is not None:
        parts_of_it = [part / cells[theirs] for part in (floor, adds, cells[ours] - floor - adds)]
        cause = ": Go's own work is {:.2f}, what cgozig adds {:.2f}, the work of clang and lld {:.2f}".format(*parts_of_it)
    else:
        cause = spread(times, cells, ours, theirs)
    return f"{ratio:.2f}", f"**not met**{cause}"


def must(run, middle):
    rows = []
    for part, row, ours, theirs, limit in asked(run, middle):
        cells, times = middle[part].get(row, {}), run["results"][part].get(row, {})
        measured, said = verdict(cells, times, ours, theirs, limit, added(run, middle, part, row))
        rows.append([f"({part}) {row}: {ours} / {theirs}", measured, f"≤ {limit:.2f}", said])
    for row, cells in middle.get("memory", {}).items():
        for name, peak in cells.items():
            rows.append([f"memory, {row}: {name}", f"{peak * 1024 / 1e6:.2f} MB", "≤ 5 MB", "met" if peak <= MEMORY else "**not met**"])
    return table(["must reach", "measured", "limit", ""], rows)


FLOORS = """What no compiler driver can go below. (a) and (a2): clang's own work, zig's clang started with the words that zig gives it.
The others: Go's own work, CC replaced by a program that returns stored results at once. What is between that floor and
cgozig is the work of clang and lld; cgozig's own part is what it adds in (a) and (a2), once for each call of CC, which
the notes count."""


def floors(middle):
    """What is left of a build when CC takes no time, and what the best possible ratio is."""
    rows = []
    for part in ("a", "a2", "b", "c", "c2"):
        for row, cells in middle.get(part, {}).items():
            if parts.FLOOR in cells and CGOZIG in cells:
                floor, ours = cells[parts.FLOOR], cells[CGOZIG]
                best = f"{floor / cells[ZIG]:.2f}" if ZIG in cells else ""
                rows.append([f"({part}) {row}", number(floor), number(ours - floor), best])
    return rows and table(["", "floor, ms", "cgozig over the floor, ms", "floor / zig cc"], rows)


def growth(middle):
    """The cost of one more C file, from the fewest to the most."""
    rows, files = [], middle.get("files", {})
    counts = [int(row.split()[0]) for row in files]
    for less, more in zip(counts, counts[1:]):
        for name in files[f"{more} C files"]:
            if name in files[f"{less} C files"]:
                cost = (files[f"{more} C files"][name] - files[f"{less} C files"][name]) / (more - less)
                rows.append([f"{less} to {more}, {name}", f"{cost:.1f}"])
    return rows and table(["from … to … C files", "ms for each more"], rows)


def one_part(part, rows):
    return f"### ({part}) {parts.ALL[part][0]}\n\n{part_table(part, rows)}"


def whole(run):
    """All of it as markdown."""
    middle = medians(run["results"])
    sections = ["## Must reach", must(run, middle), "## What was measured"]
    sections += [one_part(part, rows) for part, rows in middle.items()]
    if growth(middle):
        sections += ["### What one more C file costs", growth(middle)]
    if floors(middle):
        sections += ["### The floor", FLOORS, floors(middle)]
    left_out = [part for part in parts.ALL if part not in run["results"]]
    said = run["notes"] + [f"not measured in this run: {', '.join(left_out)}"] * bool(left_out)
    sections += ["## Machine", "\n".join(f"- {name}: {value}" for name, value in run["facts"].items())]
    rounds = ", ".join(f"{part} {count}" for part, count in run["rounds"].items())
    said.append(f"rounds, after one that was thrown away: {rounds}")
    sections += ["## Notes", "\n".join(f"- {line}" for line in said)]
    return "\n\n".join(sections) + "\n"


# What the README shows: part, row.
SHORT = [("a", peers.AMD64.name), ("a", peers.ARM64.name), ("a2", peers.AMD64.name), ("b", peers.ARM64.name),
         ("c", peers.ARM64.name), ("d", peers.ARM64_MUSL.name), ("e", peers.AMD64.name), ("f", "8 targets")]


def short(run):
    """(title, {compiler: median}) of what the README shows."""
    middle = medians(run["results"])
    for part, row in SHORT:
        if cells := middle.get(part, {}).get(row):
            title = "8 targets, one C file edited: at once, zig cc in turn" if part == "f" else f"{parts.ALL[part][0]}, {row}"
            yield title.replace("`", ""), {name: value for name, value in cells.items() if name != peers.ROUTE}


def readme(run):
    middle = [(title, cells) for title, cells in short(run)]
    columns = [CGOZIG, peers.PACK, ZIG, "gcc", peers.CLANG]
    rows = []
    for title, cells in middle:
        cells = {name.removesuffix(", at once") if name == f"{CGOZIG}, at once" else name.removesuffix(", in turn"): value
                 for name, value in cells.items() if name not in (f"{CGOZIG}, in turn", f"{ZIG}, at once")}
        cells["gcc"] = next((cells[name] for name in GCCS if name in cells), None)
        rows.append([title, *(number(cells[name]) if cells.get(name) else "" for name in columns)])
    about = run["facts"]
    return ("![Bars of the medians in milliseconds](docs/benchmarks.svg)\n\n" + table(["ms, medians", *columns], rows) +
            f"\n\n{about['machine']}; {about['cgozig']};\nzig {about['zig']}; {about['Go']}; "
            f"{about['gcc']}; {about['date']}. For arm64 gcc is Debian's cross compiler.\nAll of it, with the limits that are left: [docs/benchmarks.md](docs/benchmarks.md).")


BEGIN, END = "<!-- bench: made by UPDATE=1 make bench -->", "<!-- /bench -->"


def update(run, plot):
    (root / "docs/benchmarks.md").write_text(
        "# Benchmarks\n\nMade by `UPDATE=1 make bench` (`benches/builds --help` says what each part is); the notes at the end say\n"
        "how often each part was measured, and in how many sittings.\n\n" + whole(run))
    (root / "docs/benchmarks.svg").write_text(plot(list(short(run))))
    path = root / "README.md"
    text = path.read_text()
    section = f"{BEGIN}\n{readme(run)}\n{END}"
    if BEGIN in text:
        text = re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: section, text, flags=re.S)
    else:
        text = text.replace("## Hosts\n", f"{section}\n\n## Hosts\n", 1)
    path.write_text(text)
