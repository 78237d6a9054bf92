"""The whole stack below the run over real HTTP, against the sandbox with all its faults on."""

import asyncio
from collections import Counter

import pytest

from importer.model import Created
from importer.retry import RetryPolicy
from importer.sandbox.faults import FaultRule
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings
from importer.sending import Sender, SettlePolicy
from importer.zoom.client import ZoomClient
from importer.zoom.settings import ZoomSettings

FAULTS = (
    FaultRule("drop_before", rate=0.06),
    FaultRule("drop_after", rate=0.06),
    FaultRule("error_500", rate=0.04),
    FaultRule("error_500_stored", rate=0.04),
    FaultRule("html_502_stored", rate=0.04),
    FaultRule("late_store", rate=0.04, seconds=0.3),
    FaultRule("broken_json", rate=0.04),
    FaultRule("no_contact_id", rate=0.04),
    FaultRule("stray_401", rate=0.04),
    FaultRule("concurrent_429", rate=0.04),
    FaultRule("error_500", rate=0.1, on="reads"),
    FaultRule("drop_before", rate=0.1, on="reads"),
)


class Unpaced:
    """A pacer that lets everything through."""

    waiting = 0

    async def acquire(self):
        return

    def observe(self, reply, sent_at):
        return


@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_once_with_all_faults_on(stage, seed):
    """A third of the creates go wrong somehow, a fifth of the look-ups: every row is there once."""
    settings = SandboxSettings(light_per_s=0, medium_per_s=0, faults=FAULTS, seed=seed, list_lag_s=0.05)
    # Most rows share their content with another one.
    people = [stage.payload_of(f"Person {n}", emails=[f"p{n}@example.com"]) for n in range(60)]
    rows = {f"k{n}": people[n % 60] for n in range(100)}

    async def main(sandbox):
        at = ZoomSettings(
            "sandbox-account", "sandbox-client", "sandbox-secret", f"{sandbox.url}/v2", sandbox.oauth_url
        )
        async with ZoomClient(at, {label: Unpaced() for label in ("light", "medium", "heavy")}) as client:
            sender = Sender(
                client,
                "sandbox-book",
                owner=lambda _: None,
                policy=RetryPolicy(base_s=0.02, cap_s=0.2, max_attempts=12),
                settle=SettlePolicy(looks_s=(0.0, 0.2, 0.7), patient_looks_s=(1.0, 2.0), twin_after_s=0.1),
            )
            return await asyncio.gather(*(sender.send(stage.create(*row)) for row in rows.items()))

    with RunningSandbox(settings) as sandbox:
        outcomes = asyncio.run(main(sandbox))
        book = sandbox.contacts()
    assert Counter(type(outcome) for outcome in outcomes) == {Created: 100}
    assert sorted(outcome.contact_id for outcome in outcomes) == sorted(one["contact_id"] for one in book)
    names = Counter(payload["display_name"] for payload in rows.values())
    assert Counter(one["display_name"] for one in book) == names
    assert any(outcome.adopted for outcome in outcomes)
