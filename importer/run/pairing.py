"""Which contact of the book is which row of the file? Pure.

Each pair of a row and a contact that share a number, an address or an account number gets a strength. Pairs
are then taken from the strongest down: where a row has one best contact and that contact one best row, they
belong together; where it is a tie, nobody can tell, and both stay apart for a person to decide.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.model import Payload
from importer.run.differences import compared, differing

EQUAL: Final = 100
ACCOUNT: Final = 90
EMAIL: Final = 60
PHONE: Final = 30
DOUBTFUL: Final = 1
"""A shared phone number under another name: an office, a family, or a married name. Never tied."""

_BOTH: Final = 10
_SAME_NAME: Final = 5
_LIKE_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A row and a contact that may be the same.

    Attributes:
        row: number of the row.
        contact: ordinal of the contact in the book.
        strength: 0 for not at all; see the constants.
    """

    row: int
    contact: int
    strength: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """What came of all pairs.

    Attributes:
        tied: row number to contact ordinal.
        ambiguous: row number to the contacts that it may be, strongest first.
    """

    tied: Mapping[int, int]
    ambiguous: Mapping[int, Sequence[int]]


def strength(ours: Payload, theirs: Mapping[str, object], written: Collection[str]) -> int:
    """Say how much speaks for a row and a contact being the same person.

    Args:
        ours: the row's payload.
        theirs: the contact as the list shows it.
        written: fields that the mapping writes.
    """
    account, other = _plain(ours.get("account_number")), _plain(theirs.get("account_number"))
    if account and other and account != other:
        return 0  # two customers, whatever else they share
    if not differing(compared(ours, theirs, only=written)):
        return EQUAL
    if account and account == other:
        return ACCOUNT
    emails, phones = bool(emails_of(ours) & emails_of(theirs)), bool(phones_of(ours) & phones_of(theirs))
    name = _name_likeness(ours, theirs)
    if emails:
        return EMAIL + (_BOTH if phones else 0) + name
    if phones:
        return PHONE + name if name else DOUBTFUL
    return 0


def paired(pairs: Iterable[Pair]) -> Pairing:
    """Decide which rows and contacts belong together."""
    by_strength: dict[int, list[Pair]] = {}
    for pair in pairs:
        if pair.strength:
            by_strength.setdefault(pair.strength, []).append(pair)
    tied: dict[int, int] = {}
    taken: set[int] = set()
    ambiguous: dict[int, list[int]] = {}
    for level in sorted(by_strength, reverse=True):
        live = [pair for pair in by_strength[level] if pair.row not in tied and pair.contact not in taken]
        if level == EQUAL:
            _tie_equals(live, tied, taken)
        else:
            _tie_singles(live, level, tied, taken, ambiguous)
    return Pairing(tied, {row: found for row, found in ambiguous.items() if row not in tied})


def _tie_equals(live: Iterable[Pair], tied: dict[int, int], taken: set[int]) -> None:
    """Rows that say the same and contacts that are the same may be tied in any way, so in their order."""
    for pair in sorted(live, key=lambda pair: (pair.row, pair.contact)):
        if pair.row not in tied and pair.contact not in taken:
            tied[pair.row] = pair.contact
            taken.add(pair.contact)


def _tie_singles(
    live: Sequence[Pair], level: int, tied: dict[int, int], taken: set[int], ambiguous: dict[int, list[int]]
) -> None:
    of_row, of_contact = Counter(pair.row for pair in live), Counter(pair.contact for pair in live)
    for pair in live:
        alone = of_row[pair.row] == 1 and of_contact[pair.contact] == 1
        if alone and level != DOUBTFUL and pair.row not in ambiguous:
            tied[pair.row] = pair.contact
        else:
            ambiguous.setdefault(pair.row, []).append(pair.contact)
    # Contacts that somebody has a good claim to are not given away to a weaker one.
    taken.update(of_contact)


def emails_of(contact: Mapping[str, object]) -> set[str]:
    """Addresses in small letters."""
    return {text.strip().casefold() for text in _texts(contact.get("emails"))}


def phones_of(contact: Mapping[str, object]) -> set[str]:
    """Digits of the numbers, of both spellings."""
    entries = contact.get("phones")
    typed = (
        [one.get("phone_number") for one in entries if isinstance(one, Mapping)]
        if isinstance(entries, list | tuple)
        else []
    )
    texts = [*_texts(contact.get("phone_numbers")), *_texts(typed)]
    return {digits for text in texts if (digits := "".join(sign for sign in text if sign.isdigit()))}


def account_of(contact: Mapping[str, object]) -> set[str]:
    """The account number, if there is one."""
    text = _plain(contact.get("account_number"))
    return {text} if text else set()


def _name_likeness(ours: Payload, theirs: Mapping[str, object]) -> int:
    left, right = _words(ours.get("display_name")), _words(theirs.get("display_name"))
    if left and left == right:
        return _SAME_NAME
    return _LIKE_NAME if {word for word in left if len(word) > 1} & right else 0


def _words(value: object) -> set[str]:
    return set(_plain(value).casefold().replace(",", " ").replace(".", " ").split())


def _plain(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list | tuple) else []
