"""`zoom-import check`: everything about the file, nothing over the network."""

import random
from pathlib import Path

from commands import Run, parse, people, read_csv, write_rows

BAD = [["", "No key", "", "a@example.com"], ["X1", "Bad", "12", ""], ["X1", "Twice", "", "p1@example.com"]]


def test_a_clean_file_ends_with_0_and_tells_how_long_it_takes(run: Run, work: Path) -> None:
    """What was recognised, how many rows, how long."""
    result = run("check", write_rows(work / "c.csv", people(80)), "-m", "m.yaml")
    assert result.code == 0
    assert "UTF-8" in result.out
    assert "80 rows" in result.out
    assert "80 Light calls" in result.out
    assert "4 s at 20 a second (pro plan)" in result.out


def test_issues_are_grouped_counted_and_shown_with_an_example(run: Run, work: Path) -> None:
    """Exit 1; code, column, count, row, line and message."""
    result = run("check", write_rows(work / "c.csv", [*people(2), *BAD]), "-m", "m.yaml")
    assert result.code == 1
    assert "1 x phone_too_short in column phone" in result.out
    assert "row 4 (line 5)" in result.out
    assert "the same key in several rows" in result.out
    assert "rows 4 and 5" in result.out
    assert "the same email address in several rows" in result.out


def test_the_issues_file_has_one_line_per_issue_in_row_order(run: Run, work: Path) -> None:
    """Issues of single rows and of the whole file, each with row and line."""
    run("check", write_rows(work / "c.csv", [*people(2), *BAD]), "-m", "m.yaml", "--issues", "i.csv")
    lines = read_csv(work / "i.csv")
    found = [(line["row"], line["line"], line["code"], line["severity"]) for line in lines]
    assert found == [
        ("1", "2", "duplicate_email", "warning"),
        ("3", "4", "key_blank", "error"),
        ("4", "5", "phone_too_short", "error"),
        ("4", "5", "duplicate_key", "error"),
        ("5", "6", "duplicate_key", "error"),
        ("5", "6", "duplicate_email", "warning"),
    ]
    assert lines[2]["value"] == "12"
    assert lines[2]["column"] == "phone"


def test_json_says_the_same_to_programs(run: Run, work: Path) -> None:
    """Counts, groups, duplicates, forecast, previews."""
    result = run(
        "check", write_rows(work / "c.csv", [*people(2), *BAD]), "-m", "m.yaml", "--json", "--preview", "1"
    )
    found = parse(result.out)
    assert isinstance(found, dict)
    assert (found["rows"], found["created"], found["rejected"]) == (5, 2, 3)
    assert found["duplicates"]["key"] == [[4, 5]]
    assert found["forecast"]["light_calls"] == 2
    assert found["preview"] == [
        {"display_name": "Person 1", "phone_numbers": ["+12125550101"], "emails": ["p1@example.com"]}
    ]


def test_nothing_is_overwritten(run: Run, work: Path) -> None:
    """An issues file that is there stays."""
    (work / "i.csv").write_text("mine")
    result = run("check", write_rows(work / "c.csv", people(1)), "-m", "m.yaml", "--issues", "i.csv")
    assert result.code == 2
    assert (work / "i.csv").read_text() == "mine"


def test_check_and_run_agree_on_every_row(run: Run, work: Path) -> None:
    """What check rejects, run rejects, and nothing else."""
    file = write_rows(work / "c.csv", [*people(20), *BAD])
    checked = parse(run("check", file, "-m", "m.yaml", "--json").out)
    run("run", file, "-m", "m.yaml", "--sandbox", "--rate", "0", "--report", "r.csv")
    outcomes = [line["outcome"] for line in read_csv(work / "r.csv")]
    assert isinstance(checked, dict)
    assert outcomes.count("rejected") == checked["rejected"]
    assert outcomes.count("created") == checked["created"]


MIXED = """version: 1
key: id
phone_region: US
skip_rows: {column: name, is: skip}
contact: {display_name: name, phone_numbers: phone, emails: {column: email, on_bad_value: drop}}
"""


def test_check_and_run_name_the_same_rows(run: Run, work: Path) -> None:
    """Doubled and blank keys, rows left out, dropped values and bad cells: row by row the same verdict."""
    chance = random.Random(3)
    (work / "m.yaml").write_text(MIXED, encoding="utf-8")
    rows = [
        [
            chance.choice([str(k), str(k), str(k % 20), "", "1.2E+15"]),
            chance.choice(["Ada", "Bob", "skip", ""]),
            chance.choice([f"212 555 01{k:02}", "12", "4.4E+11", ""]),
            chance.choice([f"a{k}@example.com", "bad@", ""]),
        ]
        for k in range(80)
    ]
    file = write_rows(work / "c.csv", rows)
    run("check", file, "-m", "m.yaml", "--issues", "i.csv")
    run("run", file, "-m", "m.yaml", "--sandbox", "--rate", "0", "--report", "r.csv", "--max-bad", "100%")
    outcomes = {line["row"]: line["outcome"] for line in read_csv(work / "r.csv")}
    blamed = {line["row"] for line in read_csv(work / "i.csv") if line["severity"] == "error"}
    assert set(outcomes.values()) == {"created", "rejected", "skipped"}
    assert {row for row, outcome in outcomes.items() if outcome == "rejected"} == blamed


def test_what_excel_did_is_told_by_column(run: Run, work: Path) -> None:
    """Lost digits, a lost plus that was mended, and a date where another number may have stood."""
    (work / "m.yaml").write_text(
        "version: 1\nkey: id\nphone_region: GB\ncontact:\n  display_name: name\n  phone_numbers: phone\n"
        "  account_number: email\n",
        encoding="utf-8",
    )
    rows = [
        ["1", "Ada", "4.47701E+11", "A-1"],
        ["2", "Jo", "442079460011", "A-2"],
        ["3", "Lena", "+442079460012", "1-May"],
    ]
    result = run("check", write_rows(work / "c.csv", rows), "-m", "m.yaml")
    assert "column phone: 1 (lost for good)" in result.out
    assert "column phone: 1 (mended)" in result.out
    assert "column email: 1 (may have been another number)" in result.out
