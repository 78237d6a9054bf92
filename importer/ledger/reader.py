"""Reading a ledger, also while another process writes it.

No query stays open longer than a page of rows takes: a long one would keep SQLite from cleaning up its log.
"""

# ruff: noqa: S608 - the SQL is put together of constants, values are always parameters

import contextlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from importer.errors import InputError, LedgerError
from importer.ledger.connection import in_groups, open_reading
from importer.ledger.entry import RIGHT, Entry
from importer.ledger.faults import damaged, translated
from importer.ledger.leavers import Leavers
from importer.ledger.place import check_is_ledger
from importer.ledger.runs import RUN_COLUMNS, Run, run_from
from importer.ledger.schema import UNFINISHED_CONDITION
from importer.ledger.states import OWNED, sql_list

ENTRY_COLUMNS: Final = """sources.name, key, contacts.state, outcome, coalesce(contact_id, ''), fingerprint,
payload, coalesce(sent_fingerprint, ''), sent_payload, number, line, attempt, http_attempts, http_status,
transient, code, field, message, issues, candidates, coalesce(made.id, ''), coalesce(wrote.id, ''),
changed_ms"""

ENTRY_TABLES: Final = """contacts JOIN sources USING (source)
LEFT JOIN runs AS made ON made.run = contacts.created_run LEFT JOIN runs AS wrote ON wrote.run =
contacts.run"""

_NO_FINGERPRINT: Final = "-" * 32

_WANTED: Final = """json_each(?) AS wanted LEFT JOIN contacts
ON source = (SELECT source FROM sources WHERE name = ?) AND contacts.key = substr(wanted.value, 33)
AND fingerprint = substr(wanted.value, 1, 32) AND state = 'done'"""

_AT_REST: Final = f"SELECT coalesce(contact_id, '') FROM {_WANTED} AND outcome IN {RIGHT} ORDER BY wanted.key"

_DIFFERING: Final = f"SELECT wanted.key FROM {_WANTED} WHERE contacts.key IS NULL"

_PAGE: Final = 1000
_KEYS_PER_QUERY: Final = 500


class Reader:
    """A ledger for looking at: past runs, entries, totals. Never blocks the process that writes.

    One object belongs to one `source`: methods that take keys take keys of that source.

    Raises:
        LedgerError: there is no ledger at `path`, or it is damaged or foreign.
    """

    def __init__(self, path: Path, *, source: str = "") -> None:
        self.path = path
        self.source = source
        if not check_is_ledger(path):
            raise LedgerError(f"There is no ledger at {path} yet: nothing has been imported with it.")
        self._turn = threading.Lock()
        with translated(self.path):
            self._reading = open_reading(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._reading.close()

    # --- keys ---------------------------------------------------------------------------------------

    def entries(self, keys: Iterable[str]) -> dict[str, Entry]:
        """Return what is known of these keys, unknown ones left out. Ten thousand take some tens of ms."""
        found: dict[str, Entry] = {}
        for group in in_groups(list(keys), _KEYS_PER_QUERY):
            marks = ",".join("?" * len(group))
            for entry in self._entries(f"sources.name = ? AND key IN ({marks})", (self.source, *group)):
                found[entry.key] = entry
        return found

    def fingerprints(self, keys: Iterable[str]) -> dict[str, str]:
        """Return what the book has under these keys, as fingerprints; keys without a contact are left out.

        "" stands for a contact of which that is not certain. Several times faster than `entries`.
        """
        found: dict[str, str] = {}
        for group in in_groups(list(keys), _KEYS_PER_QUERY):
            marks = ",".join("?" * len(group))
            found.update(
                self._fetch(
                    "SELECT key, CASE state WHEN 'done' THEN fingerprint ELSE '' END "
                    "FROM contacts WHERE source = (SELECT source FROM sources WHERE name = ?) "
                    f"AND key IN ({marks}) AND contacts.state IN {sql_list(OWNED)}",
                    (self.source, *group),
                )
            )
        return found

    def at_rest(self, keys: Sequence[str], fingerprints: Sequence[str]) -> list[str]:
        """Return the contact id of each row of which a run that finds it so has no news, "" for the others.

        The book has these contacts for certain, and the last outcome of their rows was a good one.

        Args:
            keys: of the rows.
            fingerprints: of the same rows; "" is equal to nothing.
        """
        return [contact_id for (contact_id,) in self._beside_wanted(_AT_REST, keys, fingerprints)]

    def differing(self, keys: Sequence[str], fingerprints: Sequence[str]) -> list[int]:
        """Return the positions of the rows that the book does not have for certain just as they are.

        Args:
            keys, fingerprints: as in `at_rest`.
        """
        return [position for (position,) in self._beside_wanted(_DIFFERING, keys, fingerprints)]

    def of_contacts(self, contact_ids: Iterable[str]) -> dict[str, Entry]:
        """Return the entries of all sources that own these contacts, by contact id."""
        found: dict[str, Entry] = {}
        for group in in_groups(list(contact_ids), _KEYS_PER_QUERY):
            marks = ",".join("?" * len(group))
            condition = f"contact_id IN ({marks}) AND contacts.state IN {sql_list(OWNED)}"
            found |= {entry.contact_id: entry for entry in self._entries(condition, group)}
        return found

    def owner(self, contact_id: str) -> str | None:
        """Return the key that owns a contact, or owned it when this tool deleted it; None when nobody did.

        A key of another source comes back with the source in front, so that it equals none of ours.
        """
        row = self._fetch(
            "SELECT sources.name, key FROM contacts JOIN sources USING (source) WHERE contact_id = ?1 "
            "UNION ALL "
            "SELECT sources.name, key FROM removed JOIN sources USING (source) WHERE contact_id = ?1",
            (contact_id,),
        )
        if not row:
            return None
        source, key = row[0]
        return str(key) if source == self.source else f"{source}\x1f{key}"

    # --- iterators, in constant memory -----------------------------------------------------------------

    def in_doubt(self) -> Iterator[Entry]:
        """Yield this source's rows in doubt, first things first for a run."""
        condition = f"sources.name = ? AND contacts.{UNFINISHED_CONDITION} AND contacts.state = 'in_doubt'"
        return self._scan(condition, (self.source,))

    def unfinished(self) -> Iterator[Entry]:
        """Yield this source's rows whose last request may have arrived: in doubt, updating, deleting."""
        return self._scan(f"sources.name = ? AND contacts.{UNFINISHED_CONDITION}", (self.source,))

    def created_by(self, run_id: str) -> Iterator[Entry]:
        """Yield the contacts that this run created and that are still in the book (or half deleted)."""
        return self._scan(f"made.id = ? AND contacts.state IN {sql_list(OWNED)}", (run_id,))

    def written_by(self, run_id: str) -> Iterator[Entry]:
        """Yield the rows that this run was the last to write."""
        return self._scan("wrote.id = ?", (run_id,))

    def in_row_order(self) -> Iterator[Entry]:
        """Yield all rows of this source over all runs, by row number."""
        with contextlib.closing(self._scratch()) as scratch:
            scratch.execute("CREATE TEMP TABLE arranged (place INTEGER PRIMARY KEY, entry INTEGER)")
            scratch.execute(
                "INSERT INTO arranged (entry) SELECT entry FROM contacts JOIN sources USING (source) "
                "WHERE sources.name = ? ORDER BY number, entry",
                (self.source,),
            )
            yield from self._arranged(scratch)

    def leavers(self) -> Leavers:
        """Return a collector for the keys of a file, which then tells who of the ledger is not in it."""
        return Leavers(self._scratch(), self.path, self.source, self._scan_with)

    # --- sums and runs ------------------------------------------------------------------------------------

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Count this source's rows by (state, outcome)."""
        rows = self._fetch(
            "SELECT contacts.state, outcome, count(*) FROM contacts JOIN sources USING (source) "
            "WHERE sources.name = ? GROUP BY 1, 2",
            (self.source,),
        )
        return Counter({(state, outcome): count for state, outcome, count in rows})

    def owned_count(self) -> int:
        """Count the contacts in the book that belong to this source."""
        return self.owned_counts()[0]

    def owned_counts(self) -> tuple[int, int]:
        """Count the contacts in the book that belong to this source, and those that belong to any."""
        query = (
            "SELECT coalesce(sum(source = (SELECT source FROM sources WHERE name = ?)), 0), count(*) "
            f"FROM contacts WHERE state IN {sql_list(OWNED)}"
        )
        of_source, in_all = self._fetch(query, (self.source,))[0]
        return int(of_source), int(in_all)

    def owns_any(self) -> bool:
        """Say whether any contact in the book belongs to this source, without counting them."""
        condition = f"sources.name = ? AND state IN {sql_list(OWNED)}"
        query = f"SELECT 1 FROM contacts JOIN sources USING (source) WHERE {condition} LIMIT 1"
        return bool(self._fetch(query, (self.source,)))

    def runs(self) -> list[Run]:
        """Return all runs, the newest first."""
        return [run_from(row) for row in self._fetch(f"SELECT {RUN_COLUMNS} FROM runs ORDER BY run DESC", ())]

    def run(self, run_id: str) -> Run:
        """Return one run.

        Raises:
            InputError: the ledger has no such run.
        """
        rows = self._fetch(f"SELECT {RUN_COLUMNS} FROM runs WHERE id = ?", (run_id,))
        if not rows:
            raise InputError(
                f'There is no run "{run_id}" in the ledger {self.path}. `zoom-import runs` lists them.'
            )
        return run_from(rows[0])

    def book(self) -> Mapping[str, str]:
        """Return what the ledger is bound to: account_id, address_book_id, api_host."""
        return {str(name): str(value) for name, value in self._fetch("SELECT name, value FROM book", ())}

    def holder(self) -> Mapping[str, object]:
        """Return process, since (ISO time) and run of the last one who wrote; empty when unknown."""
        loaded: dict[str, object] = json.loads(self.book().get("holder", "{}"))
        return loaded

    def verify(self) -> None:
        """Read the whole file and check that it is sound: seconds for a million contacts.

        Raises:
            LedgerError: it is damaged.
        """
        if self._fetch("PRAGMA quick_check(1)", ()) != [("ok",)]:
            raise damaged(self.path)

    # --- inside -------------------------------------------------------------------------------------------

    def _entries(self, condition: str, values: Collection[object]) -> Iterator[Entry]:
        query = f"SELECT {ENTRY_COLUMNS} FROM {ENTRY_TABLES} WHERE {condition}"
        return map(Entry._make, self._fetch(query, values))

    def _beside_wanted(
        self, query: str, keys: Sequence[str], fingerprints: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """Compare inside the database: what is equal, mostly all, never becomes an object here."""
        wanted = [f"{one or _NO_FINGERPRINT}{key}" for one, key in zip(fingerprints, keys, strict=True)]
        return self._fetch(query, (json.dumps(wanted), self.source))

    def _scan(self, condition: str, values: tuple[object, ...]) -> Iterator[Entry]:
        return self._scan_with(self._reading, condition, values)

    def _scan_with(
        self, connection: sqlite3.Connection, condition: str, values: tuple[object, ...]
    ) -> Iterator[Entry]:
        query = (
            f"SELECT contacts.entry, {ENTRY_COLUMNS} FROM {ENTRY_TABLES} "
            f"WHERE {condition} AND contacts.entry > ? ORDER BY contacts.entry LIMIT {_PAGE}"
        )
        last = 0
        while page := self._fetch(query, (*values, last), connection):
            yield from (Entry._make(row[1:]) for row in page)
            last = page[-1][0]

    def _arranged(self, scratch: sqlite3.Connection) -> Iterator[Entry]:
        query = (
            f"SELECT place, {ENTRY_COLUMNS} FROM arranged CROSS JOIN {ENTRY_TABLES} "
            f"WHERE arranged.entry = contacts.entry AND place > ? ORDER BY place LIMIT {_PAGE}"
        )
        last = 0
        while page := self._fetch(query, (last,), scratch):
            yield from (Entry._make(row[1:]) for row in page)
            last = page[-1][0]

    def _scratch(self) -> sqlite3.Connection:
        with translated(self.path):
            return open_reading(self.path, scratch=True)

    def _fetch(
        self, query: str, values: Collection[object], connection: sqlite3.Connection | None = None
    ) -> list[Any]:
        with translated(self.path), self._turn:
            return (connection or self._reading).execute(query, tuple(values)).fetchall()
