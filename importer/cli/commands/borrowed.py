"""Options of `run` that other commands have too: written once, and the same everywhere."""

from collections.abc import Collection

import click

from importer.cli.commands.run import command as run_command

SENDING = (
    "account_plan",
    "report",
    "wait_for_quota",
    "timeout",
    "settle_pause",
    "share",
    "rate",
    "quiet_hours",
    "workers",
    "durability",
    "log_format",
    "summary",
    "notify_command",
    "canary",
    "no_progress",
    "quiet",
)
"""Options that say how to send, not what."""

READING = ("encoding", "delimiter", "quote", "escape", "heading_line", "sheet", "headings")
"""Options that say how to read the file, as `importer.cli.options.reading` adds them."""


def options_of_run(names: Collection[str]) -> list[click.Parameter]:
    """Return the options of `zoom-import run` with these names, in its order."""
    return [option for option in run_command.params if option.name in names]
