"""The calls of the address-book API: each gives a `Reply` or a `Fault`, whatever happens to it."""

import asyncio
import json
import random as random_module
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote, urlencode

import httpx

import importer
from importer.model import Fault, Payload, Reply
from importer.retry import api_error
from importer.zoom.auth import Tokens
from importer.zoom.operations import OPERATIONS
from importer.zoom.pacer import Pacer
from importer.zoom.pacing_rates import Label
from importer.zoom.route import route_to
from importer.zoom.settings import ZoomSettings
from importer.zoom.transport import Timeouts, Transport

LARGEST_PAGE = 300
"""Contacts, books, units or fields of one page: the reference's maximum of `page_size`."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ZoomClient:
    """Client of one account; an async context manager. Workers share it.

    Every call makes one HTTP request, and one more when the answer is a 401: the same with a fresh token,
    which all workers share. A second 401 is the answer. Each request takes its place in the rate of its label
    first. No call raises for what the server, the network or the row does; `AccountError` alone can come out
    of each of them, when Zoom does not give these credentials a token.

    Arguments:
        settings: where the account is and how to sign in.
        pacers: one for each rate label.
        timeouts: when to give up on an answer.
        clock: monotonic seconds, the same as the pacers'.
        now: aware time of day.
        sleep, random: as asyncio's and random's; for the waits between requests for a token.

    Raises:
        SettingsError: the proxy or the certificates that the environment names cannot be used.
    """

    def __init__(
        self,
        settings: ZoomSettings,
        pacers: Mapping[Label, Pacer],
        *,
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._pacers, self._clock = pacers, clock
        self._base = f"{settings.api_url.rstrip('/')}/contact_center/address_books"
        self._oauth_url = httpx.URL(settings.oauth_url)
        given = timeouts or Timeouts()
        self._api = Transport(route_to(settings.api_url), given)
        self._oauth = Transport(route_to(settings.oauth_url), given)
        self._tokens = Tokens(settings, self._ask_token, clock=clock, now=now, sleep=sleep, random=random)
        self._host = _host(httpx.URL(settings.api_url))
        self._urls: dict[str, httpx.URL] = {}
        self.calls: Counter[str] = Counter()
        """Requests by name of the method, each retry and each replay after a 401 counted."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._tokens.aclose()
        await self._oauth.aclose()
        await self._api.aclose()

    def token_scopes(self) -> frozenset[str]:
        """Scopes of the token in use; empty before the first call, and when Zoom did not name them."""
        return self._tokens.scopes

    async def sign_in(self) -> Fault | None:
        """Fetch the token now instead of with the first call; a Fault when there is none at the moment.

        Raises:
            AccountError: Zoom does not give these credentials a token.
        """
        token = await self._tokens.current()
        return token if isinstance(token, Fault) else None

    # --- contacts --------------------------------------------------------------------------------

    async def create_contact(self, book: str, payload: Payload) -> Reply | Fault:
        """Post a contact; 201 with the stored contact."""
        return await self._call("create_contact", f"/{_part(book)}/contacts", payload=payload)

    async def update_contact(self, book: str, contact_id: str, payload: Payload) -> Reply | Fault:
        """Patch a contact; 204."""
        return await self._call("update_contact", _contact(book, contact_id), payload=payload)

    async def delete_contact(self, book: str, contact_id: str) -> Reply | Fault:
        """Delete a contact; 204."""
        return await self._call("delete_contact", _contact(book, contact_id))

    async def get_contact(self, book: str, contact_id: str) -> Reply | Fault:
        """Read one contact; 200, or 404 code 2101."""
        return await self._call("get_contact", _contact(book, contact_id))

    async def list_contacts(
        self,
        book: str,
        *,
        emails: Sequence[str] = (),
        phone_numbers: Sequence[str] = (),
        page_size: int = LARGEST_PAGE,
        next_page_token: str = "",
    ) -> Reply | Fault:
        """Read one page of the book's contacts; each filter takes at most 10 values, matched exactly."""
        # Arrays in a query are repeated names: OpenAPI's default, and Zoom's document sets no other style.
        filters = [("emails", one) for one in emails] + [("phone_numbers", one) for one in phone_numbers]
        query = [*filters, *_paging(page_size, next_page_token)]
        return await self._call("list_contacts", f"/{_part(book)}/contacts", query=query)

    async def contact_custom_fields(
        self, contact_id: str, *, page_size: int = LARGEST_PAGE, next_page_token: str = ""
    ) -> Reply | Fault:
        """Read one page of the custom field values of one contact."""
        path = f"/contacts/{_part(contact_id)}/custom_fields"
        return await self._call("contact_custom_fields", path, query=_paging(page_size, next_page_token))

    # --- around them -----------------------------------------------------------------------------

    async def get_address_book(self, book: str) -> Reply | Fault:
        """Read name, unit and `total_contacts` of a book."""
        return await self._call("get_address_book", f"/{_part(book)}")

    async def list_address_books(
        self, unit_id: str, *, page_size: int = LARGEST_PAGE, next_page_token: str = ""
    ) -> Reply | Fault:
        """Read one page of the books of a unit."""
        query = [("unit_id", unit_id), *_paging(page_size, next_page_token)]
        return await self._call("list_address_books", "", query=query)

    async def list_units(self, *, page_size: int = LARGEST_PAGE, next_page_token: str = "") -> Reply | Fault:
        """Read one page of the units."""
        return await self._call("list_units", "/units", query=_paging(page_size, next_page_token))

    async def list_custom_fields(
        self, *, page_size: int = LARGEST_PAGE, next_page_token: str = ""
    ) -> Reply | Fault:
        """Read one page of the account's custom fields."""
        return await self._call(
            "list_custom_fields", "/custom_fields", query=_paging(page_size, next_page_token)
        )

    # --- how -------------------------------------------------------------------------------------

    async def _call(
        self,
        name: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        payload: Payload | None = None,
    ) -> Reply | Fault:
        url = httpx.URL(f"{self._base}{path}?{urlencode(query)}") if query else self._url(path)
        # ASCII with escapes: half of a surrogate pair, which a damaged file can hold, has no UTF-8.
        body = b"" if payload is None else json.dumps(dict(payload), separators=(",", ":")).encode("ascii")
        token = await self._tokens.current()
        if isinstance(token, Fault):
            return token
        answer, used = await self._paced(name, url, body)
        if not _is_token_refused(answer):
            return answer
        fresh = await self._tokens.instead_of(used)
        # A 401 was carried out by nobody, so a fault here leaves no doubt about the row.
        return fresh if isinstance(fresh, Fault) else (await self._paced(name, url, body))[0]

    async def _paced(self, name: str, url: httpx.URL, body: bytes) -> tuple[Reply | Fault, str]:
        """Wait for a place in the rate, and send; returns the answer and the token that was used."""
        operation = OPERATIONS[name]
        pacer = self._pacers[operation.label]
        await pacer.acquire()
        # Only now: in a long queue the token of before may have run out, or been replaced, meanwhile.
        token = await self._tokens.current()
        if isinstance(token, Fault):
            return token, ""
        headers = [*self._host, (b"authorization", f"Bearer {token}".encode("ascii"))]
        self.calls[name] += 1
        sent_at = self._clock()
        answer = await self._api.exchange(operation.method, url, headers, body)
        if isinstance(answer, Reply):
            pacer.observe(answer, sent_at)
        return answer, token

    async def _ask_token(self, authorization: str, form: str) -> Reply | Fault:
        headers = [
            (b"host", self._oauth_url.netloc),
            (b"user-agent", _USER_AGENT),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"identity"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"authorization", authorization.encode("ascii")),
        ]
        return await self._oauth.exchange("POST", self._oauth_url, headers, form.encode("ascii"))

    def _url(self, path: str) -> httpx.URL:
        """Parse the address of creates once, not once a contact; others differ from call to call."""
        found = self._urls.get(path)
        if found is None:
            self._urls.clear()
            found = self._urls[path] = httpx.URL(self._base + path)
        return found


_USER_AGENT = f"zoom-import/{importer.__version__}".encode()


def _host(url: httpx.URL) -> list[tuple[bytes, bytes]]:
    return [
        (b"host", url.netloc),
        (b"user-agent", _USER_AGENT),
        (b"accept", b"application/json"),
        (b"accept-encoding", b"identity"),
        (b"content-type", b"application/json"),
    ]


def _is_token_refused(answer: Reply | Fault) -> bool:
    """A 401 that a fresh token may mend: all but a missing scope, which the next token lacks as well."""
    return isinstance(answer, Reply) and answer.status == 401 and api_error(answer).code != "4711"


def _paging(page_size: int, next_page_token: str) -> list[tuple[str, str]]:
    paging = [("page_size", str(page_size))]
    return [*paging, ("next_page_token", next_page_token)] if next_page_token else paging


def _contact(book: str, contact_id: str) -> str:
    return f"/{_part(book)}/contacts/{_part(contact_id)}"


def _part(text: str) -> str:
    """Quote one part of a path. An empty or dotted one would turn the call into one on something else."""
    if not text.strip("."):
        raise ValueError(f"an id cannot be {text!r}")
    return quote(text, safe="")
