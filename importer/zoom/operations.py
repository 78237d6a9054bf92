"""Every call that is made, with its rate label and its scopes: one table.

Source: the OpenAPI document of Zoom's Contact Center API ("address books"), fields `x-rate-limit-label` and
`x-scopes`, early 2026. Zoom has two generations of scopes; an app has the classic or the granular ones.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from importer.zoom.pacing_rates import Label

READ = "contact_center_contact:read:admin"
WRITE = "contact_center_contact:write:admin"


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of call.

    Attributes:
        method: of HTTP.
        label: whose rate it counts against.
        classic: the scope that allows it in a classic app.
        granular: the scope that allows it in an app with granular scopes.
        purpose: what it does, in words that complete "is not allowed to ...".
    """

    method: str
    label: Label
    classic: str
    granular: str
    purpose: str


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "create_contact": Operation(
            "POST", "light", WRITE, "contact_center:write:address_book_contact:admin", "create contacts"
        ),
        "update_contact": Operation(
            "PATCH", "light", WRITE, "contact_center:update:address_book_contact:admin", "change contacts"
        ),
        "delete_contact": Operation(
            "DELETE", "light", WRITE, "contact_center:delete:address_book_contact:admin", "delete contacts"
        ),
        "get_contact": Operation(
            "GET", "light", READ, "contact_center:read:address_book_contact:admin", "read a contact"
        ),
        "list_contacts": Operation(
            "GET", "medium", READ, "contact_center:read:list_address_book_contacts:admin", "list contacts"
        ),
        "get_address_book": Operation(
            "GET", "light", READ, "contact_center:read:address_book:admin", "read the address book"
        ),
        "list_address_books": Operation(
            "GET", "medium", READ, "contact_center:read:list_address_books:admin", "list address books"
        ),
        "list_units": Operation(
            "GET", "medium", READ, "contact_center:read:list_address_book_units:admin", "list units"
        ),
        "list_custom_fields": Operation(
            "GET", "medium", READ, "contact_center:read:address_book_custom_field:admin", "list custom fields"
        ),
        "contact_custom_fields": Operation(
            "GET",
            "medium",
            READ,
            "contact_center:read:address_book_custom_field:admin",
            "read a contact's custom fields",
        ),
    }
)
"""Name of the client's method to what it is."""


def missing_scopes(granted: Collection[str], operations: Iterable[str]) -> tuple[Operation, ...]:
    """Say which of the named operations the scopes of a token do not allow, in the order asked.

    A token that names no scopes at all says nothing about them: then nothing counts as missing.
    """
    if not granted:
        return ()
    wanted = [OPERATIONS[name] for name in operations]
    return tuple(one for one in wanted if one.classic not in granted and one.granular not in granted)
