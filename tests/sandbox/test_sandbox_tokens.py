"""Access tokens and scopes."""

from collections.abc import Callable
from typing import Any

import pytest

from importer.sandbox.settings import SandboxSettings
from importer.sandbox.world import App


def test_a_token_says_how_long_it_lives_and_what_it_may(caller: Any) -> None:
    """The answer has the five fields of Zoom's."""
    body = caller.ask_token().json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["scope"] == "contact_center_contact:read:admin contact_center_contact:write:admin"
    assert body["api_url"] == caller.sandbox.url
    assert caller.token != body["access_token"]


def test_the_form_may_stand_in_the_query(caller: Any) -> None:
    """Zoom's examples put grant_type and account_id there."""
    query = {"grant_type": "account_credentials", "account_id": "sandbox-account"}
    url = caller.sandbox.oauth_url
    reply = caller.client.post(url, params=query, auth=("sandbox-client", "sandbox-secret"))
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("credentials", "form", "status", "error"),
    [
        pytest.param(("x", "sandbox-secret"), {}, 401, "invalid_client", id="client"),
        pytest.param(("sandbox-client", "x"), {}, 401, "invalid_client", id="secret"),
        pytest.param(("", ""), {}, 401, "invalid_client", id="nothing"),
        pytest.param(
            ("sandbox-client", "sandbox-secret"), {"account_id": "x"}, 400, "invalid_request", id="account"
        ),
        pytest.param(
            ("sandbox-client", "sandbox-secret"), {"account_id": ""}, 400, "invalid_request", id="no account"
        ),
        pytest.param(
            ("sandbox-client", "sandbox-secret"),
            {"grant_type": "password"},
            400,
            "unsupported_grant_type",
            id="grant type",
        ),
    ],
)
def test_wrong_credentials_get_reason_and_error(
    caller: Any, credentials: tuple[str, str], form: dict[str, str], status: int, error: str
) -> None:
    """The OAuth server answers in its own shape, not in the API's."""
    reply = caller.ask_token(credentials, **form)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert reply.json()["reason"]


@pytest.mark.parametrize("header", ["Basic !!!", "Basic /w==", "Bearer x", ""], ids=repr)
def test_an_authorization_that_is_none_is_refused(caller: Any, header: str) -> None:
    """Nonsense in the header is a wrong client, never a failure of the server."""
    form = {"grant_type": "account_credentials", "account_id": "sandbox-account"}
    reply = caller.client.post(caller.sandbox.oauth_url, data=form, headers={"Authorization": header})
    assert reply.json()["error"] == "invalid_client"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "x"}], ids=repr)
def test_a_wrong_token_is_401_code_124(caller: Any, headers: dict[str, str]) -> None:
    """Without a good token nothing is stored."""
    url = f"{caller.sandbox.api_url}/contact_center/address_books/sandbox-book/contacts"
    reply = caller.client.post(url, json={"display_name": "A", "emails": ["a@example.com"]}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, 124)
    assert caller.sandbox.contacts() == []


def test_a_token_expires(caller: Any) -> None:
    """After its time it is 401 code 124."""
    caller.sandbox.change(token_ttl_s=0)
    caller.token = caller.ask_token().json()["access_token"]
    reply = caller.create()
    assert (reply.status_code, reply.json()["code"]) == (401, 124)


def test_tokens_can_be_made_to_expire_at_once(caller: Any) -> None:
    """The admin door ends every token; a new one works."""
    caller.admin("POST", "expire-tokens")
    assert caller.create().status_code == 401
    caller.token = caller.ask_token().json()["access_token"]
    assert caller.create().status_code == 201


def test_several_tokens_live_at_once(caller: Any) -> None:
    """A new token does not end the old one."""
    caller.ask_token()
    assert caller.create().status_code == 201


@pytest.mark.parametrize(
    ("scopes", "write", "read"),
    [
        pytest.param(("contact_center_contact:read:admin",), 4711, 0, id="classic read"),
        pytest.param(("contact_center_contact:write:admin",), 0, 4711, id="classic write"),
        pytest.param(("contact_center:write:address_book_contact:admin",), 0, 4711, id="granular write"),
        pytest.param(("contact_center:read:list_address_book_contacts:admin",), 4711, 0, id="granular read"),
    ],
)
def test_a_scope_that_is_missing_is_named(
    start: Callable[..., Any], scopes: tuple[str, ...], write: int, read: int
) -> None:
    """Either scope of an operation allows it; without one it is 400 code 4711."""
    caller = start(SandboxSettings(apps=(App(scopes=scopes),)))
    replies = [caller.create(), caller.call("GET", "/sandbox-book/contacts")]
    assert [reply.json().get("code", 0) for reply in replies] == [write, read]
    refused = next(reply for reply in replies if reply.status_code == 400)
    assert "contact_center:" in refused.json()["message"]
