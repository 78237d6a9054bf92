"""What the person has asked for, as one value."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from importer.ledger import Durability
from importer.plan import Mode
from importer.run.brakes import Limits
from importer.run.identity import DuplicatePolicy
from importer.run.leaving import LeaverPolicy
from importer.source import SourceOptions
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule


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
    workers: int
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
