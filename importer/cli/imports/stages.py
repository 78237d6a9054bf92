"""What one part of an import hands to the next."""

from dataclasses import dataclass

from importer.cli.account import Access
from importer.cli.imports.judging import Judged
from importer.cli.inputs import Inputs
from importer.ledger import Leavers, Ledger
from importer.mapping import Mapper
from importer.run.drift_spool import DriftSpool
from importer.run.row_memory import MemoryWriter
from importer.run.row_spool import RowSpool
from importer.run.survey import Duplicates, Survey
from importer.sending import Sender


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the first pass leaves to the second.

    Attributes:
        remember: what rows came to, to be saved when there is time; None when it is not remembered.
        program: digest of this program before the first pass.
    """

    inputs: Inputs
    mapper: Mapper
    access: Access
    survey: Survey
    rows: RowSpool
    ledger: Ledger
    remember: MemoryWriter | None
    program: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What has been looked at and found good, and may be sent."""

    ledger: Ledger
    sender: Sender
    leavers: Leavers
    duplicates: Duplicates
    judged: Judged
    drifted: DriftSpool
