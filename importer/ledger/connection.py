"""Connections to the ledger file, and making a new one."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from importer.errors import LedgerError
from importer.ledger.faults import damaged
from importer.ledger.place import make_private
from importer.ledger.schema import APPLICATION_ID, MIGRATIONS, migrate, version_of

Durability: TypeAlias = Literal["power", "process"]
"""What a returned `begin` or `settle` survives.

power    loss of power and a crash of the operating system: each group of commits is flushed to the disk
         (``synchronous=FULL``, and F_FULLFSYNC on macOS, where an ordinary flush stops at the disk's cache)
process  the end of the process, however it ends, kill -9 included; after a loss of power the last seconds
may be
         missing (``synchronous=NORMAL``), and what was created in them would be created again. The file
         stays sound.
"""

_PRAGMAS: Final[Mapping[Durability, str]] = {
    "power": "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
    "process": "PRAGMA synchronous = NORMAL;",
}

_CHECK_UP_TO_BYTES: Final = 32 * 1024 * 1024
"""Up to this size a ledger is read through when it is opened: a tenth of a second."""


def create(path: Path, book: Mapping[str, str]) -> None:
    """Make a new ledger. It gets its name only when it is whole, so a crash leaves no half one behind.

    Raises:
        LedgerError: beside it lies the log of a ledger that was moved away without it.
    """
    _refuse_orphaned_log(path)
    fresh = path.with_name(path.name + ".new")
    for suffix in ("", "-journal", "-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    make_private(fresh)
    with contextlib.closing(_connect(fresh)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection)
        connection.executemany("INSERT INTO book VALUES (?, ?)", book.items())
    fresh.replace(path)
    _flush_folder(path.parent)


def open_writing(path: Path, durability: Durability, page_limit: int | None) -> sqlite3.Connection:
    """Open for writing, layout brought up to date.

    Raises:
        LedgerError: damaged, written by a newer version, or in a place where WAL does not work.
        sqlite3.Error: anything else that SQLite has to say.
    """
    make_private(path)
    connection = _connect(path)
    try:
        connection.executescript(_PRAGMAS[durability])
        migrate(connection)
        _require_sound(connection, path)
        # Holds the inner pages of the key index of a million contacts; leaves come from the system's cache.
        connection.executescript("PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864;")
        if page_limit is not None:
            connection.execute(f"PRAGMA max_page_count = {page_limit}")
        _require_wal(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reading(path: Path, *, scratch: bool = False) -> sqlite3.Connection:
    """Open for reading beside a writer; with `scratch` temporary tables are possible.

    Raises:
        LedgerError: the layout is not the one of this version.
        sqlite3.Error: anything else that SQLite has to say.
    """
    connection = _connect(path)
    try:
        if version_of(connection) != len(MIGRATIONS):
            migrate(connection)
        if not scratch:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: never creates a file. Each connection is used by one thread at a time, though not always the
    # same.
    return sqlite3.connect(
        path.absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=10,
        isolation_level=None,
        check_same_thread=False,
    )


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size <= _CHECK_UP_TO_BYTES:
        problems = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problems != "ok":
            raise damaged(path)


def _require_wal(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise LedgerError(
            f"The folder of the ledger {path} cannot hold it: it seems to be a network drive. Choose a "
            "folder on a local disk with --ledger."
        )


def _refuse_orphaned_log(path: Path) -> None:
    # SQLite would play it into the new file, and it may hold the newest rows of the old one.
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise LedgerError(
            f"The file {log} belongs to a ledger that is no longer beside it, and may hold its newest rows. "
            f"Put {path.name} back, or move both files away together."
        )
    log.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    # A name in a folder survives a loss of power only when the folder itself is flushed; Windows does it by
    # itself.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def in_groups(values: list[str], size: int) -> Iterator[list[str]]:
    """Cut a list into pieces of at most `size`."""
    return (values[start : start + size] for start in range(0, len(values), size))
