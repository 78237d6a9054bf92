"""Every exception of httpcore has its place in the table of faults; "no" stands only where it is certain."""

import httpcore
import httpx
import pytest

from importer.zoom.faults import AnswerTooLarge, fault_of

EXPECTED = {
    "ConnectError": ("connect", "no"),
    "ConnectTimeout": ("connect_timeout", "no"),
    "ConnectionNotAvailable": ("protocol", "maybe"),
    "LocalProtocolError": ("protocol", "maybe"),
    "NetworkError": ("disconnected", "maybe"),
    "PoolTimeout": ("pool_timeout", "no"),
    "ProtocolError": ("protocol", "maybe"),
    "ProxyError": ("connect", "no"),
    "ReadError": ("disconnected", "maybe"),
    "ReadTimeout": ("read_timeout", "maybe"),
    "RemoteProtocolError": ("protocol", "maybe"),
    "TimeoutException": ("read_timeout", "maybe"),
    "UnsupportedProtocol": ("protocol", "no"),
    "WriteError": ("disconnected", "maybe"),
    "WriteTimeout": ("write_timeout", "maybe"),
}

SECRET = "ann@example.com"


def exceptions_of_httpcore() -> dict[str, type[Exception]]:
    found = {name: getattr(httpcore, name) for name in dir(httpcore)}
    return {name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, Exception)}


def build(kind: type[Exception]) -> Exception:
    """Make one, whatever its constructor wants."""
    made = kind.__new__(kind)
    Exception.__init__(made, SECRET)
    return made


def test_no_exception_of_httpcore_is_forgotten():
    """A new version of httpcore with a new exception has to be decided on here."""
    assert set(exceptions_of_httpcore()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_exception_is_the_fault_that_the_table_says(name):
    """The kind of fault and whether the server may have seen the request, one by one."""
    fault = fault_of(build(exceptions_of_httpcore()[name]))
    assert (fault.kind, fault.sent) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_no_text_of_an_exception_gets_into_a_fault(name):
    """The exception's own text may quote what was sent: the sentence for the person is ours."""
    detail = fault_of(build(exceptions_of_httpcore()[name])).detail
    assert SECRET not in detail
    assert detail.endswith(".")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), "read_timeout"),
        (AnswerTooLarge(), "protocol"),
        (ConnectionResetError(SECRET), "disconnected"),
        (ValueError(SECRET), "protocol"),
        (httpx.DecodingError(SECRET), "protocol"),
        (httpx.StreamClosed(), "protocol"),
        (httpcore.RemoteProtocolError("Server disconnected without sending a response."), "disconnected"),
        (
            httpcore.RemoteProtocolError("peer closed connection without sending complete body"),
            "disconnected",
        ),
    ],
    ids=[
        "whole limit",
        "too large",
        "reset",
        "unforeseen",
        "not packed",
        "no stream",
        "no answer",
        "half an answer",
    ],
)
def test_what_else_comes_leaves_doubt(error, kind):
    """Whatever else comes out of an exchange may have come after the request was seen."""
    fault = fault_of(error)
    assert (fault.kind, fault.sent) == (kind, "maybe")
    assert SECRET not in fault.detail


def test_an_address_that_is_none_is_certainly_not_sent():
    """There is no server to a request that could not be built."""
    fault = fault_of(httpx.InvalidURL(SECRET))
    assert (fault.kind, fault.sent) == ("protocol", "no")
