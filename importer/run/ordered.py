"""Puts things that finish in any order back into the order in which they started."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class InOrder(Generic[T]):
    """Hands values to `emit` in the order of their tickets 0, 1, 2, ... as soon as nothing before is missing.

    Keeps only what has finished ahead of the oldest unfinished one; the caller bounds how far ahead
    that can be.
    """

    def __init__(self, emit: Callable[[T], None]) -> None:
        self._emit = emit
        self._ahead: dict[int, T] = {}
        self._issued = 0
        self._next = 0
        self._open = 0
        self._weights: dict[int, int] = {}

    @property
    def open(self) -> int:
        """How much is issued and not yet emitted: the weights of its tickets."""
        return self._open

    def ticket(self, weight: int = 1) -> int:
        """Return the next place in the order."""
        self._weights[self._issued] = weight
        self._open += weight
        self._issued += 1
        return self._issued - 1

    def finish(self, ticket: int, value: T) -> None:
        """Give the value of a ticket; emits it and all that waited for it."""
        self._ahead[ticket] = value
        while self._next in self._ahead:
            ready = self._ahead.pop(self._next)
            self._open -= self._weights.pop(self._next)
            self._next += 1
            self._emit(ready)
