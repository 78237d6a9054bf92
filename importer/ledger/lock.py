"""One writer per ledger, kept so by the operating system: the lock dies with its process."""

import contextlib
import os
import sqlite3
from pathlib import Path

_BUSY_CODES = {"SQLITE_BUSY", "SQLITE_LOCKED"}


class WriterLock:
    """An exclusive lock beside the ledger (``ledger.sqlite3.lock``, an empty file that may stay behind).

    It is SQLite's own lock, taken on an empty database: that is portable, unlike flock it is not inherited
    by forked children that outlive a killed parent, and it also holds between two users in one process.
    """

    def __init__(self, ledger: Path) -> None:
        self.path = ledger.with_name(ledger.name + ".lock")
        self._connection: sqlite3.Connection | None = None

    def acquire(self) -> bool:
        """Take the lock; False when somebody else has it.

        Raises:
            sqlite3.Error, OSError: the lock file cannot be made.
        """
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        # Released by whichever thread closes the ledger.
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            connection.close()
            if error.sqlite_errorname in _BUSY_CODES:
                return False
            raise
        self._connection = connection
        return True

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            self._connection.close()
            self._connection = None
