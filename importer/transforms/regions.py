"""English words for countries, for the sentences that people read."""

from functools import cache
from typing import Final

from babel import Locale

_ADJECTIVES: Final = {
    "AT": "Austrian", "AU": "Australian", "BE": "Belgian", "BG": "Bulgarian", "BR": "Brazilian",
    "CA": "Canadian",
    "CH": "Swiss", "CN": "Chinese", "CZ": "Czech", "DE": "German", "DK": "Danish", "EE": "Estonian",
    "EG": "Egyptian",
    "ES": "Spanish", "FI": "Finnish", "FR": "French", "GB": "British", "GR": "Greek", "HR": "Croatian",
    "HU": "Hungarian", "ID": "Indonesian", "IE": "Irish", "IL": "Israeli", "IN": "Indian", "IS": "Icelandic",
    "IT": "Italian", "JP": "Japanese", "KR": "South Korean", "LT": "Lithuanian", "LU": "Luxembourg",
    "LV": "Latvian",
    "MX": "Mexican", "NG": "Nigerian", "NL": "Dutch", "NO": "Norwegian", "PL": "Polish", "PT": "Portuguese",
    "RO": "Romanian", "RU": "Russian", "SE": "Swedish", "SI": "Slovenian", "SK": "Slovak", "TR": "Turkish",
    "UA": "Ukrainian", "US": "US", "ZA": "South African",
}  # fmt: skip

_WITH_ARTICLE: Final = frozenset(
    ("AE", "BS", "CD", "CF", "CG", "DO", "FK", "GB", "GM", "KM", "KY", "MH", "MP", "MV", "NL", "PH", "SB",
     "TC", "US", "VG", "VI")
)  # fmt: skip


@cache
def region_name(region: str) -> str:
    """The English name of an ISO 3166 alpha-2 code as in "a number in ..."; else the code itself."""
    names = Locale("en").territories
    name = str(names.get(region, region))
    return f"the {name}" if region in _WITH_ARTICLE else name


def number_of(region: str, kind: str) -> str:
    """ "a German mobile number", "a landline number in Kenya"; `kind` is "" or a word with a blank behind."""
    adjective = _ADJECTIVES.get(region)
    if adjective is None:
        return f"a {kind}number in {region_name(region)}"
    article = "an" if adjective[0] in "AEIOU" and adjective not in {"US", "Ukrainian"} else "a"
    return f"{article} {adjective} {kind}number"
