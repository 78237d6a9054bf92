"""`zoom-import runs` and `show`: what was done with an address book, from the ledger alone."""

import sys
from pathlib import Path

import pytest
from commands import Run, environment, parse, people, start, wait_for, write_rows

from importer.ledger import default_path
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")
BAD = ["K9", "Bad", "12", ""]


@pytest.fixture
def twice(run: Run, work: Path, connected: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of two runs: 6 created and 1 rejected, then 1 of them updated. No credentials are left."""
    run("run", write_rows(work / "one.csv", [*people(6), BAD]), "-m", "m.yaml", *FAST)
    rows = people(6)
    rows[0][1] = "Another Name"
    run("run", write_rows(work / "two.csv", rows), "-m", "m.yaml", *FAST)
    for name in environment(connected, work):
        if name.startswith("ZOOM_"):
            monkeypatch.delenv(name)
    return work / "ledger.sqlite3"


def test_runs_stand_newest_first_with_file_state_and_counts(run: Run, twice: Path) -> None:
    """One line a run, without credentials."""
    result = run("runs", "--ledger", twice)
    assert result.code == 0, result.err
    heading, second, first = result.out.splitlines()
    assert heading.split() == ["run", "started", "took", "command", "state", "rows", "file", "outcomes"]
    assert "two.csv" in second
    assert "unchanged 5, updated 1" in second
    assert "one.csv" in first
    assert "created 6, rejected 1" in first
    assert "finished" in first


def test_runs_for_programs(run: Run, twice: Path) -> None:
    """--json has the same as plain values, --limit takes the newest."""
    found = parse(run("runs", "--ledger", twice, "--json").out)
    assert isinstance(found, list)
    assert [entry["file"].rpartition("/")[2] for entry in found] == ["two.csv", "one.csv"]
    assert found[1]["outcomes"] == {"created": 6, "rejected": 1}
    assert (found[1]["rows"], found[1]["state"], found[1]["command"]) == (7, "finished", "run")
    assert found[1]["options"]["mode"] == "upsert"
    assert found[1]["started_at"].endswith("Z")
    assert parse(run("runs", "--ledger", twice, "--json", "--limit", "1").out) == found[:1]


def test_show_tells_of_one_run_whole(run: Run, twice: Path) -> None:
    """Options, counts, the row that needs a hand, and how to undo it."""
    first = _ids(run, twice)[1]
    result = run("show", first, "--ledger", twice)
    assert result.code == 0
    for word in (first, "one.csv", "upsert", "created", "row 7 (line 8), K9: rejected: phone_too_short"):
        assert word in result.out
    assert "created and still there       6" in result.out
    assert f"zoom-import undo {first}" in result.out


def test_show_for_programs(run: Run, twice: Path) -> None:
    """--json has the rows in need with the columns of the report."""
    found = parse(run("show", _ids(run, twice)[1], "--ledger", twice, "--json").out)
    assert isinstance(found, dict)
    assert found["created_and_still_there"] == 6
    assert [(row["row"], row["code"]) for row in found["rows_in_need"]] == [("7", "phone_too_short")]
    assert found["further_rows_in_need"] == 0


def test_a_run_is_found_by_its_beginning_or_as_the_last(run: Run, twice: Path) -> None:
    """A beginning that fits both is refused and names them; so is one that fits none."""
    second, first = _ids(run, twice)
    assert second in run("show", "last", "--ledger", twice).out
    assert first in run("show", first[:-1], "--ledger", twice).out
    both = run("show", "2", "--ledger", twice)
    assert both.code == 2
    assert first in both.err
    assert second in both.err
    unknown = run("show", "x", "--ledger", twice)
    assert unknown.code == 2
    assert 'no run "x"' in unknown.err
    assert first in unknown.err


def test_the_ledger_of_the_address_book_needs_no_secret(
    run: Run, twice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Account and book alone say where it is."""
    place = default_path("acc", "book", "https://api.zoom.us/v2")
    place.parent.mkdir(parents=True)
    twice.rename(place)
    monkeypatch.setenv("ZOOM_ACCOUNT_ID", "acc")
    assert len(run("runs", "--address-book", "book").out.splitlines()) == 3


def test_a_ledger_that_cannot_be_found(run: Run, work: Path) -> None:
    """Exit 2 and what to give; the ledgers that are there are named."""
    result = run("runs")
    assert result.code == 2
    assert "--ledger PATH" in result.err
    there = default_path("acc", "book")
    there.parent.mkdir(parents=True)
    there.touch()
    assert str(there) in run("runs").err
    missing = run("show", "last", "--ledger", work / "nowhere.sqlite3")
    assert missing.code == 2
    assert "nowhere.sqlite3" in missing.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no harmless way to ask for a process")
def test_a_killed_run_is_told_from_one_that_works(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Its state is "died", and its counts are those of the rows that it has written."""
    file = write_rows(work / "c.csv", people(200))
    process = start(["run", file, "-m", "m.yaml"], work, environment(connected, work))
    wait_for(lambda: connected.stats()["stored"] >= 20)
    (working,) = _runs(run)
    process.kill()
    process.communicate(timeout=30)
    (killed,) = _runs(run)
    assert (working["state"], killed["state"]) == ("running", "died")
    assert killed["rows"] is None
    assert killed["outcomes"]["created"] >= 4
    assert "its process was killed" in run("show", "last").out


def _runs(run: Run) -> list[dict[str, object]]:
    found = parse(run("runs", "--json").out)
    assert isinstance(found, list)
    return found


def _ids(run: Run, ledger: Path) -> list[str]:
    found = parse(run("runs", "--ledger", ledger, "--json").out)
    assert isinstance(found, list)
    return [entry["run"] for entry in found]
