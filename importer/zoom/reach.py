"""Can a host be reached at all: one request without credentials, and why not when it cannot."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from importer.model import Fault, Reply
from importer.zoom.route import route_to
from importer.zoom.transport import Timeouts, Transport


@dataclass(frozen=True, slots=True)
class Knock:
    """What came of it.

    Attributes:
        answer: any answer means that the host is there.
        host: that was asked for.
        proxy: host and port of the proxy on the way, "" for none.
        why: one sentence when there was no answer, "" otherwise.
    """

    answer: Reply | Fault
    host: str
    proxy: str = ""
    why: str = ""


async def knock(url: str, timeouts: Timeouts) -> Knock:
    """Ask the host of `url` for its front page.

    Raises:
        SettingsError: the proxy or the certificates that the environment names cannot be used.
    """
    parts = urlsplit(url)
    route = route_to(url)
    proxy = "" if route.proxy is None else f"{route.proxy.url.host}:{route.proxy.url.port or 80}"
    transport = Transport(route, timeouts)
    try:
        answer = await transport.exchange(
            "GET", httpx.URL(f"{parts.scheme}://{parts.netloc}/"), [(b"host", parts.netloc.encode())], b""
        )
    finally:
        await transport.aclose()
    host = parts.hostname or ""
    if isinstance(answer, Reply):
        return Knock(answer, host, proxy)
    why = answer.detail if proxy else await _why(host, parts.port or _port(parts.scheme), timeouts.connect_s)
    return Knock(answer, host, proxy, why or answer.detail)


async def _why(host: str, port: int, patience_s: float) -> str:
    """Find out how far a connection gets; "" when it gets all the way."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            await loop.getaddrinfo(host, port)
    except (OSError, TimeoutError, UnicodeError):
        return "Its name cannot be looked up: check the connection to the internet, and the spelling."
    try:
        async with asyncio.timeout(patience_s):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return f"Nothing answers at port {port}: perhaps a firewall, or HTTPS_PROXY has to be set."
    writer.close()
    return (
        "It answers, but no safe connection comes about: perhaps a proxy that reads along. Name its "
        "certificate with SSL_CERT_FILE."
        if port == 443
        else ""
    )


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
