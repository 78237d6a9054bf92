"""What somebody has changed in Zoom by hand since our last write: found, and left, kept or written over.

Compared is what the list of contacts shows; custom fields are not in it. A run by itself never looks: what it
does not change stays as it is in Zoom, whoever wrote it.
"""

from collections.abc import AsyncIterator, Awaitable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from importer.ledger import Adoption, Deleted, Entry, Ledger
from importer.model import NotAttempted, Payload
from importer.report.drift import DriftLine
from importer.run.adoption import as_stored
from importer.run.differences import FieldPair, compared, differing
from importer.run.reading_back import Looked, Missing

DriftPolicy: TypeAlias = Literal["report", "overwrite", "keep"]

_OUTCOMES: Mapping[DriftPolicy, str] = {
    "report": "reported",
    "overwrite": "overwritten by this run",
    "keep": "kept",
}


class Looker(Protocol):
    """Who reads one contact, as `importer.run.reading_back.ReadBack` does."""

    def look(self, contact_id: str, sent: Payload) -> Awaitable[Looked]:
        """Read a contact."""
        ...


@dataclass(frozen=True, slots=True)
class Drifted:
    """A contact that is not as we left it.

    Attributes:
        entry: what the ledger knows of it.
        contact: as the list shows it; None when it has been deleted.
        pairs: the fields that differ.
    """

    entry: Entry
    contact: Mapping[str, object] | None
    pairs: tuple[FieldPair, ...] = ()


async def find_drift(
    pages: AsyncIterator[Sequence[Mapping[str, object]]],
    ledger: Ledger,
    written: Collection[str],
    looker: Looker,
) -> list[Drifted]:
    """Compare the whole book with what the ledger's source has written.

    Args:
        pages: of the book.
        written: fields that the mapping writes; others are nobody's business here.
        looker: reads contacts that the list lacks, to be sure that they are gone.
    """
    found: list[Drifted] = []
    shown: set[str] = set()
    # The collector for keys of a file serves for the keys of a book as well.
    with ledger.leavers() as lacking:
        async for page in pages:
            by_id = {str(contact.get("contact_id") or ""): contact for contact in page}
            shown.update(name for contact in page for name, value in contact.items() if value)
            entries = [one for one in ledger.of_contacts(by_id).values() if one.source == ledger.source]
            kept = ledger.kept(entry.contact_id for entry in entries)
            lacking.add(entry.key for entry in entries)
            for entry in entries:
                contact = by_id[entry.contact_id]
                if pairs := _drifted(entry, contact, written, shown, kept.get(entry.contact_id, {})):
                    found.append(Drifted(entry, contact, pairs))
        for entry in lacking.entries():
            looked = await looker.look(entry.contact_id, {})
            if isinstance(looked, Missing):
                found.append(Drifted(entry, None))
            elif isinstance(looked, NotAttempted):
                break
    return found


def _drifted(
    entry: Entry,
    contact: Mapping[str, object],
    written: Collection[str],
    shown: Collection[str],
    kept: Mapping[str, str],
) -> tuple[FieldPair, ...]:
    payload = entry.payload
    if payload is None or entry.state != "done" or not entry.fingerprint:
        return ()
    return tuple(
        pair
        for pair in differing(compared(payload, contact, only=written))
        # A field that this server's list never shows says nothing.
        if (pair.field.partition(" ")[0] in shown or pair.stored) and kept.get(pair.field) != pair.stored
    )


async def settle_drift(found: Sequence[Drifted], policy: DriftPolicy, ledger: Ledger) -> None:
    """Note in the ledger what is to become of it; a run on the file then writes over what is not to stay.

    overwrite: the next comparison of rows finds the drifted fields different, and missing contacts absent.
    keep: the differences are remembered, and no news next time.
    """
    for one in found:
        entry = one.entry
        if policy == "overwrite" and one.contact is None:
            await ledger.settle(entry.key, Deleted(404, 0))
        elif policy == "overwrite" and one.contact is not None:
            payload = entry.payload or {}
            stored = as_stored(payload, one.contact, one.pairs)
            if "custom_fields" in payload:
                stored["custom_fields"] = payload["custom_fields"]
            adoption = Adoption(entry.key, entry.contact_id, "", stored, entry.number, entry.line)
            await ledger.adopt(adoption)
        elif policy == "keep" and one.contact is not None:
            before = ledger.kept([entry.contact_id]).get(entry.contact_id, {})
            await ledger.keep(entry.contact_id, {**before, **{pair.field: pair.stored for pair in one.pairs}})


def drift_lines(found: Sequence[Drifted], policy: DriftPolicy) -> Iterator[DriftLine]:
    """Write down every field that has drifted."""
    for one in found:
        entry = one.entry
        if one.contact is None:
            name = str((entry.payload or {}).get("display_name", ""))
            outcome = _OUTCOMES[policy] if policy == "overwrite" else "reported"
            yield DriftLine(entry.key, entry.contact_id, "(contact)", name, "deleted", outcome)
        for pair in one.pairs:
            yield DriftLine(
                entry.key, entry.contact_id, pair.field, pair.sent, pair.stored, _OUTCOMES[policy]
            )
