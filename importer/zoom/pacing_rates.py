"""How often an account may call the Contact Center API: one table, with its source.

Zoom's reference, "Rate limits", Contact Center table (early 2026); limits count per account, over all of
its apps and users together. The table for the rest of Zoom's API is higher and does not hold here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

Plan: TypeAlias = Literal["pro", "business"]
Label: TypeAlias = Literal["light", "medium", "heavy"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds.

    Attributes:
        count: calls, at least 1.
        per_s: seconds, more than 0.

    Raises:
        ValueError: when a number is not finite or too small.
    """

    count: int
    per_s: float = 1.0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"a rate needs a count of at least 1, not {self.count}")
        if not (math.isfinite(self.per_s) and self.per_s > 0):
            raise ValueError(f"a rate needs a time of more than 0 seconds, not {self.per_s}")

    @property
    def per_second(self) -> float:
        """Calls a second."""
        return self.count / self.per_s


RATES: Mapping[Plan, Mapping[Label, Rate]] = MappingProxyType(
    {
        "pro": MappingProxyType({"light": Rate(20), "medium": Rate(10), "heavy": Rate(5)}),
        # Business, Education, Enterprise and Partners
        "business": MappingProxyType({"light": Rate(40), "medium": Rate(20), "heavy": Rate(10)}),
    }
)
"""Calls a second by plan and rate label."""

HEAVY_CALLS_PER_DAY: Mapping[Plan, int] = MappingProxyType({"pro": 15_000, "business": 30_000})
"""The daily limit that heavy calls have on top; no call of the importer is heavy."""
