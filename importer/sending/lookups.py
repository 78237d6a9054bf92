"""Looking contacts up in the book, ten values a call: rows in doubt share their calls."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from importer.model import Fault, Refuse, Reply
from importer.retry import read_object
from importer.sending.api import ContactsApi, Sleep
from importer.sending.matching import FilterName, Handle, mentions
from importer.sending.retrier import GivenUp, Retrier, Stopped

VALUES_PER_CALL = 10
"""Most values of one filter: Zoom's reference of `GET .../contacts`."""

_MOST_PAGES = 40
"""Pages of 300 read for one look-up; the filters give at most 10,000 contacts, which are 34."""

StoredContact: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The look-up failed; `message` says why, for the person. `refused`: Zoom did not like a value."""

    message: str
    refused: bool = False


Answered: TypeAlias = tuple[StoredContact, ...] | Unanswered


class Lookups:
    """Gathers look-ups for a moment and asks for up to ten values at once, one filter a call.

    A look never joins a call that has already left: what it sees was read after it was asked for.

    Args:
        window_s: how long to gather, in seconds.
    """

    def __init__(
        self, api: ContactsApi, book: str, retrier: Retrier, *, sleep: Sleep, window_s: float = 0.1
    ) -> None:
        self._api = api
        self._book = book
        self._retrier = retrier
        self._sleep = sleep
        self._window_s = window_s
        self._gathering: dict[FilterName, dict[str, asyncio.Future[Answered]]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self.calls = 0

    async def look(self, handle: Handle, *, decisive: bool) -> Answered:
        """Look one value up, in a call shared with others.

        Args:
            handle: the value.
            decisive: when a shared call shows nothing for the value, ask for it alone, so that a "not there"
                leans on nothing about how a server combines several values.
        """
        batch = self._join(handle)
        # Shielded: a row that is cancelled must not take the look-up away from those that share it.
        answered = await asyncio.shield(batch[handle.value])
        if len(batch) > 1 and (
            # One bad value fails the whole call (300, "Invalid email"): each by itself then.
            answered.refused
            if isinstance(answered, Unanswered)
            else decisive and not any(mentions(handle, contact) for contact in answered)
        ):
            return await self._read(handle.filter, [handle.value])
        return answered

    def _join(self, handle: Handle) -> dict[str, asyncio.Future[Answered]]:
        """Join the call that is being gathered, or start to gather one; it leaves when it is full or due."""
        batch = self._gathering.setdefault(handle.filter, {})
        if handle.value not in batch:
            batch[handle.value] = asyncio.get_running_loop().create_future()
            if len(batch) == 1:
                self._start(self._gather(handle.filter, batch))
            elif len(batch) == VALUES_PER_CALL:
                del self._gathering[handle.filter]
                self._start(self._answer(handle.filter, batch))
        return batch

    async def contact(self, contact_id: str) -> StoredContact | Unanswered | None:
        """Read one contact whole; None when there is none any more."""
        answer = await self._retrier.read("get", lambda: self._api.get_contact(self._book, contact_id))
        match answer:
            case Reply():
                return read_object(answer.body) or {}
            case Refuse("2101"):
                return None
            case _:
                return _unanswered(answer)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _gather(self, name: FilterName, batch: dict[str, asyncio.Future[Answered]]) -> None:
        await self._sleep(self._window_s)
        if self._gathering.get(name) is batch:
            del self._gathering[name]
            await self._answer(name, batch)

    async def _answer(self, name: FilterName, batch: dict[str, asyncio.Future[Answered]]) -> None:
        answered: Answered = Unanswered("the look-up was cut short")
        try:
            answered = await self._read(name, list(batch))
        finally:
            for future in batch.values():
                if not future.done():
                    future.set_result(answered)

    async def _read(self, name: FilterName, values: Sequence[str]) -> Answered:
        contacts: list[StoredContact] = []
        token = ""
        for _ in range(_MOST_PAGES):
            page = await self._page(name, values, token)
            if isinstance(page, Unanswered):
                return page
            contacts += page[0]
            token = page[1]
            if not token:
                return tuple(contacts)
        return Unanswered("the look-up gives more contacts than a filter can have")

    async def _page(
        self, name: FilterName, values: Sequence[str], token: str
    ) -> tuple[list[StoredContact], str] | Unanswered:
        emails, phones = (values, ()) if name == "emails" else ((), values)

        async def call() -> Reply | Fault:
            self.calls += 1
            return await self._api.list_contacts(
                self._book, emails=emails, phone_numbers=phones, next_page_token=token
            )

        answer = await self._retrier.read("list", call)
        match answer:
            case Reply():
                return _contacts(answer)
            case _:
                return _unanswered(answer)


def _unanswered(answer: Refuse | GivenUp | Stopped) -> Unanswered:
    match answer:
        case Refuse(code, _, message):
            return Unanswered(f"Zoom refused the look-up ({code}: {message})", refused=True)
        case GivenUp(reason):
            return Unanswered(f"the look-up got no answer ({reason})")
        case Stopped(message):
            return Unanswered(f"the run stopped before it was looked up: {message}")


def _contacts(reply: Reply) -> tuple[list[StoredContact], str] | Unanswered:
    found = read_object(reply.body) or {}
    contacts, token = found.get("contacts"), found.get("next_page_token")
    if contacts is None and found.get("total_records") == 0:
        contacts = []
    if not isinstance(contacts, list):
        return Unanswered("the look-up's answer has no contacts in it")
    return [one for one in contacts if isinstance(one, dict)], token if isinstance(token, str) else ""
