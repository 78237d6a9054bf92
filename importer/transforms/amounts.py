"""Numbers and yes/no words as people write them."""

import re
import unicodedata
from typing import Final

from importer.transforms.problem import Problem, shown

_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,'\u2019 ])\d{3})(?:\1\d{3})*")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_BLANKS: Final = re.compile(r"[\s\u00a0\u2009\u202f]+")
_TRUE: Final = frozenset((
    "true", "yes", "y", "1", "on", "x", "t", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "sì", "s",
    "verdadero", "vero", "sim", "verdadeiro", "tak", "ano", "igen", "da", "да", "evet", "kyllä", "waar",
    "sand", "sant", "✓", "✔",
))  # fmt: skip
_FALSE: Final = frozenset((
    "false", "no", "n", "0", "off", "f", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nie",
    "ne", "nem", "nu", "нет", "hay\u0131r", "ei", "nee", "onwaar", "nej", "nei", "falskt", "falsk", "✗", "✘",
))  # fmt: skip


def number(text: str) -> str | Problem:
    """A number with a decimal point and no thousands marks ("1.234,50" -> "1234.50").

    A single mark followed by three digits could be either ("1,234"): that is a problem, never a guess.
    """
    plain = _BLANKS.sub(" ", text.strip()).replace("\u2212", "-")
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    grouped = _GROUPED.fullmatch(plain)
    if grouped and grouped.group(1) in ".," and plain.count(grouped.group(1)) == 1:
        mark = grouped.group(1)
        return _unreadable(
            text,
            f"could be {plain.replace(mark, '')} or {plain.replace(',', '.')}; write it without the mark",
        )
    decimal = max(plain.rfind("."), plain.rfind(","))
    whole, fraction = (plain, "") if grouped or decimal < 0 else (plain[:decimal], plain[decimal + 1 :])
    if whole and not re.fullmatch(r"[+-]?\d+", whole) and not _GROUPED.fullmatch(whole):
        return _unreadable(text, "is not a number")
    whole = re.sub(r"[.,'\u2019 ]", "", whole)
    result = f"{whole or '0'}.{fraction}" if fraction else whole
    return result.lstrip("+") if _PLAIN.fullmatch(result) else _unreadable(text, "is not a number")


def boolean(text: str) -> str | Problem:
    """ "true" or "false" for yes/no words in the main European languages."""
    word = text.strip().casefold()
    if word in _TRUE:
        return "true"
    if word in _FALSE:
        return "false"
    return Problem("value_unmapped", f"{shown(text)} is neither yes nor no; write true or false")


def _unreadable(text: str, why: str) -> Problem:
    return Problem("number_unreadable", f"{shown(text)} {why}")
