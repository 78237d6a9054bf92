"""An import from its request to its exit code: everything that `importer.run` needs, wired together."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from importer.cli.account import Access, connect, rehearsal
from importer.cli.aftermath import Aftermath
from importer.cli.canary_talk import judge_aloud, judge_in_log
from importer.cli.checking import key_columns
from importer.cli.drifting import judge_drift, look_for_drift, report_drift
from importer.cli.driving import StopSwitch, drive, finish
from importer.cli.events import EventLog, LoggedProgress
from importer.cli.inputs import Inputs, MapperRecipe, opened
from importer.cli.interrupt import on_interrupt
from importer.cli.judging import (
    BookCount,
    check_key,
    check_leavers_can_be_deleted,
    is_corrections,
    judge,
)
from importer.cli.plan_checking import check_plan
from importer.cli.plan_making import file_digest
from importer.cli.private import safe_text
from importer.cli.progress import Bar, Lines, Progress, Silent
from importer.cli.request import ImportRequest
from importer.cli.surprise import surprise
from importer.cli.wording import leaver_notes, next_command, notes, planned
from importer.errors import ImportStopped, SourceError, StoppedEarly
from importer.ledger import Ledger, RunStart, default_path
from importer.mapping import Mapper, digest
from importer.report import CorrectionsWriter, ReportWriter, Summary, render_summary, report_paths
from importer.report.facts import RunFacts, as_facts
from importer.report.leavers import LeaversWriter
from importer.run.canary import Canary
from importer.run.continuity import key_option
from importer.run.drift import settle_drift
from importer.run.drift_spool import DriftSpool
from importer.run.engine import Engine, EngineSettings
from importer.run.leaving import Leaving
from importer.run.parallel import process_count, survey_blocks
from importer.run.pool import PoolSize
from importer.run.reading_back import ReadBack
from importer.run.row_spool import RowSpool
from importer.run.survey import ChunkSurvey, Survey, Wanted, survey_file
from importer.sending import QuotaPolicy, Sender, SettlePolicy
from importer.zoom.pacing_rates import RATES
from importer.zoom.transport import Timeouts


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


async def import_file(request: ImportRequest, environ: Mapping[str, str], folder: Path) -> int:
    """Import a file, write the summary, tell whoever wants to know, and return the exit code.

    Raises:
        ImportStopped: the run could not begin, or ended early; everything done is on disk and reported.
    """
    started_at, began = datetime.now(UTC), time.monotonic()
    log = EventLog(sys.stderr) if request.log_format == "json" else None
    aftermath = Aftermath(request.summary, request.notify_command, log)
    ending, stop = Ending(), StopSwitch()
    error: ImportStopped | None = None
    code = 0
    try:
        aftermath.check()
        code = await _import(request, environ, folder, ending, log, stop)
    except ImportStopped as stopped:
        error, code = stopped, stopped.exit_code
    except Exception as unforeseen:  # noqa: BLE001 - told in a sentence, and to whoever wants to know
        error = surprise(unforeseen)
        code = error.exit_code
    facts = as_facts(
        RunFacts(
            command="run" if request.plan is None else "apply",
            run_id=ending.run_id,
            file=request.file,
            mapping=request.mapping_path,
            address_book=ending.address_book,
            plan=request.account_plan,
            started_at=started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=time.monotonic() - began,
            exit_code=code,
            error=safe_text(str(error or "")),
            limit_per_s=RATES[request.account_plan]["light"].per_second,
            observed_limit_per_s=ending.observed_limit,
            calls=ending.calls,
        ),
        ending.summary,
    )
    aftermath.tell(facts, hurried=bool(stop.asked))
    if error is not None and log is None:
        raise error
    return code


async def _import(
    request: ImportRequest,
    environ: Mapping[str, str],
    folder: Path,
    ending: Ending,
    log: EventLog | None,
    stop: StopSwitch,
) -> int:
    say = _speaker(request)
    async with AsyncExitStack() as stack:
        stack.enter_context(on_interrupt(stop.ask, stop.end))
        inputs = stack.enter_context(opened(request.file, request.mapping_path, request.options))
        check_leavers_can_be_deleted(request, inputs)
        inputs.mapper()  # wrong columns are said before anything else, and before the account is asked
        access = await stack.enter_async_context(_access(request, environ, folder, stop))
        ending.address_book, ending.calls = access.book_id, access.client.calls
        if log is not None:
            log.secret = access.account.client_secret.encode()
        say(inputs.source.description)
        recipe = inputs.recipe(await stop.race(access.custom_fields(inputs.mapping)), access.book_id)
        mapper = recipe()
        rows = stack.enter_context(RowSpool())
        try:
            survey = await asyncio.to_thread(_survey, request, inputs, recipe, stop, rows)
        except StoppedEarly:
            stop.check()  # a signal to the whole process group ends the workers, too: that is no mishap
            raise
        stack.callback(survey.close)
        say(planned(survey))
        return await _send(request, inputs, mapper, access, survey, rows, ending, log, stop)


def _survey(
    request: ImportRequest, inputs: Inputs, recipe: MapperRecipe, stop: StopSwitch, rows: RowSpool
) -> Survey:
    def keep(chunk: ChunkSurvey) -> None:
        stop.check()
        rows.add(chunk)

    wanted = Wanted(fingerprints=True)
    processes = process_count(request.processes, inputs.source.text_bytes)
    blocks = inputs.source.blocks(request.limit)
    with closing(survey_blocks(blocks, recipe, wanted, processes=processes)) as chunks:
        return survey_file(chunks, wanted, on_chunk=keep)


async def _send(
    request: ImportRequest,
    inputs: Inputs,
    mapper: Mapper,
    access: Access,
    survey: Survey,
    rows: RowSpool,
    ending: Ending,
    log: EventLog | None,
    stop: StopSwitch,
) -> int:
    with ExitStack() as stack:
        ledger = stack.enter_context(_open_ledger(request, access))
        check_key(ledger, request, inputs)
        sender = Sender(
            access.client,
            access.book_id,
            owner=ledger.owner,
            settle=SettlePolicy.of_pause(request.settle_pause),
            quota=QuotaPolicy(request.wait_for_quota),
        )
        duplicates = survey.duplicates()
        leavers = stack.enter_context(ledger.leavers())
        book = BookCount(access, sender, access.total_contacts)
        judged = await stop.race(judge(request, inputs, survey, duplicates, rows, ledger, leavers, book))
        drifted = stack.enter_context(DriftSpool())
        await stop.race(look_for_drift(request, inputs.mapping, access, sender, ledger, drifted))
        judge_drift(request, inputs, judged, rows, ledger, duplicates, drifted)
        stop.check()
        await asyncio.to_thread(check_plan, request, inputs, mapper, ledger, duplicates, stop.check)
        paths = report_paths(request.file, request.report, datetime.now().astimezone())
        report = stack.enter_context(ReportWriter(paths.report))
        corrections = stack.enter_context(CorrectionsWriter(paths.corrections, inputs.source.headings))
        leaving = Leaving(
            delete=judged.delete,
            ledger=ledger,
            sender=sender,
            drain=sender.drain,
            writer=stack.enter_context(LeaversWriter(paths.leavers)),
            size=PoolSize(request.workers),
            waiting=lambda: access.pacers["light"].waiting,
            now=lambda: datetime.now(UTC),
        )
        progress = _progress(request, survey, log)
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
            canary=_canary(request, access, sender, log),
        )
        ending.run_id = ledger.start_run(_run_start(request, inputs))
        if log is not None:
            log.run_id = ending.run_id
            log.write("started", rows=survey.rows, rejected=survey.rejected, skipped=survey.skipped)
        began = time.monotonic()
        chunks = ((chunk, mapper.apply(chunk)) for chunk in inputs.source.chunks(request.limit))

        async def work() -> None:
            await settle_drift(drifted, request.drift or "report", ledger)
            await engine.run(chunks)
            # A file that was replaced meanwhile says nothing about who has left.
            if judged.leavers and not sender.drain.begun and not inputs.source.changed():
                await leaving.run(leavers.entries())

        def abandon() -> None:
            engine.abandon()
            leaving.abandon()

        try:
            await drive(work(), abandon, sender, progress, report, access, stop)
        finally:
            finish(ledger, sender.drain, engine.tally)
        progress.close()
        stopped = sender.drain.error()
        ending.observed_limit = access.pacers["light"].observed_limit
        ending.summary = Summary(
            tally=engine.tally,
            seconds=time.monotonic() - began,
            throttled=sum(pacer.refused for pacer in access.pacers.values()),
            report=paths.report,
            corrections=paths.corrections if corrections.count else None,
            ledger=None if request.sandbox else ledger.path,
            next_command=next_command(
                request, paths.corrections if corrections.count else None, stopped=stopped is not None
            ),
            notes=notes(
                sharing=access.pacers.note,
                observed_limit=ending.observed_limit,
                rows=survey.rows,
                finished=engine.tally.rows,
                stopped=stopped is not None,
            )
            + report_drift(request, drifted, ledger, ending.run_id, paths.drift)
            + leaver_notes(leaving.counts, judged.note),
            leavers=dict(leaving.counts),
            leavers_path=paths.leavers if leaving.counts else None,
            drift=drifted.counts() if request.drift else {},
            drift_path=paths.drift if paths.drift.exists() else None,
        )
    say = _speaker(request)
    say("")
    say(render_summary(ending.summary))
    if stopped is not None:
        raise stopped
    if inputs.source.changed() or engine.tally.rows != survey.rows:
        raise SourceError(
            f"{request.file} changed while it was imported: {survey.rows:,} rows were checked and "
            f"{engine.tally.rows:,} have an outcome. Run the same command again when the file is complete."
        )
    return 1 if engine.tally.unfinished or leaving.unfinished else 0


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


@asynccontextmanager
async def _access(
    request: ImportRequest, environ: Mapping[str, str], folder: Path, stop: StopSwitch
) -> AsyncIterator[Access]:
    timeouts = Timeouts.of_answer(request.timeout)
    opening = (
        rehearsal(request.account_plan, request.schedule, timeouts)
        if request.sandbox
        else connect(environ, folder, request.address_book, request.account_plan, request.schedule, timeouts)
    )
    async with opening as access:
        await stop.race(access.address_book())
        yield access


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
        source=request.source,
        durability=request.durability,
    )


def _run_start(request: ImportRequest, inputs: Inputs) -> RunStart:
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


def _progress(request: ImportRequest, survey: Survey, log: EventLog | None) -> Progress:
    if log is not None:
        return LoggedProgress(log, survey.rows, time.monotonic)
    if request.quiet or request.no_progress:
        return Silent()
    if sys.stderr.isatty():
        return Bar(survey.rows, survey.sendable, sys.stderr)
    return Lines(survey.rows, survey.sendable, sys.stderr, time.monotonic)


def _speaker(request: ImportRequest) -> Callable[[str], None]:
    if request.quiet or request.log_format == "json":
        return lambda _text: None
    return click.echo
