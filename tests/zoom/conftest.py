"""A server on loopback that follows a script, and pacers that write down what they are asked."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from importer.model import Reply
from importer.zoom.client import ZoomClient
from importer.zoom.settings import ZoomSettings
from importer.zoom.transport import Timeouts

_ON_EACH_LOOP = {"test_zoom_network", "test_zoom_transport"}


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Run what touches sockets on both loops that a run may have: uvloop is not on every system."""
    factories: dict[str, Callable[[], Any]] = {"asyncio": asyncio.new_event_loop}
    if item.path.stem in _ON_EACH_LOOP:
        with suppress(ModuleNotFoundError):
            import uvloop  # noqa: PLC0415 - not on every system

            factories["uvloop"] = uvloop.new_event_loop
    return factories


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


def http(status: int, body: bytes | dict[str, Any] = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Build an answer with its length."""
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


DROP = b""
STALL = b"stall"


class ScriptedServer:
    """Answers API requests and token requests from two scripts; when one is used up, with the default.

    An answer is raw bytes, `drop` (close without a word) or `stall` (never answer). After an answer without
    Content-Length the connection is closed.
    """

    drop, stall = DROP, STALL
    http = staticmethod(http)

    def __init__(self) -> None:
        self.script: deque[bytes] = deque()
        self.token_script: deque[bytes] = deque()
        self.default = http(201, {"contact_id": "c-1"})
        self.seen: list[Seen] = []
        self.tokens_issued = 0
        self.expires_in: object = 3600
        self.connections = 0
        self.answer_for: Callable[[Seen], bytes | None] = lambda _seen: None
        self.token_asked = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def api(self) -> list[Seen]:
        return [one for one in self.seen if not one.target.startswith("/oauth")]

    @property
    def token_requests(self) -> list[Seen]:
        return [one for one in self.seen if one.target.startswith("/oauth")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer, number):
                    pass
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self._tasks.discard(task)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines if x)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        seen = Seen(method, target, headers, body, number)
        self.seen.append(seen)
        answer = self._token() if target.startswith("/oauth") else self._next(seen)
        if answer == STALL:
            await asyncio.Event().wait()
        writer.write(answer)
        await writer.drain()
        return b"ontent-Length:" in answer

    def _next(self, seen: Seen) -> bytes:
        chosen = self.answer_for(seen)
        if chosen is not None:
            return chosen
        return self.script.popleft() if self.script else self.default

    def _token(self) -> bytes:
        self.token_asked.set()
        if self.token_script:
            return self.token_script.popleft()
        self.tokens_issued += 1
        return http(
            200,
            {
                "access_token": f"token-{self.tokens_issued}",
                "token_type": "bearer",
                "expires_in": self.expires_in,
                "scope": "contact_center_contact:read:admin contact_center_contact:write:admin",
                "api_url": "https://api.elsewhere.example.com",
            },
        )


@dataclass
class NotingPacer:
    """Lets everything through and writes it down."""

    clock: Callable[[], float]
    waiting: int = 0
    acquired: list[float] = field(default_factory=list)
    observed: list[tuple[int, float]] = field(default_factory=list)

    async def acquire(self) -> None:
        self.acquired.append(self.clock())

    def observe(self, reply: Reply, sent_at: float) -> None:
        self.observed.append((reply.status, sent_at))


class Stand:
    """A client, its server, its pacers and its time, which only a test moves."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.time = 1000.0
        self.slept: list[float] = []
        self.pacers = {label: NotingPacer(lambda: self.time) for label in ("light", "medium", "heavy")}

    def settings(self, **changes: str) -> ZoomSettings:
        given = {
            "account_id": "acc-1",
            "client_id": "client-1",
            "client_secret": "hush-hush",
            "api_url": f"{self.server.url}/v2",
            "oauth_url": f"{self.server.url}/oauth/token",
        }
        return ZoomSettings(**{**given, **changes})

    def client(self, timeouts: Timeouts | None = None, **changes: str) -> ZoomClient:
        return ZoomClient(
            self.settings(**changes),
            self.pacers,  # type: ignore[arg-type]
            timeouts=timeouts or Timeouts(connect_s=5, read_s=5, write_s=5, whole_s=10),
            clock=lambda: self.time,
            now=self.now,
            sleep=self.sleep,
            random=lambda: 0.5,
        )

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with AsyncExitStack() as stack:
        running = ScriptedServer()
        await running.start()
        stack.push_async_callback(running.stop)
        yield running


@pytest.fixture
def stand(server: ScriptedServer) -> Stand:
    return Stand(server)


@pytest_asyncio.fixture
async def client(stand: Stand) -> AsyncIterator[ZoomClient]:
    async with stand.client() as made:
        yield made
