"""The contacts of an address book, findable by account number, email and phone; on disk but for digests."""

import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from importer.duplicates import digests
from importer.run.pairing import account_of, emails_of, phones_of

MOST_SHARING: Final = 50
"""A value that more contacts have than this (a switchboard, a placeholder) tells nobody apart."""

_KINDS: Final[Mapping[str, Callable[[Mapping[str, object]], set[str]]]] = {
    "account": account_of,
    "email": emails_of,
    "phone": phones_of,
}


class BookIndex:
    """Takes contacts as the list shows them; after `freeze`, finds those that share a value with a payload.

    About 40 bytes of memory a contact and value; the contacts themselves are in a temporary file.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed in close()
        self._starts = array("Q", [0])
        self._digests = array("Q")
        self._ordinals = array("I")
        self._sorted: npt.NDArray[np.uint64] = np.empty(0, np.uint64)
        self._owners: npt.NDArray[np.uint32] = np.empty(0, np.uint32)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, contacts: Iterable[Mapping[str, object]]) -> None:
        """Take some contacts; each gets the next ordinal, from 0."""
        values: list[str] = []
        for contact in contacts:
            data = json.dumps(dict(contact)).encode("ascii")
            self._file.write(data)
            for kind, read in _KINDS.items():
                found = read(contact)
                values += [f"{kind}={value}" for value in found]
                self._ordinals.extend([len(self)] * len(found))
            self._starts.append(self._starts[-1] + len(data))
        if values:
            self._digests.extend(digests(values).tolist())

    def freeze(self) -> None:
        """Get ready to be asked; nothing can be added any more."""
        found = np.frombuffer(self._digests, dtype=np.uint64) if self._digests else self._sorted
        owners = np.frombuffer(self._ordinals, dtype=np.uint32) if self._ordinals else self._owners
        order = np.argsort(found, kind="stable")
        self._sorted, self._owners = found[order], owners[order]

    def sharing(self, payload: Mapping[str, object]) -> list[int]:
        """Return the ordinals of the contacts that share a value with a payload, ascending."""
        values = [f"{kind}={value}" for kind, read in _KINDS.items() for value in read(payload)]
        if not values:
            return []
        wanted = digests(values)
        lows = np.searchsorted(self._sorted, wanted, side="left")
        highs = np.searchsorted(self._sorted, wanted, side="right")
        found: set[int] = set()
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            if high - low <= MOST_SHARING:
                found.update(self._owners[low:high].tolist())
        return sorted(found)

    def contact(self, ordinal: int) -> dict[str, Any]:
        """Return a contact as it was given."""
        self._file.seek(self._starts[ordinal])
        loaded: dict[str, Any] = json.loads(
            self._file.read(self._starts[ordinal + 1] - self._starts[ordinal])
        )
        return loaded

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
