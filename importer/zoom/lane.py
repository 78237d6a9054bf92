"""Room for one connection, opened when it is needed and again when the one before is of no more use."""

import time
from collections.abc import Awaitable, Callable

from importer.model import Reply
from importer.zoom.connecting import Target
from importer.zoom.http11 import Call, Patience, exchange
from importer.zoom.network import Stream

_KEEPALIVE_S = 4.0
"""Seconds an idle connection is used again: less than servers keep one (5 s is the shortest in common use),
because a request that crosses the server's goodbye leaves its row in doubt."""

Open = Callable[[Target], Awaitable[Stream]]


class Lane:
    """Sends one request at a time.

    Arguments:
        open_stream: makes a connection.
        read_s: seconds until the next bytes of an answer.
        write_s: seconds until a request is gone.
        whole_s: seconds until the end of an answer, everything before it included.
    """

    def __init__(self, open_stream: Open, read_s: float, write_s: float, whole_s: float) -> None:
        self._open = open_stream
        self._read_s = read_s
        self._write_s = write_s
        self._whole_s = whole_s
        self._stream: Stream | None = None
        self._leads_to: Target | None = None
        self._idle_since = 0.0

    async def send(self, target: Target, call: Call) -> Reply:
        """Send, and read the whole answer.

        Raises:
            as `connecting.Opener` and `http11.exchange` do.
        """
        patience = Patience(self._read_s, self._write_s, time.monotonic() + self._whole_s)
        stream = self._stream
        # An idle connection that the server has closed is noticed here, before anything is sent.
        if stream is None or not self._is_of_use(stream, target):
            self.close()
            stream = self._stream = await self._open(target)
            self._leads_to = target
        try:
            reply, goes_on = await exchange(stream, call, patience)
        except BaseException:
            self.close()
            raise
        if not goes_on:
            self.close()
        self._idle_since = time.monotonic()
        return reply

    def close(self) -> None:
        """Close the connection, if there is one."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _is_of_use(self, stream: Stream, target: Target) -> bool:
        return (
            target == self._leads_to
            and time.monotonic() - self._idle_since < _KEEPALIVE_S
            and not stream.is_readable()
        )
