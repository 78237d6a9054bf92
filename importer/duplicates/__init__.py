"""Which rows of a file share a key, a phone number or an email address, in little memory."""

from importer.duplicates.finder import Digests, DuplicateFinder, digests
from importer.duplicates.groups import Numbers
from importer.duplicates.partitions import Partitions
from importer.duplicates.repeated import Repeated

__all__ = ["Digests", "DuplicateFinder", "Numbers", "Partitions", "Repeated", "digests"]
