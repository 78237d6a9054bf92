"""What the person sees while a run goes on: a bar on a terminal, a line every 30 s elsewhere.

The time of day at which the run will be done is computed from the rate that was really reached during the
last minute, and only over the rows that have to be sent: a file of which most is unchanged is not slow.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TextIO

from importer.report import ReportLine
from importer.report.lines import OUTCOME_NAMES

WINDOW_S = 60.0
LINE_EVERY_S = 30.0
_SHOWN = (*OUTCOME_NAMES, "deleted", "gone", "left")


@dataclass(frozen=True, slots=True)
class Pause:
    """Why less happens than could; falsy when all is well.

    Attributes:
        reason: for the person, "" when all is well.
        left_s: seconds until it goes on, None when nobody knows.
        sending: contacts are still sent, so that time counts for the rate.
        next_try_s: seconds until it is tried again, which may be in vain; None where nothing is tried.
    """

    reason: str = ""
    left_s: float | None = None
    sending: bool = False
    next_try_s: float | None = None

    @property
    def still(self) -> bool:
        """Whether nothing is sent."""
        return bool(self.reason) and not self.sending


class Progress(Protocol):
    """Something that is told of every row that is finished."""

    def finished(self, line: ReportLine) -> None:
        """Count one finished row."""
        ...

    def unchanged(self, rows: int) -> None:
        """Count rows for which nothing was to be done."""
        ...

    def refresh(self, pause: Pause) -> None:
        """Show the state of now; called twice a second."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class Pace:
    """The rate reached during the last minute of sending, and when the rest will be done."""

    def __init__(self, to_send: int, clock: Callable[[], float]) -> None:
        self._real_clock = clock
        self._looked_at = clock()
        self._still_s = 0.0
        self._left = to_send
        self._sent = 0
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def look(self, pause: Pause) -> None:
        """Learn twice a second whether contacts are sent: a pause says nothing about the rate."""
        now = self._real_clock()
        self._still_s += now - self._looked_at if pause.still else 0.0
        self._looked_at = now

    def _clock(self) -> float:
        """Seconds spent sending, and the time of the start."""
        return self._real_clock() - self._still_s

    def count(self) -> None:
        """Count one row that has been sent."""
        self._sent += 1
        self._left = max(0, self._left - 1)

    def per_second(self) -> float:
        """Rows sent a second, over at most `WINDOW_S` seconds."""
        now = self._clock()
        if now - self._samples[-1][0] >= 1.0:
            self._samples.append((now, self._sent))
        while len(self._samples) > 2 and now - self._samples[1][0] >= WINDOW_S:
            self._samples.popleft()
        since, before = self._samples[0]
        return (self._sent - before) / (now - since) if now > since else 0.0

    def left_s(self) -> float | None:
        """Seconds until the last row is sent, None while nobody can know."""
        rate = self.per_second()
        if self._left == 0:
            return 0.0
        return self._left / rate if rate > 0 else None


def describe(counts: Counter[str], pace: Pace, now: datetime, pause: Pause) -> str:
    """Write the state of a run as one short line."""
    parts = [] if pause.still else [f"{pace.per_second():.1f}/s"]
    parts += [f"{name} {counts[name]:,}" for name in _SHOWN if counts[name]]
    left = pace.left_s()
    if left and (pause.left_s is not None or not pause.still):
        left += pause.left_s or 0.0
        done = now + timedelta(seconds=left)
        day = "" if done.date() == now.date() else f"{done:%a %d %b} "
        parts.append(f"done about {day}{done:%H:%M} ({span(left)} left)")
    if pause.reason:
        parts.append(_paused(pause, now))
    return " | ".join(parts)


def _paused(pause: Pause, now: datetime) -> str:
    if pause.next_try_s is not None:
        if pause.next_try_s < 1:
            return f"{pause.reason}: trying now"
        at = now + timedelta(seconds=pause.next_try_s)
        return f"{pause.reason}: next try in {span(pause.next_try_s)}, at {at:%H:%M:%S}"
    if pause.left_s is None or pause.left_s < 1:
        return pause.reason
    until = now + timedelta(seconds=pause.left_s)
    return f"{pause.reason}: waiting {span(pause.left_s)}, until {until:%H:%M:%S}"


class Bar:
    """A tqdm bar on a terminal."""

    def __init__(self, rows: int, to_send: int, stream: TextIO) -> None:
        self._counts: Counter[str] = Counter()
        self._pace = Pace(to_send, time.monotonic)
        from tqdm import tqdm  # noqa: PLC0415 - not for those who see no bar: it takes 30 ms to load

        self._bar = tqdm(
            total=rows,
            file=stream,
            unit="row",
            dynamic_ncols=True,
            bar_format="{percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt}{postfix}",
            mininterval=0.2,
        )

    def finished(self, line: ReportLine) -> None:
        """Count one finished row."""
        self._counts[line.outcome] += 1
        if line.outcome in _SENT:
            self._pace.count()
        self._bar.update()

    def unchanged(self, rows: int) -> None:
        """Count rows for which nothing was to be done."""
        self._counts["unchanged"] += rows
        self._bar.update(rows)

    def refresh(self, pause: Pause) -> None:
        """Redraw."""
        self._pace.look(pause)
        text = describe(self._counts, self._pace, datetime.now().astimezone(), pause)
        self._bar.set_postfix_str(text, refresh=True)

    def close(self) -> None:
        """Leave the bar as it stands and go to the next line."""
        self._bar.close()


class Lines:
    """A line every 30 s, for logs and mails."""

    def __init__(self, rows: int, to_send: int, stream: TextIO, clock: Callable[[], float]) -> None:
        self._rows = rows
        self._stream = stream
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._pace = Pace(to_send, clock)
        self._next = clock() + LINE_EVERY_S

    def finished(self, line: ReportLine) -> None:
        """Count one finished row."""
        self._counts[line.outcome] += 1
        if line.outcome in _SENT:
            self._pace.count()

    def unchanged(self, rows: int) -> None:
        """Count rows for which nothing was to be done."""
        self._counts["unchanged"] += rows

    def refresh(self, pause: Pause) -> None:
        """Write the line when it is time."""
        self._pace.look(pause)
        if self._clock() < self._next:
            return
        self._next = self._clock() + LINE_EVERY_S
        done = self._counts.total()
        text = describe(self._counts, self._pace, datetime.now().astimezone(), pause)
        print(f"{done:,}/{self._rows:,} rows | {text}", file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing is open."""


class Silent:
    """Shows nothing."""

    def finished(self, line: ReportLine) -> None:
        """Count nothing."""

    def unchanged(self, rows: int) -> None:
        """Count nothing."""

    def refresh(self, pause: Pause) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing is open."""


_SENT = frozenset({"created", "updated", "deleted", "gone", "left", "failed", "in doubt"})


def span(seconds: float) -> str:
    """Write a span of time: 2 h 05 min, 3 min 20 s, 7 s."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {left:02d} s" if minutes else f"{left} s"
