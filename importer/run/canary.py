"""The canary: the first contacts of a run are read back and compared before the others follow.

A mapping that is right in form can still be wrong in substance, and a server can store something else than it
was sent. Five contacts show it as well as fifty thousand.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from importer.model import Create, Created, Failed, InDoubt, NotAttempted, Outcome, Payload, Update, Updated
from importer.run.differences import FieldPair, compared, differing
from importer.run.reading_back import Missing, ReadBack, Stored
from importer.sending import Drain

LOOKS_S = (0.0, 2.0, 5.0)
"""Waits before each look at a contact that is not yet stored as sent; a server's copies may lag behind."""


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """One contact of the canary.

    Attributes:
        number, line: of its row.
        contact_id: "" when it was not stored.
        pairs: every field that was sent or is stored; () when it could not be read back.
        problem: why there is nothing to compare, "" otherwise.
    """

    number: int
    line: int
    contact_id: str
    pairs: tuple[FieldPair, ...] = ()
    problem: str = ""

    @property
    def as_sent(self) -> bool:
        """Whether the address book has exactly what was sent."""
        return not self.problem and not differing(self.pairs)


class Canary:
    """Lets the first steps of a run pass, then holds the others back until these are judged.

    Args:
        count: how many steps.
        read_back: reads contacts.
        drain: the run's; begun when the others shall not follow.
        go_on: is shown the contacts, in row order, and says whether the others follow.
        looks_s: waits before each look, seconds.
    """

    def __init__(
        self,
        count: int,
        *,
        read_back: ReadBack,
        drain: Drain,
        go_on: Callable[[Sequence[CanaryRow]], bool],
        looks_s: Sequence[float] = LOOKS_S,
    ) -> None:
        self._count = count
        self._read_back = read_back
        self._drain = drain
        self._go_on = go_on
        self._looks_s = looks_s
        self._admitted = 0
        self._sent: list[tuple[Create | Update, Outcome]] = []
        self._all_sent = asyncio.Event()
        self._judged = False

    async def admit(self) -> None:
        """Wait until one more step may be sent; the drain may have begun then."""
        if self._judged or self._drain.begun:
            return
        if self._admitted < self._count:
            self._admitted += 1
            return
        await self.judge()

    def finished(self, step: Create | Update, outcome: Outcome) -> None:
        """Learn what became of an admitted step."""
        if self._judged:
            return
        self._sent.append((step, outcome))
        if len(self._sent) == self._admitted:
            self._all_sent.set()

    async def judge(self) -> None:
        """Judge what was sent, once; also when the file has fewer steps than the canary."""
        if self._judged or not self._admitted:
            return
        while len(self._sent) < self._admitted:
            self._all_sent.clear()
            await self._all_sent.wait()
        self._judged = True
        if self._drain.begun:
            return
        self._sent.sort(key=lambda pair: pair[0].number)
        rows = await asyncio.gather(*(self._row(step, outcome) for step, outcome in self._sent))
        if not self._go_on(rows):
            self._drain.begin("interrupted", objection(rows))  # a reason that is there already stays

    async def _row(self, step: Create | Update, outcome: Outcome) -> CanaryRow:
        match outcome:
            case Created(contact_id) | Updated(contact_id):
                return await self._looked_at(step, contact_id)
            case Failed(message=message) | InDoubt(message=message) | NotAttempted(message=message):
                return CanaryRow(step.number, step.line, "", problem=f"not stored: {message}")
            case _:
                return CanaryRow(step.number, step.line, "", problem="not stored")

    async def _looked_at(self, step: Create | Update, contact_id: str) -> CanaryRow:
        sent, only = _sent_fields(step)
        row = CanaryRow(step.number, step.line, contact_id, problem="not read back")
        for wait_s in self._looks_s:
            if wait_s and not await self._drain.rest(wait_s):
                break
            row = await self._look(step, contact_id, sent, only)
            if row.as_sent:
                break
        return row

    async def _look(
        self, step: Create | Update, contact_id: str, sent: Payload, only: Collection[str] | None
    ) -> CanaryRow:
        match await self._read_back.look(contact_id, sent):
            case Stored(contact, custom_values):
                pairs = compared(sent, contact, custom_values, only=only)
                return CanaryRow(step.number, step.line, contact_id, pairs)
            case Missing():
                problem = "Zoom has said that it is stored, but does not have it"
            case Failed(message=message) | NotAttempted(message=message):
                problem = f"cannot be read back: {message}"
        return CanaryRow(step.number, step.line, contact_id, problem=problem)


def _sent_fields(step: Create | Update) -> tuple[Payload, Collection[str] | None]:
    """What was sent, and which fields count: an update says nothing about the others."""
    payload = step.contact.payload
    if isinstance(step, Create) or not step.changed:
        return payload, None
    return {name: payload[name] for name in step.changed if name in payload}, step.changed


def differing_fields(rows: Sequence[CanaryRow]) -> Counter[str]:
    """Count the contacts in which each field differs."""
    return Counter(pair.field for row in rows for pair in differing(row.pairs))


def objection(rows: Sequence[CanaryRow]) -> str:
    """Say in one message why the other rows do not follow; names fields, no values."""
    fields = differing_fields(rows).most_common()
    parts = [f"{field} ({count} of {len(rows)})" for field, count in fields]
    missing = sum(bool(row.problem) for row in rows)
    parts += [f"{missing} of {len(rows)} could not be read back"] if missing else []
    return (
        f"The canary's contacts are not stored as they were sent: {', '.join(parts)}. The other rows were "
        "not sent. Mend the mapping or the file and run the same command again; without --canary it goes on "
        "with all rows."
    )
