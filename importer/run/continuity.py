"""Does tonight's run follow on from the ones before it? Pure.

Rows are recognised by their key. Under another key every row is a new one, and the book would get everybody a
second time; so a change of key is refused, and how much the file has shrunk is measured against the last run.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from importer.ledger import Run
from importer.mapping import ColumnMapping

FILE_COMMANDS = ("run", "apply")
KeyParts = Sequence[tuple[frozenset[str], tuple[str, ...]]]


def key_option(mapping: ColumnMapping) -> list[list[list[str]]]:
    """Write the key down for the ledger: columns and transforms of each of its parts; [] for no key."""
    return [[list(part.column), list(part.transform)] for part in mapping.key]


def last_whole_run(runs: Iterable[Run], source: str) -> Run | None:
    """Find the newest run of a source that finished a whole file; None when there is none.

    Args:
        runs: of the ledger, the newest first.
        source: name of the export.
    """
    for run in runs:
        options = run.start.options
        if (
            run.source == source
            and run.start.command in FILE_COMMANDS
            and run.state == "finished"
            and run.rows is not None
            and options.get("limit") is None
            and not options.get("corrections")
        ):
            return run
    return None


def key_changed(
    runs: Iterable[Run], source: str, mapping: ColumnMapping, mapping_digest: str, file_name: str
) -> str:
    """Say what to do when rows would not be recognised as those of the runs before; "" when they will be.

    Only to be asked when the ledger owns contacts of this source.

    Args:
        runs: of the ledger, the newest first.
        source: name of the export.
        mapping: tonight's.
        mapping_digest: of what it says.
        file_name: tonight's file.
    """
    own = [run for run in runs if run.source == source and "key" in run.start.options]
    if not own:
        return ""
    before, now = _parts(own[0].start.options["key"]), _parts(key_option(mapping))
    if not _same(before, now):
        return _other_key(_named(before), _named(now))
    if now:
        return ""
    same_file = [
        run for run in own if _name(run.start.file_name) == _name(file_name) and _may_have_created(run)
    ]
    if same_file and same_file[0].start.mapping_digest != mapping_digest:
        return _other_content(file_name)
    return ""


def _other_key(before: str, now: str) -> str:
    return (
        f"The key of the mapping has changed: the contacts in the ledger were imported with {before}, and "
        f"the mapping now has {now}. No row would be recognised, and everybody would be created a second "
        "time. Either put the old key back; or move the ledger file away and tie the contacts of the "
        "address book to the new key with `zoom-import adopt`; or, if this is another list for the same "
        "address book, give it a name of its own with --source NAME."
    )


def _other_content(file_name: str) -> str:
    return (
        f"{file_name} was imported before with another version of this mapping, which has no key: rows are "
        "recognised by what they say, and the mapping now says something else, so that everybody would be "
        "created a second time. Put the mapping back; or give it a key, move the ledger file away and tie "
        "the contacts to the key with `zoom-import adopt`; or undo the earlier run first (`zoom-import "
        "undo`)."
    )


def _parts(option: object) -> KeyParts:
    found = option if isinstance(option, list) else []
    return [(frozenset(columns), tuple(transforms)) for columns, transforms in found]


def _same(before: KeyParts, now: KeyParts) -> bool:
    """Compare two keys; an added alternative heading is no other key."""
    return len(before) == len(now) and all(
        not old.isdisjoint(new) and old_work == new_work
        for (old, old_work), (new, new_work) in zip(before, now, strict=True)
    )


def _named(parts: KeyParts) -> str:
    if not parts:
        return "no key"
    return "the key " + ", ".join(_part_named(columns, work) for columns, work in parts)


def _part_named(columns: frozenset[str], work: tuple[str, ...]) -> str:
    name = " or ".join(f'"{column}"' for column in sorted(columns))
    return f"{name} ({', '.join(work)})" if work else name


def _name(path: str) -> str:
    """The file's own name: it may be called from another folder tonight."""
    return PurePath(path).name


def _may_have_created(run: Run) -> bool:
    """A run that did not end in good order has no counts, and may have created anything."""
    counts: Mapping[str, int] = run.counts
    return not counts or counts.get("created", 0) > 0
