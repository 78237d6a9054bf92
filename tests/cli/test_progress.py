"""The progress line tells the truth: of what is done, of the rate really reached, of when it will be done."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest

from importer.cli.progress import Lines, Pace, Pause, describe

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sending(pace: Pace, clock: Clock, seconds: int, per_s: int) -> None:
    """Let time pass in which so many rows a second are sent."""
    for _ in range(2 * seconds):
        clock.now += 0.5
        for _ in range(per_s // 2):
            pace.count()
        pace.look(Pause())
        pace.per_second()


def test_the_end_is_computed_from_the_rate_really_reached(clock: Clock) -> None:
    """3,000 rows of which 600 went in 20 s: 30 a second, the rest takes 80 s more."""
    pace = Pace(3_000, clock)
    sending(pace, clock, 20, 30)
    text = describe(Counter(created=600), pace, NOON, Pause())
    assert text == "30.0/s | created 600 | done about 12:01 (1 min 20 s left)"


def test_a_pause_says_why_and_until_when_and_counts_for_the_end(clock: Clock) -> None:
    """The wait is added to the time that the rest takes at the rate reached before; no rate is claimed."""
    pace = Pace(3_000, clock)
    sending(pace, clock, 20, 30)
    text = describe(Counter(created=600), pace, NOON, Pause("daily limit", 600.0))
    assert text == (
        "created 600 | done about 12:11 (11 min 20 s left) | daily limit: waiting 10 min 00 s, until 12:10:00"
    )


def test_a_pause_without_a_known_end_promises_none(clock: Clock) -> None:
    """While Zoom does not answer nobody knows when the run will be done."""
    pace = Pace(3_000, clock)
    sending(pace, clock, 20, 30)
    assert describe(Counter(created=600), pace, NOON, Pause("no answer")) == "created 600 | no answer"
    text = describe(Counter(created=600), pace, NOON, Pause("no answer", next_try_s=75.0))
    assert text.endswith("| no answer: next try in 1 min 15 s, at 12:01:15")
    text = describe(Counter(created=600), pace, NOON, Pause("no answer", next_try_s=0.0))
    assert text.endswith("| no answer: trying now")


def test_time_spent_waiting_does_not_spoil_the_rate(clock: Clock) -> None:
    """After a pause of an hour the rate is still that of the last minute of sending."""
    pace = Pace(3_000, clock)
    sending(pace, clock, 20, 30)
    for _ in range(7200):
        clock.now += 0.5
        pace.look(Pause("daily limit", 10.0))
    sending(pace, clock, 1, 30)
    assert pace.per_second() == pytest.approx(30, rel=0.05)


def test_without_a_terminal_there_is_a_line_every_half_minute(clock: Clock) -> None:
    """Not one a refresh: a log of a night stays readable."""
    out = StringIO()
    lines = Lines(100, 100, out, clock)
    for _ in range(150):
        clock.now += 0.5
        lines.refresh(Pause("the quiet hours allow nothing", 3600.0))
    assert len(out.getvalue().splitlines()) == 2
    assert out.getvalue().startswith("0/100 rows | the quiet hours allow nothing: waiting 1 h 00 min, until ")
