"""Connections over asyncio alone, for httpcore, which would else put anyio between itself and the event loop.

anyio was a fifth of the CPU of an import: each read and write passes the event loop once more, within a
cancel scope of its own. Here a read waits for one future, with one timer, and a write goes straight out.

The exceptions are httpcore's, for they decide whether a request can have been seen: whatever goes wrong
before the connection stands (TLS included) is a ConnectError or ConnectTimeout, all else a ReadError, a
WriteError or their time-outs.
"""

import asyncio
import select
import socket
import ssl
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import httpcore

from importer.zoom.addresses import connected

_MOST_HELD = 16 * 1024
"""Bytes of a request that wait for the rest of it."""

_MOST_WAITING = 256 * 1024
"""Bytes that may lie here unread before the other side is made to wait."""


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections; give it to httpcore as `network_backend`."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's word for it, here and below
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers.

        Raises:
            httpcore.ConnectTimeout: `timeout` seconds are over.
            httpcore.ConnectError: no such host, or none of its addresses can be reached.
        """
        if local_address is not None:
            raise NotImplementedError("the system chooses the address on this side")
        loop = asyncio.get_running_loop()
        wire = _Wire(loop)
        with _connecting():
            async with asyncio.timeout(timeout):
                sock = await connected(host, port)
                try:
                    # Neither head nor body of a request shall wait in the system for a fuller packet.
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    for option in socket_options or ():
                        sock.setsockopt(*option)
                    await loop.create_connection(lambda: wire, sock=sock)
                except BaseException:
                    sock.close()
                    raise
        return _Stream(wire)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Wire(asyncio.Protocol):
    """What the event loop tells about one connection, kept until somebody asks."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.transport: asyncio.Transport
        self.is_tls = False
        self.received = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._is_full = False  # the other side takes no more for now
        self._is_paused = False  # we take no more for now

    # --- told by the event loop ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self.received += data
        if len(self.received) > _MOST_WAITING and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self.ended = True
        _wake(self._reader)
        return not self.is_tls  # plain TCP can still send; TLS cannot, and closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self.error = True, exc
        self._is_full = False
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        _wake(self._writer)

    # --- asked by the stream ---

    async def arrival(self, timeout_s: float | None) -> None:
        """Wait until something was received or nothing more can be; TimeoutError when neither comes."""
        if self.received or self.ended:
            return
        self._reader = self._loop.create_future()
        try:
            await _within(self._reader, timeout_s)
        finally:
            self._reader = None

    async def room(self, timeout_s: float | None) -> None:
        """Wait until what was written is on its way; TimeoutError when it does not get there."""
        if not self._is_full:
            return
        self._writer = self._loop.create_future()
        try:
            await _within(self._writer, timeout_s)
        finally:
            self._writer = None

    def take(self, most: int) -> bytes:
        """Give what has come, at most so many bytes; b"" for nothing."""
        data = bytes(self.received[:most])
        del self.received[:most]
        if self._is_paused and len(self.received) <= _MOST_WAITING:
            self._is_paused = False
            self.transport.resume_reading()
        return data

    def is_readable(self) -> bool:
        """Tell whether a read would not wait; of an idle connection: whether the server has closed it."""
        if self.received or self.ended or self.transport.is_closing():
            return True
        # The event loop may not have had the time to tell.
        return _has_news(self.transport.get_extra_info("socket"))


class _Stream(httpcore.AsyncNetworkStream):
    """One connection; for one reader and one writer at a time."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        self._held = b""
        self._hold_s: float | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read what is there, at least one byte; b"" when the other side has ended the connection.

        Raises:
            httpcore.ReadTimeout: nothing came for `timeout` seconds.
            httpcore.ReadError: the connection broke.
            httpcore.WriteTimeout: what was held back could not be sent.
        """
        wire = self._wire
        if self._held:
            # A server may refuse a request that it has not read to the end: what it says then is the answer.
            with suppress(httpcore.WriteError):
                await self._send()
        try:
            await wire.arrival(timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        data = wire.take(max_bytes)
        if not data and wire.error is not None:
            raise httpcore.ReadError from wire.error
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Hold back what is short until the next read, so that head and body leave as one; send what is long.

        Raises:
            httpcore.WriteTimeout: the other side took nothing for `timeout` seconds.
            httpcore.WriteError: the connection is broken or closed.
        """
        if not buffer:
            return
        if self._wire.transport.is_closing():
            raise httpcore.WriteError
        self._held, self._hold_s = self._held + buffer, timeout
        if len(self._held) > _MOST_HELD:
            await self._send()

    async def _send(self) -> None:
        """Send what was held back, and wait while the other side takes no more."""
        wire, held, self._held = self._wire, self._held, b""
        if wire.transport.is_closing():
            raise httpcore.WriteError
        wire.transport.write(held)
        try:
            await wire.room(self._hold_s)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        if wire.error is not None:
            raise httpcore.WriteError from wire.error

    async def aclose(self) -> None:
        """Close at once: an exchange is at its end by now, or given up."""
        self._wire.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands, and encrypt from here on; also within TLS, as to a proxy.

        Raises:
            httpcore.ConnectTimeout: `timeout` seconds are over.
            httpcore.ConnectError: the certificate is not trusted, or the other side speaks no TLS.
        """
        wire = self._wire
        wire.is_tls = True
        loop = asyncio.get_running_loop()
        try:
            with _connecting():
                async with asyncio.timeout(timeout):
                    transport = await loop.start_tls(
                        wire.transport, wire, ssl_context, server_hostname=server_hostname
                    )
                    if transport is None:
                        raise ConnectionResetError
        except BaseException:
            wire.transport.abort()
            raise
        wire.transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:
        """Tell what httpcore asks for: `is_readable`, `ssl_object`, `socket`; None for all else."""
        if info == "is_readable":
            return self._wire.is_readable()
        return self._wire.transport.get_extra_info(info)


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    # uvloop has RuntimeError for some addresses that cannot be; UnicodeError: a name that can be no host's
    except (OSError, RuntimeError, UnicodeError) as error:
        raise httpcore.ConnectError from error


async def _within(future: "asyncio.Future[None]", timeout_s: float | None) -> None:
    """Wait for `future`; raises TimeoutError. One timer and no more: this runs at every read."""
    if timeout_s is None:
        return await future
    timer = asyncio.get_running_loop().call_later(timeout_s, _give_up, future)
    try:
        return await future
    finally:
        timer.cancel()


def _wake(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


def _give_up(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


def _has_news(sock: socket.socket) -> bool:
    number = sock.fileno()
    if number < 0:
        return True
    if sys.platform == "win32":
        return bool(select.select([number], [], [], 0)[0])
    else:  # noqa: RET505 - the type checker takes what follows a return for unreachable at Windows
        poll = select.poll()  # unlike select, for more than 1,024 open files as well
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))
