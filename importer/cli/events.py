"""`--log-format json`: one line of JSON per event on stderr, for whoever collects logs.

No names, phone numbers, addresses or tokens: rows are told by number and key, and a key that could itself
be an address or a phone number by its digest.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from importer.report import ReportLine

_SPEAKS_FOR_ITSELF = re.compile(r"@|(?:\d[\s().+/-]*){7,}")
"""An email address, or enough digits for a phone number."""

TOLD_OUTCOMES = frozenset({"rejected", "failed", "in doubt"})
EVERY_S = 30.0


def safe_key(key: str) -> str:
    """Return the key as a log may show it: as it is, or its digest where it could be contact data."""
    if key.startswith(("content:", "cells:", "row:")) or not _SPEAKS_FOR_ITSELF.search(key):
        return key
    return "digest:" + hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class EventLog:
    """Writes events.

    Args:
        stream: where to.
        now: aware time of day.
    """

    def __init__(self, stream: TextIO, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._stream = stream
        self._now = now
        self.run_id = ""

    def write(self, event: str, **facts: object) -> None:
        """Write one event."""
        line = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "event": event,
            "run": self.run_id,
            **facts,
        }
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()


class LoggedProgress:
    """A progress that writes events: rows that need a hand, pauses, and the counts now and then."""

    def __init__(self, log: EventLog, rows: int, clock: Callable[[], float]) -> None:
        self._log = log
        self._rows = rows
        self._clock = clock
        self._next = clock() + EVERY_S
        self._counts: Counter[str] = Counter()
        self._pause = ""

    def finished(self, line: ReportLine) -> None:
        """Count one finished row, and tell of it when it needs a hand."""
        self._counts[line.outcome] += 1
        if line.outcome in TOLD_OUTCOMES:
            self._log.write(
                "row",
                row=line.row,
                line=line.line,
                key=safe_key(line.key),
                outcome=line.outcome,
                code=line.code,
                column=line.column,
                http_status=line.http_status,
            )

    def refresh(self, pause: str) -> None:
        """Tell of a pause when it begins or ends, and of the counts when it is time."""
        if pause != self._pause:
            self._pause = pause
            self._log.write("pause" if pause else "resumed", **({"reason": pause} if pause else {}))
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY_S
            self._log.write(
                "progress", rows=self._rows, finished=self._counts.total(), outcomes=dict(self._counts)
            )

    def close(self) -> None:
        """Nothing is open."""
