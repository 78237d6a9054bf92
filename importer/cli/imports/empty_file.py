"""A file without rows: the wrong file on the first day, a broken export on any other."""

from collections.abc import Mapping
from pathlib import Path

from importer.cli.imports.judging import run_named, stop_message
from importer.cli.imports.request import ImportRequest
from importer.cli.past.past import ledger_place
from importer.errors import EmptySourceError, ImportStopped, StoppedEarly
from importer.ledger import Reader
from importer.run.continuity import last_whole_run


def stop_for_empty_file(
    nothing: EmptySourceError, request: ImportRequest, environ: Mapping[str, str], folder: Path
) -> ImportStopped:
    """Say what an empty file means: itself, or a brake when the last run had rows."""
    if request.sandbox and request.ledger is None:
        return nothing
    try:
        place = ledger_place(request.ledger, request.address_book, environ, folder)
        if not place.exists():
            return nothing
        with Reader(place, source=request.source) as ledger:
            last = last_whole_run(ledger.runs(), ledger.source)
    except ImportStopped:
        return nothing
    if last is None or not last.rows:
        return nothing
    said = (
        f"{nothing} The last run ({run_named(last)}) had {last.rows:,} rows. Run the same command again when "
        "the export is right."
    )
    return StoppedEarly(stop_message((said,)))
