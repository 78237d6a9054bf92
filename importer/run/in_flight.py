"""Calls on their way, which can all be given up at once when a draining run may not wait any longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class InFlight:
    """Waits for calls until somebody abandons them."""

    def __init__(self) -> None:
        self._abandoned = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def abandon(self) -> None:
        """Wait for no answer any more."""
        if self._abandoned:  # a second cancellation would outlive the one that is taken back
            return
        self._abandoned = True
        for task in self._tasks:
            task.cancel()

    async def unless_abandoned(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Wait for `work`; None when it is abandoned first."""
        # The task of whoever waits: one more for each row would double the steps of the event loop.
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - who awaits is in a task
        self._tasks.add(task)
        try:
            return await work
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
            task.uncancel()
            return None
        finally:
            self._tasks.discard(task)
