"""Where an import remembers what rows came to, and on what terms; see `importer.run.row_memory`."""

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import astuple
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import importer
from importer.cli.imports.judging import is_corrections
from importer.cli.inputs import Inputs
from importer.mapping import CustomField, own_transforms
from importer.run.row_memory import MemoryPlace

_CODE: Final = ("mapping", "transforms", "source")
"""The packages that make a contact of a row."""
_LIBRARIES: Final = (
    "babel",
    "email-validator",
    "idna",
    "pandas",
    "phonenumbers",
    "python-calamine",
    "tzdata",
)
"""What they ask: another version may read a cell in another way."""


def memory_place(
    inputs: Inputs, ledger: Path, source: str, fields: Sequence[CustomField] | None, program: str
) -> MemoryPlace | None:
    """Say where rows of this file are remembered; None where they are not.

    Rows without a key are known by what they say, which takes mapping; a person's own transform may give
    another value tomorrow; and a corrections file has other rows every time.

    Args:
        inputs: the file and its mapping.
        ledger: path of the ledger, beside which the memory lies.
        source: name of the export; each has a memory of its own.
        fields: custom fields as the account has them, None when the mapping writes none.
        program: of `program_digest`.
    """
    if not inputs.mapping.key or own_transforms(inputs.mapping) or is_corrections(inputs):
        return None
    of_source = f"-{hashlib.blake2b(source.encode(), digest_size=5).hexdigest()}" if source else ""
    terms = [
        # As it stands, with the order of its entries: of two that mean the same text the last one counts.
        inputs.mapping.model_dump(mode="json", by_alias=True),
        inputs.source.headings,
        None if fields is None else [astuple(field) for field in fields],
        program,
    ]
    found = hashlib.blake2b(json.dumps(terms).encode(), digest_size=16).digest()
    return MemoryPlace(ledger.with_name(f"{ledger.name}-rows{of_source}"), found)


def program_digest() -> str:
    """blake2b-128 in hex of all that a contact follows from besides file, mapping and account, as it is now.

    To be asked early, and again before anything is saved: it may be updated while it runs.
    """
    root = Path(importer.__file__).parent
    said = hashlib.blake2b(digest_size=16)
    inside = (path for name in _CODE for path in (root / name).rglob("*") if path.is_file())
    for path in sorted((*inside, root / "model.py")):
        if path.suffix != ".pyc" and path.exists():
            said.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    versions = [importer.__version__, platform.python_version(), *map(_version, _LIBRARIES)]
    said.update(json.dumps(versions).encode())
    return said.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
