"""Which rows are as the book has them, told by their fingerprints alone: nothing has to be done for them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from importer.duplicates import Repeated
from importer.report.lines import UnchangedRows
from importer.run.pieces import Piece
from importer.run.row_spool import SpooledRows


class Resting(Protocol):
    """What the ledger can say about keys, as `importer.ledger.Reader` does."""

    def at_rest(self, keys: Sequence[str], fingerprints: Sequence[str]) -> list[str]:
        """Return the contact id of each row of which a run that finds it so has no news, else ""."""
        ...


class Undecided(Protocol):
    """Who has found something out about rows in doubt, as `importer.run.doubt.Doubt` does."""

    @property
    def keys(self) -> Collection[str]:
        """Whose rows have to be told of it."""
        ...


@dataclass(frozen=True, slots=True)
class Sifted:
    """The rows of a piece, sifted.

    Attributes:
        rows: as the first pass has found them; None when nothing is known, then all of them are the rest.
        contact_ids: of each row, "" for the rest.
        rest: positions of the rows that have to be looked at.
    """

    rows: SpooledRows | None
    contact_ids: Sequence[str]
    rest: Sequence[int]

    def unchanged(self, begin: int, end: int, at: datetime) -> UnchangedRows:
        """Return the rows from `begin` to `end`, which is not included; none of them may be of the rest."""
        assert self.rows is not None  # noqa: S101 - else all rows are the rest
        return UnchangedRows(
            self.rows.numbers[begin:end],
            self.rows.lines[begin:end],
            self.rows.keys[begin:end],
            self.contact_ids[begin:end],
            at,
        )


class Sieve:
    """Sifts pieces.

    What has anything to be said about it is left to the plan: an issue, a key that other rows have, too, an
    earlier run whose outcome was not a good one.

    Args:
        ledger: what happened before.
        repeated: keys that stand in several rows.
        undecided: rows in doubt, of which this run has found something out.
    """

    def __init__(self, ledger: Resting, repeated: Repeated, undecided: Undecided) -> None:
        self._ledger = ledger
        self._repeated = repeated
        self._undecided = undecided

    def sift(self, piece: Piece) -> Sifted:
        """Find the unchanged rows of a piece."""
        rows = piece.surveyed
        if rows is None:
            return Sifted(None, [""] * len(piece), range(len(piece)))
        contact_ids = self._ledger.at_rest(rows.keys, rows.fingerprints)
        for position in self._told(rows):
            contact_ids[position] = ""
        rest = [position for position, contact_id in enumerate(contact_ids) if not contact_id]
        return Sifted(rows, contact_ids, rest)

    def _told(self, rows: SpooledRows) -> Iterable[int]:
        """Positions of rows that have to be looked at whatever their fingerprint."""
        yield from rows.remarked
        if rows.numbers:
            first = rows.numbers[0]
            yield from (number - first for number in self._repeated.between(first, rows.numbers[-1]))
        if undecided := self._undecided.keys:
            yield from (position for position, key in enumerate(rows.keys) if key in undecided)
