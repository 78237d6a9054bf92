"""What the sandbox has seen, for tests and benchmarks in other processes."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stats:
    """Counters. Seconds are counted from the start, by a clock that only goes forward."""

    def __init__(self, now: float) -> None:
        self.started = now
        self.requests: Counter[str] = Counter()
        self.labels: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.rate_limited: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self.accepted_per_second: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.in_flight = 0
        self.peak_in_flight = 0

    @contextmanager
    def flying(self) -> Iterator[None]:
        """Count a request as being answered."""
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1

    def admitted(self, label: str, refusal: str, now: float) -> None:
        """Count what the limiter said."""
        self.labels[label] += 1
        if refusal:
            self.rate_limited[f"{label} {refusal}"] += 1
            return
        self.accepted[label] += 1
        self.accepted_per_second[label][int(now - self.started)] += 1

    def report(self, now: float) -> dict[str, object]:
        """Give all of it in a shape that JSON can take.

        `requests` by operation and `statuses` by "operation status" count everything that arrived, `labels`,
        `accepted` and `rate_limited` what came as far as the limiter. `stored`, `updated` and `deleted` are
        contacts changed since the start, seeding included.
        """
        return {
            "seconds": round(now - self.started, 3),
            "requests": dict(self.requests),
            "labels": dict(self.labels),
            "statuses": dict(self.statuses),
            "accepted": dict(self.accepted),
            "accepted_per_second": {
                label: {str(second): count for second, count in sorted(seconds.items())}
                for label, seconds in self.accepted_per_second.items()
            },
            "rate_limited": dict(self.rate_limited),
            "faults": dict(self.faults),
            "stored": self.changes["stored"],
            "updated": self.changes["updated"],
            "deleted": self.changes["deleted"],
            "in_flight": self.in_flight,
            "peak_in_flight": self.peak_in_flight,
        }
