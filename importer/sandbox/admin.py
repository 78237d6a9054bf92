"""The door for tests and benchmarks: /sandbox/..., beside the API, without a token."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from importer.sandbox.answers import Refused
from importer.sandbox.contacts import checked, new_contact_id
from importer.sandbox.faults import FaultRule, rule_from
from importer.sandbox.settings import CHANGEABLE, changed
from importer.sandbox.stage import Stage
from importer.sandbox.store import Body, Query

Endpoint: TypeAlias = Callable[[Request], Awaitable[Any]]

DUMP_PAGE = 1_000


def seed(stage: Stage, book_id: str, contacts: Sequence[object]) -> list[str]:
    """Store many contacts at once, each checked as if it had been posted; give their ids in order.

    Raises:
        Refused: the first one that is wrong; nothing is stored then.
        KeyError: no such address book.
    """
    book = stage.world.books[book_id]
    bodies = [(new_contact_id(), checked(stage, book, given)) for given in contacts]
    stage.store.add(book_id, bodies)
    stage.stats.changes["stored"] += len(bodies)
    return [contact_id for contact_id, _ in bodies]


def dump(stage: Stage, book_id: str, after: int = 0, size: int = DUMP_PAGE) -> list[Body]:
    """Give contacts as they are kept, custom fields included, in the order in which they were stored.

    Each has `contact_id` and `seq` besides its fields; `seq` of the last one is where the next page starts.
    """
    found = stage.store.page(Query(book_id), after, size)
    return [{"contact_id": each.contact_id, "seq": each.seq, **each.body} for each in found]


def dump_all(stage: Stage, book_id: str) -> list[Body]:
    """Give all contacts of a book."""
    found: list[Body] = []
    while page := dump(stage, book_id, found[-1]["seq"] if found else 0):
        found += page
    return found


def report(stage: Stage) -> dict[str, object]:
    """Give the counters, and how many contacts each book has."""
    books = {book_id: stage.store.count(book_id) for book_id in stage.world.books}
    return {**stage.stats.report(stage.now()), "contacts": books}


def _settings(stage: Stage) -> dict[str, object]:
    shown: dict[str, object] = {name: getattr(stage.settings, name) for name in CHANGEABLE}
    return {**shown, "faults": [dataclasses.asdict(rule) for rule in stage.fault_rules]}


def rules_from(given: object) -> tuple[FaultRule, ...]:
    """Read fault rules as JSON has them: an array, or an object with an array `faults`.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    entries = given.get("faults") if isinstance(given, dict) else given
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("an array of objects is expected, each with at least a kind")
    return tuple(rule_from(entry) for entry in entries)


def routes(stage: Stage) -> list[Route]:
    """Give the routes of the admin door."""

    async def get_stats(_request: Request) -> JSONResponse:
        return JSONResponse(report(stage))

    async def get_settings(_request: Request) -> JSONResponse:
        return JSONResponse(_settings(stage))

    async def set_settings(request: Request) -> JSONResponse:
        stage.configure(changed(stage.settings, await request.json()))
        return JSONResponse(_settings(stage))

    async def set_faults(request: Request) -> JSONResponse:
        stage.set_faults(rules_from(await request.json()))
        return JSONResponse(_settings(stage))

    async def reset(_request: Request) -> JSONResponse:
        stage.reset()
        return JSONResponse(report(stage))

    async def expire_tokens(_request: Request) -> JSONResponse:
        stage.tokens.revoke()
        return JSONResponse({})

    async def add_contacts(request: Request) -> JSONResponse:
        given = await request.json()
        ids = seed(stage, given.get("address_book_id", "sandbox-book"), given["contacts"])
        return JSONResponse({"contact_ids": ids})

    async def get_contacts(request: Request) -> JSONResponse:
        book_id = request.query_params.get("address_book_id", "sandbox-book")
        after = int(request.query_params.get("after", "0"))
        size = min(int(request.query_params.get("size", DUMP_PAGE)), 10 * DUMP_PAGE)
        return JSONResponse({"contacts": dump(stage, book_id, after, size)})

    return [
        Route("/sandbox/stats", _safely(get_stats)),
        Route("/sandbox/settings", _safely(get_settings)),
        Route("/sandbox/settings", _safely(set_settings), methods=["POST"]),
        Route("/sandbox/faults", _safely(set_faults), methods=["POST"]),
        Route("/sandbox/reset", _safely(reset), methods=["POST"]),
        Route("/sandbox/expire-tokens", _safely(expire_tokens), methods=["POST"]),
        Route("/sandbox/contacts", _safely(add_contacts), methods=["POST"]),
        Route("/sandbox/contacts", _safely(get_contacts)),
    ]


def _safely(endpoint: Endpoint) -> Endpoint:
    """Answer nonsense with 400 and a sentence instead of 500."""

    async def answer(request: Request) -> JSONResponse:
        try:
            answered: JSONResponse = await endpoint(request)
        except Refused as refusal:
            return JSONResponse({"error": refusal.message, "errors": refusal.errors}, 400)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return answered

    return answer
