"""Reading books and fields before a run: all pages, with patience, and a sentence where there is no way."""

import pytest

from importer.errors import AccountError, StoppedEarly
from importer.zoom.account import AddressBook, CustomFieldInfo, Unit
from importer.zoom.reading import AccountReader


@pytest.fixture
def reader(stand, client):
    return AccountReader(client, sleep=stand.sleep, random=lambda: 0.5, now=stand.now)


async def test_all_pages_are_read(stand, reader):
    """A list goes on with its token until there is none."""
    first = {"custom_fields": [{"custom_field_id": "1", "custom_field_name": "A"}], "next_page_token": "n"}
    last = {"custom_fields": [{"custom_field_id": "2", "custom_field_name": "B"}], "next_page_token": ""}
    stand.server.script.extend([stand.server.http(200, first), stand.server.http(200, last)])
    assert await reader.custom_fields() == (CustomFieldInfo("1", "A"), CustomFieldInfo("2", "B"))
    assert stand.server.api[1].target.endswith("next_page_token=n")


async def test_a_book_that_does_not_say_its_id_is_the_one_asked_for(stand, reader):
    """The id is ours already."""
    stand.server.script.append(stand.server.http(200, {"address_book_name": "Customers"}))
    assert await reader.address_book("b") == AddressBook("b", "Customers")


async def test_units_and_their_books_are_read(stand, reader):
    """What there is to choose from."""
    stand.server.script.append(stand.server.http(200, {"units": [{"unit_id": "u", "unit_name": "U"}]}))
    stand.server.script.append(stand.server.http(200, {"address_books": [{"address_book_id": "b"}]}))
    assert await reader.units() == (Unit("u", "U"),)
    assert await reader.address_books("u") == (AddressBook("b", ""),)


async def test_what_passes_is_waited_out(stand, reader):
    """A 503, a dropped connection and a rate limit with its time delay, and no more."""
    http = stand.server.http
    stand.server.script.extend(
        [http(503), stand.server.drop, http(429, b"", {"Retry-After": "3"}), http(200, {"units": []})]
    )
    assert await reader.units() == ()
    assert stand.slept == [0.25, 0.5, 3.0]


LOST = {
    "an outage": lambda server: [server.http(503)] * 6,
    "a day's limit": lambda server: [server.http(429, b"", {"Retry-After": "2026-11-25T00:00:00Z"})],
    "another list": lambda server: [server.http(200, {"something": "else"})],
    "tokens in a circle": lambda server: [server.http(200, {"units": [], "next_page_token": "n"})] * 201,
}


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
async def test_what_does_not_pass_stops_before_anything_is_sent(stand, reader, script):
    """The same command can be run again: exit code 4."""
    stand.server.script.extend(script(stand.server))
    stand.server.default = stand.server.drop
    with pytest.raises(StoppedEarly, match="Nothing has been sent"):
        await reader.units()


WRONG = {
    "no such book": (404, {"code": 2001, "message": "m"}, '"b"'),
    "no scope": (400, {"code": 4711, "message": "m"}, "contact_center:read:address_book:admin"),
    "no such API": (404, b"<html>", "ZOOM_API_URL"),
    "a login page": (302, b"", "ZOOM_API_URL"),
    "refused": (400, {"code": 300, "message": "Validation Failed."}, "Validation Failed."),
}


@pytest.mark.parametrize(("status", "body", "word"), WRONG.values(), ids=WRONG)
async def test_what_no_retry_can_mend_is_said_at_once(stand, reader, status, body, word):
    """One request, one sentence."""
    stand.server.script.append(stand.server.http(status, body))
    with pytest.raises(AccountError) as caught:
        await reader.address_book("b")
    assert word in str(caught.value)
    assert len(stand.server.api) == 1


async def test_a_token_that_is_refused_for_good_stops(stand, reader):
    """After three 401s, each already repeated with a fresh token, it is the app."""
    stand.server.default = stand.server.http(401, {"code": 124, "message": "Invalid access token."})
    with pytest.raises(AccountError, match="401"):
        await reader.address_book("b")
    assert len(stand.server.api) == 6
