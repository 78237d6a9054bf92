"""How many of the first characters decide whether a pattern matches a text of digits.

The patterns of numbering plans look closely at the first digits only; of the rest they want nothing but
their count. Of texts of one length, those that begin alike so far get the same answer, and it need not be
worked out twice. `phonenumbers` writes its patterns with few means, so that they can be read here.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple, TypeAlias

_TOKEN: Final = re.compile(
    r"(?P<open>\((?:\?(?P<kind>[:=!>]))?)|(?P<close>\))|(?P<bar>\|)|(?P<end>\$)|(?P<any>\\d)"
    r"|(?P<one>\[[^\]^\[]+\]|\\\+|\d)|(?P<times>\?|\{(?P<least>\d+)(?:,(?P<most>\d+))?\})|(?P<other>.)",
    re.DOTALL,
)


class UnknownPatternError(ValueError):
    """The pattern has something in it that numbering plans do not use."""


class _Item(NamedTuple):
    """One thing that a pattern asks for, from `least` to `most` times.

    `kind` is "one" (of `signs`), "any" (digit), "=" or "!" (`inner` ahead, or not), "(" (`inner`).
    """

    kind: str
    signs: frozenset[str] = frozenset()
    inner: "_Alternatives" = ()
    least: int = 1
    most: int = 1


_Alternatives: TypeAlias = Sequence[Sequence[_Item]]


class _Reach(NamedTuple):
    """Where a part of a pattern may end, and the last place that it looks at closely; counted from 0."""

    low: int
    high: int
    deepest: int


@lru_cache(maxsize=4096)
def pattern_depth(pattern: str, known: str = "") -> int:
    """Count the first characters that decide about texts of digits, perhaps with a plus, of equal length.

    Args:
        pattern: of digits, classes, groups, alternatives, lookaheads and bounded repetitions.
        known: how the texts begin. Alternatives that do not begin so are not looked at.

    Raises:
        UnknownPatternError: the pattern is made of something else, too.
    """
    reach = _of_alternatives(_parsed(pattern), known, 0, 0)
    return max(len(known), reach.deepest) if reach is not None else len(known)


# --- the pattern as it is written -----------------------------------------------------------------


@cache
def _parsed(pattern: str) -> _Alternatives:
    tokens = list(_TOKEN.finditer(pattern))
    found, end = _alternatives(tokens, 0)
    if end != len(tokens):
        raise UnknownPatternError(pattern)
    return found


def _alternatives(tokens: Sequence[re.Match[str]], at: int) -> tuple[_Alternatives, int]:
    """Read up to the closing bracket or the end."""
    found: list[list[_Item]] = [[]]
    while at < len(tokens) and tokens[at]["close"] is None:
        if tokens[at]["bar"] is not None:
            found.append([])
            at += 1
            continue
        item, at = _item(tokens, at)
        if at < len(tokens) and tokens[at]["times"] is not None:
            least = tokens[at]["least"]
            most = tokens[at]["most"] or least or "1"
            item, at = item._replace(least=int(least or 0), most=int(most)), at + 1
        found[-1].append(item)
    return found, at


def _item(tokens: Sequence[re.Match[str]], at: int) -> tuple[_Item, int]:
    token = tokens[at]
    if token["open"] is not None:
        inner, end = _alternatives(tokens, at + 1)
        if end < len(tokens):
            kind = token["kind"] if token["kind"] in {"=", "!"} else "("
            return _Item(kind, inner=inner), end + 1
    if token["end"] is not None:
        return _Item("(", inner=((),)), at + 1  # the texts are of one length, so it tells nothing
    if token["any"] is not None:
        return _Item("any"), at + 1
    if token["one"] is not None:
        return _Item("one", signs=frozenset(re.findall(token["one"], "0123456789+"))), at + 1
    raise UnknownPatternError(token.string)


# --- what it looks at -----------------------------------------------------------------------------


def _of_alternatives(parts: _Alternatives, known: str, low: int, high: int) -> _Reach | None:
    """What these look at when they begin between two places; None when none of them can match."""
    found = [reach for part in parts if (reach := _of_sequence(part, known, low, high)) is not None]
    if not found:
        return None
    return _Reach(
        min(reach.low for reach in found),
        max(reach.high for reach in found),
        max(reach.deepest for reach in found),
    )


def _of_sequence(items: Sequence[_Item], known: str, low: int, high: int) -> _Reach | None:
    deepest = 0
    for item in items:
        reach = _of_item(item, known, low, high)
        if reach is None:
            return None
        low, high, deepest = reach.low, reach.high, max(deepest, reach.deepest)
    return _Reach(low, high, deepest)


def _of_item(item: _Item, known: str, low: int, high: int) -> _Reach | None:
    if item.most == 1:
        once = _once(item, known, low, high)
        if item.least == 1:
            return once
        return _Reach(low, high, 0) if once is None else _Reach(low, once.high, once.deepest)
    once = _once(item, "", low, high)
    if once is None:
        return None
    before = (once.high - high) * (item.most - 1)
    return _Reach(
        low + (once.low - low) * item.least,
        once.high + before,
        once.deepest + before if once.deepest else 0,
    )


def _once(item: _Item, known: str, low: int, high: int) -> _Reach | None:
    if item.kind == "any":
        return _Reach(low + 1, high + 1, 0)
    if item.kind == "one":
        if low == high < len(known) and known[low] not in item.signs:
            return None
        return _Reach(low + 1, high + 1, high + 1)
    inner = _of_alternatives(item.inner, known, low, high)
    if item.kind == "(":
        return inner
    if inner is None:
        return None if item.kind == "=" else _Reach(low, high, 0)
    return _Reach(low, high, inner.deepest)
