"""Custom fields of the account: found by name, checked against the address book."""

from collections.abc import Sequence
from dataclasses import dataclass

from importer.mapping.language import ColumnMapping
from importer.mapping.spelling import listed, nearest


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field as the account knows it.

    Attributes:
        id: what the payload carries.
        name: what people call it.
        data_type: string, number, boolean, email, phone, percent, currency, dateTime or pick_list.
        pick_list: the allowed values, for pick_list.
        address_book_ids: the books it is attached to.
    """

    id: str
    name: str
    data_type: str = "string"
    pick_list: tuple[str, ...] = ()
    address_book_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """One entry of `custom_fields` of the mapping: the id to send, the field if the account is known."""

    id: str
    label: str
    known: CustomField | None = None


def resolve(
    mapping: ColumnMapping, account: Sequence[CustomField] | None, book_id: str | None
) -> tuple[list[Resolved], list[str]]:
    """The mapping's custom fields as ids, and a sentence for every one that cannot be used.

    Without an account (`account` None) a field named by name keeps its name as id: for checking, never sent.
    """
    resolved, complaints = [], []
    for index, entry in enumerate(mapping.contact.custom_fields):
        wanted = entry.id or entry.name or ""
        if account is None:
            resolved.append(Resolved(wanted, wanted))
            continue
        place = mapping.place(("contact", "custom_fields", index))
        found = _find(account, entry.id, entry.name)
        if isinstance(found, str):
            complaints.append(f"{place}: {found}")
        elif book_id is not None and book_id not in found.address_book_ids:
            complaints.append(
                f'{place}: the custom field "{found.name}" is not attached to this address book.'
            )
        else:
            resolved.append(Resolved(found.id, found.name, found))
    return resolved, complaints


def _find(account: Sequence[CustomField], wanted_id: str | None, name: str | None) -> CustomField | str:
    if wanted_id is not None:
        match = next((field for field in account if field.id == wanted_id), None)
        return match or f'the account has no custom field with the id "{wanted_id}".'
    wanted = (name or "").strip().casefold()
    same = [field for field in account if field.name.strip().casefold() == wanted]
    exact = [field for field in same if field.name == name]
    if len(exact or same) == 1:
        return (exact or same)[0]
    if same:
        return f'the account has {len(same)} custom fields called "{name}"; name the one you mean by its id.'
    near = nearest(name or "", [field.name for field in account], 3)
    hint = (
        f"did you mean {listed(near)}?" if near else f"there are {listed(field.name for field in account)}."
    )
    return f'the account has no custom field called "{name}"; {hint}'
