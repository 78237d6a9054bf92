"""What a page of the list shows, and does not show, decides about drift."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from importer.ledger import Adoption, Ledger, RunStart
from importer.model import Payload
from importer.run import drift
from importer.run.drift import find_drift
from importer.run.drift_spool import DriftSpool
from importer.run.reading_back import Looked, Missing, Stored

Contact = Mapping[str, object]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a run."""
    with Ledger.open(
        tmp_path / "ledger.sqlite3", account_id="a", address_book_id="b", api_url="http://127.0.0.1/v2"
    ) as opened:
        opened.start_run(RunStart("run"))
        yield opened


class Nobody:
    """Finds no contact."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def look(self, contact_id: str, sent: Payload) -> Looked:
        """Say that it is gone, unless its id says otherwise."""
        self.asked.append(contact_id)
        return Stored({}, None) if contact_id.startswith("late") else Missing()


def look(
    ledger: Ledger, ours: Sequence[Contact], pages: Sequence[Sequence[Contact]]
) -> list[tuple[str, str]]:
    """What has drifted, as (contact id, field), "" for a contact that is gone."""

    async def all_pages() -> AsyncIterator[Sequence[Contact]]:
        for page in pages:
            yield page

    async def work(found: DriftSpool) -> None:
        for number, contact in enumerate(ours, 1):
            name = str(contact["contact_id"])
            payload = {field: value for field, value in contact.items() if field != "contact_id"}
            await ledger.adopt(Adoption(f"key of {name}", name, "fingerprint", payload, number, number + 1))
        await find_drift(all_pages(), ledger, ("display_name", "company", "role"), Nobody(), found)

    with DriftSpool() as found:
        asyncio.run(work(found))
        return [(one.contact_id, field) for one in found for field in ([p.field for p in one.pairs] or [""])]


def person(name: str, **fields: object) -> Contact:
    """A contact with an id and a name."""
    return {"contact_id": name, "display_name": name, **fields}


def test_a_field_emptied_on_an_early_page_is_noticed(ledger: Ledger) -> None:
    """The list leaves empty fields out; that it shows this one is known only from a later page."""
    ours = [person("1", company="Ltd"), person("2", company="Ltd")]
    assert look(ledger, ours, [[person("1")], [person("2", company="Ltd")]]) == [("1", "company")]


def test_a_field_that_the_list_never_shows_says_nothing(ledger: Ledger) -> None:
    """Otherwise every contact would seem to be changed."""
    ours = [person(str(n), role="Buyer") for n in range(5)]
    assert look(ledger, ours, [[person(str(n)) for n in range(5)]]) == []


def test_an_empty_field_that_the_list_does_show_counts(ledger: Ledger) -> None:
    """Emptied in all contacts, it is still there as an empty text."""
    assert look(ledger, [person("1", role="Buyer")], [[person("1", role="")]]) == [("1", "role")]


def test_a_hidden_field_does_not_fill_the_disk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many contacts without it, a field counts as one that the list does not show."""
    monkeypatch.setattr(drift, "_PROVES_NOTHING", 2)
    ours = [person(str(n), role="Buyer") for n in range(4)]
    pages = [[person(str(n)) for n in range(3)], [person("3", role="Seller")]]
    assert look(ledger, ours, pages) == [("0", "role"), ("1", "role"), ("3", "role")]


def test_a_contact_that_the_list_lacks_is_looked_for_before_it_counts_as_gone(ledger: Ledger) -> None:
    """A list may lag behind."""
    assert look(ledger, [person("late"), person("gone")], [[]]) == [("gone", "")]
