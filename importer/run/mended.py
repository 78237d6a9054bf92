"""Rows of a corrections file that have got another key by being mended. Pure.

A row without a readable key is known to the ledger by its number ("row:17"), a row of a mapping without keys
by what it says. Mended, it is the same row still: it goes on under its new key, so that the report over all
runs has one line for it, and so that the mended export, run one day, finds it again.
"""

from collections.abc import Iterator, Mapping, Sequence

from importer.ledger import Entry, is_beside
from importer.run.identity import PLACEHOLDER


def renamings(
    carried: Sequence[str], own: Sequence[str], entries: Mapping[str, Entry], *, by_content: bool
) -> Iterator[tuple[str, str]]:
    """Yield (key before, key now) for rows that the ledger has to know by another key from now on.

    Args:
        carried: what the rows bring along, "" for nothing.
        own: what they are called now, "" for nothing.
        entries: what the ledger knows of both.
        by_content: the mapping names no key. Otherwise only placeholders are given up: a key cell that was
            changed by hand is another person, unless the row was rejected for sharing it.
    """
    for before, now in zip(carried, own, strict=True):
        if not before or not now or before == now:
            continue
        if (by_content or _stands_in(before, entries)) and _free(before, now, entries):
            yield before, now


def _stands_in(key: str, entries: Mapping[str, Entry]) -> bool:
    """The key is not the row's own, or the row was told to get another."""
    if key.startswith(PLACEHOLDER) or is_beside(key):
        return True
    entry = entries.get(key)
    return entry is not None and any(issue.code == "duplicate_key" for issue in entry.issues)


def _free(before: str, now: str, entries: Mapping[str, Entry]) -> bool:
    """The old key has nothing in the book, and the new one is nobody else's."""
    old, new = entries.get(before), entries.get(now)
    return old is not None and old.state == "absent" and (new is None or new.state == "absent")
