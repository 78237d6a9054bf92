"""Which rows of the file share a key, a phone number or an email address, in flat memory.

Only 64-bit digests and row numbers are kept, and beyond a bound they go to an anonymous temporary file by
their first bits, so that five million different keys cost no more memory than one million. Two different
texts share a digest with a probability of about n*n / 2**65: one in a million for five million values.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from importer.duplicates.groups import GroupFile, Numbers
from importer.duplicates.partitions import Partitions
from importer.duplicates.repeated import Repeated

Digests = npt.NDArray[np.uint64]

_PAIR = np.dtype([("digest", "<u8"), ("number", "<i8")])
_ROW_BITS = 40


def digests(values: Sequence[str]) -> Digests:
    """Return one 64-bit digest per text, the same in every process."""
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    return pd.util.hash_array(texts, categorize=False)


class DuplicateFinder:
    """Collects (value, row number) pairs of one kind and finds the values that stand in several rows.

    Args:
        held: how many pairs (16 bytes each) are held in memory before they go to the temporary file.
    """

    def __init__(self, held: int = 200_000) -> None:
        self._pairs = Partitions(_PAIR, held)
        self._found: Repeated | None = None

    def add(self, values: Digests, numbers: Sequence[int] | Numbers) -> None:
        """Add the digests of some values and the numbers of the rows that they stand in."""
        pairs = np.empty(len(values), dtype=_PAIR)
        pairs["digest"] = values
        pairs["number"] = numbers
        self._pairs.add(pairs)

    def repeated(self) -> Repeated:
        """Find the rows that share a value. The same value twice in one row does not count.

        What it gives can be used until this finder is closed, which nothing can be added to any more.
        """
        if self._found is None:
            groups = GroupFile()
            self._found = Repeated(groups)
            for pairs in self._pairs:
                groups.add(*self._groups_of(pairs))
        return self._found

    def close(self) -> None:
        """Give the temporary files back."""
        self._pairs.close()
        if self._found is not None:
            self._found.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _groups_of(pairs: npt.NDArray[np.void]) -> tuple[Numbers, Numbers]:
        """Return the members of all groups of a slice, one after the other, and the sizes of the groups."""
        if len(pairs) < 2:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        pairs = pairs[np.argsort(pairs["digest"])]
        digest = pairs["digest"]
        alike = np.concatenate([[False], digest[1:] == digest[:-1], [False]])
        several = alike[:-1] | alike[1:]
        # One number for group and row: sorting it once puts the rows of each group in order.
        group = np.cumsum(~alike[:-1], dtype=np.int64)[several]
        keys = np.sort((group << _ROW_BITS) | pairs["number"][several])
        keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)]]
        group, number = keys >> _ROW_BITS, keys & ((1 << _ROW_BITS) - 1)
        starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)])
        sizes = np.diff(np.append(starts, len(group)))
        several = sizes > 1  # the same value twice in one row is nobody's twin
        return number[np.repeat(several, sizes)], sizes[several]
