"""How much of the limit is used, at what share of 429: the pacer against a server that counts, in real time.

    python tests/benchmarks/pacing_bench.py                  everything, 60 s each, about 25 minutes
    python tests/benchmarks/pacing_bench.py --quick          10 s each
    python tests/benchmarks/pacing_bench.py --only jitter    scenarios whose name contains the word

Writes pacing.md (the table), pacing.csv (accepted calls of each second) and pacing.svg (the same, drawn, with
the ceiling) into --out. The figures are shares of the ceiling, so that they mean the same on every machine.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WAYS = {
    "0 ms": (("0", "0"), "0"),
    "100 ms": (("50", "50"), "50"),
    "1000 ms": (("500", "500"), "500"),
    "20-200 ms jitter": (("20", "200"), "0"),
}


@dataclass(frozen=True)
class Client:
    """A program that calls: from `start` to `end`, both shares of the scenario's length."""

    name: str
    start: float = 0.0
    end: float = 1.0
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One server and its clients; `settled` is where counting starts, as a share of the length."""

    name: str
    window: str
    way: str
    limit: int = 40
    headers: bool = False
    clients: tuple[Client, ...] = (Client("import"),)
    shared: bool = False
    settled: float = 0.0
    length: float = 1.0


@dataclass(frozen=True)
class Result:
    """What the server saw: [seconds since the first call, client, accepted]."""

    scenario: Scenario
    seconds: float
    log: list[tuple[float, str, bool]]
    clients: dict[str, dict[str, float | None]]

    def accepted_per_s(self, start: float, end: float, name: str = "") -> float:
        hits = sum(ok for t, client, ok in self.log if start <= t < end and name in client)
        return hits / (end - start)

    def refused_share(self, start: float, end: float, name: str = "") -> float:
        seen = Counter(ok for t, client, ok in self.log if start <= t < end and name in client)
        return seen[False] / max(1, seen.total())


def scenarios() -> Iterator[Scenario]:
    """All of them."""
    for limit in (40, 20):
        for window in ("fixed", "sliding", "bucket"):
            for way in WAYS:
                jitter = "jitter" in way
                yield Scenario(
                    f"{limit}/s {way}", window, way, limit, settled=0.5 if jitter else 0.0, length=1 + jitter
                )
    competitor = (Client("import"), Client("other", 1 / 6, 4 / 6, ("--other", "20")))
    for window in ("fixed", "sliding", "bucket"):
        for headers in (False, True):
            name = f"competitor, {'with' if headers else 'no'} headers"
            yield Scenario(name, window, "100 ms", headers=headers, clients=competitor, length=1.5)
    for window in ("fixed", "sliding", "bucket"):
        both = (Client("import-1"), Client("import-2"))
        yield Scenario("two processes", window, "100 ms", clients=both, shared=True)
        after = (Client("import-1", 0.0, 0.5), Client("import-2", 0.5, 1.0))
        yield Scenario("one after the other", window, "100 ms", clients=after, shared=True, settled=0.5)


def run(scenario: Scenario, seconds: float) -> Result:
    """Run one scenario; every process ends by itself."""
    seconds *= scenario.length
    way_ms, back_ms = WAYS[scenario.way]
    flags = ["--window", scenario.window, "--limit", str(scenario.limit), "--back-ms", back_ms]
    flags += ["--way-ms", *way_ms, *(["--headers"] if scenario.headers else [])]
    server = start("pacing_server.py", flags)
    with server, tempfile.TemporaryDirectory() as folder:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        shared = ("--budget", str(Path(folder, "budget.sqlite"))) if scenario.shared else ()
        with ThreadPoolExecutor() as pool:
            ends = list(
                pool.map(lambda client: call(client, port, scenario.limit, seconds, shared), scenario.clients)
            )
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/log") as answer:
            log = json.load(answer)
    first = log[0][0]
    return Result(scenario, seconds, [(t - first, name, ok) for t, name, ok in log], dict(ends))


def call(
    client: Client, port: str, limit: int, seconds: float, shared: Sequence[str]
) -> tuple[str, dict[str, float | None]]:
    time.sleep(client.start * seconds)
    length = (client.end - client.start) * seconds
    flags = ["--port", port, "--name", client.name, "--limit", str(limit), "--seconds", str(length)]
    with start("pacing_client.py", [*flags, *shared, *client.extra]) as process:
        out, _ = process.communicate(timeout=length + 60)
    return client.name, json.loads(out)


def start(script: str, flags: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / script), *flags]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    )


# --- what comes of it ----------------------------------------------------------------------------


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "| scenario | window | accepted / ceiling | 429 | CPU of one core | remarks |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        scenario, start_s = result.scenario, result.scenario.settled * result.seconds
        share = result.accepted_per_s(start_s, result.seconds) / scenario.limit
        cpu = sum(client.get("cpu_s") or 0 for client in result.clients.values()) / result.seconds
        lines.append(
            f"| {scenario.name} | {scenario.window} | {share:.3f} "
            f"| {result.refused_share(start_s, result.seconds, 'import'):.2%} | {cpu:.1%} "
            f"| {remarks(result)} |"
        )
    return "\n".join(lines) + "\n"


def remarks(result: Result) -> str:
    other = next((client for client in result.scenario.clients if client.name == "other"), None)
    if other is None:
        early = result.refused_share(0, result.scenario.settled * result.seconds)
        return f"second half; 429 in the first: {early:.2%}" if result.scenario.settled else ""
    start_s, end_s, limit = other.start * result.seconds, other.end * result.seconds, result.scenario.limit
    both = result.accepted_per_s(start_s, end_s) / limit
    again = result.accepted_per_s(end_s + 20, result.seconds) / limit if result.seconds > end_s + 21 else None
    return (
        f"with the other: together {both:.3f}, our 429 {result.refused_share(start_s, end_s, 'import'):.2%}, "
        f"the other got {result.accepted_per_s(start_s, end_s, 'other') / float(other.extra[1]):.3f}"
        + ("" if again is None else f"; 20 s after it left {again:.3f}")
    )


def write_csv(results: Sequence[Result], path: Path) -> None:
    """Accepted and refused calls of each client in each second."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["scenario", "window", "second", "client", "accepted", "refused"])
        for result in results:
            seen = Counter((int(t), name, ok) for t, name, ok in result.log)
            for second, name in sorted({(second, name) for second, name, _ in seen}):
                counts = seen[second, name, True], seen[second, name, False]
                rows.writerow([result.scenario.name, result.scenario.window, second, name, *counts])


def draw(results: Sequence[Result]) -> str:
    """One small chart a scenario: accepted calls of each second, ours, the other's, and the ceiling."""
    columns, width, height = 3, 330, 150
    charts = []
    for index, result in enumerate(results):
        x, y = index % columns * (width + 30) + 20, index // columns * (height + 50) + 40
        charts.append(f'<g transform="translate({x},{y})">{chart(result, width, height)}</g>')
    rows = -(-len(results) // columns)
    size = columns * (width + 30) + 30, rows * (height + 50) + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        + "".join(charts)
        + "</svg>\n"
    )


def chart(result: Result, width: int, height: int) -> str:
    limit, seconds = result.scenario.limit, max(1, int(result.seconds))
    seen = Counter((int(t), name) for t, name, ok in result.log if ok)

    def up(calls: float) -> float:
        return height - calls / (limit * 1.15) * height

    top = f"{up(limit):.1f}"
    parts = [
        f'<text y="-8">{result.scenario.name}, {result.scenario.window}</text>',
        f'<rect width="{width}" height="{height}" fill="none" stroke="#ccc"/>',
        f'<line x2="{width}" y1="{top}" y2="{top}" stroke="#c33" stroke-dasharray="4 3"/>',
        f'<text x="2" y="{up(limit) - 2:.1f}" fill="#c33">{limit}/s</text>',
    ]
    for client, colour in zip(result.scenario.clients, ("#1565c0", "#ef8a17"), strict=False):
        points = " ".join(
            f"{second / seconds * width:.1f},{up(seen[second, client.name]):.1f}" for second in range(seconds)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>')
    return "".join(parts)


def main() -> None:
    """Run what was asked for and write the three files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--window", default="")
    parser.add_argument(
        "--parallel", type=int, default=2, help="scenarios at once, each two or three processes"
    )
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    args = parser.parse_args()
    chosen = [s for s in scenarios() if args.only in s.name and args.window in s.window]
    seconds = 10 if args.quick else args.seconds
    with ThreadPoolExecutor(args.parallel) as pool:
        results = list(pool.map(lambda scenario: run(scenario, seconds), chosen))
    args.out.mkdir(parents=True, exist_ok=True)
    text = table(results)
    (args.out / "pacing.md").write_text(text, encoding="utf-8")
    write_csv(results, args.out / "pacing.csv")
    (args.out / "pacing.svg").write_text(draw(results), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
