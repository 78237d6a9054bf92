"""What happens after a run: the summary as JSON, and telling somebody when it did not end well."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click

from importer.errors import SettingsError

NOTIFY_LIMIT_S = 60
"""A command that mails or posts is done by then; one that hangs must not keep the job alive."""


def check_summary_path(path: Path | None) -> None:
    """See before the run that the summary can be written.

    Raises:
        SettingsError: its folder does not exist, or it is one.
    """
    if path is None:
        return
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise SettingsError(
            f"The summary cannot be written to {path}. Choose a file in a folder that exists."
        )


def write_summary(path: Path, facts: Mapping[str, object]) -> None:
    """Write the summary, over the one of the last run: it is a state, not a history."""
    try:
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        click.echo(f"zoom-import: the summary could not be written to {path}: {error.strerror}", err=True)


def notify(command: str, facts: Mapping[str, object]) -> None:
    """Run the person's command in the shell with the summary as JSON on standard input.

    Its failure is told and changes nothing: the exit code stays that of the run.
    """
    try:
        done = subprocess.run(  # noqa: S602 - the person's own command line, as in cron
            command,
            shell=True,
            input=json.dumps(facts, ensure_ascii=False),
            text=True,
            encoding="utf-8",
            timeout=NOTIFY_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        click.echo(f"zoom-import: the notify command did not work: {error}", err=True)
        return
    if done.returncode:
        click.echo(f"zoom-import: the notify command ended with {done.returncode}", err=True)
