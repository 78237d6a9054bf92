"""The contacts, in SQLite: on disk before the answer leaves, whatever the number of them.

The file outlives the death of this process and of its clients; it does not promise to outlive a power cut.
"""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Body = dict[str, Any]
"""A contact as it is kept: the fields of the API, custom_fields included."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contact (
    seq INTEGER PRIMARY KEY,
    contact_id TEXT NOT NULL UNIQUE,
    book_id TEXT NOT NULL,
    body TEXT NOT NULL,
    stored_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS contact_of_book ON contact (book_id, seq);
CREATE TABLE IF NOT EXISTS address (
    value TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (value, seq)
) WITHOUT ROWID;
"""

_APPLICATION_ID = 0x7A736278
"""Marks a file as the sandbox's."""

_COLUMNS = "seq, contact_id, book_id, body"


@dataclass(frozen=True, slots=True)
class Stored:
    """One contact of the store; `seq` grows in the order in which they were stored."""

    seq: int
    contact_id: str
    book_id: str
    body: Body


@dataclass(frozen=True, slots=True)
class Query:
    """Which contacts of a book are asked for.

    Attributes:
        emails, phones: values of which a contact has to have one, () for any contact.
        both: whether a contact has to match emails and phones, when both are given, or only one of them.
        until: only contacts stored before this time, in seconds since 1970.
    """

    book_id: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    both: bool = True
    until: float | None = None

    def condition(self) -> tuple[str, list[object]]:
        """Give the WHERE clause and its values."""
        matches = [part for part in (self.emails, self.phones) if part]
        # The + keeps SQLite from walking through the whole book where a few addresses lead to the contacts.
        clauses, values = ["+book_id = ?" if matches else "book_id = ?"], [self.book_id]
        if matches and not self.both:
            matches = [self.emails + self.phones]
        for part in matches:
            marks = ",".join("?" * len(part))
            clauses.append(f"seq IN (SELECT seq FROM address WHERE value IN ({marks}))")  # noqa: S608 - marks only
            values += part
        if self.until is None:
            return " AND ".join(clauses), [*values]
        return " AND ".join([*clauses, "stored_at <= ?"]), [*values, self.until]


class Store:
    """The contacts of all books.

    Without a path they live in a temporary file of SQLite's own, which goes away with the process: memory
    stays flat either way.

    Raises:
        sqlite3.Error: the file cannot be used, or belongs to something else; it is left as it was.
    """

    def __init__(self, path: Path | None) -> None:
        # The server runs in one thread, which need not be the one that opens the file.
        self._db = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False)
        try:
            self._prepare(on_disk=path is not None)
        except BaseException:
            self._db.close()
            raise
        self._counts = Counter(
            dict(self._db.execute("SELECT book_id, count(*) FROM contact GROUP BY book_id").fetchall())
        )

    def _prepare(self, *, on_disk: bool) -> None:
        """Make the tables, but never in a file that belongs to something else."""
        owner = self._db.execute("PRAGMA application_id").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner != _APPLICATION_ID and tables:
            raise sqlite3.DatabaseError("it is a database of another program")
        self._db.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        if on_disk:
            self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def clear(self) -> None:
        """Forget every contact."""
        self._db.executescript("DELETE FROM address; DELETE FROM contact;")
        self._counts.clear()

    def count(self, book_id: str) -> int:
        """Say how many contacts a book has."""
        return self._counts[book_id]

    def add(self, book_id: str, contacts: Iterable[tuple[str, Body]]) -> None:
        """Store new contacts, pairs of contact_id and body, in one transaction."""
        self._db.execute("BEGIN")
        try:
            added = sum(self._insert(book_id, contact_id, body) for contact_id, body in contacts)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self._counts[book_id] += added

    def _insert(self, book_id: str, contact_id: str, body: Body) -> int:
        cursor = self._db.execute(
            "INSERT INTO contact (contact_id, book_id, body, stored_at) VALUES (?, ?, ?, ?)",
            (contact_id, book_id, _dump(body), time.time()),
        )
        self._index(cursor.lastrowid or 0, body)
        return 1

    def _index(self, seq: int, body: Mapping[str, Any]) -> None:
        self._db.executemany(
            "INSERT INTO address VALUES (?, ?)", [(value, seq) for value in _addresses(body)]
        )

    def _forget(self, stored: Stored) -> None:
        pairs = [(value, stored.seq) for value in _addresses(stored.body)]
        self._db.executemany("DELETE FROM address WHERE value = ? AND seq = ?", pairs)

    def get(self, contact_id: str, book_id: str | None = None) -> Stored | None:
        """Find a contact by its id, in one book or in any."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM contact WHERE contact_id = ?",  # noqa: S608 - our own names
            (contact_id,),
        ).fetchone()
        if row is None or (book_id is not None and row[2] != book_id):
            return None
        return _stored(row)

    def replace(self, stored: Stored, body: Body) -> None:
        """Give a contact a new body."""
        self._db.execute("BEGIN")
        self._db.execute("UPDATE contact SET body = ? WHERE seq = ?", (_dump(body), stored.seq))
        self._forget(stored)
        self._index(stored.seq, body)
        self._db.execute("COMMIT")

    def delete(self, stored: Stored) -> None:
        """Remove a contact."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM contact WHERE seq = ?", (stored.seq,))
        self._forget(stored)
        self._db.execute("COMMIT")
        self._counts[stored.book_id] -= 1

    def total(self, query: Query) -> int:
        """Say how many contacts a query finds."""
        if query == Query(query.book_id):
            return self.count(query.book_id)
        condition, values = query.condition()
        found: int = self._db.execute(f"SELECT count(*) FROM contact WHERE {condition}", values).fetchone()[0]  # noqa: S608
        return found

    def page(self, query: Query, after: int, size: int) -> Sequence[Stored]:
        """Give at most `size` contacts in the order in which they were stored, after the one with a seq."""
        condition, values = query.condition()
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM contact WHERE {condition} AND seq > ? ORDER BY seq LIMIT ?",  # noqa: S608
            [*values, after, size],
        )
        return [_stored(row) for row in rows]


def _stored(row: tuple[int, str, str, str]) -> Stored:
    return Stored(row[0], row[1], row[2], json.loads(row[3]))


def _dump(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _addresses(body: Mapping[str, Any]) -> set[str]:
    return {*body.get("emails", ()), *body.get("phone_numbers", ())}
