"""Contacts whose rows are gone: listed by default, deleted on request, and only ours."""

from pathlib import Path

import pytest
from commands import MAPPING, Run, people, read_csv, write_rows

from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")


@pytest.fixture
def imported(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """A file of 100 people that has been imported into a book with two contacts of somebody else."""
    connected.seed([{"display_name": f"Foreign {n}", "emails": [f"f{n}@example.org"]} for n in (1, 2)])
    file = write_rows(work / "crm.csv", people(100))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    return file


def names(sandbox: RunningSandbox) -> set[str]:
    """Display names in the book."""
    return {str(contact["display_name"]) for contact in sandbox.contacts()}


def test_leavers_are_listed_and_stay(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Exit 0, a CSV beside the report, a note; nothing is deleted."""
    write_rows(imported, people(98))
    result = run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv")
    assert result.code == 0, result.err
    lines = read_csv(imported.with_name("1-leavers.csv"))
    assert [(line["key"], line["outcome"]) for line in lines] == [("K00099", "listed"), ("K00100", "listed")]
    assert lines[0]["display_name"] == "Person 99"
    assert "--leavers delete" in result.out
    assert "1-leavers.csv" in result.out
    assert len(connected.contacts()) == 102


def test_no_leavers_no_file(run: Run, imported: Path) -> None:
    """A night on which nobody left has no leavers CSV."""
    assert run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    assert not list(imported.parent.glob("*leavers*"))


def test_leavers_are_deleted_and_come_back_as_new(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Deleted ones are gone from book and ledger; a row that returns is created anew; foreigners stay."""
    write_rows(imported, people(98))
    result = run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv", "--leavers", "delete")
    assert result.code == 0, result.err
    outcomes = [line["outcome"] for line in read_csv(imported.with_name("1-leavers.csv"))]
    assert outcomes == ["deleted", "deleted"]
    assert names(connected) == {f"Person {n}" for n in range(1, 99)} | {"Foreign 1", "Foreign 2"}
    run("run", imported, "-m", "m.yaml", *FAST, "--report", "2.csv", "--leavers", "delete")
    assert not imported.with_name("2-leavers.csv").exists()
    write_rows(imported, people(100))
    run("run", imported, "-m", "m.yaml", *FAST, "--report", "3.csv")
    assert [line["outcome"] for line in read_csv(imported.with_name("3.csv"))][-3:] == [
        "unchanged",
        "created",
        "created",
    ]


def test_more_than_two_percent_are_not_deleted(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Exit 4 before the first change, new and changed rows included."""
    rows = people(97)
    rows[0][1] = "Changed"
    write_rows(imported, rows)
    result = run("run", imported, "-m", "m.yaml", *FAST, "--leavers", "delete")
    assert result.code == 4
    assert "3 of the 100 contacts" in result.err
    assert "--max-delete 3%" in result.err
    assert "Changed" not in names(connected)
    assert run("run", imported, "-m", "m.yaml", *FAST, "--leavers", "delete", "--max-delete", "3%").code == 0
    assert len(connected.contacts()) == 99


def test_rejected_rows_have_not_left(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """A row that is wrong tonight keeps the contact of yesterday."""
    rows = people(100)
    rows[5][2] = "12"
    write_rows(imported, rows)
    result = run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv", "--leavers", "delete")
    assert result.code == 1
    assert not imported.with_name("1-leavers.csv").exists()
    assert len(connected.contacts()) == 102


def test_a_row_without_a_key_could_be_anybody(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """With a blank key in the file nobody is deleted: the row may be the one that seems to be gone."""
    rows = people(100)
    rows[5][0] = ""
    write_rows(imported, rows)
    result = run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv", "--leavers", "delete")
    assert result.code == 1
    assert "no readable key" in result.out
    assert [line["outcome"] for line in read_csv(imported.with_name("1-leavers.csv"))] == ["listed"]
    assert len(connected.contacts()) == 102


def test_another_source_never_deletes_ours(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Two exports share a book; each follows its own contacts only."""
    leads = write_rows(imported.with_name("leads.csv"), people(50, first=501))
    one = ("run", leads, "-m", "m.yaml", *FAST, "--source", "leads", "--leavers", "delete")
    assert run(*one).code == 0
    write_rows(leads, people(49, first=501))
    assert run(*one).code == 0
    assert names(connected) >= {f"Person {n}" for n in range(1, 101)}
    assert "Person 550" not in names(connected)


@pytest.mark.parametrize(
    ("arguments", "mapping", "word"),
    [
        (["--limit", "5"], MAPPING, "--limit"),
        ([], MAPPING.replace("key: id\n", ""), "no key"),
    ],
    ids=["part of the file", "no key"],
)
def test_deleting_is_refused_where_nobody_can_tell_who_left(
    arguments: list[str], mapping: str, word: str, run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Exit 2, nothing sent."""
    imported.with_name("m.yaml").write_text(mapping, encoding="utf-8")
    result = run("run", imported, "-m", "m.yaml", *FAST, "--leavers", "delete", *arguments)
    assert result.code == 2
    assert word in result.err
    assert len(connected.contacts()) == 102


def test_faults_do_not_delete_twice_or_too_little(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Lost answers and errors while deleting: in the end exactly the leavers are gone."""
    write_rows(imported, people(98))
    connected.set_faults(
        FaultRule("drop_after", count=1),
        FaultRule("error_500", count=1),
    )
    result = run("run", imported, "-m", "m.yaml", *FAST, "--leavers", "delete")
    assert result.code == 0, result.out + result.err
    assert len(connected.contacts()) == 100


def test_a_contact_that_is_gone_already_counts_as_deleted(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Somebody was faster: 404 is what we wanted."""
    write_rows(imported, people(99))
    connected.set_faults(FaultRule("drop_after", count=1))
    result = run("run", imported, "-m", "m.yaml", *FAST, "--report", "1.csv", "--leavers", "delete")
    assert result.code == 0, result.out
    assert [line["outcome"] for line in read_csv(imported.with_name("1-leavers.csv"))] == ["deleted"]
