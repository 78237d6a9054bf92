"""A plan from its request to its file: what a run would do, without doing any of it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from importer.cli.account import connect
from importer.cli.checks.checking import key_columns
from importer.cli.imports.first_pass import first_pass
from importer.cli.imports.judging import (
    check_key,
    check_leavers_can_be_deleted,
    follows_leavers,
    is_corrections,
)
from importer.cli.imports.memory import memory_place, program_digest
from importer.cli.imports.request import WhatToDo
from importer.cli.inputs import Inputs, opened
from importer.cli.past.past import ledger_place
from importer.config import settings_from
from importer.errors import LedgerError, SettingsError
from importer.ledger import Entry, Leavers, Reader
from importer.mapping import CustomField, Mapper, digest
from importer.plan import Mode
from importer.report.plan_file import PLAN_STEPS, Binding, LinesDigest, PlanLine, PlanWriter
from importer.run.identity import DuplicatePolicy
from importer.run.leaving import LeaverPolicy
from importer.run.parallel import started_workers
from importer.run.pieces import Piece, pieces
from importer.run.plan_lines import leaver_line, plan_line
from importer.run.planner import Planner
from importer.run.row_spool import RowSpool, SpooledRows
from importer.run.sieve import Sieve, Sifted
from importer.run.survey import Duplicates
from importer.source import SourceOptions
from importer.zoom.pacing_rates import Plan
from importer.zoom.pacing_schedule import PaceSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A plan; see the options of `zoom-import plan`, whose names these are."""

    file: str
    mapping_path: str
    options: SourceOptions
    out: Path
    ledger: Path | None
    address_book: str | None
    account_plan: Plan
    limit: int | None
    duplicates: DuplicatePolicy
    mode: Mode
    leavers: LeaverPolicy
    source: str
    quiet: bool
    processes: int | None = None


class NoLedger:
    """Stands in for a ledger that there is not yet: nothing is known."""

    def entries(self, keys: object) -> Mapping[str, Entry]:  # noqa: ARG002 - the ledger's signature
        """Return nothing."""
        return {}

    def at_rest(self, keys: Sequence[str], fingerprints: Sequence[str]) -> list[str]:  # noqa: ARG002
        """Know of no row."""
        return [""] * len(keys)


class _NothingUndecided:
    """A plan looks nothing up, so that it finds nothing out about rows in doubt."""

    keys = frozenset[str]()


async def plan_file(request: PlanRequest, environ: Mapping[str, str], folder: Path) -> int:
    """Write a plan and return the exit code: 1 when rows are rejected, as a run would.

    Raises:
        ImportStopped: file, mapping, ledger or settings cannot be used; no plan is left behind.
    """
    if request.file == "-":
        raise SettingsError("A plan is bound to a file: standard input cannot be planned. Save it to a file.")
    async with AsyncExitStack() as stack:
        inputs = stack.enter_context(opened(request.file, request.mapping_path, request.options))
        check_leavers_can_be_deleted(request, inputs)
        inputs.mapper()
        program = program_digest()
        workers = stack.enter_context(started_workers(request.processes, inputs.source.text_bytes))
        place = ledger_place(request.ledger, request.address_book, environ, folder)
        ledger = stack.enter_context(Reader(place, source=request.source)) if place.exists() else None
        if ledger is not None:
            check_key(ledger, request, inputs)
        book = _book(request, ledger, environ, folder)
        fields = await _custom_fields(request, inputs, book, environ, folder)
        recipe = inputs.recipe(fields, book)
        writer = stack.enter_context(PlanWriter(request.out))  # a name that is taken is said at once
        rows = stack.enter_context(RowSpool())
        memory = memory_place(inputs, place, request.source, fields, program)
        survey = first_pass(inputs, recipe, rows, workers, limit=request.limit, memory=memory)
        stack.callback(survey.close)
        counts: Counter[str] = Counter()
        for line in plan_lines(request, inputs, recipe(), ledger, survey.duplicates(), rows):
            writer.write(line)
            counts[line.step] += 1
        writer.bind(_binding(request, inputs, place, ledger, book))
    if not request.quiet:
        click.echo(_summary(request, inputs, counts))
    return 1 if counts["reject"] or counts["refused before"] else 0


def plan_lines(
    request: WhatToDo,
    inputs: Inputs,
    mapper: Mapper,
    ledger: Reader | None,
    duplicates: Duplicates,
    surveyed: Iterable[SpooledRows],
) -> Iterator[PlanLine]:
    """Yield the plan's lines: rows in file order, then the contacts whose rows are gone.

    Args:
        request: what decides about steps.
        duplicates, surveyed: what a first pass has found.
    """
    with ExitStack() as stack:
        planner = Planner(
            ledger or NoLedger(),
            duplicates.keys,
            by_content=not inputs.mapping.key,
            key_columns=key_columns(mapper),
            mode=request.mode,
            duplicates=request.duplicates,
        )
        sieve = Sieve(ledger or NoLedger(), duplicates.keys, _NothingUndecided())
        follow = ledger is not None and follows_leavers(request, inputs)
        leavers = stack.enter_context(ledger.leavers()) if ledger is not None and follow else None
        keyless = 0
        # Rows of a corrections file go by what they bring along, which the first pass does not read.
        known = () if is_corrections(inputs) else surveyed
        for piece in pieces(inputs.source.blocks(request.limit), known, mapper):
            if leavers is not None:
                keys = _keys(piece)
                leavers.add(key for key in keys if key)
                keyless += keys.count("")
            yield from _piece_lines(piece, sieve.sift(piece), planner)
        yield from _leaver_lines(leavers, delete=request.leavers == "delete" and not keyless)


def _keys(piece: Piece) -> Sequence[str]:
    return piece.surveyed.keys if piece.surveyed is not None else piece.rows(range(len(piece)))[1].keys


def _piece_lines(piece: Piece, sifted: Sifted, planner: Planner) -> Iterator[PlanLine]:
    """Yield the lines of a piece; only the rows that have to be looked at are parsed and mapped."""
    planned: Iterator[PlanLine] = iter(())
    if sifted.rest:
        planned = map(plan_line, planner.plan(*piece.rows(sifted.rest)))
    for position, contact_id in enumerate(sifted.contact_ids):
        if not contact_id:
            yield next(planned)
        else:
            assert sifted.rows is not None  # noqa: S101 - without them all rows are the rest
            number, line = sifted.rows.numbers[position], sifted.rows.lines[position]
            yield PlanLine(str(number), str(line), sifted.rows.keys[position], "unchanged", contact_id)


def _leaver_lines(leavers: Leavers | None, *, delete: bool) -> Iterator[PlanLine]:
    for entry in leavers.entries() if leavers is not None else ():
        yield leaver_line(entry, delete=delete)


def digest_of(lines: Iterator[PlanLine], check: Callable[[], None] = lambda: None) -> str:
    """Return the digest that a plan of these lines would be bound to."""
    found = LinesDigest()
    for line in lines:
        check()
        found.add(line)
    return found.hexdigest()


def file_digest(path: str) -> str:
    """blake2b-128 in hex of a file's bytes, "" for standard input."""
    if path == "-":
        return ""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def last_run(ledger: Reader | None) -> str:
    """Return the id of the ledger's last run, "" when there is none."""
    runs = ledger.runs() if ledger is not None else []
    return runs[0].id if runs else ""


def _binding(request: PlanRequest, inputs: Inputs, place: Path, ledger: Reader | None, book: str) -> Binding:
    return Binding(
        file=str(Path(request.file).resolve()),
        file_digest=file_digest(request.file),
        mapping=str(Path(request.mapping_path).resolve()),
        mapping_digest=digest(inputs.mapping),
        ledger=str(place.resolve()),
        run=last_run(ledger),
        address_book=book,
        options={
            "mode": request.mode,
            "duplicates": request.duplicates,
            "leavers": request.leavers,
            "source": request.source,
            "limit": request.limit,
            "reading": asdict(request.options),
        },
    )


def _book(request: PlanRequest, ledger: Reader | None, environ: Mapping[str, str], folder: Path) -> str:
    """Name the address book: the ledger's, else the one that the settings name.

    Raises:
        LedgerError: they name two.
        SettingsError: nothing names one.
    """
    of_ledger = ledger.book().get("address_book_id", "") if ledger is not None else ""
    said = request.address_book or ""
    if of_ledger and said and of_ledger != said:
        raise LedgerError(
            f'The ledger {ledger.path if ledger else ""} belongs to the address book "{of_ledger}", not to '
            f'"{said}". Give the ledger of that book, or leave --address-book out.'
        )
    book = of_ledger or said or settings_from(environ, folder).get("ZOOM_ADDRESS_BOOK_ID", "")
    if not book:
        raise SettingsError(
            "For which address book? There is no ledger yet that says so: give --address-book ID or set "
            "ZOOM_ADDRESS_BOOK_ID."
        )
    return book


async def _custom_fields(
    request: PlanRequest, inputs: Inputs, book: str, environ: Mapping[str, str], folder: Path
) -> list[CustomField] | None:
    """Ask the account for its custom fields, if the mapping writes any: their rules decide about rows."""
    if not inputs.mapping.contact.custom_fields:
        return None
    async with connect(environ, folder, book, request.account_plan, PaceSchedule()) as access:
        return list(await access.custom_fields(inputs.mapping) or ())


def _summary(request: PlanRequest, inputs: Inputs, counts: Counter[str]) -> str:
    lines = [inputs.source.description, f"{counts.total():,} lines, nothing has been sent"]
    lines += [f"  {name:<14}{counts[name]:>9,}" for name in PLAN_STEPS if counts[name]]
    lines.append(f"plan: {request.out}")
    lines.append(f"next: zoom-import apply {request.out}")
    return "\n".join(lines)
