"""The promise, with real processes: killed at any moment and started again, every row is there once."""

import random
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import MAPPING, write_rows
from migration import HEADINGS, Migration, Row, SandboxProcess, audit, is_posix, person, wrong

pytestmark = pytest.mark.skipif(not is_posix(), reason="Windows ends a process without asking it")

SEED = 20_261_124
KINDS = (
    "drop_after",
    "late_store:seconds=0.3",
    "error_500_stored",
    "broken_json",
    "slow_before:seconds=0.3",
    "drop_before",
    "stall_stored",
    "error_500",
    "html_502_stored",
    "slow_after:seconds=1.3",
    "stray_401",
    "no_contact_id",
    "html_502",
    "stall",
    "concurrent_429",
)
# Every kind strikes for certain, each at another stretch of the file, so that no row needs ten attempts.
FAULTS = [f"{kind}{',' if ':' in kind else ':'}after={5 * at},count=2" for at, kind in enumerate(KINDS)]
FAULTS += ["outage:after=50,seconds=0.4", "outage_503:after=90,seconds=0.4"]
FAULTS += ["drop_before:rate=0.05,on=reads", "html_502:rate=0.05,on=reads", "error_500:rate=0.1,on=tokens"]
SANDBOX = ("--rate", "60", "--list-lag-s", "0.1", *(word for fault in FAULTS for word in ("--fault", fault)))
# A contact is looked for four times as long as the sandbox takes to store one late.
FLAGS = ("-m", "m.yaml", "--rate", "0", "--workers", "30", "--timeout", "1", "--settle-pause", "1.2")
KILL, TERM = signal.SIGKILL, signal.SIGTERM


def migrated(folder: Path, sandbox: SandboxProcess, seed: int) -> Migration:
    return Migration(folder, sandbox, FLAGS, random.Random(seed), patience_s=4.0)


def write(path: Path, rows: Sequence[Row]) -> Path:
    return write_rows(path, [row.cells for row in rows], HEADINGS)


def test_killed_and_changed_every_row_is_there_once(tmp_path: Path) -> None:
    """With keys: twins, wrong rows, a file that changes in between; book, ledger and report agree."""
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    rows = [person(f"K{n}", n) for n in range(110)]
    rows += [person(f"T{n}", n) for n in range(0, 110, 10)]  # twins: another key, the same payload
    rows += [wrong(f"W{n}") for n in range(5)]
    random.Random(SEED).shuffle(rows)
    file = write(tmp_path / "c.csv", rows)
    sandbox = SandboxProcess(tmp_path, "--seed", str(SEED), *SANDBOX)
    try:
        migration = migrated(tmp_path, sandbox, SEED)
        for stop in (KILL, KILL):
            migration.run(file, stop)
        rows = [
            person(row.key, int(row.key[1:]), "Example Ltd") if row.payload and at % 7 == 0 else row
            for at, row in enumerate(rows)
        ]
        rows += [person(f"N{n}", n) for n in range(300, 330)]
        write(file, rows)
        for stop in (TERM, KILL):
            migration.run(file, stop)
        report = migration.until_done(file)
        struck = sandbox.stats()["faults"]
    finally:
        contacts = sandbox.close()
    assert -KILL in migration.codes
    assert struck.keys() >= {kind.split(":")[0] for kind in KINDS} | {"outage", "outage_503"}
    found = audit(rows, contacts, report, migration.ledger)
    assert found.clean, found


def test_killed_without_keys_equal_rows_stay_as_many_as_they_are(tmp_path: Path) -> None:
    """Without keys: rows that are equal in every cell are that many contacts, whatever dies in between."""
    mapping = MAPPING.replace("key: id\n", "")
    (tmp_path / "m.yaml").write_text(mapping, encoding="utf-8")
    rows = [person("", n % 60) for n in range(100)]
    rows.insert(40, wrong(""))
    file = write(tmp_path / "c.csv", rows)
    sandbox = SandboxProcess(tmp_path, "--seed", str(SEED + 1), *SANDBOX)
    try:
        migration = migrated(tmp_path, sandbox, SEED + 1)
        for stop in (KILL, TERM, KILL):
            migration.run(file, stop)
        report = migration.until_done(file)
    finally:
        contacts = sandbox.close()
    found = audit(rows, contacts, report, migration.ledger)
    assert found.clean, found
