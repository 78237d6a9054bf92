"""`zoom-import undo`: what a run has created goes away, and nothing that anybody may miss."""

import re
import signal
import sys
from pathlib import Path

import pytest
from by_hand import Colleague, answered
from commands import MAPPING, Run, environment, parse, people, read_csv, start, wait_for, write_rows

from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")
UNDO = (*FAST, "--yes", "--report", "u.csv")
FOREIGN = [{"display_name": f"Foreign {n}", "emails": [f"f{n}@example.org"]} for n in (1, 2)]


@pytest.fixture
def imported(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """A file of 30 people that has been imported into a book with two contacts of somebody else."""
    connected.seed(FOREIGN)
    file = write_rows(work / "c.csv", people(30))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    return file


def names(sandbox: RunningSandbox) -> set[str]:
    """Display names in the book."""
    return {str(contact["display_name"]) for contact in sandbox.contacts()}


def ids(work: Path) -> dict[str, str]:
    """Contact id by key, as the first report has it."""
    return {line["key"]: line["contact_id"] for line in read_csv(work / "0.csv")}


def fates(work: Path, report: str = "u.csv") -> dict[str, tuple[str, str, str]]:
    """Outcome, code and field by key."""
    return {line["key"]: (line["outcome"], line["code"], line["field"]) for line in read_csv(work / report)}


def test_everything_that_the_run_created_goes_and_nothing_else(
    run: Run, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """Exit 0, one line per contact with its row, the contacts of others stay, the undo is a run itself."""
    result = run("undo", "last", *UNDO)
    assert result.code == 0, result.err
    assert "30  contacts that it created" in result.out
    assert names(connected) == {"Foreign 1", "Foreign 2"}
    lines = read_csv(work / "u.csv")
    assert [line["row"] for line in lines] == [str(n) for n in range(1, 31)]
    assert {line["outcome"] for line in lines} == {"deleted"}
    assert {line["key"]: line["contact_id"] for line in lines} == ids(work)
    newest, first = parse(run("runs", "--json").out)  # type: ignore[misc]
    assert (newest["command"], newest["outcomes"]) == ("undo", {"deleted": 30})
    assert newest["options"] == {"undoes": first["run"]}


def test_the_next_import_creates_the_rows_anew(
    run: Run, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """A row that was undone is a new one; undoing twice does nothing."""
    run("undo", "last", *UNDO)
    again = run("undo", "last", "--yes", *FAST)
    assert again.code == 0
    assert "nothing to undo" in again.out
    assert run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    assert {line["outcome"] for line in read_csv(work / "1.csv")} == {"created"}
    assert len(connected.contacts()) == 32


def test_what_somebody_has_changed_is_left_and_named(
    run: Run, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """Changed, filled and emptied fields count; what is gone already counts as undone; exit 1."""
    colleague, known = Colleague(connected), ids(work)
    colleague.change(known["K00001"], display_name="Married Name")
    colleague.change(known["K00002"], company="Example Ltd", emails=["new@example.com"])
    colleague.change(known["K00003"], emails=[])
    colleague.delete(known["K00004"])
    result = run("undo", "last", *UNDO)
    assert result.code == 1
    found = fates(work)
    assert found["K00001"] == ("left", "changed", "display_name")
    assert found["K00002"] == ("left", "changed", "company | emails")
    assert found["K00003"] == ("left", "changed", "emails")
    assert found["K00004"][0] == "gone"
    assert list(found.values()).count(("deleted", "", "")) == 26
    assert names(connected) == {"Foreign 1", "Foreign 2", "Married Name", "Person 2", "Person 3"}
    (first, *_) = read_csv(work / "u.csv")
    assert 'display_name was "Person 1", is "Married Name"' in first["message"]
    assert "3 left: changed in Zoom since" in result.out


def test_changed_contacts_go_when_that_is_said(
    run: Run, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """--include-changed deletes them as well, and the report keeps what they held."""
    Colleague(connected).change(ids(work)["K00001"], company="Example Ltd")
    assert run("undo", "last", *UNDO, "--include-changed").code == 0
    assert names(connected) == {"Foreign 1", "Foreign 2"}
    assert fates(work)["K00001"] == ("deleted", "changed", "company")
    assert '"Example Ltd"' in read_csv(work / "u.csv")[0]["message"]


def test_a_changed_custom_field_counts(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Custom fields are read as well when the import has sent some."""
    mapping = MAPPING + "  custom_fields:\n    - {id: field-number, value: points}\n"
    (work / "c.yaml").write_text(mapping, encoding="utf-8")
    rows = [[*row, "7"] for row in people(2)]
    file = write_rows(work / "c.csv", rows, ["id", "name", "phone", "email", "points"])
    assert run("run", file, "-m", "c.yaml", *FAST, "--report", "0.csv").code == 0
    new = [{"custom_field_id": "field-number", "custom_field_value": "8"}]
    Colleague(connected).change(ids(work)["K00002"], custom_fields=new)
    assert run("undo", "last", *UNDO).code == 1
    assert fates(work) == {
        "K00001": ("deleted", "", ""),
        "K00002": ("left", "changed", "custom_fields field-number"),
    }


def test_updates_are_not_undone_and_that_is_said(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """A run that updated and created: only what it created goes."""
    rows = people(31)
    rows[0][1] = "Another Name"
    run("run", write_rows(imported, rows), "-m", "m.yaml", *FAST, "--report", "1.csv")
    result = run("undo", "last", *UNDO)
    assert result.code == 0
    assert "1  contacts that it updated; they stay as they are: updates are not undone" in result.out
    assert "Another Name" in names(connected)
    assert "Person 31" not in names(connected)
    assert len(connected.contacts()) == 32


def test_contacts_updated_by_later_runs_are_still_those_of_the_run(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """They are compared with what the later run wrote, and the person is told."""
    first = parse(run("runs", "--json").out)[0]["run"]  # type: ignore[index]
    rows = people(30)
    rows[0][1] = "Another Name"
    run("run", write_rows(imported, rows), "-m", "m.yaml", *FAST, "--report", "1.csv")
    result = run("undo", first, *UNDO)
    assert result.code == 0
    assert "1  of them updated by later runs" in result.out
    assert names(connected) == {"Foreign 1", "Foreign 2"}


def test_a_contact_found_after_a_lost_answer_may_be_somebody_elses(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """It is left unless the person says --include-found."""
    connected.set_faults(FaultRule("drop_after", count=1))
    run("run", write_rows(work / "c.csv", people(5)), "-m", "m.yaml", *FAST, "--report", "0.csv")
    (found,) = (line["key"] for line in read_csv(work / "0.csv") if "found in the book" in line["message"])
    result = run("undo", "last", *UNDO)
    assert result.code == 1
    assert "--include-found" in result.out
    assert fates(work)[found] == ("left", "found", "")
    assert len(connected.contacts()) == 1
    assert run("undo", "last", *FAST, "--yes", "--report", "v.csv", "--include-found").code == 0
    assert fates(work, "v.csv") == {found: ("deleted", "found", "")}
    assert connected.contacts() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
def test_a_row_in_doubt_is_looked_up_first(run: Run, work: Path, connected: RunningSandbox) -> None:
    """The import was ended before an answer came; the undo finds out what became of that row."""
    connected.set_faults(FaultRule("stall_stored", after=2, on="creates"))
    file = write_rows(work / "c.csv", people(3))
    process = start(["run", file, "-m", "m.yaml", "--rate", "0"], work, environment(connected, work))
    wait_for(lambda: connected.stats()["stored"] == 3)
    process.kill()
    process.communicate(timeout=30)
    connected.set_faults()
    result = run("undo", "last", *UNDO, "--include-found", "--settle-pause", "1")
    # The two that were answered may not have been noted yet when the process was killed.
    assert re.search(r"[123]  rows in doubt; looked up first", result.out)
    assert result.code == 0, result.out + result.err
    assert len(fates(work)) == 3
    assert connected.contacts() == []


def test_where_nobody_can_be_asked_nothing_is_deleted(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Exit 2 without --yes, and the message says how many and what to type."""
    result = run("undo", "last", *FAST)
    assert result.code == 2
    assert "--yes" in result.err
    assert "30 contacts" in result.err
    assert len(connected.contacts()) == 32


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
@pytest.mark.parametrize(("answer", "left"), [("n", 32), ("y", 2), ("", 32)], ids=["no", "yes", "just Enter"])
def test_on_a_terminal_it_asks(
    answer: str, left: int, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """Only a yes deletes."""
    code, shown = answered(["undo", "last", "--rate", "0"], work, environment(connected, work), answer)
    assert code == 0, shown
    assert "Delete these 30 contacts?" in shown
    assert len(connected.contacts()) == left


def test_it_needs_the_account_and_its_own_book(
    run: Run, imported: Path, connected: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another address book is refused with exit 2, missing credentials with exit 3; nothing is deleted."""
    other = run("undo", "last", *UNDO, "--address-book", "sandbox-book-2")
    assert other.code == 2
    assert "sandbox-book-2" in other.err
    monkeypatch.delenv("ZOOM_CLIENT_SECRET")
    missing = run("undo", "last", *UNDO)
    assert missing.code == 3
    assert "ZOOM_CLIENT_SECRET" in missing.err
    assert len(connected.contacts()) == 32


def test_only_the_rows_of_the_runs_own_source(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Two exports share the book and a key; undoing one leaves the other."""
    rows = [["K00001", "Lead", "", "lead@example.com"]]
    leads = write_rows(imported.with_name("leads.csv"), rows)
    run("run", leads, "-m", "m.yaml", *FAST, "--report", "1.csv", "--source", "leads")
    assert run("undo", "last", *UNDO).code == 0
    assert "Lead" not in names(connected)
    assert len(connected.contacts()) == 32


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
def test_a_signal_drains_and_the_same_command_goes_on(
    run: Run, imported: Path, work: Path, connected: RunningSandbox
) -> None:
    """Exit 4 with the command that goes on; afterwards all are gone, each deleted once."""
    process = start(
        ["undo", "last", "--yes", "--rate", "40", "--report", "1.csv"], work, environment(connected, work)
    )
    wait_for(lambda: connected.stats()["deleted"] >= 3)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4, err
    assert "(goes on where it stopped)" in out
    assert "Traceback" not in err
    assert 2 < len(connected.contacts()) < 32
    assert run("undo", "last", *UNDO).code == 0
    assert names(connected) == {"Foreign 1", "Foreign 2"}
    assert connected.stats()["deleted"] == 30


def test_faults_on_the_way_delete_nothing_twice_and_forget_nothing(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """A delete whose answer is lost is repeated; a contact that is gone then counts as deleted."""
    connected.set_faults(FaultRule("drop_after", count=1), FaultRule("stray_401", count=1))
    result = run("undo", "last", *UNDO)
    assert result.code == 0, result.out + result.err
    assert names(connected) == {"Foreign 1", "Foreign 2"}
