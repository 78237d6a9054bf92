"""Rows of a corrections file whose cells did not fit, until somebody has put them right.

The corrections file keeps the cells that were too many, or the word that some are missing, in a column of its
own. As long as something stands there the row is as wrong as it was, although it now has the right width.
"""

from collections.abc import Mapping

import pandas as pd

from importer.model import Issue

LEFTOVER = "zoom_import_surplus"


def with_leftovers(
    frame: pd.DataFrame, issues: Mapping[int, tuple[Issue, ...]]
) -> Mapping[int, tuple[Issue, ...]]:
    """Add an issue for every row that still carries leftover cells; `issues` as they are for other files."""
    if LEFTOVER not in frame.columns:
        return issues
    found = dict(issues)
    for position, text in enumerate(frame[LEFTOVER]):
        if text.strip():
            message = (
                f"the row's cells are still to be put right: {text.strip()}; then empty its cell {LEFTOVER}"
            )
            found[position] = (*found.get(position, ()), Issue("row_too_long", "", LEFTOVER, message))
    return found
