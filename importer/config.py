"""The account's settings: from flags, then the environment, then a .env file in the working folder.

Everything that is missing or wrong is said at once, so that nobody mends one line after the other.
"""

import io
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from importer.errors import AccountError, SettingsError

DEFAULT_API_URL = "https://api.zoom.us/v2"
DEFAULT_OAUTH_URL = "https://zoom.us/oauth/token"

_LIKE = {"ZOOM_API_URL": DEFAULT_API_URL, "ZOOM_OAUTH_URL": DEFAULT_OAUTH_URL}

_APP_PAGE = "App Credentials page of your Server-to-Server OAuth app on marketplace.zoom.us"
_WHERE = {
    "ZOOM_ACCOUNT_ID": f"the Account ID on the {_APP_PAGE}",
    "ZOOM_CLIENT_ID": f"the Client ID on the {_APP_PAGE}",
    "ZOOM_CLIENT_SECRET": f"the Client Secret on the {_APP_PAGE}",
    "ZOOM_ADDRESS_BOOK_ID": "the address book's id (Contact Center admin portal, Address Books); "
    "or give --address-book ID",
}


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """What a run needs to know of the account. Secrets do not show in `repr`."""

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    address_book_id: str
    api_url: str
    oauth_url: str


def read_dotenv(folder: Path) -> dict[str, str]:
    """Return the settings of `folder`/.env, or nothing when there is no such file.

    Raises:
        SettingsError: the file is there but cannot be read, or has lines that set nothing; names them, and
            does not repeat them, since a secret may stand there.
    """
    path = folder / ".env"
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file {path} cannot be read: {error}. Save it as UTF-8 text.") from error
    if wrong := [str(one.original.line) for one in parse_stream(io.StringIO(text)) if one.error]:
        raise SettingsError(
            f"The file {path} cannot be understood in line {', '.join(wrong)}. Each line sets one name, as "
            "in ZOOM_ACCOUNT_ID=abc; a value that begins with a quotation mark ends with one."
        )
    values = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value is not None}


def settings_from(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Merge the .env file of `folder` under the environment, which wins; empty values count as missing."""
    merged = read_dotenv(folder) | dict(environ)
    return {name: value.strip() for name, value in merged.items() if value.strip()}


def account_config(settings: Mapping[str, str], *, address_book: str | None = None) -> AccountConfig:
    """Build the account's settings; `address_book` (the flag) wins over ZOOM_ADDRESS_BOOK_ID.

    Raises:
        AccountError: something is missing; the message names all of it, and where to get it.
        SettingsError: an address is not usable.
    """
    found = {name: settings.get(name, "") for name in _WHERE}
    if address_book is not None:
        found["ZOOM_ADDRESS_BOOK_ID"] = address_book.strip()
    missing = [name for name, value in found.items() if not value]
    if missing:
        lines = "\n".join(f"  {name}: {_WHERE[name]}" for name in missing)
        raise AccountError(
            "These settings are missing. Set them as environment variables, or write them as NAME=value "
            f"into a file called .env in this folder:\n{lines}"
        )
    return AccountConfig(
        account_id=found["ZOOM_ACCOUNT_ID"],
        client_id=found["ZOOM_CLIENT_ID"],
        client_secret=found["ZOOM_CLIENT_SECRET"],
        address_book_id=found["ZOOM_ADDRESS_BOOK_ID"],
        api_url=checked_url("ZOOM_API_URL", settings.get("ZOOM_API_URL", DEFAULT_API_URL)),
        oauth_url=checked_url("ZOOM_OAUTH_URL", settings.get("ZOOM_OAUTH_URL", DEFAULT_OAUTH_URL)),
    )


def checked_url(name: str, url: str) -> str:
    """Return `url` without a trailing slash.

    Raises:
        SettingsError: it is no http(s) address, or plain http to another machine, which would show the
            client secret and the contacts to everybody on the way.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise SettingsError(f"{name} is not a web address. Expected something like {_LIKE[name]}.") from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise SettingsError(
            f"{name} is not a plain web address. Expected something like {_LIKE[name]}, "
            "without user name, ? or #."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError(
            f"{name} uses plain http to {host}. Use https: plain http is accepted for this machine only "
            "(127.0.0.1, localhost)."
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Say whether `host` can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
