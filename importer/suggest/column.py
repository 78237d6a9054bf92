"""One column of a file as a draft sees it: its heading, a sample of its cells, and what they look like."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from importer.transforms.country import country
from importer.transforms.damage import damaged_number
from importer.transforms.placeholders import DEFAULT_PLACEHOLDERS, folded, is_placeholder
from importer.transforms.timezone import timezone

_EXAMPLES: Final = 200
_USUAL: Final = folded(DEFAULT_PLACEHOLDERS)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(
    r"['=\"]{0,3}(?:tel:)?[+(\d][\d\s().+/-]*(?:(?:x|ext\.?|#)\s*\d+)?\"?", re.IGNORECASE
)
_DATE: Final = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)(?:[T ,].*)?"
    r"|\d{1,2}[ -][A-Za-zÀ-ÿ.]{3,10}[ -]\d{2,4}"
)
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?")
_WEB: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CODE: Final = re.compile(r"(?=\D*\d)(?:[A-Za-z]{0,8}[-_/ ]?[A-Fa-f\d]+(?:-[A-Fa-f\d]+)*|[A-Za-z\d]{8,40})")
_YES_NO: Final = frozenset((
    "0", "1", "true", "false", "yes", "no", "y", "n", "ja", "nein", "oui", "non", "si", "sì", "sí",
    "sim", "não", "tak", "nie", "j", "x", "wahr", "falsch",
))  # fmt: skip
_SALUTATIONS: Final = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "m", "mme", "mlle", "monsieur",
    "madame", "sr", "sra", "srta", "sig", "dott", "dhr", "mevr", "mw", "pan", "pani", "fru",
))  # fmt: skip
_BETWEEN: Final = re.compile(r"\s*(?:[;,|\r\n]+|:::|/|\bor\b)\s*")
_DIGITS_OF_A_PHONE: Final = range(6, 19)


class Column:
    """A column and a sample of it.

    Args:
        heading: its name, unique in the file.
        cells: the sample, one text a row, as in the file.
    """

    def __init__(self, heading: str, cells: Sequence[str]) -> None:
        self.heading = heading
        self.cells = [cell.strip() for cell in cells]

    @cached_property
    def values(self) -> list[str]:
        """The cells that are neither empty nor a usual placeholder."""
        return [cell for cell in self.cells if cell and not is_placeholder(cell, _USUAL)]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return Counter(self.values)

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """At most 200 different values, spread over the sample."""
        distinct = list(self.counts)
        return tuple(distinct[:: max(1, -(-len(distinct) // _EXAMPLES))])

    @property
    def filled(self) -> float:
        """Share of rows with a value."""
        return len(self.values) / len(self.cells) if self.cells else 0.0

    @property
    def unique(self) -> float:
        """Share of values that stand in one row only."""
        once = sum(count == 1 for count in self.counts.values())
        return once / len(self.values) if self.values else 0.0

    @cached_property
    def usual_placeholders(self) -> tuple[str, ...]:
        """The usual placeholders that occur, as they are written."""
        return tuple(dict.fromkeys(cell for cell in self.cells if cell and is_placeholder(cell, _USUAL)))

    def share(self, test: Callable[[str], bool]) -> float:
        """Share of the examples for which the test holds; 0 when there are none."""
        return sum(map(test, self.examples)) / len(self.examples) if self.examples else 0.0

    @cached_property
    def emails(self) -> float:
        """Share of values that hold an email address."""
        return self.share(lambda text: _EMAIL.search(text) is not None)

    @cached_property
    def phones(self) -> float:
        """Share of values that are written like phone numbers, plain digits included."""
        return self.share(like_phones)

    @cached_property
    def grouped_phones(self) -> float:
        """Share of values that only phone numbers are written like: with a plus, or in groups."""
        return self.share(lambda text: like_phone(text) and re.search(r"\+|\d[ ()./-]+\d", text) is not None)

    @cached_property
    def dates(self) -> float:
        """Share of values that are dates."""
        return self.share(lambda text: _DATE.fullmatch(text) is not None)

    @cached_property
    def numbers(self) -> float:
        """Share of values that are plain numbers."""
        return self.share(lambda text: _NUMBER.fullmatch(text) is not None)

    @cached_property
    def web_addresses(self) -> float:
        """Share of values that are web addresses."""
        return self.share(lambda text: _WEB.match(text) is not None)

    @cached_property
    def codes(self) -> float:
        """Share of values that look like an id."""
        return self.share(lambda text: _CODE.fullmatch(text) is not None)

    @cached_property
    def yes_no(self) -> float:
        """Share of values that say yes or no."""
        return self.share(lambda text: text.casefold() in _YES_NO)

    @cached_property
    def salutations(self) -> float:
        """Share of values such as Mr. and Frau."""
        return self.share(lambda text: bool(text) and set(_words(text)) <= _SALUTATIONS)

    @cached_property
    def time_zones(self) -> float:
        """Share of values that are names of time zones; slow where they are not."""
        return self.share(lambda text: isinstance(timezone(text), str))

    @cached_property
    def iana_names(self) -> float:
        """Share of values such as Europe/Berlin."""
        return self.share(lambda text: "/" in text and isinstance(timezone(text), str))

    @cached_property
    def countries(self) -> float:
        """Share of the rows with a value whose value is a country."""
        if not self.values:
            return 0.0
        common = self.counts.most_common(40)
        known = sum(count for text, count in common if isinstance(country(text), str))
        return known / sum(count for _, count in common)

    @cached_property
    def reversed_names(self) -> float:
        """Share of values such as "Berg, Ada"."""
        return self.share(lambda text: re.fullmatch(r"[^\W\d][^,\d]*,\s*[^\W\d][^,\d]*", text) is not None)

    @cached_property
    def one_case(self) -> float:
        """Share of values all in capitals or all in small letters."""
        return self.share(lambda text: len(text) > 2 and (text.isupper() or text.islower()))

    @cached_property
    def damaged(self) -> float:
        """Share of values that a spreadsheet has rounded."""
        return self.share(lambda text: damaged_number(text) is not None)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest value."""
        return max(map(len, self.counts), default=0)


def like_phone(text: str) -> bool:
    """Whether a text is written like a phone number."""
    digits = sum(sign.isdigit() for sign in text)
    return (
        digits in _DIGITS_OF_A_PHONE and _PHONE.fullmatch(text) is not None and _DATE.fullmatch(text) is None
    )


def like_phones(text: str) -> bool:
    """Whether a text is written like one phone number or several."""
    return like_phone(text) or all(map(like_phone, _BETWEEN.split(text)))


def like_email(text: str) -> bool:
    """Whether a text is written like one email address."""
    return text.count("@") == 1 and _EMAIL.search(text) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
