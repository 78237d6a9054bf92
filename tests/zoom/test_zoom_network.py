"""Connections over asyncio: every way in which one fails, comes to its end or keeps us waiting."""

import asyncio
import shutil
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpcore
import httpx
import pytest

from importer.model import Fault, Reply
from importer.zoom.addresses import first_to_answer
from importer.zoom.network import AsyncioBackend
from importer.zoom.route import Route
from importer.zoom.transport import Timeouts, Transport

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SOON_S = 0.05
GET_URL = b"GET /v2 HTTP/1.1"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Give the port of a server that talks like this."""
    talks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


@asynccontextmanager
async def connected_to(talk: Talk) -> AsyncIterator[httpcore.AsyncNetworkStream]:
    async with serving(talk) as port:
        stream = await AsyncioBackend().connect_tcp("127.0.0.1", port, timeout=5)
        try:
            yield stream
        finally:
            await stream.aclose()


@contextmanager
def refusing() -> Iterator[tuple[str, int]]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()


@contextmanager
def silent() -> Iterator[tuple[str, int]]:
    """An address that lets no connection come about: its queue is full and nobody takes from it."""
    if sys.platform != "linux":
        pytest.skip("a full queue drops what comes on Linux alone")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        queued = [socket.socket() for _ in range(3)]
        for one in queued:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        try:
            yield server.getsockname()
        finally:
            for one in queued:
                one.close()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def goodbye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - looking on is all there is to wait for
            await asyncio.sleep(0.001)


# --- until a connection stands ----------------------------------------------------------------------


async def test_nobody_there_is_a_connect_error():
    """Nothing was sent: there was nobody to send it to."""
    with refusing() as (host, port), pytest.raises(httpcore.ConnectError):
        await AsyncioBackend().connect_tcp(host, port, timeout=5)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example.com"])
async def test_a_name_without_an_address_is_a_connect_error(host):
    """A name that is unknown, or none at all, leads to nobody."""
    with pytest.raises(httpcore.ConnectError):
        await AsyncioBackend().connect_tcp(host, 443, timeout=5)


async def test_a_server_that_does_not_accept_is_a_connect_time_out():
    """The wait for a connection has an end."""
    with silent() as (host, port), pytest.raises(httpcore.ConnectTimeout):
        await AsyncioBackend().connect_tcp(host, port, timeout=SOON_S)


def _addresses(
    *places: tuple[str, int],
) -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, object]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in places]


@pytest.mark.parametrize("first", [refusing, silent], ids=["refuses", "is silent"])
async def test_another_address_is_tried_when_the_first(first):
    """One dead address of a host does not make it unreachable, nor use up the time to connect."""
    async with serving(say_nothing) as port:
        with first() as dead:
            sock = await asyncio.wait_for(first_to_answer(_addresses(dead, ("127.0.0.1", port))), 5)
    assert sock.getpeername() == ("127.0.0.1", port)
    sock.close()


async def test_no_address_that_answers_is_an_error():
    """All were tried."""
    with refusing() as one, refusing() as other, pytest.raises(ConnectionRefusedError):
        await first_to_answer(_addresses(one, other))


# --- reading and writing ----------------------------------------------------------------------------


async def test_silence_is_a_read_time_out_and_the_connection_goes_on():
    """What comes after the time-out is not lost."""
    go_on = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(b"late")
        await reader.read()

    async with connected_to(late) as stream:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, timeout=SOON_S)
        go_on.set()
        assert await stream.read(100, timeout=5) == b"late"


async def test_a_server_that_takes_nothing_is_a_write_time_out():
    """The wait for room has an end."""
    async with connected_to(say_nothing) as stream:
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(b"x" * 30_000_000, timeout=SOON_S)


async def test_much_is_read_in_order_though_it_comes_faster_than_it_is_read():
    """The server is made to wait, and no byte is lost or doubled."""
    sent = bytes(range(256)) * 10_000

    async def much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    async with connected_to(much) as stream:
        got = bytearray()
        while part := await stream.read(10_000, timeout=5):
            assert len(part) <= 10_000
            got += part
    assert got == sent


async def test_a_request_leaves_in_one_piece():
    """Head and body, written apart, are one packet: nobody is woken up for half a request."""
    pieces: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pieces.append(await reader.read(100))
        writer.write(b"answer")

    async with connected_to(listen) as stream:
        await stream.write(b"head ", timeout=5)
        await stream.write(b"body", timeout=5)
        await asyncio.sleep(SOON_S)
        assert pieces == []
        assert await stream.read(100, timeout=5) == b"answer"
    assert pieces == [b"head body"]


async def test_much_is_written_in_order():
    """A body larger than the system's buffers arrives whole."""
    sent, got = bytes(range(256)) * 40_000, bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.extend(await reader.readexactly(len(sent)))

    async with connected_to(listen) as stream:
        await stream.write(sent, timeout=5)
        assert await stream.read(1, timeout=5) == b""
    assert got == sent


async def test_a_reset_is_a_read_error_and_then_a_write_error():
    """A connection that breaks is told from one that ends."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with connected_to(reset) as stream:
        await stream.write(b"x", timeout=5)
        with pytest.raises(httpcore.ReadError):
            await stream.read(100, timeout=5)
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x", timeout=5)


async def test_a_server_that_has_said_all_can_still_be_written_to():
    """Half closed: its last words are read, ours still get there."""
    heard: list[bytes] = []

    async def last_words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"last words")
        writer.write_eof()
        heard.append(await reader.readexactly(5))

    async with connected_to(last_words) as stream:
        await until(lambda: stream.get_extra_info("is_readable"))
        await stream.write(b"after", timeout=5)
        assert await stream.read(100, timeout=5) == b"last words"
        assert await stream.read(100, timeout=5) == b""
        await until(lambda: bool(heard))
    assert heard == [b"after"]


async def test_a_connection_that_was_closed_while_idle_shows_it():
    """Noticed before it is used: a request sent into it would leave its row in doubt."""
    async with connected_to(say_nothing) as stream:
        assert not stream.get_extra_info("is_readable")
    async with connected_to(goodbye) as stream:
        await until(lambda: stream.get_extra_info("is_readable"))
        assert await stream.read(100, timeout=5) == b""


async def test_a_close_shows_before_the_event_loop_had_a_turn():
    """The system knows first, so the system is asked."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        stream = await AsyncioBackend().connect_tcp(*server.getsockname(), timeout=5)
        server.accept()[0].close()
        assert stream.get_extra_info("is_readable")
        await stream.aclose()


async def test_a_stream_that_was_closed_writes_no_more():
    """Closing is at once."""
    async with connected_to(say_nothing) as stream:
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x", timeout=5)
        assert stream.get_extra_info("is_readable")


# --- TLS, and proxies on the way to it --------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, with its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    key = file.with_suffix(".key")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", file], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that answers every request."""
    while (await reader.readuntil(b"\r\n\r\n")).startswith(GET_URL):
        writer.write(ANSWER)
        await writer.drain()


async def tunnelling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy."""
    head = await reader.readuntil(b"\r\n\r\n")
    host, _, port = head.split()[1].decode().partition(":")
    there, back = await asyncio.open_connection("127.0.0.1" if host == "localhost" else host, int(port))
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()

    try:
        await asyncio.gather(carry(reader, back), carry(there, writer))
    finally:
        back.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await back.wait_closed()


@asynccontextmanager
async def transport_by(
    tls: ssl.SSLContext, proxy: str = "", timeouts: Timeouts | None = None
) -> AsyncIterator[Callable[[int], Awaitable[Reply | Fault]]]:
    """Give a call that asks the server of a port for /v2."""
    way = Route(
        tls, httpx.Proxy(proxy, ssl_context=tls if proxy.startswith("https") else None) if proxy else None
    )
    transport = Transport(way, timeouts or Timeouts())

    async def ask(port: int) -> Reply | Fault:
        url = httpx.URL(f"https://localhost:{port}/v2")
        return await transport.exchange("GET", url, [(b"host", url.netloc)], b"")

    try:
        yield ask
    finally:
        await transport.aclose()


async def test_a_server_is_reached_over_tls_and_asked_again_on_the_same_connection(certificate):
    """Whose certificate is trusted, and whose host it names."""
    connections: list[object] = []

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await answering(reader, writer)

    async with (
        serving(counted, server_side(certificate)) as port,
        transport_by(trusting(certificate)) as ask,
    ):
        answers = [await ask(port) for _ in range(3)]
    assert [one.body for one in answers if isinstance(one, Reply)] == [b"ok"] * 3
    assert len(connections) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_server_is_reached_through_a_proxy(certificate, scheme):
    """The proxy carries TLS from end to end; on the way to it there may be TLS as well."""
    to_proxy = server_side(certificate) if scheme == "https" else None
    async with (
        serving(answering, server_side(certificate)) as port,
        serving(tunnelling, to_proxy) as proxy,
        transport_by(trusting(certificate), f"{scheme}://localhost:{proxy}") as ask,
    ):
        answers = [await ask(port) for _ in range(2)]
    assert [one.body for one in answers if isinstance(one, Reply)] == [b"ok"] * 2


async def test_a_certificate_that_nobody_vouches_for_is_certainly_not_sent(certificate):
    """The request waits for the handshake."""
    async with (
        serving(answering, server_side(certificate)) as port,
        transport_by(ssl.create_default_context()) as ask,
    ):
        fault = await ask(port)
    assert fault == Fault("connect", "no", "The server could not be reached.")


async def test_a_server_that_speaks_no_tls_is_certainly_not_sent():
    """What it says instead of a handshake is no handshake."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(plain) as port, transport_by(ssl.create_default_context()) as ask:
        fault = await ask(port)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == ("connect", "no")


async def test_a_goodbye_instead_of_a_handshake_is_certainly_not_sent():
    """A connection that ends before TLS stands has carried nothing."""
    async with serving(goodbye) as port, transport_by(ssl.create_default_context()) as ask:
        fault = await ask(port)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == ("connect", "no")


async def test_a_handshake_without_end_is_a_connect_time_out():
    """It is part of connecting, and so is its time."""
    quick = Timeouts(connect_s=SOON_S)
    async with serving(say_nothing) as port, transport_by(ssl.create_default_context(), "", quick) as ask:
        fault = await ask(port)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == ("connect_timeout", "no")


async def test_tls_that_breaks_off_after_the_request_leaves_doubt(certificate):
    """The server had it all; a goodbye without an answer says nothing about the row."""

    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with serving(drop, server_side(certificate)) as port, transport_by(trusting(certificate)) as ask:
        fault = await ask(port)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == ("disconnected", "maybe")
