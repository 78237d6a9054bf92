"""`zoom-import run` against the sandbox over real HTTP: exit code, words, files, and what the book holds."""

import re
import signal
import sys
from pathlib import Path

import pytest
from commands import Run, environment, people, read_csv, read_report, start, wait_for, write_rows

from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings
from importer.sandbox.world import App

FAST = ("--rate", "0", "--no-progress")


def test_every_row_arrives_once_and_the_report_proves_it(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Exit 0; one report line per row in row order; the book holds exactly the file."""
    rows = people(150)
    result = run("run", write_rows(work / "c.csv", rows), "-m", "m.yaml", *FAST)
    assert result.code == 0, result.err
    lines = read_report(work)
    assert [line["row"] for line in lines] == [str(n) for n in range(1, 151)]
    assert [line["key"] for line in lines] == [row[0] for row in rows]
    assert {line["outcome"] for line in lines} == {"created"}
    book = {contact["contact_id"]: contact for contact in connected.contacts()}
    assert len(book) == 150
    for row, line in zip(rows, lines, strict=True):
        stored = book[line["contact_id"]]
        assert stored["display_name"] == row[1]
        assert stored["emails"] == [row[3]]
        assert stored["phone_numbers"] == [row[2]]
    assert not list(work.glob("*corrections*"))
    assert "report" in result.out


def test_the_same_command_again_sends_nothing(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Rows that are done are unchanged, cost no call that changes anything, and keep their contact."""
    file = write_rows(work / "c.csv", people(30))
    run("run", file, "-m", "m.yaml", *FAST, "--report", "first.csv")
    before = connected.stats()
    result = run("run", file, "-m", "m.yaml", *FAST, "--report", "second.csv")
    assert result.code == 0
    first, second = read_csv(work / "first.csv"), read_csv(work / "second.csv")
    assert {line["outcome"] for line in second} == {"unchanged"}
    assert [line["contact_id"] for line in second] == [line["contact_id"] for line in first]
    assert len(connected.contacts()) == 30
    assert connected.stats()["stored"] == before["stored"]


def test_a_changed_row_is_updated_and_only_that_one(run: Run, work: Path, connected: RunningSandbox) -> None:
    """The key finds the contact, the changed field is patched."""
    rows = people(5)
    run("run", write_rows(work / "c.csv", rows), "-m", "m.yaml", *FAST, "--report", "first.csv")
    rows[2][1] = "Somebody Else"
    run("run", write_rows(work / "c.csv", rows), "-m", "m.yaml", *FAST, "--report", "second.csv")
    outcomes = [line["outcome"] for line in read_csv(work / "second.csv")]
    assert outcomes == ["unchanged", "unchanged", "updated", "unchanged", "unchanged"]
    assert sorted(contact["display_name"] for contact in connected.contacts()) == sorted(
        row[1] for row in rows
    )


def test_bad_rows_are_rejected_with_their_place_and_the_rest_goes_on(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Exit 1; ragged and wrong rows stand in report and corrections with line, code and message."""
    file = work / "c.csv"
    file.write_text(
        "id,name,phone,email\n"
        "1,Good,+12125550100,\n"
        "2,Short\n"
        "3,Long,+12125550101,x@example.com,surplus\n"
        '4,"Two\nlines",12,\n'
        "5,Nothing,,\n"
        ",Nobody,,n@example.com\n"
        "7,Good too,,good@example.com\n",
        encoding="utf-8",
    )
    result = run("run", file, "-m", "m.yaml", *FAST)
    assert result.code == 1
    lines = read_report(work)
    told = [(line["line"], line["outcome"], line["code"]) for line in lines]
    assert told == [
        ("2", "created", ""),
        ("3", "rejected", "row_too_short"),
        ("4", "rejected", "row_too_long"),
        ("5", "rejected", "phone_too_short"),
        ("7", "rejected", "no_phone_or_email"),
        ("8", "rejected", "key_blank"),
        ("9", "created", ""),
    ]
    (corrections,) = work.glob("*corrections*")
    wrong = read_csv(corrections)
    assert [row["zoom_import_row"] for row in wrong] == ["2", "3", "4", "5", "6"]
    assert wrong[1]["zoom_import_surplus"] == "surplus"
    assert wrong[2]["name"] == "Two\nlines"
    assert len(connected.contacts()) == 2
    assert str(corrections) in result.out


def test_a_mended_corrections_file_runs_with_the_same_mapping(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Mended rows are created, and the rest is not sent a second time."""
    run("run", write_rows(work / "c.csv", [*people(3), ["9", "Nine", "12", ""]]), "-m", "m.yaml", *FAST)
    (corrections,) = work.glob("*corrections*")
    mended = corrections.read_text(encoding="utf-8-sig").replace("Nine,12,", "Nine,+12125550199,")
    (work / "mended.csv").write_text(mended, encoding="utf-8-sig")
    result = run("run", "mended.csv", "-m", "m.yaml", *FAST)
    assert result.code == 0, result.err
    assert sorted(contact["display_name"] for contact in connected.contacts()) == [
        "Nine",
        "Person 1",
        "Person 2",
        "Person 3",
    ]


def test_limit_takes_the_first_rows(run: Run, work: Path, connected: RunningSandbox) -> None:
    """--limit 3 sends and reports three rows."""
    run("run", write_rows(work / "c.csv", people(10)), "-m", "m.yaml", *FAST, "--limit", "3")
    assert len(read_report(work)) == 3
    assert len(connected.contacts()) == 3


def test_equal_rows_without_a_key_are_two_contacts_and_stay_two(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Rows without a key are known by their content and its count, so a second run adds nothing."""
    (work / "k.yaml").write_text(
        "version: 1\ncontact: {display_name: name, emails: email}\n", encoding="utf-8"
    )
    file = write_rows(work / "c.csv", [["1", "Twin", "", "t@example.com"]] * 2)
    assert run("run", file, "-m", "k.yaml", *FAST, "--report", "a.csv").code == 0
    assert len(connected.contacts()) == 2
    assert run("run", file, "-m", "k.yaml", *FAST, "--report", "b.csv").code == 0
    assert len(connected.contacts()) == 2
    assert {line["outcome"] for line in read_csv(work / "b.csv")} == {"unchanged"}


def test_rows_with_one_key_are_both_rejected_or_one_is_taken(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """--duplicates decides; each names the other row."""
    rows = people(3)
    rows[2][0] = rows[0][0]
    file = write_rows(work / "c.csv", rows)
    result = run("run", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    assert result.code == 1
    lines = read_csv(work / "a.csv")
    assert [line["outcome"] for line in lines] == ["rejected", "created", "rejected"]
    assert "row 3" in lines[0]["message"]
    assert "row 1" in lines[2]["message"]
    run("run", file, "-m", "m.yaml", *FAST, "--report", "b.csv", "--duplicates", "last")
    assert [line["outcome"] for line in read_csv(work / "b.csv")] == ["skipped", "unchanged", "created"]
    assert {contact["display_name"] for contact in connected.contacts()} == {"Person 2", "Person 3"}


def test_a_lost_answer_makes_no_second_contact(run: Run, work: Path, connected: RunningSandbox) -> None:
    """The connection drops after storing: the contact is found in the book, not posted again."""
    connected.set_faults(FaultRule("drop_after", count=3))
    result = run("run", write_rows(work / "c.csv", people(20)), "-m", "m.yaml", *FAST)
    assert result.code == 0, result.out + result.err
    assert len(connected.contacts()) == 20
    lines = read_report(work)
    ids = {line["contact_id"] for line in lines}
    assert ids == {contact["contact_id"] for contact in connected.contacts()}
    assert sum("found in the book" in line["message"] for line in lines) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"ZOOM_CLIENT_SECRET": "wrong"}, "Client Secret", id="wrong secret"),
        pytest.param({"ZOOM_ADDRESS_BOOK_ID": "nowhere"}, "nowhere", id="no such book"),
    ],
)
def test_a_wrong_account_is_one_sentence_and_nothing_is_sent(
    change: dict[str, str],
    words: str,
    run: Run,
    work: Path,
    connected: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 3, the sentence says what to look at, no secret in it, no contact in the book."""
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    result = run("run", write_rows(work / "c.csv", people(2)), "-m", "m.yaml", *FAST)
    assert result.code == 3
    assert words in result.err
    assert "sandbox-secret" not in result.out + result.err
    assert "Traceback" not in result.err
    assert connected.contacts() == []
    assert not list(work.glob("*report*"))


def test_a_missing_scope_names_the_scope(run: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 3 before the first contact."""
    app = App(scopes=("contact_center_contact:write:admin",))
    with RunningSandbox(SandboxSettings(light_per_s=0, apps=(app,))) as narrow:
        for name, value in environment(narrow, work).items():
            monkeypatch.setenv(name, value)
        result = run("run", write_rows(work / "c.csv", people(2)), "-m", "m.yaml", *FAST)
        assert result.code == 3
        assert "contact_center_contact:read:admin" in result.err
        assert narrow.contacts() == []


def test_a_book_under_salesforce_stops_at_the_first_row(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Code 2005 stops the run: exit 3, and the other rows are not attempted instead of failed."""
    file = write_rows(work / "c.csv", people(300))
    result = run("run", file, "-m", "m.yaml", *FAST, "--address-book", "salesforce-book", "--workers", "2")
    assert result.code == 3
    assert "Salesforce" in result.err
    lines = read_report(work)
    assert len(lines) == 300
    assert sum(line["outcome"] == "not attempted" for line in lines) > 250


def test_everything_missing_is_named_at_once(run: Run, work: Path) -> None:
    """No settings at all: exit 3 and all four names."""
    result = run("run", write_rows(work / "c.csv", people(1)), "-m", "m.yaml")
    assert result.code == 3
    for name in ("ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ADDRESS_BOOK_ID"):
        assert name in result.err


def test_settings_come_from_a_dotenv_file(run: Run, work: Path, sandbox: RunningSandbox) -> None:
    """A .env file in the working folder is enough."""
    text = "".join(f"{name}={value}\n" for name, value in environment(sandbox, work).items())
    (work / ".env").write_text(text, encoding="utf-8")
    result = run(
        "run", write_rows(work / "c.csv", people(2)), "-m", "m.yaml", *FAST, "--ledger", work / "l.sqlite3"
    )
    assert result.code == 0, result.err
    assert len(sandbox.contacts()) == 2


def test_pacing_cannot_be_switched_off_against_zoom(
    run: Run, work: Path, connected: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--rate 0 is for loopback only."""
    monkeypatch.setenv("ZOOM_API_URL", "https://api.zoom.us/v2")
    result = run("run", write_rows(work / "c.csv", people(2)), "-m", "m.yaml", *FAST)
    assert result.code == 2
    assert "--rate 0" in result.err


def test_the_sandbox_of_its_own_needs_nothing(run: Run, work: Path) -> None:
    """--sandbox works without any setting."""
    result = run("run", write_rows(work / "c.csv", people(5)), "-m", "m.yaml", *FAST, "--sandbox")
    assert result.code == 0, result.err
    assert {line["outcome"] for line in read_report(work)} == {"created"}


def test_a_second_run_on_the_same_ledger_is_told_who_holds_it(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Exit 5 while another process works with the ledger, said before the file is read through."""
    file = write_rows(work / "c.csv", people(200))
    first = start(["run", file, "-m", "m.yaml"], work, environment(connected, work))
    try:
        wait_for(lambda: connected.stats()["stored"] >= 1)
        result = run("run", file, "-m", "m.yaml", *FAST)
    finally:
        first.terminate()
        first.communicate(timeout=30)
    assert result.code == 5
    assert "rows checked" not in result.out
    assert re.search(rf"process {first.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC", result.err)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
@pytest.mark.parametrize(
    ("stop", "called"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "Ctrl-C")], ids=["SIGTERM", "SIGINT"]
)
def test_a_signal_drains_and_the_same_command_goes_on(
    stop: signal.Signals, called: str, run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Exit 4, every row has one line, and the next run completes the book without a duplicate."""
    file = write_rows(work / "c.csv", people(200))
    process = start(
        ["run", file, "-m", "m.yaml", "--report", "first.csv"], work, environment(connected, work)
    )
    wait_for(lambda: connected.stats()["stored"] >= 10)
    process.send_signal(stop)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4, err
    assert "Traceback" not in err
    assert "(goes on where it stopped)" in out
    assert f"Stopped by {called}." in err
    lines = read_csv(work / "first.csv")
    assert [line["row"] for line in lines] == [str(n) for n in range(1, 201)]
    assert {"created", "not attempted"} == {line["outcome"] for line in lines}
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "second.csv").code == 0
    assert sorted(contact["display_name"] for contact in connected.contacts()) == sorted(
        row[1] for row in people(200)
    )


def test_rows_of_the_wrong_width_stay_rejected_until_somebody_has_mended_them(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """In the corrections file they have the right width, and are as wrong as before."""
    file = work / "c.csv"
    file.write_text("id,name,phone,email\n1,Long,,a@example.com,surplus\n2,Short\n", encoding="utf-8")
    run("run", file, "-m", "m.yaml", *FAST, "--report", "r1.csv")
    run("run", "r1-corrections.csv", "-m", "m.yaml", *FAST, "--report", "r2.csv")
    result = run("run", "r2-corrections.csv", "-m", "m.yaml", *FAST, "--report", "r3.csv")
    assert result.code == 1
    assert connected.contacts() == []
    rows = read_csv(work / "r3-corrections.csv")
    assert [row["zoom_import_surplus"] for row in rows] == ["surplus", "(cells are missing)"]
    rows[0]["zoom_import_surplus"] = ""
    write_rows(work / "mended.csv", [list(row.values()) for row in rows], list(rows[0]))
    run("run", "mended.csv", "-m", "m.yaml", *FAST, "--report", "r4.csv")
    assert [contact["display_name"] for contact in connected.contacts()] == ["Long"]


def test_a_report_that_is_a_folder_is_one_sentence(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Exit 2, nothing sent."""
    result = run("run", write_rows(work / "c.csv", people(2)), "-m", "m.yaml", *FAST, "--report", ".")
    assert result.code == 2
    assert "is a folder" in result.err
    assert connected.contacts() == []


@pytest.mark.parametrize("chosen", ["taken.csv", "nowhere/r.csv"], ids=["taken", "no such folder"])
def test_a_report_that_cannot_be_written_is_said_before_the_file_is_read(
    run: Run, work: Path, connected: RunningSandbox, chosen: str
) -> None:
    """Exit 2 at once, not after minutes of checking; what stands there stays."""
    (work / "taken.csv").write_text("mine", encoding="utf-8")
    result = run("run", write_rows(work / "c.csv", people(3)), "-m", "m.yaml", "--report", chosen)
    assert result.code == 2
    assert "--report PATH" in result.err
    assert "checked" not in result.out + result.err
    assert (work / "taken.csv").read_text(encoding="utf-8") == "mine"
