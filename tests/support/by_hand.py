"""What somebody does to single contacts in Zoom, beside the importer."""

import base64
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from importer.sandbox.server import RunningSandbox


class Colleague:
    """Changes contacts of the sandbox's book through the API."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._base = f"{sandbox.api_url}/contact_center/address_books/sandbox-book/contacts"
        credentials = base64.b64encode(b"sandbox-client:sandbox-secret").decode()
        form = b"grant_type=account_credentials&account_id=sandbox-account"
        headers = {"Authorization": f"Basic {credentials}"}
        token = json.loads(_sent("POST", sandbox.oauth_url, headers, form))["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def change(self, contact_id: str, **fields: object) -> None:
        """Patch a contact."""
        _sent("PATCH", f"{self._base}/{contact_id}", self._headers, json.dumps(fields).encode())

    def delete(self, contact_id: str) -> None:
        """Delete a contact."""
        _sent("DELETE", f"{self._base}/{contact_id}", self._headers, None)


def _sent(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, parts.path, body, dict(headers))
        answer = connection.getresponse()
        assert answer.status < 300, answer.status
        return answer.read()
    finally:
        connection.close()


def answered(
    arguments: Sequence[str | Path], folder: Path, variables: Mapping[str, str], answer: str
) -> tuple[int, str]:
    """Run zoom-import on a terminal and answer its question; returns exit code and all that it showed."""
    import pty  # noqa: PLC0415 - Windows has none

    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", *map(str, arguments)],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("ZOOM_")}, **variables},
        stdin=end,
        stdout=end,
        stderr=end,
    )
    os.close(end)
    try:
        return _conversation(process, terminal, answer)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _conversation(process: "subprocess.Popen[bytes]", terminal: int, answer: str) -> tuple[int, str]:
    shown, asked, end = b"", False, time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                piece = os.read(terminal, 65_536)
            except OSError:  # Linux says so when the other side has closed
                piece = b""
            if not piece:
                break
            shown += piece
        elif process.poll() is not None:
            break
        if not asked and b"[y/N]" in shown:
            asked = True
            os.write(terminal, f"{answer}\n".encode())
    return process.wait(timeout=30), shown.decode(errors="replace")
