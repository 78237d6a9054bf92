"""How much of the limit real imports use, and at what share of 429: every figure in one go.

    python tests/benchmarks/pacing_bench.py                        everything, about 25 minutes
    python tests/benchmarks/pacing_bench.py --part competitor      one part; --help names them
    python tests/benchmarks/pacing_bench.py --seconds 20           shorter, and less certain

Each scenario is `zoom-import run` with everything that belongs to it, against a server that counts, in a
process of its own. Writes pace.md (the tables), pace.csv (calls of each second) and pace.svg (the same,
drawn, with the ceiling) into --out. The figures are shares of the ceiling: they mean the same on every
machine that is not so busy that its timers are late.
"""

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from load_run import Import, LoadServer, Seen, load_server, other_client
from pacing_chart import FIELDS, Chart, draw
from pacing_cost import cost_table

WINDOWS = ("fixed", "sliding", "bucket")
WAYS = {  # milliseconds on the way there, from and to, and back
    "0 ms": ("0", "0", "0"),
    "100 ms": ("50", "50", "50"),
    "1,000 ms": ("500", "500", "500"),
    "20 to 200 ms jitter": ("20", "200", "0"),
}


@dataclass(frozen=True)
class Line:
    """One line of a table, and what to draw."""

    part: str
    cells: tuple[str, ...]
    chart: Chart


Scenario = Callable[[float], Line]

HEADINGS = {
    "pace": ("limit", "way", "window", "of the ceiling", "429", "CPU with start-up"),
    "after": ("window", "second run, of the ceiling", "429 of it"),
    "two": ("window", "together, of the ceiling", "429", "share of the first"),
    "killed": ("window", "before the kill", "from 5 s after it", "429"),
    "competitor": ("headers", "window", "together", "429 of ours", "the other got", "20 s after it left"),
    "lower": ("headers", "window", "of the real limit, after 10 s", "429", "the summary says"),
}


@contextmanager
def stage(window: str, way: str, limit: int, *flags: str) -> Iterator[tuple[LoadServer, Path]]:
    """A server, and a folder in which imports share their state."""
    there_from, there_to, back = WAYS[way]
    settings = [
        "--window",
        window,
        "--limit",
        str(limit),
        "--way-ms",
        there_from,
        there_to,
        "--back-ms",
        back,
    ]
    with load_server([*settings, *flags]) as server, tempfile.TemporaryDirectory() as name:
        yield server, Path(name)


def start(
    folder: Path, server: LoadServer, rows: float, name: str = "import", plan: str = "business"
) -> Import:
    return Import(folder, name, round(rows), server, "--account-plan", plan)


def one_import(limit: int, way: str, window: str) -> Scenario:
    """As many contacts as the limit allows in so many seconds; jitter gets twice the time to be learnt."""

    def run(seconds: float) -> Line:
        seconds *= 2 if "jitter" in way else 1
        with stage(window, way, limit) as (server, folder):
            began = time.monotonic()
            cost = start(folder, server, limit * seconds, plan="pro" if limit == 20 else "business").wait()
            wall_s = time.monotonic() - began
            seen = server.seen()
        _, end = seen.span()
        since = min(30.0, end / 2) if "jitter" in way else 0.0
        cells = (f"{limit}/s", way, window, *shares(seen, since, end, limit), f"{cost.cpu_s / wall_s:.0%}")
        return Line("pace", cells, chart(f"{limit}/s, {way}, {window}", limit, seen))

    return run


def after_another(window: str) -> Scenario:
    """A run that starts in the second in which another one ended."""

    def run(seconds: float) -> Line:
        with stage(window, "100 ms", 40) as (server, folder):
            for name in ("import-1", "import-2"):
                start(folder, server, 40 * seconds / 2, name).wait()
            seen = server.seen()
        begin, end = seen.span("import-2")
        cells = (window, *shares(seen, begin, end, 40, "import-2"))
        return Line("after", cells, chart(f"one after the other, {window}", 40, seen))

    return run


def two_imports(window: str) -> Scenario:
    """Two imports into two books at once."""

    def run(seconds: float) -> Line:
        with stage(window, "100 ms", 40) as (server, folder):
            both = [start(folder, server, 20 * seconds, name) for name in ("import-1", "import-2")]
            for one in both:
                one.wait()
            seen = server.seen()
        begin = max(seen.span(name)[0] for name in ("import-1", "import-2"))
        end = min(seen.span(name)[1] for name in ("import-1", "import-2"))
        share = seen.accepted(begin, end, "import-1") / seen.accepted(begin, end)
        cells = (window, *shares(seen, begin, end, 40), f"{share:.2f}")
        return Line("two", cells, chart(f"two at once, {window}", 40, seen))

    return run


def killed(window: str) -> Scenario:
    """Two imports, one of which is killed in the middle without a last word."""

    def run(seconds: float) -> Line:
        with stage(window, "100 ms", 40) as (server, folder):
            first, second = (start(folder, server, 40 * seconds, name) for name in ("import-1", "import-2"))
            server.wait_for("import-1", "import-2")
            time.sleep(seconds / 2)
            first.kill()
            first.wait()
            time.sleep(seconds / 2)
            second.stop()
            second.wait()
            seen = server.seen()
        (begin, kill), end = seen.span("import-1"), seen.span()[1]
        cells = (
            window,
            f"{seen.accepted(max(begin, seen.span('import-2')[0]), kill) / 40:.3f}",
            f"{seen.accepted(kill + 5, end) / 40:.3f}",
            f"{seen.refused(0, end):.2%}",
        )
        return Line("killed", cells, chart(f"one of two killed, {window}", 40, seen))

    return run


def competitor(headers: bool, window: str) -> Scenario:
    """Somebody else takes half for the middle of the time, then leaves."""

    def run(seconds: float) -> Line:
        with stage(window, "100 ms", 40, *(["--headers"] if headers else [])) as (server, folder):
            ours = start(folder, server, 90 * seconds)
            server.wait_for("import")
            time.sleep(seconds / 4)
            with other_client(server, 20, seconds * 3 / 4) as other:
                other.wait()
            time.sleep(20 + max(5, seconds / 3))
            ours.stop()
            ours.wait()
            seen = server.seen()
        (begin, left), (_, end) = seen.span("other"), seen.span()
        cells = (
            "yes" if headers else "no",
            window,
            f"{seen.accepted(begin, left) / 40:.3f}",
            f"{seen.refused(begin, left, 'import'):.2%}",
            f"{seen.accepted(begin, left, 'other') / 20:.3f}",
            f"{seen.accepted(left + 20, end - 0.5) / 40:.3f}",
        )
        kind = "with headers" if headers else "no headers"
        return Line("competitor", cells, chart(f"beside another, {kind}, {window}", 40, seen))

    return run


def lower_limit(headers: bool, window: str) -> Scenario:
    """The account has half of what its plan says."""

    def run(seconds: float) -> Line:
        with stage(window, "100 ms", 20, *(["--headers"] if headers else [])) as (server, folder):
            one = start(folder, server, 20 * seconds)
            one.wait()
            seen = server.seen()
            said = next((x for x in one.output.read_text().splitlines() if "account allowed" in x), "nothing")
        end = seen.span()[1]
        cells = ("yes" if headers else "no", window, *shares(seen, 10, end, 20), said.strip().split(", ")[0])
        kind = "with headers" if headers else "no headers"
        return Line("lower", cells, chart(f"really 20/s, {kind}, {window}", 20, seen))

    return run


def chart(title: str, limit: int, seen: Seen) -> Chart:
    return Chart(title, limit, seen.each_second(accepted=True), seen.each_second(accepted=False))


def shares(seen: Seen, begin: float, end: float, limit: int, client: str = "") -> tuple[str, str]:
    return f"{seen.accepted(begin, end, client) / limit:.3f}", f"{seen.refused(begin, end, client):.2%}"


def scenarios() -> Iterator[tuple[str, Scenario]]:
    """All of them, each with its part."""
    for limit in (40, 20):
        for way in WAYS:
            yield from (("pace", one_import(limit, way, window)) for window in WINDOWS)
    yield from (("after", after_another(window)) for window in WINDOWS)
    yield from (("two", two_imports(window)) for window in WINDOWS)
    yield "killed", killed("sliding")
    for headers in (True, False):
        yield from (("competitor", competitor(headers, window)) for window in WINDOWS)
        yield "lower", lower_limit(headers, "sliding")


# --- what comes of it ----------------------------------------------------------------------------


def tables(lines: Sequence[Line]) -> str:
    """The results as Markdown, a table for each part."""
    text = []
    for part, headings in HEADINGS.items():
        rows = [line.cells for line in lines if line.part == part]
        if rows:
            text += ["", f"### {part}", "", markdown(headings), markdown(["---"] * len(headings))]
            text += [markdown(row) for row in rows]
    return "\n".join(text) + "\n"


def markdown(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write_csv(charts: Sequence[Chart], path: Path) -> None:
    """Accepted and refused calls of each client in each second."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(FIELDS)
        for one in charts:
            rows.writerows(one.rows())


def main() -> None:
    """Run what was asked for and write the three files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = (*HEADINGS, "cost")
    parser.add_argument("--part", choices=parts, action="append", help="only this one (repeatable)")
    parser.add_argument("--seconds", type=float, default=60, help="length of a scenario")
    parser.add_argument(
        "--parallel", type=int, default=2, help="scenarios at once, two or three processes each"
    )
    parser.add_argument("--out", type=Path, default=Path("demo-output"))
    asked = parser.parse_args()
    wanted = asked.part or parts
    asked.out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(asked.parallel) as pool:
        lines = list(
            pool.map(lambda run: run(asked.seconds), [run for part, run in scenarios() if part in wanted])
        )
    text = tables(lines)
    if "cost" in wanted:  # alone, when nothing else runs
        text += cost_table(asked.seconds)
    print(text)
    (asked.out / "pace.md").write_text(text, encoding="utf-8")
    if lines:
        charts = [line.chart for line in lines]
        write_csv(charts, asked.out / "pace.csv")
        (asked.out / "pace.svg").write_text(draw(charts), encoding="utf-8")


if __name__ == "__main__":
    main()
