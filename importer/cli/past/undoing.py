"""Undo from its request to its exit code: look, ask, delete, report."""

import asyncio
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from importer.cli.account import Access, connect
from importer.cli.imports.driving import StopSwitch, drive
from importer.cli.interrupt import on_interrupt
from importer.cli.past.past import find_run, new_report, past_run
from importer.cli.progress import Bar, Lines, Progress, Silent
from importer.config import AccountConfig, account_config, settings_from
from importer.counted import counted
from importer.errors import SettingsError
from importer.ledger import Ledger, Reader, Run, RunStart, default_path
from importer.report import ReportWriter
from importer.run.pool import PoolSize
from importer.run.reading_back import ReadBack
from importer.run.undo import UNDO_OUTCOMES, UndoRun
from importer.sending import QuotaPolicy, Sender, SettlePolicy
from importer.zoom.pacing_rates import RATES, Plan
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.transport import Timeouts

CALLS_PER_CONTACT = 2
"""One to read it, one to delete it, both Light."""

_DOUBTFUL = ("in_flight", "resending", "in_doubt")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRequest:
    """What the person has asked for; see the options of `zoom-import undo`, whose names these are."""

    run_name: str
    ledger: Path | None
    address_book: str | None
    yes: bool
    include_found: bool
    include_changed: bool
    report: Path | None
    account_plan: Plan
    schedule: PaceSchedule
    wait_for_quota: float
    timeout: float
    settle_pause: float
    workers: int | None
    no_progress: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an undo would do.

    Attributes:
        run: that is undone.
        contacts: created by it and in the address book, as far as the ledger knows.
        later: those of them that later runs have updated.
        doubtful: rows of which nobody knows whether they were created.
        updated: contacts that the run has updated, which stay so.
    """

    run: Run
    contacts: int
    later: int
    doubtful: int
    updated: int


def undo(request: UndoRequest, environ: Mapping[str, str], folder: Path) -> int:
    """Undo a run and return the exit code.

    Raises:
        ImportStopped: it could not begin, or ended early; everything done is on disk and reported.
    """
    account = account_config(settings_from(environ, folder), address_book=request.address_book)
    place = request.ledger or default_path(account.account_id, account.address_book_id, account.api_url)
    prospect = _prospect(place.expanduser(), request.run_name)
    say = _quiet if request.quiet else click.echo
    say(_announced(prospect, account, request))
    if not prospect.contacts and not prospect.doubtful:
        return 0
    if not _agreed(request, prospect):
        click.echo("Nothing was deleted.")
        return 0
    return asyncio.run(_undo(request, environ, folder, place.expanduser(), prospect, say))


def _prospect(place: Path, name: str) -> Prospect:
    with Reader(place) as everything:
        run = find_run(everything, name, but=("undo",))
    with Reader(place, source=run.source) as reader:
        created = later = 0
        for entry in reader.created_by(run.id):
            created += 1
            later += entry.run != run.id and entry.outcome == "updated"
        # Not only those in state "in doubt": a killed run has left them "in flight", until somebody opens it.
        doubtful = sum(entry.state in _DOUBTFUL for entry in reader.written_by(run.id))
        return Prospect(run, created, later, doubtful, past_run(reader, run).counts.get("updated", 0))


def _announced(prospect: Prospect, account: AccountConfig, request: UndoRequest) -> str:
    run = prospect.run
    of_file = f" of {run.start.file_name}" if run.start.file_name else ""
    when = f"{run.started_at.astimezone():%Y-%m-%d %H:%M}"
    there = f"contacts that it created and that are in address book {account.address_book_id}"
    lines = [f"Run {run.id} ({run.start.command}{of_file}, {when})", f"{prospect.contacts:>8,}  {there}"]
    further = (
        (prospect.later, "of them updated by later runs; deleted as well"),
        (prospect.doubtful, "rows in doubt; looked up first"),
        (prospect.updated, "contacts that it updated; they stay as they are: updates are not undone"),
    )
    lines += [f"{count:>8,}  {meaning}" for count, meaning in further if count]
    if not prospect.contacts and not prospect.doubtful:
        lines.append("There is nothing to undo.")
    else:
        lines.append(f"Each contact is read first: {_care(request)}.{_duration(prospect.contacts, request)}")
    return "\n".join(lines)


def _care(request: UndoRequest) -> str:
    if request.include_changed:
        return "what somebody has changed in Zoom since is deleted as well, and the report keeps the changes"
    return "what somebody has changed in Zoom since is left"


def _duration(contacts: int, request: UndoRequest) -> str:
    if request.schedule.unlimited:
        return ""
    per_s = RATES[request.account_plan]["light"].per_second
    seconds = round(contacts * CALLS_PER_CONTACT / per_s)
    span = f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
    return f" About {span} at {per_s:g} calls a second." if seconds else ""


def _agreed(request: UndoRequest, prospect: Prospect) -> bool:
    if request.yes:
        return True
    if not sys.stdin.isatty():
        raise SettingsError(
            "Nobody can be asked here, so nothing was deleted. Run the same command with --yes to delete "
            f"{_these(prospect.contacts)}."
        )
    return click.confirm(f"Delete {_these(prospect.contacts)}?", default=False, err=True)


def _these(contacts: int) -> str:
    """Write `this contact` or `these 3 contacts`."""
    return "this contact" if contacts == 1 else f"these {contacts:,} contacts"


async def _undo(
    request: UndoRequest,
    environ: Mapping[str, str],
    folder: Path,
    place: Path,
    prospect: Prospect,
    say: Callable[[str], object],
) -> int:
    stop = StopSwitch()
    async with AsyncExitStack() as stack:
        stack.enter_context(on_interrupt(stop.ask, stop.end))
        access = await stack.enter_async_context(
            connect(
                environ,
                folder,
                request.address_book,
                request.account_plan,
                request.schedule,
                Timeouts.of_answer(request.timeout),
            )
        )
        await stop.race(access.address_book())
        ledger = stack.enter_context(
            Ledger.open(
                place,
                account_id=access.account.account_id,
                address_book_id=access.book_id,
                api_url=access.account.api_url,
                source=prospect.run.source,
            )
        )
        report = stack.enter_context(new_report(_report_path(request, prospect.run)))
        return await _delete(request, access, ledger, report, prospect, stop, say)


def _report_path(request: UndoRequest, run: Run) -> Path:
    return request.report or Path(f"undo-{run.id}-report-{datetime.now().astimezone():%Y%m%d-%H%M%S}.csv")


async def _delete(
    request: UndoRequest,
    access: Access,
    ledger: Ledger,
    report: ReportWriter,
    prospect: Prospect,
    stop: StopSwitch,
    say: Callable[[str], object],
) -> int:
    sender = Sender(
        access.client,
        access.book_id,
        owner=ledger.owner,
        settle=SettlePolicy.of_pause(request.settle_pause),
        quota=QuotaPolicy(request.wait_for_quota),
    )
    progress = _progress(request, prospect.contacts + prospect.doubtful)
    undoing = UndoRun(
        prospect.run.id,
        found_too=request.include_found,
        changed_too=request.include_changed,
        ledger=ledger,
        sender=sender,
        read_back=ReadBack(access.client, sender, access.book_id),
        drain=sender.drain,
        report=report,
        watcher=progress,
        size=PoolSize.of(request.workers, paced=not request.schedule.unlimited),
        waiting=lambda: access.pacers["light"].waiting,
        now=lambda: datetime.now(UTC),
    )
    ledger.start_run(RunStart("undo", options={"undoes": prospect.run.id}))
    began = time.monotonic()
    try:
        await drive(undoing.run(), undoing.abandon, sender, progress, report, access, stop)
    finally:
        progress.close()
        ledger.finish_run(
            "stopped" if sender.drain.begun else "finished", dict(undoing.counts), undoing.counts.total()
        )
    stopped = sender.drain.error()
    say(_summary(undoing, prospect, time.monotonic() - began))
    say(f"report:      {report.path}\nledger:      {ledger.path}")
    if stopped is not None:
        say(f"next:        {_again(request, prospect.run)}   (goes on where it stopped)")
        raise stopped
    return 1 if undoing.unfinished else 0


def _summary(undoing: UndoRun, prospect: Prospect, seconds: float) -> str:
    counts = undoing.counts
    lines = ["", f"{counted(counts.total(), 'contact')} in {seconds:.1f} s"]
    lines += [f"  {name:<14}{counts[name]:>9,}" for name in UNDO_OUTCOMES if counts[name]]
    reasons = {
        "changed": "changed in Zoom since; the report names the fields (--include-changed deletes them)",
        "found": "found after a lost answer, so they may have been there before (--include-found)",
        "unknown": "not comparable; the ledger does not know what they were created with",
    }
    lines += [
        f"note: {undoing.left[code]:,} left: {reason}"
        for code, reason in reasons.items()
        if undoing.left[code]
    ]
    if prospect.updated:
        lines.append(f"note: {prospect.updated:,} contacts that the run updated stay as they are")
    return "\n".join(lines)


def _again(request: UndoRequest, run: Run) -> str:
    words = ["zoom-import", "undo", run.id]
    words += ["--ledger", str(request.ledger)] if request.ledger is not None else []
    words += ["--address-book", request.address_book] if request.address_book is not None else []
    words += ["--include-found"] if request.include_found else []
    words += ["--include-changed"] if request.include_changed else []
    return shlex.join(words)


def _progress(request: UndoRequest, contacts: int) -> Progress:
    if request.quiet or request.no_progress:
        return Silent()
    if sys.stderr.isatty():
        return Bar(contacts, contacts, sys.stderr)
    return Lines(contacts, contacts, sys.stderr, time.monotonic)


def _quiet(_text: str) -> None:
    """Say nothing."""
