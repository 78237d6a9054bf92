"""What the ledger can say about a key, and how that may change: one table, of which the SQL is made.

The state is about the address book (is the contact there?). What the last run said about the row (rejected,
failed, ...) is the outcome beside it: a contact that is in the book stays in the book when tonight's row is
rejected.
"""

from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

State: TypeAlias = Literal[
    "absent", "in_flight", "resending", "in_doubt", "done", "updating", "deleting", "deleted"
]
"""
absent     the book does not have it: rejected, refused, left out or not attempted
in_flight  a create call may be on its way
resending  the same for a row that was in doubt before, so that giving up brings the doubt back
in_doubt   a create call was sent, its answer is lost; must be looked up before anything is sent again
done       the book has it, as `fingerprint` and `payload` say
updating   an update may have arrived or not: the book has the old or the new; updating again is harmless
deleting   a delete may have arrived or not; deleting again is harmless
deleted    the book had it and has it no more
"""

Event: TypeAlias = Literal[
    "begin_create",
    "begin_update",
    "begin_delete",
    "created",
    "updated",
    "deleted",
    "refused",
    "given_up",
    "doubted",
    "not_stored",
    "not_attempted",
    "noted",
    "unchanged",
    "adopted",
    "renamed",
    "died",
]
"""
refused        a failure for good; the request has certainly changed nothing
given_up       a failure that a later run may overcome
not_stored     the look-up has shown that a create in doubt never arrived
noted          an outcome without network: rejected, skipped, failed, not attempted
died           found on opening: the process that owned the row is gone
"""

STATES: Final[tuple[State, ...]] = get_args(State)
EVENTS: Final[tuple[Event, ...]] = get_args(Event)

UNFINISHED: Final[tuple[State, ...]] = ("in_flight", "resending", "in_doubt", "updating", "deleting")
OWNED: Final[tuple[State, ...]] = ("done", "updating", "deleting")

_UNKNOWN_KEY: Final[dict[Event, State]] = {
    "begin_create": "in_flight",
    "adopted": "done",
    "noted": "absent",
}

_TABLE: Final[dict[Event, dict[State, State]]] = {
    # never from done or updating: that would be the second contact
    "begin_create": {
        "absent": "in_flight",
        "deleted": "in_flight",
        "in_doubt": "resending",
    },
    "begin_update": {"done": "updating", "updating": "updating", "deleting": "updating"},
    "begin_delete": {"done": "deleting", "updating": "deleting", "deleting": "deleting"},
    # from in_doubt: found by looking it up, nothing was sent again
    "created": {"in_flight": "done", "resending": "done", "in_doubt": "done"},
    "updated": {"updating": "done"},
    # from done and updating: somebody deleted it in Zoom, the call said so
    "deleted": {"deleting": "deleted", "updating": "deleted", "done": "deleted"},
    "refused": {
        "in_flight": "absent",
        "resending": "absent",
        "in_doubt": "absent",
        "updating": "done",
        "deleting": "done",
    },
    # an update that was given up may have arrived all the same: the book's text is uncertain until the next
    # one
    "given_up": {
        "in_flight": "absent",
        "resending": "absent",
        "in_doubt": "absent",
        "updating": "updating",
        "deleting": "deleting",
    },
    "doubted": {
        "in_flight": "in_doubt",
        "resending": "in_doubt",
        "in_doubt": "in_doubt",
        "updating": "updating",
        "deleting": "deleting",
    },
    "not_stored": {"in_flight": "absent", "resending": "absent", "in_doubt": "absent"},
    "not_attempted": {
        "in_flight": "absent",
        "resending": "in_doubt",
        "in_doubt": "in_doubt",
        "updating": "updating",
        "deleting": "deleting",
    },
    # a note never changes a state; about a row that is under way, or in doubt, it says nothing at all
    "noted": {state: state for state in STATES},
    "unchanged": {"done": "done"},
    "adopted": {
        "absent": "done",
        "deleted": "done",
        "in_doubt": "done",
        "done": "done",
        "updating": "done",
    },
    # a row that is in the book, or may be, keeps its key
    "renamed": {"absent": "absent"},
    "died": {
        "in_flight": "in_doubt",
        "resending": "in_doubt",
        "updating": "updating",
        "deleting": "deleting",
    },
}

TRANSITIONS: Final = MappingProxyType(_TABLE)
"""Event to (state before to state after). What is not in it is a mistake of the program."""

FIRST: Final = MappingProxyType(_UNKNOWN_KEY)
"""Event to the state that a key gets when the ledger has not seen it before."""


class IllegalTransitionError(Exception):
    """The program asked for a change that is not in the table; nothing was changed."""

    def __init__(self, state: State | None, event: Event, number: int = 0) -> None:
        row = f" for row {number}" if number else ""
        super().__init__(f"the ledger knows no {event!r} in state {state or 'unknown'!r}{row}")
        self.state = state
        self.event = event


def after(state: State | None, event: Event) -> State:
    """Return the state that follows; None stands for a key that the ledger has not seen.

    Raises:
        IllegalTransitionError: the table has no such line.
    """
    following = FIRST.get(event) if state is None else TRANSITIONS[event].get(state)
    if following is None:
        raise IllegalTransitionError(state, event)
    return following


def sql_list(states: tuple[State, ...]) -> str:
    """Write states as an SQL list: ``('done', 'updating')``."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


def sql_legal(event: Event) -> str:
    """Write the states in which `event` is legal as an SQL condition on ``contacts.state``."""
    return f"contacts.state IN {sql_list(tuple(TRANSITIONS[event]))}"


def sql_after(event: Event) -> str:
    """Write the state after `event` as an SQL expression of ``contacts.state``."""
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in TRANSITIONS[event].items())
    return f"CASE contacts.state {cases} END"
