"""What the checks of `zoom-import doctor` share: the request, what is known so far, how a failure reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from importer.cli.surprise import surprise
from importer.config import DEFAULT_API_URL, DEFAULT_OAUTH_URL, checked_url
from importer.errors import AccountError, ImportStopped, InputError, StoppedEarly
from importer.mapping import ColumnMapping
from importer.run.doctor import BOOK, CREDENTIALS, Blame, Finding
from importer.zoom.pacing_rates import Plan
from importer.zoom.transport import Timeouts


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRequest:
    """What is to be looked at; see the options of `zoom-import doctor`, whose names these are."""

    address_book: str | None
    account_plan: Plan
    ledger: Path | None
    report: Path | None
    mapping_path: str | None
    timeout: float

    @property
    def timeouts(self) -> Timeouts:
        """How long to wait for what."""
        return Timeouts.of_answer(self.timeout)


@dataclass(slots=True)
class Case:
    """What has been found so far, for the checks that follow.

    Attributes:
        request: what is to be looked at.
        folder: the working folder.
        settings: names to values; the book's id is that of the flag when there is one.
        mapping: None when none is given or it is wrong.
        in_book: contacts in the address book, None when unknown.
        skew_s: by how much this computer's clock is ahead of Zoom's, None when unknown.
        unreachable: hosts (with port) that do not answer.
    """

    request: DoctorRequest
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    mapping: ColumnMapping | None = None
    in_book: int | None = None
    skew_s: float | None = None
    unreachable: set[str] = field(default_factory=set)

    @property
    def book_id(self) -> str:
        """Id of the address book, "" when none is set."""
        return self.settings.get(BOOK, "")

    @property
    def api_url(self) -> str:
        """Base of the API, "" when it is set to something unusable."""
        return self._url("ZOOM_API_URL", DEFAULT_API_URL)

    @property
    def oauth_url(self) -> str:
        """Where tokens come from, "" when it is set to something unusable."""
        return self._url("ZOOM_OAUTH_URL", DEFAULT_OAUTH_URL)

    def wrong_addresses(self) -> list[str]:
        """Say what is wrong with the addresses that are set."""
        said = []
        for name in ("ZOOM_API_URL", "ZOOM_OAUTH_URL"):
            try:
                checked_url(name, self.settings.get(name, DEFAULT_API_URL))
            except InputError as error:
                said.append(str(error))
        return said

    def why_not_asked(self) -> str:
        """Say why Zoom cannot be asked anything; "" when it can."""
        if not all(self.settings.get(name) for name in CREDENTIALS) or not (self.api_url and self.oauth_url):
            return "needs complete settings"
        if {urlsplit(self.oauth_url).netloc, urlsplit(self.api_url).netloc} & self.unreachable:
            return "needs the host that cannot be reached"
        return ""

    def _url(self, name: str, default: str) -> str:
        try:
            return checked_url(name, self.settings.get(name, default))
        except InputError:
            return ""


def safely(check: str, look: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    """Make a check that must not hide the others, whatever happens to it."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - see above
        return [problem(check, error)]


def problem(check: str, error: Exception) -> Finding:
    """Make a finding of whatever has stopped a check."""
    told = error if isinstance(error, ImportStopped) else surprise(error)
    blame: Blame = "input"
    if isinstance(error, AccountError):
        blame = "account"
    elif isinstance(error, StoppedEarly):
        blame = "network"
    return Finding(check, "problem", " ".join(str(told).split()), blame)
