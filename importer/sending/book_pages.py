"""Reading a whole address book, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal, Protocol, TypeAlias

from importer.errors import StoppedEarly
from importer.model import Failed, Fault, NotAttempted, Reply
from importer.retry import read_object
from importer.sending.api import ContactsApi
from importer.sending.drain import Drain
from importer.sending.lookups import StoredContact

Page: TypeAlias = tuple[StoredContact, ...]


class PatientReader(Protocol):
    """Who carries a call through faults and rate limits, as `importer.sending.Sender` does."""

    @property
    def drain(self) -> Drain:
        """The run's."""
        ...

    async def read(
        self, call: Callable[[], Awaitable[Reply | Fault]], operation: Literal["get", "list"] = "get"
    ) -> Reply | Failed | NotAttempted:
        """Carry a call that changes nothing."""
        ...


async def book_pages(api: ContactsApi, book: str, reader: PatientReader) -> AsyncIterator[Page]:
    """Yield the contacts of a book, up to 300 at once (the list's largest page, Medium tier).

    Raises:
        AccountError: the account does not allow it.
        StoppedEarly: the run drains, or Zoom does not answer as it should; nothing has been changed, and the
            list starts at its beginning next time, since its page tokens live 15 minutes only.
    """
    token = ""
    while True:
        contacts, following = await _page(api, book, reader, token)
        yield contacts
        if not following:
            return
        if following == token:
            raise StoppedEarly("Zoom's list of contacts goes in a circle. Run the same command again later.")
        token = following


async def _page(api: ContactsApi, book: str, reader: PatientReader, token: str) -> tuple[Page, str]:
    answer = await reader.read(lambda: api.list_contacts(book, next_page_token=token), "list")
    if not isinstance(answer, Reply):
        if (error := reader.drain.error()) is not None:
            raise error
        raise StoppedEarly(f"The address book cannot be read: {answer.message} Run the same command again.")
    found = read_object(answer.body) or {}
    contacts, following = found.get("contacts"), found.get("next_page_token")
    if contacts is None and found.get("total_records") == 0:
        contacts = []
    if not isinstance(contacts, list):
        raise StoppedEarly("The address book cannot be read: Zoom's answer has no contacts in it.")
    page = tuple(one for one in contacts if isinstance(one, dict))
    return page, following if isinstance(following, str) else ""


async def book_has_more_than(count: int, api: ContactsApi, book: str, reader: PatientReader) -> int | None:
    """Count the contacts of a book as far as needed; None when there are more than `count`.

    Raises:
        AccountError, StoppedEarly: as `book_pages`.
    """
    seen = 0
    async for page in book_pages(api, book, reader):
        seen += len(page)
        if seen > count:
            return None
    return seen
