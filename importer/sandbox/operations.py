"""The operations of the API: path, rate label and scopes, from Zoom's reference of the address books."""

from dataclasses import dataclass

from importer.sandbox.limits import Label

READ = "contact_center_contact:read:admin"
WRITE = "contact_center_contact:write:admin"
ROOT = "/v2/contact_center/address_books"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Any one of `scopes` allows it: the classic one or the granular one."""

    name: str
    method: str
    path: str
    label: Label
    scopes: tuple[str, ...]


# A path without a parameter stands before the one whose parameter would swallow it.
OPERATIONS = (
    Operation(
        "list_units",
        "GET",
        f"{ROOT}/units",
        "medium",
        (READ, "contact_center:read:list_address_book_units:admin"),
    ),
    Operation(
        "list_custom_fields",
        "GET",
        f"{ROOT}/custom_fields",
        "medium",
        (READ, "contact_center:read:address_book_custom_field:admin"),
    ),
    Operation(
        "list_contact_custom_fields",
        "GET",
        f"{ROOT}/contacts/{{contact_id}}/custom_fields",
        "medium",
        (READ, "contact_center:read:address_book_custom_field:admin"),
    ),
    Operation(
        "list_address_books",
        "GET",
        ROOT,
        "medium",
        (READ, "contact_center:read:list_address_books:admin"),
    ),
    Operation(
        "get_address_book",
        "GET",
        f"{ROOT}/{{book_id}}",
        "light",
        (READ, "contact_center:read:address_book:admin"),
    ),
    Operation(
        "create_contact",
        "POST",
        f"{ROOT}/{{book_id}}/contacts",
        "light",
        (WRITE, "contact_center:write:address_book_contact:admin"),
    ),
    Operation(
        "list_contacts",
        "GET",
        f"{ROOT}/{{book_id}}/contacts",
        "medium",
        (READ, "contact_center:read:list_address_book_contacts:admin"),
    ),
    Operation(
        "get_contact",
        "GET",
        f"{ROOT}/{{book_id}}/contacts/{{contact_id}}",
        "light",
        (READ, "contact_center:read:address_book_contact:admin"),
    ),
    Operation(
        "update_contact",
        "PATCH",
        f"{ROOT}/{{book_id}}/contacts/{{contact_id}}",
        "light",
        (WRITE, "contact_center:update:address_book_contact:admin"),
    ),
    Operation(
        "delete_contact",
        "DELETE",
        f"{ROOT}/{{book_id}}/contacts/{{contact_id}}",
        "light",
        (WRITE, "contact_center:delete:address_book_contact:admin"),
    ),
)
