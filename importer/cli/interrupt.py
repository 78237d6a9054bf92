"""Ctrl-C and SIGTERM: the first asks the run to drain, the second ends it at once."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = {"SIGINT": "Ctrl-C", "SIGTERM": "SIGTERM", "SIGBREAK": "Ctrl-Break"}
"""Signals, and what the person at the keyboard calls them."""


@contextmanager
def on_interrupt(drain: Callable[[str], None], end: Callable[[], None]) -> Iterator[None]:
    """Call `drain` with what people call the signal at the first signal and `end` at any further one.

    Works on Windows too, whose event loop knows no signal handlers: there Python's own handler passes the
    news on to the loop. Handlers that were there before come back at the end.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def told(name: str) -> None:
        nonlocal asked
        if asked:
            end()
        else:
            asked = True
            drain(name)

    def handle(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(told, _NAMES[signal.Signals(number).name])

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
