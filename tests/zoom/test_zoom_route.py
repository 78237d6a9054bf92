"""The way to a host: proxies and certificates as people expect them, and never a proxy to this machine."""

import asyncio

import httpx
import pytest

from importer.errors import SettingsError
from importer.model import Fault
from importer.zoom.route import route_to
from importer.zoom.transport import Timeouts, Transport

API = "https://api.zoom.example.com/v2"
PROXY = "http://proxy.example.com:8080"

WAYS = {
    "none named": (API, {}, None),
    "for https": (API, {"https": PROXY}, PROXY),
    "for all": (API, {"all": PROXY}, PROXY),
    "for http alone": (API, {"http": PROXY}, None),
    "without scheme": (API, {"https": "proxy.example.com:8080"}, PROXY),
    "an exception": (API, {"https": PROXY, "no": "other.example.org, zoom.example.com"}, None),
    "an exception with a dot": (API, {"https": PROXY, "no": ".example.com"}, None),
    "another's exception": (API, {"https": PROXY, "no": "om.example.com.org,ample.com"}, PROXY),
    "exceptions for all": (API, {"https": PROXY, "no": "*"}, None),
    "this machine": ("http://127.0.0.1:8000/v2", {"http": PROXY, "all": PROXY}, None),
    "this machine by name": ("http://localhost:8000/v2", {"http": PROXY}, None),
    "this machine, IPv6": ("http://[::1]:8000/v2", {"http": PROXY}, None),
}


@pytest.mark.parametrize(("url", "proxies", "expected"), WAYS.values(), ids=WAYS)
def test_the_proxy_is_the_one_that_is_meant(url, proxies, expected):
    """As HTTPS_PROXY, ALL_PROXY and NO_PROXY are read elsewhere."""
    proxy = route_to(url, proxies).proxy
    assert (None if proxy is None else str(proxy.url).rstrip("/")) == expected


@pytest.mark.parametrize(
    "address", ["socks5://ann:hush@proxy.example.com", "http://ann:hush@", "http://ann:hush@host:port"]
)
def test_a_proxy_that_cannot_be_used_is_said_without_its_password(address):
    """One sentence, and no secret in it."""
    with pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        route_to(API, {"https": address})
    assert "hush" not in str(caught.value)


def test_a_route_does_not_show_a_password():
    """Its repr can be logged."""
    assert "hush" not in repr(route_to(API, {"https": "http://ann:hush@proxy.example.com"}))


def test_a_certificate_file_that_is_missing_is_named(monkeypatch, tmp_path):
    """SSL_CERT_FILE is used, and said to be wrong when it is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(SettingsError, match="SSL_CERT_FILE"):
        route_to(API, {})


async def test_a_proxy_that_refuses_is_certainly_not_sent():
    """The request goes through the proxy's tunnel; where there is none, nothing was sent."""
    asked: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport(route_to(API, {"https": proxy}), Timeouts())
    fault = await transport.exchange("GET", httpx.URL(API), [(b"host", b"api.zoom.example.com")], b"")
    await transport.aclose()
    server.close()
    await server.wait_closed()
    assert fault == Fault("connect", "no", "The proxy did not let the connection through.")
    assert asked[0].startswith(b"CONNECT api.zoom.example.com:443 ")
