"""A check from its arguments to its exit code."""

import json
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from importer.cli.checks.check_text import CheckResult, Forecast, as_json, render_check, sorted_groups
from importer.cli.inputs import Inputs, MapperRecipe, opened
from importer.errors import SettingsError
from importer.mapping import Mapper
from importer.run.identity import DuplicatePolicy
from importer.run.issue_list import IssueSpool, all_issues, write_issues_csv
from importer.run.parallel import started_workers, survey_blocks
from importer.run.survey import Survey, Wanted, survey_file
from importer.source import SourceOptions
from importer.zoom.pacing_rates import RATES, Plan

if TYPE_CHECKING:
    from importer.cli.checks.online import Asked


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What the person has asked for; see the options of `zoom-import check`."""

    file: str
    mapping_path: str
    options: SourceOptions
    limit: int | None
    account_plan: Plan
    duplicates: DuplicatePolicy
    issues_path: Path | None
    as_program: bool
    preview: int
    processes: int | None = None
    online: bool = False
    address_book: str | None = None


def check_file(request: CheckRequest) -> int:
    """Check a file, say what was found, and return the exit code.

    Raises:
        InputError: file or mapping cannot be used.
        AccountError, StoppedEarly: the account cannot be asked; with `online` only.
    """
    with ExitStack() as stack:
        inputs = stack.enter_context(opened(request.file, request.mapping_path, request.options))
        spool = stack.enter_context(IssueSpool())
        asked = _ask(request, inputs) if request.online else None
        recipe = inputs.recipe(asked.custom_fields, asked.book.id) if asked else inputs.recipe()
        mapper = recipe()
        survey = _survey(request, inputs, recipe, spool)
        stack.callback(survey.close)
        result = _result(request, inputs, mapper, survey, asked)
        if request.issues_path is not None:
            _write_issues(request, request.issues_path, spool, result, mapper)
        _say(request, result, survey)
        return 1 if result.rejected else 0


def _ask(request: CheckRequest, inputs: Inputs) -> "Asked":
    # Imported here, because a check without network need not load what speaks to the network.
    from importer.cli.checks.online import ask_account  # noqa: PLC0415

    inputs.mapper()  # wrong columns are said before the account is asked
    return ask_account(inputs.mapping, request.address_book, request.account_plan)


def _say(request: CheckRequest, result: CheckResult, survey: Survey) -> None:
    payloads = [contact.payload for contact in survey.previews]
    if request.as_program:
        click.echo(json.dumps({**as_json(result), "preview": payloads}, ensure_ascii=False, indent=2))
        return
    click.echo(render_check(result))
    for payload in payloads:
        click.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    if request.issues_path is not None:
        click.echo(f"every issue: {request.issues_path}")


def _survey(request: CheckRequest, inputs: Inputs, recipe: MapperRecipe, spool: IssueSpool) -> Survey:
    wanted = Wanted(previews=request.preview, issues=request.issues_path is not None)
    blocks = inputs.source.blocks(request.limit)
    with (
        started_workers(request.processes, inputs.source.text_bytes) as workers,
        closing(survey_blocks(blocks, recipe, wanted, workers)) as chunks,
    ):
        return survey_file(chunks, wanted, on_chunk=spool.add)


def _result(
    request: CheckRequest, inputs: Inputs, mapper: Mapper, survey: Survey, asked: "Asked | None"
) -> CheckResult:
    by_content = not inputs.mapping.key
    duplicates = survey.duplicates()
    sharing = 0 if by_content else survey.sharing_a_key(duplicates.keys)
    reject = request.duplicates == "reject"
    rejected = survey.rejected + (sharing if reject else 0)
    skipped = survey.skipped + (0 if reject else max(0, sharing - duplicates.keys.group_count))
    created = survey.rows - rejected - skipped
    named = any(field.name for field in inputs.mapping.contact.custom_fields)
    rate = RATES[request.account_plan]["light"].per_second
    return CheckResult(
        description=inputs.source.description,
        rows=survey.rows,
        created=created,
        skipped=skipped,
        rejected=rejected,
        issues=sorted_groups(survey),
        duplicates=duplicates,
        by_content=by_content,
        forecast=Forecast(created, 1 if named else 0, rate, request.account_plan),
        notes=mapper.notes,
        book=asked.book if asked else None,
    )


def _write_issues(
    request: CheckRequest, path: Path, spool: IssueSpool, result: CheckResult, mapper: Mapper
) -> None:
    lines = all_issues(
        spool,
        result.duplicates,
        by_content=result.by_content,
        key_columns=key_columns(mapper),
        reject=request.duplicates == "reject",
    )
    with _new_file(path) as file:
        write_issues_csv(lines, file)


def _new_file(path: Path) -> IO[str]:
    try:
        return path.open("x", encoding="utf-8-sig", newline="")
    except FileExistsError:
        raise SettingsError(
            f"{path} is already there and is not overwritten. Choose another --issues PATH."
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from error


def key_columns(mapper: Mapper) -> str:
    """Name the columns of the key as the mapping does."""
    return ", ".join(part.column[0] for part in mapper.mapping.key)
