"""Room for one connection, opened when it is needed and again when the one before is of no more use."""

from collections.abc import Callable

import httpcore

from importer.zoom.network import AsyncioBackend
from importer.zoom.route import Route

_KEEPALIVE_S = 4.0
"""Seconds an idle connection is used again: less than servers keep one (5 s is the shortest in common use),
because a request that crosses the server's goodbye leaves its row in doubt."""

OpenConnection = Callable[[httpcore.Origin], httpcore.AsyncConnectionInterface]


class Lane:
    """Sends one request at a time; the answer has to be closed before the next.

    Arguments:
        open_connection: makes a connection, which connects with its first request.
    """

    def __init__(self, open_connection: OpenConnection) -> None:
        self._open = open_connection
        self._connection: httpcore.AsyncConnectionInterface | None = None

    async def send(self, request: httpcore.Request) -> httpcore.Response:
        """Send, and read the head of the answer.

        Raises:
            httpcore's exceptions, as its connections do.
        """
        origin = request.url.origin
        connection = self._connection
        # An idle connection that the server has closed is noticed here, before anything is sent.
        if connection is None or not _is_of_use(connection, origin):
            await self.aclose()
            connection = self._connection = self._open(origin)
        return await connection.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()


def connections_by(route: Route) -> OpenConnection:
    """Build what opens connections: httpcore's pools know how, through a proxy as well."""
    if route.proxy is None:
        return httpcore.AsyncConnectionPool(
            ssl_context=route.tls, keepalive_expiry=_KEEPALIVE_S, network_backend=AsyncioBackend()
        ).create_connection
    url = route.proxy.url
    return httpcore.AsyncHTTPProxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        proxy_auth=route.proxy.raw_auth,
        proxy_headers=route.proxy.headers.raw,
        proxy_ssl_context=route.proxy.ssl_context,
        ssl_context=route.tls,
        keepalive_expiry=_KEEPALIVE_S,
        network_backend=AsyncioBackend(),
    ).create_connection


def _is_of_use(connection: httpcore.AsyncConnectionInterface, origin: httpcore.Origin) -> bool:
    return (
        connection.is_available() and not connection.has_expired() and connection.can_handle_request(origin)
    )
