"""One list of the contact for all rows of a chunk: a column a source, whole rows only where somebody asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

Item: TypeAlias = str | tuple[str, str]
"""A value, or a phone number with its type ("" when it has none)."""

Positions: TypeAlias = npt.NDArray[np.int64]


def text_of(item: Item) -> str:
    """The value itself, without its type."""
    return item if isinstance(item, str) else item[0]


@dataclass(frozen=True)
class ListColumn:
    """The items of each row.

    Attributes:
        size: how many rows there are.
        typed: whether the items are numbers with their types.
        columns: a source each, in order: one item a row, "" where there is none.
        special: position -> all its items, for rows of which the columns do not tell them.
    """

    size: int
    typed: bool = False
    columns: Sequence[Sequence[Item]] = ()
    special: Mapping[int, tuple[Item, ...]] = field(default_factory=dict)

    def row(self, position: int) -> tuple[Item, ...]:
        """The items of one row."""
        if position in self.special:
            return self.special[position]
        return tuple(column[position] for column in self.columns if column[position])

    @cached_property
    def rows(self) -> Sequence[tuple[Item, ...]]:
        """The items of every row."""
        rows: list[tuple[Item, ...]]
        if not self.columns:
            rows = [()] * self.size
        elif len(self.columns) == 1:
            rows = [(item,) if item else () for item in self.columns[0]]
        elif len(self.columns) == 2:
            pairs = zip(*self.columns, strict=True)
            rows = [(a, b) if a and b else (a,) if a else (b,) if b else () for a, b in pairs]
        else:
            rows = [tuple(filter(None, row)) for row in zip(*self.columns, strict=True)]
        for position, items in self.special.items():
            rows[position] = items
        return rows

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Whether a row has anything."""
        found = np.zeros(self.size, dtype=np.bool_)
        found[self._owners] = True
        for position, items in self.special.items():
            found[position] = bool(items)
        return found

    def values(self) -> tuple[list[str], Positions]:
        """All values without their types and the position of each, in no certain order."""
        items: list[Item] = [item for item in self._side_by_side if item]
        of_special = [(position, item) for position, row in self.special.items() for item in row]
        items += [item for _, item in of_special]
        owners = np.array([position for position, _ in of_special], dtype=np.int64)
        texts = [text_of(item) for item in items] if self.typed else cast("list[str]", items)
        return texts, np.concatenate([self._owners, owners])

    @cached_property
    def _side_by_side(self) -> list[Item]:
        """The columns' items row by row, as many a row as there are columns; "" in special rows."""
        width = len(self.columns)
        items: list[Item] = [""] * (self.size * width)
        for place, column in enumerate(self.columns):
            items[place::width] = column
        for position in self.special:
            items[position * width : (position + 1) * width] = [""] * width
        return items

    @cached_property
    def _owners(self) -> Positions:
        """The position of each item that is one."""
        items = self._side_by_side
        is_one = np.fromiter(map(bool, items), dtype=np.bool_, count=len(items))
        return np.flatnonzero(is_one) // max(1, len(self.columns))
