"""Looking up: what several rows in doubt ask together, and answers that decide nothing."""

import asyncio

import pytest

from importer.model import Created, InDoubt, NotAttempted
from importer.sending import Absent, Found, SettlePolicy, Unclear


def person(stage, name):
    return stage.payload_of(name, emails=[f"{name}@example.com"], phone_numbers=[])


def settle(stage, lines, **more):
    async def main():
        sender = stage.sender_for(stage.script(*[("list", line) for line in lines]))
        return await sender.settle("k1", person(stage, "ada"), lost_s=3600, **more)

    return stage.play(main())


def test_settle_finds(stage):
    """An earlier payload that arrived is found and claimed."""
    found = stage.listed(person(stage, "ada") | {"contact_id": "c1"})
    assert settle(stage, [found, found]) == Found("c1")


def test_sending_after_settling_is_a_second_attempt(stage):
    """What settling did not find is sent with a look for its twin, which may have come since."""

    async def main():
        late = stage.listed(person(stage, "ada") | {"contact_id": "late"})
        api = stage.script(
            ("list", stage.listed()),
            ("create", stage.created()),
            ("list", late),
            ("delete", stage.reply(204)),
        )
        sender = stage.sender_for(api)
        await sender.settle("k1", person(stage, "ada"), lost_s=3600)
        return await sender.send(stage.create("k1", person(stage, "ada")))

    assert stage.play(main()) == Created("late", 201, 1, adopted=True)


def test_not_there_is_decided_alone(stage):
    """A server that wants all values of a filter at once hides what is there: asked for alone, it shows."""
    calls = []

    class Strict:
        async def create_contact(self, book, payload):
            return stage.LOST

        async def list_contacts(self, book, *, emails, phone_numbers, next_page_token):
            calls.append(len(emails))
            if len(emails) > 1:
                return stage.listed()
            name = emails[0].partition("@")[0]
            return stage.listed(person(stage, name) | {"contact_id": name})

    async def main():
        sender = stage.sender_for(Strict())
        steps = [stage.create(name, person(stage, name)) for name in ("ada", "bob")]
        return await asyncio.gather(*(sender.send(step) for step in steps))

    assert stage.play(main()) == [Created("ada", 0, 1, adopted=True), Created("bob", 0, 1, adopted=True)]
    assert calls == [2, 2, 2, 1, 1]


def test_settle_finds_nothing(stage):
    """One that did not arrive is absent."""
    assert settle(stage, [stage.listed()]) == Absent()


@pytest.mark.parametrize("body", [{}, {"contacts": {}}, {"contacts": None, "total_records": 3}], ids=str)
def test_listing_without_contacts(stage, body):
    """An answer that is no listing is not taken for an empty one."""
    assert isinstance(settle(stage, [stage.reply(200, body)]), Unclear)


def test_empty_listing_that_leaves_the_list_out(stage):
    """A listing that says that it has no records is an empty one."""
    assert settle(stage, [stage.reply(200, {"total_records": 0})]) == Absent()


def test_listing_without_end(stage):
    """A server whose pages never end does not hold a row for ever."""
    assert isinstance(settle(stage, [stage.listed(token="again")] * 40), Unclear)


def test_nothing_to_look_up_by(stage):
    """Without phone and email nothing can be looked up: in doubt, nothing sent."""
    outcome, _, _ = stage.converse(stage.create(payload={"display_name": "Ada"}), ("create", stage.LOST))
    assert isinstance(outcome, InDoubt)


def test_one_bad_value_does_not_spoil_the_others(stage):
    """A shared look-up that Zoom refuses is asked again, row by row."""

    class Picky:
        async def create_contact(self, book, payload):
            return stage.LOST

        async def list_contacts(self, book, *, emails, phone_numbers, next_page_token):
            if "bad@example.com" in emails:
                return stage.refused(400, 300, "Invalid email")
            return stage.listed(
                *(person(stage, email.partition("@")[0]) | {"contact_id": email} for email in emails)
            )

    async def main():
        sender = stage.sender_for(Picky())
        steps = [stage.create(name, person(stage, name)) for name in ("ada", "bad", "bob")]
        return await asyncio.gather(*(sender.send(step) for step in steps))

    ada, bad, bob = stage.play(main())
    assert (ada, bob) == (
        Created("ada@example.com", 0, 1, adopted=True),
        Created("bob@example.com", 0, 1, adopted=True),
    )
    assert isinstance(bad, InDoubt)


def test_missing_right_to_read_stops_the_run(stage):
    """Without the scope to list, no doubt can be settled: the row is in doubt and the run stops."""
    outcome, _, sender = stage.converse(
        stage.create(), ("create", stage.LOST), ("list", stage.refused(400, 4711, "scopes:[a:b]"))
    )
    assert isinstance(outcome, InDoubt)
    assert "scopes:[a:b]" in str(sender.drain.error())


def test_candidate_that_is_gone(stage):
    """A half-shown candidate that has been deleted meanwhile is no candidate."""
    short = {"contact_id": "c9", "display_name": "ada", "emails": ["ada@example.com"]}
    payload = person(stage, "ada") | {"role": "Agent"}
    outcome, _, _ = stage.converse(
        stage.create(payload=payload),
        ("create", stage.LOST),
        *[("list", stage.listed(short))] * 3,
        ("get", stage.refused(404, 2101)),
        ("create", stage.created()),
        ("list", stage.listed()),
    )
    assert outcome == Created("c1", 201, 2)


def test_drain_while_a_twin_is_looked_for(stage):
    """Stopped before it is certain that the row is there only once: in doubt, with its id."""

    async def main():
        api = stage.script(
            ("create", stage.LOST), *[("list", stage.listed())] * 4, ("create", stage.created())
        )
        sender = stage.sender_for(api)
        asyncio.get_running_loop().call_later(25, sender.drain.begin, "interrupted", "Stopped by Ctrl-C.")
        return await sender.send(stage.create())

    outcome = stage.play(main())
    assert isinstance(outcome, InDoubt)
    assert outcome.candidates == ("c1",)


def test_drain_before_it_is_sent_again(stage):
    """A row whose first attempt was lost never ends as not attempted."""

    async def main():
        api = stage.script(
            ("create", stage.LOST), *[("list", stage.listed())] * 4, ("create", stage.UNREACHABLE)
        )
        sender = stage.sender_for(api)
        asyncio.get_running_loop().call_later(20.1, sender.drain.begin, "interrupted", "Stopped.")
        return await sender.send(stage.create())

    assert isinstance(stage.play(main()), InDoubt)


def test_drain_during_an_outage(stage):
    """Rows that wait for the line are not attempted when the run drains."""

    class Dead:
        async def create_contact(self, book, payload):
            return stage.UNREACHABLE

    async def main():
        sender = stage.sender_for(Dead())
        asyncio.get_running_loop().call_later(60, sender.drain.begin, "interrupted", "Stopped.")
        steps = [stage.create(f"k{n}", person(stage, f"p{n}")) for n in range(30)]
        outcomes = await asyncio.gather(*(sender.send(step) for step in steps))
        return outcomes, stage.clock()

    outcomes, moment = stage.play(main())
    assert outcomes == [NotAttempted("Stopped.")] * 30
    assert moment == 60


def test_a_shorter_pause(stage):
    """The pause is one number for the person; the looks follow from it."""
    policy = SettlePolicy.of_pause(8)
    assert (policy.looks_s, policy.twin_after_s) == ((0, 2, 8), 4)
    assert SettlePolicy.of_pause(0).looks_s == (0,)


@pytest.mark.parametrize("looks", [(), (-1.0,)], ids=str)
def test_senseless_policy(looks):
    """Doubt needs at least one look, and none in the past."""
    with pytest.raises(ValueError, match="at least one look"):
        SettlePolicy(looks_s=looks)
