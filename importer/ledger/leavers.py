"""Who is in the ledger and not in the file any more."""

# ruff: noqa: S608 - the SQL is put together of constants, values are always parameters

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias

from importer.ledger.entry import Entry
from importer.ledger.faults import translated
from importer.ledger.states import OWNED, sql_list

Scan: TypeAlias = Callable[[sqlite3.Connection, str, tuple[object, ...]], Iterator[Entry]]

_GONE: Final = (
    f"sources.name = ? AND contacts.state IN {sql_list(OWNED)} "
    "AND NOT EXISTS (SELECT 1 FROM temp.present WHERE present.key = contacts.key)"
)


class Leavers:
    """Collects the keys of a file, chunk by chunk, on disk and not in memory; then tells who is missing.

    Only contacts that are in the book count: those that this source created or adopted.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, source: str, scan: Scan) -> None:
        self._connection = connection
        self._path = path
        self._source = source
        self._scan = scan
        connection.execute("CREATE TEMP TABLE present (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, keys: Iterable[str]) -> None:
        """Note keys that the file has; twice is fine."""
        with translated(self._path):
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT OR IGNORE INTO present VALUES (?)", ((key,) for key in keys))
            self._connection.execute("COMMIT")

    def count(self) -> int:
        """Return how many contacts of this source the file lacks."""
        query = f"SELECT count(*) FROM contacts JOIN sources USING (source) WHERE {_GONE}"
        with translated(self._path):
            return int(self._connection.execute(query, (self._source,)).fetchone()[0])

    def entries(self) -> Iterator[Entry]:
        """Yield them, in constant memory; contacts that are deleted meanwhile may be left out."""
        return self._scan(self._connection, _GONE, (self._source,))

    def close(self) -> None:
        """Forget the keys."""
        self._connection.close()
