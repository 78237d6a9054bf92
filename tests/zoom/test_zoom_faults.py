"""Every exception of httpx has its place in the table of faults, and "no" stands only where it is certain."""

import httpx
import pytest

from importer.zoom.faults import AnswerTooLarge, fault_of

EXPECTED = {
    "CloseError": ("disconnected", "maybe"),
    "ConnectError": ("connect", "no"),
    "ConnectTimeout": ("connect_timeout", "no"),
    "CookieConflict": ("protocol", "maybe"),
    "DecodingError": ("protocol", "maybe"),
    "HTTPError": ("protocol", "maybe"),
    "HTTPStatusError": ("protocol", "maybe"),
    "InvalidURL": ("protocol", "no"),
    "LocalProtocolError": ("protocol", "maybe"),
    "NetworkError": ("disconnected", "maybe"),
    "PoolTimeout": ("pool_timeout", "no"),
    "ProtocolError": ("protocol", "maybe"),
    "ProxyError": ("connect", "no"),
    "ReadError": ("disconnected", "maybe"),
    "ReadTimeout": ("read_timeout", "maybe"),
    "RemoteProtocolError": ("protocol", "maybe"),
    "RequestError": ("protocol", "maybe"),
    "RequestNotRead": ("protocol", "maybe"),
    "ResponseNotRead": ("protocol", "maybe"),
    "StreamClosed": ("protocol", "maybe"),
    "StreamConsumed": ("protocol", "maybe"),
    "StreamError": ("protocol", "maybe"),
    "TimeoutException": ("read_timeout", "maybe"),
    "TooManyRedirects": ("protocol", "maybe"),
    "TransportError": ("protocol", "maybe"),
    "UnsupportedProtocol": ("protocol", "no"),
    "WriteError": ("disconnected", "maybe"),
    "WriteTimeout": ("write_timeout", "maybe"),
}

SECRET = "ann@example.com"


def exceptions_of_httpx() -> dict[str, type[Exception]]:
    found = {name: getattr(httpx, name) for name in dir(httpx)}
    return {name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, Exception)}


def build(kind: type[Exception]) -> Exception:
    """Make one, whatever its constructor wants."""
    made = kind.__new__(kind)
    Exception.__init__(made, SECRET)
    return made


def test_no_exception_of_httpx_is_forgotten():
    """A new version of httpx with a new exception has to be decided on here."""
    assert set(exceptions_of_httpx()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_exception_is_the_fault_that_the_table_says(name):
    """The kind of fault and whether the server may have seen the request, one by one."""
    fault = fault_of(build(exceptions_of_httpx()[name]))
    assert (fault.kind, fault.sent) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_no_text_of_an_exception_gets_into_a_fault(name):
    """The exception's own text may quote what was sent: the sentence for the person is ours."""
    detail = fault_of(build(exceptions_of_httpx()[name])).detail
    assert SECRET not in detail
    assert detail.endswith(".")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), "read_timeout"),
        (AnswerTooLarge(), "protocol"),
        (ConnectionResetError(SECRET), "disconnected"),
        (ValueError(SECRET), "protocol"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "disconnected"),
        (httpx.RemoteProtocolError("peer closed connection without sending complete body"), "disconnected"),
    ],
    ids=["whole limit", "too large", "reset", "unforeseen", "no answer", "half an answer"],
)
def test_what_is_not_of_httpx_leaves_doubt(error, kind):
    """Whatever else comes out of an exchange may have come after the request was seen."""
    fault = fault_of(error)
    assert (fault.kind, fault.sent) == (kind, "maybe")
    assert SECRET not in fault.detail
