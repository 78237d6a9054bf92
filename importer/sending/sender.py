"""Carrying one step to its outcome: attempt, judge, wait, repeat, settle doubt; never raises for a row."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import random as chance
from typing import Literal, assert_never

from importer.errors import AccountError
from importer.model import (
    Accept,
    Create,
    Created,
    Failed,
    Fault,
    InDoubt,
    NotAttempted,
    Outcome,
    Payload,
    Refuse,
    Reply,
    SettleFirst,
    Update,
    Updated,
)
from importer.retry import RetryPolicy
from importer.sending.api import Clock, ContactsApi, Now, Owner, Random, Sleep
from importer.sending.drain import Drain
from importer.sending.lookups import Lookups
from importer.sending.matching import identity
from importer.sending.outage import Outage
from importer.sending.patch import patch_body
from importer.sending.pause import SharedPause
from importer.sending.refusals import Refusals
from importer.sending.retrier import Carried, GivenUp, QuotaPolicy, Retrier, Stopped, Tally
from importer.sending.settler import Absent, Found, Settled, SettlePolicy, Settler, Unclear
from importer.sending.turns import Claims, Turns


class Sender:
    """Sends the steps of one run into one address book. One object for all workers.

    Args:
        api: the calls; authenticated and paced inside.
        book: id of the address book.
        owner: who owns a contact id according to the ledger, so that doubt adopts nobody else's contact. Keys
            must be unique over everything that shares the book.
        policy: the retry budget of a row, and when a run without any answer stops.
        settle: when to look for a contact whose answer was lost.
        quota: how long to wait for the daily limit.
        drain: ends the run; the sender begins it when no row can succeed, its owner when the person says so.

    Attributes:
        drain: see above; after the run, `drain.error()` is what to raise.
        pause: the shared pause, for the progress line.
        outage: the breaker, for the progress line.
        parked: rows that wait for doubt to be settled and use no connection meanwhile.
    """

    def __init__(
        self,
        api: ContactsApi,
        book: str,
        *,
        owner: Owner,
        policy: RetryPolicy | None = None,
        settle: SettlePolicy | None = None,
        quota: QuotaPolicy | None = None,
        drain: Drain | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
        now: Now = lambda: datetime.now(UTC),
        random: Random = chance,
    ) -> None:
        self._api = api
        self._book = book
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self.drain = drain or Drain(sleep)
        self.pause = SharedPause(self.drain, clock=clock, now=now)
        self.outage = Outage(self.drain, policy=self._policy, clock=clock, random=random)
        self._retrier = Retrier(
            drain=self.drain,
            pause=self.pause,
            writes=self.outage,
            policy=self._policy,
            quota=quota or QuotaPolicy(),
            clock=clock,
            now=now,
            random=random,
        )
        self._claims = Claims(owner)
        self._lookups = Lookups(api, book, self._retrier, sleep=sleep)
        self._settler = Settler(
            self._lookups, self._claims, self.drain, policy=settle or SettlePolicy(), clock=clock
        )
        self._turns = Turns()
        self._refusals = Refusals(self.drain)
        self._absent: set[str] = set()
        self.parked = 0

    async def send(self, step: Create | Update) -> Outcome:
        """Carry a step to its outcome."""
        match step:
            case Create():
                async with self._turns.turn(identity(step.contact.payload)):
                    return await self._create(step, Tally(), resent=step.key in self._absent)
            case Update():
                return await self._update(step)
            case _:
                assert_never(step)

    async def resume(self, step: Create | Update, *, lost_s: float = 0.0, sent_once: bool = False) -> Outcome:
        """Carry on with a row that an earlier process left in doubt, with the payload that was sent then.

        Looks first and sends only what is not there. Right as well for a row that failed for a transient
        reason: what was not there when it was given up may have come since.

        Args:
            step: the step.
            lost_s: seconds since the answer was lost or the process died, as far as known; counts towards the
                pauses, so that a row of yesterday is settled at once.
            sent_once: True when it is certain that no more than one attempt was made: found means done then,
                without waiting for a twin.
        """
        if isinstance(step, Update):
            return await self._update(step)
        async with self._turns.turn(identity(step.contact.payload)):
            tally = Tally(ended=self._clock() - lost_s, reason="an earlier run ended before the answer came")
            settled = await self._doubt(step, tally, exists=False, again=not sent_once)
            return settled or await self._create(step, tally, resent=True)

    async def settle(self, key: str, payload: Payload, *, lost_s: float = 0.0) -> Settled:
        """Find out only whether an earlier payload of a key arrived: the row has changed since, say.

        A key that is absent is remembered: sending it later is a second attempt, with all the care of one.
        """
        self.parked += 1
        try:
            async with self._turns.turn(identity(payload)):
                settled = await self._settler.settle(key, payload, lost_at=self._clock() - lost_s, again=True)
        finally:
            self.parked -= 1
        if isinstance(settled, Absent):
            self._absent.add(key)
        return settled

    async def delete(self, contact_id: str) -> Accept | Failed | NotAttempted:
        """Delete a contact; one that is gone already counts as deleted."""
        tally = Tally()
        carried, _ = await self._retrier.write(
            "delete", lambda: self._api.delete_contact(self._book, contact_id), tally
        )
        return carried if isinstance(carried, Accept) else self._not_done(carried, tally)

    async def read(
        self, call: Callable[[], Awaitable[Reply | Fault]], operation: Literal["get", "list"] = "get"
    ) -> Reply | Failed | NotAttempted:
        """Carry a call that changes nothing through faults and rate limits; the reply is a JSON object."""
        answer = await self._retrier.read(operation, call)
        return answer if isinstance(answer, Reply) else self._not_done(answer, Tally())

    # --- creates ------------------------------------------------------------------------------

    async def _create(self, step: Create, tally: Tally, *, resent: bool = False) -> Outcome:
        payload = step.contact.payload
        while True:
            carried, answer = await self._retrier.write(
                "create", lambda: self._api.create_contact(self._book, payload), tally
            )
            if isinstance(carried, Accept):
                self._refusals.accepted()
                return await self._accepted(step, carried.contact_id, tally, resent=resent)
            if not isinstance(carried, SettleFirst):
                return await self._not_created(step, carried, tally, resent=resent)
            exists = isinstance(answer, Reply) and answer.status == 201
            settled = await self._doubt(step, tally, exists=exists, again=resent)
            if settled is not None:
                return settled
            resent = True
            if not self.outage.open:
                tally.spent += 1
            if tally.spent >= self._policy.max_attempts:
                carried = GivenUp(f"{tally.reason}; looked up, and not in the address book")
                return await self._not_created(step, carried, tally, resent=resent)

    async def _not_created(self, step: Create, carried: Carried, tally: Tally, *, resent: bool) -> Outcome:
        """End a row that was not taken; with an earlier attempt in doubt only after a last look for that."""
        if not resent:
            return self._not_done(carried, tally)
        if isinstance(carried, Stopped):
            message = f"An earlier attempt was lost, and the run stopped: {carried.message}"
            return InDoubt(message, tally.status, tally.attempts)
        settled = await self._settler.once_more(step.key, step.contact.payload)
        return self._outcome(settled, tally) or self._not_done(carried, tally)

    async def _doubt(self, step: Create, tally: Tally, *, exists: bool, again: bool) -> Outcome | None:
        """Settle; None when the book does not have the contact, so that it may be sent."""
        self.parked += 1
        try:
            settled = await self._settler.settle(
                step.key, step.contact.payload, lost_at=tally.ended, exists=exists, again=again
            )
        finally:
            self.parked -= 1
        return self._outcome(settled, tally)

    def _outcome(self, settled: Settled, tally: Tally) -> Outcome | None:
        match settled:
            case Found(contact_id):
                return Created(contact_id, tally.status, tally.attempts, adopted=True)
            case Unclear(message, candidates):
                text = f"{tally.reason[:1].upper()}{tally.reason[1:]}, and {message}."
                return InDoubt(text, tally.status, tally.attempts, candidates)
            case Absent():
                return None
            case _:
                assert_never(settled)

    async def _accepted(self, step: Create, contact_id: str, tally: Tally, *, resent: bool) -> Outcome:
        if self._claims.owner(contact_id) not in (None, step.key):
            return await self._answered_with_anothers(step, contact_id, tally, resent=resent)
        self._claims.take(contact_id, step.key)
        if not resent:
            return Created(contact_id, tally.status, tally.attempts)
        twins = await self._settler.twins(step.contact.payload, contact_id, since=tally.ended)
        if twins is None:
            message = "Created, but the run stopped before it was certain that it is there only once."
            return InDoubt(message, tally.status, tally.attempts, (contact_id,))
        if twins:
            return await self._withdraw(step, contact_id, twins, tally)
        return Created(contact_id, tally.status, tally.attempts)

    async def _answered_with_anothers(
        self, step: Create, contact_id: str, tally: Tally, *, resent: bool
    ) -> Outcome:
        """A 201 with the id of another row's contact: as good as one that cannot be read."""
        tally.reason = "Zoom answered with the contact of another row"
        settled = await self._doubt(step, tally, exists=True, again=resent)
        if isinstance(settled, InDoubt):
            candidates = tuple(dict.fromkeys((contact_id, *settled.candidates)))
            return replace(settled, candidates=candidates)
        return settled or InDoubt(f"{tally.reason}.", tally.status, tally.attempts, (contact_id,))

    async def _withdraw(self, step: Create, own: str, twins: tuple[str, ...], tally: Tally) -> Outcome:
        """The first attempt arrived late after all: take back the second, which is ours beyond doubt.

        The looks before sending again did not show the twin, so it came in between; deleting the contact
        whose id we were given a moment ago cannot hit anybody else's.
        """
        if len(twins) == 1 and await self._delete_own(own):
            self._claims.take(twins[0], step.key)
            return Created(twins[0], tally.status, tally.attempts, adopted=True)
        message = "A first attempt arrived late, so the address book has the contact more than once."
        return InDoubt(message, tally.status, tally.attempts, (own, *twins))

    async def _delete_own(self, contact_id: str) -> bool:
        """One try, outside the retries: an app without the right to delete must not stop the run."""
        try:
            answer = await self._api.delete_contact(self._book, contact_id)
        except AccountError:
            return False
        return isinstance(answer, Reply) and answer.status in (200, 204)

    # --- updates, and what was not done ----------------------------------------------------------

    async def _update(self, step: Update) -> Outcome:
        tally, body = Tally(), patch_body(step)
        carried, _ = await self._retrier.write(
            "update", lambda: self._api.update_contact(self._book, step.contact_id, body), tally
        )
        if isinstance(carried, Accept):
            self._refusals.accepted()
            return Updated(step.contact_id, tally.status, tally.attempts)
        return self._not_done(carried, tally)

    def _not_done(self, carried: Carried, tally: Tally) -> Failed | NotAttempted:
        match carried:
            case Refuse(code, field, message, transient):
                self._refusals.refused(code, message)
                return Failed(code, field, message, tally.status, tally.attempts, transient)
            case GivenUp(reason):
                message = f"Given up after {tally.attempts} attempts: {reason}."
                return Failed("no_answer", "", message, tally.status, tally.attempts, transient=True)
            case Stopped(message):
                return NotAttempted(message)
            case Accept() | SettleFirst():
                raise AssertionError("handled by the caller")
            case _:
                assert_never(carried)
