"""The way to a host: which proxy, which certificates; read from the environment when the client is made."""

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from importer.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Route:
    """How connections to one address are made.

    Attributes:
        tls: shared by all connections; making one costs tens of milliseconds.
        proxy: None for a direct connection; may contain a password.
    """

    tls: ssl.SSLContext = field(repr=False)
    proxy: httpx.Proxy | None = field(default=None, repr=False)


def route_to(url: str, proxies: Mapping[str, str] | None = None) -> Route:
    """Find the way to `url`.

    Arguments:
        url: where to.
        proxies: scheme to proxy address, with "no" for the exceptions; None = as the environment
            (HTTPS_PROXY, ALL_PROXY, NO_PROXY) and the system's settings say.

    Raises:
        SettingsError: the proxy or the certificate file that is named cannot be used.
    """
    return Route(_tls(url), _proxy(url, getproxies() if proxies is None else proxies))


def _tls(url: str) -> ssl.SSLContext:
    if urlsplit(url).scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and free of cost
    try:
        context = httpx.create_ssl_context()  # certifi's, or those of SSL_CERT_FILE or SSL_CERT_DIR
        # The system's as well: a company's proxy that reads along is known there, not to certifi.
        context.load_default_certs()
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            "The certificates cannot be read. Check the file that SSL_CERT_FILE (or SSL_CERT_DIR) names: "
            "it has to be there, in PEM format."
        ) from error
    return context


def _proxy(url: str, proxies: Mapping[str, str]) -> httpx.Proxy | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = proxies.get(parts.scheme) or proxies.get("all")
    # A server on this machine is never asked for through another one.
    if not address or _is_loopback(host) or _bypassed(host, proxies):
        return None
    return _checked(address if "://" in address else f"http://{address}")


def _bypassed(host: str, proxies: Mapping[str, str]) -> bool:
    names = [name.strip().lstrip(".") for name in proxies.get("no", "").lower().split(",")]
    listed = any(name and (name in ("*", host) or host.endswith(f".{name}")) for name in names)
    return listed or bool(proxy_bypass(host))


def _checked(address: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(address)
    except (ValueError, httpx.InvalidURL):
        proxy = None
    if proxy is None or proxy.url.scheme not in ("http", "https") or not proxy.url.host:
        # The address itself is not shown: proxies often carry a password in it.
        raise SettingsError(
            "The proxy that HTTPS_PROXY (or ALL_PROXY, or the system) names cannot be used. Expected "
            "something like http://proxy.example.com:8080; SOCKS proxies are not supported."
        )
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
