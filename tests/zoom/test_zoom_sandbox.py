"""The client against the sandbox, over real HTTP: what it asks for is what the sandbox understands."""

import json

import pytest

from importer.errors import AccountError
from importer.sandbox.server import RunningSandbox
from importer.zoom.client import ZoomClient
from importer.zoom.reading import AccountReader
from importer.zoom.settings import ZoomSettings

BOOK = "sandbox-book"
SECRET = "sandbox-secret"
ANN = {
    "display_name": "Ann Example",
    "phone_numbers": ["+12025550100"],
    "emails": ["ann@example.com"],
    "custom_fields": [{"custom_field_id": "field-picklist", "custom_field_value": "Gold"}],
}


@pytest.fixture(scope="module")
def sandbox():
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def in_sandbox(sandbox, stand):
    """Clients of the sandbox, by the app's secret."""
    sandbox.reset()

    def build(secret: str = SECRET) -> ZoomClient:
        settings = ZoomSettings(
            "sandbox-account", "sandbox-client", secret, sandbox.api_url, sandbox.oauth_url
        )
        return ZoomClient(settings, stand.pacers)

    return build


async def test_a_contact_is_created_found_changed_and_deleted(in_sandbox, sandbox):
    """The life of a contact; filters match a phone number with its plus sign."""
    async with in_sandbox() as client:
        made = await client.create_contact(BOOK, ANN)
        key = json.loads(made.body)["contact_id"]
        by_phone = await client.list_contacts(BOOK, phone_numbers=["+12025550199", "+12025550100"])
        by_email = await client.list_contacts(BOOK, emails=["ann@example.com"])
        changed = await client.update_contact(BOOK, key, {"display_name": "Ann B. Example"})
        read = await client.get_contact(BOOK, key)
        fields = await client.contact_custom_fields(key)
        gone = await client.delete_contact(BOOK, key)
    assert [one.status for one in (made, changed, read, fields, gone)] == [201, 204, 200, 200, 204]
    for found in (by_phone, by_email):
        assert [one["contact_id"] for one in json.loads(found.body)["contacts"]] == [key]
    assert json.loads(read.body)["display_name"] == "Ann B. Example"
    assert sandbox.contacts() == []


async def test_tokens_that_are_revoked_are_replaced(in_sandbox, sandbox):
    """The call after it works, with a fresh token."""
    async with in_sandbox() as client:
        await client.create_contact(BOOK, ANN)
        sandbox.expire_tokens()
        assert (await client.create_contact(BOOK, ANN)).status == 201


async def test_the_account_is_read(in_sandbox):
    """Book, fields, units and the unit's books."""
    async with in_sandbox() as client:
        reader = AccountReader(client)
        book = await reader.address_book(BOOK)
        fields = {one.name: one for one in await reader.custom_fields()}
        units = await reader.units()
        books = await reader.address_books(units[0].id)
    assert (book.name, book.total_contacts) == ("Sandbox customers", 0)
    assert fields["Tier"].pick_list == ("Bronze", "Silver", "Gold")
    assert BOOK in fields["Tier"].address_book_ids
    assert BOOK in {one.id for one in books}


async def test_a_wrong_book_and_a_wrong_secret_are_said(in_sandbox):
    """Each with what to look at."""
    async with in_sandbox() as client:
        with pytest.raises(AccountError, match='"no-such-book"'):
            await AccountReader(client).address_book("no-such-book")
    async with in_sandbox(secret="wrong") as client:
        with pytest.raises(AccountError, match="ZOOM_CLIENT_SECRET"):
            await client.sign_in()
