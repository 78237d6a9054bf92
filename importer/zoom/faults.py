"""The one place where exceptions of httpcore and httpx become faults.

The question is whether the server may have seen the request. "no" stands only where it is certain: no
connection was there yet, or no request could be built. A request that was partly written may have arrived
whole, because what is lost on the way back looks the same from here as what is lost on the way out.
"""

from dataclasses import dataclass
from typing import Literal

import httpcore
import httpx

from importer.model import Fault


class AnswerTooLarge(Exception):  # noqa: N818 - named for what happened, like the exceptions that stop a run
    """The body of an answer goes on beyond all that the API ever sends."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    raised: type[Exception]
    kind: str
    sent: Literal["no", "maybe"]
    sentence: str


_TABLE = (
    # before the request: certain
    _Meaning(httpcore.ConnectTimeout, "connect_timeout", "no", "The server could not be reached in time."),
    _Meaning(httpcore.PoolTimeout, "pool_timeout", "no", "No connection became free in time."),
    _Meaning(httpcore.ConnectError, "connect", "no", "The server could not be reached."),
    _Meaning(httpcore.ProxyError, "connect", "no", "The proxy did not let the connection through."),
    _Meaning(httpcore.UnsupportedProtocol, "protocol", "no", "The address is neither http nor https."),
    _Meaning(httpx.InvalidURL, "protocol", "no", "The address of the request is not valid."),
    # during it, or while waiting for the answer
    _Meaning(httpcore.WriteTimeout, "write_timeout", "maybe", "The request could not be sent in time."),
    _Meaning(httpcore.ReadTimeout, "read_timeout", "maybe", "No answer came in time."),
    _Meaning(httpcore.TimeoutException, "read_timeout", "maybe", "No answer came in time."),
    _Meaning(httpcore.NetworkError, "disconnected", "maybe", "The connection was lost."),
    # something came that is no answer; LocalProtocolError too can strike with the head already sent
    _Meaning(httpcore.ProtocolError, "protocol", "maybe", "The answer was not HTTP."),
    _Meaning(httpx.DecodingError, "protocol", "maybe", "The answer could not be unpacked."),
    _Meaning(AnswerTooLarge, "protocol", "maybe", "The answer was larger than any the API gives."),
    # the limit of the whole exchange, and what gets past the maps of httpcore (SSL errors while reading)
    _Meaning(TimeoutError, "read_timeout", "maybe", "The answer did not come to its end in time."),
    _Meaning(OSError, "disconnected", "maybe", "The connection was lost."),
)
"""First match wins, so subclasses stand before their bases."""

_BROKEN_OFF = ("Server disconnected", "peer closed connection")
"""How httpcore and h11 begin their message when a connection ends in the middle; decides words only."""


def fault_of(error: Exception) -> Fault:
    """Translate whatever came instead of an answer; the text of `error` is kept out, it may quote data."""
    if isinstance(error, httpcore.RemoteProtocolError) and str(error).startswith(_BROKEN_OFF):
        return Fault("disconnected", "maybe", "The server closed the connection without a whole answer.")
    for meaning in _TABLE:
        if isinstance(error, meaning.raised):
            return Fault(meaning.kind, meaning.sent, meaning.sentence)
    # Unforeseen, so nothing is certain; the name alone is shown, for whoever has to look into it.
    return Fault("protocol", "maybe", f"The exchange failed unexpectedly ({type(error).__name__}).")
