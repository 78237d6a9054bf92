"""Where a ledger lies, who may read it, and whether a file is one at all."""

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs

from importer.errors import LedgerError
from importer.ledger.schema import APPLICATION_ID

_LOOPBACK: Final = frozenset({"localhost", "::1"})
_MAGIC: Final = b"SQLite format 3\x00"


def default_path(account_id: str, address_book_id: str, api_url: str = "") -> Path:
    """Return where the ledger of this address book lies unless the user says otherwise.

    The name holds the ids for people and a digest for the file systems that take "a" and "A" for the same
    name.
    """
    digest = hashlib.blake2b(
        "\0".join((account_id, address_book_id, api_host(api_url))).encode(), digest_size=5
    )
    readable = "-".join(
        re.sub(r"[^A-Za-z0-9_]+", "", part)[:40] or "x" for part in (account_id, address_book_id)
    )
    folder = platformdirs.user_state_path("zoom-import", appauthor=False)
    return folder / f"{readable}-{digest.hexdigest()}.sqlite3"


def api_host(api_url: str) -> str:
    """Return host and port of the API, in lower case; what has no host is taken as it is.

    A server on this machine is a sandbox, whose port means nothing: it may have another one tomorrow.
    """
    parts = urlsplit(api_url)
    if (parts.hostname or "") in _LOOPBACK or (parts.hostname or "").startswith("127."):
        return "this machine"
    return (parts.netloc or api_url).lower()


def check_is_ledger(path: Path) -> bool:
    """Look at the header without opening the file as a database, which could already change it.

    Returns:
        False when there is no file yet, or an empty one.

    Raises:
        LedgerError: it is something else than a ledger.
    """
    if path.is_dir():
        raise LedgerError(f"{path} is a folder; --ledger takes the name of a file.")
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be read ({error.strerror}). Choose another place with --ledger."
        ) from error
    if not header:
        return False
    if not header.startswith(_MAGIC) or header[68:72] != APPLICATION_ID.to_bytes(4, "big"):
        raise LedgerError(
            f"{path} is not a ledger of zoom-import, or its beginning is damaged; it has been left "
            "untouched. Give the name of another file with --ledger."
        )
    return True


def make_folder(path: Path) -> None:
    """Make the folder for the ledger, readable for its owner only; a folder that exists is left as it is."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_private(path: Path) -> None:
    """Make the file readable for its owner only, creating it if need be: it holds people's data.

    SQLite gives -wal and -shm the same permissions.
    """
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with contextlib.suppress(PermissionError):
        path.chmod(0o600)
