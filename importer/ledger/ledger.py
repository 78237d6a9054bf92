"""The ledger: what was meant, what became of it, on disk before the next thing happens."""

import contextlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, Self

from importer.ledger.connection import Durability
from importer.ledger.entry import Adoption, Intent, Noted, Settlement, as_json, issues_as_json
from importer.ledger.faults import translated
from importer.ledger.lock import WriterLock
from importer.ledger.opening import busy, make_or_compare, open_prepared
from importer.ledger.place import api_host, check_is_ledger, make_folder
from importer.ledger.reader import Reader
from importer.ledger.runs import Clock, RunStart, insert_run, run_id, to_ms
from importer.ledger.settlements import note_values, settle_values
from importer.ledger.statements import apply, forget, note, note_unchanged, rename
from importer.ledger.states import Event
from importer.ledger.writer import Write, Writer
from importer.model import Unchanged

_BEGIN: Mapping[str, Event] = {
    "create": "begin_create",
    "update": "begin_update",
    "delete": "begin_delete",
}
_NOTES_PER_WRITE = 500
"""Small enough that a begin in between waits some ms only."""


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger(Reader):
    """A ledger that this process alone may write. Make one with `open`."""

    def __init__(self, path: Path, source: str, lock: WriterLock, writer: Writer, clock: Clock) -> None:
        super().__init__(path, source=source)
        self._lock = lock
        self._writer = writer
        self._clock = clock
        self._run: int | None = None
        self._run_id = ""
        self._source_number = int(self._fetch("SELECT source FROM sources WHERE name = ?", (source,))[0][0])

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        account_id: str,
        address_book_id: str,
        api_url: str,
        source: str = "",
        durability: Durability = "power",
        commits_apart_s: float = 0.0,
        clock: Clock = _now,
        page_limit: int | None = None,
    ) -> Self:
        """Open the ledger of an address book for writing, or make a new one.

        What a dead process left under way becomes in doubt, its run "died".

        Args:
            path: the file; its folder is made if need be.
            account_id: Zoom account that the ledger belongs to.
            address_book_id: address book that it belongs to.
            api_url: base of the API; its host belongs to the ledger too, so that a sandbox never meets a
                real book.
            source: name of the export whose keys are meant. Two exports that share a book have two sources,
                and
                never see each other's contacts as leavers.
            durability: what a returned `begin` or `settle` survives.
            commits_apart_s: seconds between two commits at least, see `Writer`; for who is paced anyway.
            clock: gives the time, with time zone.
            page_limit: most pages of 4096 bytes that the file may have; it then behaves as on a full disk.

        Raises:
            LedgerError: damaged, foreign, of another book, or in a place that cannot hold it; left untouched.
            LedgerBusy: another process is writing it.
        """
        place = Path(path).expanduser().resolve()
        binding = {
            "account_id": account_id,
            "address_book_id": address_book_id,
            "api_host": api_host(api_url),
        }
        with contextlib.ExitStack() as undo, translated(place):
            check_is_ledger(place)
            make_folder(place)
            lock = WriterLock(place)
            if not lock.acquire():
                raise busy(place)
            undo.callback(lock.release)
            make_or_compare(place, binding)
            connection = open_prepared(place, source, durability, page_limit, clock)
            writer = Writer(connection, place, apart_s=commits_apart_s)
            undo.callback(writer.close)
            ledger = cls(place, source, lock, writer, clock)
            undo.callback(ledger.close)
            ledger._hold()
            undo.pop_all()
            return ledger

    def close(self) -> None:
        """Write what still waits, close the file and let others write it. Twice is harmless."""
        self._writer.close()
        super().close()
        self._lock.release()

    # --- runs -------------------------------------------------------------------------------------------

    def start_run(self, start: RunStart) -> str:
        """Begin a run and return its id; what is written from now on is this run's."""
        now = self._clock()
        values = (
            self.source,
            start.command,
            start.file_name,
            start.file_digest,
            start.mapping_digest,
            json.dumps(dict(start.options), ensure_ascii=False),
            to_ms(now),
            os.getpid(),
        )
        self._run_id = self._free_run_id(now)
        self._writer.write_now(Write(partial(insert_run, run=self._run_id, values=values), opens=True))
        self._run = int(self._fetch("SELECT run FROM runs WHERE id = ?", (self._run_id,))[0][0])
        self._hold()
        return self._run_id

    def finish_run(
        self, state: Literal["finished", "stopped"], counts: Mapping[str, int], rows: int | None = None
    ) -> None:
        """End the run that `start_run` began, with the number of rows per outcome and of all rows."""
        values = (state, to_ms(self._clock()), rows, json.dumps(dict(counts)), self._running())
        query = "UPDATE runs SET state = ?, finished_ms = ?, rows = ?, counts = ? WHERE run = ?"
        self._writer.write_now(Write(partial(_execute, query=query, values=values)))
        self._run = None

    # --- rows -------------------------------------------------------------------------------------------

    async def begin(self, intent: Intent) -> None:
        """Note what is about to be sent; on disk when it returns, and only then may it be sent.

        Raises:
            StoppedEarly: the ledger cannot be written (disk full); nothing may be sent any more.
            IllegalTransitionError: the key is not in a state for it, e.g. a create for a contact that exists.
        """
        values = self._values(intent.key) | {
            "number": intent.number,
            "line": intent.line,
            "fingerprint": intent.fingerprint,
            "payload": as_json(intent.payload),
            "issues": issues_as_json(intent.issues),
        }
        change = partial(apply, event=_BEGIN[intent.kind], values=values)
        await self._writer.write(Write(change, opens=True, patient=True))

    async def settle(self, key: str, settlement: Settlement) -> None:
        """Note what became of it; on disk when it returns, and only then is the row done.

        Raises:
            StoppedEarly: the ledger cannot be written; the row is looked up by the next run.
            ContactOwnedError: the contact_id belongs to another row; the row is still under way.
            IllegalTransitionError: nothing is under way for the key.
        """
        event, values = settle_values(settlement)
        change = partial(apply, event=event, values=self._values(key) | values)
        await self._writer.write(Write(change, patient=True))

    async def adopt(self, adoption: Adoption) -> None:
        """Tie a contact that the book already had to a key. Many may wait together (`asyncio.gather`).

        Raises:
            StoppedEarly: the ledger cannot be written.
            ContactOwnedError: another key owns the contact.
            IllegalTransitionError: the key owns another contact, or a request is under way.
        """
        values = self._values(adoption.key) | {
            "contact_id": adoption.contact_id,
            "fingerprint": adoption.fingerprint,
            "payload": as_json(adoption.payload),
            "number": adoption.number,
            "line": adoption.line,
        }
        await self._writer.write(Write(partial(apply, event="adopted", values=values)))

    async def record(self, rows: Iterable[Noted]) -> None:
        """Note the outcomes of rows for which nothing was sent, a chunk at a time.

        What matters more stays: a contact stays in the book, a row under way or in doubt stays so, and "not
        attempted" does not hide why a row failed before. An unchanged row costs a write only when it has
        moved.

        Raises:
            StoppedEarly: the ledger cannot be written.
            IllegalTransitionError: "unchanged" for what the book does not have for certain.
        """
        noted = list(rows)
        for start in range(0, len(noted), _NOTES_PER_WRITE):
            writes = [self._note(row) for row in noted[start : start + _NOTES_PER_WRITE]]
            await self._writer.write(Write(partial(_in_turn, writes=writes)))

    async def rename(self, key: str, new: str) -> None:
        """Let a row that is not in the book go on under another key: its own, once the cell is filled in.

        If the ledger knows `new` already, `key` is merely forgotten.

        Raises:
            StoppedEarly: the ledger cannot be written.
            IllegalTransitionError: `key` is, or may be, in the book.
        """
        await self._writer.write(Write(partial(rename, values=self._values(key) | {"new": new})))

    async def forget(self, keys: Iterable[str]) -> None:
        """Forget rows that have nothing in the book (rejected ones that left the file); others stay."""
        writes = [partial(forget, values=self._values(key)) for key in keys]
        await self._writer.write(Write(partial(_in_turn, writes=writes)))

    async def keep(self, contact_id: str, fields: Mapping[str, str]) -> None:
        """Remember what somebody has written into a contact by hand, so that it is no news next time.

        Raises:
            StoppedEarly: the ledger cannot be written.
        """
        query = "INSERT OR REPLACE INTO kept VALUES (?, ?)"
        values = (contact_id, json.dumps(dict(fields), ensure_ascii=False))
        await self._writer.write(Write(partial(_execute, query=query, values=values)))

    def kept(self, contact_ids: Iterable[str]) -> dict[str, Mapping[str, str]]:
        """Return what `keep` has remembered of these contacts, by contact id."""
        found: dict[str, Mapping[str, str]] = {}
        for contact_id in contact_ids:
            for (fields,) in self._fetch("SELECT fields FROM kept WHERE contact_id = ?", (contact_id,)):
                found[contact_id] = json.loads(fields)
        return found

    # --- inside -----------------------------------------------------------------------------------------

    def _note(self, row: Noted) -> Callable[[sqlite3.Connection], None]:
        values = self._values(row.key) | {"number": row.number, "line": row.line}
        if isinstance(row.outcome, Unchanged):
            return partial(note_unchanged, values=values)
        return partial(
            note, values=values | {"fingerprint": row.fingerprint or None} | note_values(row.outcome)
        )

    def _values(self, key: str) -> dict[str, object]:
        if not key:
            raise ValueError("a row without a key cannot be remembered")
        return {
            "source": self._source_number,
            "key": key,
            "run": self._running(),
            "now": to_ms(self._clock()),
        }

    def _free_run_id(self, now: datetime) -> str:
        # Four digits are short for people; two runs of one second may draw the same.
        while True:
            name = run_id(now, secrets.token_hex(2))
            if not self._fetch("SELECT 1 FROM runs WHERE id = ?", (name,)):
                return name

    def _running(self) -> int:
        if self._run is None:
            raise RuntimeError("start_run comes first")
        return self._run

    def _hold(self) -> None:
        holder = {
            "process": os.getpid(),
            "since": f"{self._clock():%Y-%m-%d %H:%M:%S} UTC",
            "run": self._run_id,
        }
        query = "INSERT OR REPLACE INTO book VALUES ('holder', ?)"
        self._writer.write_now(Write(partial(_execute, query=query, values=(json.dumps(holder),))))


def _execute(connection: sqlite3.Connection, query: str, values: tuple[object, ...]) -> None:
    connection.execute(query, values)


def _in_turn(connection: sqlite3.Connection, writes: Sequence[Callable[[sqlite3.Connection], None]]) -> None:
    for write in writes:
        write(connection)
