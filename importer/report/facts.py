"""A run in figures, for programs: what `--summary` writes and `--notify-command` reads. Pure."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from importer import __version__
from importer.report.summary import Summary

_TELLING = ("httpx", "pandas", "phonenumbers")
"""Libraries whose version can change what becomes of a row."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What surrounds the counts.

    Attributes:
        command: "run", "apply", ...
        run_id: id in the ledger, "" when the run never began.
        file, mapping, address_book, plan: what was asked for.
        started_at, finished_at: ISO 8601.
        seconds: from the first to the last moment, checking included.
        exit_code: what the process ends with.
        error: why it ended early, "" otherwise.
        limit_per_s: Light calls a second of the plan.
        observed_limit_per_s: what the account really allowed, None when that is what the plan says.
        calls: requests to the API by kind, retries included.
    """

    command: str
    run_id: str
    file: str
    mapping: str
    address_book: str
    plan: str
    started_at: str
    finished_at: str
    seconds: float
    exit_code: int
    error: str = ""
    limit_per_s: float = 0.0
    observed_limit_per_s: int | None = None
    calls: Mapping[str, int] = field(default_factory=dict)


def as_facts(facts: RunFacts, summary: Summary | None) -> Mapping[str, object]:
    """Return everything as plain values with stable names; counts are missing when the run never began."""
    told: dict[str, object] = {
        "command": facts.command,
        "run": facts.run_id,
        "exit_code": facts.exit_code,
        "error": facts.error,
        "file": facts.file,
        "mapping": facts.mapping,
        "address_book": facts.address_book,
        "account_plan": facts.plan,
        "started_at": facts.started_at,
        "finished_at": facts.finished_at,
        "seconds": round(facts.seconds, 3),
        "calls": dict(facts.calls),
        "versions": {
            "zoom-import": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            **{name: version(name) for name in _TELLING},
        },
    }
    return {**told, **(_counts(facts, summary) if summary is not None else {})}


def _counts(facts: RunFacts, summary: Summary) -> Mapping[str, object]:
    tally = summary.tally
    sending = summary.seconds
    return {
        "rows": tally.rows,
        "outcomes": dict(tally.outcomes),
        "issues": [
            {"code": code, "column": column, "count": count}
            for (code, column), count in tally.issues.most_common()
        ],
        "sending_seconds": round(sending, 3),
        "contacts_per_second": round(tally.sent / sending, 2) if sending > 0 else 0.0,
        "limit_per_second": facts.limit_per_s,
        "observed_limit_per_second": facts.observed_limit_per_s,
        "rate_limited": summary.throttled,
        "report": str(summary.report),
        "corrections": str(summary.corrections) if summary.corrections else "",
        "leavers": dict(summary.leavers),
        "leavers_report": str(summary.leavers_path) if summary.leavers_path else "",
        "drift": dict(summary.drift),
        "drift_report": str(summary.drift_path) if summary.drift_path else "",
        "ledger": str(summary.ledger) if summary.ledger else "",
        "notes": list(summary.notes),
    }
