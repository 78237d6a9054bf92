"""Beside other users of the account: give way, take back, and say what the account really gives."""

import asyncio
import json
from datetime import datetime

import pytest

from importer.model import Reply
from importer.zoom.budget import Budget
from importer.zoom.pacing import FreePacer, Pacer
from importer.zoom.pacing_governor import Governor
from importer.zoom.pacing_headers import Signal
from importer.zoom.pacing_rates import Rate
from importer.zoom.pacing_schedule import PaceSchedule, parse_quiet_hours


def pacer_in(world, **more):
    return Pacer(Rate(40), clock=world.clock, random=world.random.random, **more)


@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
@pytest.mark.parametrize("window", ["fixed", "sliding", "bucket"])
def test_another_client_gets_its_half_and_we_take_it_back(make_world, window, headers):
    """Beside one who takes half: 0.85 together, 5 % refused (2 % with headers); 20 s after it left 0.95."""
    world = make_world(window=window, way_s=(0.04, 0.045), back_s=(0.04, 0.045), headers=headers)
    ours, theirs = world.tally(), world.tally()
    world.run(75, world.importer(pacer_in(world), ours), world.other(20, theirs, 10, 45))
    assert ours.rate(10, 45) + theirs.rate(10, 45) >= 0.85 * 40
    assert ours.refused_share(10, 45) <= (0.02 if headers else 0.05)
    assert theirs.rate(10, 45) >= 0.85 * 20
    assert ours.rate(65, 75) >= 0.95 * 40


@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
def test_a_limit_below_the_plans_is_found_and_named(make_world, headers):
    """An account that really has 20 a second is served at that rate, and the pacer says so."""
    world = make_world(limit=20, way_s=(0.02, 0.025), headers=headers)
    tally, pacer = world.tally(), pacer_in(world)
    world.run(60, world.importer(pacer, tally))
    assert tally.rate(10, 60) >= 0.9 * 20
    assert tally.refused_share(10, 60) <= 0.02
    assert pacer.observed_limit in ({20} if headers else {19, 20, 21, 22, 23})


def test_remainders_that_cannot_be_true_are_not_believed(make_world):
    """A server that always says nothing remains, yet refuses nothing, does not slow us down for good."""

    class Pessimist:
        def hit(self, now):
            return True, 0

    world = make_world(headers=True)
    world.window = Pessimist()
    tally = world.tally()
    world.run(90, world.importer(pacer_in(world, schedule=PaceSchedule(share=0.6)), tally))
    assert tally.rate(30, 90) >= 0.8 * 24


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_two_runs_on_one_machine_share_the_limit(make_world, tmp_path, window):
    """Two runs with one schedule together keep to the limit, use it up, and get half each."""
    world = make_world(window=window, way_s=(0.02, 0.025), headers=True)
    tallies = [world.tally(), world.tally()]
    budgets = [Budget(tmp_path / "budget.sqlite", "account", "light", clock=world.clock) for _ in tallies]
    world.run(
        30,
        *(
            world.importer(pacer_in(world, budget=budget), tally)
            for budget, tally in zip(budgets, tallies, strict=True)
        ),
    )
    for budget in budgets:
        budget.close()
    assert [tally.refused for tally in tallies] == [[], []]
    assert sum(tally.rate(3, 30) for tally in tallies) >= 0.95 * 40
    assert [tally.rate(3, 30) for tally in tallies] == pytest.approx([19.5, 19.5], rel=0.1)


def test_a_slow_run_does_not_hold_up_a_fast_one(make_world, tmp_path):
    """One that may send five a second leaves the others to the other, and nothing of the schedule is lost."""
    world = make_world(way_s=(0.02, 0.025))
    fast, slow = world.tally(), world.tally()
    budgets = [Budget(tmp_path / "budget.sqlite", "account", "light", clock=world.clock) for _ in range(2)]
    world.run(
        30,
        world.importer(pacer_in(world, budget=budgets[0]), fast),
        world.importer(pacer_in(world, budget=budgets[1], schedule=PaceSchedule(rate=5)), slow),
    )
    for budget in budgets:
        budget.close()
    assert fast.refused + slow.refused == []
    assert slow.rate(3, 30) == pytest.approx(5, rel=0.05)
    assert fast.rate(3, 30) + slow.rate(3, 30) >= 0.95 * 40


def test_a_run_right_after_another_goes_on_in_its_schedule(make_world, tmp_path):
    """The second run of a row does not start with calls that the first one's second has no room for."""
    world = make_world(window="sliding")
    tallies = [world.tally(), world.tally()]
    budgets = [Budget(tmp_path / "budget.sqlite", "account", "light", clock=world.clock) for _ in tallies]
    first, second = (pacer_in(world, budget=b, quiet_since=world.clock() - 1) for b in budgets)
    world.run(5, world.importer(first, tallies[0], workers=1))
    world.reopen()
    world.run(10, world.importer(second, tallies[1], workers=50))
    for budget in budgets:
        budget.close()
    assert tallies[1].refused == []
    assert tallies[1].rate(5.5, 10) >= 0.95 * 40


def test_without_budget_file_a_pacer_works_alone(make_world, tmp_path):
    """A shared file that cannot be used costs a note, not the run."""
    (tmp_path / "file").write_text("not a folder")
    budget = Budget(tmp_path / "file" / "budget.sqlite", "account", "light")
    world = make_world()
    tally = world.tally()
    world.run(4, world.importer(pacer_in(world, budget=budget), tally))
    assert tally.rate(2, 4) >= 0.95 * 40
    assert "Do not run two imports" in budget.note


def test_quiet_hours_stop_and_let_go_again(make_world):
    """Nothing leaves while the quiet hours allow nothing; the reason can be shown; then it goes on."""
    world = make_world()
    wall = {"hour": 9}
    schedule = PaceSchedule(quiet_hours=parse_quiet_hours("08:00-18:00=0%"))
    pacer = pacer_in(world, schedule=schedule, local_time=lambda: datetime(2026, 1, 5, wall["hour"]))  # noqa: DTZ001
    tally = world.tally()

    async def evening() -> None:
        await asyncio.sleep(4)
        assert tally.sent == []
        assert pacer.hold is not None
        assert "quiet hours" in pacer.hold.reason
        assert pacer.hold.until == pytest.approx(world.clock() + 9 * 3600)
        wall["hour"] = 19

    world.run(8, world.importer(pacer, tally, workers=3), evening())
    assert tally.sent[0] >= 4
    assert pacer.hold is None


def test_ten_refusals_at_once_hold_everybody_and_say_until_when(make_world):
    """Refused calls stop all workers together, for less than a second, with a reason for the progress bar."""
    world = make_world()
    pacer = pacer_in(world)
    for _ in range(10):
        pacer.observe(Reply(429, {}, b"{}"), world.clock() - 0.1)
    world.loop.close()
    assert pacer.refused == 10
    assert pacer.hold is not None
    assert 0.1 < pacer.hold.until - world.clock() <= 1.0


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"x-ratelimit-type": "Daily-limit"}, b"", id="by header"),
        pytest.param(
            {},
            json.dumps({"message": "You have reached the maximum daily rate limit"}).encode(),
            id="by text",
        ),
    ],
)
def test_the_daily_limit_is_not_the_pacers_business(make_world, headers, body):
    """A daily 429 says nothing about calls a second: the pace stays."""
    world = make_world()
    pacer = pacer_in(world)
    pacer.observe(Reply(429, headers, body), world.clock())
    world.loop.close()
    assert pacer.refused == 0
    assert pacer.rate == pytest.approx(39.1)


@pytest.mark.parametrize("text", ["", "-1", "1e3", "many", "٣", "9" * 40])
def test_headers_that_are_no_number_are_ignored(make_world, text):
    """Garbage in a header neither raises nor changes the pace."""
    world = make_world()
    pacer = pacer_in(world)
    for _ in range(20):
        pacer.observe(
            Reply(201, {"x-ratelimit-remaining": text, "x-ratelimit-limit": text}, b""), world.clock()
        )
    world.loop.close()
    assert pacer.rate == pytest.approx(39.1)
    assert pacer.observed_limit is None


# --- the governor alone: plain values in, plain values out ----------------------------------------


def busy_governor(until, limit=40):
    """One that has had an accepted answer every 25 ms."""
    governor = Governor(limit, random=lambda: 0.5)
    now = 0.0
    while now < until:
        governor.answered(now, Signal(sent_at=now - 0.1))
        now += 0.025
    return governor


def test_a_lone_refusal_makes_careful_not_slow():
    """One 429 at full rate holds slots for late calls, and everybody for 50 ms; the rate stays."""
    governor = busy_governor(5.0)
    governor.answered(5.0, Signal(sent_at=4.9, refused=True))
    assert governor.caution > 0
    assert governor.rate(5.0) >= 0.95 * 40
    assert 5.0 < governor.hold_until < 5.1


def test_caution_wears_off():
    """After some thousand calls without a 429 the caution of a lone one is gone."""
    governor = busy_governor(5.0)
    governor.answered(5.0, Signal(sent_at=4.9, refused=True))
    for i in range(6001):
        governor.answered(5.0 + i / 40, Signal(sent_at=4.9 + i / 40))
    assert governor.caution == 0
    assert governor.rate(156.0) == pytest.approx(39.1)


def test_lone_refusals_that_caution_does_not_stop_are_somebody_elses_doing():
    """A trickle of 429s in spite of full caution slows down after all: it is not the way's doing."""
    governor = busy_governor(5.0)
    for i in range(1, 10):
        governor.answered(5.0 + 2 * i, Signal(sent_at=4.9 + 2 * i, refused=True))
    assert governor.caution == 1
    assert governor.rate(23.1) < 0.99 * 40


def test_many_refusals_cut_once_a_round_trip_and_take_the_caution_back():
    """Others on the account slow us down at once; calls that left before the cut do not cut again."""
    governor = busy_governor(5.0)
    for i in range(4):
        governor.answered(5.0 + i / 100, Signal(sent_at=4.9, refused=True))
    slow = governor.rate(5.04)
    for i in range(10):
        governor.answered(5.05 + i / 100, Signal(sent_at=4.95, refused=True))
    assert slow < 0.95 * 39.1
    assert governor.rate(5.15) == pytest.approx(slow, rel=0.01)
    assert governor.caution == 0


def test_the_rate_is_back_after_fifteen_seconds_and_flat_before():
    """After a cut the rate hardly grows at first, and is whole again after 15 s."""
    governor = busy_governor(5.0)
    for i in range(20):
        governor.answered(5.0, Signal(sent_at=4.9 + i, refused=True))
    low = governor.rate(5.0)
    assert governor.rate(8.0) < low + 0.02 * 40
    assert governor.rate(20.1) == pytest.approx(governor.gait.rate)


def test_the_rate_never_falls_to_nothing():
    """Nothing but refusals still leaves a twentieth of the limit, to notice when it is over."""
    governor = Governor(40, random=lambda: 1.0)
    for i in range(200):
        governor.answered(float(i), Signal(sent_at=i - 0.1, refused=True))
    assert governor.rate(200.0) >= 2.0
    assert governor.hold_until <= 200.0


def test_free_pacer_paces_nothing():
    """`--rate 0`: every call may leave at once."""
    pacer = FreePacer()
    assert (pacer.hold, pacer.waiting, pacer.observed_limit) == (None, 0, None)
    with pytest.raises(StopIteration):
        pacer.acquire().__await__().send(None)
