"""A draft from headings and cells, for a file whose maker is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import MappingError
from importer.mapping.spelling import listed
from importer.suggest.cell_habits import words_for_nothing
from importer.suggest.column import Column
from importer.suggest.contact_part import ContactPart, write_contact
from importer.suggest.region import RegionGuess, guess_region
from importer.suggest.roles import KeyChoice, Reading, all_of, best, choose_key, read_columns
from importer.suggest.vocabulary import language_of
from importer.suggest.writing import comment, flow_list, scalar, shown

_LEAVING: Final = frozenset((
    "deleted", "inactive", "archived", "merged", "closed", "disabled", "blocked", "duplicate",
    "test", "geloscht", "gelöscht", "inaktiv", "gesperrt", "archiviert", "supprimé", "inactif",
    "archivé", "eliminado", "inactivo", "bloqueado", "eliminato", "inattivo", "verwijderd",
    "inactief", "usunięty", "nieaktywny", "raderad", "slettet",
))  # fmt: skip
"""Words of a status column that may mean: this row shall stay behind."""

_YES: Final = frozenset(("1", "true", "yes", "y", "x", "ja", "oui", "si", "sí"))


@dataclass(frozen=True, slots=True)
class Body:
    """A draft without its first comment.

    Attributes:
        text: the YAML.
        notes: sentences for the person about what was found, most important first.
        unsure: how many places want a look.
        used: the columns that it uses.
    """

    text: str
    notes: tuple[str, ...]
    unsure: int
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """The columns of a file and what they were read as."""

    readings: Sequence[Reading]
    key: KeyChoice
    country: Reading | None
    region: RegionGuess
    contact: ContactPart


def draft_body(columns: Sequence[Column], name: str | None) -> Body:
    """Draft a mapping for these columns.

    Args:
        columns: every column of the file, with a sample of its cells.
        name: what reports shall call the mapping.

    Raises:
        MappingError: no column holds phone numbers or email addresses, so there is nothing to import.
    """
    read = _read(columns)
    sections = [
        _head(name),
        key_section(read.key),
        _region(read),
        _placeholders(read),
        _skips(read.readings),
        _too_many(read.contact),
    ]
    written = "\n\n".join(section for section in sections if section)
    text = f"{written}\n\ncontact:\n" + "\n".join(read.contact.lines) + "\n"
    unsure = sum(line.lstrip(" #").startswith("unsure:") for line in text.splitlines())
    return Body(text, _notes(read), unsure, tuple(_used(read)))


def _read(columns: Sequence[Column]) -> _Read:
    readings = read_columns(columns)
    phones, emails = all_of(readings, "phone"), all_of(readings, "email")
    if not phones and not emails:
        raise MappingError(
            "No mapping can be drafted: no column looks like phone numbers or email addresses, and an "
            f"address book takes no contact without one. The file has the columns "
            f"{listed(shown(column.heading) for column in columns)}. If the names of the columns are "
            "wrong, give the line that holds them with --heading-line; if the file has none, give the names "
            "with --headings."
        )
    country = best(readings, "country")
    region = guess_region(
        [reading.column for reading in phones],
        country.column if country is not None else None,
        [reading.column for reading in emails],
        language_of([column.heading for column in columns]),
    )
    key = choose_key(readings)
    return _Read(readings, key, country, region, write_contact(readings, key.reading))


def _head(name: str | None) -> str:
    return "version: 1" + (f"\nname: {scalar(name)}" if name else "")


def key_section(choice: KeyChoice) -> str:
    """Draft `key:` with what is unsure about it."""
    lines = [comment("Who a row is, across runs: importing the same file twice makes no contact twice.")]
    lines += [comment(f"{note}.") for note in choice.notes]
    if choice.reading is None:
        lines.append(
            comment(
                "unsure: no column has a different value in every row. Without `key:` the content of a row "
                "is its key, and a changed row becomes a new contact."
            )
        )
        return "\n".join([*lines, "# key: COLUMN"])
    if choice.unsure:
        lines.append(comment(f"unsure: {choice.unsure}."))
    heading = scalar(choice.reading.name)
    written = f"{{column: {heading}, transform: lower}}" if choice.reading.role == "email" else heading
    return "\n".join([*lines, f"key: {written}"])


def _region(read: _Read) -> str:
    if not all_of(read.readings, "phone"):
        return ""
    head = comment("Numbers without a country code are read as numbers of this country.")
    lines = _region_by_column(read, read.country) if read.country is not None else _one_region(read.region)
    return "\n".join([head, *lines])


def _region_by_column(read: _Read, country: Reading) -> list[str]:
    guess = read.region
    lines = [comment(f"unsure: {country.unsure}.")] if country.unsure else []
    if guess.region is None or not guess.needed or not guess.sure:
        if country.column.filled < 1.0:
            lines.append(
                comment("Rows without a country need numbers with one, or a default: here, such as US.")
            )
        return [*lines, f"phone_region: {{column: {scalar(country.name)}}}"]
    lines.append(comment(f"{guess.region} counts where the cell is empty ({guess.why})."))
    return [*lines, f"phone_region: {{column: {scalar(country.name)}, default: {guess.region}}}"]


def _one_region(guess: RegionGuess) -> list[str]:
    if not guess.needed:
        return [f"# phone_region: {guess.region or 'US'}"]
    if guess.region is None:
        sentence = (
            f"unsure: {guess.needed:.0%} of the numbers have no country code, and nothing in the file "
            "says which country they belong to. Write its two-letter code here; until then they are rejected."
        )
        return [comment(sentence), "# phone_region: US"]
    speaks = f"{guess.why} speak{_s(guess.why)} for {guess.region}."
    return [comment(speaks if guess.sure else f"unsure: {speaks}"), f"phone_region: {guess.region}"]


def _s(why: str) -> str:
    """The verb's ending after a clause."""
    plural = " and " in why or why.startswith(("the numbers", "the email"))
    return "" if plural else "s"


def _placeholders(read: _Read) -> str:
    columns = {reading.name: reading.column for reading in read.readings}
    used = [columns[name] for name in _used(read) if name in columns]
    usual = list(dict.fromkeys(text for column in used for text in column.usual_placeholders))
    reach = [reading.column for role in ("phone", "email") for reading in all_of(read.readings, role)]
    words = [text for text in words_for_nothing(reach) if text in used_values(used)]
    if not usual and not words:
        return ""
    seen = f"usual ones: {', '.join(_quoted(text) for text in usual[:6])}" if usual else ""
    told = "; ".join(
        part
        for part in (seen, f"in phones and emails: {', '.join(map(_quoted, words))}" if words else "")
        if part
    )
    lines = [comment(f"Read as empty cells, because they occur ({told}).")]
    if any(not text.strip("0") for text in words):
        lines.append(comment("unsure: a lone 0 counts as empty in every column."))
    return "\n".join([*lines, f"placeholders: {flow_list([*(['usual'] if usual else []), *words])}"])


def used_values(columns: Iterable[Column]) -> frozenset[str]:
    """Every value of these columns."""
    return frozenset(text for column in columns for text in column.counts)


def _quoted(text: str) -> str:
    return f'"{shown(text)}"'


def _skips(readings: Sequence[Reading]) -> str:
    """Rows that may have to stay behind, in a comment: leaving people out is not for us to decide."""
    rules = []
    for reading in readings:
        words = _leaving(reading)
        if words:
            count = sum(reading.column.counts[text] for text in words)
            rule = f"{{column: {scalar(reading.name)}, is: {flow_list(words)}}}"
            rules.append(f"#   - {rule}   # {count:,} of {len(reading.column.cells):,} rows")
    if not rules:
        return ""
    said = comment("unsure: should rows like these stay behind? Then take the # away.")
    return "\n".join([said, "# skip_rows:", *rules])


def _leaving(reading: Reading) -> list[str]:
    """The words of a column that mark such rows."""
    counts = reading.column.counts
    if reading.role == "status" and reading.column.yes_no < 0.9:
        return [text for text in counts if text.casefold() in _LEAVING]
    if reading.role == "do_not_call" or (reading.role == "status" and _says_gone(reading)):
        return [text for text in counts if text.casefold() in _YES]
    return []


def _says_gone(reading: Reading) -> bool:
    words = (
        "delet",
        "gelosch",
        "gesperrt",
        "supprim",
        "elimin",
        "verwijder",
        "archiv",
        "inacti",
        "inakti",
        "block",
    )
    return any(word in reading.heading.compact for word in words)


def _too_many(contact: ContactPart) -> str:
    if not contact.cuts:
        return ""
    lines = comment(
        "A contact takes 5 phone numbers and 4 email addresses; of more, the first ones are kept."
    )
    return f"{lines}\ntoo_many: cut"


def _used(read: _Read) -> list[str]:
    names = [*read.contact.used]
    names += [read.key.reading.name] if read.key.reading is not None else []
    names += [read.country.name] if read.country is not None and all_of(read.readings, "phone") else []
    return list(dict.fromkeys(names))


def _notes(read: _Read) -> tuple[str, ...]:
    phones = [reading.name for reading in all_of(read.readings, "phone")]
    emails = [reading.name for reading in all_of(read.readings, "email")]
    key = read.key.reading
    notes = [
        f"key: {shown(key.name)}" if key is not None else "key: none found; the content of a row is its key",
        f"phones: {_named(phones)}",
        f"emails: {_named(emails)}",
    ]
    if phones:
        where = f"column {shown(read.country.name)}" if read.country is not None else ""
        stated = read.region.needed and (read.region.sure or read.country is None)
        default = read.region.region if stated else None
        text = " else ".join(part for part in (where, default) if part)
        notes.append(f"country of numbers without code: {text or 'not known'}")
    return tuple(notes)


def _named(names: Sequence[str]) -> str:
    return ", ".join(map(shown, names)) if names else "none"
