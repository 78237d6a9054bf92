"""What a broken server, a slow one and a cut line look like: always a Fault, and the next call works."""

import asyncio
import gzip
import socket

import httpx
import pytest

from importer.model import Fault, Reply
from importer.zoom.route import route_to
from importer.zoom.transport import LARGEST_BODY, Timeouts, Transport

ANN = {"display_name": "Ann"}
QUICK = Timeouts(connect_s=5, read_s=0.05, write_s=5, whole_s=5)

BROKEN = {
    "dropped without an answer": (b"", "disconnected"),
    "dropped in the head": (b"HTTP/1.1 201 Cre", "disconnected"),
    "dropped in the body": (b"HTTP/1.1 201 X\r\ncontent-length: 100\r\n\r\n{", "disconnected"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "protocol"),
    "a status that is none": (b"HTTP/1.1 999999 X\r\n\r\n", "protocol"),
    "an endless head": (b"HTTP/1.1 200 X\r\nA: " + b"a" * 200_000, "protocol"),
    "a chunk that is none": (b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "protocol"),
    "packed garbage": (b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\n\r\nno gzip at all", "protocol"),
}


@pytest.mark.parametrize(("answer", "kind"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_is_a_fault_that_leaves_doubt(stand, client, answer, kind):
    """The request was out: the server may have carried it out, whatever came back."""
    stand.server.script.append(answer)
    fault = await client.create_contact("b", ANN)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == (kind, "maybe")


@pytest.mark.parametrize(("answer", "_kind"), BROKEN.values(), ids=BROKEN)
async def test_the_call_after_a_fault_works(stand, client, answer, _kind):
    """A broken connection is thrown away, the next call opens another."""
    stand.server.script.append(answer)
    await client.create_contact("b", ANN)
    assert isinstance(await client.create_contact("b", ANN), Reply)


async def test_nobody_listening_is_certainly_not_sent(stand):
    """A refused connection leaves no doubt."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v2"
        async with stand.client(api_url=address) as client:
            fault = await client.create_contact("b", ANN)
    assert fault == Fault("connect", "no", "The server could not be reached.")


async def test_silence_is_a_read_time_out(stand):
    """A server that takes the request and says nothing may have stored it."""
    async with stand.client(QUICK) as client:
        await client.sign_in()
        stand.server.script.append(stand.server.stall)
        fault = await client.create_contact("b", ANN)
        after = await client.create_contact("b", ANN)
    assert fault == Fault("read_timeout", "maybe", "No answer came in time.")
    assert isinstance(after, Reply)


async def trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer that never ends, a little at a time."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 X\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.005)


async def flooding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer that never ends, as fast as it can."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 X\r\n\r\n")
    for _ in range(LARGEST_BODY // 1_000_000 + 5):
        writer.write(b" " * 1_000_000)
        await writer.drain()


@pytest.mark.parametrize(
    ("serve", "kind"), [(trickling, "read_timeout"), (flooding, "protocol")], ids=["trickle", "flood"]
)
async def test_an_answer_without_end_is_cut(serve, kind):
    """Neither time nor memory is spent without limit on one answer."""
    tasks: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = httpx.URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    whole_s = 0.05 if serve is trickling else 30
    transport = Transport(route_to(str(url)), Timeouts(read_s=5, whole_s=whole_s))
    fault = await transport.exchange("GET", url, [(b"host", url.netloc)], b"")
    await transport.aclose()
    server.close()
    await asyncio.wait(tasks, timeout=5)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.sent) == (kind, "maybe")


async def test_a_packed_answer_is_unpacked(stand, client):
    """Plain bytes are asked for; a gateway that packs them all the same is understood."""
    packed = gzip.compress(b'{"contact_id": "c-9"}')
    stand.server.script.append(stand.server.http(201, packed, {"Content-Encoding": "gzip"}))
    answer = await client.create_contact("b", ANN)
    assert isinstance(answer, Reply)
    assert answer.body == b'{"contact_id": "c-9"}'
    assert stand.server.api[0].headers["accept-encoding"] == "identity"


async def test_a_cancelled_call_is_cancelled(stand, client):
    """Cancelling is no fault: it passes through, and the client goes on."""
    await client.sign_in()
    stand.server.script.append(stand.server.stall)
    call = asyncio.create_task(client.create_contact("b", ANN))
    while not stand.server.api:  # noqa: ASYNC110 - looking on is all there is to wait for
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert isinstance(await client.create_contact("b", ANN), Reply)


async def test_a_connection_that_the_server_closed_is_not_used_again(stand, client):
    """A server may close an idle connection: the next call notices before it sends."""
    stand.server.script.append(stand.server.http(201, {"contact_id": "c"}, {"Connection": "close"}))
    answers = [await client.create_contact("b", ANN) for _ in range(3)]
    assert [type(one) for one in answers] == [Reply] * 3


async def test_concurrent_calls_have_a_connection_each_and_keep_it(stand, client):
    """As many connections as calls at once, and no more when the next calls come."""
    for _ in range(3):
        await asyncio.gather(*(client.create_contact("b", ANN) for _ in range(8)))
    assert len({one.connection for one in stand.server.api}) == 8
