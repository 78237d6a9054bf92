"""Templates such as ``"{First Name} {Last Name} ({Company})"``.

A part that is empty takes its punctuation with it: brackets belong to the part they surround, what stands
between two parts belongs to both and is written once, and text outside the outermost parts always stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_OPENERS: Final = "([{<\u00ab\u201c\u2018\"'"
_CLOSERS: Final = ")]}>\u00bb\u201d\u2019\"'"
_GAP: Final = re.compile(
    f"(?P<close>[{re.escape(_CLOSERS)}]*)(?P<between>[^\\w{re.escape(_OPENERS)}]*)(?P<open>.*)", re.DOTALL
)
_OPENING: Final = re.compile(f"[{re.escape(_OPENERS)}]*\\Z")
_CLOSING: Final = re.compile(f"[{re.escape(_CLOSERS)}]*")


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template.

    Attributes:
        columns: the columns in the order of their places; one can come twice.
        literals: the texts around them, one more than columns.
    """

    columns: tuple[str, ...]
    literals: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """The template for `str.format`, for rows in which no part is empty."""
        escaped = [text.replace("{", "{{").replace("}", "}}") for text in self.literals]
        return "{}".join(escaped)

    def render(self, parts: Sequence[str]) -> str:
        """Fill in one row; "" when every part is empty.

        `parts` has one text a column, in order.
        """
        filled = [index for index, part in enumerate(parts) if part]
        if not filled:
            return ""
        text = self._before(filled[0]) + parts[filled[0]]
        for left, right in pairwise(filled):
            text += self._between(left, right) + parts[right]
        return (text + self._after(filled[-1])).strip()

    def _before(self, first: int) -> str:
        outer = self.literals[0]
        if first == 0:
            return outer
        return outer[: _OPENING.search(outer).start()] + _gap(self.literals[first])[2]  # type: ignore[union-attr] # \Z always matches

    def _after(self, last: int) -> str:
        outer = self.literals[-1]
        if last == len(self.columns) - 1:
            return outer
        return _gap(self.literals[last + 1])[0] + outer[_CLOSING.match(outer).end() :]  # type: ignore[union-attr] # * always matches

    def _between(self, left: int, right: int) -> str:
        if right == left + 1:
            return self.literals[right]
        gaps = [_gap(literal) for literal in self.literals[left + 1 : right + 1]]
        # The most telling separator wins: " - " over " ", ", " over " "; the first one of equals.
        separator = max((gap[1] for gap in gaps), key=lambda text: len(text.strip()))
        return gaps[0][0] + separator + gaps[-1][2]


def _gap(literal: str) -> tuple[str, str, str]:
    match = _GAP.fullmatch(literal)
    assert match is not None  # noqa: S101 - every group may be empty, so every text matches
    return match["close"], match["between"], match["open"]


def is_template(text: str) -> bool:
    """Whether a text has a place for a column."""
    return any(match[1] is not None for match in _TOKEN.finditer(text))


def parse_template(text: str) -> Template:
    """Parse a template; ``{{`` and ``}}`` stand for braces.

    Raises:
        ValueError: a brace without its partner, or empty braces; the message is a sentence for the person.
    """
    columns: list[str] = []
    literals = [""]
    end = 0
    for match in _TOKEN.finditer(text):
        literals[-1] += text[end : match.start()]
        end = match.end()
        if match[0] in {"{{", "}}"}:
            literals[-1] += match[0][0]
        elif match[1] is None:
            raise ValueError(f"the template {text!r} has a brace without its partner; write {{{{ for a brace")
        elif not match[1].strip():
            raise ValueError(f"the template {text!r} has empty braces; write the column's name into them")
        else:
            columns.append(match[1].strip())
            literals.append("")
    literals[-1] += text[end:]
    return Template(tuple(columns), tuple(literals))
