"""Three nights of an export, and what they did to the address book: calls, seconds, exit code, is it right?

    python tests/benchmarks/three_nights.py                 10,000 rows, about a minute
    python tests/benchmarks/three_nights.py --paced         at the Business plan's rate limit, about 6 minutes
    python tests/benchmarks/three_nights.py --rows 1000     a short one

First night: the whole export. Second: of 10,000 rows 300 are changed, 50 new, 20 gone. Third: an export
that came out empty, one of a heading alone, one cut in half at the end of a row, one cut in a row, and one
of other people. At the end the second night's file once more. The book is compared field by field after
each run. Exit code 1 when the book is not what it should be, or an exit code is another one.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from commands import MAPPING, start  # noqa: E402 - found only beside this file
from migration import HEADINGS, Row, SandboxProcess, canonical, person  # noqa: E402

FLAGS = (
    "-m",
    "crm.yaml",
    "--leavers",
    "delete",
    "--source",
    "crm",
    "--no-progress",
    "--report",
    "{night}.csv",
)
CHANGING = ("create_contact", "update_contact", "delete_contact")
LIMIT_S = 900.0


@dataclass(frozen=True)
class Night:
    """One run and what has to come of it.

    Attributes:
        text: the export.
        book: rows that the address book has to hold afterwards.
        code: exit code that is expected.
    """

    name: str
    text: str
    book: Sequence[Row]
    code: int


def export(rows: Sequence[Row]) -> str:
    """A CSV of rows."""
    return "".join(f"{','.join(cells)}\n" for cells in (HEADINGS, *(row.cells for row in rows)))


def nights(rows: int) -> list[Night]:
    """All runs, in order; counts of changes grow with the rows."""
    first = [person(f"C{n:06d}", n) for n in range(1, rows + 1)]
    changed, new, gone = rows * 3 // 100, rows // 200, rows // 500
    second = [
        person(row.key, n, company="Moved Ltd") if n <= changed else row
        for n, row in enumerate(first[: rows - gone], 1)
    ] + [person(f"N{n:06d}", rows + n) for n in range(1, new + 1)]
    others = [person(f"X{n:06d}", 2 * rows + n) for n in range(1, rows + 1)]
    whole = export(second)
    half = export(second[: len(second) // 2])
    named = f"{changed:,} changed, {new:,} new, {gone:,} gone"
    return [
        Night(f"1: {rows:,} rows", export(first), first, 0),
        Night(f"2: {named}", whole, second, 0),
        Night("3: empty file", "", second, 4),
        Night("3: a heading alone", export([]), second, 4),
        Night("3: cut in half, at the end of a row", half, second, 4),
        Night("3: cut in half, in a row", half[:-9], second, 4),
        Night("3: as many rows, of other people", export(others), second, 4),
        Night("4: the file of night 2 again", whole, second, 0),
    ]


def played(night: Night, number: int, folder: Path, sandbox: SandboxProcess, flags: Sequence[str]) -> bool:
    """Run one night and print its line; True when everything was as it should be."""
    (folder / "crm.csv").write_text(night.text, encoding="utf-8")
    before = Counter(sandbox.stats()["requests"])
    began = time.monotonic()
    arguments = ["run", "crm.csv", *(flag.format(night=number) for flag in (*FLAGS, *flags))]
    variables = {**sandbox.variables, "ZOOM_IMPORT_LEDGER": str(folder / "ledger.sqlite3")}
    process = start(arguments, folder, variables)
    _, said = process.communicate(timeout=LIMIT_S)
    seconds = time.monotonic() - began
    calls = Counter(sandbox.stats()["requests"]) - before
    wrong = differences(night.book, sandbox.contacts())
    right = not wrong and process.returncode == night.code
    print(line(night.name, calls, f"{seconds:.1f}", str(process.returncode), wrong or "right"), flush=True)
    if not right:
        print(said, file=sys.stderr)
    return right


def differences(rows: Sequence[Row], contacts: Sequence[Mapping[str, object]]) -> str:
    """Say how the book differs from what it should be; "" for not at all."""
    wanted = Counter(canonical(row.payload) for row in rows if row.payload is not None)
    held = Counter(canonical(contact) for contact in contacts)
    missing, surplus = (wanted - held).total(), (held - wanted).total()
    return f"{missing} missing, {surplus} surplus" if missing or surplus else ""


def line(name: str, calls: Mapping[str, int], seconds: str, code: str, book: str) -> str:
    """Write one line of the table."""
    counts = [f"{calls.get(kind, 0):,}" for kind in CHANGING]
    others = f"{sum(count for kind, count in calls.items() if kind not in CHANGING):,}"
    return row_of(name, *counts, others, seconds, code, book)


def row_of(name: str, *cells: str) -> str:
    """Align the cells of one line."""
    return f"{name:<40}" + "".join(f"{cell:>9}" for cell in cells)


def main() -> int:
    """Play all nights; 0 when all was right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--paced", action="store_true", help="keep to the Business plan's limits, 40 calls/s")
    asked = parser.parse_args()
    limits = ("--plan", "business") if asked.paced else ("--rate", "0")
    flags = ("--account-plan", "business") if asked.paced else ("--rate", "0")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "crm.yaml").write_text(MAPPING, encoding="utf-8")
        sandbox = SandboxProcess(folder, *limits)
        try:
            print(row_of("night", "create", "update", "delete", "other", "seconds", "exit", "book"))
            all_nights = enumerate(nights(asked.rows), 1)
            found = [played(night, number, folder, sandbox, flags) for number, night in all_nights]
        finally:
            sandbox.kill()
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
