"""Spans of time as people type them: 8h, 90m, 45s, 1h30m, 2d."""

import re

import click

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PATTERN = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")


class Duration(click.ParamType[float]):
    """A click type that gives seconds.

    Args:
        least: the shortest span that makes sense, in seconds.
    """

    name = "duration"

    def __init__(self, least: float = 0.0) -> None:
        self._least = least

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a span of time; a bare number is seconds."""
        text = str(value).strip().lower().replace(" ", "")
        if _NUMBER.fullmatch(text):
            text += "s"
        if not _PATTERN.fullmatch(text):
            self.fail(f'"{value}" is no span of time; write it like 8h, 90m or 1h30m.', param, ctx)
        parts = re.findall(r"(\d+(?:\.\d+)?)([dhms])", text)
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
        if seconds < self._least:
            self.fail(f'"{value}" is too short; it takes at least {self._least:g}s.', param, ctx)
        return seconds
