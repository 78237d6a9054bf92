"""`plan` writes down what a run would do and sends nothing; `apply` does exactly that, or nothing."""

import csv
import json
import shlex
import sqlite3
import sys
from pathlib import Path

import pytest
from commands import MAPPING, Run, people, read_csv, write_rows

from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")
NOTE = "\"import sys, shutil; shutil.copyfileobj(sys.stdin, open('told.json', 'w'))\""


@pytest.fixture
def changed(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """A file of 40 people that was imported; then one changed, one wrong, one new, one gone."""
    file = write_rows(work / "crm.csv", people(40))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    rows = people(41)
    rows[1][1] = "Renamed"
    rows[2][2] = "12"
    del rows[3]
    return write_rows(file, rows)


def plan(run: Run, file: Path, *arguments: str) -> list[dict[str, str]]:
    """Make a plan and read it, the last line aside."""
    result = run("plan", file, "-m", "m.yaml", "--out", "steps.csv", *arguments)
    assert result.code in (0, 1), result.err
    return read_csv(file.with_name("steps.csv"))[:-1]


def test_one_line_a_row_with_old_and_new(run: Run, changed: Path, connected: RunningSandbox) -> None:
    """Steps as a run would take them; an update names its fields, old and new; leavers stand at the end."""
    before = connected.stats()["requests"]
    lines = plan(run, changed)
    assert [line["step"] for line in lines] == [
        "unchanged",
        "update",
        "reject",
        *["unchanged"] * 36,
        "create",
        "leave",
    ]
    update = lines[1]
    assert (update["fields"], update["old"], update["new"]) == ("display_name", "Person 2", "Renamed")
    assert update["contact_id"] in {contact["contact_id"] for contact in connected.contacts()}
    assert "phone: " in lines[2]["message"]
    assert lines[-2]["new"] == "Person 41 | +12125550141 | p41@example.com"
    assert (lines[-1]["key"], lines[-1]["old"]) == ("K00004", "Person 4")
    assert connected.stats()["requests"] == before


def test_apply_does_the_plan(run: Run, changed: Path, connected: RunningSandbox) -> None:
    """What the plan says is what the report says, leavers included."""
    lines = plan(run, changed, "--leavers", "delete")
    before = connected.stats()
    result = run("apply", "steps.csv", *FAST, "--report", "1.csv")
    assert result.code == 1, result.err
    names = {"create": "created", "update": "updated", "reject": "rejected"}
    done = [line["outcome"] for line in read_csv(changed.with_name("1.csv"))]
    assert done == [names.get(line["step"], line["step"]) for line in lines if line["step"] != "delete"]
    after = connected.stats()
    assert [after[name] - before[name] for name in ("stored", "updated", "deleted")] == [1, 1, 1]
    assert "Person 4" not in {contact["display_name"] for contact in connected.contacts()}


def test_a_plan_is_applied_once(run: Run, changed: Path, connected: RunningSandbox) -> None:
    """After it the ledger is another one."""
    plan(run, changed)
    assert run("apply", "steps.csv", *FAST).code == 1
    result = run("apply", "steps.csv", *FAST)
    assert result.code == 2
    assert "Another run has changed the ledger" in result.err


def test_quoting_does_not_matter(run: Run, changed: Path) -> None:
    """A plan that was saved anew and says the same is the same plan."""
    plan(run, changed)
    save_with_another_quoting(changed.parent)
    assert run("apply", "steps.csv", *FAST).code == 1


def test_whoever_waits_is_told_of_a_plan_that_is_refused(run: Run, changed: Path) -> None:
    """Summary and notify command, and one event of JSON, as for a run that cannot begin."""
    plan(run, changed)
    touch_file(changed.parent)
    told = ("--summary", "s.json", "--notify-command", f"{shlex.quote(sys.executable)} -c {NOTE}")
    assert run("apply", "steps.csv", *FAST, *told).code == 2
    summary = json.loads((changed.parent / "s.json").read_text())
    assert (summary["command"], summary["exit_code"]) == ("apply", 2)
    assert "crm.csv has changed" in summary["error"]
    assert json.loads((changed.parent / "told.json").read_text()) == summary
    result = run("apply", "nothing.csv", *FAST, "--log-format", "json")
    assert (result.code, json.loads(result.err)["event"], result.out) == (2, "ended", "")


def touch_file(work: Path) -> None:
    path = work / "crm.csv"
    path.write_text(path.read_text().replace("Person 7", "Person VII"))


def remove_file(work: Path) -> None:
    (work / "crm.csv").unlink()


def touch_mapping(work: Path) -> None:
    path = work / "m.yaml"
    path.write_text(path.read_text().replace("phone_region: US", "phone_region: GB"))


def touch_plan(work: Path) -> None:
    path = work / "steps.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("Renamed", "Hacked"), encoding="utf-8-sig")


def cut_plan(work: Path) -> None:
    path = work / "steps.csv"
    path.write_bytes(path.read_bytes()[:-100])


def remove_lines(work: Path) -> None:
    path = work / "steps.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], *lines[5:]]))


def save_with_semicolons(work: Path) -> None:
    """As a spreadsheet program does where the comma belongs into numbers."""
    path = work / "steps.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)


def save_with_another_quoting(work: Path) -> None:
    path = work / "steps.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)


def remove_ledger(work: Path) -> None:
    for path in work.glob("ledger.sqlite3*"):
        path.unlink()


def touch_ledger(work: Path) -> None:
    with sqlite3.connect(work / "ledger.sqlite3") as ledger:
        ledger.execute("UPDATE contacts SET fingerprint = 'other' WHERE key = 'K00009'")
    ledger.close()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        pytest.param(touch_file, "crm.csv has changed", id="another file"),
        pytest.param(remove_file, "not there any more", id="no file"),
        pytest.param(touch_mapping, "mapping", id="another mapping"),
        pytest.param(touch_plan, "edited", id="edited plan"),
        pytest.param(cut_plan, "cannot be read", id="cut plan"),
        pytest.param(remove_lines, "edited", id="lines taken out"),
        pytest.param(save_with_semicolons, "saved anew", id="saved by a spreadsheet program"),
        pytest.param(remove_ledger, "new ledger", id="no ledger"),
        pytest.param(touch_ledger, "other steps", id="ledger says something else"),
    ],
)
def test_apply_refuses_what_the_plan_was_not_made_from(
    change: "object", word: str, run: Run, changed: Path, connected: RunningSandbox
) -> None:
    """Exit 2, one sentence, nothing sent, no report."""
    plan(run, changed)
    assert callable(change)
    change(changed.parent)
    before = {name: connected.stats()[name] for name in ("stored", "updated", "deleted")}
    result = run("apply", "steps.csv", *FAST)
    assert result.code == 2, result.out + result.err
    assert word in result.err
    assert {name: connected.stats()[name] for name in before} == before
    assert not list(changed.parent.glob("*-report-*"))


def test_a_plan_for_a_book_without_a_ledger(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Before the first import everything would be created; the plan can be applied."""
    file = write_rows(work / "crm.csv", people(3))
    assert {line["step"] for line in plan(run, file)} == {"create"}
    assert run("apply", "steps.csv", *FAST).code == 0
    assert len(connected.contacts()) == 3


def test_no_credentials_are_needed_with_a_ledger(
    run: Run, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--ledger is enough."""
    for name in ("ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ADDRESS_BOOK_ID"):
        monkeypatch.delenv(name)
    assert plan(run, changed, "--ledger", "ledger.sqlite3")[1]["step"] == "update"


def test_another_address_book_is_refused(run: Run, changed: Path) -> None:
    """A ledger belongs to one book."""
    result = run("plan", changed, "-m", "m.yaml", "--out", "steps.csv", "--address-book", "second-book")
    assert result.code == 2
    assert "second-book" in result.err
    assert not changed.with_name("steps.csv").exists()


def test_nothing_is_overwritten(run: Run, changed: Path) -> None:
    """A file that is there stays."""
    changed.with_name("steps.csv").write_text("mine")
    result = run("plan", changed, "-m", "m.yaml", "--out", "steps.csv")
    assert result.code == 2
    assert changed.with_name("steps.csv").read_text() == "mine"


def test_a_name_that_is_taken_is_said_before_the_file_is_read(run: Run, changed: Path) -> None:
    """Nobody waits minutes for it, and no mistake of the file hides it."""
    changed.with_name("steps.csv").write_text("mine")
    with changed.open("a", encoding="utf-8") as file:
        file.write('K99,"never closed\n')
    result = run("plan", changed, "-m", "m.yaml", "--out", "steps.csv")
    assert (result.code, "already there" in result.err) == (2, True)
    assert run("plan", changed, "-m", "m.yaml", "--out", "other.csv").code == 2
    assert not changed.with_name("other.csv").exists()


def test_a_corrections_file_is_planned(run: Run, changed: Path, connected: RunningSandbox) -> None:
    """Its rows go by what they bring along, and contacts of rows that are not in it have not left."""
    assert run("run", changed, "-m", "m.yaml", *FAST, "--report", "1.csv").code == 1
    corrections = changed.with_name("1-corrections.csv")
    assert corrections.exists()
    corrections.write_text(corrections.read_text("utf-8-sig").replace(",12,", ",+12125550102,"), "utf-8")
    lines = plan(run, corrections)
    assert [(line["step"], line["key"]) for line in lines] == [("update", "K00003")]


def test_rows_without_a_key_are_planned_too(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Known by their content, twins included; custom fields of the account are asked for."""
    (work / "m.yaml").write_text(MAPPING.replace("key: id\n", ""), encoding="utf-8")
    rows = people(3)
    file = write_rows(work / "crm.csv", [*rows, rows[0]])
    assert run("run", file, "-m", "m.yaml", *FAST).code == 0
    assert [line["step"] for line in plan(run, file)] == ["unchanged"] * 4
    assert run("apply", "steps.csv", *FAST).code == 0
    assert len(connected.contacts()) == 4


@pytest.mark.parametrize("content", [b"", b"row,line\n", b"\xff\xfe\x00junk"], ids=["empty", "other", "junk"])
def test_what_is_no_plan(content: bytes, run: Run, work: Path, connected: RunningSandbox) -> None:
    """Exit 2 and a sentence."""
    (work / "steps.csv").write_bytes(content)
    result = run("apply", "steps.csv", *FAST)
    assert result.code == 2
    assert "plan" in result.err
    assert "Traceback" not in result.err


def test_processes_change_nothing_but_the_time(run: Run, changed: Path, connected: RunningSandbox) -> None:
    """A plan of two processes is that of one, and can be applied by either."""
    alone = plan(run, changed, "--processes", "1")
    (changed.with_name("steps.csv")).unlink()
    assert plan(run, changed, "--processes", "2") == alone
    before = connected.stats()["updated"]
    assert run("apply", "steps.csv", *FAST, "--processes", "2", "--report", "1.csv").code == 1
    assert connected.stats()["updated"] == before + 1
