"""`zoom-import run --canary N`: the first contacts are read back before the others follow."""

import json
import sys
from pathlib import Path

import pytest
from by_hand import answered
from commands import MAPPING, Run, environment, people, read_csv, write_rows

from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress", "--settle-pause", "1")
HEADINGS = ["id", "name", "phone", "email", "company"]


@pytest.fixture
def file(work: Path) -> Path:
    """Twelve people of one company."""
    return write_rows(work / "c.csv", [[*row, "Example Ltd"] for row in people(12)], HEADINGS)


def outcomes(path: Path) -> list[str]:
    """Outcomes in row order."""
    return [line["outcome"] for line in read_csv(path)]


def test_equal_contacts_are_one_line_and_the_run_goes_on(
    run: Run, file: Path, work: Path, connected: RunningSandbox
) -> None:
    """Exit 0, one report for all rows, five contacts were read and no more."""
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "5", "--report", "r.csv")
    assert result.code == 0, result.err
    assert "canary: 5 contacts stored exactly as sent\n" in result.out
    assert outcomes(work / "r.csv") == ["created"] * 12
    assert len(connected.contacts()) == 12
    assert connected.stats()["requests"]["get_contact"] == 5


def test_differing_contacts_stop_the_run_and_are_shown_field_by_field(
    run: Run, file: Path, work: Path, connected: RunningSandbox
) -> None:
    """Exit 4; sent and stored side by side; the other rows are not attempted; the next run goes on."""
    connected.set_faults(FaultRule("alters", after=1))
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "2", "--report", "r.csv")
    assert result.code == 4
    assert "canary: 1 of 2 contacts not stored as sent" in result.out
    (line,) = (line for line in result.out.splitlines() if line.lstrip().startswith("!="))
    assert line.split() == ["!=", "company", "Example", "Ltd", "EXAMPLE", "LTD"]
    assert "company (1 of 2)" in result.err
    assert outcomes(work / "r.csv") == ["created"] * 2 + ["not attempted"] * 10
    assert len(connected.contacts()) == 2
    connected.set_faults()
    assert run("run", file, "-m", "m.yaml", *FAST, "--canary", "2", "--report", "s.csv").code == 0
    assert outcomes(work / "s.csv") == ["unchanged"] * 2 + ["created"] * 10
    assert len(connected.contacts()) == 12


def test_a_file_smaller_than_the_canary_is_judged_at_its_end(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Two rows, a canary of five."""
    file = write_rows(work / "c.csv", people(2))
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "5")
    assert result.code == 0
    assert "canary: 2 contacts stored exactly as sent" in result.out


def test_rows_that_are_not_sent_are_no_canaries(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Rejected and unchanged rows are passed over; nothing to send, nothing to say."""
    rows = [["K0", "Bad", "12", ""], *people(4)]
    file = write_rows(work / "c.csv", rows)
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "4", "--report", "a.csv")
    assert "canary: 4 contacts stored exactly as sent" in result.out
    again = run("run", file, "-m", "m.yaml", *FAST, "--canary", "4", "--report", "b.csv")
    assert "canary: " not in again.out


def test_an_update_is_compared_in_the_fields_that_it_sent(
    run: Run, file: Path, work: Path, connected: RunningSandbox
) -> None:
    """What a contact has in other fields is not the update's business."""
    connected.set_faults(FaultRule("alters"))
    run("run", file, "-m", "m.yaml", *FAST, "--report", "a.csv")
    connected.set_faults()
    rows = [[*row, "Example Ltd"] for row in people(12)]
    rows[0][1] = "Another Name"
    write_rows(file, rows, HEADINGS)
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "1", "--report", "b.csv")
    assert result.code == 0, result.out
    assert "canary: 1 contact stored exactly as sent" in result.out


def test_custom_fields_are_read_back_too(run: Run, work: Path, connected: RunningSandbox) -> None:
    """They stand behind a call of their own."""
    mapping = MAPPING + "  custom_fields:\n    - {name: Nickname, value: nick}\n"
    (work / "k.yaml").write_text(mapping, encoding="utf-8")
    rows = [[*row, "Ace"] for row in people(3)]
    file = write_rows(work / "c.csv", rows, ["id", "name", "phone", "email", "nick"])
    assert run("run", file, "-m", "k.yaml", *FAST, "--canary", "2").code == 0
    assert connected.stats()["requests"]["list_contact_custom_fields"] == 2


def test_a_contact_that_is_not_taken_stops_the_run(run: Run, work: Path, connected: RunningSandbox) -> None:
    """What was refused cannot be compared, and the others would fare no better."""
    (work / "k.yaml").write_text(MAPPING + "  consumer_ids: {constant: nobody}\n", encoding="utf-8")
    file = write_rows(work / "c.csv", people(9))
    result = run("run", file, "-m", "k.yaml", *FAST, "--canary", "2", "--report", "r.csv")
    assert result.code == 4
    assert "not stored" in result.out
    assert outcomes(work / "r.csv") == ["failed"] * 2 + ["not attempted"] * 7


def test_the_log_for_programs_names_fields_and_no_values(
    run: Run, file: Path, connected: RunningSandbox
) -> None:
    """--log-format json writes one event, without contact data."""
    connected.set_faults(FaultRule("alters"))
    result = run("run", file, "-m", "m.yaml", *FAST, "--canary", "3", "--log-format", "json")
    assert result.code == 4
    (event,) = (json.loads(line) for line in result.err.splitlines() if '"canary"' in line)
    assert (event["contacts"], event["not_as_sent"], event["fields"]) == (3, 3, {"company": 3})
    assert "EXAMPLE" not in result.out + result.err


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
@pytest.mark.parametrize(("answer", "code", "stored"), [("y", 0, 12), ("n", 4, 2)], ids=["yes", "no"])
def test_on_a_terminal_the_person_decides(
    answer: str, code: int, stored: int, file: Path, work: Path, connected: RunningSandbox
) -> None:
    """It shows what differs and asks."""
    connected.set_faults(FaultRule("alters"))
    arguments = ["run", file, "-m", "m.yaml", "--rate", "0", "--settle-pause", "1", "--canary", "2"]
    ended, shown = answered(arguments, work, environment(connected, work), answer)
    assert "EXAMPLE LTD" in shown
    assert ended == code, shown
    assert len(connected.contacts()) == stored
