"""What is known of an import when it ends, however it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from importer.report import Summary


@dataclass(slots=True)
class Ending:
    """What is known of a run when it ends, however it does.

    Attributes:
        run_id: id in the ledger, "" when it never began.
        address_book: id of the book, "" when the settings were not complete.
        summary: the counts, None when nothing was sent.
        observed_limit: Light calls a second that the account really allowed, None when as the plan says.
        calls: how many calls of each kind were made, retries included.
    """

    run_id: str = ""
    address_book: str = ""
    summary: Summary | None = None
    observed_limit: int | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
