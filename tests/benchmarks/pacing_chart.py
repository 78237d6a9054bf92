"""Small charts: accepted contacts of each second, by client, with the ceiling drawn in. Plain SVG.

    python tests/benchmarks/pacing_chart.py demo-output/pace.csv pace.svg [TITLE ...]

draws the charts with these titles again, or all of them, from what `pacing_bench.py` has written.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WIDTH, HEIGHT, GAP = 280, 110, 46
COLUMNS = 3
COLOURS = ("#1565c0", "#ef8a17")
CEILING, TEXT, FRAME = "#c62828", "#444", "#bbb"
FIELDS = ("scenario", "limit", "second", "client", "accepted", "refused")


@dataclass
class Chart:
    """One chart: its title, the ceiling in contacts a second, and the calls of each second and client."""

    title: str
    limit: int
    accepted: Counter[tuple[int, str]] = field(default_factory=Counter)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)

    def rows(self) -> Iterable[tuple[str, int, int, str, int, int]]:
        """The same as lines of a table with the columns `FIELDS`."""
        for at in sorted({*self.accepted, *self.refused}):
            yield self.title, self.limit, *at, self.accepted[at], self.refused[at]


def read_charts(path: Path) -> list[Chart]:
    """Read what was written of `rows`."""
    charts: dict[str, Chart] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            chart = charts.setdefault(row["scenario"], Chart(row["scenario"], int(row["limit"])))
            at = int(row["second"]), row["client"]
            chart.accepted[at], chart.refused[at] = int(row["accepted"]), int(row["refused"])
    return list(charts.values())


def draw(charts: Sequence[Chart]) -> str:
    """All charts on one sheet."""
    rows = -(-len(charts) // COLUMNS)
    width = min(COLUMNS, len(charts)) * (WIDTH + GAP) + 10
    height = rows * (HEIGHT + GAP) + 34
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="11" fill="{TEXT}">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        (
            f'<text x="36" y="{height - 10}">Accepted contacts of each second; dashed: the limit that the '
            "server enforces; grey: both together; ticks below: calls answered 429.</text>"
        ),
    ]
    for index, chart in enumerate(charts):
        x, y = index % COLUMNS * (WIDTH + GAP) + 36, index // COLUMNS * (HEIGHT + GAP) + 24
        parts.append(f'<g transform="translate({x},{y})">{_chart(chart)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _chart(chart: Chart) -> str:
    seconds = max(1, *(second for second, _ in chart.accepted))  # the last one is not whole
    clients = sorted({name for _, name in chart.accepted})
    seen = chart.accepted

    def x(second: float) -> str:
        return f"{second / seconds * WIDTH:.1f}"

    def y(calls: float) -> str:
        return f"{HEIGHT - calls / (chart.limit * 1.2) * HEIGHT:.1f}"

    parts = [
        f'<text y="-7">{chart.title}</text>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{FRAME}"/>',
        _line(("0", y(chart.limit)), (str(WIDTH), y(chart.limit)), CEILING, 'stroke-dasharray="5 3"'),
        f'<text x="-4" y="{y(chart.limit - 3)}" text-anchor="end">{chart.limit}/s</text>',
        f'<text x="{WIDTH}" y="{HEIGHT + 12}" text-anchor="end">{seconds} s</text>',
    ]
    for colour, client in zip(COLOURS, clients, strict=False):
        points = " ".join(f"{x(second + 0.5)},{y(seen[second, client])}" for second in range(seconds))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>')
    if len(clients) > 1:
        both = [sum(seen[second, client] for client in clients) for second in range(seconds)]
        points = " ".join(f"{x(second + 0.5)},{y(calls)}" for second, calls in enumerate(both))
        parts.append(f'<polyline points="{points}" fill="none" stroke="#999" stroke-width="1"/>')
        names = zip(("blue", "orange"), clients, strict=False)
        legend = ", ".join(f"{colour}: {name}" for colour, name in names)
        parts.append(f'<text y="{HEIGHT + 12}">{legend}</text>')
    parts += [
        _line((x(second), str(HEIGHT)), (x(second), str(HEIGHT - 5)), CEILING)
        for second in sorted({second for (second, _), calls in chart.refused.items() if calls})
    ]
    return "".join(parts)


def _line(start: tuple[str, str], end: tuple[str, str], colour: str, more: str = "") -> str:
    return f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" stroke="{colour}" {more}/>'


if __name__ == "__main__":
    source, target, *titles = sys.argv[1:]
    found = {chart.title: chart for chart in read_charts(Path(source))}
    Path(target).write_text(draw([found[title] for title in titles or found]), encoding="utf-8")
