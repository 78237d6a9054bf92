"""Who a row is: its key, told apart from rows of the same key, and what a corrections file brings along.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from importer.duplicates import Repeated
from importer.model import Issue

DuplicatePolicy = Literal["reject", "first", "last"]

CARRIED_ROW = "zoom_import_row"
CARRIED_KEY = "zoom_import_key"
PLACEHOLDER = "row:"
"""How the key of a row whose own key is blank begins; its number follows."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the rows of a corrections file bring along, by position; "" and 0 where they bring nothing."""

    keys: Sequence[str]
    numbers: Sequence[int]


def carried_identity(cells: Mapping[str, Sequence[str]], rows: int) -> Carried | None:
    """Read the added columns of a corrections file; None when the file is no corrections file.

    Args:
        cells: the columns of a chunk by heading.
        rows: how many rows it has.
    """
    if CARRIED_ROW not in cells or CARRIED_KEY not in cells:
        return None
    texts = [text.strip() for text in cells[CARRIED_ROW]]
    numbers = [int(text) if text.isascii() and text.isdecimal() else 0 for text in texts]
    assert len(numbers) == rows  # noqa: S101 - columns of one frame
    return Carried(list(cells[CARRIED_KEY]), numbers)


def row_keys(
    keys: Sequence[str],
    numbers: Sequence[int],
    *,
    by_content: bool,
    repeated: Repeated,
    carried: Carried | None,
) -> list[str]:
    """Return the key under which the ledger knows each row of a chunk.

    A row without a key column is known by its content, the second row of the same content by "#2" behind
    it: two equal rows of a file are two contacts, and stay those two in the next run. A row of a corrections
    file that is known by its content goes by the key that it brings along. A row whose key is blank is known
    by its number in the file that it first came from.
    """
    shared = set(_among(repeated, numbers)) if by_content else ()
    if carried is None and not shared:
        return [key or f"{PLACEHOLDER}{number}" for key, number in zip(keys, numbers, strict=True)]
    found = []
    for position, (key, number) in enumerate(zip(keys, numbers, strict=True)):
        before = carried.keys[position] if carried is not None else ""
        if by_content and before:
            found.append(before)
        elif number in shared and (rank := repeated.rank(number)):
            found.append(f"{key}#{rank + 1}")
        else:
            found.append(key or (before if before.startswith(PLACEHOLDER) else f"{PLACEHOLDER}{number}"))
    return found


def duplicate_issues(
    numbers: Sequence[int],
    *,
    by_content: bool,
    repeated: Repeated,
    policy: DuplicatePolicy,
    columns: str,
) -> tuple[dict[int, tuple[Issue, ...]], dict[int, str]]:
    """Judge the rows of a chunk that share their key with other rows of the file.

    Args:
        numbers: row numbers of the chunk.
        by_content: the mapping names no key.
        repeated: keys that stand in several rows.
        policy: which of the rows is taken.
        columns: headings of the key, for the message.

    Returns:
        Issues by row number, and by row number the reason why a row is skipped in favour of another.
    """
    issues: dict[int, tuple[Issue, ...]] = {}
    passed_over: dict[int, str] = {}
    for number in _among(repeated, numbers):
        others = repeated.others(number)
        if not others:
            continue
        named = rows_named(others)
        if by_content:
            message = f"the same content as {named}; both are sent as contacts of their own"
            issues[number] = (Issue("duplicate_row", "", "", message, "warning"),)
        elif policy == "reject":
            issues[number] = (Issue("duplicate_key", "", columns, f"the same key as {named}"),)
        else:
            taken = repeated.last(number) if policy == "last" else _first(repeated, number)
            if taken != number:
                passed_over[number] = f"the same key as row {taken}, which is taken (--duplicates {policy})"
    return issues, passed_over


def _among(repeated: Repeated, numbers: Sequence[int]) -> Sequence[int]:
    """Pick the repeated ones out of the ascending numbers of a chunk, at no cost where there are none."""
    return repeated.between(numbers[0], numbers[-1]) if len(numbers) else ()


def _first(repeated: Repeated, number: int) -> int:
    return number if repeated.rank(number) == 0 else repeated.others(number, most=1)[0]


def rows_named(numbers: Sequence[int]) -> str:
    """Write `row 3` or `rows 3, 5 and 7`."""
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    return f"rows {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
