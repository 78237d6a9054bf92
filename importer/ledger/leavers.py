"""Who is in the ledger and not in the file any more, and which rows of the file share a key."""

# ruff: noqa: S608 - the SQL is put together of constants, values are always parameters

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias

from importer.ledger.beside import MARK
from importer.ledger.connection import in_groups
from importer.ledger.entry import Entry
from importer.ledger.faults import translated
from importer.ledger.states import OWNED, sql_list

Scan: TypeAlias = Callable[[sqlite3.Connection, str, tuple[object, ...]], Iterator[Entry]]

_KEYS_PER_QUERY: Final = 500

_GONE: Final = (
    f"sources.name = ? AND contacts.state IN {sql_list(OWNED)} "
    "AND NOT EXISTS (SELECT 1 FROM temp.present WHERE present.key = contacts.key)"
)

_BASE: Final = f"substr(contacts.key, 1, instr(contacts.key, '{MARK}') - 1)"

# A row beside another is noted by every run that reads it, so one that this run has not written is gone.
# "-", standard input, is another file every time.
_STALE: Final = f"""
SELECT contacts.key FROM contacts JOIN sources USING (source) LEFT JOIN runs ON runs.run = contacts.run
WHERE sources.name = ?1 AND contacts.state = 'absent' AND CASE
    WHEN instr(contacts.key, '{MARK}') > 0 THEN runs.id IS NOT ?3 AND (runs.file_name = nullif(?2, '-')
        OR EXISTS (SELECT 1 FROM temp.present WHERE present.key = {_BASE}))
    ELSE runs.file_name = nullif(?2, '-')
        AND NOT EXISTS (SELECT 1 FROM temp.present WHERE present.key = contacts.key)
END
"""


class Leavers:
    """Collects the keys of a file, chunk by chunk, on disk and not in memory; then tells who is missing.

    Only contacts that are in the book count: those that this source created or adopted.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, source: str, scan: Scan) -> None:
        self._connection = connection
        self._path = path
        self._source = source
        self._scan = scan
        connection.execute("CREATE TEMP TABLE present (key TEXT PRIMARY KEY, rows INTEGER) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, keys: Iterable[str]) -> None:
        """Note keys that the file has, once for each row that has it."""
        query = (
            "INSERT INTO present SELECT value, 1 FROM json_each(?) WHERE true "
            "ON CONFLICT DO UPDATE SET rows = rows + 1"
        )
        with translated(self._path):
            self._connection.execute(query, (json.dumps(list(keys)),))

    def shared(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that several rows of the file have."""
        found: set[str] = set()
        for group in in_groups(list(keys), _KEYS_PER_QUERY):
            marks = ",".join("?" * len(group))
            query = f"SELECT key FROM present WHERE rows > 1 AND key IN ({marks})"
            with translated(self._path):
                found.update(key for (key,) in self._connection.execute(query, group))
        return found

    def count(self) -> int:
        """Return how many contacts of this source the file lacks."""
        query = f"SELECT count(*) FROM contacts JOIN sources USING (source) WHERE {_GONE}"
        with translated(self._path):
            return int(self._connection.execute(query, (self._source,)).fetchone()[0])

    def entries(self) -> Iterator[Entry]:
        """Yield them, in constant memory; contacts that are deleted meanwhile may be left out."""
        return self._scan(self._connection, _GONE, (self._source,))

    def stale(self, file_name: str, run_id: str) -> list[str]:
        """Return the keys of rows that are not in the book and not in the file any more.

        Such a row was mended in its file, which gave it another key, or taken out. Only rows count that a run
        of the same file judged last, and rows beside a row that the file has.

        Args:
            file_name: of the file, all keys of which were added.
            run_id: the run that has worked through the whole file.
        """
        with translated(self._path):
            rows = self._connection.execute(_STALE, (self._source, file_name, run_id))
            return [key for (key,) in rows]

    def close(self) -> None:
        """Forget the keys."""
        self._connection.close()
