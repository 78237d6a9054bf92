"""Running the engine with a clock beside it, and ending it when the person says so."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from importer.cli.account import Access
from importer.cli.progress import Pause, Progress
from importer.errors import StoppedEarly
from importer.ledger import Ledger
from importer.report import ReportWriter, Tally
from importer.sending import Drain, Sender

T = TypeVar("T")

ABANDON_S = 7.0
"""How long a draining run waits for answers; SIGTERM shall end it within 10 s."""

REFRESH_S = 0.5


@dataclass(slots=True)
class StopSwitch:
    """What Ctrl-C and SIGTERM do, depending on how far the run has come.

    Attributes:
        asked: name of the first signal, "" before it.
    """

    asked: str = ""
    _drain: Callable[[str], None] | None = None
    _abandon: Callable[[], None] | None = None
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)
    _waiting: asyncio.Task[Any] | None = None

    async def race(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for `work`, which sends nothing that changes anything, no longer than until a signal comes.

        Raises:
            StoppedEarly: a signal has come.
        """
        self._waiting = task = asyncio.create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            self.check()
            raise
        finally:
            task.cancel()
            self._waiting = None

    def attach(self, drain: Callable[[str], None], abandon: Callable[[], None]) -> None:
        """From now on there is something to drain."""
        self._drain, self._abandon = drain, abandon
        self.check()

    def ask(self, signal_name: str) -> None:
        """Drain, and wait for answers no longer than `ABANDON_S`."""
        self.asked = signal_name
        if self._waiting is not None:
            self._waiting.cancel()
        if self._drain is not None and self._abandon is not None:
            self._drain(f"Stopped by {signal_name}. Run the same command again to go on.")
            self._timers.append(asyncio.get_running_loop().call_later(ABANDON_S, self._abandon))

    def end(self) -> None:
        """The second signal: wait for nothing."""
        if self._abandon is not None:
            self._abandon()

    def check(self) -> None:
        """Give up before anything was sent.

        Raises:
            StoppedEarly: a signal has come.
        """
        if self.asked:
            raise StoppedEarly(f"Stopped by {self.asked} before anything was sent.")


async def drive(
    work: Coroutine[Any, Any, None],
    abandon: Callable[[], None],
    sender: Sender,
    progress: Progress,
    report: ReportWriter,
    access: Access,
    stop: StopSwitch,
) -> None:
    """Let `work` come to its end; redraw and flush twice a second.

    Args:
        work: begins, sends and settles.
        abandon: makes it wait for no answer any more.
    """

    def drain(message: str) -> None:
        sender.drain.begin("interrupted", message)

    stop.attach(drain, abandon)
    working = asyncio.create_task(work)
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=REFRESH_S)
            flush(report, sender.drain)
            progress.refresh(pause_of(sender, access))
    finally:
        if not working.done():
            working.cancel()
    await working


def flush(report: ReportWriter, drain: Drain) -> None:
    """Hand the report to the operating system; a disk that is full ends the run in good order."""
    try:
        report.flush()
    except StoppedEarly as error:
        drain.begin("interrupted", str(error))


def finish(ledger: Ledger, drain: Drain, tally: Tally) -> None:
    """End the run in the ledger. One that is full does not learn it, and counts the run as dead next time."""
    try:
        ledger.finish_run("stopped" if drain.begun else "finished", dict(tally.outcomes), rows=tally.rows)
    except StoppedEarly as error:
        drain.begin("interrupted", str(error))


def pause_of(sender: Sender, access: Access) -> Pause:
    """Find out why nothing moves, and for how long."""
    if sender.drain.begun:
        return Pause("finishing what is on its way", sending=True)
    if sender.pause.until is not None:
        return Pause(sender.pause.reason, sender.pause.left_s)
    if sender.outage.open:
        outage = sender.outage
        return Pause(f"no answer from Zoom ({outage.reason})", next_try_s=outage.next_try_s)
    hold = access.pacers["light"].hold
    if hold:
        left_s = None if hold.until is None else hold.until - time.monotonic()
        # most are over before anybody could read them
        return Pause(hold.reason, left_s, sending=left_s is not None and left_s < 2)
    # The last minute of a file, and the first half of one after a crash, may be nothing else.
    return Pause("looking for contacts whose answer was lost", sending=True) if sender.parked else Pause()
