"""What somebody has changed in Zoom by hand since our last write: found, and left, kept or written over.

Compared is what the list of contacts shows; custom fields are not in it. A run by itself never looks: what it
does not change stays as it is in Zoom, whoever wrote it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, Protocol, TypeAlias, TypeVar

from importer.ledger import Adoption, Deleted, Entry, Ledger
from importer.model import NotAttempted, Payload
from importer.report.drift import DriftLine
from importer.run.adoption import as_stored
from importer.run.differences import FieldPair, compared, differing
from importer.run.drift_spool import Drifted, DriftSpool
from importer.run.reading_back import Looked, Missing

DriftPolicy: TypeAlias = Literal["report", "overwrite", "keep"]
T = TypeVar("T")

_AT_ONCE = 100
"""Contacts that are looked up, or written down, together."""

_PROVES_NOTHING = 10_000
"""So many contacts without a field, and none with it, and the list does not show that field at all."""


class Looker(Protocol):
    """Who reads one contact, as `importer.run.reading_back.ReadBack` does."""

    def look(self, contact_id: str, sent: Payload) -> Awaitable[Looked]:
        """Read a contact."""
        ...


async def find_drift(
    pages: AsyncIterator[Sequence[Mapping[str, object]]],
    ledger: Ledger,
    written: Collection[str],
    looker: Looker,
    found: DriftSpool,
) -> None:
    """Compare the whole book with what the ledger's source has written, in constant memory.

    Args:
        pages: of the book.
        written: fields that the mapping writes; others are nobody's business here.
        looker: reads contacts that the list lacks, to be sure that they are gone.
        found: gets what has drifted.
    """
    absent: Counter[str] = Counter()
    # The collector for keys of a file serves for the keys of a book as well.
    with ledger.leavers() as lacking:
        async for page in pages:
            by_id = {str(contact.get("contact_id") or ""): contact for contact in page}
            found.show(page)
            entries = [one for one in ledger.of_contacts(by_id).values() if one.source == ledger.source]
            kept = ledger.kept(entry.contact_id for entry in entries)
            lacking.add(entry.key for entry in entries)
            for entry in entries:
                contact = by_id[entry.contact_id]
                pairs = _drifted(entry, contact, written, kept.get(entry.contact_id, {}))
                if telling := _telling(pairs, found.shown, absent):
                    found.add(Drifted(entry.key, entry.contact_id, _name(entry), contact, telling))
        await _look_for(lacking.entries(), looker, found)


def _drifted(
    entry: Entry, contact: Mapping[str, object], written: Collection[str], kept: Mapping[str, str]
) -> list[FieldPair]:
    payload = entry.payload
    if payload is None or entry.state != "done" or not entry.fingerprint:
        return []
    pairs = differing(compared(payload, contact, only=written))
    return [pair for pair in pairs if kept.get(pair.field) != pair.stored]


def _telling(
    pairs: Iterable[FieldPair], shown: Collection[str], absent: Counter[str]
) -> tuple[FieldPair, ...]:
    """Leave out fields that so many contacts lack that the list can hardly show them."""
    found = []
    for pair in pairs:
        name = pair.field.partition(" ")[0]
        if name not in shown and not pair.stored:
            absent[name] += 1
            if absent[name] > _PROVES_NOTHING:
                continue
        found.append(pair)
    return tuple(found)


async def _look_for(entries: Iterable[Entry], looker: Looker, found: DriftSpool) -> None:
    for some in _groups(entries):
        looked = await asyncio.gather(*(looker.look(entry.contact_id, {}) for entry in some))
        for entry, answer in zip(some, looked, strict=True):
            if isinstance(answer, Missing):
                found.add(Drifted(entry.key, entry.contact_id, _name(entry)))
        if any(isinstance(answer, NotAttempted) for answer in looked):
            return


def _name(entry: Entry) -> str:
    return str((entry.payload or {}).get("display_name", ""))


async def settle_drift(found: Iterable[Drifted], policy: DriftPolicy, ledger: Ledger) -> None:
    """Note in the ledger what is to become of it; a run on the file then writes over what is not to stay.

    overwrite: the next comparison of rows finds the drifted fields different, and missing contacts absent.
    keep: the differences are remembered, and no news next time.

    Raises:
        StoppedEarly: the ledger cannot be written.
    """
    if policy == "report":
        return
    for some in _groups(found):
        entries = ledger.of_contacts(one.contact_id for one in some)
        known = [(one, entries[one.contact_id]) for one in some if one.contact_id in entries]
        if policy == "overwrite":
            # All of them share a few commits of the ledger.
            await asyncio.gather(*(_to_be_written(one, entry, ledger) for one, entry in known))
        else:
            before = ledger.kept(entries)
            await asyncio.gather(*(_to_be_kept(one, before, ledger) for one, _ in known if one.contact))


async def _to_be_written(one: Drifted, entry: Entry, ledger: Ledger) -> None:
    if one.contact is None:
        await ledger.settle(entry.key, Deleted(404, 0))
        return
    payload = entry.payload or {}
    stored = as_stored(payload, one.contact, one.pairs)
    if "custom_fields" in payload:
        stored["custom_fields"] = payload["custom_fields"]
    await ledger.adopt(Adoption(entry.key, entry.contact_id, "", stored, entry.number, entry.line))


async def _to_be_kept(one: Drifted, before: Mapping[str, Mapping[str, str]], ledger: Ledger) -> None:
    fields = {pair.field: pair.stored for pair in one.pairs}
    await ledger.keep(one.contact_id, {**before.get(one.contact_id, {}), **fields})


class WithoutDrifted:
    """What the ledger knows, as it will be once drifted contacts are to be written over."""

    def __init__(self, ledger: Ledger, found: Iterable[Drifted]) -> None:
        self._ledger = ledger
        self._gone = {one.key: one.contact is None for one in found}

    def differing(self, keys: Sequence[str], fingerprints: Sequence[str]) -> Sequence[int]:
        """Return the positions of the rows that the book does not have just as they are."""
        drifted = [position for position, key in enumerate(keys) if key in self._gone]
        return [*{*self._ledger.differing(keys, fingerprints), *drifted}]

    def fingerprints(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Return fingerprints, "" for a contact that has drifted; one that is gone is left out."""
        known = self._ledger.fingerprints(keys)
        return {
            key: "" if key in self._gone else fingerprint
            for key, fingerprint in known.items()
            if not self._gone.get(key, False)
        }


def drift_lines(
    found: Iterable[Drifted], policy: DriftPolicy, ledger: Ledger, run_id: str
) -> Iterator[DriftLine]:
    """Write down every field that has drifted, and what this run has done about it."""
    for some in _groups(found):
        entries = ledger.entries(one.key for one in some)
        for one in some:
            outcome = _outcome(one, policy, entries.get(one.key), run_id)
            if one.contact is None:
                yield DriftLine(one.key, one.contact_id, "(contact)", one.name, "deleted", outcome)
            for pair in one.pairs:
                yield DriftLine(one.key, one.contact_id, pair.field, pair.sent, pair.stored, outcome)


def _outcome(one: Drifted, policy: DriftPolicy, entry: Entry | None, run_id: str) -> str:
    if policy == "report" or (policy == "keep" and one.contact is None):
        return "reported"
    if policy == "keep":
        return "kept"
    written = entry is not None and entry.run == run_id and entry.outcome in ("created", "updated")
    if not written:
        return "left"
    return "created again" if one.contact is None else "overwritten"


def _groups(many: Iterable[T]) -> Iterator[tuple[T, ...]]:
    iterator = iter(many)
    while group := tuple(islice(iterator, _AT_ONCE)):
        yield group
