"""The durable memory of one address book: what was sent, what became of it, over all runs.

The rule: an intent is on disk before the request leaves, the answer before the row counts as done. A
process that dies in between leaves a row in doubt, never one that is sent again blindly.
"""

from importer.ledger.beside import beside, is_beside, shown
from importer.ledger.connection import Durability
from importer.ledger.entry import RIGHT, Adoption, Deleted, Entry, Intent, Noted, NotStored, Settlement
from importer.ledger.leavers import Leavers
from importer.ledger.ledger import Ledger
from importer.ledger.place import default_path
from importer.ledger.reader import Reader
from importer.ledger.runs import Run, RunStart
from importer.ledger.statements import ContactOwnedError
from importer.ledger.states import IllegalTransitionError, State
from importer.ledger.writer import PACED_APART_S

__all__ = [
    "PACED_APART_S",
    "RIGHT",
    "Adoption",
    "ContactOwnedError",
    "Deleted",
    "Durability",
    "Entry",
    "IllegalTransitionError",
    "Intent",
    "Leavers",
    "Ledger",
    "NotStored",
    "Noted",
    "Reader",
    "Run",
    "RunStart",
    "Settlement",
    "State",
    "beside",
    "default_path",
    "is_beside",
    "shown",
]
