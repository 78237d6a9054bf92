"""The way to a host with several addresses, some of which may lead nowhere (RFC 8305, "happy eyeballs").

asyncio's own loop can do this, uvloop cannot: there, one address that swallows everything would use up all
the time there is to connect.
"""

import asyncio
import socket
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

_STAGGER_S = 0.25
"""Seconds that an address has to itself before the next one is tried beside it (RFC 8305, section 5)."""

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


async def connected(host: str, port: int) -> socket.socket:
    """Connect to the address of `host` that answers first; a silent one does not hold up the next.

    Raises:
        OSError: there is no such host, or none of its addresses can be reached.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return await first_to_answer(_families_in_turn(found))


def _families_in_turn(found: Sequence[_Address]) -> list[_Address]:
    """Put IPv6 and IPv4 in turn, beginning with the system's choice, so that the second try is the other."""
    first = [one for one in found if one[0] == found[0][0]]
    others = [one for one in found if one[0] != found[0][0]]
    return [one for pair in zip_longest(first, others) for one in pair if one is not None]


async def first_to_answer(addresses: Sequence[_Address]) -> socket.socket:
    """Connect to one of these, as getaddrinfo gives them; tried in this order.

    Raises:
        OSError: none can be reached.
    """
    left = list(reversed(addresses))
    attempts: set[asyncio.Task[socket.socket]] = set()
    error: BaseException = OSError("the host has no address")
    try:
        while left or attempts:
            if left:
                attempts.add(asyncio.create_task(_attempt(left.pop())))
            done, _ = await asyncio.wait(
                attempts, timeout=_STAGGER_S if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                attempts.discard(attempt)
                failed = attempt.exception()
                if failed is None:
                    return attempt.result()
                error = failed
        raise error
    finally:
        for attempt in attempts:
            attempt.cancel()
            attempt.add_done_callback(_not_needed)


async def _attempt(address: _Address) -> socket.socket:
    family, kind, protocol, _, name = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, name)
    except BaseException:
        sock.close()
        raise
    return sock


def _not_needed(attempt: "asyncio.Task[socket.socket]") -> None:
    """Close what came too late: a connection that lost the race, or that nobody waits for any more."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()
