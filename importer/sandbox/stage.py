"""What all requests share: settings, contacts, limits, tokens, faults, clocks."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from importer.sandbox.faults import FaultPlan, FaultRule
from importer.sandbox.settings import SandboxSettings
from importer.sandbox.stats import Stats
from importer.sandbox.store import Store
from importer.sandbox.tokens import Tokens
from importer.sandbox.world import World


class Stage:
    """The state of one sandbox. It belongs to one event loop; only that one may touch it."""

    def __init__(self, settings: SandboxSettings, state_path: Path | None = None) -> None:
        self.random = random.Random(settings.seed)  # noqa: S311 - faults are no secret
        self.store = Store(state_path)
        self.tokens = Tokens(settings.apps)
        self.world = World(settings.units, settings.books, settings.custom_fields, settings.consumers)
        self.closing = asyncio.Event()
        self._late: dict[asyncio.TimerHandle, Callable[[], object]] = {}
        self.configure(settings)
        self.set_faults(settings.faults)
        self.stats = Stats(self.now())

    def configure(self, settings: SandboxSettings) -> None:
        """Take over settings; every limit starts unused."""
        self.settings = settings
        self.limiter = settings.limiter()

    def set_faults(self, rules: tuple[FaultRule, ...]) -> None:
        """Replace the rules; their schedules start now."""
        self.fault_rules = rules
        self.faults = FaultPlan(rules, self.random.random, self.now())

    def reset(self) -> None:
        """Forget contacts, counts and used-up limits; settings stay, the schedules of faults start anew."""
        self._flush(run=False)
        self.store.clear()
        self.configure(self.settings)
        self.set_faults(self.fault_rules)
        self.stats = Stats(self.now())

    @staticmethod
    def now() -> float:
        """Seconds of a clock that only goes forward."""
        return time.monotonic()

    @staticmethod
    def wall() -> float:
        """Seconds since 1970."""
        return time.time()

    async def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than until the sandbox closes."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)

    async def arrive(self) -> None:
        """Let the request be on its way for as long as the settings say."""
        least, most = self.settings.arrival_ms
        if most > 0:
            await self.wait(self.random.uniform(least, most) / 1000)

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Do something after a while, or when the sandbox closes."""

        def due() -> None:
            del self._late[handle]
            work()

        handle = asyncio.get_running_loop().call_later(seconds, due)
        self._late[handle] = work

    def _flush(self, *, run: bool) -> None:
        for handle, work in list(self._late.items()):
            handle.cancel()
            if run:
                work()
        self._late.clear()

    def close(self) -> None:
        """Store what was to be stored later, and close the file."""
        self._flush(run=True)
        self.store.close()
