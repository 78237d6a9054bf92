"""Night after night: the book follows the export, and a broken export changes nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from commands import MAPPING, Run, people, read_csv, write_rows

from importer.sandbox.server import RunningSandbox
from importer.sandbox.world import CUSTOM_FIELDS

FAST = ("--rate", "0", "--no-progress")
NIGHTLY = (*FAST, "--leavers", "delete", "--source", "crm")


def changes(sandbox: RunningSandbox) -> tuple[int, int, int]:
    """Contacts stored, updated, deleted so far."""
    found = sandbox.stats()
    return found["stored"], found["updated"], found["deleted"]


def book(sandbox: RunningSandbox) -> dict[str, tuple[object, object, object]]:
    """Name to phones and emails of everybody in the book."""
    contacts = sandbox.contacts()
    found = {str(one["display_name"]): (one["phone_numbers"], one["emails"], 0) for one in contacts}
    assert len(found) == len(contacts)
    return found


def expected(rows: list[list[str]]) -> dict[str, tuple[object, object, object]]:
    """What the book has to be after these rows."""
    return {name: ([phone], [email], 0) for _, name, phone, email in rows}


def test_three_nights(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Import; some changed, new and gone; an empty file and one cut in half: the book is right each time."""
    file, night = work / "crm.csv", ("run", work / "crm.csv", "-m", "m.yaml", *NIGHTLY)
    rows = people(1000)
    write_rows(file, rows)
    assert run(*night, "--report", "1.csv").code == 0
    assert book(connected) == expected(rows)

    for row in rows[100:130]:
        row[1] += " changed"
    rows = [*rows[:10], *rows[12:], *people(5, first=2001)]
    write_rows(file, rows)
    before = changes(connected)
    second = run(*night, "--report", "2.csv")
    assert second.code == 0, second.err
    assert tuple(now - then for now, then in zip(changes(connected), before, strict=True)) == (5, 30, 2)
    assert book(connected) == expected(rows)
    assert [line["outcome"] for line in read_csv(work / "2-leavers.csv")] == ["deleted"] * 2

    whole, before = file.read_bytes(), changes(connected)
    for content in (b"", whole[: whole.index(b"\n") + 1], whole[: len(whole) // 2]):
        file.write_bytes(content)
        assert run(*night).code == 4
    assert changes(connected) == before
    assert book(connected) == expected(rows)

    file.write_bytes(whole)
    assert run(*night, "--report", "4.csv").code == 0
    assert changes(connected) == before


def test_an_unchanged_file_costs_only_the_look_at_the_account(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """One call for the book, one for the token, none for any row."""
    file = write_rows(work / "crm.csv", people(300))
    run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv")
    before = connected.stats()["requests"]
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    after = connected.stats()["requests"]
    made = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert sum(made.values()) == 2, made


EMPTIED: list[tuple[str, Mapping[str, str], str]] = [
    ("company", {"company": ""}, "company"),
    ("email", {"email": ""}, "emails"),
    ("phone", {"phone": ""}, "phone_numbers"),
]


@pytest.mark.parametrize(("column", "change", "field"), EMPTIED, ids=[case[0] for case in EMPTIED])
def test_a_field_that_became_empty_is_emptied(
    column: str, change: Mapping[str, str], field: str, run: Run, work: Path, connected: RunningSandbox
) -> None:
    """The old value would stay for ever otherwise; what somebody wrote in another field stays."""
    headings = ("id", "name", "phone", "email", "company")
    row = ["1", "Ann", "+12125550100", "ann@example.com", "Old Ltd"]
    file = write_rows(work / "crm.csv", [row], headings)
    run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv")
    changed = [change.get(name, cell) for name, cell in zip(headings, row, strict=True)]
    write_rows(file, [changed], headings)
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    (contact,) = connected.contacts()
    assert not contact[field]
    kept = {"company": "Old Ltd", "emails": ["ann@example.com"], "phone_numbers": ["+12125550100"]}
    assert all(contact[name] == value for name, value in kept.items() if name != field)


def test_a_custom_field_that_became_empty_is_emptied(run: Run, work: Path, connected: RunningSandbox) -> None:
    """The list of custom fields adds to those that are there; an empty value takes one away."""
    ids = [one.field_id for one in CUSTOM_FIELDS if one.data_type == "string"][:1]
    text = "".join(f"    - {{id: {name}, value: extra}}\n" for name in ids)
    (work / "m.yaml").write_text(f"{MAPPING}  custom_fields:\n{text}", encoding="utf-8")
    headings = ("id", "name", "phone", "email", "extra")
    file = write_rows(work / "crm.csv", [["1", "Ann", "+12125550100", "", "gold"]], headings)
    run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv")
    assert [one["custom_field_value"] for one in connected.contacts()[0]["custom_fields"]] == ["gold"]
    write_rows(file, [["1", "Ann", "+12125550100", "", ""]], headings)
    result = run("run", file, "-m", "m.yaml", *FAST, "--report", "1.csv")
    assert result.code == 0, result.out
    left = connected.contacts()[0].get("custom_fields", [])
    assert [one["custom_field_value"] for one in left if one["custom_field_value"]] == []


@pytest.mark.parametrize(
    ("mode", "outcomes"),
    [
        ("create", ["skipped", "unchanged", "created"]),
        ("update", ["updated", "unchanged", "skipped"]),
        ("upsert", ["updated", "unchanged", "created"]),
    ],
)
def test_modes_narrow_what_a_run_does(
    mode: str, outcomes: list[str], run: Run, work: Path, connected: RunningSandbox
) -> None:
    """One changed, one unchanged, one new row."""
    rows = people(2)
    file = write_rows(work / "crm.csv", rows)
    run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv")
    rows[0][1] = "Changed"
    write_rows(file, [*rows, *people(1, first=3)])
    run("run", file, "-m", "m.yaml", *FAST, "--report", "1.csv", "--mode", mode)
    assert [line["outcome"] for line in read_csv(work / "1.csv")] == outcomes


WIDE = ("id", "name", "phone", "email", "company")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda work: _without_line(work / "m.yaml", "company"), id="the mapping lost a line"),
        pytest.param(lambda work: _without_column(work / "crm.csv"), id="the export lost an optional column"),
    ],
)
def test_a_field_that_is_not_written_any_more_is_left(
    change: Callable[[Path], None], run: Run, work: Path, connected: RunningSandbox
) -> None:
    """What nobody writes is nobody's to empty; a changed row still updates what is written."""
    rows = [[*row, "Ltd"] for row in people(3)]
    write_rows(work / "crm.csv", rows, WIDE)
    run("run", work / "crm.csv", "-m", "m.yaml", *FAST, "--report", "0.csv")
    rows[0][1] = "New Name"
    write_rows(work / "crm.csv", rows, WIDE)
    change(work)
    assert run("run", work / "crm.csv", "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    found = {str(one["display_name"]): one["company"] for one in connected.contacts()}
    assert found == {"New Name": "Ltd", "Person 2": "Ltd", "Person 3": "Ltd"}
    assert run("run", work / "crm.csv", "-m", "m.yaml", *FAST, "--report", "2.csv").code == 0
    assert {line["outcome"] for line in read_csv(work / "2.csv")} == {"unchanged"}


def test_a_custom_field_that_is_not_written_any_more_is_left(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Nor are its values emptied when the mapping loses it."""
    ids = [one.field_id for one in CUSTOM_FIELDS if one.data_type == "string"][:1]
    text = "".join(f"    - {{id: {name}, value: company}}\n" for name in ids)
    (work / "m.yaml").write_text(f"{MAPPING}  custom_fields:\n{text}", encoding="utf-8")
    file = write_rows(work / "crm.csv", [[*people(1)[0], "gold"]], WIDE)
    run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv")
    (work / "m.yaml").write_text(MAPPING, encoding="utf-8")
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 0
    (entry,) = connected.contacts()[0]["custom_fields"]
    assert entry["custom_field_value"] == "gold"


def _without_line(mapping: Path, word: str) -> None:
    lines = mapping.read_text(encoding="utf-8").splitlines(keepends=True)
    mapping.write_text("".join(line for line in lines if word not in line), encoding="utf-8")


def _without_column(file: Path) -> None:
    rows = [line.split(",")[:-1] for line in file.read_text(encoding="utf-8").splitlines()]
    write_rows(file, rows[1:], rows[0])
