"""The operations around contacts: units, address books, custom fields."""

from importer.sandbox.answers import Answer, Refused, json_answer
from importer.sandbox.call import Call
from importer.sandbox.contacts import book_of, page_of, token_maker
from importer.sandbox.paging import listing
from importer.sandbox.stage import Stage
from importer.sandbox.world import AddressBook, CustomField


def _book_view(stage: Stage, book: AddressBook) -> dict[str, object]:
    return {
        "address_book_id": book.book_id,
        "address_book_name": book.name,
        "address_book_description": book.description,
        "total_contacts": stage.store.count(book.book_id),
        "unit_id": book.unit_id,
        "unit_name": stage.world.units[book.unit_id].name,
    }


def _field_view(stage: Stage, field: CustomField) -> dict[str, object]:
    shown: dict[str, object] = {
        "custom_field_id": field.field_id,
        "custom_field_name": field.name,
        "custom_field_description": "",
        "data_type": field.data_type,
        "default_value": field.default,
    }
    if field.data_type == "pick_list":
        shown["pick_list_values"] = list(field.pick_list)
    books = [stage.world.books[book_id] for book_id in field.books if book_id in stage.world.books]
    shown["address_books"] = [
        {"address_book_id": book.book_id, "address_book_name": book.name} for book in books
    ]
    return shown


def get_address_book(stage: Stage, call: Call) -> Answer:
    """GET .../address_books/{id}: name, unit and the number of contacts."""
    return json_answer(200, _book_view(stage, book_of(stage, call)))


def list_address_books(stage: Stage, call: Call) -> Answer:
    """GET .../address_books?unit_id=: the books of a unit."""
    unit_id = call.parameter("unit_id")
    if not unit_id:
        raise Refused(400, 1902, "The `unit_id` field cannot be an empty value.")
    if unit_id not in stage.world.units:
        raise Refused(404, 1901, f"Unit does not exist: {unit_id}.")
    books = [_book_view(stage, book) for book in stage.world.books.values() if book.unit_id == unit_id]
    page = page_of(stage, call, f"books {unit_id}")
    return json_answer(200, listing("address_books", books, page, token_maker(stage)))


def list_units(stage: Stage, call: Call) -> Answer:
    """GET .../address_books/units: the units."""
    units = [
        {"unit_id": unit.unit_id, "unit_name": unit.name, "unit_description": unit.description}
        for unit in stage.world.units.values()
    ]
    return json_answer(200, listing("units", units, page_of(stage, call, "units"), token_maker(stage)))


def list_custom_fields(stage: Stage, call: Call) -> Answer:
    """GET .../address_books/custom_fields: the custom fields of all books."""
    fields = [_field_view(stage, field) for field in stage.world.custom_fields.values()]
    page = page_of(stage, call, "custom fields")
    return json_answer(200, listing("custom_fields", fields, page, token_maker(stage)))
