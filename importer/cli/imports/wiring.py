"""What an import is made of, put together as its request says."""

import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from importer.cli.account import Access, connect, rehearsal
from importer.cli.checks.checking import key_columns
from importer.cli.events import EventLog, LoggedProgress
from importer.cli.imports.canary_talk import judge_aloud, judge_in_log
from importer.cli.imports.driving import StopSwitch
from importer.cli.imports.judging import is_corrections
from importer.cli.imports.request import ImportRequest
from importer.cli.inputs import Inputs
from importer.cli.plans.plan_making import file_digest
from importer.cli.progress import Bar, Lines, Progress, Silent
from importer.ledger import PACED_APART_S, Leavers, Ledger, RunStart, default_path
from importer.mapping import Mapper, digest
from importer.report import CorrectionsWriter, ReportWriter
from importer.report.leavers import LeaversWriter
from importer.run.canary import Canary
from importer.run.continuity import key_option
from importer.run.engine import Engine, EngineSettings
from importer.run.leaving import Leaving
from importer.run.pool import PACED_WORKERS, PoolSize
from importer.run.reading_back import ReadBack
from importer.run.survey import Duplicates, Survey
from importer.sending import QuotaPolicy, Sender, SettlePolicy
from importer.zoom.transport import Timeouts

_WORKERS_PER_SECOND_APART = 200
"""Workers that make up for a second between two commits: at 40 rows a second 40 wait for the one of their
intent and 40 for the one of their answer, at worst, and the calls need some as well."""


@asynccontextmanager
async def opened_access(
    request: ImportRequest, environ: Mapping[str, str], folder: Path, stop: StopSwitch
) -> AsyncIterator[Access]:
    """Open the account, or a sandbox, and read its address book.

    Raises:
        ImportStopped: it cannot be reached, or a signal has come.
    """
    timeouts = Timeouts.of_answer(request.timeout)
    opening = (
        rehearsal(request.account_plan, request.schedule, timeouts)
        if request.sandbox
        else connect(environ, folder, request.address_book, request.account_plan, request.schedule, timeouts)
    )
    async with opening as access:
        await stop.race(access.address_book())
        yield access


def open_ledger(request: ImportRequest, access: Access) -> Ledger:
    """Open the ledger of the address book.

    Raises:
        LedgerError: it cannot be used.
    """
    account = access.account
    if request.sandbox and request.ledger is None:
        path = access.scratch / "ledger.sqlite3"
    else:
        path = request.ledger or default_path(account.account_id, account.address_book_id, account.api_url)
    return Ledger.open(
        path,
        account_id=account.account_id,
        address_book_id=account.address_book_id,
        api_url=account.api_url,
        source=request.source,
        durability=request.durability,
        commits_apart_s=_commits_apart_s(request),
    )


def _commits_apart_s(request: ImportRequest) -> float:
    """How long rows wait for each other: not at all without a pace, less where few may be under way."""
    if request.schedule.unlimited:
        return 0.0
    return min(PACED_APART_S, (request.workers or PACED_WORKERS) / _WORKERS_PER_SECOND_APART)


def make_sender(request: ImportRequest, access: Access, ledger: Ledger) -> Sender:
    """Build what carries a step to its outcome."""
    return Sender(
        access.client,
        access.book_id,
        owner=ledger.owner,
        settle=SettlePolicy.of_pause(request.settle_pause),
        quota=QuotaPolicy(request.wait_for_quota),
    )


def make_engine(
    request: ImportRequest,
    access: Access,
    mapper: Mapper,
    ledger: Ledger,
    present: Leavers,
    sender: Sender,
    duplicates: Duplicates,
    report: ReportWriter,
    corrections: CorrectionsWriter,
    progress: Progress,
    log: EventLog | None,
) -> Engine:
    """Build what sends the file."""
    return Engine(
        EngineSettings(
            by_content=not mapper.mapping.key,
            key_columns=key_columns(mapper),
            mode=request.mode,
            duplicates=request.duplicates,
            size=PoolSize.of(request.workers, paced=not request.schedule.unlimited),
        ),
        ledger=ledger,
        sender=sender,
        drain=sender.drain,
        report=report,
        corrections=corrections,
        duplicates=duplicates,
        watcher=progress,
        waiting=lambda: _waiting(request, access, sender),
        now=lambda: datetime.now(UTC),
        clock=time.monotonic,
        present=present,
        canary=_canary(request, access, sender, log),
    )


def _waiting(request: ImportRequest, access: Access, sender: Sender) -> int:
    """How many wait for their turn, which one more worker does not bring sooner; a pause counts as one.

    Not those who are needed until the ledger's next commit lets others come.
    """
    if sender.pause.until is not None or sender.outage.open:
        return 1
    pacer, apart_s = access.pacers["light"], _commits_apart_s(request)
    reserve = pacer.rate * apart_s if apart_s else 0.0
    return max(0, math.ceil(pacer.waiting - reserve))


def make_leaving(
    request: ImportRequest,
    access: Access,
    ledger: Ledger,
    sender: Sender,
    writer: LeaversWriter,
    *,
    delete: bool,
) -> Leaving:
    """Build what lists or deletes the contacts whose rows are gone."""
    return Leaving(
        delete=delete,
        ledger=ledger,
        sender=sender,
        drain=sender.drain,
        writer=writer,
        size=PoolSize.of(request.workers, paced=not request.schedule.unlimited),
        waiting=lambda: _waiting(request, access, sender),
        now=lambda: datetime.now(UTC),
    )


def run_start(request: ImportRequest, inputs: Inputs) -> RunStart:
    """Say what the ledger keeps of the request."""
    return RunStart(
        "run" if request.plan is None else "apply",
        file_name=request.file,
        file_digest=file_digest(request.file),
        mapping_digest=digest(inputs.mapping),
        options={
            "mode": request.mode,
            "duplicates": request.duplicates,
            "limit": request.limit,
            "leavers": request.leavers,
            "key": key_option(inputs.mapping),
            "corrections": is_corrections(inputs),
        },
    )


def make_progress(request: ImportRequest, survey: Survey, log: EventLog | None) -> Progress:
    """Choose what the person sees while rows are sent."""
    if log is not None:
        return LoggedProgress(log, survey.rows, time.monotonic)
    if request.quiet or request.no_progress:
        return Silent()
    if sys.stderr.isatty():
        return Bar(survey.rows, survey.sendable, sys.stderr)
    return Lines(survey.rows, survey.sendable, sys.stderr, time.monotonic)


def speaker(request: ImportRequest) -> Callable[[str], None]:
    """Choose where sentences go: nowhere, when nobody shall be told."""
    if request.quiet or request.log_format == "json":
        return lambda _text: None
    return click.echo


def _canary(request: ImportRequest, access: Access, sender: Sender, log: EventLog | None) -> Canary | None:
    if not request.canary:
        return None
    return Canary(
        request.canary,
        read_back=ReadBack(access.client, sender, access.book_id),
        drain=sender.drain,
        go_on=judge_aloud(quiet=request.quiet) if log is None else judge_in_log(log),
        looks_s=(0.0, request.settle_pause / 10, request.settle_pause / 4),
    )
