"""The columns that a draft does not use, with the kind of thing they hold; never their values."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from importer.suggest.column import Column
from importer.suggest.writing import comment, shown

_KINDS: Final[tuple[tuple[Callable[[Column], float], float, str], ...]] = (
    (lambda column: column.emails, 0.6, "email addresses, such as name@example.com"),
    (lambda column: column.web_addresses, 0.6, "web addresses, such as https://www.example.com"),
    (lambda column: column.dates, 0.6, "dates, such as 2026-12-31"),
    (lambda column: column.grouped_phones, 0.6, "phone or fax numbers, such as +1 212 555 0100"),
    (lambda column: column.yes_no, 0.9, "yes or no"),
    (lambda column: column.damaged, 0.1, "numbers that Excel has rounded, such as 1.2E+14"),
    (lambda column: column.numbers, 0.9, "numbers, such as 4711"),
    (lambda column: column.codes, 0.9, "ids or codes, such as A-4711"),
)
_LONG: Final = 80
_FEW: Final = 12


def leftovers(columns: Sequence[Column], used: Iterable[str]) -> str:
    """The rest of the columns as a comment, "" when every column is used."""
    taken = frozenset(used)
    rest = [column for column in columns if column.heading not in taken]
    if not rest:
        return ""
    empty = [column for column in rest if not column.values]
    lines = [f"#   {shown(column.heading)}: {kind_of(column)}" for column in rest if column.values]
    if empty:
        lines.append(comment(f"  empty: {', '.join(shown(column.heading) for column in empty)}"))
    head = comment("Columns that this mapping does not use:")
    return "\n".join([head, *lines]) + "\n"


def kind_of(column: Column) -> str:
    """What a column holds, with a made-up example."""
    for share, least, words in _KINDS:
        if share(column) >= least:
            return words
    if len(column.counts) <= _FEW and len(column.values) > 2 * len(column.counts):
        return f"one of {len(column.counts)} texts"
    return "long texts" if column.longest > _LONG else "texts"
