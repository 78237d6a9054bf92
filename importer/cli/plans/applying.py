"""Applying a plan: the run that it describes, or none at all."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.cli.events import EventLog
from importer.cli.imports.aftermath import Aftermath
from importer.cli.imports.importing import import_file
from importer.cli.imports.request import ImportRequest
from importer.cli.inputs import read_mapping
from importer.cli.plans.plan_making import file_digest
from importer.cli.private import safe_text
from importer.errors import ImportStopped, InputError
from importer.mapping import digest
from importer.report.facts import RunFacts, as_facts
from importer.report.plan_file import Binding, read_binding
from importer.run.brakes import Limits
from importer.source import SourceOptions

_AGAIN = "Nothing has been sent. Make a new plan with `zoom-import plan`."


async def apply_plan(path: Path, arguments: Mapping[str, Any], folder: Path) -> int:
    """Do what a plan says and return the exit code of the run.

    Args:
        path: the plan.
        arguments: the other fields of the `ImportRequest`: how to send, not what.
        folder: the working folder.

    Raises:
        InputError: file or mapping are not those that the plan was made from.
        ImportStopped: as any run.
    """
    try:
        binding = read_binding(path)
        _check_files(path, binding)
    except ImportStopped as refusal:
        return _refused(refusal, arguments)
    options = binding.options
    request = ImportRequest(
        **{
            **arguments,
            "file": _from_here(binding.file, folder),
            "mapping_path": binding.mapping,
            "options": _reading(options["reading"]),
            "ledger": Path(binding.ledger),
            "address_book": binding.address_book,
            "limit": options["limit"],
            "duplicates": options["duplicates"],
            "mode": options["mode"],
            "leavers": options["leavers"],
            "source": options["source"],
            # Somebody has seen the plan: what it counts needs no brake any more.
            "limits": Limits(shrink=1.0, turnover=1.0, bad=1.0, delete=1.0, cut_off=True),
            "plan": binding,
        }
    )
    return await import_file(request, os.environ, folder)


def _refused(refusal: ImportStopped, arguments: Mapping[str, Any]) -> int:
    """Tell whoever wants to know of a plan that cannot be applied, as a run would."""
    log = EventLog(sys.stderr) if arguments["log_format"] == "json" else None
    aftermath = Aftermath(arguments["summary"], arguments["notify_command"], log)
    aftermath.check()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    facts = RunFacts(
        command="apply",
        run_id="",
        file="",
        mapping="",
        address_book="",
        plan=arguments["account_plan"],
        started_at=now,
        finished_at=now,
        seconds=0.0,
        exit_code=refusal.exit_code,
        error=safe_text(str(refusal)),
    )
    aftermath.tell(as_facts(facts, None))
    if log is None:
        raise refusal
    return refusal.exit_code


def _check_files(path: Path, binding: Binding) -> None:
    try:
        same = file_digest(binding.file) == binding.file_digest
    except OSError:
        raise InputError(
            f"The plan {path} was made from {binding.file}, which is not there any more. {_AGAIN}"
        ) from None
    if not same:
        raise InputError(f"{binding.file} has changed since the plan {path} was made from it. {_AGAIN}")
    if digest(read_mapping(binding.mapping)) != binding.mapping_digest:
        raise InputError(
            f"The mapping {binding.mapping} has changed since the plan {path} was made with it. {_AGAIN}"
        )


def _reading(said: Any) -> SourceOptions:
    headings = said.get("headings")
    return SourceOptions(**{**said, "headings": tuple(headings) if headings is not None else None})


def _from_here(file: str, folder: Path) -> str:
    """Name a file as a person in this folder would."""
    place = Path(file)
    return str(place.relative_to(folder)) if place.is_relative_to(folder) else file
