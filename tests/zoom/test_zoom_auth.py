"""One token for all: asked for once, renewed in time, replaced after a 401, and never at a row's expense."""

import asyncio
import base64
import logging

import pytest

from importer.errors import AccountError
from importer.model import Fault, Reply

EXPIRED = {"code": 124, "message": "Access token is expired."}
NO_SCOPE = {"code": 4711, "message": "Invalid access token, does not contain scopes:[x]."}
ANN = {"display_name": "Ann"}


async def many(client, count=20):
    return await asyncio.gather(*(client.create_contact("b", ANN) for _ in range(count)))


async def test_twenty_workers_make_one_token_request(stand, client):
    """However many calls start at once, the token is asked for once."""
    answers = await many(client)
    assert {one.status for one in answers} == {201}
    assert len(stand.server.token_requests) == 1


async def test_the_token_request_is_zooms(stand, client):
    """Basic authentication with the app's id and secret, and the account in a form."""
    assert await client.sign_in() is None
    (seen,) = stand.server.token_requests
    assert (seen.method, seen.target) == ("POST", "/oauth/token")
    assert seen.body == b"grant_type=account_credentials&account_id=acc-1"
    assert seen.headers["authorization"] == "Basic " + base64.b64encode(b"client-1:hush-hush").decode()
    assert client.token_scopes() == {
        "contact_center_contact:read:admin",
        "contact_center_contact:write:admin",
    }


async def test_token_requests_are_not_paced(stand, client):
    """The OAuth host has no part in the API's rate."""
    await client.sign_in()
    assert all(pacer.acquired == [] for pacer in stand.pacers.values())


async def test_calls_go_to_the_configured_address(stand, client):
    """The `api_url` that comes with a token does not lead the contacts elsewhere."""
    await client.create_contact("b", ANN)
    assert len(stand.server.api) == 1


async def test_an_expired_token_is_replaced_before_a_call(stand, client):
    """After its life a token is not used again: the call waits for a new one."""
    await client.create_contact("b", ANN)
    stand.time += 3600
    await client.create_contact("b", ANN)
    assert [one.headers["authorization"] for one in stand.server.api] == ["Bearer token-1", "Bearer token-2"]


async def test_a_token_that_ran_out_in_the_queue_is_not_used(stand, client):
    """Which token goes along is decided when the request leaves, not when it begins to wait for its turn."""
    await client.create_contact("b", ANN)

    async def wait_long() -> None:
        stand.time += 3600

    stand.pacers["light"].acquire = wait_long
    await client.create_contact("b", ANN)
    assert [one.headers["authorization"] for one in stand.server.api] == ["Bearer token-1", "Bearer token-2"]


async def test_an_ageing_token_is_renewed_beside_the_work(stand, client):
    """In its last minute a token still serves, while one request for a new one is under way."""
    await client.create_contact("b", ANN)
    stand.time += 3545
    stand.server.token_script.append(stand.server.stall)
    await many(client, 5)
    assert {one.headers["authorization"] for one in stand.server.api} == {"Bearer token-1"}
    assert len(stand.server.token_requests) <= 2


async def test_a_renewed_token_is_used_from_then_on(stand, client):
    """What was fetched in the background serves the calls after it."""
    await client.create_contact("b", ANN)
    stand.time += 3545
    while len(stand.server.token_requests) < 2:
        await client.create_contact("b", ANN)
    for _ in range(20):
        await client.create_contact("b", ANN)
    assert stand.server.api[-1].headers["authorization"] == "Bearer token-2"
    assert len(stand.server.token_requests) == 2


async def test_an_oauth_outage_does_not_touch_a_token_that_still_works(stand, client):
    """A refused renewal is no harm as long as the old token is good, and is not repeated for each call."""
    await client.create_contact("b", ANN)
    stand.time += 3545
    stand.server.token_script.extend([stand.server.http(400, {"error": "invalid_client"})] * 50)
    for _ in range(10):
        assert isinstance(await client.create_contact("b", ANN), Reply)
    assert len(stand.server.token_requests) == 2


async def test_after_a_401_all_workers_share_one_fresh_token(stand, client):
    """Twenty refused calls are repeated with one fresh token, and each repetition is paced."""
    stand.server.answer_for = lambda seen: (
        stand.server.http(401, EXPIRED) if seen.headers["authorization"] == "Bearer token-1" else None
    )
    answers = await many(client)
    assert {one.status for one in answers} == {201}
    assert len(stand.server.token_requests) == 2
    assert len(stand.pacers["light"].acquired) == len(stand.server.api) == 40


async def test_the_repeated_request_is_the_same(stand, client):
    """What is sent again after a 401 differs in the token alone."""
    stand.server.script.append(stand.server.http(401, EXPIRED))
    await client.update_contact("b", "k", ANN)
    first, second = stand.server.api
    assert (first.method, first.target, first.body) == (second.method, second.target, second.body)
    assert first.headers["authorization"] != second.headers["authorization"]


async def test_a_second_401_is_the_answer(stand, client):
    """A token that is refused right after it was fetched is the caller's to judge."""
    stand.server.default = stand.server.http(401, EXPIRED)
    answer = await client.create_contact("b", ANN)
    assert isinstance(answer, Reply)
    assert (answer.status, len(stand.server.api), len(stand.server.token_requests)) == (401, 2, 2)


async def test_a_missing_scope_is_not_repeated(stand, client):
    """The next token lacks the scope as well."""
    stand.server.script.append(stand.server.http(401, NO_SCOPE))
    answer = await client.create_contact("b", ANN)
    assert isinstance(answer, Reply)
    assert (answer.status, len(stand.server.api), len(stand.server.token_requests)) == (401, 1, 1)


async def test_a_cancelled_worker_leaves_the_token_request_to_the_others(stand, client):
    """The worker that began the request for a token may go; the others still get the token."""
    first = asyncio.create_task(client.create_contact("b", ANN))
    second = asyncio.create_task(client.create_contact("b", ANN))
    await stand.server.token_asked.wait()
    first.cancel()
    assert (await second).status == 201
    with pytest.raises(asyncio.CancelledError):
        await first
    assert len(stand.server.token_requests) == 1


async def test_passing_trouble_is_waited_out(stand, client):
    """503, a dropped connection and a 429 with its time are repeated; the call never notices."""
    http = stand.server.http
    stand.server.token_script.extend([http(503), stand.server.drop, http(429, b"", {"Retry-After": "7"})])
    answer = await client.create_contact("b", ANN)
    assert answer.status == 201
    assert stand.slept == [0.25, 0.5, 7.0]


async def test_lasting_trouble_is_a_fault_after_four_attempts(stand, client):
    """Then the row can wait where the person sees it; nothing was sent."""
    stand.server.token_script.extend([stand.server.http(503)] * 4)
    answer = await client.create_contact("b", ANN)
    assert answer == Fault("token", "no", "No access token: The sign-in at Zoom answered 503.")
    assert (len(stand.server.token_requests), stand.server.api) == (4, [])


async def test_a_long_wait_is_not_waited_in_silence(stand, client):
    """An OAuth host that asks for an hour makes a fault at once."""
    stand.server.token_script.append(stand.server.http(429, b"", {"Retry-After": "3600"}))
    assert isinstance(await client.create_contact("b", ANN), Fault)
    assert stand.slept == []


async def test_no_fresh_token_after_a_401_leaves_no_doubt(stand, client):
    """A 401 was carried out by nobody: the fault says `no`."""
    stand.server.script.append(stand.server.http(401, EXPIRED))
    await client.sign_in()
    stand.server.token_script.extend([stand.server.http(500)] * 4)
    answer = await client.create_contact("b", ANN)
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.sent) == ("token", "no")


async def test_wrong_credentials_stop_every_worker_with_a_sentence(stand, client, caplog):
    """All that wait get the error of the one request; secrets are in no message and no log."""
    caplog.set_level(logging.DEBUG)
    refusal = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    stand.server.token_script.append(stand.server.http(401, refusal))
    errors = await asyncio.gather(
        *(client.create_contact("b", ANN) for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(one, AccountError) for one in errors)
    assert len(stand.server.token_requests) == 1
    said = str(errors[0])
    assert "ZOOM_CLIENT_SECRET" in said
    assert "hush-hush" not in said + caplog.text


async def test_tokens_are_in_no_log(stand, client, caplog):
    """Neither token nor contact is logged, not even at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    await client.create_contact("b", {"display_name": "Ann Example"})
    await client.list_contacts("b", emails=["ann@example.com"])
    for secret in ("token-1", "hush-hush", "Ann Example", "ann@example.com", "ann%40example.com"):
        assert secret not in caplog.text


async def test_closing_gives_up_a_token_request(stand, client):
    """A client that is closed while it asks for a token ends at once."""
    stand.server.token_script.append(stand.server.stall)
    call = asyncio.create_task(client.create_contact("b", ANN))
    await stand.server.token_asked.wait()
    await client.aclose()
    with pytest.raises(asyncio.CancelledError):
        await call
