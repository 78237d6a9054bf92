"""Faults that can be switched on: which there are, and when one strikes.

A rule names a kind and a schedule; `FaultPlan` decides, request by request, which rule strikes. What a fault
then does to the answer is in `importer.sandbox.misbehaviour`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

Target: TypeAlias = Literal["creates", "writes", "reads", "tokens", "all"]

FAULT_KINDS: Mapping[str, str] = {
    "error_500": "500, nothing stored",
    "error_500_stored": "500, although it is stored",
    "html_502": "502 with a page of HTML, nothing stored",
    "html_502_stored": "502 with a page of HTML, although it is stored",
    "drop_before": "connection dropped, nothing stored",
    "drop_after": "connection dropped, although it is stored",
    "slow_before": "stored and answered `seconds` late",
    "slow_after": "stored at once, answered `seconds` late",
    "stall": "never answered, nothing stored",
    "stall_stored": "never answered, although it is stored",
    "late_store": "connection dropped at once, stored `seconds` later",
    "stray_401": "401 code 124 for a good token, nothing stored",
    "broken_json": "stored, answered with JSON that ends in the middle",
    "no_contact_id": "stored, answered without a contact_id",
    "alters": "stored with the company in capitals and one of several phones less, answered as sent",
    "concurrent_429": "429 for too many concurrent requests, nothing stored",
    "outage": "every connection dropped for `seconds`",
    "outage_503": "503 to everything for `seconds`",
}
"""Every kind of fault and what it does."""

OUTAGES = frozenset({"outage", "outage_503"})

DEFAULT_SECONDS: Mapping[str, float] = {"outage": 5.0, "outage_503": 5.0, "late_store": 5.0}


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One fault and its schedule: all conditions together have to hold.

    Attributes:
        kind: one of `FAULT_KINDS`.
        rate: probability with which a request that meets the rest is struck, 0 to 1.
        after: so many matching requests pass first; 9 strikes at the tenth.
        count: strikes at most so often. None is without end, but once for an outage.
        start_s: seconds after the rules were set before which nothing happens.
        stop_s: seconds after the rules were set from which nothing happens any more, None for never.
        seconds: how slow, how late, how long. None is 2 s, and 5 s for an outage and a late store.
        on: which requests: creates, writes (create, update, delete of contacts), reads, tokens, or all. None
            is writes, and for an outage all.

    Raises:
        ValueError: a kind that there is not, a number that makes no sense.
    """

    kind: str
    rate: float = 1.0
    after: int = 0
    count: int | None = None
    start_s: float = 0.0
    stop_s: float | None = None
    seconds: float | None = None
    on: Target | None = None

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(_no_such_kind(self.kind))
        if not 0.0 <= self.rate <= 1.0:
            raise ValueError(f"the rate of {self.kind} is {self.rate}; it is a probability from 0 to 1")
        if self.on is not None and self.on not in get_args(Target):
            raise ValueError(f'"{self.on}" is no target; the targets are {", ".join(get_args(Target))}')
        if any(number is not None and number < 0 for number in (self.after, self.count, self.seconds)):
            raise ValueError(f"a negative number makes no sense for {self.kind}")

    @property
    def duration_s(self) -> float:
        """How slow, how late or how long, with the default filled in."""
        return self.seconds if self.seconds is not None else DEFAULT_SECONDS.get(self.kind, 2.0)

    @property
    def most(self) -> int | None:
        """How often it strikes at most; an outage that began again at once would never end."""
        return 1 if self.count is None and self.kind in OUTAGES else self.count

    def covers(self, operation: str) -> bool:
        """Say whether the rule is about an operation such as "create_contact"."""
        on = self.on or ("all" if self.kind in OUTAGES else "writes")
        if on == "all":
            return True
        if operation == "token" or on == "tokens":
            return operation == "token" and on == "tokens"
        if on == "creates":
            return operation == "create_contact"
        return (operation in CONTACT_WRITES) == (on == "writes")


CONTACT_WRITES = frozenset({"create_contact", "update_contact", "delete_contact"})


def parse_rule(text: str) -> FaultRule:
    """Read a rule such as ``drop_after:rate=0.05,seconds=3`` as the command line takes it.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    kind, _, conditions = text.partition(":")
    if kind.strip() not in FAULT_KINDS:
        raise ValueError(_no_such_kind(kind))
    given: dict[str, object] = {"kind": kind.strip()}
    for condition in filter(None, conditions.split(",")):
        name, _, value = condition.partition("=")
        given[name.strip()] = value.strip()
    return rule_from(given)


def rule_from(given: Mapping[str, object]) -> FaultRule:
    """Make a rule from names and values, as text or as JSON has them.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    unknown = set(given) - {field.name for field in fields(FaultRule)}
    if unknown:
        raise ValueError(f'a fault has no "{min(unknown)}"; it has {", ".join(_CONVERT)}')
    if "kind" not in given:
        raise ValueError("a fault needs a kind")
    converted = {name: _converted(name, value) for name, value in given.items() if value is not None}
    return FaultRule(**converted)  # type: ignore[arg-type]


def _converted(name: str, value: object) -> object:
    try:
        return _CONVERT[name](value)
    except ValueError as error:
        raise ValueError(f'{name} is "{value}"; it has to be a number') from error


def _no_such_kind(kind: str) -> str:
    return f'there is no fault "{kind}"; the faults are {", ".join(FAULT_KINDS)}'


def _number(value: object) -> float:
    return float(str(value))


def _whole(value: object) -> int:
    return int(str(value))


_CONVERT: Mapping[str, Callable[[object], object]] = {
    "kind": str,
    "rate": _number,
    "after": _whole,
    "count": _whole,
    "start_s": _number,
    "stop_s": _number,
    "seconds": _number,
    "on": str,
}


class _Armed:
    """A rule with its counters."""

    def __init__(self, rule: FaultRule) -> None:
        self.rule = rule
        self.seen = 0
        self.struck = 0
        self.until = 0.0

    def strikes(self, elapsed_s: float, chance: Callable[[], float]) -> bool:
        rule = self.rule
        self.seen += 1
        if self.seen <= rule.after or (rule.most is not None and self.struck >= rule.most):
            return False
        if elapsed_s < rule.start_s or (rule.stop_s is not None and elapsed_s >= rule.stop_s):
            return False
        if rule.rate < 1.0 and chance() >= rule.rate:
            return False
        self.struck += 1
        return True


class FaultPlan:
    """The rules in force. The first rule that strikes decides; `chance` gives numbers from 0 to 1."""

    def __init__(self, rules: tuple[FaultRule, ...], chance: Callable[[], float], now: float) -> None:
        armed = [_Armed(rule) for rule in rules]
        self._outages = [entry for entry in armed if entry.rule.kind in OUTAGES]
        self._others = [entry for entry in armed if entry.rule.kind not in OUTAGES]
        self._chance = chance
        self._since = now

    def outage(self, operation: str, now: float) -> FaultRule | None:
        """Say whether an outage goes on or begins with this request."""
        for entry in self._outages:
            if not entry.rule.covers(operation):
                continue
            if now < entry.until:
                return entry.rule
            if entry.strikes(now - self._since, self._chance):
                entry.until = now + entry.rule.duration_s
                return entry.rule
        return None

    def strike(self, operation: str, now: float) -> FaultRule | None:
        """Choose the fault that befalls a request which the limits have let pass, None for most."""
        for entry in self._others:
            if entry.rule.covers(operation) and entry.strikes(now - self._since, self._chance):
                return entry.rule
        return None
