"""Every fault: what the client sees, and what is stored."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.faults import FAULT_KINDS, FaultPlan, FaultRule, parse_rule
from importer.sandbox.settings import SandboxSettings


def _seen(caller: Any) -> str:
    """Post a contact with little patience and say what came of it."""
    try:
        reply = caller.create(display_name="Struck")
    except httpx.ReadTimeout:
        return "silence"
    except httpx.RemoteProtocolError:
        return "dropped"
    if reply.status_code == 201:
        try:
            return "created" if "contact_id" in reply.json() else "no id"
        except ValueError:
            return "broken"
    return f"{reply.status_code} {reply.headers['content-type'].split(';')[0]}"


@pytest.mark.parametrize(
    ("kind", "seen", "stored"),
    [
        ("error_500", "500 application/json", 0),
        ("error_500_stored", "500 application/json", 1),
        ("html_502", "502 text/html", 0),
        ("html_502_stored", "502 text/html", 1),
        ("drop_before", "dropped", 0),
        ("drop_after", "dropped", 1),
        ("slow_before", "silence", 0),
        ("slow_after", "silence", 1),
        ("stall", "silence", 0),
        ("stall_stored", "silence", 1),
        ("late_store", "dropped", 0),
        ("stray_401", "401 application/json", 0),
        ("broken_json", "broken", 1),
        ("no_contact_id", "no id", 1),
        ("alters", "created", 1),
        ("concurrent_429", "429 application/json", 0),
        ("outage", "dropped", 0),
        ("outage_503", "503 application/json", 0),
    ],
)
def test_each_fault_does_what_it_says(caller: Any, kind: str, seen: str, stored: int) -> None:
    """The client sees the fault, the book has the contact or not, and the counters name it."""
    caller.client.timeout = httpx.Timeout(10, read=0.2) if seen == "silence" else httpx.Timeout(10)
    caller.sandbox.set_faults(FaultRule(kind, count=1, seconds=600))
    assert _seen(caller) == seen
    assert len(caller.sandbox.contacts()) == stored
    assert caller.sandbox.stats()["faults"] == {kind: 1}


def test_every_kind_of_fault_is_tested_above() -> None:
    """The table of kinds and the cases of the test name the same faults."""
    cases = test_each_fault_does_what_it_says.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[0] for case in cases} == set(FAULT_KINDS)


def test_alters_stores_something_else_than_it_answers(caller: Any) -> None:
    """The answer shows what was sent; the book has the company in capitals and one number less."""
    caller.sandbox.set_faults(FaultRule("alters", count=1))
    numbers = ["+12025550100", "+12025550101"]
    answered = caller.create(company="Example Ltd", phone_numbers=numbers).json()
    (stored,) = caller.sandbox.contacts()
    assert (answered["company"], answered["phone_numbers"]) == ("Example Ltd", numbers)
    assert (stored["company"], stored["phone_numbers"]) == ("EXAMPLE LTD", numbers[:1])


@pytest.mark.parametrize("kind", ["slow_before", "slow_after"])
def test_a_slow_answer_is_the_true_one(caller: Any, kind: str) -> None:
    """Whoever waits gets the contact that is stored."""
    caller.sandbox.set_faults(FaultRule(kind, count=1, seconds=0.02))
    contact_id = caller.create().json()["contact_id"]
    assert [contact["contact_id"] for contact in caller.sandbox.contacts()] == [contact_id]


def test_a_late_store_comes_after_the_connection_is_gone(caller: Any) -> None:
    """The contact appears later, though nobody was told."""
    caller.sandbox.set_faults(FaultRule("late_store", count=1, seconds=0))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.create()
    caller.create(display_name="Next")
    assert {contact["display_name"] for contact in caller.sandbox.contacts()} == {"Ada Example", "Next"}


def test_what_is_to_be_stored_late_is_not_lost_on_closing(start: Callable[..., Any], tmp_path: Any) -> None:
    """A late store that is still due is done when the sandbox ends."""
    caller = start(
        SandboxSettings(faults=(FaultRule("late_store", count=1, seconds=600),)), state_path=tmp_path / "s"
    )
    with pytest.raises(httpx.RemoteProtocolError):
        caller.create()
    caller.sandbox.close()
    assert len(start(state_path=tmp_path / "s").sandbox.contacts()) == 1


def test_an_outage_ends(caller: Any) -> None:
    """During it everything is dropped, the token request too; after it all is well."""
    caller.sandbox.set_faults(FaultRule("outage", seconds=0.05))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.ask_token()
    for _ in range(1000):
        try:
            reply = caller.create()
            break
        except httpx.RemoteProtocolError:
            continue
    assert reply.status_code == 201


@pytest.mark.parametrize("on", ["creates", "writes", "reads", "tokens", "all"])
def test_faults_strike_where_they_are_told_to(caller: Any, on: Any) -> None:
    """`on` chooses the requests."""
    contact_id = caller.create().json()["contact_id"]
    caller.sandbox.set_faults(FaultRule("error_500", on=on))
    struck = {
        "create": caller.create().status_code == 500,
        "update": caller.call("PATCH", f"/sandbox-book/contacts/{contact_id}", json={}).status_code == 500,
        "list": caller.call("GET", "/sandbox-book/contacts").status_code == 500,
        "token": caller.ask_token().status_code == 500,
    }
    expected = {
        "creates": {"create"},
        "writes": {"create", "update"},
        "reads": {"list"},
        "tokens": {"token"},
        "all": {"create", "update", "list", "token"},
    }
    assert {name for name, hit in struck.items() if hit} == expected[on]


def test_a_stall_ends_when_the_sandbox_closes(start: Callable[..., Any]) -> None:
    """A client that would wait for ever is cut off by the end of the server."""
    caller = start(SandboxSettings(faults=(FaultRule("stall", count=1),)))
    caller.client.timeout = httpx.Timeout(30)
    outcome: list[type[BaseException]] = []

    def post() -> None:
        try:
            caller.create()
        except httpx.TransportError as error:
            outcome.append(type(error))

    thread = threading.Thread(target=post)
    thread.start()
    while not caller.sandbox.stats()["faults"]:
        pass
    caller.sandbox.close()
    thread.join(10)
    assert outcome == [httpx.RemoteProtocolError]


def test_a_fault_spares_the_other_connections(caller: Any) -> None:
    """A drop cuts only the connection that it befalls."""
    with httpx.Client(trust_env=False) as other:
        url = f"{caller.sandbox.url}/sandbox/stats"
        other.get(url)
        caller.sandbox.set_faults(FaultRule("drop_before", count=1))
        with pytest.raises(httpx.RemoteProtocolError):
            caller.create()
        assert other.get(url).json()["faults"] == {"drop_before": 1}


def _strikes(rule: FaultRule, times: list[float], chance: Callable[[], float] = lambda: 0.0) -> list[bool]:
    plan = FaultPlan((rule,), chance, 0.0)
    return [plan.strike("create_contact", now) is not None for now in times]


@given(after=st.integers(0, 10), count=st.none() | st.integers(0, 10), requests=st.integers(0, 30))
def test_after_and_count_bound_the_strikes(after: int, count: int | None, requests: int) -> None:
    """The first `after` requests pass, then `count` are struck, then the rest pass."""
    most = requests if count is None else count
    expected = [after <= place < after + most for place in range(requests)]
    assert _strikes(FaultRule("stall", after=after, count=count), [0.0] * requests) == expected


def test_a_time_window_bounds_the_strikes() -> None:
    """Nothing happens before start_s and from stop_s on."""
    rule = FaultRule("stall", start_s=1, stop_s=3)
    assert _strikes(rule, [0, 0.9, 1, 2.9, 3, 4]) == [False, False, True, True, False, False]


@given(st.floats(0, 1), st.floats(0, 1, exclude_max=True))
def test_the_rate_is_a_probability(rate: float, drawn: float) -> None:
    """A request is struck when the number drawn is below the rate."""
    assert _strikes(FaultRule("stall", rate=rate), [0.0], lambda: drawn) == [drawn < rate]


def test_the_same_seed_brings_the_same_faults(start: Callable[..., Any]) -> None:
    """Two sandboxes with one seed strike the same requests, and not all of them."""
    runs = []
    for _ in range(2):
        rules = (FaultRule("error_500", rate=0.5),)
        caller = start(SandboxSettings(seed=7, faults=rules, light_per_s=0))
        runs.append([caller.create().status_code for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {201, 500}


def test_the_first_rule_that_strikes_decides() -> None:
    """Rules are asked in their order."""
    plan = FaultPlan((FaultRule("stall", count=1), FaultRule("error_500")), lambda: 0.0, 0.0)
    found = [plan.strike("create_contact", 0.0) for _ in range(2)]
    assert [rule.kind for rule in found if rule] == ["stall", "error_500"]


def test_an_outage_lasts_and_happens_once() -> None:
    """It begins at its request, goes on for its seconds, and does not begin again."""
    plan = FaultPlan((FaultRule("outage", after=1, seconds=5),), lambda: 0.0, 0.0)
    assert [plan.outage("token", now) is not None for now in (0, 1, 3, 5.9, 6, 7)] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_rule_reads_as_it_is_written() -> None:
    """KIND:NAME=VALUE,... is what the command line takes."""
    rule = parse_rule("drop_after:rate=0.05,after=3,count=2,start_s=1,stop_s=9,seconds=4,on=creates")
    assert rule == FaultRule("drop_after", 0.05, 3, 2, 1.0, 9.0, 4.0, "creates")
    assert parse_rule("stall") == FaultRule("stall")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("storm", 'no fault "storm"'),
        ("stall:often=1", 'no "often"'),
        ("stall:rate=x", 'rate is "x"'),
        ("stall:rate=2", "probability"),
        ("stall:count=1.5", 'count is "1.5"'),
        ("stall:after=-1", "negative"),
        ("stall:on=mondays", '"mondays" is no target'),
    ],
)
def test_a_wrong_rule_is_explained(text: str, said: str) -> None:
    """ValueError with a sentence that says what is wrong."""
    with pytest.raises(ValueError, match=said):
        parse_rule(text)
