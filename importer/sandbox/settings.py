"""Everything that can be set about the sandbox, as one frozen value."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from importer.sandbox.faults import FaultRule
from importer.sandbox.limits import PER_DAY, PER_SECOND, Label, Limiter, Plan, WindowPolicy
from importer.sandbox.world import BOOKS, CONSUMERS, CUSTOM_FIELDS, UNITS, AddressBook, App, CustomField, Unit

Combination: TypeAlias = Literal["and", "or"]


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How the sandbox behaves.

    Attributes:
        plan: whose row of Zoom's rate limit table holds.
        light_per_s, medium_per_s, heavy_per_s: calls a second instead of the plan's; 0 is no limit.
        light_per_day, medium_per_day, heavy_per_day: calls a day instead of the plan's; 0 is no limit.
        day_s: seconds after its first call at which such a day ends; None is midnight UTC.
        window: how a second is cut: fixed, sliding or bucket.
        rate_headers: whether answers carry X-RateLimit-... and Retry-After.
        arrival_ms: least and most milliseconds, evenly spread, that a request is on its way before it counts.
        latency_ms: milliseconds the server takes before it stores and answers.
        token_ttl_s: seconds an access token lives.
        page_token_ttl_s: seconds a next_page_token lives.
        list_lag_s: seconds until a new contact shows up in lists; a get by id sees it at once.
        filters: whether a list filtered by emails and phone_numbers wants both ("and") or either ("or").
            Zoom does not say.
        faults: see `importer.sandbox.faults`.
        seed: of the random numbers for faults and arrival times; None is a new one each time.

    Raises:
        ValueError: a word that is no choice, or a number that is none or negative.
    """

    plan: Plan = "business"
    light_per_s: int | None = None
    medium_per_s: int | None = None
    heavy_per_s: int | None = None
    light_per_day: int | None = None
    medium_per_day: int | None = None
    heavy_per_day: int | None = None
    day_s: float | None = None
    window: WindowPolicy = "sliding"
    rate_headers: bool = True
    arrival_ms: tuple[float, float] = (0.0, 0.0)
    latency_ms: float = 0.0
    token_ttl_s: float = 3600.0
    page_token_ttl_s: float = 900.0
    list_lag_s: float = 0.0
    filters: Combination = "and"
    faults: tuple[FaultRule, ...] = ()
    seed: int | None = None
    apps: tuple[App, ...] = (App(),)
    units: tuple[Unit, ...] = UNITS
    books: tuple[AddressBook, ...] = BOOKS
    custom_fields: tuple[CustomField, ...] = CUSTOM_FIELDS
    consumers: tuple[str, ...] = CONSUMERS

    def __post_init__(self) -> None:
        for name, choices in (("plan", Plan), ("window", WindowPolicy), ("filters", Combination)):
            if getattr(self, name) not in get_args(choices):
                raise ValueError(f'{name} is "{getattr(self, name)}"; it is one of {get_args(choices)}')
        numbers = [(name, getattr(self, name)) for name in _NUMBERS]
        for name, number in numbers + [("arrival_ms", number) for number in self.arrival_ms]:
            if number is not None and not (isinstance(number, int | float) and number >= 0):
                raise ValueError(f"{name} is {number!r}; it is a number and not negative")

    def limiter(self) -> Limiter:
        """Build the limiter that these settings describe, with nothing used up."""
        labels: tuple[Label, ...] = ("light", "medium", "heavy")
        per_second = {label: self._given(f"{label}_per_s", PER_SECOND[self.plan][label]) for label in labels}
        per_day = {label: self._given(f"{label}_per_day", PER_DAY[self.plan][label]) for label in labels}
        return Limiter(per_second, per_day, self.window, self.day_s)

    def _given(self, name: str, otherwise: int) -> int:
        value: int | None = getattr(self, name)
        return otherwise if value is None else value


_NUMBERS = (
    "light_per_s",
    "medium_per_s",
    "heavy_per_s",
    "light_per_day",
    "medium_per_day",
    "heavy_per_day",
    "day_s",
    "latency_ms",
    "token_ttl_s",
    "page_token_ttl_s",
    "list_lag_s",
)

CHANGEABLE = (*_NUMBERS, "plan", "window", "rate_headers", "arrival_ms", "filters")
"""What can be changed while the sandbox runs; faults have a door of their own."""


def changed(settings: SandboxSettings, changes: Mapping[str, object]) -> SandboxSettings:
    """Give the settings with some of `CHANGEABLE` replaced, as JSON has them.

    Raises:
        ValueError: a name that is not among them, or a value that is none.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f'"{min(unknown)}" cannot be changed; these can: {", ".join(CHANGEABLE)}')
    given = dict(changes)
    if isinstance(arrival := given.get("arrival_ms"), list):
        given["arrival_ms"] = tuple(arrival)
    return dataclasses.replace(settings, **given)  # type: ignore[arg-type]
