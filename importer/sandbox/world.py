"""What is in the account before the first contact: units, address books, custom fields, consumers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

DataType: TypeAlias = Literal[
    "string", "number", "boolean", "email", "phone", "percent", "currency", "dateTime", "pick_list"
]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, which address books belong to."""

    unit_id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class AddressBook:
    """An address book. One that a Salesforce integration feeds takes no change (code 2005)."""

    book_id: str
    name: str
    unit_id: str = "sandbox-unit"
    description: str = ""
    salesforce: bool = False


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field and the address books it belongs to."""

    field_id: str
    name: str
    data_type: DataType
    pick_list: tuple[str, ...] = ()
    default: str = ""
    books: tuple[str, ...] = ("sandbox-book",)


@dataclass(frozen=True, slots=True)
class App:
    """A Server-to-Server OAuth app: its credentials and the scopes that its tokens carry."""

    account_id: str = "sandbox-account"
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 - opens nothing but this sandbox
    scopes: tuple[str, ...] = ("contact_center_contact:read:admin", "contact_center_contact:write:admin")


UNITS = (Unit("sandbox-unit", "Sandbox unit", "The unit of the sandbox"),)

BOOKS = (
    AddressBook("sandbox-book", "Sandbox customers", description="For rehearsals"),
    AddressBook("sandbox-book-2", "Sandbox partners"),
    AddressBook("salesforce-book", "Fed by Salesforce", salesforce=True),
)

CUSTOM_FIELDS = (
    CustomField("field-string", "Nickname", "string"),
    CustomField("field-number", "Loyalty points", "number"),
    CustomField("field-boolean", "Newsletter", "boolean"),
    CustomField("field-email", "Billing email", "email"),
    CustomField("field-phone", "Emergency phone", "phone"),
    CustomField("field-percent", "Discount", "percent"),
    CustomField("field-currency", "Credit limit", "currency"),
    CustomField("field-datetime", "Customer since", "dateTime"),
    CustomField("field-picklist", "Tier", "pick_list", ("Bronze", "Silver", "Gold"), "Bronze"),
    CustomField("field-partner", "Partner code", "string", books=("sandbox-book-2",)),
)

CONSUMERS = ("sandbox-consumer-1", "sandbox-consumer-2", "sandbox-consumer-3")


class World:
    """Everything above, to be looked up by id.

    Raises:
        ValueError: an address book belongs to a unit that there is not.
    """

    def __init__(
        self,
        units: tuple[Unit, ...] = UNITS,
        books: tuple[AddressBook, ...] = BOOKS,
        custom_fields: tuple[CustomField, ...] = CUSTOM_FIELDS,
        consumers: tuple[str, ...] = CONSUMERS,
    ) -> None:
        self.units = {unit.unit_id: unit for unit in units}
        self.books = {book.book_id: book for book in books}
        self.custom_fields = {field.field_id: field for field in custom_fields}
        self.consumers = frozenset(consumers)
        homeless = [book.book_id for book in books if book.unit_id not in self.units]
        if homeless:
            raise ValueError(f"address books without their unit: {', '.join(homeless)}")
