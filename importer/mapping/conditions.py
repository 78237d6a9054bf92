"""Conditions on rows: `skip_rows` and `when`."""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from importer.mapping.cells import Batch, clean
from importer.mapping.document import Path
from importer.mapping.headings import Headings
from importer.mapping.value_models import Condition

Test: TypeAlias = Callable[[Batch], Sequence[bool]]
"""One truth value a row of the batch."""


def compile_condition(
    condition: Condition, path: Path, headings: Headings, placeholders: frozenset[str]
) -> Test:
    """The test of one condition. A missing column is noted in `headings`; its cells count as empty."""
    tests = [_own_test(condition, path, headings, placeholders)] if condition.column is not None else []
    for key, inner, combine in (("all", condition.all_, all), ("any", condition.any_, any)):
        if inner is not None:
            parts = [
                compile_condition(one, (*path, key, index), headings, placeholders)
                for index, one in enumerate(inner)
            ]
            tests.append(_combined(parts, combine))
    return tests[0] if len(tests) == 1 else _combined(tests, all)


def reason(condition: Condition) -> str:
    """The condition as the report quotes it: `Status is "Deleted"`."""
    words = []
    column = " or ".join(condition.column or ())
    if condition.is_ is not None:
        words.append(f"{column} is {_quoted(condition.is_)}")
    if condition.is_not is not None:
        words.append(f"{column} is not {_quoted(condition.is_not)}")
    if condition.matches is not None:
        words.append(f'{column} matches "{condition.matches}"')
    emptiness = _emptiness(condition)
    if emptiness is not None:
        words.append(f"{column} is {'' if emptiness else 'not '}empty")
    if condition.all_ is not None:
        words.append(" and ".join(map(reason, condition.all_)))
    if condition.any_ is not None:
        words.append(" or ".join(map(reason, condition.any_)))
    return " and ".join(words)


def _quoted(texts: Sequence[str]) -> str:
    return " or ".join(f'"{text}"' for text in texts)


def _emptiness(condition: Condition) -> bool | None:
    """What `empty` and `not_empty` ask for: True for empty, False for filled, None for nothing."""
    if condition.empty is not None:
        return condition.empty
    return None if condition.not_empty is None else not condition.not_empty


def _combined(tests: Sequence[Test], combine: Callable[[Sequence[bool]], bool]) -> Test:
    return lambda batch: [combine(row) for row in zip(*(test(batch) for test in tests), strict=True)]


def _own_test(condition: Condition, path: Path, headings: Headings, placeholders: frozenset[str]) -> Test:
    found = headings.find(condition.column or (), (*path, "column"), optional=condition.optional)
    holds = _cell_test(condition, placeholders)
    if not found:
        return lambda batch: [holds("")] * batch.size
    heading = found[0].heading

    def test(batch: Batch) -> Sequence[bool]:
        cells = batch.clean(heading)
        memo = {text: holds(text) for text in set(cells)}
        return list(map(memo.__getitem__, cells))

    return test


def _cell_test(condition: Condition, placeholders: frozenset[str]) -> Callable[[str], bool]:
    """All keys of one condition on the text of one cell."""
    wanted = _folded(condition.is_)
    unwanted = _folded(condition.is_not)
    pattern = re.compile(condition.matches) if condition.matches is not None else None
    emptiness = _emptiness(condition)

    def holds(text: str) -> bool:
        folded = text.casefold()
        return (
            (wanted is None or folded in wanted)
            and (unwanted is None or folded not in unwanted)
            and (pattern is None or pattern.search(text) is not None)
            and (emptiness is None or (not text or folded in placeholders) == emptiness)
        )

    return holds


def _folded(texts: Sequence[str] | None) -> frozenset[str] | None:
    return None if texts is None else frozenset(clean(text).casefold() for text in texts)
