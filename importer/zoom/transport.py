"""One HTTP exchange: a request out, a `Reply` or a `Fault` back. Nothing of httpx gets past this file.

Concurrent calls each borrow a lane: a transport of httpx with room for one connection. httpx's own pool looks
at every connection for every request (about 2 ms of CPU a request with 16 workers, beside 0.6 this way);
with one connection each there is nothing to look through. The lane given back last is borrowed first, so that
few connections stay warm and the others are left to expire.
"""

import asyncio
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from typing import Self

import httpx

from importer.model import Fault, Reply
from importer.zoom.faults import AnswerTooLarge, fault_of
from importer.zoom.route import Route

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes. A page of 300 contacts, every field full, stays below 5 MB."""

_KEEPALIVE_S = 4.0
"""Seconds an idle connection is used again: less than servers keep one (5 s is the shortest in common use),
because a request that crosses the server's goodbye leaves its row in doubt."""

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds.

    Attributes:
        connect_s: until a connection stands.
        read_s: until the next bytes of the answer.
        write_s: until the next bytes of the request are gone.
        whole_s: for everything together, so that an answer which trickles comes to an end as well.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    write_s: float = 30.0
    whole_s: float = 120.0

    @classmethod
    def of_answer(cls, seconds: float) -> Self:
        """Build them around one number, the wait for an answer; the others keep their proportions."""
        return cls(min(10.0, seconds), seconds, seconds, 4 * seconds)


class Transport:
    """Exchanges with one host.

    Arguments:
        route: how to get there.
        timeouts: when to give up.
    """

    def __init__(self, route: Route, timeouts: Timeouts) -> None:
        self._route = route
        self._whole_s = timeouts.whole_s
        # No time-out for the pool: a lane is borrowed by one call alone, there is no queue.
        self._extensions: Mapping[str, dict[str, float]] = {
            "timeout": {
                "connect": timeouts.connect_s,
                "read": timeouts.read_s,
                "write": timeouts.write_s,
            }
        }
        self._lanes: list[httpx.AsyncHTTPTransport] = []
        self._free: list[httpx.AsyncHTTPTransport] = []

    async def exchange(self, method: str, url: httpx.URL, headers: Headers, body: bytes) -> Reply | Fault:
        """Send one request and read the whole answer. Redirects are answers; nothing is sent twice."""
        request = httpx.Request(
            method,
            url,
            headers=[*headers, (b"content-length", b"%d" % len(body))] if body else headers,
            stream=httpx.ByteStream(body),
            extensions=self._extensions,
        )
        lane = self._free.pop() if self._free else self._open()
        try:
            async with asyncio.timeout(self._whole_s):
                return await _exchange(lane, request)
        except Exception as error:  # noqa: BLE001 - the boundary: a row never fails with an exception
            return fault_of(error)
        finally:
            self._free.append(lane)

    async def aclose(self) -> None:
        """Close all connections."""
        while self._lanes:
            await self._lanes.pop().aclose()
        self._free.clear()

    def _open(self) -> httpx.AsyncHTTPTransport:
        lane = httpx.AsyncHTTPTransport(
            verify=self._route.tls,
            proxy=self._route.proxy,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=_KEEPALIVE_S),
        )
        self._lanes.append(lane)
        return lane


async def _exchange(lane: httpx.AsyncHTTPTransport, request: httpx.Request) -> Reply:
    response = await lane.handle_async_request(request)
    try:
        body = await _read(response)
    finally:
        await response.aclose()
    return Reply(response.status_code, _names_lowered(response), body)


async def _read(response: httpx.Response) -> bytes:
    # We ask for plain bytes; something in between may pack them all the same.
    parts: AsyncIterable[bytes] = response.aiter_bytes()
    if "content-encoding" not in response.headers and isinstance(response.stream, httpx.AsyncByteStream):
        parts = response.stream
    chunks: list[bytes] = []
    size = 0
    async for chunk in parts:
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_BODY:
            raise AnswerTooLarge
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _names_lowered(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
