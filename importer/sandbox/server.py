"""The sandbox as a server: in a thread of the tests, or as a process of its own."""

import asyncio
import json
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

import uvicorn

from importer.sandbox import admin
from importer.sandbox.app import build_app
from importer.sandbox.faults import FaultRule
from importer.sandbox.settings import SandboxSettings, changed
from importer.sandbox.stage import Stage
from importer.sandbox.store import Body

HOST = "127.0.0.1"
KEEP_ALIVE_S = 75
GRACE_S = 3

Result = TypeVar("Result")


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, wakes what sleeps when it closes, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, stage: Stage, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._stage = stage
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stage.closing.set()
        await super().shutdown(sockets)
        self._stage.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises a signal again when it has finished, so a clean end would look like a crash.
        yield


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        # So that a restart on the same port need not wait; on Windows it would allow two at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


def _set_up(
    port: int, state_path: Path | None, settings: SandboxSettings
) -> tuple[socket.socket, str, Stage]:
    """Take the port first, so that nothing stays open when it is somebody else's."""
    listener = _listen(port)
    try:
        stage = Stage(settings, state_path)
    except BaseException:
        listener.close()
        raise
    return listener, f"http://{HOST}:{listener.getsockname()[1]}", stage


def _server(stage: Stage, ready: Callable[[], None]) -> _Server:
    # The application has to reach the server's connections, and the server is built with the application.
    servers: list[_Server] = []
    config = uvicorn.Config(
        build_app(stage, lambda: servers[0].server_state.connections),  # type: ignore[arg-type, return-value]
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    servers.append(_Server(config, stage, ready))
    return servers[0]


def serve(
    port: int,
    state_path: Path | None,
    settings: SandboxSettings,
    ready: Callable[[str], None] = lambda url: None,  # noqa: ARG005
) -> None:
    """Serve on 127.0.0.1 until SIGINT or SIGTERM, then end what is being answered and return.

    Args:
        port: 0 takes one that is free.
        state_path: the SQLite file that keeps the contacts, None for none beyond this run.
        settings: how to behave.
        ready: called with the base URL (http://127.0.0.1:PORT) when it listens.

    Raises:
        OSError: the port is taken.
        sqlite3.Error: the state file is no SQLite file of the sandbox's, or cannot be written.
    """
    listener, url, stage = _set_up(port, state_path, settings)
    server = _server(stage, lambda: ready(url))
    with _signals(server):
        server.run(sockets=[listener])


@contextmanager
def _signals(server: uvicorn.Server) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class RunningSandbox:
    """A sandbox in a thread of this process, on a free port of 127.0.0.1.

    Usable as a context manager. Its methods may be called from any thread.

    Args:
        settings: how to behave, None for the defaults.
        state_path: the SQLite file that keeps the contacts, None for none beyond this run.
        port: 0 takes one that is free.

    Attributes:
        url: the base, http://127.0.0.1:PORT.
        api_url: what ZOOM_API_URL has to be.
        oauth_url: what ZOOM_OAUTH_URL has to be.
    """

    def __init__(
        self, settings: SandboxSettings | None = None, state_path: Path | None = None, port: int = 0
    ) -> None:
        self._ready = threading.Event()
        listener, self.url, self._stage = _set_up(port, state_path, settings or SandboxSettings())
        self.api_url = f"{self.url}/v2"
        self.oauth_url = f"{self.url}/oauth/token"
        self._server = _server(self._stage, self._started)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("the sandbox did not begin to listen within 30 s")

    def _started(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop and wait until it has stopped. Calling it twice does no harm."""
        self._server.should_exit = True
        self._thread.join(GRACE_S + 7)

    def stats(self) -> Mapping[str, Any]:
        """Give the counters of `importer.sandbox.stats.Stats.report`, and `contacts` by address book."""
        return self._ask(lambda: admin.report(self._stage))

    def contacts(self, book_id: str = "sandbox-book") -> list[Body]:
        """Give all contacts of a book, custom fields included, in the order in which they were stored."""
        return self._ask(lambda: admin.dump_all(self._stage, book_id))

    def seed(self, contacts: Sequence[Mapping[str, object]], book_id: str = "sandbox-book") -> list[str]:
        """Store contacts without a call; give their ids in order."""
        plain = json.loads(json.dumps(list(contacts)))
        return self._ask(lambda: admin.seed(self._stage, book_id, plain))

    def set_faults(self, *rules: FaultRule) -> None:
        """Replace the fault rules; their schedules start now."""
        self._ask(lambda: self._stage.set_faults(rules))

    def change(self, **changes: object) -> None:
        """Change settings while it runs; see `importer.sandbox.settings.CHANGEABLE`."""
        self._ask(lambda: self._stage.configure(changed(self._stage.settings, changes)))

    def expire_tokens(self) -> None:
        """Make every access token invalid."""
        self._ask(self._stage.tokens.revoke)

    def reset(self) -> None:
        """Forget contacts, counts and used-up limits."""
        self._ask(self._stage.reset)

    def _ask(self, question: Callable[[], Result]) -> Result:
        async def ask() -> Result:
            return question()

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(60)
