"""Reading a contact back from the address book, patiently: as it is stored, custom fields included."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from importer.model import Failed, Fault, NotAttempted, Payload, Reply
from importer.retry import read_object
from importer.run.differences import custom_field_values


class ContactReader(Protocol):
    """The calls, as `importer.zoom.client.ZoomClient` makes them."""

    async def get_contact(self, book: str, contact_id: str) -> Reply | Fault:
        """Read one contact (Light)."""
        ...

    async def contact_custom_fields(self, contact_id: str) -> Reply | Fault:
        """Read the custom field values of one contact (Medium)."""
        ...


class PatientReader(Protocol):
    """Carries a call through faults and rate limits, as `importer.sending.Sender` does."""

    async def read(
        self, call: Callable[[], Awaitable[Reply | Fault]], operation: Literal["get", "list"] = "get"
    ) -> Reply | Failed | NotAttempted:
        """Carry a call that changes nothing; the reply is a JSON object."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A contact as the address book has it.

    Attributes:
        contact: the answer to get.
        custom_values: custom field id to value; None when they were not asked for.
    """

    contact: Mapping[str, object]
    custom_values: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Missing:
    """The address book does not have the contact."""


Looked: TypeAlias = Stored | Missing | Failed | NotAttempted


class ReadBack:
    """Reads contacts of one address book."""

    def __init__(self, api: ContactReader, sender: PatientReader, book: str) -> None:
        self._api = api
        self._sender = sender
        self._book = book

    async def look(self, contact_id: str, sent: Payload) -> Looked:
        """Read a contact; its custom fields, which cost a call of their own, only when `sent` has some."""
        contact = await self._read(lambda: self._api.get_contact(self._book, contact_id))
        if not isinstance(contact, Reply):
            return contact
        if not sent.get("custom_fields"):
            return Stored(read_object(contact.body) or {}, None)
        values = await self._read(lambda: self._api.contact_custom_fields(contact_id))
        if not isinstance(values, Reply):
            return values
        found = (read_object(values.body) or {}).get("custom_fields")
        return Stored(read_object(contact.body) or {}, custom_field_values(found))

    async def _read(
        self, call: Callable[[], Awaitable[Reply | Fault]]
    ) -> Reply | Missing | Failed | NotAttempted:
        status = 0

        async def watched() -> Reply | Fault:
            nonlocal status
            answer = await call()
            status = answer.status if isinstance(answer, Reply) else 0
            return answer

        answer = await self._sender.read(watched)
        return Missing() if isinstance(answer, Failed) and status == 404 else answer
