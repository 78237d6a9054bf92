"""An import from its request to its exit code: whatever happens in between, everybody who waits is told."""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from importer.cli.events import EventLog
from importer.cli.imports.aftermath import Aftermath
from importer.cli.imports.driving import StopSwitch
from importer.cli.imports.empty_file import stop_for_empty_file
from importer.cli.imports.ending import Ending
from importer.cli.imports.passes import Passes
from importer.cli.imports.request import ImportRequest
from importer.cli.private import safe_text
from importer.cli.surprise import surprise
from importer.errors import EmptySourceError, ImportStopped
from importer.report.facts import RunFacts, as_facts
from importer.zoom.pacing_rates import RATES


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
        code = await Passes(request, ending, stop, log).run(environ, folder)
    except EmptySourceError as nothing:
        error = stop_for_empty_file(nothing, request, environ, folder)
        code = error.exit_code
    except ImportStopped as stopped:
        error, code = stopped, stopped.exit_code
    except Exception as unforeseen:  # noqa: BLE001 - told in a sentence, and to whoever wants to know
        error = surprise(unforeseen)
        code = error.exit_code
    facts = as_facts(
        _facts(request, ending, started_at, time.monotonic() - began, code, error), ending.summary
    )
    aftermath.tell(facts, hurried=bool(stop.asked))
    if error is not None and log is None:
        raise error
    return code


def _facts(
    request: ImportRequest,
    ending: Ending,
    started_at: datetime,
    seconds: float,
    code: int,
    error: ImportStopped | None,
) -> RunFacts:
    return RunFacts(
        command="run" if request.plan is None else "apply",
        run_id=ending.run_id,
        file=request.file,
        mapping=request.mapping_path,
        address_book=ending.address_book,
        plan=request.account_plan,
        started_at=started_at.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=seconds,
        exit_code=code,
        error=safe_text(str(error or "")),
        limit_per_s=RATES[request.account_plan]["light"].per_second,
        observed_limit_per_s=ending.observed_limit,
        calls=ending.calls,
    )
