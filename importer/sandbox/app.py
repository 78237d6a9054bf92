"""The application: which path leads where, and the way of a request through the sandbox.

On its way in a request meets, in this order: the time it is under way, an outage, its token, its scopes, the
rate limit, a fault, and only then the operation. Whoever is turned away earlier costs nothing later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from importer.sandbox import admin, books, contacts
from importer.sandbox.answers import Answer, Dropped, Refused, rate_headers, too_fast
from importer.sandbox.call import Call, read_call
from importer.sandbox.misbehaviour import ACTS, Silence
from importer.sandbox.operations import OPERATIONS, Operation
from importer.sandbox.stage import Stage
from importer.sandbox.tokens import check_scopes


class Connection(Protocol):
    """A connection of the server, as far as it can be cut."""

    client: tuple[str, int] | None
    transport: Any


Handler: TypeAlias = Callable[[Stage, Call], Answer]
Connections: TypeAlias = Callable[[], Iterable[Connection]]

HANDLERS: Mapping[str, Handler] = {
    "create_contact": contacts.create_contact,
    "list_contacts": contacts.list_contacts,
    "get_contact": contacts.get_contact,
    "update_contact": contacts.update_contact,
    "delete_contact": contacts.delete_contact,
    "list_contact_custom_fields": contacts.list_contact_custom_fields,
    "get_address_book": books.get_address_book,
    "list_address_books": books.list_address_books,
    "list_units": books.list_units,
    "list_custom_fields": books.list_custom_fields,
}


class Door:
    """An ASGI application for one operation: reads, lets `pass_through` answer, and sends or cuts."""

    def __init__(self, name: str, stage: Stage, connections: Connections) -> None:
        self.name = name
        self.stage = stage
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        with self.stage.stats.flying():
            self.stage.stats.requests[self.name] += 1
            try:
                answer = await self._answer(await read_call(scope, receive))
            except Refused as refusal:
                answer = refusal.answer()
            except Dropped:
                return await self._hang_up(scope, receive)
            except Silence:
                await self._keep_silent(receive)
                return await self._hang_up(scope, receive)
            self.stage.stats.statuses[f"{self.name} {answer.status}"] += 1
            return await _send(answer, send)

    async def _answer(self, call: Call) -> Answer:
        await self.stage.arrive()
        outage = self.stage.faults.outage(self.name, self.stage.now())
        if outage is not None:
            self.stage.stats.faults[outage.kind] += 1
            if outage.kind == "outage":
                raise Dropped
            raise Refused(503, 503, "Service Unavailable.")
        return await self.pass_through(call)

    async def pass_through(self, call: Call) -> Answer:
        """Answer a request that has arrived."""
        raise NotImplementedError

    async def perform(self, work: Callable[[], Answer]) -> Answer:
        """Do the work, unless a fault has its way."""
        stage = self.stage
        fault = stage.faults.strike(self.name, stage.now())
        await stage.wait(stage.settings.latency_ms / 1000)
        if fault is None:
            return work()
        stage.stats.faults[fault.kind] += 1
        return await ACTS[fault.kind](fault, work, stage)

    async def _keep_silent(self, receive: Receive) -> None:
        """Wait until the client gives up or the sandbox closes."""
        waits = {asyncio.ensure_future(receive()), asyncio.ensure_future(self.stage.closing.wait())}
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()

    async def _hang_up(self, scope: Scope, receive: Receive) -> None:
        """Cut the connection without a word; ASGI has no way to say it, so its transport is looked up."""
        for connection in self._connections():
            if connection.client is not None and tuple(connection.client) == tuple(scope["client"]):
                connection.transport.abort()
        # The server takes a return without an answer for an error until it knows that the client is gone.
        with suppress(TimeoutError):
            await asyncio.wait_for(receive(), 5)


class ApiDoor(Door):
    """An operation of the API: token, scopes, limit, faults, and then the work itself."""

    def __init__(self, operation: Operation, stage: Stage, connections: Connections) -> None:
        super().__init__(operation.name, stage, connections)
        self._operation = operation
        self._handler = HANDLERS[operation.name]

    async def pass_through(self, call: Call) -> Answer:
        """Answer a request that has arrived."""
        headers = self._admit(call)
        try:
            answer = await self.perform(lambda: self._handler(self.stage, call))
        except Refused as refusal:
            answer = refusal.answer()
        return Answer(answer.status, answer.body, answer.content_type, headers)

    def _admit(self, call: Call) -> dict[str, str]:
        """Check token, scopes and limit; give the headers that speak of the limit."""
        stage, operation = self.stage, self._operation
        now = stage.now()
        app = stage.tokens.app(call.headers.get("authorization", ""), now)
        check_scopes(app, operation.scopes)
        admission = stage.limiter.admit(app.account_id, operation.label, now, stage.wall())
        stage.stats.admitted(operation.label, admission.refusal, now)
        headers = rate_headers(admission) if stage.settings.rate_headers else {}
        if admission.refusal:
            raise too_fast(admission, headers)
        return headers


class TokenDoor(Door):
    """POST /oauth/token."""

    async def pass_through(self, call: Call) -> Answer:
        """Answer a request for an access token."""
        stage = self.stage
        api_url = f"http://{call.headers.get('host', '127.0.0.1')}"
        authorization = call.headers.get("authorization", "")
        ttl_s = stage.settings.token_ttl_s
        return await self.perform(
            lambda: stage.tokens.issue(authorization, call.form(), stage.now(), ttl_s, api_url)
        )


async def _send(answer: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    if answer.body:
        headers.append((b"content-type", answer.content_type.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    answer = Refused(404, 2300, "This API endpoint is not recognized.").answer()
    return Response(answer.body, 404, media_type=answer.content_type)


def build_app(stage: Stage, connections: Connections) -> ASGIApp:
    """Build the application over a stage; `connections` gives those that are open, to cut one of them."""
    doors: list[tuple[str, str, Callable[[Scope, Receive, Send], Awaitable[None]]]] = [
        (operation.path, operation.method, ApiDoor(operation, stage, connections)) for operation in OPERATIONS
    ]
    doors.append(("/oauth/token", "POST", TokenDoor("token", stage, connections)))
    routes = [Route(path, door, methods=[method]) for path, method, door in doors]
    handlers: Any = {404: _no_such_path, 405: _no_such_path}
    return Starlette(routes=[*admin.routes(stage), *routes], exception_handlers=handlers)
