"""Texts: blanks, capitals, lines, markup, length."""

import html
import re
import unicodedata
from typing import Final

_INVISIBLE: Final = "\u00ad\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_EDGE: Final = (
    "".join(chr(code) for code in range(0x3001) if chr(code).isspace() or code < 32) + "\x7f" + _INVISIBLE
)
_INSIDE: Final = re.compile(rf"[\s{_INVISIBLE}]+")


def strip(text: str) -> str:
    """Without blanks at both ends: no-break and zero-width ones and byte order marks count."""
    return text.strip() if text.isascii() and text.isprintable() else text.strip(_EDGE)


def squeeze(text: str) -> str:
    """`strip`, and one plain blank in place of every run of blanks and line breaks inside."""
    return " ".join(_INSIDE.sub(" ", text).split())


def lower(text: str) -> str:
    """In small letters."""
    return text.lower()


def upper(text: str) -> str:
    """In capitals."""
    return text.upper()


def digits(text: str) -> str:
    """The digits only, as ASCII whatever their script."""
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


def first_line(text: str) -> str:
    """The first line that is not blank."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def one_line(text: str) -> str:
    """All lines in one, joined with ", "."""
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())


_BREAK: Final = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\s*/?\s*>", re.IGNORECASE)
_HIDING: Final = re.compile(r"<(script|style)\b|<!--", re.IGNORECASE)
_SHOWING: Final = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "": re.compile("-->"),
}
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")


def strip_html(text: str) -> str:
    """Without tags, ``&lt;`` and the like as the signs they mean; ``<br>`` and ``</p>`` become line breaks.

    A "<" that opens no tag stays: "a < b" and "<jo@example.com>" are texts.
    """
    if "<" not in text and "&" not in text:
        return text
    plain = _BREAK.sub("\n", _without_hidden(text))
    plain = _TAG.sub(lambda tag: tag.group() if "@" in tag.group() else "", plain)
    lines = (line.strip() for line in html.unescape(plain).splitlines())
    return "\n".join(line for line in lines if line)


def _without_hidden(text: str) -> str:
    """Without scripts, styles and comments; one that never ends stays, and is looked for only once."""
    kept: list[str] = []
    endless: set[str] = set()
    position = 0
    for opening in _HIDING.finditer(text):
        kind = (opening.group(1) or "").lower()
        if opening.start() < position or kind in endless:
            continue
        closing = _SHOWING[kind].search(text, opening.end())
        if closing is None:
            endless.add(kind)
            continue
        kept.append(text[position : opening.start()])
        position = closing.end()
    return "".join((*kept, text[position:]))


_JOINER: Final = "\u200d"


def cut(text: str, length: int) -> str:
    """The beginning, at most `length` characters (code points); a letter and its accents stay together."""
    if len(text) <= length:
        return text
    end = max(length, 0)
    while end > 0 and _belongs_to_previous(text, end):
        end -= 1
    return text[:end]


def _belongs_to_previous(text: str, index: int) -> bool:
    sign = text[index]
    return (
        unicodedata.combining(sign) != 0
        or sign in _ATTACHED
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or text[index - 1] == _JOINER
        or unicodedata.category(sign) in {"Mn", "Me", "Mc"}
    )


_ATTACHED: Final = frozenset(("\ufe0e", "\ufe0f", _JOINER))
