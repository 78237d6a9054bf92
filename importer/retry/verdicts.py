"""The verdict table: what one reply or fault means for the row that was sent. Pure.

The question behind every line: *may the server have stored it?* A create has no idempotency key, so a create
that may have been stored is looked up (`SettleFirst`) before anything is sent again. Update, delete, get and
list may be repeated at will: for them the same answer is a plain retry.

Codes and messages: Zoom's reference of the address-book operations, and the rate-limit page.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Literal, TypeAlias

from importer.model import Accept, Fault, Refuse, Reply, RetryAfter, SettleFirst, StopRun, Verdict
from importer.retry.answers import ApiError, api_error, read_object
from importer.retry.headers import next_midnight_s, retry_after

Operation: TypeAlias = Literal["create", "update", "delete", "get", "list"]

UNAUTHORISED_LIMIT = 3
"""401s in a row for one request after which the run stops. The client has already replayed each of them with
a fresh token, so three are six refusals: a stray 401 must not stop a night's import, a revoked app must."""

_FAULT_REASONS = {
    "connect": "no connection",
    "connect_timeout": "no connection in time",
    "pool_timeout": "no free connection",
    "read_timeout": "no answer in time",
    "write_timeout": "the request could not be sent in time",
    "disconnected": "connection lost",
    "protocol": "unreadable answer",
    "token": "no access token",
}


def judge(operation: Operation, answer: Reply | Fault, *, now: datetime, unauthorised: int = 1) -> Verdict:
    """Say what an answer means for the row.

    Args:
        operation: what was asked.
        answer: what came back.
        now: aware time, for a `Retry-After` that names a moment.
        unauthorised: how many 401s in a row this request has now had, this one included.
    """
    if isinstance(answer, Fault):
        return _fault(operation, answer)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return _unauthorised(answer, unauthorised)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(answer, now)
    if answer.status < 300:
        return _success(operation, answer)
    if answer.status < 400:
        return _redirect(operation, answer)
    if answer.status < 500:
        return _client_error(operation, answer, now)
    # Every 5xx, a gateway's HTML included: the server behind it may have gone on and stored the contact.
    return _unclear(operation, f"the server answered {answer.status}", retry_after(answer.headers, now))


def _fault(operation: Operation, fault: Fault) -> Verdict:
    reason = _FAULT_REASONS.get(fault.kind, fault.kind)
    return RetryAfter(reason) if fault.sent == "no" else _unclear(operation, reason)


def _unclear(operation: Operation, reason: str, wait_s: float | None = None) -> Verdict:
    """It may have been carried out: only a create has to be looked up, the others are simply repeated."""
    return SettleFirst(reason) if operation == "create" else RetryAfter(reason, wait_s)


# --- 2xx and 3xx ---------------------------------------------------------------------------------


def _success(operation: Operation, reply: Reply) -> Verdict:
    """Believe only a success that looks like the API's: captive portals answer 200 with HTML to all."""
    found = read_object(reply.body)
    if operation == "create":
        contact_id = found.get("contact_id") if found else None
        if isinstance(contact_id, str) and contact_id:
            return Accept(contact_id)
        # A 201 exists and its id must be found; a 200 or 202 without an id may exist or not.
        return SettleFirst(f"the answer ({reply.status}) cannot be read")
    if operation in ("update", "delete"):
        done = found is not None or not reply.body.strip()
    else:
        done = found is not None
    return Accept() if done else RetryAfter(f"the answer ({reply.status}) did not come from Zoom")


def _redirect(operation: Operation, reply: Reply) -> Verdict:
    if reply.status == HTTPStatus.SEE_OTHER:
        return _unclear(operation, "the server answered 303")  # by its meaning the request has been processed
    return StopRun(
        f"The API address answers with a redirect ({reply.status}). Something between this computer and Zoom "
        "wants a login (a proxy, a guest network), or ZOOM_API_URL is wrong. Mend that, then run the same "
        "command again."
    )


# --- 401 and 429 ---------------------------------------------------------------------------------


def _unauthorised(reply: Reply, times: int) -> Verdict:
    error = api_error(reply)
    if error.code == "4711":
        return _stop_scope(error)
    if times < UNAUTHORISED_LIMIT:
        return RetryAfter("the access token was refused")
    return StopRun(
        "Zoom refuses the access token again and again (401). Check in the Zoom App Marketplace that the "
        "Server-to-Server OAuth app is activated and that its Client Secret has not been regenerated."
    )


def _too_many(reply: Reply, now: datetime) -> Verdict:
    """A 429 is certainly not stored. The kinds differ in who has to wait, and for how long."""
    wait_s = retry_after(reply.headers, now)
    kind = f"{reply.headers.get('x-ratelimit-type', '')} {api_error(reply).message}".lower()
    if "daily" in kind:
        return RetryAfter(
            "daily limit", next_midnight_s(now) if wait_s is None else wait_s, shared=True, daily=True
        )
    if "concurrent" in kind:
        # About changes to one resource: the row steps back; the pace is the pacer's business.
        return RetryAfter("too many concurrent requests", wait_s)
    return RetryAfter("rate limit", wait_s, shared=True)


# --- 4xx -----------------------------------------------------------------------------------------


def _client_error(operation: Operation, reply: Reply, now: datetime) -> Verdict:
    error = api_error(reply)
    by_code = _BY_CODE.get(error.code)
    if by_code is not None:
        return by_code(operation, error)
    by_status = _BY_STATUS.get(reply.status)
    if by_status is not None:
        return by_status(operation, reply, error, retry_after(reply.headers, now))
    return _refuse(reply, error)  # every other 4xx is about this request: 400 with 21xx or 300, 410, 422, ...


def _refuse(reply: Reply, error: ApiError) -> Verdict:
    if error.readable:
        return Refuse(error.code, error.field, error.message or f"Zoom refused the contact ({reply.status}).")
    message = f"The request was refused ({reply.status}) by something that does not answer like Zoom."
    return Refuse(f"http_{reply.status}", "", message)


def _stop_scope(error: ApiError) -> Verdict:
    return StopRun(
        f"The app lacks a permission: {error.message} Add the scope to the Server-to-Server OAuth app in the "
        "Zoom App Marketplace, then run the same command again."
    )


def _stop_book(_operation: Operation, error: ApiError) -> Verdict:
    return StopRun(
        f"{error.message or 'Address book does not exist.'} Check --address-book (ZOOM_ADDRESS_BOOK_ID)."
    )


def _stop_salesforce(_operation: Operation, error: ApiError) -> Verdict:
    return StopRun(
        f"{error.message} The address book is fed by a Salesforce integration and takes no change from "
        "outside; choose another address book."
    )


def _contact_gone(operation: Operation, error: ApiError) -> Verdict:
    if operation == "delete":
        return Accept()  # gone is what was wanted; a retry after a lost answer meets this too
    return Refuse(error.code, "", "The contact was deleted in Zoom.")


_BY_CODE: dict[str, Callable[[Operation, ApiError], Verdict]] = {
    "124": lambda _operation, _error: RetryAfter("the access token was refused"),  # as 400: usually a 401
    "4711": lambda _operation, error: _stop_scope(error),  # scope missing: no row can succeed
    "2001": _stop_book,  # no such address book
    "2005": _stop_salesforce,  # the book belongs to Salesforce
    "2101": _contact_gone,  # no such contact
}


def _not_found(operation: Operation, reply: Reply, error: ApiError, _wait_s: float | None) -> Verdict:
    if operation in ("create", "list") or not error.readable:
        return StopRun(
            "The API address does not know address books (404). Check ZOOM_API_URL (usually "
            f"https://api.zoom.us/v2) and the address book's id. {error.message}".strip()
        )
    return _refuse(reply, error)


def _forbidden(_operation: Operation, _reply: Reply, error: ApiError, _wait_s: float | None) -> Verdict:
    if error.readable:
        return StopRun(f"Zoom does not allow this app to change contacts (403): {error.message}")
    # A firewall's page: it may dislike one row's words, or everything. One row is refused; the sender stops
    # the run when it happens to row after row.
    message = "A proxy or firewall between this computer and Zoom blocked the request (403)."
    return Refuse("http_403", "", message, transient=True)


def _stop_wiring(_operation: Operation, reply: Reply, error: ApiError, _wait_s: float | None) -> Verdict:
    return StopRun(
        f"The API address answers {reply.status} to a plain request: ZOOM_API_URL is wrong, or something in "
        f"between changes the request. {error.message}".strip()
    )


def _stop_proxy(_operation: Operation, _reply: Reply, _error: ApiError, _wait_s: float | None) -> Verdict:
    return StopRun(
        "The proxy wants a login (407). Put the user and password into HTTPS_PROXY, or go around the proxy."
    )


def _timed_out(operation: Operation, _reply: Reply, _error: ApiError, wait_s: float | None) -> Verdict:
    # By its meaning the request never arrived whole, but gateways send it for slow servers behind them too.
    return _unclear(operation, "the server answered 408", wait_s)


def _conflict(operation: Operation, reply: Reply, error: ApiError, wait_s: float | None) -> Verdict:
    # For a create: the server says that it did not take it. For the others: somebody changes it right now.
    return _refuse(reply, error) if operation == "create" else RetryAfter("conflicting change", wait_s)


def _too_early(_operation: Operation, _reply: Reply, _error: ApiError, wait_s: float | None) -> Verdict:
    return RetryAfter("the server wants the request later", wait_s)


def _too_large(_operation: Operation, reply: Reply, error: ApiError, _wait_s: float | None) -> Verdict:
    message = error.message or "The contact is too large for the server (413)."
    return Refuse(error.code or f"http_{reply.status}", error.field, message)


_BY_STATUS: dict[int, Callable[[Operation, Reply, ApiError, float | None], Verdict]] = {
    403: _forbidden,  # no row can succeed when Zoom says it
    404: _not_found,  # without a known code: the path is wrong, not the row
    405: _stop_wiring,  # wrong URL, or a proxy that does not let POST through
    407: _stop_proxy,  # never left the house
    408: _timed_out,
    409: _conflict,
    413: _too_large,
    415: _stop_wiring,  # the same for every row
    421: _too_early,  # misdirected: another connection may do
    425: _too_early,  # the server says that it did not process it
}
