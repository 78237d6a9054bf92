"""`--log-format json`: one line of JSON per event on stderr, for whoever collects logs.

No names, phone numbers, addresses or tokens: rows are told by number and key, and a key that could itself
be one of these by its digest (`importer.cli.private`).
"""

import contextlib
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from importer.cli.private import safe_code, safe_key, safe_text
from importer.cli.progress import Pause
from importer.report import ReportLine

TOLD_OUTCOMES = frozenset({"rejected", "failed", "in doubt"})
EVERY_S = 30.0


class EventLog:
    """Writes events.

    Args:
        stream: where to.
        now: aware time of day.

    Attributes:
        run_id: of the run, "" before it has begun.
        secret: goes into the digests of keys.
    """

    def __init__(self, stream: TextIO, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._stream = stream
        self._now = now
        self.run_id = ""
        self.secret = b""

    def write(self, event: str, **facts: object) -> None:
        """Write one event. A log that cannot be written to, full or gone, must not stop an import."""
        line = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "event": event,
            "run": self.run_id,
            **facts,
        }
        with contextlib.suppress(OSError, ValueError):
            # ASCII: some collectors take U+2028 for the end of a line, and a console may lack a letter.
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()


class LoggedProgress:
    """A progress that writes events: rows that need a hand, pauses, and the counts now and then."""

    def __init__(self, log: EventLog, rows: int, clock: Callable[[], float]) -> None:
        self._log = log
        self._rows = rows
        self._clock = clock
        self._next = clock() + EVERY_S
        self._counts: Counter[str] = Counter()
        self._pause = Pause()

    def finished(self, line: ReportLine) -> None:
        """Count one finished row, and tell of it when it needs a hand."""
        self._counts[line.outcome] += 1
        if line.outcome in TOLD_OUTCOMES:
            self._log.write(
                "row",
                row=line.row,
                line=line.line,
                key=safe_key(line.key, self._log.secret),
                outcome=line.outcome,
                code=safe_code(line.code),
                column=line.column,
                http_status=line.http_status,
            )

    def unchanged(self, rows: int) -> None:
        """Count rows for which nothing was to be done."""
        self._counts["unchanged"] += rows

    def refresh(self, pause: Pause) -> None:
        """Tell of a pause when it begins or ends, and of the counts when it is time."""
        if pause.reason != self._pause.reason:
            self._tell_pause(pause)
        self._pause = pause
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY_S
            self._log.write(
                "progress", rows=self._rows, finished=self._counts.total(), outcomes=dict(self._counts)
            )

    def _tell_pause(self, pause: Pause) -> None:
        if not pause.reason:
            self._log.write("resumed")
            return
        known = {} if pause.left_s is None else {"seconds": round(pause.left_s)}
        self._log.write("pause", reason=safe_text(pause.reason), **known)

    def close(self) -> None:
        """Nothing is open."""


def take_over_stderr(log: EventLog) -> None:
    """Turn what libraries and Python itself would write to stderr into events, without their text.

    Their text is not ours to vouch for: it may quote a value.
    """

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            log.write("library", logger=record.name, level=record.levelname.lower())

    logging.getLogger().addHandler(Told(logging.WARNING))
    logging.captureWarnings(capture=True)
    sys.unraisablehook = lambda found: log.write("library", logger="python", level=found.exc_type.__name__)
