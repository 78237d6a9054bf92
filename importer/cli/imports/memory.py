"""Where an import remembers what rows came to, and on what terms; see `importer.run.row_memory`."""

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import astuple
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import importer
from importer.cli.imports.judging import is_corrections
from importer.cli.inputs import Inputs
from importer.mapping import CustomField, digest, own_transforms
from importer.run.row_memory import MemoryPlace

_CODE: Final = ("mapping", "transforms", "source")
"""The packages that make a contact of a row."""
_LIBRARIES: Final = ("babel", "email-validator", "idna", "pandas", "phonenumbers", "python-calamine")
"""What they ask: another version may read a cell in another way."""


def memory_place(
    inputs: Inputs, ledger: Path, source: str, fields: Sequence[CustomField] | None
) -> MemoryPlace | None:
    """Say where rows of this file are remembered; None where they are not.

    Rows without a key are known by what they say, which takes mapping; a person's own transform may give
    another value tomorrow; and a corrections file has other rows every time.

    Args:
        inputs: the file and its mapping.
        ledger: path of the ledger, beside which the memory lies.
        source: name of the export; each has a memory of its own.
        fields: custom fields as the account has them, None when the mapping writes none.
    """
    if not inputs.mapping.key or own_transforms(inputs.mapping) or is_corrections(inputs):
        return None
    of_source = f"-{hashlib.blake2b(source.encode(), digest_size=5).hexdigest()}" if source else ""
    terms = [
        digest(inputs.mapping),
        inputs.source.headings,
        None if fields is None else [astuple(field) for field in fields],
        _program(),
    ]
    found = hashlib.blake2b(json.dumps(terms).encode(), digest_size=16).digest()
    return MemoryPlace(ledger.with_name(f"{ledger.name}-rows{of_source}"), found)


@cache
def _program() -> list[str]:
    """All that a contact follows from besides the file, the mapping and the account."""
    root = Path(importer.__file__).parent
    said = hashlib.blake2b(digest_size=16)
    for path in sorted(path for name in _CODE for path in (root / name).rglob("*") if path.is_file()):
        if path.suffix != ".pyc":
            said.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return [importer.__version__, platform.python_version(), said.hexdigest(), *map(_version, _LIBRARIES)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
