"""Countries as people write them -> ISO 3166 alpha-2, the region that phone numbers are read in.

The plain table holds codes and the short forms that no list of names has; the names themselves, in the
languages of Europe, come from the Unicode locale data and are loaded when the plain table misses.
"""

import difflib
import re
import unicodedata
from functools import cache
from typing import Final

import phonenumbers

from importer.transforms.problem import Problem, shown

_LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "no", "fi", "cs", "sk", "hu", "ro",
    "bg", "hr", "sl", "et", "lv", "lt", "el", "tr", "ru", "uk", "ca",
)  # fmt: skip
_FARTHER: Final = (
    "ja", "zh", "zh_Hant", "ko", "ar", "fa", "he", "hi", "bn", "ur", "th", "vi", "id", "ms", "sr", "sr_Latn",
    "mk", "sq", "is", "ga", "eu", "gl", "hy", "ka", "az", "kk", "be", "sw", "af",
)  # fmt: skip
"""Asked only about what the languages of Europe do not know: most files never need them."""

_NO_COUNTRY: Final = frozenset(("AA", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))
_LONGEST: Final = 120
_DIALLED: Final = re.compile(r"(?:\+|00|\(\+?)?\s*([1-9][\d\s-]{0,6})\)?")

_BETWEEN: Final = re.compile(r"[()/|:]|\s-\s|(?<=[A-Za-z])\s+(?=\+\d)")

_PREFIX: Final = r"(?:\+|00)(?P<digits>[1-9][\d\s-]{0,6})"
_NAME_AND_PREFIX: Final = re.compile(rf"(?P<name>.*[^\W\d_].*?)[\s,:(-]*{_PREFIX}\)?")
_PREFIX_AND_NAME: Final = re.compile(rf"\(?{_PREFIX}[\s,:()-]+(?P<name>.*?[^\W\d_].*?)\)?")

_SHORT: Final = """
AE UAE, Emirates, Emirate, VAE
AT A, OE, Oesterreich
AU Down Under, Oz
BA Bosnia, Bosnien
BE B, Belgie
BY Belorussia, Weissrussland
CD DRC, Congo Dem Rep, DR Congo, Congo DR, Democratic Republic of the Congo, Congo the Democratic \
Republic of the, Zaire
CG Congo, Congo Rep, Republic of the Congo, Congo Republic
CH Helvetia, CH Schweiz, Swiss, Swiss Confederation, Confoederatio Helvetica
CI Ivory Coast, Cote Ivoire, Elfenbeinkueste
CN PRC, PR China, Peoples Republic of China, VR China, Mainland China, RPC
CV Cape Verde
CZ Czech Republic, Czech Rep, Ceska republika, Tschechische Republik, Cechy
DE D, BRD, Deutschl, German, FRG
DO Dominican Rep
ES E, Spain Peninsula, Islas Baleares, Islas Canarias
FM Federated States of Micronesia, Micronesia Federated States of
FR F, France metropolitaine, Metropolitan France
GB UK, UKGB, GBUK, Great Britain, Britain, England, Scotland, Wales, Northern Ireland, United Kingdom \
of Great Britain, United Kingdom of Great Britain and Northern Ireland, Grossbritannien, Grande \
Bretagne, Inghilterra, Inglaterra, Angleterre, Gran Bretagna, Gran Bretana, Engeland, Groot Brittannie, \
Wielka Brytania, Anglia, Storbritannien
GR EL, Hellas, Hellenic Republic
HK Hongkong, Hong Kong, HKSAR, Hong Kong China
HR Hrvatska
HU H
IE Eire, Republic of Ireland, ROI, Southern Ireland
IR Iran Islamic Republic of, Islamic Republic of Iran
IT I
KP DPRK, Korea Dem Rep, Korea DPR, Korea North, Democratic Peoples Republic of Korea, Korea Democratic \
Peoples Republic of
KR Korea, Korea South, Republic of Korea, Korea Republic of, ROK
LA Lao PDR, Lao Peoples Democratic Republic
LU L
MD Moldova Republic of
MK Macedonia, FYROM, Mazedonien
MM Burma, Birma
MO Macau, Macao
NL Holland, Hollande, Olanda, Holanda, Niederl, The Netherlands, Pays Bas
NO N
PL PL Polska
PS Palestine, State of Palestine
PT P
RU Russia, Russian Federation, RF
SA KSA, Saudi
SE S
SY Syria, Syrian Arab Republic
SZ Swaziland
TL East Timor, Timor Leste
TR Turkey, Tuerkei, Turkiye
TW Taiwan Province of China, ROC Taiwan, Taiwan ROC
TZ United Republic of Tanzania, Tanzania United Republic of
US USA, U S, America, United States of America, United States USA, US of A, Estados Unidos de America, \
EEUU, EE UU, EUA, Etats Unis d Amerique, Stati Uniti d America, Vereinigte Staaten von Amerika, USofA, \
Amerika, Verenigde Staten van Amerika
VA Vatican, Holy See
VE Venezuela Bolivarian Republic of
VI US Virgin Islands
VN Viet Nam
XK Kosovo
ZA RSA, South Africa Republic
"""

_FORMAL: Final = re.compile(
    r"\b(?:the|republic|federal|kingdom|of|state|rep|islamic|grand duchy|principality|commonwealth|sultanate"
    r"|republik|koenigreich|republique|republica|repubblica)\b"
)


def country(text: str) -> str | Problem:
    """Give the ISO 3166 alpha-2 code of a country, or the problem with it; never raises.

    Understands names in the languages of Europe, usual short forms, alpha-2 and alpha-3 codes, and dialling
    prefixes (``+49``, ``0049``, ``49``); capitals, accents and punctuation do not matter.
    """
    plain = text.strip()[:_LONGEST]
    if len(plain) == 2 and plain.isascii() and plain.isalpha() and plain.upper() in _codes():
        return plain.upper()
    dialled = _DIALLED.fullmatch(plain)
    if dialled:
        return _by_prefix(text, re.sub(r"\D", "", dialled.group(1)))
    key = _key(plain)
    return (
        _plain_table().get(key)
        or _named(key, _LANGUAGES)
        or _named(_key(_FORMAL.sub(" ", plain.lower())), _LANGUAGES)
        or _with_prefix(plain)
        or _by_parts(plain)
        or _named(key, _FARTHER)
        or _unknown(text)
    )


def _named(key: str, languages: tuple[str, ...]) -> str:
    """The first language that knows the name has it; "" when none does. Later ones need not be loaded."""
    return next((code for language in languages if (code := _names(language).get(key))), "")


def _with_prefix(text: str) -> str:
    """Read "Canada (+1)" and "+1 Canada" by its name, if that country is dialled so; else ""."""
    match = _NAME_AND_PREFIX.fullmatch(text) or _PREFIX_AND_NAME.fullmatch(text)
    named = country(match["name"]) if match else ""
    if match is None or not isinstance(named, str):
        return ""
    digits = re.sub(r"\D", "", match["digits"])
    dialled = str(phonenumbers.country_code_for_region(named))
    return named if digits == dialled or (dialled == "1" and digits.startswith("1")) else ""


def _by_parts(text: str) -> str:
    """Read "Germany (DE)" or "+44 - UK" by its parts, if all that say something say the same; else ""."""
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) < 2:
        return ""
    found = {code for code in map(country, parts) if isinstance(code, str)}
    return found.pop() if len(found) == 1 else ""


def _by_prefix(text: str, digits: str) -> str | Problem:
    for length in (len(digits), 4):
        code = digits[:length]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code))
        if regions and regions[0] != "001":
            return regions[0]
    if len(digits) == 4 and digits.startswith("1"):
        region = _caribbean().get(digits[1:])
        if region:
            return region
    return Problem(
        "phone_region_unknown", f"{shown(text)} is no country's dialling code; Germany is +49, Britain +44"
    )


@cache
def _caribbean() -> dict[str, str]:
    """Area codes behind +1 that belong to one country ("1-246")."""
    found: dict[str, str] = {}
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        for code in re.findall(r"\d{3}", metadata.leading_digits or "") if metadata else ():
            found[code] = region
    return found


def _unknown(text: str) -> Problem:
    key = _key(text[:_LONGEST])
    near = difflib.get_close_matches(key, _english(), n=1, cutoff=0.75) if key else []
    hint = (
        f"; did you mean {_english()[near[0]]}?" if near else "; write its name, its two-letter code or +49"
    )
    return Problem("phone_region_unknown", f"{shown(text)} is no country{hint}")


# --- tables ---------------------------------------------------------------------------------------


def _key(text: str) -> str:
    """What remains of a name without capitals, accents, blanks and punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("&", "and"))
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for code in _territories("en") if code not in _NO_COUNTRY)


def _territories(language: str) -> dict[str, str]:
    from babel import localedata  # noqa: PLC0415 - half of all runs never need a name

    # None of these languages inherits names of countries; merging all that they inherit takes twice as long.
    names = localedata.load(language, merge_inherited=False)["territories"]
    # Babel keeps all that it knows about every language it was asked for: 55 MB for a few hundred names each.
    localedata._cache.clear()
    return {code: name for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRY}


@cache
def _plain_table() -> dict[str, str]:
    from babel.core import get_global  # noqa: PLC0415 - see above

    table: dict[str, str] = {}
    for alias, regions in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(regions) == 1:
            table[alias.casefold()] = regions[0]
    for line in _SHORT.strip().splitlines():
        code, _, words = line.partition(" ")
        table.update((_key(word), code) for word in words.split(","))
    return table


@cache
def _english() -> dict[str, str]:
    return {_key(name): name for name in _territories("en").values()}


@cache
def _names(language: str) -> dict[str, str]:
    """Folded name -> code in one language."""
    table: dict[str, str] = {}
    for code, name in _territories(language).items():
        table.setdefault(_key(name), code)
        if "(" in name:
            table.setdefault(_key(re.sub(r"\(.*?\)", "", name)), code)
    return table
