"""The verdict table, line by line: what one answer means for the row."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Accept, Fault, Refuse, Reply, RetryAfter, SettleFirst, StopRun
from importer.retry import UNAUTHORISED_LIMIT, judge

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
HTML = b"<html><body>Bad gateway</body></html>"
OPERATIONS = ("create", "update", "delete", "get", "list")


def error(status, code, message="Something is wrong.", errors=None, **headers):
    body = {"code": code, "message": message} | ({"errors": errors} if errors else {})
    return Reply(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()
    )


def page(status, body=HTML, **headers):
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def kind(operation, answer, **more):
    return type(judge(operation, answer, now=NOW, **more))


CASES = [
    # operation, answer, verdict
    ("create", page(201, b'{"contact_id": "c1"}'), Accept("c1")),
    ("create", page(200, b'{"contact_id": "c1"}'), Accept("c1")),
    ("create", page(201, b'{"contact_id": "c1", "display_na'), SettleFirst),
    ("create", page(201, b"{}"), SettleFirst),
    ("create", page(201, b'{"contact_id": ""}'), SettleFirst),
    ("create", page(201, b'{"contact_id": 7}'), SettleFirst),
    ("create", page(201, b""), SettleFirst),
    ("create", page(200, HTML), SettleFirst),
    ("create", page(204, b""), SettleFirst),
    ("update", page(204, b""), Accept()),
    ("update", page(200, b"{}"), Accept()),
    ("update", page(200, HTML), RetryAfter),
    ("delete", page(204, b""), Accept()),
    ("delete", page(200, HTML), RetryAfter),
    ("get", page(200, b'{"contact_id": "c1"}'), Accept()),
    ("list", page(200, b'{"contacts": []}'), Accept()),
    ("list", page(200, HTML), RetryAfter),
    ("list", page(200, b""), RetryAfter),
    ("create", page(302), StopRun),
    ("create", page(303), SettleFirst),
    ("update", page(303), RetryAfter),
    ("create", error(400, 2102), Refuse),
    ("create", error(400, 2113), Refuse),
    ("create", error(400, 987654), Refuse),
    ("create", page(400), Refuse),
    ("create", error(400, 4711, "Invalid access token, does not contain scopes:[x]."), StopRun),
    ("create", error(401, 4711, "Invalid access token, does not contain scopes:[x]."), StopRun),
    ("create", error(401, 124), RetryAfter),
    ("create", error(400, 124), RetryAfter),
    ("create", error(400, 2005), StopRun),
    ("update", error(400, 2005), StopRun),
    ("create", error(404, 2001), StopRun),
    ("update", error(404, 2101), Refuse("2101", "", "The contact was deleted in Zoom.")),
    ("delete", error(404, 2101), Accept()),
    ("get", error(404, 2101), Refuse),
    ("create", page(404), StopRun),
    ("update", page(404), StopRun),
    ("delete", page(404), StopRun),
    ("update", error(404, 999), Refuse),
    ("create", error(403, 200), StopRun),
    ("create", page(403), Refuse),
    ("create", page(405), StopRun),
    ("create", page(407), StopRun),
    ("create", page(408), SettleFirst),
    ("update", page(408), RetryAfter),
    ("create", error(409, 409), Refuse),
    ("update", error(409, 409), RetryAfter),
    ("create", error(410, 410), Refuse),
    ("create", page(413), Refuse),
    ("create", page(415), StopRun),
    ("create", error(422, 300), Refuse),
    ("create", page(425), RetryAfter),
    ("create", page(429), RetryAfter),
    ("create", error(500, 500), SettleFirst),
    ("create", page(502), SettleFirst),
    ("create", page(503), SettleFirst),
    ("create", page(599), SettleFirst),
    ("update", page(502), RetryAfter),
    ("delete", error(500, 500), RetryAfter),
    ("list", page(504), RetryAfter),
    ("create", Fault("connect", "no", ""), RetryAfter),
    ("create", Fault("token", "no", ""), RetryAfter),
    ("create", Fault("read_timeout", "maybe", ""), SettleFirst),
    ("create", Fault("something new", "maybe", ""), SettleFirst),
    ("update", Fault("disconnected", "maybe", ""), RetryAfter),
    ("list", Fault("read_timeout", "maybe", ""), RetryAfter),
]


def name_of(case):
    operation, answer, _ = case
    what = answer.kind if isinstance(answer, Fault) else f"{answer.status} {answer.body[:24]!r}"
    return f"{operation} {what}"


@pytest.mark.parametrize(("operation", "answer", "verdict"), CASES, ids=map(name_of, CASES))
def test_table(operation, answer, verdict):
    """Each kind of answer has its verdict."""
    got = judge(operation, answer, now=NOW)
    assert got == verdict if not isinstance(verdict, type) else isinstance(got, verdict)


def test_refusal_carries_zooms_own_words():
    """Code, field and message of a validation error reach the report."""
    answer = error(400, 300, "Validation Failed.", [{"field": "emails", "message": "Invalid email"}])
    assert judge("create", answer, now=NOW) == Refuse(
        "300", "emails", "Validation Failed. emails: Invalid email"
    )


def test_scope_message_is_quoted():
    """A missing scope stops the run and is named."""
    verdict = judge("create", error(400, 4711, "does not contain scopes:[a:b]."), now=NOW)
    assert "scopes:[a:b]" in verdict.message


def test_stray_401_is_tried_again_but_not_for_ever():
    """A 401 is put off until the same request has been refused a number of times running."""
    answer = error(401, 124)
    kinds = [kind("create", answer, unauthorised=times) for times in range(1, UNAUTHORISED_LIMIT + 1)]
    assert kinds == [RetryAfter] * (UNAUTHORISED_LIMIT - 1) + [StopRun]


PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = "You have reached the maximum daily rate limit for this API. Refer to the response header for details"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (error(429, 429, PER_SECOND), RetryAfter("rate limit", None, shared=True)),
        (error(429, 429, PER_SECOND, retry_after="3"), RetryAfter("rate limit", 3, shared=True)),
        (page(429), RetryAfter("rate limit", None, shared=True)),
        (
            error(429, 429, DAILY, retry_after="2026-11-24T00:00:00Z"),
            RetryAfter("daily limit", 7200, True, True),
        ),
        (error(429, 429, DAILY), RetryAfter("daily limit", 7200, True, True)),
        (error(429, 429, "?", x_ratelimit_type="Daily-limit"), RetryAfter("daily limit", 7200, True, True)),
        (
            error(429, 429, "Too many concurrent requests. A request to change it is in process."),
            RetryAfter("too many concurrent requests"),
        ),
    ],
    ids=["per second", "with wait", "html", "daily", "daily, no header", "daily by header", "concurrent"],
)
def test_three_kinds_of_429(answer, verdict):
    """A 429 is never stored; its kinds differ in who waits and how long."""
    assert judge("create", answer, now=NOW) == verdict


@given(
    st.sampled_from(OPERATIONS),
    st.integers(200, 599),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-type", "content-type"]), st.text(max_size=40)
    ),
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["code", "message", "errors", "field", "contact_id"]), inner
                )
            ),
            max_leaves=9,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_every_answer_has_a_verdict(operation, status, headers, body):
    """Whatever a server answers, the table has a verdict; one that may be stored is not just repeated."""
    verdict = judge(operation, Reply(status, headers, body), now=NOW)
    if operation == "create" and (status < 300 or status >= 500):
        assert isinstance(verdict, Accept | SettleFirst)
    if isinstance(verdict, RetryAfter) and verdict.wait_s is not None:
        assert verdict.wait_s >= 0


@given(st.sampled_from(OPERATIONS), st.text(max_size=12), st.sampled_from(["no", "maybe"]))
def test_only_lost_creates_are_settled(operation, fault, sent):
    """A fault is settled when a create may have been stored, and repeated in every other case."""
    verdict = judge(operation, Fault(fault, sent, ""), now=NOW)
    assert isinstance(verdict, SettleFirst) == (operation == "create" and sent == "maybe")
    assert isinstance(verdict, SettleFirst | RetryAfter)
