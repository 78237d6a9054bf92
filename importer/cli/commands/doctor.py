"""`zoom-import doctor`: the arguments, and how the findings are shown."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.durations import Duration
from importer.cli.commands.options import book_option, ledger_option, plan_option

_EPILOG = """\b
Exit codes:
  0  all is well
  1  a run would work, but there are warnings
  2  settings, mapping, ledger or disk have to be mended
  3  credentials, scopes or address book have to be mended
  4  Zoom cannot be reached at the moment
"""


@click.command("doctor", short_help="Try the set-up without changing anything.", epilog=_EPILOG)
@book_option
@plan_option
@ledger_option
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where the report of a run would go; default: this folder.",
)
@click.option(
    "-m",
    "--mapping",
    "mapping_path",
    metavar="YAML",
    help="Look also at this mapping, and whether the account has its custom fields.",
)
@click.option(
    "--timeout",
    type=Duration(least=1.0),
    default=10.0,
    show_default="10s",
    metavar="TIME",
    help="How long to wait for an answer.",
)
@click.option("--json", "as_program", is_flag=True, help="Print the findings as JSON, for programs.")
def command(as_program: bool, **arguments: Any) -> int:
    """Look at settings, hosts, token, scopes, address book, custom fields, rate, clock, ledger and disk.

    One line a check: ok, warning, problem, or - where it could not be looked at. Nothing is changed, neither
    in Zoom nor on this computer.
    """
    from importer.cli.doctor.case import DoctorRequest  # noqa: PLC0415 - loads what --help does not need

    return asyncio.run(_show(DoctorRequest(**arguments), as_program=as_program))


async def _show(request: Any, *, as_program: bool) -> int:
    from importer.cli.doctor.doctoring import examine  # noqa: PLC0415
    from importer.run.doctor import exit_code  # noqa: PLC0415

    findings = []
    async for finding in examine(request, os.environ, Path.cwd()):
        findings.append(finding)
        if not as_program:
            word = "-" if finding.state == "unchecked" else finding.state
            click.echo(f"{word:<9}{finding.check:<16}{finding.text}")
    code = exit_code(findings)
    if as_program:
        checks = [
            {"check": finding.check, "state": finding.state, "text": finding.text} for finding in findings
        ]
        click.echo(json.dumps({"exit_code": code, "checks": checks}, indent=2))
    return code
