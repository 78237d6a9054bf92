"""Virtual time and a simulated address book for the tests of sending: nothing here waits."""

import asyncio
import json
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from importer.model import Contact, Create, Fault, Reply, Update
from importer.sending import Sender

START = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


class _JumpingSelector(selectors.DefaultSelector):
    """Does not wait: moves the loop's clock on instead. Waiting for nothing at all is a deadlock."""

    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise AssertionError("deadlock: every task waits, and nothing will ever happen")
        self.jump(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer."""

    def __init__(self) -> None:
        self._virtual_s = 0.0
        selector = _JumpingSelector()
        selector.jump = self._jump
        super().__init__(selector)

    def _jump(self, seconds: float) -> None:
        self._virtual_s += seconds

    def time(self) -> float:
        return self._virtual_s


def play(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def clock() -> float:
    return asyncio.get_running_loop().time()


def now() -> datetime:
    return START + timedelta(seconds=clock())


def payload_of(name: str = "Ada Example", **fields: object) -> dict[str, object]:
    return {"display_name": name, "emails": ["ada@example.com"], "phone_numbers": ["+12025550142"]} | fields


def create(key: str = "k1", payload: dict[str, object] | None = None) -> Create:
    return Create(1, 2, key, "f", Contact(payload or payload_of()))


def update(key: str = "k1", contact_id: str = "c1", changed: tuple[str, ...] = ("role",)) -> Update:
    return Update(1, 2, key, "f", Contact(payload_of(role="Agent")), contact_id, changed)


def reply(status: int, body: object = b"", **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): text for name, text in headers.items()}, raw)


def created(contact_id: str = "c1") -> Reply:
    return reply(201, {"contact_id": contact_id})


def listed(*contacts: dict[str, object], token: str = "") -> Reply:
    return reply(200, {"contacts": list(contacts), "next_page_token": token})


def refused(status: int, code: int, message: str = "No.", **headers: str) -> Reply:
    return reply(status, {"code": code, "message": message}, **headers)


LOST = Fault("disconnected", "maybe", "")
UNREACHABLE = Fault("connect", "no", "")


@dataclass
class Script:
    """An API that expects one call after the other and answers as written.

    `log` keeps (virtual second, operation, arguments); the script fails on any other call.
    """

    lines: list[tuple[str, Reply | Fault | Exception]]
    log: list[tuple[float, str, Any]] = field(default_factory=list)

    async def _say(self, operation: str, given: Any) -> Reply | Fault:
        self.log.append((clock(), operation, given))
        assert self.lines, f"unexpected {operation} {given} after the end of the script"
        expected, answer = self.lines.pop(0)
        assert operation == expected
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def create_contact(self, book, payload):
        return await self._say("create", payload)

    async def update_contact(self, book, contact_id, payload):
        return await self._say("update", (contact_id, payload))

    async def delete_contact(self, book, contact_id):
        return await self._say("delete", contact_id)

    async def get_contact(self, book, contact_id):
        return await self._say("get", contact_id)

    async def list_contacts(self, book, *, emails=(), phone_numbers=(), page_size=300, next_page_token=""):
        return await self._say("list", (tuple(emails), tuple(phone_numbers), next_page_token))

    @property
    def operations(self) -> list[str]:
        return [operation for _, operation, _ in self.log]

    def moments(self, operation: str) -> list[float]:
        return [moment for moment, one, _ in self.log if one == operation]


def sender_for(api: Any, *, owner: Callable[[str], str | None] = lambda _: None, **settings: Any) -> Sender:
    """A sender in virtual time whose jitter is always one half."""
    settings = {"clock": clock, "now": now, "random": lambda: 0.5} | settings
    return Sender(api, "book", owner=owner, **settings)


class Stage:
    """Everything above, for the tests."""

    play = staticmethod(play)
    clock = staticmethod(clock)
    now = staticmethod(now)
    payload_of = staticmethod(payload_of)
    create = staticmethod(create)
    update = staticmethod(update)
    reply = staticmethod(reply)
    created = staticmethod(created)
    listed = staticmethod(listed)
    refused = staticmethod(refused)
    sender_for = staticmethod(sender_for)
    LOST = LOST
    UNREACHABLE = UNREACHABLE

    @staticmethod
    def script(*lines: tuple[str, Reply | Fault | Exception]) -> Script:
        return Script(list(lines))

    @staticmethod
    def converse(step: Create | Update, *lines: Any, resume: bool = False, **settings: Any) -> Any:
        """Play one step against a script; returns (outcome, script, sender) when all lines were spoken."""

        async def main() -> Any:
            api = Script(list(lines))
            sender = sender_for(api, **settings)
            outcome = await (sender.resume(step) if resume else sender.send(step))
            assert not api.lines, f"never asked: {api.lines}"
            return outcome, api, sender

        return play(main())


@pytest.fixture(scope="session")
def stage() -> type[Stage]:
    """Scripted conversations in virtual time."""
    return Stage
