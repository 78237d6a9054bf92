"""Reading what a run has to know before its first row: the book, the custom fields, the choice there is.

Unlike the calls on contacts these raise: without an answer there is no run.
"""

import asyncio
import random as random_module
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from importer.errors import AccountError, StoppedEarly
from importer.model import Accept, Fault, Refuse, Reply, RetryAfter, SettleFirst, StopRun
from importer.retry import RetryPolicy, backoff, judge, read_object
from importer.zoom.account import (
    AddressBook,
    CustomFieldInfo,
    Unit,
    account_error,
    address_book,
    custom_field,
    page,
    unit,
)
from importer.zoom.client import ZoomClient

_MOST_PAGES = 200
"""Pages of 300; an account has hundreds of books, units or fields at most. Tokens that go in a circle end."""


_UNREADABLE = (
    "Zoom's answer cannot be read as what was asked for. Nothing has been sent; run the same command again "
    "later."
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AccountReader:
    """Reads the account's own things, with patience for what passes.

    Every method raises:
        AccountError: the credentials, a scope or the book; the message says what to mend.
        StoppedEarly: Zoom could not be reached, or asks to wait for longer than `policy.give_up_after_s`.

    Arguments:
        client: of the account.
        policy: how patient to be.
        sleep, random, now: as elsewhere.
    """

    def __init__(
        self,
        client: ZoomClient,
        *,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._client = client
        self._policy = policy or RetryPolicy(max_attempts=6, give_up_after_s=60.0)
        self._sleep, self._random, self._now = sleep, random, now

    async def address_book(self, book: str) -> AddressBook:
        """Read one address book."""
        reply = await self._read("get_address_book", "get", lambda: self._client.get_address_book(book), book)
        return address_book({"address_book_id": book, **(read_object(reply.body) or {})})

    async def custom_fields(self) -> tuple[CustomFieldInfo, ...]:
        """Read all custom fields of the account."""
        entries = await self._all(
            "list_custom_fields",
            "custom_fields",
            lambda token: self._client.list_custom_fields(next_page_token=token),
        )
        return tuple(custom_field(one) for one in entries)

    async def units(self) -> tuple[Unit, ...]:
        """Read all units."""
        entries = await self._all(
            "list_units", "units", lambda token: self._client.list_units(next_page_token=token)
        )
        return tuple(unit(one) for one in entries)

    async def address_books(self, unit_id: str) -> tuple[AddressBook, ...]:
        """Read all address books of a unit."""
        entries = await self._all(
            "list_address_books",
            "address_books",
            lambda token: self._client.list_address_books(unit_id, next_page_token=token),
        )
        return tuple(address_book(one) for one in entries)

    async def _all(
        self, operation: str, name: str, call: Callable[[str], Awaitable[Reply | Fault]]
    ) -> list[Mapping[str, object]]:
        entries: list[Mapping[str, object]] = []
        token = ""
        for _ in range(_MOST_PAGES):
            reply = await self._read(operation, "list", partial(call, token))
            found = page(reply, name)
            if found is None:
                raise StoppedEarly(_UNREADABLE)
            entries += found.entries
            token = found.next_page_token
            if not token:
                return entries
        raise StoppedEarly(_UNREADABLE)

    async def _read(
        self,
        operation: str,
        kind: Literal["get", "list"],
        call: Callable[[], Awaitable[Reply | Fault]],
        book: str = "",
    ) -> Reply:
        attempt = unauthorised = 0
        while True:
            attempt += 1
            answer = await call()
            unauthorised = unauthorised + 1 if isinstance(answer, Reply) and answer.status == 401 else 0
            if isinstance(answer, Reply) and (error := account_error(answer, operation, book)):
                raise error
            match judge(kind, answer, now=self._now(), unauthorised=max(1, unauthorised)):
                case Accept() if isinstance(answer, Reply):
                    return answer
                case StopRun(message) | Refuse(message=message):
                    raise AccountError(message)
                case RetryAfter(reason=reason, wait_s=wait_s):
                    await self._wait(attempt, reason, wait_s, answer)
                case Accept() | SettleFirst():  # pragma: no cover - the table gives neither for a read
                    raise StoppedEarly(_UNREADABLE)

    async def _wait(self, attempt: int, reason: str, asked_s: float | None, answer: Reply | Fault) -> None:
        wait_s = backoff(attempt, self._random, self._policy) if asked_s is None else asked_s
        if attempt >= self._policy.max_attempts or wait_s > self._policy.give_up_after_s:
            detail = f" {answer.detail}" if isinstance(answer, Fault) else ""
            raise StoppedEarly(
                f"Zoom does not answer as it should ({reason}).{detail} Nothing has been sent. Check the "
                "connection to the internet and status.zoom.us, then run the same command again."
            )
        await self._sleep(wait_s)
