"""Waiting together: the breaker, the shared pause, the drain, the brake on equal refusals."""

import asyncio

import pytest

from importer.errors import AccountError, StoppedEarly
from importer.model import Created, Failed, Fault, NotAttempted
from importer.sending import Drain, SharedPause

DOWN = Fault("connect", "no", "")


def rows(stage, count):
    return [stage.create(f"k{n}", stage.payload_of(f"Person {n}")) for n in range(count)]


class Line:
    """An API that can be dead until some moment; counts what reaches it."""

    def __init__(self, stage, until_s, answer=DOWN):
        self.stage, self.until_s, self.answer = stage, until_s, answer
        self.tries: list[float] = []

    async def create_contact(self, book, payload):
        moment = self.stage.clock()
        self.tries.append(moment)
        contact_id = f"c{len(self.tries)}"
        await asyncio.sleep(1)
        return self.answer if moment < self.until_s else self.stage.created(contact_id)


def run(stage, api, count, **settings):
    async def main():
        sender = stage.sender_for(api, **settings)
        outcomes = await asyncio.gather(*(sender.send(step) for step in rows(stage, count)))
        return outcomes, sender, stage.clock()

    return stage.play(main())


def test_one_probe_at_a_time(stage):
    """While nothing gets through, one row tries and the others wait; afterwards all go on."""
    line = Line(stage, until_s=300)
    outcomes, sender, moment = run(stage, line, 100)
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    probes = [tried for tried in line.tries if 5 < tried < 300]
    assert len(probes) < 25
    assert moment < 340
    assert not sender.outage.open


def test_an_outage_says_when_it_tries_next(stage):
    """The person sees how long nothing will happen: the wait that is told is the one that is kept."""

    async def main():
        line = Line(stage, until_s=100)
        sender = stage.sender_for(line)
        assert sender.outage.next_try_s == 0.0
        sending = [asyncio.ensure_future(sender.send(step)) for step in rows(stage, 20)]
        told = []
        while not all(one.done() for one in sending):
            await asyncio.sleep(0.5)
            if (left_s := sender.outage.next_try_s) > 0:
                told.append(stage.clock() + left_s)
        return told, line.tries

    told, tries = stage.play(main())
    assert told
    for moment in told:
        assert any(abs(tried - moment) < 0.01 for tried in tries)


def test_a_short_outage_is_over_soon_however_many_were_on_their_way(stage):
    """400 rows that fail at the same moment are one outage: the first probe follows within a second."""
    line = Line(stage, until_s=1)
    outcomes, _, moment = run(stage, line, 400)
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    assert moment < 6


def test_endless_outage_ends_the_run(stage):
    """After the patience is over the run stops early, and no row has failed."""
    outcomes, sender, moment = run(stage, Line(stage, until_s=10**9), 100)
    assert all(isinstance(outcome, NotAttempted) for outcome in outcomes)
    assert isinstance(sender.drain.error(), StoppedEarly)
    assert "15 minutes" in str(sender.drain.error())
    assert 900 < moment < 960


def test_blocked_by_a_proxy(stage):
    """A firewall's page for every row opens the breaker: a few rows fail, not all."""
    line = Line(stage, until_s=10**9, answer=stage.reply(403, b"<html>blocked</html>"))
    outcomes, _, _ = _in_turn(stage, line, 200)
    assert sum(isinstance(outcome, Failed) for outcome in outcomes) < 60
    assert isinstance(outcomes[-1], NotAttempted)


def _in_turn(stage, api, count):
    async def main():
        sender = stage.sender_for(api)
        return [await sender.send(step) for step in rows(stage, count)], sender, stage.clock()

    return stage.play(main())


def test_maintenance_is_waited_for(stage):
    """A 503 that says when it is over holds everybody back until then."""

    async def main():
        api = stage.script(
            ("update", stage.reply(503, b"<html>", retry_after="120")),
            ("update", stage.reply(204)),
            ("update", stage.reply(204)),
        )
        sender = stage.sender_for(api)
        first = asyncio.ensure_future(sender.send(stage.update("k1")))
        await asyncio.sleep(1)
        reason = sender.pause.reason
        await asyncio.gather(first, sender.send(stage.update("k2", "c2")))
        return reason, api.moments("update")

    reason, moments = stage.play(main())
    assert reason == "Zoom asked to wait"
    assert min(moments[1:]) >= 120


def test_the_same_strange_refusal_again_and_again(stage):
    """A code that the reference does not explain, row after row, stops the run before it fails them all."""
    api = Line(stage, until_s=10**9, answer=stage.refused(400, 1010, "User does not belong to this account."))
    outcomes, sender, _ = _in_turn(stage, api, 60)
    assert sum(isinstance(outcome, Failed) for outcome in outcomes) == 25
    assert isinstance(outcomes[-1], NotAttempted)
    assert isinstance(sender.drain.error(), AccountError)
    assert "does not belong" in str(sender.drain.error())


def test_bad_rows_do_not_stop_the_run(stage):
    """Refusals that are about their rows may be as many as they like."""
    api = Line(stage, until_s=10**9, answer=stage.refused(400, 2113, "format does not match the data type"))
    outcomes, sender, _ = _in_turn(stage, api, 60)
    assert all(isinstance(outcome, Failed) for outcome in outcomes)
    assert not sender.drain.begun


# --- pause and drain by themselves -------------------------------------------------------------------


def test_pause_keeps_the_longest(stage):
    """Two reasons to wait: the longer one holds, and says why and until when."""

    async def main():
        pause = SharedPause(Drain(), clock=stage.clock, now=stage.now)
        pause.hold(60, "daily limit")
        pause.hold(5, "rate limit")
        shown = (pause.reason, pause.until)
        went_on = await pause.over()
        return shown, went_on, stage.clock(), pause.reason, pause.until

    (reason, until), went_on, moment, reason_after, until_after = stage.play(main())
    assert (reason, until.isoformat()) == ("daily limit", "2026-11-23T22:01:00+00:00")
    assert (went_on, moment, reason_after, until_after) == (True, 60, "", None)


def test_drain_cuts_a_pause_short(stage):
    """A drain ends every wait at once."""

    async def main():
        drain = Drain()
        pause = SharedPause(drain, clock=stage.clock, now=stage.now)
        pause.hold(3600, "daily limit")
        asyncio.get_running_loop().call_later(3, drain.begin, "interrupted", "Stopped by Ctrl-C.")
        return await pause.over(), stage.clock(), await drain.rest(10)

    assert stage.play(main()) == (False, 3, False)


def test_first_reason_stays(stage):
    """What stopped the run first is what is said at the end."""
    drain = Drain()
    assert drain.error() is None
    drain.begin("account", "Scope missing.")
    drain.begin("interrupted", "Stopped by Ctrl-C.")
    assert isinstance(drain.error(), AccountError)
    assert str(drain.error()) == "Scope missing."


def test_a_failing_wait_is_not_swallowed(stage):
    """An error in what a row waits for comes out."""

    async def main():
        async def broken():
            raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            await Drain().race(broken())

    stage.play(main())
