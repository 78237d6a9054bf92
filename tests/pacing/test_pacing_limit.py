"""No window of one second, however it is cut, sees more calls than the limit."""

import asyncio
import heapq
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.zoom.pacing import Pacer
from importer.zoom.pacing_rates import Rate
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.pacing_slots import SlotLog


def closest(times, limit):
    """The shortest time from one call to the one `limit` calls later: more than a second when all is well."""
    ordered = sorted(times)
    return min((b - a for a, b in zip(ordered, ordered[limit:], strict=False)), default=2.0)


@settings(max_examples=25)
@given(
    limit=st.sampled_from([5, 10, 20, 40]),
    late_ms=st.floats(0, 40),
    seed=st.integers(0, 10_000),
    stall_at=st.floats(0.5, 4),
    stall_s=st.floats(0, 2),
    spread_s=st.sampled_from([0.0, 0.05, 0.3]),
)
def test_calls_leave_within_the_limit_however_late_timers_are(
    make_world, limit, late_ms, seed, stall_at, stall_s, spread_s
):
    """Neither late timers nor a loop that stands still for seconds lead to more than the limit."""
    world = make_world(limit=limit, late_s=late_ms / 1000, seed=seed, way_s=(0.01, 0.01 + spread_s))
    pacer = Pacer(Rate(limit), clock=world.clock, random=world.random.random)
    tally = world.tally()

    async def stall() -> None:
        await asyncio.sleep(stall_at)
        world.loop.now += stall_s

    world.run(5, world.importer(pacer, tally, workers=50), stall())
    assert len(tally.sent) > limit
    assert closest(tally.sent, limit) > 1.0


@settings(max_examples=60)
@given(
    count=st.integers(1, 6),
    delays=st.lists(st.tuples(st.floats(0.02, 0.6), st.floats(0.01, 0.3)), min_size=8, max_size=40),
)
def test_full_caution_holds_at_the_server_whatever_the_way_does(count, delays):
    """With every slot held as long as the call may have been on its way, arrivals keep to the limit."""
    log, answers, arrivals = SlotLog(), [], []
    now = 100.0
    log.sent(now - 10)
    log.answered(now - 10 + 0.03, now - 10)  # the shortest round trip there is: 20 ms there, 10 ms back
    for there_s, back_s in delays:
        while (wait_s := log.wait_s(now, count, 1.0)) > 0:
            now += wait_s
            while answers and answers[0][0] <= now:
                answered_at, sent_at = heapq.heappop(answers)
                log.answered(answered_at, sent_at)
        log.sent(now)
        arrivals.append(now + there_s)
        heapq.heappush(answers, (now + there_s + back_s, now))
        if now > 104:  # after that the shortest trip is learnt anew
            break
    assert closest(arrivals, count) > 1.0


@pytest.mark.parametrize("window", ["fixed", "sliding", "bucket"])
@pytest.mark.parametrize("limit", [20, 40])
@pytest.mark.parametrize("trip_s", [0.0, 0.1, 1.0], ids=["0ms", "100ms", "1s"])
def test_a_steady_way_is_used_to_the_full(make_world, window, limit, trip_s):
    """On a steady way nothing is refused and at least 0.975 of the limit is used, by any kind of window."""
    world = make_world(
        window=window, limit=limit, way_s=(trip_s / 2, trip_s / 2), back_s=(trip_s / 2, trip_s / 2)
    )
    tally = world.tally()
    pacer = Pacer(Rate(limit), clock=world.clock, random=world.random.random)
    world.run(20, world.importer(pacer, tally))
    assert tally.refused == []
    assert tally.rate(3, 20) >= 0.975 * limit


@pytest.mark.parametrize("headers", [False, True], ids=["no headers", "headers"])
@pytest.mark.parametrize("window", ["fixed", "sliding", "bucket"])
@pytest.mark.parametrize("limit", [20, 40])
def test_a_bunching_way_is_learnt(make_world, window, limit, headers):
    """With 20 to 200 ms on the way in, after 30 s at most 0.5 % are refused and 0.9 of the limit is used."""
    world = make_world(window=window, limit=limit, way_s=(0.02, 0.2), headers=headers, seed=3)
    tally = world.tally()
    pacer = Pacer(Rate(limit), clock=world.clock, random=world.random.random)
    world.run(90, world.importer(pacer, tally))
    assert tally.refused_share(30, 90) <= 0.005
    assert tally.rate(30, 90) >= 0.9 * limit


def test_slow_answers_behind_the_counter_cost_nothing(make_world):
    """Delays on the way back look the same from here, but cause no 429 and so hardly any caution."""
    world = make_world(way_s=(0.001, 0.001), back_s=(0.02, 0.8), headers=True)
    tally = world.tally()
    world.run(
        20, world.importer(Pacer(Rate(40), clock=world.clock, random=world.random.random), tally, workers=200)
    )
    assert tally.refused == []
    assert tally.rate(3, 20) >= 0.96 * 40


def test_the_first_call_waits_for_a_fresh_second(make_world):
    """What anybody sent in the second before the start has left every window when the first call leaves."""
    world = make_world(window="sliding")
    for _ in range(40):
        world.window.hit(world.clock())  # somebody's burst, just before
    tally = world.tally()
    world.run(5, world.importer(Pacer(Rate(40), clock=world.clock, random=world.random.random), tally))
    assert tally.refused == []
    assert 1.0 < tally.sent[0] < 1.1


def test_a_quiet_second_is_not_waited_for_twice(make_world):
    """A process that has sent nothing for a second already starts at once."""
    world = make_world()
    tally = world.tally()
    pacer = Pacer(Rate(40), clock=world.clock, random=world.random.random, quiet_since=world.clock() - 5)
    world.run(1, world.importer(pacer, tally))
    assert tally.sent[0] < 0.1


@pytest.mark.parametrize(
    ("schedule", "calls_per_s"),
    [
        pytest.param(PaceSchedule(share=0.5), 20, id="share"),
        pytest.param(PaceSchedule(rate=12.5), 12.5, id="rate"),
        pytest.param(PaceSchedule(rate=1000), 39.1, id="rate above the limit"),
    ],
)
def test_the_persons_ceiling_is_kept_and_reached(make_world, schedule, calls_per_s):
    """--share and --rate are ceilings that are used up, and never lift the account's limit."""
    world = make_world()
    tally = world.tally()
    world.run(
        22,
        world.importer(
            Pacer(Rate(40), schedule, clock=world.clock, random=world.random.random), tally, workers=20
        ),
    )
    assert tally.rate(2, 22) == pytest.approx(calls_per_s, rel=0.02)


def test_waiting_counts_those_who_wait_and_a_cancelled_one_passes_its_turn_on(make_world):
    """`waiting` is the number of tasks inside `acquire`; giving up does not block the next."""
    world = make_world()
    pacer = Pacer(Rate(5), clock=world.clock, random=world.random.random)

    async def scenario() -> None:
        tasks = [asyncio.create_task(pacer.acquire()) for _ in range(3)]
        await asyncio.sleep(0.5)
        assert pacer.waiting == 3
        tasks[0].cancel()
        await asyncio.wait(tasks)
        assert pacer.waiting == 0
        assert [task.cancelled() for task in tasks] == [True, False, False]

    world.run(5, scenario())


def test_calls_leave_evenly(make_world):
    """Calls do not leave in bursts: two neighbours are never much closer than the pace says."""
    world = make_world(late_s=0.001)
    tally = world.tally()
    world.run(6, world.importer(Pacer(Rate(40), clock=world.clock, random=world.random.random), tally))
    assert min(b - a for a, b in pairwise(tally.sent)) > 1 / 39.1 - 0.010
