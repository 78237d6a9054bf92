"""What Zoom's answers say about the account: books, fields, clock, and what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from importer.errors import AccountError
from importer.model import Reply
from importer.retry import api_error, read_object
from importer.zoom.operations import OPERATIONS, Operation


@dataclass(frozen=True, slots=True)
class AddressBook:
    """An address book.

    Attributes:
        id: what calls name it by.
        name: what people call it.
        unit_id, unit_name: where it belongs.
        total_contacts: contacts in it; None when Zoom did not say.
    """

    id: str
    name: str
    unit_id: str = ""
    unit_name: str = ""
    total_contacts: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, which holds address books."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CustomFieldInfo:
    """A custom field of the account.

    Attributes:
        id: what a contact's payload names it by.
        name: what people call it.
        data_type: string, number, boolean, email, phone, percent, currency, dateTime or pick_list.
        pick_list: the values that a pick_list takes.
        address_book_ids: the books that it is attached to.
    """

    id: str
    name: str
    data_type: str = "string"
    pick_list: tuple[str, ...] = ()
    address_book_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next_page_token` is "" on the last."""

    entries: tuple[Mapping[str, object], ...]
    next_page_token: str = ""


# --- good answers --------------------------------------------------------------------------------


def contact_id(reply: Reply) -> str:
    """Give the id in the answer to a create; "" when there is none to be read."""
    return _text(read_object(reply.body) or {}, "contact_id")


def address_book(found: Mapping[str, object]) -> AddressBook:
    """Read one address book; what is missing or of another type stays empty."""
    total = found.get("total_contacts")
    return AddressBook(
        _text(found, "address_book_id"),
        _text(found, "address_book_name"),
        _text(found, "unit_id"),
        _text(found, "unit_name"),
        total if isinstance(total, int) and not isinstance(total, bool) else None,
    )


def unit(found: Mapping[str, object]) -> Unit:
    """Read one unit."""
    return Unit(_text(found, "unit_id"), _text(found, "unit_name"))


def custom_field(found: Mapping[str, object]) -> CustomFieldInfo:
    """Read one custom field."""
    books = _objects(found.get("address_books"))
    values = found.get("pick_list_values")
    return CustomFieldInfo(
        _text(found, "custom_field_id"),
        _text(found, "custom_field_name"),
        _text(found, "data_type") or "string",
        tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else (),
        tuple(one for one in (_text(book, "address_book_id") for book in books) if one),
    )


def page(reply: Reply, name: str) -> Page | None:
    """Read one page of a list, whose entries stand under `name`; None when the answer is no such page."""
    found = read_object(reply.body)
    if found is None or reply.status != 200:
        return None
    entries = found.get(name)
    if entries is None and found.get("total_records") == 0:
        entries = []
    return Page(_objects(entries), _text(found, "next_page_token")) if isinstance(entries, list) else None


def clock_skew_s(reply: Reply, now: datetime) -> float | None:
    """Seconds by which this computer's clock is ahead of the server's; None when the answer has no date.

    The `Date` header counts whole seconds and is as old as the answer's way, so a second or two mean nothing.
    """
    try:
        return (now - parsedate_to_datetime(reply.headers.get("date", ""))).total_seconds()
    except (TypeError, ValueError):  # no date, or one without a zone
        return None


# --- answers that no retry can mend --------------------------------------------------------------


def account_error(reply: Reply, operation: str, book: str = "") -> AccountError | None:
    """Say what to mend when an answer means that the account, the app or the book is not as it has to be.

    Args:
        reply: the answer.
        operation: name of the client's method that was called.
        book: the address book that was named in the call, "" for none.

    Returns:
        None when the answer says no such thing.
    """
    if reply.status < 400 or reply.status >= 500:
        return None
    error = api_error(reply)
    if error.code == "4711" or (reply.status == 403 and error.readable):
        return AccountError(scope_sentence((OPERATIONS[operation],), error.message))
    if error.code == "2001":
        return AccountError(
            f'There is no address book with the id "{book}" in this account. Look it up in Zoom\'s admin '
            "portal (Contact Center Management, Address Books), and give its id with --address-book or "
            "ZOOM_ADDRESS_BOOK_ID. ZOOM_ACCOUNT_ID has to be the account that it belongs to."
        )
    if error.code == "2005":
        return AccountError(
            f'The address book "{book}" is fed by a Salesforce integration and takes no change from outside. '
            "Choose another one, or create one for the import."
        )
    return None


def scope_sentence(missing: Sequence[Operation], said: str = "") -> str:
    """Name what the app is not allowed to do, and the scopes that would allow it, in both generations."""
    purposes = ", ".join(dict.fromkeys(one.purpose for one in missing))
    classic = ", ".join(dict.fromkeys(one.classic for one in missing))
    granular = ", ".join(dict.fromkeys(one.granular for one in missing))
    quoted = f' Zoom says: "{said}"' if said else ""
    return (
        f"The Server-to-Server OAuth app is not allowed to {purposes}. Add the scope {classic} (an app with "
        f"classic scopes) or {granular} (an app with granular scopes): Zoom App Marketplace, Manage, your "
        f"app, Scopes. Whoever adds it needs the role permission for Contact Center.{quoted}"
    )


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _objects(found: object) -> tuple[Mapping[str, object], ...]:
    return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
