"""The names of the columns, each of them once."""

from collections.abc import Sequence


def unique_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Trimmed; a blank one becomes "Column 7", the second "Phone" becomes "Phone (2)"."""
    trimmed = [cell.replace("\ufeff", "").strip() for cell in cells]
    taken: set[str] = set()
    names: list[str] = []
    for position, text in enumerate(trimmed, start=1):
        base = text or f"Column {position}"
        name, count = base, 1
        while name in taken or (name != text and name in trimmed):
            count += 1
            name = f"{base} ({count})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def numbered_headings(width: int) -> tuple[str, ...]:
    """ "Column 1" and so on, for a file without heading."""
    return tuple(f"Column {position}" for position in range(1, width + 1))


def column_letters(position: int) -> str:
    """Letters of a workbook's column, 0 = A, 26 = AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def columns_of(count: int) -> str:
    """ "1 column", "12 columns"."""
    return "1 column" if count == 1 else f"{count} columns"
