"""What a check asks the account: the address book, and the custom fields that the mapping names."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.cli.account import connect
from importer.cli.event_loop import run
from importer.mapping import ColumnMapping, CustomField
from importer.zoom.account import AddressBook
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule


@dataclass(frozen=True, slots=True)
class Asked:
    """What the account has answered.

    Attributes:
        book: the address book.
        custom_fields: of the whole account; None when the mapping names none.
    """

    book: AddressBook
    custom_fields: Sequence[CustomField] | None


def ask_account(mapping: ColumnMapping, address_book: str | None, plan: Plan) -> Asked:
    """Look up the address book and, if the mapping needs them, the custom fields: one or two reading calls.

    Raises:
        AccountError: settings are missing, or credentials, scope or book are wrong.
        StoppedEarly: Zoom does not answer.
    """
    return run(_ask(mapping, address_book, plan))


async def _ask(mapping: ColumnMapping, address_book: str | None, plan: Plan) -> Asked:
    async with connect(os.environ, Path.cwd(), address_book, plan, PaceSchedule()) as access:
        book = await access.address_book()
        return Asked(book, await access.custom_fields(mapping))
