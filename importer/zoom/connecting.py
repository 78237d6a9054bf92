"""Opening connections: straight, or through a proxy, with TLS where the address says so."""

import base64
import ssl
from typing import NamedTuple

import httpcore
import httpx

from importer.zoom.http11 import Headers, tunnel
from importer.zoom.network import Stream, connect
from importer.zoom.route import Route

_PORTS = {"http": 80, "https": 443}


class Target(NamedTuple):
    """Where a request goes."""

    scheme: str
    host: str
    port: int


def target_of(url: httpx.URL) -> Target:
    """Find the host of an address.

    Raises:
        httpcore.UnsupportedProtocol: it is neither http nor https.
    """
    if url.scheme not in _PORTS:
        raise httpcore.UnsupportedProtocol
    return Target(url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])


class Opener:
    """Opens connections by one route.

    Arguments:
        route: proxy and certificates.
        connect_s: seconds until a connection stands, for each of its steps.
    """

    def __init__(self, route: Route, connect_s: float) -> None:
        self._tls = route.tls
        self._tls.set_alpn_protocols(["http/1.1"])
        self._connect_s = connect_s
        self._proxy = None if route.proxy is None else _Proxy(route.proxy)

    async def open(self, target: Target) -> Stream:
        """Connect; whatever goes wrong here, nothing of a request has been sent.

        Raises:
            httpcore.ConnectTimeout, httpcore.ConnectError, httpcore.ProxyError
        """
        if self._proxy is None:
            stream = await connect(target.host, target.port, self._connect_s)
        else:
            stream = await self._through(self._proxy, target)
        if target.scheme == "https":
            await stream.start_tls(self._tls, target.host, self._connect_s)
        return stream

    def as_seen_from_here(self, target: Target, path: bytes, headers: Headers) -> tuple[bytes, Headers]:
        """Give target and headers of a request: a proxy that is not tunnelled wants the whole address."""
        if self._proxy is None or target.scheme == "https":
            return path, headers
        return b"http://%b:%d%b" % (_host(target), target.port, path), [*self._proxy.headers, *headers]

    async def _through(self, proxy: "_Proxy", target: Target) -> Stream:
        stream = await connect(proxy.target.host, proxy.target.port, self._connect_s)
        if proxy.tls is not None:
            await stream.start_tls(proxy.tls, proxy.target.host, self._connect_s)
        if target.scheme == "https":
            try:
                await tunnel(stream, b"%b:%d" % (_host(target), target.port), proxy.headers, self._connect_s)
            except BaseException as error:
                stream.close()
                if isinstance(error, httpcore.TimeoutException):
                    raise httpcore.ConnectTimeout from error
                if isinstance(error, httpcore.NetworkError | httpcore.ProtocolError):
                    raise httpcore.ProxyError from error
                raise
        return stream


class _Proxy:
    """A proxy as it is addressed."""

    def __init__(self, proxy: httpx.Proxy) -> None:
        self.target = target_of(proxy.url)
        self.headers: Headers = [*proxy.headers.raw]
        if proxy.raw_auth is not None:
            pair = base64.b64encode(b":".join(proxy.raw_auth))
            self.headers = [*self.headers, (b"proxy-authorization", b"Basic " + pair)]
        self.tls: ssl.SSLContext | None = None
        if self.target.scheme == "https":
            self.tls = proxy.ssl_context or httpx.create_ssl_context()


def _host(target: Target) -> bytes:
    """Write a host as it stands in an address."""
    host = target.host.encode("ascii")
    return b"[%b]" % host if b":" in host else host
