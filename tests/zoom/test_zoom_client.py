"""Each call is the right request, signed in, paced, and gives a Reply."""

import json

import pytest

from importer.model import Reply

BASE = "/v2/contact_center/address_books"

CALLS = {
    "create": (
        lambda c: c.create_contact("b", {"display_name": "Ann"}),
        "POST",
        f"{BASE}/b/contacts",
        "light",
    ),
    "update": (
        lambda c: c.update_contact("b", "k", {"display_name": "Ann"}),
        "PATCH",
        f"{BASE}/b/contacts/k",
        "light",
    ),
    "delete": (lambda c: c.delete_contact("b", "k"), "DELETE", f"{BASE}/b/contacts/k", "light"),
    "get": (lambda c: c.get_contact("b", "k"), "GET", f"{BASE}/b/contacts/k", "light"),
    "list": (lambda c: c.list_contacts("b"), "GET", f"{BASE}/b/contacts?page_size=300", "medium"),
    "list by value": (
        lambda c: c.list_contacts("b", emails=["a+b@example.com", "c@example.com"], page_size=10),
        "GET",
        f"{BASE}/b/contacts?emails=a%2Bb%40example.com&emails=c%40example.com&page_size=10",
        "medium",
    ),
    "list by phone, next page": (
        lambda c: c.list_contacts("b", phone_numbers=["+12025550100"], next_page_token="t/1="),
        "GET",
        f"{BASE}/b/contacts?phone_numbers=%2B12025550100&page_size=300&next_page_token=t%2F1%3D",
        "medium",
    ),
    "book": (lambda c: c.get_address_book("b"), "GET", f"{BASE}/b", "light"),
    "books": (lambda c: c.list_address_books("u 1"), "GET", f"{BASE}?unit_id=u+1&page_size=300", "medium"),
    "units": (lambda c: c.list_units(), "GET", f"{BASE}/units?page_size=300", "medium"),
    "custom fields": (
        lambda c: c.list_custom_fields(next_page_token="n"),
        "GET",
        f"{BASE}/custom_fields?page_size=300&next_page_token=n",
        "medium",
    ),
    "a contact's custom fields": (
        lambda c: c.contact_custom_fields("k"),
        "GET",
        f"{BASE}/contacts/k/custom_fields?page_size=300",
        "medium",
    ),
    "ids with signs": (
        lambda c: c.get_contact("b/1", "k?2#3"),
        "GET",
        f"{BASE}/b%2F1/contacts/k%3F2%233",
        "light",
    ),
}


@pytest.mark.parametrize(("call", "method", "target", "label"), CALLS.values(), ids=CALLS)
async def test_each_call_is_one_request_that_pays_to_its_label(stand, client, call, method, target, label):
    """A call is one request to the documented address, and takes one place in the rate of its label."""
    answer = await call(client)
    assert isinstance(answer, Reply)
    assert [(one.method, one.target) for one in stand.server.api] == [(method, target)]
    assert {name: len(pacer.acquired) for name, pacer in stand.pacers.items() if pacer.acquired} == {label: 1}


async def test_a_create_carries_the_payload_and_the_token(stand, client):
    """The payload arrives as JSON, with the bearer token and the name of this program."""
    payload = {"display_name": "Zoë 李", "phone_numbers": ["+12025550100"], "emails": ["zoe@example.com"]}
    answer = await client.create_contact("b", payload)
    (seen,) = stand.server.api
    assert json.loads(seen.body) == payload
    assert seen.headers["authorization"] == "Bearer token-1"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"].startswith("zoom-import/")
    assert seen.headers["host"] == f"127.0.0.1:{stand.server.port}"
    assert answer == Reply(201, {"content-length": "21"}, b'{"contact_id": "c-1"}')


async def test_reads_send_no_body(stand, client):
    """A GET or DELETE has no body: some gateways refuse one."""
    await client.delete_contact("b", "k")
    await client.list_contacts("b")
    assert [(one.body, one.headers.get("content-length")) for one in stand.server.api] == [(b"", None)] * 2


async def test_half_a_surrogate_pair_is_sent(stand, client):
    """A character that UTF-8 does not have is no reason to fail: it goes as its JSON escape."""
    answer = await client.create_contact("b", {"display_name": "Ann \ud83d"})
    assert isinstance(answer, Reply)
    assert b"Ann \\ud83d" in stand.server.api[0].body


@pytest.mark.parametrize("contact_id", ["", ".", ".."])
async def test_an_empty_or_dotted_id_never_becomes_a_path(stand, client, contact_id):
    """Deleting "" would be a call on the collection, ".." one on the book."""
    with pytest.raises(ValueError, match="an id cannot be"):
        await client.delete_contact("b", contact_id)
    assert stand.server.seen == []


async def test_header_names_are_lower_case_and_repeated_ones_joined(stand, client):
    """Headers are found by their lower-case name; two of one name become one."""
    stand.server.script.append(stand.server.http(204, b"", {"X-RateLimit-Type": "QPS", "A": "1", "a": "2"}))
    answer = await client.delete_contact("b", "k")
    assert answer == Reply(204, {"content-length": "0", "x-ratelimit-type": "QPS", "a": "1, 2"}, b"")


@pytest.mark.parametrize("status", [200, 302, 307, 400, 404, 429, 500, 503])
async def test_every_status_is_a_reply(stand, client, status):
    """No status raises and no redirect is followed."""
    stand.server.script.append(stand.server.http(status, b"<html>", {"Location": f"{stand.server.url}/x"}))
    answer = await client.create_contact("b", {"display_name": "Ann"})
    assert isinstance(answer, Reply)
    assert (answer.status, answer.body, len(stand.server.api)) == (status, b"<html>", 1)


async def test_the_pacer_hears_every_reply_and_when_its_request_left(stand, client):
    """The pacer learns from each reply, with the time after its acquire, and nothing from silence."""
    stand.server.script.extend([stand.server.http(429), stand.server.drop])
    stand.time = 7.0
    await client.create_contact("b", {"display_name": "Ann"})
    await client.create_contact("b", {"display_name": "Ann"})
    assert stand.pacers["light"].observed == [(429, 7.0)]
    assert len(stand.pacers["light"].acquired) == 2


async def test_calls_one_after_the_other_share_a_connection(stand, client):
    """A connection is kept: the API sees one, and the OAuth host one."""
    for _ in range(5):
        await client.create_contact("b", {"display_name": "Ann"})
    assert len({one.connection for one in stand.server.api}) == 1


async def test_secrets_do_not_show_in_repr(stand):
    """Settings can be logged: the credentials are not in their repr."""
    shown = repr(stand.settings())
    assert "acc-1" not in shown
    assert "client-1" not in shown
    assert "hush-hush" not in shown
    assert stand.server.url in shown
