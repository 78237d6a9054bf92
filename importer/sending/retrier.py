"""One request and its retries: attempt, ask the verdict table, wait, repeat."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from importer.errors import AccountError
from importer.model import Accept, Fault, Refuse, Reply, RetryAfter, SettleFirst, StopRun, Verdict
from importer.retry import Operation, RetryPolicy, backoff, judge, read_object, retry_after
from importer.sending.api import Clock, Now, Random
from importer.sending.drain import Drain
from importer.sending.outage import Outage
from importer.sending.pause import SharedPause


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """How many seconds the person allows to wait for the daily limit (`--wait-for-quota`); 0 = not at all."""

    wait_s: float = 0.0


@dataclass(slots=True)
class Tally:
    """What one row has been through.

    Attributes:
        attempts: HTTP tries of writes, in this run.
        spent: those that count against the retry budget.
        put_off: retries so far, rate limits included; the backoff grows with them.
        status: HTTP status of the last answer, 0 when none came.
        unauthorised: 401s in a row.
        used_s: seconds spent on attempts and on waits of its own; waiting for the daily limit or for the end
            of an outage is everybody's and does not count.
        ended: clock reading at which the last attempt's answer, or its loss, was known.
        reason: why the last attempt did not succeed.
    """

    attempts: int = 0
    spent: int = 0
    put_off: int = 0
    status: int = 0
    unauthorised: int = 0
    used_s: float = 0.0
    ended: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run drains; the last attempt was certainly not carried out."""

    message: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The retry budget is used up; the last attempt was certainly not carried out, or may be repeated."""

    reason: str


_SHARED_STEPS = 3
"""Backoff steps for a rate limit: at most base_s * 4."""

Carried = Accept | Refuse | SettleFirst | Stopped | GivenUp
Call = Callable[[], Awaitable[Reply | Fault]]


class Retrier:
    """Carries requests through faults and rate limits.

    Args:
        drain: the run's.
        pause: the run's.
        writes: breaker for the calls that change the book. Lookups have none: they are few, and a list that
            works says nothing about a create that does not.
        policy: the retry budget.
        quota: what the person allows for the daily limit.
    """

    def __init__(
        self,
        *,
        drain: Drain,
        pause: SharedPause,
        writes: Outage,
        policy: RetryPolicy,
        quota: QuotaPolicy,
        clock: Clock,
        now: Now,
        random: Random,
    ) -> None:
        self.drain = drain
        self.pause = pause
        self.writes = writes
        self.policy = policy
        self.clock = clock
        self._quota = quota
        self._now = now
        self._random = random

    async def write(
        self, operation: Operation, call: Call, tally: Tally
    ) -> tuple[Carried, Reply | Fault | None]:
        """Carry a call that changes the book; returns what came of it and the last answer."""
        answer: Reply | Fault | None = None
        while True:
            if not await self.pause.over():
                return Stopped(self.drain.message), answer
            async with self.writes.passage() as may_send:
                if not may_send:
                    return Stopped(self.drain.message), answer
                verdict, answer = await self._attempt(operation, call, tally)
                self._tell(answer, verdict)
            match verdict:
                case StopRun(message):
                    self.drain.begin("account", message)
                    return Stopped(message), answer
                case RetryAfter():
                    if not self._has_budget(verdict, answer, tally):
                        return GivenUp(verdict.reason), answer
                    if not await self._wait(verdict, tally):
                        return Stopped(self.drain.message), answer
                case _:
                    return verdict, answer

    async def read(self, operation: Operation, call: Call) -> Reply | Refuse | Stopped | GivenUp:
        """Carry a call that changes nothing, patiently: within `give_up_after_s`, however many attempts."""
        tally = Tally()
        while True:
            if not await self.pause.over():
                return Stopped(self.drain.message)
            verdict, answer = await self._attempt(operation, call, tally)
            match verdict:
                case Accept():
                    return answer if isinstance(answer, Reply) else GivenUp("no answer")
                case Refuse():
                    return verdict
                case StopRun(message):
                    self.drain.begin("account", message)
                    return Stopped(message)
                case RetryAfter():
                    if self._late(tally):
                        return GivenUp(verdict.reason)
                    if not await self._wait(verdict, tally):
                        return Stopped(self.drain.message)
                case SettleFirst():  # pragma: no cover - the table gives it for creates alone
                    return GivenUp(verdict.reason)

    async def _attempt(
        self, operation: Operation, call: Call, tally: Tally
    ) -> tuple[Verdict, Reply | Fault | None]:
        started = self.clock()
        try:
            answer = await call()
        except AccountError as error:  # no token: wrong credentials, said by the client in plain words
            return StopRun(str(error)), None
        tally.attempts += 1
        tally.ended = self.clock()
        tally.used_s += tally.ended - started
        tally.status = answer.status if isinstance(answer, Reply) else 0
        tally.unauthorised = tally.unauthorised + 1 if tally.status == 401 else 0
        verdict = judge(operation, answer, now=self._now(), unauthorised=tally.unauthorised)
        if isinstance(verdict, RetryAfter | SettleFirst):
            tally.reason = verdict.reason
        return verdict, answer

    def _tell(self, answer: Reply | Fault | None, verdict: Verdict) -> None:
        """Tell the breaker whether this came from the API at all."""
        if answer is None or isinstance(verdict, StopRun):
            return
        if isinstance(verdict, Accept) or is_alive(answer):
            self.writes.answered()
            return
        self.writes.faulted(verdict.reason if isinstance(verdict, RetryAfter | SettleFirst) else "blocked")
        wait_s = retry_after(answer.headers, self._now()) if isinstance(answer, Reply) else None
        if wait_s:  # a 503 for maintenance says when it is over
            self.pause.hold(min(wait_s, self.policy.give_up_after_s), "Zoom asked to wait")

    def _has_budget(self, verdict: RetryAfter, answer: Reply | Fault | None, tally: Tally) -> bool:
        """Count a put-off against the budget; False when the budget is used up."""
        if self._is_quota(verdict) or self.writes.open:
            return True  # says nothing about this row; how long is the quota's or the breaker's business
        if tally.status == 429 or (isinstance(answer, Fault) and answer.sent == "no"):
            return not self._late(tally)  # nor does a line that is busy or cut; but it must end
        tally.spent += 1
        return tally.spent < self.policy.max_attempts

    def _late(self, tally: Tally) -> bool:
        return tally.used_s >= self.policy.give_up_after_s

    def _is_quota(self, verdict: RetryAfter) -> bool:
        """A wait that is longer than anything passing is a quota, whatever its message says."""
        return verdict.daily or (verdict.wait_s or 0.0) > self.policy.give_up_after_s

    async def _wait(self, verdict: RetryAfter, tally: Tally) -> bool:
        """Wait before the next attempt; False when the run drains."""
        tally.put_off += 1
        if self._is_quota(verdict):
            return self._quota_allows(verdict) and await self.pause.over()
        # The pacer slows everybody down after a 429, so the row itself need not wait long.
        steps = min(tally.put_off, _SHARED_STEPS) if verdict.shared else tally.put_off
        own_s = backoff(steps, self._random, self.policy)
        tally.used_s += own_s + (verdict.wait_s or 0.0)
        if verdict.wait_s is not None and verdict.shared:
            self.pause.hold(verdict.wait_s, verdict.reason)
            return await self.pause.over() and await self.drain.rest(own_s)
        return await self.drain.rest(own_s + (verdict.wait_s or 0.0))

    def _quota_allows(self, verdict: RetryAfter) -> bool:
        """Hold everybody until the quota is filled again, or drain when that is longer than allowed."""
        wait_s = max(verdict.wait_s or 0.0, 1.0)
        if wait_s <= self._quota.wait_s:
            self.pause.hold(wait_s, verdict.reason)
            return True
        # Up to the whole minute: whoever starts again at the time that is shown must not be too early.
        moment = (self._now() + timedelta(seconds=wait_s + 59)).astimezone()
        self.drain.begin(
            "quota",
            f"The account's {verdict.reason} is reached. Run the same command again after "
            f"{moment:%Y-%m-%d %H:%M} (UTC{moment:%z}), or let it wait by itself with --wait-for-quota.",
        )
        return False


def is_alive(answer: Reply | Fault) -> bool:
    """Say whether the API itself answered: a 5xx, a proxy's page and silence are no sign of it."""
    if isinstance(answer, Fault) or answer.status >= 500:
        return False
    return answer.status == 429 or not answer.body.strip() or read_object(answer.body) is not None
