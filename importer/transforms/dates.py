"""Dates in a stated order -> ISO 8601. The order is never guessed: 03/04 is two different days."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from importer.transforms.problem import Problem, shown

_MARK: Final = r"[./\-\u2010-\u2015 ]\s*"
_PARTS: Final = re.compile(rf"(\d{{1,4}}){_MARK}(\d{{1,2}}){_MARK}(\d{{1,4}})(?:[T ,].*)?", re.DOTALL)
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?")
_WORDS: Final = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_CENTURY_TURN: Final = 69
"""Two-digit years as POSIX reads them: 69 to 99 are 19xx, 00 to 68 are 20xx."""


def date_in(order: str) -> Callable[[str], str | Problem]:
    """A function that reads dates in the order "dmy", "mdy" or "ymd" and gives them as ``2026-12-31``."""

    def run(text: str) -> str | Problem:
        match = _PARTS.fullmatch(text.strip())
        if match is None:
            return _unreadable(text, order)
        parts = dict(zip(order, match.groups(), strict=True))
        try:
            return date(_year(parts["y"]), int(parts["m"]), int(parts["d"])).isoformat()
        except ValueError:
            return _unreadable(text, order)

    return run


date_dmy: Final = date_in("dmy")
date_mdy: Final = date_in("mdy")
date_ymd: Final = date_in("ymd")


def unix_time(text: str) -> str | Problem:
    """Seconds since 1970 for an ISO date or date and time (UTC where it names no zone); digits stay."""
    plain = text.strip()
    if re.fullmatch(r"-?\d{6,13}", plain):
        return plain
    if _ISO.fullmatch(plain):
        try:
            moment = datetime.fromisoformat(plain)
        except ValueError:
            return _unreadable(text, "ymd")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return str((aware - datetime(1970, 1, 1, tzinfo=UTC)) // _SECOND)
    return _unreadable(text, "ymd")


_SECOND: Final = datetime(1970, 1, 1, 0, 0, 1) - datetime(1970, 1, 1)  # noqa: DTZ001 - a length, no moment


def _year(text: str) -> int:
    if len(text) == 2:
        return int(text) + (1900 if int(text) >= _CENTURY_TURN else 2000)
    if len(text) != 4:
        raise ValueError(text)
    return int(text)


def _unreadable(text: str, order: str) -> Problem:
    return Problem("date_unreadable", f"{shown(text)} is not a date in the order {_WORDS[order]}")
