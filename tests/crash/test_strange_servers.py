"""Servers that nobody has seen before: whatever they do to an answer, every row is there exactly once."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

import pytest
from commands import write_rows
from migration import HEADINGS, Row, audit, person
from stand_in import DROPPED, Answer, Contact, Payload, StandIn, filtered

Habit = Callable[[StandIn, Payload], Awaitable[Answer]]


async def good(server: StandIn, payload: Payload) -> Answer:
    return Answer(201, server.store(payload))


async def late(server: StandIn, payload: Payload) -> Answer:
    """Slower than the time-out, stored after it."""
    server.store_later(payload, 1.3)
    await asyncio.sleep(1.4)
    return Answer(201, b"{}")


async def dropped_then_stored(server: StandIn, payload: Payload) -> Answer:
    server.store_later(payload, 0.5)
    return DROPPED


async def cut_in_the_head(server: StandIn, payload: Payload) -> Answer:
    return Answer(201, server.store(payload), cut_at=10)


async def cut_in_the_body(server: StandIn, payload: Payload) -> Answer:
    return Answer(201, server.store(payload), cut_at=70)


async def hangs_up(server: StandIn, payload: Payload) -> Answer:
    """Closes every connection after its answer, without a word; the next request meets a closed door."""
    return Answer(201, server.store(payload), hang_up=True)


def says(status: int, body: object = b"", *, stores: bool, **headers: str) -> Habit:
    async def habit(server: StandIn, payload: Payload) -> Answer:
        if stores:
            server.store(payload)
        return Answer(status, body, {name.replace("_", "-"): text for name, text in headers.items()})

    return habit


HABITS: dict[str, Habit] = {
    "late": late,
    "dropped, then stored": dropped_then_stored,
    "cut in the head": cut_in_the_head,
    "cut in the body": cut_in_the_body,
    "hangs up": hangs_up,
    "201 without a body": says(201, stores=True),
    "201 with a null id": says(201, {"contact_id": None}, stores=True),
    "201 with a list": says(201, [], stores=True),
    "200 of a proxy": says(200, b"<html>Welcome</html>", stores=False),
    "202 without an id": says(202, {}, stores=True),
    "204, stored": says(204, stores=True),
    "500, stored": says(500, {"code": 500, "message": "-"}, stores=True),
    "503 with a wait, stored": says(503, stores=True, retry_after="1"),
    "504, not stored": says(504, b"gateway", stores=False),
    "408, stored": says(408, stores=True),
    "429 in seconds": says(429, {"code": 429, "message": "-"}, stores=False, retry_after="1"),
    "429 with an old date": says(
        429, {"code": 429, "message": "-"}, stores=False, retry_after="Fri, 27 Nov 2020 00:00:00 GMT"
    ),
    "429 with an old time": says(
        429, {"code": 429, "message": "-"}, stores=False, retry_after="2020-11-27T00:00:00Z"
    ),
    "429 with nonsense": says(429, b"slow down", stores=False, retry_after="soon"),
    "401": says(401, {"code": 124, "message": "Invalid access token."}, stores=False),
    "not HTTP": says(99, stores=True),
}


def in_turn(*habits: Habit) -> Habit:
    """Meet every third create with the next habit, each habit a few times, then be good."""
    counter = count()

    async def create(server: StandIn, payload: Payload) -> Answer:
        at = next(counter)
        habit = habits[at // 3 % len(habits)] if at % 3 == 0 and at < 9 * len(habits) else good
        return await habit(server, payload)

    return create


def rows_and_file(place, count: int = 90) -> tuple[list[Row], str]:
    rows = [person(f"K{n}", n % (count - 10)) for n in range(count)]  # the last ten are twins of the first
    write_rows(place.folder / "c.csv", [row.cells for row in rows], HEADINGS)
    return rows, "c.csv"


def settled(place, file: str, runs: int = 4) -> list[dict[str, str]]:
    """Run until nothing is left to do."""
    for _ in range(runs):
        if place.run(file, "-m", "m.yaml").code == 0:
            break
    return place.report


def test_every_way_to_spoil_an_answer(place) -> None:
    """Twenty ways to store or not to store and to answer or not to answer, mixed."""
    with StandIn(in_turn(*HABITS.values())) as server:
        place.connect(server)
        rows, file = rows_and_file(place)
        report = settled(place, file)
    found = audit(rows, server.contacts, report, place.ledger)
    assert found.clean, found


def unfiltered(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    return contacts


def lower_case(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    found = filtered(contacts, name, values)
    return [{**one, "emails": [email.lower() for email in one["emails"]]} for one in found]


def new_spelling(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    """Phones as objects, other fields as null, some that nobody has sent."""
    return [
        {
            **{name: text for name, text in one.items() if name != "phone_numbers"},
            "phones": [{"phone_number": phone, "phone_type": "main"} for phone in one["phone_numbers"]],
            "location": None,
            "first_name": "Derived",
            "consumer_ids": [],
        }
        for one in filtered(contacts, name, values)
    ]


def one_value_only(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    """Of several values of a filter only the first counts."""
    return filtered(contacts, name, values[:1])


def sparse(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    """The list shows ids and addresses; names only when a contact is read by itself."""
    kept = ("contact_id", "display_name", "emails", "phone_numbers")
    return [{name: one[name] for name in kept if name in one} for one in filtered(contacts, name, values)]


@pytest.mark.parametrize(
    "listed",
    [unfiltered, lower_case, new_spelling, one_value_only, sparse],
    ids=lambda listed: listed.__name__,
)
def test_lists_of_another_make(place, listed) -> None:
    """However the list filters and spells, a row in doubt finds its own contact and nobody else's."""
    habits = [says(500, stores=True), says(500, stores=False)]
    with StandIn(in_turn(*habits), listed) as server:
        place.connect(server)
        rows, file = rows_and_file(place, 40)
        report = settled(place, file)
    found = audit(rows, server.contacts, report, place.ledger)
    assert found.clean, found


def test_tokens_that_are_hard_to_get(place) -> None:
    """Tokens that live a second, and a sign-in that is dropped now and then."""

    def token(number: int) -> Answer | None:
        if number % 3 == 2:
            return DROPPED
        return Answer(200, {"access_token": f"t{number}", "expires_in": 1})

    async def slowly(server: StandIn, payload: Payload) -> Answer:
        await asyncio.sleep(0.05)
        return await good(server, payload)

    with StandIn(slowly, token=token) as server:
        place.connect(server)
        rows, file = rows_and_file(place, 60)
        report = settled(place, file)
    assert audit(rows, server.contacts, report, place.ledger).clean


def test_the_id_of_another_row(place) -> None:
    """A 201 that names another row's contact: the row's own contact is looked for and found."""

    async def create(server: StandIn, payload: Payload) -> Answer:
        stored = server.store(payload)
        return Answer(201, server.contacts[0] if len(server.contacts) % 4 == 0 else stored)

    with StandIn(create) as server:
        place.connect(server)
        rows, file = rows_and_file(place, 30)
        report = settled(place, file)
    found = audit(rows, server.contacts, report, place.ledger)
    assert found.clean, found


def test_a_server_that_will_not_have_twins(place) -> None:
    """The second of two equal rows is answered with the first one's contact: in doubt, never adopted."""

    async def create(server: StandIn, payload: Payload) -> Answer:
        equal = [one for one in server.contacts if one["emails"] == payload["emails"]]
        return Answer(201, equal[0] if equal else server.store(payload))

    with StandIn(create) as server:
        place.connect(server)
        rows = [person("K1", 1), person("K2", 1)]
        write_rows(place.folder / "c.csv", [row.cells for row in rows], HEADINGS)
        result = place.run("c.csv", "-m", "m.yaml")
    assert result.code == 1
    first, second = place.report
    assert (first["outcome"], second["outcome"]) == ("created", "in doubt")
    assert "id-1" in second["message"]
    assert len(server.contacts) == 1
