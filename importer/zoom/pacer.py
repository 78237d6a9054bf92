"""What the client needs of pacing: a place in the rate before a request, and an ear for the answer."""

from typing import Protocol

from importer.model import Reply


class Pacer(Protocol):
    """Paces the requests of one rate label; shared by all workers.

    Attributes:
        waiting: tasks that wait in `acquire` now.
    """

    waiting: int

    async def acquire(self) -> None:
        """Return when one request may leave."""
        ...

    def observe(self, reply: Reply, sent_at: float) -> None:
        """Learn from an answer; `sent_at` is the clock reading at which its request left, in seconds."""
        ...
