"""What a contact costs in CPU: the whole engine against the script that most people would write.

    python tests/benchmarks/engine_cost.py [--rows 10000] [--rounds 3]

Both import the same rows, one after the other and in turn, into a sandbox without a limit that runs as a
process of its own, with the same packages installed. Ours keeps a ledger and writes a report besides. Prints
CPU seconds per 1,000 contacts (start-up of the process included) and the ratio, medians of the rounds.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MAPPING = "version: 1\nkey: id\ncontact: {display_name: name, phone_numbers: phone, emails: email}\n"


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    cpu_s: float
    peak_mb: float


def write_people(path: Path, rows: int) -> None:
    """Write fictional people, all different."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "phone", "email"))
        writer.writerows(
            (f"K{n:06d}", f"Person {n}", f"+1212555{100 + n % 100:04d}", f"p{n}@example.com")
            for n in range(rows)
        )


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """Serve a sandbox without a limit; gives the settings that point to it."""
    command = [sys.executable, "-m", "importer.sandbox", "--port", "0", "--rate", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        words = server.stdout.readline().split()[1:]
        try:
            yield dict(word.split("=", 1) for word in words)
        finally:
            server.terminate()


def measured(command: list[str], settings: dict[str, str], folder: Path) -> Cost:
    """Run a command to its end and ask the system what it took."""
    with (folder / "output.txt").open("w") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit((folder / "output.txt").read_text())
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    script = Path(__file__).with_name("usual_script.py")
    with tempfile.TemporaryDirectory() as name, sandbox() as settings:
        folder = Path(name)
        settings["XDG_STATE_HOME"] = name
        write_people(folder / "people.csv", asked.rows)
        (folder / "people.yaml").write_text(MAPPING)
        usual_command = [sys.executable, str(script), "people.csv"]
        usual_command += [
            settings["ZOOM_API_URL"],
            settings["ZOOM_OAUTH_URL"],
            settings["ZOOM_ADDRESS_BOOK_ID"],
        ]
        ours, usual = [], []
        for turn in range(asked.rounds):
            usual.append(measured(usual_command, settings, folder))
            command = [sys.executable, "-m", "importer", "run", "people.csv", "-m", "people.yaml"]
            command += ["--rate", "0", "--no-progress", "--ledger", f"ledger-{turn}.sqlite3"]
            ours.append(measured(command, settings, folder))
    per_thousand = 1000 / asked.rows
    ratios = [one.cpu_s / other.cpu_s for one, other in zip(ours, usual, strict=True)]
    print("| | CPU s per 1,000 contacts | peak MB |")
    print("|---|---|---|")
    for label, costs in (("the usual script", usual), ("zoom-import", ours)):
        cpu = statistics.median(cost.cpu_s for cost in costs) * per_thousand
        print(f"| {label} | {cpu:.2f} | {statistics.median(cost.peak_mb for cost in costs):.0f} |")
    print(f"| ratio | {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | |")


if __name__ == "__main__":
    main()
