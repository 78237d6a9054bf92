"""The canonical JSON of many payloads at once, a column at a time: keys sorted, no spaces, nothing empty.

A fingerprint is the digest of this text. Building each payload and writing it down by itself takes three
times as long, which a nightly file of a million rows would feel.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Final

from importer.mapping.list_column import Item


def canonical_payloads(
    texts: Mapping[str, Sequence[str]],
    lists: Mapping[str, Sequence[tuple[Item, ...]]],
    entries: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    rows: int,
) -> list[str]:
    """Write the payload of each row down.

    Args:
        texts: field -> one text a row, "" for nothing.
        lists: field -> one tuple a row, () for nothing.
        entries: "variable" or "custom_field" -> (its id, one text a row) in mapping order.
        rows: how many there are.
    """
    columns: dict[str, Iterable[str]] = {name: _texts(name, values) for name, values in texts.items()}
    columns |= {name: _lists(name, values) for name, values in lists.items()}
    columns |= {f"{name}s": _entries(name, found) for name, found in entries.items() if found}
    if not columns:
        return ["{}"] * rows
    return [
        "{" + "".join(row)[:-1] + "}"
        for row in zip(*(columns[name] for name in sorted(columns)), strict=True)
    ]


def _texts(name: str, values: Sequence[str]) -> list[str]:
    begin = f"{quoted(name)}:"
    return [f"{begin}{quoted(value)}," if value else "" for value in values]


def _lists(name: str, rows: Sequence[tuple[Item, ...]]) -> list[str]:
    begin, write = f"{quoted(name)}:[", _WRITERS.get(name, _plain)
    return [f"{begin}{','.join(map(write, items))}]," if items else "" for items in rows]


def _entries(name: str, found: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    columns = [_one_entry(name, id_, values) for id_, values in found]
    begin = f"{quoted(f'{name}s')}:["
    joined = ("".join(row) for row in zip(*columns, strict=True))
    return [f"{begin}{row[:-1]}]," if row else "" for row in joined]


def _one_entry(name: str, id_: str, values: Sequence[str]) -> list[str]:
    begin = f"{{{quoted(f'{name}_id')}:{quoted(id_)},{quoted(f'{name}_value')}:"
    return [f"{begin}{quoted(value)}}}," if value else "" for value in values]


def _plain(item: Item) -> str:
    return quoted(item) if isinstance(item, str) else f"[{','.join(map(quoted, item))}]"


def _phone(item: Item) -> str:
    number, kind = (item, "") if isinstance(item, str) else item
    typed = f',"phone_type":{quoted(kind)}' if kind else ""
    return f'{{"phone_number":{quoted(number)}{typed}}}'


_WRITERS: Final[Mapping[str, Callable[[Item], str]]] = {"phones": _phone}
