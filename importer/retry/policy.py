"""How often a row is tried and how long it waits in between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

_LARGEST_EXPONENT = 60
"""2.0**60 s is beyond every cap; a larger exponent would only overflow (attempt 2,000 must not)."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The retry budget of one row.

    Attributes:
        max_attempts: HTTP tries of one row, the first one included: 1 means no retry. Rate limits (429) and a
            long outage that all rows share do not count, they say nothing about the row.
        base_s: upper end of the wait before the first retry, in seconds.
        cap_s: longest wait, in seconds.
        give_up_after_s: seconds after which a row that is only ever put off (rate limit) is given up, and a
            run that gets nothing but faults is stopped; both go on with the next run.

    Raises:
        ValueError: for a number that makes no sense (a programming error: settings check theirs before).
    """

    max_attempts: int = 6
    base_s: float = 0.5
    cap_s: float = 30.0
    give_up_after_s: float = 900.0

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts is {self.max_attempts}; one attempt is the least there can be")
        if not 0 < self.base_s <= self.cap_s:
            raise ValueError(f"waits from {self.base_s} s up to {self.cap_s} s make no sense")
        if self.give_up_after_s < 0:
            raise ValueError(f"give_up_after_s is {self.give_up_after_s}; it cannot be negative")

    @classmethod
    def of_retries(cls, retries: int) -> Self:
        """Build the policy for a number of retries: 0 still means one attempt."""
        return cls(max_attempts=retries + 1)


def backoff(attempt: int, random: Callable[[], float], policy: RetryPolicy | None = None) -> float:
    """Seconds to wait after the given attempt (1 = the first): exponential, full jitter, capped.

    Full jitter (a uniform draw from 0 to the ceiling) spreads rows that failed together better than a wait
    with a little noise on top: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    Args:
        attempt: 1 or more; has no upper end.
        random: gives a number in [0, 1).
        policy: base and cap; None = the default policy.
    """
    chosen = policy or RetryPolicy()
    exponent = min(max(attempt, 1) - 1, _LARGEST_EXPONENT)
    ceiling: float = min(chosen.cap_s, chosen.base_s * 2.0**exponent)
    return ceiling * random()
