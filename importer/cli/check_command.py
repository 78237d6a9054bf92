"""`zoom-import check`: the whole file read, mapped and validated; nothing is sent."""

import json
import sys
from pathlib import Path
from typing import IO, Any

import click

from importer.cli.check_text import CheckResult, Forecast, as_json, render_check, sorted_groups
from importer.cli.inputs import Inputs, opened
from importer.cli.options import duplicates_option, file_and_mapping, limit_option, plan_option, reading
from importer.cli.reading import source_options
from importer.errors import SettingsError
from importer.mapping import Mapper
from importer.run.issue_list import IssueSpool, all_issues, write_issues_csv
from importer.run.survey import Survey, survey_file
from importer.zoom.pacing_rates import RATES


@click.command("check", short_help="Read, map and validate a file; send nothing.")
@file_and_mapping
@limit_option
@plan_option
@duplicates_option
@click.option(
    "--issues",
    "issues_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write one line per issue.",
)
@click.option("--json", "as_program", is_flag=True, help="Print the result as JSON, for programs.")
@click.option(
    "--preview", type=click.IntRange(min=0), default=0, metavar="N", help="Show the first N contacts as sent."
)
@reading
def command(
    file: str,
    mapping_path: str,
    limit: int | None,
    account_plan: str,
    duplicates: str,
    issues_path: Path | None,
    as_program: bool,
    preview: int,
    **flags: Any,
) -> int:
    """Read FILE, map and validate every row, and say which cells need a hand. No network.

    Exit code 0: clean; 1: rows would be rejected; 2: file or mapping cannot be used.
    """
    with opened(file, mapping_path, source_options(**flags)) as inputs, IssueSpool() as spool:
        mapper = inputs.mapper()
        survey = _survey(inputs, mapper, spool, limit, preview)
        try:
            result = _result(inputs, mapper, survey, account_plan, duplicates)
            if issues_path is not None:
                _write_issues(issues_path, spool, result, mapper, reject=duplicates == "reject")
        finally:
            survey.close()
    if as_program:
        payloads = [contact.payload for contact in survey.previews]
        click.echo(json.dumps({**as_json(result), "preview": payloads}, ensure_ascii=False, indent=2))
    else:
        click.echo(render_check(result))
        for contact in survey.previews:
            click.echo(json.dumps(contact.payload, ensure_ascii=False, indent=2))
        if issues_path is not None:
            click.echo(f"issues: {issues_path}")
    return 1 if result.rejected else 0


def _survey(inputs: Inputs, mapper: Mapper, spool: IssueSpool, limit: int | None, preview: int) -> Survey:
    def chunks() -> Any:
        for chunk in inputs.source.chunks(limit):
            spool.lines.add(chunk.lines)
            yield mapper.apply(chunk)

    return survey_file(chunks(), preview=preview, on_chunk=spool.add)


def _result(inputs: Inputs, mapper: Mapper, survey: Survey, plan: str, policy: str) -> CheckResult:
    by_content = not inputs.mapping.key
    duplicates = survey.duplicates()
    sharing = 0 if by_content else survey.sharing_a_key(duplicates.keys)
    passed_over = sharing - duplicates.keys.group_count if policy != "reject" and sharing else 0
    rejected = survey.rejected + (sharing if policy == "reject" else 0)
    skipped = survey.skipped + max(0, passed_over)
    created = survey.rows - rejected - skipped
    named = sum(1 for field in inputs.mapping.contact.custom_fields if field.name)
    rate = RATES[plan]["light"].per_second  # type: ignore[index] # click lets only plans through
    return CheckResult(
        description=inputs.source.description,
        rows=survey.rows,
        created=created,
        skipped=skipped,
        rejected=rejected,
        issues=sorted_groups(survey),
        duplicates=duplicates,
        by_content=by_content,
        forecast=Forecast(created, 1 if named else 0, rate, plan),
        notes=mapper.notes,
    )


def _write_issues(
    path: Path, spool: IssueSpool, result: CheckResult, mapper: Mapper, *, reject: bool
) -> None:
    lines = all_issues(
        spool,
        result.duplicates,
        by_content=result.by_content,
        key_columns=key_columns(mapper),
        reject=reject,
    )
    try:
        file: IO[str] = path.open("x", encoding="utf-8-sig", newline="")
    except FileExistsError:
        raise SettingsError(
            f"{path} is already there and is not overwritten. Choose another --issues PATH."
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from error
    with file:
        write_issues_csv(lines, file)
    sys.stdout.flush()


def key_columns(mapper: Mapper) -> str:
    """Name the columns of the key as the mapping does."""
    return ", ".join(part.column[0] for part in mapper.mapping.key)
