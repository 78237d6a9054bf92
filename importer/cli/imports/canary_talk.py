"""What the canary shows, and the question that it asks."""

import signal
import sys
from collections.abc import Callable, Sequence

import click

from importer.cli.events import EventLog
from importer.counted import counted
from importer.run.canary import CanaryRow, differing_fields

_WIDTH = 40


def rendered(rows: Sequence[CanaryRow]) -> str:
    """Write one line when everything is stored as sent, otherwise field by field what differs from what."""
    wrong = [row for row in rows if not row.as_sent]
    if not wrong:
        return f"canary: {counted(len(rows), 'contact')} stored exactly as sent"
    lines = [f"canary: {len(wrong):,} of {counted(len(rows), 'contact')} not stored as sent"]
    for row in rows:
        lines += _of_row(row)
    return "\n".join(lines)


def _of_row(row: CanaryRow) -> list[str]:
    title = f"  row {row.number} (line {row.line})" + (
        f", contact {row.contact_id}" if row.contact_id else ""
    )
    if row.problem:
        return [f"{title}: {row.problem}"]
    if row.as_sent:
        return [f"{title}: as sent"]
    lines = [f"{title}:", f"      {'field':<16}{'sent':<{_WIDTH}}  stored"]
    for pair in row.pairs:
        mark = "  " if pair.equal else "!="
        lines.append(
            f"   {mark} {pair.field:<16}{pair.sent or '(nothing)':<{_WIDTH}}  {pair.stored or '(nothing)'}"
        )
    return lines


def judge_aloud(*, quiet: bool) -> Callable[[Sequence[CanaryRow]], bool]:
    """Build the judge of a canary that shows it, and asks on a terminal; where nobody is, it is strict.

    What differs is shown with --quiet as well: it is why the run stops.
    """

    def go_on(rows: Sequence[CanaryRow]) -> bool:
        as_sent = all(row.as_sent for row in rows)
        from tqdm import tqdm  # noqa: PLC0415 - as in `progress`

        with tqdm.external_write_mode():  # a line of its own, not the end of the bar's
            if not (quiet and as_sent):
                click.echo(rendered(rows))
            return as_sent or (sys.stdin.isatty() and sys.stderr.isatty() and _asked())

    return go_on


def judge_in_log(log: EventLog) -> Callable[[Sequence[CanaryRow]], bool]:
    """Build the judge that writes an event, without contact data, and is strict."""

    def go_on(rows: Sequence[CanaryRow]) -> bool:
        wrong = sum(not row.as_sent for row in rows)
        log.write("canary", contacts=len(rows), not_as_sent=wrong, fields=dict(differing_fields(rows)))
        return not wrong

    return go_on


def _asked() -> bool:
    # Ctrl-C shall answer the question: the run's own handler would only tell the loop, which is waiting here.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm("Go on with the other rows all the same?", default=False, err=True)
    except click.Abort:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
