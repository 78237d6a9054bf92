"""The plan as a CSV: one line a row, then the leavers, then one line that says what it was made from.

The last line binds the plan: digests of the file, of the mapping and of the lines above, the ledger's last
run and the address book. A plan without it is cut off; with lines that do not match it, edited.
"""

import csv
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from json.encoder import encode_basestring_ascii
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from importer.errors import SettingsError

PLAN_STEPS = (
    "create",
    "update",
    "unchanged",
    "skip",
    "reject",
    "refused before",
    "look up",
    "leave",
    "delete",
)
"""Every word in the column `step` but `plan`, which marks the last line."""

_VERSION: Final = 1
_LAST: Final = "plan"


class PlanLine(NamedTuple):
    """What would be done with one row, or with a contact whose row is gone; the fields are the columns.

    Attributes:
        fields: fields that would be written, separated by ` | `, as are `old` and `new`.
        message: why a row is rejected or left out, and its warnings.
    """

    row: str
    line: str
    key: str
    step: str
    contact_id: str = ""
    fields: str = ""
    old: str = ""
    new: str = ""
    message: str = ""


PLAN_COLUMNS = PlanLine._fields


@dataclass(frozen=True, slots=True)
class Binding:
    """What a plan was made from, and what it was told.

    Attributes:
        file, mapping, ledger: absolute paths.
        file_digest, mapping_digest: of what they say.
        run: id of the ledger's last run, "" for a ledger without.
        address_book: id of the book.
        lines_digest: of all lines of the plan.
        options: settings that decide what is done: mode, duplicates, leavers, source, limit, reading.
    """

    file: str
    file_digest: str
    mapping: str
    mapping_digest: str
    ledger: str
    run: str
    address_book: str
    lines_digest: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    version: int = _VERSION


class LinesDigest:
    """Digest of plan lines in their order; what a spreadsheet program does to quoting does not matter."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, line: Sequence[str]) -> None:
        """Take the cells of the next line."""
        # What `json.dumps` gives for a list of texts, in half the time.
        self._hash.update(f"[{', '.join(map(encode_basestring_ascii, line))}]\n".encode("ascii"))

    def hexdigest(self) -> str:
        """Return the digest of all lines so far."""
        return self._hash.hexdigest()


class PlanWriter:
    """Writes a plan; complete only after `bind`.

    Raises:
        SettingsError: the file is there already, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest = LinesDigest()
        try:
            self._file = path.open("x", encoding="utf-8-sig", newline="", errors="surrogatepass")
        except FileExistsError:
            raise SettingsError(
                f"{path} is already there and is not overwritten. Choose another name with --out PATH."
            ) from None
        except OSError as error:
            raise SettingsError(
                f"The plan cannot be written to {path}: {error.strerror or error}."
            ) from error
        self._csv = csv.writer(self._file)
        self._csv.writerow(PLAN_COLUMNS)

    def write(self, line: PlanLine) -> None:
        """Append a line."""
        self._digest.add(line)
        self._csv.writerow(line)

    def bind(self, binding: Binding) -> None:
        """Append the last line."""
        bound = {**asdict(binding), "lines_digest": self._digest.hexdigest()}
        text = json.dumps(bound, ensure_ascii=False)
        self._csv.writerow(PlanLine("", "", "", _LAST, message=text))

    def close(self) -> None:
        """Flush and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is not None:  # half a plan is none
            self.path.unlink(missing_ok=True)


def read_binding(path: Path) -> Binding:
    """Read the last line of a plan, and see that the lines above are those that were written.

    Raises:
        SettingsError: there is no such file, it is no plan, cut off, edited, or of another version.
    """
    digest = LinesDigest()
    last: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="surrogatepass") as file:
            lines = csv.reader(file)
            _check_heading(path, next(lines, []))
            for cells in lines:
                if last:
                    digest.add(last)
                last = cells
    except FileNotFoundError:
        raise SettingsError(f"There is no plan {path}.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The plan {path} cannot be read: {error}.") from error
    return _checked(path, last, digest.hexdigest())


def _check_heading(path: Path, cells: Sequence[str]) -> None:
    if tuple(cells) == PLAN_COLUMNS:
        return
    if set(PLAN_COLUMNS) <= set(re.findall(r"\w+", " ".join(cells))):
        raise SettingsError(
            f"The plan {path} has been saved anew, as a spreadsheet program does, which may change what "
            "stands in it. Apply what `zoom-import plan` wrote, or make a new one and look at a copy."
        )
    raise SettingsError(f"{path} is no plan. `zoom-import plan FILE --out {path.name}` makes one.")


def _checked(path: Path, last: Sequence[str], digest: str) -> Binding:
    again = "Make a new one with `zoom-import plan`."
    if len(last) != len(PLAN_COLUMNS) or last[PLAN_COLUMNS.index("step")] != _LAST:
        raise SettingsError(f"The plan {path} is not complete: its last line is missing. {again}")
    try:
        found = json.loads(last[PLAN_COLUMNS.index("message")])
        if found.get("version") != _VERSION:
            raise SettingsError(f"The plan {path} was made by another version of zoom-import. {again}")
        binding = Binding(**found)
    except (ValueError, TypeError, AttributeError):
        raise SettingsError(f"The last line of the plan {path} cannot be read. {again}") from None
    if binding.lines_digest != digest:
        raise SettingsError(
            f"The plan {path} has been edited since it was made, and only a plan as a whole can be applied. "
            f"Change the file with the rows instead, or leave rows out with skip_rows in the mapping. {again}"
        )
    return binding
