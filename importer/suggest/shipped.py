"""What a shipped mapping leaves to the file: the country of its numbers, a key for a missing one."""

import re
from collections.abc import Sequence

from importer.mapping import ColumnMapping, load_mapping
from importer.mapping.headings import Headings
from importer.suggest.column import Column
from importer.suggest.generic import Body, key_section
from importer.suggest.region import RegionGuess, guess_region, same_plan
from importer.suggest.roles import Reading, all_of, best, choose_key, read_columns
from importer.suggest.vocabulary import language_of
from importer.suggest.writing import comment, shown
from importer.suggest.yaml_edit import YamlText


def shipped_body(text: str, mapping: ColumnMapping, columns: Sequence[Column], used: tuple[str, ...]) -> Body:
    """Adapt a shipped mapping that names no missing column any more.

    Args:
        text: its YAML.
        mapping: the same, read.
        columns: the file's columns.
        used: those that it uses.
    """
    readings = read_columns(columns)
    country = best(readings, "country")
    guess = guess_region(
        [reading.column for reading in all_of(readings, "phone")],
        country.column if country is not None else None,
        [reading.column for reading in all_of(readings, "email")],
        language_of([column.heading for column in columns]),
    )
    text = _with_region(_without_head(text), mapping, country, guess)
    keys = tuple(part.column[0] for part in mapping.key)
    choice = choose_key(readings)
    if not keys and choice.reading is not None and choice.reading.role == "id":
        text = _before_contact(text, key_section(choice))
        keys, used = (choice.reading.name,), (*used, choice.reading.name)
    unsure = sum(line.lstrip(" #").startswith("unsure:") for line in text.splitlines())
    notes = [f"key: {', '.join(map(shown, keys)) or 'none; the content of a row is its key'}"]
    if mapping.phone_region is not None and guess.needed:
        notes.append(
            f"country of numbers without code: {_region_words(load_mapping(text, 'mapping'), columns)}"
        )
    return Body(text, tuple(notes), unsure, used)


def _without_head(text: str) -> str:
    """The mapping from its first key on."""
    match = re.search(r"^version:", text, re.MULTILINE)
    return text[match.start() :] if match else text


def _before_contact(text: str, section: str) -> str:
    head, contact, rest = text.partition("\ncontact:")
    return f"{head}\n{section}\n{contact}{rest}"


def _region_words(mapping: ColumnMapping, columns: Sequence[Column]) -> str:
    """The column and the default, as a note names them."""
    region = mapping.phone_region
    if region is None:
        return "not known"
    found = Headings([column.heading for column in columns], lambda _path: "").find(
        region.column or (), (), optional=True
    )
    words = [f"column {shown(match.heading)}" for match in found[:1]]
    return " else ".join([*words, *([region.default] if region.default else [])]) or "not known"


def _with_region(text: str, mapping: ColumnMapping, country: Reading | None, guess: RegionGuess) -> str:
    """The default country of the file in place of the one that the shipped mapping happens to have."""
    region = mapping.phone_region
    if region is None or region.default is None or not guess.needed:
        return text
    if country is not None and country.column.filled == 1.0:
        return text
    where = "Where the country is empty, numbers" if region.column and country is not None else "Numbers"
    if guess.region is None or (region.column and not guess.sure):
        example = f"without country code are read as {region.default}, which is only an example"
        return _say_of_region(text, f"unsure: {where.lower()} {example}.")
    if guess.region != region.default and not same_plan(guess.region, region.default):
        edited = YamlText(_without_comment(text))
        path = ("phone_region", "default") if edited.is_mapping(("phone_region",)) else ("phone_region",)
        edited.replace(path, guess.region)
        text = edited.text
    sentence = f"{where} without country code are read as {guess.region} ({guess.why})."
    return _say_of_region(text, sentence if guess.sure else f"unsure: {sentence}")


def _without_comment(text: str) -> str:
    """The comment about the shipped country is not true any more."""
    return re.sub(r"(?:^#.*\n)+(?=phone_region:)", "", text, count=1, flags=re.MULTILINE)


def _say_of_region(text: str, sentence: str) -> str:
    return re.sub(
        r"^(?=phone_region:)", lambda _: comment(sentence) + "\n", text, count=1, flags=re.MULTILINE
    )
