"""The country of numbers that stand without their country code, as far as a file shows it.

What speaks for a country: its name in a country column, the endings of the email addresses, numbers of the
same file with a country code, the language of the headings. Only a country in which the numbers are
valid can be meant. Where nothing speaks for one, none is guessed: a wrong country makes wrong numbers.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers

from importer.suggest.column import Column, like_phone
from importer.transforms.country import country
from importer.transforms.phone import phone

_SPOKEN_IN: Final = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX", "AR", "CO", "CL"),
    "it": ("IT", "CH"),
    "nl": ("NL", "BE"), "pt": ("PT", "BR"), "pl": ("PL",), "sv": ("SE",), "da": ("DK",), "nb": ("NO",),
    "fi": ("FI",),
}  # fmt: skip
_CANDIDATES: Final = (
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "BE", "CH", "AT", "IE", "PT", "PL", "SE", "DK", "NO", "FI",
    "CZ", "SK", "HU", "RO", "BG", "GR", "HR", "SI", "EE", "LT", "LV", "LU", "CA", "AU", "NZ", "IN", "ZA",
    "BR", "MX", "AR", "CL", "CO", "IL", "AE", "TR", "JP", "SG", "HK", "UA",
)  # fmt: skip
_NORTH_AMERICAN: Final = re.compile(
    r"(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4}(?:\s*x.*)?"
)
_ENOUGH: Final = 60
_MOST_VALID: Final = 0.7
_SOME_EVIDENCE: Final = 0.2


@dataclass(frozen=True, slots=True)
class RegionGuess:
    """What the file shows.

    Attributes:
        region: two-letter code, None when nothing speaks for a country.
        why: what speaks for it, as a clause.
        sure: whether several signs agree, or one that leaves no doubt.
        needed: share of the numbers that stand without country code.
    """

    region: str | None
    why: str = ""
    sure: bool = False
    needed: float = 0.0


def guess_region(
    phones: Sequence[Column], countries: Column | None, emails: Sequence[Column], language: str | None
) -> RegionGuess:
    """Weigh what the columns say."""
    samples = [text for column in phones for text in column.examples if like_phone(text)]
    national = [text for text in samples if not text.lstrip("'\"(= ").startswith(("+", "00", "011"))]
    needed = len(national) / len(samples) if samples else 0.0
    spread = tuple(national[:: max(1, -(-len(national) // _ENOUGH))])
    signs = _signs(samples, spread, countries, emails, language)
    totals: Counter[str] = Counter()
    for votes in signs.values():
        totals.update(votes)
    if not national:
        best = totals.most_common(1)
        return RegionGuess(best[0][0] if best and best[0][1] >= 0.4 else None, "", False, 0.0)
    fitting = {region: valid_share(spread, region) for region in {*_CANDIDATES, *totals}}
    able = {region: share for region, share in fitting.items() if share >= _MOST_VALID}
    if not able:
        return RegionGuess(None, "", False, needed)
    best_region = max(able, key=lambda region: (totals[region] + able[region] / 2, -_order(region)))
    if totals[best_region] < _SOME_EVIDENCE:
        return RegionGuess(None, "", False, needed)
    why = [name for name, votes in signs.items() if votes.get(best_region, 0.0) >= 0.1]
    sure = totals[best_region] >= 0.5 and all(
        totals[other] < totals[best_region] / 2 or same_plan(other, best_region)
        for other in able
        if other != best_region
    )
    return RegionGuess(best_region, " and ".join(why), sure, needed)


def _signs(
    samples: Sequence[str],
    national: Sequence[str],
    countries: Column | None,
    emails: Sequence[Column],
    language: str | None,
) -> Mapping[str, Mapping[str, float]]:
    """What speaks for which country, at most 1.0 each."""
    spoken = _SPOKEN_IN.get(language or "", ())
    abroad = Counter(filter(None, (_region_of(text) for text in samples)))
    shaped = sum(_NORTH_AMERICAN.fullmatch(text) is not None for text in national)
    return {
        "the country column": _shares(_countries_of(countries), 1.0),
        "the numbers with a country code": _shares(abroad, 0.6),
        "the email addresses": _shares(_endings(emails), 0.5),
        "the language of the headings": {
            region: 0.35 if index == 0 else 0.15 for index, region in enumerate(spoken)
        },
        "the way the numbers are written": {"US": 0.6 * shaped / len(national)} if national else {},
    }


def _shares(counts: Counter[str], weight: float) -> dict[str, float]:
    total = sum(counts.values())
    return {region: weight * count / total for region, count in counts.items()} if total else {}


def _countries_of(column: Column | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, count in column.counts.most_common(40) if column is not None else ():
        code = country(text)
        if isinstance(code, str):
            found[code] += count
    return found


def _endings(emails: Sequence[Column]) -> Counter[str]:
    """Countries of the addresses' endings; addresses under .com and its like speak for no country."""
    found: Counter[str] = Counter()
    for column in emails:
        for text in column.examples:
            ending = text.rpartition(".")[2].strip(" >;").upper()
            if len(ending) == 2 and ending.isalpha():
                found["GB" if ending == "UK" else ending] += 1
    for region in list(found):
        if region not in phonenumbers.SUPPORTED_REGIONS or region in {
            "IO",
            "CO",
            "ME",
            "TV",
            "AI",
            "CC",
            "FM",
        }:
            del found[region]
    return found


def _region_of(text: str) -> str | None:
    plain = text.strip("'\"= ")
    if not plain.startswith(("+", "00", "(+")):
        return None
    number = phone(f"+{plain[2:]}" if plain.startswith("00") else plain, None)
    return region_of_number(number) if isinstance(number, str) else None


def region_of_number(e164: str) -> str | None:
    """The country of a number in E.164."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None))


def same_plan(one: str, other: str) -> bool:
    """Whether both countries share their numbering plan: there it makes no difference."""
    code = phonenumbers.country_code_for_region
    return bool(code(one) == code(other))


@lru_cache(maxsize=256)
def valid_share(numbers: tuple[str, ...], region: str) -> float:
    """Share of the numbers that are valid in a country, numbers that can be mended included."""
    if not numbers:
        return 0.0
    found = (phone(text, region) for text in numbers)
    return sum(isinstance(one, str) or one.severity == "warning" for one in found) / len(numbers)


def _order(region: str) -> int:
    return _CANDIDATES.index(region) if region in _CANDIDATES else len(_CANDIDATES)
