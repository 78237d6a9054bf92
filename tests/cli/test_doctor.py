"""`zoom-import doctor`: one line a check, what to do where it is not right, and nothing changed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from commands import Run, environment, parse, people, write_rows

from importer.ledger import Ledger
from importer.run.doctor import (
    Blame,
    Finding,
    State,
    clock_finding,
    disk_finding,
    exit_code,
    rate_finding,
    scope_findings,
)
from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings
from importer.sandbox.world import App

CHECKS = {
    "settings",
    "host",
    "token",
    "scopes",
    "address book",
    "Salesforce",
    "rate",
    "custom fields",
    "clock",
    "ledger",
    "disk (ledger)",
    "disk (reports)",
}
BUSINESS = ("doctor", "--account-plan", "business", "--timeout", "2s")


def states(text: str) -> dict[str, str]:
    """Check to state, from the JSON; the worst where a check has several lines."""
    found = parse(text)
    assert isinstance(found, dict)
    order = ["ok", "unchecked", "warning", "problem"]
    worst: dict[str, str] = {}
    for line in found["checks"]:
        before = worst.get(line["check"], "ok")
        worst[line["check"]] = max(before, line["state"], key=order.index)
    return worst


@pytest.fixture
def paced(work: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sandbox with the limits of a business plan, and the settings that point to it."""
    with RunningSandbox(SandboxSettings(plan="business")) as sandbox:
        for name, value in environment(sandbox, work).items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_a_good_set_up_is_one_line_a_check(run: Run, work: Path, paced: RunningSandbox) -> None:
    """Exit 0, every check has its line, and what can only be tried is not called good."""
    result = run(*BUSINESS)
    assert result.code == 0, result.out
    assert result.err == ""
    lines = result.out.splitlines()
    assert {line[9:25].strip() for line in lines} == CHECKS
    assert {line[:9].strip() for line in lines} == {"ok", "-"}
    assert next(line for line in lines if line.startswith("-"))[9:].startswith("Salesforce")
    assert '"Sandbox customers" of Sandbox unit has 0 contacts' in result.out
    assert "10 in the account, 9 attached" in result.out
    assert "40 contacts a second (business plan), as the account says" in result.out


def test_nothing_is_changed(run: Run, work: Path, paced: RunningSandbox) -> None:
    """No request but reading ones, no file and no folder made."""
    before = sorted(work.rglob("*"))
    run(*BUSINESS)
    assert sorted(work.rglob("*")) == before
    assert paced.contacts() == []
    assert paced.stats()["stored"] == 0


SETTINGS: list[Any] = [
    pytest.param({"ZOOM_CLIENT_SECRET": "wrong"}, 3, {"token": "problem", "scopes": "unchecked"},
                 "Client Secret", id="wrong secret"),
    pytest.param({"ZOOM_ADDRESS_BOOK_ID": "nope"}, 3, {"address book": "problem", "rate": "unchecked"},
                 'sandbox-book ("Sandbox customers")', id="no such book"),
    pytest.param({"ZOOM_ADDRESS_BOOK_ID": ""}, 3, {"settings": "problem", "ledger": "unchecked"},
                 'sandbox-book ("Sandbox customers")', id="no book"),
    pytest.param({"ZOOM_CLIENT_ID": ""}, 3, {"settings": "problem", "token": "unchecked"},
                 "Missing: ZOOM_CLIENT_ID", id="no client"),
    pytest.param({"ZOOM_API_URL": "http://zoom.example.com"}, 2, {"settings": "problem"},
                 "plain http", id="bad address"),
    pytest.param({"ZOOM_API_URL": "http://127.0.0.1:9/v2"}, 4, {"host": "problem", "token": "unchecked"},
                 "Nothing answers at port 9", id="host down"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "expected", "words"), SETTINGS)
def test_what_is_wrong_is_said_and_hides_nothing_else(
    change: Mapping[str, str],
    code: int,
    expected: Mapping[str, str],
    words: str,
    run: Run,
    work: Path,
    paced: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The exit code says who can mend it; all other checks are made, or say what they need."""
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    result = run(*BUSINESS, "--json")
    assert result.code == code, result.out
    found = states(result.out)
    assert found.items() >= expected.items()
    assert CHECKS - set(found) <= {"Salesforce"}
    assert found["disk (reports)"] == "ok"
    assert words.replace('"', '\\"') in result.out
    assert "sandbox-secret" not in result.out + result.err


def test_missing_scopes_are_named_by_purpose(run: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a purpose, with the scope to add; the checks that work without it are made."""
    granted = (
        "contact_center:read:address_book:admin",
        "contact_center:read:address_book_contact:admin",
        "contact_center:read:list_address_book_contacts:admin",
        "contact_center:write:address_book_contact:admin",
    )
    with RunningSandbox(SandboxSettings(apps=(App(scopes=granted),))) as narrow:
        for name, value in environment(narrow, work).items():
            monkeypatch.setenv(name, value)
        result = run(*BUSINESS)
    assert result.code == 3
    scopes = [line for line in result.out.splitlines() if line[9:].startswith("scopes")]
    assert len(scopes) == 2
    assert scopes[0].startswith("problem")
    assert "change contacts: add the scope contact_center:update:address_book_contact:admin" in scopes[0]
    assert scopes[1].startswith("warning")
    assert "delete contacts" in scopes[1]
    assert '"Sandbox customers"' in result.out
    assert "the app may not list them" in result.out


def test_a_custom_field_that_the_account_lacks(run: Run, work: Path, paced: RunningSandbox) -> None:
    """--mapping compares the mapping's custom fields with the account's."""
    (work / "f.yaml").write_text(
        "version: 1\ncontact:\n  display_name: name\n  emails: email\n"
        "  custom_fields:\n    - {name: Nicknam, value: name}\n    - {name: Partner code, value: name}\n"
    )
    result = run(*BUSINESS, "-m", "f.yaml", "--json")
    assert result.code == 2, result.out
    assert states(result.out)["custom fields"] == "problem"
    for words in ("f.yaml, line 6", "Nickname", "not attached to this address book"):
        assert words in result.out


def test_a_mapping_that_cannot_be_used(run: Run, work: Path, paced: RunningSandbox) -> None:
    """It is a problem like any other."""
    result = run(*BUSINESS, "-m", "nothing.yaml", "--json")
    assert result.code == 2
    assert states(result.out)["mapping"] == "problem"
    assert states(result.out)["token"] == "ok"


def test_the_ledger_is_compared_with_the_book(run: Run, work: Path, paced: RunningSandbox) -> None:
    """It is sound, owns contacts, and a warning tells when the book has fewer."""
    run("run", write_rows(work / "c.csv", people(3)), "-m", "m.yaml", "--account-plan", "business")
    good = run(*BUSINESS, "--json")
    assert good.code == 0, good.out
    assert "is sound, owns 3 contacts; last run" in good.out
    paced.reset()
    emptied = run(*BUSINESS, "--json")
    assert emptied.code == 1
    assert states(emptied.out)["ledger"] == "warning"
    assert "the address book has only 0" in emptied.out


LEDGERS = [
    pytest.param(lambda path: path.write_bytes(b"id,name\n"), "not a ledger", id="another file"),
    pytest.param(lambda path: path.mkdir(), "is a folder", id="folder"),
    pytest.param(
        lambda path: Ledger.open(
            path, account_id="sandbox-account", address_book_id="other", api_url="http://127.0.0.1"
        ).close(),
        "belongs to address book other",
        id="of another book",
    ),
]


@pytest.mark.parametrize(("make", "words"), LEDGERS)
def test_a_ledger_that_cannot_be_used(
    make: Any, words: str, run: Run, work: Path, paced: RunningSandbox
) -> None:
    """Exit 2, the sentence that a run would end with, and the account is looked at all the same."""
    make(work / "ledger.sqlite3")
    result = run(*BUSINESS, "--json")
    assert result.code == 2, result.out
    assert states(result.out)["ledger"] == "problem"
    assert states(result.out)["address book"] == "ok"
    assert words in result.out


def test_a_ledger_that_a_run_works_with(run: Run, work: Path, paced: RunningSandbox) -> None:
    """A warning names the process; looking does not disturb it."""
    ledger = Ledger.open(
        work / "ledger.sqlite3",
        account_id="sandbox-account",
        address_book_id="sandbox-book",
        api_url=paced.api_url,
    )
    try:
        result = run(*BUSINESS, "--json")
    finally:
        ledger.close()
    assert result.code == 1
    assert f"process {os.getpid()}" in result.out


@pytest.mark.parametrize("fault", ["stall", "outage", "html_502"])
def test_a_server_that_does_not_answer_is_the_networks_fault(
    fault: str, run: Run, work: Path, paced: RunningSandbox
) -> None:
    """Exit 4: nobody has to mend anything here; the ledger and the disk are looked at all the same."""
    paced.set_faults(FaultRule(fault, on="all", seconds=60))
    result = run("doctor", "--timeout", "1s", "--json")
    assert result.code == 4, result.out
    assert states(result.out)["ledger"] == "ok"


def test_a_report_folder_that_is_not_there(run: Run, work: Path, paced: RunningSandbox) -> None:
    """Where reports would go is looked at before the night."""
    result = run(*BUSINESS, "--report", "no/such/r.csv", "--json")
    assert result.code == 2
    assert states(result.out)["disk (reports)"] == "problem"


# --- the pure part ----------------------------------------------------------------------------------------

GRAVITY: list[tuple[list[tuple[State, Blame]], int]] = [
    ([("ok", ""), ("unchecked", "")], 0),
    ([("ok", ""), ("warning", "")], 1),
    ([("warning", ""), ("problem", "network")], 4),
    ([("problem", "network"), ("problem", "input")], 2),
    ([("problem", "input"), ("problem", "account"), ("problem", "network")], 3),
]


@pytest.mark.parametrize(("states_", "code"), GRAVITY)
def test_the_exit_code_is_that_of_what_a_person_has_to_mend(
    states_: list[tuple[State, Blame]], code: int
) -> None:
    """Account before this computer before the network before warnings."""
    assert exit_code([Finding("x", state, "", blame) for state, blame in states_]) == code


@pytest.mark.parametrize(
    ("skew_s", "state", "words"),
    [
        (None, "unchecked", "no answer"),
        (2.0, "ok", "2 s"),
        (7200.0, "warning", "7,200 s ahead of"),
        (-90.0, "warning", "90 s behind"),
    ],
)
def test_a_wrong_clock_is_a_warning(skew_s: float | None, state: str, words: str) -> None:
    """Which way, and by how much."""
    found = clock_finding(skew_s)
    assert found.state == state
    assert words in found.text


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ("", "ok", "name no limit"),
        ("20", "ok", "as the account says"),
        ("40", "warning", "--account-plan business"),
        ("7", "warning", "finds its pace"),
        ("many", "ok", "name no limit"),
    ],
)
def test_the_rate_that_the_account_names_is_compared_with_the_plan(said: str, state: str, words: str) -> None:
    """Advice where they differ."""
    found = rate_finding("pro", {"pro": 20.0, "business": 40.0}, {"x-ratelimit-limit": said} if said else {})
    assert found.state == state
    assert words in found.text


@pytest.mark.parametrize(
    ("free", "writable", "state"),
    [(50e9, True, "ok"), (5e8, True, "warning"), (5e6, True, "problem"), (50e9, False, "problem")],
    ids=["plenty", "little", "none", "read-only"],
)
def test_a_full_disk_is_told_before_the_night(free: float, writable: bool, state: str) -> None:
    """Room for a ledger and its reports."""
    assert disk_finding("disk", "/srv", int(free), writable=writable).state == state


def test_a_token_without_scopes_says_nothing_about_them() -> None:
    """Unknown is not missing."""
    assert [one.state for one in scope_findings(frozenset(), custom_fields=True)] == ["unchecked"]


def test_custom_fields_need_their_scope_only_when_the_mapping_has_some() -> None:
    """An app needs no scope that nothing uses."""
    granted = frozenset({"contact_center_contact:write:admin"}) | {
        "contact_center:read:address_book:admin",
        "contact_center:read:address_book_contact:admin",
        "contact_center:read:list_address_book_contacts:admin",
    }
    assert {one.state for one in scope_findings(granted, custom_fields=False)} == {"ok"}
    assert [one.state for one in scope_findings(granted, custom_fields=True)] == ["problem"]
