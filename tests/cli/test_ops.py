"""Unattended runs: events without contact data, the summary, the notify command, and ends in good order."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import Run, environment, parse, people, read_csv, read_report, start, wait_for, write_rows
from hypothesis import given
from hypothesis import strategies as st

from importer.cli.imports.aftermath import Aftermath
from importer.cli.private import safe_code, safe_key, safe_text
from importer.cli.surprise import surprise
from importer.ledger import Ledger
from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--settle-pause", "1s", "--timeout", "2s")
JSON = (*FAST, "--log-format", "json")
EVENT_FIELDS = {"time", "event", "run"}

NAMES = ("Zyxwila", "Quorvath", "Threnmoor")
NUMBERS = ("+12125550143", "2125550143", "5550143", "(212) 555-0144", "+441632960001", "1632960001")
ADDRESSES = ("zyxwila@example.com", "quorvath.t@example.org")
SECRETS = ("sandbox-secret", "Bearer", "Basic ")
PRIVATE = (*NAMES, *NUMBERS, *ADDRESSES, *SECRETS)


def events(text: str) -> list[dict[str, Any]]:
    """Every line as JSON; fails when one is not."""
    return [json.loads(line) for line in text.splitlines()]


def show_no_contact(text: str) -> None:
    """Fail when something planted can be read in the text."""
    found = [word for word in PRIVATE if word.lower() in text.lower()]
    assert not found, text


# --- events -----------------------------------------------------------------------------------------------


PLANTED = [
    ["K1", "Zyxwila Quorvath", "+12125550143", "zyxwila@example.com"],
    ["quorvath.t@example.org", "Threnmoor", "(212) 555-0144", ""],
    ["+441632960001", "Quorvath", "+441632960001", ""],
    ["Threnmoor", "Threnmoor Zyxwila", "", "quorvath.t@example.org"],
    ["2125550143", "Zyxwila", "55501", "zyxwila@example.com"],
    ["K6", "Quorvath", "", "zyxwila@example@com"],
    ["K7", "Threnmoor", "", ""],
    ["", "Zyxwila", "", "zyxwila@example.com"],
    ["K9", "Zyxwila", "5550143", ""],
    ["K9", "Zyxwila", "+12125550143", ""],
]

WORLDS = [
    pytest.param((), {}, 1, id="rows that are wrong"),
    pytest.param((FaultRule("drop_after", count=2),), {}, 1, id="lost answers"),
    pytest.param((FaultRule("broken_json", count=2),), {}, 1, id="answers cut off"),
    pytest.param((FaultRule("error_500_stored", count=2),), {}, 1, id="500"),
    pytest.param((FaultRule("stray_401", count=50),), {}, 3, id="no token is good"),
    pytest.param((), {"ZOOM_CLIENT_SECRET": "not-" + SECRETS[0]}, 3, id="wrong secret"),
    pytest.param((), {"ZOOM_ADDRESS_BOOK_ID": "nowhere"}, 3, id="no such book"),
    pytest.param((), {"ZOOM_ADDRESS_BOOK_ID": "salesforce-book"}, 3, id="fed by Salesforce"),
    pytest.param((), {"ZOOM_ACCOUNT_ID": ""}, 3, id="settings missing"),
    pytest.param((), {"ZOOM_API_URL": "http://zoom.example.com"}, 2, id="settings wrong"),
]


@pytest.mark.parametrize(("faults", "change", "code"), WORLDS)
def test_events_are_json_and_hold_no_contact_data(
    faults: tuple[FaultRule, ...],
    change: dict[str, str],
    code: int,
    run: Run,
    work: Path,
    connected: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever happens, every line of stderr is an event, and nothing planted can be read anywhere."""
    connected.set_faults(*faults)
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    file = write_rows(work / "c.csv", PLANTED)
    result = run("run", file, "-m", "m.yaml", *JSON, "--max-bad", "100%", "--summary", "s.json")
    assert result.code == code, result.err
    assert result.out == ""
    told = events(result.err)
    assert all(set(event) >= EVENT_FIELDS for event in told)
    assert told[-1]["event"] == "ended"
    assert told[-1]["exit_code"] == code
    show_no_contact(result.err)
    show_no_contact((work / "s.json").read_text(encoding="utf-8"))


def test_rows_that_need_a_hand_are_told_by_run_number_and_key(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """An event has the run's id, row, line, outcome and code; a plain key as it is, another as a digest."""
    file = write_rows(work / "c.csv", PLANTED)
    result = run("run", file, "-m", "m.yaml", *JSON, "--max-bad", "100%")
    rows = [event for event in events(result.err) if event["event"] == "row"]
    told = [(event["row"], event["line"], event["outcome"], event["code"]) for event in rows]
    assert told == [
        (3, 4, "rejected", "phone_invalid"),
        (5, 6, "rejected", "phone_too_short"),
        (6, 7, "rejected", "email_invalid"),
        (7, 8, "rejected", "no_phone_or_email"),
        (8, 9, "rejected", "key_blank"),
        (9, 10, "rejected", "phone_too_short | duplicate_key"),
        (10, 11, "rejected", "duplicate_key"),
    ]
    assert [event["key"] for event in rows[2:]] == ["K6", "K7", "row:8", "K9", "K9"]
    assert all(event["key"].startswith("digest:") for event in rows[:2])
    assert len({event["run"] for event in rows}) == 1
    assert rows[0]["run"]


BAD_COMMANDS = [
    pytest.param(["c.csv"], id="no mapping"),
    pytest.param(["c.csv", "-m", "m.yaml", "--zyxwila@example.com"], id="unknown option"),
    pytest.param(["c.csv", "-m", "m.yaml", "--share", "+12125550143"], id="bad share"),
    pytest.param(["nothing.csv", "-m", "m.yaml"], id="no file"),
    pytest.param(["headless.csv", "-m", "m.yaml", "--sandbox"], id="contacts for headings"),
    pytest.param(["c.csv", "-m", "nothing.yaml"], id="no mapping file"),
    pytest.param(["c.csv", "-m", "m.yaml", "--summary", "c.csv"], id="summary over the export"),
    pytest.param(["c.csv", "-m", "m.yaml", "--summary", "nowhere/s.json"], id="summary into nowhere"),
]


@pytest.mark.parametrize("arguments", BAD_COMMANDS)
def test_a_run_that_cannot_begin_is_one_event(arguments: list[str], run: Run, work: Path) -> None:
    """Usage, file and mapping errors too are JSON, end with 2, and quote no contact of the file."""
    write_rows(work / "c.csv", PLANTED)
    write_rows(work / "headless.csv", PLANTED[1:], headings=PLANTED[0])
    result = run("run", *arguments, *JSON)
    assert result.code == 2
    (event,) = events(result.err)
    assert (event["event"], event["exit_code"]) == ("ended", 2)
    assert event["error"]
    show_no_contact(result.err)
    assert (work / "c.csv").read_text(encoding="utf-8").startswith("id,name")


UNFORESEEN = [
    pytest.param(KeyError("Zyxwila"), "KeyError", id="a mistake of ours"),
    pytest.param(ExceptionGroup("Zyxwila", [ValueError("+12125550143")]), "ValueError", id="of a task"),
    pytest.param(OSError(28, "No space left on device", "r.csv"), "No space left on device", id="full disk"),
]


@pytest.mark.parametrize(("error", "word"), UNFORESEEN)
def test_an_unforeseen_error_is_a_sentence_without_the_text_of_the_exception(
    error: Exception, word: str
) -> None:
    """It says what it was, never quotes a value, and ends with 4: a 1 would look like a finished run."""
    told = surprise(error)
    assert told.exit_code == 4
    assert word in str(told)
    show_no_contact(str(told))


WORDS = st.text(st.characters(categories=("L", "Zs")), min_size=4, max_size=20)
PHONES = st.from_regex(r"\A\+?(?:1|[3-9])(?:[ ().-]?[0-9]){6,13}\Z")  # 20.. may be a date, which may stay
EMAILS = st.from_regex(r"\A[a-z0-9.]{1,12}@[a-z]{2,9}\.(?:com|org|net)\Z")


@given(st.one_of(WORDS, PHONES, EMAILS), st.sampled_from(["{}", "row:{}", "content:{}", "{} | K1", "K1-{}"]))
def test_no_key_that_could_be_a_person_is_shown(private: str, shape: str) -> None:
    """A name, phone number or address never survives in a key, however it is put together."""
    key = shape.format(private)
    shown = safe_key(key, b"secret")
    assert re.fullmatch("digest:[0-9a-f]{16}", shown)
    assert shown == safe_key(key, b"secret") != safe_key(key, b"another")


@given(st.sampled_from(["", "The row of {} was lost.", "{}", "a={},b"]), st.one_of(PHONES, EMAILS))
def test_sentences_lose_numbers_and_addresses(sentence: str, private: str) -> None:
    """What could be a phone number or an address is blotted out."""
    assert private not in safe_text(sentence.format(private)) or not sentence


@pytest.mark.parametrize("text", ["2026-11-24 02:30", "run 20261124-023000-7f3a", "1,000,000 rows", "row 17"])
def test_sentences_keep_dates_and_counts(text: str) -> None:
    """A log has to say when and how many."""
    assert safe_text(text) == text


@pytest.mark.parametrize("key", ["4711", "K00017", "0000247", "CUST-1024", "12/A7", "row:9", ""])
def test_plain_customer_numbers_are_shown(key: str) -> None:
    """The person has to find the row again."""
    assert safe_key(key) == key


def test_a_sentence_in_place_of_a_code_is_left_out() -> None:
    """A server can put anything into `code`."""
    assert safe_code("2106 | phone_invalid") == "2106 | phone_invalid"
    assert safe_code("Contact Zyxwila exists") == "other"


# --- the summary ------------------------------------------------------------------------------------------


def test_the_summary_has_counts_times_rates_calls_and_versions(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Everything that a monitor wants to know, under stable names; the newest summary replaces the last."""
    file = write_rows(work / "c.csv", [*people(5), ["K9", "Wrong", "12", ""]])
    for _ in range(2):
        result = run("run", file, "-m", "m.yaml", *FAST, "--summary", "s.json")
        assert result.code == 1
    told = parse((work / "s.json").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    assert told["command"] == "run"
    assert told["exit_code"] == 1
    assert told["rows"] == 6
    assert told["outcomes"] == {"unchanged": 5, "rejected": 1}
    assert told["issues"] == [{"code": "phone_too_short", "column": "phone", "count": 1}]
    assert told["calls"] == {"get_address_book": 1}
    assert told["rate_limited"] == 0
    assert told["seconds"] >= told["sending_seconds"] >= 0
    assert {"zoom-import", "python", "platform", "phonenumbers"} <= set(told["versions"])
    assert Path(told["report"]).is_file()
    assert Path(told["corrections"]).is_file()


def test_calls_and_refusals_of_the_rate_are_counted(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Each request counts, the refused ones too, as the server counts them."""
    connected.set_faults(FaultRule("stray_401", count=2))
    file = write_rows(work / "c.csv", people(5))
    run("run", file, "-m", "m.yaml", *FAST, "--summary", "s.json", "--workers", "1")
    told = parse((work / "s.json").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    assert told["calls"]["create_contact"] == 7


@pytest.fixture
def held(work: Path, connected: RunningSandbox) -> Iterator[None]:
    """Somebody else works with the ledger."""
    opened = Ledger.open(
        work / "ledger.sqlite3",
        account_id="sandbox-account",
        address_book_id="sandbox-book",
        api_url=connected.api_url,
    )
    yield
    opened.close()


def told_by(folder: Path) -> dict[str, Any] | None:
    """What the notify command was given, None when it did not run."""
    path = folder / "told.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def notify_command(work: Path, exit_code: int = 0) -> str:
    """A command line for the shell of any system that keeps what it is given."""
    script = work / "keep.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "pathlib.Path('told.json').write_bytes(sys.stdin.buffer.read())\n"
        "pathlib.Path('code.txt').write_text(os.environ['ZOOM_IMPORT_EXIT_CODE'])\n"
        "print('Zyxwila was here', file=sys.stderr)\n"
        f"sys.exit({exit_code})\n"
    )
    return f'"{sys.executable}" "{script}"'


ENDINGS = [
    pytest.param([["K1", "A", "", "a@example.com"]], [], {}, 0, id="0 all done"),
    pytest.param([["K1", "A", "", ""]], [], {}, 1, id="1 a bad row"),
    pytest.param(None, [], {}, 2, id="2 no file"),
    pytest.param([["K1", "A", "", "a@example.com"]], ["--summary", "."], {}, 2, id="2 no place for summary"),
    pytest.param([["K1", "A", "", "a@example.com"]], [], {"ZOOM_CLIENT_ID": "x"}, 3, id="3 wrong client"),
    pytest.param([["K1", "A", "", "a@example.com"]], ["--max-age", "1s"], {"old": "1"}, 4, id="4 brake"),
]


@pytest.mark.parametrize(("rows", "options", "change", "code"), ENDINGS)
def test_somebody_is_told_exactly_when_the_run_does_not_end_well(
    rows: list[list[str]] | None,
    options: list[str],
    change: dict[str, str],
    code: int,
    run: Run,
    work: Path,
    connected: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command runs when the exit code is not 0, with the summary on stdin, also of a run never begun."""
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    file = work / "c.csv"
    if rows is not None:
        write_rows(file, rows)
        os.utime(file, (1, 1))
    result = run(
        "run", file, "-m", "m.yaml", *FAST, "--summary", "s.json", *options, "--notify-command",
        notify_command(work),
    )  # fmt: skip
    assert result.code == code, result.err
    told = told_by(work)
    assert (told is not None) == (code != 0)
    if told is not None:
        assert told["exit_code"] == code
        assert (work / "code.txt").read_text() == str(code)
        assert bool(told["error"]) == (code != 1)
    if "--summary" not in options:
        written = parse((work / "s.json").read_text(encoding="utf-8"))
        assert isinstance(written, dict)
        assert written["exit_code"] == code
        assert told in (None, written)


def test_a_run_that_finds_the_ledger_held_is_told_of(run: Run, work: Path, held: None) -> None:
    """Exit 5 has its summary and its call as well."""
    file = write_rows(work / "c.csv", people(1))
    result = run(
        "run", file, "-m", "m.yaml", *FAST, "--summary", "s.json", "--notify-command", notify_command(work)
    )
    assert result.code == 5
    told = told_by(work)
    assert told is not None
    assert told["exit_code"] == 5
    assert told == parse((work / "s.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_notify_command_that_fails_changes_nothing(
    log_format: str, work: Path, connected: RunningSandbox
) -> None:
    """The exit code stays the run's; its failure is told, and stderr stays JSON when it has to be."""
    file = write_rows(work / "c.csv", [["K1", "A", "", ""]])
    process = start(
        ["run", file, "-m", "m.yaml", *FAST, "--log-format", log_format, "--notify-command",
         notify_command(work, 3)],
        work,
        environment(connected, work),
    )  # fmt: skip
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the notify command ended with exit code 3" in said
    assert told_by(work) is not None
    if log_format == "json":
        assert [event["event"] for event in events(said)][-2:] == ["ended", "warning"]


@pytest.mark.skipif(os.name != "posix", reason="uses the shell's $$ and sleep")
def test_a_notify_command_that_hangs_is_ended_with_its_children(work: Path) -> None:
    """After the time-out nothing of it is left running."""
    aftermath = Aftermath(None, "sh -c 'echo $$ > pid; sleep 60'; true", notify_limit_s=0.5)
    aftermath.tell({"exit_code": 2})
    process = int((work / "pid").read_text())

    def gone() -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat")
        # In a container nobody may be there to collect the dead.
        return state.is_file() and state.read_text().rpartition(")")[2].split()[0] == "Z"

    wait_for(gone, 10)


def test_the_summary_overwrites_nothing_but_a_summary(run: Run, work: Path) -> None:
    """A slip of the hand must not cost the export."""
    file = write_rows(work / "c.csv", people(2))
    before = file.read_bytes()
    result = run("run", file, "-m", "m.yaml", "--sandbox", *FAST, "--summary", file)
    assert result.code == 2
    assert "no summary" in result.err
    assert file.read_bytes() == before


# --- ends in good order -----------------------------------------------------------------------------------


def test_without_a_terminal_there_are_neither_colours_nor_bars(work: Path, connected: RunningSandbox) -> None:
    """A log file gets plain lines: no escape, no carriage return, no block of a bar."""
    file = write_rows(work / "c.csv", people(40))
    process = start(["run", file, "-m", "m.yaml", "--rate", "0"], work, environment(connected, work))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    for character in ("\x1b", "\r", "█"):
        assert character not in out + err


STALLS = [
    pytest.param(FaultRule("stall", on="tokens"), False, id="sign-in"),
    pytest.param(FaultRule("stall", on="reads"), False, id="address book"),
    pytest.param(FaultRule("stall_stored", on="creates", after=4), True, id="contacts stored"),
    pytest.param(FaultRule("stall", on="creates", after=4), True, id="contacts not stored"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
@pytest.mark.parametrize(("fault", "sending"), STALLS)
def test_sigterm_ends_a_run_whose_server_is_silent(
    fault: FaultRule, sending: bool, run: Run, work: Path, connected: RunningSandbox
) -> None:
    """It ends by itself, exit 4; what it left in doubt is settled by the next run, each row once."""
    connected.set_faults(fault)
    rows = people(12)
    file = write_rows(work / "c.csv", rows)
    process = start(
        ["run", file, "-m", "m.yaml", "--rate", "0", "--workers", "3", "--log-format", "json",
         "--report", "first.csv", "--summary", "s.json"],
        work,
        environment(connected, work),
    )  # fmt: skip
    wait_for(lambda: connected.stats()["faults"], 30)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 4, err
    assert out == ""
    assert events(err)[-1]["exit_code"] == 4
    assert parse((work / "s.json").read_text(encoding="utf-8"))["exit_code"] == 4  # type: ignore[index]
    if sending:
        outcomes = [line["outcome"] for line in read_csv(work / "first.csv")]
        assert len(outcomes) == 12
        assert "in doubt" in outcomes
    connected.set_faults()
    again = run("run", file, "-m", "m.yaml", *FAST, "--report", "second.csv")
    assert again.code == 0, again.out + again.err
    assert sorted(contact["display_name"] for contact in connected.contacts()) == sorted(
        row[1] for row in rows
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console only")
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_during_the_first_pass_ends_it_before_anything_is_sent(
    stop: signal.Signals, processes: int, work: Path, connected: RunningSandbox
) -> None:
    """Exit 4, a sentence, no traceback, no report, no contact; a terminal sends Ctrl-C to every process."""
    file = write_rows(work / "c.csv", people(120_000))
    process = start(
        ["run", file, "-m", "m.yaml", "--processes", str(processes)],
        work,
        environment(connected, work),
        group=True,
    )
    assert process.stdout is not None
    assert "c.csv" in process.stdout.readline()
    os.killpg(process.pid, stop)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 4
    assert "before anything was sent" in err
    assert "Traceback" not in err
    assert connected.contacts() == []
    assert not list(work.glob("*report*"))


def test_standard_error_that_is_closed_does_not_stop_the_import(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """A log collector that died must not cost the night's import."""
    file = write_rows(work / "c.csv", PLANTED)
    process = start(
        ["run", file, "-m", "m.yaml", *JSON, "--max-bad", "100%"], work, environment(connected, work)
    )
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(60) == 1
    assert process.stdout is not None
    process.stdout.close()
    assert {line["outcome"] for line in read_report(work)} == {"created", "rejected"}
