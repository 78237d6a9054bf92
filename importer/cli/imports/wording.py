"""The sentences around an import. Pure."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from importer.cli.imports.request import ImportRequest
from importer.counted import counted
from importer.run.survey import Survey


def planned(survey: Survey) -> str:
    """Say what the first pass found."""
    parts = [f"{counted(survey.rows, 'row')} checked: {survey.sendable:,} can be imported"]
    parts += [f"{survey.rejected:,} rejected"] if survey.rejected else []
    parts += [f"{survey.skipped:,} left out by the mapping"] if survey.skipped else []
    return ", ".join(parts)


def next_command(request: ImportRequest, corrections: Path | None, *, stopped: bool) -> str:
    """Say what to type next: the same again after a stop, the mended corrections file otherwise."""
    if stopped:
        return f"{_shell(_without(request.command_line, '--report'))}   (goes on where it stopped)"
    if corrections is None:
        return ""
    command = _without(_without(request.command_line, "--report"), "--limit")
    mended = [str(corrections) if word == request.file else word for word in command]
    return f"mend the corrections file, then: {_shell(mended)}"


def _without(words: Sequence[str], option: str) -> list[str]:
    """Leave an option and its value out of a command line."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word != option and not word.startswith(f"{option}="):
            kept.append(word)
        skip = word == option
    return kept


def _shell(words: Sequence[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def notes(
    *, sharing: str, limit: int, observed_limit: int | None, rows: int, finished: int, stopped: bool
) -> tuple[str, ...]:
    """Say what is worth knowing besides the counts.

    Args:
        sharing: why the rate is not shared with other runs of this machine, "" when it is.
        limit: contacts a second by the account's plan.
        observed_limit: contacts a second that the account really allowed, None when as the plan says.
        rows: of the file.
        finished: rows that have an outcome.
        stopped: the run ended early.
    """
    found = [sharing] if sharing else []
    if observed_limit is not None:
        found.append(_other_limit(limit, observed_limit))
    if stopped and rows > finished:
        found.append(f"{rows - finished:,} further rows were not attempted and have no line in the report")
    return tuple(found)


def _other_limit(limit: int, observed: int) -> str:
    """Say that the account has another limit than its plan, and what to do about it."""
    text = f"the account allowed about {observed} contacts a second, not the {limit} of its plan"
    if observed > limit:
        return f"{text}: check --account-plan"
    return f"{text}: check --account-plan, or something else uses the account at the same time"


def leaver_notes(counts: Mapping[str, int], held_back: str) -> tuple[str, ...]:
    """Say what became of the contacts whose rows the file does not have any more.

    Args:
        counts: by the words of the leavers CSV.
        held_back: why none was deleted although the person asked for it, "" otherwise.
    """
    if held_back:
        return (held_back,)
    found = []
    if counts.get("listed"):
        found.append(
            f"contacts of this source that are not in the file any more: {counts['listed']:,}, left in the "
            "address book; --leavers delete deletes them"
        )
    done = ", ".join(f"{name} {count:,}" for name, count in counts.items() if name != "listed")
    if done:
        found.append(f"contacts that are not in the file any more: {done}")
    return tuple(found)
