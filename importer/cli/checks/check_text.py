"""What `zoom-import check` says: file, rows, issues, duplicates, and how long an import will take. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importer.counted import counted
from importer.run.identity import rows_named
from importer.run.survey import Duplicates, IssueGroup, Survey
from importer.zoom.account import AddressBook

_EXCEL = ("phone_digits_lost", "number_damaged", "key_damaged", "phone_mended", "date_from_number")


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an import will cost.

    Attributes:
        light: calls of the Light tier (one per contact).
        medium: calls of the Medium tier (looking up custom fields).
        per_second: Light calls a second that the plan allows.
        plan: name of the plan.
    """

    light: int
    medium: int
    per_second: float
    plan: str

    @property
    def seconds(self) -> float:
        """How long the sending takes at the plan's pace."""
        return self.light / self.per_second


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that a check has found.

    Attributes:
        created, skipped, rejected: rows; together all rows of the file.
        issues: groups of issues of single rows, errors first, most frequent first.
        book: the address book, when the account was asked.
    """

    description: str
    rows: int
    created: int
    skipped: int
    rejected: int
    issues: Sequence[IssueGroup]
    duplicates: Duplicates
    by_content: bool
    forecast: Forecast
    notes: tuple[str, ...] = ()
    book: AddressBook | None = None


def sorted_groups(survey: Survey) -> list[IssueGroup]:
    """Errors before warnings, then by count."""
    return sorted(survey.groups.values(), key=lambda group: (group.severity != "error", -group.count))


def render_check(result: CheckResult) -> str:
    """Write the result as the lines that the terminal shows."""
    lines = [result.description, _book(result.book), counted(result.rows, "row")]
    lines += [
        f"  would be created {result.created:>9,}",
        f"  skipped          {result.skipped:>9,}" if result.skipped else "",
        f"  rejected         {result.rejected:>9,}" if result.rejected else "",
    ]
    lines += _issues(result.issues)
    lines += _duplicates(result)
    lines += _excel(result.issues)
    lines += [f"note: {note}" for note in result.notes]
    lines.append(_forecast(result.forecast))
    return "\n".join(line for line in lines if line)


def _book(book: AddressBook | None) -> str:
    if book is None:
        return ""
    holds = "" if book.total_contacts is None else f", {counted(book.total_contacts, 'contact')} in it now"
    return f'address book "{book.name}"{holds}'


def _issues(groups: Sequence[IssueGroup]) -> list[str]:
    lines = ["issues:"] if groups else []
    for group in groups:
        where = f" in column {group.column}" if group.column else ""
        place = f"row {group.number} ({_place(group)})"
        lines.append(f"  {group.severity:<7} {group.count:>7,} x {group.code}{where}")
        lines.append(f"      {place}: {group.issue.message}")
        if group.issue.suggestion:
            lines.append(f"      suggestion: {group.issue.suggestion}")
    return lines


def _place(group: IssueGroup) -> str:
    return f"cell {group.issue.cell}" if group.issue.cell else f"line {group.line}"


def _duplicates(result: CheckResult) -> list[str]:
    found = result.duplicates
    key = "the same content" if result.by_content else "the same key"
    kinds = (
        (key, found.keys),
        ("the same phone number", found.phones),
        ("the same email address", found.emails),
    )
    lines: list[str] = []
    for name, repeated in kinds:
        if not repeated.group_count:
            continue
        several = "once" if repeated.group_count == 1 else f"{repeated.group_count:,} times"
        lines.append(f"  {name} in several rows, {several}:")
        named = repeated.first_groups()
        lines += [f"      {_shortened(numbers)}" for numbers in named]
        if repeated.group_count > len(named):
            lines.append(f"      and {repeated.group_count - len(named):,} more")
    return ["duplicates inside the file:", *lines] if lines else []


def _shortened(numbers: Sequence[int]) -> str:
    if len(numbers) > 8:
        return f"{rows_named(numbers[:7])[:-4]} and {len(numbers) - 7:,} more"
    return rows_named(numbers)


def _excel(groups: Sequence[IssueGroup]) -> list[str]:
    damage = [group for group in groups if group.code in _EXCEL]
    lines = [f"  column {group.column}: {group.count:,} ({_damage(group.code)})" for group in damage]
    return ["damaged by Excel:", *lines] if lines else []


def _damage(code: str) -> str:
    """What became of the cells: only a mended number is right again."""
    if code == "phone_mended":
        return "mended"
    return "may have been another number" if code == "date_from_number" else "lost for good"


def _forecast(forecast: Forecast) -> str:
    if not forecast.light:
        return "nothing to import"
    calls = "1 Light call" if forecast.light == 1 else f"{forecast.light:,} Light calls"
    if forecast.medium:
        calls += f" and {forecast.medium:,} Medium"
    pace = f"{forecast.per_second:g} a second ({forecast.plan} plan)"
    return f"an import needs {calls} and takes about {span(forecast.seconds)} at {pace}"


def span(seconds: float) -> str:
    """Write a duration for people: `45 s`, `12 min`, `6 h 57 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if hours else f"{minutes} min"


def as_json(result: CheckResult) -> Mapping[str, object]:
    """Return the same facts for programs; stable names."""
    return {
        "source": result.description,
        "rows": result.rows,
        "created": result.created,
        "skipped": result.skipped,
        "rejected": result.rejected,
        "issues": [
            {
                "code": group.code,
                "column": group.column,
                "severity": group.severity,
                "count": group.count,
                "example": {
                    "row": group.number,
                    "line": group.line,
                    "cell": group.issue.cell,
                    "value": group.issue.value,
                    "message": group.issue.message,
                    "suggestion": group.issue.suggestion,
                },
            }
            for group in result.issues
        ],
        "duplicates": {
            name: [list(numbers) for numbers in repeated.all_groups()]
            for name, repeated in (
                ("content" if result.by_content else "key", result.duplicates.keys),
                ("phone", result.duplicates.phones),
                ("email", result.duplicates.emails),
            )
        },
        "forecast": {
            "light_calls": result.forecast.light,
            "medium_calls": result.forecast.medium,
            "per_second": result.forecast.per_second,
            "plan": result.forecast.plan,
            "seconds": round(result.forecast.seconds, 1),
        },
        "notes": list(result.notes),
        "address_book": None
        if result.book is None
        else {"id": result.book.id, "name": result.book.name, "contacts": result.book.total_contacts},
    }
