"""`adopt` ties a book that was filled before, or a lost ledger, to the rows of a file; it changes nothing."""

from pathlib import Path

import pytest
from commands import MAPPING, Run, people, read_csv, write_rows

from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0")


def forget(work: Path) -> None:
    """Lose the ledger."""
    for path in work.glob("ledger.sqlite3*"):
        path.unlink()


def changes(sandbox: RunningSandbox) -> list[int]:
    """Contacts stored, updated, deleted so far."""
    found = sandbox.stats()
    return [found[name] for name in ("stored", "updated", "deleted")]


def outcomes(path: Path) -> list[str]:
    """The column outcome of a report."""
    return [line["outcome"] for line in read_csv(path)]


def test_a_lost_ledger_is_made_again(run: Run, work: Path, connected: RunningSandbox) -> None:
    """After it every row is unchanged with the contact that it had; nothing is sent that changes anything."""
    file = write_rows(work / "crm.csv", people(700))
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "0.csv")
    forget(work)
    before = changes(connected)
    result = run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    assert result.code == 0, result.err
    assert set(outcomes(work / "a.csv")) == {"adopted"}
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "1.csv")
    assert set(outcomes(work / "1.csv")) == {"unchanged"}
    assert changes(connected) == before
    first, second = read_csv(work / "0.csv"), read_csv(work / "1.csv")
    assert [line["contact_id"] for line in first] == [line["contact_id"] for line in second]


def test_without_a_key_too(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Rows that are known by their content, twins included."""
    (work / "m.yaml").write_text(MAPPING.replace("key: id\n", ""), encoding="utf-8")
    rows = people(20)
    file = write_rows(work / "crm.csv", [*rows, rows[0]])
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "0.csv")
    forget(work)
    assert run("adopt", file, "-m", "m.yaml", *FAST).code == 0
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "1.csv")
    assert set(outcomes(work / "1.csv")) == {"unchanged"}
    assert len(connected.contacts()) == 21


def test_a_book_filled_by_hand(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Tied by email, or by phone and name; what differs is named, and updated by the next run."""
    connected.seed(
        [
            {"display_name": "P. One", "emails": ["P1@example.com"], "role": "kept by hand"},
            {"display_name": "2, person", "phone_numbers": ["+12125550102"]},
            {"display_name": "Switchboard", "phone_numbers": ["+12125550103"]},
            {"display_name": "Person 4", "emails": ["p4@example.com"], "phone_numbers": ["+12125550104"]},
            {"display_name": "Foreigner", "emails": ["f@example.org"]},
        ]
    )
    before = changes(connected)
    file = write_rows(work / "crm.csv", people(6))
    result = run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    assert result.code == 1
    assert changes(connected) == before
    lines = read_csv(work / "a.csv")
    assert [line["outcome"] for line in lines] == [
        "adopted",
        "adopted",
        "ambiguous",
        "adopted",
        "not found",
        "not found",
    ]
    assert lines[0]["fields"] == "display_name | phone_numbers"
    assert lines[0]["stored"].startswith("P. One")
    assert lines[3]["fields"] == ""
    assert "2 adopted contacts differ" in result.out
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "1.csv")
    assert outcomes(work / "1.csv") == ["updated", "updated", "created", "unchanged", "created", "created"]
    book = {str(contact["display_name"]): contact for contact in connected.contacts()}
    assert len(book) == 8
    assert book["Person 1"]["role"] == "kept by hand"
    assert book["Person 2"]["emails"] == ["p2@example.com"]


def test_the_account_number_decides(run: Run, work: Path, connected: RunningSandbox) -> None:
    """It ties whatever else differs, and keeps apart those who share all the rest."""
    (work / "m.yaml").write_text(MAPPING + "  account_number: id\n", encoding="utf-8")
    connected.seed(
        [
            {"display_name": "Old Name", "emails": ["old@example.com"], "account_number": "K00001"},
            {"display_name": "Person 2", "emails": ["p2@example.com"], "account_number": "Z9"},
        ]
    )
    file = write_rows(work / "crm.csv", people(2))
    run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    assert outcomes(work / "a.csv") == ["adopted", "not found"]


def test_ambiguous_rows_are_left_alone(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Two contacts fit one row: both are named, none is taken."""
    ids = connected.seed([{"display_name": name, "emails": ["p1@example.com"]} for name in ("Mr P", "Mrs P")])
    file = write_rows(work / "crm.csv", people(1))
    result = run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    assert result.code == 1
    (line,) = read_csv(work / "a.csv")
    assert line["outcome"] == "ambiguous"
    assert set(line["candidates"].split(" | ")) == set(ids)


def test_an_adoption_that_came_half_way_goes_on(run: Run, work: Path, connected: RunningSandbox) -> None:
    """What is tied stays tied: the whole file ties the rest, and no contact twice."""
    file = write_rows(work / "crm.csv", people(6))
    connected.seed([{"display_name": row[1], "emails": [row[3]]} for row in people(6)])
    before = changes(connected)
    run("adopt", file, "-m", "m.yaml", *FAST, "--limit", "2", "--report", "a.csv")
    assert run("adopt", file, "-m", "m.yaml", *FAST, "--report", "b.csv").code == 0
    assert outcomes(work / "b.csv") == [*["known"] * 2, *["adopted"] * 4]
    assert len({line["contact_id"] for name in "ab" for line in read_csv(work / f"{name}.csv")}) == 6
    assert changes(connected) == before


def test_doing_it_twice_changes_nothing(run: Run, work: Path, connected: RunningSandbox) -> None:
    """What the ledger has is known; so the command can be repeated after an interruption."""
    file = write_rows(work / "crm.csv", people(5))
    connected.seed([{"display_name": f"Person {n}", "emails": [f"p{n}@example.com"]} for n in (1, 2)])
    run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    run("adopt", file, "-m", "m.yaml", *FAST, "--report", "b.csv")
    assert outcomes(work / "a.csv") == ["adopted", "adopted", *["not found"] * 3]
    assert outcomes(work / "b.csv") == ["known", "known", *["not found"] * 3]


def test_custom_fields_are_written_to_be_certain(run: Run, work: Path, connected: RunningSandbox) -> None:
    """The list does not show them: the next run sends them, and only them."""
    text = MAPPING + "  custom_fields: [{id: 7n1Zr2KQTMC4rV5Yk0aUsw, value: {constant: gold}}]\n"
    field = "7n1Zr2KQTMC4rV5Yk0aUsw"
    known = connected_field(connected)
    (work / "m.yaml").write_text(text.replace(field, known), encoding="utf-8")
    file = write_rows(work / "crm.csv", people(2))
    assert run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "0.csv").code == 0
    forget(work)
    assert run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv").code == 0
    result = run("plan", file, "-m", "m.yaml", "--out", "steps.csv")
    assert result.code == 0, result.err
    steps = read_csv(work / "steps.csv")[:-1]
    assert [(line["step"], line["fields"]) for line in steps] == [("update", "custom_fields")] * 2


def connected_field(sandbox: RunningSandbox) -> str:
    """A custom field of the sandbox that takes any text."""
    from importer.sandbox.world import CUSTOM_FIELDS  # noqa: PLC0415

    return next(field.field_id for field in CUSTOM_FIELDS if field.data_type == "string")


def test_faults_and_a_rate_limit_while_reading(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Errors, drops and 429s are waited out; nobody is missed."""
    file = write_rows(work / "crm.csv", people(650))
    run("run", file, "-m", "m.yaml", *FAST, "--no-progress", "--report", "0.csv")
    forget(work)
    connected.set_faults(
        FaultRule("error_500", count=1, on="reads"), FaultRule("drop_before", count=1, on="reads")
    )
    assert run("adopt", file, "-m", "m.yaml", *FAST, "--report", "a.csv").code == 0
    assert set(outcomes(work / "a.csv")) == {"adopted"}


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [("ZOOM_CLIENT_SECRET", "wrong", 3), ("ZOOM_ADDRESS_BOOK_ID", "nowhere", 3)],
    ids=["secret", "book"],
)
def test_a_wrong_account(
    variable: str,
    value: str,
    code: int,
    run: Run,
    work: Path,
    connected: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 3, no report left behind."""
    monkeypatch.setenv(variable, value)
    result = run("adopt", write_rows(work / "crm.csv", people(2)), "-m", "m.yaml", *FAST)
    assert result.code == code
    assert "Traceback" not in result.err
    assert not list(work.glob("*adopt*"))
