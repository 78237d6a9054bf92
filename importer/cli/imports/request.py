"""What the person has asked for, as one value."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from importer.ledger import Durability
from importer.plan import Mode
from importer.report.plan_file import Binding
from importer.run.brakes import Limits
from importer.run.drift import DriftPolicy
from importer.run.identity import DuplicatePolicy
from importer.run.leaving import LeaverPolicy
from importer.source import SourceOptions
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule


class WhatToDo(Protocol):
    """What decides which steps a file comes to, in a run as in a plan."""

    @property
    def file(self) -> str:
        """The file, "-" for standard input."""
        ...

    @property
    def limit(self) -> int | None:
        """Only so many rows."""
        ...

    @property
    def duplicates(self) -> DuplicatePolicy:
        """Which of the rows with one key is taken."""
        ...

    @property
    def mode(self) -> Mode:
        """Create, update or both."""
        ...

    @property
    def leavers(self) -> LeaverPolicy:
        """What becomes of contacts whose rows are gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """An import; see the options of `zoom-import run`, whose names these are."""

    file: str
    mapping_path: str
    options: SourceOptions
    schedule: PaceSchedule
    address_book: str | None
    account_plan: Plan
    report: Path | None
    limit: int | None
    sandbox: bool
    ledger: Path | None
    duplicates: DuplicatePolicy
    mode: Mode
    wait_for_quota: float
    timeout: float
    settle_pause: float
    workers: int | None
    durability: Durability
    no_progress: bool
    quiet: bool
    log_format: Literal["text", "json"]
    summary: Path | None
    notify_command: str | None
    canary: int = 0
    command_line: tuple[str, ...] = ()
    source: str = ""
    leavers: LeaverPolicy = "report"
    limits: Limits = field(default_factory=Limits)
    drift: DriftPolicy | None = None
    plan: Binding | None = None
    processes: int | None = None
