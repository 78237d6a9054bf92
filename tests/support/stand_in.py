"""A stand-in for Zoom's API of another make than the sandbox: raw sockets, and habits that a test decides."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Contact = dict[str, Any]
Payload = Mapping[str, Any]


@dataclass
class Answer:
    """What goes back over the wire.

    Attributes:
        status: HTTP status; 0 drops the connection without a word.
        body: JSON, or bytes as they are.
        headers: further headers.
        cut_at: so many bytes of the whole answer are sent, then the connection is dropped; None sends all.
        hang_up: the connection is closed after the answer, without saying so in it.
    """

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    hang_up: bool = False

    def raw(self) -> bytes:
        """The bytes of it."""
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} X", f"content-length: {len(body)}"]
        lines += [f"{name}: {text}" for name, text in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


DROPPED = Answer(0)
Habit = Callable[["StandIn", Payload], Awaitable[Answer]]


class StandIn:
    """Serves one address book on a free port of 127.0.0.1, in a thread.

    Args:
        create: answers each POST of a contact.
        listed: what the list shows of the book, given all contacts and the filter's name and values.
        token: answers each request for a token; None gives one.
    """

    def __init__(
        self,
        create: Habit,
        listed: Callable[[list[Contact], str, list[str]], list[Contact]] | None = None,
        token: Callable[[int], Answer | None] | None = None,
    ) -> None:
        self.contacts: list[Contact] = []
        self.creates = 0
        self.tokens = 0
        self.requests: list[tuple[str, str]] = []
        self._create = create
        self._listed = listed or filtered
        self._token = token or (lambda _count: None)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.api_url = f"http://127.0.0.1:{port}/v2"
        self.oauth_url = f"http://127.0.0.1:{port}/oauth/token"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def store(self, payload: Payload) -> Contact:
        """Put a contact into the book."""
        contact = {"contact_id": f"id-{len(self.contacts) + 1}", **payload}
        self.contacts.append(contact)
        return contact

    def store_later(self, payload: Payload, seconds: float) -> None:
        """Put it there after a while."""
        asyncio.get_running_loop().call_later(seconds, self.store, payload)

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                method, target, length = head
                body = await reader.readexactly(length)
                self.requests.append((method, target))
                answer = await self._answer(method, target, body)
                if answer.status:
                    writer.write(answer.raw()[: answer.cut_at])
                    await writer.drain()
                if not answer.status or answer.cut_at is not None or answer.hang_up:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            writer.close()

    async def _answer(self, method: str, target: str, body: bytes) -> Answer:
        address = urlsplit(target)
        tail = address.path.removeprefix("/v2/contact_center/address_books/").split("/")
        if address.path == "/oauth/token":
            self.tokens += 1
            given = {"access_token": f"t{self.tokens}", "token_type": "bearer", "expires_in": 3600}
            return self._token(self.tokens) or Answer(200, given)
        if tail[1:] == ["contacts"] and method == "POST":
            self.creates += 1
            return await self._create(self, json.loads(body))
        if tail[1:] == ["contacts"]:
            return self._list(parse_qs(address.query))
        return self._one(method, tail, body)

    def _list(self, query: Mapping[str, list[str]]) -> Answer:
        name = "emails" if "emails" in query else "phone_numbers"
        shown = self._listed(self.contacts, name, query.get(name, []))
        return Answer(200, {"next_page_token": "", "total_records": len(shown), "contacts": shown})

    def _one(self, method: str, tail: list[str], body: bytes) -> Answer:
        if len(tail) == 1:
            return Answer(200, {"address_book_id": tail[0], "address_book_name": "Book"})
        found = [contact for contact in self.contacts if contact["contact_id"] == tail[2]]
        if not found:
            return Answer(404, {"code": 2101, "message": "Contact does not exist."})
        if method == "GET":
            return Answer(200, found[0])
        if method == "DELETE":
            self.contacts.remove(found[0])
        else:
            found[0].update(json.loads(body))
        return Answer(204)


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, int] | None:
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
    return method, target, int(headers.get("content-length", "0"))


def filtered(contacts: list[Contact], name: str, values: list[str]) -> list[Contact]:
    """What the reference says: contacts that have one of the values exactly."""
    return [one for one in contacts if not values or set(one.get(name, ())) & set(values)]
