"""The settings as flags of a command line, for `python -m importer.sandbox` and whoever else serves it."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from importer.sandbox.faults import FAULT_KINDS, FaultRule, parse_rule
from importer.sandbox.limits import Plan, WindowPolicy
from importer.sandbox.settings import CHANGEABLE, Combination, SandboxSettings
from importer.sandbox.world import BOOKS, AddressBook, App

_EPILOG = """faults, each with a schedule (--fault drop_after:rate=0.05  --fault outage:after=200,seconds=4):
{kinds}
  conditions: rate (0 to 1), after (so many requests pass first), count (at most so often), start_s, stop_s
  (seconds since the start), seconds (how slow, how late, how long), on (creates, writes, reads, tokens, all)
"""


def _fault(text: str) -> FaultRule:
    try:
        return parse_rule(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f'"{text}" is no port; 0 to 65535 are')
    return int(text)


def _range(text: str) -> tuple[float, float]:
    least, _, most = text.partition(":")
    try:
        found = (float(least), float(most or least))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is no range of milliseconds such as 20:200') from error
    if not 0 <= found[0] <= found[1]:
        raise argparse.ArgumentTypeError(f'"{text}" has to go from a smaller to a larger number')
    return found


def build_parser(program: str) -> argparse.ArgumentParser:
    """Build the parser with every setting as a flag; `program` is what the person has typed."""
    kinds = "\n".join(f"  {kind:16} {text}" for kind, text in FAULT_KINDS.items())
    parser = argparse.ArgumentParser(
        prog=program,
        usage="%(prog)s [--port PORT] [--state FILE] [setting ...]",
        description="Serve a stand-in for Zoom's address-book API on this machine.",
        epilog=_EPILOG.format(kinds=kinds),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8765,
        help="0 takes a free one (default: 8765)",
    )
    parser.add_argument("--state", type=Path, help="SQLite file that keeps the contacts (default: none)")
    _add_limits(parser)
    _add_timing(parser)
    _add_account(parser)
    parser.add_argument("--fault", action="append", type=_fault, help="KIND:CONDITION=VALUE,... (repeatable)")
    parser.add_argument("--seed", type=int, help="of the random numbers, for the same faults every time")
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("rate limits")
    group.add_argument("--plan", choices=get_args(Plan), help="whose limits hold (default: business)")
    group.add_argument("--rate", type=int, help="light, medium and heavy calls a second; 0 is no limit")
    for label in ("light", "medium", "heavy"):
        group.add_argument(f"--{label}-per-s", type=int, help=f"{label} calls a second; 0 is no limit")
        group.add_argument(f"--{label}-per-day", type=int, help=f"{label} calls a day; 0 is no limit")
    group.add_argument("--day-s", type=float, help="seconds such a day lasts (default: until midnight UTC)")
    group.add_argument(
        "--window", choices=get_args(WindowPolicy), help="how a second is cut (default: sliding)"
    )
    group.add_argument(
        "--no-rate-headers", dest="rate_headers", action="store_false", default=None, help="leave them out"
    )


def _add_timing(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("timing")
    group.add_argument("--arrival-ms", type=_range, help="LEAST:MOST milliseconds a request is under way")
    group.add_argument("--latency-ms", type=float, help="milliseconds until a request is stored and answered")
    group.add_argument("--token-ttl-s", type=float, help="seconds a token lives (default: 3600)")
    group.add_argument("--page-token-ttl-s", type=float, help="seconds a page token lives (default: 900)")
    group.add_argument("--list-lag-s", type=float, help="seconds until lists show a new contact (default: 0)")


def _add_account(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("account")
    group.add_argument("--account-id", help="default: sandbox-account")
    group.add_argument("--client-id", help="default: sandbox-client")
    group.add_argument("--client-secret", help="default: sandbox-secret")
    group.add_argument("--scope", action="append", help="of the tokens (repeatable; default: read and write)")
    group.add_argument("--address-book", action="append", help="id of one more address book (repeatable)")
    group.add_argument("--consumer", action="append", help="id of a consumer (repeatable)")
    group.add_argument(
        "--filters", choices=get_args(Combination), help="emails and phone_numbers together (default: and)"
    )


def settings_from(arguments: argparse.Namespace) -> SandboxSettings:
    """Give the settings that the flags describe; a flag that is not given leaves its default."""
    given: dict[str, Any] = {}
    if arguments.rate is not None:
        given = {f"{label}_per_s": arguments.rate for label in ("light", "medium", "heavy")}
    values = {name: getattr(arguments, name) for name in (*CHANGEABLE, "seed")}
    given |= {name: value for name, value in values.items() if value is not None}
    if arguments.address_book:
        given["books"] = BOOKS + tuple(AddressBook(book_id, book_id) for book_id in arguments.address_book)
    if arguments.consumer:
        given["consumers"] = tuple(arguments.consumer)
    given["faults"] = tuple(arguments.fault or ())
    given["apps"] = (_app(arguments),)
    return SandboxSettings(**given)


def _app(arguments: argparse.Namespace) -> App:
    names = ("account_id", "client_id", "client_secret")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    app = App(**given)
    return replace(app, scopes=tuple(arguments.scope)) if arguments.scope else app


def parse(
    arguments: Sequence[str] | None, program: str = "python -m importer.sandbox"
) -> tuple[int, Path | None, SandboxSettings]:
    """Read a command line into port, state file and settings.

    Raises:
        SystemExit: with 2 and a message on standard error when it is wrong, with 0 after --help.
    """
    parser = build_parser(program)
    found = parser.parse_args(arguments)
    try:
        return found.port, found.state, settings_from(found)
    except ValueError as error:
        parser.error(str(error))
