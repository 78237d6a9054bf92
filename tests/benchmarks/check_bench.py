"""What a check costs: rows a second and peak memory, beside other ways to check a file.

    python tests/benchmarks/check_bench.py [--rows 100000 1000000] [--rounds 3] [--seed 7]

Makes one seeded file a size (generate.py) and checks it with `zoom-import check` on one process and on two;
what the two find must be equal, byte for byte. Rows a second of ours are those of the whole command, start-up
and the search for duplicates included. The others are slower, so they get the beginning of the same file, and
their start-up is taken off: (rows - rows of a tenth) / (seconds - seconds of a tenth). Their peak is that of
the beginning; where it grows with the file, the table says so.

A shared machine is twice as fast in one minute as in the next. So everything is measured once a round, one
after the other; the table has the median of the rounds, and ratios are those of one round, their median and
their range. What two processes of nothing but Python are worth on the machine is measured beside.
Runs on Linux, with the packages of the extra `bench`.
"""

import argparse
import itertools
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import generate
from process_tree import Taken, taken_by

HERE = Path(__file__).parent
MAPPING = HERE.parents[1] / "mappings" / "legacy_crm.yaml"


@dataclass(frozen=True)
class Line:
    """What one way to check was measured at in one round; `cpu_us` is CPU time a row."""

    name: str
    rows: int
    per_second: float
    cpu_us: float
    peak_mb: float
    remark: str = ""


@dataclass(frozen=True)
class Peer:
    """Another way to check the file.

    Attributes:
        script: what is run on it.
        rows: how many rows it gets: some seconds of work.
        parts: how many pieces of the file it gets, each for a process.
    """

    name: str
    script: str
    rows: int
    parts: int
    remark: str


PEERS = (
    Peer(
        "row loop (phonenumbers, email-validator, pydantic)",
        "peer_row_loop.py",
        20_000,
        1,
        "peak grows with the file",
    ),
    Peer("frictionless, patterns only", "peer_frictionless.py", 60_000, 1, "peak grows with the file"),
    Peer(
        "frictionless, patterns only, two processes",
        "peer_frictionless.py",
        120_000,
        2,
        "peak grows with the file",
    ),
    Peer("pandera, patterns only", "peer_pandera.py", 200_000, 1, "in chunks"),
)


def ours(file: Path, rows: int, processes: int, folder: Path) -> Line:
    """Check the file with zoom-import as a person does."""
    command = [sys.executable, "-m", "importer", "check", file, "-m", MAPPING, "--processes", str(processes)]
    taken = _ended(taken_by(command, folder), (0, 1))
    name = f"zoom-import check, {'1 process' if processes == 1 else f'{processes} processes'}"
    return Line(name, rows, rows / taken.wall_s, taken.cpu_s / rows * 1e6, taken.peak_mb)


def theirs(peer: Peer, files: dict[int, list[Path]], folder: Path) -> Line:
    """Run a peer on the beginning of the file and on a tenth of it, and take its start-up off."""
    (few, some), (many, all_) = sorted(files.items())
    command: list[str | Path] = [sys.executable, HERE / peer.script]
    start = _ended(taken_by([*command, *some], folder), (0,))
    whole = _ended(taken_by([*command, *all_], folder), (0,))
    more = many - few
    cpu_us = (whole.cpu_s - start.cpu_s) / more * 1e6
    wall_s = whole.wall_s - start.wall_s
    per_second = more / wall_s if wall_s > 0 else math.nan  # the machine was too busy to tell
    return Line(peer.name, many, per_second, cpu_us, whole.peak_mb, peer.remark)


def _ended(taken: Taken, allowed: Sequence[int]) -> Taken:
    if taken.exit_code not in allowed:
        raise SystemExit(f"exit code {taken.exit_code}:\n{taken.output}")
    return taken


def same_findings(file: Path, folder: Path) -> None:
    """Compare all issues and the whole result of one process and of two."""
    said = []
    for processes in (1, 2):
        issues = folder / f"issues-{processes}.csv"
        command = [sys.executable, "-m", "importer", "check", file, "-m", MAPPING, "--json"]
        taken = taken_by([*command, "--processes", str(processes), "--issues", issues], folder)
        said.append((_ended(taken, (0, 1)).output, issues.read_bytes()))
        issues.unlink()
    if said[0] != said[1]:
        raise SystemExit("one process and two do not find the same")
    count = said[0][1].count(b"\n")
    print(f"One process and two find the same in {file.name}, byte for byte ({count:,} lines of issues).\n")


def in_parts(rows: int, parts: int, seed: int, folder: Path) -> list[Path]:
    """Write the first rows of the file as so many files, each with the heading."""
    made = generate.rows(rows, seed)
    paths = []
    for part in range(parts):
        path = folder / f"{rows}-{part + 1}-of-{parts}.csv"
        generate.write_rows(itertools.islice(made, rows // parts), path)
        paths.append(path)
    return paths


def two_at_once() -> float:
    """How much more two processes of nothing but Python get done than one, which no program can beat."""

    def seconds(processes: int) -> float:
        command = [sys.executable, "-c", _SPIN]
        start = time.perf_counter()
        running = [subprocess.Popen(command) for _ in range(processes)]
        for process in running:
            process.wait()
        return time.perf_counter() - start

    return 2 * seconds(1) / seconds(2)


_SPIN = """
import re
look = re.compile(r"(\\d+)-(\\w+)").match
seen = {}
for number in range(1_500_000):
    seen[number % 5_000] = look(f"{number}-abc")[2].upper() + "x"
"""


def table(rounds: Sequence[Sequence[Line]], base: int) -> Iterator[str]:
    """A Markdown table; `base` is the place of the line that the others are compared with."""
    yield "| | rows | rows/s | CPU µs a row | peak MB | ours is faster by | |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for place, line in enumerate(rounds[0]):
        every = [one[place] for one in rounds]
        yield (
            f"| {line.name} | {line.rows:,} | {median(one.per_second for one in every):,.0f} | "
            f"{median(one.cpu_us for one in every):.1f} | {max(one.peak_mb for one in every):,.0f} | "
            f"{spread(one[base].per_second / one[place].per_second for one in rounds)} | {line.remark} |"
        )


def spread(values: Iterable[float]) -> str:
    """The median, and the least and the most."""
    found = sorted(values)
    return f"{median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f})"


def measure(sizes: Sequence[int], rounds: int, seed: int, say: Callable[[str], None], folder: Path) -> None:
    """Measure everything and say it."""
    files = {rows: folder / f"contacts-{rows}.csv" for rows in sizes}
    for rows, file in files.items():
        generate.write(rows, file, seed)
    same_findings(files[min(sizes)], folder)
    pieces = {
        peer: {rows: in_parts(rows, peer.parts, seed, folder) for rows in (peer.rows // 10, peer.rows)}
        for peer in PEERS
    }
    found, at_most = [], []
    for _ in range(rounds):
        lines = [ours(file, rows, count, folder) for rows, file in files.items() for count in (1, 2)]
        found.append(lines + [theirs(peer, parts, folder) for peer, parts in pieces.items()])
        at_most.append(two_at_once())
    base = 2 * len(sizes) - 1
    for text in table(found, base):
        say(text)
    times = spread(one[base].per_second / one[base - 1].per_second for one in found)
    say(f"\nTwo processes are {times} times as fast as one at {max(sizes):,} rows.")
    say(f"Two processes of nothing but Python get {spread(at_most)} times as much done as one here.")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes of the file")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="check-bench-") as folder:
        measure(sorted(arguments.rows), arguments.rounds, arguments.seed, print, Path(folder))


if __name__ == "__main__":
    main()
