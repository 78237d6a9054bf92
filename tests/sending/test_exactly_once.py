"""The promise itself, against a simulated server: every row once in the book, or in doubt; never twice.

The server loses answers after storing, before storing, stores late, refuses, breaks its 201s, hides what it
stored from its list for a while; the process dies at any moment and starts again with what its ledger knows.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from importer.model import Created, Failed, Fault, InDoubt, NotAttempted, Reply

LOST = Fault("disconnected", "maybe", "")


def reply(status, body=None):
    return Reply(status, {}, b"" if body is None else json.dumps(body).encode())


@dataclass(frozen=True)
class Fate:
    """What the server does with one create; `store_after_s` None = never."""

    name: str
    store_after_s: float | None
    answer_s: float
    answer: Reply | Fault | None  # None = the true 201

    def __repr__(self):
        return self.name


FATES = [
    Fate("ok", 0.0, 0.1, None),
    Fate("ok, slow", 0.2, 9.0, None),
    Fate("lost after storing", 0.05, 0.1, LOST),
    Fate("lost before storing", None, 0.1, LOST),
    Fate("time-out after storing", 3.0, 30.0, Fault("read_timeout", "maybe", "")),
    Fate("time-out, stored 15 s after it", 45.0, 30.0, Fault("read_timeout", "maybe", "")),
    Fate("stored 1 s late", 1.0, 0.1, LOST),
    Fate("stored 19 s late", 19.0, 0.1, LOST),
    Fate("500, stored", 0.0, 0.1, reply(500)),
    Fate("500, not stored", None, 0.1, reply(500)),
    Fate("broken 201", 0.0, 0.1, Reply(201, {}, b'{"contact_id": "')),
    Fate("429", None, 0.1, reply(429, {"code": 429, "message": "rate"})),
    Fate("no connection", None, 0.0, Fault("connect", "no", "")),
    Fate("stray 401", None, 0.1, reply(401, {"code": 124, "message": "Invalid access token."})),
    Fate("refused", None, 0.1, reply(400, {"code": 2113, "message": "No."})),
]
FATE = {fate.name: fate for fate in FATES}


@dataclass
class Server:
    """The book: contacts with the moment from which they exist, and what happens to each create in turn."""

    fates: list[Fate]
    list_lag_s: float = 0.0
    list_faults: int = 0
    contacts: dict[str, tuple[float, dict]] = field(default_factory=dict)
    creates: int = 0

    @staticmethod
    def now():
        return asyncio.get_running_loop().time()

    async def create_contact(self, book, payload):
        fate = self.fates[self.creates] if self.creates < len(self.fates) else FATE["ok"]
        self.creates += 1
        contact_id = f"c{self.creates}"
        if fate.store_after_s is not None:
            self.contacts[contact_id] = (self.now() + fate.store_after_s, dict(payload))
        try:
            await asyncio.sleep(fate.answer_s)
        except (
            asyncio.CancelledError
        ):  # the client died: what has begun is finished within 15 s, or not at all
            stored_at, stored = self.contacts.get(contact_id, (0.0, {}))
            if stored_at > self.now() + 15:
                self.contacts[contact_id] = (self.now() + 15, stored)
            raise
        return fate.answer or reply(201, {"contact_id": contact_id})

    async def get_contact(self, book, contact_id):
        await asyncio.sleep(0.1)
        since, payload = self.contacts.get(contact_id, (float("inf"), {}))
        if since > self.now():
            return reply(404, {"code": 2101, "message": "-"})
        return reply(200, payload | {"contact_id": contact_id})

    async def delete_contact(self, book, contact_id):
        await asyncio.sleep(0.1)
        return (
            reply(204) if self.contacts.pop(contact_id, None) else reply(404, {"code": 2101, "message": "-"})
        )

    async def list_contacts(self, book, *, emails=(), phone_numbers=(), page_size=300, next_page_token=""):
        seen_at = self.now() - self.list_lag_s
        await asyncio.sleep(0.1)
        if self.list_faults > 0:
            self.list_faults -= 1
            return reply(503)
        found = [
            payload | {"contact_id": contact_id}
            for contact_id, (since, payload) in self.contacts.items()
            if since <= seen_at
            and (not emails or set(emails) & set(payload["emails"]))
            and (not phone_numbers or set(phone_numbers) & set(payload["phone_numbers"]))
        ]
        return reply(200, {"contacts": found})


def person(number, extra=None):
    """A payload; rows share it when they share the number, and nearly share it with `extra`."""
    base = {
        "display_name": f"Person {number}",
        "emails": [f"p{number}@example.com"],
        "phone_numbers": [f"+1202555014{number % 10}"],
    }
    return base | ({"company": extra} if extra else {})


async def one_process(stage, server, rows, ledger, crash_s):
    """Send every row that the ledger does not know as done; dies after `crash_s` seconds if given."""

    def owner(contact_id):
        return next(
            (key for key, one in ledger.items() if getattr(one, "contact_id", "") == contact_id), None
        )

    sender = stage.sender_for(server, owner=owner)

    async def carry(key, payload):
        before = ledger.get(key)
        if isinstance(before, Created | Failed):
            return
        ledger[key] = "in flight"
        step = stage.create(key, payload)
        outcome = await (sender.resume(step) if before is not None else sender.send(step))
        await asyncio.sleep(0.01)  # the ledger's own time to write: the process can die here too
        ledger[key] = outcome

    work = asyncio.gather(*(carry(key, payload) for key, payload in rows.items()))
    if crash_s is None:
        await work
        return
    _, pending = await asyncio.wait({work}, timeout=crash_s)
    if pending:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def play_rows(stage, server, rows, crashes):
    """Run processes until one ends by itself; returns the ledger and what the book holds long after."""
    ledger = {}

    async def main():
        for crash_s in [*crashes, None]:
            await one_process(stage, server, rows, ledger, crash_s)
        await asyncio.sleep(1000)

    stage.play(main())
    return ledger, {contact_id: payload for contact_id, (_, payload) in server.contacts.items()}


def assert_exactly_once(rows, ledger, book):
    owned = [one.contact_id for one in ledger.values() if isinstance(one, Created)]
    assert len(owned) == len(set(owned)), "two rows own one contact"
    for key, outcome in ledger.items():
        if isinstance(outcome, Created):
            assert book[outcome.contact_id] == rows[key], "a row owns another row's contact"
    doubts = Counter(str(rows[key]) for key, one in ledger.items() if isinstance(one, InDoubt))
    for contact_id in set(book) - set(owned):
        assert doubts[str(book[contact_id])] > 0, "a contact that no row owns and no doubt explains"
    assert set(ledger) == set(rows)


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([None, None, "Example Ltd", "Other Ltd"])),
    min_size=1,
    max_size=8,
).map(lambda picks: {f"k{n}": person(number, extra) for n, (number, extra) in enumerate(picks)})


# A store that is late, and a list that lags behind it, must together stay below the looks (20 s) and the look
# for a twin (10 s more): beyond that no client without an idempotency key can know.
@settings(max_examples=300)
@given(
    rows=ROWS,
    fates=st.lists(st.sampled_from(FATES), max_size=24),
    lag=st.sampled_from([0.0, 0.0, 2.0, 4.0]),
    list_faults=st.integers(0, 4),
    crashes=st.lists(st.floats(0.01, 80.0), max_size=3),
)
def test_every_row_once_or_in_doubt(stage, rows, fates, lag, list_faults, crashes):
    """Whatever happens to the answers and the process, no row is there twice or owns another's contact."""
    server = Server(list(fates), lag, list_faults)
    ledger, book = play_rows(stage, server, rows, crashes)
    assert_exactly_once(rows, ledger, book)
    for outcome in ledger.values():
        event(type(outcome).__name__)
        assert isinstance(outcome, Created | Failed | InDoubt | NotAttempted)


@pytest.mark.parametrize("fate", [one for one in FATES if one.name != "refused"], ids=repr)
@pytest.mark.parametrize("lag", [0.0, 0.5], ids=["fresh list", "list lags"])
def test_every_fate_ends_well(stage, fate, lag):
    """Each misfortune by itself ends with every row created, rows that are equal included."""
    rows = {f"k{n}": person(n % 3) for n in range(6)}
    ledger, book = play_rows(stage, Server([fate] * 4, lag), rows, [])
    assert_exactly_once(rows, ledger, book)
    assert len(book) == 6
    assert all(isinstance(outcome, Created) for outcome in ledger.values())


def test_store_after_all_the_looks_is_taken_back(stage):
    """A store that lands while the row is sent again leaves one contact: the second is withdrawn."""
    late = Fate("stored 23 s late", 23.0, 0.1, LOST)
    rows = {"k0": person(0)}
    ledger, book = play_rows(stage, Server([late]), rows, [])
    assert_exactly_once(rows, ledger, book)
    assert list(book) == ["c1"]


def test_died_before_the_ledger_knew(stage):
    """Stored, answered, and the process died before it could write that down: adopted by the next one."""
    rows = {"k0": person(0)}
    server = Server([])
    ledger, book = play_rows(stage, server, rows, [0.105])
    assert ledger == {"k0": Created("c1", 0, 0, adopted=True)}
    assert list(book) == ["c1"]


def test_doubt_is_looked_up_together(stage):
    """Ten rows in doubt share one call."""
    calls = []

    class Counting(Server):
        async def list_contacts(self, book, **filters):
            calls.append(len(filters["emails"]))
            return await super().list_contacts(book, **filters)

    rows = {f"k{n}": person(n) for n in range(25)}
    play_rows(stage, Counting([FATE["lost after storing"]] * 25), rows, [])
    assert calls == [10, 10, 5]


def test_outage_of_everything(stage):
    """A line that is dead for ten minutes costs no row its attempts: all of them arrive afterwards."""

    class Down(Server):
        async def create_contact(self, book, payload):
            if 5 < self.now() < 605:
                return Fault("connect", "no", "")
            return await super().create_contact(book, payload)

        async def list_contacts(self, book, **filters):
            return reply(503) if 5 < self.now() < 605 else await super().list_contacts(book, **filters)

    rows = {f"k{n}": person(n) for n in range(60)}
    server = Down([FATE["ok, slow"]] * 30)
    ledger, book = play_rows(stage, server, rows, [])
    assert_exactly_once(rows, ledger, book)
    assert len(book) == 60


def test_endless_outage_stops_early(stage):
    """Nothing but faults for a quarter of an hour: the rows stay unsent, they do not fail."""

    class Dead(Server):
        tried = 0

        async def create_contact(self, book, payload):
            self.tried += 1
            return Fault("connect", "no", "")

    rows = {f"k{n}": person(n) for n in range(50)}
    server = Dead([])
    ledger, _ = play_rows(stage, server, rows, [])
    assert all(isinstance(outcome, NotAttempted) for outcome in ledger.values())
    assert server.tried < 150
