"""An import from its arguments to its exit code: everything that `importer.run` needs, wired together."""

import asyncio
import hashlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from importer.cli.account import Access, connect, rehearsal
from importer.cli.checking import key_columns
from importer.cli.inputs import Inputs, opened
from importer.cli.interrupt import on_interrupt
from importer.cli.progress import Bar, Lines, Progress, Silent
from importer.errors import ImportStopped, SourceError
from importer.ledger import Durability, Ledger, RunStart, default_path
from importer.mapping import Mapper, digest
from importer.plan import Mode
from importer.report import (
    CorrectionsWriter,
    ReportPaths,
    ReportWriter,
    Summary,
    render_summary,
    report_paths,
)
from importer.run.engine import Engine, EngineSettings
from importer.run.identity import DuplicatePolicy
from importer.run.pool import PoolSize
from importer.run.survey import Survey, survey_file
from importer.sending import QuotaPolicy, Sender
from importer.source import SourceOptions
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule

ABANDON_S = 8.0
"""How long a draining run waits for answers; SIGTERM shall end it within 10 s."""

REFRESH_S = 0.5


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What the person has asked for; see the options of `zoom-import run`."""

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
    workers: int
    durability: Durability
    no_progress: bool
    quiet: bool
    command_line: tuple[str, ...] = ()


async def import_file(request: ImportRequest, environ: Mapping[str, str], folder: Path) -> int:
    """Import a file and return the exit code.

    Raises:
        ImportStopped: the run could not begin, or ended early; everything done is on disk and reported.
    """
    say = _speaker(request)
    started_at = datetime.now().astimezone()
    with opened(request.file, request.mapping_path, request.options) as inputs:
        inputs.mapper()  # wrong columns are said before anything else, and before the account is asked
        async with AsyncExitStack() as stack:
            access = await stack.enter_async_context(_access(request, environ, folder))
            say(inputs.source.description)
            mapper = inputs.mapper(await access.custom_fields(inputs.mapping), access.book_id)
            survey = survey_file(map(mapper.apply, inputs.source.chunks(request.limit)))
            stack.callback(survey.close)
            say(_planned(survey))
            paths = report_paths(request.file, request.report, started_at)
            return await _import(request, inputs, mapper, access, survey, paths, say)


@asynccontextmanager
async def _access(request: ImportRequest, environ: Mapping[str, str], folder: Path) -> AsyncIterator[Access]:
    opening = (
        rehearsal(request.account_plan, request.schedule)
        if request.sandbox
        else connect(environ, folder, request.address_book, request.account_plan, request.schedule)
    )
    async with opening as access:
        await access.address_book()
        yield access


async def _import(
    request: ImportRequest,
    inputs: Inputs,
    mapper: Mapper,
    access: Access,
    survey: Survey,
    paths: ReportPaths,
    say: Callable[[str], None],
) -> int:
    duplicates = survey.duplicates()
    with ExitStack() as stack:
        ledger = stack.enter_context(_open_ledger(request, access))
        report = stack.enter_context(ReportWriter(paths.report))
        corrections = stack.enter_context(CorrectionsWriter(paths.corrections, inputs.source.headings))
        sender = Sender(
            access.client, access.book_id, owner=ledger.owner, quota=QuotaPolicy(request.wait_for_quota)
        )
        progress = _progress(request, survey, sys.stderr)
        stack.callback(progress.close)
        engine = Engine(
            EngineSettings(
                by_content=not inputs.mapping.key,
                key_columns=key_columns(mapper),
                mode=request.mode,
                duplicates=request.duplicates,
                size=PoolSize(request.workers),
            ),
            ledger=ledger,
            sender=sender,
            drain=sender.drain,
            report=report,
            corrections=corrections,
            duplicates=duplicates,
            watcher=progress,
            waiting=lambda: access.pacers["light"].waiting,
            now=lambda: datetime.now(UTC),
            clock=time.monotonic,
        )
        ledger.start_run(_run_start(request, inputs))
        began = time.monotonic()
        chunks = ((chunk, mapper.apply(chunk)) for chunk in inputs.source.chunks(request.limit))
        try:
            await _drive(engine, sender, chunks, progress, report, access)
        finally:
            ledger.finish_run(
                "stopped" if sender.drain.begun else "finished",
                dict(engine.tally.outcomes),
                engine.tally.rows,
            )
        progress.close()
        stopped = sender.drain.error()
        summary = Summary(
            tally=engine.tally,
            seconds=time.monotonic() - began,
            throttled=access.pacers["light"].refused,
            report=paths.report,
            corrections=paths.corrections if corrections.count else None,
            ledger=None if request.sandbox else ledger.path,
            next_command=_next_command(request, paths, corrections, stopped),
            notes=_notes(engine, survey, access, stopped),
        )
    say("")
    say(render_summary(summary))
    if stopped is not None:
        raise stopped
    if inputs.source.changed() or engine.tally.rows != survey.rows:
        raise SourceError(
            f"{request.file} changed while it was imported: {survey.rows:,} rows were checked and "
            f"{engine.tally.rows:,} have an outcome. Run the same command again when the file is complete."
        )
    return 1 if engine.tally.unfinished else 0


async def _drive(
    engine: Engine,
    sender: Sender,
    chunks: Iterator[tuple[object, object]],
    progress: Progress,
    report: ReportWriter,
    access: Access,
) -> None:
    """Run the engine with a clock beside it that redraws, flushes, and limits how long a drain may take."""
    working = asyncio.create_task(engine.run(chunks))  # type: ignore[arg-type]

    def drain(signal_name: str) -> None:
        sender.drain.begin("interrupted", f"Stopped by {signal_name}. Run the same command again to go on.")
        asyncio.get_running_loop().call_later(ABANDON_S, engine.abandon)

    with on_interrupt(drain, engine.abandon):
        while not working.done():
            await asyncio.wait({working}, timeout=REFRESH_S)
            report.flush()
            progress.refresh(_pause_text(sender, access))
    await working


def _pause_text(sender: Sender, access: Access) -> str:
    """Say why nothing moves, and until when."""
    if sender.drain.begun:
        return "finishing what is on its way"
    if sender.pause.until is not None:
        return f"waiting until {sender.pause.until.astimezone():%H:%M:%S}: {sender.pause.reason}"
    if sender.outage.open:
        return f"no answer from Zoom ({sender.outage.reason}); trying again"
    hold = access.pacers["light"].hold
    return hold.reason if hold else ""


def _open_ledger(request: ImportRequest, access: Access) -> Ledger:
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
        durability=request.durability,
    )


def _run_start(request: ImportRequest, inputs: Inputs) -> RunStart:
    return RunStart(
        "run",
        file_name=request.file,
        file_digest=_file_digest(request.file),
        mapping_digest=digest(inputs.mapping),
        options={"mode": request.mode, "duplicates": request.duplicates, "limit": request.limit},
    )


def _file_digest(path: str) -> str:
    if path == "-":
        return ""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _planned(survey: Survey) -> str:
    parts = [f"{survey.rows:,} rows checked: {survey.sendable:,} can be imported"]
    parts += [f"{survey.rejected:,} rejected"] if survey.rejected else []
    parts += [f"{survey.skipped:,} left out by the mapping"] if survey.skipped else []
    return ", ".join(parts)


def _next_command(
    request: ImportRequest, paths: ReportPaths, corrections: CorrectionsWriter, stopped: ImportStopped | None
) -> str:
    if stopped is not None:
        again = _shell(_without(request.command_line, "--report"))
        return f"{again}   (goes on where it stopped)"
    if not corrections.count:
        return ""
    command = _without(_without(request.command_line, "--report"), "--limit")
    mended = [str(paths.corrections) if word == request.file else word for word in command]
    return f"mend the corrections file, then: {_shell(mended)}"


def _without(words: Sequence[str], option: str) -> list[str]:
    """Leave an option and its value out of a command line."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word != option and not word.startswith(f"{option}="):
            kept.append(word)
        skip = word == option
    return kept


def _shell(words: Sequence[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _notes(engine: Engine, survey: Survey, access: Access, stopped: ImportStopped | None) -> tuple[str, ...]:
    notes = [note for note in (access.pacers.note,) if note]
    observed = access.pacers["light"].observed_limit
    if observed is not None:
        notes.append(f"the account allowed about {observed} contacts a second, less than its plan says")
    missing = survey.rows - engine.tally.rows
    if stopped is not None and missing > 0:
        notes.append(f"{missing:,} further rows were not attempted and have no line in the report")
    return tuple(notes)


def _progress(request: ImportRequest, survey: Survey, stream: TextIO) -> Progress:
    if request.quiet or request.no_progress:
        return Silent()
    if stream.isatty():
        return Bar(survey.rows, survey.sendable, stream)
    return Lines(survey.rows, survey.sendable, stream, time.monotonic)


def _speaker(request: ImportRequest) -> Callable[[str], None]:
    if request.quiet:
        return lambda _text: None
    return click.echo
