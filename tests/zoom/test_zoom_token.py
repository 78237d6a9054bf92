"""What the OAuth host's answer means, and how long a token is good: by hand, without a loop."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Fault, Reply
from importer.zoom.token import Denied, Passing, Token, TokenState, read_token_answer

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def read(status, body=b"", headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_token_answer(Reply(status, headers or {}, content), sent_at=100.0, now=NOW)


@pytest.mark.parametrize(
    ("expires_in", "renew_at", "expires_at"),
    [
        (3600, 3640.0, 3700.0),
        (3599, 3639.0, 3699.0),
        ("3599", 3639.0, 3699.0),
        (10, 109.0, 110.0),
        (None, 3640.0, 3700.0),
        ("soon", 3640.0, 3700.0),
        (-5, 3640.0, 3700.0),
        (float("nan"), 3640.0, 3700.0),
    ],
)
def test_a_token_is_renewed_in_its_last_minute_or_last_tenth(expires_in, renew_at, expires_at):
    """Its life is counted from when it was asked for; one that is not said, or nonsense, is an hour."""
    token = read(200, {"access_token": "t", "expires_in": expires_in})
    assert isinstance(token, Token)
    assert (token.value, token.renew_at, token.expires_at) == ("t", renew_at, expires_at)


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("a b", {"a", "b"}), ("a,b", {"a", "b"}), ("", set()), (None, set()), (["a"], set())],
)
def test_scopes_are_read(scope, scopes):
    """Separated by spaces as OAuth says; commas do as well."""
    token = read(200, {"access_token": "t", "scope": scope})
    assert isinstance(token, Token)
    assert token.scopes == scopes


DENIED = {
    "wrong secret": (
        400,
        {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
        "CLIENT_SECRET",
    ),
    "wrong secret, 401": (401, {"reason": "Invalid client", "error": "invalid_client"}, "ZOOM_CLIENT_ID"),
    "wrong account": (400, {"reason": "Bad Request", "error": "invalid_request"}, "ZOOM_ACCOUNT_ID"),
    "account named": (400, {"reason": "Invalid account id", "error": "x"}, "ZOOM_ACCOUNT_ID"),
    "another kind of app": (
        400,
        {"reason": "unsupported grant type", "error": "unsupported_grant_type"},
        "Server-to-Server",
    ),
    "app switched off": (400, {"reason": "The app has been disabled", "error": "x"}, "activate it"),
    "app forbidden": (403, {"message": "Forbidden", "code": 1}, "ZOOM_CLIENT_ID"),
    "wrong address": (404, b"<html>", "ZOOM_OAUTH_URL"),
    "a login page": (302, b"", "ZOOM_OAUTH_URL"),
    "a proxy's password": (407, b"", "HTTPS_PROXY"),
}


@pytest.mark.parametrize(("status", "body", "word"), DENIED.values(), ids=DENIED)
def test_what_no_retry_can_mend_says_what_to_look_at(status, body, word):
    """Each refusal names the variable or the place to look at."""
    answer = read(status, body)
    assert isinstance(answer, Denied)
    assert word in answer.message


PASSING = {
    "overloaded": (503, b""),
    "gateway": (502, b"<html>"),
    "too many": (429, {"reason": "x", "error": "y"}),
    "time-out": (408, b""),
    "a page instead of a refusal": (403, b"<html>blocked"),
    "a guest network": (200, b"<html>welcome"),
    "no token": (200, {}),
    "an empty token": (200, {"access_token": ""}),
    "a token with a line break": (200, {"access_token": "a\r\nb"}),
    "a token that is no text": (200, {"access_token": 5}),
}


@pytest.mark.parametrize(("status", "body"), PASSING.values(), ids=PASSING)
def test_what_may_pass_is_tried_again(status, body):
    """Trouble of the host or of something in between is no verdict on the credentials."""
    assert isinstance(read(status, body), Passing)


def test_no_answer_may_pass():
    """A fault on the way to the OAuth host is said in its own words."""
    fault = Fault("connect", "no", "The server could not be reached.")
    assert read_token_answer(fault, sent_at=0.0, now=NOW) == Passing("The server could not be reached.")


def test_the_host_may_say_how_long_to_wait():
    """Retry-After counts, in each of its forms."""
    assert read(429, b"", {"retry-after": "2026-11-24T00:01:00Z"}) == Passing(
        "The sign-in at Zoom answered 429.", 60.0
    )


@given(
    status=st.integers(100, 599),
    body=st.binary()
    | st.recursive(st.none() | st.text(), st.lists).map(
        lambda value: json.dumps({"access_token": value, "error": value, "expires_in": value}).encode()
    ),
)
def test_no_answer_whatever_raises(status, body):
    """Any bytes with any status are one of the three answers."""
    assert isinstance(read(status, body), Token | Passing | Denied)


def test_the_life_of_a_token():
    """None, good, ageing, none again."""
    state = TokenState()
    assert state.standing(0.0) == "none"
    state.keep(Token("t", renew_at=90.0, expires_at=100.0))
    assert [state.standing(now) for now in (0.0, 89.9, 90.0, 99.9, 100.0)] == [
        "good",
        "good",
        "ageing",
        "ageing",
        "none",
    ]


def test_a_refused_token_is_forgotten_unless_it_was_replaced():
    """The 401 of an older token says nothing about the one that came after it."""
    state = TokenState()
    state.keep(Token("new", renew_at=90.0, expires_at=100.0))
    state.refuse("old")
    assert state.standing(0.0) == "good"
    state.refuse("new")
    assert state.standing(0.0) == "none"


def test_a_token_does_not_show_itself():
    """Its repr can be logged."""
    assert "secret" not in repr(Token("secret", 0.0, 0.0))
