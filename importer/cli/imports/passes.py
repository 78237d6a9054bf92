"""The two passes of an import: the file is surveyed and judged, and then sent."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from pathlib import Path

from importer.cli.account import Access
from importer.cli.events import EventLog
from importer.cli.imports.drifting import judge_drift, look_for_drift, report_drift
from importer.cli.imports.driving import StopSwitch, drive, finish
from importer.cli.imports.ending import Ending
from importer.cli.imports.first_pass import first_pass
from importer.cli.imports.judging import (
    BookCount,
    check_key,
    check_leavers_can_be_deleted,
    is_corrections,
    is_whole,
    judge,
)
from importer.cli.imports.memory import memory_place, program_digest
from importer.cli.imports.request import ImportRequest
from importer.cli.imports.stages import Ready, Surveyed
from importer.cli.imports.wiring import (
    make_engine,
    make_leaving,
    make_progress,
    make_sender,
    open_ledger,
    opened_access,
    run_start,
    speaker,
)
from importer.cli.imports.wording import leaver_notes, next_command, notes, planned
from importer.cli.inputs import Inputs, MapperRecipe, opened
from importer.cli.interrupt import on_interrupt
from importer.cli.plans.plan_checking import check_plan
from importer.errors import SourceError, StoppedEarly
from importer.ledger import Ledger
from importer.report import CorrectionsWriter, ReportWriter, Summary, render_summary
from importer.report.leavers import LeaversWriter
from importer.report.paths import ReportPaths, check_report_path, report_paths
from importer.run.drift import settle_drift
from importer.run.drift_spool import DriftSpool
from importer.run.engine import Engine
from importer.run.leaving import Leaving
from importer.run.parallel import started_workers
from importer.run.pieces import pieces
from importer.run.row_memory import MemoryPlace, MemoryWriter
from importer.run.row_spool import RowSpool
from importer.run.survey import Survey
from importer.run.workers import Workers
from importer.sending import Sender
from importer.zoom.pacing_rates import RATES


class Passes:
    """Both passes of one import.

    Args:
        request: what the person has asked for.
        ending: filled in as things become known.
        stop: what a signal does.
        log: the log of events, None when people read along.
    """

    def __init__(
        self, request: ImportRequest, ending: Ending, stop: StopSwitch, log: EventLog | None
    ) -> None:
        self._request = request
        self._ending = ending
        self._stop = stop
        self._log = log
        self._say = speaker(request)

    async def run(self, environ: Mapping[str, str], folder: Path) -> int:
        """Import the file and return the exit code.

        Raises:
            ImportStopped: the run could not begin, or ended early; everything done is on disk and reported.
        """
        request, stop = self._request, self._stop
        async with AsyncExitStack() as stack:
            stack.enter_context(on_interrupt(stop.ask, stop.end))
            inputs = stack.enter_context(opened(request.file, request.mapping_path, request.options))
            check_leavers_can_be_deleted(request, inputs)
            if request.report is not None:
                check_report_path(request.report)
            inputs.mapper()  # wrong columns are said before anything else, and before the account is asked
            program = program_digest()
            # Before the network, which takes threads: beside those, a worker would have to start afresh.
            workers = stack.enter_context(started_workers(request.processes, inputs.source.text_bytes))
            access = await stack.enter_async_context(opened_access(request, environ, folder, stop))
            self._learn_account(access)
            self._say(inputs.source.description)
            # Before the first pass, which can take minutes: whether the ledger is the right one, and free.
            ledger = stack.enter_context(open_ledger(request, access))
            check_key(ledger, request, inputs)
            fields = await stop.race(access.custom_fields(inputs.mapping))
            recipe = inputs.recipe(fields, access.book_id)
            mapper = recipe()
            rows = stack.enter_context(RowSpool())
            memory = memory_place(inputs, ledger.path, ledger.source, fields, program)
            remember = None
            # A part of the file makes nobody forget the rest.
            if memory is not None and request.limit is None:
                remember = stack.enter_context(MemoryWriter(memory))
            survey = await self._first(inputs, recipe, rows, workers, memory, remember)
            stack.callback(survey.close)
            for note in mapper.notes:
                self._say(f"note: {note}")
            self._say(planned(survey))
            return await self._second(
                Surveyed(inputs, mapper, access, survey, rows, ledger, remember, program)
            )

    def _learn_account(self, access: Access) -> None:
        self._ending.address_book, self._ending.calls = access.book_id, access.client.calls
        if self._log is not None:
            self._log.secret = access.account.client_secret.encode()

    # --- the first pass ----------------------------------------------------------------------------------

    async def _first(
        self,
        inputs: Inputs,
        recipe: MapperRecipe,
        rows: RowSpool,
        workers: Workers | None,
        memory: MemoryPlace | None,
        remember: MemoryWriter | None,
    ) -> Survey:
        try:
            return await asyncio.to_thread(
                first_pass,
                inputs,
                recipe,
                rows,
                workers,
                limit=self._request.limit,
                memory=memory,
                remember=remember,
                check=self._stop.check,
            )
        except StoppedEarly:
            # A signal to the whole process group ends the workers, too: that is no mishap.
            self._stop.check()
            raise

    # --- between them, and the second ----------------------------------------------------------------------

    async def _second(self, found: Surveyed) -> int:
        request = self._request
        with ExitStack() as stack:
            ready = await self._looked_over(found, stack)
            paths = report_paths(request.file, request.report, datetime.now().astimezone())
            report = stack.enter_context(ReportWriter(paths.report))
            corrections = stack.enter_context(
                CorrectionsWriter(paths.corrections, found.inputs.source.headings)
            )
            leavers = stack.enter_context(LeaversWriter(paths.leavers))
            progress = make_progress(request, found.survey, self._log)
            stack.callback(progress.close)
            access, ledger, sender = found.access, ready.ledger, ready.sender
            leaving = make_leaving(request, access, ledger, sender, leavers, delete=ready.judged.delete)
            engine = make_engine(
                request,
                access,
                found.mapper,
                ledger,
                ready.leavers,
                sender,
                ready.duplicates,
                report,
                corrections,
                progress,
                self._log,
            )
            self._begin(found, ledger)
            began = time.monotonic()

            def abandon() -> None:
                engine.abandon()
                leaving.abandon()

            try:
                work = self._work(found, ready, engine, leaving)
                await drive(work, abandon, sender, progress, report, access, self._stop)
            finally:
                finish(ledger, sender.drain, engine.tally)
            progress.close()
            if found.remember is not None and not sender.drain.begun and found.program == program_digest():
                await asyncio.to_thread(found.remember.save)
            mended = paths.corrections if corrections.count else None
            self._sum_up(found, ready, engine, leaving, paths, mended, time.monotonic() - began)
        return self._end(found, sender, engine, leaving)

    async def _looked_over(self, found: Surveyed, stack: ExitStack) -> Ready:
        """Make sure that nothing speaks against the run."""
        request, inputs, access, stop = self._request, found.inputs, found.access, self._stop
        ledger = found.ledger
        sender = make_sender(request, access, ledger)
        duplicates = found.survey.duplicates()
        leavers = stack.enter_context(ledger.leavers())
        book = BookCount(access, sender, access.total_contacts)
        judged = await stop.race(
            judge(request, inputs, found.survey, duplicates, found.rows, ledger, leavers, book)
        )
        drifted = stack.enter_context(DriftSpool())
        await stop.race(look_for_drift(request, found.mapper.written, access, sender, ledger, drifted))
        judge_drift(request, inputs, judged, found.rows, ledger, duplicates, drifted)
        stop.check()
        await asyncio.to_thread(
            check_plan, request, inputs, found.mapper, ledger, duplicates, found.rows, stop.check
        )
        return Ready(ledger, sender, leavers, duplicates, judged, drifted)

    def _begin(self, found: Surveyed, ledger: Ledger) -> None:
        self._ending.run_id = ledger.start_run(run_start(self._request, found.inputs))
        if self._log is not None:
            survey = found.survey
            self._log.run_id = self._ending.run_id
            self._log.write("started", rows=survey.rows, rejected=survey.rejected, skipped=survey.skipped)

    async def _work(self, found: Surveyed, ready: Ready, engine: Engine, leaving: Leaving) -> None:
        source = found.inputs.source
        await settle_drift(ready.drifted, self._request.drift or "report", ready.ledger)
        # Rows of a corrections file go by what they bring along, which the first pass does not read.
        surveyed = () if is_corrections(found.inputs) else found.rows
        await engine.run(pieces(source.blocks(self._request.limit), surveyed, found.mapper))
        # A file that was replaced meanwhile says nothing about who has left.
        if ready.sender.drain.begun or source.changed():
            return
        if is_whole(self._request, found.inputs):
            await engine.forget_stale(self._request.file, self._ending.run_id)
        if ready.judged.leavers:
            await leaving.run(ready.leavers.entries())

    # --- the end -------------------------------------------------------------------------------------------

    def _sum_up(
        self,
        found: Surveyed,
        ready: Ready,
        engine: Engine,
        leaving: Leaving,
        paths: ReportPaths,
        mended: Path | None,
        seconds: float,
    ) -> None:
        request, pacers = self._request, found.access.pacers
        stopped = ready.sender.drain.begun
        self._ending.observed_limit = pacers["light"].observed_limit
        self._ending.summary = Summary(
            tally=engine.tally,
            seconds=seconds,
            throttled=sum(pacer.refused for pacer in pacers.values()),
            report=paths.report,
            corrections=mended,
            ledger=None if request.sandbox else ready.ledger.path,
            next_command=next_command(request, mended, stopped=stopped),
            notes=notes(
                sharing=pacers.note,
                limit=RATES[request.account_plan]["light"].count,
                observed_limit=self._ending.observed_limit,
                rows=found.survey.rows,
                finished=engine.tally.rows,
                stopped=stopped,
            )
            + report_drift(request, ready.drifted, ready.ledger, self._ending.run_id, paths.drift)
            + leaver_notes(leaving.counts, ready.judged.note),
            leavers=dict(leaving.counts),
            leavers_path=paths.leavers if leaving.counts else None,
            drift=ready.drifted.counts() if request.drift else {},
            drift_path=paths.drift if paths.drift.exists() else None,
        )

    def _end(self, found: Surveyed, sender: Sender, engine: Engine, leaving: Leaving) -> int:
        """Say how it went, and return the exit code of a run that came to its end."""
        if self._ending.summary is not None:
            self._say("")
            self._say(render_summary(self._ending.summary))
        stopped = sender.drain.error()
        if stopped is not None:
            raise stopped
        file, rows, finished = self._request.file, found.survey.rows, engine.tally.rows
        if found.inputs.source.changed() or finished != rows:
            raise SourceError(
                f"{file} changed while it was imported: {rows:,} rows were checked and {finished:,} have an "
                "outcome. Run the same command again when the file is complete."
            )
        return 1 if engine.tally.unfinished or leaving.unfinished else 0
