"""The canary without network: who waits for whom, and how often it looks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from importer.model import Contact, Create, Created, Failed, Fault, NotAttempted, Reply
from importer.run.canary import Canary, CanaryRow
from importer.run.reading_back import ReadBack
from importer.sending import Drain


class Book:
    """A book whose answers lag behind: the first `lag` looks show nothing but the name."""

    def __init__(self, lag: int = 0) -> None:
        self.lag = lag
        self.looks = 0

    async def get_contact(self, book: str, contact_id: str) -> Reply | Fault:
        self.looks += 1
        company = "" if self.looks <= self.lag else "Example Ltd"
        return Reply(200, {}, json.dumps({"display_name": "A", "company": company}).encode())

    async def contact_custom_fields(self, contact_id: str) -> Reply | Fault:
        raise AssertionError("nobody has sent custom fields")

    async def read(
        self, call: Callable[[], Awaitable[Reply | Fault]], operation: Literal["get", "list"] = "get"
    ) -> Reply | Failed | NotAttempted:
        answer = await call()
        assert isinstance(answer, Reply)
        return answer


def step(number: int) -> Create:
    """A row with two fields."""
    return Create(
        number, number + 1, f"k{number}", "", Contact({"display_name": "A", "company": "Example Ltd"})
    )


def canary(book: Book, count: int, judged: list[Sequence[CanaryRow]], drain: Drain) -> Canary:
    """A canary that is strict and writes down what it was shown."""

    def go_on(rows: Sequence[CanaryRow]) -> bool:
        judged.append(rows)
        return all(row.as_sent for row in rows)

    return Canary(
        count, read_back=ReadBack(book, book, "b"), drain=drain, go_on=go_on, looks_s=(0.0, 2.0, 5.0)
    )


async def no_sleep(_seconds: float) -> None:
    """Time passes at once."""


async def test_the_next_row_waits_until_all_of_the_canary_are_done() -> None:
    """The third row of a canary of two stands still while one of the two is on its way."""
    judged: list[Sequence[CanaryRow]] = []
    bird = canary(Book(), 2, judged, Drain(no_sleep))
    await bird.admit()
    await bird.admit()
    bird.finished(step(2), Created("id2", 201, 1))
    third = asyncio.create_task(bird.admit())
    await asyncio.sleep(0)
    assert not third.done()
    bird.finished(step(1), Created("id1", 201, 1))
    await third
    assert [row.number for row in judged[0]] == [1, 2]
    await bird.admit()
    await bird.judge()
    assert len(judged) == 1


async def test_a_copy_that_lags_behind_is_looked_at_again() -> None:
    """Two looks show the contact incomplete, the third shows it whole."""
    judged: list[Sequence[CanaryRow]] = []
    book, drain = Book(lag=2), Drain(no_sleep)
    bird = canary(book, 1, judged, drain)
    await bird.admit()
    bird.finished(step(1), Created("id1", 201, 1))
    await bird.judge()
    assert book.looks == 3
    assert not drain.begun


async def test_what_stays_different_begins_the_drain() -> None:
    """The message names the field and how many contacts differ in it."""
    judged: list[Sequence[CanaryRow]] = []
    drain = Drain(no_sleep)
    bird = canary(Book(lag=99), 1, judged, drain)
    await bird.admit()
    bird.finished(step(1), Created("id1", 201, 1))
    await bird.admit()
    assert drain.begun
    assert "company (1 of 1)" in drain.message


async def test_a_run_that_drains_is_not_judged() -> None:
    """Nobody is asked about a run that ends anyway, and nobody waits."""
    judged: list[Sequence[CanaryRow]] = []
    drain = Drain(no_sleep)
    bird = canary(Book(), 1, judged, drain)
    await bird.admit()
    drain.begin("interrupted", "Stopped.")
    bird.finished(step(1), NotAttempted("Stopped."))
    await bird.admit()
    await bird.judge()
    assert judged == []
