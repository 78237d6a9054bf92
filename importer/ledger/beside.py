"""Rows that share their key with another row of the file: every source row has its line in the report.

The row that is taken owns the key. The others, for which nothing is ever sent, are known by the key with
their row number behind it.
"""

from typing import Final

MARK: Final = "\x1frow:"
"""Parts the key from the number; no cell of a readable file holds this sign."""


def beside(key: str, number: int) -> str:
    """Build what a row is known by that is not the one with the key."""
    return f"{key}{MARK}{number}"


def is_beside(key: str) -> bool:
    """Say whether a row is known by a key that another row has."""
    return MARK in key


def shown(key: str) -> str:
    """Return the key as the file has it."""
    return key.partition(MARK)[0]
