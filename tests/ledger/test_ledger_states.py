import sqlite3

import pytest

from importer.ledger import (
    Adoption,
    Deleted,
    IllegalTransitionError,
    Intent,
    Ledger,
    Noted,
    NotStored,
    RunStart,
)
from importer.ledger.states import EVENTS, FIRST, STATES, TRANSITIONS, after
from importer.model import Created, Failed, InDoubt, NotAttempted, Rejected, Unchanged, Updated

# Written out by hand, a line per event: the state after, for each state before in the order of the heading;
# "." is illegal. Whoever changes the table in the code has to mean it.
GRID = """
                unknown   absent    in_flight resending in_doubt  done     updating deleting deleted
begin_create    in_flight in_flight .         .         resending .        .        .        in_flight
begin_update    .         .         .         .         .         updating updating updating .
begin_delete    .         .         .         .         .         deleting deleting deleting .
created         .         .         done      done      done      .        .        .        .
updated         .         .         .         .         .         .        done     .        .
deleted         .         .         .         .         .         deleted  deleted  deleted  .
refused         .         .         absent    absent    absent    .        done     done     .
given_up        .         .         absent    absent    absent    .        updating deleting .
doubted         .         .         in_doubt  in_doubt  in_doubt  .        updating deleting .
not_stored      .         .         absent    absent    absent    .        .        .        .
not_attempted   .         .         absent    in_doubt  in_doubt  .        updating deleting .
noted           absent    absent    in_flight resending in_doubt  done     updating deleting deleted
unchanged       .         .         .         .         .         done     .        .        .
adopted         done      done      .         .         done      done     done     .        done
renamed         .         absent    .         .         .         .        .        .        .
died            .         .         in_doubt  in_doubt  .         .        updating deleting .
"""

HEADING, *LINES = [line.split() for line in GRID.strip().splitlines()]
EXPECTED = {
    (state, line[0]): following for line in LINES for state, following in zip(HEADING, line[1:], strict=True)
}

CREATE = Intent("create", "k", 1, 2, "f", {"display_name": "A"})
UPDATE = Intent("update", "k", 1, 2, "g", {"display_name": "B"})
DELETE = Intent("delete", "k")
SETTLEMENTS = {
    "created": Created("c", 201, 1),
    "updated": Updated("c", 204, 1),
    "deleted": Deleted(),
    "refused": Failed("2104", "display_name", "no", 400, 1, transient=False),
    "given_up": Failed("", "", "busy", 503, 5, transient=True),
    "doubted": InDoubt("lost", 0, 1),
    "not_stored": NotStored(),
    "not_attempted": NotAttempted("stopped"),
}
BEGINS = {"begin_create": CREATE, "begin_update": UPDATE, "begin_delete": DELETE}
WAYS = {
    "unknown": (),
    "absent": ("noted",),
    "in_flight": ("begin_create",),
    "in_doubt": ("begin_create", "doubted"),
    "resending": ("begin_create", "doubted", "begin_create"),
    "done": ("begin_create", "created"),
    "updating": ("begin_create", "created", "begin_update"),
    "deleting": ("begin_create", "created", "begin_delete"),
    "deleted": ("begin_create", "created", "begin_delete", "deleted"),
}


async def happen(ledger: Ledger, event: str) -> None:
    if event in BEGINS:
        await ledger.begin(BEGINS[event])
    elif event in SETTLEMENTS:
        await ledger.settle("k", SETTLEMENTS[event])
    elif event == "adopted":
        # "c" is what the key owns; once deleted, it is nobody's any more
        await ledger.adopt(Adoption("k", "new" if state_of(ledger) == "deleted" else "c"))
    elif event == "renamed":
        await ledger.rename("k", "other")
    else:
        outcome = Unchanged("c") if event == "unchanged" else Rejected(())
        await ledger.record([Noted("k", 1, 2, outcome)])


def state_of(ledger: Ledger) -> str:
    found = ledger.entries(["k", "other"])
    return next(iter(found.values())).state if found else "unknown"


def test_the_table_says_what_the_grid_says():
    """Every state before and every event: the state after, or illegal."""
    assert [line[0] for line in LINES] == list(EVENTS)
    assert set(HEADING) == {"unknown", *STATES}
    table = {(state, event): s for event, states in TRANSITIONS.items() for state, s in states.items()}
    table |= {("unknown", event): state for event, state in FIRST.items()}
    assert table == {pair: following for pair, following in EXPECTED.items() if following != "."}


@pytest.mark.parametrize(
    ("state", "event"),
    [
        pytest.param(state, event, id=f"{state}-{event}")
        for state, event in EXPECTED
        if event != "died" and (state, event) != ("unknown", "renamed")
    ],
)
async def test_the_database_follows_the_table(ledger, state, event):
    """The SQL does exactly what the table allows; what is illegal raises and changes nothing."""
    for step in WAYS[state]:
        await happen(ledger, step)
    assert state_of(ledger) == state
    following = EXPECTED[state, event]
    if following == ".":
        with pytest.raises(IllegalTransitionError):
            await happen(ledger, event)
    else:
        await happen(ledger, event)
    assert state_of(ledger) == (state if following == "." else following)


@pytest.mark.parametrize("state", [state for state in WAYS if state != "unknown"])
async def test_what_a_dead_process_left_is_settled_on_opening(ledger, open_ledger, path, tmp_path, state):
    """In flight becomes in doubt when the ledger is opened after a crash; nothing else changes its state."""
    for step in WAYS[state]:
        await happen(ledger, step)
    copy = tmp_path / "copy.sqlite3"
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    following = EXPECTED[state, "died"]
    reopened = open_ledger(copy)
    assert state_of(reopened) == (state if following == "." else following)
    assert [run.state for run in reopened.runs()] == ["died"]


def test_an_illegal_transition_is_no_message_for_people():
    """It names states and events, never a key: that would bring contact data into a traceback."""
    with pytest.raises(IllegalTransitionError, match="no 'created' in state 'done'"):
        after("done", "created")


async def test_a_doubt_about_another_text_must_be_settled_first(ledger):
    """A create with a new fingerprint from in doubt would search for the wrong contact: illegal."""
    await happen(ledger, "begin_create")
    await happen(ledger, "doubted")
    changed = Intent("create", "k", 1, 2, "another", {"display_name": "B"})
    with pytest.raises(IllegalTransitionError):
        await ledger.begin(changed)
    assert ledger.entries(["k"])["k"].sent_payload == CREATE.payload
    await ledger.settle("k", NotStored())
    await ledger.begin(changed)
    assert ledger.entries(["k"])["k"].sent_payload == changed.payload


async def test_begin_needs_a_run_and_a_key(open_ledger):
    """Programming errors are told at once, not found in the file later."""
    ledger = open_ledger()
    with pytest.raises(RuntimeError, match="start_run"):
        await ledger.begin(CREATE)
    ledger.start_run(RunStart("run"))
    with pytest.raises(ValueError, match="without a key"):
        await ledger.begin(Intent("create", ""))


async def test_a_row_under_way_is_found_by_index(ledger, path):
    """What a dead process left is found without reading the whole ledger."""
    await happen(ledger, "begin_create")
    connection = sqlite3.connect(path)
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM contacts WHERE "
        "state IN ('in_flight', 'resending', 'in_doubt', 'updating', 'deleting') AND state = 'in_doubt'"
    ).fetchall()
    connection.close()
    assert "unfinished" in plan[0][-1]
