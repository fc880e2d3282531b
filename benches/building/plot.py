"""The plot of the README: horizontal bars, each group on a scale of its own, readable on light and dark pages."""

from html import escape

WIDTH, LABEL, BAR, GAP = 760, 190, 18, 4
HEAD = 34

STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-weight: 600; }
    .ours { fill: #1a7f5a; }
    .other { fill: #8c959f; }
    .floor { fill: #d0d7de; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .ours { fill: #3fb68b; }
      .other { fill: #6e7681; }
      .floor { fill: #3d444d; }
    }
"""


def amount(value):
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"


def kind(name):
    return "ours" if name.startswith("cgozig") else "floor" if name == "floor" else "other"


def group(title, cells, top):
    lines = [f'  <text class="title" x="8" y="{top + 20}">{escape(title)}</text>']
    longest = max(cells.values())
    room = WIDTH - LABEL - 90
    for nth, (name, value) in enumerate(sorted(cells.items(), key=lambda cell: cell[1])):
        y = top + HEAD + nth * (BAR + GAP)
        length = max(1, value / longest * room)
        lines += [f'  <text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
                  f'  <rect class="{kind(name)}" x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>',
                  f'  <text x="{LABEL + length + 6:.1f}" y="{y + 14}">{amount(value)}</text>']
    return lines, top + HEAD + len(cells) * (BAR + GAP)


def svg(groups):
    lines, top = [], 0
    for title, cells in groups:
        more, top = group(title, cells, top)
        lines += more
    height = top + 8
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="Medians in milliseconds; shorter is faster">\n  <style>{STYLE}  </style>\n' + "\n".join(lines) + "\n</svg>\n")
