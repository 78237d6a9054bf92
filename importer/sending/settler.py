"""Settling doubt: what became of a create whose answer was lost.

The order of things for one row, all of it under the lock of its identity (`matching.identity`):

1. Look at once: an answer that was lost after storing is found here, in nearly all cases.
2. Look again, later. A slow server may still be storing, or its list may lag behind its store.
3. Look one last time, after `pause_s` since the answer was lost: by every handle, and by itself when a shared
   call shows nothing, so that a "not there" depends neither on how a server combines several values nor on
   how it spells emails.
4. Nothing there: it was not stored, the sender may send it again, and checks for a twin afterwards.

A row that has been sent twice can turn up twice, if both answers were lost and both stores come late. So for
it the early looks are left out, and what the last look finds is adopted only when no twin has turned up by
`twin_after_s` later; two of them are in doubt, with both ids. In the same way a row that was lost once and
refused the second time is looked for once more before it counts as failed.

What remains, and cannot be excluded without an idempotency key:

- A server that stores a contact more than `pause_s` (and the sender's check for a twin) after it dropped the
  connection makes a second one.
- A contact that was in the book before us and is equal in everything that can be compared is taken for ours:
  the book then has it once, instead of twice.
- Rows that differ in custom fields alone take turns, but cannot be told apart in the book.
- Somebody who edits our contact between our attempt and our look makes it look like another one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from importer.model import Payload
from importer.sending.api import Clock
from importer.sending.drain import Drain
from importer.sending.lookups import Lookups, StoredContact, Unanswered
from importer.sending.matching import Handle, Likeness, compare, handles, returned_fields
from importer.sending.turns import Claims


@dataclass(frozen=True, slots=True)
class SettlePolicy:
    """When to look, in seconds since the answer was lost.

    The pause is counted from the loss, not from the sending: after a read time-out of 30 s the server may
    only just have begun. 20 s is longer than the usual time-outs of gateways and databases for work that they
    still finish (5 to 15 s), and costs no throughput, since other rows go on; a file's end comes 20 s later.

    Attributes:
        looks_s: moments of the looks; the last is the one that decides.
        patient_looks_s: further looks for a contact that certainly exists (a 201 that could not be read).
        twin_after_s: when to look for a twin, after a row was sent a second time and accepted.
    """

    looks_s: tuple[float, ...] = (0.0, 5.0, 20.0)
    patient_looks_s: tuple[float, ...] = (60.0, 120.0)
    twin_after_s: float = 10.0

    def __post_init__(self) -> None:
        if not self.looks_s or any(look < 0 for look in self.looks_s):
            raise ValueError("doubt is settled by at least one look, and none lies in the past")

    @classmethod
    def of_pause(cls, pause_s: float) -> Self:
        """Build the policy that sends again `pause_s` seconds after the loss; 20 s gives the default."""
        looks = tuple(dict.fromkeys((0.0, pause_s / 4, pause_s)))
        return cls(looks, (pause_s * 3, pause_s * 6), pause_s / 2)


@dataclass(frozen=True, slots=True)
class Found:
    """The book has it; the id is claimed for the row's key."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The book does not have it."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It cannot be decided now; `candidates` are the contact ids that it could be."""

    message: str
    candidates: tuple[str, ...] = ()


Settled: TypeAlias = Found | Absent | Unclear


class Settler:
    """Looks up what became of creates.

    Args:
        lookups: how to ask the book.
        claims: who owns which contact.
        drain: cuts the waits short.
        policy: when to look.
        clock: the same clock as `lost_at`.
    """

    def __init__(
        self, lookups: Lookups, claims: Claims, drain: Drain, *, policy: SettlePolicy, clock: Clock
    ) -> None:
        self._lookups = lookups
        self._claims = claims
        self._drain = drain
        self._clock = clock
        self.policy = policy
        self._returned: set[str] = set()

    async def settle(
        self, key: str, payload: Payload, *, lost_at: float, exists: bool = False, again: bool = False
    ) -> Settled:
        """Find out whether the book has the contact; the caller holds the turn of its identity.

        Args:
            key: who the row is.
            payload: what was sent.
            lost_at: clock reading at which the answer was lost.
            exists: True when the server said that it stored it (a 201 that could not be read).
            again: True when it may have been sent more than once.
        """
        by = handles(payload)
        if not by:
            return Unclear("it has no phone number and no email address to look it up by")
        last_s = self.policy.looks_s[-1]
        for due_s in self._looks_s(exists=exists, again=again):
            if not await self._until(lost_at + due_s):
                return Unclear(f"the run stopped before it could be looked up: {self._drain.message}")
            settled = await self._look(key, payload, by, thorough=due_s >= last_s)
            if isinstance(settled, Found) and again:
                return await self._confirm(payload, settled, lost_at + last_s)
            if not isinstance(settled, Absent):
                return settled
        if exists:
            return Unclear("Zoom says that it stored the contact, but the address book does not show it")
        return Absent()

    async def once_more(self, key: str, payload: Payload) -> Settled:
        """Look a last time, `twin_after_s` from now, for a row that will not be sent again."""
        if not await self._until(self._clock() + self.policy.twin_after_s):
            return Unclear(f"the run stopped before it could be looked up: {self._drain.message}")
        return await self._look(key, payload, handles(payload), thorough=True)

    def _looks_s(self, *, exists: bool, again: bool) -> tuple[float, ...]:
        looks = self.policy.looks_s[-1:] if again else self.policy.looks_s
        return (*looks, *self.policy.patient_looks_s) if exists else looks

    async def _until(self, moment: float) -> bool:
        wait_s = moment - self._clock()
        return not self._drain.begun if wait_s <= 0 else await self._drain.rest(wait_s)

    async def _confirm(self, payload: Payload, found: Found, since: float) -> Settled:
        twins = await self.twins(payload, found.contact_id, since=since)
        if twins is None:
            return Unclear(
                f"the run stopped before that was certain: {self._drain.message}", (found.contact_id,)
            )
        if twins:
            return Unclear(_several(1 + len(twins)), (found.contact_id, *twins))
        return found

    async def twins(self, payload: Payload, own_id: str, *, since: float) -> tuple[str, ...] | None:
        """Ids of contacts that are equal to ours, ours aside, and that no row owns; None when the run drains.

        Looks `twin_after_s` after the clock reading `since`. A look that gets no answer finds no twin: the
        contact itself is certain.
        """
        if not await self._until(since + self.policy.twin_after_s):
            return None
        seen = await self._seen(handles(payload), decisive=True)
        if isinstance(seen, Unanswered):
            return ()
        whole = await self._whole(
            [one for one in self._alike(payload, seen, "partly") if one != own_id], owned_by=None
        )
        equal = self._alike(payload, [*seen, *(() if isinstance(whole, Unanswered) else whole)], "same")
        return tuple(one for one in equal if one != own_id and self._claims.owner(one) is None)

    async def _look(self, key: str, payload: Payload, by: tuple[Handle, ...], *, thorough: bool) -> Settled:
        seen = await self._seen(by if thorough else by[:1], decisive=thorough)
        if isinstance(seen, Unanswered):
            return Unclear(seen.message)
        settled = self._decide(key, self._alike(payload, seen, "same"))
        if thorough and isinstance(settled, Absent):
            return await self._look_closer(key, payload, self._alike(payload, seen, "partly"))
        return settled

    def _decide(self, key: str, equal: Sequence[str]) -> Settled:
        """Adopt the one that is ours or free. Nothing awaits here, so that check and claim are one."""
        own = [one for one in equal if self._claims.owner(one) == key]
        free = [one for one in equal if self._claims.owner(one) is None]
        if own or len(free) == 1:
            contact_id = (own or free)[0]
            self._claims.take(contact_id, key)
            return Found(contact_id)
        return Unclear(_several(len(free)), tuple(free)) if free else Absent()

    async def _look_closer(self, key: str, payload: Payload, partly: Sequence[str]) -> Settled:
        """Decide by what contacts that the list does not show whole really hold."""
        read = await self._whole(partly, owned_by=key)
        if isinstance(read, Unanswered):
            return Unclear(read.message, tuple(partly))
        settled = self._decide(key, self._alike(payload, read, "same"))
        hidden = self._alike(payload, read, "partly")
        if isinstance(settled, Absent) and hidden:
            return Unclear(
                "the address book has a contact that may be it, but does not show all fields", hidden
            )
        return settled

    async def _whole(
        self, contact_ids: Sequence[str], *, owned_by: str | None
    ) -> list[StoredContact] | Unanswered:
        """Read contacts by themselves, those aside that belong to another row."""
        read: list[StoredContact] = []
        for contact_id in contact_ids:
            if self._claims.owner(contact_id) in (None, owned_by):
                contact = await self._lookups.contact(contact_id)
                if isinstance(contact, Unanswered):
                    return contact
                read += [{**contact, "contact_id": contact_id}] if contact else []
        return read

    async def _seen(self, by: Sequence[Handle], *, decisive: bool) -> list[StoredContact] | Unanswered:
        """Everything that the book shows for the handles."""
        seen: list[StoredContact] = []
        for handle in by:
            answered = await self._lookups.look(handle, decisive=decisive)
            if isinstance(answered, Unanswered):
                return answered
            seen += answered
            self._learn(answered)
        return seen

    def _alike(self, payload: Payload, seen: Sequence[StoredContact], likeness: Likeness) -> tuple[str, ...]:
        return _ids(one for one in seen if compare(payload, one, self._returned) == likeness)

    def _learn(self, contacts: Sequence[StoredContact]) -> None:
        """Note what the list shows; never what get shows, which may be more."""
        for contact in contacts:
            self._returned |= returned_fields(contact)


def _several(count: int) -> str:
    return (
        f"the address book has {count} contacts that are equal to it; delete all but one of them in Zoom, "
        "then run again"
    )


def _ids(contacts: Iterable[StoredContact]) -> tuple[str, ...]:
    ids = (contact.get("contact_id") for contact in contacts)
    return tuple(dict.fromkeys(one for one in ids if isinstance(one, str) and one))
