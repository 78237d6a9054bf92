"""One HTTP exchange: a request out, a `Reply` or a `Fault` back. Nothing of httpx gets past this file.

Concurrent calls each borrow a lane: room for one connection of httpcore, on which httpx itself stands. Its
pool looks at every connection for every request (about 2 ms of CPU a request with 16 workers); with one
connection each there is nothing to look through. The lane given back last is borrowed first, so that few
connections stay warm and the others are left to expire.
"""

import asyncio
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from typing import Self

import httpcore
import httpx

from importer.model import Fault, Reply
from importer.zoom.faults import AnswerTooLarge, fault_of
from importer.zoom.lane import Lane, connections_by
from importer.zoom.route import Route

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes. A page of 300 contacts, every field full, stays below 5 MB."""

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
        self._open = connections_by(route)
        self._whole_s = timeouts.whole_s
        # No time-out for the pool: a lane is borrowed by one call alone, there is no queue.
        self._extensions: dict[str, dict[str, float]] = {
            "timeout": {
                "connect": timeouts.connect_s,
                "read": timeouts.read_s,
                "write": timeouts.write_s,
            }
        }
        self._lanes: list[Lane] = []
        self._free: list[Lane] = []

    async def exchange(self, method: str, url: httpx.URL, headers: Headers, body: bytes) -> Reply | Fault:
        """Send one request and read the whole answer. Redirects are answers; nothing is sent twice."""
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[*headers, (b"content-length", b"%d" % len(body))] if body else headers,
            content=body,
            extensions=self._extensions,
        )
        lane = self._free.pop() if self._free else self._new_lane()
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

    def _new_lane(self) -> Lane:
        lane = Lane(self._open)
        self._lanes.append(lane)
        return lane


async def _exchange(lane: Lane, request: httpcore.Request) -> Reply:
    response = await lane.send(request)
    try:
        headers = _names_lowered(response.headers)
        body = await _read(_unpacked(response) if "content-encoding" in headers else response.aiter_stream())
    finally:
        await response.aclose()
    return Reply(response.status, headers, body)


def _unpacked(response: httpcore.Response) -> AsyncIterable[bytes]:
    """We ask for plain bytes; something in between may pack them all the same."""
    return httpx.Response(
        response.status, headers=response.headers, content=response.aiter_stream()
    ).aiter_bytes()


async def _read(parts: AsyncIterable[bytes]) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in parts:
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_BODY:
            raise AnswerTooLarge
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _names_lowered(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
