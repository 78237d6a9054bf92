"""The `contact:` of a draft, field by field, from the columns and their roles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from importer.suggest.cell_habits import separators
from importer.suggest.column import Column
from importer.suggest.roles import Reading, all_of, best
from importer.suggest.vocabulary import Role
from importer.suggest.writing import comment, flow_list, joined, shown, templatable, value
from importer.transforms.phone_type import phone_type

_TYPE_ORDER: Final = ("mobile", "main", "work", "home", "other")
_COMPANY_MARKS: Final = frozenset((
    "gmbh", "ag", "kg", "ohg", "ug", "ev", "inc", "inc.", "ltd", "ltd.", "llc", "llp", "plc",
    "corp", "corp.", "co.", "sa", "s.a.", "sas", "sarl", "srl", "s.r.l.", "spa", "s.p.a.", "bv",
    "b.v.", "nv", "n.v.", "ab", "as", "a/s", "aps", "oy", "sl", "s.l.", "lda", "sp.", "kft", "zrt",
    "d.o.o.", "pty", "&", "und", "and",
))  # fmt: skip
_MOST_PHONES: Final = 5
_MOST_EMAILS: Final = 4
_SHOWN_ID: Final = 24
"""Longer ids are made for programs, not for the person who sees the contact."""


@dataclass(slots=True)
class ContactPart:
    """Lines of YAML below `contact:`, and the columns that they use.

    Attributes:
        lines: indented by two.
        used: headings.
        unsure: how many lines want a look.
        cuts: a row may have more phones or emails than fit.
    """

    lines: list[str] = field(default_factory=list)
    used: dict[str, None] = field(default_factory=dict)
    unsure: int = 0
    cuts: bool = False

    def say_unsure(self, sentence: str, indent: int = 2) -> None:
        """Put a comment that asks for a look."""
        self.lines.append(comment(f"unsure: {sentence}", indent))
        self.unsure += 1

    def put(self, text: str, *readings: Reading) -> None:
        """Put a line that uses these columns."""
        self.lines.append(text)
        self.used.update((reading.name, None) for reading in readings)


def write_contact(readings: Sequence[Reading], key: Reading | None) -> ContactPart:
    """Draft the contact. There is at least one phone or email column among the readings."""
    part = ContactPart()
    _display_name(part, readings)
    _names(part, readings)
    _phones(part, all_of(readings, "phone"))
    _emails(part, all_of(readings, "email"))
    texts: tuple[tuple[str, Role], ...] = (("company", "company"), ("role", "job"))
    for name, role in texts:
        reading = best(readings, role)
        if reading is not None and reading.column.values:
            if reading.unsure:
                part.say_unsure(f"{reading.unsure}.")
            part.put(f"  {name}: {value(reading.name)}", reading)
    _location(part, readings)
    if key is not None and key.role == "id" and key.column.longest <= _SHOWN_ID:
        part.put(f"  account_number: {value(key.name)}", key)
    _timezone(part, readings)
    return part


# --- names ---------------------------------------------------------------------------------------


def _display_name(part: ContactPart, readings: Sequence[Reading]) -> None:
    entries = list(_name_sources(readings))
    if not any(
        reading.role in {"first_name", "last_name", "full_name"} for _, used in entries for reading in used
    ):
        part.say_unsure("no column holds names, so this takes what there is.")
    if len(entries) == 1:
        text, used = entries[0]
        part.put(f"  display_name: {text}", *used)
        return
    part.lines.append(comment("What people see; the first of these that is not empty.", 2))
    part.lines += ["  display_name:", "    first_of:"]
    for text, used in entries:
        part.put(f"      - {text}", *used)


def _name_sources(readings: Sequence[Reading]) -> Iterator[tuple[str, tuple[Reading, ...]]]:
    """Values for the display name, best first."""
    parts = [one for role in ("first_name", "middle_name", "last_name") if (one := best(readings, role))]
    parts = [one for one in parts if one.column.values or one.role != "middle_name"]
    full = best(readings, "full_name")
    title = _title_key([*parts, *([full] if full else [])])
    if any(one.role != "middle_name" for one in parts):
        if len(parts) > 1 and all(templatable(one.name) for one in parts):
            yield joined([one.name for one in parts], " ", **title), tuple(parts)
        else:
            for one in reversed(parts):
                if one.role != "middle_name":
                    yield value(one.name, **title), (one,)
    if full is not None:
        transforms = ["without_title"] if _reversed(full) else []
        transforms += ["title"] if title else []
        keys = (
            {"transform": flow_list(transforms) if len(transforms) > 1 else transforms[0]}
            if transforms
            else {}
        )
        yield value(full.name, **keys), (full,)
    fallbacks: tuple[Role, ...] = ("company", "email", "phone")
    for role in fallbacks:
        reading = best(readings, role)
        if reading is not None and (role != "phone" or best(readings, "email") is None):
            yield value(reading.name), (reading,)


def _title_key(names: Sequence[Reading]) -> dict[str, str]:
    """`transform: title`, where some names are all in capitals or all in small letters."""
    return {"transform": "title"} if any(one.column.one_case > 0.02 for one in names) else {}


def _reversed(reading: Reading) -> bool:
    return reading.column.reversed_names >= 0.1


def _names(part: ContactPart, readings: Sequence[Reading]) -> None:
    first, last, full = (best(readings, role) for role in ("first_name", "last_name", "full_name"))
    if first is not None or last is not None:
        for name, reading in (("first_name", first), ("last_name", last)):
            if reading is not None:
                part.put(f"  {name}: {value(reading.name, **_title_key([reading]))}", reading)
        return
    if full is None or not full.column.values:
        return
    if not _people(full.column):
        return
    part.say_unsure(f'the parts of "{shown(full.name)}" are found by rule; companies are split like people.')
    title = ["title"] if _title_key([full]) else []
    for name in ("first_name", "last_name"):
        transforms = [name, *title]
        text = flow_list(transforms) if title else name
        part.put(f"  {name}: {value(full.name, transform=text, too_long='cut')}", full)


def _people(column: Column) -> bool:
    """Whether most cells look like two or more words of a person's name."""
    return column.share(lambda text: 2 <= len(text.split()) <= 5 and not _company(text)) >= 0.6


def _company(text: str) -> bool:
    return not _COMPANY_MARKS.isdisjoint(text.casefold().split()) or any(sign.isdigit() for sign in text)


# --- phones and emails -----------------------------------------------------------------------------


def _phones(part: ContactPart, readings: Sequence[Reading]) -> None:
    if not readings:
        return
    ordered = sorted(readings, key=lambda reading: (bool(reading.unsure), _type_rank(reading)))
    _list(part, "phone_numbers", ordered, _MOST_PHONES)


def _type_rank(reading: Reading) -> int:
    kind = phone_type(" ".join(reading.heading.words))
    return _TYPE_ORDER.index(kind) if isinstance(kind, str) else 1


def _emails(part: ContactPart, readings: Sequence[Reading]) -> None:
    if readings:
        _list(part, "emails", sorted(readings, key=lambda reading: bool(reading.unsure)), _MOST_EMAILS)


def _list(part: ContactPart, name: str, readings: Sequence[Reading], most: int) -> None:
    part.lines.append(f"  {name}:")
    several = False
    for reading in readings:
        if reading.unsure:
            part.say_unsure(f"{reading.unsure}.", 4)
        split = separators(reading.column, emails=name == "emails")
        several = several or bool(split)
        if split:
            part.lines.append(comment("Some cells hold several.", 4))
        part.put(f"    - {value(reading.name, **({'split': flow_list(split)} if split else {}))}", reading)
    part.cuts = part.cuts or len(readings) > most or (several and len(readings) > 1)


# --- the rest --------------------------------------------------------------------------------------


def _location(part: ContactPart, readings: Sequence[Reading]) -> None:
    found = [reading for role in ("city", "state", "country") if (reading := best(readings, role))]
    found = [reading for reading in found if reading.column.values]
    if not found:
        return
    if len(found) == 1 or not all(templatable(reading.name) for reading in found):
        part.put(f"  location: {value(found[0].name)}", found[0])
        return
    part.put(f"  location: {joined([reading.name for reading in found], ', ')}", *found)


def _timezone(part: ContactPart, readings: Sequence[Reading]) -> None:
    reading = best(readings, "timezone")
    if reading is None or not reading.column.values:
        return
    if reading.unsure:
        part.say_unsure(f"{reading.unsure}.")
    part.put(f"  timezone: {value(reading.name, on_bad_value='drop')}", reading)
