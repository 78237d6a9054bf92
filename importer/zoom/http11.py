"""HTTP/1.1 as far as the API needs it: a request out in one piece, an answer read to its end.

h11 takes a fifth of the CPU of a row. So what nearly every answer looks like, a whole head and a plain
length, is read here, by one expression. Whatever looks different in any way goes to h11 from its first byte
on: it alone decides what is still HTTP, and where an answer ends.
"""

import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import NamedTuple

import h11
import httpcore
import httpx

from importer.model import Reply
from importer.zoom.faults import AnswerTooLarge
from importer.zoom.network import Stream

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes. A page of 300 contacts, every field full, stays below 5 MB."""

_LARGEST_READ = 64 * 1024
_LARGEST_HEAD = 100 * 1024

Headers = Sequence[tuple[bytes, bytes]]
Read = Callable[[], Awaitable[bytes]]

_LINE = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n"
_PLAIN_HEAD = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n((?:%b)*)\r\n" % _LINE)
_BODILESS = (204, 304)


class Call(NamedTuple):
    """One request.

    Attributes:
        target: what stands behind the method.
        headers: without the length of the body.
    """

    method: bytes
    target: bytes
    headers: Headers
    body: bytes = b""

    def whole_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers with the length of the body, where there is one."""
        return [*self.headers, (b"content-length", b"%d" % len(self.body))] if self.body else [*self.headers]


class Patience(NamedTuple):
    """When to give up.

    Attributes:
        read_s: seconds until the next bytes of the answer.
        write_s: seconds until the request is gone.
        end: monotonic time at which the answer has to be whole, for one that trickles.
    """

    read_s: float
    write_s: float
    end: float

    def next_read_s(self) -> float:
        """Seconds to wait for the next bytes.

        Raises:
            TimeoutError: there are none left.
        """
        left_s = self.end - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return min(self.read_s, left_s)


class Answer(NamedTuple):
    """A reply, and whether the connection can carry another request."""

    reply: Reply
    goes_on: bool


def request_bytes(call: Call) -> bytes:
    """Write a request as it travels.

    Raises:
        httpcore.LocalProtocolError: it would be more than one line a header; nothing has been sent.
    """
    headers = call.whole_headers()
    lines = [b"%b %b HTTP/1.1" % call[:2], *(b"%b: %b" % header for header in headers), b"", b""]
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(headers) + 2 or head.count(b"\r") != len(headers) + 2:
        raise httpcore.LocalProtocolError("a header has a line break")
    return head + call.body


async def exchange(stream: Stream, call: Call, patience: Patience) -> Answer:
    """Send a request and read the whole answer.

    Args:
        stream: a connection on which nothing is under way.
        call: the request.
        patience: when to give up.

    Raises:
        TimeoutError: the answer is not whole in time; the connection is of no more use, as after each of the
            others.
        AnswerTooLarge: its body goes on and on.
        httpx.DecodingError: the answer is packed, and cannot be unpacked.
        httpcore's exceptions.
    """

    async def read() -> bytes:
        return await stream.read(_LARGEST_READ, patience.next_read_s())

    # A server may refuse a request that it has not read to the end: what it says then is the answer.
    with suppress(httpcore.WriteError):
        await stream.write(request_bytes(call), patience.write_s)
    first = await read()
    plain = _plain(first)
    if plain is None:
        return await _read_by_h11(call, first, read)
    status, headers, begin, length = plain
    body = first[begin:]
    if len(body) < length:
        body = await _rest(body, length, read)
    goes_on = len(body) == length and "close" not in headers.get("connection", "").lower()
    return Answer(Reply(status, headers, body[:length]), goes_on)


async def tunnel(stream: Stream, target: bytes, headers: Headers, answer_s: float) -> None:
    """Ask a proxy to carry everything from here on to `target`, host and port.

    Raises:
        httpcore.ProxyError: it does not.
        httpcore.TimeoutException, httpcore.NetworkError: it says nothing.
    """
    call = Call(b"CONNECT", target, [(b"host", target), (b"accept", b"*/*"), *headers])

    async def read() -> bytes:
        return await stream.read(_LARGEST_READ, answer_s)

    await stream.write(request_bytes(call), answer_s)
    async with _answer(_asked(call), await read(), read) as events:
        async for event in events:
            if isinstance(event, h11.Response) and not 200 <= event.status_code < 300:
                raise httpcore.ProxyError(str(event.status_code))


def _plain(data: bytes) -> tuple[int, dict[str, str], int, int] | None:
    """Read the head of an answer: status, headers, where the body begins, and its length.

    None when there is anything about it that calls for a closer look.
    """
    head = _PLAIN_HEAD.match(data)
    if head is None:
        return None
    headers: dict[str, str] = {}
    for line in head[2].decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        _add(headers, name.lower(), value.strip(" \t"))
    status = int(head[1])
    if "transfer-encoding" in headers or "content-encoding" in headers or "upgrade" in headers:
        return None
    length = "0" if status in _BODILESS else headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 10):
        return None
    if int(length) > LARGEST_BODY:
        raise AnswerTooLarge
    return status, headers, head.end(), int(length)


async def _rest(begun: bytes, length: int, read: Read) -> bytes:
    parts, size = [begun], len(begun)
    while size < length:
        part = await read()
        if not part:
            raise httpcore.RemoteProtocolError("peer closed connection in the middle of an answer")
        parts.append(part)
        size += len(part)
    return b"".join(parts)


# --- the closer look -----------------------------------------------------------------------------


async def _read_by_h11(call: Call, first: bytes, read: Read) -> Answer:
    parser = _asked(call)
    head: h11.Response | None = None
    parts: list[bytes] = []
    size = 0
    async with _answer(parser, first, read) as events:
        async for event in events:
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
                size += len(event.data)
                if size > LARGEST_BODY:
                    raise AnswerTooLarge
    if head is None:
        raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
    raw = head.headers.raw_items()
    headers: dict[str, str] = {}
    for name, value in raw:
        _add(headers, name.decode("latin-1").lower(), value.decode("latin-1"))
    if "content-encoding" in headers:
        parts = list(_unpacked(head.status_code, raw, parts))
    goes_on = parser.our_state is h11.DONE and parser.their_state is h11.DONE and not parser.trailing_data[0]
    return Answer(Reply(head.status_code, headers, b"".join(parts)), goes_on)


def _asked(call: Call) -> h11.Connection:
    """Build a parser that knows what was asked."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
    parser.send(h11.Request(method=call.method, target=call.target, headers=call.whole_headers()))
    parser.send(h11.Data(data=call.body))
    parser.send(h11.EndOfMessage())
    return parser


@asynccontextmanager
async def _answer(
    parser: h11.Connection, first: bytes, read: Read
) -> AsyncIterator[AsyncGenerator[h11.Event]]:
    """Give what h11 finds, to the end of the answer; its errors become those of httpcore."""
    async with aclosing(_events(parser, first, read)) as events:
        try:
            yield events
        except h11.RemoteProtocolError as error:
            raise httpcore.RemoteProtocolError(str(error)) from error


async def _events(parser: h11.Connection, data: bytes, read: Read) -> AsyncGenerator[h11.Event]:
    while True:
        if not data and parser.their_state is h11.SEND_RESPONSE:
            raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
        parser.receive_data(data)
        while isinstance(event := parser.next_event(), h11.Event):
            if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                return
            yield event
        if event is h11.PAUSED:
            return
        data = await read()


def _unpacked(status: int, headers: Headers, parts: Sequence[bytes]) -> Iterator[bytes]:
    """Plain bytes are asked for; something in between may pack them all the same."""
    size = 0
    for part in httpx.Response(status, headers=[*headers], content=iter(parts)).iter_bytes():
        size += len(part)
        if size > LARGEST_BODY:
            raise AnswerTooLarge
        yield part


def _add(headers: dict[str, str], name: str, value: str) -> None:
    headers[name] = f"{headers[name]}, {value}" if name in headers else value
