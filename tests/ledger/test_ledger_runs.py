import re

import pytest

from importer.errors import InputError
from importer.ledger import Reader, RunStart

START = RunStart("run", "crm.csv", "d1", "d2", {"mode": "upsert", "rate": 20})


def test_a_run_is_remembered_with_what_was_asked_for(ledger, clock):
    """Everything that `zoom-import runs` and `show` print."""
    run_id = ledger.start_run(START)
    clock.move(90)
    ledger.finish_run("finished", {"created": 3, "rejected": 1}, 4)
    run = ledger.run(run_id)
    assert (run.start, run.state, run.rows, run.counts) == (
        START,
        "finished",
        4,
        {"created": 3, "rejected": 1},
    )
    assert run.finished_at is not None
    assert (run.finished_at - run.started_at).total_seconds() == 90


def test_run_ids_are_readable_and_sort_by_time(ledger, clock):
    """The id begins with the start in UTC."""
    ids = []
    for _ in range(3):
        clock.move(1)
        ids.append(ledger.start_run(START))
    assert all(re.fullmatch(r"20261123-2316\d\d-[0-9a-f]{4}", run_id) for run_id in ids)
    assert ids == sorted(ids)
    assert [run.id for run in ledger.runs()][:3] == ids[::-1]


def test_two_runs_of_one_second_have_two_names(ledger):
    """The four digits are drawn again when they are taken."""
    ids = [ledger.start_run(START) for _ in range(1000)]
    assert len(set(ids)) == 1000


def test_a_stopped_run_is_not_a_dead_one(ledger, open_ledger):
    """Stopped in good order stays stopped when the ledger is opened again; a run that never ended died."""
    stopped = ledger.start_run(START)
    ledger.finish_run("stopped", {})
    killed = ledger.start_run(START)
    ledger.close()
    again = open_ledger()
    assert again.run(stopped).state == "stopped"
    assert again.run(killed).state == "died"


def test_an_unknown_run_is_the_persons_mistake(ledger):
    """The sentence names the run and the command that lists them."""
    with pytest.raises(InputError, match=r'no run "20250101-1".*zoom-import runs'):
        ledger.run("20250101-1")


def test_past_runs_can_be_read_while_one_works(ledger, path):
    """Reading needs no lock and no credentials."""
    run_id = ledger.start_run(START)
    with Reader(path) as reader:
        assert reader.run(run_id).state == "running"
        assert reader.book()["address_book_id"] == "book"
