"""One schedule for all runs of one account on this machine, in a small SQLite file; no daemon.

The file holds one row per account and rate label: the time at which the next call of anybody may leave, and
how many calls there have been, so that a run does not take the others for strangers. A run claims that time
under SQLite's write lock and moves it on, by the rule of the bucket:

    claimed = max(next, now - credit)         next = claimed + interval

so all runs together send as evenly as one would. A run whose calls wait for their turns already may claim the
next few at once; those that it held when it was killed are lost and nothing else. A run that starts right
after another one goes on in its schedule.

Times are those of the monotonic clock, which is one for all processes of a machine and takes no steps. It
starts anew with the machine, and machines that share a folder have one each: hence the machine's name in the
key, and a time too far ahead is one from before a restart and does not count. Nothing is synced to the disk:
after a power cut there is no run left to agree with.

This is the one place beside the ledger that uses sqlite3: its locks work on every system and die with their
process. The file is never worth stopping for: if it cannot be used, the run keeps to the account's limit on
its own, and `note` says so.
"""

import hashlib
import platform
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

LONGEST_AHEAD_S = 30.0
"""A next time further ahead than this was written before the machine was restarted."""

BUSY_S = 0.05
"""Longest time that a claim may block the event loop; a claim of another run takes far less."""

_BUSY_IN_A_ROW = 20
_OPENING_S = 2.0


class Turn(NamedTuple):
    """A claimed call: the time `at` which it may leave, and its number among the calls of all runs."""

    at: float
    number: int


class _Row(NamedTuple):
    next_at: float
    calls: int


_Rule: TypeAlias = Callable[[_Row, float], tuple[_Row, Turn]]
"""The row before and the time now -> the row after, and what it means for this run."""


class Budget:
    """The schedule of one account and rate label.

    Arguments:
        path: the SQLite file, made when missing, its folder too.
        account_id: kept only as a hash.
        label: "light", "medium" or "heavy".
        clock: seconds, the same for all processes of the machine.
        busy_s: how long a claim may wait for another run's.

    Attributes:
        note: "" or one sentence on why this run does not share its rate with others.
    """

    def __init__(
        self,
        path: Path,
        account_id: str,
        label: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        busy_s: float = BUSY_S,
    ) -> None:
        self._clock = clock
        self._key = hashlib.blake2b(
            "\0".join((platform.node(), account_id, label)).encode(), digest_size=16
        ).hexdigest()
        self._busy = 0
        self.note = ""
        self._connection: sqlite3.Connection | None = None
        try:
            self._connection = _open(path, busy_s)
        except (OSError, sqlite3.Error) as error:
            self._work_alone(error)

    def claim(self, interval_s: float, credit_s: float, *, count: int = 1) -> Turn | None:
        """Claim the next time at which a call may leave, at most `credit_s` in the past.

        Args:
            interval_s: how much later the one after may leave.
            credit_s: lateness that is caught up.
            count: so many calls, `interval_s` apart; the first is returned.

        Returns None when the schedule cannot be reached now.
        """

        def move(last: _Row, now: float) -> tuple[_Row, Turn]:
            turn = Turn(max(last.next_at, now - credit_s), last.calls + 1)
            return _Row(turn.at + count * interval_s, last.calls + count), turn

        return self._move(move)

    def postpone(self, until: float) -> None:
        """Nobody's next time is before `until`."""

        def move(last: _Row, now: float) -> tuple[_Row, Turn]:
            next_at = max(last.next_at, min(until, now + LONGEST_AHEAD_S))
            return _Row(next_at, last.calls), Turn(next_at, last.calls)

        self._move(move)

    def close(self) -> None:
        """Let go of the file; what was claimed stays claimed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _move(self, move: _Rule) -> Turn | None:
        """Replace the row under the write lock."""
        connection = self._connection
        if connection is None:
            return None
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                turn = self._write(connection, move)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._failed(error)
            return None
        self._busy = 0
        return turn

    def _write(self, connection: sqlite3.Connection, move: _Rule) -> Turn:
        found = connection.execute(
            "SELECT next_at, calls FROM schedule WHERE key = ?", (self._key,)
        ).fetchone()
        now = self._clock()
        last = _Row(*found) if found else _Row(now, 0)
        if last.next_at > now + LONGEST_AHEAD_S:
            last = _Row(now, last.calls)
        row, turn = move(last, now)
        connection.execute(
            "INSERT OR REPLACE INTO schedule (key, next_at, calls) VALUES (?, ?, ?)", (self._key, *row)
        )
        return turn

    def _failed(self, error: sqlite3.Error) -> None:
        """Locked for a moment is no reason to give up; anything else is, and locked all the time is too."""
        self._busy += 1
        if not isinstance(error, sqlite3.OperationalError) or self._busy >= _BUSY_IN_A_ROW:
            self._work_alone(error)

    def _work_alone(self, error: Exception) -> None:
        with suppress(sqlite3.Error):
            self.close()
        self._connection = None
        self.note = (
            "Other imports on this machine cannot be taken into account, because the file they would share "
            f"cannot be used ({error}). Do not run two imports for the same account at once."
        )


def _open(path: Path, busy_s: float) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_OPENING_S, isolation_level=None)
    try:
        # not WAL: switching to it fails, without waiting, while another run opens the file at the same moment
        connection.execute("PRAGMA journal_mode = PERSIST")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schedule"
            " (key TEXT PRIMARY KEY, next_at REAL NOT NULL, calls INTEGER NOT NULL)"
        )
        connection.execute(f"PRAGMA busy_timeout = {round(busy_s * 1000)}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
