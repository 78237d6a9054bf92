"""How long to wait: `Retry-After` in its forms, backoff, the retry budget."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.retry import RetryPolicy, backoff, next_midnight_s, retry_after

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 22:01:00 GMT", 60),
        ("Mon, 23 Nov 2026 21:59:00 GMT", 0),
        ("2026-11-24T00:00:00Z", 7200),
        ("2026-11-24T01:00:00+01:00", 7200),
        ("2026-11-24T00:00:00.000Z", 7200),
        ("2026-11-24 00:00:00", 7200),
        ("2020-01-01T00:00:00Z", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999999999999", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("Mon, 99 Nov 2026 22:01:00 GMT", None),
    ],
)
def test_retry_after_in_its_forms(text, seconds):
    """Seconds, HTTP date and ISO 8601 are understood; garbage is None; the past is 0."""
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_retry_after_missing():
    """No header, no opinion."""
    assert retry_after({}, NOW) is None


@given(st.text(max_size=60))
def test_retry_after_never_raises(text):
    """Any text is a wait of 0 or more, or None."""
    seconds = retry_after({"retry-after": text}, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**6), st.integers(-12, 12))
def test_forms_agree(ahead, offset):
    """The same moment gives the same wait in each form and zone."""
    moment = NOW + timedelta(seconds=ahead)
    zoned = moment.astimezone(timezone(timedelta(hours=offset)))
    texts = [str(ahead), format_datetime(moment, usegmt=True), zoned.isoformat()]
    assert {retry_after({"retry-after": text}, NOW) for text in texts} == {float(ahead)}


@given(st.integers(0, 10**10), st.integers(-12, 12))
def test_midnight_is_ahead_and_is_midnight(stamp, offset):
    """The end of the day is UTC's, more than 0 and at most a day away, wherever the clock stands."""
    now = datetime.fromtimestamp(stamp, timezone(timedelta(hours=offset)))
    left = next_midnight_s(now)
    assert 0 < left <= 86_400
    end = (now + timedelta(seconds=left)).astimezone(UTC)
    assert (end.hour, end.minute, end.second) == (0, 0, 0)


@given(st.integers(-3, 10**9), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_in_its_bounds(attempt, draw):
    """Any attempt, however late, waits between 0 and the cap."""
    assert 0 <= backoff(attempt, lambda: draw) <= RetryPolicy().cap_s


def test_backoff_doubles_up_to_the_cap():
    """The ceiling doubles with each attempt."""
    policy = RetryPolicy(base_s=1, cap_s=10)
    assert [backoff(attempt, lambda: 1.0, policy) for attempt in (1, 2, 3, 4, 5, 2000)] == [
        1,
        2,
        4,
        8,
        10,
        10,
    ]


def test_no_retry_still_means_one_attempt():
    """0 retries are 1 attempt."""
    assert RetryPolicy.of_retries(0).max_attempts == 1


@pytest.mark.parametrize(
    "settings",
    [{"max_attempts": 0}, {"base_s": 0}, {"base_s": 9, "cap_s": 1}, {"give_up_after_s": -1}],
    ids=str,
)
def test_senseless_policy_is_refused(settings):
    """Numbers that make no sense do not get as far as a run."""
    with pytest.raises(ValueError, match=r"."):
        RetryPolicy(**settings)
