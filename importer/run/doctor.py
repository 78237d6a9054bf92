"""What `zoom-import doctor` makes of what it has seen: one finding a check. Pure."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from importer.counted import counted
from importer.ledger import Run
from importer.ledger.inspection import Inspection
from importer.zoom.account import AddressBook, CustomFieldInfo
from importer.zoom.operations import Operation, missing_scopes
from importer.zoom.pacing_rates import Plan

State: TypeAlias = Literal["ok", "warning", "problem", "unchecked"]
"""unchecked: it could not be looked at because of another problem, or nobody can know without writing."""

Blame: TypeAlias = Literal["", "input", "account", "network"]
"""Who can mend a problem: who set it up, on this computer; the account's owner; whoever runs the network."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check.

    Attributes:
        check: what was looked at, in a word or two; the same word can have several findings.
        state: see `State`.
        text: what was found, and what to do where it is not right.
        blame: see `Blame`; "" unless it is a problem.
    """

    check: str
    state: State
    text: str
    blame: Blame = ""


def exit_code(findings: Sequence[Finding]) -> int:
    """Say how the process ends: 3 account, 2 this computer, 4 network, 1 warnings only, 0 all well.

    What a person has to mend comes before what may pass by itself.
    """
    blamed = {finding.blame for finding in findings if finding.state == "problem"}
    for blame, code in (("account", 3), ("input", 2), ("network", 4)):
        if blame in blamed:
            return code
    return 1 if any(finding.state == "warning" for finding in findings) else 0


# --- settings -----------------------------------------------------------------------------------------------

CREDENTIALS: Final = ("ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET")
BOOK: Final = "ZOOM_ADDRESS_BOOK_ID"


def settings_finding(missing: Sequence[str], wrong: Sequence[str], address_book: str) -> Finding:
    """Say whether everything is set.

    Args:
        missing: names of what is not set.
        wrong: a sentence for each address that cannot be used.
        address_book: the book's id.
    """
    if not missing and not wrong:
        text = f"account, client, secret and address book ({address_book}) are set"
        return Finding("settings", "ok", text)
    sentences = list(wrong)
    if missing:
        sentences.append(
            f"Missing: {', '.join(missing)}. Set them in the environment, or as NAME=value in a file called "
            ".env in this folder; the App Credentials page of your Server-to-Server OAuth app "
            "(marketplace.zoom.us) shows them, the admin portal the address book's id."
        )
    return Finding("settings", "problem", " ".join(sentences), "account" if missing else "input")


# --- the account --------------------------------------------------------------------------------------------

_NEEDED: Final = ("get_address_book", "create_contact", "update_contact", "list_contacts", "get_contact")
_CONVENIENT: Final = ("delete_contact",)


def scope_findings(granted: Set[str], *, custom_fields: bool) -> list[Finding]:
    """Name each purpose that the token does not allow, and the scope that would.

    Args:
        granted: scopes of the token; empty when Zoom did not name them.
        custom_fields: the mapping names custom fields, so they have to be read.
    """
    if not granted:
        return [
            Finding("scopes", "unchecked", "Zoom did not name the app's scopes; a run finds out by trying")
        ]
    needed = (*_NEEDED, "list_custom_fields") if custom_fields else _NEEDED
    findings = [
        Finding("scopes", "problem", f"not allowed to {one.purpose}: {_add(one)}", "account")
        for one in missing_scopes(granted, needed)
    ]
    findings += [
        Finding(
            "scopes",
            "warning",
            f"not allowed to {one.purpose}: {_add(one)}. Needed for undo, for --leavers delete, and to take "
            "back a contact that a lost answer has made twice",
        )
        for one in missing_scopes(granted, _CONVENIENT)
    ]
    if findings:
        return findings
    able = "create, update, read, list and delete contacts, read the address book"
    return [Finding("scopes", "ok", able + (" and custom fields" if custom_fields else ""))]


def _add(operation: Operation) -> str:
    return (
        f"add the scope {operation.granular} (an app with granular scopes) or {operation.classic} (classic) "
        "in the Zoom App Marketplace"
    )


def book_finding(book: AddressBook) -> Finding:
    """Describe the book; whether Salesforce feeds it cannot be seen, only tried."""
    name = f'"{book.name}"' if book.name else book.id
    unit = f" of {book.unit_name}" if book.unit_name else ""
    count = (
        "an unknown number of contacts"
        if book.total_contacts is None
        else counted(book.total_contacts, "contact")
    )
    return Finding("address book", "ok", f"{name}{unit} has {count}")


def salesforce_finding() -> Finding:
    """Say what nobody can know without writing: no answer of Zoom's shows it."""
    return Finding(
        "Salesforce",
        "unchecked",
        "only a change shows whether a Salesforce integration feeds the book: Zoom would refuse the first "
        "row, and the run would stop there and say so",
    )


def custom_fields_finding(
    fields: Sequence[CustomFieldInfo], book_id: str, complaints: Sequence[str]
) -> Finding:
    """Count the custom fields; `complaints` are what a run would say about those of the mapping."""
    if complaints:
        return Finding("custom fields", "problem", "; ".join(complaints), "input")
    attached = sum(book_id in field.address_book_ids for field in fields)
    return Finding(
        "custom fields", "ok", f"{len(fields):,} in the account, {attached:,} attached to this address book"
    )


CLOCK_WARNING_S: Final = 60.0


def clock_finding(skew_s: float | None) -> Finding:
    """Judge by how much this computer's clock is ahead of Zoom's."""
    if skew_s is None:
        return Finding("clock", "unchecked", "no answer named the time")
    if abs(skew_s) < CLOCK_WARNING_S:
        return Finding("clock", "ok", f"{abs(skew_s):.0f} s from Zoom's")
    direction = "ahead of" if skew_s > 0 else "behind"
    return Finding(
        "clock",
        "warning",
        f"this computer is {abs(skew_s):,.0f} s {direction} Zoom: times in reports are wrong, and a wait for "
        "the daily limit ends at the wrong moment. Let the system set its clock (NTP)",
    )


def rate_finding(plan: Plan, limits: Mapping[Plan, float], headers: Mapping[str, str]) -> Finding:
    """Compare the plan's rate with what the account's answer says.

    Args:
        plan: what --account-plan says.
        limits: Light calls a second by plan.
        headers: of an answer to a Light call.
    """
    own = limits[plan]
    said = headers.get("x-ratelimit-limit", "")
    if not said.isdecimal() or len(said) > 6:
        return Finding("rate", "ok", f"{own:g} contacts a second ({plan} plan); the answers name no limit")
    seen = int(said)
    left = headers.get("x-ratelimit-remaining", "")
    others = f", {left} left in this second" if left.isdecimal() else ""
    if seen == own:
        return Finding("rate", "ok", f"{own:g} contacts a second ({plan} plan), as the account says{others}")
    better = next((name for name, limit in limits.items() if limit == seen), "")
    advice = f"give --account-plan {better}" if better else "a run finds its pace by itself"
    return Finding(
        "rate",
        "warning",
        f"{own:g} contacts a second ({plan} plan), but the account says {seen}{others}: {advice}",
    )


# --- this computer ------------------------------------------------------------------------------------------


def ledger_findings(facts: Inspection, in_book: int | None) -> list[Finding]:
    """Describe a sound ledger, and compare it with the book (`in_book` contacts, None when unknown)."""
    last = "" if facts.last is None else f"; last run {facts.last.id} {_ended(facts.last, facts.busy)}"
    doubt = f", {facts.in_doubt:,} rows in doubt (the next run looks them up)" if facts.in_doubt else ""
    findings = [
        Finding("ledger", "ok", f"{facts.path} is sound, owns {counted(facts.owned, 'contact')}{doubt}{last}")
    ]
    if facts.busy:
        findings.append(
            Finding("ledger", "warning", f"{facts.busy} is working with it; another run would end with 5")
        )
    if in_book is not None and facts.owned > in_book:
        findings.append(
            Finding(
                "ledger",
                "warning",
                f"it owns {counted(facts.owned, 'contact')}, but the address book has only {in_book:,}: "
                "somebody has deleted some in Zoom, or the book's count lags behind. Rows whose contacts "
                "are gone count as unchanged until they change",
            )
        )
    return findings


def _ended(run: Run, busy: str) -> str:
    if run.state != "running":
        return run.state
    return "is going on" if busy else "died (the same command goes on)"


_WARN_BYTES: Final = 1_000_000_000
_PROBLEM_BYTES: Final = 100_000_000


def disk_finding(check: str, folder: str, free: int, *, writable: bool) -> Finding:
    """Judge a folder that a run writes to. A ledger of a million contacts takes about a gigabyte."""
    if not writable:
        return Finding(
            check, "problem", f"{folder} cannot be written to: choose another, or change its rights", "input"
        )
    size = f"{free / 1e9:,.1f} GB free" if free >= _WARN_BYTES else f"{free / 1e6:,.0f} MB free"
    if free >= _WARN_BYTES:
        return Finding(check, "ok", f"{size} in {folder}")
    state: State = "warning" if free >= _PROBLEM_BYTES else "problem"
    return Finding(
        check,
        state,
        f"{size} in {folder}: make room; a million contacts take about 1 GB",
        "input" if state == "problem" else "",
    )
