"""A long migration that is killed a hundred times while the server misbehaves in every way it can.

    python tests/benchmarks/soak.py                            20,000 rows, 100 kills, about 20 minutes
    python tests/benchmarks/soak.py --rows 2000 --kills 15     a short one

Prints a table of what happened. Exit code 1 when a contact is there twice, is missing, or when book, ledger
and report do not agree. Everything that is random goes by --seed; which row meets which fault also depends on
the machine's speed.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from commands import MAPPING, write_rows  # noqa: E402 - found only beside this file
from migration import (  # noqa: E402
    HEADINGS,
    Audit,
    Migration,
    Row,
    SandboxProcess,
    audit,
    person,
    wrong,
)

from importer.errors import LedgerError  # noqa: E402
from importer.ledger import Durability, Entry, Intent, Ledger, Reader, RunStart  # noqa: E402
from importer.model import Created  # noqa: E402

SETTLE_PAUSE_S = 2.0
LATE_S = 0.7
"""How late the sandbox stores; a third of the pause leaves room for a machine that is busy."""

FAULTS = (
    *(f"outage:start_s={at},seconds=1" for at in range(20, 1200, 120)),
    *(f"outage_503:start_s={at},seconds=1" for at in range(80, 1200, 120)),
    "error_500:rate=0.008",
    "error_500_stored:rate=0.008",
    "html_502:rate=0.008",
    "html_502_stored:rate=0.008",
    "drop_before:rate=0.008",
    "drop_after:rate=0.008",
    f"slow_before:rate=0.008,seconds={LATE_S}",
    "slow_after:rate=0.008,seconds=1.6",
    "stall:rate=0.004",
    "stall_stored:rate=0.004",
    f"late_store:rate=0.008,seconds={LATE_S}",
    "stray_401:rate=0.008",
    "broken_json:rate=0.008",
    "no_contact_id:rate=0.008",
    "concurrent_429:rate=0.008",
    "drop_before:rate=0.03,on=reads",
    "html_502:rate=0.03,on=reads",
    "error_500:rate=0.1,on=tokens",
)
LIMITS = ("--light-per-s", "400", "--medium-per-s", "200", "--heavy-per-s", "0", "--list-lag-s", "0.2")
FLAGS = ("-m", "m.yaml", "--rate", "0", "--timeout", "1", "--settle-pause", f"{SETTLE_PAUSE_S:g}s")
UNDECIDED = ("in_flight", "resending", "in_doubt")


@dataclass
class Doubts:
    """How long rows stayed in doubt over the death of processes, and how that ended."""

    since_ms: dict[str, int] = field(default_factory=dict)
    settled: list[tuple[float, Entry]] = field(default_factory=list)

    def look(self, ledger: Path) -> None:
        """Look into the ledger between two runs."""
        try:
            reader = Reader(ledger)
        except LedgerError:
            return  # killed before it was made
        with reader:
            known = reader.entries(self.since_ms)
            for key, entry in known.items():
                if entry.state not in UNDECIDED:
                    self.settled.append(((entry.changed_ms - self.since_ms.pop(key)) / 1000, entry))
            for entry in reader.unfinished():
                if entry.state in UNDECIDED:
                    self.since_ms.setdefault(entry.key, entry.changed_ms)

    def ends(self) -> Mapping[str, int]:
        """Count how doubts ended."""
        return Counter(_ending(entry) for _, entry in self.settled)

    def longest(self) -> str:
        """Describe the longest."""
        if not self.settled:
            return "none"
        seconds, entry = max(self.settled, key=lambda pair: pair[0])
        return f"{seconds:.1f} s, {_ending(entry)}"


def _ending(entry: Entry) -> str:
    if entry.state != "done":
        return f"{entry.outcome or entry.state}"
    return "found in the book" if not entry.http_status else "not there, sent again"


def rows_of(count: int, chance: random.Random) -> list[Row]:
    """Make the file: one row in a hundred is wrong, one in ten has a twin with the same payload."""
    bad, twins = count // 100, count // 10
    rows = [person(f"K{n}", n) for n in range(count - bad - twins)]
    rows += [person(f"T{n}", n) for n in range(twins)]
    rows += [wrong(f"W{n}") for n in range(bad)]
    chance.shuffle(rows)
    return rows


def changed(rows: Sequence[Row]) -> list[Row]:
    """Change one good row in fifty: what tonight's export looks like beside yesterday's."""
    return [
        person(row.key, int(row.key[1:]), "Example Ltd") if row.payload and at % 50 == 0 else row
        for at, row in enumerate(rows)
    ]


def soak(folder: Path, rows: int, kills: int, seed: int) -> int:
    """Migrate, kill, audit; print the table and return the exit code."""
    chance = random.Random(seed)
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")
    wanted = rows_of(rows, chance)
    file = _write(folder / "c.csv", wanted)
    began = time.monotonic()
    sandbox = SandboxProcess(folder, "--seed", str(seed), *LIMITS, *_given(FAULTS))
    try:
        migration = Migration(folder, sandbox, FLAGS, chance, patience_s=30.0)
        doubts = Doubts()
        tries = 0
        while migration.codes.count(-signal.SIGKILL) < kills and tries < 3 * kills:
            tries += 1
            if tries == kills // 2:
                wanted = changed(wanted)
                _write(file, wanted)
            stop = signal.SIGTERM if tries % 10 == 0 else signal.SIGKILL
            migration.run(file, stop, rows_ahead=max(2, 2 * rows // kills))
            doubts.look(migration.ledger)
            _say_so(migration, kills, sandbox, began)
        lines = migration.until_done(file)
        doubts.look(migration.ledger)
        seconds = time.monotonic() - began
        stats = sandbox.stats()
    finally:
        contacts = sandbox.close()
    found = audit(wanted, contacts, lines, migration.ledger)
    _print_table(len(wanted), migration, stats["faults"], found, doubts, seconds, contacts=len(contacts))
    return 0 if found.clean else 1


def _given(faults: Sequence[str]) -> list[str]:
    return [word for fault in faults for word in ("--fault", fault)]


def _write(path: Path, rows: Sequence[Row]) -> Path:
    return write_rows(path, [row.cells for row in rows], HEADINGS)


def _say_so(migration: Migration, kills: int, sandbox: SandboxProcess, began: float) -> None:
    done = migration.codes.count(-signal.SIGKILL)
    stored = sandbox.stats()["stored"]
    print(f"{time.monotonic() - began:7.0f} s  kill {done}/{kills}  contacts {stored:,}", file=sys.stderr)


def _print_table(
    rows: int,
    migration: Migration,
    faults: Mapping[str, int],
    found: Audit,
    doubts: Doubts,
    seconds: float,
    *,
    contacts: int,
) -> None:
    codes = Counter(migration.codes)
    with Reader(migration.ledger) as reader:
        in_doubt = sum(1 for _ in reader.in_doubt())
    size = sum(path.stat().st_size for path in migration.folder.glob("ledger.sqlite3*"))
    costs = [_ledger_cost(migration.folder, kind) for kind in ("power", "process")]
    table = {
        "rows": f"{rows:,}",
        "contacts in the book": f"{contacts:,}",
        "runs": f"{len(migration.codes):,}",
        "kills": f"{codes[-signal.SIGKILL]:,} SIGKILL, {codes[4] + codes[-signal.SIGTERM]:,} drained",
        "faults": f"{sum(faults.values()):,}",
        **{f"  {kind}": f"{count:,}" for kind, count in sorted(faults.items())},
        "duplicates": f"{found.duplicates:,}",
        "lost": f"{found.lost:,}",
        "disagreements": f"{len(found.disagreements):,}",
        "in doubt at the end": f"{in_doubt:,}",
        "doubts across runs": f"{len(doubts.settled):,}",
        **{f"  {how}": f"{count:,}" for how, count in doubts.ends().items()},
        "longest doubt": doubts.longest(),
        "seconds": f"{seconds:,.0f}",
        "ledger per row": f"{size / rows:,.0f} bytes, {', '.join(costs)}",
    }
    for name, value in table.items():
        print(f"| {name:<24} | {value} |")
    for line in found.disagreements[:10]:
        print(line)


def _ledger_cost(folder: Path, durability: Durability, rows: int = 4_000) -> str:
    """Time of begin and settle of one row, 200 rows at once, and how much of it the processor works."""
    ledger = Ledger.open(
        folder / f"cost-{durability}.sqlite3",
        account_id="a",
        address_book_id="b",
        api_url="x",
        durability=durability,
    )

    async def one(number: int, gate: asyncio.Semaphore) -> None:
        payload = {"display_name": f"Person {number}", "emails": [f"p{number}@example.com"]}
        async with gate:
            await ledger.begin(Intent("create", f"K{number}", number, number, f"{number:032x}", payload))
            await ledger.settle(f"K{number}", Created(f"contact-{number}", 201, 1))

    async def every() -> tuple[float, float]:
        gate = asyncio.Semaphore(200)
        began, worked = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one(number, gate) for number in range(rows)))
        return time.perf_counter() - began, time.process_time() - worked

    try:
        ledger.start_run(RunStart("run"))
        wall_us, cpu_us = (1e6 * seconds / rows for seconds in asyncio.run(every()))
        return f"{wall_us:.0f} us, {cpu_us:.0f} us of them CPU ({durability})"
    finally:
        ledger.close()


def main() -> int:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="leave ledger, reports and book in this folder")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True)
        return soak(given.keep, given.rows, given.kills, given.seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        return soak(Path(folder), given.rows, given.kills, given.seed)


if __name__ == "__main__":
    sys.exit(main())
