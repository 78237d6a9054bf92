"""What columns are called, in the main European languages -> the role that a column has.

Headings are compared folded: without accents, capitals, punctuation, numbers and the joints of CamelCase. A
heading that is exactly one of the terms is a strong sign; one that only contains a term is a weak one, which
the cells have to confirm.
"""

import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal, TypeAlias

import yaml

Role: TypeAlias = Literal[
    "id", "first_name", "middle_name", "last_name", "full_name", "salutation", "company", "job", "email",
    "phone", "fax", "country", "city", "state", "street", "postcode", "timezone", "status", "do_not_call",
    "notes", "date",
]  # fmt: skip

_WORDS: Final = yaml.safe_load((files("importer.suggest") / "words.yaml").read_text(encoding="utf-8"))

_BY_TERM: Final[dict[str, Role]] = {}
for _role, _terms in _WORDS["roles"].items():
    for _term in _terms.split():
        _BY_TERM.setdefault(_term, _role)

_QUALIFIERS: Final = frozenset(_WORDS["qualifiers"].split())
_OTHERS: Final = frozenset(_WORDS["others"].split())
_REFERENCES: Final = frozenset(_WORDS["references"].split())

_SPECIAL: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "\u0131": "i"}
)
_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ\d])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says.

    Attributes:
        words: its words, folded, without numbers.
        role: the role of the column, None when it says nothing known.
        strong: whether the heading alone is enough; else the cells have to confirm it.
        of_another: the column is about somebody or something else: the owner's email, the type of a phone.
    """

    words: tuple[str, ...]
    role: Role | None = None
    strong: bool = False
    of_another: bool = False

    @property
    def compact(self) -> str:
        """The words without what stands between them."""
        return "".join(self.words)


def heading_words(text: str) -> tuple[str, ...]:
    """The folded words of a heading; `Handy-Nr. (privat) 2` gives handy, nr, privat."""
    split = _CAMEL.sub(" ", text.replace("'", "").replace("\u2019", ""))
    plain = unicodedata.normalize("NFKD", split.casefold().translate(_SPECIAL))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = (word.strip("0123456789") for word in re.split(r"[\W_]+", letters))
    return tuple(word for word in words if word)


def read_heading(text: str) -> Heading:
    """What a heading says about its column."""
    words = heading_words(text)
    compact = "".join(words)
    exact = _BY_TERM.get(compact)
    if exact is not None:
        return Heading(words, exact, strong=True)
    qualified = _qualified(words)
    if qualified is not None and qualified.role == "country":
        return qualified
    if not _OTHERS.isdisjoint(words):
        return Heading(words, "fax" if "fax" in words else None, of_another=True)
    return qualified or _weak(words) or Heading(words)


def _qualified(words: tuple[str, ...]) -> Heading | None:
    """A term among words that say whose or which one: `Telefon geschäftlich`, `E-mail 1 - Value`."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            role = _BY_TERM.get("".join(words[start:end]))
            if role not in _MAY_BE_QUALIFIED:
                continue
            around = (*words[:start], *words[end:])
            if all(word in _QUALIFIERS or _BY_TERM.get(word) == role for word in around):
                return Heading(words, role, strong=role != "id")
    return None


_MAY_BE_QUALIFIED: Final = frozenset(
    (
        "id",
        "email",
        "phone",
        "fax",
        "country",
        "city",
        "state",
        "first_name",
        "last_name",
        "company",
        "postcode",
        "street",
    )
)


def _weak(words: tuple[str, ...]) -> Heading | None:
    if len(words) > 1 and words[-1] in {"id", "no", "nr", "number", "nummer", "key", "code"}:
        return None if not _REFERENCES.isdisjoint(words) else Heading(words, "id")
    for word in words:
        role = _BY_TERM.get(word)
        if role in {"email", "phone", "country", "timezone", "company"}:
            return Heading(words, role)
    return None


_WORDS_OF: Final = {name: frozenset(words.split()) for name, words in _WORDS["languages"].items()}


def language_of(headings: list[str]) -> str | None:
    """The language of the headings when one fits clearly better than every other; English gives None."""
    words = [
        word for heading in headings for word in {*heading_words(heading), read_heading(heading).compact}
    ]
    scores = {language: sum(word in known for word in words) for language, known in _WORDS_OF.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    if best < 2 or best == second:
        return None
    return str(max(scores, key=lambda language: scores[language]))
