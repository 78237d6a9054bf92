"""Time zones: IANA names, the names of Ruby on Rails (Freshdesk, Zendesk) and of Windows -> IANA.

The list of IANA names is that of the `tzdata` package on every machine, so that a file gets the same verdict
everywhere.
"""

import difflib
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from importer.transforms.problem import Problem, shown

# ActiveSupport::TimeZone::MAPPING, as far as the name is not the city of the IANA name itself.
_RAILS: Final = """
International Date Line West=Etc/GMT+12|Midway Island=Pacific/Midway|American Samoa=Pacific/Pago_Pago
Hawaii=Pacific/Honolulu|Alaska=America/Juneau|Pacific Time (US & Canada)=America/Los_Angeles
Mountain Time (US & Canada)=America/Denver|Arizona=America/Phoenix
Central Time (US & Canada)=America/Chicago|Eastern Time (US & Canada)=America/New_York
Indiana (East)=America/Indiana/Indianapolis|Atlantic Time (Canada)=America/Halifax
Newfoundland=America/St_Johns|Saskatchewan=America/Regina|Guadalajara=America/Mexico_City
Mexico City=America/Mexico_City|Chihuahua=America/Chihuahua|Mazatlan=America/Mazatlan
Monterrey=America/Monterrey|Tijuana=America/Tijuana|Central America=America/Guatemala
Bogota=America/Bogota|Lima=America/Lima|Quito=America/Lima|Caracas=America/Caracas|La Paz=America/La_Paz
Santiago=America/Santiago|Asuncion=America/Asuncion|Brasilia=America/Sao_Paulo
Buenos Aires=America/Argentina/Buenos_Aires|Montevideo=America/Montevideo|Georgetown=America/Guyana
Puerto Rico=America/Puerto_Rico|Greenland=America/Godthab|Mid-Atlantic=Atlantic/South_Georgia
Azores=Atlantic/Azores|Cape Verde Is.=Atlantic/Cape_Verde|Dublin=Europe/Dublin|Edinburgh=Europe/London
London=Europe/London|Lisbon=Europe/Lisbon|Casablanca=Africa/Casablanca|Monrovia=Africa/Monrovia
UTC=Etc/UTC|Bern=Europe/Zurich|Zurich=Europe/Zurich|West Central Africa=Africa/Algiers|Kyiv=Europe/Kiev
St. Petersburg=Europe/Moscow|Volgograd=Europe/Volgograd|Harare=Africa/Harare|Pretoria=Africa/Johannesburg
Cairo=Africa/Cairo|Kuwait=Asia/Kuwait|Nairobi=Africa/Nairobi|Abu Dhabi=Asia/Muscat|Muscat=Asia/Muscat
Ekaterinburg=Asia/Yekaterinburg|Islamabad=Asia/Karachi|Karachi=Asia/Karachi|Chennai=Asia/Kolkata
Kolkata=Asia/Kolkata|Mumbai=Asia/Kolkata|New Delhi=Asia/Kolkata|Kathmandu=Asia/Kathmandu|Astana=Asia/Dhaka
Dhaka=Asia/Dhaka|Sri Jayawardenepura=Asia/Colombo|Rangoon=Asia/Rangoon|Bangkok=Asia/Bangkok
Hanoi=Asia/Bangkok|Jakarta=Asia/Jakarta|Beijing=Asia/Shanghai|Chongqing=Asia/Chongqing
Hong Kong=Asia/Hong_Kong|Urumqi=Asia/Urumqi|Kuala Lumpur=Asia/Kuala_Lumpur|Singapore=Asia/Singapore
Taipei=Asia/Taipei|Perth=Australia/Perth|Ulaanbaatar=Asia/Ulaanbaatar|Osaka=Asia/Tokyo|Sapporo=Asia/Tokyo
Tokyo=Asia/Tokyo|Seoul=Asia/Seoul|Canberra=Australia/Canberra|Solomon Is.=Pacific/Guadalcanal
New Caledonia=Pacific/Noumea|Marshall Is.=Pacific/Majuro|Wellington=Pacific/Auckland
Auckland=Pacific/Auckland|Nuku'alofa=Pacific/Tongatapu|Tokelau Is.=Pacific/Fakaofo
Chatham Is.=Pacific/Chatham|Samoa=Pacific/Apia|Fiji=Pacific/Fiji|Guam=Pacific/Guam
Port Moresby=Pacific/Port_Moresby|Almaty=Asia/Almaty
Pacific Time=America/Los_Angeles|Mountain Time=America/Denver|Central Time=America/Chicago
Eastern Time=America/New_York|Alaska Time=America/Anchorage|Hawaii Time=Pacific/Honolulu
"""
_LONGEST: Final = 120
_OFFSET: Final = re.compile(r"^\((?:GMT|UTC)[^)]*\)\s*", re.IGNORECASE)


@lru_cache(4096)  # files have few of them, and the search for what an unknown one may mean is slow
def timezone(text: str) -> str | Problem:
    """Give the IANA name ("America/New_York"), or the problem with it; never raises.

    Capitals and blanks for underscores are forgiven. Bare abbreviations such as EST are taken where IANA has
    them; others (CST: China, Cuba or Chicago?) are not guessed.
    """
    plain = _OFFSET.sub("", text.strip()[:_LONGEST])
    if plain in _iana_names():
        return plain
    found = zones_by_name().get(_key(plain))
    if found is not None:
        return found
    near = difflib.get_close_matches(_key(plain), zones_by_name(), n=1, cutoff=0.8)
    hint = f"; did you mean {zones_by_name()[near[0]]}?" if near else "; write it like America/Los_Angeles"
    return Problem("timezone_unknown", f"{shown(text)} is no time zone{hint}")


def _key(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


@cache
def _iana_names() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


@cache
def zones_by_name() -> dict[str, str]:
    """Folded name -> IANA name: IANA first, then Windows, Rails, and cities that only one zone has."""
    from babel.core import get_global  # noqa: PLC0415 - not needed while every name is IANA's own

    table = {_key(name): name for name in sorted(_iana_names())}
    for name, zone in get_global("windows_zone_mapping").items():
        table.setdefault(_key(name), zone)
    for entry in re.split(r"[|\n]", _RAILS.strip()):
        name, _, zone = entry.partition("=")
        table.setdefault(_key(name), zone)
    cities: dict[str, set[str]] = {}
    for name in _iana_names():
        if name.split("/")[0] in _CONTINENTS:
            cities.setdefault(_key(name.rpartition("/")[2]), set()).add(name)
    for city, zones in cities.items():
        if len(zones) == 1:
            table.setdefault(city, next(iter(zones)))
    return table


_CONTINENTS: Final = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
