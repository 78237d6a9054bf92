"""The rate limits: the windows by themselves with a clock in hand, and the answers over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.limits import WINDOWS, Day, Limiter, next_midnight
from importer.sandbox.settings import SandboxSettings

ARRIVALS = st.lists(st.integers(0, 5_000), max_size=120).map(lambda times: sorted(at / 1000 for at in times))
"""Times of calls within five seconds, in seconds."""


def _taken(policy: str, limit: int, arrivals: list[float]) -> list[float]:
    window = WINDOWS[policy](limit)  # type: ignore[index]
    return [at for at in arrivals if window.take(at)]


@given(arrivals=ARRIVALS, limit=st.integers(1, 10))
def test_a_fixed_second_never_holds_more_than_the_limit(arrivals: list[float], limit: int) -> None:
    """Of the calls within one second of the clock, the first `limit` pass and no other."""
    expected = []
    for second in range(6):
        expected += [at for at in arrivals if int(at) == second][:limit]
    assert _taken("fixed", limit, arrivals) == expected


@given(arrivals=ARRIVALS, limit=st.integers(1, 10))
def test_a_sliding_second_never_holds_more_than_the_limit(arrivals: list[float], limit: int) -> None:
    """A call passes when fewer than `limit` have passed in the second before it."""
    expected: list[float] = []
    for at in arrivals:
        if sum(1 for earlier in expected if round(1000 * (at - earlier)) < 1000) < limit:
            expected.append(at)
    assert _taken("sliding", limit, arrivals) == expected


@given(arrivals=ARRIVALS, limit=st.integers(1, 10))
def test_a_bucket_never_gives_more_than_it_had_and_got(arrivals: list[float], limit: int) -> None:
    """Between any two calls that passed lie at most a full bucket and what has flowed in since."""
    taken = _taken("bucket", limit, arrivals)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= limit * (1 + taken[last] - start) + 0.001


@pytest.mark.parametrize("policy", list(WINDOWS))
def test_an_even_pace_at_the_limit_passes_every_window(policy: str) -> None:
    """Calls that come one by one at the limit's pace are never turned away."""
    arrivals = [number / 40 for number in range(400)]
    assert _taken(policy, 40, arrivals) == arrivals


@pytest.mark.parametrize("policy", list(WINDOWS))
def test_what_remains_counts_down_to_nothing(policy: str) -> None:
    """remaining() says how many calls still pass at this moment."""
    window = WINDOWS[policy](3)  # type: ignore[index]
    assert [(window.remaining(1.0), window.take(1.0)) for _ in range(4)] == [
        (3, True),
        (2, True),
        (1, True),
        (0, False),
    ]


def test_a_day_ends_after_its_length() -> None:
    """The day begins with its first call; when it has ended the count starts anew."""
    day = Day(2, 10.0)
    day.count(100.0)
    day.count(105.0)
    assert day.reset_at(109.0) == 110.0
    assert day.reset_at(110.0) is None


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_midnight_is_the_next_one_in_utc(moment: datetime) -> None:
    """The day ends at the first full day after now, at most 24 hours away."""
    midnight = datetime.fromtimestamp(next_midnight(moment.timestamp()), UTC)
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    assert timedelta(0) < midnight - moment <= timedelta(days=1)


def test_each_account_and_label_has_a_limit_of_its_own() -> None:
    """Calls of one account or label leave the others alone."""
    limiter = Limiter(
        {"light": 1, "medium": 1, "heavy": 0}, dict.fromkeys(("light", "medium", "heavy"), 0), "fixed", None
    )
    calls = [("a", "light"), ("a", "medium"), ("b", "light"), ("a", "light"), ("a", "heavy"), ("a", "heavy")]
    refusals = [limiter.admit(account, label, 1.0, 1.0).refusal for account, label in calls]  # type: ignore[arg-type]
    assert refusals == ["", "", "", "second", "", ""]


@pytest.mark.parametrize(("plan", "light", "medium"), [("pro", 20, 10), ("business", 40, 20)])
def test_a_plan_brings_its_row_of_the_table(plan: Any, light: int, medium: int) -> None:
    """So many calls pass at one moment, the next one does not."""
    limiter = SandboxSettings(plan=plan).limiter()
    for label, limit in (("light", light), ("medium", medium)):
        refusals = [limiter.admit("a", label, 1.0, 1.0).refusal for _ in range(limit + 1)]  # type: ignore[arg-type]
        assert refusals == [""] * limit + ["second"]


def test_a_call_over_the_limit_is_429_with_headers(caller: Any) -> None:
    """The body is the documented one, the headers name the tier, and nothing is stored."""
    caller.sandbox.change(light_per_s=2, window="sliding")
    replies = [caller.create() for _ in range(3)]
    assert [reply.status_code for reply in replies] == [201, 201, 429]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert replies[2].json() == {
        "code": 429,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }
    assert replies[2].headers["x-ratelimit-category"] == "Light"
    assert replies[2].headers["x-ratelimit-type"] == "QPS"
    assert replies[2].headers["x-ratelimit-limit"] == "2"
    assert len(caller.sandbox.contacts()) == 2
    assert caller.sandbox.stats()["rate_limited"] == {"light second": 1}


def test_all_tokens_of_an_account_share_its_limit(caller: Any) -> None:
    """A second token buys nothing."""
    caller.sandbox.change(light_per_s=1)
    assert caller.create().status_code == 201
    caller.token = caller.ask_token().json()["access_token"]
    assert caller.create().status_code == 429


def test_the_daily_limit_says_when_it_ends(caller: Any) -> None:
    """429 with its own message, and Retry-After as an ISO time in UTC."""
    caller.sandbox.change(light_per_day=2, day_s=3600)
    before = datetime.now(UTC)
    reply = [caller.create() for _ in range(3)][-1]
    assert reply.status_code == 429
    assert reply.json()["message"].startswith("You have reached the maximum daily rate limit for this API.")
    assert reply.headers["x-ratelimit-type"] == "Daily-limit"
    ends_at = datetime.strptime(reply.headers["retry-after"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=59) < ends_at - before < timedelta(minutes=61)


def test_headers_can_be_left_out(caller: Any) -> None:
    """Zoom does not always send them, so there is a setting without."""
    caller.sandbox.change(light_per_s=1, light_per_day=1, rate_headers=False)
    for reply in (caller.create(), caller.create()):
        assert not [name for name in reply.headers if name.startswith(("x-ratelimit", "retry-after"))]


def test_no_limit_means_none(caller: Any) -> None:
    """With 0 nothing is turned away and no header speaks of a limit."""
    caller.sandbox.change(light_per_s=0)
    replies = [caller.create() for _ in range(60)]
    assert {reply.status_code for reply in replies} == {201}
    assert "x-ratelimit-limit" not in replies[0].headers
