"""Whatever was acknowledged is there after a crash, and whatever was under way is in doubt."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from importer.ledger import (
    Adoption,
    ContactOwnedError,
    Deleted,
    IllegalTransitionError,
    Intent,
    Ledger,
    Noted,
    NotStored,
    RunStart,
)
from importer.ledger.states import FIRST, OWNED, TRANSITIONS, Event, State
from importer.model import Created, Failed, InDoubt, NotAttempted, Rejected, Updated

KEYS = st.sampled_from(["a", "ä b", "content:00"])
IDS = st.sampled_from([f"c{i}" for i in range(5)])
TEXTS = st.sampled_from(["one", "two"])

SETTLEMENTS = {
    "updated": Updated("", 204, 1),
    "deleted": Deleted(),
    "refused": Failed("2104", "display_name", "no", 400, 1, transient=False),
    "given_up": Failed("", "", "busy", 503, 5, transient=True),
    "doubted": InDoubt("lost", 0, 1),
    "not_stored": NotStored(),
    "not_attempted": NotAttempted("stopped"),
}


class Remembered:
    """The naive model of one entry."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.contact_id = ""
        self.stored: str | None = None
        self.sent: str | None = None


class LedgerMachine(RuleBasedStateMachine):
    """Random changes, crashes and openings, against a dictionary. Ids that were used are never free again."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "0.sqlite3"
        self.loop = asyncio.Runner()
        self.model: dict[str, Remembered] = {}
        self.owners: dict[str, str] = {}
        self.ledger = self.open()

    def open(self) -> Ledger:
        ledger = Ledger.open(
            self.path, account_id="acc", address_book_id="book", api_url="x", durability="process"
        )
        ledger.start_run(RunStart("run"))
        return ledger

    def teardown(self) -> None:
        self.ledger.close()
        self.loop.close()
        shutil.rmtree(self.folder)

    @initialize(target=keys, key=KEYS)
    def first_key(self, key):
        return key

    @rule(target=keys, key=KEYS)
    def another_key(self, key):
        return key

    # --- changes ---

    @rule(key=keys, kind=st.sampled_from(["create", "update", "delete"]), text=TEXTS)
    def begin(self, key, kind, text):
        found = self.model.setdefault(key, Remembered())
        event: Event = f"begin_{kind}"
        legal = self.follows(found, event) and not (found.state == "in_doubt" and found.sent != text)
        done = self.run(self.ledger.begin(Intent(kind, key, 1, 2, f"f-{text}", {"display_name": text})))
        assert done == legal
        if done:
            if kind == "update" and found.state == "updating" and found.sent != text:
                found.stored = None  # the first update may have arrived or not
            self.move(found, event)
            found.sent = found.sent if kind == "delete" else text
            if kind == "create":
                found.contact_id, found.stored = "", None

    @rule(key=keys, contact_id=IDS)
    def created(self, key, contact_id):
        found = self.model.setdefault(key, Remembered())
        legal = self.follows(found, "created") and self.free(contact_id)
        assert self.run(self.ledger.settle(key, Created(contact_id, 201, 1))) == legal
        if legal:
            self.move(found, "created")
            self.own(key, found, contact_id)
            found.stored, found.sent = found.sent, None

    @rule(key=keys, event=st.sampled_from(sorted(SETTLEMENTS)))
    def settled(self, key, event):
        found = self.model.setdefault(key, Remembered())
        legal = self.follows(found, event)
        assert self.run(self.ledger.settle(key, SETTLEMENTS[event])) == legal
        if legal:
            self.move(found, event)
            if event == "updated":
                found.stored, found.sent = (found.sent or found.stored), None
            elif event == "deleted":
                found.stored = found.sent = None
            elif event in ("given_up", "not_attempted") and found.state == "updating":
                pass  # may have arrived
            elif found.state != "in_doubt" and event != "doubted":
                found.sent = None

    @rule(key=keys, contact_id=IDS, text=TEXTS)
    def adopted(self, key, contact_id, text):
        found = self.model.setdefault(key, Remembered())
        own = found.state in ("done", "updating") and found.contact_id == contact_id
        takes = self.free(contact_id) and found.state not in ("done", "updating")
        legal = self.follows(found, "adopted") and (own or takes)
        adoption = Adoption(key, contact_id, f"f-{text}", {"display_name": text})
        assert self.run(self.ledger.adopt(adoption)) == legal
        if legal:
            self.move(found, "adopted")
            self.own(key, found, contact_id)
            found.stored, found.sent = text, None

    @rule(key=keys)
    def noted(self, key):
        found = self.model.setdefault(key, Remembered())
        legal = self.follows(found, "noted")
        assert self.run(self.ledger.record([Noted(key, 1, 2, Rejected(()))])) == legal
        if legal:
            self.move(found, "noted")

    @rule(key=keys, contact_id=IDS)
    def lives_and_dies(self, key, contact_id):
        """The long way that random steps seldom find."""
        self.begin(key, "create", "one")
        self.created(key, contact_id)
        self.begin(key, "delete", "one")
        self.settled(key, "deleted")

    # --- crashes ---

    @rule()
    def crash(self):
        """Only what is in the files survives; they are taken as they are, with the ledger still open."""
        copy = self.folder / f"{int(self.path.stem) + 1}.sqlite3"
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self.path}{suffix}", f"{copy}{suffix}")
        self.ledger.close()
        self.path = copy
        self.reopen()

    @rule()
    def close_and_open(self):
        self.ledger.close()
        self.reopen()

    def reopen(self) -> None:
        self.ledger = self.open()
        for found in self.model.values():
            if self.follows(found, "died"):
                self.move(found, "died")

    # --- look-ups ---

    @invariant()
    def the_ledger_knows_what_the_model_knows(self):
        entries = self.ledger.entries(self.model)
        known = {key: found for key, found in self.model.items() if found.state is not None}
        assert entries.keys() == known.keys()
        for key, found in known.items():
            entry = entries[key]
            assert entry.state == found.state
            assert (entry.payload or {}).get("display_name") == found.stored
            assert (entry.sent_payload or {}).get("display_name") == found.sent
            if entry.owned:
                assert entry.contact_id == found.contact_id

    @invariant()
    def every_contact_has_one_owner(self):
        assert {contact_id: self.ledger.owner(contact_id) for contact_id in self.owners} == self.owners

    @invariant()
    def the_lists_agree(self):
        by_state = {key: found.state for key, found in self.model.items() if found.state}
        assert {entry.key for entry in self.ledger.in_row_order()} == by_state.keys()
        doubts = {entry.key for entry in self.ledger.in_doubt()}
        assert doubts == {key for key, state in by_state.items() if state == "in_doubt"}
        with self.ledger.leavers() as leavers:
            owned = {entry.key for entry in leavers.entries()}
        assert owned == {key for key, state in by_state.items() if state in OWNED}

    # --- the model's side ---

    def follows(self, found: Remembered, event: Event) -> bool:
        return event in FIRST if found.state is None else found.state in TRANSITIONS[event]

    def move(self, found: Remembered, event: Event) -> None:
        found.state = FIRST[event] if found.state is None else TRANSITIONS[event][found.state]

    def free(self, contact_id: str) -> bool:
        return contact_id not in self.owners

    def own(self, key: str, found: Remembered, contact_id: str) -> None:
        found.contact_id = contact_id
        self.owners[contact_id] = key

    def run(self, change) -> bool:
        try:
            self.loop.run(change)
        except (IllegalTransitionError, ContactOwnedError):
            return False
        return True


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=20, stateful_step_count=25)


WRITER = """
import asyncio, sys
from importer.ledger import Intent, Ledger, RunStart
from importer.model import Created

ledger = Ledger.open(sys.argv[1], account_id="acc", address_book_id="book", api_url="x")
ledger.start_run(RunStart("run"))

async def row(number):
    key = f"k{number}"
    await ledger.begin(Intent("create", key, number, number, "f", {"display_name": key}))
    sys.stdout.write(f"begun {key}\\n")
    await ledger.settle(key, Created(f"id-{key}", 201, 1))
    sys.stdout.write(f"done {key}\\n")

async def main():
    for start in range(int(sys.argv[2]), 10**9, 16):
        await asyncio.gather(*(row(number) for number in range(start, start + 16)))
        sys.stdout.flush()

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 40, 333, 1500], ids=str)
def test_what_was_acknowledged_survives_kill_9(path, open_ledger, lines):
    """A process is killed at some moment: every begin and settle that it has reported is in the ledger."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), "1"], stdout=subprocess.PIPE, text=True
    ) as process:
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        told += process.stdout.read().splitlines(keepends=True)
    whole = [line.split() for line in told if line.endswith("\n")]
    done = {key for word, key in whole if word == "done"}
    ledger = open_ledger(api_url="x")
    entries = ledger.entries(key for _, key in whole)
    assert entries.keys() == {key for _, key in whole}
    assert {entry.contact_id for entry in entries.values() if entry.key in done} == {
        f"id-{key}" for key in done
    }
    assert {entry.state for entry in ledger.in_row_order()} <= {"done", "in_doubt"}
    ledger.verify()
