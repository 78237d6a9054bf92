"""`--share`, `--rate`, `--quiet-hours`, and the table of limits."""

import math
from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.zoom.pacing import FreePacer, Pacer
from importer.zoom.pacing_rates import RATES, Rate
from importer.zoom.pacing_schedule import PaceSchedule, parse_quiet_hours, parse_rate, parse_share
from importer.zoom.pacing_setup import Pacers


@pytest.mark.parametrize(
    ("text", "share"),
    [("50%", 0.5), ("0.5", 0.5), ("100%", 1.0), ("1", 1.0), (" 12.5 % ", 0.125)],
)
def test_shares_are_read(text, share):
    """A share is a percentage or a fraction."""
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "%", "half", "150%", "-1%", "0%", "nan", "inf%"])
def test_a_bad_share_is_named(text):
    """What is no share between 0 and 100 % is refused in one sentence that names the flag."""
    with pytest.raises(SettingsError, match="--share"):
        parse_share(text)


def test_a_share_without_percent_sign_gets_a_hint():
    """50 is most likely meant as 50%."""
    with pytest.raises(SettingsError, match=r"Did you mean 50%\?"):
        parse_share("50")


@pytest.mark.parametrize(("text", "rate"), [("12.5", 12.5), ("0", 0.0), ("40", 40.0)])
def test_rates_are_read(text, rate):
    """A rate is a number of calls a second; 0 switches pacing off."""
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "-1", "nan", "inf", "0.001"])
def test_a_bad_rate_is_named(text):
    """What is no rate is refused in one sentence that names the flag."""
    with pytest.raises(SettingsError, match="--rate"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("text", "at", "ceiling"),
    [
        pytest.param("08:00-18:00=25%", time(8, 0), 10, id="start is inside"),
        pytest.param("08:00-18:00=25%", time(17, 59, 59), 10, id="last second"),
        pytest.param("08:00-18:00=25%", time(18, 0), 20, id="end is outside"),
        pytest.param("22:00-06:00=100%", time(23, 0), 40, id="before midnight"),
        pytest.param("22:00-06:00=100%", time(5, 59), 40, id="after midnight"),
        pytest.param("22:00-06:00=100%", time(12, 0), 20, id="at noon"),
        pytest.param("00:00-24:00=10%", time(23, 59, 59), 4, id="whole day"),
        pytest.param("18:00-24:00=10%", time(23, 59, 59), 4, id="until midnight"),
        pytest.param("08:00-12:00=25%, 11:00-14:00=50%", time(11, 30), 10, id="first that fits"),
        pytest.param("08:00-12:00=25%, 11:00-14:00=75%", time(13, 0), 30, id="second"),
    ],
)
def test_quiet_hours_replace_the_share(text, at, ceiling):
    """Inside its hours a quiet share holds, outside the general one."""
    schedule = PaceSchedule(share=0.5, quiet_hours=parse_quiet_hours(text))
    assert schedule.ceiling(40, at) == pytest.approx(ceiling)


@pytest.mark.parametrize(
    "text",
    [
        "00:00-24:00=0%",
        "08:00-20:00=0%,20:00-08:00=0%",
        "08:00-18:00",
        "8-18=25%",
        "08:00-18:00=",
        "25:00-26:00=1%",
        "08:61-09:00=1%",
        "08:00-08:00=5%",
        "x",
    ],
)
def test_bad_quiet_hours_are_named(text):
    """What cannot be read is refused in one sentence that quotes it."""
    with pytest.raises(SettingsError, match="--quiet-hours"):
        parse_quiet_hours(text)


@pytest.mark.parametrize(
    ("text", "at", "seconds"),
    [
        pytest.param("08:00-18:00=0%", time(9, 0, 30), 9 * 3600 - 30, id="until the evening"),
        pytest.param("22:00-06:00=0%", time(23, 0), 7 * 3600, id="over midnight"),
        pytest.param("08:00-12:00=0%,12:00-13:00=0%", time(11, 59), 3660, id="two in a row"),
        pytest.param("08:00-18:00=25%", time(9, 0), 0, id="slow, not closed"),
        pytest.param("08:00-18:00=0%", time(18, 0), 0, id="open"),
    ],
)
def test_the_end_of_closed_hours_is_known(text, at, seconds):
    """While the quiet hours allow nothing it can be said until when."""
    assert PaceSchedule(quiet_hours=parse_quiet_hours(text)).closed_s(at) == seconds


@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused_politely(text):
    """No text whatever makes a parser fail otherwise than by SettingsError."""
    for parse in (parse_share, parse_rate, parse_quiet_hours):
        with suppress(SettingsError):
            parse(text)


@given(
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    percent=st.integers(0, 100),
    at=st.times(),
)
def test_quiet_hours_cover_what_a_walk_around_the_clock_covers(start, end, percent, at):
    """Against a naive model: go from start minute by minute until end."""
    if start == end:
        return
    quiet = parse_quiet_hours(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}={percent}%")[0]
    length = (end - start) % 1440
    assert quiet.cover(at) == ((at.hour * 60 + at.minute - start) % 1440 < length)
    assert parse_quiet_hours(str(quiet)) == (quiet,)


@given(rate=st.floats(0.01, 100), share=st.floats(0.01, 1), at=st.times())
def test_the_rate_is_a_ceiling_under_the_share(rate, share, at):
    """Share and rate together: the lower one."""
    assert PaceSchedule(share=share, rate=rate).ceiling(40, at) == min(rate, 40 * share)


@pytest.mark.parametrize(("count", "per_s"), [(0, 1), (-5, 1), (1, 0), (1, -1), (1, math.inf), (1, math.nan)])
def test_an_impossible_rate_cannot_be_built(count, per_s):
    """A rate has at least one call in a finite time."""
    with pytest.raises(ValueError, match="a rate needs"):
        Rate(count, per_s)


def test_business_has_twice_the_rates_of_pro():
    """The Contact Center table: 20, 10, 5 a second on Pro, twice as much on Business and above."""
    assert [RATES["pro"][label].per_second for label in ("light", "medium", "heavy")] == [20, 10, 5]
    assert all(RATES["business"][label].count == 2 * rate.count for label, rate in RATES["pro"].items())


@pytest.mark.parametrize(("rate", "kind"), [(None, Pacer), (0.0, FreePacer)], ids=["paced", "rate 0"])
def test_there_is_one_pacer_a_label(tmp_path, rate, kind):
    """Every rate label has its own pacer, and `--rate 0` has none that waits."""
    path = tmp_path / "budget.sqlite"
    with Pacers("pro", PaceSchedule(rate=rate), account_id="account", budget_path=path) as pacers:
        assert {label: type(pacer) for label, pacer in pacers.items()} == dict.fromkeys(
            ("light", "medium", "heavy"), kind
        )
        assert pacers.note == ""
