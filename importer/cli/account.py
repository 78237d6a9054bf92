"""The account that a command works with: Zoom as the settings say, or a sandbox of the command's own."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from importer.cli.commands.sandbox import sandbox_missing
from importer.config import AccountConfig, account_config, is_loopback, settings_from
from importer.errors import SettingsError
from importer.mapping import ColumnMapping, CustomField
from importer.zoom.account import AddressBook
from importer.zoom.client import ZoomClient
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.pacing_setup import Pacers
from importer.zoom.reading import AccountReader
from importer.zoom.settings import ZoomSettings
from importer.zoom.transport import Timeouts


@dataclass(slots=True)
class Access:
    """An open way to one address book.

    Attributes:
        account: settings of the account.
        client: makes the calls.
        pacers: by rate label.
        scratch: a folder that goes with this object; only a sandbox has one.
        total_contacts: what the book says it holds, as of the last `address_book`; None when it did not say.
    """

    account: AccountConfig
    client: ZoomClient
    pacers: Pacers
    scratch: Path = field(default_factory=Path)
    total_contacts: int | None = None

    @property
    def book_id(self) -> str:
        """Id of the address book."""
        return self.account.address_book_id

    async def address_book(self) -> AddressBook:
        """Sign in and read the address book: shows that credentials, scopes and book are right.

        Raises:
            AccountError: one of them is not; says which, and what to do.
            StoppedEarly: Zoom does not answer.
        """
        book = await AccountReader(self.client).address_book(self.book_id)
        self.total_contacts = book.total_contacts
        return book

    async def custom_fields(self, mapping: ColumnMapping) -> Sequence[CustomField] | None:
        """Read the account's custom fields; None when the mapping needs none, which saves the call.

        Raises:
            AccountError, StoppedEarly: as `address_book`.
        """
        if not mapping.contact.custom_fields:
            return None
        found = await AccountReader(self.client).custom_fields()
        return [
            CustomField(field.id, field.name, field.data_type, field.pick_list, field.address_book_ids)
            for field in found
        ]


def budget_path() -> Path:
    """Where runs of one machine agree on their share of the rate."""
    return platformdirs.user_state_path("zoom-import", appauthor=False) / "pacing.sqlite3"


@asynccontextmanager
async def connect(
    environ: Mapping[str, str],
    folder: Path,
    address_book: str | None,
    plan: Plan,
    schedule: PaceSchedule,
    timeouts: Timeouts | None = None,
) -> AsyncIterator[Access]:
    """Open the account that the environment and the .env file of `folder` name.

    Raises:
        AccountError: settings are missing.
        SettingsError: settings are wrong.
    """
    account = account_config(settings_from(environ, folder), address_book=address_book)
    if schedule.unlimited and not is_loopback(urlsplit(account.api_url).hostname or ""):
        raise SettingsError("--rate 0 (no pacing) is for a sandbox on this machine only.")
    async with _opened(account, plan, schedule, budget_path(), Path(), timeouts) as access:
        yield access


@asynccontextmanager
async def rehearsal(
    plan: Plan, schedule: PaceSchedule, timeouts: Timeouts | None = None
) -> AsyncIterator[Access]:
    """Start a sandbox in this process and open its address book; all of it is gone afterwards."""
    try:
        from importer.sandbox.server import RunningSandbox  # noqa: PLC0415 - an extra that not everybody has
        from importer.sandbox.settings import SandboxSettings  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise sandbox_missing(error) from error
    with (
        tempfile.TemporaryDirectory(prefix="zoom-import-") as scratch,
        RunningSandbox(SandboxSettings(plan=plan)) as sandbox,
    ):
        account = AccountConfig(
            account_id="sandbox-account",
            client_id="sandbox-client",
            client_secret="sandbox-secret",  # noqa: S106 - the sandbox's published default
            address_book_id="sandbox-book",
            api_url=sandbox.api_url,
            oauth_url=sandbox.oauth_url,
        )
        async with _opened(account, plan, schedule, None, Path(scratch), timeouts) as access:
            yield access


@asynccontextmanager
async def _opened(
    account: AccountConfig,
    plan: Plan,
    schedule: PaceSchedule,
    budget: Path | None,
    scratch: Path,
    timeouts: Timeouts | None,
) -> AsyncIterator[Access]:
    settings = ZoomSettings(
        account.account_id, account.client_id, account.client_secret, account.api_url, account.oauth_url
    )
    with Pacers(plan, schedule, account_id=account.account_id, budget_path=budget) as pacers:
        async with ZoomClient(settings, pacers, timeouts=timeouts) as client:
            yield Access(account, client, pacers, scratch)
