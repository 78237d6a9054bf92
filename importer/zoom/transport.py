"""One HTTP exchange: a request out, a `Reply` or a `Fault` back. Nothing of httpx gets past this file.

Concurrent calls each borrow a lane: room for one connection. The lane given back last is borrowed first, so
that few connections stay warm and the others are left to expire.
"""

from dataclasses import dataclass
from typing import Self

import httpx

from importer.model import Fault, Reply
from importer.zoom.connecting import Opener, Target, target_of
from importer.zoom.faults import fault_of
from importer.zoom.http11 import Call, Headers
from importer.zoom.lane import Lane
from importer.zoom.route import Route


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
        self._opener = Opener(route, timeouts.connect_s)
        self._timeouts = timeouts
        self._lanes: list[Lane] = []
        self._free: list[Lane] = []
        self._address: tuple[httpx.URL, Target, bytes] | None = None

    async def exchange(self, method: str, url: httpx.URL, headers: Headers, body: bytes) -> Reply | Fault:
        """Send one request and read the whole answer. Redirects are answers; nothing is sent twice."""
        lane = self._free.pop() if self._free else self._new_lane()
        try:
            target, path = self._parts(url)
            path, headers = self._opener.as_seen_from_here(target, path, headers)
            return await lane.send(target, Call(method.encode("ascii"), path, headers, body))
        except Exception as error:  # noqa: BLE001 - the boundary: a row never fails with an exception
            return fault_of(error)
        finally:
            self._free.append(lane)

    def close(self) -> None:
        """Close all connections."""
        while self._lanes:
            self._lanes.pop().close()
        self._free.clear()

    def _parts(self, url: httpx.URL) -> tuple[Target, bytes]:
        """Take an address apart, that of creates once, not once a contact."""
        if self._address is None or self._address[0] is not url:
            self._address = (url, target_of(url), url.raw_path)
        return self._address[1:]

    def _new_lane(self) -> Lane:
        given = self._timeouts
        lane = Lane(self._opener.open, given.read_s, given.write_s, given.whole_s)
        self._lanes.append(lane)
        return lane
