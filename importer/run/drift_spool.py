"""Contacts that somebody has changed in Zoom, kept on disk: it may be the whole book."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import IO, Self

from importer.run.differences import FieldPair


@dataclass(frozen=True, slots=True)
class Drifted:
    """A contact that is not as we left it.

    Attributes:
        key: of its row.
        contact_id: its id.
        name: the name that we gave it.
        contact: as the list shows it; None when it has been deleted.
        pairs: the fields that differ.
    """

    key: str
    contact_id: str
    name: str
    contact: Mapping[str, object] | None = None
    pairs: tuple[FieldPair, ...] = ()


class DriftSpool:
    """Takes drifted contacts; iterated, as often as wanted, gives them in that order.

    A temporary file without a name, gone when the process ends, however it ends.

    Attributes:
        shown: names of fields that some contact of the list has. A field that the list never shows says
            nothing, so that it is left out, whenever that becomes known.
    """

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115 - closed in close()
            "w+", encoding="utf-8", errors="surrogatepass", prefix="zoom-import-"
        )
        self.shown: set[str] = set()

    def show(self, page: Iterable[Mapping[str, object]]) -> None:
        """Learn which fields the list shows, empty or filled."""
        for contact in page:
            self.shown.update(name for name, value in contact.items() if value is not None)
        if "phones" in self.shown:
            self.shown.add("phone_numbers")

    def add(self, one: Drifted) -> None:
        """Keep one more."""
        pairs = [astuple(pair) for pair in one.pairs]
        json.dump([one.key, one.contact_id, one.name, one.contact, pairs], self._file, separators=(",", ":"))
        self._file.write("\n")

    def __iter__(self) -> Iterator[Drifted]:
        self._file.seek(0)
        for line in self._file:
            key, contact_id, name, contact, pairs = json.loads(line)
            told = tuple(FieldPair(*pair) for pair in pairs if pair[0].partition(" ")[0] in self.shown)
            if told or contact is None:
                yield Drifted(key, contact_id, name, contact, told)

    def counts(self) -> Mapping[str, int]:
        """Count contacts that were changed and that were deleted; both are always named."""
        found = {"changed": 0, "deleted": 0}
        for one in self:
            found["deleted" if one.contact is None else "changed"] += 1
        return found

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
