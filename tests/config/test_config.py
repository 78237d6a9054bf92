"""Settings: where they come from, and what the person hears when they are missing or wrong."""

from pathlib import Path

import pytest

from importer.config import account_config, checked_url, settings_from
from importer.errors import AccountError, SettingsError

COMPLETE = {
    "ZOOM_ACCOUNT_ID": "account",
    "ZOOM_CLIENT_ID": "client",
    "ZOOM_CLIENT_SECRET": "very-secret",
    "ZOOM_ADDRESS_BOOK_ID": "book",
}


def test_everything_missing_is_named_at_once_with_where_to_get_it() -> None:
    """One message names all missing settings."""
    with pytest.raises(AccountError) as caught:
        account_config({})
    for name in COMPLETE:
        assert name in str(caught.value)
    assert "Server-to-Server OAuth app" in str(caught.value)
    assert caught.value.exit_code == 3


def test_the_flag_wins_over_the_environment() -> None:
    """--address-book overrules ZOOM_ADDRESS_BOOK_ID."""
    assert account_config(COMPLETE, address_book="other").address_book_id == "other"


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path) -> None:
    """A .env file fills in only what the environment lacks."""
    (tmp_path / ".env").write_text(
        'ZOOM_ACCOUNT_ID=from-file\nZOOM_CLIENT_ID="from file"\n', encoding="utf-8"
    )
    settings = settings_from({"ZOOM_ACCOUNT_ID": "from-environment"}, tmp_path)
    assert settings["ZOOM_ACCOUNT_ID"] == "from-environment"
    assert settings["ZOOM_CLIENT_ID"] == "from file"


def test_an_empty_variable_does_not_hide_the_dotenv_file(tmp_path: Path) -> None:
    """`export ZOOM_CLIENT_ID=` counts as missing in the result."""
    settings = settings_from({"ZOOM_CLIENT_ID": "  "}, tmp_path)
    assert "ZOOM_CLIENT_ID" not in settings


def test_a_dotenv_file_written_by_notepad_is_read(tmp_path: Path) -> None:
    """A UTF-8 byte order mark does not become part of the first name."""
    (tmp_path / ".env").write_text("ZOOM_ACCOUNT_ID=a\n", encoding="utf-8-sig")
    assert settings_from({}, tmp_path) == {"ZOOM_ACCOUNT_ID": "a"}


def test_a_dotenv_file_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    """An unreadable .env is refused without a traceback."""
    (tmp_path / ".env").write_bytes("ZOOM_ACCOUNT_ID=ü\n".encode("utf-16"))
    with pytest.raises(SettingsError, match="Save it as UTF-8"):
        settings_from({}, tmp_path)


def test_the_secret_does_not_show() -> None:
    """repr, and so every log and traceback, hides the client secret."""
    assert "very-secret" not in repr(account_config(COMPLETE))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.zoom.us/v2",
        "http://127.0.0.1:8080/v2",
        "http://localhost:1",
        "http://[::1]:9/v2",
        "https://x.test/",
    ],
)
def test_addresses_that_are_accepted(url: str) -> None:
    """https anywhere, plain http on this machine only."""
    assert checked_url("ZOOM_API_URL", url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.zoom.us/v2",
        "http://10.0.0.1/v2",
        "http://localhost.example.com/v2",
        "ftp://api.zoom.us",
        "api.zoom.us/v2",
        "https://",
        "https://user:pw@api.zoom.us/v2",
        "https://api.zoom.us/v2?x=1",
        "https://api.zoom.us:port/v2",
        "https://[::1/v2",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    """Anything that would leak the secret or is no address names its variable."""
    with pytest.raises(SettingsError, match="ZOOM_API_URL"):
        checked_url("ZOOM_API_URL", url)


def test_a_line_of_the_dotenv_file_that_sets_nothing_is_named_and_not_repeated(tmp_path: Path) -> None:
    """A secret may stand in the line, so only its number is said."""
    (tmp_path / ".env").write_text("ZOOM_ACCOUNT_ID=a\nvery secret words\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"in line 2\. ") as caught:
        settings_from({}, tmp_path)
    assert "very secret" not in str(caught.value)
