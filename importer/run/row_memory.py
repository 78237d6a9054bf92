"""What rows came to the last time: the digest of a row's cells -> the fingerprint of its contact.

A contact follows from the cells of its row, the mapping and this program; as long as those stay, a row that
is as it was need not be mapped to know its fingerprint, and by night nearly all rows are as they were.
Nothing is decided here: the ledger is asked about every fingerprint, wherever it comes from. A memory that is
lost, damaged, or made on other terms knows nothing, which costs time and nothing else.

The file: a header, all digests in ascending order, and the fingerprints in the same order. The header has a
checksum of both, since a power cut can leave a file of the right length with holes.
"""

import hashlib
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from importer.duplicates import Digests, Partitions

_MAGIC: Final = b"zoom-import rows 1"
_HEADER: Final = struct.Struct("<32s16s16s16sQ")
"""Magic, terms, checksums of digests and of fingerprints, number of rows; what follows is aligned."""
_FINGERPRINT_BYTES: Final = 16
_ROW_BYTES: Final = 8 + _FINGERPRINT_BYTES
_RECORD: Final = np.dtype([("digest", "<u8"), ("fingerprint", "u1", (_FINGERPRINT_BYTES,))])

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MemoryPlace:
    """Where a memory lies, and on what terms rows come to something.

    Attributes:
        path: the file, which need not be there.
        terms: digest, 16 bytes, of all that a contact follows from besides the cells of its row.
    """

    path: Path
    terms: bytes


class RowMemory:
    """A memory to be asked; small in memory whatever its length."""

    def __init__(self, place: MemoryPlace) -> None:
        self._digests, self._fingerprints = _opened(place)

    def recall(self, cells: Digests) -> tuple[Positions, list[str]]:
        """Return the positions of the rows that are known, and the fingerprint of each of them.

        Args:
            cells: digest of the cells of each row.
        """
        if not len(self._digests):
            return np.empty(0, np.int64), []
        order = np.argsort(cells)  # one after the other they are found in a third of the time
        places = np.empty(len(cells), np.int64)
        places[order] = np.searchsorted(self._digests, cells[order])
        places[places == len(self._digests)] = 0
        known = np.flatnonzero(self._digests[places] == cells)
        text = self._fingerprints[places[known]].tobytes().hex()
        width = 2 * _FINGERPRINT_BYTES
        return known, [text[begin : begin + width] for begin in range(0, len(text), width)]


class MemoryWriter:
    """Collects what rows come to, a chunk at a time, for the next run; in flat memory.

    Args:
        place: where it is to lie.
    """

    def __init__(self, place: MemoryPlace) -> None:
        self._place = place
        self._records = Partitions(_RECORD)
        self._failed = False

    def add(self, cells: Digests, fingerprints: Sequence[str], but: Sequence[int]) -> None:
        """Add the rows of a chunk. A full disk makes an end of the memory, not of the run.

        Args:
            cells: digest of the cells of each row.
            fingerprints: of each row, "" for a row without a contact, which is left out.
            but: positions of further rows to be left out: those of which there is something to be said.
        """
        good = np.fromiter(map(bool, fingerprints), dtype=np.bool_, count=len(fingerprints))
        good[list(but)] = False
        kept = np.flatnonzero(good)
        records = np.empty(len(kept), dtype=_RECORD)
        records["digest"] = cells[kept]
        text = "".join([fingerprints[position] for position in kept.tolist()])
        records["fingerprint"] = np.frombuffer(bytes.fromhex(text), np.uint8).reshape(-1, _FINGERPRINT_BYTES)
        try:
            self._records.add(records)
        except (OSError, MemoryError):
            self._failed = True

    def save(self) -> None:
        """Put it in the place of the one before. Where that fails, the next run has to map every row."""
        if self._failed:
            return
        path = self._place.path
        fresh = path.with_name(f"{path.name}.new")
        try:
            self._write(fresh)
            fresh.replace(path)
        except (OSError, MemoryError):
            with suppress(OSError):
                fresh.unlink()

    def _write(self, path: Path) -> None:
        count = len(self._records)
        sums = hashlib.blake2b(digest_size=16), hashlib.blake2b(digest_size=16)
        digests_at, fingerprints_at = _HEADER.size, _HEADER.size + 8 * count
        # Readable for its owner only, as the ledger is.
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            for records in self._records:
                ordered = records[np.argsort(records["digest"])]
                parts = ordered["digest"].tobytes(), ordered["fingerprint"].tobytes()
                file.seek(digests_at)
                digests_at += file.write(parts[0])
                file.seek(fingerprints_at)
                fingerprints_at += file.write(parts[1])
                for one, part in zip(sums, parts, strict=True):
                    one.update(part)
            file.seek(0)
            checks = [one.digest() for one in sums]
            file.write(_HEADER.pack(_MAGIC, self._place.terms, *checks, count))

    def close(self) -> None:
        """Give the temporary file back."""
        self._records.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(place: MemoryPlace) -> tuple[Digests, npt.NDArray[np.uint8]]:
    """Return digests and fingerprints as they lie in the file; nothing where it is of no use."""
    nothing = np.empty(0, np.uint64), np.empty((0, _FINGERPRINT_BYTES), np.uint8)
    try:
        with place.path.open("rb") as file:
            magic, terms, *checks, count = _HEADER.unpack(file.read(_HEADER.size))
            whole = os.fstat(file.fileno()).st_size == _HEADER.size + count * _ROW_BYTES
            if magic.rstrip(b"\0") != _MAGIC or terms != place.terms or not whole or not count:
                return nothing
            behind = _HEADER.size + 8 * count
            digests = np.asarray(np.memmap(file, "<u8", "r", _HEADER.size, (count,)))
            fingerprints = np.asarray(np.memmap(file, np.uint8, "r", behind, (count, _FINGERPRINT_BYTES)))
    except (OSError, ValueError, struct.error):
        return nothing
    sums = [hashlib.blake2b(part.ravel().data, digest_size=16).digest() for part in (digests, fingerprints)]
    return (digests, fingerprints) if sums == checks else nothing
