"""``python -m importer.sandbox``: serve until interrupted."""

import sqlite3
import sys
from collections.abc import Sequence

from importer.sandbox.flags import parse
from importer.sandbox.server import serve


def main(arguments: Sequence[str] | None = None, program: str = "python -m importer.sandbox") -> int:
    """Serve, and give the exit code: 0 after SIGINT or SIGTERM, 2 when it cannot begin."""
    port, state_path, settings = parse(arguments, program)
    app = settings.apps[0]

    def announce(url: str) -> None:
        # One line, so that a script that waits for it has everything at once.
        names = {
            "ZOOM_API_URL": f"{url}/v2",
            "ZOOM_OAUTH_URL": f"{url}/oauth/token",
            "ZOOM_ACCOUNT_ID": app.account_id,
            "ZOOM_CLIENT_ID": app.client_id,
            "ZOOM_CLIENT_SECRET": app.client_secret,
            "ZOOM_ADDRESS_BOOK_ID": settings.books[0].book_id,
        }
        line = " ".join(f"{name}={value}" for name, value in names.items())
        print(f"sandbox: {line}", flush=True)  # noqa: T201 - this is the command's output

    try:
        serve(port, state_path, settings, announce)
    except OSError as error:
        return _fail(f"port {port} of 127.0.0.1 cannot be used: {error.strerror}")
    except sqlite3.Error as error:
        return _fail(f"{state_path} cannot be used as state file: {error}")
    return 0


def _fail(sentence: str) -> int:
    print(f"sandbox: {sentence}", file=sys.stderr)  # noqa: T201 - this is the command's output
    return 2


if __name__ == "__main__":
    sys.exit(main())
