import asyncio
from datetime import timedelta

import pytest

from importer.ledger import Adoption, ContactOwnedError, Deleted, Intent, Noted, RunStart
from importer.model import (
    Created,
    Failed,
    InDoubt,
    Issue,
    NotAttempted,
    Rejected,
    Skipped,
    Unchanged,
    Updated,
)

OLD = {"display_name": "Zoë Example", "phone_numbers": ["+12025550101"], "emails": ["zoe@example.com"]}
NEW = OLD | {"display_name": "Zoë Sample"}
ISSUE = Issue("phone_invalid", "phone_numbers", "Phone", '"12" is no number', value="12", cell="C9")
REJECTED = Rejected((ISSUE,))


async def create(ledger, key="k", contact_id="", number=1):
    await ledger.begin(Intent("create", key, number, number + 1, f"f-{key}", OLD))
    await ledger.settle(key, Created(contact_id or f"id-{key}", 201, 1))


def only(ledger, key="k"):
    return ledger.entries([key])[key]


# --- what is remembered ------------------------------------------------------------------------------


async def test_what_was_sent_is_known_before_the_answer(ledger):
    """From begin on, the payload is on disk: enough to settle the row without its file."""
    await ledger.begin(Intent("create", "k", 7, 9, "f", OLD, issues=(ISSUE,)))
    entry = only(ledger)
    assert (entry.state, entry.number, entry.line) == ("in_flight", 7, 9)
    assert entry.sent_payload == OLD
    assert entry.sent_fingerprint == "f"
    assert entry.payload is None
    assert entry.issues == (ISSUE,)


async def test_a_created_contact_is_known_with_all_it_has(ledger, clock):
    """After settle the entry says what the book has, who made it, and when."""
    await ledger.begin(Intent("create", "k", 7, 9, "f", OLD))
    clock.move(2)
    await ledger.settle("k", Created("c1", 201, 3))
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.contact_id) == ("done", "created", "c1")
    assert (entry.fingerprint, entry.certain_fingerprint, entry.payload) == ("f", "f", OLD)
    assert (entry.http_status, entry.http_attempts, entry.attempt) == (201, 3, 1)
    assert entry.created_run == entry.run == ledger.runs()[0].id
    assert entry.changed_at == clock()
    assert entry.owned
    assert entry.sent_payload is None


async def test_an_update_replaces_what_the_book_has(ledger):
    """Old text until the answer, new text after it; in between the fingerprint is not certain."""
    await create(ledger)
    await ledger.begin(Intent("update", "k", 1, 2, "g", NEW))
    entry = only(ledger)
    assert (entry.payload, entry.sent_payload, entry.certain_fingerprint) == (OLD, NEW, "")
    await ledger.settle("k", Updated("id-k", 204, 1))
    entry = only(ledger)
    assert (entry.payload, entry.certain_fingerprint, entry.outcome) == (NEW, "g", "updated")


async def test_a_refused_update_leaves_the_old_text(ledger):
    """The book keeps the old text, and the fingerprint that was refused tells whether the row has changed."""
    await create(ledger)
    await ledger.begin(Intent("update", "k", 1, 2, "g", NEW))
    await ledger.settle("k", Failed("2117", "timezone", "unknown", 400, 1, transient=False))
    entry = only(ledger)
    assert (entry.state, entry.certain_fingerprint, entry.payload) == ("done", "f-k", OLD)
    assert (entry.outcome, entry.code, entry.sent_fingerprint) == ("failed", "2117", "g")


async def test_an_update_that_was_given_up_is_uncertain(ledger):
    """It may have arrived: the next run has to update again, whatever the row says."""
    await create(ledger)
    await ledger.begin(Intent("update", "k", 1, 2, "g", NEW))
    await ledger.settle("k", Failed("", "", "time-out", 0, 5, transient=True))
    assert only(ledger).certain_fingerprint == ""
    assert only(ledger).transient


async def test_a_doubt_keeps_its_candidates(ledger):
    """What the report says about a doubt comes from the ledger too."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.settle("k", InDoubt("two look alike", 0, 2, ("c1", "c2")))
    entry = only(ledger)
    assert entry.candidates == ("c1", "c2")
    assert entry.message == "two look alike"
    assert [found.key for found in ledger.in_doubt()] == ["k"]


@pytest.mark.parametrize(
    "outcome", [Unchanged("c"), Skipped("rule"), REJECTED], ids=lambda o: type(o).__name__
)
async def test_settle_takes_only_what_was_sent(ledger, outcome):
    """An outcome of a row for which nothing was sent is a mistake of the program."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    with pytest.raises(ValueError, match="nothing was sent"):
        await ledger.settle("k", outcome)


# --- rows for which nothing was sent -----------------------------------------------------------------


async def test_a_rejected_row_is_remembered_with_its_issues(ledger):
    """All issues come back as they went in."""
    await ledger.record([Noted("k", 4, 6, REJECTED)])
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.issues) == ("absent", "rejected", (ISSUE,))


@pytest.mark.parametrize(
    ("outcome", "name", "message", "attempt"),
    [
        (Skipped("skip: Status is Lead"), "skipped", "skip: Status is Lead", 0),
        (Failed("2001", "", "no such book", 404, 2, transient=False), "failed", "no such book", 1),
        (NotAttempted("stopped"), "not_attempted", "stopped", 0),
        (REJECTED, "rejected", "", 1),
    ],
    ids=["skipped", "failed", "not-attempted", "rejected"],
)
async def test_outcomes_without_network_are_remembered(ledger, outcome, name, message, attempt):
    """Each comes back with what it said; only a judgement of the row counts as an attempt."""
    await ledger.record([Noted("k", 4, 6, outcome, fingerprint="f")])
    entry = only(ledger)
    assert (entry.outcome, entry.message, entry.attempt) == (name, message, attempt)
    assert entry.sent_fingerprint == "f"


async def test_what_is_unfinished_is_listed(ledger):
    """Everything whose last request may have arrived: in doubt, updating, deleting, in flight."""
    for key in ("done", "updating", "deleting"):
        await create(ledger, key)
    await ledger.begin(Intent("update", "updating", 1, 2, "g", NEW))
    await ledger.begin(Intent("delete", "deleting"))
    await ledger.begin(Intent("create", "flight", 1, 2, "f", OLD))
    assert [entry.key for entry in ledger.unfinished()] == ["updating", "deleting", "flight"]


async def test_a_contact_stays_in_the_book_when_its_row_is_rejected(ledger):
    """Tonight's bad row does not make the ledger forget yesterday's contact."""
    await create(ledger)
    await ledger.record([Noted("k", 1, 2, REJECTED)])
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.contact_id) == ("done", "rejected", "id-k")
    assert entry.certain_fingerprint == "f-k"


async def test_unchanged_after_a_rejection_is_right_again(ledger):
    """The row is as the book has it: the old complaint goes away."""
    await create(ledger)
    await ledger.record([Noted("k", 1, 2, REJECTED)])
    await ledger.record([Noted("k", 1, 2, Unchanged("id-k"))])
    assert (only(ledger).outcome, only(ledger).issues) == ("unchanged", ())


async def test_unchanged_keeps_created_and_follows_the_row(ledger, clock):
    """An unchanged row that moved in its file has its new place, and is still reported as created."""
    await create(ledger)
    before = clock()
    clock.move(60)
    await ledger.record([Noted("k", 40, 41, Unchanged("id-k"))])
    entry = only(ledger)
    assert (entry.outcome, entry.number, entry.line, entry.changed_at) == ("created", 40, 41, before)


async def test_a_doubt_is_not_hidden_by_a_note(ledger):
    """A row in doubt that is rejected or left out tonight is still in doubt."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.settle("k", InDoubt("lost", 0, 1))
    await ledger.record([Noted("k", 5, 6, REJECTED)])
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.message, entry.number) == ("in_doubt", "in_doubt", "lost", 5)


async def test_a_row_under_way_is_not_disturbed_by_its_double(ledger):
    """A second row with the same key that is left out says nothing about the first, which is being sent."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.record([Noted("k", 5, 6, Skipped("double"))])
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.number) == ("in_flight", "", 1)
    await ledger.settle("k", Created("c1", 201, 1))
    assert only(ledger).payload == OLD


async def test_not_attempted_does_not_hide_why_a_row_failed(ledger):
    """A run that stopped early has nothing to say about rows that it did not reach."""
    await ledger.record([Noted("k", 1, 2, REJECTED), Noted("new", 2, 3, NotAttempted("stopped"))])
    await ledger.record([Noted("k", 1, 2, NotAttempted("stopped"))])
    assert only(ledger).outcome == "rejected"
    assert only(ledger, "new").outcome == "not_attempted"


async def test_a_blank_key_goes_on_under_its_own_key(ledger):
    """A row whose key cell was filled in is attempt 2 of the same row."""
    await ledger.record([Noted("row 4", 4, 6, REJECTED)])
    first = ledger.runs()[0].id
    ledger.start_run(RunStart("run"))
    await ledger.rename("row 4", "A-17")
    await create(ledger, "A-17", number=4)
    assert ledger.entries(["row 4"]) == {}
    assert only(ledger, "A-17").attempt == 2
    assert only(ledger, "A-17").run != first


async def test_renaming_to_a_known_key_forgets_the_old_one(ledger):
    """One row, one entry: the known one."""
    await create(ledger, "A-17")
    await ledger.record([Noted("row 4", 4, 6, REJECTED)])
    await ledger.rename("row 4", "A-17")
    assert [entry.key for entry in ledger.in_row_order()] == ["A-17"]
    assert only(ledger, "A-17").contact_id == "id-A-17"


async def test_only_rows_without_a_contact_can_be_forgotten(ledger):
    """Forgetting must never make a contact look new."""
    await create(ledger)
    await ledger.record([Noted("bad", 2, 3, REJECTED)])
    await ledger.forget(["k", "bad", "unknown"])
    assert [entry.key for entry in ledger.in_row_order()] == ["k"]


# --- attempts over runs ------------------------------------------------------------------------------


async def test_attempts_count_runs_until_the_row_is_right(ledger):
    """Rejected, mended, busy, done: three runs; a later change of a row that was right starts at 1."""
    await ledger.record([Noted("k", 1, 2, REJECTED)])
    assert only(ledger).attempt == 1
    ledger.start_run(RunStart("run"))
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.settle("k", Failed("", "", "busy", 503, 9, transient=True))
    assert (only(ledger).attempt, only(ledger).http_attempts) == (2, 9)
    ledger.start_run(RunStart("run"))
    await create(ledger)
    assert only(ledger).attempt == 3
    ledger.start_run(RunStart("run"))
    await ledger.begin(Intent("update", "k", 1, 2, "g", NEW))
    assert only(ledger).attempt == 1


async def test_two_calls_of_one_run_are_one_attempt(ledger):
    """A doubt that is settled and sent again within a run counts once."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.settle("k", InDoubt("lost", 0, 1))
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    assert only(ledger).attempt == 1


async def test_a_row_that_was_not_attempted_has_no_attempt(ledger):
    """A drain between begin and the request costs the row no attempt."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    await ledger.settle("k", NotAttempted("stopped"))
    assert only(ledger).attempt == 0
    ledger.start_run(RunStart("run"))
    await create(ledger)
    assert only(ledger).attempt == 1


# --- who owns a contact ------------------------------------------------------------------------------


async def test_no_contact_has_two_owners(ledger):
    """A second row that claims a contact_id is refused, and is still under way."""
    await create(ledger, "a", "c1")
    await ledger.begin(Intent("create", "b", 2, 3, "f", OLD))
    with pytest.raises(ContactOwnedError) as caught:
        await ledger.settle("b", Created("c1", 201, 1, adopted=True))
    assert caught.value.contact_id == "c1"
    assert only(ledger, "b").state == "in_flight"
    assert ledger.owner("c1") == "a"


async def test_a_contact_without_an_id_cannot_be_created(ledger):
    """Without its contact_id a contact is in doubt."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", OLD))
    with pytest.raises(ValueError, match="in doubt"):
        await ledger.settle("k", Created("", 201, 1))


async def test_a_deleted_contact_keeps_its_owner(ledger):
    """A listing that lags behind shows deleted contacts; nobody may adopt them, not even the same key."""
    await create(ledger, "a", "c1")
    await ledger.begin(Intent("delete", "a"))
    await ledger.settle("a", Deleted())
    assert ledger.owner("c1") == "a"
    await create(ledger, "a", "c2")
    assert (ledger.owner("c1"), ledger.owner("c2"), ledger.owner("c3")) == ("a", "a", None)
    with pytest.raises(ContactOwnedError):
        await ledger.adopt(Adoption("b", "c1"))


async def test_adoption_ties_a_contact_to_a_key(ledger):
    """Adopted contacts are ours, but no run has created them, so that no undo deletes them."""
    await ledger.adopt(Adoption("k", "c1", "f", OLD, 3, 4))
    entry = only(ledger)
    assert (entry.state, entry.outcome, entry.contact_id) == ("done", "adopted", "c1")
    assert (entry.created_run, entry.payload) == ("", OLD)
    assert list(ledger.created_by(ledger.runs()[0].id)) == []


async def test_adoption_of_an_owned_contact_is_refused(ledger):
    """Neither another key's contact nor a second contact for one key."""
    await create(ledger, "a", "c1")
    results = await asyncio.gather(
        ledger.adopt(Adoption("b", "c1")),
        ledger.adopt(Adoption("a", "c2")),
        ledger.adopt(Adoption("c", "c3")),
        return_exceptions=True,
    )
    assert [type(result).__name__ for result in results] == [
        "ContactOwnedError",
        "IllegalTransitionError",
        "NoneType",
    ]


# --- looking through it ------------------------------------------------------------------------------


async def test_unknown_keys_are_left_out(ledger):
    """The answer holds what is known, however many keys are asked for."""
    await create(ledger, "k1234")
    assert list(ledger.entries(f"k{i}" for i in range(3000))) == ["k1234"]


async def test_all_rows_come_in_row_order(ledger):
    """Over all runs and several pages, by row number."""
    rows = [Noted(f"k{i}", (i * 7919) % 2503 + 1, i + 2, REJECTED) for i in range(2503)]
    await ledger.record(rows)
    assert [entry.number for entry in ledger.in_row_order()] == list(range(1, 2504))


async def test_a_run_finds_what_it_created(ledger):
    """Undo's list: created by this run and still there; not updated ones, not those of other runs."""
    await create(ledger, "a")
    await create(ledger, "gone")
    await ledger.begin(Intent("delete", "gone"))
    await ledger.settle("gone", Deleted())
    first = ledger.runs()[0].id
    second = ledger.start_run(RunStart("run"))
    await create(ledger, "b")
    await ledger.begin(Intent("update", "a", 1, 2, "g", NEW))
    await ledger.settle("a", Updated("id-a", 204, 1))
    assert [entry.key for entry in ledger.created_by(first)] == ["a"]
    assert [entry.key for entry in ledger.created_by(second)] == ["b"]
    assert [entry.key for entry in ledger.written_by(second)] == ["a", "b"]


async def test_leavers_are_contacts_that_the_file_lacks(ledger):
    """Rows without a contact do not leave; keys may be added in pieces and twice."""
    for key in "abcd":
        await create(ledger, key)
    await ledger.record([Noted("rejected", 9, 9, REJECTED)])
    with ledger.leavers() as leavers:
        leavers.add(["a", "new"])
        leavers.add(["a", "c"])
        assert leavers.count() == 2
        assert [entry.key for entry in leavers.entries()] == ["b", "d"]


async def test_sources_do_not_see_each_other(ledger, open_ledger):
    """Two exports that share a book: own keys, own leavers, but one owner for each contact."""
    await create(ledger, "k", "c1")
    ledger.close()
    other = open_ledger(source="shop")
    other.start_run(RunStart("run"))
    assert other.entries(["k"]) == {}
    with other.leavers() as leavers:
        assert leavers.count() == 0
    owner = other.owner("c1")
    assert owner is not None
    assert owner != "k"
    await create(other, "k", "c2")
    assert (only(other).contact_id, other.owner("c2")) == ("c2", "k")
    assert other.totals() == {("done", "created"): 1}


async def test_totals_count_every_row_once(ledger):
    """Counts by state and outcome, and the contacts in the book."""
    await create(ledger, "a")
    await create(ledger, "b")
    await ledger.record([Noted("c", 3, 4, REJECTED), Noted("b", 2, 3, REJECTED)])
    assert ledger.totals() == {("done", "created"): 1, ("done", "rejected"): 1, ("absent", "rejected"): 1}
    assert ledger.owned_count() == 2


async def test_the_clock_may_have_any_time_zone(open_ledger, clock):
    """Times are kept in UTC."""
    ledger = open_ledger(clock=lambda: clock().astimezone() + timedelta(hours=1))
    ledger.start_run(RunStart("run"))
    await create(ledger)
    assert only(ledger).changed_at == clock() + timedelta(hours=1)


async def test_rows_at_rest_are_those_of_which_there_is_no_news(ledger):
    """Certain, equal and last judged well; an equal contact whose row was bad before has news."""
    for key in ("a", "b", 'odd "key", ü', "rejected before"):
        await create(ledger, key)
    await ledger.record([Noted("rejected before", 1, 2, REJECTED)])
    await ledger.begin(Intent("update", "b", 2, 3, "f-b", NEW))
    keys = ["unknown", 'odd "key", ü', "a", "b", "rejected before", "a"]
    wanted = [f"f-{key}" for key in keys]
    padded = [one.ljust(32, "0") for one in wanted]
    assert ledger.at_rest(keys, padded) == [""] * 6  # none is equal: the ledger has them without zeros
    assert ledger.differing(keys, padded) == [0, 1, 2, 3, 4, 5]
    for key in ("a", 'odd "key", ü', "rejected before"):
        await ledger.begin(Intent("update", key, 2, 3, f"f-{key}".ljust(32, "0"), NEW))
        await ledger.settle(key, Updated(f"id-{key}", 204, 1))
    await ledger.record([Noted("rejected before", 1, 2, REJECTED)])
    assert ledger.at_rest(keys, padded) == ["", 'id-odd "key", ü', "id-a", "", "", "id-a"]
    assert ledger.differing(keys, padded) == [0, 3]


async def test_nothing_is_equal_to_a_row_that_is_left_out(ledger):
    """An adopted contact may have no fingerprint, and a row that is left out has none: that is no match."""
    await ledger.adopt(Adoption("k", "c1"))
    assert ledger.at_rest(["k"], [""]) == [""]
    assert ledger.differing(["k"], [""]) == [0]
