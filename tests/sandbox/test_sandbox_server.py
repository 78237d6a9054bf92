"""The sandbox as a server: its admin door, its state file, its process."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from importer.sandbox.flags import parse
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings

PEOPLE = [{"display_name": f"Person {number}", "emails": [f"p{number}@example.com"]} for number in range(3)]


def test_contacts_outlive_a_restart(start: Callable[..., Any], tmp_path: Path) -> None:
    """With a state file a second sandbox finds what the first has stored, by id, email and count."""
    first = start(state_path=tmp_path / "state.db")
    contact_id = first.create().json()["contact_id"]
    first.sandbox.close()
    second = start(state_path=tmp_path / "state.db")
    assert second.call("GET", f"/sandbox-book/contacts/{contact_id}").status_code == 200
    found = second.call("GET", "/sandbox-book/contacts", params={"emails": "ada@example.com"}).json()
    assert found["total_records"] == 1
    assert second.call("GET", "/sandbox-book").json()["total_contacts"] == 1


def test_without_a_state_file_nothing_stays(start: Callable[..., Any]) -> None:
    """A second sandbox starts empty."""
    first = start()
    first.create()
    first.sandbox.close()
    assert start().sandbox.contacts() == []


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A database of another program is refused and not changed."""
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE precious (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(sqlite3.DatabaseError, match="another program"):
        RunningSandbox(state_path=path)
    assert path.read_bytes() == before


def test_stats_count_what_happened(caller: Any) -> None:
    """Requests by operation and label, answers by status, contacts by book."""
    contact_id = caller.create().json()["contact_id"]
    caller.create(display_name="")
    caller.call("PATCH", f"/sandbox-book/contacts/{contact_id}", json={"role": "Buyer"})
    caller.call("DELETE", f"/sandbox-book/contacts/{contact_id}")
    caller.call("GET", "/sandbox-book/contacts")
    stats = caller.admin("GET", "stats").json()
    assert stats["requests"]["create_contact"] == 2
    assert stats["statuses"]["create_contact 201"] == 1
    assert stats["statuses"]["create_contact 400"] == 1
    assert stats["accepted"] == {"light": 4, "medium": 1}
    assert sum(stats["accepted_per_second"]["light"].values()) == 4
    assert (stats["stored"], stats["updated"], stats["deleted"]) == (1, 1, 1)
    assert stats["contacts"]["sandbox-book"] == 0
    assert stats["peak_in_flight"] == 1


def test_contacts_can_be_seeded_and_dumped(caller: Any) -> None:
    """Another process can fill the book at once and read it page by page."""
    reply = caller.admin("POST", "contacts", json={"contacts": PEOPLE})
    ids = reply.json()["contact_ids"]
    first = caller.admin("GET", "contacts", params={"size": 2}).json()["contacts"]
    rest = caller.admin("GET", "contacts", params={"size": 2, "after": first[-1]["seq"]}).json()["contacts"]
    assert [contact["contact_id"] for contact in first + rest] == ids
    assert caller.sandbox.contacts() == first + rest


def test_seeding_is_as_strict_as_posting(caller: Any) -> None:
    """One wrong contact and none is stored."""
    reply = caller.admin("POST", "contacts", json={"contacts": [*PEOPLE, {"display_name": "x"}]})
    assert reply.status_code == 400
    assert caller.sandbox.contacts() == []


def test_faults_and_settings_change_while_it_runs(caller: Any) -> None:
    """The admin door takes new faults and settings as JSON, and shows them."""
    caller.admin("POST", "faults", json=[{"kind": "error_500", "count": 1}])
    assert caller.create().status_code == 500
    shown = caller.admin("POST", "settings", json={"light_per_s": 1, "arrival_ms": [0, 1]}).json()
    assert (shown["light_per_s"], shown["faults"][0]["kind"]) == (1, "error_500")
    assert [caller.create().status_code for _ in range(2)] == [201, 429]


def test_reset_empties_the_books(caller: Any) -> None:
    """Contacts and counters go, the sandbox stays."""
    caller.create()
    body = caller.admin("POST", "reset").json()
    assert (body["contacts"]["sandbox-book"], body["requests"]) == (0, {})
    assert caller.create().status_code == 201


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("faults", b"{", id="no JSON"),
        pytest.param("faults", b'{"kind": "stall"}', id="no array of faults"),
        pytest.param("faults", b'[{"kind": "storm"}]', id="no such fault"),
        pytest.param("faults", b'[{"rate": 1}]', id="fault without a kind"),
        pytest.param("settings", b'{"colour": 1}', id="no such setting"),
        pytest.param("settings", b'{"latency_ms": "x"}', id="no number"),
        pytest.param("settings", b'{"window": "round"}', id="no such window"),
        pytest.param("contacts", b"{}", id="no contacts"),
        pytest.param("contacts", b'{"address_book_id": "x", "contacts": []}', id="no such book"),
    ],
)
def test_nonsense_at_the_admin_door_is_explained(caller: Any, path: str, content: bytes) -> None:
    """400 with a sentence, never a failure of the server."""
    reply = caller.admin("POST", path, content=content)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_latency_and_arrival_let_requests_overlap(caller: Any) -> None:
    """Requests that are under way are in flight together: their time is waited, not worked."""
    caller.sandbox.change(arrival_ms=(1, 2), latency_ms=100)
    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: caller.create(), range(5)))
    assert {reply.status_code for reply in replies} == {201}
    assert 1 < caller.sandbox.stats()["peak_in_flight"] <= 5


def test_closing_twice_does_no_harm() -> None:
    """close() can be called again."""
    sandbox = RunningSandbox()
    sandbox.close()
    sandbox.close()


def test_a_port_that_is_taken_is_said_so(shared_sandbox: RunningSandbox) -> None:
    """A second server on the same port is an OSError."""
    with pytest.raises(OSError):  # noqa: PT011 - its text is the system's
        RunningSandbox(port=int(shared_sandbox.url.rpartition(":")[2]))


def test_flags_become_settings() -> None:
    """Every setting has its flag."""
    line = (
        "--port 0 --state s.db --plan pro --rate 9 --light-per-s 3 --light-per-day 100 --day-s 60 "
        "--window fixed --no-rate-headers --arrival-ms 20:200 --latency-ms 300 "
        "--token-ttl-s 5 --page-token-ttl-s 6 --list-lag-s 7 "
        "--account-id a --client-id c --client-secret s --scope x --address-book b --consumer p --filters or "
        "--fault stall:rate=0.1 --seed 4"
    )
    port, state, settings = parse(line.split())
    assert (port, state) == (0, Path("s.db"))
    assert (settings.light_per_s, settings.medium_per_s, settings.light_per_day) == (3, 9, 100)
    assert (settings.plan, settings.window, settings.filters) == ("pro", "fixed", "or")
    assert (settings.arrival_ms, settings.latency_ms, settings.rate_headers) == ((20, 200), 300, False)
    assert (settings.apps[0].account_id, settings.apps[0].scopes) == ("a", ("x",))
    assert settings.books[-1].book_id == "b"
    assert (settings.consumers, settings.faults[0].kind, settings.seed) == (("p",), "stall", 4)


def test_without_flags_the_defaults_hold() -> None:
    """No flag, no change."""
    assert parse([])[2] == SandboxSettings()


@pytest.mark.parametrize(
    "line",
    ["--port 99999", "--window round", "--fault storm", "--arrival-ms 9:1", "--arrival-ms x", "--rate -1"],
)
def test_wrong_flags_end_with_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One short message on standard error."""
    with pytest.raises(SystemExit) as stop:
        parse(line.split())
    assert stop.value.code == 2
    assert 0 < len(capsys.readouterr().err) < 600


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    """It prints one line with all the settings of a client, keeps its state and ends with 0."""
    state = tmp_path / "state.db"
    command = [sys.executable, "-m", "importer.sandbox", "--port", "0", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        words = dict(word.partition("=")[::2] for word in line.split()[1:])
        base = words["ZOOM_API_URL"].removesuffix("/v2")
        stored = httpx.post(f"{base}/sandbox/contacts", json={"contacts": PEOPLE}, trust_env=False)
        process.send_signal(number)
        assert process.stdout.read() == ""
        assert process.wait(10) == 0
    assert stored.status_code == 200
    assert words["ZOOM_ADDRESS_BOOK_ID"] == "sandbox-book"
    with RunningSandbox(state_path=state) as again:
        assert len(again.contacts()) == 3


def test_the_command_says_what_is_wrong_with_its_file(tmp_path: Path) -> None:
    """A state file that is none: exit code 2 and one line, no traceback."""
    path = tmp_path / "notes.txt"
    path.write_text("These are notes and no database at all.\n" * 50)
    command = [sys.executable, "-m", "importer.sandbox", "--port", "0", "--state", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be used as state file" in done.stderr
