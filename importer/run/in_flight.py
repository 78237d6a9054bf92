"""Calls on their way, which can all be given up at once when a draining run may not wait any longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class InFlight:
    """Waits for calls until somebody abandons them."""

    def __init__(self) -> None:
        self._abandoned = False
        self._tasks: set[asyncio.Future[Any]] = set()

    def abandon(self) -> None:
        """Wait for no answer any more."""
        self._abandoned = True
        for task in list(self._tasks):
            task.cancel()

    async def unless_abandoned(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Wait for `work`; None when it is abandoned first."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if self._abandoned:
                return None
            raise
        finally:
            self._tasks.discard(task)
