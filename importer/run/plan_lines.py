"""Steps and leavers as the lines of a plan. Pure."""

from collections.abc import Mapping, Sequence

from importer.ledger import Entry
from importer.model import Create, Issue, Payload, Reject, Skip, Update
from importer.report.plan_file import PlanLine
from importer.run.planner import PlannedRow
from importer.run.remembered import refused_before

_UNDECIDED = ("in_flight", "resending", "in_doubt")


def plan_line(planned: PlannedRow) -> PlanLine:
    """Write down what would be done with one row."""
    step, entry = planned.step, planned.entry
    place = (str(step.number), str(step.line), step.key)
    match step:
        case Reject(issues=issues):
            return PlanLine(*place, "reject", message=_said(issues))
        case Skip(reason="unchanged", contact_id=contact_id, warnings=warnings):
            return PlanLine(*place, "unchanged", contact_id, message=_said(warnings))
        case Skip(reason=reason, contact_id=contact_id):
            return PlanLine(*place, "skip", contact_id, message=reason)
    if refused := refused_before(step, entry):
        return PlanLine(*place, "refused before", message=refused.message)
    if entry is not None and entry.state in _UNDECIDED:
        message = "an earlier run ended before the answer came: looked up first, created if it is not there"
        return PlanLine(*place, "look up", message=message, **_create(step.contact.payload))
    if isinstance(step, Create):
        said = _said(step.warnings)
        return PlanLine(*place, "create", message=said, **_create(step.contact.payload))
    return PlanLine(
        *place,
        "update",
        step.contact_id,
        message=_said(step.warnings),
        **_update(step, entry.payload if entry is not None else None),
    )


def leaver_line(entry: Entry, *, delete: bool) -> PlanLine:
    """Write down what would be done with a contact whose row is gone."""
    payload = entry.payload or {}
    message = "not in the file any more" + ("" if delete else "; left in the address book")
    return PlanLine(
        "",
        "",
        entry.key,
        "delete" if delete else "leave",
        entry.contact_id,
        "display_name",
        _text(payload.get("display_name")),
        message=message,
    )


def _create(payload: Payload) -> dict[str, str]:
    return {
        "fields": " | ".join(payload),
        "new": " | ".join(_text(value) for value in payload.values()),
    }


def _update(step: Update, before: Payload | None) -> dict[str, str]:
    names = step.changed or tuple(step.contact.payload)
    old: Payload = before or {}
    return {
        "fields": " | ".join(names),
        "old": " | ".join(_text(old.get(name)) for name in names) if before is not None else "(not known)",
        "new": " | ".join(_text(step.contact.payload.get(name)) for name in names),
    }


def _text(value: object) -> str:
    """Write one field as people do: a list with commas, a custom field as id=value."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "=".join(str(part) for part in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_text(one) for one in value)
    return str(value)


def _said(issues: Sequence[Issue]) -> str:
    return " | ".join(
        f"{issue.column}: {issue.message}" if issue.column else issue.message for issue in issues
    )
