"""The sieve passes only rows of which nothing has to be said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from importer.duplicates import DuplicateFinder, digests
from importer.run.pieces import Piece
from importer.run.row_spool import SpooledRows
from importer.run.sieve import Sieve, Sifted

ROWS = SpooledRows(range(11, 15), ["a", "b", "c", "d"], ["f", "f", "f", "f"], [21, 22, 24, 25], [])
RESTING = {("a", "f"): "A", ("b", "f"): "B", ("c", "f"): "C", ("d", "f"): "D"}


class Ledger:
    def __init__(self, resting: Mapping[tuple[str, str], str]) -> None:
        self.resting = resting

    def at_rest(self, keys: Sequence[str], fingerprints: Sequence[str]) -> list[str]:
        return [self.resting.get(pair, "") for pair in zip(keys, fingerprints, strict=True)]


class Doubt:
    def __init__(self, keys: Collection[str] = ()) -> None:
        self.keys = keys


class Block:
    def __init__(self, first_number: int, rows: int) -> None:
        self.numbers = range(first_number, first_number + rows)

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, positions: Sequence[int]) -> Any:
        raise AssertionError("a piece is parsed only for rows that have to be looked at")


def sifted(
    rows: SpooledRows | None,
    resting: Mapping[tuple[str, str], str] = RESTING,
    repeated: Sequence[int] = (),
    doubt: Collection[str] = (),
) -> Sifted:
    """Sift a piece of four rows; `repeated` are the numbers of the rows that share a key."""
    piece = Piece(Block(11, 4), None, rows)  # type: ignore[arg-type]
    with DuplicateFinder() as finder:
        finder.add(digests(["same"] * len(repeated)), repeated)
        return Sieve(Ledger(resting), finder.repeated(), Doubt(doubt)).sift(piece)


@pytest.mark.parametrize(
    ("what", "left"),
    [
        pytest.param({"rows": ROWS}, [], id="all unchanged"),
        pytest.param({"rows": None}, [0, 1, 2, 3], id="nothing known of the piece"),
        pytest.param({"rows": replace(ROWS, fingerprints=["f", "g", "f", "f"])}, [1], id="changed"),
        pytest.param({"rows": replace(ROWS, keys=["a", "b", "c", "e"])}, [3], id="new"),
        pytest.param({"rows": replace(ROWS, remarked=[0, 2])}, [0, 2], id="with issues"),
        pytest.param({"rows": ROWS, "repeated": (2, 12, 14)}, [1, 3], id="sharing a key"),
        pytest.param({"rows": ROWS, "doubt": {"d"}}, [3], id="found after doubt"),
    ],
)
def test_what_has_to_be_looked_at(what: dict[str, Any], left: list[int]) -> None:
    """A row is passed by only when nothing but its fingerprint matters; nothing is parsed to find out."""
    assert list(sifted(**what).rest) == left


def test_unchanged_rows_keep_their_places() -> None:
    """What is passed by carries number, line, key and contact of each row."""
    found = sifted(ROWS).unchanged(1, 3, datetime(2026, 5, 1, tzinfo=UTC))
    assert [cells[:5] for cells in found.cells()] == [
        (12, 22, "b", "unchanged", "B"),
        (13, 24, "c", "unchanged", "C"),
    ]
