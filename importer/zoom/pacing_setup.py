"""The pacers of one account, wired together."""

import time
from pathlib import Path
from typing import get_args

from importer.zoom.budget import Budget
from importer.zoom.pacing import FreePacer, Pacer
from importer.zoom.pacing_rates import RATES, Label, Plan
from importer.zoom.pacing_schedule import PaceSchedule


class Pacers(dict[Label, Pacer | FreePacer]):
    """One pacer per rate label; a context manager that lets go of the shared file.

    Build it early: the first call waits until one second after `quiet_since`, a second that reading and
    checking the file can fill.

    Arguments:
        plan: decides the limits.
        schedule: what the person allows of them.
        account_id: whose limits they are.
        budget_path: the SQLite file that runs on this machine share, None to share nothing.
        quiet_since: monotonic time since which this process has sent nothing; now when left out.
    """

    def __init__(
        self,
        plan: Plan,
        schedule: PaceSchedule,
        *,
        account_id: str,
        budget_path: Path | None,
        quiet_since: float | None = None,
    ) -> None:
        super().__init__()
        self._budgets: list[Budget] = []
        since = time.monotonic() if quiet_since is None else quiet_since
        for label in get_args(Label):
            if schedule.unlimited:
                self[label] = FreePacer()
                continue
            budget = None if budget_path is None else Budget(budget_path, account_id, label)
            self._budgets += [budget] if budget else []
            self[label] = Pacer(RATES[plan][label], schedule, budget=budget, quiet_since=since)

    @property
    def note(self) -> str:
        """Why the rate is not shared with other runs on this machine, "" when it is."""
        return next((budget.note for budget in self._budgets if budget.note), "")

    def close(self) -> None:
        """Let go of the shared file."""
        for budget in self._budgets:
            budget.close()

    def __enter__(self) -> "Pacers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
