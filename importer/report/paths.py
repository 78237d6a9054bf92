"""Where the report and its corrections file go: never over anything that is there."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NoReturn

from importer.errors import SettingsError


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """The files of one run."""

    report: Path
    corrections: Path

    @property
    def drift(self) -> Path:
        """Where contacts go that somebody has changed in Zoom."""
        return self.report.with_name(f"{self.report.stem}-drift.csv")

    @property
    def leavers(self) -> Path:
        """Where contacts go whose rows are not in the file any more."""
        return self.report.with_name(f"{self.report.stem}-leavers.csv")


def report_paths(source: str, chosen: Path | None, started_at: datetime) -> ReportPaths:
    """Choose the files of a run and reserve the report by creating it.

    Args:
        source: path of the file with the rows, "-" for standard input (then the working folder is used).
        chosen: what `--report` says; a name beside `source` with the time in it when None.
        started_at: local time of the run's start.

    Raises:
        SettingsError: `chosen` exists, or the folder cannot be written to.
    """
    if chosen is not None:
        check_report_path(chosen)
        return _reserved(chosen) or _refuse(chosen)
    base = Path("stdin") if source == "-" else Path(source)
    stem = base.name.split(".")[0] or "rows"
    stamp = started_at.strftime("%Y%m%d-%H%M%S")
    for attempt in count(1):
        suffix = "" if attempt == 1 else f"-{attempt}"
        paths = _reserved(base.with_name(f"{stem}-report-{stamp}{suffix}.csv"))
        if paths is not None:
            return paths
    raise AssertionError("count never ends")


def check_report_path(chosen: Path) -> None:
    """Find out whether `--report` can be used, and create nothing: asked before minutes of reading.

    Raises:
        SettingsError: it exists, is a folder, or its folder does not exist.
    """
    if not chosen.name or chosen.is_dir():
        raise SettingsError(
            f"--report {chosen} is a folder. Give the name of a file that does not exist yet."
        )
    if not chosen.parent.is_dir():
        raise SettingsError(
            f"The report cannot be written to {chosen}: there is no folder {chosen.parent}. "
            "Choose another place with --report PATH."
        )
    if chosen.exists() or _is_taken(ReportPaths(chosen, _corrections(chosen))):
        _refuse(chosen)


def _corrections(report: Path) -> Path:
    return report.with_name(f"{report.stem}-corrections.csv")


def _is_taken(paths: ReportPaths) -> bool:
    return any(path.exists() for path in (paths.corrections, paths.leavers, paths.drift))


def _reserved(report: Path) -> ReportPaths | None:
    """Create the report file; None when it or its corrections file is already there."""
    paths = ReportPaths(report, _corrections(report))
    if _is_taken(paths):
        return None
    try:
        report.open("x").close()
    except FileExistsError:
        return None
    except OSError as error:
        raise SettingsError(
            f"The report cannot be written to {report}: {error.strerror or error}. "
            "Choose another place with --report PATH."
        ) from error
    return paths


def _refuse(report: Path) -> NoReturn:
    raise SettingsError(
        f"{report} (or its corrections file) is already there and is not overwritten. "
        "Choose another name with --report PATH."
    )
