"""What sending needs of the world around it, as protocols; the Zoom client and the ledger fit them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from importer.model import Fault, Payload, Reply

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for seconds, as `asyncio.sleep` does."""

Clock: TypeAlias = Callable[[], float]
"""Seconds that only grow, as `time.monotonic` gives them."""

Now: TypeAlias = Callable[[], datetime]
"""The aware time of day, for what people read and for `Retry-After`."""

Random: TypeAlias = Callable[[], float]
"""A number in [0, 1), as `random.random` gives it."""

Owner: TypeAlias = Callable[[str], str | None]
"""The key that the ledger has on record as owner of a contact id; None when no row owns it."""


class ContactsApi(Protocol):
    """The calls on contacts. Each makes one HTTP try (a replay after 401 aside) and never raises for a row;
    `importer.errors.AccountError` alone may come out of it."""

    async def create_contact(self, book: str, payload: Payload) -> Reply | Fault:
        """Post a contact."""
        ...

    async def update_contact(self, book: str, contact_id: str, payload: Payload) -> Reply | Fault:
        """Patch a contact."""
        ...

    async def delete_contact(self, book: str, contact_id: str) -> Reply | Fault:
        """Delete a contact."""
        ...

    async def get_contact(self, book: str, contact_id: str) -> Reply | Fault:
        """Read a contact."""
        ...

    async def list_contacts(
        self,
        book: str,
        *,
        emails: Sequence[str] = (),
        phone_numbers: Sequence[str] = (),
        page_size: int = 300,
        next_page_token: str = "",
    ) -> Reply | Fault:
        """Read one page of the book's contacts, at most 10 values a filter."""
        ...
