import asyncio
import sqlite3

import pytest

from importer.errors import StoppedEarly
from importer.ledger import IllegalTransitionError, Intent, Noted, RunStart
from importer.model import Created, Failed, Rejected

PAYLOAD = {"display_name": "Zoë Example", "company": "E" * 200}


def intent(key: str, number: int = 1) -> Intent:
    return Intent("create", key, number, number + 1, f"f-{key}", PAYLOAD)


def on_disk(path) -> dict[str, str]:
    """What another process sees: only what is committed."""
    connection = sqlite3.connect(path)
    found = dict(connection.execute("SELECT key, state FROM contacts"))
    connection.close()
    return found


# --- groups ------------------------------------------------------------------------------------------


async def test_what_returned_is_on_disk(ledger, path):
    """Another process sees it, with no close in between."""
    await asyncio.gather(*(ledger.begin(intent(f"k{i}")) for i in range(64)))
    assert on_disk(path) == {f"k{i}": "in_flight" for i in range(64)}
    await ledger.settle("k7", Created("c7", 201, 1))
    assert on_disk(path)["k7"] == "done"


async def test_rows_that_wait_together_share_commits(ledger, path):
    """A thousand rows that wait at once need a few commits: the log grows by pages, not by rows."""
    log = path.with_name(path.name + "-wal")
    await asyncio.gather(*(ledger.begin(intent(f"k{i}")) for i in range(1000)))
    frames = log.stat().st_size / 4096
    assert frames < 500


async def test_a_mistake_of_one_row_is_its_own(ledger, path):
    """An illegal transition in a group fails alone."""
    await ledger.begin(intent("a"))
    results = await asyncio.gather(
        ledger.begin(intent("b")),
        ledger.begin(intent("a")),
        ledger.begin(intent("c")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), IllegalTransitionError, type(None)]
    assert on_disk(path) == dict.fromkeys("abc", "in_flight")


async def test_a_cancelled_waiter_does_not_disturb_the_others(ledger):
    """What was asked for is written, whoever still waits for it."""
    waiting = [asyncio.create_task(ledger.begin(intent(f"k{i}"))) for i in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), asyncio.CancelledError, type(None)]
    await ledger.begin(intent("later"))
    assert len(ledger.entries(["k0", "k1", "k2", "later"])) == 4


async def test_closing_writes_what_still_waits(ledger, path):
    """A drain that closes at once loses nothing; afterwards the ledger takes no more."""
    waiting = [asyncio.create_task(ledger.begin(intent(f"k{i}"))) for i in range(3)]
    await asyncio.sleep(0)
    ledger.close()
    ledger.close()
    await asyncio.gather(*waiting)
    assert len(on_disk(path)) == 3
    with pytest.raises(RuntimeError, match="closed"):
        await ledger.begin(intent("late"))


def test_one_ledger_serves_several_loops(ledger):
    """Commands that run one loop after the other can share it."""
    for key in "ab":
        asyncio.run(ledger.begin(intent(key)))
    assert ledger.entries("ab").keys() == {"a", "b"}


async def test_the_log_does_not_grow_while_somebody_reads(ledger, path):
    """A report that is half read does not keep SQLite from cleaning up, however much is written meanwhile."""
    await ledger.record(Noted(f"r{i}", i, i, Rejected(())) for i in range(3000))
    log = path.with_name(path.name + "-wal")
    reading = ledger.in_row_order()
    next(reading)
    sizes = []
    large = {"display_name": "Zoë Example", "company": "E" * 4000}
    for turn in range(8):
        intents = [Intent("create", f"k{turn}-{i}", i, i, "f", large) for i in range(1000)]
        await asyncio.gather(*(ledger.begin(each) for each in intents))
        sizes.append(log.stat().st_size)
    assert sum(1 for _ in reading) == 2999
    # Each turn writes more than 4 MB, after which SQLite cleans up.
    assert sizes[-1] < 16 * 1024 * 1024


# --- commits kept apart ------------------------------------------------------------------------------


@pytest.fixture
async def apart(open_ledger):
    """A ledger that has just committed, and keeps its commits an hour apart."""
    ledger = open_ledger(commits_apart_s=3600.0)
    ledger.start_run(RunStart("run"))
    await asyncio.wait_for(ledger.begin(intent("first")), 30)
    return ledger


async def test_rows_of_a_paced_run_wait_for_each_other(apart, path):
    """An intent and an answer stay undone until somebody cannot wait, and share his commit."""
    waiting = [
        asyncio.create_task(apart.begin(intent("a"))),
        asyncio.create_task(apart.settle("first", Created("c1", 201, 1))),
    ]
    await asyncio.sleep(0.01)
    assert on_disk(path) == {"first": "in_flight"}
    assert not any(task.done() for task in waiting)
    await apart.record([Noted("r", 3, 4, Rejected(()))])
    await asyncio.gather(*waiting)
    assert on_disk(path) == {"first": "done", "a": "in_flight", "r": "absent"}


async def test_closing_does_not_wait_for_the_next_commit(apart, path):
    """What waits for company is written at the end all the same."""
    waiting = asyncio.create_task(apart.begin(intent("a")))
    await asyncio.sleep(0.01)
    apart.close()
    await waiting
    assert on_disk(path) == {"first": "in_flight", "a": "in_flight"}


# --- a full disk -------------------------------------------------------------------------------------


@pytest.fixture
def small(open_ledger):
    """A ledger on a disk with hardly any room."""
    ledger = open_ledger(page_limit=40)
    ledger.start_run(RunStart("run"))
    return ledger


async def fill(ledger) -> list[str]:
    """Begin until the disk is full; return what was acknowledged."""
    begun: list[str] = []
    while True:
        key = f"k{len(begun)}"
        try:
            await ledger.begin(intent(key))
        except StoppedEarly:
            return begun
        begun.append(key)


async def test_a_full_disk_stops_the_run_and_loses_nothing(small, open_ledger):
    """Every acknowledged begin is there when the ledger is opened with room again; nothing half-written."""
    begun = await fill(small)
    assert len(begun) > 50
    small.close()
    again = open_ledger()
    again.verify()
    assert [entry.key for entry in again.in_doubt()] == begun


async def test_after_a_full_disk_nothing_more_is_begun(small):
    """A row that would fit is refused too: the run is over."""
    await fill(small)
    small_row = Intent("create", "s", 1, 2, "f", {})
    for _ in range(2):
        with pytest.raises(StoppedEarly, match=r"disk is full.*start the same command again"):
            await small.begin(small_row)
    assert small.entries(["s"]) == {}


async def test_answers_are_still_noted_on_a_full_disk(small):
    """What is in flight is settled as long as it fits: a refusal needs less room than the intent."""
    begun = await fill(small)
    await asyncio.gather(
        *(small.settle(key, Failed("2102", "", "no", 400, 1, transient=False)) for key in begun)
    )
    assert {entry.state for entry in small.entries(begun).values()} == {"absent"}


async def test_answers_do_not_suffer_from_intents_in_their_group(small):
    """When a group does not fit, its answers are written without its intents."""
    begun = await fill_up_to_the_last(small)
    refused = Failed("2102", "", "no", 400, 1, transient=False)
    results = await asyncio.gather(
        small.settle(begun[0], refused),
        *(small.begin(intent(f"more{i}")) for i in range(400)),
        small.settle(begun[1], refused),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), *[StoppedEarly] * 400, type(None)]
    states = small.entries([*begun[:2], *(f"more{i}" for i in range(400))])
    assert {key: entry.state for key, entry in states.items()} == dict.fromkeys(begun[:2], "absent")


async def fill_up_to_the_last(ledger) -> list[str]:
    """Begin some rows, and leave room for fewer than 400."""
    keys = [f"k{i}" for i in range(60)]
    await asyncio.gather(*(ledger.begin(intent(key)) for key in keys))
    return keys
