"""The sender as scripted conversations: expect this request, answer that, expect the next."""

import asyncio
from datetime import datetime

import pytest

from importer.errors import AccountError, StoppedEarly
from importer.model import Created, Failed, InDoubt, NotAttempted, Updated
from importer.retry import RetryPolicy
from importer.sending import QuotaPolicy

DAILY = "You have reached the maximum daily rate limit for this API."


def stored(stage, contact_id="c1", **changes):
    return stage.payload_of() | {"contact_id": contact_id} | changes


# --- without doubt -------------------------------------------------------------------------------


def test_created(stage):
    """A 201 is the outcome, after one call."""
    outcome, api, _ = stage.converse(stage.create(), ("create", stage.created()))
    assert outcome == Created("c1", 201, 1)
    assert api.operations == ["create"]


def test_refused(stage):
    """What Zoom refuses is failed for good, in Zoom's words, without a retry."""
    outcome, _, _ = stage.converse(
        stage.create(), ("create", stage.refused(400, 2117, "Invalid time zone: X."))
    )
    assert outcome == Failed("2117", "", "Invalid time zone: X.", 400, 1, transient=False)


def test_unreachable_server_is_simply_tried_again(stage):
    """A request that never left needs no look-up."""
    outcome, api, _ = stage.converse(
        stage.create(),
        ("create", stage.UNREACHABLE),
        ("create", stage.UNREACHABLE),
        ("create", stage.created()),
    )
    assert outcome == Created("c1", 201, 3)
    assert api.moments("create") == [0, 0.25, 0.75]


def test_rate_limit_does_not_use_up_the_attempts(stage):
    """A 429 says nothing about the row: more of them than attempts, and it is still created."""
    limit = stage.refused(429, 429, "You have reached the maximum per-second rate limit for this API.")
    outcome, _, _ = stage.converse(
        stage.create(),
        *[("create", limit)] * 9,
        ("create", stage.created()),
        policy=RetryPolicy(max_attempts=2),
    )
    assert outcome == Created("c1", 201, 10)


def test_retry_after_is_kept(stage):
    """The server's wait is a floor, not a suggestion."""
    limit = stage.refused(429, 429, "Slow down.", retry_after="7")
    _, api, _ = stage.converse(stage.create(), ("create", limit), ("create", stage.created()))
    assert api.moments("create")[1] >= 7


def test_endless_rate_limit_ends(stage):
    """A row that is only ever put off is given up, for a later run."""
    limit = stage.refused(429, 429, "Slow down.", retry_after="40")
    outcome, _, _ = stage.converse(
        stage.create(), *[("create", limit)] * 3, policy=RetryPolicy(give_up_after_s=60)
    )
    assert isinstance(outcome, Failed)
    assert outcome.transient


@pytest.mark.parametrize(
    "answer",
    [
        (400, 4711, "does not contain scopes:[a:b]"),
        (404, 2001, "Address book does not exist: x."),
        (400, 2005, "No"),
    ],
    ids=["scope", "book", "salesforce"],
)
def test_no_row_can_succeed(stage, answer):
    """What no row can get past stops the run at first sight; the row counts as not sent."""
    outcome, _, sender = stage.converse(stage.create(), ("create", stage.refused(*answer)))
    assert isinstance(outcome, NotAttempted)
    assert isinstance(sender.drain.error(), AccountError)
    assert answer[2] in str(sender.drain.error())


def test_wrong_credentials(stage):
    """An account error of the client stops the run; the row gets an outcome, not an exception."""
    outcome, _, sender = stage.converse(stage.create(), ("create", AccountError("Check ZOOM_CLIENT_SECRET.")))
    assert outcome == NotAttempted("Check ZOOM_CLIENT_SECRET.")
    assert isinstance(sender.drain.error(), AccountError)


def test_stray_401(stage):
    """One 401 that outlived the fresh token is tried again."""
    outcome, _, _ = stage.converse(
        stage.create(), ("create", stage.refused(401, 124)), ("create", stage.created())
    )
    assert outcome == Created("c1", 201, 2)


def test_nothing_is_sent_while_draining(stage):
    """After the drain has begun a row stays unsent."""

    async def main():
        api = stage.script()
        sender = stage.sender_for(api)
        sender.drain.begin("interrupted", "Stopped by Ctrl-C.")
        return await sender.send(stage.create())

    assert stage.play(main()) == NotAttempted("Stopped by Ctrl-C.")


# --- daily limit -----------------------------------------------------------------------------------


def test_daily_limit_drains(stage):
    """Without permission to wait the run stops early and says when to go on."""
    limit = stage.refused(429, 429, DAILY, retry_after="2026-11-24T00:00:00Z")
    outcome, _, sender = stage.converse(stage.create(), ("create", limit))
    assert isinstance(outcome, NotAttempted)
    assert isinstance(sender.drain.error(), StoppedEarly)
    assert "--wait-for-quota" in outcome.message
    assert "daily limit" in outcome.message


@pytest.mark.parametrize(
    ("end", "told"), [("00:00:00", "00:00"), ("00:00:01", "00:01"), ("00:07:59", "00:08")]
)
def test_the_time_to_start_again_is_not_too_early(stage, end, told):
    """It is shown in whole minutes, the next one when the limit ends within one."""
    limit = stage.refused(429, 429, DAILY, retry_after=f"2026-11-24T{end}Z")
    outcome, _, _ = stage.converse(stage.create(), ("create", limit))
    moment = datetime.fromisoformat(f"2026-11-24T{told}:00+00:00").astimezone()
    assert f"after {moment:%Y-%m-%d %H:%M} (UTC{moment:%z})" in outcome.message


def test_daily_limit_is_waited_for(stage):
    """With permission everybody waits until the moment that the server names, and shows why."""
    limit = stage.refused(429, 429, DAILY, retry_after="2026-11-24T00:00:00Z")

    async def main():
        api = stage.script(("create", limit), ("create", stage.created()))
        sender = stage.sender_for(api, quota=QuotaPolicy(8 * 3600))
        task = asyncio.ensure_future(sender.send(stage.create()))
        await asyncio.sleep(60)
        shown = (sender.pause.reason, sender.pause.until, sender.pause.left_s)
        return await task, api, shown

    outcome, api, (reason, until, left_s) = stage.play(main())
    assert outcome == Created("c1", 201, 2)
    assert api.moments("create")[1] >= 7200
    assert reason == "daily limit"
    assert left_s == 7200 - 60
    assert until.isoformat() == "2026-11-24T00:00:00+00:00"


def test_patience_starts_again_after_the_daily_limit(stage):
    """Hours of waiting for the quota are not held against a row that meets a rate limit afterwards."""
    daily = stage.refused(429, 429, DAILY, retry_after="2026-11-24T00:00:00Z")
    limit = stage.refused(429, 429, "Slow down.")
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", daily),
        ("create", limit),
        ("create", stage.created()),
        quota=QuotaPolicy(8 * 3600),
    )
    assert outcome == Created("c1", 201, 3)


# --- doubt -----------------------------------------------------------------------------------------


def test_lost_after_storing(stage):
    """An answer that was lost after storing: the contact is adopted, nothing is sent again."""
    outcome, api, _ = stage.converse(
        stage.create(), ("create", stage.LOST), ("list", stage.listed(stored(stage)))
    )
    assert outcome == Created("c1", 0, 1, adopted=True)
    assert api.log[1][2] == (("ada@example.com",), (), "")


def test_lost_before_storing(stage):
    """Not there at three looks, the last by email and by phone: sent again, and no twin turns up."""
    empty = ("list", stage.listed())
    outcome, api, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        *[empty] * 4,
        ("create", stage.created("c2")),
        *[("list", stage.listed(stored(stage, "c2")))] * 2,
    )
    assert outcome == Created("c2", 201, 2)
    assert api.log[4][2] == ((), ("+12025550142",), "")
    assert api.moments("create")[1] >= 20


def test_stored_late(stage):
    """A slow server that stores after the connection is gone is found by a later look."""
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        ("list", stage.listed()),
        ("list", stage.listed(stored(stage))),
    )
    assert outcome == Created("c1", 0, 1, adopted=True)


def test_stored_later_than_anybody_waits(stage):
    """A first attempt that arrives after the second: the second is taken back, the first adopted."""
    twins = stage.listed(stored(stage, "late"), stored(stage, "own"))
    outcome, api, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        *[("list", stage.listed())] * 4,
        ("create", stage.created("own")),
        ("list", twins),
        ("list", twins),
        ("delete", stage.reply(204)),
    )
    assert outcome == Created("late", 201, 2, adopted=True)
    assert api.log[-1][2] == "own"


def test_a_twin_that_the_list_shows_in_part(stage):
    """Where the list hides a field, what could be the twin is read whole before it counts, or does not."""
    payload = stage.payload_of(role="Agent", phone_numbers=[])
    short = {"display_name": "Ada Example", "emails": ["ada@example.com"]}
    listed = stage.listed(*[short | {"contact_id": name} for name in ("late", "other", "own")])
    outcome, api, _ = stage.converse(
        stage.create(payload=payload),
        ("create", stage.LOST),
        *[("list", stage.listed())] * 3,
        ("create", stage.created("own")),
        ("list", listed),
        ("get", stage.reply(200, short | {"role": "Agent"})),
        ("get", stage.reply(200, short | {"role": "Chief"})),
        ("delete", stage.reply(204)),
    )
    assert outcome == Created("late", 201, 2, adopted=True)
    assert api.log[-1][2] == "own"


def test_twin_that_cannot_be_taken_back(stage):
    """When the second cannot be deleted, the row is in doubt and names both."""
    twins = stage.listed(stored(stage, "late"), stored(stage, "own"))
    outcome, _, sender = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        *[("list", stage.listed())] * 4,
        ("create", stage.created("own")),
        ("list", twins),
        ("list", twins),
        ("delete", stage.refused(400, 4711)),
    )
    assert isinstance(outcome, InDoubt)
    assert outcome.candidates == ("own", "late")
    assert not sender.drain.begun


def test_a_list_that_does_not_show_everything(stage):
    """A candidate that the list shows only in part is read whole, and then adopted."""
    short = {"contact_id": "c1", "display_name": "Ada Example", "emails": ["ada@example.com"]}
    outcome, api, _ = stage.converse(
        stage.create(payload=stage.payload_of(role="Agent", phone_numbers=[])),
        ("create", stage.LOST),
        *[("list", stage.listed(short))] * 3,
        ("get", stage.reply(200, short | {"role": "Agent"})),
    )
    assert outcome == Created("c1", 0, 1, adopted=True)
    assert api.moments("get")[0] >= 20


def test_a_list_that_never_shows_a_field(stage):
    """What get shows is not expected of the list: the second row is found as the first one was."""
    people = [{"display_name": name, "emails": [f"{name}@example.com"]} for name in ("ada", "bob")]

    async def main():
        lines = []
        for person in people:
            short = person | {"contact_id": person["display_name"]}
            lines += [("create", stage.LOST), *[("list", stage.listed(short))] * 3]
            lines += [("get", stage.reply(200, short | {"role": "Agent"}))]
        sender = stage.sender_for(stage.script(*lines))
        steps = [stage.create(person["display_name"], person | {"role": "Agent"}) for person in people]
        return [await sender.send(step) for step in steps]

    assert stage.play(main()) == [Created(name, 0, 1, adopted=True) for name in ("ada", "bob")]


def test_a_contact_that_stays_half_hidden(stage):
    """A candidate that is not shown whole anywhere is neither adopted nor ignored."""
    short = {"contact_id": "c1", "display_name": "Ada Example", "emails": ["ada@example.com"]}
    outcome, _, _ = stage.converse(
        stage.create(payload=stage.payload_of(role="Agent", phone_numbers=[])),
        ("create", stage.LOST),
        *[("list", stage.listed(short))] * 3,
        ("get", stage.reply(200, short)),
    )
    assert isinstance(outcome, InDoubt)
    assert outcome.candidates == ("c1",)


def test_two_candidates(stage):
    """Two equal contacts that nobody owns: not decided, both named, nothing sent."""
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        ("list", stage.listed(stored(stage, "a"), stored(stage, "b"))),
    )
    assert isinstance(outcome, InDoubt)
    assert outcome.candidates == ("a", "b")
    assert "delete all but one of them in Zoom, then run again" in outcome.message


def test_contact_of_another_row_is_not_adopted(stage):
    """An equal contact that another key owns is not ours."""
    other = ("list", stage.listed(stored(stage, "theirs")))
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        *[other] * 4,
        ("create", stage.created("c2")),
        *[other] * 2,
        owner=lambda contact_id: "k2" if contact_id == "theirs" else None,
    )
    assert outcome == Created("c2", 201, 2)


def test_unreadable_201_is_never_sent_again(stage):
    """A 201 says that it exists: patient looks, then in doubt, never a second create."""
    outcome, api, _ = stage.converse(
        stage.create(), ("create", stage.reply(201, b'{"contact_id": "c')), *[("list", stage.listed())] * 8
    )
    assert isinstance(outcome, InDoubt)
    assert api.operations.count("create") == 1
    assert outcome.http_status == 201


def test_unreadable_201_found(stage):
    """Its id is found by looking."""
    outcome, _, _ = stage.converse(
        stage.create(), ("create", stage.reply(201, b"{")), ("list", stage.listed(stored(stage)))
    )
    assert outcome == Created("c1", 201, 1, adopted=True)


def test_lookup_without_answer_is_repeated(stage):
    """A look-up that fails is no "not there"."""
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.reply(502, b"<html>")),
        ("list", stage.reply(502, b"<html>")),
        ("list", stage.LOST),
        ("list", stage.listed(stored(stage))),
    )
    assert outcome == Created("c1", 502, 1, adopted=True)


def test_lookup_that_stays_without_answer(stage):
    """Nobody can say: in doubt, with the reason."""
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        *[("list", stage.reply(200, b"<html>captive portal</html>"))] * 5,
        policy=RetryPolicy(base_s=20, cap_s=20, give_up_after_s=40),
    )
    assert isinstance(outcome, InDoubt)
    assert outcome.message.startswith("Connection lost, and the look-up got no answer")


def test_lookup_reads_every_page(stage):
    """A candidate on the second page is found."""
    outcome, api, _ = stage.converse(
        stage.create(),
        ("create", stage.LOST),
        ("list", stage.listed(stored(stage, "x", display_name="Else"), token="t1")),
        ("list", stage.listed(stored(stage))),
    )
    assert outcome == Created("c1", 0, 1, adopted=True)
    assert api.log[-1][2][2] == "t1"


def test_lookup_that_is_refused(stage):
    """A look-up that Zoom refuses leaves the row in doubt; it is not sent again."""
    outcome, _, _ = stage.converse(
        stage.create(), ("create", stage.LOST), ("list", stage.refused(400, 300, "Invalid email"))
    )
    assert isinstance(outcome, InDoubt)
    assert "Invalid email" in outcome.message


def test_attempts_run_out(stage):
    """A create that is never stored ends as failed and transient, looked up each time."""
    outcome, _, _ = stage.converse(
        stage.create(),
        ("create", stage.reply(500)),
        *[("list", stage.listed())] * 4,
        ("create", stage.reply(500)),
        *[("list", stage.listed())] * 4,
        policy=RetryPolicy(max_attempts=2),
    )
    assert isinstance(outcome, Failed)
    assert (outcome.transient, outcome.http_status, outcome.attempts) == (True, 500, 2)


def test_drain_ends_the_wait_of_a_row_in_doubt(stage):
    """Ctrl-C does not wait for the last look; the row stays in doubt for the next run."""

    async def main():
        api = stage.script(("create", stage.LOST), ("list", stage.listed()))
        sender = stage.sender_for(api)
        task = asyncio.ensure_future(sender.send(stage.create()))
        await asyncio.sleep(2)
        parked = sender.parked
        sender.drain.begin("interrupted", "Stopped by Ctrl-C.")
        return await task, parked, stage.clock(), sender.parked

    outcome, parked, moment, after = stage.play(main())
    assert isinstance(outcome, InDoubt)
    assert (parked, moment, after) == (1, 2, 0)


# --- resume, updates, deletes ------------------------------------------------------------------------


def test_resume_adopts(stage):
    """A row that an earlier process left in doubt is looked up before anything is sent."""
    found = ("list", stage.listed(stored(stage)))
    outcome, api, _ = stage.converse(stage.create(), *[found] * 4, resume=True)
    assert outcome == Created("c1", 0, 0, adopted=True)
    assert [int(moment) for moment in api.moments("list")] == [20, 20, 30, 30]


@pytest.mark.parametrize(
    ("known", "calls"), [({"lost_s": 3600.0}, 4), ({"lost_s": 3600.0, "sent_once": True}, 1)], ids=str
)
def test_resume_of_an_old_row_does_not_wait(stage, known, calls):
    """A row that was lost long ago is settled at once; one that was sent only once with a single look."""

    async def main():
        api = stage.script(*[("list", stage.listed(stored(stage)))] * calls)
        outcome = await stage.sender_for(api).resume(stage.create(), **known)
        return outcome, stage.clock(), api.lines

    outcome, moment, unspoken = stage.play(main())
    assert outcome == Created("c1", 0, 0, adopted=True)
    assert moment < 1
    assert not unspoken


def test_resume_finds_two(stage):
    """A row that was sent twice and came late twice is in doubt, with both ids."""
    one, two = stored(stage, "a"), stored(stage, "b")
    outcome, _, _ = stage.converse(
        stage.create(),
        *[("list", stage.listed(one))] * 2,
        *[("list", stage.listed(one, two))] * 2,
        resume=True,
    )
    assert isinstance(outcome, InDoubt)
    assert outcome.candidates == ("a", "b")


def test_resume_sends_what_is_not_there(stage):
    """Not there: sent, by this run."""
    outcome, api, _ = stage.converse(
        stage.create(),
        *[("list", stage.listed())] * 2,
        ("create", stage.created()),
        *[("list", stage.listed(stored(stage)))] * 2,
        resume=True,
    )
    assert outcome == Created("c1", 201, 1)
    assert api.moments("create")[0] >= 20


def test_update(stage):
    """An update patches the fields that changed."""
    outcome, api, _ = stage.converse(stage.update(), ("update", stage.reply(204)))
    assert outcome == Updated("c1", 204, 1)
    assert api.log[0][2] == ("c1", {"role": "Agent"})


def test_lost_update_is_repeated(stage):
    """An update may be repeated at will: no look-up."""
    outcome, _, _ = stage.converse(
        stage.update(), ("update", stage.LOST), ("update", stage.reply(500)), ("update", stage.reply(204))
    )
    assert outcome == Updated("c1", 204, 3)


def test_update_of_a_deleted_contact(stage):
    """A contact that somebody deleted in Zoom is said so."""
    outcome, _, _ = stage.converse(stage.update(), ("update", stage.refused(404, 2101)))
    assert outcome == Failed("2101", "", "The contact was deleted in Zoom.", 404, 1, transient=False)


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        (("company",), {"company": ""}),
        (("consumer_ids", "role"), {"consumer_ids": [], "role": "Agent"}),
        (("phones",), {"phone_numbers": ["+12025550142"]}),
        ((), None),
    ],
    ids=["text removed", "list removed", "other spelling", "nothing named"],
)
def test_removed_fields_are_emptied(stage, changed, body):
    """A field that the row lost is sent empty, unless its other spelling is sent."""
    step = stage.update(changed=changed if changed != ("phones",) else ("phones", "phone_numbers"))
    _, api, _ = stage.converse(step, ("update", stage.reply(204)))
    assert api.log[0][2][1] == (body or step.contact.payload)


def test_delete_and_read(stage):
    """A delete goes through faults and takes "gone" for done; a read gives the reply."""

    async def main():
        api = stage.script(
            ("delete", stage.LOST),
            ("delete", stage.refused(404, 2101)),
            ("get", stage.reply(503)),
            ("get", stage.reply(200, {"contact_id": "c1"})),
            ("get", stage.refused(404, 2101)),
        )
        sender = stage.sender_for(api)
        deleted = await sender.delete("c1")
        found = await sender.read(lambda: api.get_contact("book", "c1"))
        gone = await sender.read(lambda: api.get_contact("book", "c1"))
        return deleted, found, gone

    deleted, found, gone = stage.play(main())
    assert type(deleted).__name__ == "Accept"
    assert found.status == 200
    assert gone.code == "2101"
