"""HTTP/1.1: the short way to read an answer and the careful one come to the same, wherever it is cut."""

import asyncio
from collections.abc import Awaitable, Callable

import httpcore
import httpx
import pytest

from importer.model import Fault, Reply
from importer.zoom.http11 import Answer, Call, Patience, exchange, request_bytes
from importer.zoom.route import Route, route_to
from importer.zoom.transport import Timeouts, Transport

CALL = Call(b"POST", b"/v2/x", [(b"host", b"h"), (b"x-name", b"value")], b"{}")

ANSWERS = {
    "plain": b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{1:2}",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    "one name twice": b"HTTP/1.1 200 X\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\n\r\nok",
    "blanks around": b"HTTP/1.1 200 X\r\nA: \t b c \t\r\nContent-Length:2\r\n\r\nok",
    "an empty value": b"HTTP/1.1 200 X\r\nA:\r\nContent-Length: 2\r\n\r\nok",
    "beyond ASCII": b"HTTP/1.1 200 X\r\nA: \xe9\r\nContent-Length: 2\r\n\r\nok",
    "no body": b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
    "an empty body": b"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n",
    "the last one": b"HTTP/1.1 200 X\r\nContent-Length: 2\r\nConnection: Close\r\n\r\nok",
    "in chunks": b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\n!!!\r\n0\r\n\r\n",
    "both lengths": (
        b"HTTP/1.1 200 X\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    ),
    "until the end": b"HTTP/1.1 200 X\r\nA: b\r\n\r\nok",
    "an old server": b"HTTP/1.0 200 X\r\nContent-Length: 2\r\n\r\nok",
    "first a hint": b"HTTP/1.1 103 X\r\nLink: a\r\n\r\nHTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok",
    "a length twice": b"HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "two lengths": b"HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "a strange length": b"HTTP/1.1 200 X\r\nContent-Length: +2\r\n\r\nok",
    "a folded line": b"HTTP/1.1 200 X\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
    "a blank in a name": b"HTTP/1.1 200 X\r\nA : b\r\nContent-Length: 2\r\n\r\nok",
    "no name": b"HTTP/1.1 200 X\r\n: b\r\nContent-Length: 2\r\n\r\nok",
    "a bare line feed": b"HTTP/1.1 200 X\nContent-Length: 2\n\nok",
    "a NUL": b"HTTP/1.1 200 X\r\nA: \0\r\nContent-Length: 2\r\n\r\nok",
    "cut in the head": b"HTTP/1.1 200 X\r\nContent-Le",
    "cut in the body": b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nok",
    "cut in a chunk": b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok",
    "nothing": b"",
}


class Pieces:
    """A connection that gives these pieces one after the other, and then ends."""

    def __init__(self, *pieces: bytes) -> None:
        self.written: list[bytes] = []
        self._pieces = [*pieces, b""]

    async def write(self, data: bytes, timeout_s: float) -> None:
        self.written.append(data)

    async def read(self, most: int, timeout_s: float) -> bytes:
        return self._pieces.pop(0)


async def read(*pieces: bytes) -> Answer | type[Exception]:
    try:
        return await exchange(Pieces(*pieces), CALL, Patience(1, 1, float("inf")))  # type: ignore[arg-type]
    except httpcore.RemoteProtocolError as error:
        return type(error)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_is_the_same_wherever_it_is_cut(answer):
    """A single byte can only be read by h11; so what comes in one piece is read as h11 would."""
    by_h11 = await read(*(answer[i : i + 1] for i in range(len(answer))))
    assert await read(answer) == by_h11
    for at in range(1, len(answer)):
        assert await read(answer[:at], answer[at:]) == by_h11


async def test_a_plain_answer_is_read_to_its_last_byte():
    """Status, names in small letters, body, and a connection that goes on."""
    answer = await read(ANSWERS["plain"])
    headers = {"content-type": "application/json", "content-length": "5"}
    assert answer == Answer(Reply(201, headers, b"{1:2}"), goes_on=True)


@pytest.mark.parametrize("name", ["plain", "in chunks"])
async def test_what_comes_after_the_answer_ends_the_connection(name):
    """It would be taken for the answer to the next request."""
    answer = await read(ANSWERS[name] + b"HTTP/1.1 200 X\r\n")
    assert isinstance(answer, Answer)
    assert answer.reply.status in (200, 201)
    assert not answer.goes_on


async def test_a_request_leaves_in_one_piece():
    """Head and body together are one packet and one call of the system."""
    stream = Pieces(ANSWERS["plain"])
    await exchange(stream, CALL, Patience(1, 1, float("inf")))  # type: ignore[arg-type]
    assert stream.written == [
        b"POST /v2/x HTTP/1.1\r\nhost: h\r\nx-name: value\r\ncontent-length: 2\r\n\r\n{}"
    ]


@pytest.mark.parametrize("value", [b"a\r\nx: y", b"a\nx: y", b"a\r"])
def test_a_header_is_one_line(value):
    """A token with a line break cannot add a header or a request of its own."""
    with pytest.raises(httpcore.LocalProtocolError):
        request_bytes(Call(b"GET", b"/", [(b"host", b"h"), (b"authorization", value)]))


# --- through a proxy without a tunnel ------------------------------------------------------------


async def asked_through(
    proxy: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], url: str
) -> Reply | Fault:
    """Ask for `url`, which is not encrypted, through a proxy that wants a password."""
    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    direct = route_to("http://127.0.0.1/", {})
    transport = Transport(Route(direct.tls, httpx.Proxy(f"http://ann:hush@127.0.0.1:{port}")), Timeouts())
    try:
        return await transport.exchange("GET", httpx.URL(url), [(b"host", b"zoom.example.com")], b"")
    finally:
        transport.close()
        server.close()
        await server.wait_closed()


async def test_a_proxy_without_a_tunnel_gets_the_whole_address():
    """And the password, which the server behind it does not."""
    heads: list[bytes] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWERS["plain"])
        await writer.drain()
        writer.close()

    answer = await asked_through(forward, "http://zoom.example.com/v2?a=b")
    assert isinstance(answer, Reply)
    assert heads[0].split(b"\r\n")[0] == b"GET http://zoom.example.com:80/v2?a=b HTTP/1.1"
    assert b"proxy-authorization: Basic YW5uOmh1c2g=" in heads[0]
