"""Tying the contacts that a book already has to the rows of a file; nothing is changed in Zoom.

Also how a lost ledger is made again: every contact that this tool has created is equal to its row.
"""

import asyncio
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence

from importer.ledger import Adoption, ContactOwnedError, Ledger
from importer.model import Create, Payload, Reject, Skip
from importer.plan import MappedRows
from importer.report.adoption import AdoptionLine, AdoptionWriter
from importer.run.book_index import BookIndex
from importer.run.differences import FieldPair, compared, differing
from importer.run.pairing import Pair, Pairing, paired, strength
from importer.run.planner import PlannedRow, Planner, RawChunk

Chunks = Iterable[tuple[RawChunk, MappedRows]]


async def read_book(
    pages: AsyncIterator[Sequence[Mapping[str, object]]],
    ledger: Ledger,
    index: BookIndex,
    seen: Callable[[int], None],
) -> None:
    """Read the whole book into the index; contacts that a row owns already are left out.

    Args:
        seen: told how many contacts were read so far.
    """
    count = 0
    async for page in pages:
        by_id = {str(contact.get("contact_id") or ""): contact for contact in page}
        owned = ledger.of_contacts(by_id)
        index.add(contact for name, contact in by_id.items() if name and name not in owned)
        count += len(page)
        seen(count)
    index.freeze()


def pair_rows(
    chunks: Chunks, planner: Planner, index: BookIndex, written: Collection[str], check: Callable[[], None]
) -> Pairing:
    """Compare each row that has no contact yet with the contacts that share a value with it.

    Args:
        written: fields that the mapping writes.
        check: called before each chunk; raises when the person wants to stop.
    """
    rows, contacts, strengths = array("Q"), array("I"), array("B")
    for chunk, mapped in chunks:
        check()
        for planned in planner.plan(chunk, mapped):
            if not isinstance(planned.step, Create):
                continue
            payload = planned.step.contact.payload
            for ordinal in index.sharing(payload):
                if found := strength(payload, index.contact(ordinal), written):
                    rows.append(planned.step.number)
                    contacts.append(ordinal)
                    strengths.append(found)
    return paired(map(Pair, rows, contacts, strengths))


class Adopter:
    """Writes down which row owns which contact, in the ledger and in the report.

    Args:
        ledger: opened, with a run started.
        written: fields that the mapping writes.

    Attributes:
        counts: rows by the words of `ADOPTION_OUTCOMES`.
        differing: adopted rows whose contact differs, which the next run will update.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        planner: Planner,
        index: BookIndex,
        pairing: Pairing,
        written: Collection[str],
        writer: AdoptionWriter,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.differing = 0
        self._ledger = ledger
        self._planner = planner
        self._index = index
        self._pairing = pairing
        self._written = written
        self._writer = writer

    async def run(self, chunks: Chunks, check: Callable[[], None]) -> None:
        """Adopt row by row; what is adopted is on disk, so that the same command goes on after an end."""
        iterator = iter(chunks)
        while (item := await asyncio.to_thread(next, iterator, None)) is not None:
            check()
            # All rows of a chunk share a few commits of the ledger.
            lines = await asyncio.gather(*map(self._row, self._planner.plan(*item)))
            for line in lines:
                self.counts[line.outcome] += 1
                self._writer.write(line)

    async def _row(self, planned: PlannedRow) -> AdoptionLine:
        step = planned.step
        place = (step.number, step.line, step.key)
        match step:
            case Create():
                return await self._create(step)
            case Reject(issues=issues):
                return AdoptionLine(*place, "rejected", message=" | ".join(one.message for one in issues))
            case Skip(reason=reason) if reason != "unchanged":
                return AdoptionLine(*place, "skipped", step.contact_id, message=reason)
            case _:
                return AdoptionLine(*place, "known", step.contact_id)

    async def _create(self, step: Create) -> AdoptionLine:
        place = (step.number, step.line, step.key)
        ordinal = self._pairing.tied.get(step.number)
        if ordinal is not None:
            return await self._adopt(step, self._index.contact(ordinal))
        if candidates := self._pairing.ambiguous.get(step.number):
            ids = [str(self._index.contact(one)["contact_id"]) for one in dict.fromkeys(candidates)]
            message = (
                "several contacts or rows fit equally well, or the phone number fits and the name does not; "
                "the next run would create a contact of its own for this row"
            )
            return AdoptionLine(*place, "ambiguous", candidates=" | ".join(ids), message=message)
        return AdoptionLine(*place, "not found", message="the next run creates it")

    async def _adopt(self, step: Create, contact: Mapping[str, object]) -> AdoptionLine:
        place, contact_id = (step.number, step.line, step.key), str(contact["contact_id"])
        ours = step.contact.payload
        others = differing(compared(ours, contact, only=self._written))
        # The list shows no custom fields: whether they are right, only writing them makes certain.
        certain = not others and not ours.get("custom_fields")
        adoption = Adoption(
            step.key,
            contact_id,
            step.fingerprint if certain else "",
            ours if certain else as_stored(ours, contact, others),
            step.number,
            step.line,
        )
        try:
            await self._ledger.adopt(adoption)
        except ContactOwnedError:
            return AdoptionLine(*place, "not found", message="its contact was deleted before")
        self.differing += not certain
        return AdoptionLine(
            *place,
            "adopted",
            contact_id,
            " | ".join(pair.field for pair in others),
            " | ".join(pair.stored for pair in others),
            " | ".join(pair.sent for pair in others),
        )


def as_stored(ours: Payload, contact: Mapping[str, object], others: Iterable[FieldPair]) -> dict[str, object]:
    """Say what the book has in the shape of our payload, so that the next update writes what differs only.

    Fields that agree stand in our spelling, fields that differ in theirs, custom fields not at all.
    """
    names = {pair.field.partition(" ")[0] for pair in others}
    if "phone_numbers" in names and "phones" in ours:
        names = names - {"phone_numbers"} | {"phones"}
    stored = {name: value for name, value in ours.items() if name not in names and name != "custom_fields"}
    for name in names:
        value = contact.get(name) or contact.get({"phones": "phone_numbers"}.get(name, name))
        if value:
            stored[name] = value
    return stored
