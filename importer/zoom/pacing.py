"""Pacing: every call asks here before it leaves; one pacer per account and rate label, shared by all workers.

How the limit N a second is kept. A leaky bucket (aiolimiter) of capacity c that leaks r a second lets at most
c + r*T calls through in any T seconds, a whole number of them. So no window of one second as sent, fixed,
sliding or another bucket, ever holds more than N calls when

    c + r < N + 1          (N + 1 calls take at least (N + 1 - c) / r seconds, more than one)

`AsyncLimiter(40, 1)` has c + r = 80. Here r is a share f of N, and c one call plus the credit with which late
timers are caught up: c = 1 + credit * r. N + 1 calls then take 1/f - credit seconds, and what is above
one second is left for unsteadiness of the way:

    f = 0.9775    1/f = 1.023 s    credit 8 ms    way 15 ms        N = 40: c = 1.31, r = 39.1, c + r = 40.4
                                                                   N = 20: c = 1.16, r = 19.6, c + r = 20.7

`AsyncLimiter(1, 1/40)` has no credit: each late timer is lost for good. A bucket of two calls at 39 a second
has c + r = 41: right in theory, nothing left for the way.

Where the way delays calls by more than that, they bunch up at the server however evenly they left. So
there is the log of the own calls besides (`pacing_slots`): N slots, each held for at least one second after
its call left, and longer the later its answer came. As long as nothing is refused it holds no more than what
f leaves free on average. Once a lone 429 shows that calls bunch up on the way, the governor's caution makes
it hold longer, and the log alone bounds what any window holds: N calls in 1.023 s as sent, at full caution N
in a second at the server too. The bucket then only smooths (f = 1, 80 ms of credit), since slots come free in
bunches.

A slower pace, because others use the account or the person wants it, is a dearer call: it draws r / pace from
the bucket instead of 1. That can only make the left side of the inequality smaller.

The first call waits until the process has been quiet for a second: whatever used the account just before has
then left every window. Runs on the same machine share a schedule besides (`budget`).
"""

import asyncio
import json
import random as random_module
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiolimiter import AsyncLimiter

from importer.model import Reply
from importer.zoom.budget import Turn
from importer.zoom.pacing_governor import Gait, Governor, gait
from importer.zoom.pacing_headers import Signal
from importer.zoom.pacing_rates import Rate
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.pacing_slots import WAY_S, SiblingCount, SlotLog

QUIET_S = 1.0
_NAP_S = 1.0
_SLOWEST = 0.01

_AT_ONCE = 4
"""Turns claimed at once from the shared schedule, where so many calls wait and will be sent one after the
other at the full pace, and nobody else is there who could use them."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is sent at the moment, for the person; `until` is on the pacer's clock, None if unknown."""

    reason: str
    until: float | None


class SharedSchedule(Protocol):
    """What several runs of one account on one machine agree on; see `importer.zoom.budget.Budget`."""

    def claim(self, interval_s: float, credit_s: float, *, count: int) -> Turn | None:
        """The first of the next `count` calls that may leave; None when the schedule cannot be reached."""
        ...

    def postpone(self, until: float) -> None:
        """Nobody sends before `until`."""
        ...


class Pacer:
    """Lets calls leave at the pace that the account's limit, the person and the other users leave room for.

    `acquire` before each call, `observe` after each answer. Without headers, and without `observe`, it keeps
    to the limit all the same.

    Arguments:
        rate: the account's limit for this label.
        schedule: what the person allows of it.
        budget: the schedule shared with other runs on this machine.
        quiet_since: time on `clock` since which this process has sent nothing, usually its start.
        clock: monotonic seconds, the same as the event loop's.
        sleep, random, local_time: as the standard ones.
    """

    def __init__(
        self,
        rate: Rate,
        schedule: PaceSchedule | None = None,
        *,
        budget: SharedSchedule | None = None,
        quiet_since: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
        local_time: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._schedule = schedule or PaceSchedule()
        self._budget = budget
        self._clock, self._sleep, self._local_time = clock, sleep, local_time
        self._governor = Governor(rate.count, random=random)
        self._log = SlotLog()
        self._siblings = SiblingCount()
        self._turn = asyncio.Lock()
        self._bucket: AsyncLimiter | None = None
        self._claimed: deque[float] = deque()
        self._gait = gait(rate.count)
        self._open_at = (clock() if quiet_since is None else quiet_since) + QUIET_S
        self._ceiling, self._ceiling_until = 0.0, float("-inf")
        self.waiting = 0
        """Tasks inside `acquire` now."""

    # --- the way out -------------------------------------------------------------------------

    async def acquire(self) -> None:
        """Wait until the next call may leave; first come, first served."""
        self.waiting += 1
        try:
            async with self._turn:
                await self._hold()
                await self._draw()
                await self._slot()
                await self._take_turn()
                self._log.sent(self._clock())
        finally:
            self.waiting -= 1

    async def _hold(self) -> None:
        while (until := self._held_until(self._clock())) is not None:
            await self._sleep(max(0.0, until - self._clock()))

    def _held_until(self, now: float) -> float | None:
        until = max(self._open_at, self._governor.hold_until)
        if until > now:
            return until
        return None if self._allowed(now) > 0 else now + _NAP_S

    async def _draw(self) -> None:
        pace = self._governor.gait
        bucket = self._bucket
        if bucket is None or pace != self._gait:
            bucket = self._bucket = await _bucket(pace)
            self._gait = pace
        price = self._price()
        while price > 1e-9:
            part = min(price, bucket.max_rate)
            await bucket.acquire(part)
            price -= part

    def _price(self) -> float:
        """What a call costs in the bucket: more than 1 below the full pace."""
        return self._gait.rate / max(self.rate, _SLOWEST)

    async def _slot(self) -> None:
        while (wait_s := self._slot_wait_s()) > 0:
            await self._sleep(wait_s)

    def _slot_wait_s(self) -> float:
        caution, limit = self._governor.caution, self._governor.limit
        least_s = limit / gait(limit).rate - 1 if caution > 0 else WAY_S
        return self._log.wait_s(self._clock(), limit, caution, least_s)

    async def _take_turn(self) -> None:
        """Wait for the time that the schedule shared with other runs gives to this call."""
        if self._budget is None:
            return
        now = self._clock()
        # beside a sibling the own slots bound nothing: only the steady pace keeps both within the limit
        alone = self._siblings.per_second(now) < 1
        pace = self._gait if alone else gait(self._governor.limit)
        while self._claimed and self._claimed[0] < now - pace.credit_s:
            self._claimed.popleft()  # past: used now, it would come on top of the turns of others
        if not self._claimed:
            at_once = alone and self._price() <= 1 and self._governor.caution == 0
            self._claim(self._budget, pace, max(1, min(self.waiting, _AT_ONCE)) if at_once else 1)
        if self._claimed and (wait_s := self._claimed.popleft() - now) > 0:
            await self._sleep(wait_s)

    def _claim(self, budget: SharedSchedule, pace: Gait, count: int) -> None:
        interval_s = 1 / pace.rate
        first = budget.claim(interval_s, pace.credit_s, count=count)
        if first is not None:
            self._claimed.extend(first.at + number * interval_s for number in range(count))
            self._siblings.add(self._clock(), first.number + count - 1, count)

    # --- the way back ------------------------------------------------------------------------

    def observe(self, reply: Reply, sent_at: float) -> None:
        """Learn from an answer to a call that left at `sent_at` on the pacer's clock."""
        now = self._clock()
        self._log.answered(now, sent_at)
        held_before = self._governor.hold_until
        self._governor.answered(now, _signal(reply, sent_at), self._siblings.per_second(now))
        if self._budget is not None and self._governor.hold_until > max(held_before, now):
            self._budget.postpone(self._governor.hold_until)

    # --- for the progress bar and the summary --------------------------------------------------

    @property
    def rate(self) -> float:
        """Calls a second that may leave now."""
        now = self._clock()
        return min(self._governor.rate(now), self._allowed(now))

    @property
    def hold(self) -> Hold | None:
        """Why nothing may leave now, None when calls leave."""
        now = self._clock()
        if self._governor.hold_until > now:
            return Hold("the account's rate limit is used up", self._governor.hold_until)
        if self._allowed(now) == 0:
            closed_s = self._schedule.closed_s(self._local_time().time())
            return Hold("the quiet hours allow nothing", None if closed_s is None else now + closed_s)
        if self._open_at > now:
            return Hold("waiting for a fresh second of the rate limit", self._open_at)
        return None

    @property
    def refused(self) -> int:
        """Calls answered 429 for the rate so far."""
        return self._governor.refused

    @property
    def observed_limit(self) -> int | None:
        """Calls a second that the account really has by its answers, when that is not what the plan says."""
        return self._governor.observed_limit

    def _allowed(self, now: float) -> float:
        """The person's ceiling, looked up once a second."""
        if now >= self._ceiling_until:
            self._ceiling = self._schedule.ceiling(self._governor.limit, self._local_time().time())
            self._ceiling_until = now + _NAP_S
        return self._ceiling


class FreePacer:
    """Lets everything through, for `--rate 0` against a server of one's own."""

    waiting = 0
    rate = float("inf")
    hold: Hold | None = None
    refused = 0
    observed_limit: int | None = None

    async def acquire(self) -> None:
        """Return at once."""

    def observe(self, reply: Reply, sent_at: float) -> None:
        """Learn nothing."""


async def _bucket(pace: Gait) -> AsyncLimiter:
    """The bucket of the module's arithmetic, as if a call had just left and all credit were used."""
    capacity = 1 + pace.credit_s * pace.rate
    bucket = AsyncLimiter(capacity, capacity / pace.rate)
    await bucket.acquire(capacity)
    return bucket


def _signal(reply: Reply, sent_at: float) -> Signal:
    kind = reply.headers.get("x-ratelimit-type", "").lower()
    daily = "daily" in kind or (reply.status == 429 and "daily" in _message(reply).lower())
    if daily:
        return Signal(sent_at)  # a pause until tomorrow is the sender's to decide
    return Signal(
        sent_at,
        refused=reply.status == 429,
        limit=_count(reply.headers.get("x-ratelimit-limit")),
        remaining=_count(reply.headers.get("x-ratelimit-remaining")),
    )


def _message(reply: Reply) -> str:
    try:
        body: object = json.loads(reply.body)
    except ValueError:
        return ""
    return str(body.get("message", "")) if isinstance(body, Mapping) else ""


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
