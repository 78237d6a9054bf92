"""The report files: one line per row, readable by Excel, nothing overwritten, nothing lost."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importer.errors import SettingsError
from importer.model import (
    Created,
    Failed,
    InDoubt,
    Issue,
    NotAttempted,
    Outcome,
    Rejected,
    Skipped,
    Unchanged,
    Updated,
)
from importer.report import (
    REPORT_COLUMNS,
    CorrectionsWriter,
    ReportWriter,
    Summary,
    Tally,
    render_summary,
    report_line,
    report_paths,
)
from importer.report.lines import OUTCOME_NAMES, UnchangedRows

EMAIL = Issue("email_invalid", "emails", "Email", '"x" has no @')
PHONE = Issue("phone_invalid", "phone_numbers", "Phone", '"12" is no number')
WARNING = Issue("phone_mended", "phone_numbers", "Phone", "mended", severity="warning")
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

OUTCOMES: list[tuple[Outcome, dict[str, str]]] = [
    (
        Created("c1", 201, 1),
        {"outcome": "created", "contact_id": "c1", "http_status": "201", "attempts": "1"},
    ),
    (Created("c1", 500, 2, adopted=True), {"outcome": "created", "message": "found in the book"}),
    (Updated("c1", 204, 1), {"outcome": "updated", "contact_id": "c1"}),
    (Unchanged("c1"), {"outcome": "unchanged", "contact_id": "c1", "http_status": "", "attempts": ""}),
    (Skipped("Status is Deleted"), {"outcome": "skipped", "message": "Status is Deleted"}),
    (
        Rejected((EMAIL, PHONE)),
        {
            "outcome": "rejected",
            "code": "email_invalid | phone_invalid",
            "field": "emails | phone_numbers",
            "column": "Email | Phone",
            "message": '"x" has no @ | "12" is no number',
        },
    ),
    (
        Failed("2117", "timezone", "Invalid time zone", 400, 1, transient=False),
        {"outcome": "failed", "code": "2117", "field": "timezone", "http_status": "400"},
    ),
    (
        InDoubt("no answer", 0, 1, ("a", "b")),
        {"outcome": "in doubt", "message": "no answer Possible contacts: a, b.", "http_status": ""},
    ),
    (NotAttempted("stopped"), {"outcome": "not attempted", "message": "stopped"}),
]


@pytest.mark.parametrize(("outcome", "expected"), OUTCOMES, ids=lambda value: type(value).__name__)
def test_each_outcome_has_its_line(outcome: Outcome, expected: dict[str, str], tmp_path: Path) -> None:
    """Every kind of outcome is written so that a csv reader finds its facts."""
    with ReportWriter(tmp_path / "r.csv") as writer:
        writer.write([report_line(7, 9, "K-1", outcome, finished_at=NOON)])
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == REPORT_COLUMNS
    assert (row["row"], row["line"], row["key"]) == ("7", "9", "K-1")
    assert row["finished_at"] == "2026-05-01T12:00:00.000Z"
    for column, text in expected.items():
        assert (text in row[column]) if text else row[column] == ""
    assert row["outcome"] in OUTCOME_NAMES


def test_warnings_of_a_row_that_arrived_stand_in_its_line() -> None:
    """A created row still says what was mended."""
    line = report_line(1, 2, "k", Created("c", 201, 1), warnings=[WARNING])
    assert (line.code, line.message) == ("phone_mended", "mended")


def test_excel_recognises_the_encoding(tmp_path: Path) -> None:
    """The report begins with a byte order mark and ends its lines as Excel does."""
    with ReportWriter(tmp_path / "r.csv") as writer:
        writer.write([report_line(1, 2, "Łukasz", Unchanged("c"))])
    data = (tmp_path / "r.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2


def test_a_flushed_report_is_on_disk_while_the_run_goes_on(tmp_path: Path) -> None:
    """An interrupted run has told what it did."""
    writer = ReportWriter(tmp_path / "r.csv")
    writer.write([report_line(1, 2, "k", Unchanged("c"))])
    writer.flush()
    assert "unchanged" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    writer.close()


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    """Two runs in the same second get two reports; a chosen name that exists is refused."""
    source = str(tmp_path / "crm.export.csv")
    first = report_paths(source, None, NOON)
    second = report_paths(source, None, NOON)
    assert first.report != second.report
    assert first.report.name == "crm-report-20260501-120000.csv"
    with pytest.raises(SettingsError, match="not overwritten"):
        report_paths(source, first.report, NOON)


def test_a_corrections_file_of_an_earlier_run_is_not_overwritten(tmp_path: Path) -> None:
    """The corrections file beside a chosen report name counts as taken, too."""
    (tmp_path / "a-corrections.csv").write_text("mine")
    with pytest.raises(SettingsError, match="not overwritten"):
        report_paths("x.csv", tmp_path / "a.csv", NOON)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """The person is told to choose another place."""
    with pytest.raises(SettingsError, match="--report"):
        report_paths("x.csv", tmp_path / "nowhere" / "r.csv", NOON)


def test_corrections_keep_the_cells_untouched(tmp_path: Path) -> None:
    """Original cells, line breaks and surplus cells included, come back exactly."""
    cells = ["a\nb", '"q"', " 007 "]
    path = tmp_path / "c.csv"
    with CorrectionsWriter(path, ["A", "B", "C"]) as writer:
        assert not path.exists()
        writer.write(cells, ["left", "over"], report_line(3, 5, "k", Rejected((EMAIL,))))
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, row = csv.reader(file)
    assert row[:3] == cells
    said = dict(zip(heading[3:], row[3:], strict=True))
    assert said["zoom_import_row"] == "3"
    assert said["zoom_import_key"] == "k"
    assert said["zoom_import_surplus"] == "left | over"


def test_corrections_of_corrections_do_not_grow(tmp_path: Path) -> None:
    """A corrections file that is run again does not gather a second set of added columns."""
    headings = ["A", "zoom_import_row", "zoom_import_message", "B"]
    with CorrectionsWriter(tmp_path / "c.csv", headings) as writer:
        writer.write(["1", "9", "old", "2"], [], report_line(1, 2, "k", Rejected((EMAIL,))))
    with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, row = csv.reader(file)
    assert heading.count("zoom_import_row") == 1
    assert row[:2] == ["1", "2"]


def test_the_summary_tells_counts_issues_and_what_to_do_next(tmp_path: Path) -> None:
    """Counts per outcome, the three most frequent issues with an example row, and the next command."""
    tally = Tally()
    for number in range(1, 6):
        rejected = Rejected((EMAIL,))
        tally.add(report_line(number, number + 1, "k", rejected), rejected, ())
    created = Created("c", 201, 1)
    tally.add(report_line(6, 7, "k", created), created, ())
    text = render_summary(
        Summary(
            tally, 2.0, 3, tmp_path / "r.csv", tmp_path / "c.csv", None, "zoom-import run c.csv", ("note me",)
        )
    )
    assert "6 rows" in text
    assert "0.5 contacts a second" in text
    assert "5 x email_invalid in column Email: row 1 (line 2)" in text
    assert "3 requests met the rate limit" in text
    assert "zoom-import run c.csv" in text
    assert "note me" in text
    assert tally.unfinished == 5


def test_many_unchanged_rows_are_written_as_one_by_one(tmp_path: Path) -> None:
    """Rows that are passed by in one go have the same lines in the report as any others."""
    keys = ["A", 'with "quotes"', "=1+1"]
    with ReportWriter(tmp_path / "many.csv") as many:
        many.write_unchanged(UnchangedRows([1, 2, 3], [2, 4, 5], keys, ["x", "y", "z"], NOON))
    with ReportWriter(tmp_path / "single.csv") as single:
        for row, line, key, contact in zip((1, 2, 3), (2, 4, 5), keys, "xyz", strict=True):
            single.write([report_line(row, line, key, Unchanged(contact), finished_at=NOON)])
    assert (tmp_path / "many.csv").read_bytes() == (tmp_path / "single.csv").read_bytes()
