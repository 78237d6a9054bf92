"""What somebody changes in Zoom by hand is noticed on request, and left, kept or written over."""

import json
from pathlib import Path

import httpx
import pytest
from commands import Run, people, read_csv, write_rows

from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")
HEADINGS = ("id", "name", "phone", "email", "company")


def rows_of(count: int) -> list[list[str]]:
    """People without a company."""
    return [[*row, ""] for row in people(count)]


def write(path: Path, rows: list[list[str]]) -> Path:
    """Write the export."""
    return write_rows(path, rows, HEADINGS)


def call(
    sandbox: RunningSandbox, method: str, contact_id: str, body: dict[str, object] | None = None
) -> None:
    """Do by hand what a person does in Zoom's portal."""
    form = {"grant_type": "account_credentials", "account_id": "sandbox-account"}
    with httpx.Client(trust_env=False) as client:
        token = client.post(sandbox.oauth_url, data=form, auth=("sandbox-client", "sandbox-secret")).json()[
            "access_token"
        ]
        client.request(
            method,
            f"{sandbox.api_url}/contact_center/address_books/sandbox-book/contacts/{contact_id}",
            headers={"Authorization": f"Bearer {token}"},
            json=body,
        ).raise_for_status()


def named(sandbox: RunningSandbox, email: str) -> dict[str, object]:
    """The contact with an address."""
    return next(one for one in sandbox.contacts() if one.get("emails") == [email])


@pytest.fixture
def touched(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """20 people imported; then one renamed, one given a role that no mapping writes, one deleted in Zoom."""
    file = write(work / "crm.csv", rows_of(20))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    ids = [line["contact_id"] for line in read_csv(work / "0.csv")]
    call(connected, "PATCH", ids[2], {"display_name": "By Hand", "company": "Theirs"})
    call(connected, "PATCH", ids[3], {"role": "CEO"})
    call(connected, "DELETE", ids[4])
    return file


def drift(run: Run, file: Path, policy: str, name: str) -> tuple[list[dict[str, str]], list[str]]:
    """Run with --drift; lines of the drift CSV, and outcomes of the rows."""
    result = run("run", file, "-m", "m.yaml", *FAST, "--drift", policy, "--report", f"{name}.csv")
    assert result.code == 0, result.err
    path = file.with_name(f"{name}-drift.csv")
    outcomes = [line["outcome"] for line in read_csv(file.with_name(f"{name}.csv"))]
    return (read_csv(path) if path.exists() else []), outcomes


def test_nobody_looks_by_itself(run: Run, touched: Path, connected: RunningSandbox) -> None:
    """Without --drift the book is not read, and what was written by hand stays."""
    before = connected.stats()["requests"].get("list_contacts", 0)
    run("run", touched, "-m", "m.yaml", *FAST, "--report", "1.csv")
    assert connected.stats()["requests"].get("list_contacts", 0) == before
    assert named(connected, "p3@example.com")["display_name"] == "By Hand"


def test_report_names_field_ours_and_theirs(run: Run, touched: Path, connected: RunningSandbox) -> None:
    """Each drifted field once, but for fields that the mapping does not write; nothing changes."""
    lines, outcomes = drift(run, touched, "report", "1")
    assert [(line["key"], line["field"], line["ours"], line["theirs"]) for line in lines] == [
        ("K00003", "display_name", "Person 3", "By Hand"),
        ("K00003", "company", "", "Theirs"),
        ("K00005", "(contact)", "Person 5", "deleted"),
    ]
    assert set(outcomes) == {"unchanged"}
    assert named(connected, "p3@example.com")["display_name"] == "By Hand"


def test_overwrite_writes_ours_again(run: Run, touched: Path, connected: RunningSandbox) -> None:
    """The drifted fields alone are patched, the deleted contact is created again; then all is quiet."""
    _, outcomes = drift(run, touched, "overwrite", "1")
    assert outcomes.count("unchanged") == 18
    assert (outcomes[2], outcomes[4]) == ("updated", "created")
    contact = named(connected, "p3@example.com")
    assert (contact["display_name"], contact["company"]) == ("Person 3", "")
    assert named(connected, "p4@example.com")["role"] == "CEO"
    assert len(connected.contacts()) == 20
    assert drift(run, touched, "overwrite", "2") == ([], ["unchanged"] * 20)


def test_keep_leaves_theirs_and_remembers(run: Run, touched: Path, connected: RunningSandbox) -> None:
    """No news the next night, until somebody changes it again; a new text in the row wins over it."""
    drift(run, touched, "keep", "1")
    lines, _ = drift(run, touched, "report", "2")
    assert [line["field"] for line in lines] == ["(contact)"]
    contact = named(connected, "p3@example.com")
    call(connected, "PATCH", str(contact["contact_id"]), {"display_name": "By Hand Again"})
    lines, _ = drift(run, touched, "keep", "3")
    assert [line["theirs"] for line in lines if line["key"] == "K00003"] == ["By Hand Again"]
    rows = rows_of(20)
    rows[2][2] = "+12125550199"
    drift(run, write(touched, rows), "keep", "4")
    assert named(connected, "p3@example.com")["display_name"] == "By Hand Again"
    assert named(connected, "p3@example.com")["phone_numbers"] == ["+12125550199"]


def test_what_would_be_written_over_counts_for_the_brake(
    run: Run, touched: Path, connected: RunningSandbox
) -> None:
    """Changed in Zoom, in the file or in both: two of twenty contacts are touched, and each counts once."""
    rows = rows_of(20)
    rows[2][1] = "New Name"
    rows[9][1] = "Another New Name"
    write(touched, rows)
    command = ("run", touched, "-m", "m.yaml", *FAST, "--drift", "overwrite")
    stopped = run(*command, "--max-change", "9%")
    assert stopped.code == 4
    assert "2 of the 20 contacts" in stopped.err
    assert named(connected, "p3@example.com")["display_name"] == "By Hand"
    assert run(*command, "--max-change", "10%").code == 0
    assert named(connected, "p3@example.com")["display_name"] == "New Name"


def test_what_has_no_row_is_left_and_said_so(run: Run, touched: Path, connected: RunningSandbox) -> None:
    """Nothing counts as overwritten that was not: its row is wrong tonight, or gone."""
    rows = rows_of(20)
    rows[2][2] = "12"
    write(touched, [*rows[:4], *rows[5:]])
    result = run(
        "run",
        touched,
        "-m",
        "m.yaml",
        *FAST,
        "--drift",
        "overwrite",
        "--report",
        "1.csv",
        "--summary",
        "s.json",
    )
    assert result.code == 1
    lines = read_csv(touched.with_name("1-drift.csv"))
    assert [(line["key"], line["outcome"]) for line in lines] == [
        ("K00003", "left"),
        ("K00003", "left"),
        ("K00005", "left"),
    ]
    assert named(connected, "p3@example.com")["display_name"] == "By Hand"
    summary = json.loads(touched.with_name("s.json").read_text())
    assert summary["drift"] == {"changed": 1, "deleted": 1}
    assert summary["drift_report"] == "1-drift.csv"


def test_an_emptied_book_is_said_before_anybody_looks_for_each_contact(
    run: Run, touched: Path, connected: RunningSandbox
) -> None:
    """The brake comes first: no call for every contact that is gone."""
    connected.reset()
    result = run("run", touched, "-m", "m.yaml", *FAST, "--drift", "report")
    assert result.code == 4
    assert "emptied" in result.err
    assert connected.stats()["requests"].get("get_contact", 0) == 0
