"""One line per run: when, what was asked for, how it ended."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

RunState: TypeAlias = Literal["running", "finished", "stopped", "died"]
"""stopped: ended early in good order, resumable. died: the process was killed; noticed by the next one."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present time, with its time zone."""


@dataclass(frozen=True, slots=True)
class RunStart:
    """What a run was asked to do.

    Attributes:
        command: "run", "apply", "undo", "adopt", ...
        file_name: the file with the rows, "" when there is none.
        file_digest: of its bytes, so that a changed file is noticed.
        mapping_digest: of the mapping's bytes.
        options: the settings that matter for repeating the run; no secrets.
    """

    command: str
    file_name: str = ""
    file_digest: str = ""
    mapping_digest: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the ledger remembers it.

    Attributes:
        id: readable and sortable, ``20261123-231600-7f3a`` (UTC).
        source: whose keys it worked with.
        rows: rows of the file that were judged; None unless the run ended in good order.
        counts: outcome to rows; empty unless the run ended in good order.
        process: id of the operating system's process.
    """

    id: str
    source: str
    start: RunStart
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    rows: int | None
    counts: Mapping[str, int]
    process: int


RUN_COLUMNS: Final = (
    "id, source, command, file_name, file_digest, mapping_digest, options, state, started_ms, "
    "finished_ms, rows, counts, process"
)


def insert_run(connection: sqlite3.Connection, run: str, values: tuple[object, ...]) -> None:
    """Note that a run begins; `values` are the columns from source to process, but for the state."""
    connection.execute(
        "INSERT INTO runs (id, source, command, file_name, file_digest, mapping_digest, options, state, "
        "started_ms, process) VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)",
        (run, *values),
    )


def run_from(row: tuple[Any, ...]) -> Run:
    """Build a run from its row in the table, columns as in `RUN_COLUMNS`."""
    return Run(
        id=row[0],
        source=row[1],
        start=RunStart(row[2], row[3], row[4], row[5], json.loads(row[6])),
        state=row[7],
        started_at=from_ms(row[8]),
        finished_at=None if row[9] is None else from_ms(row[9]),
        rows=row[10],
        counts=json.loads(row[11] or "{}"),
        process=row[12],
    )


def run_id(now: datetime, suffix: str) -> str:
    """Name a run by its start in UTC, so that names sort by time; `suffix` tells two of one second apart."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{suffix}"


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """Return the moment, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
