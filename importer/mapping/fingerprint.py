"""Digests: what a contact says, and which cells a row has."""

import hashlib
import json
from collections.abc import Iterable

_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def cells_digest(cells: Iterable[str]) -> str:
    """blake2b-128 in hex of a row's cells, in the file's order."""
    return text_digest(_ENCODE(list(cells)))


def text_digest(text: str) -> str:
    """blake2b-128 in hex of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
