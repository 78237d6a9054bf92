"""Who may send next, and who owns which contact: rows that could be mistaken for each other take turns."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from importer.sending.api import Owner

_CLAIMS_KEPT = 10_000
"""A claim matters only until the ledger has the outcome, a moment later; 10,000 are some 2 MB."""


class Turns:
    """One lock per identity, kept only while somebody holds or wants it."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, identity: str) -> AsyncIterator[None]:
        """Wait until no other row of the same identity is between its first attempt and its outcome."""
        lock, users = self._locks.get(identity) or (asyncio.Lock(), 0)
        self._locks[identity] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[identity]
            if users == 1:
                del self._locks[identity]
            else:
                self._locks[identity] = (lock, users - 1)


class Claims:
    """Contact ids and the keys that own them: what the ledger knows, and what it will know in a moment.

    Nothing here awaits, so a check and the claim that follows it cannot be torn apart by another row.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._recent: OrderedDict[str, str] = OrderedDict()

    def owner(self, contact_id: str) -> str | None:
        """The key that owns the contact, None when no row does."""
        return self._recent.get(contact_id) or self._owner(contact_id)

    def take(self, contact_id: str, key: str) -> None:
        """Record that `key` owns the contact."""
        self._recent[contact_id] = key
        self._recent.move_to_end(contact_id)
        if len(self._recent) > _CLAIMS_KEPT:
            self._recent.popitem(last=False)
