"""Digests: what a contact says, and which cells a row has."""

import hashlib
import json
from collections.abc import Iterable

from importer.model import Payload

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def fingerprint(payload: Payload) -> str:
    """blake2b-128 in hex of the payload's canonical JSON: sorted keys, no spaces."""
    return _digest(_ENCODE(payload))


def cells_digest(cells: Iterable[str]) -> str:
    """blake2b-128 in hex of a row's cells, in the file's order."""
    return _digest(_ENCODE(list(cells)))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
