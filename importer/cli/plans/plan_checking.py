"""Is the plan still what a run would do? Asked with the ledger open, before the first change."""

from collections.abc import Callable, Iterable

from importer.cli.imports.request import ImportRequest
from importer.cli.inputs import Inputs
from importer.cli.plans.plan_making import digest_of, last_run, plan_lines
from importer.errors import InputError
from importer.ledger import Ledger
from importer.mapping import Mapper
from importer.run.row_spool import SpooledRows
from importer.run.survey import Duplicates

_AGAIN = "Nothing has been sent. Make a new plan with `zoom-import plan`."


def check_plan(
    request: ImportRequest,
    inputs: Inputs,
    mapper: Mapper,
    ledger: Ledger,
    duplicates: Duplicates,
    surveyed: Iterable[SpooledRows],
    check: Callable[[], None],
) -> None:
    """Refuse a plan that was made from another state of things; does nothing without a plan.

    Args:
        surveyed: what the first pass has found of the rows.
        check: called now and then; raises when the person wants to stop.

    Raises:
        InputError: the ledger or the address book is another, or the steps would be others.
    """
    plan = request.plan
    if plan is None:
        return
    book = ledger.book()["address_book_id"]
    if book != plan.address_book:
        raise InputError(
            f'The plan was made for the address book "{plan.address_book}", and the ledger {ledger.path} '
            f'belongs to "{book}". {_AGAIN}'
        )
    if last_run(ledger) != plan.run:
        raise InputError(
            f"Another run has changed the ledger {ledger.path} since the plan was made "
            f"({last_run(ledger) or 'it is a new ledger'}). {_AGAIN}"
        )
    lines = plan_lines(request, inputs, mapper, ledger, duplicates, surveyed)
    if digest_of(lines, check) != plan.lines_digest:
        raise InputError(
            "The same file, mapping and ledger now give other steps than the plan has: custom fields of the "
            f"account, a transform of your own, or zoom-import itself may have changed. {_AGAIN}"
        )
