"""Which column is what: the heading proposes, the cells confirm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.suggest.column import Column
from importer.suggest.vocabulary import Heading, Role, read_heading
from importer.suggest.writing import shown

_TITLES: Final = frozenset(("title", "titel", "titre", "titulo", "titolo", "tytul", "prefix"))
_FULL_OR_LAST: Final = frozenset(("name", "nom", "naam", "namn", "navn", "nev", "nume", "nazwa"))
_FULL_OR_FIRST: Final = frozenset(("nombre", "nome", "name", "ime"))
_BARE_NUMBER: Final = frozenset(("number", "num", "numero", "numer", "nummer"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one column was read as.

    Attributes:
        column: the column.
        heading: what its heading says.
        role: what it is; None for a column that the mapping does not need.
        unsure: why this may be wrong, as a sentence; "" when it is plain.
    """

    column: Column
    heading: Heading
    role: Role | None
    unsure: str = ""

    @property
    def name(self) -> str:
        """The column's heading as it stands in the file."""
        return self.column.heading


def read_columns(columns: Sequence[Column]) -> list[Reading]:
    """Read every column on its own, then those that only their neighbours explain."""
    readings = [_read(column) for column in columns]
    return _names_by_context(readings)


def _read(column: Column) -> Reading:
    heading = read_heading(column.heading)
    reading = Reading(column, heading, heading.role)
    if not column.values:
        return reading if heading.strong else replace(reading, role=None)
    role, unsure = _confirmed(heading, column)
    if role is None and not heading.of_another and heading.role not in {"notes", "date", "fax"}:
        role, more = _by_cells(column)
        unsure = more or unsure
    return replace(reading, role=role, unsure=unsure)


def _confirmed(heading: Heading, column: Column) -> tuple[Role | None, str]:
    """The role of the heading, if the cells do not speak against it."""
    match heading.role:
        case "email":
            return _checked("email", column.emails, heading, "email addresses")
        case "phone":
            return _checked("phone", max(column.phones, column.damaged), heading, "phone numbers")
        case "country":
            return _checked("country", column.countries, heading, "countries")
        case "timezone":
            return _checked("timezone", column.time_zones, heading, "time zones")
        case "job" if heading.compact in _TITLES and column.salutations >= 0.5:
            return "salutation", ""
        case "company" if column.numbers >= 0.8:
            return "id", ""
        case "id" if heading.compact in _BARE_NUMBER and column.phones >= 0.8:
            return "phone", "the heading says no more than number; the cells look like phone numbers"
        case "first_name" | "last_name" | "full_name" | "company" if (
            max(column.emails, column.grouped_phones) >= 0.5
        ):
            return None, ""
        case "full_name" if column.numbers >= 0.5 or column.dates >= 0.5:
            return None, ""
    return heading.role, ""


def _checked(role: Role, share: float, heading: Heading, what: str) -> tuple[Role | None, str]:
    """Little is enough for a plain heading; a heading that only hints needs most of the cells."""
    if share >= (0.2 if heading.strong else 0.6):
        few = heading.strong and share < 0.5
        return role, f"only {share:.0%} of the cells look like {what}" if few else ""
    if heading.strong and role in {"email", "phone"}:
        return None, f"the heading says {what}, the cells do not look like it"
    return None, ""


def _by_cells(column: Column) -> tuple[Role | None, str]:
    """The role that only the cells show."""
    said = "the heading says nothing known; the cells look like"
    if column.emails >= 0.6 and column.longest <= 400:
        return "email", f"{said} email addresses"
    if column.iana_names >= 0.6:
        return "timezone", f"{said} time zones"
    if column.grouped_phones >= 0.6:
        return "phone", f"{said} phone numbers"
    if (
        len(column.values) >= 3
        and len(column.counts) <= 60
        and column.longest <= 60
        and _certainly_countries(column)
    ):
        return "country", f"{said} countries"
    if column.reversed_names >= 0.7:
        return "full_name", f'{said} names in the form "Last, First"'
    return None, ""


def _certainly_countries(column: Column) -> bool:
    """Names of countries, not codes: two letters may be states or languages as well, digits anything."""
    words = sum(count for text, count in column.counts.items() if len(text) > 3 and not text.isdecimal())
    return words >= 0.5 * len(column.values) and column.countries >= 0.9


def _names_by_context(readings: list[Reading]) -> list[Reading]:
    """`Name` beside `Vorname` is the last name, `Nombre` beside `Apellidos` the first."""
    roles = {reading.role for reading in readings}
    if "first_name" in roles and "last_name" not in roles:
        firsts = next(reading.column for reading in readings if reading.role == "first_name")
        return [
            replace(reading, role="last_name")
            if reading.role == "full_name"
            and reading.heading.compact in _FULL_OR_LAST
            and not _contains(reading.column, firsts)
            else reading
            for reading in readings
        ]
    if "last_name" in roles and "first_name" not in roles:
        return [
            replace(reading, role="first_name")
            if reading.role == "full_name"
            and reading.heading.compact in _FULL_OR_FIRST
            and not _contains(reading.column, next(r.column for r in readings if r.role == "last_name"))
            else reading
            for reading in readings
        ]
    return readings


def _contains(whole: Column, part: Column) -> bool:
    """Whether a column of full names has the names of the other one in it."""
    pairs = [(a, b) for a, b in zip(whole.cells, part.cells, strict=True) if a and b]
    return bool(pairs) and sum(b.casefold() in a.casefold() for a, b in pairs) >= len(pairs) / 2


def best(readings: Sequence[Reading], role: Role) -> Reading | None:
    """The column that fills a role best: a plain heading first, then the fullest, then the first."""
    found = [reading for reading in readings if reading.role == role]
    return max(found, key=lambda one: (not one.unsure, one.heading.strong, one.column.filled), default=None)


def all_of(readings: Sequence[Reading], role: Role) -> list[Reading]:
    """Every column of a role, in the order of the file."""
    return [reading for reading in readings if reading.role == role]


# --- the key -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The column that says who a row is.

    Attributes:
        reading: the column; None when no column can.
        unsure: what may be wrong with it, as a sentence.
        notes: columns that look like it and cannot be, each as a sentence.
    """

    reading: Reading | None
    unsure: str = ""
    notes: tuple[str, ...] = ()


_OWN_ID: Final = (
    "contact",
    "customer",
    "client",
    "person",
    "record",
    "kund",
    "klant",
    "cliente",
    "member",
    "external",
)


def choose_key(readings: Sequence[Reading]) -> KeyChoice:
    """The id column that is filled and different in nearly every row; else codes, else the email."""
    notes: list[str] = []
    ids = sorted(all_of(readings, "id"), key=_id_rank)
    for reading in ids:
        column = reading.column
        if not column.values:
            continue
        if column.damaged:
            notes.append(f'"{shown(reading.name)}" looks like it, but Excel has rounded its numbers')
        elif column.filled >= 0.95 and column.unique >= 0.95:
            return KeyChoice(reading, _blemishes(column), tuple(notes))
        elif reading.heading.strong:
            what = "is empty in many rows" if column.filled < 0.95 else "is the same in several rows"
            notes.append(f'"{shown(reading.name)}" looks like it, but {what}')
    return _key_by_cells(readings, tuple(notes))


def _id_rank(reading: Reading) -> tuple[bool, bool]:
    return (not reading.heading.strong, not any(word in reading.heading.compact for word in _OWN_ID))


def _blemishes(column: Column) -> str:
    blank = len(column.cells) - len(column.values)
    shared = sum(count for count in column.counts.values() if count > 1)
    parts = [f"in {rows(blank)} it is empty"] if blank else []
    parts += [f"{rows(shared)} share theirs with another"] if shared else []
    return f"{' and '.join(parts)}; these are rejected until that is mended" if parts else ""


def rows(count: int) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def _key_by_cells(readings: Sequence[Reading], notes: tuple[str, ...]) -> KeyChoice:
    for reading in readings:
        column = reading.column
        if reading.role is None and not reading.heading.of_another and _like_ids(column):
            return KeyChoice(
                reading,
                "the heading does not say so; the cells look like ids and are different in every row",
                notes,
            )
    emails = best(readings, "email")
    if (
        emails is not None
        and emails.column.filled == 1.0
        and emails.column.unique == 1.0
        and len(emails.column.cells) > 1
    ):
        return KeyChoice(
            emails, "there is no id; the email address is different in every row, but people change it", notes
        )
    return KeyChoice(None, "", notes)


def _like_ids(column: Column) -> bool:
    if len(column.cells) < 20 or column.filled < 1.0 or column.unique < 1.0:
        return False
    return column.codes == 1.0 and not column.damaged and column.dates < 0.1 and not column.web_addresses
