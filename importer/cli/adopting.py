"""Adoption from its request to its exit code: read the book, pair it with the file, write the ledger."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from importer.cli.account import Access, connect
from importer.cli.checks.checking import key_columns
from importer.cli.imports.driving import StopSwitch
from importer.cli.imports.judging import check_key, is_corrections
from importer.cli.inputs import Inputs, opened
from importer.cli.interrupt import on_interrupt
from importer.cli.plans.plan_making import file_digest
from importer.counted import counted
from importer.errors import SettingsError
from importer.ledger import Ledger, RunStart, default_path
from importer.mapping import MappedChunk, Mapper, digest
from importer.plan import Mode
from importer.report.adoption import ADOPTION_OUTCOMES, AdoptionWriter
from importer.run.adoption import Adopter, pair_rows, read_book
from importer.run.book_index import BookIndex
from importer.run.continuity import key_option
from importer.run.identity import DuplicatePolicy
from importer.run.leaving import LeaverPolicy
from importer.run.planner import Planner
from importer.run.survey import Survey, survey_chunk, survey_file
from importer.sending import QuotaPolicy, Sender
from importer.sending.book_pages import book_pages
from importer.source import SourceOptions
from importer.source.chunk import Chunk
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule
from importer.zoom.transport import Timeouts

_TOLD_EVERY = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptRequest:
    """What the person has asked for; see the options of `zoom-import adopt`, whose names these are."""

    file: str
    mapping_path: str
    options: SourceOptions
    schedule: PaceSchedule
    report: Path | None
    ledger: Path | None
    address_book: str | None
    account_plan: Plan
    limit: int | None
    duplicates: DuplicatePolicy
    source: str
    wait_for_quota: float
    timeout: float
    quiet: bool
    leavers: LeaverPolicy = "report"
    mode: Mode = "upsert"


@dataclass(frozen=True, slots=True)
class _Work:
    """What all steps of an adoption need."""

    request: AdoptRequest
    inputs: Inputs
    mapper: Mapper
    planner: Planner
    stop: StopSwitch
    say: Callable[[str], None]

    def chunks(self) -> Iterator[tuple[Chunk, MappedChunk]]:
        """Read and map the file once more."""
        for chunk in self.inputs.source.chunks(self.request.limit):
            yield chunk, self.mapper.apply(chunk)


async def adopt_file(request: AdoptRequest, environ: Mapping[str, str], folder: Path) -> int:
    """Tie the book's contacts to the rows of a file and return the exit code: 1 when some need a hand.

    Raises:
        ImportStopped: it could not begin, or ended early; what was adopted stays so.
    """
    stop = StopSwitch()
    say = _quiet if request.quiet else click.echo
    async with AsyncExitStack() as stack:
        stack.enter_context(on_interrupt(stop.ask, stop.end))
        inputs = stack.enter_context(opened(request.file, request.mapping_path, request.options))
        if is_corrections(inputs):
            raise SettingsError("adopt takes the whole export, not a corrections file.")
        inputs.mapper()
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
        say(inputs.source.description)
        mapper = inputs.mapper(await stop.race(access.custom_fields(inputs.mapping)), access.book_id)
        survey = await asyncio.to_thread(_survey, request, inputs, mapper, stop)
        stack.callback(survey.close)
        ledger = stack.enter_context(_open_ledger(request, access))
        check_key(ledger, request, inputs)
        planner = Planner(
            ledger,
            survey.duplicates().keys,
            by_content=not inputs.mapping.key,
            key_columns=key_columns(mapper),
            mode="upsert",
            duplicates=request.duplicates,
        )
        return await _adopt(_Work(request, inputs, mapper, planner, stop, say), access, ledger)


async def _adopt(work: _Work, access: Access, ledger: Ledger) -> int:
    sender = Sender(
        access.client, access.book_id, owner=ledger.owner, quota=QuotaPolicy(work.request.wait_for_quota)
    )
    with BookIndex() as index, AdoptionWriter(_report_path(work.request)) as writer:
        pages = book_pages(access.client, access.book_id, sender)
        await work.stop.race(read_book(pages, ledger, index, _counter(access, work.say)))
        work.say(f"{len(index):,} contacts of the address book belong to no row yet")
        pairing = await asyncio.to_thread(
            pair_rows,
            work.chunks(),
            work.planner,
            index,
            work.mapper.written,
            work.stop.check,
        )
        ledger.start_run(_run_start(work))
        adopter = Adopter(
            ledger=ledger,
            planner=work.planner,
            index=index,
            pairing=pairing,
            written=work.mapper.written,
            writer=writer,
        )
        complete = False
        try:
            await adopter.run(work.chunks(), work.stop.check)
            complete = True
        finally:
            counts = adopter.counts
            ledger.finish_run("finished" if complete else "stopped", dict(counts), counts.total())
        work.say(_summary(adopter, len(index), writer.path, ledger.path))
    return 1 if adopter.counts["ambiguous"] or adopter.counts["rejected"] else 0


def _survey(request: AdoptRequest, inputs: Inputs, mapper: Mapper, stop: StopSwitch) -> Survey:
    mapped = map(mapper.apply, inputs.source.chunks(request.limit))
    return survey_file(map(survey_chunk, mapped), on_chunk=lambda _: stop.check())


def _counter(access: Access, say: Callable[[str], None]) -> Callable[[int], None]:
    """Tell now and then how far the reading of the book has come."""
    of_all = f" of {access.total_contacts:,}" if access.total_contacts is not None else ""

    def told(count: int) -> None:
        if count % _TOLD_EVERY == 0 and count:
            say(f"{count:,}{of_all} contacts read")

    return told


def _summary(adopter: Adopter, left: int, report: Path, ledger: Path) -> str:
    counts = adopter.counts
    lines = [counted(counts.total(), "row")]
    lines += [f"  {name:<14}{counts[name]:>9,}" for name in ADOPTION_OUTCOMES if counts[name]]
    if adopter.differing:
        lines.append(
            f"note: {adopter.differing:,} adopted contacts differ from their rows; a run updates them"
        )
    if left - counts["adopted"]:
        lines.append(f"note: {left - counts['adopted']:,} contacts of the address book belong to no row")
    lines.append(f"report:      {report}")
    lines.append(f"ledger:      {ledger}")
    return "\n".join(lines)


def _open_ledger(request: AdoptRequest, access: Access) -> Ledger:
    account = access.account
    place = request.ledger or default_path(account.account_id, account.address_book_id, account.api_url)
    return Ledger.open(
        place,
        account_id=account.account_id,
        address_book_id=account.address_book_id,
        api_url=account.api_url,
        source=request.source,
    )


def _report_path(request: AdoptRequest) -> Path:
    if request.report is not None:
        return request.report
    base = Path("stdin") if request.file == "-" else Path(request.file)
    stem = base.name.split(".")[0] or "rows"
    return base.with_name(f"{stem}-adopt-{datetime.now().astimezone():%Y%m%d-%H%M%S}.csv")


def _run_start(work: _Work) -> RunStart:
    return RunStart(
        "adopt",
        file_name=work.request.file,
        file_digest=file_digest(work.request.file),
        mapping_digest=digest(work.inputs.mapping),
        options={
            "duplicates": work.request.duplicates,
            "limit": work.request.limit,
            "key": key_option(work.inputs.mapping),
        },
    )


def _quiet(_text: str) -> None:
    """Say nothing."""
