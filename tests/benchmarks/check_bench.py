"""What a check costs: rows a second and peak memory, beside other ways to check a file.

    python tests/benchmarks/check_bench.py [--rows 100000 1000000] [--peer-rows 20000] [--seed 7]

Makes one seeded file a size (generate.py) and checks it with `zoom-import check` on one process and on two;
what the two find must be equal, byte for byte. Rows a second of ours are those of the whole command, start-up
and the search for duplicates included. The others are slow, so they get the beginning of the same file, and
their start-up is taken off: (rows - rows of a tenth) / (seconds - seconds of a tenth). Their peak is that of
the beginning; where it grows with the file, the table says so. On a machine that has other work, the CPU time
a row is the fairer measure. Runs on Linux, with the packages of the extra `bench`.
"""

import argparse
import itertools
import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import generate
from process_tree import Taken, taken_by

HERE = Path(__file__).parent
MAPPING = HERE.parents[1] / "mappings" / "legacy_crm.yaml"


@dataclass(frozen=True)
class Line:
    """One line of the table; `cpu_us` is CPU time a row."""

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
        parts: how many pieces of the file it gets, each for a process.
    """

    name: str
    script: str
    parts: int
    remark: str


PEERS = (
    Peer(
        "row loop (phonenumbers, email-validator, pydantic)",
        "peer_row_loop.py",
        1,
        "peak grows with the file",
    ),
    Peer("frictionless, patterns only", "peer_frictionless.py", 1, "peak grows with the file"),
    Peer("frictionless, patterns only, two processes", "peer_frictionless.py", 2, "peak grows with the file"),
    Peer("pandera, patterns only", "peer_pandera.py", 1, "in chunks"),
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


def table(lines: Sequence[Line], base: Line) -> Iterator[str]:
    """A Markdown table; the ratio says how many times as fast as each line the line `base` is."""
    yield "| | rows | rows/s | CPU µs a row | peak MB | ours is faster by | |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for line in lines:
        ratio = base.per_second / line.per_second
        yield (
            f"| {line.name} | {line.rows:,} | {line.per_second:,.0f} | {line.cpu_us:.1f} | "
            f"{line.peak_mb:,.0f} | {ratio:.2f} | {line.remark} |"
        )


def measure(
    sizes: Sequence[int], peer_rows: int, seed: int, say: Callable[[str], None], folder: Path
) -> None:
    """Measure everything and say it."""
    lines = []
    for rows in sizes:
        file = folder / f"contacts-{rows}.csv"
        generate.write(rows, file, seed)
        if rows == min(sizes):
            same_findings(file, folder)
        lines += [ours(file, rows, processes, folder) for processes in (1, 2)]
        file.unlink()
    base = lines[-1]
    for peer in PEERS:
        files = {rows: in_parts(rows, peer.parts, seed, folder) for rows in (peer_rows // 10, peer_rows)}
        lines.append(theirs(peer, files, folder))
    for text in table(lines, base):
        say(text)
    alone = next(line for line in reversed(lines[: lines.index(base)]) if line.rows == base.rows)
    times = base.per_second / alone.per_second
    say(f"\nTwo processes are {times:.2f} times as fast as one at {base.rows:,} rows.")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes of the file")
    parser.add_argument("--peer-rows", type=int, default=20_000, help="rows that the others get")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="check-bench-") as folder:
        measure(sorted(arguments.rows), arguments.peer_rows, arguments.seed, print, Path(folder))


if __name__ == "__main__":
    main()
