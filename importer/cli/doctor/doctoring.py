"""`zoom-import doctor`: look at all that a run needs, one check after the other, and change nothing."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from importer.cli.doctor.case import Case, DoctorRequest, problem, safely
from importer.cli.doctor.doctoring_account import account_findings
from importer.cli.inputs import read_mapping
from importer.config import settings_from
from importer.errors import ImportStopped
from importer.ledger import default_path
from importer.ledger.inspection import inspect
from importer.model import Fault
from importer.run.doctor import (
    BOOK,
    CREDENTIALS,
    Finding,
    clock_finding,
    disk_finding,
    ledger_findings,
    settings_finding,
)
from importer.zoom.account import clock_skew_s
from importer.zoom.reach import knock


async def examine(request: DoctorRequest, environ: Mapping[str, str], folder: Path) -> AsyncIterator[Finding]:
    """Yield the findings as they come; one check that fails does not keep the others from being made."""
    case = Case(request, folder)
    for finding in safely("settings", partial(_settings, case, environ)):
        yield finding
    for finding in safely("mapping", partial(_mapping, case)):
        yield finding
    async for finding in _hosts(case):
        yield finding
    async for finding in account_findings(case):
        yield finding
    yield clock_finding(case.skew_s)
    for finding in safely("ledger", partial(_ledger, case)):
        yield finding
    for finding in safely("disk", partial(_disk, case)):
        yield finding


def _settings(case: Case, environ: Mapping[str, str]) -> Sequence[Finding]:
    case.settings = settings_from(environ, case.folder)
    if case.request.address_book is not None:
        case.settings[BOOK] = case.request.address_book.strip()
    missing = [name for name in (*CREDENTIALS, BOOK) if not case.settings.get(name)]
    return [settings_finding(missing, case.wrong_addresses(), case.book_id)]


def _mapping(case: Case) -> Sequence[Finding]:
    path = case.request.mapping_path
    if path is None:
        return []
    case.mapping = read_mapping(path)
    return [Finding("mapping", "ok", f"{path} can be used")]


async def _hosts(case: Case) -> AsyncIterator[Finding]:
    by_host = {urlsplit(url).netloc: url for url in (case.oauth_url, case.api_url) if url}
    for host, url in by_host.items():
        try:
            finding = await _host(case, host, url)
        except ImportStopped as error:
            finding = problem("host", error)
        if finding.state != "ok":
            case.unreachable.add(host)
        yield finding


async def _host(case: Case, host: str, url: str) -> Finding:
    found = await knock(url, case.request.timeouts)
    way = f" through the proxy {found.proxy}" if found.proxy else ""
    if isinstance(found.answer, Fault):
        return Finding("host", "problem", f"{host} cannot be reached{way}. {found.why}", "network")
    case.skew_s = clock_skew_s(found.answer, datetime.now(UTC))
    return Finding("host", "ok", f"{host} answers{way}")


def _ledger_path(case: Case) -> Path | None:
    if case.request.ledger is not None:
        return case.folder / case.request.ledger.expanduser()
    account = case.settings.get("ZOOM_ACCOUNT_ID", "")
    known = account and case.book_id and case.api_url
    return default_path(account, case.book_id, case.api_url) if known else None


def _ledger(case: Case) -> Sequence[Finding]:
    path = _ledger_path(case)
    if path is None or not (case.settings.get("ZOOM_ACCOUNT_ID") and case.book_id and case.api_url):
        return [Finding("ledger", "unchecked", "which one it is depends on account and address book")]
    if not path.exists():
        return [Finding("ledger", "ok", f"{path} is not there yet; the first run makes it")]
    found = inspect(
        path,
        account_id=case.settings["ZOOM_ACCOUNT_ID"],
        address_book_id=case.book_id,
        api_url=case.api_url,
    )
    return ledger_findings(found, case.in_book)


def _disk(case: Case) -> Sequence[Finding]:
    ledger, report = _ledger_path(case), case.request.report
    reports = case.folder / report.expanduser().parent if report is not None else case.folder
    findings = [] if ledger is None else [_room("disk (ledger)", ledger.parent)]
    if not reports.is_dir():
        return [*findings, Finding("disk (reports)", "problem", f"{reports} is not there: make it", "input")]
    return [*findings, _room("disk (reports)", reports)]


def _room(check: str, folder: Path) -> Finding:
    """Look at a folder, or at the nearest one above it when a run would make it."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    free = shutil.disk_usage(there).free
    return disk_finding(check, str(folder), free, writable=os.access(there, os.W_OK))
