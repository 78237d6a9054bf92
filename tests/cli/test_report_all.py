"""`zoom-import report`: a migration of several runs as one list in which every source row stands once."""

from pathlib import Path

import pytest
from commands import Run, people, read_csv, write_rows

from importer.report import REPORT_COLUMNS
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")


@pytest.fixture
def migrated(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """Five rows, two of them bad; one is mended and run again."""
    rows = [*people(2), ["K8", "Mended", "12", ""], ["K9", "Bad", "13", ""], *people(1, first=5)]
    run("run", write_rows(work / "c.csv", rows), "-m", "m.yaml", *FAST, "--report", "first.csv")
    mended = (work / "first-corrections.csv").read_text(encoding="utf-8-sig")
    text = mended.replace("Mended,12,", "Mended,+12125550199,")
    (work / "mended.csv").write_text(text, encoding="utf-8-sig")
    run("run", "mended.csv", "-m", "m.yaml", *FAST, "--report", "second.csv")
    return work


def test_every_source_row_has_one_line_with_its_last_outcome(run: Run, migrated: Path) -> None:
    """In row order, over all runs; exit 1 while a row needs a hand."""
    result = run("report", "--all", "--report", "all.csv")
    assert result.code == 1, result.err
    lines = read_csv(migrated / "all.csv")
    assert tuple(lines[0]) == REPORT_COLUMNS
    told = [(line["row"], line["key"], line["outcome"], line["code"]) for line in lines]
    assert told == [
        ("1", "K00001", "created", ""),
        ("2", "K00002", "created", ""),
        ("3", "K8", "created", ""),
        ("4", "K9", "rejected", "phone_too_short"),
        ("5", "K00005", "created", ""),
    ]
    assert "5 rows, 2 runs" in result.out
    assert "4 contacts of these rows are in the address book" in result.out


def test_it_says_the_same_as_the_reports_of_the_runs(run: Run, migrated: Path) -> None:
    """Ids, times, statuses and messages are those of the run that wrote the row last."""
    run("report", "--all", "--report", "all.csv")
    merged = {line["key"]: line for line in read_csv(migrated / "first.csv")}
    merged |= {line["key"]: line for line in read_csv(migrated / "second.csv")}
    for line in read_csv(migrated / "all.csv"):
        ours, theirs = dict(line), dict(merged[line["key"]])
        for name in ("finished_at", "row", "line"):  # the moment of writing; places in the corrections file
            ours.pop(name)
            theirs.pop(name)
        assert ours == theirs


def test_one_run_alone(run: Run, migrated: Path) -> None:
    """The rows that no later run has written."""
    run("report", "last", "--report", "last.csv")
    assert [line["key"] for line in read_csv(migrated / "last.csv")] == ["K8", "K9"]


def test_a_finished_migration_ends_with_0(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Nothing is left to do."""
    run("run", write_rows(work / "c.csv", people(3)), "-m", "m.yaml", *FAST)
    result = run("report", "--all")
    assert result.code == 0
    (path,) = work.glob("zoom-import-report-*.csv")
    assert len(read_csv(path)) == 3


def test_nothing_is_overwritten(run: Run, migrated: Path) -> None:
    """A report that is there stays."""
    result = run("report", "--all", "--report", "first.csv")
    assert result.code == 2
    assert "first.csv" in result.err
    assert len(read_csv(migrated / "first.csv")) == 5


@pytest.mark.parametrize("arguments", [[], ["--all", "last"]], ids=["neither", "both"])
def test_either_all_or_a_run(arguments: list[str], run: Run, migrated: Path) -> None:
    """Usage is exit 2."""
    assert run("report", *arguments).code == 2


def test_two_exports_in_one_book_are_reported_one_by_one(run: Run, migrated: Path) -> None:
    """With two sources, one has to be chosen; each has its own rows."""
    run(
        "run", write_rows(migrated / "d.csv", people(2, first=50)), "-m", "m.yaml", *FAST, "--source", "leads"
    )
    refused = run("report", "--all")
    assert refused.code == 2
    assert '"leads"' in refused.err
    assert run("report", "--all", "--source", "leads", "--report", "leads.csv").code == 0
    assert [line["key"] for line in read_csv(migrated / "leads.csv")] == ["K00050", "K00051"]
    assert run("report", "--all", "--source", "sales").code == 2
