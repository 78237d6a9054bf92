"""The half of `zoom-import doctor` that asks Zoom: token, scopes, address book, custom fields, rate."""

import time
from collections.abc import AsyncIterator, Sequence

from importer.cli.account import budget_path
from importer.cli.doctor.case import Case, problem
from importer.errors import AccountError, ImportStopped
from importer.mapping import CustomField
from importer.mapping.custom_field import resolve
from importer.model import Reply
from importer.retry import RetryPolicy, read_object
from importer.run.doctor import (
    BOOK,
    CREDENTIALS,
    Finding,
    book_finding,
    custom_fields_finding,
    rate_finding,
    salesforce_finding,
    scope_findings,
)
from importer.zoom.account import AddressBook, address_book
from importer.zoom.client import ZoomClient
from importer.zoom.pacing import QUIET_S
from importer.zoom.pacing_rates import RATES
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.pacing_setup import Pacers
from importer.zoom.reading import AccountReader
from importer.zoom.settings import ZoomSettings

_PATIENCE = RetryPolicy(max_attempts=2, give_up_after_s=5.0)
_SHOWN_BOOKS = 10


async def account_findings(case: Case) -> AsyncIterator[Finding]:
    """Sign in and look at everything that the account has to say."""
    if why := case.why_not_asked():
        for finding in _unchecked(why, "token", "scopes", "address book", "rate", "custom fields"):
            yield finding
        return
    account, client_id, secret = (case.settings[name] for name in CREDENTIALS)
    settings = ZoomSettings(account, client_id, secret, case.api_url, case.oauth_url)
    # A run that goes on is not disturbed; where there was none yet, no file is made for it.
    plan, budget = case.request.account_plan, budget_path() if budget_path().exists() else None
    # A handful of calls need not wait for a fresh second of the rate limit, as a run does.
    quiet_since = time.monotonic() - QUIET_S
    with Pacers(
        plan, PaceSchedule(), account_id=account, budget_path=budget, quiet_since=quiet_since
    ) as pacers:
        async with ZoomClient(settings, pacers, timeouts=case.request.timeouts) as client:
            async for finding in _signed_in(case, client):
                yield finding


async def _signed_in(case: Case, client: ZoomClient) -> AsyncIterator[Finding]:
    token = await _token(client)
    yield token
    if token.state != "ok":
        for finding in _unchecked("needs a token", "scopes", "address book", "rate", "custom fields"):
            yield finding
        return
    uses_fields = case.mapping is not None and bool(case.mapping.contact.custom_fields)
    for finding in scope_findings(client.token_scopes(), custom_fields=uses_fields):
        yield finding
    for finding in await _book(case, client):
        yield finding
    yield await _custom_fields(case, client, needed=uses_fields)


async def _token(client: ZoomClient) -> Finding:
    try:
        fault = await client.sign_in()
    except ImportStopped as error:
        return problem("token", error)
    if fault is not None:
        return Finding("token", "problem", fault.detail, "network")
    return Finding("token", "ok", "Zoom accepts the credentials")


async def _book(case: Case, client: ZoomClient) -> Sequence[Finding]:
    if not case.book_id:
        said = f"{BOOK} is not set.{await _books(client)}"
        return [*_unchecked(said, "address book"), *_unchecked("needs the address book", "rate")]
    try:
        book, headers = await _read_book(case.book_id, client)
    except ImportStopped as error:
        found = problem("address book", error)
        books = await _books(client) if isinstance(error, AccountError) else ""
        found = Finding(found.check, found.state, found.text + books, found.blame)
        return [found, *_unchecked("needs the address book", "rate")]
    case.in_book = book.total_contacts
    limits = {plan: rates["light"].per_second for plan, rates in RATES.items()}
    return [
        book_finding(book),
        salesforce_finding(),
        rate_finding(case.request.account_plan, limits, headers),
    ]


async def _read_book(book_id: str, client: ZoomClient) -> tuple[AddressBook, dict[str, str]]:
    """Read the book and the headers of the answer; anything but a plain answer is the patient reader's."""
    reply = await client.get_address_book(book_id)
    if isinstance(reply, Reply) and reply.status == 200 and (found := read_object(reply.body)) is not None:
        return address_book({"address_book_id": book_id, **found}), dict(reply.headers)
    return await AccountReader(client, policy=_PATIENCE).address_book(book_id), {}


async def _books(client: ZoomClient) -> str:
    """Name the books that there are, for whoever has to look up the id; "" when the app may not list them."""
    reader = AccountReader(client, policy=_PATIENCE)
    try:
        books = [book for unit in await reader.units() for book in await reader.address_books(unit.id)]
    except ImportStopped:
        return ""
    named = [f'{book.id} ("{book.name}")' for book in books[:_SHOWN_BOOKS]]
    more = f" and {len(books) - len(named)} more" if len(books) > len(named) else ""
    return f" The account has: {', '.join(named)}{more}." if named else " The account has no address book."


async def _custom_fields(case: Case, client: ZoomClient, *, needed: bool) -> Finding:
    try:
        fields = await AccountReader(client, policy=_PATIENCE).custom_fields()
    except ImportStopped as error:
        found = problem("custom fields", error)
        if needed or found.blame == "network":
            return found
        said = "the app may not list them; only a mapping with custom fields needs that"
        return Finding(found.check, "unchecked", said)
    complaints: Sequence[str] = ()
    if case.mapping is not None:
        known = [
            CustomField(one.id, one.name, one.data_type, one.pick_list, one.address_book_ids)
            for one in fields
        ]
        _, complaints = resolve(case.mapping, known, case.book_id or None)
    return custom_fields_finding(fields, case.book_id, complaints)


def _unchecked(why: str, *checks: str) -> list[Finding]:
    return [Finding(check, "unchecked", why) for check in checks]
